using System.Collections;
using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Files;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Profiles;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.Commands;

/// <summary>What a run has that may write to Jira.</summary>
public sealed partial class InvokeJiraAdoSyncCommand
{
    private const string ByWorkItem = "WorkItemId";

    /// <summary>What means nothing for a run that writes to Azure DevOps only.</summary>
    internal static readonly string[] OfTwoWay =
    [
        nameof(Direction), nameof(Wiql), nameof(JiraProject), nameof(StatusMapping), nameof(RelationMapping),
        nameof(WriteLimit),
    ];

    private TwoWayRun? _twoWay;
    private TwoWayPlan? _plan;
    private HashSet<string>? _wanted;
    private readonly List<IssueResult> _issueResults = [];
    private readonly List<IssueLinkResult> _linkResults = [];

    /// <summary>
    /// Which way values go: from Jira to Azure DevOps, the other way, or both. Anything but the first needs a connection
    /// that allows it (Connect-JiraSite -AllowWrite). An entry of -FieldMapping may say otherwise for its field, as in
    /// @{ Priority = @{ Field = 'priority'; Direction = 'JiraToAdo' } }. Writing to Jira is a preview: an edit that somebody
    /// makes during a run can be lost, see docs/two-way.md.
    /// </summary>
    [Parameter]
    public FieldDirection Direction { get; set; } = FieldDirection.JiraToAdo;

    /// <summary>
    /// Which work items take part beside the issues of -Jql: a flat WIQL query, or only its condition, as in
    /// "[System.AreaPath] UNDER 'Fabrikam\Web'". A pair takes part when either side is selected.
    /// </summary>
    [Parameter(ParameterSetName = ByQuery)]
    public string? Wiql { get; set; }

    /// <summary>Ids of work items, in place of a query.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByWorkItem)]
    public int[]? WorkItemId { get; set; }

    /// <summary>
    /// The key of the project in Jira in which selected work items get issues that have none. Without it none is created.
    /// </summary>
    [Parameter]
    public string? JiraProject { get; set; }

    /// <summary>
    /// From state to status, by name or id, or to a list of which the first that the issue's type has is taken, as in
    /// @{ Resolved = 'In Review', 'Done' }. A state without an entry becomes what the mapping of states makes it of.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? StatusMapping { get; set; }

    /// <summary>
    /// From relation to the phrase that the issue of its work item says, where several link types become the relation, as
    /// in @{ Related = 'relates to' }, which is the default for it.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? RelationMapping { get; set; }

    /// <summary>
    /// Which side counts where nobody knows what both had in common, as when pairs that were synchronised one way are
    /// brought in step for the first time. Without it, such a run writes no value to Jira.
    /// </summary>
    [Parameter]
    public BaselineSide? Baseline { get; set; }

    /// <summary>
    /// How many per cent of the pairs may be changed in Jira in one kind (updates, transitions, links, creations); 20 may
    /// whatever this says. More stop the run before its first write.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int WriteLimit { get; set; } = 10;

    /// <inheritdoc/>
    private protected override bool WritesJira => Direction != FieldDirection.JiraToAdo;

    /// <inheritdoc/>
    private protected override void AskFurther()
    {
        if (_plan is null)
        {
            return;
        }

        _wanted = [];
        foreach (var line in _plan.Issues.Where(line => line.Action is ChangeAction.Create or ChangeAction.Update))
        {
            if (IsWanted($"{line.Key ?? $"#{line.WorkItemId}"} \"{line.Summary}\"", Describe(line)))
            {
                _wanted.Add(NameOf(line));
            }
        }

        foreach (var line in _plan.Links.Where(line => line.Action is ChangeAction.Create or ChangeAction.Remove))
        {
            if (IsWanted($"{line.Source} -> {line.Target}", Describe(line)))
            {
                _wanted.Add(NameOf(line));
            }
        }

        Expect(_wanted.Count);
    }

    /// <inheritdoc/>
    private protected override void FollowWorkItems(IReadOnlyList<WorkItemResult> results)
    {
        if (_plan is not { } plan)
        {
            return;
        }

        plan.Fields.ToList().ForEach(WriteRow);
        WarnOf(plan.Fields);
        OpenRecord(plan.Issues.Any(IsWanted) || plan.Links.Any(IsWanted));
        var written = results.Where(one => one is { IsApplied: true, Error: null }).Select(one => one.IssueId).ToHashSet();
        Take(plan.Issues.Where(line => !IsWanted(line)).Select(NotWanted).ToList());
        Try(() => Take(Await(token => _twoWay!.ApplyIssuesAsync(plan, written, IsWanted, token))));
    }

    /// <inheritdoc/>
    private protected override void FollowRelations(IReadOnlyList<RelationResult> results)
    {
        if (_plan is not { } plan)
        {
            return;
        }

        var parented = results
            .Where(one => one is { IsApplied: true, LinkId: null })
            .Join(plan.Replicas, one => one.Source, issue => issue.Key, (_, issue) => issue.IssueId)
            .ToHashSet();
        TakeLinks(plan.Links.Where(line => !IsWanted(line)).Select(NotWanted).ToList());
        Try(() => TakeLinks(Await(token => _twoWay!.ApplyLinksAsync(plan, IsWanted, parented, token))));
    }

    /// <inheritdoc/>
    private protected override void FollowContents()
    {
        if (_plan is { } plan)
        {
            Try(() => Take(Await(token => _twoWay!.ApplyContentsAsync(plan, IsWanted, token))));
        }
    }

    /// <inheritdoc/>
    private protected override SyncSummary Complete(SyncSummary summary) => _plan is null ? summary : summary.With(
        Count(_issueResults.Select(one => one.Action)),
        Count(_linkResults.Select(one => one.Action)),
        _plan.Fields.Count(field => field.Action == ChangeAction.Conflict),
        _issueResults.Exists(one => one.IsApplied) || _linkResults.Exists(one => one.IsApplied),
        _issueResults.Where(one => one.Action == ChangeAction.Fail || one.Reason is "Changed" or "Overwritten")
            .Select(one => one.Key ?? $"#{one.WorkItemId}")
            .Concat(_linkResults.Where(one => one.Action == ChangeAction.Fail).Select(one => one.Source))
            .ToList());

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

        var (items, relations) = (ReadPolicy(), RelationPolicy);
        var policy = TwoWayPolicy;
        var synchronizer = NewSynchronizer();
        var detail = DetailOf(items) with { Property = true };
        var types = Await(ado.GetRelationTypesAsync);
        var links = Mappings.OfLinkTypes(LinkTypeMapping, types, NoDefaultLinkTypes);
        var replicas = ReadIssues(synchronizer, detail);
        var workItems = WorkItemId ?? (Wiql is null ? [] : Await(token => ado.QueryAsync(Wiql, token)));
        replicas.ToList().ForEach(replica => Session.Current.Remember(replica));
        _twoWay = new TwoWayRun(
            synchronizer, jira, jira, policy, items, Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
            warning => Post(() => WriteWarning(warning)))
        {
            Notify = Notify,
        };
        var plan = Await(token => _twoWay.PlanAsync(
            replicas, workItems, detail, Convert, links, relations, token));
        var refusal = synchronizer.RefusalOf(plan.WorkItems, PruneLimit) ?? plan.Refusal;
        if (PlanOnly)
        {
            plan.Issues.ToList().ForEach(WriteRow);
            plan.Links.ToList().ForEach(WriteRow);
            plan.Fields.ToList().ForEach(WriteRow);
            WarnOf(plan.Fields);
            WritePlan(plan.WorkItems, plan.Relations with { Refusal = refusal });
            WriteReport();
            return;
        }

        if (refusal is not null)
        {
            throw refusal;
        }

        Await(async token =>
        {
            await synchronizer.CheckPermissionAsync(plan.WorkItems, token).ConfigureAwait(false);
            return true;
        });
        _plan = plan;
        Apply(synchronizer, plan.WorkItems, plan.Relations.Changes, plan.Replicas.Count, run);
        WriteReport();

        IReadOnlyCollection<DesiredRelation> Convert(IReadOnlyList<Replica> issues) => ConvertLinks(
            links,
            types,
            issues.SelectMany(issue => issue.ParentAndLinks()),
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

        if (string.IsNullOrWhiteSpace(Jql))
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
            client.SearchAsync(jql, detail, Renderings.None, token), token));
    }

    /// <summary>Refuses what means nothing for a run that writes to Azure DevOps only.</summary>
    private void RefuseOfTwoWay()
    {
        var given = new (string Name, bool IsGiven)[]
        {
            (nameof(Wiql), Wiql is not null), (nameof(WorkItemId), WorkItemId is not null),
            (nameof(JiraProject), JiraProject is not null), (nameof(Baseline), Baseline is not null),
            (nameof(FieldConflict), FieldConflict is not (FieldConflict.Overwrite or FieldConflict.Keep)),
        };
        if (Array.Find(given, one => one.IsGiven).Name is { } name)
        {
            throw new SyncException(
                "ParameterConflict",
                $"-{name} means something only where values go to Jira. Give -Direction Both or AdoToJira, or leave it out.",
                name);
        }
    }

    private TwoWayPolicy TwoWayPolicy => new()
    {
        Direction = Direction,
        Merge = new MergePolicy(
            FieldConflict == FieldConflict.Overwrite ? FieldConflict.Hold : FieldConflict,
            Baseline switch { BaselineSide.Jira => Side.Jira, BaselineSide.Ado => Side.AzureDevOps, _ => null }),
        Statuses = Mappings.Statuses(StatusMapping).ToList(),
        Relations = Mappings.Relations(RelationMapping).ToList(),
        JiraProject = JiraProject,
        Prune = Prune,
        MayCreate = !NoCreate,
        WriteLimit = WriteLimit,
    };

    private bool IsWanted(IssueResult line) => _wanted?.Contains(NameOf(line)) == true;

    private bool IsWanted(IssueLinkResult line) => _wanted?.Contains(NameOf(line)) == true;

    private static string NameOf(IssueResult line) => $"{line.Action} {line.WorkItemId} {string.Join(',', line.Fields)}";

    private static string NameOf(IssueLinkResult line) => $"{line.Action} {line.LinkId} {line.Source} {line.Phrase} {line.Target}";

    private static string Describe(IssueResult line) => line.Action == ChangeAction.Create
        ? $"Create {line.IssueType} in Jira"
        : $"Update in Jira: {string.Join(", ", line.Fields)}";

    private static string Describe(IssueLinkResult line) => line.Action == ChangeAction.Remove
        ? $"Remove the link '{line.Phrase}' in Jira"
        : $"Add the link '{line.Phrase}' in Jira";

    private IssueResult NotWanted(IssueResult line) => IsWhatIf || line.Action is not (ChangeAction.Create or ChangeAction.Update)
        ? line
        : line with { Action = ChangeAction.Declined, Detail = Declined(Describe(line)) };

    private IssueLinkResult NotWanted(IssueLinkResult line) =>
        IsWhatIf || line.Action is not (ChangeAction.Create or ChangeAction.Remove)
            ? line
            : line with { Action = ChangeAction.Declined, Detail = Declined(Describe(line)) };

    private void Take(IReadOnlyList<IssueResult> results)
    {
        foreach (var result in results)
        {
            _issueResults.Add(result);
            WriteRow(result);
            if (result.Error is { } error)
            {
                WriteError(Errors.Of(error, result.Key ?? $"#{result.WorkItemId}"));
            }
        }
    }

    private void TakeLinks(IReadOnlyList<IssueLinkResult> results)
    {
        foreach (var result in results)
        {
            _linkResults.Add(result);
            WriteRow(result);
            if (result.Error is { } error)
            {
                WriteError(Errors.Of(error, $"{result.Source} -> {result.Target}"));
            }
        }
    }

    private void WarnOf(IReadOnlyList<FieldResult> fields)
    {
        var conflicts = fields.Where(field => field is { Action: ChangeAction.Conflict, Winner: null }).ToList();
        if (conflicts.Count > 0)
        {
            WriteWarning($"Conflict: both sides changed {conflicts.Count} {(conflicts.Count == 1 ? "field" : "fields")}, which stay as they "
                + $"are; {conflicts[0].Field} of {conflicts[0].Key} for one, '{conflicts[0].JiraValue}' in Jira and "
                + $"'{conflicts[0].AdoValue}' in Azure DevOps. -Key {conflicts[0].Key} -FieldConflict JiraWins or AdoWins decides it.");
        }

        foreach (var group in fields.Where(field => field.Action == ChangeAction.Skip).GroupBy(field => field.Reason))
        {
            var first = group.First();
            WriteWarning($"{group.Key}: {group.Count()} {(group.Count() == 1 ? "field stays" : "fields stay")} different on the two sides; "
                + $"{first.Field} of {first.Key} for one. {first.Detail}".TrimEnd());
        }
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
