namespace JiraAdoSync.AzureDevOps;

/// <summary>
/// What one request of a batch is to do to one work item: create it, or edit it. All of it is done, or nothing.
/// </summary>
public sealed record WorkItemWrite
{
    /// <summary>The work item to edit; null to create one.</summary>
    public int? WorkItemId { get; init; }

    /// <summary>
    /// The item as it was read before an edit, for the record of what was before; null where nothing that existed
    /// changes.
    /// </summary>
    public WorkItem? Before { get; init; }

    /// <summary>
    /// A negative number by which other creations of the same batch relate to the one that is to be created; null where
    /// none does.
    /// </summary>
    public int? TemporaryId { get; init; }

    /// <summary>The type of the work item to create.</summary>
    public string? WorkItemType { get; init; }

    /// <summary>
    /// The revision that the item must have, or the edit is refused. It guards fields, not relations.
    /// </summary>
    public int? ExpectedRev { get; init; }

    /// <summary>Whether it is written past the rules of its type, as an account may that has the permission.</summary>
    public bool BypassRules { get; init; }

    /// <summary>Values by the fields' reference names; null empties a field.</summary>
    public IReadOnlyDictionary<string, object?> Fields { get; init; } = new Dictionary<string, object?>();

    /// <summary>Indexes of relations to remove, in the list as it is before the edit.</summary>
    public IReadOnlyList<int> RemoveRelations { get; init; } = [];

    /// <summary>
    /// How many entries the item's history had before it was read: later entries show what was removed.
    /// Null where they were not read.
    /// </summary>
    public int? HistoryLength { get; init; }

    /// <summary>Relations to add, after the removals.</summary>
    public IReadOnlyList<NewRelation> AddRelations { get; init; } = [];

    /// <summary>New comments by the relations' indexes.</summary>
    public IReadOnlyDictionary<int, string> RelationComments { get; init; } = new Dictionary<int, string>();
}

/// <summary>A relation to be added.</summary>
/// <param name="ReferenceName">The type's fixed name.</param>
/// <param name="Comment">The comment.</param>
public sealed record NewRelation(string ReferenceName, string Comment)
{
    /// <summary>
    /// The work item at the other end, or the temporary id of one that the batch creates; null for a hyperlink.
    /// </summary>
    public int? TargetWorkItemId { get; init; }

    /// <summary>The address of a hyperlink.</summary>
    public string? Url { get; init; }

    /// <summary>Whether it is to be locked.</summary>
    public bool IsLocked { get; init; }
}
