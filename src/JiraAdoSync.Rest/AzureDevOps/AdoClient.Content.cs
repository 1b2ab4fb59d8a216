using System.Globalization;
using System.Text.Json;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Syncing;

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
    public async Task<IReadOnlyList<WorkItemComment>> ReadCommentsAsync(int workItemId, CancellationToken token)
    {
        var comments = new List<WorkItemComment>();
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
                        list => list.ContinuationToken is { } following && following == next
                            ? throw new JsonException("It leads to itself.")
                            : (list.Comments.Complete("comments").ConvertAll(comment => comment.ToComment()), list.ContinuationToken),
                        token)
                    .ConfigureAwait(false);
                comments.AddRange(page);
                next = page.Count == 0 ? null : following;
            }
            while (next is not null);
        }
        catch (RestException gone) when (gone.Error.Kind == Failure.NotFound)
        {
            return [];
        }

        return comments;
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> EditCommentAsync(int workItemId, int commentId, string? html, CancellationToken token)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{CommentsOf(workItemId)}/{commentId}?{CommentVersion}");
        var request = html is null
            ? new RestRequest(HttpMethod.Delete, path)
            : new RestRequest(HttpMethod.Patch, path) { Body = new { text = html } };
        try
        {
            await _connection.SendAsync(request, token).ConfigureAwait(false);
            return null;
        }
        catch (RestException gone) when (gone.Error.Kind == Failure.NotFound && html is null)
        {
            return null;
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return failure.Error;
        }
    }

    /// <inheritdoc/>
    public async Task<(string? Url, ServiceError? Error)> UploadAsync(
        string fileName,
        long size,
        Stream content,
        CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(content);
        var path = $"{_project}/_apis/wit/attachments";
        var query = $"fileName={Uri.EscapeDataString(fileName)}&{Version}";
        var part = new byte[Math.Min(PartSize, Math.Max(size, 1))];
        try
        {
            if (size <= PartSize)
            {
                var whole = await FillAsync(content, part, token).ConfigureAwait(false);
                var upload = RestRequest.Post($"{path}?{query}", (ReadOnlyMemory<byte>)part.AsMemory(0, whole)) with { ContentType = Octets };
                return ((await _connection.SendAsync<WireUpload, WireUpload>(upload, Whole, token).ConfigureAwait(false)).Url, null);
            }

            var begin = RestRequest.Post($"{path}?uploadType=chunked&{query}", ReadOnlyMemory<byte>.Empty) with { ContentType = Octets };
            var file = await _connection.SendAsync<WireUpload, WireUpload>(begin, Whole, token).ConfigureAwait(false);
            for (long sent = 0; sent < size;)
            {
                var length = await FillAsync(content, part, token).ConfigureAwait(false);
                if (length == 0)
                {
                    throw new IOException("the file ended before its size was reached");
                }

                var append = new RestRequest(HttpMethod.Put, $"{path}/{RestRequest.Segment(file.Id!)}?{query}")
                {
                    Body = (ReadOnlyMemory<byte>)part.AsMemory(0, length),
                    ContentType = Octets,
                    ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {sent}-{sent + length - 1}/{size}"),
                    IsRepeatable = false,
                };
                await _connection.SendAsync(append, token).ConfigureAwait(false);
                sent += length;
            }

            return (file.Url, null);
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return (null, failure.Error);
        }
    }

    private static WireUpload Whole(WireUpload upload) =>
        Uri.TryCreate(upload.Url, UriKind.Absolute, out _) && upload.Id is { Length: > 0 }
            ? upload
            : throw new JsonException("It has no 'id' or no 'url'.");

    /// <summary>Reads until the part is full or the content ends.</summary>
    private static async Task<int> FillAsync(Stream content, byte[] part, CancellationToken token)
    {
        var length = 0;
        for (int read; length < part.Length && (read = await content.ReadAsync(part.AsMemory(length), token).ConfigureAwait(false)) > 0;)
        {
            length += read;
        }

        return length;
    }

    private string CommentsOf(int workItemId) =>
        string.Create(CultureInfo.InvariantCulture, $"{_project}/_apis/wit/workItems/{workItemId}/comments");

    private sealed record WireUpload(string? Id, string? Url);

    private sealed record WireCommentList(List<WireDiscussion?>? Comments, string? ContinuationToken);

    /// <summary>The document calls its id one way, the official example the other.</summary>
    private sealed record WireDiscussion(int? Id, int? CommentId, string? Text, WireIdentity? CreatedBy, WireIdentity? ModifiedBy)
    {
        public WorkItemComment ToComment() => new(
            Id ?? CommentId ?? throw new JsonException("It has no 'id'."),
            Text ?? string.Empty,
            ModifiedBy?.Id is { } editor && editor != CreatedBy?.Id);
    }
}
