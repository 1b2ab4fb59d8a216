using System.Globalization;
using JiraAdoSync.Applying.Contents;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Syncing;

/// <summary>Plans work items: reads what the plan needs, and decides.</summary>
/// <param name="context">What the phases share.</param>
internal sealed class WorkItemPlanning(SyncContext context)
{
    private const int HistoriesAtOnce = 4;

    /// <summary>
    /// How many issues are planned at once. What the plan of some is made of is let go before the next ones' turn.
    /// </summary>
    private const int PlannedAtOnce = 200;

    /// <summary>Issues that were mapped as they arrived, and have no work item.</summary>
    private readonly Dictionary<long, DesiredWorkItem> _mapped = [];

    /// <summary>Whether the account may create work items, as far as the service said so while issues were read.</summary>
    private bool _mayCreate;

    /// <summary>Whether rich texts that may go to Jira are merged by who decides about pairs.</summary>
    public bool MergesTexts { get; init; }

    /// <summary>The descriptions that are read with the issues: most of those that are new.</summary>
    public Renderings Renderings => field ??= new(() => context.Known.AreMostNew);

    /// <summary>Decides what is to be done with the work item of each issue. Nothing is written.</summary>
    /// <param name="replicas">The issues.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c> or <c>IssueTypeUnmapped</c>.</exception>
    public Task<WorkItemPlan> PlanAsync(
        IReadOnlyCollection<Replica> replicas, WorkItemPolicy policy, CancellationToken cancellationToken) =>
        PlanAsync(replicas, policy, DecideAsync, PlannedAtOnce, cancellationToken);

    /// <summary>Decides what is to be done with the work item of each issue, by the caller's rules.</summary>
    /// <param name="replicas">The issues.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="decide">Makes the plan of what was read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c> or <c>IssueTypeUnmapped</c>.</exception>
    public Task<WorkItemPlan> PlanAsync(
        IReadOnlyCollection<Replica> replicas,
        WorkItemPolicy policy,
        WorkItemDecision decide,
        CancellationToken cancellationToken) =>
        PlanAsync(replicas, policy, decide, Math.Max(1, replicas.Count), cancellationToken);

    private async Task<WorkItemPlan> PlanAsync(
        IReadOnlyCollection<Replica> replicas,
        WorkItemPolicy policy,
        WorkItemDecision decide,
        int atOnce,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var types = (await context.Store.GetWorkItemTypesAsync(cancellationToken).ConfigureAwait(false))
            .ToDictionary(type => type.Name, StringComparer.OrdinalIgnoreCase);
        var mapping = new WorkItemTypeMapping(policy.Types, types.Values.Select(type => type.Name));
        WorkItemPlanner.RefuseUnmapped(replicas, mapping);
        await context.Known.FindAsync(replicas.Select(replica => replica.Reference), cancellationToken)
            .ConfigureAwait(false);
        var editors = await ReadEditorsAsync(replicas, mapping, policy, cancellationToken).ConfigureAwait(false);
        var byIssue = new Dictionary<long, Replica>(replicas.Count);
        foreach (var replica in replicas.OrderBy(replica => replica.IssueId))
        {
            byIssue.TryAdd(
                replica.IssueId,
                editors.TryGetValue(replica.IssueId, out var editor) ? replica with { LastEditor = editor } : replica);
        }

        if (await LearnPrioritiesAsync(byIssue.Values, mapping, policy, cancellationToken).ConfigureAwait(false))
        {
            _mapped.Clear();
        }

        var mapper = new WorkItemMapper(
            policy.Fields, policy.States, policy.People, context.Store.Project, byIssue.Values);
        var basis = new PlanBasis(policy, types, mapping, mapper, byIssue, decide, atOnce);
        var changes = await PlanAsync(basis, byIssue.Values, cancellationToken).ConfigureAwait(false);
        await context.Paths.CheckAsync(changes, policy, cancellationToken).ConfigureAwait(false);
        foreach (var problem in mapper.Problems)
        {
            context.Warn(problem);
        }

        var twins = context.Known.Correlator.Twins
            .Where(twin => byIssue.ContainsKey(twin.Issue.Id))
            .Select(twin => TwinRecycler.RemovalOf(twin, byIssue[twin.Issue.Id]));
        return new WorkItemPlan([.. changes, .. twins]) { Basis = basis };
    }

    /// <summary>Decides what is to be done with the work items of issues, as they are known now.</summary>
    /// <param name="basis">What they are planned with.</param>
    /// <param name="replicas">The issues.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<WorkItemChange>> PlanAsync(
        PlanBasis basis, IReadOnlyCollection<Replica> replicas, CancellationToken cancellationToken)
    {
        var policy = basis.Policy;
        var contentOf = await ReadContentsAsync(basis, replicas, cancellationToken).ConfigureAwait(false);
        var changes = new List<WorkItemChange>(replicas.Count);
        var heap = new Heap();
        // Who decides is asked where there are no issues, too: a two-way run may be about work items only.
        foreach (var some in replicas.Count == 0 ? [[]] : replicas.Chunk(basis.AtOnce))
        {
            var contents = new Dictionary<long, WorkItemContent>();
            var desired = some.Select(replica => Desire(replica, contents)).ToList();
            await ReadLackingAsync(desired, cancellationToken).ConfigureAwait(false);
            var input = new WorkItemPlanInput
            {
                Desired = desired,
                Existing = context.Known.Existing,
                Types = basis.Types,
                Site = context.Site,
                Policy = policy,
            };
            changes.AddRange((await basis.Decide(input, cancellationToken).ConfigureAwait(false)).Select(change =>
                contents.TryGetValue(change.IssueId, out var content)
                    ? ContentPlanner.Complete(change, content)
                    : change));
            heap.TrimGrowth();
        }

        return changes;

        DesiredWorkItem Desire(Replica replica, Dictionary<long, WorkItemContent> contents)
        {
            var found = context.Known.Existing.GetValueOrDefault(replica.IssueId);
            if (TypeOf(basis, replica, found) is not { } type)
            {
                return new DesiredWorkItem { Replica = replica, WorkItemType = null };
            }

            var desired = found is { HasFieldsOfIssue: true, Mark: { } mark }
                ? DesiredWorkItem.AsWritten(replica, type.Name, mark)
                : TakeMapped(replica, type) ?? Map(basis, replica, type);
            desired = found is null || context.Store.Has(found.WorkItem) ? desired : Elsewhere(desired, found.WorkItem);
            if (found is { HasContentOfIssue: true, Mark: { } written })
            {
                return desired with { Text = DesiredValues.AsWritten(written.TextDigest) };
            }

            if (contentOf(replica.IssueId) is not { } plan)
            {
                return desired;
            }

            contents.Add(replica.IssueId, plan.Content);
            return desired with { Text = plan.Text };
        }
    }

    /// <summary>The type that an issue's work item has, or is to have; null where its type is left out.</summary>
    public static WorkItemType? TypeOf(PlanBasis basis, Replica replica, FoundWorkItem? found)
    {
        basis.Mapping.TryMap(replica.Type, out var mapped);
        if (mapped is null)
        {
            return null;
        }

        var name = WorkItemPlanner.TypeFor(replica.Type, mapped, found);
        return basis.Types.GetValueOrDefault(name) ?? WorkItemType.Unknown(name);
    }

    /// <summary>What the plain fields of an issue's work item should be.</summary>
    public DesiredWorkItem Map(PlanBasis basis, Replica replica, WorkItemType type) =>
        Correlated(basis.Mapper.Map(replica, type));

    /// <summary>Keeps what the work item of a new issue should be, whose mapping depends on no other issue.</summary>
    /// <param name="desired">What it should be.</param>
    public void Keep(DesiredWorkItem desired) => _mapped[desired.Replica.IssueId] = desired;

    /// <summary>What was kept of an issue, unless it is planned as something else.</summary>
    private DesiredWorkItem? TakeMapped(Replica replica, WorkItemType type) =>
        _mapped.Remove(replica.IssueId, out var mapped) && ReferenceEquals(mapped.Replica, replica)
            && mapped.WorkItemType == type.Name
            ? mapped
            : null;

    /// <summary>The fields of a type that take texts which Jira renders.</summary>
    public TextFields TextFieldsOf(PlanBasis basis, string name)
    {
        if (!basis.Types.TryGetValue(name, out var type))
        {
            return new TextFields([], []);
        }

        var fields = basis.Policy.Fields;
        var merged = MergesTexts ? fields.MergedTextsOf(type) : [];
        return new TextFields(
            // A field that the user maps otherwise is not used for the description.
            ContentPlanner.TextFields.Where(field => type.Fields.ContainsKey(field) && !fields.IsGiven(field)).ToList(),
            fields.RichTextsOf(type)
                .Select(text => text with { IsMerged = merged.Any(other => other.Fields.Contains(text.Field)) })
                .ToList());
    }

    /// <summary>
    /// Reads the values of work items that were let go, see <see cref="EarlyMapping"/>, where they are needed after
    /// all, such as those of a rank, which depends on all other issues'.
    /// </summary>
    private async Task ReadLackingAsync(IReadOnlyCollection<DesiredWorkItem> desired, CancellationToken cancellationToken)
    {
        var lacking = desired
            .Where(one => context.Known.Existing.TryGetValue(one.Replica.IssueId, out var found)
                && found.WorkItem.LacksValues && WorkItemPlanner.LooksAtValues(one, found))
            .ToDictionary(one => context.Known.Existing[one.Replica.IssueId].WorkItem.Id, one => one.Replica.IssueId);
        if (lacking.Count == 0)
        {
            return;
        }

        foreach (var item in await context.Authorship.ReadAsync(lacking.Keys, cancellationToken).ConfigureAwait(false))
        {
            // One that lost its mark meanwhile stays as it was read: its revision has moved on, which stops the write.
            if (WorkItemMark.Find(item, context.Site, lacking[item.Id]) is var (mark, _))
            {
                context.Known.PutBack(lacking[item.Id], item, mark);
            }
        }
    }

    /// <summary>The plan of one-way synchronisation.</summary>
    private async Task<IReadOnlyList<WorkItemChange>> DecideAsync(
        WorkItemPlanInput input, CancellationToken cancellationToken) => WorkItemPlanner.Plan(input with
        {
            Histories = await ReadHistoriesAsync([.. input.Desired], input.Policy, cancellationToken)
                .ConfigureAwait(false),
        });

    /// <summary>Asks for the site's priorities where some issue has one whose name says nothing.</summary>
    /// <returns>Whether it did.</returns>
    private Task<bool> LearnPrioritiesAsync(
        IEnumerable<Replica> replicas,
        WorkItemTypeMapping mapping,
        WorkItemPolicy policy,
        CancellationToken cancellationToken) => policy.Fields.LearnPrioritiesAsync(
            replicas.Where(replica => mapping.TryMap(replica.Type, out var type) && type is not null),
            context.Source.GetPrioritiesAsync,
            cancellationToken);

    /// <summary>Why a plan of work items must not be applied; null where it may.</summary>
    /// <param name="changes">The plan.</param>
    /// <param name="pruneLimit">
    /// How many per cent of our work items it may recycle; <see cref="RelationPolicy.AlwaysRemovable"/> may be recycled
    /// whatever this says.
    /// </param>
    public SyncException? RefusalOf(IReadOnlyCollection<WorkItemChange> changes, int pruneLimit)
    {
        var twins = changes.Count(change => change.Action == ChangeAction.Remove);
        var existing = changes.Count(change => change.Existing is not null);
        var limit = Math.Max(RelationPolicy.AlwaysRemovable, existing * pruneLimit / 100);
        if (twins > limit)
        {
            return new SyncException(
                "PruneLimitExceeded",
                $"{twins} of our {existing} work items are twins that would be recycled; -PruneLimit {pruneLimit} (per cent) allows "
                + $"{limit}. If runs did create so many items twice, give a higher -PruneLimit.");
        }

        // Where the account was replaced, every mark is another's, and every issue would get a second work item.
        var again = changes
            .Where(change => change.Action == ChangeAction.Create)
            .Where(change => context.Known.Correlator.IsMarkedByOthers(change.IssueId))
            .ToList();
        return again.Count <= Math.Max(RelationPolicy.AlwaysRemovable, existing)
            || context.Authorship.Accounts.AreFormerNamed
            ? null
            : new SyncException(
                "ForeignMark",
                $"{Amount.Of(again.Count)} issues have work items whose marks neither this account nor a former one put there, that of "
                + $"{again[0].Key} for one, and would be created again. Name the accounts that ran syncs before with "
                + "-FormerAccount; where none did, name this account there.");
    }

    /// <summary>
    /// Proves before the first write that the account may create work items, where any is to be created.
    /// </summary>
    /// <param name="changes">What is to be done.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>AccessDenied</c>.</exception>
    public async Task CheckPermissionAsync(IEnumerable<WorkItemChange> changes, CancellationToken cancellationToken)
    {
        var first = changes.FirstOrDefault(change => change.Action == ChangeAction.Create);
        if (first is not null && !_mayCreate
            && await context.Store.TryCreationAsync(first.WorkItemType!, first.BypassRules, cancellationToken)
                .ConfigureAwait(false) is { } refusal)
        {
            throw new SyncException(
                nameof(Failure.AccessDenied),
                $"The account may not create work items of type '{first.WorkItemType}'"
                + $"{(first.BypassRules ? " with -BypassRules" : string.Empty)}, so nothing was written. {refusal.Message}");
        }
    }

    /// <summary>
    /// Asks whether the account may create work items, while issues are read. What the answer means is for
    /// <see cref="CheckPermissionAsync"/> to say, which does not ask again where it may.
    /// </summary>
    /// <param name="workItemType">The type of one that may be created.</param>
    /// <param name="bypassRules">Whether rules are to be bypassed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task AskPermissionAsync(string workItemType, bool bypassRules, CancellationToken cancellationToken) =>
        _mayCreate = await context.Store.TryCreationAsync(workItemType, bypassRules, cancellationToken)
            .ConfigureAwait(false) is null;

    /// <summary>Who changed the issues last whose work items are to be created and show it.</summary>
    private async Task<IReadOnlyDictionary<long, object>> ReadEditorsAsync(
        IEnumerable<Replica> replicas,
        WorkItemTypeMapping mapping,
        WorkItemPolicy policy,
        CancellationToken cancellationToken)
    {
        var ids = replicas
            .Where(replica =>
                policy.Fields.NeedsEditors && policy.MayCreate && !context.Known.Existing.ContainsKey(replica.IssueId)
                && mapping.TryMap(replica.Type, out var mapped) && mapped is not null)
            .Select(replica => replica.IssueId)
            .ToList();
        return ids.Count == 0
            ? new Dictionary<long, object>()
            : await context.Source.ReadEditorsAsync(ids, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// What an item gets that people moved to another project, whose workflow and fields are not known here: what means
    /// the same everywhere. The digest stays, so that the move alone writes nothing.
    /// </summary>
    private DesiredWorkItem Elsewhere(DesiredWorkItem desired, WorkItem item)
    {
        var values = desired.Fields.Values
            .Where(field =>
                field.Key == context.CorrelationField || WorkItemType.Unknown(item.Type).Fields.ContainsKey(field.Key))
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        return desired with { WorkItemType = item.Type, Fields = desired.Fields with { Values = values } };
    }

    /// <summary>Has the issue's id written where there is a field for it.</summary>
    private DesiredWorkItem Correlated(DesiredWorkItem desired)
    {
        if (context.CorrelationField is not { } field)
        {
            return desired;
        }

        var values = desired.Fields.Values.ToDictionary(StringComparer.OrdinalIgnoreCase);
        values[field] = desired.Replica.IssueId.ToString(CultureInfo.InvariantCulture);
        return desired with { Fields = DesiredValues.Of(values) };
    }

    private Task<IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>>> ReadHistoriesAsync(
        IEnumerable<DesiredWorkItem> desired,
        WorkItemPolicy policy,
        CancellationToken cancellationToken)
    {
        var ids = desired
            .Where(one =>
                WorkItemPlanner.NeedsHistory(
                    one, context.Known.Existing.GetValueOrDefault(one.Replica.IssueId), policy))
            .Select(one => context.Known.Existing[one.Replica.IssueId].WorkItem.Id)
            .ToList();
        var done = 0;
        return SideBySide.ReadAsync(ids, HistoriesAtOnce, ReadAsync, cancellationToken);

        async Task<IReadOnlyList<WorkItemUpdate>> ReadAsync(int id, CancellationToken cancellationToken)
        {
            var history = await context.Authorship.ReadHistoryAsync(id, cancellationToken).ConfigureAwait(false);
            context.Report(new SyncProgress("Reading histories", Interlocked.Increment(ref done), ids.Count));
            return history;
        }
    }

    /// <summary>Reads what the plans of contents need.</summary>
    /// <returns>Makes the plan for an issue, once; null where it has none.</returns>
    private async Task<Func<long, (DesiredValues Text, WorkItemContent Content)?>> ReadContentsAsync(
        PlanBasis basis, IReadOnlyCollection<Replica> replicas, CancellationToken cancellationToken)
    {
        if (context.Contents is null)
        {
            return _ => null;
        }

        var policy = basis.Policy;
        var fields = new Dictionary<string, TextFields>();
        var wanted = new List<(Replica Replica, TextFields Fields)>();
        var withPages = new List<IssueReference>(replicas.Count);
        var toCreate = new HashSet<string>();
        foreach (var replica in replicas)
        {
            var isNew = !context.Known.Existing.TryGetValue(replica.IssueId, out var found);
            if ((isNew && !policy.MayCreate) || TypeOf(basis, replica, found) is not { } type)
            {
                continue;
            }

            withPages.Add(replica.Reference);
            if (found?.HasContentOfIssue == true)
            {
                // Nobody will ask for what came with the issue.
                _ = Renderings.TryTake(replica.IssueId, out _);
                continue;
            }

            // What people moved to another project is of a type that is not known here.
            var name = found is null || context.Store.Has(found.WorkItem) ? type.Name : found.WorkItem.Type;
            wanted.Add((replica, fields.TryGetValue(name, out var known) ? known : fields[name] = TextFieldsOf(basis, name)));
            if (isNew)
            {
                toCreate.Add(replica.Key);
            }
        }

        return await new ContentReader(context.Contents, context.Site, context.Authorship)
            .ReadAsync(wanted, withPages, context.Known.Existing, toCreate, policy.Content, Renderings, cancellationToken)
            .ConfigureAwait(false);
    }
}
