using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Writing;

/// <summary>Work items as they were read before an edit by index.</summary>
/// <param name="Items">The work items; those that don't exist any more are left out.</param>
/// <param name="HistoryLengths">
/// How many entries their histories had before, of those that may lose relations: later entries happened meanwhile.
/// </param>
internal sealed record EditBaseline(
    IReadOnlyDictionary<int, WorkItem> Items,
    IReadOnlyDictionary<int, int> HistoryLengths)
{
    /// <summary>The baseline of edits that remove nothing.</summary>
    public static readonly EditBaseline None = new(new Dictionary<int, WorkItem>(), new Dictionary<int, int>());

    /// <summary>The work item; null where it, or the length of its history, could not be read.</summary>
    public WorkItem? Find(int id) => HistoryLengths.ContainsKey(id) ? Items.GetValueOrDefault(id) : null;

    /// <summary>
    /// Has a write that removes relations name the length of the history: should the run be killed, an undo looks
    /// there for what was removed.
    /// </summary>
    public WorkItemWrite Guard(WorkItemWrite write) =>
        write.RemoveRelations.Count > 0 && HistoryLengths.TryGetValue(write.WorkItemId!.Value, out var length)
            ? write with { HistoryLength = length }
            : write;
}

/// <summary>An edit by index that was made.</summary>
/// <param name="written">What was sent.</param>
/// <param name="before">The item as it was read before.</param>
/// <param name="after">The item afterwards.</param>
/// <param name="issueOf">Finds the issue of a work item; null where none is known.</param>
internal sealed class PositionalEdit(
    WorkItemWrite written,
    WorkItem before,
    WorkItem after,
    Func<int, IssueReference?> issueOf)
{
    private readonly HashSet<(string, string)> _removed =
        [.. written.RemoveRelations.Select(index => before.Relations[index].Identity)];

    public WorkItemWrite Written { get; } = written;

    public WorkItem Before { get; } = before;

    public WorkItem After { get; } = after;

    public Func<int, IssueReference?> IssueOf { get; } = issueOf;

    /// <summary>Whether <see cref="After"/> is the write's own answer.</summary>
    public bool IsAnswered { get; init; } = true;

    /// <summary>Whether a relation is one that the edit is to remove; by default those at its indexes.</summary>
    public Func<Relation, bool>? IsMeant { get; init; }

    /// <summary>What the edit added; it gives way to a relation that can't be restored beside it.</summary>
    public Addition? Beside { get; init; }

    /// <summary>What it removed; null where it removes nothing.</summary>
    public RemovalAudit? Removal { get; private set; }

    /// <summary>Whether the item's history could be read since, where it had to be.</summary>
    public bool IsAudited { get; private set; } = true;

    /// <summary>Whether a relation that it was to remove still exists.</summary>
    public bool HasMissed => After.Relations.Any(IsToRemove);

    /// <summary>What it removed and was to remove.</summary>
    public IEnumerable<Relation> Removed => Removal?.Missing(After, IsToRemove)[true] ?? [];

    /// <summary>What it removed by mistake.</summary>
    public List<Relation> FindLost(JiraSite site) => Removal?.FindLost(After, IsToRemove, site) ?? [];

    /// <summary>Finds out what it removed.</summary>
    /// <param name="since">The item's history since it was read; null where that can't be read.</param>
    public void Audit(IReadOnlyList<WorkItemUpdate>? since)
    {
        IsAudited = since is not null;
        Removal = RemovalAudit.Find(Written, Before, IsAnswered ? After : null, since ?? []);
    }

    private bool IsToRemove(Relation relation) => IsMeant?.Invoke(relation) ?? _removed.Contains(relation.Identity);
}

/// <summary>What became of removals that were sent once.</summary>
/// <param name="removals">The removals.</param>
/// <param name="before">The item as it was read before; null where it does not exist any more.</param>
/// <param name="written">What was sent; null where nothing was left to remove.</param>
internal sealed class RemovalAttempt(RemovalsOnItem removals, WorkItem? before, WorkItemWrite? written)
{
    public RemovalsOnItem Removals { get; } = removals;

    public WorkItem? Before { get; } = before;

    public WorkItemWrite? Written { get; } = written;

    /// <summary>The edit, audited; null where it was not made.</summary>
    public PositionalEdit? Edit { get; set; }

    /// <summary>Why the service did not confirm it.</summary>
    public ServiceError? Error { get; set; }

    /// <summary>Whether the item's history could be read afterwards, where it had to be.</summary>
    public bool IsAudited { get; set; } = true;
}
