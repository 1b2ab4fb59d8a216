using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.Undo;

/// <summary>
/// Finds pairs whose marks later two-way runs wrote. Such a mark says that both sides had the values of the run that is
/// undone: with the former values the next run would take them for edits, and write them over those of people.
/// </summary>
internal static class LaterRuns
{
    /// <summary>Looks for them.</summary>
    /// <param name="context">The services and the site of the run.</param>
    /// <param name="changes">What the run did.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The issues of such pairs.</returns>
    public static async Task<IReadOnlySet<long>> FindAsync(
        SyncContext context, IReadOnlyList<RunChange> changes, CancellationToken cancellationToken)
    {
        var left = changes
            .Where(change => change.IssueId is not null && change.WorkItemId > 0)
            .GroupBy(change => (IssueId: change.IssueId!.Value, change.WorkItemId))
            .Select(group => (group.Key.IssueId, group.Key.WorkItemId, Counter: group.Max(one => CounterOf(one, context.Site))))
            .Where(one => one.Counter > 0)
            .ToList();
        if (left.Count == 0)
        {
            return new HashSet<long>();
        }

        var ids = left.Select(one => one.WorkItemId).Distinct().ToList();
        var now = (await context.Store.ReadAsync(ids, cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Id);
        return left
            .Where(one => now.TryGetValue(one.WorkItemId, out var item)
                && WorkItemMark.Find(item, context.Site, one.IssueId) is var (mark, _) && CounterOf(mark) > one.Counter)
            .Select(one => one.IssueId)
            .ToHashSet();
    }

    /// <summary>The number of the write with which a run left a pair; 0 where it wrote nothing that has one.</summary>
    /// <param name="change">What the run did.</param>
    /// <param name="site">The site whose marks are ours.</param>
    public static int CounterOf(RunChange change, JiraSite site) => Math.Max(
        IssueRegister.Parse(change.Issue?.PropertyAfter)?.Counter ?? 0,
        WorkItemMark.FindAll(change.Added, site).Select(one => CounterOf(one.Mark)).DefaultIfEmpty().Max());

    private static int CounterOf(WorkItemMark mark) => MarkBase.Parse(mark.Base)?.Counter ?? 0;
}
