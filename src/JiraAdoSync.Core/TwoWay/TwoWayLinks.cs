using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Plans links of a run, with its parents, and completes the plans of its pairs by them: the links that are on both sides
/// belong to the base.
/// </summary>
/// <param name="context">What the phases of a run share.</param>
/// <param name="types">The organisation's relation types.</param>
/// <param name="inverse">Which link a relation becomes.</param>
/// <param name="histories">The histories that the plan needs.</param>
internal sealed class TwoWayLinks(
    TwoWayContext context, RelationTypes types, RelationInverse inverse, PlanHistories histories)
{
    private readonly Dictionary<long, PairPlan> _pairs = [];
    private readonly Dictionary<int, IssueReference> _beyond = [];
    private readonly List<IssueLinkResult> _unreadable = [];
    private Dictionary<int, IssueReference> _issueOf = [];

    /// <summary>The plan of links.</summary>
    public LinkPlan Plan { get; private set; } = null!;

    /// <summary>Why the links can't be made; null where they can.</summary>
    public SyncException? Refusal => inverse.RefusalOf(Plan.Unmapped, "RelationMapping");

    /// <summary>The pairs, with what parents and links mean for them.</summary>
    public IReadOnlyDictionary<long, PairPlan> Pairs => _pairs;

    /// <summary>The issues of work items that the run does not read and that its work items relate to.</summary>
    public IReadOnlyDictionary<int, IssueReference> Beyond => _beyond;

    /// <summary>What becomes of parents.</summary>
    public TwoWayParents Parents { get; private set; } = null!;

    /// <summary>Makes the plan.</summary>
    /// <param name="selection">What was read.</param>
    /// <param name="pairs">The plans of pairs.</param>
    /// <param name="creations">The issues to create.</param>
    /// <param name="desired">What Jira's links and parents are to become.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TwoWayLinks> PlanAsync(
        TwoWaySelection selection,
        IReadOnlyList<PairPlan> pairs,
        IReadOnlyList<PlannedIssue> creations,
        IReadOnlyCollection<DesiredRelation> desired,
        CancellationToken cancellationToken)
    {
        var known = context.Sync.Known;
        _issueOf = known.Existing
            .Where(one => known.Sought.ContainsKey(one.Key))
            .GroupBy(one => one.Value.WorkItem.Id)
            .ToDictionary(group => group.Key, group => known.Sought[group.Min(one => one.Key)]);
        var replicas = selection.Replicas.DistinctBy(issue => issue.IssueId).ToDictionary(issue => issue.IssueId);
        Parents = new TwoWayParents(context, types, _issueOf, histories);
        Parents.FindOurs(known.Existing.Values.Select(found => found.WorkItem));
        await ReadFarEndsAsync(pairs, selection, cancellationToken).ConfigureAwait(false);
        var toCreate = creations.ToDictionary(one => one.Item.Id);
        pairs = await Parents.DecideAsync(pairs, replicas, toCreate, cancellationToken).ConfigureAwait(false);
        foreach (var pair in pairs)
        {
            _pairs[pair.Pair.Issue.IssueId] = pair;
        }

        var input = new LinkPlanInput
        {
            Items = [.. pairs.Select(pair => pair.Pair.Item), .. creations.Select(one => one.Item)],
            IssueOf = _issueOf,
            ToCreate = toCreate.Keys.ToHashSet(),
            Issues = replicas,
            Desired = Parents.Among(desired, pairs),
            Types = types,
            Inverse = inverse,
            Site = context.Sync.Site,
            Base = pairs.ToDictionary(pair => pair.Pair.Issue.IssueId, pair => pair.Pair.Base.Links),
            ToJira = context.Policy.Direction.IncludesJira(),
            Prune = context.Policy.Prune,
        };
        Plan = LinkPlanner.Plan(input);
        var proof = new LinkProof(context, types, inverse, _issueOf, histories);
        var unproven = await proof.FindUnprovenAsync(Plan.Deleted, cancellationToken).ConfigureAwait(false);
        if (unproven.Count > 0)
        {
            input = input with
            {
                Base = input.Base.ToDictionary(
                    one => one.Key,
                    one => (IReadOnlyList<LinkBase>)one.Value.Where(link => !unproven.Contains(link)).ToList()),
            };
            Plan = LinkPlanner.Plan(input);
        }

        var removed = await proof.FindRemovedAsync(Plan.Missing, cancellationToken).ConfigureAwait(false);
        Plan = removed.Count == 0 ? Plan : LinkPlanner.Plan(input with { RemovedInAdo = removed });
        await LeaveOutUnreadableAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (id, pair) in _pairs.ToList())
        {
            _pairs[id] = pair with { Links = Plan.InStep.GetValueOrDefault(id, []) };
        }

        return this;
    }

    /// <summary>
    /// Takes note of links that have another relation than they should become, one that is there: it is the one of other
    /// links, too, or of people, and nothing else remembers that it is theirs.
    /// </summary>
    /// <param name="relations">What becomes of links.</param>
    public void FindShared(IEnumerable<RelationChange> relations)
    {
        foreach (var change in relations.Where(one => context.Policy.Direction.IncludesJira()
            && one is { Action: ChangeAction.Adopt or ChangeAction.Keep or ChangeAction.Merge, Relation: not null }
            && one.Desired is { Link.IsParent: false, Relation: not null } desired && desired.Relation != one.Relation))
        {
            var (one, relation) = (change.Desired!, change.Relation!.ReferenceName);
            if (!_pairs.TryGetValue(one.Source.Id, out var pair)
                || !pair.Pair.Item.Relations.Any(other =>
                    other.ReferenceName == relation && other.TargetWorkItemId == change.Target.WorkItemId)
                || pair.Links!.Any(link => IsOf(link) && link.Relation == relation))
            {
                continue;
            }

            var link = new LinkBase(one.Link.Type.Id, one.Source.Id, one.Target.Id, relation, Origin.Jira);
            _pairs[one.Source.Id] = pair with { Links = [.. pair.Links!.Where(other => !IsOf(other)), link] };
            Plan = Plan with { Agreed = [.. Plan.Agreed, link] };

            bool IsOf(LinkBase other) => other.Type == one.Link.Type.Id && other.Target == one.Target.Id;
        }
    }

    /// <summary>A change of a work item, with the base as links and parents leave it.</summary>
    /// <param name="change">The change.</param>
    public WorkItemChange WithBase(WorkItemChange change) =>
        change.IsWrite && change.Base.Count > 0 && _pairs.TryGetValue(change.IssueId, out var pair)
            ? change with { Base = pair.BaseAfter(BaseNeeds.Ado) }
            : change;

    /// <summary>The lines of links that stay on one side.</summary>
    public IReadOnlyList<IssueLinkResult> NoteLines() =>
    [
        .. Plan.Notes.Select(note => new IssueLinkResult
        {
            Action = ChangeAction.Skip,
            Source = note.Source.Key,
            Phrase = note.Phrase,
            Target = note.Target.Key,
            Reason = note.Reason,
            Detail = note.Detail,
        }),
        .. _unreadable,
    ];

    /// <summary>The line of a link that is to be removed.</summary>
    /// <param name="link">The link.</param>
    public static IssueLinkResult LineOf(IssueLink link) => new()
    {
        Action = ChangeAction.Remove,
        Source = link.Source.Key,
        Phrase = link.Phrase,
        Target = link.Target.Key,
        LinkId = link.LinkId,
        Reason = Reasons.LinkMissing,
        Detail = "Somebody removed the relation in Azure DevOps.",
    };

    /// <summary>The line of a link that is to be added.</summary>
    /// <param name="link">The link.</param>
    public IssueLinkResult LineOf(PlannedLink link) => new()
    {
        Action = ChangeAction.Create,
        Source = NameOf(link.Source),
        Phrase = link.Type.Outward,
        Target = NameOf(link.Target),
        Relation = types[link.Relation].Name,
    };

    private string NameOf(int workItem) => _issueOf.TryGetValue(workItem, out var issue)
        ? issue.Key
        : string.Create(CultureInfo.InvariantCulture, $"#{workItem}");

    /// <summary>
    /// Finds the issues of work items that items of this run relate to and that were not selected: by their marks, as
    /// far as these are genuine.
    /// </summary>
    private async Task ReadFarEndsAsync(
        IReadOnlyList<PairPlan> pairs, TwoWaySelection selection, CancellationToken cancellationToken)
    {
        if (!context.Policy.Direction.IncludesJira())
        {
            return;
        }

        foreach (var (item, issue) in selection.Unreadable)
        {
            _issueOf[item.Id] = _beyond[item.Id] = issue;
        }

        // A parent that a run gave and that Jira lacks may be one whose issue was deleted.
        var parents = pairs.Where(pair => pair.Pair.Issue.Parent is null)
            .Select(pair => ParentMerge.ParentOf(pair.Pair.Item)).OfType<Relation>();
        var far = pairs.Select(pair => pair.Pair.Item).Concat(selection.Unpaired)
            .SelectMany(item => item.Relations)
            .Where(relation => RelationMark.Of(relation, context.Sync.Site) is null)
            .Concat(parents)
            .Select(relation => relation.TargetWorkItemId)
            .OfType<int>()
            .Where(target => !_issueOf.ContainsKey(target))
            .Except(selection.Unpaired.Select(item => item.Id))
            .Distinct()
            .ToList();
        if (far.Count == 0)
        {
            return;
        }

        var read = await context.Sync.Authorship.ReadAsync(far, cancellationToken).ConfigureAwait(false);
        Parents.FindOurs(read);
        foreach (var item in read)
        {
            if (
                WorkItemMark
                    .FindAll(item, context.Sync.Site)
                    .Select(one => one.Mark.Issue)
                    .DistinctBy(issue => issue.Id)
                    .ToList()
                is [var issue])
            {
                _issueOf[item.Id] = _beyond[item.Id] = issue;
            }
        }
    }

    /// <summary>
    /// Leaves out the links of issues that the run did not read and that can't be read: these were deleted, or the account
    /// may not see them. Their relations stay.
    /// </summary>
    private async Task LeaveOutUnreadableAsync(CancellationToken cancellationToken)
    {
        var ends = Plan.Additions.SelectMany(Ends).Concat(Plan.AdoRemovals.SelectMany(EndsOf)).Distinct().ToList();
        var readable = await context.Sync.Source
            .FindReadableAsync(ends.ConvertAll(id => _beyond[id].Id), cancellationToken).ConfigureAwait(false);
        var unreadable = ends.Where(id => !readable.Contains(_beyond[id].Id)).ToHashSet();
        _unreadable.AddRange(Plan.Additions.Where(link => Ends(link).Any(unreadable.Contains)).Select(link => LineOf(link) with
        {
            Action = ChangeAction.Skip,
            Reason = Reasons.IssueMissing,
            Detail = $"{_beyond[Ends(link).First(unreadable.Contains)]} does not exist any more or can't be read. "
                + "The relation is left as it is.",
        }));
        Plan = Plan with
        {
            Additions = [.. Plan.Additions.Where(link => !Ends(link).Any(unreadable.Contains))],
            // Their links went with the issue.
            AdoRemovals = [.. Plan.AdoRemovals.Where(change => !EndsOf(change).Any(unreadable.Contains))],
        };

        IEnumerable<int> Ends(PlannedLink link) => ((int[])[link.Source, link.Target]).Where(_beyond.ContainsKey);

        IEnumerable<int> EndsOf(RelationChange change) =>
            new[] { change.Source.WorkItemId, change.Target.WorkItemId }.OfType<int>().Where(_beyond.ContainsKey);
    }
}
