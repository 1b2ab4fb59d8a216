using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Lookup;

/// <summary>Finds work items that were made for issues which no longer ask for them.</summary>
/// <param name="store">The project's work items.</param>
/// <param name="source">The issues.</param>
/// <param name="site">The issues' site.</param>
/// <param name="accounts">The accounts whose marks count.</param>
public sealed class OrphanFinder(IWorkItemStore store, IIssueSource source, JiraSite site, OwnAccounts accounts)
{
    private readonly Authorship _authorship = new(store, accounts, site);

    /// <summary>
    /// Finds the work items with our mark whose issue no longer exists, or is not among those selected.
    /// </summary>
    /// <param name="selected">The ids of the selected issues; null where any issue will do.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<Orphan> FindAsync(
        IReadOnlySet<long>? selected,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var last = 0; ;)
        {
            var ids = await store.ListHyperlinkOwnersAsync(last, isEverywhere: false, cancellationToken)
                .ConfigureAwait(false);
            if (ids.Count == 0)
            {
                yield break;
            }

            last = ids[^1];
            var items = await _authorship.ReadAsync(ids, cancellationToken).ConfigureAwait(false);
            var marked = (from item in items
                          where WorkItemMark.FindAll(item, site).DistinctBy(one => one.Mark.Issue.Id).Count() == 1
                          from found in WorkItemMark.FindAll(item, site)
                          where selected is null || !selected.Contains(found.Mark.Issue.Id)
                          orderby item.Id
                          select (Item: item, found.Mark)).ToList();
            var there = await source
                .FindReadableAsync(marked.Select(one => one.Mark.Issue.Id).Distinct().ToList(), cancellationToken)
                .ConfigureAwait(false);
            foreach (var (item, mark) in marked.Where(
                one => selected is not null || !there.Contains(one.Mark.Issue.Id)))
            {
                yield return new Orphan
                {
                    WorkItemId = item.Id,
                    WorkItemType = item.Type,
                    Title = item.Title,
                    Key = mark.Issue.Key,
                    IssueId = mark.Issue.Id,
                    Reason = there.Contains(mark.Issue.Id) ? Reasons.NotSelected : Reasons.Missing,
                };
            }
        }
    }
}
