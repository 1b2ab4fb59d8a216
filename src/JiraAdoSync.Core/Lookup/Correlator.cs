using System.Collections.Concurrent;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Lookup;

/// <summary>
/// Finds the work items of issues, by their marks.
/// <para>
/// <b>Other projects.</b> Marks are found in the whole organisation. Where none of the project is found, one of another
/// project may be the project's own that people moved there, or what a trial run made there. Of those that never
/// changed since their creation, or whose nonce was not drawn for this project, none can have been moved; of the rest,
/// the item's own history shows whether it was in this project before:
/// <code>
/// SHOP-1 -> 12 here, 4711 in Trials      12 is used, and nobody looks at 4711
/// SHOP-2 -> 13 in Archive                its history shows that it was moved from here: it is used
/// SHOP-3 -> 4713 in Trials               made there: SHOP-3 has no work item here
/// </code>
/// </para>
/// </summary>
internal sealed class Correlator(
    IWorkItemStore store,
    JiraSite site,
    CorrelationCache cache,
    MarkLookUp lookUp,
    Authorship authorship)
{
    private const string Project = "System.TeamProject";

    private readonly HashSet<(int WorkItemId, long IssueId)> _foreign = [];
    private readonly HashSet<int> _ambiguous = [];
    private readonly List<Twin> _twins = [];
    private readonly List<Twin> _candidates = [];
    private readonly ConcurrentDictionary<int, WorkItem> _emptied = [];

    /// <summary>Takes a sentence for people.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>Twins that were found, of which only one is kept.</summary>
    public IReadOnlyList<Twin> Twins => _twins;

    /// <summary>Work items at which the look-up found the address of a mark, and no mark.</summary>
    public IEnumerable<WorkItem> Emptied => _emptied.Values;

    /// <summary>Whether work items were found that somebody else made look as if they were an issue's.</summary>
    /// <param name="issueId">The issue.</param>
    public bool IsMarkedByOthers(long issueId) => _foreign.Any(one => one.IssueId == issueId);

    /// <summary>Finds and reads the work items of issues. Several of these may be under way at once.</summary>
    /// <param name="issues">The issues.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What was found, to be sorted out.</returns>
    public async Task<Findings> SeekAsync(
        IReadOnlyCollection<IssueReference> issues, CancellationToken cancellationToken)
    {
        var verified = await VerifyCachedAsync(issues, cancellationToken).ConfigureAwait(false);
        var rest = issues.Where(issue => !verified.ContainsKey(issue.Id)).ToList();
        var owners = await lookUp.FindAsync(rest, cancellationToken).ConfigureAwait(false);
        var (marked, foreign) = await ReadMarkedAsync(rest, owners, cancellationToken).ConfigureAwait(false);
        return new Findings(issues, verified, marked, foreign);
    }

    /// <summary>Sorts out what was found for issues: which work item is used, and which are copies or twins.</summary>
    /// <param name="findings">What was found; one after the other.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The work items by issue id; issues without one are left out.</returns>
    public async Task<Dictionary<long, FoundWorkItem>> SortAsync(Findings findings, CancellationToken cancellationToken)
    {
        var found = findings.Verified;
        found.EnsureCapacity(found.Count + findings.Marked.Count);
        foreach (var (issue, marked) in findings.Marked)
        {
            Sort(issue, marked);
            found.Add(issue.Id, marked[0]);
        }

        foreach (var issue in findings.Issues)
        {
            WarnOfForeign(issue, findings.Foreign[issue.Id], found.GetValueOrDefault(issue.Id)?.WorkItem.Id);
        }

        await SettleTwinsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var issue in findings.Issues)
        {
            Remember(issue, found.GetValueOrDefault(issue.Id)?.WorkItem.Id);
        }

        return found;
    }

    /// <summary>Finds all work items that carry an issue's mark by now, whatever was known of them before.</summary>
    /// <returns>The work items by issue id, the lowest id of each issue first.</returns>
    public async Task<ILookup<long, FoundWorkItem>> FindMarkedAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken cancellationToken)
    {
        var candidates = await FindHereAgainAsync(issues, cancellationToken).ConfigureAwait(false);
        var items = await ReadAsync(candidates.SelectMany(pair => pair.Value), cancellationToken).ConfigureAwait(false);
        return candidates
            .SelectMany(pair => pair.Value.Select(id => (
                IssueId: pair.Key,
                Found: items.TryGetValue(id, out var item) && store.Has(item) ? Marked(item, pair.Key) : null)))
            .Where(one => one.Found is not null)
            .ToLookup(one => one.IssueId, one => one.Found!);
    }

    /// <summary>
    /// Looks whether other runs made work items for the same issues as this one: the lowest id is used, and what this
    /// run made beside it is a twin. What others made beside ours is left to them, and to any later run.
    /// </summary>
    /// <param name="created">The work items that exist by the answers of this run, by issue.</param>
    /// <param name="isOurs">Whether a nonce was drawn by this run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// The twins of this run; those that are used instead of what this run made; the issues whose new item the look-up
    /// does not show yet.
    /// </returns>
    public async Task<CreationCheck> CheckAsync(
        IReadOnlyDictionary<IssueReference, FoundWorkItem> created,
        Func<string, bool> isOurs,
        CancellationToken cancellationToken)
    {
        var candidates = await FindHereAgainAsync([.. created.Keys], cancellationToken).ConfigureAwait(false);
        var known = created.Values.Select(found => found.WorkItem.Id).ToHashSet();
        var others = await ReadAsync(
            candidates.SelectMany(pair => pair.Value).Where(id => !known.Contains(id)), cancellationToken)
            .ConfigureAwait(false);
        var check = new CreationCheck();
        foreach (var (issue, made) in created)
        {
            if (!candidates[issue.Id].Contains(made.WorkItem.Id))
            {
                check.Unseen.Add(issue);
            }

            var marked = candidates[issue.Id]
                .Select(id => others.TryGetValue(id, out var item) && store.Has(item) ? Marked(item, issue.Id) : null)
                .OfType<FoundWorkItem>()
                .Append(made)
                .OrderBy(found => found.WorkItem.Id)
                .ToList();
            var first = marked[0];
            if (first != made)
            {
                check.Existing.Add(issue, first);
            }

            check.Twins.AddRange(marked
                .Where(found =>
                    found != first && found.Mark is { } mark && mark.Nonce != first.Mark?.Nonce && isOurs(mark.Nonce))
                .Select(found => new Twin(issue, found, first.WorkItem.Id)));
        }

        return check;
    }

    /// <summary>Reads twins again, before they go.</summary>
    /// <returns>Those that are still there, and whether nobody has worked on them.</returns>
    public async Task<Dictionary<int, bool>> ReadTwinsAsync(
        IReadOnlyCollection<(long IssueId, int WorkItemId)> twins,
        CancellationToken cancellationToken)
    {
        var items = await ReadAsync(twins.Select(twin => twin.WorkItemId), cancellationToken).ConfigureAwait(false);
        var now = twins
            .Where(twin => items.ContainsKey(twin.WorkItemId))
            .Select(twin => (Id: twin.WorkItemId, Found: Marked(items[twin.WorkItemId], twin.IssueId)))
            .ToList();
        var untouched = await FindUntouchedAsync(
            now.ConvertAll(twin => twin.Found).OfType<FoundWorkItem>().ToList(), cancellationToken)
            .ConfigureAwait(false);
        return now.ToDictionary(twin => twin.Id, twin => untouched.Contains(twin.Id));
    }

    /// <summary>Looks up which work items hold the marks of issues.</summary>
    public Task<Dictionary<long, List<HyperlinkOwner>>> LookUpAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken cancellationToken) => lookUp.FindAsync(issues, cancellationToken);

    /// <summary>
    /// Finds the work items of issues outside the selection. The only one that holds an issue's mark need not be read
    /// where nothing is to be written to it.
    /// </summary>
    /// <param name="issues">The issues.</param>
    /// <param name="owners">What the look-up found for them.</param>
    /// <param name="isSettled">Whether all that is desired of an issue exists on a work item.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The work items' ids by issue id; issues without one are left out.</returns>
    public async Task<Dictionary<long, int>> FindIdsAsync(
        IReadOnlyCollection<IssueReference> issues,
        IReadOnlyDictionary<long, List<HyperlinkOwner>> owners,
        Func<long, int, bool> isSettled,
        CancellationToken cancellationToken)
    {
        var known = issues
            .Where(issue =>
                owners[issue.Id] is [{ IsHere: not null } owner] && isSettled(issue.Id, owner.WorkItemId))
            .ToDictionary(issue => issue.Id, issue => owners[issue.Id][0].WorkItemId);
        var rest = issues.Where(issue => !known.ContainsKey(issue.Id)).ToList();
        var (found, foreign) = await ReadMarkedAsync(rest, owners, cancellationToken).ConfigureAwait(false);
        foreach (var (issue, marked) in found)
        {
            known.Add(issue.Id, marked[0].WorkItem.Id);
        }

        rest.ForEach(issue =>
            WarnOfForeign(issue, foreign[issue.Id], known.TryGetValue(issue.Id, out var id) ? id : null));

        return known;
    }

    /// <summary>
    /// Reads those that hold issues' marks, and sorts out which are the project's: those in it, else those that were
    /// moved from it.
    /// </summary>
    private async Task<(
        List<(IssueReference Issue, List<FoundWorkItem> Marked)> Marked,
        ILookup<long, WorkItem> Foreign
    )> ReadMarkedAsync(
        IReadOnlyCollection<IssueReference> issues,
        IReadOnlyDictionary<long, List<HyperlinkOwner>> owners,
        CancellationToken cancellationToken)
    {
        var items = await ReadAsync(Candidates(), cancellationToken).ConfigureAwait(false);
        var named = await FindNamedAsync(issues, owners, items, cancellationToken).ConfigureAwait(false);
        var found = new List<(IssueReference, List<FoundWorkItem>)>();
        var foreign = new List<(long IssueId, WorkItem Item)>();
        foreach (var issue in issues)
        {
            var marked = new List<FoundWorkItem>();
            foreach (var owner in owners[issue.Id])
            {
                if (!items.TryGetValue(owner.WorkItemId, out var item))
                {
                    continue;
                }

                if (MarkedOrNamed(item, issue.Id, named) is { } one)
                {
                    marked.Add(one);
                }
                else if (store.Has(item) && item.Relations.Any(relation =>
                    WorkItemMark.IssueOf(relation, site) == issue.Id && !WorkItemMark.IsMark(relation, site)))
                {
                    _emptied[item.Id] = item;
                }

                if (IsForeignTo(item, issue.Id, named))
                {
                    foreign.Add((issue.Id, item));
                }
            }

            var ours = marked.TrueForAll(IsHere) ? marked : marked.FindAll(IsHere);
            if (ours.Count == 0)
            {
                ours = await FindMovedAsync(marked, cancellationToken).ConfigureAwait(false);
            }

            if (ours.Count > 0)
            {
                found.Add((issue, ours));
            }
        }

        return (found, foreign.ToLookup(one => one.IssueId, one => one.Item));

        bool IsHere(FoundWorkItem one) => store.Has(one.WorkItem);

        // Where one is here, those elsewhere don't matter.
        IEnumerable<int> Candidates()
        {
            foreach (var several in issues.Select(issue => owners[issue.Id]))
            {
                foreach (var owner in several)
                {
                    if (owner.IsHere != false || several[0].IsHere != true)
                    {
                        yield return owner.WorkItemId;
                    }
                }
            }
        }
    }

    /// <summary>
    /// The work items without a mark whose field names an issue because one of our accounts wrote it there: any member
    /// can write the field, too.
    /// </summary>
    private async Task<IReadOnlySet<int>> FindNamedAsync(
        IReadOnlyCollection<IssueReference> issues,
        IReadOnlyDictionary<long, List<HyperlinkOwner>> owners,
        Dictionary<int, WorkItem> items,
        CancellationToken cancellationToken)
    {
        if (lookUp.Field is null)
        {
            return new HashSet<int>();
        }

        var unmarked = issues
            .SelectMany(issue => owners[issue.Id]
                .Where(owner => items.TryGetValue(owner.WorkItemId, out var item)
                    && lookUp.IsNamed(item, issue.Id) && !WorkItemMark.IsOnAny(item))
                .Select(owner => owner.WorkItemId))
            .ToList();
        if (unmarked.Count == 0)
        {
            return new HashSet<int>();
        }

        var histories = await authorship.ReadHistoriesAsync(unmarked, cancellationToken).ConfigureAwait(false);
        return histories
            .Where(pair => pair.Value.LastOrDefault(update => update.Fields.ContainsKey(lookUp.Field))?.IsOurs == true)
            .Select(pair => pair.Key)
            .ToHashSet();
    }

    /// <summary>The first of those of other projects that was in this one before.</summary>
    private async Task<List<FoundWorkItem>> FindMovedAsync(
        IEnumerable<FoundWorkItem> elsewhere,
        CancellationToken cancellationToken)
    {
        foreach (var found in elsewhere.Where(
            one => one.WorkItem.Rev > 1 && one.Mark?.MayBeOf(store.ProjectId) != false))
        {
            var history = await store.ReadHistoryAsync(found.WorkItem.Id, 0, cancellationToken).ConfigureAwait(false);
            if (history.Any(update => update.Fields.TryGetValue(Project, out var edit)
                && string.Equals(edit.Before as string, store.Project, StringComparison.OrdinalIgnoreCase)))
            {
                return [found];
            }
        }

        return [];
    }

    /// <summary>
    /// The ids of the work items that hold each issue's mark by now, those elsewhere left out, ascending.
    /// </summary>
    private async Task<Dictionary<long, List<int>>> FindHereAgainAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken cancellationToken)
    {
        var owners = await lookUp.FindAgainAsync(issues, cancellationToken).ConfigureAwait(false);
        return owners.ToDictionary(pair => pair.Key, pair => pair.Value
            .Where(owner => owner.IsHere != false)
            .Select(owner => owner.WorkItemId)
            .ToList());
    }

    private async Task<Dictionary<long, FoundWorkItem>> VerifyCachedAsync(
        IEnumerable<IssueReference> issues,
        CancellationToken cancellationToken)
    {
        var found = new Dictionary<long, FoundWorkItem>();
        var cached = issues.Select(issue => cache.TryGet(issue.Id, out var entry) ? entry : null)
            .OfType<Correlation>()
            .ToList();
        var items = await ReadAsync(cached.Select(entry => entry.WorkItemId), cancellationToken).ConfigureAwait(false);
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

        return found;
    }

    private async Task<Dictionary<int, WorkItem>> ReadAsync(IEnumerable<int> ids, CancellationToken cancellationToken)
    {
        var items = await authorship.ReadAsync(ids.Distinct().ToList(), cancellationToken).ConfigureAwait(false);
        return items.ToDictionary(item => item.Id);
    }

    /// <summary>
    /// A work item with the one mark that our accounts put on it; one with marks of two issues counts for neither.
    /// </summary>
    private FoundWorkItem? Marked(WorkItem item, long issueId)
    {
        (WorkItemMark Mark, int Index)? own = null;
        WorkItemMark? other = null;
        foreach (var found in WorkItemMark.FindAll(item, site))
        {
            own ??= found.Mark.Issue.Id == issueId ? found : null;
            other ??= found.Mark.Issue.Id == issueId ? null : found.Mark;
        }

        if (own is not var (mark, index))
        {
            return null;
        }

        if (other is null)
        {
            return new FoundWorkItem(item, mark) { Address = item.Relations[index].Url };
        }

        lock (_ambiguous)
        {
            if (_ambiguous.Add(item.Id))
            {
                Warn($"Work item {item.Id} carries marks of {mark.Issue} and of {other.Issue}, so it counts for neither. Remove "
                    + "the link to Jira that does not belong there.");
            }
        }

        return null;
    }

    /// <summary>What has the issue's mark, or was found by its field and has no mark at all.</summary>
    private FoundWorkItem? MarkedOrNamed(WorkItem item, long issueId, IReadOnlySet<int> named) => Marked(item, issueId)
        ?? (named.Contains(item.Id) && lookUp.IsNamed(item, issueId) ? new FoundWorkItem(item, null) : null);

    /// <summary>Whether an item was made to look as if it were an issue's by somebody else than our accounts.</summary>
    private bool IsForeignTo(WorkItem item, long issueId, IReadOnlySet<int> named) =>
        HasForeign(item, issueId)
        || (lookUp.IsNamed(item, issueId) && !WorkItemMark.IsOnAny(item) && !named.Contains(item.Id));

    private bool HasForeign(WorkItem item, long issueId)
    {
        for (var index = 0; index < item.Relations.Count; index++)
        {
            if (item.Relations[index] is { IsForeign: true } relation && site.FindMarked(relation.Url) == issueId)
            {
                return true;
            }
        }

        return false;
    }

    private void WarnOfForeign(IssueReference issue, IEnumerable<WorkItem> foreign, int? own)
    {
        foreach (var item in foreign)
        {
            if (!_foreign.Add((item.Id, issue.Id)))
            {
                continue;
            }

            Warn($"ForeignMark: work item {item.Id} carries a mark of {issue} (issue {issue.Id}) that neither this account nor a former "
                + $"one put there, so it is ignored; {issue} {(own is null ? "gets a work item of its own" : $"has work item {own}")}. "
                + "Remove the link to Jira from it; where an earlier account of yours put it there, name that with -FormerAccount.");
        }
    }

    /// <summary>One that nobody marked, whoever that was: it can be adopted.</summary>
    private FoundWorkItem? Free(WorkItem item) =>
        WorkItemMark.IsOnAny(item, site) ? null : new FoundWorkItem(item, null);

    /// <summary>
    /// Sorts out the further work items of an issue. The nonce of a mark is drawn when an item is created: an item with
    /// the nonce of another is a person's copy of it, one with a nonce of its own is the twin that another run made.
    /// </summary>
    private void Sort(IssueReference issue, List<FoundWorkItem> marked)
    {
        if (marked is [_])
        {
            return;
        }

        var first = marked[0];
        var nonces = new HashSet<string?> { first.Mark?.Nonce };
        foreach (var other in marked.Skip(1).Where(other => other.Mark is not null))
        {
            if (!nonces.Add(other.Mark!.Nonce))
            {
                var original = marked.Find(one => one.Mark?.Nonce == other.Mark.Nonce)!;
                Warn($"Work item {other.WorkItem.Id} is a copy of {original.WorkItem.Id}, which was made for {issue}; it is left "
                    + "alone. Remove the link to Jira from the copy to end this warning.");
            }
            else
            {
                _candidates.Add(new Twin(issue, other, first.WorkItem.Id));
            }
        }
    }

    /// <summary>
    /// Separates the twins that are as we wrote them from those that people have worked on. A relation's mark may show
    /// at its other end only, so the other ends of those that show none are read.
    /// </summary>
    private async Task SettleTwinsAsync(CancellationToken cancellationToken)
    {
        var untouched = await FindUntouchedAsync(_candidates.ConvertAll(twin => twin.Found), cancellationToken)
            .ConfigureAwait(false);
        foreach (var twin in _candidates)
        {
            if (untouched.Contains(twin.Found.WorkItem.Id))
            {
                _twins.Add(twin);
            }
            else
            {
                Warn($"Work items {twin.KeptWorkItemId} and {twin.Found.WorkItem.Id} both belong to {twin.Issue}, and people have "
                    + $"worked on {twin.Found.WorkItem.Id}: {twin.KeptWorkItemId} is used, and {twin.Found.WorkItem.Id} is left "
                    + "alone.");
            }
        }

        _candidates.Clear();
    }

    private async Task<Dictionary<int, WorkItem>> ReadOtherEndsAsync(
        IEnumerable<FoundWorkItem> twins,
        CancellationToken cancellationToken) =>
        (await store
            .ReadAsync(
                twins.SelectMany(Unmarked).Select(relation => relation.TargetWorkItemId).OfType<int>().Distinct()
                    .ToList(), cancellationToken)
            .ConfigureAwait(false))
        .ToDictionary(item => item.Id);

    /// <summary>
    /// Those that are as syncs wrote them. The number in the mark and the marks of relations are texts that anybody can
    /// write, so they only save reading histories; these decide.
    /// </summary>
    private async Task<IReadOnlySet<int>> FindUntouchedAsync(
        IReadOnlyCollection<FoundWorkItem> twins, CancellationToken cancellationToken)
    {
        var others = await ReadOtherEndsAsync(twins, cancellationToken).ConfigureAwait(false);
        var likely = twins
            .Where(twin => twin.WorkItem.Rev == twin.Mark!.Rev
                && Unmarked(twin).All(relation => IsMarkedAtOtherEnd(relation, others)))
            .Select(twin => twin.WorkItem.Id)
            .ToList();
        var histories = await authorship.ReadHistoriesAsync(likely, cancellationToken).ConfigureAwait(false);
        return likely.Where(id => authorship.IsUntouched(histories[id])).ToHashSet();
    }

    /// <summary>What a twin has beside its mark that shows no mark of ours.</summary>
    private IEnumerable<Relation> Unmarked(FoundWorkItem found) => found.WorkItem.Relations.Where(relation =>
        RelationMark.Of(relation, site) is null
        && !(relation.ReferenceName == WorkItemMark.Hyperlink && relation.Comment == found.Mark!.Comment));

    private bool IsMarkedAtOtherEnd(Relation relation, Dictionary<int, WorkItem> others) =>
        relation.TargetWorkItemId is { } id
        && others.TryGetValue(id, out var other)
        && other.Relations.Any(one =>
            one.TargetWorkItemId == relation.WorkItemId && RelationMark.Of(one, site) is not null);

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
