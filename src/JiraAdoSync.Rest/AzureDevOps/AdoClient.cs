using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>
/// Azure DevOps' REST API for the work items of one project: one method for each thing that is asked of it.
/// </summary>
public sealed class AdoClient : IWorkItemStore, IDisposable
{
    private const string Version = "api-version=7.1";

    private readonly RestConnection _connection;
    private readonly string _project;
    private readonly string _organization;
    private readonly string? _userId;
    private RelationTypes? _relationTypes;
    private IReadOnlyList<string>? _workItemTypes;

    private AdoClient(RestConnection connection, Uri organization, WireProject project, WireIdentity? user)
    {
        _connection = connection;
        _project = Uri.EscapeDataString(project.Name);
        _organization = organization.GetLeftPart(UriPartial.Path).TrimEnd('/');
        Project = project.Name;
        ProjectId = project.Id;
        User = user?.ProviderDisplayName ?? string.Empty;
        _userId = user?.Id;
    }

    /// <summary>The project's name, as the organisation spells it.</summary>
    public string Project { get; }

    /// <summary>The project's id.</summary>
    public Guid ProjectId { get; }

    /// <summary>The display name of the account.</summary>
    public string User { get; }

    /// <summary>How many requests have been sent.</summary>
    public long RequestsSent => _connection.RequestsSent;

    /// <summary>Connects: asks the organisation whether it knows the account, and whether it has the project.</summary>
    /// <param name="organization">The organisation's address, such as <c>https://dev.azure.com/contoso</c>.</param>
    /// <param name="project">The project's name or id.</param>
    /// <param name="authenticate">Gives the credentials for one request.</param>
    /// <param name="time">The clock.</param>
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
        CancellationToken token)
    {
        var connection = new RestConnection(organization, new AzureDevOpsService(), authenticate, time);
        try
        {
            var data = await connection
                .SendAsync<WireConnectionData>(RestRequest.Probe($"_apis/connectionData?{Version}-preview.1"), token)
                .ConfigureAwait(false);
            var found = await connection
                .SendAsync<WireProject>(
                    RestRequest.Get($"_apis/projects/{Uri.EscapeDataString(project)}?{Version}"), token)
                .ConfigureAwait(false);
            return new AdoClient(connection, organization, found, data.AuthenticatedUser);
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
                .SendAsync<WireList<WireRelationType>>(RestRequest.Get($"_apis/wit/workitemrelationtypes?{Version}"), token)
                .ConfigureAwait(false);
            _relationTypes = new RelationTypes(answer.Value.Select(type => type.ToRelationType()));
        }

        return _relationTypes;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> GetWorkItemTypesAsync(CancellationToken token)
    {
        if (_workItemTypes is null)
        {
            var answer = await _connection
                .SendAsync<WireList<WireName>>(RestRequest.Get($"{_project}/_apis/wit/workitemtypes?{Version}"), token)
                .ConfigureAwait(false);
            _workItemTypes = answer.Value.ConvertAll(type => type.Name);
        }

        return _workItemTypes;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkItem>> ReadAsync(IReadOnlyCollection<int> ids, CancellationToken token)
    {
        var items = new List<WorkItem>();
        foreach (var chunk in ids.Distinct().Chunk(IWorkItemStore.BatchSize))
        {
            var body = new Dictionary<string, object>
            {
                ["ids"] = chunk,
                ["$expand"] = "relations",
                ["errorPolicy"] = "omit",
            };
            var answer = await _connection
                .SendAsync<WireList<WireWorkItem?>>(RestRequest.Post($"_apis/wit/workitemsbatch?{Version}", body), token)
                .ConfigureAwait(false);
            // What was left out leaves a null in its place.
            items.AddRange(answer.Value.OfType<WireWorkItem>().Select(item => item.ToWorkItem()));
        }

        return items;
    }

    /// <inheritdoc/>
    public async Task<ILookup<string, int>> FindByHyperlinkAsync(
        IReadOnlyCollection<string> urls,
        CancellationToken token)
    {
        var found = new List<(string Url, int Id)>();
        foreach (var chunk in urls.Chunk(IWorkItemStore.BatchSize))
        {
            var answer = await _connection
                .SendAsync<WireArtifactUriAnswer>(
                    RestRequest.Post($"{_project}/_apis/wit/artifacturiquery?{Version}", new { artifactUris = chunk }), token)
                .ConfigureAwait(false);
            found.AddRange(
                from pair in answer.ArtifactUrisQueryResult ?? []
                from item in pair.Value
                select (pair.Key, item.Id));
        }

        return found.ToLookup(pair => pair.Url, pair => pair.Id, StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> ListHyperlinkHoldersAsync(int afterId, CancellationToken token)
    {
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.HyperLinkCount] > 0 AND [System.Id] > {afterId} ORDER BY [System.Id]");
        var answer = await _connection
            .SendAsync<WireQueryAnswer>(
                RestRequest.Post($"{_project}/_apis/wit/wiql?$top={IWorkItemStore.BatchSize}&{Version}", new { query }), token)
            .ConfigureAwait(false);
        return (answer.WorkItems ?? []).ConvertAll(item => item.Id);
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
            page = (await _connection.SendAsync<WireList<WireUpdate>>(RestRequest.Get(path), token).ConfigureAwait(false)).Value;
            var ours = page.FindLast(update => update.RevisedBy?.Id == _userId && update.Relations?.Removed?.Count > 0);
            last = ours?.Relations!.Removed!.ConvertAll(relation => relation.ToRelation(workItemId)) ?? last;
            skip += page.Count;
        }
        while (page.Count == IWorkItemStore.BatchSize);
        return last;
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> TryCreationAsync(string workItemType, CancellationToken token)
    {
        var patch = new[] { new PatchOperation("add", "/fields/System.Title") { Value = "May this account create work items?" } };
        var type = Uri.EscapeDataString(workItemType);
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
    public async Task RecycleAsync(IReadOnlyCollection<int> ids, CancellationToken token)
    {
        foreach (var chunk in ids.Chunk(IWorkItemStore.BatchSize))
        {
            var body = new { ids = chunk, destroy = false, skipNotifications = true };
            await _connection
                .SendAsync(RestRequest.Post($"{_project}/_apis/wit/workitemsdelete?{Version}", body), token)
                .ConfigureAwait(false);
        }
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
            if (answer.Value.Count == writes.Count)
            {
                return answer.Value.ConvertAll(ToOutcome);
            }

            // A critical failure has one answer for all.
            var error = answer.Value.Select(ToOutcome).FirstOrDefault(outcome => outcome.Error is not null)?.Error
                ?? new ServiceError(Failure.RequestFailed, "Azure DevOps answered a batch with fewer answers than it had requests.");
            return Enumerable.Repeat(WriteOutcome.Refused(error), writes.Count).ToList();
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return Enumerable.Repeat(WriteOutcome.Refused(failure.Error), writes.Count).ToList();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private object ToBatchEntry(WorkItemWrite write)
    {
        var item = write.WorkItemId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $"/_apis/wit/workitems/{id}")
            : $"/{_project}/_apis/wit/workitems/${Uri.EscapeDataString(write.WorkItemType!)}";
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

    private WriteOutcome ToOutcome(WireBatchAnswer answer)
    {
        var body = Encoding.UTF8.GetBytes(answer.Body ?? string.Empty);
        if (answer.Code is >= 200 and < 300)
        {
            try
            {
                if (JsonSerializer.Deserialize<WireWorkItem>(body, RestConnection.Json) is { } item)
                {
                    return WriteOutcome.Done(item.ToWorkItem());
                }
            }
            catch (JsonException)
            {
                // An answer that can't be read is told below.
            }
        }

        var service = new AzureDevOpsService();
        var message = service.ReadMessage(body) ?? $"Azure DevOps answered {answer.Code} without a reason.";
        return WriteOutcome.Refused(new ServiceError(service.Classify((HttpStatusCode)answer.Code, message), message));
    }

    private sealed record WireList<T>(List<T> Value);

    private sealed record WireName(string Name);

    private sealed record WireProject(Guid Id, string Name);

    private sealed record WireConnectionData(WireIdentity? AuthenticatedUser);

    private sealed record WireIdentity(string? Id, string? ProviderDisplayName);

    private sealed record WireUpdate(WireIdentity? RevisedBy, WireRelationUpdates? Relations);

    private sealed record WireRelationUpdates(List<WireRelation>? Removed);

    private sealed record WireId(int Id);

    private sealed record WireArtifactUriAnswer(Dictionary<string, List<WireId>>? ArtifactUrisQueryResult);

    private sealed record WireQueryAnswer(List<WireId>? WorkItems);

    private sealed record WireBatchAnswer(int Code, string? Body);
}
