using System.Collections.Concurrent;
using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.Writing;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Copies comments and files of work items to their issues, and has the issues link to their work items.
/// <list type="number">
/// <item>A comment of a work item is an original unless it is our copy of a comment in Jira. A copy is never copied
/// back.</item>
/// <item>The discussion of a work item is read where its revision is another than the one that was looked at last,
/// which the pair's base says. A work item without comments is never asked for them.</item>
/// <item>The issue's own comments are read only where the base lacks something: then they say what is there, so that a
/// run that broke off copies nothing twice.</item>
/// <item>A file of a work item is an original unless its relation carries our mark. Its copy is the attachment that the
/// register names, or one by this account with the same name and size. A copy is never copied back.</item>
/// </list>
/// </summary>
/// <param name="context">What the phases of a run share.</param>
internal sealed class TwoWayContents(TwoWayContext context)
{
    private readonly CommentCopier _copier = new(context.Issues, context.Log);
    private readonly Dictionary<long, IReadOnlyList<IssueAttachment>> _attachments = [];

    private ContentPolicy Content => context.WorkItems.Content;

    /// <summary>Whether comments go to Jira.</summary>
    private bool HasComments => Content.Comments && IsWriting;

    /// <summary>Whether files go to Jira.</summary>
    private bool HasFiles => Content.Attachments && IsWriting;

    private bool HasPages => context.LinksWorkItems;

    private bool IsWriting => context.WritesContents;

    /// <summary>Finds copies of files that issues no longer name.</summary>
    /// <param name="issues">The issues.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task RecallAsync(IEnumerable<Replica> issues, CancellationToken cancellationToken)
    {
        if (Content.Attachments)
        {
            var existing = context.Sync.Known.Existing;
            var pairs = issues
                .Where(issue => existing.GetValueOrDefault(issue.IssueId)?.Mark?.Base is not null)
                .Select(issue => (issue, existing[issue.IssueId].WorkItem));
            context.RecalledFiles = await new RemovedFiles(
                    context.Sync.Authorship, context.Sync.Site, context.Issues.Account.AccountId)
                .FindAsync(pairs, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>An issue without the copies of what is in Azure DevOps.</summary>
    /// <param name="issue">The issue.</param>
    public Replica WithoutCopies(Replica issue)
    {
        var register = IssueRegister.Parse(issue.Property);
        if (Content.Attachments && issue.Attachments is { } attachments)
        {
            _attachments[issue.IssueId] = attachments;
            var copies = CopiesOf(
                issue, [.. register?.Files ?? [], .. context.RecalledFiles.GetValueOrDefault(issue.IssueId, [])]);
            issue = issue with { Attachments = attachments.Where(one => !copies.Contains(one.Id)).ToList() };
        }

        if (
            !Content.Comments
            || issue.Comments is not { } comments
            || register is not { Comments: { Count: > 0 } known })
        {
            return issue;
        }

        // Anybody may edit the register: what others wrote is theirs, whatever it says.
        var ids = known.Select(one => one.Comment).ToHashSet();
        var others = comments
            .Where(comment => !ids.Contains(comment.Id) || comment.AuthorId != context.Issues.Account.AccountId)
            .ToList();
        var isWhole = issue.CommentCount <= comments.Count;
        return issue with
        {
            Comments = others,
            CommentCount = isWhole ? others.Count : issue.CommentCount - (comments.Count - others.Count),
            CopiedComments = ids.Except(others.Select(comment => comment.Id)).ToList(),
        };
    }

    /// <summary>The attachments that are copies: those of the register, and those that an original is like.</summary>
    private HashSet<long> CopiesOf(Replica issue, IReadOnlyList<FileBase> known)
    {
        var own = _attachments.GetValueOrDefault(issue.IssueId, [])
            .Where(one => one.AuthorId is { } author && author == context.Issues.Account.AccountId).ToList();
        var ids = own.Select(one => one.Id).Intersect(known.Select(one => one.Attachment)).ToHashSet();
        if (context.Sync.Known.Existing.GetValueOrDefault(issue.IssueId) is { } found)
        {
            var files = known.Select(one => one.File).ToHashSet();
            foreach (var file in OriginalsOf(found.WorkItem).Where(file => !files.Contains(file.Id)))
            {
                if (own.Find(one => !ids.Contains(one.Id) && FileCopier.IsLike(one, file)) is { } copy)
                {
                    ids.Add(copy.Id);
                }
            }
        }

        return ids;
    }

    private IEnumerable<WorkItemFile> OriginalsOf(WorkItem item) => item.Relations
        .Where(relation => AttachmentMark.Parse(relation, context.Sync.Site) is null)
        .Select(WorkItemFile.Of)
        .OfType<WorkItemFile>();

    /// <summary>Plans.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="isCreated">Whether the issues were created from their work items in this run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The pairs with what was looked at in their base, and what is to be written.</returns>
    public async Task<(IReadOnlyList<PairPlan> Pairs, IReadOnlyList<ContentCopy> Copies)> PlanAsync(
        IReadOnlyList<PairPlan> pairs, bool isCreated, CancellationToken cancellationToken)
    {
        var (discussed, copies) = await PlanCommentsAsync(pairs, isCreated, cancellationToken).ConfigureAwait(false);
        var others = new List<ContentCopy>();
        foreach (var pair in pairs)
        {
            var item = await RecallFilesAsync(pair, cancellationToken).ConfigureAwait(false);
            others.AddRange(PlanOthers(pair, item, MayWrite(pair, isCreated)));
        }

        var byIssue = copies.Concat(others).Where(copy => copy.IsWrite).GroupBy(copy => copy.Pair.Pair.Issue.IssueId)
            .Select(group => group.Aggregate((one, other) => one with
            {
                AddFiles = [.. one.AddFiles, .. other.AddFiles],
                RemoveFiles = [.. one.RemoveFiles, .. other.RemoveFiles],
                Attachments = other.Attachments,
                Page = one.Page ?? other.Page,
            }))
            .ToList();
        return (
            discussed.Select(WithPage).ToList(),
            [.. byIssue, .. copies.Concat(others).Where(copy => copy.Reason is not null)]);
    }

    /// <summary>The work item of a pair, with the marks that somebody took from copies of the issue's files.</summary>
    private Task<WorkItem> RecallFilesAsync(PairPlan pair, CancellationToken cancellationToken)
    {
        var known = pair.Pair.Base.Files.Select(one => one.File).ToHashSet();
        var others = _attachments.GetValueOrDefault(pair.Pair.Issue.IssueId, [])
            .Where(one => one.AuthorId != context.Issues.Account.AccountId)
            .ToList();
        var files = !HasFiles ? [] : ContentPlanner.PossibleCopies(others, pair.Pair.Item, context.Sync.Site)
            .Where(relation => !known.Contains(WorkItemFile.Of(relation)!.Id))
            .ToList();
        return context.Sync.Authorship.RecallFilesAsync(pair.Pair.Item, files, cancellationToken);
    }

    private bool MayWrite(PairPlan pair, bool isCreated) =>
        isCreated || pair.Pair.IsUnfinished || !pair.Pair.Base.IsEmpty
        || context.Policy.Merge.Baseline == Side.AzureDevOps;

    /// <summary>What is to be done with the files of a pair, and with the link to its work item.</summary>
    private IEnumerable<ContentCopy> PlanOthers(PairPlan pair, WorkItem item, bool mayWrite)
    {
        var (issue, known) = (pair.Pair.Issue, pair.Pair.Base.Files);
        var page = HasPages && !IsLinked(pair) ? PageOf(pair) : null;
        var all = _attachments.GetValueOrDefault(issue.IssueId, []);
        var files = HasFiles ? OriginalsOf(item).ToList() : [];
        var copies = HasFiles ? CopiesOf(issue, known) : [];
        var free = all.Where(one => copies.Contains(one.Id) && known.All(file => file.Attachment != one.Id)).ToList();
        var add = new List<WorkItemFile>();
        foreach (var file in files.Where(file => known.All(one => one.File != file.Id)))
        {
            // What an earlier run attached and did not remember.
            if (free.Find(one => FileCopier.IsLike(one, file)) is { } copy)
            {
                free.Remove(copy);
            }
            else
            {
                add.Add(file);
            }
        }

        var removed = known.Where(one => HasFiles && Content.Prune && files.TrueForAll(file => file.Id != one.File))
            .Select(one => one.Attachment).ToHashSet();
        var fitting = add.FindAll(file => file.Size <= Content.AttachmentLimit);
        var plan = new ContentCopy(pair)
        {
            AddFiles = fitting,
            RemoveFiles = all.Where(one => removed.Contains(one.Id) && copies.Contains(one.Id)).ToList(),
            Attachments = all.Select(one => one.Id).ToHashSet(),
            Page = page,
        };
        if (plan.IsWrite)
        {
            yield return mayWrite ? plan : new ContentCopy(pair)
            {
                Kept = plan.AddFiles.Count > 0 ? "attachment" : "remotelink",
                Reason = Reasons.NoBase,
                Detail = "The pair had no base yet: the next run adds it to Jira.",
            };
        }

        if (fitting.Count < add.Count)
        {
            yield return new ContentCopy(pair)
            {
                Kept = "attachment",
                Reason = Reasons.TooLarge,
                Detail =
                    $"-AttachmentLimit leaves out {string.Join(", ", add.Except(fitting).Select(file => file.Name))}.",
            };
        }
    }

    /// <summary>
    /// The links to work items that this run created: nothing else of such a work item is lacking in its issue.
    /// </summary>
    /// <param name="changes">What was to be done with work items.</param>
    public IReadOnlyList<ContentCopy> PlanPages(IEnumerable<WorkItemChange> changes) => !HasPages ? [] : [.. changes
        .Where(change => change.Action == ChangeAction.Create && context.WrittenFields.ContainsKey(change.IssueId)
            && context.Sync.Known.Existing.ContainsKey(change.IssueId))
        .Select(PairOfNew)
        .Select(pair => new ContentCopy(pair) { Page = PageOf(pair) })];

    /// <summary>The pair of a work item that this run created: all that the mark says of it is true.</summary>
    private PairPlan PairOfNew(WorkItemChange change)
    {
        var found = context.Sync.Known.Existing[change.IssueId];
        return new PairPlan
        {
            Pair = new PairInput
            {
                Desired = new DesiredWorkItem { Replica = change.Replica, WorkItemType = change.WorkItemType },
                Found = found,
                Type = WorkItemType.Unknown(found.WorkItem.Type),
                Base = found.Mark is { } mark
                    ? PairBase.Combine(
                        mark, property: null, context.Organization, context.Project, found.WorkItem.Id)
                    : PairBase.None,
            },
            WorkItem = change,
            ToJira = new Dictionary<string, object?>(),
            Results = [],
            Base = [],
            NotInvertible = [],
        };
    }

    private string PageOf(PairPlan pair) => context.Sync.Contents!.Store.PageOf(pair.Pair.Item.Id);

    private bool IsLinked(PairPlan pair) =>
        pair.Pair.Base.Of(PairBase.PageLink) is { } known && known.Ado == ShortDigest.Of(PageOf(pair));

    /// <summary>A pair whose base still says that the issue links to its work item.</summary>
    private PairPlan WithPage(PairPlan pair) => pair.Pair.Base.Of(PairBase.PageLink) is { } known
        ? pair with { Base = [.. pair.Base, new NextBase(PairBase.PageLink, known, known, BaseNeeds.Nothing)] }
        : pair;

    private async Task<(IReadOnlyList<PairPlan> Pairs, IReadOnlyList<ContentCopy> Copies)> PlanCommentsAsync(
        IReadOnlyList<PairPlan> pairs, bool isCreated, CancellationToken cancellationToken)
    {
        if (!HasComments)
        {
            return (pairs, []);
        }

        var discussed = pairs.Where(HasDiscussion).ToList();
        var open = discussed.Where(pair => !IsLookedAt(pair)).ToList();
        var read = await ReadAsync(open, cancellationToken).ConfigureAwait(false);
        var mayWrite = open.ToLookup(pair => MayWrite(pair, isCreated));
        var planned = (
            await _copier
                .PlanAsync(
                    mayWrite[true]
                        .Where(pair => IsBehind(pair, read[pair]))
                        .Select(pair => Discussed(pair, read[pair]))
                        .ToList(),
                    Content.Prune,
                    cancellationToken)
                .ConfigureAwait(false)).ToLookup(copy => copy.Issue.Id);
        var copies = new List<ContentCopy>();
        foreach (var pair in mayWrite[true])
        {
            var all = planned[pair.Pair.Issue.IssueId].ToList();
            if (all.Exists(copy => !copy.IsEditedByOthers))
            {
                copies.Add(new ContentCopy(pair)
                {
                    Comments = all.FindAll(copy => !copy.IsEditedByOthers), LeavesCopies = LeavesCopies(pair, read),
                });
            }

            if (all.Exists(copy => copy.IsEditedByOthers))
            {
                copies.Add(new ContentCopy(pair)
                {
                    Reason = Reasons.EditedInJira,
                    Detail = "Somebody edited our copy of a comment in Jira, so it does not follow its original any more.",
                });
            }
        }

        var later = mayWrite[false].Where(pair => read[pair].Count > 0).ToList();
        copies.AddRange(later.Select(pair => new ContentCopy(pair)
        {
            Reason = Reasons.NoBase,
            Detail = "The pair had no base yet: comments of the work item go to Jira in the next run.",
        }));
        var waiting = copies.Where(copy => copy.IsWrite).Select(copy => copy.Pair.Pair.Issue.IssueId).ToHashSet();
        var held = later.Select(pair => pair.Pair.Issue.IssueId).ToHashSet();
        var looked = discussed.Select(pair => pair.Pair.Issue.IssueId).Where(id => !held.Contains(id)).ToHashSet();
        // Of what runs wrote last the next one reads the comments once more: a run after it must not write for that.
        var behind = open
            .Where(pair => !context.Sync.Authorship.Accounts.Include(pair.Pair.Item.ChangedBy))
            .Select(pair => pair.Pair.Issue.IssueId)
            .Where(id => !waiting.Contains(id))
            .ToHashSet();
        return (
            pairs.Select(pair => !looked.Contains(pair.Pair.Issue.IssueId) ? pair : pair with
            {
                Base = [.. pair.Base, Looked(pair, LeavesCopies(pair, read), waiting.Contains(pair.Pair.Issue.IssueId))],
                IsDiscussionRead = behind.Contains(pair.Pair.Issue.IssueId),
            }).ToList(),
            copies);
    }

    /// <summary>Writes.</summary>
    /// <param name="copies">What is to be written.</param>
    /// <param name="notify">Whether people are notified.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<WrittenContent>> ApplyAsync(
        IReadOnlyList<ContentCopy> copies, bool notify, CancellationToken cancellationToken)
    {
        var comments = (
            await _copier
                .ApplyAsync(copies.SelectMany(copy => copy.Comments).ToList(), notify, cancellationToken)
                .ConfigureAwait(false)).ToLookup(one => one.Copy.Issue.Id);
        var written = new ConcurrentDictionary<ContentCopy, WrittenContent>(ReferenceEqualityComparer.Instance);
        await SideBySide
            .ForEachAsync(
                copies,
                context.Issues.ThrottleLimit,
                async (copy, cancellationToken) =>
                    written[copy] = await ApplyAsync(
                            copy,
                            comments[copy.Pair.Pair.Issue.IssueId].ToList(),
                            cancellationToken)
                        .ConfigureAwait(false),
                cancellationToken)
            .ConfigureAwait(false);
        return copies.Select(copy => written[copy]).ToList();
    }

    private async Task<WrittenContent> ApplyAsync(
        ContentCopy copy, IReadOnlyList<WrittenCopy> comments, CancellationToken cancellationToken)
    {
        var (issue, workItemId) = (copy.Pair.Pair.Issue.Reference, copy.Pair.Pair.Item.Id);
        var errors = comments.Select(one => one.Error).OfType<ServiceError>().ToList();
        var files = copy.Pair.Pair.Base.Files.ToList();
        var copier = new FileCopier(context.Issues, context.Sync.Contents!.Store, context.Log);
        var known = copy.Attachments.ToHashSet();
        foreach (var file in copy.AddFiles)
        {
            var (id, error) = await copier.AddAsync(issue, workItemId, file, known, cancellationToken)
                .ConfigureAwait(false);
            if (error is not null)
            {
                errors.Add(error with { Message = $"The file '{file.Name}' was not attached. {error.Message}" });
            }
            else if (id is { } attachment)
            {
                files.Add(new FileBase(file.Id, attachment));
                known.Add(attachment);
            }
        }

        foreach (var file in copy.RemoveFiles)
        {
            if (await copier.RemoveAsync(issue, workItemId, file, cancellationToken).ConfigureAwait(false) is { } error)
            {
                errors.Add(error);
            }
            else
            {
                files.RemoveAll(one => one.Attachment == file.Id);
            }
        }

        var isLinked = false;
        if (copy.Page is { } page)
        {
            var item = copy.Pair.Pair.Item;
            var note = context.Log.LinkingPage(issue, workItemId, page);
            var error = await context
                .Issues.WriteRemoteLinkAsync(
                    issue.Id,
                    page,
                    new Uri(page),
                    $"{item.Type} {item.Id} in {item.Project}",
                    cancellationToken)
                .ConfigureAwait(false);
            context.Log.Ended(note, error);
            isLinked = error is null;
            errors.AddRange(error is null ? [] : [error]);
        }

        var line = copy.Line();
        return new WrittenContent(
            copy,
            !copy.IsWrite ? line
                : errors.Count > 0 ? line.Failed(errors[0])
                : line with { IsApplied = true })
        {
            Comments = comments, Files = files, IsLinked = isLinked,
        };
    }

    /// <summary>The register of an issue once the contents are copied.</summary>
    /// <param name="register">What it says so far.</param>
    /// <param name="written">What was written.</param>
    public IssueRegister Remember(IssueRegister register, WrittenContent written)
    {
        var pair = written.Copy.Pair;
        var fields = new Dictionary<string, FieldBase>(register.Fields, StringComparer.OrdinalIgnoreCase);
        if (written.Copy.Comments.Count > 0 && written.Comments.All(one => one.Error is null))
        {
            fields[MarkBase.Discussion] = LookedAt(RevOf(pair), register.Counter, written.Copy.LeavesCopies);
        }

        if (written.IsLinked)
        {
            var digest = ShortDigest.Of(PageOf(pair));
            fields[PairBase.PageLink] = new FieldBase(register.Counter, digest, digest);
        }

        return register with
        {
            Comments = After(pair.Pair.Base.Comments, written.Comments), Files = written.Files, Fields = fields,
        };
    }

    private static List<CommentBase> After(IReadOnlyList<CommentBase> before, IReadOnlyList<WrittenCopy> written)
    {
        var comments = before.ToDictionary(one => one.WorkItemComment);
        foreach (var (copy, id, _) in written.Where(one => one.Error is null))
        {
            if (copy.Original is { } original && id is { } comment)
            {
                comments[copy.OriginalId] = new CommentBase(copy.OriginalId, comment, original.Version);
            }
            else
            {
                comments.Remove(copy.OriginalId);
            }
        }

        return comments.Values.OrderBy(one => one.WorkItemComment).ToList();
    }

    private static bool HasDiscussion(PairPlan pair) => pair.Pair.Base.Comments.Count > 0
        || pair.Pair.Item.Fields.GetValueOrDefault("System.CommentCount") is not double count || count > 0;

    /// <summary>
    /// Whether nobody said anything since the discussion was looked at, and nothing that was left waits for pruning.
    /// </summary>
    private bool IsLookedAt(PairPlan pair)
    {
        var (item, mark) = (pair.Pair.Item, pair.Pair.Found.Mark);
        if (pair.Pair.Base.Of(MarkBase.Discussion) is not { } known || (Content.Prune && HasLeft(known)))
        {
            return false;
        }

        // Our own write that recorded it made the revision that the mark names.
        return IsOf(known, item.Rev)
            || (mark?.Rev == item.Rev && MarkBase.Parse(mark.Base) is { } inMark
                && inMark.Of(MarkBase.Discussion)?.Counter == inMark.Counter);
    }

    /// <summary>Whether what is known of a discussion was true of a revision of the work item.</summary>
    /// <param name="known">What is known.</param>
    /// <param name="rev">The revision.</param>
    internal static bool IsOf(FieldBase known, int rev) => known.Ado == DigestOf(rev);

    private static NextBase Looked(PairPlan pair, bool leavesCopies, bool isWaiting) => new(
        MarkBase.Discussion,
        pair.Pair.Base.Of(MarkBase.Discussion),
        LookedAt(pair.Pair.Item.Rev, pair.Pair.Base.Counter + 1, leavesCopies),
        isWaiting ? BaseNeeds.Contents : BaseNeeds.Nothing);

    private static FieldBase LookedAt(int rev, int counter, bool leavesCopies) =>
        new(counter, leavesCopies ? FieldBase.Unknown : DigestOf(rev), DigestOf(rev));

    /// <summary>Whether copies stayed whose originals were deleted, when the discussion was looked at.</summary>
    private static bool HasLeft(FieldBase known) => known.Jira == FieldBase.Unknown;

    /// <summary>Whether copies stay whose originals were deleted, for a run that prunes.</summary>
    private bool LeavesCopies(PairPlan pair, Dictionary<PairPlan, IReadOnlyList<WorkItemComment>> read) =>
        !Content.Prune && (read.TryGetValue(pair, out var originals)
            ? pair.Pair.Base.Comments.Any(one => originals.All(original => original.Id != one.WorkItemComment))
            : pair.Pair.Base.Of(MarkBase.Discussion) is { } known && HasLeft(known));

    private static string DigestOf(int rev) => ShortDigest.Of(rev.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// The work item's revision after our own writes; the one that was planned with, if somebody else wrote.
    /// </summary>
    private int RevOf(PairPlan pair) =>
        context.IsAsPlanned(pair)
            && context.Sync.Known.Existing.GetValueOrDefault(pair.Pair.Issue.IssueId) is { Mark: { } mark, WorkItem: var item }
            && mark.Rev == item.Rev ? item.Rev : pair.Pair.Item.Rev;

    /// <summary>Whether the issue lacks something of the discussion, as far as the base knows.</summary>
    private bool IsBehind(PairPlan pair, IReadOnlyList<WorkItemComment> originals)
    {
        var known = pair.Pair.Base.Comments.ToDictionary(one => one.WorkItemComment, one => one.Version);
        return originals.Any(one => known.GetValueOrDefault(one.Id) != one.Version)
            || (Content.Prune && known.Keys.Except(originals.Select(one => one.Id)).Any());
    }

    private async Task<Dictionary<PairPlan, IReadOnlyList<WorkItemComment>>> ReadAsync(
        IReadOnlyCollection<PairPlan> pairs, CancellationToken cancellationToken)
    {
        var read = new ConcurrentDictionary<PairPlan, IReadOnlyList<WorkItemComment>>(
            ReferenceEqualityComparer.Instance);
        await SideBySide
            .ForEachAsync(
                pairs,
                context.Issues.ThrottleLimit,
                async (pair, cancellationToken) =>
                {
                    var all = await context
                        .Sync.Authorship
                        .ReadCommentsAsync(context.Sync.Contents!.Store, pair.Pair.Item.Id, cancellationToken)
                        .ConfigureAwait(false);
                    var copies = context
                        .Sync.Authorship.CommentsOfOurs(all)
                        .Where(comment => CommentMark.Of(comment, context.Sync.Site) is not null)
                        .Select(comment => comment.Id)
                        .ToHashSet();
                    read[pair] = all.Where(comment => !copies.Contains(comment.Id)).ToList();
                },
                cancellationToken)
            .ConfigureAwait(false);
        return new Dictionary<PairPlan, IReadOnlyList<WorkItemComment>>(read, ReferenceEqualityComparer.Instance);
    }

    private DiscussedPair Discussed(PairPlan pair, IReadOnlyList<WorkItemComment> originals) => new()
    {
        Issue = pair.Pair.Issue.Reference,
        WorkItemId = pair.Pair.Item.Id,
        Comments = originals,
        HasIssueComments = pair.Pair.Base.Comments.Count > 0,
        Page = PageOf(pair),
        Organization = context.Organization,
        Project = context.Sync.Store.Project,
    };
}
