using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Applying;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Output;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Profiles;
using JiraAdoSync.Reporting;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Applying;
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

    /// <summary>Asks about each change of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>What of it nobody declined.</returns>
    private TwoWayPlan Approve(TwoWayPlan plan)
    {
        var ado = Approve(plan.Ado);
        var issues = plan.Issues.ToLookup(line => line.Action is (ChangeAction.Create or ChangeAction.Update)
            && IsWanted($"{line.Key ?? $"#{line.WorkItemId}"} \"{line.Summary}\"", Describe(line)));
        var links = plan.Links.ToLookup(line => line.Action is (ChangeAction.Create or ChangeAction.Remove)
            && IsWanted($"{line.Source} -> {line.Target}", Describe(line)));
        Show<IssuePhase>(plan.Fields.Concat<IRunResult>(issues[false].Select(NotWanted)));
        Show<LinkPhase>(links[false].Select(NotWanted));
        var approved = new HashSet<object>([.. issues[true], .. links[true]], ReferenceEqualityComparer.Instance);
        Expect(approved.Count);
        return plan.Of(ado, approved.Contains);
    }

    /// <summary>What a run's results come to, with those of Jira.</summary>
    /// <param name="plan">The plan.</param>
    private SyncSummary SummaryOf(TwoWayPlan plan)
    {
        var (issues, links) = (Results.OfType<IssueResult>().ToList(), Results.OfType<IssueLinkResult>().ToList());
        return SummaryOf(plan.Replicas.Count).With(
            Count(issues.Select(one => one.Action)),
            Count(links.Select(one => one.Action)),
            plan.Fields.Where(field => field.Action == ChangeAction.Conflict)
                .Select(field => (field.Key, field.IsOpen))
                .ToList(),
            // What was written and put back was written, too, and what somebody changed meanwhile is for the next run:
            // neither makes a run a failure.
            issues.Exists(one => one.IsApplied || one.Reason is Reasons.Changed or Reasons.Overwritten)
                || links.Exists(one => one.IsApplied),
            issues.Where(one => one.Action == ChangeAction.Fail || one.Reason is Reasons.Changed or Reasons.Overwritten)
                .Select(one => one.Key ?? $"#{one.WorkItemId}")
                .Concat(links.Where(one => one.Action == ChangeAction.Fail).Select(one => one.Source))
                .ToList());
    }

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

        var (items, relations) = (ReadPolicy(CreatePaths, IncludeHistory, IncludeWebLinks), RelationPolicy);
        var types = Await(ado.GetRelationTypesAsync);
        var links = Mappings.OfLinkTypes(LinkTypeMapping, types, NoDefaultLinkTypes);
        var policy = ReadTwoWayPolicy(
            Baseline switch { BaselineSide.Jira => Side.Jira, BaselineSide.Ado => Side.AzureDevOps, _ => null });
        var context = NewTwoWayContext(policy, items, relations, links, TransitionField);
        var twoWay = new TwoWayRun(context);
        var detail = DetailOf(items).With(["updated", "created"]) with { Property = true };
        var issues = ReadIssues(new Synchronizer(context.Sync), detail);
        // What is named is what the run is about, whatever a profile selects.
        var workItems = WorkItemId
            ?? (Wiql is null || Key is not null || IssueId is not null
                ? []
                : Await(token => ado.QueryAsync(Wiql, token)));
        issues.ToList().ForEach(replica => Session.Current.Remember(replica));
        var read = Await(token => twoWay.ReadAsync(issues, workItems, detail, token));
        var desired = Convert(read.Replicas);
        var plan = Await(token => twoWay.PlanAsync(read, desired, token));
        plan = plan with
        {
            Fields = plan.Fields
                .Select(field => field.IsOpen ? field with { Decide = CommandThatDecides(field.Key) } : field)
                .ToList(),
        };
        WarnOf(plan.Fields);
        if (PlanOnly)
        {
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
        EndRun(SummaryOf(plan), run);
        WriteReport();

        IReadOnlyCollection<DesiredRelation> Convert(IReadOnlyList<Replica> replicas) => ConvertLinks(
            context.Links,
            types,
            replicas.SelectMany(issue => issue.ParentAndLinks()),
            Unmapped,
            isPart: true,
            warning => Post(() => WriteWarning(warning)));
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
            client.SearchAsync(jql, detail, Renderings.None, token), _ => [], token)).Issues;
    }

    /// <summary>Refuses what means nothing for a run that writes to Azure DevOps only.</summary>
    private void RefuseOfTwoWay() => RefuseOneWay(
        (nameof(Wiql), Wiql is not null),
        (nameof(WorkItemId), WorkItemId is not null),
        (nameof(JiraProject), JiraProject is not null),
        (nameof(Baseline), Baseline is not null),
        (nameof(TransitionField), TransitionField is not null),
        (nameof(IncludeWorkItemLinks), IncludeWorkItemLinks.IsPresent));

    private static string Describe(IssueResult line) => line.Action == ChangeAction.Create
        ? $"Create {line.IssueType} in Jira"
        : $"Update in Jira: {string.Join(", ", line.Fields)}";

    private static string Describe(IssueLinkResult line) => line.Action == ChangeAction.Remove
        ? $"Remove the link '{line.Phrase}' in Jira"
        : $"Add the link '{line.Phrase}' in Jira";

    private IssueResult NotWanted(IssueResult line) =>
        IsWhatIf || line.Action is not (ChangeAction.Create or ChangeAction.Update)
            ? line
            : line with
            {
                Action = ChangeAction.Declined,
                Detail = Declined(Describe(line)),
            };

    private IssueLinkResult NotWanted(IssueLinkResult line) =>
        IsWhatIf || line.Action is not (ChangeAction.Create or ChangeAction.Remove)
            ? line
            : line with { Action = ChangeAction.Declined, Detail = Declined(Describe(line)) };

    private void WarnOf(IReadOnlyList<FieldResult> fields)
    {
        var conflicts = fields.Where(field => field.IsOpen).ToList();
        if (conflicts.Count > 0)
        {
            WriteWarning($"Conflict: both sides changed {Amount.Of(conflicts.Count, "field")}, which "
                + $"{(conflicts.Count == 1 ? "stays as it is" : "stay as they are")}; {Describe(conflicts[0])}.");
            WriteIssues(conflicts.ConvertAll(field => $"Conflict: {Describe(field)}."));
        }

        foreach (var lost in fields.Where(field => field.Reason == Reasons.Overwritten))
        {
            WriteWarning(
                $"Overwritten: {lost.Field} of {lost.Key} was {FieldWording.Excerpts(lost).Jira} by "
                    + $"{FieldWording.Origin(lost.JiraAuthor ?? "somebody", lost.JiraTime)} in Jira. {lost.Detail}");
        }

        foreach (var group in fields.Where(field => field.Action == ChangeAction.Skip).GroupBy(field => field.Reason))
        {
            var first = group.First();
            WriteWarning($"{group.Key}: {Amount.Of(group.Count())} {(group.Count() == 1 ? "field stays" : "fields stay")} different on the two sides; "
                + $"{first.Field} of {first.Key} for one. {first.Detail}".TrimEnd());
        }
    }

    private string Describe(FieldResult field) =>
        $"{field.Field} of {field.Key}: {FieldWording.ValuesAndTimes(field)}. To decide it: {field.Decide}"
        + (Direction == FieldDirection.Both ? ", or AdoWins" : string.Empty);

    /// <summary>The command that decides the conflicts of an issue: that of this run, for the issue alone.</summary>
    private string CommandThatDecides(string key)
    {
        string[] ofThisRun =
        [
            nameof(Jql), nameof(Wiql), nameof(Key), nameof(IssueId), nameof(WorkItemId), nameof(UpdatedSince),
            nameof(Baseline), nameof(FieldConflict), nameof(PlanOnly), nameof(Summary), nameof(Report),
            nameof(JiraConnection), nameof(AdoConnection), nameof(ThrottleLimit), "WhatIf", "Confirm",
        ];
        var given = SyncProfile.ParametersOf(this, ofThisRun).Select(property => property.Name)
            .Where(MyInvocation.BoundParameters.ContainsKey)
            .Select(name => KeyValuePair.Create(name, (object?)MyInvocation.BoundParameters[name]));
        // Jira's value can't win where nothing is written to work items.
        var winner = Direction.IncludesAdo() ? FieldConflict.JiraWins : FieldConflict.AdoWins;
        return CommandText.Of(
            MyInvocation.MyCommand.Name,
            [.. given, new(nameof(Key), key), new(nameof(FieldConflict), winner)]);
    }

    private static Dictionary<string, int> Count(IEnumerable<ChangeAction> actions) => actions
        .GroupBy(action => action)
        .OrderBy(group => group.Key)
        .ToDictionary(group => group.Key.ToString(), group => group.Count());
}

/// <summary>Which side counts where nobody knows what both had in common.</summary>
public enum BaselineSide : long
{
    /// <summary>Jira.</summary>
    Jira = 1,

    /// <summary>Azure DevOps.</summary>
    Ado,
}
