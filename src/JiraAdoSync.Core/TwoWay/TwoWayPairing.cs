using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Plans pairs: reads what the plan turns out to need, and plans again. A run in which nothing changed reads nothing.
/// </summary>
/// <param name="context">What the phases of a run share.</param>
internal sealed class TwoWayPairing(TwoWayContext context)
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<IssueStatus>>> _statuses =
        new(StringComparer.OrdinalIgnoreCase);

    private const int RoundsOfHistories = 5;

    /// <summary>How many work items without a hyperlink are looked at, whatever their titles.</summary>
    private const int MostUnmarked = 100;

    private readonly TwoWayTexts _texts = new(context);
    private readonly HashSet<string> _reported = [];
    private readonly Dictionary<int, int> _firstRevs = [];
    private IReadOnlyList<string> _priorities = [];
    private DeletedByPeople? _deleted;

    /// <summary>What is known of the site, as of the last plan.</summary>
    public InverseContext? Context { get; private set; }

    /// <summary>The work items whose mark somebody removed, by the issues that they were marked for.</summary>
    public IReadOnlyDictionary<long, int> Unmarked { get; set; } = new Dictionary<long, int>();

    /// <summary>
    /// The plan of pairs instead of that of one-way synchronisation; items that have no partner yet are left to it.
    /// </summary>
    /// <param name="input">What was read.</param>
    /// <param name="pairs">The plans of pairs, to which those that are made are added.</param>
    /// <param name="isCreated">Whether the issues were created from their work items in this run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<WorkItemChange>> DecideAsync(
        WorkItemPlanInput input, List<PairPlan> pairs, bool isCreated, CancellationToken cancellationToken)
    {
        // What was created from its work item has nothing to say to it yet.
        var chosen = !isCreated
            ? context.Policy
            : context.Policy with
            {
                Merge = context.Policy.Merge with { Baseline = Side.AzureDevOps },
            };
        var plans = await PlanAsync(input, chosen, isCreated, cancellationToken).ConfigureAwait(false);
        var paired = plans.ToDictionary(pair => pair.Pair.Issue.IssueId);
        // An item that somebody changed during the run is planned again, and what the first plan says of both is not
        // true.
        context.PlannedAgain.UnionWith(pairs.Select(pair => pair.Pair.Issue.IssueId).Where(paired.ContainsKey));
        pairs.RemoveAll(pair => paired.ContainsKey(pair.Pair.Issue.IssueId));
        pairs.AddRange(plans);
        var others = input.Desired.Where(one => !paired.ContainsKey(one.Replica.IssueId)).ToList();
        var desired = others.DistinctBy(one => one.Replica.IssueId).ToDictionary(one => one.Replica.IssueId);
        var single = WorkItemPlanner.Plan(input with { Desired = others });
        if (_deleted is null && context.Policy.Direction.IncludesAdo()
            && single.Any(change => change.Action == ChangeAction.Create && !IsOrphan(change.Replica)))
        {
            _deleted = new DeletedByPeople(
                await context.Sync.Store.ReadDeletedAsync(cancellationToken).ConfigureAwait(false),
                context.Sync.Authorship.Accounts);
            await _deleted.ReadFormerTitlesAsync(
                single.Where(change => !IsOrphan(change.Replica)), context.Issues, cancellationToken).ConfigureAwait(false);
            var titles = single.Where(change => change.Action == ChangeAction.Create).Select(change => change.Summary);
            await FindUnmarkedAsync(titles.ToHashSet(), cancellationToken).ConfigureAwait(false);
        }

        return single
            .Select(change => change.Action != ChangeAction.Create ? change
                : !context.Policy.Direction.IncludesAdo()
                    ? change with
                    {
                        Action = ChangeAction.Skip,
                        Reason = Reasons.Direction,
                        Detail = "It has no work item, and none is made.",
                    }
                : Unmarked.TryGetValue(change.IssueId, out var unmarked)
                    ? change with
                    {
                        Action = ChangeAction.Skip,
                        Reason = Reasons.MarkRemoved,
                        Detail = $"Somebody removed its mark from work item {unmarked}, so neither of the two gets another partner. "
                            + $"Set-JiraAdoCorrelation {change.Key} {unmarked} makes them a pair again; where a link to the issue without a "
                            + "mark is left on the work item, remove that first.",
                    }
                : IsOrphan(change.Replica)
                    ? change with
                    {
                        Action = ChangeAction.Skip,
                        Reason = Reasons.WorkItemMissing,
                        Detail =
                            "Its work item was deleted or can't be read. The issue is left as it is, and gets no other one.",
                    }
                : _deleted?.Find(change) is { } deleted
                    ? change with
                    {
                        Action = ChangeAction.Skip,
                        Reason = Reasons.WorkItemMissing,
                        Detail = $"Somebody deleted work item {deleted.Id}, which was the same. The issue is left as it is, and "
                            + "gets no other one until that is restored, or destroyed in the recycle bin.",
                    }
                : BaseOf(change, desired[change.IssueId], input, context.Policy))
            .Concat(plans.Select(pair => pair.WorkItem))
            .OrderBy(change => change.IssueId)
            .ToList();
    }

    /// <summary>
    /// Looks for work items whose mark somebody removed beyond those that were selected: all that runs created have a
    /// hyperlink otherwise, so one query finds them, whatever people made of their titles. Where other tools work with the
    /// account there may be many: then titles decide. One whose mark was emptied was found by its address.
    /// </summary>
    private async Task FindUnmarkedAsync(HashSet<string> titles, CancellationToken cancellationToken)
    {
        var emptied = context.Sync.Known.Correlator.Emptied.ToDictionary(item => item.Id);
        var ids = await context.Sync.Store
            .QueryAsync(
                "[System.TeamProject] = @project AND [System.CreatedBy] = @Me AND [System.HyperLinkCount] = 0",
                cancellationToken)
            .ConfigureAwait(false);
        var known = Unmarked.Values.Concat(emptied.Keys).ToHashSet();
        var bare = await context.Sync.Authorship
            .ReadAsync(ids.Where(id => !known.Contains(id)).ToList(), cancellationToken).ConfigureAwait(false);
        var found = await new RemovedMarks(context.Sync.Authorship, context.Sync.Site)
            .FindAsync(
                [.. emptied.Values, .. bare.Where(item => bare.Count <= MostUnmarked || titles.Contains(item.Title))],
                emptied.Keys.ToHashSet(),
                cancellationToken)
            .ConfigureAwait(false);
        Unmarked = Unmarked.Concat(found).DistinctBy(one => one.Key).ToDictionary();
    }

    /// <summary>Whether an issue says that it has a work item of this project, and none carries its mark.</summary>
    private bool IsOrphan(Replica issue) => IssueRegister.Parse(issue.Property) is { } register
        && register.Project.Equals(context.Project, StringComparison.OrdinalIgnoreCase)
        && register
            .Organization.TrimEnd('/')
            .Equals(context.Organization.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    /// <summary>Plans.</summary>
    /// <param name="input">The issues and their work items.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="isCreated">Whether the issues were created from their work items in this run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    private async Task<IReadOnlyList<PairPlan>> PlanAsync(
        WorkItemPlanInput input, TwoWayPolicy policy, bool isCreated, CancellationToken cancellationToken)
    {
        var fields = await context.Issues.GetFieldsAsync(cancellationToken).ConfigureAwait(false);
        var people = new PeopleInverse(input.Policy.People);
        people.Learn(input.Desired.Select(one => one.Replica));
        Context = new InverseContext(fields, _priorities, people) { Account = context.Issues.Account.AccountId };
        var statuses = new StatusMapping(input.Policy.States, policy.Statuses);
        var pairs = input
            .Desired.Where(one => one.WorkItemType is not null && input.Existing.ContainsKey(one.Replica.IssueId))
            .DistinctBy(one => one.Replica.IssueId)
            .OrderBy(one => one.Replica.IssueId)
            .Select(one => PairOf(one, input, isCreated))
            .ToList();
        _texts.Prepare(pairs, input);
        Report(pairs);
        var plans = Plan();
        if (plans.Exists(plan => plan.NotInvertible.Count > 0 || plan.NeedsStatuses))
        {
            await LearnAsync(plans, cancellationToken).ConfigureAwait(false);
            plans = Plan();
        }

        var sought = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        plans = await WithPeopleAsync(plans).ConfigureAwait(false);
        // What one history says may ask for the other one, for the statuses that it names, and for priorities to write.
        for (var round = 0; round < RoundsOfHistories && plans.Exists(plan =>
            plan.Needs != Histories.None || plan.NeedsStatuses || plan.NotInvertible.Count > 0); round++)
        {
            var before = pairs.ToList();
            var isLearnt = await LearnAsync(plans, cancellationToken).ConfigureAwait(false);
            await ReadHistoriesAsync(plans, pairs, cancellationToken).ConfigureAwait(false);
            await _texts.ReadAsync(plans, pairs, cancellationToken).ConfigureAwait(false);
            if (!isLearnt && pairs.Zip(before).All(one => ReferenceEquals(one.First, one.Second)))
            {
                break;
            }

            // The plan of a pair of which nothing more was read stays as it is, unless more is known of the site.
            var planner = Planner();
            plans = isLearnt ? Plan() : [.. plans.Select((plan, at) =>
                ReferenceEquals(pairs[at], before[at]) ? plan : planner.Plan(pairs[at]))];
            plans = await WithPeopleAsync(plans).ConfigureAwait(false);
        }

        // Both sides may have agreed on somebody whom no issue names any more.
        var former = plans.Where(plan => plan.Results.Any(one => one.Action == ChangeAction.Conflict))
            .SelectMany(plan => plan.Pair.JiraHistory ?? [])
            .SelectMany(edit => PairHistory.PeopleOf(edit, fields))
            .Where(account => people.Named(account) is null)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (former.Count > 0)
        {
            await MeetAsync(former).ConfigureAwait(false);
            plans = Plan();
        }

        return plans;

        // Plans with the people whom they name and no issue does, as far as the site knows them.
        async Task<List<PairPlan>> WithPeopleAsync(List<PairPlan> plans)
        {
            var unknown = plans
                .SelectMany(plan => plan.Results)
                .Where(one => one.Reason == Reasons.UnknownPerson)
                .SelectMany(one => people.Missing(one.AdoValue ?? string.Empty))
                .Where(sought.Add)
                .ToList();
            if (unknown.Count == 0)
            {
                return plans;
            }

            await MeetAsync(unknown).ConfigureAwait(false);
            return Plan();
        }

        async Task MeetAsync(List<string> accounts)
        {
            foreach (
                var person in await context.Issues.FindPeopleAsync(accounts, cancellationToken).ConfigureAwait(false))
            {
                people.Learn(person, Describe(person));
            }
        }

        PairPlanner Planner() =>
            new(input, policy, Context!, statuses, StatusesOf) { Project = context.Project };

        List<PairPlan> Plan() => pairs.ConvertAll(Planner().Plan);
    }

    /// <summary>A creation in Azure DevOps, with what both sides have in common once it is done.</summary>
    /// <param name="change">The creation.</param>
    /// <param name="desired">What the work item should be.</param>
    /// <param name="input">What the plan is made from.</param>
    /// <param name="policy">What the user chose.</param>
    private WorkItemChange BaseOf(
        WorkItemChange change, DesiredWorkItem desired, WorkItemPlanInput input, TwoWayPolicy policy)
    {
        var type = input.Types.GetValueOrDefault(change.WorkItemType!) ?? WorkItemType.Unknown(change.WorkItemType!);
        // As it will be when all values have arrived.
        var item = new WorkItem
        {
            Id = 0, Rev = 1, Type = type.Name, Title = change.Summary, Project = context.Sync.Store.Project,
            Fields = desired.Fields.Values.Concat(desired.Text.Values).DistinctBy(field => field.Key).ToDictionary(),
        };
        var pair = _texts.WithContext(new PairInput
        {
            Desired = desired, Found = new FoundWorkItem(item, null), Type = type, Base = PairBase.None,
        });
        var statuses = new StatusMapping(input.Policy.States, policy.Statuses);
        var planner = new PairPlanner(input, policy, Context!, statuses, StatusesOf) { Project = context.Project };
        return change with { Base = planner.Plan(pair).BaseAfter(BaseNeeds.Nothing) };
    }

    private PairInput PairOf(DesiredWorkItem desired, WorkItemPlanInput input, bool isCreated)
    {
        var found = input.Existing[desired.Replica.IssueId];
        var item = found.WorkItem;
        return new PairInput
        {
            Desired = desired,
            Found = found,
            Type = context.Sync.Store.Has(item) && input.Types.TryGetValue(item.Type, out var type)
                ? type
                : WorkItemType.Unknown(item.Type),
            Base = found.Mark is { } mark
                ? PairBase.Combine(
                    mark,
                    desired.Replica.Property,
                    context.Organization,
                    context.Sync.Store.Project,
                    item.Id)
                    .With(context.RecalledFiles.GetValueOrDefault(desired.Replica.IssueId, []))
                : PairBase.None,
            IsOwnAccount = context.Sync.Authorship.Accounts.AreNamed,
            FirstRev = isCreated ? 0 : FirstRevOf(item),
            IsTextOriginal = isCreated,
            IsMarkAsWritten = found.Mark?.Rev == item.Rev && context.Sync.Authorship.Accounts.Include(item.ChangedBy),
        };
    }

    private int FirstRevOf(WorkItem item) =>
        _firstRevs.TryAdd(item.Id, item.Rev) ? item.Rev : _firstRevs[item.Id];

    private void Report(IEnumerable<PairInput> pairs)
    {
        foreach (var problem in pairs.Select(pair => pair.Base.Problem).OfType<string>().Where(_reported.Add))
        {
            context.Sync.Warn($"RegisterIgnored: {problem}");
        }
    }

    /// <summary>Asks for the site's priorities, once: those of work items become priorities of issues by them.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task LearnPrioritiesAsync(CancellationToken cancellationToken)
    {
        if (_priorities.Count == 0)
        {
            _priorities = await context.Sync.Source.GetPrioritiesAsync(cancellationToken).ConfigureAwait(false);
            Context = Context! with { Priorities = _priorities };
        }
    }

    /// <summary>Asks for what plans need to know of the site.</summary>
    /// <returns>Whether more is known than before.</returns>
    private async Task<bool> LearnAsync(IEnumerable<PairPlan> plans, CancellationToken cancellationToken)
    {
        var missing = plans.Where(plan => plan.NotInvertible.Count > 0 || plan.NeedsStatuses).ToList();
        var former = _priorities;
        if (missing.Exists(plan => plan.NotInvertible.Any(one => one.Field == WorkItemField.Priority.ReferenceName)))
        {
            await LearnPrioritiesAsync(cancellationToken).ConfigureAwait(false);
        }

        var projects = missing
            .Where(plan => plan.NeedsStatuses
                || plan.NotInvertible.Any(one => one.Field == WorkItemField.State.ReferenceName))
            .Select(plan => ProjectOf(plan.Pair.Issue))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(project => !_statuses.ContainsKey(project))
            .ToList();
        var statuses = await Task
            .WhenAll(projects.Select(project => context.Issues.ReadStatusesAsync(project, cancellationToken)))
            .ConfigureAwait(false);
        foreach (var (project, some) in projects.Zip(statuses))
        {
            _statuses[project] = some;
        }

        return projects.Count > 0 || !ReferenceEquals(former, _priorities);
    }

    private async Task ReadHistoriesAsync(
        List<PairPlan> plans, List<PairInput> pairs, CancellationToken cancellationToken)
    {
        var ofJira = plans
            .Where(plan => plan.Needs.HasFlag(Histories.Jira))
            .Select(plan => plan.Pair.Issue.IssueId)
            .ToHashSet();
        var ofAdo = plans
            .Where(plan => plan.Needs.HasFlag(Histories.Ado))
            .Select(plan => plan.Pair.Item.Id)
            .ToHashSet();
        var changes = ofJira.Count == 0
            ? Task.FromResult<IReadOnlyList<IssueFieldChange>>([])
            : context.Issues.ReadChangesAsync(ofJira, cancellationToken);
        var updates = context.Sync.Authorship.ReadHistoriesAsync(ofAdo, cancellationToken);
        await Task.WhenAll(changes, updates).ConfigureAwait(false);
        var edits = (await changes.ConfigureAwait(false)).ToLookup(edit => edit.IssueId);
        var histories = await updates.ConfigureAwait(false);
        for (var at = 0; at < pairs.Count; at++)
        {
            var (issue, item) = (pairs[at].Issue.IssueId, pairs[at].Item.Id);
            if (ofJira.Contains(issue) || ofAdo.Contains(item))
            {
                pairs[at] = pairs[at] with
                {
                    JiraHistory = ofJira.Contains(issue) ? edits[issue].ToList() : pairs[at].JiraHistory,
                    AdoHistory = histories.GetValueOrDefault(item) ?? pairs[at].AdoHistory,
                };
            }
        }
    }

    /// <summary>The statuses that an issue can have, as far as a plan needed them.</summary>
    /// <param name="issue">The issue.</param>
    public IReadOnlyList<IssueStatus> StatusesOf(Replica issue) =>
        _statuses.TryGetValue(ProjectOf(issue), out var byType) ? byType.GetValueOrDefault(issue.Type.Id, []) : [];

    /// <summary>The key of an issue's project, by its own.</summary>
    public static string ProjectOf(Replica issue) => ProjectOf(issue.Key);

    /// <summary>The key of a project, by that of one of its issues.</summary>
    public static string ProjectOf(string key) => key[..Math.Max(0, key.LastIndexOf('-'))];

    private static Table<object?> Describe(JiraPerson person) => new()
    {
        ["accountId"] = person.AccountId,
        ["emailAddress"] = person.EmailAddress,
        ["displayName"] = person.DisplayName,
    };
}
