using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Syncing;

/// <summary>
/// What work items' histories tell of a few moments: of those between a look before they are read, and a look after
/// they were written.
/// </summary>
internal sealed class RecentHistory(IWorkItemStore store)
{
    /// <summary>
    /// How long the items' histories are, before the items are read: what comes later happened meanwhile. A history has
    /// an entry for each revision at least.
    /// </summary>
    /// <returns>The lengths by work item; those that are gone are left out.</returns>
    public async Task<IReadOnlyDictionary<int, int>> CountAsync(IReadOnlyCollection<int> ids, CancellationToken token)
    {
        var items = await store.ReadAsync(ids, token).ConfigureAwait(false);
        var revisions = items.ToDictionary(item => item.Id, item => item.Rev - 1);
        var later = await ReadAsync(revisions.Keys, revisions, token).ConfigureAwait(false);
        return revisions.ToDictionary(pair => pair.Key, pair => pair.Value + later[pair.Key].Count);
    }

    /// <summary>
    /// A write that tells how long the history was, where it removes relations: should the run be killed, an undo looks
    /// there for what they took.
    /// </summary>
    public static WorkItemWrite Counted(WorkItemWrite write, IReadOnlyDictionary<int, int> known) =>
        write.RemoveRelations.Count > 0 && known.TryGetValue(write.WorkItemId!.Value, out var length)
            ? write with { HistoryLength = length }
            : write;

    /// <summary>
    /// What histories have beyond so many entries, after something was removed; null where a history can't be read.
    /// Then what can be seen is put back all the same, and the change is told as failed: a run must not end between the
    /// two.
    /// </summary>
    public async Task<Dictionary<int, IReadOnlyList<WorkItemUpdate>?>> SinceAsync(
        IEnumerable<int> ids,
        IReadOnlyDictionary<int, int> known,
        CancellationToken token)
    {
        var since = ids.ToDictionary(id => id, _ => (IReadOnlyList<WorkItemUpdate>?)null);
        try
        {
            foreach (var (id, updates) in await ReadAsync(since.Keys.ToList(), known, token).ConfigureAwait(false))
            {
                since[id] = updates;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Which of them it was does not matter: all are told.
        }

        return since;
    }

    /// <summary>Why something can't be told as done.</summary>
    public static ServiceError Unreadable(int workItemId) => new(
        Failure.RequestFailed,
        $"The history of work item {workItemId} can't be read after a relation was removed, so that nobody can tell whether "
        + "one of somebody else went in its place. Look there; the next run does the rest.");

    private Task<IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>>> ReadAsync(
        IEnumerable<int> ids,
        IReadOnlyDictionary<int, int> known,
        CancellationToken token) =>
        SideBySide.ReadAsync(
            ids, store.ThrottleLimit, (id, stop) => store.ReadHistoryAsync(id, known[id], stop), token);
}
