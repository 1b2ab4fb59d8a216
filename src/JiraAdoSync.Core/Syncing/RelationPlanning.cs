using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;

namespace JiraAdoSync.Syncing;

/// <summary>Plans relations: reads what the plan needs, and decides.</summary>
/// <param name="context">What the phases share.</param>
internal sealed class RelationPlanning(SyncContext context)
{
    /// <summary>
    /// Relations that the run removes in any case, each as it is at one of its ends: nothing has to be planned round them.
    /// </summary>
    public IReadOnlyCollection<Relation> ToRemove { get; set; } = [];

    /// <summary>Decides what is to be done with each link and each relation of ours. Nothing is written.</summary>
    /// <param name="desired">The desired relations.</param>
    /// <param name="scope">The issues that were read; only they show that a link does not exist any more.</param>
    /// <param name="workItems">What is done with work items before.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="histories">The histories that the plan needs.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<RelationPlan> PlanAsync(
        IReadOnlyCollection<DesiredRelation> desired,
        IReadOnlyCollection<Replica> scope,
        WorkItemPlan workItems,
        RelationPolicy policy,
        PlanHistories histories,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(desired);
        var read = desired
            .Select(one => one.Link.ReadFrom == one.Source.Id ? one.Source : one.Target)
            .Concat(scope.Select(replica => replica.Reference));
        await context.Known.FindAsync(read, cancellationToken).ConfigureAwait(false);
        var (readable, otherEnds) = policy.Prune
            ? await context.Outside.ReadUndesiredAsync(desired, scope, cancellationToken).ConfigureAwait(false)
            : ([], []);
        var beyond = IssueReading.EndsBeyond(desired, context.Known.Sought.ContainsKey);
        await context.Outside.FindAsync(beyond, desired, cancellationToken).ConfigureAwait(false);
        otherEnds = [.. otherEnds, .. await context.Outside.ReadAsync(
            desired, otherEnds, cancellationToken).ConfigureAwait(false)];
        var types = await context.Store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false);
        var input = new PlanInput
        {
            Desired = desired,
            Types = types,
            Site = context.Site,
            WorkItems = context.Known.Existing.ToDictionary(pair => pair.Key, pair => pair.Value.WorkItem.Id)
                .Concat(context.Outside.Found.Where(pair => !context.Known.Existing.ContainsKey(pair.Key)))
                .ToDictionary(),
            ToCreate = workItems.ToCreate,
            LeftOut = workItems.LeftOut,
            Existing = Staying(
                context.Known.Existing.Values.Select(found => found.WorkItem).Concat(otherEnds)
                    .DistinctBy(item => item.Id).ToList(),
                types),
            Scope = scope.Select(replica => replica.Reference).ToList(),
            Readable = readable,
            Policy = policy,
        };
        return await WithoutForeignAsync(input, histories, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Work items without the relations that are to be removed, at either end.</summary>
    private List<WorkItem> Staying(List<WorkItem> items, RelationTypes types)
    {
        if (ToRemove.Count == 0)
        {
            return items;
        }

        var removed = ToRemove.SelectMany(relation => new[]
        {
            (relation.WorkItemId, relation.TargetWorkItemId, relation.ReferenceName),
            (relation.TargetWorkItemId!.Value, (int?)relation.WorkItemId, types[relation.ReferenceName].OppositeReferenceName),
        }).ToHashSet();
        return items.ConvertAll(item => item with
        {
            Relations = item.Relations
                .Where(one => !removed.Contains((one.WorkItemId, one.TargetWorkItemId, one.ReferenceName))).ToList(),
        });
    }

    /// <summary>
    /// Plans relations. What the plan would remove for its mark must have got that from us: a relation whose mark
    /// somebody else wrote is theirs, and the plan is made again beside it.
    /// </summary>
    private async Task<RelationPlan> WithoutForeignAsync(
        PlanInput input, PlanHistories histories, CancellationToken cancellationToken)
    {
        var sure = new HashSet<Relation>();
        var reported = new HashSet<(int, int)>();
        while (true)
        {
            var plan = Planner.Plan(input);
            var removed = plan.Changes.SelectMany(change => change.Removes)
                .Where(relation => relation.IsOurs && sure.Add(relation.Relation))
                .Select(relation => relation.Relation)
                .ToList();
            var foreign = removed.Count == 0
                ? new HashSet<Relation>()
                : await context.Authorship.FindForeignAsync(removed, histories, cancellationToken)
                    .ConfigureAwait(false);
            if (foreign.Count == 0)
            {
                return plan;
            }

            foreach (var relation in foreign.Where(one => reported.Add((
                Math.Min(one.WorkItemId, one.TargetWorkItemId!.Value),
                Math.Max(one.WorkItemId, one.TargetWorkItemId.Value)))))
            {
                context.Warn($"ForeignMark: the relation of work item {relation.WorkItemId} to {relation.TargetWorkItemId} carries a mark that "
                    + "neither this account nor a former one put there, so it is left alone.");
            }

            input = input with
            {
                Existing = input.Existing
                    .Select(item => !item.Relations.Any(foreign.Contains) ? item : item with
                    {
                        Relations = item.Relations
                            .Select(one => foreign.Contains(one) ? one with { IsForeign = true } : one).ToList(),
                    })
                    .ToList(),
            };
        }
    }
}
