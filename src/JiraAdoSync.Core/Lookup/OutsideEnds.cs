using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Lookup;

/// <summary>
/// The ends of relations that are outside the selection: which work items they are, and what exists there.
/// </summary>
/// <param name="store">The work items.</param>
/// <param name="source">The issues.</param>
/// <param name="site">The issues' site.</param>
/// <param name="known">The work items of the selection.</param>
/// <param name="authorship">Says which marks are ours.</param>
internal sealed class OutsideEnds(
    IWorkItemStore store,
    IIssueSource source,
    JiraSite site,
    KnownWorkItems known,
    Authorship authorship)
{
    private readonly Dictionary<long, int> _found = [];
    private readonly Dictionary<long, List<HyperlinkOwner>> _owners = [];

    /// <summary>The work items of issues outside the selection, by issue id.</summary>
    public IReadOnlyDictionary<long, int> Found => _found;

    /// <summary>Whether a work item holds the mark of an issue that was looked up.</summary>
    /// <param name="issueId">The issue.</param>
    public bool IsMarked(long issueId) => _owners.GetValueOrDefault(issueId) is { Count: > 0 };

    /// <summary>
    /// Looks up which work items hold the marks of issues outside the selection, before those of all others are known.
    /// </summary>
    /// <param name="issues">The issues.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task LookUpAsync(IReadOnlyCollection<IssueReference> issues, CancellationToken cancellationToken)
    {
        foreach (var (issueId, owners) in await known.Correlator.LookUpAsync(issues, cancellationToken)
            .ConfigureAwait(false))
        {
            _owners[issueId] = owners;
        }
    }

    /// <summary>
    /// Finds the work items of issues outside the selection. One is not read where every relation that is desired of
    /// its issue exists: then nothing is written to it, whoever marked it.
    /// </summary>
    /// <param name="issues">The issues.</param>
    /// <param name="desired">The relations that are desired.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task FindAsync(
        IReadOnlyCollection<IssueReference> issues,
        IReadOnlyCollection<DesiredRelation> desired,
        CancellationToken cancellationToken)
    {
        if (issues.Count == 0)
        {
            return;
        }

        await LookUpAsync(issues.Where(issue => !_owners.ContainsKey(issue.Id)).ToList(), cancellationToken)
            .ConfigureAwait(false);
        var existing = known.Existing.Values
            .SelectMany(found => found.WorkItem.Relations)
            .Where(relation => relation.TargetWorkItemId is not null)
            .Select(relation => (relation.WorkItemId, relation.TargetWorkItemId!.Value, relation.ReferenceName))
            .ToHashSet();
        var open = desired.Where(one => one.Relation is not null && !IsIn(existing, one))
            .SelectMany(one => new[] { one.Source.Id, one.Target.Id })
            .ToHashSet();
        var linked = existing.Select(relation => relation.Value).ToHashSet();
        foreach (var (issueId, workItemId) in await known.Correlator
            .FindIdsAsync(
                issues, _owners, (issueId, workItemId) => !open.Contains(issueId) && linked.Contains(workItemId),
                cancellationToken)
            .ConfigureAwait(false))
        {
            _found[issueId] = workItemId;
        }
    }

    /// <summary>Whether a desired relation exists between work items that are known, or may be the ones.</summary>
    private bool IsIn(HashSet<(int Item, int Value, string Type)> existing, DesiredRelation one) =>
        ItemOf(one.Source) is { } source && ItemOf(one.Target) is { } target
        && (existing.Contains((source, target, one.Relation!.ReferenceName))
            || existing.Contains((target, source, one.Relation.OppositeReferenceName)));

    private int? ItemOf(IssueReference issue) =>
        known.Existing.TryGetValue(issue.Id, out var found) ? found.WorkItem.Id
        : _owners.TryGetValue(issue.Id, out var owners) && owners is [{ IsHere: not null } only] ? only.WorkItemId
        : null;

    /// <summary>
    /// Reads the other ends of relations that nothing desired speaks of, where they are outside the selection: a
    /// relation's mark may show there only, and a link no longer exists, rather than being hidden, only if the issue
    /// there can be read.
    /// </summary>
    public async Task<(IReadOnlyList<IssueReference> Readable, IReadOnlyList<WorkItem> Items)> ReadUndesiredAsync(
        IReadOnlyCollection<DesiredRelation> desired,
        IReadOnlyCollection<Replica> scope,
        CancellationToken cancellationToken)
    {
        var links = desired.Select(one => one.Link.LinkId).ToHashSet();
        var selected = known.Existing.Values.Select(found => found.WorkItem.Id).ToHashSet();
        var inScope = scope.Select(replica => replica.IssueId).ToHashSet();
        var ends = known.Existing.Values
            .SelectMany(found => found.WorkItem.Relations)
            .Where(relation =>
                RelationMark.Of(relation, site) is not { LinkId: { } linkId } || !links.Contains(linkId))
            .Select(relation => relation.TargetWorkItemId)
            .OfType<int>()
            .Where(id => !selected.Contains(id))
            .Distinct()
            .ToList();
        var items = await authorship.ReadAsync(ends, cancellationToken).ConfigureAwait(false);
        var marks = items
            .Select(item => (Item: item, Marks: WorkItemMark.FindAll(item, site).ToList()))
            .Where(one => one.Marks.Select(found => found.Mark.Issue.Id).Distinct().Count() == 1)
            .Select(one => (one.Marks[0].Mark.Issue, one.Item.Id))
            .Where(one => !inScope.Contains(one.Issue.Id))
            .DistinctBy(one => one.Issue.Id)
            .ToList();
        var readable = await source
            .FindReadableAsync(marks.ConvertAll(one => one.Issue.Id), cancellationToken)
            .ConfigureAwait(false);
        foreach (var (issue, workItemId) in marks)
        {
            _found[issue.Id] = workItemId;
        }

        return (marks.Where(one => readable.Contains(one.Issue.Id)).Select(one => one.Issue).ToList(), items);
    }

    /// <summary>
    /// Reads ends outside the selection as far as a plan depends on them: those of relations that show no mark here,
    /// since it may show at their end only, where a run that selected them wrote it; and those of relations that do not
    /// exist yet, since what exists there may be in the way.
    /// </summary>
    /// <param name="desired">The desired relations.</param>
    /// <param name="read">The work items that are read already.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<WorkItem>> ReadAsync(
        IReadOnlyCollection<DesiredRelation> desired,
        IEnumerable<WorkItem> read,
        CancellationToken cancellationToken)
    {
        var outside = _found.Values
            .Except(read.Select(item => item.Id))
            .Except(known.Existing.Values.Select(found => found.WorkItem.Id))
            .ToHashSet();
        if (outside.Count == 0)
        {
            return [];
        }

        var isMarked = known.Existing.Values
            .SelectMany(found => found.WorkItem.Relations)
            .ToLookup(relation => RelationMark.Of(relation, site) is not null);
        var current = isMarked[true]
            .Select(relation => (relation.WorkItemId, relation.TargetWorkItemId, relation.ReferenceName))
            .ToHashSet();
        var ends = isMarked[false].Select(relation => relation.TargetWorkItemId).OfType<int>()
            .Concat(desired.Where(one => !Exists(one))
                .SelectMany(one => new[] { WorkItemOf(one.Source), WorkItemOf(one.Target) })
                .OfType<int>())
            .Where(outside.Contains)
            .Distinct()
            .ToList();
        return await store.ReadAsync(ends, cancellationToken).ConfigureAwait(false);

        bool Exists(DesiredRelation one) => one.Relation is not { } relation
            || (WorkItemOf(one.Source) is { } source && WorkItemOf(one.Target) is { } target
                && (current.Contains((source, target, relation.ReferenceName))
                    || current.Contains((target, source, relation.OppositeReferenceName))));
    }

    private int? WorkItemOf(IssueReference issue) =>
        known.Existing.TryGetValue(issue.Id, out var found) ? found.WorkItem.Id
        : _found.TryGetValue(issue.Id, out var id) ? id : null;
}
