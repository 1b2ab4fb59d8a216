using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;
using JiraAdoSync.RichText;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Applying.Contents;

/// <summary>
/// Writes what work items get beside their fields, once all work items of a run exist.
/// <list type="number">
/// <item>
/// Files are uploaded; they show nowhere yet. Of two of the same size the second is looked at before it is uploaded:
/// where it has the same content, it is the same file.
/// </item>
/// <item>Comments that were edited are edited, one request each.</item>
/// <item>
/// One batch gives each item its files, hyperlinks, addresses in texts and its first comment; each further batch gives
/// one more comment. So comments cost as many batches as the longest discussion has new ones, not a request each.
/// </item>
/// <item>
/// Another run may do the same at the same moment. Where the mark is no longer the one that this run knows, the comments
/// are read again, and each write leaves out the files and comments that are there by then. The write names the revision
/// of what was read, so that no other write is between.
/// </item>
/// </list>
/// <para>
/// Every write records in the mark which kinds are done by then, and which revision it makes. A kind with a failure is
/// left undone there, and the next run completes it: what exists by then is recognised and not written again.
/// </para>
/// </summary>
internal sealed class ContentApplier(
    IWorkItemStore store,
    ContentPorts ports,
    JiraSite site,
    BatchSender sender,
    RunLog log)
{
    private const int UploadsAtOnce = 4;

    private const string History = "System.History";

    private readonly PositionalEdits _edits = new(store, site, sender, log);

    /// <summary>Says which comments are ours.</summary>
    public required Authorship Authorship { get; init; }

    /// <summary>Writes the contents of changes whose work items exist.</summary>
    /// <param name="changes">The changes, each with its work item.</param>
    /// <param name="pages">The pages of work items by the keys of their issues.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// For each change what failed, one by one, and the work item as it is now; null where nothing was written.
    /// </returns>
    public async IAsyncEnumerable<(
        WorkItemChange Change,
        IReadOnlyList<ServiceError> Errors,
        FoundWorkItem? Existing)> ApplyAsync(
        IReadOnlyCollection<(WorkItemChange Change, FoundWorkItem Found)> changes,
        IReadOnlyDictionary<string, string> pages,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var batch in changes.Chunk(IWorkItemStore.BatchSize))
        {
            var now = await ReadFilesAsync(batch, cancellationToken).ConfigureAwait(false);
            var works = batch
                .Select(one =>
                    new Work(one.Change, one.Found, now.GetValueOrDefault(one.Found.WorkItem.Id), site, pages))
                .ToList();
            await SideBySide
                .ForEachAsync(
                    works,
                    UploadsAtOnce,
                    async (work, cancellationToken) =>
                    {
                        foreach (
                            var attachment in work.Content.AddAttachments.Where(attachment => !work.HasFile(attachment)))
                        {
                            await CopyAsync(work, attachment, cancellationToken).ConfigureAwait(false);
                        }

                        await EditCommentsAsync(work, cancellationToken).ConfigureAwait(false);
                    },
                    cancellationToken)
                .ConfigureAwait(false);
            for (var left = works.FindAll(work => work.HasMore); left.Count > 0; left = left.FindAll(
                work => work is { HasFailed: false, CommentsLeft: > 0 }))
            {
                await WriteAsync(left, cancellationToken).ConfigureAwait(false);
            }

            foreach (var work in works)
            {
                var mark = work.Item is null ? null : work.FindMark(work.Item)?.Mark;
                yield return (
                    work.Change,
                    work.Errors,
                    work.Item is null ? null : new FoundWorkItem(work.Item, mark) { Address = work.Address });
            }
        }
    }

    /// <summary>
    /// The work items that get files, as they are now: which files they have by now, must be known first.
    /// </summary>
    private async Task<Dictionary<int, WorkItem>> ReadFilesAsync(
        IEnumerable<(WorkItemChange Change, FoundWorkItem Found)> batch,
        CancellationToken cancellationToken)
    {
        var ids = batch
            .Where(one => one.Change.Content!.AddAttachments.Count > 0)
            .Select(one => one.Found.WorkItem.Id)
            .ToList();
        return (await store.ReadAsync(ids, cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Id);
    }

    /// <summary>Copies one file as a stream.</summary>
    private async Task CopyAsync(Work work, IssueAttachment attachment, CancellationToken cancellationToken)
    {
        string? url = null;
        ServiceError? uploadError = null;
        var digest = string.Empty;
        if (work.HasFileOf(attachment.Size))
        {
            var unread = await ports.Source.DownloadAsync(attachment, HashAsync, cancellationToken)
                .ConfigureAwait(false);
            if (unread is null && work.TryShare(attachment, digest))
            {
                return;
            }
        }

        var error = await ports.Source.DownloadAsync(attachment, UploadAsync, cancellationToken).ConfigureAwait(false)
            ?? uploadError;
        if (error is null && url is not null)
        {
            work.AddFile(attachment, url, digest);
        }
        else
        {
            var why = error ?? new ServiceError(Failure.RequestFailed, "Azure DevOps gave it no address.");
            work.AddError(
                why with { Message = $"The attachment '{attachment.FileName}' was not copied. {why.Message}" });
            work.HasFailedFile = true;
        }

        // What has more than Jira says is read no farther; its upload is refused.
        async Task HashAsync(Stream content, CancellationToken cancellationToken)
        {
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[64 << 10];
            var left = attachment.Size;
            for (
                int read;
                left >= 0 && (read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;
                left -= read)
            {
                sha.AppendData(buffer, 0, read);
            }

            digest = left < 0 ? string.Empty : Digest(sha.GetHashAndReset());
        }

        async Task UploadAsync(Stream content, CancellationToken cancellationToken)
        {
            using var sha = SHA256.Create();
            using var hashed = new CryptoStream(content, sha, CryptoStreamMode.Read, leaveOpen: true);
            (url, uploadError) = await ports
                .Store.UploadAsync(attachment.FileName, attachment.Size, hashed, cancellationToken)
                .ConfigureAwait(false);
            if (uploadError is null)
            {
                if (await hashed.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) > 0)
                {
                    uploadError = new ServiceError(
                        Failure.RequestFailed,
                        "Jira sends more bytes than the size it reported.");
                }

                digest = uploadError is null ? Digest(sha.Hash!) : string.Empty;
            }
        }

        static string Digest(byte[] hash) => Convert.ToHexString(hash, 0, 8).ToLowerInvariant();
    }

    private async Task EditCommentsAsync(Work work, CancellationToken cancellationToken)
    {
        var comments = new CommentWriter(ports.Store, log);
        var edits = work.Content.EditComments
            .Select(edit => (edit.Current, Html: (string?)CommentMark.Compose(edit.Comment, work.Context)))
            .Concat(work.Content.RemoveComments.Select(comment => (comment, (string?)null)));
        foreach (var (current, html) in edits)
        {
            var error = await comments.WriteAsync(
                work.Change.Replica.Reference, work.Id, current, html, cancellationToken)
                .ConfigureAwait(false);
            if (error is not null)
            {
                work.AddError(error with { Message =
                    $"A comment was not {(html is null ? "removed" : "edited")}. {error.Message}" });
                work.HasFailedComment = true;
            }
            else
            {
                work.EditsMade++;
            }
        }
    }

    private async Task WriteAsync(List<Work> works, CancellationToken cancellationToken)
    {
        var losing = works.Where(work => work.MayRemove).Select(work => work.Id).ToList();
        var baseline = await _edits.ReadAsync(works.ConvertAll(work => work.Id), losing, cancellationToken)
            .ConfigureAwait(false);
        works.ForEach(work => work.Before = baseline.Items.GetValueOrDefault(work.Id));
        foreach (var lost in works.Where(work => work.Before is null || work.FindMark(work.Before) is null))
        {
            lost.Fail(new ServiceError(
                Failure.WorkItemChanged,
                $"Work item {lost.Id} was deleted, or lost our mark, by somebody else in between."));
        }

        var ready = works.FindAll(work => !work.HasFailed);
        await PassOverPresentAsync(ready, cancellationToken).ConfigureAwait(false);
        var outcomes = await sender
            .SendAsync(
                ready,
                together => together.Select(work => work.ToWrite(baseline)).ToList(),
                FindDoneAsync,
                cancellationToken)
            .ConfigureAwait(false);
        var done = new List<PositionalEdit>();
        foreach (var (work, outcome) in ready.Zip(outcomes))
        {
            if (outcome.WorkItem is { } item)
            {
                Note(work, work.Before!, item);
                done.Add(new PositionalEdit(work.Written!, work.Before!, item, work.IssueOf)
                {
                    IsAnswered = work.IsAnswered,
                });
                work.Done(item);
            }
            else
            {
                work.Fail(outcome.Error!);
            }
        }

        var errors = await _edits.VerifyAsync(done, baseline, cancellationToken).ConfigureAwait(false);
        foreach (var work in ready.Where(work => !work.HasFailed && errors.ContainsKey(work.Id)))
        {
            work.Fail(errors[work.Id]);
            await TakeMarkBackAsync(work, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves out the comments that another run has added since this one knew of the item's mark.</summary>
    private Task PassOverPresentAsync(IEnumerable<Work> works, CancellationToken cancellationToken) =>
        SideBySide.ForEachAsync(
            works.Where(work => work.MayHaveMoreComments).ToList(),
            UploadsAtOnce,
            async (work, cancellationToken) => work.PassOver(Authorship.CommentsOfOurs(
                await Authorship.ReadCommentsAsync(ports.Store, work.Id, cancellationToken).ConfigureAwait(false))),
            cancellationToken);

    /// <summary>
    /// Gives an item of which a write missed its aim the mark that it had, so that the next run does the rest.
    /// </summary>
    private async Task TakeMarkBackAsync(Work work, CancellationToken cancellationToken)
    {
        if (work.FindMark(work.Before!) is var (former, index))
        {
            var comments =
                new Dictionary<(string, string), string> { [work.Before!.Relations[index].Identity] = former.Comment };
            await _edits.SetCommentsAsync(work.Id, comments, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Note(Work work, WorkItem before, WorkItem after)
    {
        var (old, now) = (FilesAndLinks(before), FilesAndLinks(after));
        var written = work.Written!.Fields;
        log.Updated(
            work.Change.Replica.Reference,
            before,
            after,
            // A comment is no value of a field.
            written.Keys.Where(field => field != History).ToList(),
            old.Except(now).ToList(),
            now.Except(old).ToList(),
            written.GetValueOrDefault(History) as string);

        static List<Relation> FilesAndLinks(WorkItem item) =>
            item.Relations.Where(one => one.ReferenceName is WorkItemMark.Hyperlink or AttachmentMark.AttachedFile)
                .ToList();
    }

    /// <summary>A write was done where the item carries the mark that went with it.</summary>
    private async Task<IReadOnlyList<WorkItem?>> FindDoneAsync(
        IReadOnlyList<Work> unsure, CancellationToken cancellationToken)
    {
        var now = (await store.ReadAsync(
            unsure.Select(work => work.Id).ToList(), cancellationToken).ConfigureAwait(false))
            .ToDictionary(item => item.Id);
        var found = unsure.Select(work =>
        {
            var item = now.GetValueOrDefault(work.Id);
            var isDone = item is not null && work.FindMark(item)?.Mark == work.Sent;
            work.IsAnswered = !isDone;
            work.Before = isDone ? work.Before : item ?? work.Before;
            return isDone ? item : null;
        }).ToList();
        await PassOverPresentAsync(unsure.Where(work => work.IsAnswered), cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>One work item's content on its way.</summary>
    private sealed class Work(
        WorkItemChange change,
        FoundWorkItem existing,
        WorkItem? read,
        JiraSite site,
        IReadOnlyDictionary<string, string> pages)
    {
        private readonly WorkItem _found = read ?? existing.WorkItem;
        private readonly List<(AttachmentMark Mark, string Text, string Url)> _files = [];
        private readonly List<AttachmentMark> _attached = (read ?? existing.WorkItem).Relations
            // What this write removes holds no content for another attachment.
            .Where(relation => !change.Content!.Foreign.Contains(relation.Identity)
                && !change.Content.RemoveRelations.Any(removed => removed.Identity == relation.Identity))
            .Select(relation => AttachmentMark.Parse(relation, site))
            .OfType<AttachmentMark>()
            .ToList();

        private readonly Dictionary<string, AttachmentMark> _shared = [];
        private readonly List<ServiceError> _errors = [];
        private readonly List<IssueComment> _comments = [.. change.Content!.AddComments];
        private bool _isFirstDone;

        public WorkItemChange Change { get; } = change;

        public WorkItemContent Content { get; } = change.Content!;

        public int Id { get; } = existing.WorkItem.Id;

        /// <summary>The address of the hyperlink that carries our mark.</summary>
        public string? Address => existing.Address;

        /// <summary>The item as it was read before the write that is under way.</summary>
        public WorkItem? Before { get; set; }

        /// <summary>The item after our last write; null where there was none.</summary>
        public WorkItem? Item { get; private set; }

        /// <summary>The mark that was sent last.</summary>
        public WorkItemMark? Sent { get; private set; }

        /// <summary>The write that was sent last.</summary>
        public WorkItemWrite? Written { get; private set; }

        /// <summary>Whether what is known of that write is its own answer.</summary>
        public bool IsAnswered { get; set; } = true;

        /// <summary>Whether the next write may remove relations.</summary>
        public bool MayRemove => !_isFirstDone && Content.RemoveRelations.Count > 0;

        /// <summary>How many comments were edited or removed, each of which may have made a revision.</summary>
        public int EditsMade { get; set; }

        public bool HasFailedFile { get; set; }

        public bool HasFailedComment { get; set; }

        /// <summary>Whether a write failed, so that nothing more of this item is sent.</summary>
        public bool HasFailed { get; private set; }

        public IReadOnlyList<ServiceError> Errors => _errors;

        public int CommentsLeft => _comments.Count;

        /// <summary>
        /// Whether another run may have added comments: only runs write the mark, and this one wrote another.
        /// </summary>
        public bool MayHaveMoreComments =>
            CommentsLeft > 0 && Before is { } item && FindMark(item)?.Mark != (Sent ?? existing.Mark);

        /// <summary>Whether a write would change more than the revision that the mark names.</summary>
        public bool HasMore => CommentsLeft + Content.RemoveRelations.Count + Content.AddWebLinks.Count
            + Content.LinksToFill.Count + _files.Count + _shared.Count + EditsMade > 0
            || FindMark(_found) is not var (mark, _)
            || MarkOf(_found, mark).TextDigest != mark.TextDigest;

        public RichTextContext Context => new()
        {
            Site = site,
            IssueKey = Change.Key,
            WorkItemPage = pages.GetValueOrDefault,
            Copies = ContentReader.CopiesOn(Before ?? _found, site, Content.Foreign)
                .Concat(_files.SelectMany(
                    file => file.Mark.AttachmentIds.Select(id => KeyValuePair.Create(id, file.Url))))
                .DistinctBy(copy => copy.Key)
                .ToDictionary(),
        };

        public IssueReference? IssueOf(int workItemId) => workItemId == Id ? Change.Replica.Reference : null;

        public (WorkItemMark Mark, int Index)? FindMark(WorkItem item) =>
            WorkItemMark.Find(item, site, Change.IssueId, Address);

        /// <summary>Leaves comments out that are there.</summary>
        /// <param name="present">The work item's comments of ours.</param>
        public void PassOver(IReadOnlyList<WorkItemComment> present)
        {
            var ids = present.Select(comment => CommentMark.Of(comment, site)?.CommentId).ToHashSet();
            _comments.RemoveAll(comment => ids.Contains(comment.Id));
        }

        public void AddError(ServiceError error) => _errors.Add(error);

        public void Fail(ServiceError error)
        {
            _errors.Add(error);
            HasFailed = true;
        }

        public bool HasFile(IssueAttachment attachment) =>
            _attached.Exists(mark => mark.AttachmentIds.Contains(attachment.Id));

        public bool HasFileOf(long size) =>
            _attached.Exists(mark => mark.Size == size) || _files.Exists(file => file.Mark.Size == size);

        /// <summary>Uses an attached file for one more attachment with the same content.</summary>
        public bool TryShare(IssueAttachment attachment, string digest)
        {
            bool IsSame(AttachmentMark mark) => mark.Size == attachment.Size && mark.Digest == digest;
            AttachmentMark Share(AttachmentMark mark) =>
                mark with { AttachmentIds = [.. mark.AttachmentIds, attachment.Id] };
            var added = _files.FindIndex(file => IsSame(file.Mark));
            if (added >= 0)
            {
                _files[added] = _files[added] with { Mark = Share(_files[added].Mark) };
                return true;
            }

            var index = _attached.FindIndex(IsSame);
            if (index >= 0)
            {
                _attached[index] = _shared[digest] = Share(_attached[index]);
            }

            return index >= 0;
        }

        public void AddFile(IssueAttachment attachment, string url, string digest)
        {
            var when = attachment.Created.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            _files.Add((
                new AttachmentMark([attachment.Id], attachment.Size, digest),
                $"From {attachment.Author} in Jira, {when}", url));
        }

        /// <summary>The next write: all that is left but comments, and one comment.</summary>
        /// <param name="baseline">What was read before.</param>
        public WorkItemWrite ToWrite(EditBaseline baseline)
        {
            var item = Before!;
            var (mark, index) = FindMark(item)!.Value;
            var fields = _isFirstDone ? [] : FillTexts(item);
            if (CommentsLeft > 0)
            {
                fields[History] = CommentMark.Compose(_comments[0], Context);
            }

            var comments = new Dictionary<int, string>();
            var write = new WorkItemWrite
            {
                WorkItemId = Id, Before = item, ExpectedRev = item.Rev, Fields = fields, RelationComments = comments,
            };
            write = _isFirstDone ? write : baseline.Guard(Relate(write, item, comments));
            Sent = MarkOf(item, mark);
            comments[index] = Sent.Comment;
            return Written = write;
        }

        public void Done(WorkItem item)
        {
            Item = item;
            _isFirstDone = true;
            _comments.RemoveRange(0, Math.Min(CommentsLeft, 1));
        }

        private Dictionary<string, object?> FillTexts(WorkItem item)
        {
            var fields = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            if (Content.LinksToFill.Count + _files.Count + _shared.Count == 0)
            {
                return fields;
            }

            foreach (
                var field in ContentPlanner.TextFields.Union(Content.FurtherTexts, StringComparer.OrdinalIgnoreCase))
            {
                if (item.Fields.GetValueOrDefault(field) is string html
                    && RichTextLinks.Fill(html, Context) is var filled && filled != html)
                {
                    fields[field] = filled;
                }
            }

            return fields;
        }

        private WorkItemWrite Relate(WorkItemWrite write, WorkItem item, Dictionary<int, string> comments)
        {
            var adds = new List<NewRelation>();
            var removes = Content
                .RemoveRelations.Select(relation =>
                    item.Relations.ToList()
                        .FindIndex(one =>
                            one.ReferenceName == relation.ReferenceName
                            && one.Url == relation.Url
                            && one.Comment == relation.Comment))
                .Where(index => index >= 0)
                .ToList();
            foreach (var link in Content.AddWebLinks.Select(link => WebLinkMark.ToRelation(link, site)))
            {
                // A link of which only the title changed stays where it is.
                var index = removes.FindIndex(one => item.Relations[one].Url == link.Url);
                if (index >= 0)
                {
                    comments[removes[index]] = link.Comment;
                    removes.RemoveAt(index);
                }
                else if (!item.Relations.Any(one => one.ReferenceName == link.ReferenceName && one.Url == link.Url))
                {
                    adds.Add(link);
                }
            }

            adds.AddRange(LackingFiles(item, removes, comments));
            return write with { AddRelations = adds, RemoveRelations = removes };
        }

        /// <summary>
        /// The files that the item lacks. One that is there, whichever run attached it, gets the ids of all attachments
        /// with its content.
        /// </summary>
        private List<NewRelation> LackingFiles(WorkItem item, List<int> removes, Dictionary<int, string> comments)
        {
            var wanted = _files.Select(file => file.Mark).Concat(_shared.Values)
                .ToLookup(mark => (mark.Size, mark.Digest), mark => mark.AttachmentIds);
            var present = new HashSet<(long, string)>();
            for (var index = 0; index < item.Relations.Count && wanted.Count > 0; index++)
            {
                if (removes.Contains(index) || Content.Foreign.Contains(item.Relations[index].Identity)
                    || AttachmentMark.Parse(item.Relations[index], site) is not { } mark
                    || !wanted.Contains((mark.Size, mark.Digest)))
                {
                    continue;
                }

                present.Add((mark.Size, mark.Digest));
                var ids = mark.AttachmentIds.Union(wanted[(mark.Size, mark.Digest)].SelectMany(one => one)).ToList();
                if (ids.Count > mark.AttachmentIds.Count)
                {
                    var text = item.Relations[index].Comment!;
                    comments[index] = (mark with { AttachmentIds = ids }).Comment(
                        text[..text.LastIndexOf(" [jira-file:", StringComparison.Ordinal)], site);
                }
            }

            // A file that somebody removed meanwhile is copied by the next run.
            HasFailedFile |= _shared.Values.Any(mark => !present.Contains((mark.Size, mark.Digest)));
            return _files
                .Where(file => !present.Contains((file.Mark.Size, file.Mark.Digest)))
                .Select(file => new NewRelation(AttachmentMark.AttachedFile, file.Mark.Comment(file.Text, site))
                {
                    Url = file.Url,
                })
                .ToList();
        }

        /// <summary>
        /// The mark with which the next write leaves the item. It names the revision that the write makes, unless
        /// somebody else edited the item in between: then the one before their edit, so that it stays known as theirs.
        /// </summary>
        private WorkItemMark MarkOf(WorkItem item, WorkItemMark current)
        {
            var (was, last) = (TextDigests.Parse(current.TextDigest), TextDigests.Parse(Content.TextDigest));
            var isOursAlone = item.Rev <= current.Rev + (_isFirstDone ? 0 : EditsMade);
            var isFilled = Content.LinksToFill.All(pages.ContainsKey);
            return current with
            {
                Rev = isOursAlone ? item.Rev + 1 : current.Rev,
                TextDigest = new TextDigests(
                    isFilled ? last.Description : was.Description,
                    CommentsLeft <= 1 && !HasFailedComment ? last.Comments : TextDigests.Missing,
                    HasFailedFile ? TextDigests.Missing : last.Attachments,
                    last.WebLinks).ToString(),
            };
        }
    }
}
