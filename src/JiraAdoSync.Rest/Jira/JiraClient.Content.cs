using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest.Answers;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.Rest.Jira;

/// <summary>What is asked of Jira about rich texts, files and web links.</summary>
public sealed partial class JiraClient : IContentSource
{
    string? IContentSource.AccountId => Account.AccountId;

    /// <summary>Reads descriptions, and what else is asked for, in Jira's own rendering.</summary>
    /// <param name="issueIds">The issues' ids, as many as need be.</param>
    /// <param name="comments">Whether to read comments.</param>
    /// <param name="attachments">Whether to read the list of attachments.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public IAsyncEnumerable<RenderedIssue> ReadRenderedAsync(
        IReadOnlyCollection<long> issueIds, bool comments, bool attachments, CancellationToken cancellationToken) =>
        ReadRenderedAsync(issueIds, [], comments, attachments, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RenderedIssue> ReadRenderedAsync(
        IReadOnlyCollection<long> issueIds,
        IReadOnlyCollection<string> texts,
        bool comments,
        bool attachments,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<string> fields = ["description", .. texts];
        fields.AddRange(comments ? ["comment"] : []);
        fields.AddRange(attachments ? ["attachment"] : []);
        var chunks = issueIds.Select(id => id.ToString(CultureInfo.InvariantCulture)).Chunk(PageSize);
        var read = chunks.SelectAheadAsync(
            2 * ThrottleLimit,
            (ids, cancellationToken) => RenderChunkAsync(ids, fields, cancellationToken),
            cancellationToken);
        await foreach (var chunk in read.ConfigureAwait(false))
        {
            foreach (var issue in chunk)
            {
                yield return issue;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WebLink>> ReadWebLinksAsync(long issueId, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{_api}/issue/{issueId}/remotelink");
        try
        {
            return await _connection
                .SendAsync<List<WireWebLink?>, List<WebLink>>(
                    RestRequest.Get(path), links => links.Complete("links").ConvertAll(link => link.ToWebLink()),
                    cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RestException exception) when (exception.Error.Kind == Failure.NotFound)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<long>> ReadCopiedFilesAsync(long issueId, CancellationToken cancellationToken)
    {
        var property = await ReadPropertyAsync($"{_api}/issue/{Number(issueId)}", cancellationToken)
            .ConfigureAwait(false);
        return (IssueRegister.Parse(property)?.Files ?? []).Select(file => file.Attachment).ToHashSet();
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> DownloadAsync(
        IssueAttachment attachment,
        Func<Stream, CancellationToken, Task> sink,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        var id = attachment.Id.ToString(CultureInfo.InvariantCulture);
        var path = IsCloud
            ? $"{_api}/attachment/content/{id}?redirect=false"
            : $"secure/attachment/{id}/{NameOf(attachment)}";
        try
        {
            await _connection.SendAsync(RestRequest.File(path) with { Sink = sink }, cancellationToken)
                .ConfigureAwait(false);
            return null;
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return failure.Error;
        }
    }

    /// <summary>
    /// The last part of a file's address is there for browsers; Jira finds the file by its id. A name that is none
    /// could lead elsewhere.
    /// </summary>
    private static string NameOf(IssueAttachment attachment) =>
        attachment.FileName.Trim('.', ' ').Length == 0 ? "file" : RestRequest.Segment(attachment.FileName);

    private async Task<List<RenderedIssue>> RenderChunkAsync(
        string[] ids, List<string> fields, CancellationToken cancellationToken)
    {
        string[] expand = [RenderedFields];
        var issues = IsCloud
            ? await SendAsync(RestRequest.Post($"{_api}/issue/bulkfetch", new { issueIdsOrKeys = ids, fields, expand }))
                .ConfigureAwait(false)
            : await PassingOverUnknownAsync(ids, names => SendAsync(RestRequest.Post(
                $"{_api}/search",
                new { jql = $"id in ({string.Join(",", names)})", fields, expand, maxResults = PageSize,
                    validateQuery = false }))).ConfigureAwait(false);
        var rendered = new List<RenderedIssue>();
        foreach (var (one, total) in issues)
        {
            var isWhole = one.Comments.Count >= total && one.Comments.All(comment => comment.Html is not null);
            var all = isWhole ? one.Comments
                : (await ReadCommentsAsync(one.IssueId, cancellationToken).ConfigureAwait(false))
                    .FindAll(comment => !comment.IsRestricted);

            // What was copied from the work item does not go back to it.
            rendered.Add(
                one with
                {
                    Comments = all.Where(comment => !CommentCopyMark.IsOn(comment, Account.AccountId)).ToList(),
                });
        }

        return rendered;

        Task<List<(RenderedIssue Issue, int Comments)>> SendAsync(RestRequest request) => _connection
            .SendAsync<WirePage, List<(RenderedIssue Issue, int Comments)>>(
                request,
                page => page.Issues.Complete("issues")
                    .ConvertAll(issue => (
                        issue.ToRendered(),
                        (issue.Fields?.Comment?.Total ?? 0) - (issue.Fields?.Comment.RestrictedShown() ?? 0))),
                cancellationToken);
    }

    /// <summary>All comments of an issue, page by page, oldest first.</summary>
    private async Task<List<IssueComment>> ReadCommentsAsync(long issueId, CancellationToken cancellationToken)
    {
        var comments = new List<IssueComment>();
        var pages = OverlappingPages.ReadAsync(
            ReadAsync, comment => comment.Id, PageSize, 1, "comments", cancellationToken);
        await foreach (var page in pages.ConfigureAwait(false))
        {
            comments.AddRange(page);
        }

        return comments;

        async Task<OverlappingPages.Page<IssueComment>> ReadAsync(int startAt, CancellationToken cancellationToken)
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"{_api}/issue/{issueId}/comment?startAt={startAt}&maxResults={PageSize}&orderBy=created&expand=renderedBody");
            return await _connection
                .SendAsync<WireComments, OverlappingPages.Page<IssueComment>>(
                    RestRequest.Get(path),
                    found => new(found.ToComments(), found.Total ?? throw new JsonException("It has no 'total'.")),
                    cancellationToken)
                .ConfigureAwait(false);
        }
    }
}
