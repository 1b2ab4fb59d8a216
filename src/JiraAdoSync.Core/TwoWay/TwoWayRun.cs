using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.Writing;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// A run that may write to both sides: read, plan, apply, settle. What goes to Azure DevOps is planned and written by what
/// one-way synchronisation has; this adds what goes to Jira.
/// <list type="number">
/// <item>The plan over both sides is complete before the first write.</item>
/// <item>Work items come first. What an issue's property says of a pair must be true when it is written: it tells what
/// went to the work item only where that was done.</item>
/// <item>Then new issues, and what they lack of their work items; then fields, parents and statuses; then, when all items
/// and issues exist, relations and links.</item>
/// <item>Last, the properties of issues whose links or parents were written by another request.</item>
/// </list>
/// </summary>
/// <param name="synchronizer">What reads and writes work items.</param>
/// <param name="issues">The issues.</param>
/// <param name="source">What else is asked of Jira.</param>
/// <param name="policy">What the user chose for both sides.</param>
/// <param name="workItems">What the user chose for work items.</param>
/// <param name="organization">The address of the organisation, as registers have it.</param>
/// <param name="warn">Takes a sentence for people.</param>
public sealed class TwoWayRun(
    Synchronizer synchronizer,
    IIssueStore issues,
    IIssueSource source,
    TwoWayPolicy policy,
    WorkItemPolicy workItems,
    string organization,
    Action<string> warn)
{
    private readonly TwoWayPairing _pairing = new(synchronizer, issues, source, organization, warn);
    private readonly Dictionary<long, IssueRegister> _registers = [];
    private readonly Dictionary<int, IssueReference> _created = [];
    private readonly IssueLog _log = new(synchronizer.Log);
    private readonly List<PairPlan> _createdPairs = [];
    private IReadOnlyList<Replica> _scope = [];

    private string Project => synchronizer.Store.Project;

    private TwoWayContents Contents =>
        field ??= new(synchronizer, issues, _log, policy, workItems.Content, organization);

    /// <summary>Whether those who watch issues are notified.</summary>
    public bool Notify { get; init; }

    /// <summary>Values for the screens of transitions, by field.</summary>
    public IReadOnlyDictionary<string, object?> TransitionFields { get; init; } = new Dictionary<string, object?>();

    /// <summary>Refuses a run that may write to Jira on a connection that may not, before anything is read.</summary>
    /// <param name="issues">The issues.</param>
    /// <exception cref="SyncException"><c>JiraIsReadOnly</c>.</exception>
    public static void RequireWrites(IIssueStore issues)
    {
        ArgumentNullException.ThrowIfNull(issues);
        if (!issues.AllowsWrites)
        {
            throw new SyncException(
                "JiraIsReadOnly",
                "This run may write to Jira, and the connection to it only reads. Connect with Connect-JiraSite -AllowWrite, or "
                + "leave -Direction out.");
        }
    }

    /// <summary>Makes the plan. Nothing is written.</summary>
    /// <param name="selected">The issues that were selected, with their property.</param>
    /// <param name="workItemIds">The ids of the work items that were selected.</param>
    /// <param name="detail">What to read of issues.</param>
    /// <param name="convert">Makes of issues the relations that work items should have.</param>
    /// <param name="mapping">Which relation a link becomes.</param>
    /// <param name="relations">What the user chose for relations.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TwoWayPlan> PlanAsync(
        IReadOnlyList<Replica> selected,
        IReadOnlyCollection<int> workItemIds,
        IssueDetail detail,
        Func<IReadOnlyList<Replica>, IReadOnlyCollection<DesiredRelation>> convert,
        LinkTypeMapping mapping,
        RelationPolicy relations,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(convert);
        ArgumentNullException.ThrowIfNull(detail);
        var selection = await new TwoWayReader(synchronizer, issues)
            .ReadAsync(selected, workItemIds, detail with { Property = true }, cancellationToken).ConfigureAwait(false);
        selection = selection with { Replicas = selection.Replicas.Select(Contents.WithoutCopies).ToList() };
        _scope = selection.Replicas;
        var pairs = new List<PairPlan>();
        var changes = await synchronizer.PlanWorkItemsAsync(
            selection.Replicas, workItems, (input, stop) => DecideAsync(input, pairs, isCreated: false, stop), cancellationToken)
            .ConfigureAwait(false);
        var (discussed, contents) = await Contents.PlanAsync(pairs, isCreated: false, cancellationToken).ConfigureAwait(false);
        var creations = await PlanCreationsAsync(selection, cancellationToken).ConfigureAwait(false);
        var types = await synchronizer.Store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false);
        var linkTypes = await NeedsLinkTypesAsync(selection, cancellationToken).ConfigureAwait(false);
        var planner = new TwoWayLinks(synchronizer, issues, policy, types, new RelationInverse(mapping, policy.Relations, types, linkTypes));
        var links = await planner.PlanAsync(
            selection, discussed, creations, convert(selection.Replicas), cancellationToken).ConfigureAwait(false);
        var toCreate = changes.Where(change => change.Action == ChangeAction.Create).Select(change => change.IssueId)
            .ToHashSet();
        var relationPlan = await synchronizer.PlanRelationsAsync(
            links.Plan.Desired,
            selection.Replicas,
            toCreate,
            // Where both sides have a parent, the merge has decided which one counts.
            relations with { ParentConflict = ParentConflict.Replace },
            cancellationToken).ConfigureAwait(false);
        relationPlan = relationPlan with
        {
            Changes = [.. relationPlan.Changes, .. links.Plan.AdoRemovals, .. links.ParentRemovals],
        };
        var plan = new TwoWayPlan
        {
            WorkItems = changes.Select(change => links.WithBase(change)).ToList(),
            Relations = relationPlan,
            Issues =
            [
                .. creations.Select(Line),
                .. links.Pairs.Values.Select(pair => Line(pair, links)).OfType<IssueResult>(),
                .. contents.Select(copy => copy.Line()),
            ],
            Links = links.Lines(),
            Fields = [.. links.Pairs.Values.SelectMany(pair => pair.Results)],
            Replicas = selection.Replicas,
            Pairs = links.Pairs,
            Parents = links.Parents,
            Creations = creations,
            Contents = contents,
            LinkPlan = links.Plan,
            LinkLines = links.Plan.Additions.ToDictionary(link => link, links.Line),
        };
        plan = plan with { Refusal = TwoWayRefusal.Of(plan, policy, selection) };
        Report(selection);
        await CheckPermissionsAsync(plan, cancellationToken).ConfigureAwait(false);
        return plan;
    }

    /// <summary>Writes issues: those that are new, and what changes of those that exist.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="written">The issues whose work items were written as planned.</param>
    /// <param name="isWanted">Whether nobody objected to a line of the plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<IssueResult>> ApplyIssuesAsync(
        TwoWayPlan plan,
        IReadOnlySet<long> written,
        Predicate<IssueResult> isWanted,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(isWanted);
        var results = new List<IssueResult>();
        var creations = plan.Creations.Where(one => isWanted(Line(one))).ToList();
        results.AddRange(await CreateAsync(creations, cancellationToken).ConfigureAwait(false));
        var pairs = plan.Pairs.Values
            .Where(pair => Line(pair, plan.Parents) is { } line && isWanted(line))
            // What should have gone to the work item did not: the pair is planned again by the next run.
            .Where(pair => !pair.WorkItem.IsWrite || written.Contains(pair.Pair.Issue.IssueId))
            .ToList();
        results.AddRange(await WriteAsync(pairs, plan.Parents, cancellationToken).ConfigureAwait(false));
        results.AddRange(await CompleteCreatedAsync(cancellationToken).ConfigureAwait(false));
        return results;
    }

    /// <summary>Adds and removes issue links, and has the issues remember what is on both sides.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="isWanted">Whether nobody objected to a line of the plan.</param>
    /// <param name="parented">The issues whose work items got the parent that the plan has.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<IssueLinkResult>> ApplyLinksAsync(
        TwoWayPlan plan,
        Predicate<IssueLinkResult> isWanted,
        IReadOnlySet<long> parented,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(isWanted);
        ArgumentNullException.ThrowIfNull(parented);
        if (plan.LinkPlan is not { } links)
        {
            return [];
        }

        var writer = new LinkWriter(issues, _log);
        var byWorkItem = IssuesByWorkItem(plan);
        var additions = links.Additions
            .Select(link => (
                Link: link,
                Source: byWorkItem.GetValueOrDefault(link.Source),
                Target: byWorkItem.GetValueOrDefault(link.Target)))
            .Where(one => one.Source is not null && one.Target is not null)
            .Select(one => (one.Link, Addition: new LinkAddition(one.Link.Type, one.Source!, one.Target!)))
            .Where(one => isWanted(plan.LinkLines[one.Link]))
            .ToList();
        var added = await writer.AddAsync(additions.ConvertAll(one => one.Addition), cancellationToken).ConfigureAwait(false);
        var removals = links.Removals.Where(link => isWanted(TwoWayLinks.Line(link))).ToList();
        var removed = await writer.RemoveAsync(removals, cancellationToken).ConfigureAwait(false);
        var done = additions.Zip(added)
            .Where(one => one.Second.IsApplied)
            .Select(one => new LinkBase(
                one.First.Link.Type.Id, one.First.Addition.Source.Id, one.First.Addition.Target.Id, one.First.Link.Relation,
                Origin.AzureDevOps))
            .ToLookup(link => link.Source);
        await RememberAsync(plan, done, parented, cancellationToken).ConfigureAwait(false);
        return [.. added, .. removed];
    }

    /// <summary>Copies to issues what goes there beside fields, and has the issues remember it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="isWanted">Whether nobody objected to a line of the plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<IssueResult>> ApplyContentsAsync(
        TwoWayPlan plan, Predicate<IssueResult> isWanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(isWanted);
        var created = (await Contents.PlanAsync(_createdPairs, isCreated: true, cancellationToken).ConfigureAwait(false)).Copies;
        var copies = plan.Contents.Where(copy => copy.IsWrite && isWanted(copy.Line())).Concat(created).ToList();
        if (copies.Count == 0)
        {
            return [];
        }

        var written = await Contents.ApplyAsync(copies, Notify, cancellationToken).ConfigureAwait(false);
        var properties = new Dictionary<long, string>();
        foreach (var (copy, result, comments) in written)
        {
            var id = copy.Pair.Pair.Issue.IssueId;
            var register = _registers.GetValueOrDefault(id)
                ?? RegisterOf(plan.Pairs.GetValueOrDefault(id) ?? copy.Pair, BaseNeeds.Ado | BaseNeeds.Relation);
            _registers[id] = Contents.Remember(register, copy, comments, result.IsApplied);
            properties[id] = _registers[id].ToJson();
        }

        await WritePropertiesAsync(properties, cancellationToken).ConfigureAwait(false);
        return written.Select(one => one.Result).ToList();
    }

    /// <summary>The plan of pairs in place of that of one-way synchronisation; items that have no partner yet are left to it.</summary>
    private async Task<IReadOnlyList<WorkItemChange>> DecideAsync(
        WorkItemPlanInput input, List<PairPlan> pairs, bool isCreated, CancellationToken cancellationToken)
    {
        // What was created from its work item has nothing to say to it yet.
        var chosen = !isCreated ? policy : policy with { Merge = policy.Merge with { Baseline = Side.AzureDevOps } };
        var plans = await _pairing.PlanAsync(input, chosen, isCreated, cancellationToken).ConfigureAwait(false);
        var paired = plans.ToDictionary(pair => pair.Pair.Issue.IssueId);
        // An item that somebody changed during the run is planned again.
        pairs.RemoveAll(pair => paired.ContainsKey(pair.Pair.Issue.IssueId));
        pairs.AddRange(plans);
        var others = input.Desired.Where(one => !paired.ContainsKey(one.Replica.IssueId)).ToList();
        var desired = others.DistinctBy(one => one.Replica.IssueId).ToDictionary(one => one.Replica.IssueId);
        var single = WorkItemPlanner.Plan(input with { Desired = others });
        return single
            .Select(change => change.Action != ChangeAction.Create ? change
                : !policy.Direction.IncludesAdo()
                    ? change with { Action = ChangeAction.Skip, Reason = "Direction", Detail = "It has no work item, and none is made." }
                : IsOrphan(change.Replica) ? change with
                {
                    Action = ChangeAction.Skip,
                    Reason = "WorkItemGone",
                    Detail = "Its work item is gone or can't be read. The issue is left as it is, and gets no other one.",
                }
                : _pairing.BaseOf(change, desired[change.IssueId], input, policy))
            .Concat(plans.Select(pair => pair.WorkItem))
            .OrderBy(change => change.IssueId)
            .ToList();
    }

    /// <summary>Whether an issue says that it has a work item of this project, and none carries its mark.</summary>
    private bool IsOrphan(Replica issue) => IssueRegister.Parse(issue.Property) is { } register
        && register.Project.Equals(Project, StringComparison.OrdinalIgnoreCase)
        && register.Organization.TrimEnd('/').Equals(organization.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    private async Task<List<PlannedIssue>> PlanCreationsAsync(TwoWaySelection selection, CancellationToken cancellationToken)
    {
        if (policy.JiraProject is not { } project || !policy.MayCreate || !policy.Direction.IncludesJira()
            || selection.Unpaired.Count == 0)
        {
            return [];
        }

        return await new TwoWayCreations(synchronizer, issues, _pairing, policy, workItems)
            .PlanAsync(selection, project, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The site's link types, where some relation may become a link.</summary>
    private async Task<IReadOnlyList<LinkType>> NeedsLinkTypesAsync(TwoWaySelection selection, CancellationToken cancellationToken)
    {
        var isNeeded = policy.Relations.Count > 0 || selection.Unpaired.Concat(
                synchronizer.Known.Standing.Values.Select(found => found.WorkItem))
            .SelectMany(item => item.Relations)
            .Any(relation => relation.TargetWorkItemId is not null
                && RelationMark.Of(relation, synchronizer.Site) is null
                && relation.ReferenceName is not (RelationTypes.HierarchyReverse or "System.LinkTypes.Hierarchy-Forward"));
        return isNeeded
            ? await issues.GetLinkTypesAsync(cancellationToken).ConfigureAwait(false)
            : selection.Replicas.SelectMany(issue => issue.Links).Select(link => link.Type).Distinct().ToList();
    }

    private async Task<IReadOnlyList<IssueResult>> CreateAsync(
        List<PlannedIssue> planned, CancellationToken cancellationToken)
    {
        if (planned.Count == 0)
        {
            return [];
        }

        var creations = planned.Select(one =>
        {
            var nonce = WorkItemMark.NewNonce(synchronizer.Store.ProjectId);
            return new IssueCreation
            {
                Item = one.Item,
                Write = new IssueWrite { Project = policy.JiraProject, Type = one.Type, Fields = one.Fields },
                Parent = one.Parent,
                ParentWorkItemId = one.ParentWorkItemId,
                Register = new IssueRegister
                {
                    Nonce = nonce, Organization = organization, Project = Project, WorkItem = one.Item.Id, Counter = 1,
                },
                Mark = issue => new WorkItemWrite
                {
                    WorkItemId = one.Item.Id,
                    Before = one.Item,
                    ExpectedRev = one.Item.Rev,
                    AddRelations =
                    [
                        new WorkItemMark
                        {
                            Issue = issue,
                            Nonce = nonce,
                            Rev = one.Item.Rev + 1,
                            FieldsDigest = "00000000",
                            TextDigest = TextDigests.None.ToString(),
                        }.ToRelation(synchronizer.Site),
                    ],
                },
            };
        }).ToList();
        var results = await new IssueCreator(
            issues, synchronizer.Store, synchronizer.Sender, synchronizer.Time, _log, organization)
            .ApplyAsync(creations, cancellationToken).ConfigureAwait(false);
        foreach (var result in results.Where(one => one is { IsApplied: true, IssueId: not null, Key: not null }))
        {
            var issue = new IssueReference(result.IssueId!.Value, result.Key!);
            _created[result.WorkItemId] = issue;
            synchronizer.Cache.Set(new Correlation { IssueId = issue.Id, Key = issue.Key, WorkItemId = result.WorkItemId });
        }

        return results;
    }

    /// <summary>Gives new issues what they lack of their work items, such as the status, and new pairs their base.</summary>
    private async Task<IReadOnlyList<IssueResult>> CompleteCreatedAsync(CancellationToken cancellationToken)
    {
        if (_created.Count == 0)
        {
            return [];
        }

        var detail = workItems.Fields.Detail with { Description = true, Property = true };
        var replicas = new List<Replica>();
        var names = _created.Values.Select(issue => issue.Id.ToString(CultureInfo.InvariantCulture));
        await foreach (var replica in issues.ReadAsync(names, detail, cancellationToken).ConfigureAwait(false))
        {
            replicas.Add(replica);
        }

        var pairs = new List<PairPlan>();
        var changes = await synchronizer.PlanWorkItemsAsync(
            replicas, workItems with { MayCreate = false },
            (input, stop) => DecideAsync(input, pairs, isCreated: true, stop), cancellationToken).ConfigureAwait(false);
        var marked = new HashSet<long>();
        await foreach (var result in synchronizer.ApplyWorkItemsAsync(
            changes.Where(change => change.Action == ChangeAction.Update).ToList(), [], cancellationToken).ConfigureAwait(false))
        {
            if (result is { IsApplied: true, Error: null })
            {
                marked.Add(result.IssueId);
            }
        }

        _createdPairs.AddRange(pairs);
        return await WriteAsync(
            pairs.Where(pair => marked.Contains(pair.Pair.Issue.IssueId)).ToList(), new Dictionary<long, PlannedParent>(),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes fields and parents, then statuses.</summary>
    private async Task<List<IssueResult>> WriteAsync(
        IReadOnlyList<PairPlan> pairs,
        IReadOnlyDictionary<long, PlannedParent> parents,
        CancellationToken cancellationToken)
    {
        var results = new List<IssueResult>();
        var updates = pairs
            .Where(pair => pair.ToJira.Count > 0 || parents.ContainsKey(pair.Pair.Issue.IssueId))
            .Select(pair => (Pair: pair, Parent: ParentOf(pair, parents)))
            .Where(one => one.Pair.ToJira.Count > 0 || one.Parent is not null)
            .Select(one => (one.Pair, Update: new IssueUpdate
            {
                Before = one.Pair.Pair.Issue,
                WorkItemId = one.Pair.Pair.Item.Id,
                Fields = one.Pair.ToJira,
                Parent = one.Parent,
                Register = RegisterOf(one.Pair, BaseNeeds.Ado | BaseNeeds.Jira),
            }))
            .ToList();
        var written = await new IssueUpdater(issues, _log)
            .ApplyAsync(updates.ConvertAll(one => one.Update), Notify, cancellationToken).ConfigureAwait(false);
        var failed = new HashSet<long>();
        foreach (var ((pair, update), result) in updates.Zip(written))
        {
            results.Add(result);
            if (result.IsApplied)
            {
                _registers[pair.Pair.Issue.IssueId] = update.Register;
            }
            else
            {
                failed.Add(pair.Pair.Issue.IssueId);
            }
        }

        var walks = pairs.Where(pair => pair.Target is not null && !failed.Contains(pair.Pair.Issue.IssueId)).ToList();
        results.AddRange(await WalkAsync(walks, cancellationToken).ConfigureAwait(false));
        return results;
    }

    private async Task<IReadOnlyList<IssueResult>> WalkAsync(
        List<PairPlan> pairs, CancellationToken cancellationToken)
    {
        if (pairs.Count == 0)
        {
            return [];
        }

        var walks = pairs.Select(pair =>
        {
            var under = _registers.GetValueOrDefault(pair.Pair.Issue.IssueId) ?? RegisterOf(pair, BaseNeeds.Ado);
            return new IssueWalk
            {
                Before = pair.Pair.Issue,
                WorkItemId = pair.Pair.Item.Id,
                Target = pair.Target!,
                ScreenFields = TransitionFields,
                Under = under,
                Register = RegisterOf(pair, BaseNeeds.Ado | BaseNeeds.Walk
                    | (_registers.ContainsKey(pair.Pair.Issue.IssueId) ? BaseNeeds.Jira : BaseNeeds.Nothing)),
            };
        }).ToList();
        var results = await new IssueWalker(issues, _log)
            .ApplyAsync(walks, _scope, cancellationToken).ConfigureAwait(false);
        foreach (var (walk, result) in walks.Zip(results))
        {
            if (result.IsApplied)
            {
                _registers[walk.Before.IssueId] = walk.Register;
            }
        }

        return results;
    }

    /// <summary>The register of a pair after some writes: its links are those that are on both sides now.</summary>
    private IssueRegister RegisterOf(PairPlan pair, BaseNeeds done) =>
        pair.RegisterAfter(done, pair.Pair.Found.Mark?.Nonce ?? pair.WorkItem.Nonce!, organization, Project);

    private ParentWrite? ParentOf(PairPlan pair, IReadOnlyDictionary<long, PlannedParent> parents)
    {
        if (!parents.TryGetValue(pair.Pair.Issue.IssueId, out var parent))
        {
            return null;
        }

        var isSubtask = pair.Pair.Issue.Type.IsSubtask;
        return parent.WorkItemId is not { } item ? new ParentWrite(parent.Issue, isSubtask)
            : _created.TryGetValue(item, out var created) ? new ParentWrite(created, isSubtask)
            : null;
    }

    /// <summary>Writes the properties of issues whose links or parents were written without them, many at once.</summary>
    private async Task RememberAsync(
        TwoWayPlan plan,
        ILookup<long, LinkBase> added,
        IReadOnlySet<long> parented,
        CancellationToken cancellationToken)
    {
        var properties = new Dictionary<long, string>();
        foreach (var id in added.Select(group => group.Key).Concat(parented).Distinct())
        {
            var pair = plan.Pairs.GetValueOrDefault(id);
            var register = _registers.GetValueOrDefault(id)
                ?? (pair is null ? null : RegisterOf(pair, BaseNeeds.Ado | BaseNeeds.Relation));
            if (register is null)
            {
                continue;
            }

            if (pair is not null && parented.Contains(id)
                && pair.Base.FirstOrDefault(one => one.Field == ParentMerge.Field) is { } parent)
            {
                register = register with
                {
                    Fields = new Dictionary<string, FieldBase>(register.Fields, StringComparer.OrdinalIgnoreCase)
                    {
                        [parent.Field] = parent.After with { Counter = Math.Min(parent.After.Counter, register.Counter) },
                    },
                };
            }

            _registers[id] = register with { Links = [.. register.Links, .. added[id]] };
            properties[id] = _registers[id].ToJson();
        }

        await WritePropertiesAsync(properties, cancellationToken).ConfigureAwait(false);
    }

    private async Task WritePropertiesAsync(Dictionary<long, string> properties, CancellationToken cancellationToken)
    {
        if (properties.Count == 0)
        {
            return;
        }

        var errors = await issues.WritePropertiesAsync(properties, cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
        {
            warn($"{errors.Count} issues could not record what is on both sides, the first because: {errors.First().Value.Message} "
                + "A link of them that is removed on one side may be made again there.");
        }
    }

    /// <summary>The issues of work items: those of this run's pairs and creations come before what was found.</summary>
    private Dictionary<int, IssueReference> IssuesByWorkItem(TwoWayPlan plan)
    {
        var byWorkItem = new Dictionary<int, IssueReference>();
        foreach (var (issueId, found) in synchronizer.Known.Standing)
        {
            if (synchronizer.Known.Sought.TryGetValue(issueId, out var issue))
            {
                byWorkItem.TryAdd(found.WorkItem.Id, issue);
            }
        }

        foreach (var pair in plan.Pairs.Values.Reverse())
        {
            byWorkItem[pair.Pair.Item.Id] = pair.Pair.Issue.Reference;
        }

        foreach (var (workItem, issue) in _created)
        {
            byWorkItem[workItem] = issue;
        }

        return byWorkItem;
    }

    private void Report(TwoWaySelection selection)
    {
        if (selection.Gone.Count > 0)
        {
            warn($"IssueGone: the issues of {selection.Gone.Count} work items do not exist any more or can't be read, "
                + $"{selection.Gone[0].Issue} of work item {selection.Gone[0].Item.Id} for one. The work items are left as they are.");
        }
    }

    /// <summary>Names the permissions that the account lacks for what the plan has, before anything is written.</summary>
    private async Task CheckPermissionsAsync(TwoWayPlan plan, CancellationToken cancellationToken)
    {
        var needed = plan.Creations.Count > 0
            ? new List<(string Project, string Permission)> { (policy.JiraProject!, JiraPermissions.Create) }
            : [];
        foreach (var pair in plan.Pairs.Values)
        {
            var project = TwoWayPairing.ProjectOf(pair.Pair.Issue);
            needed.AddRange(pair.ToJira.Count > 0 || plan.Parents.ContainsKey(pair.Pair.Issue.IssueId)
                ? [(project, JiraPermissions.Edit)] : []);
            needed.AddRange(pair.Target is not null ? [(project, JiraPermissions.Transition)] : []);
            needed.AddRange(pair.ToJira.ContainsKey("assignee") ? [(project, JiraPermissions.Assign)] : []);
        }

        foreach (var copy in plan.Contents.Where(copy => copy.IsWrite))
        {
            var project = TwoWayPairing.ProjectOf(copy.Pair.Pair.Issue);
            needed.AddRange(copy.Permissions.Append(JiraPermissions.Edit).Select(permission => (project, permission)));
        }

        var byWorkItem = IssuesByWorkItem(plan);
        needed.AddRange((plan.LinkPlan?.Additions ?? [])
            .Select(link => byWorkItem.GetValueOrDefault(link.Source)?.Key ?? $"{policy.JiraProject}-")
            .Select(key => (key[..key.LastIndexOf('-')], JiraPermissions.Link)));
        foreach (var group in needed.Distinct().GroupBy(one => one.Project, one => one.Permission))
        {
            var has = await issues.ReadPermissionsAsync(group.Key, group.ToList(), cancellationToken).ConfigureAwait(false);
            var missing = group.Where(permission => !has.Contains(permission)).ToList();
            if (missing.Count > 0)
            {
                throw new SyncException(
                    nameof(Failure.AccessDenied),
                    $"The account lacks permissions in the project {group.Key} of Jira, so nothing was written: "
                    + $"{string.Join(", ", missing)}.",
                    missing);
            }
        }
    }

    private static IssueResult Line(PlannedIssue planned) => new()
    {
        Action = ChangeAction.Create,
        WorkItemId = planned.Item.Id,
        IssueType = planned.Type.Name,
        Summary = planned.Item.Title,
        Fields = [.. planned.Fields.Keys],
        Detail = planned.LeftOut.Count == 0 ? null : string.Join(" ", planned.LeftOut),
    };

    private static IssueResult? Line(PairPlan pair, TwoWayLinks links) => Line(pair, links.Parents);

    /// <summary>What is to be done with an issue; null where nothing is.</summary>
    private static IssueResult? Line(PairPlan pair, IReadOnlyDictionary<long, PlannedParent> parents)
    {
        var issue = pair.Pair.Issue;
        string[] fields =
        [
            .. pair.ToJira.Keys, .. parents.ContainsKey(issue.IssueId) ? ["parent"] : Array.Empty<string>(),
            .. pair.Target is null ? Array.Empty<string>() : ["status"],
        ];
        return fields.Length == 0 ? null : IssueResult.Of(issue, pair.Pair.Item.Id, fields);
    }
}
