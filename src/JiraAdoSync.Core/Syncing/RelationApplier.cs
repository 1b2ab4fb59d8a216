using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Writes planned relations: first all removals, then all additions, in batches.
/// <para>
/// <b>Removals</b> go by a relation's place in the item's list, and no revision guards that list: another client's edit, or
/// a removal at the other end, shifts it without a sign. So each item is read immediately before, an item that loses a
/// relation takes part in nothing else of its batch, and the answer, which carries all relations, must show that the right
/// ones went; what should not have gone is put back with comment and lock, and the removal is tried again:
/// <code>
/// read      [P, Q, R]      remove Q: place 1
/// meanwhile somebody removed P: [Q, R]
/// answer    [Q]            Q stands, R is gone  =>  put R back, read again
/// </code>
/// A parent, or whatever else takes a removed relation's place on the same item, is added in the same request.
/// </para>
/// <para>
/// <b>Additions</b> that the service refuses for its topology (a cycle through items that nobody read, a race) are treated as
/// the planner treats those that it sees itself; one that stands already is read again and counts as kept.
/// </para>
/// </summary>
internal sealed class RelationApplier(IWorkItemStore store, JiraSite site, RelationTypes types, LinkConflict onConflict)
{
    private const int Attempts = 5;

    private readonly Queue<Addition> _additions = new();
    private readonly HashSet<RelationChange> _failed = new(ReferenceEqualityComparer.Instance);

    /// <summary>Applies changes that write something.</summary>
    /// <param name="changes">The changes, with their ends' work items where there are any by now.</param>
    /// <param name="token">Ends the work; what was sent is left as it is, and the next run completes it.</param>
    public async IAsyncEnumerable<RelationResult> ApplyAsync(
        IReadOnlyList<RelationChange> changes,
        [EnumeratorCancellation] CancellationToken token)
    {
        var operations = new List<Operation>();
        foreach (var change in changes)
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

            Enlist(change, source, target, operations);
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

    private void Enlist(RelationChange change, int source, int target, List<Operation> operations)
    {
        var addition = change.Desired is null ? null : Addition.Of(change, source, target, types, site);
        if (change.Removes.Count == 0)
        {
            _additions.Enqueue(addition!);
            return;
        }

        var holder = addition?.HolderId ?? source;
        var here = change.Removes.Select(relation => PlaceOn(relation, holder)).OfType<Relation>().ToList();
        var elsewhere = change.Removes.Where(relation => PlaceOn(relation, holder) is null).ToList();
        var together = here.Count > 0 && elsewhere.Count == 0;
        if (here.Count > 0)
        {
            operations.Add(new Operation(change, holder, here, together ? addition : null));
        }

        operations.AddRange(elsewhere.Select(relation =>
            new Operation(change, relation.Places[0].WorkItemId, [relation.Places[0]], null)));
        if (addition is not null && !together)
        {
            _additions.Enqueue(addition);
        }
    }

    /// <summary>A standing relation as it is on one of its ends; null where the item is none of its ends.</summary>
    private Relation? PlaceOn(StandingRelation relation, int workItemId)
    {
        var place = relation.Places[0];
        if (relation.Places.FirstOrDefault(one => one.WorkItemId == workItemId) is { } seen)
        {
            return seen;
        }

        return place.TargetWorkItemId != workItemId ? null : place with
        {
            WorkItemId = workItemId,
            ReferenceName = types[place.ReferenceName].OppositeReferenceName,
            TargetWorkItemId = place.WorkItemId,
        };
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
            foreach (var operation in batch)
            {
                if (!items.TryGetValue(operation.HolderId, out var before))
                {
                    yield return Failed(operation.Change, new ServiceError(
                        Failure.NotFound, $"Work item {operation.HolderId} is gone, or the account may not read it any more."));
                }
                else if (operation.ToWrite(before) is { } write)
                {
                    ready.Add((operation, before, write));
                }
                else if (operation.IsLast)
                {
                    yield return Done(operation.Change);
                }
            }

            var outcomes = await store.WriteAsync(ready.ConvertAll(one => one.Write), token).ConfigureAwait(false);
            foreach (var ((operation, before, _), outcome) in ready.Zip(outcomes))
            {
                var result = outcome.WorkItem is { } after
                    ? await VerifyAsync(operation, before, after, operations, token).ConfigureAwait(false)
                    : Reconsider(operation, outcome.Error!, operations);
                if (result is not null)
                {
                    yield return result;
                }
            }
        }
    }

    /// <summary>Takes operations of which no two touch the same work item, at either end.</summary>
    private static List<Operation> TakeBatch(List<Operation> operations)
    {
        var (batch, rest) = (new List<Operation>(), new List<Operation>());
        var touched = new HashSet<int>();
        foreach (var operation in operations)
        {
            var fits = batch.Count < IWorkItemStore.BatchSize && !operation.Touches.Any(touched.Contains);
            (fits ? batch : rest).Add(operation);
            if (fits)
            {
                touched.UnionWith(operation.Touches);
            }
        }

        operations.Clear();
        operations.AddRange(rest);
        return batch;
    }

    private async Task<RelationResult?> VerifyAsync(
        Operation operation,
        WorkItem before,
        WorkItem after,
        List<Operation> operations,
        CancellationToken token)
    {
        var standing = after.Relations.Select(Identity).ToHashSet();
        if (!operation.Removals.Any(relation => standing.Contains(Identity(relation))))
        {
            return operation.IsLast ? Done(operation.Change) : null;
        }

        // Something else went in its place. Had the right ones gone, others would have been taken away by others.
        var intended = operation.Removals.Select(Identity).ToHashSet();
        var lost = before.Relations
            .Where(relation => !standing.Contains(Identity(relation)) && !intended.Contains(Identity(relation)))
            .Select(relation => new NewRelation(relation.ReferenceName, relation.Comment ?? string.Empty)
            {
                TargetWorkItemId = relation.TargetWorkItemId,
                Url = relation.TargetWorkItemId is null ? relation.Url : null,
                IsLocked = relation.IsLocked,
            })
            .ToList();
        if (lost.Count > 0)
        {
            var putBack = new WorkItemWrite { WorkItemId = before.Id, AddRelations = lost };
            var outcome = (await store.WriteAsync([putBack], token).ConfigureAwait(false))[0];
            if (outcome.Error is { } error and not { Kind: Failure.DuplicateRelation })
            {
                return Failed(operation.Change, error);
            }
        }

        // An addition that went with the removal stands by now.
        return Retry(operation with { Addition = null }, operations)
            ? null
            : Failed(operation.Change, new ServiceError(
                Failure.WorkItemChanged,
                $"Somebody else keeps changing the relations of work item {before.Id}; the next run will try again."));
    }

    /// <summary>What to do about a refused removal: it changed nothing.</summary>
    private RelationResult? Reconsider(Operation operation, ServiceError error, List<Operation> operations)
    {
        var isTopology = error.Kind is Failure.CircularRelation or Failure.SecondParent;
        if (operation.Addition is { } addition && isTopology && addition.IsParent)
        {
            return Refused(addition, error);
        }

        if (operation.Addition is not null && (isTopology || error.Kind is Failure.RequestFailed or Failure.DuplicateRelation))
        {
            // A service that takes no removal and addition in one request gets two.
            _additions.Enqueue(operation.Addition);
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
        while (_additions.Count > 0)
        {
            var batch = new List<Addition>();
            while (batch.Count < IWorkItemStore.BatchSize && _additions.TryDequeue(out var addition))
            {
                // What could not be removed must not be joined by what was to take its place.
                if (!_failed.Contains(addition.Change))
                {
                    batch.Add(addition);
                }
            }

            var outcomes = await store.WriteAsync(batch.ConvertAll(one => one.ToWrite()), token).ConfigureAwait(false);
            var standing = new List<(Addition Addition, ServiceError Error)>();
            foreach (var (addition, outcome) in batch.Zip(outcomes))
            {
                if (outcome.Error is null)
                {
                    yield return Done(addition.Change) with
                    {
                        Action = addition.Action,
                        Relation = addition.RelationOnSource,
                        Reason = addition.Reason,
                        Detail = addition.Detail,
                    };
                }
                else if (outcome.Error.Kind == Failure.DuplicateRelation)
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
    }

    /// <summary>What the service says it has already: kept where it is ours, adopted where it is not.</summary>
    private async Task<List<RelationResult>> ReadAgainAsync(
        List<(Addition Addition, ServiceError Error)> standing,
        CancellationToken token)
    {
        var ids = standing.Select(one => one.Addition.HolderId).Distinct().ToList();
        var items = (await store.ReadAsync(ids, token).ConfigureAwait(false)).ToDictionary(item => item.Id);
        return standing.ConvertAll(one =>
        {
            var relation = items.GetValueOrDefault(one.Addition.HolderId)?.Relations
                .FirstOrDefault(relation => relation.TargetWorkItemId == one.Addition.TargetId
                    && relation.ReferenceName == one.Addition.Relation.ReferenceName);
            var isOurs = RelationMark.Parse(relation?.Comment, site) is not null;
            return relation is null
                ? Failed(one.Addition.Change, one.Error)
                : Done(one.Addition.Change) with { Action = isOurs ? ChangeAction.Keep : ChangeAction.Adopt, IsApplied = false };
        });
    }

    /// <summary>The planner's rules for what only the service could see; null where Related is to be tried.</summary>
    private RelationResult? Refused(Addition addition, ServiceError error)
    {
        var result = RelationResult.Of(addition.Change) with { Action = ChangeAction.Skip, Detail = error.Message };
        var reason = error.Kind == Failure.CircularRelation ? "Cycle" : addition.IsParent ? "ParentConflict" : "SecondParent";
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
                _additions.Enqueue(addition with
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

    /// <summary>Removals on one work item, with what takes their place there.</summary>
    private sealed record Operation(
        RelationChange Change,
        int HolderId,
        IReadOnlyList<Relation> Removals,
        Addition? Addition)
    {
        public int Attempt { get; init; } = 1;

        /// <summary>Whether the change is done when this is: no addition of it is still to come.</summary>
        public bool IsLast { get; init; } = Addition is not null || Change.Desired is null;

        public IEnumerable<int> Touches => Removals
            .Select(relation => relation.TargetWorkItemId!.Value)
            .Append(HolderId)
            .Concat(Addition is null ? [] : [Addition.TargetId]);

        /// <summary>The write, with places as they are now; null where nothing is left to do.</summary>
        public WorkItemWrite? ToWrite(WorkItem now)
        {
            var intended = Removals.Select(Identity).ToHashSet();
            var places = Enumerable.Range(0, now.Relations.Count)
                .Where(index => intended.Contains(Identity(now.Relations[index])))
                .ToList();
            return places.Count == 0 && Addition is null ? null : new WorkItemWrite
            {
                WorkItemId = HolderId,
                RemoveRelations = places,
                AddRelations = Addition is null ? [] : [Addition.ToRelation()],
            };
        }
    }

    /// <summary>A relation to add on one of its ends.</summary>
    private sealed record Addition(RelationChange Change, int HolderId, RelationType Relation, int TargetId, string Comment)
    {
        public ChangeAction Action { get; init; } = Change.Action;

        public string? Reason { get; init; } = Change.Reason;

        public string? Detail { get; init; } = Change.Detail;

        public bool IsParent => Change.Desired!.Link.IsParent;

        /// <summary>The relation's name as it is on the link's source.</summary>
        public string RelationOnSource => Relation.IsDirectional ? Change.Relation!.Name : Relation.Name;

        /// <summary>
        /// The addition of a change, on the end whose issue was read: the comment with the mark may show at that end only,
        /// and must be seen again.
        /// </summary>
        public static Addition Of(RelationChange change, int source, int target, RelationTypes types, JiraSite site)
        {
            var link = change.Desired!.Link;
            var comment = RelationMark.Comment(link, site);
            return link.ReadFrom == link.Source.Id
                ? new Addition(change, source, change.Relation!, target, comment)
                : new Addition(change, target, types.Opposite(change.Relation!), source, comment);
        }

        public NewRelation ToRelation() => new(Relation.ReferenceName, Comment) { TargetWorkItemId = TargetId };

        public WorkItemWrite ToWrite() => new() { WorkItemId = HolderId, AddRelations = [ToRelation()] };
    }
}
