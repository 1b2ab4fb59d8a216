using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Sends removals once, and finds out what they took. Relations go by their place in the item's list, and no revision
/// guards that list: another client's edit, or a removal at the other end, shifts it without a sign. So each item is
/// read immediately before, and its own history is read afterwards (see <see cref="TakenRelations"/>). The answer alone
/// does not tell: what somebody added after we read, and we took in place of ours, nobody has seen.
/// </summary>
internal sealed class RelationTaker(IWorkItemStore store, BatchSender sender)
{
    private readonly RecentHistory _history = new(store);

    /// <summary>Sends removals of which no two touch the same work item, at either end.</summary>
    /// <param name="batch">The removals.</param>
    /// <param name="token">Ends the work.</param>
    /// <returns>What became of each, in their order.</returns>
    public async Task<IReadOnlyList<Taking>> TakeAsync(IReadOnlyList<RemovalsOnItem> batch, CancellationToken token)
    {
        var ids = batch.Select(one => one.HolderId).ToList();
        var known = await _history.CountAsync(ids, token).ConfigureAwait(false);
        var items = await ReadAsync(ids, token).ConfigureAwait(false);
        var takings = batch.Select(removals => Prepare(removals, items, known)).ToList();
        var sent = takings.FindAll(one => one.Write is not null);
        var outcomes = await sender.WriteAsync(sent.ConvertAll(one => one.Write!), token).ConfigureAwait(false);
        foreach (var (one, outcome) in sent.Zip(outcomes))
        {
            (one.After, one.Error, one.IsUnsure) = (outcome.WorkItem, outcome.Error, outcome.IsUnsure);
        }

        var unsure = sent.FindAll(one => one.IsUnsure);
        var now = unsure.Count == 0 ? [] : await ReadAgainAsync(unsure, token).ConfigureAwait(false);
        var done = sent.FindAll(one => one.After is not null || one.IsUnsure);
        var since = await _history.SinceAsync(done.Select(one => one.Removals.HolderId), known, token)
            .ConfigureAwait(false);
        foreach (var one in done)
        {
            var (id, answer) = (one.Removals.HolderId, one.After);
            one.After ??= now.GetValueOrDefault(id) is { } item && one.Removals.MayBeDone(item) ? item : null;
            one.IsVerified = since[id] is not null;
            one.Taken = one.After is null
                ? null
                : TakenRelations.Find(one.Write!, one.Before!, answer, since[id] ?? []);
        }

        return takings;
    }

    private static Taking Prepare(
        RemovalsOnItem removals,
        Dictionary<int, WorkItem> items,
        IReadOnlyDictionary<int, int> known)
    {
        var before = known.ContainsKey(removals.HolderId) ? items.GetValueOrDefault(removals.HolderId) : null;
        var write = before is null ? null : removals.ToWrite(before);
        return new Taking(removals, before, write is null ? null : RecentHistory.Counted(write, known));
    }

    /// <summary>The items of removals whose answer was lost, after a pause.</summary>
    private async Task<Dictionary<int, WorkItem>> ReadAgainAsync(List<Taking> unsure, CancellationToken token)
    {
        await sender.PauseAsync(unsure.Max(one => one.Removals.Attempt), token).ConfigureAwait(false);
        return await ReadAsync(unsure.ConvertAll(one => one.Removals.HolderId), token).ConfigureAwait(false);
    }

    private async Task<Dictionary<int, WorkItem>> ReadAsync(List<int> ids, CancellationToken token) =>
        (await store.ReadAsync(ids, token).ConfigureAwait(false)).ToDictionary(item => item.Id);
}

/// <summary>What became of removals that were sent once.</summary>
/// <param name="removals">The removals.</param>
/// <param name="before">The item as it was read before; null where it is gone.</param>
/// <param name="write">What was sent; null where nothing was left to do.</param>
internal sealed class Taking(RemovalsOnItem removals, WorkItem? before, WorkItemWrite? write)
{
    public RemovalsOnItem Removals { get; } = removals;

    public WorkItem? Before { get; } = before;

    public WorkItemWrite? Write { get; } = write;

    /// <summary>The item afterwards; null where the write was not done.</summary>
    public WorkItem? After { get; set; }

    /// <summary>What went with it; null where the write was not done.</summary>
    public TakenRelations? Taken { get; set; }

    /// <summary>Why no answer tells that it was done.</summary>
    public ServiceError? Error { get; set; }

    /// <summary>Whether it may have been done although no answer told so.</summary>
    public bool IsUnsure { get; set; }

    /// <summary>Whether the item's history could be read afterwards.</summary>
    public bool IsVerified { get; set; } = true;

    /// <summary>What went and does not stand: what was to go, and what went by mistake.</summary>
    public ILookup<bool, Relation> Gone => Taken!.Gone(After!, Removals.Removes);

    /// <summary>What went by mistake.</summary>
    public List<Relation> FindLost(JiraSite site) => Taken!.FindLost(After!, Removals.Removes, site);
}
