using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using JiraAdoSync.Applying.Contents;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Syncing;

/// <summary>
/// The steps of a run, each for itself: plan the work items, plan the relations, apply the one, apply the other. Plans
/// are complete before the first write. What one step read, the next one uses.
/// </summary>
/// <param name="store">The project's work items.</param>
/// <param name="source">The issues.</param>
/// <param name="site">The issues' site.</param>
/// <param name="cache">What is known of which work item stands for which issue.</param>
/// <param name="warn">Takes a sentence for people; may be called from any thread.</param>
/// <param name="report">Takes progress; may be called from any thread.</param>
/// <param name="time">The clock that pauses are timed by.</param>
/// <param name="log">Takes note of every change that is made.</param>
public sealed class Synchronizer(
    IWorkItemStore store,
    IIssueSource source,
    JiraSite site,
    CorrelationCache cache,
    Action<string> warn,
    Action<SyncProgress> report,
    TimeProvider time,
    RunLog log)
{
    private const int HistoriesAtOnce = 4;
    private const int Looks = 6;
    private const int RoundsOfChanged = 3;

    private readonly BatchSender _sender = new(store, time, log);
    private readonly List<WorkItemChange> _ownTwins = [];
    private readonly Dictionary<IssueReference, Replica> _unseen = [];
    private readonly List<WorkItemChange> _withContent = [];
    private readonly Dictionary<RelationChange, PackedRelation> _packed = new(ReferenceEqualityComparer.Instance);
    private readonly PathMaker _paths = new(store, log);
    private Authorship? _authorship;
    private KnownWorkItems? _known;
    private OutsideEnds? _outside;
    private Renderings? _renderings;
    private WorkItemApplier? _applier;
    private Planning? _planning;

    /// <summary>
    /// The text field that holds the id of each work item's issue; null where the organisation has none.
    /// </summary>
    public string? CorrelationField { get; init; }

    /// <summary>Where texts, files and web links are read and written; null to leave them alone.</summary>
    public ContentPorts? Contents { get; init; }

    /// <summary>The unique names or ids of accounts that ran syncs before: their marks are ours, too.</summary>
    public IReadOnlyList<string> FormerAccounts { get; init; } = [];

    /// <summary>Tells marks of ours from those of others.</summary>
    internal Authorship Authorship => _authorship ??= new(store, new OwnAccounts(store.Account, FormerAccounts), site);

    /// <summary>The work items of the issues that were looked for.</summary>
    internal KnownWorkItems Known => _known ??= new(
        cache,
        new(store, site, cache, new MarkLookUp(store, site, CorrelationField, warn, time), Authorship, warn));

    private OutsideEnds Outside => _outside ??= new(store, source, site, Known, Authorship);

    private readonly HashSet<long> _leftOut = [];

    /// <summary>Sends writes of work items.</summary>
    internal BatchSender Sender => _sender;

    /// <summary>The work items.</summary>
    internal IWorkItemStore Store => store;

    /// <summary>The issues' site.</summary>
    internal JiraSite Site => site;

    /// <summary>What is known of which work item an issue has.</summary>
    internal CorrelationCache Cache => cache;

    /// <summary>The clock.</summary>
    internal TimeProvider Time => time;

    /// <summary>Takes note of every change.</summary>
    internal RunLog Log => log;

    private TwinRecycler Twins => new(store, Known.Correlator, log);

    /// <summary>How many relations were written with the work items and have no result yet.</summary>
    public int RelationsWithoutResult => _packed.Count;

    /// <summary>The descriptions that come with the issues: most of those that are new.</summary>
    public Renderings Renderings => _renderings ??= new(() => Known.AreMostNew);

    /// <summary>
    /// Reads issues, and while more of them come finds the work items of those that are there. The steps that follow
    /// need not look for them again.
    /// </summary>
    /// <param name="issues">The issues as they come.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The issues, each once.</returns>
    public async Task<IReadOnlyList<Replica>> ReadAsync(
        IAsyncEnumerable<Replica> issues, CancellationToken cancellationToken) =>
        (await ReadAsync(issues, _ => [], cancellationToken).ConfigureAwait(false)).Issues;

    /// <summary>
    /// Reads issues, and while more of them come finds the work items of those that are there; what is linked with them
    /// outside the selection is looked up beside the last of them. The steps that follow need not look for them again.
    /// </summary>
    /// <param name="issues">The issues as they come.</param>
    /// <param name="convert">Makes of all issues the relations that should stand.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The issues, each once, and the relations.</returns>
    public async Task<(IReadOnlyList<Replica> Issues, IReadOnlyCollection<DesiredRelation> Relations)> ReadAsync(
        IAsyncEnumerable<Replica> issues,
        Func<IReadOnlyList<Replica>, IReadOnlyCollection<DesiredRelation>> convert,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(convert);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var arrived = Channel.CreateUnbounded<IssueReference>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var types = Task.WhenAll(
            store.GetRelationTypesAsync(stop.Token), (Task)store.GetWorkItemTypesAsync(stop.Token));
        var aside = Task.WhenAll(types, Known.FindAsTheyComeAsync(arrived.Reader, stop.Token));
        var outside = Task.CompletedTask;
        var replicas = new List<Replica>();
        var seen = new HashSet<long>();
        try
        {
            await foreach (var replica in issues.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (seen.Add(replica.IssueId))
                {
                    replicas.Add(replica);
                    arrived.Writer.TryWrite(replica.Reference);
                    report(new SyncProgress("Reading issues", replicas.Count, null));
                }

                if (aside.IsFaulted)
                {
                    break;
                }
            }

            arrived.Writer.Complete();
            await types.ConfigureAwait(false);
            var relations = aside.IsFaulted ? [] : convert(replicas);
            outside = Outside.LookUpAsync(EndsBeyond(relations, seen.Contains), stop.Token);
            await Task.WhenAll(aside, outside).ConfigureAwait(false);
            return (replicas, relations);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(aside, outside).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The ends of relations that are none of some issues, each once.</summary>
    private static List<IssueReference> EndsBeyond(IEnumerable<DesiredRelation> relations, Predicate<long> isAmong) =>
        relations
        .SelectMany(one => new[] { one.Source, one.Target })
        .Where(issue => !isAmong(issue.Id))
        .DistinctBy(issue => issue.Id)
        .ToList();

    /// <summary>Decides what is to be done with the work item of each issue. Nothing is written.</summary>
    /// <param name="replicas">The issues.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c> or <c>IssueTypeUnmapped</c>.</exception>
    public Task<IReadOnlyList<WorkItemChange>> PlanWorkItemsAsync(
        IReadOnlyCollection<Replica> replicas,
        WorkItemPolicy policy,
        CancellationToken cancellationToken) => PlanWorkItemsAsync(replicas, policy, DecideAsync, cancellationToken);

    /// <summary>Decides what is to be done with the work item of each issue, by rules of the caller's.</summary>
    /// <param name="replicas">The issues.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="decide">Makes the plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    internal async Task<IReadOnlyList<WorkItemChange>> PlanWorkItemsAsync(
        IReadOnlyCollection<Replica> replicas,
        WorkItemPolicy policy,
        Func<WorkItemPlanInput, CancellationToken, Task<IReadOnlyList<WorkItemChange>>> decide,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var types = (await store.GetWorkItemTypesAsync(cancellationToken).ConfigureAwait(false))
            .ToDictionary(type => type.Name, StringComparer.OrdinalIgnoreCase);
        var mapping = new WorkItemTypeMapping(policy.Types, types.Values.Select(type => type.Name));
        WorkItemPlanner.RefuseUnmapped(replicas, mapping);
        await Known.FindAsync(replicas.Select(replica => replica.Reference), cancellationToken).ConfigureAwait(false);
        var editors = await ReadEditorsAsync(replicas, mapping, policy, cancellationToken).ConfigureAwait(false);
        var byIssue = replicas.DistinctBy(replica => replica.IssueId)
            .OrderBy(replica => replica.IssueId)
            .Select(replica =>
                editors.TryGetValue(replica.IssueId, out var editor) ? replica with { LastEditor = editor } : replica)
            .ToDictionary(replica => replica.IssueId);
        await LearnPrioritiesAsync(byIssue.Values, mapping, policy, cancellationToken).ConfigureAwait(false);
        var mapper = new WorkItemMapper(policy.Fields, policy.States, policy.People, store.Project, byIssue.Values);
        _planning = new Planning(policy, types, mapping, mapper, byIssue, decide);
        var changes = await PlanAsync(_planning, byIssue.Values, cancellationToken).ConfigureAwait(false);
        await _paths.CheckAsync(changes, policy, cancellationToken).ConfigureAwait(false);
        foreach (var problem in mapper.Problems)
        {
            warn(problem);
        }

        _leftOut.UnionWith(changes.Where(change => change.Reason == Reasons.LeftOut).Select(change => change.IssueId));
        var twins = Known.Correlator.Twins
            .Where(twin => byIssue.ContainsKey(twin.Issue.Id))
            .Select(twin => TwinRecycler.Leaving(twin, byIssue[twin.Issue.Id]));
        return [.. changes, .. twins];
    }

    /// <summary>Decides what is to be done with the work items of issues, as they are known now.</summary>
    private async Task<IReadOnlyList<WorkItemChange>> PlanAsync(
        Planning planning, IReadOnlyCollection<Replica> replicas, CancellationToken cancellationToken)
    {
        var (policy, types) = (planning.Policy, planning.Types);
        var desired = replicas.Select(Desire).ToList();
        var plans = await PlanContentsAsync(desired, types, policy, cancellationToken).ConfigureAwait(false);
        desired = desired.ConvertAll(
            one => plans.TryGetValue(one.Replica.IssueId, out var plan) ? one with { Text = plan.Text } : one);
        var input = new WorkItemPlanInput
        {
            Desired = desired,
            Standing = Known.Standing,
            Types = types,
            Site = site,
            Policy = policy,
        };
        var changes = await planning.Decide(input, cancellationToken).ConfigureAwait(false);
        return [.. changes.Select(Complete)];

        WorkItemChange Complete(WorkItemChange change) =>
            plans.TryGetValue(change.IssueId, out var plan) ? ContentPlanner.Complete(change, plan.Content) : change;

        DesiredWorkItem Desire(Replica replica)
        {
            planning.Mapping.TryMap(replica.Type, out var mapped);
            if (mapped is null)
            {
                return new DesiredWorkItem { Replica = replica, WorkItemType = null };
            }

            var found = Known.Standing.GetValueOrDefault(replica.IssueId);
            var name = WorkItemPlanner.TypeFor(replica.Type, mapped, found);
            var type = types.GetValueOrDefault(name) ?? WorkItemType.Unknown(name);
            var desired = Correlated(planning.Mapper.Map(replica, type));
            return found is null || store.Has(found.WorkItem) ? desired : Elsewhere(desired, found.WorkItem);
        }
    }

    /// <summary>The plan of one-way synchronisation.</summary>
    private async Task<IReadOnlyList<WorkItemChange>> DecideAsync(
        WorkItemPlanInput input, CancellationToken cancellationToken) => WorkItemPlanner.Plan(input with
        {
            Histories = await ReadHistoriesAsync([.. input.Desired], input.Policy, cancellationToken).ConfigureAwait(false),
        });

    /// <summary>Asks for the site's priorities where some issue has one whose name says nothing.</summary>
    private async Task LearnPrioritiesAsync(
        IEnumerable<Replica> replicas,
        WorkItemTypeMapping mapping,
        WorkItemPolicy policy,
        CancellationToken cancellationToken)
    {
        var mapped = replicas.Where(replica => mapping.TryMap(replica.Type, out var type) && type is not null);
        if (policy.Fields.UsesPriorities && policy.Fields.Priorities.NeedsOrder(mapped))
        {
            policy.Fields.Priorities.Learn(
                await source.GetPrioritiesAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>The areas and iterations that a plan names and that do not exist, parents first.</summary>
    /// <param name="changes">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The reference name of the field, the path, and how many work items need it.</returns>
    public async Task<IReadOnlyList<(string Field, string Path, int Count)>> FindMissingPathsAsync(
        IReadOnlyCollection<WorkItemChange> changes, CancellationToken cancellationToken) =>
        await _paths.FindMissingAsync(changes, cancellationToken).ConfigureAwait(false);

    /// <summary>Why a plan of work items must not be applied; null where it may.</summary>
    /// <param name="changes">The plan.</param>
    /// <param name="pruneLimit">
    /// How many per cent of our work items it may recycle; <see cref="RelationPolicy.AlwaysRemovable"/> may be recycled
    /// whatever this says.
    /// </param>
    public SyncException? RefusalOf(IReadOnlyCollection<WorkItemChange> changes, int pruneLimit)
    {
        var twins = changes.Count(change => change.Action == ChangeAction.Remove);
        var existing = changes.Count(change => change.Standing is not null);
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
            .Where(change => change.Action == ChangeAction.Create && Known.Correlator.IsMarkedByOthers(change.IssueId))
            .ToList();
        return again.Count <= Math.Max(RelationPolicy.AlwaysRemovable, existing) || Authorship.Accounts.AreFormerNamed
            ? null
            : new SyncException(
                "ForeignMark",
                $"{again.Count} issues have work items whose marks neither this account nor a former one put there, that of "
                + $"{again[0].Key} for one, and would be created again. Name the accounts that ran syncs before with "
                + "-FormerAccount; where none did, name this account there.");
    }

    /// <summary>Who changed the issues last whose work items are to be created and tell it.</summary>
    private async Task<IReadOnlyDictionary<long, object>> ReadEditorsAsync(
        IEnumerable<Replica> replicas,
        WorkItemTypeMapping mapping,
        WorkItemPolicy policy,
        CancellationToken cancellationToken)
    {
        var ids = replicas
            .Where(replica =>
                policy.Fields.NeedsEditors && policy.MayCreate && !Known.Standing.ContainsKey(replica.IssueId)
                && mapping.TryMap(replica.Type, out var mapped) && mapped is not null)
            .Select(replica => replica.IssueId)
            .ToList();
        return ids.Count == 0 ? new Dictionary<long, object>() : await source.ReadEditorsAsync(ids, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// What an item gets that people moved to another project, whose workflow and fields are not known here: what means
    /// the same everywhere. The digest stays, so that the move alone writes nothing.
    /// </summary>
    private DesiredWorkItem Elsewhere(DesiredWorkItem desired, WorkItem item)
    {
        var values = desired.Fields.Values
            .Where(field =>
                field.Key == CorrelationField || WorkItemType.Unknown(item.Type).Fields.ContainsKey(field.Key))
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        return desired with { WorkItemType = item.Type, Fields = desired.Fields with { Values = values } };
    }

    /// <summary>Has the issue's id written where there is a field for it.</summary>
    private DesiredWorkItem Correlated(DesiredWorkItem desired)
    {
        if (CorrelationField is not { } field)
        {
            return desired;
        }

        var values = desired.Fields.Values.ToDictionary(StringComparer.OrdinalIgnoreCase);
        values[field] = desired.Replica.IssueId.ToString(CultureInfo.InvariantCulture);
        return desired with { Fields = DesiredValues.Of(values) };
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
        if (first is not null
            && await store.TryCreationAsync(first.WorkItemType!, first.BypassRules, cancellationToken)
                .ConfigureAwait(false) is { } refusal)
        {
            throw new SyncException(
                nameof(Failure.AccessDenied),
                $"The account may not create work items of type '{first.WorkItemType}'"
                + $"{(first.BypassRules ? " with -BypassRules" : string.Empty)}, so nothing was written. {refusal.Message}");
        }
    }

    /// <summary>Writes work items. Changes that write nothing are passed through.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="relations">
    /// Relations that are to be applied afterwards. Those between work items that are created in one request are
    /// written in it, and have their results when they are applied. 
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<WorkItemResult> ApplyWorkItemsAsync(
        IReadOnlyCollection<WorkItemChange> changes,
        IEnumerable<RelationChange> relations,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var change in changes.Where(change => !change.IsWrite))
        {
            yield return WorkItemResult.Of(change);
        }

        // What has content only is written when all work items stand.
        _withContent.AddRange(changes.Where(change => change.IsContentOnly));
        var writes = changes
            .Where(change => change.IsWrite && change.Action != ChangeAction.Remove && !change.IsContentOnly)
            .ToList();
        writes = await _paths.CreateAsync(writes, cancellationToken).ConfigureAwait(false);
        var done = 0;
        var created = new Dictionary<IssueReference, Replica>();
        var checks = new List<(Dictionary<IssueReference, Replica> Created, Task<CreationCheck> Check)>();
        _applier ??= new WorkItemApplier(store, site, Known.Correlator, _sender, log);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await foreach (var (change, written) in WriteAsync(writes, relations, cancellationToken).ConfigureAwait(false))
            {
                var result = written.Result;
                if (written.Standing is { } standing)
                {
                    var replica = change.Replica;
                    Known.Stand(replica.Reference, standing);
                    if (change.Content is not null && result.IsApplied)
                    {
                        _withContent.Add(change);
                    }

                    if (change.Standing is null && result.Action is (ChangeAction.Create or ChangeAction.Keep))
                    {
                        created.Add(replica.Reference, replica);
                    }
                }

                foreach (var packed in written.Relations)
                {
                    _packed[packed.Change] = packed;
                }

                if (created.Count == IWorkItemStore.BatchSize)
                {
                    // Those that stand are looked up while others are created.
                    checks.Add((created, CheckAsync(created, stop.Token)));
                    created = [];
                }

                report(new SyncProgress("Writing work items", ++done, writes.Count));
                yield return result;
            }

            checks.Add((created, CheckAsync(created, stop.Token)));
            foreach (var (some, check) in checks)
            {
                Take(await check.ConfigureAwait(false), some);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(checks.Select(one => one.Check)))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var leaving = changes.Where(change => change.Action == ChangeAction.Remove).ToList();
        if (_packed.Count > 0)
        {
            // Relations that were written with a twin would be in the way of those that are to stand in their place.
            leaving.AddRange(_ownTwins);
            _ownTwins.Clear();
        }

        foreach (var result in await Twins.RecycleAsync(leaving, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    /// <summary>
    /// Writes work items. Those that somebody changed in between are read again, planned again by the same policy and
    /// written again; a saved plan has no policy, and must be applied as it is or not at all.
    /// </summary>
    private async IAsyncEnumerable<(WorkItemChange Change, WrittenWorkItem Written)> WriteAsync(
        List<WorkItemChange> changes,
        IEnumerable<RelationChange> relations,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var interrupted = new Dictionary<long, InterruptedWrite>();
        for (var round = 0; changes.Count > 0; round++)
        {
            var byIssue = changes.ToDictionary(change => change.IssueId);
            var changed = new List<InterruptedWrite>();
            var applied = _applier!.ApplyAsync(changes, round == 0 ? relations : [], cancellationToken);
            await foreach (var one in applied.ConfigureAwait(false))
            {
                var (change, written) = (byIssue[one.Result.IssueId], one);
                if (interrupted.TryGetValue(change.IssueId, out var before))
                {
                    (change, written) = before.With(change, written);
                }

                if (written.Result.Error?.Kind == Failure.WorkItemChanged && round < RoundsOfChanged
                    && _planning?.Replicas.ContainsKey(change.IssueId) == true)
                {
                    changed.Add(new InterruptedWrite(change, written));
                    continue;
                }

                yield return (change, written);
            }

            changes = [];
            var again = await PlanAgainAsync(changed, cancellationToken).ConfigureAwait(false);
            foreach (var one in changed)
            {
                var next = again.GetValueOrDefault(one.Change.IssueId);
                if (next is null || next.WorkItemId != one.Written.Result.WorkItemId
                    || next.Action is not (ChangeAction.Update or ChangeAction.Adopt or ChangeAction.Keep))
                {
                    yield return (one.Change, one.Written);
                }
                else if (next.IsWrite && !next.IsContentOnly)
                {
                    interrupted[next.IssueId] = one;
                    changes.Add(next);
                }
                else if (next.IsContentOnly && !one.Written.Result.IsApplied)
                {
                    _withContent.Add(next);
                }
                else
                {
                    yield return one.With(next, new WrittenWorkItem(WorkItemResult.Of(next), next.Standing));
                }
            }

            changes = await _paths.CreateAsync(changes, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the work items of writes that found them changed, and plans those issues again.</summary>
    private async Task<Dictionary<long, WorkItemChange>> PlanAgainAsync(
        List<InterruptedWrite> changed, CancellationToken cancellationToken)
    {
        if (changed.Count == 0)
        {
            return [];
        }

        foreach (var one in changed)
        {
            if (one.Written.Standing is { } standing)
            {
                Known.Stand(one.Change.Replica.Reference, standing);
            }

            Known.Forget(one.Change.IssueId);
        }

        var replicas = changed.ConvertAll(one => _planning!.Replicas[one.Change.IssueId]);
        await Known.FindAsync(replicas.Select(replica => replica.Reference), cancellationToken).ConfigureAwait(false);
        return (await PlanAsync(_planning!, replicas, cancellationToken).ConfigureAwait(false))
            .ToDictionary(change => change.IssueId);
    }

    /// <summary>
    /// Writes the comments, files, hyperlinks and links between texts of the work items that were written, once all of
    /// them stand.
    /// </summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// What failed or was refused, one by one, and the results of changes that have content only.
    /// </returns>
    public async IAsyncEnumerable<WorkItemResult> ApplyContentsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Contents is null || _withContent.Count == 0)
        {
            yield break;
        }

        var changes = _withContent.ToList();
        _withContent.Clear();
        var unknown = changes.Where(change => !Known.Standing.ContainsKey(change.IssueId))
            .Select(change => change.Replica.Reference);
        await Known.FindAsync(unknown, cancellationToken).ConfigureAwait(false);
        var ready = changes.Where(change => Known.Standing.ContainsKey(change.IssueId))
            .Select(change => (change, Known.Standing[change.IssueId]));
        var pages = new ContentReader(Contents, site, Authorship).PagesOf(Known.Sought.Values, Known.Standing);
        var applier = new ContentApplier(store, Contents, site, _sender, log);
        var done = 0;
        var applied = applier.ApplyAsync(ready.ToList(), pages, cancellationToken);
        await foreach (var (change, errors, standing) in applied.ConfigureAwait(false))
        {
            if (standing is not null)
            {
                Known.Stand(change.Replica.Reference, standing);
            }

            report(new SyncProgress("Writing comments and files", ++done, changes.Count));
            if (change.IsContentOnly && standing is not null)
            {
                yield return WorkItemResult.Of(change) with { IsApplied = true };
            }

            var result = WorkItemResult.Of(change) with { WorkItemId = Known.Standing[change.IssueId].WorkItem.Id };
            var refused = errors.Where(error => error.Kind == Failure.RedirectRefused).ToList();
            if (refused.Count > 0)
            {
                yield return result with
                {
                    Action = ChangeAction.Skip,
                    Reason = nameof(Failure.RedirectRefused),
                    Detail = string.Join(" ", refused.Select(error => error.Message)),
                    LeftOut = refused.ConvertAll(error => error.Message),
                };
            }

            foreach (var error in errors.Except(refused))
            {
                yield return result with
                {
                    Action = ChangeAction.Fail,
                    Reason = error.Kind.ToString(),
                    Detail = error.Message,
                    Error = error,
                };
            }
        }
    }

    /// <summary>
    /// Ends a run that created work items: what another run made too goes to the recycle bin where ours is the younger,
    /// and the run does not end before the look-up shows what it created. A next run would make it again.
    /// </summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<WorkItemResult> SettleAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var look = 1; _unseen.Count > 0 && look <= Looks; look++)
        {
            if (look > 1)
            {
                await _sender.PauseAsync(look - 1, cancellationToken).ConfigureAwait(false);
            }

            var unseen = _unseen.ToDictionary();
            _unseen.Clear();
            Take(await CheckAsync(unseen, cancellationToken).ConfigureAwait(false), unseen);
        }

        if (_unseen.Count > 0)
        {
            warn($"Azure DevOps' look-up does not show {_unseen.Count} of the new work items yet, that of {_unseen.Keys.First()} "
                + "for one. Wait some minutes before the next run: it could make them a second time, which the one after it "
                + "would mend.");
        }

        foreach (var result in await Twins.RecycleAsync(_ownTwins, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }

        _ownTwins.Clear();
    }

    /// <summary>Decides what is to be done with each link and each relation of ours. Nothing is written.</summary>
    /// <param name="desired">What should stand.</param>
    /// <param name="scope">The issues that were read in this run; only they tell that a link is gone.</param>
    /// <param name="toCreate">The ids of issues whose work items are created before any relation is.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<RelationPlan> PlanRelationsAsync(
        IReadOnlyCollection<DesiredRelation> desired,
        IReadOnlyCollection<Replica> scope,
        IReadOnlySet<long> toCreate,
        RelationPolicy policy,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(desired);
        var read = desired
            .Select(one => one.Link.ReadFrom == one.Source.Id ? one.Source : one.Target)
            .Concat(scope.Select(replica => replica.Reference));
        await Known.FindAsync(read, cancellationToken).ConfigureAwait(false);
        var (readable, otherEnds) = policy.Prune
            ? await Outside.ReadUndesiredAsync(desired, scope, cancellationToken).ConfigureAwait(false)
            : ([], []);
        await Outside.FindAsync(EndsBeyond(desired, Known.Sought.ContainsKey), desired, cancellationToken)
            .ConfigureAwait(false);
        otherEnds = [.. otherEnds, .. await Outside.ReadAsync(
            desired, otherEnds, cancellationToken).ConfigureAwait(false)];
        var input = new PlanInput
        {
            Desired = desired,
            Types = await store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false),
            Site = site,
            WorkItems = Known.Standing.ToDictionary(pair => pair.Key, pair => pair.Value.WorkItem.Id)
                .Concat(Outside.Found.Where(pair => !Known.Standing.ContainsKey(pair.Key)))
                .ToDictionary(),
            ToCreate = toCreate,
            LeftOut = _leftOut,
            Standing = Known.Standing.Values.Select(found => found.WorkItem).Concat(otherEnds)
                .DistinctBy(item => item.Id).ToList(),
            Scope = scope.Select(replica => replica.Reference).ToList(),
            Readable = readable,
            Policy = policy,
        };
        return await WithoutForeignAsync(input, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Plans relations. What the plan would remove for its mark must have got that from us: a relation whose mark
    /// somebody else wrote is theirs, and the plan is made again beside it.
    /// </summary>
    private async Task<RelationPlan> WithoutForeignAsync(PlanInput input, CancellationToken cancellationToken)
    {
        var sure = new HashSet<Relation>();
        var reported = new HashSet<(int, int)>();
        while (true)
        {
            var plan = Planner.Plan(input);
            var removed = plan.Changes.SelectMany(change => change.Removes)
                .Where(relation => relation.IsOurs && sure.Add(relation.Place))
                .Select(relation => relation.Place)
                .ToList();
            var foreign = removed.Count == 0
                ? new HashSet<Relation>()
                : await Authorship.FindForeignAsync(removed, cancellationToken).ConfigureAwait(false);
            if (foreign.Count == 0)
            {
                return plan;
            }

            foreach (var relation in foreign.Where(one => reported.Add((
                Math.Min(one.WorkItemId, one.TargetWorkItemId!.Value),
                Math.Max(one.WorkItemId, one.TargetWorkItemId.Value)))))
            {
                warn($"ForeignMark: the relation of work item {relation.WorkItemId} to {relation.TargetWorkItemId} carries a mark that "
                    + "neither this account nor a former one put there, so it is left alone.");
            }

            input = input with
            {
                Standing = input.Standing
                    .Select(item => !item.Relations.Any(foreign.Contains) ? item : item with
                    {
                        Relations = item.Relations
                            .Select(one => foreign.Contains(one) ? one with { IsForeign = true } : one).ToList(),
                    })
                    .ToList(),
            };
        }
    }

    /// <summary>
    /// Looks for ends that were to be created and that this run did not create: other slices may have done it by now.
    /// </summary>
    /// <param name="changes">The changes whose ends are wanted.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task FindEndsAsync(IEnumerable<RelationChange> changes, CancellationToken cancellationToken)
    {
        var missing = changes
            .Where(change => change.IsWrite)
            .SelectMany(change => new[] { Known.Resolve(change.Source), Known.Resolve(change.Target) })
            .Where(end => end.WorkItemId is null)
            .Select(end => end.Issue!)
            .DistinctBy(issue => issue.Id)
            .ToList();
        var found = await Known.Correlator.FindMarkedAsync(missing, cancellationToken).ConfigureAwait(false);
        foreach (var issue in missing)
        {
            if (found[issue.Id].FirstOrDefault() is { } first)
            {
                Known.Stand(issue, first);
            }
        }
    }

    /// <summary>Writes relations. Changes that write nothing are passed through.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<RelationResult> ApplyRelationsAsync(
        IReadOnlyCollection<RelationChange> changes,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var writes = new List<RelationChange>();
        foreach (var planned in changes)
        {
            var change =
                planned with { Source = Known.Resolve(planned.Source), Target = Known.Resolve(planned.Target) };
            var stands = _packed.Remove(planned, out var packed)
                && packed.IsBetween(change.Source.WorkItemId, change.Target.WorkItemId);
            if (change.IsWrite && !stands)
            {
                writes.Add(change);
            }
            else
            {
                yield return RelationResult.Of(change) with { IsApplied = stands };
            }
        }

        var types = await store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false);
        var applier = new RelationApplier(store, site, types, Known.Sought.ContainsKey, _sender, log);
        var done = 0;
        await foreach (var result in applier.ApplyAsync(writes, cancellationToken).ConfigureAwait(false))
        {
            report(new SyncProgress("Writing relations", ++done, writes.Count));
            yield return result;
        }
    }

    /// <summary>
    /// Looks whether a plan still fits: everything that it touches must be as it was when the plan was made.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>PlanDrifted</c>, with the list of differences.</exception>
    public async Task<IReadOnlyDictionary<int, WorkItem>> CheckDriftAsync(
        SavedPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var ids = plan.Basis.Select(basis => basis.WorkItemId)
            .Concat(plan.Targets.Concat(plan.Recycled).Select(target => target.WorkItemId))
            .Concat(plan.Removed.Select(relation => relation.WorkItemId));
        var now = (await Authorship.ReadAsync(ids.Distinct().ToList(), cancellationToken).ConfigureAwait(false))
            .ToDictionary(item => item.Id);
        var issues = plan.WorkItems.Where(item => item.Action == ChangeAction.Create)
            .Select(item => new IssueReference(item.IssueId, item.Key))
            .Concat(plan.Targets.Concat(plan.Recycled).Select(target => target.Issue));
        await Known.FindAsync(issues.DistinctBy(issue => issue.Id), cancellationToken).ConfigureAwait(false);
        var marked = plan.Removed.Select(relation => SavedPlan.Current(relation, now)).OfType<Relation>()
            .Where(relation => RelationMark.Parse(relation.Comment, site) is not null);
        var foreign = await Authorship.FindForeignAsync(marked.Distinct().ToList(), cancellationToken)
            .ConfigureAwait(false);
        IReadOnlyList<string> drift =
        [
            .. plan.FindDrift(now, Known.Standing),
            .. plan.FindForeignRemovals(now, Known.Standing, foreign, site),
        ];
        if (drift.Count > 0)
        {
            throw new SyncException(
                "PlanDrifted",
                $"Azure DevOps is no longer what the plan was made for, so nothing was written. Make a new plan. "
                + $"{drift.Count} differences: {string.Join(" ", drift.Take(20))}",
                drift);
        }

        return now;
    }

    private Task<IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>>> ReadHistoriesAsync(
        IEnumerable<DesiredWorkItem> desired,
        WorkItemPolicy policy,
        CancellationToken cancellationToken)
    {
        var ids = desired
            .Where(one =>
                WorkItemPlanner.NeedsHistory(one, Known.Standing.GetValueOrDefault(one.Replica.IssueId), policy))
            .Select(one => Known.Standing[one.Replica.IssueId].WorkItem.Id)
            .ToList();
        var done = 0;
        return SideBySide.ReadAsync(ids, HistoriesAtOnce, ReadAsync, cancellationToken);

        async Task<IReadOnlyList<WorkItemUpdate>> ReadAsync(int id, CancellationToken stop)
        {
            var history = await Authorship.ReadHistoryAsync(id, stop).ConfigureAwait(false);
            report(new SyncProgress("Reading histories", Interlocked.Increment(ref done), ids.Count));
            return history;
        }
    }

    private async Task<IReadOnlyDictionary<long, (DesiredValues Text, WorkItemContent Content)>> PlanContentsAsync(
        IReadOnlyCollection<DesiredWorkItem> desired,
        Dictionary<string, WorkItemType> types,
        WorkItemPolicy policy,
        CancellationToken cancellationToken)
    {
        if (Contents is null)
        {
            return new Dictionary<long, (DesiredValues Text, WorkItemContent Content)>();
        }

        var wanted = desired
            .Where(one =>
                one.WorkItemType is not null && (policy.MayCreate || Known.Standing.ContainsKey(one.Replica.IssueId)))
            .ToList();
        var toCreate = wanted.Where(one => !Known.Standing.ContainsKey(one.Replica.IssueId))
            .Select(one => one.Replica.Key).ToHashSet();
        return await new ContentReader(Contents, site, Authorship)
            .PlanAsync(
                wanted.ConvertAll(one => (one.Replica, TextFieldsOf(one), FurtherTextsOf(one))), Known.Standing, toCreate, policy.Content,
                Renderings, cancellationToken)
            .ConfigureAwait(false);

        // A field that the user maps otherwise is no place for the description.
        IReadOnlyList<string> TextFieldsOf(DesiredWorkItem one) => ContentPlanner.TextFields
            .Where(field => types.GetValueOrDefault(one.WorkItemType!)?.Fields.ContainsKey(field) == true
                && !policy.Fields.IsGiven(field))
            .ToList();

        IReadOnlyList<TextField> FurtherTextsOf(DesiredWorkItem one) =>
            types.TryGetValue(one.WorkItemType!, out var type) ? [.. policy.Fields.RichTextsOf(type)] : [];
    }

    /// <summary>Looks what became of creations, before relations are written on them.</summary>
    private Task<CreationCheck> CheckAsync(
        Dictionary<IssueReference, Replica> created, CancellationToken cancellationToken) =>
        Known.Correlator.CheckAsync(
            created.Keys.ToDictionary(issue => issue, issue => Known.Standing[issue.Id]), _applier!.HasDrawn,
            cancellationToken);

    private void Take(CreationCheck check, Dictionary<IssueReference, Replica> created)
    {
        foreach (var (issue, found) in check.Standing)
        {
            Known.Stand(issue, found);
        }

        _ownTwins.AddRange(check.Twins.Select(twin => TwinRecycler.Leaving(twin, created[twin.Issue])));
        foreach (var issue in check.Unseen)
        {
            _unseen.Add(issue, created[issue]);
        }
    }

    /// <summary>What work items were planned with.</summary>
    /// <param name="Policy">What the user chose.</param>
    /// <param name="Types">The project's work item types, by name.</param>
    /// <param name="Mapping">From issue type to work item type.</param>
    /// <param name="Mapper">From issue to fields.</param>
    /// <param name="Replicas">The issues, by id.</param>
    /// <param name="Decide">Makes the plan.</param>
    private sealed record Planning(
        WorkItemPolicy Policy,
        Dictionary<string, WorkItemType> Types,
        WorkItemTypeMapping Mapping,
        WorkItemMapper Mapper,
        Dictionary<long, Replica> Replicas,
        Func<WorkItemPlanInput, CancellationToken, Task<IReadOnlyList<WorkItemChange>>> Decide);

    /// <summary>A write that found its work item changed, perhaps after a part of it was done.</summary>
    /// <param name="Change">The change as it was planned first.</param>
    /// <param name="Written">What became of it.</param>
    private sealed record InterruptedWrite(WorkItemChange Change, WrittenWorkItem Written)
    {
        /// <summary>
        /// The whole of both, once the change was planned again: an item that was created before the interruption counts
        /// as created.
        /// </summary>
        /// <param name="next">The change as it was planned again.</param>
        /// <param name="after">What became of that.</param>
        public (WorkItemChange Change, WrittenWorkItem Written) With(WorkItemChange next, WrittenWorkItem after)
        {
            var result = after.Result;
            if (!Written.Result.IsApplied)
            {
                return (next, after);
            }

            var whole = Change with { Content = next.Content };
            return (whole, after with
            {
                Standing = after.Standing ?? Written.Standing,
                Relations = [.. Written.Relations, .. after.Relations],
                Result = result with
                {
                    Action = result.Error is null ? Change.Action : result.Action,
                    IsApplied = true,
                    Fields = [.. Change.Fields.Keys.Union(result.Fields)],
                },
            });
        }
    }
}
