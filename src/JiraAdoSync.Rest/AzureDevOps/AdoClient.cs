using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>
/// Azure DevOps' REST API for the work items of one project: one method for each thing that is asked of it.
/// </summary>
public sealed class AdoClient : IWorkItemStore, IDisposable
{
    /// <summary>Services, then Server 2022 and 2020: the first that the organisation does not refuse is spoken.</summary>
    private static readonly string[] Versions = ["7.1", "7.0", "6.0"];

    /// <summary>Whom Azure DevOps calls nobody.</summary>
    private const string AnonymousId = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

    private readonly RestConnection _connection;
    private readonly string _project;
    private readonly string _organization;
    private readonly string? _userId;
    private RelationTypes? _relationTypes;
    private IReadOnlyList<string>? _workItemTypes;

    private AdoClient(RestConnection connection, string version, WireProject project, WireConnectionData data)
    {
        _connection = connection;
        _project = RestRequest.Segment(project.Name!);
        _organization = connection.Address.ToString().TrimEnd('/');
        ApiVersion = version;
        Project = project.Name!;
        ProjectId = project.Id;
        User = data.AuthenticatedUser?.ProviderDisplayName ?? string.Empty;
        IsServer = !string.Equals(data.DeploymentType ?? "hosted", "hosted", StringComparison.OrdinalIgnoreCase);
        _userId = data.AuthenticatedUser?.Id;
    }

    /// <summary>The project's name, as the organisation spells it.</summary>
    public string Project { get; }

    /// <summary>The project's id.</summary>
    public Guid ProjectId { get; }

    /// <summary>The display name of the account.</summary>
    public string User { get; }

    /// <summary>Whether it is Azure DevOps Server; else Services.</summary>
    public bool IsServer { get; }

    /// <summary>The version of the REST API that is spoken with it, such as 7.1.</summary>
    public string ApiVersion { get; }

    /// <summary>How many requests have been sent.</summary>
    public long RequestsSent => _connection.RequestsSent;

    /// <inheritdoc/>
    public int ThrottleLimit
    {
        get => _connection.ThrottleLimit;
        set => _connection.ThrottleLimit = value;
    }

    private string Version => $"api-version={ApiVersion}";

    /// <summary>Connects: asks the organisation whether it knows the account, and whether it has the project.</summary>
    /// <param name="organization">The organisation's address, such as <c>https://dev.azure.com/contoso</c>.</param>
    /// <param name="project">The project's name or id.</param>
    /// <param name="authenticate">Gives the credentials for one request.</param>
    /// <param name="time">The clock.</param>
    /// <param name="trace">Is told what becomes of each request, on any thread.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="SyncException"><c>AddressInvalid</c>.</exception>
    /// <exception cref="RestException">
    /// The organisation does not accept the credentials, or has no such project.
    /// </exception>
    public static async Task<AdoClient> ConnectAsync(
        Uri organization,
        string project,
        Func<AuthenticationHeaderValue> authenticate,
        TimeProvider time,
        Action<RequestTrace> trace,
        CancellationToken token)
    {
        var connection = new RestConnection(organization, new AzureDevOpsService(), authenticate, time, trace);
        try
        {
            // Every version answers this without being told which.
            var data = await connection
                .SendAsync<WireConnectionData>(RestRequest.Probe("_apis/connectionData"), token)
                .ConfigureAwait(false);
            if (data.AuthenticatedUser?.Id == AnonymousId)
            {
                throw new SyncException(
                    nameof(Failure.AuthenticationFailed),
                    $"Azure DevOps at {organization} answers as if nobody had signed in. {new AzureDevOpsService().AuthenticationAdvice}");
            }

            var (version, found) = await FindProjectAsync(connection, project, token).ConfigureAwait(false);
            return new AdoClient(connection, version, found, data);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<RelationTypes> GetRelationTypesAsync(CancellationToken token)
    {
        if (_relationTypes is null)
        {
            var answer = await _connection
                .SendAsync<WireList<WireRelationType>, List<RelationType>>(
                    RestRequest.Get($"_apis/wit/workitemrelationtypes?{Version}"),
                    types => types.Items.ConvertAll(type => type.ToRelationType()),
                    token)
                .ConfigureAwait(false);
            _relationTypes = new RelationTypes(answer);
        }

        return _relationTypes;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> GetWorkItemTypesAsync(CancellationToken token)
    {
        if (_workItemTypes is null)
        {
            var answer = await _connection
                .SendAsync<WireList<WireName>, List<string>>(
                    RestRequest.Get($"{_project}/_apis/wit/workitemtypes?{Version}"),
                    types => types.Items.ConvertAll(type => type.Name.Required("name")),
                    token)
                .ConfigureAwait(false);
            _workItemTypes = answer;
        }

        return _workItemTypes;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkItem>> ReadAsync(IReadOnlyCollection<int> ids, CancellationToken token)
    {
        var items = new List<WorkItem>();
        var chunks = ids.Distinct().Chunk(IWorkItemStore.BatchSize);
        await foreach (var chunk in chunks.SelectAheadAsync(Ahead, ReadChunkAsync, token).ConfigureAwait(false))
        {
            items.AddRange(chunk);
        }

        return items;
    }

    /// <inheritdoc/>
    public async Task<ILookup<string, int>> FindByHyperlinkAsync(
        IReadOnlyCollection<string> urls,
        CancellationToken token)
    {
        var found = new List<(string Url, int Id)>();
        var chunks = urls.Chunk(IWorkItemStore.BatchSize);
        await foreach (var chunk in chunks.SelectAheadAsync(Ahead, FindChunkAsync, token).ConfigureAwait(false))
        {
            found.AddRange(chunk);
        }

        return found.ToLookup(pair => pair.Url, pair => pair.Id, StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> ListHyperlinkHoldersAsync(int afterId, CancellationToken token)
    {
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.HyperLinkCount] > 0 AND [System.Id] > {afterId} ORDER BY [System.Id]");
        return await _connection
            .SendAsync<WireQueryAnswer, List<int>>(
                RestRequest.Post($"{_project}/_apis/wit/wiql?$top={IWorkItemStore.BatchSize}&{Version}", new { query }),
                // An answer that does not lead on would be asked for again and again.
                found => found.WorkItems.Complete("workItems").ConvertAll(item =>
                    item.Id > afterId ? item.Id : throw new JsonException("It has ids that were not asked for.")),
                token)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Relation>> ReadLastRemovalAsync(int workItemId, CancellationToken token)
    {
        IReadOnlyList<Relation> last = [];
        List<WireUpdate> page;
        var skip = 0;
        do
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"_apis/wit/workItems/{workItemId}/updates?$top={IWorkItemStore.BatchSize}&$skip={skip}&{Version}");
            page = await _connection
                .SendAsync<WireList<WireUpdate>, List<WireUpdate>>(RestRequest.Get(path), updates => updates.Items, token)
                .ConfigureAwait(false);
            var ours = page.FindLast(update => update.RevisedBy?.Id == _userId && update.Relations?.Removed?.Count > 0);
            last = ours?.Relations!.Removed.Complete("removed").ConvertAll(relation => relation.ToRelation(workItemId)) ?? last;
            skip += page.Count;
        }
        while (page.Count == IWorkItemStore.BatchSize);
        return last;
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> TryCreationAsync(string workItemType, CancellationToken token)
    {
        var patch = new[] { new PatchOperation("add", "/fields/System.Title") { Value = "May this account create work items?" } };
        var type = RestRequest.Segment(workItemType);
        var request = RestRequest.Post($"{_project}/_apis/wit/workitems/${type}?validateOnly=true&{Version}", patch) with
        {
            ContentType = JsonPatch.ContentType,
        };
        try
        {
            await _connection.SendAsync(request, token).ConfigureAwait(false);
            return null;
        }
        catch (RestException failure) when (failure.Error.Kind == Failure.RequestFailed)
        {
            // A rule of one type's fields is told by the items that it stops.
            return null;
        }
        catch (RestException failure) when (failure.Error.Kind is Failure.AccessDenied or Failure.NotFound)
        {
            return failure.Error;
        }
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> RecycleAsync(IReadOnlyCollection<int> ids, CancellationToken token)
    {
        ServiceError? error = null;
        foreach (var chunk in ids.Chunk(IWorkItemStore.BatchSize))
        {
            var body = new { ids = chunk, destroy = false, skipNotifications = true };
            try
            {
                await _connection
                    .SendAsync(RestRequest.Post($"{_project}/_apis/wit/workitemsdelete?{Version}", body), token)
                    .ConfigureAwait(false);
            }
            catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
            {
                error = failure.Error;
            }
        }

        return error;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<WorkItemWrite> writes,
        CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(writes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writes.Count, IWorkItemStore.BatchSize);
        if (writes.Count == 0)
        {
            return [];
        }

        var request =
            RestRequest.Post($"_apis/wit/$batch?{Version}", writes.Select(ToBatchEntry)) with { IsRepeatable = false };
        try
        {
            var answer = await _connection.SendAsync<WireList<WireBatchAnswer>>(request, token).ConfigureAwait(false);
            var answers = answer.Value ?? [];
            if (answers.Count == writes.Count)
            {
                return answers.Zip(writes, ToOutcome).ToList();
            }

            // A critical failure has one answer for all, which does not say how far the batch got.
            var error = answers.Zip(writes, ToOutcome).FirstOrDefault(outcome => outcome.Error is not null)?.Error
                ?? new ServiceError(
                    Failure.RequestFailed,
                    $"Azure DevOps answered a batch of {writes.Count} changes with {answers.Count} answers.");
            return Enumerable.Repeat(WriteOutcome.Refused(error with { IsAmbiguous = true }), writes.Count).ToList();
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            // What was throttled or forbidden was not done; how far a batch got that failed otherwise, nobody knows.
            var isKnown = failure.Error.Kind is Failure.Throttled or Failure.AccessDenied or Failure.NotFound;
            var error = isKnown ? failure.Error : failure.Error with { IsAmbiguous = true };
            return Enumerable.Repeat(WriteOutcome.Refused(error), writes.Count).ToList();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private object ToBatchEntry(WorkItemWrite write)
    {
        var item = write.WorkItemId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $"/_apis/wit/workitems/{id}")
            : $"/{_project}/_apis/wit/workitems/${RestRequest.Segment(write.WorkItemType!)}";
        return new
        {
            // A batch takes PATCH for creations too.
            method = "PATCH",
            uri = $"{item}?{Version}&suppressNotifications=true",
            headers = new Dictionary<string, string> { ["Content-Type"] = JsonPatch.ContentType },
            body = JsonPatch.Of(write, target => string.Create(
                CultureInfo.InvariantCulture, $"{_organization}/_apis/wit/workItems/{target}")),
        };
    }

    /// <summary>
    /// What became of a write. An answer that does not show what was written is no proof that it was, or was not.
    /// </summary>
    private WriteOutcome ToOutcome(WireBatchAnswer? answer, WorkItemWrite write)
    {
        var body = Encoding.UTF8.GetBytes(answer?.Body ?? string.Empty);
        if (answer?.Code is >= 200 and < 300 && ReadItem(body) is { } item && Shows(item, write))
        {
            return WriteOutcome.Done(item);
        }

        if (answer?.Code is null or < 400 or > 599)
        {
            return WriteOutcome.Refused(new ServiceError(
                Failure.RequestFailed,
                "Azure DevOps answered a change with something that can't be read; whether it was made is not known.")
            {
                IsAmbiguous = true,
            });
        }

        var service = new AzureDevOpsService();
        var error = service.ReadError(body);
        var kind = service.Classify((HttpStatusCode)answer.Code, error);
        var message = error.Message is { } words
            ? _connection.Clean(words) : $"Azure DevOps answered {answer.Code} without a reason.";
        return WriteOutcome.Refused(new ServiceError(kind, message)
        {
            IsAmbiguous = kind is Failure.ServerUnreachable or Failure.TimedOut
                || (kind == Failure.RequestFailed && answer.Code >= 500),
        });
    }

    private static WorkItem? ReadItem(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<WireWorkItem>(body, RestConnection.Json)?.ToWorkItem();
        }
        catch (Exception unreadable) when (RestConnection.IsUnreadable(unreadable))
        {
            return null;
        }
    }

    private static bool Shows(WorkItem item, WorkItemWrite write) => write.WorkItemId is { } id
        ? item.Id == id
        : write.AddRelations.Where(added => added.TargetWorkItemId is null).All(added => item.Relations.Any(one =>
            one.ReferenceName == added.ReferenceName && string.Equals(one.Url, added.Url, StringComparison.OrdinalIgnoreCase)));

    /// <summary>How many chunks are begun before their turn: some more than may be under way, so that none waits idle.</summary>
    private int Ahead => 2 * ThrottleLimit;

    private Task<List<WorkItem>> ReadChunkAsync(int[] ids, CancellationToken token)
    {
        var body = new Dictionary<string, object>
        {
            ["ids"] = ids,
            ["$expand"] = "relations",
            ["errorPolicy"] = "omit",
        };
        return _connection.SendAsync<WireList<WireWorkItem>, List<WorkItem>>(
            RestRequest.Post($"_apis/wit/workitemsbatch?{Version}", body),
            answer =>
            {
                // What was left out leaves a null in its place.
                var items = answer.Value.Required("value").OfType<WireWorkItem>().Select(item => item.ToWorkItem()).ToList();
                var asked = ids.ToHashSet();
                return items.TrueForAll(item => asked.Remove(item.Id))
                    ? items
                    : throw new JsonException("It has work items twice, or others than were asked for.");
            },
            token);
    }

    private Task<List<(string Url, int Id)>> FindChunkAsync(string[] urls, CancellationToken token) =>
        _connection.SendAsync<WireArtifactUriAnswer, List<(string Url, int Id)>>(
            RestRequest.Post($"{_project}/_apis/wit/artifacturiquery?{Version}", new { artifactUris = urls }),
            answer => (
                from pair in answer.ArtifactUrisQueryResult.Required("artifactUrisQueryResult")
                from item in pair.Value ?? []
                select (pair.Key, item.Required("id").Id.Id("id"))).ToList(),
            token);

    /// <summary>The project, and the newest of the API's versions that the organisation knows.</summary>
    private static async Task<(string Version, WireProject Project)> FindProjectAsync(
        RestConnection connection,
        string project,
        CancellationToken token)
    {
        var path = $"_apis/projects/{RestRequest.Segment(project)}";
        for (var at = 0; ; at++)
        {
            try
            {
                return (Versions[at], await connection
                    .SendAsync<WireProject, WireProject>(
                        RestRequest.Get($"{path}?api-version={Versions[at]}"),
                        found => found is { Name.Length: > 0 } && found.Id != Guid.Empty
                            ? found
                            : throw new JsonException("It has no name or no id."),
                        token)
                    .ConfigureAwait(false));
            }
            catch (RestException refused) when (refused.TypeKey == "VssVersionOutOfRangeException" && at + 1 < Versions.Length)
            {
                // An older server; the next version is its own.
            }
        }
    }

    private sealed record WireList<T>(List<T?>? Value)
        where T : class
    {
        [JsonIgnore]
        public List<T> Items => Value.Complete("value");
    }

    private sealed record WireName(string? Name);

    private sealed record WireProject(Guid Id, string? Name);

    private sealed record WireConnectionData(WireIdentity? AuthenticatedUser, string? DeploymentType);

    private sealed record WireIdentity(string? Id, string? ProviderDisplayName);

    private sealed record WireUpdate(WireIdentity? RevisedBy, WireRelationUpdates? Relations);

    private sealed record WireRelationUpdates(List<WireRelation?>? Removed);

    private sealed record WireId(int Id);

    private sealed record WireArtifactUriAnswer(Dictionary<string, List<WireId?>?>? ArtifactUrisQueryResult);

    private sealed record WireQueryAnswer(List<WireId?>? WorkItems);

    private sealed record WireBatchAnswer(int Code, string? Body);
}
