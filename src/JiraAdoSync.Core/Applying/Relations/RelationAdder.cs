using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Applying.Relations;

/// <summary>
/// Adds relations: together, item by item, each on the end that has more of them (see <see cref="AdditionBatches"/>),
/// and several batches at once as long as none touches what another does. An item whose additions are refused gets them
/// one by one. Those that the service refuses for its topology (a cycle through items that nobody read, a race) are
/// treated as the planner treats those that it sees itself; one that exists already is read again and counts as kept.
/// </summary>
internal sealed class RelationAdder(
    IWorkItemStore store,
    JiraSite site,
    RelationTypes types,
    BatchSender sender,
    RunLog log)
{
    private const int Attempts = 5;

    private readonly List<Addition> _additions = [];

    /// <summary>Takes a relation that is to be added.</summary>
    public void Add(Addition addition) => _additions.Add(addition);

    /// <summary>
    /// Adds all but those of some changes: what could not be removed must not be joined by its replacement.
    /// </summary>
    public async IAsyncEnumerable<RelationResult> AddAsync(
        IReadOnlySet<RelationChange> failed,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batches = new AdditionBatches(types);
        var sent = SideBySide.RunAsync(store.ThrottleLimit, Next, SendAsync, cancellationToken);
        await foreach (var (batch, outcomes) in sent.ConfigureAwait(false))
        {
            batches.Release(batch);
            var existing = new List<(Addition Addition, ServiceError Error)>();
            foreach (var (addition, outcome) in batch.Zip(outcomes)
                .SelectMany(pair => pair.First.Additions.Select(addition => (Addition: addition, Outcome: pair.Second)))
                .OrderBy(one => one.Addition.Index))
            {
                if (outcome.WorkItem is { } item)
                {
                    log.Related(addition.Change.IssueOf(item.Id), item.Id, [],
                        item.Relations.Where(addition.Is).ToList());
                    yield return RelationResult.Done(addition.Change) with
                    {
                        Action = addition.Action,
                        Relation = addition.RelationOnSource,
                        Reason = addition.Reason,
                        Detail = addition.Detail,
                    };
                }
                else if (!addition.IsAlone && outcome.Error is { MayBeDone: false })
                {
                    _additions.Add(addition with { IsAlone = true });
                }
                else if (outcome.Error!.Kind == Failure.DuplicateRelation)
                {
                    existing.Add((addition, outcome.Error));
                }
                else if (Refuse(addition, outcome.Error) is { } result)
                {
                    yield return result;
                }
            }

            foreach (var result in await ReadAgainAsync(existing, cancellationToken).ConfigureAwait(false))
            {
                yield return result;
            }
        }

        IReadOnlyList<AdditionsOnItem>? Next(bool isAccompanied)
        {
            batches.Add(_additions.Where(addition => !failed.Contains(addition.Change)));
            _additions.Clear();
            return batches.Take(isAccompanied);
        }
    }

    /// <summary>The planner's rules for what only the service could see; null where Related is to be tried.</summary>
    public RelationResult? Refuse(Addition addition, ServiceError error)
    {
        var result = RelationResult.Of(addition.Change) with { Action = ChangeAction.Skip, Detail = error.Message };
        var reason =
            error.Kind == Failure.CircularRelation ? Reasons.Cycle
            : addition.IsParent ? Reasons.ParentConflict
            : Reasons.SecondParent;
        switch (error.Kind)
        {
            case Failure.LinkLimit:
                return result with { Reason = Reasons.LinkLimit };
            case Failure.NotFound:
                return result with { Action = ChangeAction.Pending, Reason = Reasons.EndMissing };
            case Failure.CircularRelation or Failure.SecondParent when addition.IsParent
                || addition.Change.OnConflict == LinkConflict.Skip:
                return result with { Reason = reason };
            case Failure.CircularRelation or Failure.SecondParent
                when addition.Change.OnConflict == LinkConflict.Degrade && addition.Relation.IsDirectional:
                _additions.Add(addition with
                {
                    Relation = types.Related,
                    Action = ChangeAction.Degrade,
                    Reason = reason,
                    Detail = error.Message,
                });
                return null;
            default:
                return RelationResult.Failed(addition.Change, error);
        }
    }

    private Task<IReadOnlyList<WriteOutcome>> SendAsync(
        IReadOnlyList<AdditionsOnItem> batch,
        CancellationToken cancellationToken) =>
        sender.SendAsync(
            batch, together => together.Select(one => one.ToWrite()).ToList(), FindAddedAsync, cancellationToken);

    /// <summary>Looks for relations that were added without an answer: their comment identifies them.</summary>
    private async Task<IReadOnlyList<WorkItem?>> FindAddedAsync(
        IReadOnlyList<AdditionsOnItem> unsure,
        CancellationToken cancellationToken)
    {
        var ids = unsure.Select(one => one.OwnerId).Distinct().ToList();
        var items = (await store.ReadAsync(ids, cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Id);
        return unsure
            .Select(one => items.TryGetValue(one.OwnerId, out var item)
                && one.Additions.All(addition => item.Relations.Any(addition.Is)) ? item : null)
            .ToList();
    }

    /// <summary>
    /// What the service says it has already: kept where it is ours, adopted where it is not. What is not there after
    /// all collided with a write of the same moment, and is tried again.
    /// </summary>
    private async Task<List<RelationResult>> ReadAgainAsync(
        List<(Addition Addition, ServiceError Error)> existing,
        CancellationToken cancellationToken)
    {
        var ids = existing.Select(one => one.Addition.OwnerId).Distinct().ToList();
        var items = (await store.ReadAsync(ids, cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Id);
        var results = new List<RelationResult>();
        var again = new List<Addition>();
        foreach (var (addition, error) in existing)
        {
            var relation = items.GetValueOrDefault(addition.OwnerId)?.Relations.FirstOrDefault(addition.IsEqual);
            var isOurs = RelationMark.Parse(relation?.Comment, site) is not null;
            if (relation is not null)
            {
                results.Add(RelationResult.Done(addition.Change) with
                {
                    Action = isOurs ? ChangeAction.Keep : ChangeAction.Adopt,
                    IsApplied = false,
                });
            }
            else if (addition.Attempt < Attempts)
            {
                again.Add(addition with { Attempt = addition.Attempt + 1 });
            }
            else
            {
                results.Add(RelationResult.Failed(addition.Change, error));
            }
        }

        if (again.Count > 0)
        {
            await sender.PauseAsync(again.Max(one => one.Attempt) - 1, cancellationToken).ConfigureAwait(false);
            _additions.AddRange(again);
        }

        return results;
    }
}
