namespace JiraAdoSync.Mapping.Fields;

/// <summary>A field of a work item that takes a text which Jira renders.</summary>
/// <param name="Field">The reference name of the work item's field.</param>
/// <param name="Source">The id of Jira's field.</param>
public sealed record TextField(string Field, string Source)
{
    /// <summary>The id of the field that every issue has.</summary>
    public const string Description = "description";

    /// <summary>
    /// The fields that show a description: of a bug in Agile, Scrum and CMMI, people see the second one only.
    /// </summary>
    public static IReadOnlyList<string> OfDescription { get; } =
        ["System.Description", "Microsoft.VSTS.TCM.ReproSteps"];

    /// <summary>
    /// Whether the text may be written to Jira: then it is merged like other fields where the work item exists, and
    /// written from Jira only where that is new.
    /// </summary>
    public bool IsMerged { get; init; }

    /// <summary>Whether the text is the description.</summary>
    public bool IsDescription => Source.Equals(Description, StringComparison.OrdinalIgnoreCase);
}
