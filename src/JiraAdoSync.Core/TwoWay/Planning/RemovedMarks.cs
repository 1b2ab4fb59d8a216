using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// Work items whose mark somebody removed, or emptied. Neither they nor their issues are new: each would get a second partner. Their
/// histories show it, and are read of those alone that a run created, or that an issue without a work item names.
/// </summary>
/// <param name="authorship">Reads histories, and knows what is ours in them.</param>
/// <param name="site">The site whose marks are ours.</param>
internal sealed class RemovedMarks(Authorship authorship, JiraSite site)
{
    /// <summary>Looks for them among the selected work items without an issue.</summary>
    /// <param name="unpaired">Those work items.</param>
    /// <param name="suspected">Those of them that issues name, or that carry the address of a mark, whoever created them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The work item of each issue.</returns>
    public async Task<IReadOnlyDictionary<long, int>> FindAsync(
        IReadOnlyCollection<WorkItem> unpaired, IReadOnlySet<int> suspected, CancellationToken cancellationToken)
    {
        if (unpaired.Count == 0)
        {
            return new Dictionary<long, int>();
        }

        var doubtful = unpaired
            .Where(item => suspected.Contains(item.Id) || (item.Rev > 1 && authorship.Accounts.Include(item.CreatedBy)))
            .Select(item => item.Id);
        var histories = await authorship.ReadHistoriesAsync(doubtful, cancellationToken).ConfigureAwait(false);
        var found = new Dictionary<long, int>();
        foreach (var (id, history) in histories.OrderBy(one => one.Key))
        {
            if (IssueOf(history) is { } issue)
            {
                found.TryAdd(issue, id);
            }
        }

        return found;
    }

    /// <summary>The issue of which a run had marked a work item, before somebody removed or emptied that.</summary>
    private long? IssueOf(IReadOnlyList<WorkItemUpdate> history)
    {
        var last = history
            .SelectMany(
                update => update.Removed.Concat(update.Changed.Where(relation => !WorkItemMark.IsMark(relation, site))),
                (update, relation) => (update.IsOurs, Relation: relation))
            .LastOrDefault(one => WorkItemMark.IssueOf(one.Relation, site) is not null);
        return last.Relation is { } mark && !last.IsOurs
            && history.Any(update => update.IsOurs && update.Added.Any(relation => relation.Identity == mark.Identity))
                ? WorkItemMark.IssueOf(mark, site)
                : null;
    }
}
