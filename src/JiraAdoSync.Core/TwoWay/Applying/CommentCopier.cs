using System.Collections.Concurrent;
using System.Text.Json;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.Writing;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>
/// Copies comments of work items to their issues, and has the copies follow. A copy is known by its property, which is
/// written with it: where the answer is lost, it says whether the comment was added. A copy that somebody else wrote is
/// none, and one that somebody else edited is left alone. Where another run added the same copy at the same moment, the
/// first of them stays.
/// </summary>
/// <param name="store">The issues.</param>
/// <param name="log">Takes note of every change.</param>
internal sealed class CommentCopier(IIssueStore store, IssueLog log)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Which comments of work items lack a copy, have an old one, or left one behind.</summary>
    /// <param name="pairs">The pairs with the comments of their work items, those of this product left out.</param>
    /// <param name="prune">Whether the copies of deleted comments go.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<CommentCopy>> PlanAsync(
        IReadOnlyList<DiscussedPair> pairs, bool prune, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<long, IReadOnlyList<IssueComment>>();
        await SideBySide
            .ForEachAsync(
                pairs.Where(pair => pair.HasIssueComments || pair.Comments.Count > 0).ToList(),
                store.ThrottleLimit,
                async (pair, cancellationToken) =>
                    found[pair.Issue.Id] = await store
                        .ReadCommentsAsync(pair.Issue.Id, cancellationToken)
                        .ConfigureAwait(false),
                cancellationToken)
            .ConfigureAwait(false);
        var own = found
            .Values.SelectMany(comments => comments)
            .Where(comment => comment.AuthorId == store.Account.AccountId)
            .ToList();
        var marks = (
            await store
                .ReadCommentMarksAsync(own.ConvertAll(comment => comment.Id), cancellationToken)
                .ConfigureAwait(false)).ToDictionary(one => one.Key, one => Read(one.Value));
        var planned = new List<CommentCopy>();
        foreach (var pair in pairs.Where(pair => found.ContainsKey(pair.Issue.Id)))
        {
            var copies = found[pair.Issue.Id]
                .Select(comment => (
                    comment.Id, comment.Html, Mark: marks.GetValueOrDefault(comment.Id),
                    IsEdited: comment.EditorId is { } editor && editor != store.Account.AccountId))
                .Where(one => one.Mark is not null && one.Mark.WorkItem == pair.WorkItemId
                    && one.Mark.Organization == pair.Organization)
                .OrderBy(one => one.Id)
                .DistinctBy(one => one.Mark!.Comment)
                .ToDictionary(one => one.Mark!.Comment);
            planned.AddRange(pair.Comments
                .Where(comment => !copies.TryGetValue(comment.Id, out var copy) || copy.Mark!.Version < comment.Version)
                .Select(comment => Of(pair, comment.Id) with
                {
                    Original = comment,
                    CopyId = copies.TryGetValue(comment.Id, out var copy) ? copy.Id : null,
                    FormerHtml = copy.Html,
                    IsEditedByOthers = copy.IsEdited,
                }));
            var present = pair.Comments.Select(comment => comment.Id).ToHashSet();
            planned.AddRange(copies.Where(copy => prune && !present.Contains(copy.Key))
                .Select(copy => Of(pair, copy.Key) with
                {
                    CopyId = copy.Value.Id, FormerHtml = copy.Value.Html, IsEditedByOthers = copy.Value.IsEdited,
                }));
        }

        return planned;
    }

    /// <summary>Writes copies, those of one issue in the order of their originals.</summary>
    /// <param name="copies">What is to be written.</param>
    /// <param name="notify">Whether people are notified.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each what became of it, in their order.</returns>
    public async Task<IReadOnlyList<WrittenCopy>> ApplyAsync(
        IReadOnlyList<CommentCopy> copies, bool notify, CancellationToken cancellationToken)
    {
        var results = new ConcurrentDictionary<CommentCopy, WrittenCopy>();
        await SideBySide
            .ForEachAsync(
                copies.GroupBy(copy => copy.Issue.Id).ToList(),
                store.ThrottleLimit,
                async (group, cancellationToken) =>
                {
                    var written = new List<WrittenCopy>();
                    foreach (var copy in group.OrderBy(copy => copy.OriginalId))
                    {
                        var (id, error) = await WriteAsync(copy, notify, cancellationToken).ConfigureAwait(false);
                        written.Add(new WrittenCopy(copy, id, error));
                    }

                    foreach (var one in await SettleAsync(written, cancellationToken).ConfigureAwait(false))
                    {
                        results[one.Copy] = one;
                    }
                },
                cancellationToken)
            .ConfigureAwait(false);
        return copies.Select(copy => results[copy]).ToList();
    }

    /// <summary>Whether two marks are of the same version of the same comment.</summary>
    /// <param name="mark">A mark as JSON; null for none.</param>
    /// <param name="other">Another one.</param>
    public static bool IsSame(string? mark, string? other) =>
        mark is not null && other is not null && Read(mark) is { } one && one == Read(other);

    /// <summary>The mark of a copy that has the text of the version before.</summary>
    /// <param name="mark">The mark as JSON.</param>
    public static string Earlier(string mark) => Read(mark) is { } known
        ? JsonSerializer.Serialize(known with { Version = Math.Max(0, known.Version - 1) }, Json)
        : mark;

    /// <summary>What an issue remembers of a copy; null where the mark is none.</summary>
    /// <param name="mark">The copy's mark as JSON.</param>
    /// <param name="commentId">The copy.</param>
    public static CommentBase? BaseOf(string mark, long commentId) => Read(mark) is { } known
        ? new CommentBase(known.Comment, commentId, Math.Max(1, known.Version))
        : null;

    private async Task<(long? Id, ServiceError? Error)> WriteAsync(
        CommentCopy copy,
        bool notify,
        CancellationToken cancellationToken)
    {
        var html = copy.Original is null ? null : CommentCopyMark.Compose(copy.Original, copy.Page);
        var mark = MarkOf(copy);
        var note = log.Commenting(
            copy.Issue,
            copy.WorkItemId,
            new IssueCommentChange
            {
                Id = copy.CopyId,
                Before = copy.CopyId is null ? null : copy.FormerHtml ?? string.Empty,
                After = html,
                Mark = mark,
            });
        var (id, error) = (copy.CopyId, html) switch
        {
            (null, { } text) => await store
                .AddCommentAsync(copy.Issue.Id, new CommentWrite(text, mark), cancellationToken).ConfigureAwait(false),
            ({ } known, { } text) => (known, await store
                .EditCommentAsync(copy.Issue.Id, known, new CommentWrite(text, mark), notify, cancellationToken)
                .ConfigureAwait(false)),
            ({ } known, null) =>
                (known, await store.RemoveCommentAsync(copy.Issue.Id, known, cancellationToken).ConfigureAwait(false)),
            _ => ((long?)null, (ServiceError?)null),
        };
        if (error is { MayBeDone: true } && copy.CopyId is null)
        {
            id = await FindAsync(copy, cancellationToken).ConfigureAwait(false);
            error = id is not null ? null : error;
        }

        log.Ended(note, error, change => change with { Comments = [change.Comments[0] with { Id = id }] });
        return (id, error);
    }

    /// <summary>Removes copies that were added to an issue where another run had added the same one before.</summary>
    private async Task<IReadOnlyList<WrittenCopy>> SettleAsync(
        List<WrittenCopy> written, CancellationToken cancellationToken)
    {
        var added = written.FindAll(one => one is { Copy.CopyId: null, Id: not null, Error: null });
        if (added.Count == 0)
        {
            return written;
        }

        var marks = await ReadMarksAsync(added[0].Copy.Issue.Id, cancellationToken).ConfigureAwait(false);
        var settled = new List<WrittenCopy>();
        foreach (var one in written)
        {
            var first = added.Contains(one) ? FirstOf(marks, one.Copy) : null;
            var isSecond = first < one.Id && await RemoveAsync(one, cancellationToken).ConfigureAwait(false);
            settled.Add(isSecond ? one with { Id = first } : one);
        }

        return settled;
    }

    private async Task<bool> RemoveAsync(WrittenCopy second, CancellationToken cancellationToken)
    {
        var copy = second.Copy;
        var note = log.Commenting(
            copy.Issue,
            copy.WorkItemId,
            new IssueCommentChange
            {
                Id = second.Id, Before = CommentCopyMark.Compose(copy.Original!, copy.Page), Mark = MarkOf(copy),
            });
        var error = await store.RemoveCommentAsync(copy.Issue.Id, second.Id!.Value, cancellationToken)
            .ConfigureAwait(false);
        log.Ended(note, error);
        return error is null;
    }

    /// <summary>The comment that was added although no answer said so.</summary>
    private async Task<long?> FindAsync(CommentCopy copy, CancellationToken cancellationToken) =>
        FirstOf(await ReadMarksAsync(copy.Issue.Id, cancellationToken).ConfigureAwait(false), copy);

    private static long? FirstOf(IReadOnlyDictionary<long, string> marks, CommentCopy copy) =>
        marks.Where(one => IsSame(one.Value, MarkOf(copy))).Select(one => (long?)one.Key).Min();

    /// <summary>The marks of what this account wrote on an issue, by comment.</summary>
    private async Task<IReadOnlyDictionary<long, string>> ReadMarksAsync(
        long issueId, CancellationToken cancellationToken)
    {
        var own = (await store.ReadCommentsAsync(issueId, cancellationToken).ConfigureAwait(false))
            .Where(comment => comment.AuthorId == store.Account.AccountId).Select(comment => comment.Id).ToList();
        return await store.ReadCommentMarksAsync(own, cancellationToken).ConfigureAwait(false);
    }

    private static string MarkOf(CommentCopy copy) => JsonSerializer.Serialize(
        new CopyMark(
            1,
            copy.Organization,
            copy.Project,
            copy.WorkItemId,
            copy.OriginalId,
            copy.Original?.Version ?? 0),
        Json);

    private static CommentCopy Of(DiscussedPair pair, int commentId) => new()
    {
        Issue = pair.Issue,
        WorkItemId = pair.WorkItemId,
        OriginalId = commentId,
        Page = pair.Page,
        Organization = pair.Organization,
        Project = pair.Project,
    };

    private static CopyMark? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<CopyMark>(json, Json) is { Format: 1, Comment: > 0 } mark ? mark : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record CopyMark(
        int Format,
        string Organization,
        string Project,
        int WorkItem,
        int Comment,
        int Version);
}
