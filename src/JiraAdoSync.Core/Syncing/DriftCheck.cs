using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Saved;

namespace JiraAdoSync.Syncing;

/// <summary>Compares a saved plan with what exists now.</summary>
/// <param name="context">What the phases share.</param>
internal sealed class DriftCheck(SyncContext context)
{
    /// <summary>
    /// Looks whether a plan still fits: everything that it touches must be as it was when the plan was made.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>PlanDrifted</c>, with the list of differences.</exception>
    public async Task<IReadOnlyDictionary<int, WorkItem>> CheckAsync(
        SavedPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var ids = plan.Basis.Select(basis => basis.WorkItemId)
            .Concat(plan.Targets.Concat(plan.Recycled).Select(target => target.WorkItemId))
            .Concat(plan.Removed.Select(relation => relation.WorkItemId));
        var now = (await context.Authorship.ReadAsync(ids.Distinct().ToList(), cancellationToken).ConfigureAwait(false))
            .ToDictionary(item => item.Id);
        var issues = plan.WorkItems.Where(item => item.Action == ChangeAction.Create)
            .Select(item => new IssueReference(item.IssueId, item.Key))
            .Concat(plan.Targets.Concat(plan.Recycled).Select(target => target.Issue));
        await context.Known.FindAsync(issues.DistinctBy(issue => issue.Id), cancellationToken).ConfigureAwait(false);
        var marked = plan.Removed.Select(relation => SavedPlan.Current(relation, now)).OfType<Relation>()
            .Where(relation => RelationMark.Parse(relation.Comment, context.Site) is not null);
        var foreign = await context.Authorship.FindForeignAsync(
            marked.Distinct().ToList(), new PlanHistories(context.Authorship), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> drift =
        [
            .. plan.FindDrift(now, context.Known.Existing),
            .. plan.FindForeignRemovals(now, context.Known.Existing, foreign, context.Site),
        ];
        if (drift.Count > 0)
        {
            throw new SyncException(
                "PlanDrifted",
                $"Azure DevOps is no longer what the plan was made for, so nothing was written. Make a new plan. "
                + $"{Amount.Of(drift.Count)} differences: {string.Join(" ", drift.Take(20))}",
                drift);
        }

        return now;
    }
}
