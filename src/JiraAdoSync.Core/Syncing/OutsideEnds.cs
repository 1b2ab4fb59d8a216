using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Syncing;

/// <summary>The ends of relations that are outside the selection: which work items they are, and what stands there.</summary>
/// <param name="store">The work items.</param>
/// <param name="source">The issues.</param>
/// <param name="site">The issues' site.</param>
/// <param name="known">The work items of the selection.</param>
internal sealed class OutsideEnds(IWorkItemStore store, IIssueSource source, JiraSite site, KnownWorkItems known)
{
    private readonly Dictionary<long, int> _found = [];

    /// <summary>The work items that stand for issues outside the selection, by issue id.</summary>
    public IReadOnlyDictionary<long, int> Found => _found;

    /// <summary>Finds the work items of issues outside the selection, without reading them.</summary>
    /// <param name="issues">The issues.</param>
    /// <param name="token">Ends the wait.</param>
    public async Task FindAsync(IReadOnlyCollection<IssueReference> issues, CancellationToken token)
    {
        var linked = known.Standing.Values
            .SelectMany(found => found.WorkItem.Relations)
            .Select(relation => relation.TargetWorkItemId)
            .OfType<int>()
            .ToHashSet();
        foreach (var (issueId, workItemId) in await known.Correlator.FindIdsAsync(issues, linked, token).ConfigureAwait(false))
        {
            _found[issueId] = workItemId;
        }
    }

    /// <summary>
    /// Reads the other ends of relations that nothing desired speaks of, where they are outside the selection: a
    /// relation's mark may show there only, and a link is gone, not merely hidden, only if the issue there can be read.
    /// </summary>
    public async Task<(IReadOnlyList<IssueReference> Readable, IReadOnlyList<WorkItem> Items)> ReadUndesiredAsync(
        IReadOnlyCollection<DesiredRelation> desired,
        IReadOnlyCollection<Replica> scope,
        CancellationToken token)
    {
        var links = desired.Select(one => one.Link.LinkId).ToHashSet();
        var selected = known.Standing.Values.Select(found => found.WorkItem.Id).ToHashSet();
        var inScope = scope.Select(replica => replica.IssueId).ToHashSet();
        var ends = known.Standing.Values
            .SelectMany(found => found.WorkItem.Relations)
            .Where(relation => RelationMark.Parse(relation.Comment, site) is not { LinkId: { } linkId } || !links.Contains(linkId))
            .Select(relation => relation.TargetWorkItemId)
            .OfType<int>()
            .Where(id => !selected.Contains(id))
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
            _found[issue.Id] = workItemId;
        }

        return (marks.Where(one => readable.Contains(one.Issue.Id)).Select(one => one.Issue).ToList(), items);
    }

    /// <summary>
    /// Reads ends outside the selection whose relations show no mark here: it may show at their end only, where a run that
    /// selected them wrote it.
    /// </summary>
    public async Task<IReadOnlyList<WorkItem>> ReadUnmarkedAsync(IEnumerable<WorkItem> read, CancellationToken token)
    {
        var outside = _found.Values
            .Except(read.Select(item => item.Id))
            .Except(known.Standing.Values.Select(found => found.WorkItem.Id))
            .ToHashSet();
        var unmarked = known.Standing.Values
            .SelectMany(found => found.WorkItem.Relations)
            .Where(relation => relation.TargetWorkItemId is { } target && outside.Contains(target))
            .Where(relation => RelationMark.Parse(relation.Comment, site) is null)
            .Select(relation => relation.TargetWorkItemId!.Value)
            .Distinct()
            .ToList();
        return await store.ReadAsync(unmarked, token).ConfigureAwait(false);
    }
}
