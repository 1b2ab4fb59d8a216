using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Runs;

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
    private const int RecycleAttempts = 3;

    private readonly BatchSender _sender = new(store, time);
    private readonly Dictionary<long, FoundWorkItem> _standing = [];
    private readonly List<WorkItemChange> _ownTwins = [];
    private readonly Dictionary<IssueReference, Replica> _unseen = [];
    private readonly Dictionary<long, int> _outside = [];
    private readonly Dictionary<long, IssueReference> _sought = [];
    private readonly List<WorkItemChange> _withContent = [];
    private readonly Dictionary<RelationChange, PackedRelation> _packed = new(ReferenceEqualityComparer.Instance);
    private Correlator? _correlator;
    private WorkItemApplier? _applier;

    /// <summary>The text field that holds the id of each work item's issue; null where the organisation has none.</summary>
    public string? CorrelationField { get; init; }

    /// <summary>Where texts, files and web links are read and written; null to leave them alone.</summary>
    public ContentPorts? Contents { get; init; }

    private Correlator Correlator =>
        _correlator ??= new(store, site, cache, new MarkLookUp(store, site, CorrelationField, warn, time), warn);

    /// <summary>
    /// Reads issues, and while more of them come finds the work items of those that are there. The steps that follow need
    /// not look for them again.
    /// </summary>
    /// <param name="issues">The issues as they come.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>The issues, each once.</returns>
    public async Task<IReadOnlyList<Replica>> ReadAsync(IAsyncEnumerable<Replica> issues, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var arrived = Channel.CreateUnbounded<IssueReference>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var aside = Task.WhenAll(
            store.GetRelationTypesAsync(stop.Token),
            store.GetWorkItemTypesAsync(stop.Token),
            FindAsTheyComeAsync(arrived.Reader, stop.Token));
        var replicas = new List<Replica>();
        var seen = new HashSet<long>();
        try
        {
            await foreach (var replica in issues.WithCancellation(token).ConfigureAwait(false))
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
            await aside.ConfigureAwait(false);
            return replicas;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await aside.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Decides what is to be done with the work item of each issue. Nothing is written.</summary>
    /// <param name="replicas">The issues.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c> or <c>IssueTypeUnmapped</c>.</exception>
    public async Task<IReadOnlyList<WorkItemChange>> PlanWorkItemsAsync(
        IReadOnlyCollection<Replica> replicas,
        WorkItemPolicy policy,
        CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var types = (await store.GetWorkItemTypesAsync(token).ConfigureAwait(false))
            .ToDictionary(type => type.Name, StringComparer.OrdinalIgnoreCase);
        var mapping = new WorkItemTypeMapping(policy.Types, types.Values.Select(type => type.Name));
        WorkItemPlanner.RefuseUnmapped(replicas, mapping);
        await FindAsync(replicas.Select(replica => replica.Reference), token).ConfigureAwait(false);
        var byIssue = replicas.DistinctBy(replica => replica.IssueId).ToDictionary(replica => replica.IssueId);
        var mapper = new WorkItemMapper(policy.Fields, policy.States, policy.People, store.Project);
        var desired = byIssue.Values.Select(Desire).ToList();
        var plans = await PlanContentsAsync(desired, types, policy, token).ConfigureAwait(false);
        desired = desired.ConvertAll(one => plans.TryGetValue(one.Replica.IssueId, out var plan) ? one with { Text = plan.Text } : one);
        var changes = WorkItemPlanner.Plan(new WorkItemPlanInput
        {
            Desired = desired,
            Standing = _standing,
            Types = types,
            Site = site,
            Policy = policy,
            Histories = await ReadHistoriesAsync(desired, policy, token).ConfigureAwait(false),
        });
        await CheckPathsAsync(changes, policy, token).ConfigureAwait(false);
        foreach (var problem in mapper.Problems)
        {
            warn(problem);
        }

        var twins = Correlator.Twins
            .Where(twin => byIssue.ContainsKey(twin.Issue.Id))
            .Select(twin => Leaving(twin, byIssue[twin.Issue.Id]));
        return [.. changes.Select(Complete), .. twins];

        WorkItemChange Complete(WorkItemChange change) =>
            plans.TryGetValue(change.IssueId, out var plan) ? ContentPlanner.Complete(change, plan.Content) : change;

        DesiredWorkItem Desire(Replica replica)
        {
            mapping.TryMap(replica.Type, out var mapped);
            if (mapped is null)
            {
                return new DesiredWorkItem { Replica = replica, WorkItemType = null };
            }

            var found = _standing.GetValueOrDefault(replica.IssueId);
            var name = WorkItemPlanner.TypeFor(replica.Type, mapped, found);
            var desired = Correlated(mapper.Map(replica, types.GetValueOrDefault(name) ?? WorkItemType.Unknown(name)));
            return found is null || store.Has(found.WorkItem) ? desired : Elsewhere(desired, found.WorkItem);
        }
    }

    /// <summary>
    /// What an item gets that people moved to another project, whose workflow and fields are not known here: what means the
    /// same everywhere. The digest stays, so that the move alone writes nothing.
    /// </summary>
    private DesiredWorkItem Elsewhere(DesiredWorkItem desired, WorkItem item)
    {
        var values = desired.Fields.Values
            .Where(field => field.Key == CorrelationField || WorkItemType.Unknown(item.Type).Fields.ContainsKey(field.Key))
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
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="SyncException"><c>AccessDenied</c>.</exception>
    public async Task CheckPermissionAsync(IEnumerable<WorkItemChange> changes, CancellationToken token)
    {
        var first = changes.FirstOrDefault(change => change.Action == ChangeAction.Create);
        if (first is not null
            && await store.TryCreationAsync(first.WorkItemType!, first.BypassRules, token).ConfigureAwait(false) is { } refusal)
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
    /// Relations that are to be applied afterwards. Those between work items that are created in one request are written
    /// in it, and have their results when they are applied.
    /// </param>
    /// <param name="token">Ends the work.</param>
    public async IAsyncEnumerable<WorkItemResult> ApplyWorkItemsAsync(
        IReadOnlyCollection<WorkItemChange> changes,
        IEnumerable<RelationChange> relations,
        [EnumeratorCancellation] CancellationToken token)
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
        await CreatePathsAsync(writes, token).ConfigureAwait(false);
        var done = 0;
        var created = new Dictionary<IssueReference, Replica>();
        var byIssue = writes.ToDictionary(change => change.IssueId);
        _applier ??= new WorkItemApplier(store, site, Correlator, _sender, log);
        await foreach (var written in _applier.ApplyAsync(writes, relations, token).ConfigureAwait(false))
        {
            var result = written.Result;
            if (written.Standing is { } standing)
            {
                var (change, replica) = (byIssue[result.IssueId], byIssue[result.IssueId].Replica);
                Stand(replica.Reference, standing);
                if (change.Content is not null && result.IsApplied)
                {
                    _withContent.Add(change);
                }

                if (result.Action is ChangeAction.Create or ChangeAction.Keep)
                {
                    created.Add(replica.Reference, replica);
                }
            }

            foreach (var packed in written.Relations)
            {
                _packed[packed.Change] = packed;
            }

            report(new SyncProgress("Writing work items", ++done, writes.Count));
            yield return result;
        }

        await CheckAsync(created, token).ConfigureAwait(false);
        var leaving = changes.Where(change => change.Action == ChangeAction.Remove).ToList();
        if (_packed.Count > 0)
        {
            // Relations that were written with a twin would be in the way of those that are to stand in their place.
            leaving.AddRange(_ownTwins);
            _ownTwins.Clear();
        }

        foreach (var result in await RecycleAsync(leaving, token).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    /// <summary>
    /// Writes the comments, files, hyperlinks and links between texts of the work items that were written, once all of them
    /// stand.
    /// </summary>
    /// <param name="token">Ends the work; the next run completes it.</param>
    /// <returns>What failed, one by one, and the results of changes that have content only.</returns>
    public async IAsyncEnumerable<WorkItemResult> ApplyContentsAsync([EnumeratorCancellation] CancellationToken token)
    {
        if (Contents is null || _withContent.Count == 0)
        {
            yield break;
        }

        var changes = _withContent.ToList();
        _withContent.Clear();
        var unknown = changes.Where(change => !_standing.ContainsKey(change.IssueId)).Select(change => change.Replica.Reference);
        await FindAsync(unknown, token).ConfigureAwait(false);
        var ready = changes.Where(change => _standing.ContainsKey(change.IssueId)).Select(change => (change, _standing[change.IssueId]));
        var pages = new ContentReader(Contents, site).PagesOf(_sought.Values, _standing);
        var applier = new ContentApplier(store, Contents, site, _sender, log);
        var done = 0;
        await foreach (var (change, errors, standing) in applier.ApplyAsync(ready.ToList(), pages, token).ConfigureAwait(false))
        {
            if (standing is not null)
            {
                Stand(change.Replica.Reference, standing);
            }

            report(new SyncProgress("Writing comments and files", ++done, changes.Count));
            if (change.IsContentOnly && standing is not null)
            {
                yield return WorkItemResult.Of(change) with { IsApplied = true };
            }

            foreach (var error in errors)
            {
                yield return WorkItemResult.Of(change) with
                {
                    Action = ChangeAction.Fail,
                    WorkItemId = _standing[change.IssueId].WorkItem.Id,
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
    /// <param name="token">Ends the work; a later run does it.</param>
    public async IAsyncEnumerable<WorkItemResult> SettleAsync([EnumeratorCancellation] CancellationToken token)
    {
        for (var look = 1; _unseen.Count > 0 && look <= Looks; look++)
        {
            await Task.Delay(look == 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Pow(2, look - 3)), time, token)
                .ConfigureAwait(false);
            var unseen = _unseen.ToDictionary();
            _unseen.Clear();
            await CheckAsync(unseen, token).ConfigureAwait(false);
        }

        if (_unseen.Count > 0)
        {
            warn($"Azure DevOps' look-up does not show {_unseen.Count} of the new work items yet, that of {_unseen.Keys.First()} "
                + "for one. Wait some minutes before the next run: it could make them a second time, which the one after it "
                + "would mend.");
        }

        foreach (var result in await RecycleAsync(_ownTwins, token).ConfigureAwait(false))
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
    /// <param name="token">Ends the wait.</param>
    public async Task<RelationPlan> PlanRelationsAsync(
        IReadOnlyCollection<DesiredRelation> desired,
        IReadOnlyCollection<Replica> scope,
        IReadOnlySet<long> toCreate,
        RelationPolicy policy,
        CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(desired);
        var read = desired
            .Select(one => one.Link.ReadFrom == one.Source.Id ? one.Source : one.Target)
            .Concat(scope.Select(replica => replica.Reference));
        await FindAsync(read, token).ConfigureAwait(false);
        var (readable, otherEnds) = policy.Prune ? await ReadOtherEndsAsync(desired, scope, token).ConfigureAwait(false) : ([], []);
        var outside = desired
            .SelectMany(one => new[] { one.Source, one.Target })
            .Where(issue => !_sought.ContainsKey(issue.Id))
            .DistinctBy(issue => issue.Id)
            .ToList();
        var linked = _standing.Values
            .SelectMany(found => found.WorkItem.Relations)
            .Select(relation => relation.TargetWorkItemId)
            .OfType<int>()
            .ToHashSet();
        foreach (var (issueId, workItemId) in await Correlator.FindIdsAsync(outside, linked, token).ConfigureAwait(false))
        {
            _outside[issueId] = workItemId;
        }

        otherEnds = [.. otherEnds, .. await ReadUnmarkedEndsAsync(otherEnds, token).ConfigureAwait(false)];
        return Planner.Plan(new PlanInput
        {
            Desired = desired,
            Types = await store.GetRelationTypesAsync(token).ConfigureAwait(false),
            Site = site,
            WorkItems = _standing.ToDictionary(pair => pair.Key, pair => pair.Value.WorkItem.Id)
                .Concat(_outside.Where(pair => !_standing.ContainsKey(pair.Key)))
                .ToDictionary(),
            ToCreate = toCreate,
            Standing = _standing.Values.Select(found => found.WorkItem).Concat(otherEnds).DistinctBy(item => item.Id).ToList(),
            Scope = scope.Select(replica => replica.Reference).ToList(),
            Readable = readable,
            Policy = policy,
        });
    }

    /// <summary>
    /// Looks for ends that were to be created and that this run did not create: other slices may have done it by now.
    /// </summary>
    /// <param name="changes">The changes whose ends are wanted.</param>
    /// <param name="token">Ends the wait.</param>
    public async Task FindEndsAsync(IEnumerable<RelationChange> changes, CancellationToken token)
    {
        var missing = changes
            .Where(change => change.IsWrite)
            .SelectMany(change => new[] { Resolve(change.Source), Resolve(change.Target) })
            .Where(end => end.WorkItemId is null)
            .Select(end => end.Issue!)
            .DistinctBy(issue => issue.Id)
            .ToList();
        var found = await Correlator.FindMarkedAsync(missing, token).ConfigureAwait(false);
        foreach (var issue in missing)
        {
            if (found[issue.Id].FirstOrDefault() is { } first)
            {
                Stand(issue, first);
            }
        }
    }

    /// <summary>Writes relations. Changes that write nothing are passed through.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="onConflict">What to do with a link that the service refuses for its topology.</param>
    /// <param name="token">Ends the work.</param>
    public async IAsyncEnumerable<RelationResult> ApplyRelationsAsync(
        IReadOnlyCollection<RelationChange> changes,
        LinkConflict onConflict,
        [EnumeratorCancellation] CancellationToken token)
    {
        var writes = new List<RelationChange>();
        foreach (var planned in changes)
        {
            var change = planned with { Source = Resolve(planned.Source), Target = Resolve(planned.Target) };
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

        var types = await store.GetRelationTypesAsync(token).ConfigureAwait(false);
        var applier = new RelationApplier(store, site, types, onConflict, _sought.ContainsKey, _sender, log);
        var done = 0;
        await foreach (var result in applier.ApplyAsync(writes, token).ConfigureAwait(false))
        {
            report(new SyncProgress("Writing relations", ++done, writes.Count));
            yield return result;
        }
    }

    /// <summary>
    /// Looks whether a plan still fits: everything that it touches must be as it was when the plan was made.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="SyncException"><c>PlanDrifted</c>, with the list of differences.</exception>
    public async Task CheckDriftAsync(SavedPlan plan, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var now = await store
            .ReadAsync(plan.Basis.Select(basis => basis.WorkItemId).ToList(), token)
            .ConfigureAwait(false);
        var toCreate = plan.WorkItems.Where(item => item.Action == ChangeAction.Create);
        await FindAsync(toCreate.Select(item => new IssueReference(item.IssueId, item.Key)), token).ConfigureAwait(false);
        var drift = plan.FindDrift(now.ToDictionary(item => item.Id), _standing);
        if (drift.Count > 0)
        {
            throw new SyncException(
                "PlanDrifted",
                $"Azure DevOps is no longer what the plan was made for, so nothing was written. Make a new plan. "
                + $"{drift.Count} differences: {string.Join(" ", drift.Take(20))}",
                drift);
        }
    }

    /// <summary>Tells the work items with our mark whose issue is gone, or is not among those selected.</summary>
    /// <param name="selected">The ids of the selected issues; null where any issue will do.</param>
    /// <param name="token">Ends the wait.</param>
    public async IAsyncEnumerable<Orphan> FindOrphansAsync(
        IReadOnlySet<long>? selected,
        [EnumeratorCancellation] CancellationToken token)
    {
        for (var last = 0; ;)
        {
            var ids = await store.ListHyperlinkHoldersAsync(last, isEverywhere: false, token).ConfigureAwait(false);
            if (ids.Count == 0)
            {
                yield break;
            }

            last = ids[^1];
            var items = await store.ReadAsync(ids, token).ConfigureAwait(false);
            var marked = (from item in items
                          from found in WorkItemMark.FindAll(item, site)
                          where selected is null || !selected.Contains(found.Mark.Issue.Id)
                          orderby item.Id
                          select (Item: item, found.Mark)).ToList();
            var there = await source
                .FindReadableAsync(marked.Select(one => one.Mark.Issue.Id).Distinct().ToList(), token)
                .ConfigureAwait(false);
            foreach (var (item, mark) in marked.Where(one => selected is not null || !there.Contains(one.Mark.Issue.Id)))
            {
                yield return new Orphan
                {
                    WorkItemId = item.Id,
                    WorkItemType = item.Type,
                    Title = item.Title,
                    Key = mark.Issue.Key,
                    IssueId = mark.Issue.Id,
                    Reason = there.Contains(mark.Issue.Id) ? "NotSelected" : "Gone",
                };
            }
        }
    }

    private async Task<IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>>> ReadHistoriesAsync(
        IEnumerable<DesiredWorkItem> desired,
        WorkItemPolicy policy,
        CancellationToken token)
    {
        var ids = desired
            .Where(one => WorkItemPlanner.NeedsHistory(one, _standing.GetValueOrDefault(one.Replica.IssueId), policy))
            .Select(one => _standing[one.Replica.IssueId].WorkItem.Id)
            .ToList();
        var histories = new ConcurrentDictionary<int, IReadOnlyList<WorkItemUpdate>>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = HistoriesAtOnce, CancellationToken = token };
        await Parallel
            .ForEachAsync(ids, options, async (id, stop) =>
            {
                histories[id] = await store.ReadHistoryAsync(id, stop).ConfigureAwait(false);
                report(new SyncProgress("Reading histories", histories.Count, ids.Count));
            })
            .ConfigureAwait(false);
        return histories;
    }

    /// <summary>Refuses areas and iterations that do not exist, unless they are to be made.</summary>
    private async Task CheckPathsAsync(IEnumerable<WorkItemChange> changes, WorkItemPolicy policy, CancellationToken token)
    {
        var missing = policy.CreatePaths ? [] : await FindMissingPathsAsync(changes, token).ConfigureAwait(false);
        if (missing.Count > 0)
        {
            var first = missing.Take(10).Select(one => $"'{one.Path}' ({one.Count} {(one.Count == 1 ? "issue" : "issues")})");
            throw new SyncException(
                "PathMissing",
                $"The project lacks {missing.Count} areas or iterations that -FieldMapping names: {string.Join(", ", first)}"
                + $"{(missing.Count > 10 ? " and more" : string.Empty)}. Create them, map to others, or give -CreatePaths.",
                missing.ConvertAll(one => one.Path));
        }
    }

    /// <summary>Makes the areas and iterations that changes name and that do not exist, parents first.</summary>
    private async Task CreatePathsAsync(IEnumerable<WorkItemChange> changes, CancellationToken token)
    {
        foreach (var (field, path, _) in await FindMissingPathsAsync(changes, token).ConfigureAwait(false))
        {
            await store.CreatePathAsync(field, path, token).ConfigureAwait(false);
        }
    }

    /// <summary>The areas and iterations that changes name and that do not exist, with those above them, parents first.</summary>
    private async Task<List<(WorkItemField Field, string Path, int Count)>> FindMissingPathsAsync(
        IEnumerable<WorkItemChange> changes,
        CancellationToken token)
    {
        var named = (from change in changes
                     from field in new[] { WorkItemField.AreaPath, WorkItemField.IterationPath }
                     where change.IsWrite && change.Fields.ContainsKey(field.ReferenceName)
                     select (Field: field, Path: (string)change.Fields[field.ReferenceName]!)).ToList();
        if (named.Count == 0)
        {
            return [];
        }

        var (areas, iterations) = await store.GetPathsAsync(token).ConfigureAwait(false);
        return named
            .SelectMany(one => Above(one.Path).Select(path => (one.Field, Path: path)))
            .Where(one => !(one.Field == WorkItemField.AreaPath ? areas : iterations).Contains(one.Path))
            .GroupBy(one => (one.Field, one.Path.ToUpperInvariant()), one => one.Path)
            .Select(group => (group.Key.Field, Path: group.First(), group.Count()))
            .OrderBy(one => one.Path.Count(letter => letter == '\\'))
            .ThenBy(one => one.Path, StringComparer.Ordinal)
            .ToList();

        static IEnumerable<string> Above(string path)
        {
            for (var end = path.IndexOf('\\', StringComparison.Ordinal); end > 0; end = path.IndexOf('\\', end + 1))
            {
                yield return path[..end];
            }

            yield return path;
        }
    }

    private async Task<IReadOnlyDictionary<long, (DesiredValues Text, WorkItemContent Content)>> PlanContentsAsync(
        IReadOnlyCollection<DesiredWorkItem> desired,
        Dictionary<string, WorkItemType> types,
        WorkItemPolicy policy,
        CancellationToken token)
    {
        if (Contents is null)
        {
            return new Dictionary<long, (DesiredValues Text, WorkItemContent Content)>();
        }

        var wanted = desired
            .Where(one => one.WorkItemType is not null && (policy.MayCreate || _standing.ContainsKey(one.Replica.IssueId)))
            .ToList();
        var toCreate = wanted.Where(one => !_standing.ContainsKey(one.Replica.IssueId)).Select(one => one.Replica.Key).ToHashSet();
        return await new ContentReader(Contents, site)
            .PlanAsync(wanted.ConvertAll(one => (one.Replica, TextFieldsOf(one))), _standing, toCreate, policy.Content, token)
            .ConfigureAwait(false);

        // A field that the user maps otherwise is no place for the description.
        IReadOnlyList<string> TextFieldsOf(DesiredWorkItem one) => ContentPlanner.TextFields
            .Where(field => types.GetValueOrDefault(one.WorkItemType!)?.Fields.ContainsKey(field) == true
                && !policy.Fields.IsGiven(field))
            .ToList();
    }

    /// <summary>Looks what became of creations, before relations are written on them.</summary>
    private async Task CheckAsync(IReadOnlyDictionary<IssueReference, Replica> created, CancellationToken token)
    {
        if (created.Count == 0)
        {
            return;
        }

        var check = await Correlator
            .CheckAsync(created.Keys.ToDictionary(issue => issue, issue => _standing[issue.Id]), _applier!.HasDrawn, token)
            .ConfigureAwait(false);
        foreach (var (issue, found) in check.Standing)
        {
            Stand(issue, found);
        }

        _ownTwins.AddRange(check.Twins.Select(twin => Leaving(twin, created[twin.Issue])));
        foreach (var issue in check.Unseen)
        {
            _unseen.Add(issue, created[issue]);
        }
    }

    private void Stand(IssueReference issue, FoundWorkItem found)
    {
        _standing[issue.Id] = found;
        cache.Set(new Correlation { IssueId = issue.Id, Key = issue.Key, WorkItemId = found.WorkItem.Id });
    }

    private static WorkItemChange Leaving(Twin twin, Replica replica) => new()
    {
        Action = ChangeAction.Remove,
        Replica = replica,
        WorkItemType = twin.Found.WorkItem.Type,
        Standing = twin.Found,
        Reason = "Twin",
        Detail = $"Another run made it too, and nobody has worked on it; {twin.StandsInstead} stands for {twin.Issue}.",
    };

    /// <summary>
    /// Moves twins to the recycle bin. Each is read again before it goes, and looked for afterwards: other runs may be
    /// at the same, and a request that names one that is gone moves none.
    /// </summary>
    private async Task<List<WorkItemResult>> RecycleAsync(IEnumerable<WorkItemChange> changes, CancellationToken token)
    {
        var results = new List<WorkItemResult>();
        var twins = changes.Where(change => change.Action == ChangeAction.Remove).ToList();
        var sent = new HashSet<int>();
        ServiceError? error = null;
        for (var attempt = 1; twins.Count > 0; attempt++)
        {
            var there = await Correlator
                .ReadTwinsAsync(twins.ConvertAll(twin => (twin.IssueId, twin.WorkItemId!.Value)), token)
                .ConfigureAwait(false);
            var rest = new List<WorkItemChange>();
            foreach (var twin in twins)
            {
                var id = twin.WorkItemId!.Value;
                if (!there.TryGetValue(id, out var isUntouched))
                {
                    if (sent.Contains(id))
                    {
                        log.Recycled(twin.Replica.Reference, twin.Standing!.WorkItem);
                    }

                    results.Add(WorkItemResult.Of(twin) with { IsApplied = sent.Contains(id) });
                }
                else if (!isUntouched)
                {
                    results.Add(WorkItemResult.Of(twin) with
                    {
                        Action = ChangeAction.Skip,
                        Detail = $"People have worked on {id} meanwhile, so it is left alone.",
                    });
                }
                else if (attempt > RecycleAttempts)
                {
                    error ??= new ServiceError(Failure.RequestFailed, $"Work item {id} did not go to the recycle bin.");
                    results.Add(WorkItemResult.Of(twin) with
                    {
                        Action = ChangeAction.Fail,
                        Reason = error.Kind.ToString(),
                        Error = error,
                    });
                }
                else
                {
                    rest.Add(twin);
                    sent.Add(id);
                }
            }

            twins = rest;
            error = await store.RecycleAsync(rest.ConvertAll(twin => twin.WorkItemId!.Value), token).ConfigureAwait(false);
        }

        return results;
    }

    /// <summary>
    /// Reads the other ends of relations that nothing desired speaks of, where they are outside the selection: a
    /// relation's mark may show there only, and a link is gone, not merely hidden, only if the issue there can be read.
    /// </summary>
    private async Task<(IReadOnlyList<IssueReference> Readable, IReadOnlyList<WorkItem> Items)> ReadOtherEndsAsync(
        IReadOnlyCollection<DesiredRelation> desired,
        IReadOnlyCollection<Replica> scope,
        CancellationToken token)
    {
        var links = desired.Select(one => one.Link.LinkId).ToHashSet();
        var known = _standing.Values.Select(found => found.WorkItem.Id).ToHashSet();
        var inScope = scope.Select(replica => replica.IssueId).ToHashSet();
        var ends = _standing.Values
            .SelectMany(found => found.WorkItem.Relations)
            .Where(relation => RelationMark.Parse(relation.Comment, site) is not { LinkId: { } linkId } || !links.Contains(linkId))
            .Select(relation => relation.TargetWorkItemId)
            .OfType<int>()
            .Where(id => !known.Contains(id))
            .Distinct()
            .ToList();
        var items = await store.ReadAsync(ends, token).ConfigureAwait(false);
        var marks = items
            .SelectMany(item => WorkItemMark.FindAll(item, site).Select(found => (found.Mark.Issue, item.Id)))
            .Where(one => !inScope.Contains(one.Issue.Id))
            .DistinctBy(one => one.Issue.Id)
            .ToList();
        var readable = await source
            .FindReadableAsync(marks.ConvertAll(one => one.Issue.Id), token)
            .ConfigureAwait(false);
        foreach (var (issue, workItemId) in marks)
        {
            _outside[issue.Id] = workItemId;
        }

        return (marks.Where(one => readable.Contains(one.Issue.Id)).Select(one => one.Issue).ToList(), items);
    }

    /// <summary>
    /// Reads ends outside the selection whose relations show no mark here: it may show at their end only, where a run that
    /// selected them wrote it.
    /// </summary>
    private async Task<IReadOnlyList<WorkItem>> ReadUnmarkedEndsAsync(IEnumerable<WorkItem> read, CancellationToken token)
    {
        var outside = _outside.Values
            .Except(read.Select(item => item.Id))
            .Except(_standing.Values.Select(found => found.WorkItem.Id))
            .ToHashSet();
        var unmarked = _standing.Values
            .SelectMany(found => found.WorkItem.Relations)
            .Where(relation => relation.TargetWorkItemId is { } target && outside.Contains(target))
            .Where(relation => RelationMark.Parse(relation.Comment, site) is null)
            .Select(relation => relation.TargetWorkItemId!.Value)
            .Distinct()
            .ToList();
        return await store.ReadAsync(unmarked, token).ConfigureAwait(false);
    }

    /// <summary>An end with the work item that was created for it since the plan was made.</summary>
    private RelationEnd Resolve(RelationEnd end) =>
        end.WorkItemId is null && end.Issue is not null && _standing.TryGetValue(end.Issue.Id, out var found)
            ? end with { WorkItemId = found.WorkItem.Id }
            : end;

    /// <summary>Finds work items in whole requests, of as many issues as have come while the last ones were sought.</summary>
    private async Task FindAsTheyComeAsync(ChannelReader<IssueReference> arrived, CancellationToken token)
    {
        // The items of those that the cache knows are read at once, the others are looked up first. Kept apart, both fill
        // their requests.
        var (known, unknown) = (new List<IssueReference>(), new List<IssueReference>());
        while (await arrived.WaitToReadAsync(token).ConfigureAwait(false))
        {
            while (arrived.TryRead(out var issue))
            {
                (cache.TryGet(issue.Id, out _) ? known : unknown).Add(issue);
            }

            await FindFullAsync(known).ConfigureAwait(false);
            await FindFullAsync(unknown).ConfigureAwait(false);
        }

        await FindAsync(known, token).ConfigureAwait(false);
        await FindAsync(unknown, token).ConfigureAwait(false);

        async Task FindFullAsync(List<IssueReference> waiting)
        {
            var full = waiting.Count / IWorkItemStore.BatchSize * IWorkItemStore.BatchSize;
            await FindAsync(waiting.GetRange(0, full), token).ConfigureAwait(false);
            waiting.RemoveRange(0, full);
        }
    }

    /// <summary>Finds and reads the work items of issues that were not sought before.</summary>
    private async Task FindAsync(IEnumerable<IssueReference> issues, CancellationToken token)
    {
        var unsought = issues.Where(issue => _sought.TryAdd(issue.Id, issue)).ToList();
        if (unsought.Count == 0)
        {
            return;
        }

        foreach (var (issueId, found) in await Correlator.FindAsync(unsought, token).ConfigureAwait(false))
        {
            _standing[issueId] = found;
        }
    }
}
