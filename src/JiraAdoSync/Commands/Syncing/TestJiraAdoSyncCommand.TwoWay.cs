using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Rest;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.Commands;

/// <summary>What is checked of a run that may write to Jira.</summary>
public sealed partial class TestJiraAdoSyncCommand
{
    /// <summary>
    /// Which way values go: from Jira to Azure DevOps, the other way, or both. Anything but the first needs a
    /// connection that allows it (Connect-JiraSite -AllowWrite). An entry of -FieldMapping may say otherwise for its
    /// field.
    /// </summary>
    [Parameter]
    public FieldDirection Direction { get; set; } = FieldDirection.JiraToAdo;

    /// <summary>
    /// Which work items take part beside the issues of -Jql: a flat WIQL query, or only its condition, as in
    /// "[System.AreaPath] UNDER 'Fabrikam\Web'".
    /// </summary>
    [Parameter]
    public string? Wiql { get; set; }

    /// <summary>
    /// The key of the project in Jira in which selected work items get issues that have none. Without it none is
    /// created.
    /// </summary>
    [Parameter]
    public string? JiraProject { get; set; }

    /// <summary>
    /// From state to status, by name or id, or to a list of which the first that the issue's type has is used, as in
    /// @{ Resolved = 'In Review', 'Done' }. A state without an entry becomes what the mapping of states makes it of.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? StatusMapping { get; set; }

    /// <summary>
    /// From relation to the phrase that the issue of its work item says, where several link types become the relation,
    /// as in @{ Related = 'relates to' }, which is the default for it.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? RelationMapping { get; set; }

    /// <summary>
    /// How many per cent of the pairs may be changed in Jira in one kind (updates, transitions, links, creations); 20
    /// may whatever this says.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int WriteLimit { get; set; } = TwoWayPolicy.DefaultWriteLimit;

    /// <summary>
    /// Values for fields that the screens of transitions demand, by name or id, as in @{ Resolution = 'Done' }. A value
    /// is a text, a number, a date, a list of these, or a hashtable in Jira's own shape.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? TransitionField { get; set; }

    /// <summary>Have each issue link to its work item, so that people in Jira see it.</summary>
    [Parameter]
    public SwitchParameter IncludeWorkItemLinks { get; set; }

    private void CheckBothWays(WorkItemPolicy policy, LinkTypeMapping links, long jira, long ado)
    {
        Add(
            "Jira",
            "Writes",
            Jira.Client.AllowsWrites ? CheckResult.Passed : CheckResult.Failed,
            detail: Jira.Client.AllowsWrites ? "The connection allows them."
                : "The connection only reads. Connect with Connect-JiraSite -AllowWrite.");
        var entries = ReadEntries();
        var detail = DetailOf(policy).With(["updated"]) with { Property = true };
        var issues = string.IsNullOrWhiteSpace(Jql) ? []
            : ReadIssues(new Synchronizer(NewContext(CorrelationField)), detail);
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
                var read = Await(token => run.ReadAsync(issues, workItems, detail, token));
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
        return new TwoWayPolicy
        {
            Direction = Direction,
            Merge = new MergePolicy(
                FieldConflict == FieldConflict.Overwrite ? FieldConflict.Hold : FieldConflict, null),
            Statuses = Mappings.Statuses(StatusMapping).ToList(),
            Relations = Mappings.Relations(RelationMapping).ToList(),
            Prune = Prune,
            MayCreate = !NoCreate,
            WriteLimit = WriteLimit,
            LinksWorkItems = IncludeWorkItemLinks,
        };
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
