using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Profiles;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Commands;

/// <summary>What a run has that may write to Jira.</summary>
public sealed partial class InvokeJiraAdoSyncCommand
{
    private const string ByWorkItem = "WorkItemId";

    /// <summary>What means nothing for a run that writes to Azure DevOps only.</summary>
    internal static readonly string[] OfTwoWay =
    [
        nameof(Direction), nameof(Wiql), nameof(JiraProject), nameof(StatusMapping), nameof(RelationMapping),
        nameof(WriteLimit), nameof(TransitionField), nameof(IncludeWorkItemLinks),
    ];

    /// <summary>
    /// Which work items take part beside the issues of -Jql: a flat WIQL query, or only its condition, as in
    /// "[System.AreaPath] UNDER 'Fabrikam\Web'". A pair takes part when either side is selected.
    /// </summary>
    [Parameter(ParameterSetName = ByQuery)]
    public string? Wiql { get; set; }

    /// <summary>Ids of work items, instead of a query.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByWorkItem)]
    public int[]? WorkItemId { get; set; }

    /// <summary>
    /// Which side counts where nobody knows what both had in common, as when pairs that were synchronised one way are
    /// brought in step for the first time. Without it, such a run writes no value to Jira.
    /// </summary>
    [Parameter]
    public BaselineSide? Baseline { get; set; }

    /// <inheritdoc/>
    private protected override bool WritesJira => Direction != FieldDirection.JiraToAdo;

    /// <summary>A run that may write to Jira.</summary>
    private void SyncBothWays((long Started, long JiraRequests, long AdoRequests) run)
    {
        // What is asked on other threads has no session.
        var (jira, ado) = (Jira.Client, Ado.Client);
        TwoWayRun.RequireWrites(jira);
        if (StatePath is not null || SliceIndex is not null || SliceCount is not null)
        {
            throw new SyncException(
                "ParameterConflict",
                "A run that may write to Jira reads both sides whole: leave -StatePath and slices out.",
                nameof(Direction));
        }

        ReadUserMapping(GetUnresolvedProviderPathFromPSPath);
        var context = NewTwoWayContext(this, BaselineOf(Baseline), WriteLimit);
        var twoWay = new TwoWayRun(context);
        var issues = ReadIssues(new Synchronizer(context.Sync), context.Detail);
        // What is named is what the run is about, whatever a profile selects.
        var workItems = WorkItemId
            ?? (Wiql is null || Key is not null || IssueId is not null
                ? []
                : Await(token => ado.QueryAsync(Wiql, token)));
        issues.ToList().ForEach(replica => Session.Current.Remember(replica));
        var read = Await(token => twoWay.ReadAsync(issues, workItems, token));
        var desired = ConvertLinks(context, read.Replicas, Unmapped);
        var plan = Await(token => twoWay.PlanAsync(read, desired, token));
        plan = plan with
        {
            Fields = plan.Fields
                .Select(field => field.IsOpen ? field with { Decide = CommandThatDecides(field.Key) } : field)
                .ToList(),
        };
        WarnOf(plan.Fields, Direction);
        if (PlanOnly)
        {
            Remember(PlannedRunOf(plan, issues, workItems));
            plan.Issues.ToList().ForEach(WriteRow);
            plan.Links.ToList().ForEach(WriteRow);
            plan.Fields.ToList().ForEach(WriteRow);
            WritePlan(plan.Ado with { Refusal = plan.Refusal }, plan);
            WriteReport();
            return;
        }

        if (plan.Refusal is not null)
        {
            throw plan.Refusal;
        }

        Await(token => twoWay.CheckPermissionAsync(plan, token));
        Apply(twoWay.Apply(Approve(plan)));
        EndRun(SummaryOf(plan, plan.Replicas.Count), run);
        WriteReport();
    }

    private IReadOnlyList<Replica> ReadIssues(Synchronizer synchronizer, IssueDetail detail)
    {
        if (Key is not null || IssueId is not null)
        {
            var names = Key ?? IssueId!.Select(id => id.ToString(CultureInfo.InvariantCulture)).ToArray();
            return ReadNamed(Jira, names, detail).ToList();
        }

        if (WorkItemId is not null || string.IsNullOrWhiteSpace(Jql))
        {
            return WorkItemId is not null || Wiql is not null ? [] : throw new SyncException(
                "ParameterMissing",
                "Nothing says what to sync. Give -Jql, -Wiql, -Key, -IssueId or -WorkItemId, or an entry of the profile.",
                nameof(Jql));
        }

        var jql = UpdatedSince is { } since
            ? JiraAdoSync.Jira.Jql.UpdatedSince(Jql, since, TimeProvider.System.GetUtcNow())
            : Jql;
        var client = Jira.Client;
        return Await(token => synchronizer.ReadAsync(
            client.SearchAsync(jql, detail, Renderings.None, token), _ => [], policy: null, token)).Issues;
    }

    /// <summary>Refuses what means nothing for a run that writes to Azure DevOps only.</summary>
    private void RefuseOfTwoWay() => RefuseOneWay(
        (nameof(Wiql), Wiql is not null),
        (nameof(WorkItemId), WorkItemId is not null),
        (nameof(JiraProject), JiraProject is not null),
        (nameof(Baseline), Baseline is not null),
        (nameof(TransitionField), TransitionField is not null),
        (nameof(IncludeWorkItemLinks), IncludeWorkItemLinks.IsPresent));

    /// <summary>The command that decides the conflicts of an issue: that of this run, for the issue alone.</summary>
    private string CommandThatDecides(string key) => CommandThatDecides(
        key,
        Direction,
        SyncProfile.ParametersOf(this, []).Select(property => property.Name)
            .Where(MyInvocation.BoundParameters.ContainsKey)
            .Select(name => KeyValuePair.Create(name, (object?)MyInvocation.BoundParameters[name])));

    /// <summary>What it takes to make the plan of this run again, for a file.</summary>
    private PlannedRun PlannedRunOf(TwoWayPlan plan, IEnumerable<Replica> issues, IEnumerable<int> workItems) => new()
    {
        Plan = plan,
        Site = Jira.Site,
        Organization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
        Project = Ado.Project,
        Baseline = BaselineOf(Baseline),
        Issues = issues.Select(issue => issue.IssueId).ToList(),
        WorkItems = workItems.ToList(),
        Parameters = PlannedRun.ParametersOf(this),
    };

    private static void Remember(PlannedRun run)
    {
        foreach (var row in run.Rows)
        {
            Session.Current.PlannedRuns.AddOrUpdate(row, run);
        }
    }

    private static Side? BaselineOf(BaselineSide? side) =>
        side switch { BaselineSide.Jira => Side.Jira, BaselineSide.Ado => Side.AzureDevOps, _ => null };
}

/// <summary>Which side counts where nobody knows what both had in common.</summary>
public enum BaselineSide : long
{
    /// <summary>Jira.</summary>
    Jira = 1,

    /// <summary>Azure DevOps.</summary>
    Ado,
}
