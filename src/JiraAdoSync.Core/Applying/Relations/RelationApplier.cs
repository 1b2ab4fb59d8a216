using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Applying.Relations;

/// <summary>
/// Writes planned relations: first all removals (see <see cref="RelationRemover"/>), then all additions (see
/// <see cref="RelationAdder"/>). A parent that replaces another is added in the request that removes the old one.
/// </summary>
internal sealed class RelationApplier(
    IWorkItemStore store,
    JiraSite site,
    RelationTypes types,
    BatchSender sender,
    RunLog log)
{
    private readonly RelationAdder _adder = new(store, site, types, sender, log);

    /// <summary>
    /// Whether an issue was read in this run; of those that were not, a relation may be another run's.
    /// </summary>
    public Predicate<long> IsRead { get; init; } = _ => true;

    /// <summary>Applies changes that write something.</summary>
    /// <param name="changes">The changes, with their ends' work items where there are any by now.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<RelationResult> ApplyAsync(
        IReadOnlyList<RelationChange> changes,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var removals = new List<RemovalsOnItem>();
        foreach (var (change, index) in changes.Select((change, index) => (change, index)))
        {
            if (change.Source.WorkItemId is not { } source || change.Target.WorkItemId is not { } target)
            {
                var missing = new[] { change.Source, change.Target }.Where(end => end.WorkItemId is null).ToList();
                yield return RelationResult.Of(change) with
                {
                    Action = ChangeAction.Pending,
                    Reason = Reasons.EndMissing,
                    Detail = $"Waits for {string.Join(" and ", missing)}: "
                        + $"{(missing.Count == 1 ? "its work item was" : "their work items were")} not created.",
                };
                continue;
            }

            Enlist(index, change, source, target, removals);
        }

        var failed = new HashSet<RelationChange>(ReferenceEqualityComparer.Instance);
        var remover = new RelationRemover(store, site, sender, _adder, log);
        await foreach (var (change, result) in remover.RemoveAsync(removals, cancellationToken).ConfigureAwait(false))
        {
            if (result.Error is not null)
            {
                failed.Add(change);
            }

            yield return result;
        }

        await foreach (var result in _adder.AddAsync(failed, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    private void Enlist(int index, RelationChange change, int source, int target, List<RemovalsOnItem> removals)
    {
        var addition = change.Desired is null ? null : Addition.Of(change, source, target, types, site) with
        {
            Index = index,
            MayTurn = IsRead(change.Source.Issue?.Id ?? 0) && IsRead(change.Target.Issue?.Id ?? 0),
        };
        if (change.Removes.Count == 0)
        {
            _adder.Add(addition!);
            return;
        }

        var ownerId = addition?.OwnerId ?? source;
        var here = change.Removes.Select(relation => RemovalOn(relation, ownerId)).OfType<Removal>().ToList();
        var elsewhere = change.Removes.Where(relation => RemovalOn(relation, ownerId) is null).ToList();
        var together = addition is { IsParent: true } && here.Count > 0 && elsewhere.Count == 0;
        if (here.Count > 0)
        {
            removals.Add(new RemovalsOnItem(change, ownerId, here, together ? addition : null));
        }

        removals.AddRange(elsewhere.Select(relation => new RemovalsOnItem(
            change, relation.Relation.WorkItemId, [new Removal(relation.Relation, relation.IsOurs, site)], null)));
        if (addition is not null && !together)
        {
            _adder.Add(addition);
        }
    }

    /// <summary>
    /// How a relation is removed on one of its ends; null where it is not to be removed there. One of ours is removed
    /// where its mark shows, so that the mark can be seen again immediately before.
    /// </summary>
    private Removal? RemovalOn(CurrentRelation relation, int workItemId)
    {
        var seen = relation.Relation;
        if (seen.WorkItemId == workItemId)
        {
            return new Removal(seen, relation.IsOurs, site);
        }

        return relation.IsOurs || seen.TargetWorkItemId != workItemId ? null : new Removal(
            seen with
            {
                WorkItemId = workItemId,
                ReferenceName = types[seen.ReferenceName].OppositeReferenceName,
                TargetWorkItemId = seen.WorkItemId,
            },
            IsOurs: false,
            site);
    }
}
