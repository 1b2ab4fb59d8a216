using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Lookup;

/// <summary>
/// Looks up, in the whole organisation, which work items hold the marks of issues: a work item that people moved to
/// another project keeps its mark. Marks are asked for by address, 200 at a time. That the service's look-up finds
/// hyperlinks is not documented, so nothing is called missing before it has found one known hyperlink, or the project
/// has none; where it finds none, hyperlinks are read through once instead.
/// <para>
/// Where the organisation has a text field for the issue's id, that is asked first; what it does not find is looked up
/// by address, so that the field may be introduced later.
/// </para>
/// </summary>
/// <param name="store">The project's work items.</param>
/// <param name="site">The issues' site.</param>
/// <param name="field">The field that holds issue ids; null where there is none.</param>
/// <param name="warn">Takes a sentence for people.</param>
/// <param name="time">The clock that pauses are timed by.</param>
internal sealed class MarkLookUp(
    IWorkItemStore store,
    JiraSite site,
    string? field,
    Action<string> warn,
    TimeProvider time)
{
    private const int Looks = 6;

    private readonly object _gate = new();
    private Task _proof = Task.CompletedTask;
    private Task _scan = Task.CompletedTask;
    private bool _isProven;
    private bool _hasNothing;
    private ILookup<string, HyperlinkOwner>? _scanned;
    private int _lastScanned;

    /// <summary>The work items that hold each issue's mark: those of the project first, and each group by id.</summary>
    public Task<Dictionary<long, List<HyperlinkOwner>>> FindAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken cancellationToken) =>
        FindAsync(issues, isAfterWriting: false, cancellationToken);

    /// <summary>
    /// As <see cref="FindAsync(IReadOnlyCollection{IssueReference}, CancellationToken)"/>, and where hyperlinks are
    /// read through, those that came since are read too.
    /// </summary>
    public async Task<Dictionary<long, List<HyperlinkOwner>>> FindAgainAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken cancellationToken)
    {
        if (_scanned is not null && issues.Count > 0)
        {
            await ScanAsync(cancellationToken).ConfigureAwait(false);
        }

        return await FindAsync(issues, isAfterWriting: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The field that holds issue ids; null where there is none.</summary>
    public string? Field { get; } = field;

    /// <summary>Whether a work item's field names an issue.</summary>
    public bool IsNamed(WorkItem item, long issueId) => IssueOf(item) == issueId;

    private long? IssueOf(WorkItem item) => Field is not null
        && item.Fields.GetValueOrDefault(Field) is string text
        && long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var issueId)
            ? issueId
            : null;

    private async Task<Dictionary<long, List<HyperlinkOwner>>> FindAsync(
        IReadOnlyCollection<IssueReference> issues,
        bool isAfterWriting,
        CancellationToken cancellationToken)
    {
        var byField = await FindByFieldAsync(issues, cancellationToken).ConfigureAwait(false);
        var urls = issues
            .SelectMany(issue => site.MarkUrls(issue.Id), (issue, url) => (IssueId: issue.Id, Url: url)).ToList();
        var owners = await FindByAddressAsync(
            urls.Where(one => !byField.Contains(one.IssueId)).Select(one => one.Url).ToList(),
            isAfterWriting,
            cancellationToken).ConfigureAwait(false);
        var found = issues.ToDictionary(issue => issue.Id, issue => byField[issue.Id].ToList());
        urls.ForEach(one => found[one.IssueId].AddRange(owners[one.Url]));
        // Most have one or none.
        foreach (var several in found.Values.Where(several => several.Count > 1))
        {
            List<HyperlinkOwner> sorted =
            [
                .. several.DistinctBy(owner => owner.WorkItemId)
                    .OrderBy(owner => owner.IsHere == false)
                    .ThenBy(owner => owner.WorkItemId),
            ];
            several.Clear();
            several.AddRange(sorted);
        }

        return found;
    }

    private async Task<ILookup<long, HyperlinkOwner>> FindByFieldAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken cancellationToken)
    {
        if (Field is null || issues.Count == 0)
        {
            return Enumerable.Empty<HyperlinkOwner>().ToLookup(_ => 0L);
        }

        var values = issues.Select(issue => issue.Id.ToString(CultureInfo.InvariantCulture)).ToList();
        var ids = await store.FindByFieldAsync(Field, values, cancellationToken).ConfigureAwait(false);
        // The answer has ids only: which issue an item is for, its field says.
        var items = await store.ReadAsync(ids, cancellationToken).ConfigureAwait(false);
        return items
            .Where(item => IssueOf(item) is not null)
            .ToLookup(item => IssueOf(item)!.Value, item => new HyperlinkOwner(item.Id, store.Has(item)));
    }

    private async Task<ILookup<string, HyperlinkOwner>> FindByAddressAsync(
        List<string> urls,
        bool isAfterWriting,
        CancellationToken cancellationToken)
    {
        var owners = _scanned ?? await store.FindByHyperlinkAsync(urls, cancellationToken).ConfigureAwait(false);
        _isProven |= owners.Count > 0;
        if (urls.Count > 0 && IsProofNeeded())
        {
            await ProveOnceAsync().ConfigureAwait(false);
            owners = isAfterWriting && _scanned is null
                ? await store.FindByHyperlinkAsync(urls, cancellationToken).ConfigureAwait(false)
                : owners;
        }

        // Another look-up may have proved meanwhile that this one can't have found anything.
        return _scanned ?? owners;

        bool IsProofNeeded() => !_isProven && (isAfterWriting || !_hasNothing);

        // Several look-ups may have found nothing at once: one of them proves it for all.
        Task ProveOnceAsync()
        {
            lock (_gate)
            {
                return _proof = _proof.IsCompleted && IsProofNeeded()
                    ? ProveAsync(isAfterWriting ? Looks : 1, cancellationToken)
                    : _proof;
            }
        }
    }

    /// <summary>
    /// Asks for a hyperlink that is known to be there. One that this run may have written itself gets time to be found.
    /// </summary>
    private async Task ProveAsync(int looks, CancellationToken cancellationToken)
    {
        var ids = await store.ListHyperlinkOwnersAsync(0, isEverywhere: false, cancellationToken)
            .ConfigureAwait(false);
        var items = await store.ReadAsync(ids, cancellationToken).ConfigureAwait(false);
        var known = items.SelectMany(Hyperlinks).Select(pair => pair.Url).FirstOrDefault();
        if (known is null)
        {
            // There is nothing to be found yet, and no proof either: what this run creates will show.
            _hasNothing = true;
            return;
        }

        var isFound = (await store.FindByHyperlinkAsync([known], cancellationToken).ConfigureAwait(false)).Count > 0;
        for (var look = 1; !isFound && look < looks; look++)
        {
            await BackOff.WaitAsync(look, time, cancellationToken).ConfigureAwait(false);
            isFound = (await store.FindByHyperlinkAsync([known], cancellationToken).ConfigureAwait(false)).Count > 0;
        }

        if (!isFound)
        {
            warn("The organisation's look-up does not find hyperlinks, so all its work items that have one are read instead: "
                + "two requests for every 200 of them. A text field for the issue's id, given as -CorrelationField, "
                + "saves that.");
            await ScanAsync(cancellationToken).ConfigureAwait(false);
        }

        // Until now, whoever finds nothing waits for this.
        _isProven = true;
    }

    /// <summary>
    /// Reads the hyperlinks through, from where it ended last; one after the other, where several look-ups want it.
    /// </summary>
    private Task ScanAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _scan = ScanAfterAsync(_scan, cancellationToken);
        }
    }

    private async Task ScanAfterAsync(Task last, CancellationToken cancellationToken)
    {
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var owners = (_scanned ?? Enumerable.Empty<IGrouping<string, HyperlinkOwner>>())
            .SelectMany(group => group.Select(owner => (Url: group.Key, Owner: owner)))
            .ToList();
        while (true)
        {
            var ids = await store.ListHyperlinkOwnersAsync(_lastScanned, isEverywhere: true, cancellationToken)
                .ConfigureAwait(false);
            if (ids.Count == 0)
            {
                break;
            }

            _lastScanned = ids[^1];
            owners.AddRange((await store.ReadAsync(
                ids, cancellationToken).ConfigureAwait(false)).SelectMany(Hyperlinks));
        }

        _scanned = owners.ToLookup(pair => pair.Url, pair => pair.Owner, StringComparer.OrdinalIgnoreCase);
    }

    private IEnumerable<(string Url, HyperlinkOwner Owner)> Hyperlinks(WorkItem item) => item.Relations
        .Where(relation => relation.ReferenceName == WorkItemMark.Hyperlink)
        .Select(relation => (relation.Url, new HyperlinkOwner(item.Id, store.Has(item))));
}
