using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Output;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Commands;

/// <summary>
/// Checks everything that a sync needs, and writes nothing: permissions on both sides, issue types, link types,
/// statuses, priorities, people, fields, paths, and how many requests it takes. Of a sync that writes to Jira it also
/// checks the connection, queries of work items, states, and what the screens that create issues demand.
/// </summary>
/// <remarks>
/// One row a check, in one table. Failed is what would stop a run before its first write, Warning what it would do
/// without; Entry is an entry that closes a gap when it is pasted into the hashtable that Parameter names. All issues
/// of the query are read, and the whole is planned as -PlanOnly plans it. To ask whether Azure DevOps knows the people
/// and lets the account create work items, it is given work items to validate, which it does not store.
/// </remarks>
/// <example>
/// <para>Checks what a profile says.</para>
/// <code>
/// New-JiraAdoProfile -Path sync.psd1 -Jql 'project = SHOP'
/// Test-JiraAdoSync -Profile sync.psd1
/// </code>
/// </example>
/// <example>
/// <para>Checks a sync that writes to both sides, with each permission in Jira that its options need.</para>
/// <code>
/// Test-JiraAdoSync -Jql 'project = SHOP' -Direction Both | Where-Object Area -eq Permission
/// </code>
/// </example>
/// <example>
/// <para>Shows only what needs a decision, with the entry that makes it.</para>
/// <code>
/// Test-JiraAdoSync -Jql 'project = SHOP' | Where-Object Result -ne Passed | Format-Table Name, Detail, Parameter,
/// Entry
/// </code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "JiraAdoSync", HelpUri = OnlineHelp.Pages + "Test-JiraAdoSync.md")]
[OutputType(typeof(SyncCheck))]
public sealed partial class TestJiraAdoSyncCommand : WholeSyncCommand
{
    /// <summary>
    /// How many people Azure DevOps is asked about, one request each; those of the most issues first.
    /// </summary>
    private const int MostPeople = 100;

    private const string Allowed = "Allowed.";

    private readonly List<SyncCheck> _checks = [];

    /// <summary>A bounded query, such as <c>project = ABC</c>. It is needed where no profile has it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(JqlCompleter))]
    public string? Jql { get; set; }

    private protected override void Warn(string warning) =>
        Add("Plan", "Values", CheckResult.Warning, detail: warning);

    /// <inheritdoc/>
    protected override void Finish()
    {
        TakeProfile(
            Profile,
            reserved: [nameof(Profile), nameof(JiraConnection), nameof(AdoConnection)],
            ignored: []);
        var isTwoWay = Direction != FieldDirection.JiraToAdo;
        if (!isTwoWay)
        {
            RefuseOneWay(
                (nameof(Wiql), Wiql is not null),
                (nameof(JiraProject), JiraProject is not null),
                (nameof(TransitionField), TransitionField is not null),
                (nameof(IncludeWorkItemLinks), IncludeWorkItemLinks.IsPresent));
        }

        if (string.IsNullOrWhiteSpace(Jql) && (!isTwoWay || Wiql is null))
        {
            throw new SyncException(
                "ParameterMissing",
                "Nothing says which issues to check. Give -Jql, or a -Profile with an entry Jql.",
                nameof(Jql));
        }

        Add("Jira", Jira.Site, CheckResult.Passed, detail: $"Signed in as {Jira.User}, {Jira.Deployment}.");
        Add("Azure DevOps", Ado.Project, CheckResult.Passed, detail: $"Signed in as {Ado.User}, {Ado.Deployment}.");
        var (_, jira, ado) = StartRun();
        var (policy, links) = ReadMappings();
        if (isTwoWay)
        {
            CheckBothWays(policy, links, jira, ado);
        }
        else
        {
            var synchronizer = new Synchronizer(NewContext(CorrelationField));
            if (ReadIssues(synchronizer, policy.Detail) is { } issues)
            {
                _checks.AddRange(CheckMappings(issues, policy, links, Unmapped));
                CheckUnused(links);
                Plan(synchronizer, issues, policy, links, jira, ado);
            }
        }

        WriteAll(_checks);
        WriteHost(Formatting.Checks(_checks));
    }

    /// <summary>The mappings; one that can't be used is a row, and the default is checked instead.</summary>
    private (WorkItemPolicy Policy, LinkTypeMapping Links) ReadMappings()
    {
        var (types, relationTypes) = (
            Await(Ado.Client.GetWorkItemTypesAsync).Select(type => type.Name).ToList(),
            Await(Ado.Client.GetRelationTypesAsync));
        IsUsable(
            nameof(TypeMapping),
            () => new WorkItemTypeMapping(Mappings.WorkItemTypes(TypeMapping), types),
            () => TypeMapping = null);
        IsUsable(nameof(StateMapping), () => Mappings.States(StateMapping).ToList(), () => StateMapping = null);
        IsUsable(
            nameof(PriorityMapping), () => Mappings.Priorities(PriorityMapping).ToList(), () => PriorityMapping = null);
        IsUsable(nameof(UserMapping), CheckUserMapping, () => UserMapping = null);
        IsUsable(
            nameof(FieldMapping),
            () => ReadPolicy(CreatePaths, IncludeHistory, IncludeWebLinks),
            () => FieldMapping = null);
        LinkTypeMapping? links = null;
        IsUsable(
            nameof(LinkTypeMapping),
            () => links = Mappings.OfLinkTypes(LinkTypeMapping, relationTypes, NoDefaultLinkTypes),
            () => LinkTypeMapping = null);
        return (
            ReadPolicy(CreatePaths, IncludeHistory, IncludeWebLinks),
            links ?? Mappings.OfLinkTypes(null, relationTypes, NoDefaultLinkTypes));

        object CheckUserMapping()
        {
            ReadUserMapping(GetUnresolvedProviderPathFromPSPath);
            return Mappings.People(UserMapping, (_, _) => null);
        }
    }

    private void IsUsable(string parameter, Func<object> read, Action otherwise)
    {
        try
        {
            read();
        }
        catch (SyncException unusable)
        {
            Add("Mapping", parameter, CheckResult.Failed, detail: unusable.Message);
            otherwise();
        }
    }

    private IReadOnlyList<Replica>? ReadIssues(Synchronizer synchronizer, IssueDetail detail)
    {
        var client = Jira.Client;
        try
        {
            // The descriptions come with the issues, as they do in a run.
            var renderings = NoCreate || IncludeComments ? Renderings.None : synchronizer.Renderings;
            var issues = Await(token => synchronizer.ReadAsync(
                client.SearchAsync(Jql!, detail, renderings, token), _ => [], policy: null, token)).Issues;
            issues.ToList().ForEach(replica => Session.Current.Remember(replica));
            var isEmpty = issues.Count == 0;
            var mayBrowse = !isEmpty || Await(client.MayBrowseAsync);
            Add("Permission", "Browse issues", mayBrowse ? CheckResult.Passed : CheckResult.Failed,
                detail: mayBrowse ? Allowed : "The account may not browse any project of this Jira.");
            Add("Jira", "Query", isEmpty ? CheckResult.Warning : CheckResult.Passed, issues.Count,
                isEmpty ? $"The query finds no issue that this account may see: {Jql}" : $"{Jql}");
            return issues;
        }
        catch (RestException refused) when (refused.Error.Kind is Failure.RequestFailed or Failure.AccessDenied)
        {
            Add("Jira", "Query", CheckResult.Failed, detail: refused.Error.Message);
            return null;
        }
    }

    private void CheckUnused(LinkTypeMapping links)
    {
        var given = LinkTypeMapping?.Keys.Cast<object>().Select(key => $"{key}".Trim()).ToList() ?? [];
        foreach (var key in links.UnusedKeys.Intersect(given, StringComparer.OrdinalIgnoreCase))
        {
            Add(
                "Link type",
                key,
                CheckResult.Warning,
                0,
                "This entry of LinkTypeMapping matches no link that was read.");
        }
    }

    /// <summary>Plans the run as if every gap were closed, to check what the plan shows.</summary>
    private void Plan(
        Synchronizer synchronizer,
        IReadOnlyList<Replica> issues,
        WorkItemPolicy policy,
        LinkTypeMapping links,
        long jiraBefore,
        long adoBefore)
    {
        var whole = WithoutGaps(policy, issues) with { CreatePaths = true };
        var read = new IssuesRead(issues, Desire(issues, links));
        var plan = Await(token =>
            synchronizer.PlanAsync(read, (whole, RelationPolicy), slice: null, isToBeApplied: false, token));
        CheckPlan(synchronizer, plan, inJira: null, (jiraBefore, adoBefore));
    }

    /// <summary>Checks what a plan shows: paths, permissions and people of Azure DevOps, and its requests.</summary>
    private void CheckPlan(
        Synchronizer synchronizer, SyncPlan plan, TwoWayPlan? inJira, (long Jira, long Ado) before)
    {
        var changes = plan.WorkItems.Changes;
        foreach (var (field, path, count) in Await(token => synchronizer.FindMissingPathsAsync(plan, token)))
        {
            Add("Path", path, CreatePaths ? CheckResult.Passed : CheckResult.Failed, count,
                $"It does not exist as {(field.EndsWith("AreaPath", StringComparison.Ordinal) ? "an area" : "an iteration")}; "
                + (CreatePaths ? "a run creates it." : "create it, map to another, or give CreatePaths."));
        }

        var toCreate = changes.Where(change => change.Action == ChangeAction.Create).ToList();
        var desired = plan.Relations.Changes;
        Add(
            "Plan",
            "Changes",
            plan.Refusal is null ? CheckResult.Passed : CheckResult.Failed,
            detail: plan.Refusal?.Message
                ?? Formatting
                    .Plan(changes, desired, inJira)["Plan: ".Length..]
                    .Replace(" Nothing is written yet.", string.Empty, StringComparison.Ordinal));
        var (jira, ado) = (Jira.Client.RequestsSent - before.Jira, Ado.Client.RequestsSent - before.Ado);
        CheckPermissions(toCreate);
        CheckPeople(toCreate);
        Add(
            "Requests",
            "Jira",
            CheckResult.Passed,
            (int)(jira + DownloadsOf(changes) + WritesOf(inJira)),
            inJira is null ? "About as many as a run sends." : "About as many as a run sends, with its writes.");
        Add(
            "Requests",
            "Azure DevOps",
            CheckResult.Passed,
            (int)(ado + WritesOf(changes, desired)),
            "About as many as a run sends, with its writes.");
    }

    private IReadOnlyList<DesiredRelation> Desire(IReadOnlyList<Replica> issues, LinkTypeMapping links)
    {
        try
        {
            return LinkConverter.Convert(
                issues.SelectMany(issue => issue.ParentAndLinks()),
                links,
                Await(Ado.Client.GetRelationTypesAsync),
                Unmapped == UnmappedLinks.Error ? UnmappedLinks.Skip : Unmapped,
                _ => { });
        }
        catch (SyncException unusable)
        {
            Add("Mapping", nameof(LinkTypeMapping), CheckResult.Failed, detail: unusable.Message);
            return [];
        }
    }

    /// <summary>A policy that has what the mappings lack, as the checks suggest it.</summary>
    private WorkItemPolicy WithoutGaps(WorkItemPolicy policy, IReadOnlyList<Replica> issues)
    {
        var types = new WorkItemTypeMapping(
            policy.Types, Await(Ado.Client.GetWorkItemTypesAsync).Select(type => type.Name));
        var missing = issues.Select(issue => issue.Type).Distinct().Where(type => !types.TryMap(type, out _));
        return policy with
        {
            Types = [.. policy.Types, .. missing.Select(type => KeyValuePair.Create(
                type.Name, types.Guess(type, out _) is { } guess ? (IReadOnlyList<string>)[guess] : null))],
            States = _checks.Exists(check => check is { Area: "Status", Result: CheckResult.Failed })
                ? new StateMapping([])
                : policy.States,
        };
    }

    private void CheckPermissions(IEnumerable<WorkItemChange> toCreate)
    {
        var client = Ado.Client;
        foreach (var (type, bypass) in toCreate.Select(change => (change.WorkItemType!, change.BypassRules)).Distinct())
        {
            var refusal = Await(token => client.TryCreationAsync(type, bypass, token));
            Add("Permission", $"Create {type}", refusal is null ? CheckResult.Passed : CheckResult.Failed,
                detail: refusal is null ? Allowed
                    : $"The account may not create it{(bypass ? " with BypassRules" : string.Empty)}. {refusal.Message}");
        }
    }

    /// <summary>Asks whether Azure DevOps knows the people that work items name.</summary>
    private void CheckPeople(List<WorkItemChange> toCreate)
    {
        if (toCreate is not [{ WorkItemType: { } type }, ..]
            || _checks.Exists(check => check is { Area: "Permission", Result: CheckResult.Failed }))
        {
            return;
        }

        var client = Ado.Client;
        var asked = _checks
            .Where(check => check is { Area: "Person", Result: CheckResult.Passed, MapsTo: { } name }
                && !name.StartsWith('('))
            .Take(MostPeople)
            .ToList();
        var known = Await(token => Task.WhenAll(
            asked.Select(check => client.MayBeAssignedAsync(type, check.MapsTo!, token))));
        foreach (var check in asked.Where((_, index) => !known[index]))
        {
            var unknown = MappingChecks.Unknown(check, check.MapsTo!, $"Azure DevOps does not know '{check.MapsTo}'");
            _checks[_checks.IndexOf(check)] = unknown with { MapsTo = null };
        }
    }

    private static long DownloadsOf(IEnumerable<WorkItemChange> changes) =>
        changes.Sum(change => change.Content?.AddAttachments.Count ?? 0);

    /// <summary>
    /// How many requests the writes take: a batch holds 200, comments and files go one by one, what is created is
    /// looked up once more, and relations of created work items go with them.
    /// </summary>
    private static long WritesOf(
        IReadOnlyCollection<WorkItemChange> changes, IReadOnlyCollection<RelationChange> relations)
    {
        var created = changes.Count(change => change.Action == ChangeAction.Create);
        var single = changes.Select(change => change.Content).OfType<WorkItemContent>().Sum(content =>
            content.AddComments.Count + content.EditComments.Count + content.RemoveComments.Count
            + content.AddAttachments.Count);
        var contents = changes.Count(change => change.Content is { IsEmpty: false });
        var apart = relations.Count(change =>
            change.IsWrite && (change.Source.WorkItemId is not null || change.Target.WorkItemId is not null));
        return Batches(changes.Count(change => change.IsWrite && !change.IsContentOnly))
            + Batches(apart) + Batches(created) + Batches(contents) + single;

        static long Batches(int writes) => (writes + IWorkItemStore.BatchSize - 1) / IWorkItemStore.BatchSize;
    }

    private void Add(string area, string name, CheckResult result, int? count = null, string? detail = null) =>
        _checks.Add(new SyncCheck { Area = area, Name = name, Result = result, Count = count, Detail = detail });
}
