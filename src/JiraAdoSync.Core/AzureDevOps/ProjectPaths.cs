namespace JiraAdoSync.AzureDevOps;

/// <summary>A project's areas and iterations, by their paths in any case.</summary>
/// <param name="Areas">The areas.</param>
/// <param name="Iterations">The iterations.</param>
/// <param name="Dated">Those iterations that somebody gave dates.</param>
public sealed record ProjectPaths(
    IReadOnlySet<string> Areas,
    IReadOnlySet<string> Iterations,
    IReadOnlySet<string> Dated)
{
    /// <summary>The paths that a field can hold.</summary>
    /// <param name="field">The reference name of the field.</param>
    public IReadOnlySet<string> Of(string field) => field == WorkItemField.AreaPath.ReferenceName ? Areas : Iterations;
}
