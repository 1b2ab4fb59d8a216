namespace JiraAdoSync.Lookup;

/// <summary>A work item with our mark and no issue in the selection. Nothing is done to it.</summary>
public sealed record Orphan
{
    /// <summary>The work item's id.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The work item's type.</summary>
    public required string WorkItemType { get; init; }

    /// <summary>The work item's title.</summary>
    public required string Title { get; init; }

    /// <summary>The issue's key when the mark was last written.</summary>
    public required string Key { get; init; }

    /// <summary>The issue's id.</summary>
    public required long IssueId { get; init; }

    /// <summary>
    /// <c>Gone</c> where the issue was deleted or is hidden from the account, which Jira does not distinguish;
    /// <c>NotSelected</c> where it is there and the query does not find it.
    /// </summary>
    public required string Reason { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{WorkItemType} {WorkItemId} of {Key}: {Reason}";
}
