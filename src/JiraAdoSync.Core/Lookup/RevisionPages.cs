using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Lookup;

/// <summary>
/// Who made which revision, from pages of the organisation's feed. A page begins where a revision is sought that no
/// page covers yet, so that revisions that came together cost one request, and those far apart one each:
/// <code>
/// sought    10:00 10:01 ... 10:03                          14:30
/// pages     [10:00 .......... 10:04]                       [14:30 ...
/// </code>
/// </summary>
/// <param name="store">The project's work items.</param>
internal sealed class RevisionPages(IWorkItemStore store)
{
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _covered = [];
    private readonly Dictionary<(int Item, DateTimeOffset Date), Revision> _revisions = [];

    /// <summary>Finds the revision of a work item that has a date.</summary>
    /// <returns>The revision; null where the feed does not show it.</returns>
    public async Task<Revision?> FindAsync(int workItemId, DateTimeOffset date, CancellationToken cancellationToken)
    {
        if (!_covered.Exists(page => page.From <= date && date < page.To) && !_revisions.ContainsKey((workItemId, date)))
        {
            var page = await store.ReadRevisionsAsync(date, cancellationToken).ConfigureAwait(false);
            foreach (var revision in page.Where(revision => revision.Date is not null))
            {
                _revisions[(revision.WorkItemId, revision.Date!.Value)] = revision;
            }

            // The last date of a full page may go on on the next one.
            var last = page.Count < IWorkItemStore.BatchSize ? DateTimeOffset.MaxValue
                : page.Max(revision => revision.Date) ?? date;
            _covered.Add((date, last));
        }

        return _revisions.GetValueOrDefault((workItemId, date));
    }
}
