using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Runs;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Writes planned relations: first all removals, then all additions, in batches.
/// <para>
/// <b>Removals</b> go by a relation's place in the item's list, and no revision guards that list: another client's
/// edit, or a removal at the other end, shifts it without a sign. So each item is read immediately before, an item that
/// loses a relation takes part in nothing else of its batch, and afterwards its own history must show that the right
/// ones went. The answer alone does not tell: what somebody added after we read, and we took in place of ours, nobody
/// has seen. What should not have gone is put back with comment and lock, and the removal is tried again:
/// <code>
/// read      [P, Q]       remove Q: place 1
/// meanwhile somebody removed P and added R: [Q, R]
/// answer    [Q]          history: we removed R  =>  put R back; Q stands  =>  read again
/// </code>
/// A parent that replaces another is added in the same request. Where an answer was lost, the item and its history tell
/// whether the removal was done; where one removal makes its whole batch fail, batches get smaller until it is alone.
/// </para>
/// <para>
/// <b>Additions</b> are written together, item by item, each on the end that has more of them (see
/// <see cref="AdditionBatches"/>), and several batches go at once as long as none touches what another does. An item whose
/// additions are refused gets them one by one. Those that the service refuses for its topology (a cycle through items that
/// nobody read, a race) are treated as the planner treats those that it sees itself; one that stands already is read again
/// and counts as kept.
/// </para>
/// </summary>
internal sealed class RelationApplier(
    IWorkItemStore store,
    JiraSite site,
    RelationTypes types,
    LinkConflict onConflict,
    Predicate<long> isRead,
    BatchSender sender,
    RunLog log)
{
    private const int Attempts = 5;

    private readonly List<Addition> _additions = [];
    private readonly HashSet<RelationChange> _failed = new(ReferenceEqualityComparer.Instance);

    /// <summary>Applies changes that write something.</summary>
    /// <param name="changes">The changes, with their ends' work items where there are any by now.</param>
    /// <param name="token">Ends the work; what was sent is left as it is, and the next run completes it.</param>
    public async IAsyncEnumerable<RelationResult> ApplyAsync(
        IReadOnlyList<RelationChange> changes,
        [EnumeratorCancellation] CancellationToken token)
    {
        var operations = new List<Operation>();
        foreach (var (change, place) in changes.Select((change, place) => (change, place)))
        {
            if (change.Source.WorkItemId is not { } source || change.Target.WorkItemId is not { } target)
            {
                yield return RelationResult.Of(change) with
                {
                    Action = ChangeAction.Pending,
                    Reason = "EndMissing",
                    Detail = $"Waits for {(change.Source.WorkItemId is null ? change.Source : change.Target)}: its work item was not created.",
                };
                continue;
            }

            Enlist(place, change, source, target, operations);
        }

        await foreach (var result in RemoveAsync(operations, token).ConfigureAwait(false))
        {
            yield return result;
        }

        await foreach (var result in AddAsync(token).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    private void Enlist(int place, RelationChange change, int source, int target, List<Operation> operations)
    {
        var addition = change.Desired is null ? null : Addition.Of(change, source, target, types, site) with
        {
            Place = place,
            MayTurn = isRead(change.Source.Issue?.Id ?? 0) && isRead(change.Target.Issue?.Id ?? 0),
        };
        if (change.Removes.Count == 0)
        {
            _additions.Add(addition!);
            return;
        }

        var holder = addition?.HolderId ?? source;
        var here = change.Removes.Select(relation => PlaceOn(relation, holder)).OfType<Removal>().ToList();
        var elsewhere = change.Removes.Where(relation => PlaceOn(relation, holder) is null).ToList();
        var together = addition is { IsParent: true } && here.Count > 0 && elsewhere.Count == 0;
        if (here.Count > 0)
        {
            operations.Add(new Operation(change, holder, here, together ? addition : null));
        }

        operations.AddRange(elsewhere.Select(relation => new Operation(
            change, relation.Places[0].WorkItemId, [new Removal(relation.Places[0], relation.IsOurs, site)], null)));
        if (addition is not null && !together)
        {
            _additions.Add(addition);
        }
    }

    /// <summary>
    /// How a relation is removed on one of its ends; null where it is not to be removed there. One of ours is removed
    /// where its mark shows, so that the mark can be seen again immediately before.
    /// </summary>
    private Removal? PlaceOn(StandingRelation relation, int workItemId)
    {
        var place = relation.Places[0];
        if (place.WorkItemId == workItemId)
        {
            return new Removal(place, relation.IsOurs, site);
        }

        return relation.IsOurs || place.TargetWorkItemId != workItemId ? null : new Removal(
            place with
            {
                WorkItemId = workItemId,
                ReferenceName = types[place.ReferenceName].OppositeReferenceName,
                TargetWorkItemId = place.WorkItemId,
            },
            IsOurs: false,
            site);
    }

    private async IAsyncEnumerable<RelationResult> RemoveAsync(
        List<Operation> operations,
        [EnumeratorCancellation] CancellationToken token)
    {
        while (operations.Count > 0)
        {
            var batch = TakeBatch(operations);
            var read = await store.ReadAsync(batch.ConvertAll(one => one.HolderId), token).ConfigureAwait(false);
            var items = read.ToDictionary(item => item.Id);
            var ready = new List<(Operation Operation, WorkItem Before, WorkItemWrite Write)>();
            var holders = new HashSet<int>();
            var later = new List<Operation>();
            foreach (var operation in batch)
            {
                if (!items.TryGetValue(operation.HolderId, out var before))
                {
                    yield return Failed(operation.Change, new ServiceError(
                        Failure.NotFound, $"Work item {operation.HolderId} is gone, or the account may not read it any more."));
                }
                else if (before.Relations.Any(relation => relation.TargetWorkItemId is { } id && holders.Contains(id))
                    || (later.Count > 0 && operation.Addition is not null))
                {
                    // What is taken by mistake shows in the history of both its ends: no two items of a batch share one. And no
                    // parent comes before a removal that was to make room for it.
                    later.Add(operation);
                }
                else if (operation.ToWrite(before) is { } prepared)
                {
                    ready.Add((operation, before, prepared));
                    holders.Add(before.Id);
                }
                else if (operation.IsLast)
                {
                    yield return Done(operation.Change);
                }
            }

            operations.InsertRange(0, later);
            var outcomes = await store.WriteAsync(ready.ConvertAll(one => one.Write), token).ConfigureAwait(false);
            var unsure = ready.Zip(outcomes).Where(one => one.Second.IsUnsure).Select(one => one.First.Operation).ToList();
            var now = unsure.Count == 0 ? [] : await ReadAgainAsync(unsure, token).ConfigureAwait(false);
            foreach (var ((operation, before, write), outcome) in ready.Zip(outcomes))
            {
                var result = (outcome.IsUnsure, outcome.WorkItem) switch
                {
                    (true, _) => await ResolveAsync(
                        operation, before, write, now.GetValueOrDefault(operation.HolderId), outcome.Error!, operations, token)
                        .ConfigureAwait(false),
                    (_, { } after) => await VerifyAsync(operation, before, write, after, true, operations, token).ConfigureAwait(false),
                    _ => Reconsider(operation, outcome.Error!, operations),
                };
                if (result is not null)
                {
                    yield return result;
                }
            }
        }
    }

    /// <summary>
    /// Takes operations of which no two touch the same work item, at either end. What only removes comes first: a parent of
    /// ours that was added beside it could close the way back for what was taken by mistake.
    /// </summary>
    private static List<Operation> TakeBatch(List<Operation> operations)
    {
        var onlyAdditionsAreLeft = operations.TrueForAll(operation => operation.Addition is not null);
        var (batch, rest) = (new List<Operation>(), new List<Operation>());
        var touched = new HashSet<int>();
        var limit = IWorkItemStore.BatchSize;
        foreach (var operation in operations)
        {
            var allowed = Math.Min(limit, operation.LargestBatch);
            var fits = batch.Count < allowed
                && (onlyAdditionsAreLeft || operation.Addition is null)
                && !operation.Touches.Any(touched.Contains);
            (fits ? batch : rest).Add(operation);
            if (fits)
            {
                touched.UnionWith(operation.Touches);
                limit = allowed;
            }
        }

        operations.Clear();
        operations.AddRange(rest);
        return batch;
    }

    /// <summary>The items of operations whose answer was lost, after a pause.</summary>
    private async Task<Dictionary<int, WorkItem>> ReadAgainAsync(IReadOnlyCollection<Operation> unsure, CancellationToken token)
    {
        await sender.PauseAsync(unsure.Max(operation => operation.Attempt), token).ConfigureAwait(false);
        var items = await store.ReadAsync(unsure.Select(one => one.HolderId).ToList(), token).ConfigureAwait(false);
        return items.ToDictionary(item => item.Id);
    }

    /// <summary>What became of an operation whose request failed as a whole.</summary>
    private async Task<RelationResult?> ResolveAsync(
        Operation operation,
        WorkItem before,
        WorkItemWrite write,
        WorkItem? now,
        ServiceError error,
        List<Operation> operations,
        CancellationToken token)
    {
        if (now is null)
        {
            return Failed(operation.Change, error);
        }

        // All of a write is done or nothing: without the new parent, the old one was not removed by us.
        var isDone = operation.Addition is not { } addition || now.Relations.Any(addition.Is);
        return isDone ? await VerifyAsync(operation, before, write, now, false, operations, token).ConfigureAwait(false)
            : Retry(operation, operations) ? null : Failed(operation.Change, error);
    }

    private async Task<RelationResult?> VerifyAsync(
        Operation operation,
        WorkItem before,
        WorkItemWrite write,
        WorkItem after,
        bool isAnswered,
        List<Operation> operations,
        CancellationToken token)
    {
        var taken = await FindTakenAsync(before, write, after, isAnswered, token).ConfigureAwait(false);
        Note(operation, after, taken.Where(operation.Removes), operation.Addition is { } added ? after.Relations.Where(added.Is) : []);
        var lost = taken.Where(relation => !operation.Removes(relation)).ToList();
        lost = await PutBackAsync(after.Id, lost, token).ConfigureAwait(false);
        if (lost.Count > 0 && operation.Addition is { } parent)
        {
            // Somebody gave the item another parent meanwhile, and ours took its place: ours goes, theirs comes back.
            await TakeBackAsync(parent, token).ConfigureAwait(false);
            lost = await PutBackAsync(after.Id, lost, token).ConfigureAwait(false);
            if (lost.Count == 0)
            {
                return RelationResult.Of(operation.Change) with
                {
                    Action = ChangeAction.Skip,
                    Reason = "ParentConflict",
                    Detail = "Somebody else gave it another parent meanwhile.",
                };
            }
        }

        if (lost.Count > 0)
        {
            Note(operation, after, lost, []);
            return Failed(operation.Change, new ServiceError(
                Failure.WorkItemChanged,
                $"A relation of somebody else went in place of ours, and can't be put back: {string.Join(", ", lost)}."));
        }

        if (!after.Relations.Any(operation.Removes))
        {
            return operation.IsLast ? Done(operation.Change) : null;
        }

        // An addition that went with the removal stands by now.
        return Retry(operation with { Addition = null }, operations)
            ? null
            : Failed(operation.Change, new ServiceError(
                Failure.WorkItemChanged,
                $"Somebody else keeps changing the relations of work item {before.Id}; the next run will try again."));
    }

    /// <summary>What a removal took, whether it should have taken it or not.</summary>
    private async Task<List<Relation>> FindTakenAsync(
        WorkItem before,
        WorkItemWrite write,
        WorkItem after,
        bool isAnswered,
        CancellationToken token)
    {
        var places = write.RemoveRelations.Count;
        if (places == 0)
        {
            return [];
        }

        var history = await store.ReadLastRemovalAsync(after.Id, token).ConfigureAwait(false);
        var standing = after.Relations.Select(Identity).ToHashSet();
        // A history that does not tell our edit yet leaves what can be seen. Without an answer, the last removal may be
        // one of long ago: what it took counts as far as it stood when this one was sent.
        var stood = before.Relations.Select(Identity).ToHashSet();
        var gone = !isAnswered ? history.Where(relation => stood.Contains(Identity(relation)))
            : history.Count == places ? history : before.Relations;
        return gone.Where(relation => !standing.Contains(Identity(relation))).ToList();
    }

    private void Note(Operation operation, WorkItem item, IEnumerable<Relation> removed, IEnumerable<Relation> added) =>
        log.Related(IssueOf(operation.Change, item.Id), item.Id, removed.ToList(), added.ToList());

    private static IssueReference? IssueOf(RelationChange change, int workItemId) =>
        change.Source.WorkItemId == workItemId ? change.Source.Issue
            : change.Target.WorkItemId == workItemId ? change.Target.Issue : null;

    /// <summary>Adds relations again, each for itself.</summary>
    /// <returns>Those that the service refuses.</returns>
    private async Task<List<Relation>> PutBackAsync(int workItemId, List<Relation> lost, CancellationToken token)
    {
        var outcomes = await sender
            .SendAsync(
                lost,
                together => together
                    .Select(relation => new WorkItemWrite { WorkItemId = workItemId, AddRelations = [Restored(relation)] })
                    .ToList(),
                FindStandingAsync,
                token)
            .ConfigureAwait(false);
        return lost.Zip(outcomes)
            .Where(pair => pair.Second.Error is not null and not { Kind: Failure.DuplicateRelation })
            .Select(pair => pair.First)
            .ToList();

        async Task<IReadOnlyList<WorkItem?>> FindStandingAsync(IReadOnlyList<Relation> unsure, CancellationToken ends)
        {
            var now = (await store.ReadAsync([workItemId], ends).ConfigureAwait(false)).SingleOrDefault();
            var standing = now?.Relations.Select(Identity).ToHashSet();
            return unsure.Select(relation => standing?.Contains(Identity(relation)) == true ? now : null).ToList();
        }
    }

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
        var removal = new Removal(relation, IsOurs: true, site);
        var operation = new Operation(added.Change, added.HolderId, [removal], null) { IsLast = false };
        await foreach (var _ in RemoveAsync([operation], token).ConfigureAwait(false))
        {
            // Whatever became of it, what was lost is put back next, or told.
        }
    }

    /// <summary>A relation as it was, to be added again.</summary>
    private static NewRelation Restored(Relation relation) => new(
        relation.ReferenceName,
        relation.Comment ?? string.Empty)
    {
        TargetWorkItemId = relation.TargetWorkItemId,
        Url = relation.TargetWorkItemId is null ? relation.Url : null,
        IsLocked = relation.IsLocked,
    };

    private static bool IsTopology(ServiceError error) =>
        error.Kind is Failure.CircularRelation or Failure.SecondParent;

    /// <summary>What to do about a refused removal: it changed nothing.</summary>
    private RelationResult? Reconsider(Operation operation, ServiceError error, List<Operation> operations)
    {
        if (operation.Addition is { } addition && IsTopology(error))
        {
            return Refused(addition, error);
        }

        if (operation.Addition is not null && error.Kind is Failure.RequestFailed or Failure.DuplicateRelation)
        {
            // A service that takes no removal and addition in one request gets two.
            _additions.Add(operation.Addition);
            operations.Add(operation with { Addition = null, IsLast = false });
            return null;
        }

        return error.Kind is Failure.RequestFailed or Failure.WorkItemChanged && Retry(operation, operations)
            ? null
            : Failed(operation.Change, error);
    }

    private static bool Retry(Operation operation, List<Operation> operations)
    {
        if (operation.Attempt >= Attempts)
        {
            return false;
        }

        operations.Add(operation with { Attempt = operation.Attempt + 1 });
        return true;
    }

    private async IAsyncEnumerable<RelationResult> AddAsync([EnumeratorCancellation] CancellationToken token)
    {
        var batches = new AdditionBatches(types);
        var sent = SideBySide.RunAsync(store.ThrottleLimit, Next, SendAsync, token);
        await foreach (var (batch, outcomes) in sent.ConfigureAwait(false))
        {
            batches.Release(batch);
            var standing = new List<(Addition Addition, ServiceError Error)>();
            foreach (var (addition, outcome) in batch.Zip(outcomes)
                .SelectMany(pair => pair.First.Additions.Select(addition => (Addition: addition, Outcome: pair.Second)))
                .OrderBy(one => one.Addition.Place))
            {
                if (outcome.WorkItem is { } item)
                {
                    log.Related(IssueOf(addition.Change, item.Id), item.Id, [], item.Relations.Where(addition.Is).ToList());
                    yield return Done(addition.Change) with
                    {
                        Action = addition.Action,
                        Relation = addition.RelationOnSource,
                        Reason = addition.Reason,
                        Detail = addition.Detail,
                    };
                }
                else if (!addition.IsAlone && outcome.Error is { IsAmbiguous: false })
                {
                    _additions.Add(addition with { IsAlone = true });
                }
                else if (outcome.Error!.Kind == Failure.DuplicateRelation)
                {
                    standing.Add((addition, outcome.Error));
                }
                else if (Refused(addition, outcome.Error) is { } result)
                {
                    yield return result;
                }
            }

            foreach (var result in await ReadAgainAsync(standing, token).ConfigureAwait(false))
            {
                yield return result;
            }
        }

        IReadOnlyList<AdditionsOnItem>? Next(bool isAccompanied)
        {
            // What could not be removed must not be joined by what was to take its place.
            batches.Add(_additions.Where(addition => !_failed.Contains(addition.Change)));
            _additions.Clear();
            return batches.Take(isAccompanied);
        }
    }

    private Task<IReadOnlyList<WriteOutcome>> SendAsync(IReadOnlyList<AdditionsOnItem> batch, CancellationToken token) =>
        sender.SendAsync(batch, together => together.Select(one => one.ToWrite()).ToList(), FindAddedAsync, token);

    /// <summary>Looks for relations that were added without an answer: their comment tells them.</summary>
    private async Task<IReadOnlyList<WorkItem?>> FindAddedAsync(IReadOnlyList<AdditionsOnItem> unsure, CancellationToken token)
    {
        var ids = unsure.Select(one => one.HolderId).Distinct().ToList();
        var items = (await store.ReadAsync(ids, token).ConfigureAwait(false)).ToDictionary(item => item.Id);
        return unsure
            .Select(one => items.TryGetValue(one.HolderId, out var item)
                && one.Additions.All(addition => item.Relations.Any(addition.Is)) ? item : null)
            .ToList();
    }

    /// <summary>
    /// What the service says it has already: kept where it is ours, adopted where it is not. What is not there after
    /// all collided with a write of the same moment, and is tried again.
    /// </summary>
    private async Task<List<RelationResult>> ReadAgainAsync(
        List<(Addition Addition, ServiceError Error)> standing,
        CancellationToken token)
    {
        var ids = standing.Select(one => one.Addition.HolderId).Distinct().ToList();
        var items = (await store.ReadAsync(ids, token).ConfigureAwait(false)).ToDictionary(item => item.Id);
        var results = new List<RelationResult>();
        var again = new List<Addition>();
        foreach (var (addition, error) in standing)
        {
            var relation = items.GetValueOrDefault(addition.HolderId)?.Relations.FirstOrDefault(addition.IsEqual);
            var isOurs = RelationMark.Parse(relation?.Comment, site) is not null;
            if (relation is not null)
            {
                results.Add(Done(addition.Change) with { Action = isOurs ? ChangeAction.Keep : ChangeAction.Adopt, IsApplied = false });
            }
            else if (addition.Attempt < Attempts)
            {
                again.Add(addition with { Attempt = addition.Attempt + 1 });
            }
            else
            {
                results.Add(Failed(addition.Change, error));
            }
        }

        if (again.Count > 0)
        {
            await sender.PauseAsync(again.Max(one => one.Attempt) - 1, token).ConfigureAwait(false);
            _additions.AddRange(again);
        }

        return results;
    }

    /// <summary>The planner's rules for what only the service could see; null where Related is to be tried.</summary>
    private RelationResult? Refused(Addition addition, ServiceError error)
    {
        var result = RelationResult.Of(addition.Change) with { Action = ChangeAction.Skip, Detail = error.Message };
        var reason =
            error.Kind == Failure.CircularRelation ? "Cycle" : addition.IsParent ? "ParentConflict" : "SecondParent";
        switch (error.Kind)
        {
            case Failure.LinkLimit:
                return result with { Reason = "LinkLimit" };
            case Failure.NotFound:
                return result with { Action = ChangeAction.Pending, Reason = "EndMissing" };
            case Failure.CircularRelation or Failure.SecondParent when addition.IsParent || onConflict == LinkConflict.Skip:
                return result with { Reason = reason };
            case Failure.CircularRelation or Failure.SecondParent
                when onConflict == LinkConflict.Degrade && addition.Relation.IsDirectional:
                _additions.Add(addition with
                {
                    Relation = types.Related,
                    Action = ChangeAction.Degrade,
                    Reason = reason,
                    Detail = error.Message,
                });
                return null;
            default:
                return Failed(addition.Change, error);
        }
    }

    private static RelationResult Done(RelationChange change) => RelationResult.Of(change) with { IsApplied = true };

    private RelationResult Failed(RelationChange change, ServiceError error)
    {
        _failed.Add(change);
        return RelationResult.Of(change) with
        {
            Action = ChangeAction.Fail,
            Reason = error.Kind.ToString(),
            Detail = error.Message,
            Error = error,
        };
    }

    private static (string Type, string Target) Identity(Relation relation) => (
        relation.ReferenceName.ToUpperInvariant(),
        relation.TargetWorkItemId is { } id ? $"#{id}" : relation.Url);

    /// <summary>
    /// A relation to remove. One of ours is meant only as long as it carries our mark: an equal one that somebody made
    /// since is theirs.
    /// </summary>
    private sealed record Removal(Relation Place, bool IsOurs, JiraSite Site)
    {
        public bool Means(Relation relation) => Identity(relation) == Identity(Place)
            && (!IsOurs || RelationMark.Parse(relation.Comment, Site) is not null);
    }

    /// <summary>Removals on one work item, with what takes their place there.</summary>
    private sealed record Operation(
        RelationChange Change,
        int HolderId,
        IReadOnlyList<Removal> Removals,
        Addition? Addition)
    {
        public int Attempt { get; init; } = 1;

        /// <summary>The largest batch that it may be in: with each attempt it is in the company of fewer others.</summary>
        public int LargestBatch => Math.Max(1, IWorkItemStore.BatchSize >> (3 * (Attempt - 1)));

        /// <summary>Whether the change is done when this is: no addition of it is still to come.</summary>
        public bool IsLast { get; init; } = Addition is not null || Change.Desired is null;

        public IEnumerable<int> Touches => Removals
            .Select(removal => removal.Place.TargetWorkItemId!.Value)
            .Append(HolderId)
            .Concat(Addition is null ? [] : [Addition.TargetId]);

        /// <summary>Whether a relation, as it is now, is one of those to remove.</summary>
        public bool Removes(Relation relation) => Removals.Any(removal => removal.Means(relation));

        /// <summary>The write, with places as they are now; null where nothing is left to do.</summary>
        public WorkItemWrite? ToWrite(WorkItem now)
        {
            var places =
                Enumerable.Range(0, now.Relations.Count).Where(index => Removes(now.Relations[index])).ToList();
            return places.Count == 0 && Addition is null ? null : new WorkItemWrite
            {
                WorkItemId = HolderId,
                RemoveRelations = places,
                AddRelations = Addition is null ? [] : [Addition.ToRelation()],
            };
        }
    }
}
