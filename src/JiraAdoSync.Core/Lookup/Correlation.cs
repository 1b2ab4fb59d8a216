namespace JiraAdoSync.Lookup;

/// <summary>An issue and its work item.</summary>
public sealed record Correlation
{
    /// <summary>The issue's numeric id.</summary>
    public required long IssueId { get; init; }

    /// <summary>The issue's key, as it was last read.</summary>
    public required string Key { get; init; }

    /// <summary>The work item's id.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>
    /// Whether a person said so. Then a work item without a mark is adopted by the next sync; else an entry whose
    /// work item carries no mark of the issue is wrong, and is dropped.
    /// </summary>
    public bool IsAssigned { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Key} = {WorkItemId}";
}
