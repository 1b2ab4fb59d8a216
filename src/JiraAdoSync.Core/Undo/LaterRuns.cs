using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.Undo;

/// <summary>
/// Finds pairs whose marks later two-way runs wrote. Such a mark says that both sides had the values of the run that is
/// undone: with the former values the next run would take them for edits, and write them over those of people.
/// </summary>
internal static class LaterRuns
{
    /// <summary>The pairs that a run left with a number of its own: those of which a later one may have written the mark.</summary>
    /// <param name="changes">What the run did.</param>
    /// <param name="site">The site whose marks are ours.</param>
    public static IReadOnlyList<LeftPair> LeftBy(IEnumerable<RunChange> changes, JiraSite site) => changes
        .Where(change => change.IssueId is not null && change.WorkItemId > 0)
        .GroupBy(change => (IssueId: change.IssueId!.Value, change.WorkItemId))
        .Select(group => new LeftPair(group.Key.IssueId, group.Key.WorkItemId, group.Max(one => CounterOf(one, site))))
        .Where(one => one.Counter > 0)
        .ToList();

    /// <summary>The issues of pairs that later runs wrote.</summary>
    /// <param name="left">The pairs that the run left.</param>
    /// <param name="now">Their work items.</param>
    /// <param name="site">The site whose marks are ours.</param>
    public static IReadOnlySet<long> Among(
        IEnumerable<LeftPair> left, IReadOnlyDictionary<int, WorkItem> now, JiraSite site) => left
        .Where(one => now.TryGetValue(one.WorkItemId, out var item)
            && WorkItemMark.Find(item, site, one.IssueId) is var (mark, _) && CounterOf(mark) > one.Counter)
        .Select(one => one.IssueId)
        .ToHashSet();

    /// <summary>The number of the write with which a run left a pair; 0 where it wrote nothing that has one.</summary>
    /// <param name="change">What the run did.</param>
    /// <param name="site">The site whose marks are ours.</param>
    public static int CounterOf(RunChange change, JiraSite site) => Math.Max(
        IssueRegister.Parse(change.Issue?.PropertyAfter)?.Counter ?? 0,
        WorkItemMark.FindAll(change.Added, site).Select(one => CounterOf(one.Mark)).DefaultIfEmpty().Max());

    private static int CounterOf(WorkItemMark mark) => MarkBase.Parse(mark.Base)?.Counter ?? 0;
}

/// <summary>A pair as a run left it.</summary>
/// <param name="IssueId">The issue.</param>
/// <param name="WorkItemId">The work item.</param>
/// <param name="Counter">The number of the run's last write.</param>
internal sealed record LeftPair(long IssueId, int WorkItemId, int Counter);
