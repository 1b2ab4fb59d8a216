using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Finds the work items that stand for issues, by their marks. Marks are asked for by address, 200 at a time. That the
/// service's look-up finds hyperlinks is not documented, so nothing is called missing before it has found one known
/// hyperlink, or the project has none; where it finds none, the project's hyperlinks are read through once instead.
/// </summary>
internal sealed class Correlator(
    IWorkItemStore store,
    JiraSite site,
    CorrelationCache cache,
    Action<string> warn,
    TimeProvider time)
{
    private const int Looks = 6;

    private readonly List<Twin> _twins = [];
    private readonly List<Twin> _candidates = [];
    private bool _lookupIsProven;
    private bool _isEmpty;
    private ILookup<string, int>? _scanned;
    private int _lastScanned;

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

    /// <summary>Finds all work items that carry an issue's mark by now, whatever was known of them before.</summary>
    /// <returns>The work items by issue id, the lowest id of each issue first.</returns>
    public async Task<ILookup<long, FoundWorkItem>> FindMarkedAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken token)
    {
        var candidates = await LookUpAgainAsync(issues, token).ConfigureAwait(false);
        var items = await ReadAsync(candidates.SelectMany(pair => pair.Value), token).ConfigureAwait(false);
        return candidates
            .SelectMany(pair => pair.Value.Select(id => (
                IssueId: pair.Key,
                Found: items.TryGetValue(id, out var item) ? Marked(item, pair.Key) : null)))
            .Where(one => one.Found is not null)
            .ToLookup(one => one.IssueId, one => one.Found!);
    }

    /// <summary>
    /// Looks whether other runs made work items for the same issues as this one: the lowest id stands, and what this
    /// run made beside it is a twin. What others made beside ours is left to them, and to any later run.
    /// </summary>
    /// <param name="created">The work items that stand by the answers of this run, by issue.</param>
    /// <param name="isOurs">Whether a nonce was drawn by this run.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>
    /// The twins of this run; those that stand in place of what this run made; the issues whose new item the look-up
    /// does not show yet.
    /// </returns>
    public async Task<CreationCheck> CheckAsync(
        IReadOnlyDictionary<IssueReference, FoundWorkItem> created,
        Func<string, bool> isOurs,
        CancellationToken token)
    {
        var candidates = await LookUpAgainAsync([.. created.Keys], token).ConfigureAwait(false);
        var known = created.Values.Select(found => found.WorkItem.Id).ToHashSet();
        var others = await ReadAsync(candidates.SelectMany(pair => pair.Value).Where(id => !known.Contains(id)), token)
            .ConfigureAwait(false);
        var check = new CreationCheck();
        foreach (var (issue, made) in created)
        {
            if (!candidates[issue.Id].Contains(made.WorkItem.Id))
            {
                check.Unseen.Add(issue);
            }

            var marked = candidates[issue.Id]
                .Select(id => others.TryGetValue(id, out var item) ? Marked(item, issue.Id) : null)
                .OfType<FoundWorkItem>()
                .Append(made)
                .OrderBy(found => found.WorkItem.Id)
                .ToList();
            var first = marked[0];
            if (first != made)
            {
                check.Standing.Add(issue, first);
            }

            check.Twins.AddRange(marked
                .Where(found => found != first && found.Mark is { } mark && mark.Nonce != first.Mark?.Nonce && isOurs(mark.Nonce))
                .Select(found => new Twin(issue, found, first.WorkItem.Id)));
        }

        return check;
    }

    /// <summary>Reads twins again, before they go.</summary>
    /// <returns>Those that are still there, and whether nobody has worked on them.</returns>
    public async Task<Dictionary<int, bool>> ReadTwinsAsync(
        IReadOnlyCollection<(long IssueId, int WorkItemId)> twins,
        CancellationToken token)
    {
        var items = await ReadAsync(twins.Select(twin => twin.WorkItemId), token).ConfigureAwait(false);
        var now = twins
            .Where(twin => items.ContainsKey(twin.WorkItemId))
            .Select(twin => (Id: twin.WorkItemId, Found: Marked(items[twin.WorkItemId], twin.IssueId)))
            .ToList();
        var others = await ReadOtherEndsAsync(now.Select(twin => twin.Found).OfType<FoundWorkItem>(), token).ConfigureAwait(false);
        return now.ToDictionary(twin => twin.Id, twin => twin.Found is { } found && IsUntouched(found, others));
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
        CancellationToken token,
        bool isAfterWriting = false)
    {
        var urls = issues.ToDictionary(issue => issue.Id, issue => site.MarkUrl(issue.Id));
        var holders = _scanned ?? await store.FindByHyperlinkAsync(urls.Values, token).ConfigureAwait(false);
        _lookupIsProven |= holders.Count > 0;
        if (!_lookupIsProven && urls.Count > 0 && (isAfterWriting || !_isEmpty))
        {
            await ProveLookUpAsync(isAfterWriting ? Looks : 1, token).ConfigureAwait(false);
            holders = _scanned
                ?? (isAfterWriting ? await store.FindByHyperlinkAsync(urls.Values, token).ConfigureAwait(false) : holders);
        }

        return urls.ToDictionary(pair => pair.Key, pair => holders[pair.Value].Order().ToList());
    }

    /// <summary>As <see cref="LookUpAsync"/>, and where hyperlinks are read through, those that came since are read too.</summary>
    private async Task<Dictionary<long, List<int>>> LookUpAgainAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken token)
    {
        if (_scanned is not null && issues.Count > 0)
        {
            var ids = await store.ListHyperlinkHoldersAsync(_lastScanned, token).ConfigureAwait(false);
            var items = await store.ReadAsync(ids, token).ConfigureAwait(false);
            await ScanAsync(ids, items, token).ConfigureAwait(false);
        }

        return await LookUpAsync(issues, token, isAfterWriting: true).ConfigureAwait(false);
    }

    /// <summary>
    /// Asks for a hyperlink that is known to be there. One that this run may have written itself gets time to be found.
    /// </summary>
    private async Task ProveLookUpAsync(int looks, CancellationToken token)
    {
        var ids = await store.ListHyperlinkHoldersAsync(0, token).ConfigureAwait(false);
        var items = await store.ReadAsync(ids, token).ConfigureAwait(false);
        var known = items.SelectMany(Hyperlinks).Select(pair => pair.Url).FirstOrDefault();
        if (known is null)
        {
            // There is nothing to be found yet, and no proof either: what this run creates will tell.
            _isEmpty = true;
            return;
        }

        _lookupIsProven = true;
        var isFound = (await store.FindByHyperlinkAsync([known], token).ConfigureAwait(false)).Count > 0;
        for (var look = 1; !isFound && look < looks; look++)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, look - 2)), time, token).ConfigureAwait(false);
            isFound = (await store.FindByHyperlinkAsync([known], token).ConfigureAwait(false)).Count > 0;
        }

        if (!isFound)
        {
            warn("The organisation's look-up does not find hyperlinks, so all work items of the project that have one are "
                + "read instead: one request for every 200 of them.");
            await ScanAsync(ids, items, token).ConfigureAwait(false);
        }
    }

    private async Task ScanAsync(IReadOnlyList<int> ids, IReadOnlyList<WorkItem> items, CancellationToken token)
    {
        var holders = (_scanned ?? Enumerable.Empty<IGrouping<string, int>>())
            .SelectMany(group => group.Select(id => (Url: group.Key, Id: id)))
            .ToList();
        while (ids.Count > 0)
        {
            holders.AddRange(items.SelectMany(Hyperlinks));
            _lastScanned = ids[^1];
            ids = await store.ListHyperlinkHoldersAsync(_lastScanned, token).ConfigureAwait(false);
            items = await store.ReadAsync(ids, token).ConfigureAwait(false);
        }

        _scanned = holders.ToLookup(pair => pair.Url, pair => pair.Id, StringComparer.OrdinalIgnoreCase);
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
        var others = await ReadOtherEndsAsync(_candidates.Select(twin => twin.Found), token).ConfigureAwait(false);
        foreach (var twin in _candidates)
        {
            if (IsUntouched(twin.Found, others))
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

    private Task<Dictionary<int, WorkItem>> ReadOtherEndsAsync(IEnumerable<FoundWorkItem> twins, CancellationToken token) =>
        ReadAsync(twins.SelectMany(Unmarked).Select(relation => relation.TargetWorkItemId).OfType<int>(), token);

    private bool IsUntouched(FoundWorkItem twin, Dictionary<int, WorkItem> others) =>
        twin.WorkItem.Rev == twin.Mark!.Rev && Unmarked(twin).All(relation => IsMarkedAtOtherEnd(relation, others));

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
