using System.Globalization;
using System.Text.Json;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>What is asked of Azure DevOps about discussions and files.</summary>
public sealed partial class AdoClient : IContentStore
{
    private const int PartSize = 4 << 20;
    private const string Octets = "application/octet-stream";

    /// <summary>Comments are a preview in each version, the fourth of Services and the third of Server.</summary>
    private string CommentVersion => $"api-version={ApiVersion}-preview.{(ApiVersion == Versions[0] ? 4 : 3)}";

    /// <inheritdoc/>
    public string PageOf(int workItemId) =>
        string.Create(CultureInfo.InvariantCulture, $"{_organization}/{_project}/_workitems/edit/{workItemId}");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkItemComment>> ReadCommentsAsync(
        int workItemId, CancellationToken cancellationToken)
    {
        var comments = new List<WorkItemComment>();
        var list = new EndlessList<int>();
        string? next = null;
        try
        {
            do
            {
                var more = next is null ? string.Empty : $"&continuationToken={Uri.EscapeDataString(next)}";
                var request = RestRequest.Get($"{CommentsOf(workItemId)}?$top=200&order=asc{more}&{CommentVersion}");
                var (page, following) = await _connection
                    .SendAsync<WireCommentList, (List<WorkItemComment>, string?)>(
                        request,
                        answer =>
                        {
                            var page = answer.Comments.Complete("comments").ConvertAll(comment => comment.ToComment());
                            return answer.ContinuationToken is { } following
                                && (following == next || list.IsShownBy(page.Select(comment => comment.Id)))
                                    ? throw new JsonException(Endless)
                                    : (page, answer.ContinuationToken);
                        },
                        cancellationToken)
                    .ConfigureAwait(false);
                comments.AddRange(page);
                next = page.Count == 0 ? null : following;
            }
            while (next is not null);
        }
        catch (RestException exception) when (exception.Error.Kind == Failure.NotFound)
        {
            return [];
        }

        return comments;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ReadCommentVersionsAsync(
        int workItemId, int commentId, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{CommentsOf(workItemId)}/{commentId}/versions");
        try
        {
            return await _connection
                .SendAsync<WireList<WireCommentText>, List<string>>(
                    RestRequest.Get($"{path}?{CommentVersion}"),
                    answer => answer.Value.Complete("value")
                        .OrderBy(one => one.Version).Select(one => one.Text ?? string.Empty).ToList(),
                    cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RestException exception) when (exception.Error.Kind == Failure.NotFound)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public Task<(WorkItemComment? Comment, ServiceError? Error)> AddCommentAsync(
        int workItemId, string html, CancellationToken cancellationToken) =>
        WriteCommentAsync(
            RestRequest.Post(
                $"{CommentsOf(workItemId)}?{CommentVersion}", new { text = html }) with { IsRepeatable = false },
            comment => comment,
            cancellationToken);

    /// <inheritdoc/>
    public Task<(WorkItemComment? Comment, ServiceError? Error)> EditCommentAsync(
        int workItemId, int commentId, string html, CancellationToken cancellationToken) => WriteCommentAsync(
            new RestRequest(HttpMethod.Patch, OneCommentOf(workItemId, commentId)) { Body = new { text = html } },
            comment => comment.Id == commentId
                ? comment
                : throw new JsonException("It is another comment than was edited."),
            cancellationToken);

    /// <inheritdoc/>
    public async Task<ServiceError?> RemoveCommentAsync(
        int workItemId, int commentId, CancellationToken cancellationToken)
    {
        var error = await TryAsync(
            new RestRequest(HttpMethod.Delete, OneCommentOf(workItemId, commentId)), cancellationToken)
            .ConfigureAwait(false);
        return error is { Kind: Failure.NotFound } ? null : error;
    }

    /// <inheritdoc/>
    public async Task<(string? Url, ServiceError? Error)> UploadAsync(
        string fileName,
        long size,
        Stream content,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var path = $"{_project}/_apis/wit/attachments";
        var query = $"fileName={Uri.EscapeDataString(fileName)}&{Version}";
        var part = new byte[Math.Min(PartSize, Math.Max(size, 1))];
        try
        {
            if (size <= PartSize)
            {
                var whole = await FillAsync(content, part, cancellationToken).ConfigureAwait(false);
                var upload = RestRequest.Post(
                    $"{path}?{query}", (ReadOnlyMemory<byte>)part.AsMemory(0, whole)) with { ContentType = Octets };
                return ((await _connection.SendAsync<WireUpload, WireUpload>(upload, Whole, cancellationToken)
                    .ConfigureAwait(false)).Url, null);
            }

            var begin = RestRequest.Post(
                $"{path}?uploadType=chunked&{query}", ReadOnlyMemory<byte>.Empty) with { ContentType = Octets };
            var file = await _connection.SendAsync<WireUpload, WireUpload>(begin, Whole, cancellationToken)
                .ConfigureAwait(false);
            for (long sent = 0; sent < size;)
            {
                var length = await FillAsync(content, part, cancellationToken).ConfigureAwait(false);
                if (length == 0)
                {
                    throw new IOException("the file ended before its size was reached");
                }

                var append = new RestRequest(HttpMethod.Put, $"{path}/{RestRequest.Segment(file.Id!)}?{query}")
                {
                    Body = (ReadOnlyMemory<byte>)part.AsMemory(0, length),
                    ContentType = Octets,
                    ContentRange = string.Create(
                        CultureInfo.InvariantCulture, $"bytes {sent}-{sent + length - 1}/{size}"),
                    IsRepeatable = false,
                };
                await _connection.SendAsync(append, cancellationToken).ConfigureAwait(false);
                sent += length;
            }

            return (file.Url, null);
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return (null, failure.Error);
        }
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> DownloadAsync(
        WorkItemFile file, Func<Stream, CancellationToken, Task> sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            // The address is made anew of the id: what an item says to be a file may be anywhere.
            var request = RestRequest.File(
                $"{_project}/_apis/wit/attachments/{file.Id:D}?fileName={Uri.EscapeDataString(file.Name)}&{Version}");
            await _connection.SendAsync(request with { Sink = sink }, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return failure.Error;
        }
    }

    private static WireUpload Whole(WireUpload upload) =>
        Uri.TryCreate(upload.Url, UriKind.Absolute, out _) && upload.Id is { Length: > 0 }
            ? upload
            : throw new JsonException("It has no 'id' or no 'url'.");

    /// <summary>Reads until the part is full or the content ends.</summary>
    private static async Task<int> FillAsync(Stream content, byte[] part, CancellationToken cancellationToken)
    {
        var length = 0;
        for (int read; length < part.Length
            && (read = await content.ReadAsync(part.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0;)
        {
            length += read;
        }

        return length;
    }

    private async Task<(WorkItemComment? Comment, ServiceError? Error)> WriteCommentAsync(
        RestRequest request,
        Func<WorkItemComment, WorkItemComment> check,
        CancellationToken cancellationToken)
    {
        try
        {
            var comment = await _connection
                .SendAsync<WireDiscussion, WorkItemComment>(
                    request, answer => check(answer.ToComment()), cancellationToken)
                .ConfigureAwait(false);
            return (comment, null);
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return (null, failure.Error);
        }
    }

    private string OneCommentOf(int workItemId, int commentId) =>
        string.Create(CultureInfo.InvariantCulture, $"{CommentsOf(workItemId)}/{commentId}?{CommentVersion}");

    private string CommentsOf(int workItemId) =>
        string.Create(CultureInfo.InvariantCulture, $"{_project}/_apis/wit/workItems/{workItemId}/comments");

    private sealed record WireUpload(string? Id, string? Url);

    private sealed record WireCommentList(List<WireDiscussion?>? Comments, string? ContinuationToken);

    private sealed record WireCommentText(int? Version, string? Text);

    /// <summary>The document calls its id one way, the official example the other.</summary>
    private sealed record WireDiscussion(
        int? Id, int? CommentId, string? Text, int? Version, WireIdentity? CreatedBy, WireIdentity? ModifiedBy)
    {
        public WorkItemComment ToComment() => new(
            Id ?? CommentId ?? throw new JsonException("It has no 'id'."),
            Text ?? string.Empty,
            ModifiedBy?.Id is { } editor && editor != CreatedBy?.Id,
            Version ?? 1)
        {
            CreatedBy = CreatedBy?.ToAccount(),
            Author = CreatedBy?.DisplayName ?? CreatedBy?.ProviderDisplayName,
        };
    }
}
