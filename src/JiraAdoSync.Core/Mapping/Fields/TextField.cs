namespace JiraAdoSync.Mapping.Fields;

/// <summary>A field of a work item that takes a text which Jira renders.</summary>
/// <param name="Field">The reference name of the work item's field.</param>
/// <param name="Source">The id of Jira's field.</param>
public sealed record TextField(string Field, string Source)
{
    /// <summary>The id of the field that every issue has.</summary>
    public const string Description = "description";

    /// <summary>Whether the text is the description.</summary>
    public bool IsDescription => Source.Equals(Description, StringComparison.OrdinalIgnoreCase);
}
