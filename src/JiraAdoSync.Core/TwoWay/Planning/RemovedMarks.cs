using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// Work items whose mark somebody removed. Neither they nor their issues are new: each would get a second partner. Their
/// histories show it, and are read of those alone that a run created, or that an issue without a work item names.
/// </summary>
/// <param name="authorship">Reads histories, and knows what is ours in them.</param>
/// <param name="site">The site whose marks are ours.</param>
internal sealed class RemovedMarks(Authorship authorship, JiraSite site)
{
    /// <summary>Looks for them among the selected work items without an issue.</summary>
    /// <param name="unpaired">Those work items.</param>
    /// <param name="issues">The issues without a work item.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The work item of each issue.</returns>
    public async Task<IReadOnlyDictionary<long, int>> FindAsync(
        IReadOnlyCollection<WorkItem> unpaired, IEnumerable<Replica> issues, CancellationToken cancellationToken)
    {
        if (unpaired.Count == 0)
        {
            return new Dictionary<long, int>();
        }

        var named = issues.Select(issue => IssueRegister.Parse(issue.Property)?.WorkItem).ToHashSet();
        var doubtful = unpaired
            .Where(item => named.Contains(item.Id) || (item.Rev > 1 && authorship.Accounts.Include(item.CreatedBy)))
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

    /// <summary>The issue of which a run had marked a work item, before somebody removed that.</summary>
    private long? IssueOf(IReadOnlyList<WorkItemUpdate> history)
    {
        var last = history
            .SelectMany(update => update.Removed, (update, relation) => (update.IsOurs, Relation: relation))
            .LastOrDefault(one => WorkItemMark.IssueOf(one.Relation, site) is not null);
        return last.Relation is { } mark && !last.IsOurs
            && history.Any(update => update.IsOurs && update.Added.Any(relation => relation.Identity == mark.Identity))
                ? WorkItemMark.IssueOf(mark, site)
                : null;
    }
}
