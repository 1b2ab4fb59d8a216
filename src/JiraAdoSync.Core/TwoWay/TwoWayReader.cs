using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;

namespace JiraAdoSync.TwoWay;

/// <summary>What of a selection of work items was read.</summary>
/// <param name="Replicas">The issues of the run: those that were selected, and those of selected work items.</param>
/// <param name="Unpaired">Selected work items that have no issue.</param>
/// <param name="Unreadable">Selected work items whose issues can't be read any more.</param>
public sealed record TwoWaySelection(
    IReadOnlyList<Replica> Replicas,
    IReadOnlyList<WorkItem> Unpaired,
    IReadOnlyList<(WorkItem Item, IssueReference Issue)> Unreadable);

/// <summary>
/// Reads what a query of work items selects beside the issues: a pair is in scope when either side is selected.
/// </summary>
/// <param name="context">What the phases of a run share.</param>
internal sealed class TwoWayReader(TwoWayContext context)
{
    /// <summary>Reads the issues of selected work items.</summary>
    /// <param name="replicas">The issues that were selected.</param>
    /// <param name="selected">The ids of the work items that were.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TwoWaySelection> ReadAsync(
        IReadOnlyList<Replica> replicas,
        IReadOnlyCollection<int> selected,
        CancellationToken cancellationToken)
    {
        var known = replicas.Select(replica => replica.IssueId).ToHashSet();
        await context.Sync.Known.FindAsync(replicas.Select(replica => replica.Reference), cancellationToken)
            .ConfigureAwait(false);
        var paired = context.Sync.Known.Existing.Values.Select(found => found.WorkItem.Id).ToHashSet();
        var items = await context.Sync.Authorship
            .ReadAsync(selected.Where(id => !paired.Contains(id)).ToList(), cancellationToken).ConfigureAwait(false);
        var marked = new List<(WorkItem Item, IssueReference Issue)>();
        var unpaired = new List<WorkItem>();
        foreach (var item in items.Where(context.Sync.Store.Has))
        {
            var marks = WorkItemMark
                .FindAll(item, context.Sync.Site)
                .Select(one => one.Mark.Issue)
                .DistinctBy(issue => issue.Id)
                .ToList();
            if (marks is [var issue])
            {
                marked.Add((item, issue));
            }
            else if (marks.Count == 0 && !WorkItemMark.IsOnAny(item))
            {
                unpaired.Add(item);
            }
        }

        // What the mark says is looked up like any other issue; the cache saves the look-up.
        var ids = marked.Where(one => !known.Contains(one.Issue.Id)).ToList();
        ids.ForEach(one => context.Sync.Cache.Set(
            new Correlation { IssueId = one.Issue.Id, Key = one.Issue.Key, WorkItemId = one.Item.Id }));
        var read = new List<Replica>();
        var names = ids.Select(one => one.Issue.Id.ToString(CultureInfo.InvariantCulture));
        await foreach (var replica in context.Issues.ReadAsync(names, context.Detail, cancellationToken).ConfigureAwait(false))
        {
            read.Add(replica);
        }

        var found = read.Select(replica => replica.IssueId).ToHashSet();
        return new TwoWaySelection(
            [.. replicas, .. read],
            unpaired,
            ids.Where(one => !found.Contains(one.Issue.Id)).ToList());
    }
}
