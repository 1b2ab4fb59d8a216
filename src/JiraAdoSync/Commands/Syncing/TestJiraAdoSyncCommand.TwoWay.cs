using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Rest;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.Commands;

/// <summary>What is checked of a run that may write to Jira.</summary>
public sealed partial class TestJiraAdoSyncCommand
{
    /// <summary>
    /// Which work items take part beside the issues of -Jql: a flat WIQL query, or only its condition, as in
    /// "[System.AreaPath] UNDER 'Fabrikam\Web'".
    /// </summary>
    [Parameter]
    public string? Wiql { get; set; }

    private void CheckBothWays(WorkItemPolicy policy, LinkTypeMapping links, long jira, long ado)
    {
        Add(
            "Jira",
            "Writes",
            Jira.Client.AllowsWrites ? CheckResult.Passed : CheckResult.Failed,
            detail: Jira.Client.AllowsWrites ? "The connection allows them."
                : "The connection only reads. Connect with Connect-JiraSite -AllowWrite.");
        var entries = ReadEntries();
        var issues = string.IsNullOrWhiteSpace(Jql) ? []
            : ReadIssues(new Synchronizer(NewContext(CorrelationField)), policy.Detail with { Property = true });
        var workItems = ReadWorkItems();
        if (issues is null || workItems is null)
        {
            return;
        }

        _checks.AddRange(CheckMappings(issues, policy, links, Unmapped));
        CheckUnused(links);
        var whole = WithoutGaps(policy, issues) with { CreatePaths = true };
        // What keeps issues from being created is one finding; the rest is checked without them.
        if (PlanBothWays(JiraProject) is not var (context, plan))
        {
            if (JiraProject is null || PlanBothWays(project: null) is not var (other, rest))
            {
                return;
            }

            (context, plan) = (other, rest);
        }

        _checks.AddRange(Await(token => new TwoWayRun(context).CheckAsync(plan, token)));
        CheckPlan(new Synchronizer(context.Sync), plan.Ado, plan, (jira, ado));

        (TwoWayContext Context, TwoWayPlan Plan)? PlanBothWays(string? project)
        {
            try
            {
                var context = NewTwoWayContext(
                    entries with { JiraProject = project }, whole, RelationPolicy, links, TransitionField);
                var run = new TwoWayRun(context);
                var read = Await(token => run.ReadAsync(issues, workItems, token));
                var desired = Desire(read.Replicas, links);
                return (context, Await(token => run.PreviewAsync(read, desired, token)));
            }
            catch (SyncException refusal)
            {
                _checks.Add(TwoWayChecks.Refusal(refusal));
            }
            catch (RestException refused) when (project is not null
                && refused.Error.Kind is Failure.RequestFailed or Failure.AccessDenied or Failure.NotFound)
            {
                Add("Jira", $"Project {project}", CheckResult.Failed, detail: refused.Error.Message);
            }

            return null;
        }
    }

    /// <summary>What the user chose for Jira; an entry that can't be used is a row, and is left out.</summary>
    private TwoWayPolicy ReadEntries()
    {
        var fields = Await(Jira.Client.GetFieldsAsync);
        IsUsable(nameof(StatusMapping), () => Mappings.Statuses(StatusMapping).ToList(), () => StatusMapping = null);
        IsUsable(
            nameof(RelationMapping), () => Mappings.Relations(RelationMapping).ToList(), () => RelationMapping = null);
        IsUsable(
            nameof(TransitionField),
            () => ScreenValues.Of(Mappings.ScreenValues(TransitionField), fields),
            () => TransitionField = null);
        return ReadTwoWayPolicy(baseline: null);
    }

    /// <summary>The work items that the query selects; null where it can't be used.</summary>
    private IReadOnlyCollection<int>? ReadWorkItems()
    {
        if (Wiql is null)
        {
            return [];
        }

        try
        {
            var client = Ado.Client;
            var found = Await(token => client.QueryAsync(Wiql, token));
            Add("Azure DevOps", "Query", CheckResult.Passed, found.Count, Wiql);
            return found;
        }
        catch (SyncException refused)
        {
            Add("Azure DevOps", "Query", CheckResult.Failed, detail: refused.Message);
        }
        catch (RestException refused) when (refused.Error.Kind is Failure.RequestFailed or Failure.AccessDenied)
        {
            Add("Azure DevOps", "Query", CheckResult.Failed, detail: refused.Error.Message);
        }

        return null;
    }

    /// <summary>How many requests the writes to Jira take: almost all are one an issue or a link.</summary>
    private static long WritesOf(TwoWayPlan? plan) => plan is null ? 0
        : plan.Issues.Count(line => line.Action is ChangeAction.Create or ChangeAction.Update)
            + plan.Links.Count(line => line.Action is ChangeAction.Create or ChangeAction.Remove);
}
