using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Lookup;

/// <summary>
/// Distinguishes marks that our accounts put on work items from those that somebody else wrote: any member can write
/// such a text, so the text proves nothing.
/// <para>
/// <b>Hyperlinks and files</b> have the date of the revision that added them, and may get that of the revision that
/// gave them another comment:
/// <code>
/// created by us at 10:00, the link is of 10:00             ours: it came with the item                 costs nothing
/// changed by us at 12:00, the link is of 12:00             ours: our last write added or rewrote it    costs nothing
/// anything else: who made the revision of the link's date? the feed of revisions, a page for many items
///                                                          the item's own history, where that leaves it open
/// </code>
/// With <c>bypassRules</c> an item says that somebody else created it. One at its first revision is settled by whom the
/// service itself knew as its writer, 200 items a request.
/// </para>
/// <para>
/// <b>Links to work items</b> have no date: the history of the item on which the mark shows says who added them. It is
/// read only of those that a run would remove.
/// </para>
/// </summary>
/// <param name="store">The project's work items.</param>
/// <param name="accounts">The accounts that are ours.</param>
/// <param name="site">The site of the marks.</param>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing that must be disposed.
internal sealed class Authorship(IWorkItemStore store, OwnAccounts accounts, JiraSite site)
{
    private const int HistoriesAtOnce = 4;

    /// <summary>How many histories a run reads to be sure of a mark that the feed says is somebody else's.</summary>
    private const int MostSecondLooks = 20;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<(int Item, string Type, string Address, DateTimeOffset? Date), bool> _known = [];
    private readonly RevisionPages _pages = new(store);
    private int _secondLooks;

    /// <summary>The accounts that are ours.</summary>
    public OwnAccounts Accounts => accounts;

    /// <summary>Reads work items, and says of each hyperlink that looks like a mark whether it is one.</summary>
    /// <param name="ids">Their ids.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<WorkItem>> ReadAsync(
        IReadOnlyCollection<int> ids, CancellationToken cancellationToken) =>
        await JudgeAsync(
            await store.ReadAsync(ids, cancellationToken).ConfigureAwait(false), IsMark, cancellationToken)
            .ConfigureAwait(false);

    /// <summary>
    /// Says of each copy of a file or web link that work items carry whether it is ours, as the mark itself was said.
    /// </summary>
    /// <param name="items">The work items.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<IReadOnlyList<WorkItem>> JudgeCopiesAsync(
        IReadOnlyList<WorkItem> items, CancellationToken cancellationToken) =>
        JudgeAsync(items, IsCopy, cancellationToken);

    /// <summary>
    /// Gives files of a work item the comments with which our accounts attached them, where somebody took the marks away:
    /// only its history says that they are copies.
    /// </summary>
    /// <param name="item">The work item.</param>
    /// <param name="files">The files that may be copies.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<WorkItem> RecallFilesAsync(
        WorkItem item, IReadOnlyCollection<Relation> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
        {
            return item;
        }

        var attached = (await ReadHistoryAsync(item.Id, cancellationToken).ConfigureAwait(false))
            .Where(update => update.IsOurs)
            .SelectMany(update => update.Added)
            .Where(IsCopy)
            .ToLookup(relation => relation.Identity);
        return item with
        {
            Relations = item.Relations
                .Select(relation => files.Contains(relation) && attached[relation.Identity].LastOrDefault() is { } copy
                    ? relation with { Comment = copy.Comment }
                    : relation)
                .ToList(),
        };
    }

    /// <summary>Finds the files that people attached to work items and removed, by work item.</summary>
    /// <param name="ids">The work items.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyDictionary<int, IReadOnlyList<WorkItemFile>>> FindRemovedFilesAsync(
        IEnumerable<int> ids, CancellationToken cancellationToken)
    {
        var histories = await ReadHistoriesAsync(ids, cancellationToken).ConfigureAwait(false);
        return histories.ToDictionary(history => history.Key, history => RemovedIn(history.Value));

        IReadOnlyList<WorkItemFile> RemovedIn(IReadOnlyList<WorkItemUpdate> history)
        {
            var copies = history.SelectMany(update => update.Added).Where(IsCopy).Select(relation => relation.Identity).ToHashSet();
            return history
                .SelectMany(update => update.Removed)
                .Where(relation => !copies.Contains(relation.Identity))
                .Select(WorkItemFile.Of)
                .OfType<WorkItemFile>()
                .ToList();
        }
    }

    /// <summary>
    /// Reads the comments of a work item, with what those of our accounts said before somebody took their marks away.
    /// </summary>
    /// <param name="contents">Where they are read.</param>
    /// <param name="workItemId">The work item.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<WorkItemComment>> ReadCommentsAsync(
        IContentStore contents, int workItemId, CancellationToken cancellationToken)
    {
        var comments = await contents.ReadCommentsAsync(workItemId, cancellationToken).ConfigureAwait(false);
        var edited = comments
            .Where(comment => comment.Version > 1 && accounts.Include(comment.CreatedBy)
                && CommentMark.Parse(comment.Html, site) is null)
            .Select(comment => comment.Id)
            .ToList();
        var earlier = await SideBySide.ReadAsync(
            edited,
            HistoriesAtOnce,
            (id, stop) => contents.ReadCommentVersionsAsync(workItemId, id, stop),
            cancellationToken).ConfigureAwait(false);
        return comments
            .Select(comment => earlier.TryGetValue(comment.Id, out var said) ? comment with { Earlier = said } : comment)
            .ToList();
    }

    /// <summary>
    /// The comments that our accounts wrote, whatever people quote. One of a former account is no longer ours to edit.
    /// </summary>
    /// <param name="comments">The comments of a work item.</param>
    public IReadOnlyList<WorkItemComment> CommentsOfOurs(IEnumerable<WorkItemComment> comments) => comments
        .Where(comment => accounts.Include(comment.CreatedBy))
        .Select(comment =>
            accounts.IsCurrent(comment.CreatedBy) ? comment : comment with { IsEditedByOthers = true })
        .ToList();

    /// <summary>Of links to work items that carry a mark, those that no account of ours added.</summary>
    /// <param name="relations">The relations, on the items on which their marks show.</param>
    /// <param name="known">The histories that the plan needs.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlySet<Relation>> FindForeignAsync(
        IReadOnlyCollection<Relation> relations, PlanHistories known, CancellationToken cancellationToken)
    {
        var histories = await known.ReadAsync(relations.Select(one => one.WorkItemId), cancellationToken)
            .ConfigureAwait(false);
        var isOurs = relations.ToLookup(one => IsOurs(one, histories[one.WorkItemId]));
        // Where the comment shows at both ends, somebody may have written it at the other one.
        var unsure = isOurs[true].Where(one => !CameWithMark(one, histories[one.WorkItemId])).ToList();
        var others = await known.ReadAsync(
            unsure.Select(one => one.TargetWorkItemId!.Value), cancellationToken).ConfigureAwait(false);
        return isOurs[false]
            .Concat(unsure.Where(one => others[one.TargetWorkItemId!.Value].Any(update =>
                !update.IsOurs && update.Changed.Any(changed => changed.TargetWorkItemId == one.WorkItemId))))
            .ToHashSet();
    }

    /// <summary>Reads the histories of work items, with what is ours in them.</summary>
    /// <param name="ids">The work items.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>>> ReadHistoriesAsync(
        IEnumerable<int> ids, CancellationToken cancellationToken) =>
        SideBySide.ReadAsync(ids.Distinct().ToList(), HistoriesAtOnce, ReadHistoryAsync, cancellationToken);

    /// <summary>Reads the history of a work item, with what is ours in it.</summary>
    /// <param name="id">The work item.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<WorkItemUpdate>> ReadHistoryAsync(int id, CancellationToken cancellationToken) =>
        (await store.ReadHistoryAsync(id, 0, cancellationToken).ConfigureAwait(false))
            .Select(update => update with { IsOurs = accounts.Include(update.By) })
            .ToList();

    /// <summary>
    /// Whether a history shows no hand but the sync's: every revision of ours carries the mark with it.
    /// </summary>
    /// <param name="history">The whole history.</param>
    public bool IsUntouched(IReadOnlyList<WorkItemUpdate> history) =>
        history.Count > 0
        && history.All(update => update.IsOurs
            && (update.Fields.Count == 0 || update.Added.Concat(update.Changed).Any(relation =>
                WorkItemMark.IssueOf(relation, site) is not null)));

    private bool IsMark(Relation relation) => WorkItemMark.IsMark(relation, site);

    private bool IsCopy(Relation relation) =>
        AttachmentMark.Parse(relation, site) is not null || WebLinkMark.Parse(relation, site) is not null;

    private async Task<IReadOnlyList<WorkItem>> JudgeAsync(
        IReadOnlyList<WorkItem> items, Func<Relation, bool> isClaim, CancellationToken cancellationToken)
    {
        var open = new List<Claim>();
        foreach (var item in items)
        {
            foreach (var relation in item.Relations)
            {
                if (isClaim(relation) && !IsProven(item, relation.AuthorizedDate))
                {
                    open.Add(new Claim(item, relation));
                }
            }
        }

        if (open.Count == 0)
        {
            return items;
        }

        // Several look-ups may ask at once; what one of them read serves the others.
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SettleAsync(open.FindAll(claim => !_known.ContainsKey(claim.Key)), cancellationToken)
                .ConfigureAwait(false);
            var foreign = open.Where(claim => !_known[claim.Key]).Select(claim => claim.Key).ToHashSet();
            return foreign.Count == 0 ? items : items.Select(item => Without(item, foreign)).ToList();
        }
        finally
        {
            _turn.Release();
        }
    }

    private static WorkItem Without(WorkItem item, HashSet<(int, string, string, DateTimeOffset?)> foreign) =>
        item.Relations.Any(relation => foreign.Contains(new Claim(item, relation).Key))
            ? item with
            {
                Relations = item.Relations
                    .Select(relation => foreign.Contains(new Claim(item, relation).Key)
                        ? relation with { IsForeign = true }
                        : relation)
                    .ToList(),
            }
            : item;

    /// <summary>Whether what was read of an item proves that its relation of a date is ours.</summary>
    private bool IsProven(WorkItem item, DateTimeOffset? date) => date is not null
        && ((date == item.CreatedDate && accounts.Include(item.CreatedBy))
            || (date == item.ChangedDate && accounts.Include(item.ChangedBy)));

    private async Task SettleAsync(List<Claim> claims, CancellationToken cancellationToken)
    {
        if (claims.Count == 0)
        {
            return;
        }

        await SettleByWriterAsync(claims.FindAll(claim => claim.Item.Rev == 1), cancellationToken)
            .ConfigureAwait(false);
        await SettleByFeedAsync(claims.FindAll(IsOpen), cancellationToken).ConfigureAwait(false);
        var rest = claims.FindAll(IsOpen);
        var histories = await ReadHistoriesAsync(rest.Select(claim => claim.Item.Id), cancellationToken)
            .ConfigureAwait(false);
        rest.ForEach(claim => _known[claim.Key] = IsOurs(claim.Relation, histories[claim.Item.Id]));
    }

    private bool IsOpen(Claim claim) => !_known.ContainsKey(claim.Key);

    /// <summary>What an item has at its first revision came with it, whoever it says created it.</summary>
    private async Task SettleByWriterAsync(List<Claim> claims, CancellationToken cancellationToken)
    {
        if (claims.Count == 0)
        {
            return;
        }

        var writers = (await store
                .ReadLastRevisionsAsync(claims.Select(claim => claim.Item.Id).Distinct().ToList(), cancellationToken)
                .ConfigureAwait(false))
            .ToDictionary(revision => revision.WorkItemId);
        foreach (var claim in claims)
        {
            if (writers.TryGetValue(claim.Item.Id, out var revision) && revision is { Rev: 1, By: not null })
            {
                _known[claim.Key] = accounts.Include(revision.By);
            }
        }
    }

    /// <summary>
    /// Looks in the feed for the revisions of the links' dates. What the feed says is somebody else's may be a mark of
    /// ours that got another comment from a person, so its history has the last word, for so many as a run has room
    /// for.
    /// </summary>
    private async Task SettleByFeedAsync(List<Claim> claims, CancellationToken cancellationToken)
    {
        foreach (var claim in claims.Where(claim => claim.Relation.AuthorizedDate is not null)
            .OrderBy(claim => claim.Relation.AuthorizedDate))
        {
            var revision = await _pages
                .FindAsync(claim.Item.Id, claim.Relation.AuthorizedDate!.Value, cancellationToken)
                .ConfigureAwait(false);
            if (revision?.By is { } writer && (accounts.Include(writer) || ++_secondLooks > MostSecondLooks))
            {
                _known[claim.Key] = accounts.Include(writer);
            }
        }
    }

    /// <summary>
    /// Whether the last entry that added a relation is of an account of ours, and nobody else wrote its comment since,
    /// unless the mark came with it.
    /// </summary>
    private bool IsOurs(Relation relation, IReadOnlyList<WorkItemUpdate> history)
    {
        var index = AdditionOf(relation, history);
        return index >= 0 && history[index].IsOurs
            && (CameWithMark(relation, history) || history.Skip(index + 1).All(update => update.IsOurs
                || !update.Changed.Any(one => one.Identity == relation.Identity)));
    }

    /// <summary>Whether a history shows that a relation's mark came with it.</summary>
    private bool CameWithMark(Relation relation, IReadOnlyList<WorkItemUpdate> history) =>
        AdditionOf(relation, history) is >= 0 and var index
        && history[index].Added.Any(one => one.Identity == relation.Identity && CarriesMark(one));

    private static int AdditionOf(Relation relation, IReadOnlyList<WorkItemUpdate> history)
    {
        for (var index = history.Count - 1; index >= 0; index--)
        {
            if (history[index].Added.Any(one => one.Identity == relation.Identity))
            {
                return index;
            }
        }

        return -1;
    }

    private bool CarriesMark(Relation relation) => relation.Comment is not null
        && (RelationMark.Of(relation, site) is not null || IsMark(relation) || IsCopy(relation));

    /// <summary>A relation that looks like one of ours, on its item.</summary>
    private sealed record Claim(WorkItem Item, Relation Relation)
    {
        public (int Item, string Type, string Address, DateTimeOffset? Date) Key =>
            (Item.Id, Relation.ReferenceName, Relation.Url, Relation.AuthorizedDate);
    }
}
