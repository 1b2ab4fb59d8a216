using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Finds the work items that stand for issues, by their marks. Marks are asked for by address, 200 at a time. That the
/// service's look-up finds hyperlinks is not documented, so nothing is called missing before it has found one known
/// hyperlink, or the project has none; where it finds none, the project's hyperlinks are read through once instead.
/// </summary>
internal sealed class Correlator(IWorkItemStore store, JiraSite site, CorrelationCache cache, Action<string> warn)
{
    private readonly List<Twin> _twins = [];
    private readonly List<Twin> _candidates = [];
    private bool _lookupIsProven;
    private ILookup<string, int>? _scanned;

    /// <summary>Twins that were found, of which nobody needs more than the one that stands.</summary>
    public IReadOnlyList<Twin> Twins => _twins;

    /// <summary>Finds and reads the work items of issues.</summary>
    /// <returns>The work items by issue id; issues without one are left out.</returns>
    public async Task<Dictionary<long, FoundWorkItem>> FindAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken token)
    {
        var found = new Dictionary<long, FoundWorkItem>();
        await VerifyCachedAsync(issues, found, token).ConfigureAwait(false);

        var rest = issues.Where(issue => !found.ContainsKey(issue.Id)).ToList();
        var candidates = await LookUpAsync(rest, token).ConfigureAwait(false);
        var items = await ReadAsync(candidates.SelectMany(pair => pair.Value), token).ConfigureAwait(false);
        foreach (var issue in rest)
        {
            var marked = candidates[issue.Id]
                .Select(id => items.TryGetValue(id, out var item) ? Marked(item, issue.Id) : null)
                .OfType<FoundWorkItem>()
                .ToList();
            if (marked.Count > 0)
            {
                Sort(issue, marked);
                found.Add(issue.Id, marked[0]);
            }
        }

        await SettleTwinsAsync(token).ConfigureAwait(false);
        foreach (var issue in issues)
        {
            Remember(issue, found.GetValueOrDefault(issue.Id)?.WorkItem.Id);
        }

        return found;
    }

    /// <summary>Finds the work items of issues outside the selection, without reading them.</summary>
    /// <returns>The work items' ids by issue id; issues without one are left out.</returns>
    public async Task<Dictionary<long, int>> FindIdsAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken token)
    {
        var candidates = await LookUpAsync(issues, token).ConfigureAwait(false);
        return candidates.Where(pair => pair.Value.Count > 0).ToDictionary(pair => pair.Key, pair => pair.Value[0]);
    }

    private async Task VerifyCachedAsync(
        IEnumerable<IssueReference> issues,
        Dictionary<long, FoundWorkItem> found,
        CancellationToken token)
    {
        var cached = issues.Select(issue => cache.TryGet(issue.Id, out var entry) ? entry : null)
            .OfType<Correlation>()
            .ToList();
        var items = await ReadAsync(cached.Select(entry => entry.WorkItemId), token).ConfigureAwait(false);
        foreach (var entry in cached)
        {
            if (!items.TryGetValue(entry.WorkItemId, out var item))
            {
                continue;
            }

            if ((Marked(item, entry.IssueId) ?? (entry.IsAssigned ? Free(item) : null)) is { } verified)
            {
                found.Add(entry.IssueId, verified);
            }
        }
    }

    /// <summary>The ids of the work items that hold each issue's address, ascending.</summary>
    private async Task<Dictionary<long, List<int>>> LookUpAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken token)
    {
        var urls = issues.ToDictionary(issue => issue.Id, issue => site.MarkUrl(issue.Id));
        var holders = _scanned ?? await store.FindByHyperlinkAsync(urls.Values, token).ConfigureAwait(false);
        _lookupIsProven |= holders.Count > 0;
        if (!_lookupIsProven && urls.Count > 0)
        {
            await ProveLookUpAsync(token).ConfigureAwait(false);
            holders = _scanned ?? holders;
        }

        return urls.ToDictionary(pair => pair.Key, pair => holders[pair.Value].Order().ToList());
    }

    private async Task ProveLookUpAsync(CancellationToken token)
    {
        var ids = await store.ListHyperlinkHoldersAsync(0, token).ConfigureAwait(false);
        var items = await store.ReadAsync(ids, token).ConfigureAwait(false);
        var known = items.SelectMany(Hyperlinks).Select(pair => pair.Url).FirstOrDefault();
        var finds = known is null || (await store.FindByHyperlinkAsync([known], token).ConfigureAwait(false)).Count > 0;
        _lookupIsProven = true;
        if (!finds)
        {
            warn("The organisation's look-up does not find hyperlinks, so all work items of the project that have one are "
                + "read instead: one request for every 200 of them.");
            _scanned = await ScanAsync(ids, items, token).ConfigureAwait(false);
        }
    }

    private async Task<ILookup<string, int>> ScanAsync(
        IReadOnlyList<int> ids,
        IReadOnlyList<WorkItem> items,
        CancellationToken token)
    {
        var holders = new List<(string Url, int Id)>();
        while (ids.Count > 0)
        {
            holders.AddRange(items.SelectMany(Hyperlinks));
            ids = await store.ListHyperlinkHoldersAsync(ids[^1], token).ConfigureAwait(false);
            items = await store.ReadAsync(ids, token).ConfigureAwait(false);
        }

        return holders.ToLookup(pair => pair.Url, pair => pair.Id, StringComparer.OrdinalIgnoreCase);
    }

    private async Task<Dictionary<int, WorkItem>> ReadAsync(IEnumerable<int> ids, CancellationToken token)
    {
        var items = await store.ReadAsync(ids.Distinct().ToList(), token).ConfigureAwait(false);
        return items.ToDictionary(item => item.Id);
    }

    private FoundWorkItem? Marked(WorkItem item, long issueId) =>
        WorkItemMark.Find(item, site, issueId) is var (mark, _) ? new FoundWorkItem(item, mark) : null;

    private FoundWorkItem? Free(WorkItem item) =>
        WorkItemMark.FindAll(item, site).Any() ? null : new FoundWorkItem(item, null);

    private static IEnumerable<(string Url, int Id)> Hyperlinks(WorkItem item) => item.Relations
        .Where(relation => relation.ReferenceName == WorkItemMark.Hyperlink)
        .Select(relation => (relation.Url, item.Id));

    /// <summary>
    /// Sorts out the further work items of an issue. The nonce of a mark is drawn when an item is created: an item with
    /// the nonce of another is a person's copy of it, one with a nonce of its own is the twin that another run made.
    /// </summary>
    private void Sort(IssueReference issue, List<FoundWorkItem> marked)
    {
        var first = marked[0];
        var nonces = new HashSet<string> { first.Mark!.Nonce };
        foreach (var other in marked.Skip(1))
        {
            if (!nonces.Add(other.Mark!.Nonce))
            {
                var original = marked.Find(one => one.Mark!.Nonce == other.Mark.Nonce)!;
                warn($"Work item {other.WorkItem.Id} is a copy of {original.WorkItem.Id}, which was made for {issue}; it is left "
                    + "alone. Remove the link to Jira from the copy to end this warning.");
            }
            else
            {
                _candidates.Add(new Twin(issue, other, first.WorkItem.Id));
            }
        }
    }

    /// <summary>
    /// Tells the twins that are as we wrote them from those that people have worked on. A relation's mark may show at
    /// its other end only, so the other ends of those that show none are read.
    /// </summary>
    private async Task SettleTwinsAsync(CancellationToken token)
    {
        var unmarked =
            _candidates.SelectMany(twin => Unmarked(twin.Found)).Select(relation => relation.TargetWorkItemId);
        var others = await ReadAsync(unmarked.OfType<int>(), token).ConfigureAwait(false);
        foreach (var twin in _candidates)
        {
            var isUntouched = twin.Found.WorkItem.Rev == twin.Found.Mark!.Rev
                && Unmarked(twin.Found).All(relation => IsMarkedAtOtherEnd(relation, others));
            if (isUntouched)
            {
                _twins.Add(twin);
            }
            else
            {
                warn($"Work items {twin.StandsInstead} and {twin.Found.WorkItem.Id} both stand for {twin.Issue}, and people have "
                    + $"worked on {twin.Found.WorkItem.Id}: {twin.StandsInstead} is used, and {twin.Found.WorkItem.Id} is left "
                    + "alone.");
            }
        }

        _candidates.Clear();
    }

    /// <summary>What a twin has beside its mark that shows no mark of ours.</summary>
    private IEnumerable<Relation> Unmarked(FoundWorkItem found) => found.WorkItem.Relations.Where(relation =>
        RelationMark.Parse(relation.Comment, site) is null
        && !(relation.ReferenceName == WorkItemMark.Hyperlink && relation.Comment == found.Mark!.Comment));

    private bool IsMarkedAtOtherEnd(Relation relation, Dictionary<int, WorkItem> others) =>
        relation.TargetWorkItemId is { } id
        && others.TryGetValue(id, out var other)
        && other.Relations.Any(one =>
            one.TargetWorkItemId == relation.WorkItemId && RelationMark.Parse(one.Comment, site) is not null);

    private void Remember(IssueReference issue, int? workItemId)
    {
        var known = cache.TryGet(issue.Id, out var entry);
        if (workItemId is null)
        {
            cache.Remove(issue.Id);
        }
        else if (!known || entry!.WorkItemId != workItemId || entry.Key != issue.Key)
        {
            var isAssigned = known && entry!.WorkItemId == workItemId && entry.IsAssigned;
            cache.Set(new Correlation
            {
                IssueId = issue.Id,
                Key = issue.Key,
                WorkItemId = workItemId.Value,
                IsAssigned = isAssigned,
            });
        }
    }
}
