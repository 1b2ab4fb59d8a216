using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Syncing;

/// <summary>
/// The order of a run: read, plan, apply, settle. What one step results in is what the next one takes; nothing is
/// written before the whole plan is made. Whoever runs it asks about the plan, applies what is left of it phase by
/// phase, and shows the results.
/// </summary>
/// <param name="context">What the phases share.</param>
public sealed class Synchronizer(SyncContext context)
{
    private readonly WorkItemPlanning _workItems = new(context);
    private readonly RelationPlanning _relations = new(context);

    /// <summary>The descriptions that are read with the issues: most of those that are new.</summary>
    public Renderings Renderings => _workItems.Renderings;

    /// <summary>Reads issues, and finds the work items of those that are there while more of them arrive.</summary>
    /// <param name="issues">The issues, page by page.</param>
    /// <param name="convert">Converts the links of all issues into desired relations.</param>
    /// <param name="policy">
    /// What the user chose, where the plan is to be applied: then the values of work items that are as their issues are
    /// not kept. Null to keep all, for those who look at the plan.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<IssuesRead> ReadAsync(
        IAsyncEnumerable<Replica> issues,
        Func<IReadOnlyList<Replica>, IReadOnlyCollection<DesiredRelation>> convert,
        WorkItemPolicy? policy,
        CancellationToken cancellationToken) =>
        new IssueReading(context)
            .ReadAsync(issues, convert, new EarlyMapping(context, _workItems, policy), cancellationToken);

    /// <summary>Plans everything. Nothing is written.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="policies">What the user chose.</param>
    /// <param name="slice">The share of the changes that this run takes; null for all.</param>
    /// <param name="isToBeApplied">Whether the account must have the permission to apply it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<SyncPlan> PlanAsync(
        IssuesRead read,
        (WorkItemPolicy WorkItems, RelationPolicy Relations) policies,
        Slice? slice,
        bool isToBeApplied,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        Heap.Trim(read.Issues.Count);
        var items = await _workItems.PlanAsync(read.Issues, policies.WorkItems, cancellationToken)
            .ConfigureAwait(false);
        var mine = new SyncPlan(items, RelationPlan.Of([])).Of(slice);
        // The service is asked for the permission while relations are planned.
        var permission = isToBeApplied ? CheckPermissionAsync(mine, cancellationToken) : Task.CompletedTask;
        var relations = _relations.PlanAsync(
            read.Relations, read.Issues, items, policies.Relations, new PlanHistories(context.Authorship), cancellationToken);
        await Task.WhenAll(relations, permission).ConfigureAwait(false);
        var plan = new SyncPlan(items, await relations.ConfigureAwait(false)).Of(slice);
        return plan with
        {
            Refusal = _workItems.RefusalOf(plan.WorkItems.Changes, policies.Relations.PruneLimit)
                ?? plan.Relations.Refusal,
        };
    }

    /// <summary>Plans work items only.</summary>
    /// <param name="replicas">The issues.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="pruneLimit">How many per cent of our work items may be recycled as twins.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<SyncPlan> PlanWorkItemsAsync(
        IReadOnlyCollection<Replica> replicas,
        WorkItemPolicy policy,
        int pruneLimit,
        CancellationToken cancellationToken)
    {
        var items = await _workItems.PlanAsync(replicas, policy, cancellationToken).ConfigureAwait(false);
        return new SyncPlan(items, RelationPlan.Of([])) { Refusal = _workItems.RefusalOf(items.Changes, pruneLimit) };
    }

    /// <summary>Plans relations only.</summary>
    /// <param name="desired">The desired relations.</param>
    /// <param name="scope">The issues that were read; only they show that a link does not exist any more.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<RelationPlan> PlanRelationsAsync(
        IReadOnlyCollection<DesiredRelation> desired,
        IReadOnlyCollection<Replica> scope,
        RelationPolicy policy,
        CancellationToken cancellationToken) =>
        _relations.PlanAsync(desired, scope, WorkItemPlan.None, policy, new PlanHistories(context.Authorship), cancellationToken);

    /// <summary>The areas and iterations that a plan names and that do not exist, parents first.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The reference name of the field, the path, and how many work items need it.</returns>
    public async Task<IReadOnlyList<(string Field, string Path, int Count)>> FindMissingPathsAsync(
        SyncPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return await context.Paths.FindMissingAsync(plan.WorkItems.Changes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks whether a saved plan still fits: all that it touches must be as it was then.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The work items that it touches, by id.</returns>
    /// <exception cref="SyncException"><c>PlanDrifted</c>, with the list of differences.</exception>
    public Task<IReadOnlyDictionary<int, WorkItem>> CheckDriftAsync(
        SavedPlan plan, CancellationToken cancellationToken) =>
        new DriftCheck(context).CheckAsync(plan, cancellationToken);

    /// <summary>Proves before the first write that the account may create what a plan creates.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>AccessDenied</c>.</exception>
    public Task CheckPermissionAsync(SyncPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return _workItems.CheckPermissionAsync(plan.WorkItems.Changes, cancellationToken);
    }

    /// <summary>Applies a plan that was approved: a phase is made when the one before it is done.</summary>
    /// <param name="plan">What of the plan nobody declined.</param>
    public IEnumerable<RunPhase> Apply(SyncPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Heap.Trim(plan.Items.Count);
        var items = new WorkItemPhase(
            context, _workItems, plan.WorkItems with { Changes = plan.Items }, plan.Relations.Changes);
        yield return items;
        yield return new EndPhase(context, plan.Relations.Changes);
        yield return new RelationPhase(context, plan.Relations.Changes, items.Written.Relations);
        yield return new ContentPhase(context, items.Written.WithContent);
        yield return new TwinPhase(context, plan.Twins);
        yield return new SettlingPhase(context, items.Written.Creations);
    }

    /// <summary>Applies a plan of relations only.</summary>
    /// <param name="plan">What of the plan nobody declined.</param>
    public RunPhase Apply(RelationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new RelationPhase(context, plan.Changes, new Dictionary<RelationChange, PackedRelation>());
    }
}
