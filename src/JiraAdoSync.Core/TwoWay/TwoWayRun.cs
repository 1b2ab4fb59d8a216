using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Ports;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Saved;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// The order of a run that may write to both sides: read, plan, apply, settle. What is written to Azure DevOps is
/// planned and applied by the phases of one-way synchronisation; those of issues and of issue links are between them.
/// <list type="number">
/// <item>The plan over both sides is complete before the first write.</item>
/// <item>Work items come first. What an issue's property says of a pair must be true when it is written: it has what
/// was written to the work item only where that was done.</item>
/// <item>Then new issues, and what they lack of their work items; then fields, parents and statuses; then, when all
/// items and issues exist, relations and links.</item>
/// <item>Then the properties of issues whose links or parents were written by another request.</item>
/// <item>Then, when no second work item is in the way any more, the links of issues to new work items.</item>
/// <item>Last, where the content of work items depends on when issues were last updated, the marks of those that the run
/// wrote.</item>
/// </list>
/// </summary>
/// <param name="context">What the phases share.</param>
public sealed class TwoWayRun(TwoWayContext context)
{
    private readonly TwoWayPlanning _planning = new(context);

    /// <summary>Refuses a run that may write to Jira on a connection that may not, before anything is read.</summary>
    /// <param name="issues">The issues.</param>
    /// <exception cref="SyncException"><c>JiraIsReadOnly</c>.</exception>
    public static void RequireWrites(IIssueStore issues)
    {
        ArgumentNullException.ThrowIfNull(issues);
        if (!issues.AllowsWrites)
        {
            throw new SyncException(
                "JiraIsReadOnly",
                "This run may write to Jira, and the connection to it only reads. Connect with -AllowWrite, or "
                + "leave -Direction out.");
        }
    }

    /// <summary>Reads the other side of what was selected: a pair is in scope when either side is.</summary>
    /// <param name="issues">The issues that were selected, with their property.</param>
    /// <param name="workItemIds">The ids of the work items that were selected.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TwoWaySelection> ReadAsync(
        IReadOnlyList<Replica> issues,
        IReadOnlyCollection<int> workItemIds,
        CancellationToken cancellationToken)
    {
        var read = await new TwoWayReader(context).ReadAsync(issues, workItemIds, cancellationToken).ConfigureAwait(false);
        var contents = _planning.Contents;
        await contents.RecallAsync(read.Replicas, cancellationToken).ConfigureAwait(false);
        return read with { Replicas = read.Replicas.Select(contents.WithoutCopies).ToList() };
    }

    /// <summary>
    /// Plans everything, and proves that the account may write to Jira what the plan has. Nothing is written.
    /// </summary>
    /// <param name="selection">What was read.</param>
    /// <param name="relations">What the issues' links and parents are to become.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>AccessDenied</c>, with the permissions that the account lacks.</exception>
    public async Task<TwoWayPlan> PlanAsync(
        TwoWaySelection selection,
        IReadOnlyCollection<DesiredRelation> relations,
        CancellationToken cancellationToken)
    {
        var plan = await PreviewAsync(selection, relations, cancellationToken).ConfigureAwait(false);
        return await new TwoWayPermissions(context).CheckAsync(plan, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Plans everything once more, and takes of it what a file has. Nothing is written, and nothing of the file is
    /// unless all of it is in the new plan as it is in the file.
    /// </summary>
    /// <param name="selection">What was read: what the plan of the file was made from, as it is now.</param>
    /// <param name="relations">What the issues' links and parents are to become.</param>
    /// <param name="file">The plan of the file.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException">
    /// <c>PlanDrifted</c>, with the list of differences; <c>WriteLimitExceeded</c>; <c>AccessDenied</c>.
    /// </exception>
    public async Task<TwoWayPlan> PlanAsync(
        TwoWaySelection selection,
        IReadOnlyCollection<DesiredRelation> relations,
        SavedPlan file,
        CancellationToken cancellationToken)
    {
        var now = await PreviewAsync(selection, relations, cancellationToken).ConfigureAwait(false);
        var plan = new PlanChoice(now, file).Make();
        plan = plan with { Refusals = [.. new[] { TwoWayRefusal.OfCount(plan, context.Policy, selection) }.OfType<SyncException>()] };
        return await new TwoWayPermissions(context).CheckAsync(plan, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Plans everything, whatever the account may do. Nothing is written.</summary>
    /// <param name="selection">What was read.</param>
    /// <param name="relations">What the issues' links and parents are to become.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<TwoWayPlan> PreviewAsync(
        TwoWaySelection selection,
        IReadOnlyCollection<DesiredRelation> relations,
        CancellationToken cancellationToken) => _planning.PlanAsync(selection, relations, cancellationToken);

    /// <summary>Checks what only runs need that write to Jira: permissions, states, entries of mappings.</summary>
    /// <param name="plan">The plan, from <see cref="PreviewAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<IReadOnlyList<SyncCheck>> CheckAsync(TwoWayPlan plan, CancellationToken cancellationToken) =>
        new TwoWayChecks(context).OfAsync(plan, cancellationToken);

    /// <summary>Proves before the first write that the account may create what a plan creates.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>AccessDenied</c>.</exception>
    public Task CheckPermissionAsync(TwoWayPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return _planning.WorkItems.CheckPermissionAsync(plan.Ado.WorkItems.Changes, cancellationToken);
    }

    /// <summary>Applies a plan that was approved: a phase is made when the one before it is done.</summary>
    /// <param name="plan">What of the plan nobody declined.</param>
    public IEnumerable<RunPhase> Apply(TwoWayPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var (sync, relations) = (context.Sync, plan.Ado.Relations.Changes);
        var items = new WorkItemPhase(
            sync, _planning.WorkItems, plan.Ado.WorkItems with { Changes = plan.Ado.Items }, relations)
        {
            KeepsResults = true,
        };
        yield return items;
        var issues = new IssuePhase(context, _planning, plan, items.Results);
        yield return issues;
        yield return new EndPhase(sync, relations);
        var related = new RelationPhase(sync, relations, items.Written.Relations) { KeepsResults = true };
        yield return related;
        var links = new LinkPhase(context, plan, issues.Written, related.Results);
        yield return links;
        yield return new ContentPhase(sync, [.. items.Written.WithContent, .. issues.Written.WithContent]);
        yield return IssueContentPhase.OfPlan(context, _planning.Contents, plan, links.Written);
        yield return new TwinPhase(sync, plan.Ado.Twins);
        yield return new SettlingPhase(sync, items.Written.Creations);
        yield return IssueContentPhase.OfNewWorkItems(context, _planning.Contents, plan, links.Written);
        yield return new OwnWritesPhase(context, _planning, plan);
    }

    /// <summary>Applies what of an approved plan makes issues what their work items are, and no link.</summary>
    /// <param name="plan">What of the plan nobody declined: of the work items, those that get their mark.</param>
    public IEnumerable<RunPhase> ApplyIssues(TwoWayPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        // What an issue's property says of its pair must be true: marks are written first.
        var items = new WorkItemPhase(context.Sync, _planning.WorkItems, plan.Ado.WorkItems, [])
        {
            KeepsResults = true,
        };
        yield return items;
        var issues = new IssuePhase(context, _planning, plan, items.Results);
        yield return issues;
        yield return IssueContentPhase.OfPlan(context, _planning.Contents, plan, issues.Written);
    }
}
