using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Jira;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// What is written to Jira. Whatever is safe to do twice is sent again where its answer was lost: edits that set
/// values, links (one that exists is answered as added), properties, removals, and web links by their global id.
/// Creations, transitions and new comments are sent once.
/// </summary>
public sealed partial class JiraClient
{
    private const int PropertiesPerRequest = 100;

    /// <summary>
    /// So many properties cost no more requests one by one than together, where Jira has to be asked whether it is
    /// done; and they are not waited for one after the other.
    /// </summary>
    private const int PropertiesOneByOne = 3;

    /// <summary>The permissions of which either is enough to write without notifying people.</summary>
    private static readonly string[] ForSilence = [JiraPermissions.Administer, JiraPermissions.AdministerProject];

    private static readonly TimeSpan FirstTaskPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestTaskPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TaskPatience = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Task<bool>> _silence = new(StringComparer.OrdinalIgnoreCase);
    private readonly object _silenceGate = new();

    /// <inheritdoc/>
    public async Task<CreationAnswer> CreateAsync(IReadOnlyList<IssueWrite> writes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(writes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writes.Count, IIssueStore.CreationSize);
        var body = await BodyAsync(cancellationToken).ConfigureAwait(false);
        var request = RestRequest.Post(
            $"{_api}/issue/bulk",
            new JsonObject { ["issueUpdates"] = new JsonArray([.. writes.Select(body.Of)]) }) with
        {
            IsRepeatable = false,
        };
        try
        {
            var answer = await _connection.SendAsync<WireCreation>(request, cancellationToken).ConfigureAwait(false);
            var created = (answer.Issues ?? []).Complete("issues").ConvertAll(issue => issue.ToReference());
            var refused = RefusalsOf(answer, writes.Count, body);
            return new CreationAnswer
            {
                Created = created,
                Refused = refused,
                Error = created.Count + refused.Count == writes.Count ? null : new ServiceError(
                    Failure.RequestFailed, "Jira did not say what became of every issue that was to be created.")
                {
                    MayBeDone = true,
                },
            };
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            // Where all were refused the status is that of a failure, and the body says why each was.
            var refused = failure.Detail is { } detail ? RefusalsIn(detail, writes.Count, body) : [];
            return refused.Count == writes.Count
                ? new CreationAnswer { Refused = refused }
                : new CreationAnswer { Error = ErrorOf(failure) };
        }
        catch (JsonException unreadable)
        {
            return new CreationAnswer
            {
                Error = new ServiceError(
                    Failure.RequestFailed,
                    $"Jira answered something that can't be read: {unreadable.Message}")
                {
                    MayBeDone = true,
                },
            };
        }
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> UpdateAsync(IssueWrite write, bool notify, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        var issue = write.Issue ?? throw new ArgumentException("There is no issue to edit.", nameof(write));
        var body = await BodyAsync(cancellationToken).ConfigureAwait(false);
        var silence = notify ? string.Empty : await SilenceAsync(issue.Key, cancellationToken).ConfigureAwait(false);
        return body.Read(await WriteAsync(
            RestRequest.Put($"{_api}/issue/{Number(issue.Id)}{silence}", body.Of(write)), [issue.Id], cancellationToken)
            .ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> TransitionAsync(
        long issueId,
        string transitionId,
        IReadOnlyDictionary<string, object?> fields,
        string? pairProperty,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var values = await BodyAsync(cancellationToken).ConfigureAwait(false);
        var body = new JsonObject { ["transition"] = new JsonObject { ["id"] = transitionId } };
        if (fields.Count > 0)
        {
            body["fields"] = values.Value(fields);
        }

        if (pairProperty is not null)
        {
            body["properties"] = JiraBody.Properties(pairProperty);
        }

        return await WriteAsync(
            RestRequest.Post($"{_api}/issue/{Number(issueId)}/transitions", body) with { IsRepeatable = false },
            [issueId], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<ServiceError?> AddLinkAsync(
        LinkType type, long sourceId, long targetId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(type);

        // In this body, and in no other, inwardIssue is the source: the issue that says the outward phrase.
        return WriteAsync(
            RestRequest.Post($"{_api}/issueLink", new JsonObject
            {
                ["type"] = new JsonObject { ["id"] = type.Id },
                ["inwardIssue"] = new JsonObject { ["id"] = Number(sourceId) },
                ["outwardIssue"] = new JsonObject { ["id"] = Number(targetId) },
            }),
            [sourceId, targetId],
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ServiceError?> RemoveLinkAsync(long linkId, CancellationToken cancellationToken) =>
        RemoveAsync($"{_api}/issueLink/{Number(linkId)}", [], cancellationToken);

    /// <inheritdoc/>
    async Task<IReadOnlyList<IssueComment>> IIssueStore.ReadCommentsAsync(
        long issueId, CancellationToken cancellationToken) =>
        await ReadCommentsAsync(issueId, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<long, string>> ReadCommentMarksAsync(
        IReadOnlyCollection<long> commentIds, CancellationToken cancellationToken)
    {
        var marks = new Dictionary<long, string>();
        var read = IsCloud
            ? commentIds.Chunk(CommentsPerRequest).SelectAheadAsync(ThrottleLimit, ListAsync, cancellationToken)
            : commentIds.SelectAheadAsync(ThrottleLimit, ReadOneAsync, cancellationToken);
        await foreach (var found in read.ConfigureAwait(false))
        {
            found.ForEach(mark => marks[mark.Key] = mark.Value);
        }

        return marks;

        Task<List<KeyValuePair<long, string>>> ListAsync(long[] ids, CancellationToken cancellationToken) => _connection
            .SendAsync<WireCommentList, List<KeyValuePair<long, string>>>(
                RestRequest.Post($"{_api}/comment/list?expand=properties", new { ids }),
                list =>
                    list.Values.Complete("values")
                        .SelectMany(
                            comment => comment.Properties ?? [],
                            (comment, property) => (comment.Id, Property: property))
                        .Where(one => one.Property?.Key == IssueWrite.PropertyName && one.Property.Value is not null)
                        .Select(one => KeyValuePair.Create(one.Id, one.Property!.Value!.Value.GetRawText()))
                        .ToList(),
                cancellationToken);

        async Task<List<KeyValuePair<long, string>>> ReadOneAsync(long id, CancellationToken cancellationToken) =>
            await ReadPropertyAsync($"{_api}/comment/{Number(id)}", cancellationToken).ConfigureAwait(false) is { } mark
                ? [KeyValuePair.Create(id, mark)] : [];
    }

    /// <inheritdoc/>
    public async Task<(long? CommentId, ServiceError? Error)> AddCommentAsync(
        long issueId, CommentWrite comment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(comment);
        var body = await BodyAsync(cancellationToken).ConfigureAwait(false);
        var request = RestRequest.Post($"{_api}/issue/{Number(issueId)}/comment", BodyOf(comment, body)) with
        {
            IsRepeatable = false,
        };
        return await WriteAsync<WireComment, long?>(
            request, [issueId], written => written.Id.Id("id"), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> EditCommentAsync(
        long issueId, long commentId, CommentWrite comment, bool notify, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(comment);
        var body = await BodyAsync(cancellationToken).ConfigureAwait(false);
        var silence = notify || !IsCloud ? string.Empty : "?notifyUsers=false";
        return await WriteAsync(
            RestRequest.Put(
                $"{_api}/issue/{Number(issueId)}/comment/{Number(commentId)}{silence}", BodyOf(comment, body)),
            [issueId], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<ServiceError?> RemoveCommentAsync(long issueId, long commentId, CancellationToken cancellationToken) =>
        RemoveAsync($"{_api}/issue/{Number(issueId)}/comment/{Number(commentId)}", [issueId], cancellationToken);

    /// <inheritdoc/>
    public async Task<(long? AttachmentId, ServiceError? Error)> AddAttachmentAsync(
        long issueId, string fileName, byte[] content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", fileName } };
        var body = await form.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var request = RestRequest.Post(
            $"{_api}/issue/{Number(issueId)}/attachments",
            new ReadOnlyMemory<byte>(body)) with
        {
            ContentType = form.Headers.ContentType!.ToString(), IsForm = true, IsRepeatable = false,
        };
        return await WriteAsync<List<WireAttachment?>, long?>(
            request,
            [issueId],
            written => written.Complete("attachments").FirstOrDefault().Required("attachments").Id.Id("id"),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<ServiceError?> RemoveAttachmentAsync(long issueId, long attachmentId, CancellationToken cancellationToken) =>
        RemoveAsync($"{_api}/attachment/{Number(attachmentId)}", [issueId], cancellationToken);

    /// <inheritdoc/>
    public Task<ServiceError?> WriteRemoteLinkAsync(
        long issueId, string globalId, Uri url, string title, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(url);

        // What a write leaves out is removed from the link, so that it says all of it.
        return WriteAsync(
            RestRequest.Post($"{_api}/issue/{Number(issueId)}/remotelink", new JsonObject
            {
                ["globalId"] = globalId,
                ["object"] = new JsonObject { ["url"] = url.AbsoluteUri, ["title"] = title },
            }),
            [issueId],
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ServiceError?> RemoveRemoteLinkAsync(
        long issueId, string globalId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(globalId);
        return RemoveAsync(
            $"{_api}/issue/{Number(issueId)}/remotelink?globalId={Uri.EscapeDataString(globalId)}", [issueId],
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<long, ServiceError>> WritePropertiesAsync(
        IReadOnlyDictionary<long, string> properties, CancellationToken cancellationToken) =>
        WritePropertiesAsync(properties, isReadBack: true, cancellationToken);

    /// <inheritdoc/>
    public Task TryWritePropertiesAsync(
        IReadOnlyDictionary<long, string> properties, CancellationToken cancellationToken) =>
        WritePropertiesAsync(properties, isReadBack: false, cancellationToken);

    private async Task<IReadOnlyDictionary<long, ServiceError>> WritePropertiesAsync(
        IReadOnlyDictionary<long, string> properties, bool isReadBack, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(properties);
        var errors = new Dictionary<long, ServiceError>();
        var written = IsCloud
            ? properties
                .Chunk(PropertiesPerRequest)
                .SelectAheadAsync(ThrottleLimit, WriteSeveralAsync, cancellationToken)
            : properties.SelectAheadAsync(ThrottleLimit, WriteOneAsync, cancellationToken);
        await foreach (var failed in written.ConfigureAwait(false))
        {
            failed.ForEach(one => errors[one.IssueId] = one.Error);
        }

        return errors;

        async Task<List<(long IssueId, ServiceError Error)>> WriteOneAsync(
            KeyValuePair<long, string> property, CancellationToken cancellationToken)
        {
            var bytes = new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(property.Value));
            var error = await WriteAsync(
                RestRequest.Put(
                    $"{_api}/issue/{Number(property.Key)}/properties/{IssueWrite.PropertyName}", bytes),
                [property.Key], cancellationToken).ConfigureAwait(false);
            return error is null ? [] : [(property.Key, error)];
        }

        async Task<List<(long IssueId, ServiceError Error)>> WriteSeveralAsync(
            KeyValuePair<long, string>[] chunk, CancellationToken cancellationToken)
        {
            if (chunk.Length <= PropertiesOneByOne)
            {
                var each = await Task.WhenAll(chunk.Select(one => WriteOneAsync(one, cancellationToken))).ConfigureAwait(false);
                return each.SelectMany(errors => errors).ToList();
            }

            var error = await RunTaskAsync(
                RestRequest.Post($"{_api}/issue/properties/multi", new JsonObject
                {
                    ["issues"] = new JsonArray([.. chunk.Select(one => new JsonObject
                    {
                        ["issueID"] = one.Key,
                        ["properties"] = new JsonObject { [IssueWrite.PropertyName] = JsonNode.Parse(one.Value) },
                    })]),
                }),
                chunk.Select(one => one.Key).ToList(), cancellationToken).ConfigureAwait(false);
            if (error is { MayBeDone: false })
            {
                return chunk.Select(one => (one.Key, error)).ToList();
            }

            // How a task says what it could not write is not documented: the issues show it.
            return isReadBack ? await FindUnwrittenAsync(chunk, error, cancellationToken).ConfigureAwait(false) : [];
        }
    }

    /// <inheritdoc/>
    public Task<ServiceError?> DeleteAsync(long issueId, CancellationToken cancellationToken) =>
        RemoveAsync($"{_api}/issue/{Number(issueId)}", [issueId], cancellationToken);

    private static string Number(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static JsonObject BodyOf(CommentWrite comment, JiraBody body) =>
        new() { ["body"] = body.Text(comment.Html), ["properties"] = JiraBody.Properties(comment.Mark) };

    private static Dictionary<int, ServiceError> RefusalsIn(ReadOnlyMemory<byte> answer, int count, JiraBody body)
    {
        try
        {
            return JsonSerializer.Deserialize<WireCreation>(answer.Span, RestConnection.Json) is { } read
                ? RefusalsOf(read, count, body) : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static Dictionary<int, ServiceError> RefusalsOf(WireCreation answer, int count, JiraBody body)
    {
        var refused = new Dictionary<int, ServiceError>();
        foreach (var error in (answer.Errors ?? []).OfType<WireCreationError>())
        {
            if (error.FailedElementNumber is { } index && index >= 0 && index < count)
            {
                refused[index] = body.Read(error.ToError());
            }
        }

        return refused;
    }

    /// <summary>
    /// What went wrong with a write; one that may have been done says so, whether or not it was sent again.
    /// </summary>
    private static ServiceError ErrorOf(RestException failure) =>
        failure.Error with { MayBeDone = failure.Error.MayBeDone || failure.IsPassing };

    private async Task<JiraBody> BodyAsync(CancellationToken cancellationToken) =>
        new(IsCloud, IsCloud ? null : (await GetFieldsAsync(cancellationToken).ConfigureAwait(false)).EpicLink?.Id);

    /// <summary>
    /// The query that switches notifications off: only where the account may. Whether Jira then passes over the query
    /// or over the whole edit is not documented.
    /// </summary>
    private async Task<string> SilenceAsync(string key, CancellationToken cancellationToken)
    {
        var project = key[..Math.Max(0, key.LastIndexOf('-'))];
        Task<bool> asked;
        lock (_silenceGate)
        {
            if (!_silence.TryGetValue(project, out asked!) || asked.IsFaulted || asked.IsCanceled)
            {
                _silence[project] = asked = AskAsync();
            }
        }

        return await asked.ConfigureAwait(false) ? "?notifyUsers=false" : string.Empty;

        async Task<bool> AskAsync()
        {
            return (await ReadPermissionsAsync(project, ForSilence, cancellationToken).ConfigureAwait(false)).Count > 0;
        }
    }

    private async Task<ServiceError?> WriteAsync(
        RestRequest request, IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _pace
                .SendAsync(
                    issueIds,
                    () => _connection.SendAsync(request, cancellationToken),
                    Wait(request, cancellationToken),
                    cancellationToken)
                .ConfigureAwait(false);
            AnswerBody.Return(answer);
            return null;
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return ErrorOf(failure);
        }
    }

    private async Task<(T? Value, ServiceError? Error)> WriteAsync<TWire, T>(
        RestRequest request,
        IReadOnlyCollection<long> issueIds,
        Func<TWire, T> read,
        CancellationToken cancellationToken)
    {
        try
        {
            return (
                await _pace
                    .SendAsync(
                        issueIds,
                        () => _connection.SendAsync(request, read, cancellationToken),
                        Wait(request, cancellationToken),
                        cancellationToken)
                    .ConfigureAwait(false),
                null);
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return (default, ErrorOf(failure));
        }
    }

    private Func<TimeSpan, Task> Wait(RestRequest request, CancellationToken cancellationToken) =>
        wait => _connection.WaitAsync(request, wait, "Jira takes so many writes to one issue", cancellationToken);

    private async Task<ServiceError?> RemoveAsync(
        string path, IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken)
    {
        var error = await WriteAsync(RestRequest.Delete(path), issueIds, cancellationToken).ConfigureAwait(false);
        return error?.Kind == Failure.NotFound ? null : error;
    }

    /// <summary>Starts what Jira does by itself, and waits for its end. The address of its task may be one of the
    /// site's, where this connection uses the gateway: of it the id alone is used.</summary>
    private async Task<ServiceError?> RunTaskAsync(
        RestRequest request, IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken)
    {
        try
        {
            var address = await _pace.SendAsync(
                issueIds,
                () => _connection.SendAsync(request with { AnswersWithLocation = true }, cancellationToken),
                Wait(request, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            var id = Encoding.UTF8.GetString(address.Span).Split('?')[0].TrimEnd('/').Split('/')[^1];
            var look = RestRequest.Get($"{_api}/task/{RestRequest.Segment(id)}");
            var started = _time.GetUtcNow();
            for (var pause = FirstTaskPause; ; pause = pause * 2 < LongestTaskPause ? pause * 2 : LongestTaskPause)
            {
                var task = await _connection.SendAsync<WireTask>(look, cancellationToken).ConfigureAwait(false);
                if (task.Status is not ("ENQUEUED" or "RUNNING" or "CANCEL_REQUESTED"))
                {
                    return task.Status == "COMPLETE" ? null : new ServiceError(
                        Failure.RequestFailed, $"Jira's task {id} ended as {task.Status}.") { MayBeDone = true };
                }

                if (_time.GetUtcNow() - started > TaskPatience)
                {
                    return new ServiceError(Failure.TimedOut, $"Jira's task {id} did not end in time.");
                }

                await _connection
                    .WaitAsync(look, pause, "Jira is still at it", cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return ErrorOf(failure);
        }
    }

    private async Task<List<(long IssueId, ServiceError Error)>> FindUnwrittenAsync(
        KeyValuePair<long, string>[] chunk, ServiceError? error, CancellationToken cancellationToken)
    {
        var detail = IssueDetail.None with { Property = true };
        var read = new Dictionary<long, string?>();
        await foreach (
            var issue in ReadAsync(chunk.Select(one => Number(one.Key)), detail, cancellationToken)
                .ConfigureAwait(false))
        {
            read[issue.IssueId] = issue.Property;
        }

        return chunk.Where(one => !IsSame(one.Value, read.GetValueOrDefault(one.Key)))
            .Select(one => (one.Key, error ?? new ServiceError(
                Failure.RequestFailed, "Jira did not write the property of the issue, and does not say why.")))
            .ToList();

        static bool IsSame(string wanted, string? found) =>
            found is not null && JsonNode.DeepEquals(JsonNode.Parse(wanted), JsonNode.Parse(found));
    }

    private sealed record WireCreation(List<WireReference?>? Issues, List<WireCreationError?>? Errors);

    private sealed record WireCreationError(int? Status, int? FailedElementNumber, WireElementErrors? ElementErrors)
    {
        public ServiceError ToError()
        {
            var fields = (IEnumerable<KeyValuePair<string, string?>>?)ElementErrors?.Errors ?? [];
            var words = (ElementErrors?.ErrorMessages ?? []).OfType<string>()
                .Concat(fields.Select(field => $"{field.Key}: {field.Value}")).ToList();
            var kind = Status is 403 ? Failure.AccessDenied : Failure.RequestFailed;
            return new ServiceError(
                kind,
                words.Count == 0 ? "Jira refused it and does not say why." : string.Join(" ", words))
            {
                IsRefusal = true,
                Fields = fields.Select(field => field.Key).ToList(),
            };
        }
    }

    private sealed record WireElementErrors(List<string?>? ErrorMessages, Dictionary<string, string?>? Errors);

    private sealed record WireTask(string? Status);

    private sealed record WireCommentList(List<WireMarkedComment?>? Values);

    private sealed record WireMarkedComment(long Id, List<WireProperty?>? Properties);

    private sealed record WireProperty(string? Key, JsonElement? Value);
}
