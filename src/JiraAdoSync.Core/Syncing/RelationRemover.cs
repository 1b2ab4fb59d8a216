using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Runs;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Removes relations. They go by their place in the item's list, and no revision guards that list: another client's edit,
/// or a removal at the other end, shifts it without a sign. So each item is read immediately before, an item that loses a
/// relation takes part in nothing else of its batch, and afterwards its own history must show that the right ones went
/// (see <see cref="TakenRelations"/>). The answer alone does not tell: what somebody added after we read, and we took in
/// place of ours, nobody has seen. What should not have gone is put back with comment and lock, and the removal is tried
/// again:
/// <code>
/// read      [P, Q]       remove Q: place 1
/// meanwhile somebody removed P and added R: [Q, R]
/// answer    [Q]          history: we removed R  =>  put R back; Q stands  =>  read again
/// </code>
/// Where an answer was lost, the history tells whether the removal was done; where one removal makes its whole batch fail,
/// batches get smaller until it is alone.
/// </summary>
internal sealed class RelationRemover(
    IWorkItemStore store,
    JiraSite site,
    RelationTypes types,
    BatchSender sender,
    RelationAdder adder,
    RunLog log)
{
    private const int Attempts = 5;

    /// <summary>Removes relations, and adds what takes their place in the same request.</summary>
    /// <param name="waiting">The removals; those that are tried again join them.</param>
    /// <param name="token">Ends the work.</param>
    /// <returns>The changes that are done, or failed.</returns>
    public async IAsyncEnumerable<(RelationChange Change, RelationResult Result)> RemoveAsync(
        List<RemovalsOnItem> waiting,
        [EnumeratorCancellation] CancellationToken token)
    {
        while (waiting.Count > 0)
        {
            var batch = TakeBatch(waiting);
            var ids = batch.ConvertAll(one => one.HolderId);
            var known = await CountUpdatesAsync(ids, token).ConfigureAwait(false);
            var items = (await store.ReadAsync(ids, token).ConfigureAwait(false)).ToDictionary(item => item.Id);
            var sent = new List<Sent>();
            foreach (var removals in batch)
            {
                if (!items.TryGetValue(removals.HolderId, out var before) || !known.ContainsKey(removals.HolderId))
                {
                    yield return (removals.Change, RelationResult.Failed(removals.Change, new ServiceError(
                        Failure.NotFound, $"Work item {removals.HolderId} is gone, or the account may not read it any more.")));
                }
                else if (removals.ToWrite(before) is { } write)
                {
                    sent.Add(new Sent(removals, before, write));
                }
                else if (removals.IsLast)
                {
                    yield return (removals.Change, RelationResult.Done(removals.Change));
                }
            }

            var outcomes = await sender.WriteAsync(sent.ConvertAll(one => one.Write), token).ConfigureAwait(false);
            var unsure = sent.Zip(outcomes).Where(one => one.Second.IsUnsure).Select(one => one.First.Removals).ToList();
            var now = unsure.Count == 0 ? [] : await ReadAgainAsync(unsure, token).ConfigureAwait(false);
            var since = await LookBackAsync(
                sent.Zip(outcomes).Where(one => one.Second.WorkItem is not null || one.Second.IsUnsure).Select(one => one.First.Before.Id),
                known,
                token).ConfigureAwait(false);
            foreach (var (one, outcome) in sent.Zip(outcomes))
            {
                var result = (outcome.WorkItem, outcome.IsUnsure) switch
                {
                    ({ } answer, _) => await VerifyAsync(one, answer, one.Find(answer, since[answer.Id] ?? []), waiting, token)
                        .ConfigureAwait(false),
                    (_, true) => await ResolveAsync(one, now, since, outcome.Error!, waiting, token).ConfigureAwait(false),
                    _ => Reconsider(one.Removals, outcome.Error!, waiting),
                };
                if (since.TryGetValue(one.Before.Id, out var history) && history is null && result?.Error is null)
                {
                    result = Unverified(one.Removals.Change, one.Before.Id);
                    waiting.RemoveAll(again => ReferenceEquals(again.Change, one.Removals.Change));
                }

                if (result is not null)
                {
                    yield return (one.Removals.Change, result);
                }
            }
        }
    }

    /// <summary>
    /// Takes removals of which no two touch the same work item, at either end. What only removes comes first: a parent of
    /// ours that was added beside it could close the way back for what was taken by mistake.
    /// </summary>
    private static List<RemovalsOnItem> TakeBatch(List<RemovalsOnItem> waiting)
    {
        var onlyAdditionsAreLeft = waiting.TrueForAll(one => one.Addition is not null);
        var (batch, rest) = (new List<RemovalsOnItem>(), new List<RemovalsOnItem>());
        var touched = new HashSet<int>();
        var limit = IWorkItemStore.BatchSize;
        foreach (var one in waiting)
        {
            var allowed = Math.Min(limit, one.LargestBatch);
            var fits = batch.Count < allowed
                && (onlyAdditionsAreLeft || one.Addition is null)
                && !one.Touches.Any(touched.Contains);
            (fits ? batch : rest).Add(one);
            if (fits)
            {
                touched.UnionWith(one.Touches);
                limit = allowed;
            }
        }

        waiting.Clear();
        waiting.AddRange(rest);
        return batch;
    }

    /// <summary>
    /// How long the items' histories are, before the items are read: what comes later happened meanwhile. A history has an
    /// entry for each revision at least.
    /// </summary>
    private async Task<IReadOnlyDictionary<int, int>> CountUpdatesAsync(List<int> ids, CancellationToken token)
    {
        var items = await store.ReadAsync(ids, token).ConfigureAwait(false);
        var revisions = items.ToDictionary(item => item.Id, item => item.Rev - 1);
        var later = await ReadSinceAsync(revisions.Keys, revisions, token).ConfigureAwait(false);
        return revisions.ToDictionary(pair => pair.Key, pair => pair.Value + later[pair.Key].Count);
    }

    /// <summary>What histories have beyond so many entries.</summary>
    private Task<IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>>> ReadSinceAsync(
        IEnumerable<int> ids,
        IReadOnlyDictionary<int, int> known,
        CancellationToken token) =>
        SideBySide.ReadAsync(ids, store.ThrottleLimit, (id, stop) => store.ReadHistoryAsync(id, known[id], stop), token);

    /// <summary>
    /// What histories have beyond so many entries, after something was removed; null where a history can't be read. Then what
    /// can be seen is put back all the same, and the change is told as failed: a run must not end between the two.
    /// </summary>
    private async Task<Dictionary<int, IReadOnlyList<WorkItemUpdate>?>> LookBackAsync(
        IEnumerable<int> ids,
        IReadOnlyDictionary<int, int> known,
        CancellationToken token)
    {
        var since = ids.ToDictionary(id => id, _ => (IReadOnlyList<WorkItemUpdate>?)null);
        try
        {
            foreach (var (id, updates) in await ReadSinceAsync(since.Keys.ToList(), known, token).ConfigureAwait(false))
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

    private static RelationResult Unverified(RelationChange change, int workItemId) =>
        RelationResult.Failed(change, new ServiceError(
            Failure.RequestFailed,
            $"The history of work item {workItemId} can't be read after a relation was removed, so that nobody can tell whether "
            + "one of somebody else went in its place. Look there; the next run does the rest."));

    /// <summary>The items of removals whose answer was lost, after a pause.</summary>
    private async Task<Dictionary<int, WorkItem>> ReadAgainAsync(IReadOnlyCollection<RemovalsOnItem> unsure, CancellationToken token)
    {
        await sender.PauseAsync(unsure.Max(one => one.Attempt), token).ConfigureAwait(false);
        var items = await store.ReadAsync(unsure.Select(one => one.HolderId).ToList(), token).ConfigureAwait(false);
        return items.ToDictionary(item => item.Id);
    }

    /// <summary>What became of removals whose request failed as a whole.</summary>
    private async Task<RelationResult?> ResolveAsync(
        Sent sent,
        Dictionary<int, WorkItem> items,
        Dictionary<int, IReadOnlyList<WorkItemUpdate>?> since,
        ServiceError error,
        List<RemovalsOnItem> waiting,
        CancellationToken token)
    {
        var (removals, change) = (sent.Removals, sent.Removals.Change);
        if (!items.TryGetValue(sent.Before.Id, out var now))
        {
            return RelationResult.Failed(change, error);
        }

        // All of a write is done or nothing: without the new parent, the old one was not removed by us.
        var isDone = removals.Addition is not { } addition || now.Relations.Any(addition.Is);
        return isDone ? await VerifyAsync(sent, now, sent.Find(null, since[now.Id] ?? []), waiting, token).ConfigureAwait(false)
            : Retry(removals, waiting) ? null
            : RelationResult.Failed(change, error);
    }

    private async Task<RelationResult?> VerifyAsync(
        Sent sent,
        WorkItem after,
        TakenRelations taken,
        List<RemovalsOnItem> waiting,
        CancellationToken token)
    {
        var (removals, change) = (sent.Removals, sent.Removals.Change);
        var standing = after.Relations.Select(relation => relation.Identity).ToHashSet();
        var gone = taken.Relations.Where(relation => !standing.Contains(relation.Identity)).ToLookup(removals.Removes);
        Note(change, after, gone[true], removals.Addition is { } added ? after.Relations.Where(added.Is) : []);

        // Where it is not certain who took them, those with a mark are left to the next run, which knows whether they are wanted.
        var lost = gone[false].Where(relation => taken.IsCertain || RelationMark.Parse(relation.Comment, site) is null).ToList();
        lost = await PutBackAsync(after.Id, lost, token).ConfigureAwait(false);
        if (lost.Count > 0 && removals.Addition is { } parent)
        {
            // Somebody gave the item another parent meanwhile, and ours took its place: ours goes, theirs comes back.
            await TakeBackAsync(parent, token).ConfigureAwait(false);
            lost = await PutBackAsync(after.Id, lost, token).ConfigureAwait(false);
            if (lost.Count == 0)
            {
                return RelationResult.Of(change) with
                {
                    Action = ChangeAction.Skip,
                    Reason = "ParentConflict",
                    Detail = "Somebody else gave it another parent meanwhile.",
                };
            }
        }

        if (lost.Count > 0)
        {
            Note(change, after, lost, []);
            return RelationResult.Failed(change, new ServiceError(
                Failure.WorkItemChanged,
                $"A relation of somebody else {(taken.IsCertain ? "went" : "may have gone")} in place of ours, and can't be put back: "
                + $"{string.Join(", ", lost)}."));
        }

        if (!after.Relations.Any(removals.Removes))
        {
            return removals.IsLast ? RelationResult.Done(change) : null;
        }

        // An addition that went with the removal stands by now.
        return Retry(removals with { Addition = null }, waiting)
            ? null
            : RelationResult.Failed(change, new ServiceError(
                Failure.WorkItemChanged,
                $"Somebody else keeps changing the relations of work item {after.Id}; the next run will try again."));
    }

    private void Note(RelationChange change, WorkItem item, IEnumerable<Relation> removed, IEnumerable<Relation> added) =>
        log.Related(change.IssueOf(item.Id), item.Id, removed.ToList(), added.ToList());

    /// <summary>Adds relations again, each for itself.</summary>
    /// <returns>Those that the service refuses.</returns>
    private async Task<List<Relation>> PutBackAsync(int workItemId, List<Relation> lost, CancellationToken token)
    {
        var outcomes = await sender.Unrecorded()
            .SendAsync(
                lost,
                together => together
                    .Select(relation => new WorkItemWrite { WorkItemId = workItemId, AddRelations = [Restored(relation)] })
                    .ToList(),
                FindStandingAsync,
                token)
            .ConfigureAwait(false);
        var isThere = lost.Zip(outcomes)
            .Where(pair => pair.Second.Error is not null)
            .ToLookup(pair => pair.Second.Error!.Kind == Failure.DuplicateRelation, pair => pair.First);
        return [.. isThere[false], .. await FindOvertakenAsync(isThere[true], token).ConfigureAwait(false)];

        async Task<IReadOnlyList<WorkItem?>> FindStandingAsync(IReadOnlyList<Relation> unsure, CancellationToken ends)
        {
            var now = (await store.ReadAsync([workItemId], ends).ConfigureAwait(false)).SingleOrDefault();
            var standing = now?.Relations.Select(relation => relation.Identity).ToHashSet();
            return unsure.Select(relation => standing?.Contains(relation.Identity) == true ? now : null).ToList();
        }
    }

    /// <summary>
    /// Of relations that can't be added again since equal ones stand: those of people where another run of ours made the equal
    /// one. It carries a mark, so that a later run would take it for ours.
    /// </summary>
    private async Task<IEnumerable<Relation>> FindOvertakenAsync(IEnumerable<Relation> standing, CancellationToken token)
    {
        var theirs = standing.Where(one => one.TargetWorkItemId is not null && !IsMarked(one)).ToList();
        var ends = theirs.SelectMany(one => new[] { one.WorkItemId, one.TargetWorkItemId!.Value }).ToList();
        var marked = (await store.ReadAsync(ends, token).ConfigureAwait(false))
            .SelectMany(item => item.Relations.Where(IsMarked))
            .Select(one => (one.WorkItemId, one.ReferenceName, one.TargetWorkItemId))
            .ToHashSet();
        return theirs.Where(one => marked.Contains((one.WorkItemId, one.ReferenceName, one.TargetWorkItemId))
            || marked.Contains((one.TargetWorkItemId!.Value, types[one.ReferenceName].OppositeReferenceName, one.WorkItemId)));

        bool IsMarked(Relation one) => RelationMark.Parse(one.Comment, site) is not null;
    }

    /// <summary>A relation as it was, to be added again.</summary>
    private static NewRelation Restored(Relation relation) => new(relation.ReferenceName, relation.Comment ?? string.Empty)
    {
        TargetWorkItemId = relation.TargetWorkItemId,
        Url = relation.TargetWorkItemId is null ? relation.Url : null,
        IsLocked = relation.IsLocked,
    };

    /// <summary>Takes back a relation that was added.</summary>
    private async Task TakeBackAsync(Addition added, CancellationToken token)
    {
        var relation = new Relation
        {
            WorkItemId = added.HolderId,
            ReferenceName = added.Relation.ReferenceName,
            TargetWorkItemId = added.TargetId,
            Url = string.Empty,
        };
        var removals = new RemovalsOnItem(added.Change, added.HolderId, [new Removal(relation, IsOurs: true, site)], null) { IsLast = false };
        await foreach (var _ in RemoveAsync([removals], token).ConfigureAwait(false))
        {
            // Whatever became of it, what was lost is put back next, or told.
        }
    }

    /// <summary>What to do about a refused removal: it changed nothing.</summary>
    private RelationResult? Reconsider(RemovalsOnItem removals, ServiceError error, List<RemovalsOnItem> waiting)
    {
        if (removals.Addition is { } addition && error.Kind is Failure.CircularRelation or Failure.SecondParent)
        {
            return adder.Refuse(addition, error);
        }

        if (removals.Addition is not null && error.Kind is Failure.RequestFailed or Failure.DuplicateRelation)
        {
            // A service that takes no removal and addition in one request gets two.
            adder.Add(removals.Addition);
            waiting.Add(removals with { Addition = null, IsLast = false });
            return null;
        }

        return error.Kind is Failure.RequestFailed or Failure.WorkItemChanged && Retry(removals, waiting)
            ? null
            : RelationResult.Failed(removals.Change, error);
    }

    private static bool Retry(RemovalsOnItem removals, List<RemovalsOnItem> waiting)
    {
        if (removals.Attempt >= Attempts)
        {
            return false;
        }

        waiting.Add(removals with { Attempt = removals.Attempt + 1 });
        return true;
    }

    /// <summary>Removals that were sent, with the item as it was read before.</summary>
    private sealed record Sent(RemovalsOnItem Removals, WorkItem Before, WorkItemWrite Write)
    {
        public TakenRelations Find(WorkItem? answer, IReadOnlyList<WorkItemUpdate> since) =>
            TakenRelations.Find(Write, Before, answer, since);
    }
}
