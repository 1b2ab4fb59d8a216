using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>
/// Azure DevOps' REST API for the work items of one project: one method for each thing that is asked of it.
/// </summary>
public sealed partial class AdoClient : IWorkItemStore, IDisposable
{
    /// <summary>
    /// Services, then Server 2022 and 2020: the first that the organisation does not refuse is spoken.
    /// </summary>
    private static readonly string[] Versions = ["7.1", "7.0", "6.0"];

    /// <summary>Who made a revision and when, by the service's own word.</summary>
    private static readonly string[] AuthorFields =
        ["System.Id", "System.Rev", "System.AuthorizedDate", "System.AuthorizedAs"];

    /// <summary>Whom Azure DevOps calls nobody.</summary>
    /// <summary>How many work items a query finds at most.</summary>
    private const int QueryLimit = 20_000;

    private const string AnonymousId = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

    private readonly RestConnection _connection;
    private readonly string _project;
    private readonly string _organization;
    private readonly string? _userId;
    private readonly ReadOnce _known = new();
    private bool _notifies;

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
        Account = new Account(_userId, data.AuthenticatedUser?.Name);
    }

    /// <summary>The project's name, as the organisation spells it.</summary>
    public string Project { get; }

    /// <summary>The project's id.</summary>
    public Guid ProjectId { get; }

    /// <summary>The display name of the account.</summary>
    public string User { get; }

    /// <inheritdoc/>
    public Account Account { get; }

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
    /// <param name="trace">Is called with the outcome of each request, on any thread.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
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
        CancellationToken cancellationToken)
    {
        var connection = new RestConnection(organization, new AzureDevOpsService(), authenticate, time, trace);
        try
        {
            // Every version answers the first without a version in the request. Both are asked at once; the answer of
            // the first has precedence.
            var connecting = connection.SendAsync<WireConnectionData>(
                RestRequest.Probe("_apis/connectionData"), cancellationToken);
            var finding = FindProjectAsync(connection, project, cancellationToken);
            await ((Task)finding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var data = await AwaitIdentityAsync(connecting, organization).ConfigureAwait(false);
            if (data.AuthenticatedUser?.Id == AnonymousId)
            {
                throw new SyncException(
                    nameof(Failure.AuthenticationFailed),
                    $"Azure DevOps at {organization} answers as if nobody had signed in. {new AzureDevOpsService().AuthenticationAdvice}");
            }

            var (version, found) = await finding.ConfigureAwait(false);
            return new AdoClient(connection, version, found, data);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Every organisation and collection says who one is; an address that doesn't is that of something else.
    /// </summary>
    private static async Task<WireConnectionData> AwaitIdentityAsync(
        Task<WireConnectionData> connecting, Uri organization)
    {
        try
        {
            return await connecting.ConfigureAwait(false);
        }
        catch (RestException missing) when (missing.Error.Kind == Failure.NotFound)
        {
            throw new SyncException(
                "AddressInvalid",
                $"'{organization}' is not the address of an organisation or collection. Give one such as https://dev.azure.com/contoso or "
                + $"https://server/tfs/DefaultCollection, without the project. {missing.Error.Message}",
                organization);
        }
    }

    /// <summary>The organisation's relation types; null where nobody has asked for them yet.</summary>
    public RelationTypes? KnownRelationTypes => _known.RelationTypes;

    /// <summary>The project's work item types; null where nobody has asked for them yet.</summary>
    public IReadOnlyList<WorkItemType>? KnownWorkItemTypes => _known.WorkItemTypes;

    /// <inheritdoc/>
    public async Task<RelationTypes> GetRelationTypesAsync(CancellationToken cancellationToken)
    {
        if (_known.RelationTypes is null)
        {
            var answer = await _connection
                .SendAsync<WireList<WireRelationType>, List<RelationType>>(
                    RestRequest.Get($"_apis/wit/workitemrelationtypes?{Version}"),
                    types => types.Items.ConvertAll(type => type.ToRelationType()),
                    cancellationToken)
                .ConfigureAwait(false);
            _known.RelationTypes = new RelationTypes(answer);
        }

        return _known.RelationTypes;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkItemType>> GetWorkItemTypesAsync(CancellationToken cancellationToken)
    {
        if (_known.WorkItemTypes is null)
        {
            var answer = await _connection
                .SendAsync<WireList<WireWorkItemType>, List<WorkItemType>>(
                    RestRequest.Get($"{_project}/_apis/wit/workitemtypes?{Version}"),
                    types => types.Items.ConvertAll(type => type.ToWorkItemType()),
                    cancellationToken)
                .ConfigureAwait(false);
            _known.WorkItemTypes = answer;
        }

        return _known.WorkItemTypes;
    }

    /// <summary>The organisation's fields.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<WorkItemField>> GetFieldsAsync(CancellationToken cancellationToken)
    {
        if (_known.Fields is null)
        {
            var answer = await _connection
                .SendAsync<WireList<WireField>, List<WorkItemField>>(
                    RestRequest.Get($"{_project}/_apis/wit/fields?{Version}"),
                    fields => fields.Items.ConvertAll(field => field.ToField()),
                    cancellationToken)
                .ConfigureAwait(false);
            _known.Fields = answer;
        }

        return _known.Fields;
    }

    /// <inheritdoc/>
    public Task<ProjectPaths> GetPathsAsync(CancellationToken cancellationToken)
    {
        // A tree is no deeper than 14 levels.
        return _connection.SendAsync<WireList<WireNode>, ProjectPaths>(
            RestRequest.Get($"{_project}/_apis/wit/classificationnodes?$depth=14&{Version}"),
            nodes => new ProjectPaths(
                Paths(nodes.Items, "area", _ => true), Paths(nodes.Items, "iteration", _ => true),
                Paths(nodes.Items, "iteration", isDated => isDated)),
            cancellationToken);

        static HashSet<string> Paths(List<WireNode> roots, string structure, Predicate<bool> isWanted) => roots
            .Where(node => string.Equals(node.StructureType, structure, StringComparison.OrdinalIgnoreCase))
            .SelectMany(node => node.Paths(null))
            .Where(node => isWanted(node.IsDated))
            .Select(node => node.Path)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public Task<ServiceError?> CreatePathAsync(string field, string path, CancellationToken cancellationToken)
    {
        var names = path.Split('\\');
        try
        {
            return TryAsync(RestRequest.Post(NodeOf(field, names[..^1]), new { name = names[^1] }), cancellationToken);
        }
        catch (SyncException unnameable)
        {
            // A component or a sprint of Jira may be called anything.
            return Task.FromResult<ServiceError?>(
                new ServiceError(Failure.RequestFailed, unnameable.Message) { IsRefusal = true });
        }
    }

    /// <inheritdoc/>
    public Task<ServiceError?> RemovePathAsync(string field, string path, CancellationToken cancellationToken) =>
        TryAsync(new RestRequest(HttpMethod.Delete, NodeOf(field, path.Split('\\'))), cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> ListInPathAsync(
        string field, string path, CancellationToken cancellationToken)
    {
        var query = $"SELECT [System.Id] FROM WorkItems WHERE [{field}] UNDER '{path.Replace("'", "''", StringComparison.Ordinal)}'";
        return await QueryAsync(
            $"{_project}/_apis/wit/wiql?$top={IWorkItemStore.BatchSize}&", query, 0, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>The address of an area or iteration, whose first name is the project's.</summary>
    private string NodeOf(string field, string[] names)
    {
        var tree = field == WorkItemField.AreaPath.ReferenceName ? "Areas" : "Iterations";
        return $"{_project}/_apis/wit/classificationnodes/{tree}{string.Concat(names[1..].Select(name => "/" + RestRequest.Segment(name)))}?{Version}";
    }

    private async Task<ServiceError?> TryAsync(RestRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await _connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (RestException failure) when (failure.Error.Kind != Failure.AuthenticationFailed)
        {
            return failure.Error;
        }
    }

    /// <summary>What is wrong with a list that leads on and on.</summary>
    private const string Endless = "Page after page has what came before, or there is no end of pages.";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkItemUpdate>> ReadHistoryAsync(
        int workItemId, int skip, CancellationToken cancellationToken)
    {
        var updates = new List<WorkItemUpdate>();
        var list = new EndlessList<int>();
        List<WorkItemUpdate> page;
        do
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"_apis/wit/workItems/{workItemId}/updates?$top={IWorkItemStore.BatchSize}&$skip={skip + updates.Count}&{Version}");
            try
            {
                page = await _connection
                    .SendAsync<WireList<WireUpdate>, List<WorkItemUpdate>>(
                        RestRequest.Get(path),
                        answer => list.IsShownBy(answer.Items.Select(update => update.Id).OfType<int>())
                            ? throw new JsonException(Endless)
                            : answer.Items.ConvertAll(update => update.ToUpdate(workItemId, _userId)),
                        cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (RestException exception) when (exception is { Error.Kind: Failure.NotFound, TypeKey: not null })
            {
                return [];
            }

            updates.AddRange(page);
        }
        while (page.Count == IWorkItemStore.BatchSize);
        return updates;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Revision>> ReadRevisionsAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        var body = new { fields = AuthorFields, includeIdentityRef = true };
        var path = $"_apis/wit/reporting/workitemrevisions?startDateTime={Uri.EscapeDataString(from.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))}";
        return _connection.SendAsync<WireFeed<WireWorkItem>, IReadOnlyList<Revision>>(
            RestRequest.Post($"{path}&{Version}", body),
            page => page.Values.Complete("values").ConvertAll(revision => revision.ToRevision()),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Revision>> ReadLastRevisionsAsync(
        IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        var revisions = new List<Revision>();
        await foreach (var chunk in ids.Distinct().Chunk(IWorkItemStore.BatchSize)
            .SelectAheadAsync(Ahead, ReadChunkAsync, cancellationToken).ConfigureAwait(false))
        {
            revisions.AddRange(chunk);
        }

        return revisions;

        Task<List<Revision>> ReadChunkAsync(int[] chunk, CancellationToken cancellationToken) =>
            _connection.SendAsync<WireList<WireWorkItem>, List<Revision>>(
                RestRequest.Post(
                    $"_apis/wit/workitemsbatch?{Version}",
                    new { ids = chunk, fields = AuthorFields, errorPolicy = "omit" }),
                answer => answer.Value.Required("value").OfType<WireWorkItem>()
                    .Select(item => item.ToRevision()).ToList(),
                cancellationToken);
    }

    /// <summary>The same project, for writes that notify those who follow work items.</summary>
    public AdoClient Notifying()
    {
        var client = (AdoClient)MemberwiseClone();
        client._notifies = true;
        return client;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkItem>> ReadAsync(
        IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        var items = new List<WorkItem>();
        var chunks = ids.Distinct().Chunk(IWorkItemStore.BatchSize);
        await foreach (var chunk in chunks.SelectAheadAsync(Ahead, ReadChunkAsync, cancellationToken)
            .ConfigureAwait(false))
        {
            items.AddRange(chunk);
        }

        return items;
    }

    /// <inheritdoc/>
    public async Task<ILookup<string, HyperlinkOwner>> FindByHyperlinkAsync(
        IReadOnlyCollection<string> urls,
        CancellationToken cancellationToken)
    {
        var found = new List<(string Url, HyperlinkOwner Owner)>();
        var chunks = urls.Chunk(IWorkItemStore.BatchSize);
        await foreach (var chunk in chunks.SelectAheadAsync(Ahead, FindChunkAsync, cancellationToken)
            .ConfigureAwait(false))
        {
            found.AddRange(chunk);
        }

        return found.ToLookup(pair => pair.Url, pair => pair.Owner, StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> FindByFieldAsync(
        string field,
        IReadOnlyCollection<string> values,
        CancellationToken cancellationToken)
    {
        if (!FieldName().IsMatch(field))
        {
            throw CorrelationFieldInvalid(field, "that is no reference name.");
        }

        var ids = new List<int>();
        try
        {
            var chunks = values.Chunk(IWorkItemStore.BatchSize);
            await foreach (var chunk in chunks.SelectAheadAsync(Ahead, FindChunkAsync, cancellationToken)
                .ConfigureAwait(false))
            {
                ids.AddRange(chunk);
            }
        }
        catch (RestException refused) when (refused.Error.Message.Contains("TF51005", StringComparison.Ordinal))
        {
            throw CorrelationFieldInvalid(field, "the organisation has no such field.");
        }

        return ids;

        Task<List<int>> FindChunkAsync(string[] chunk, CancellationToken cancellationToken)
        {
            var list = string.Join(
                ", ", chunk.Select(value => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'"));
            return QueryAsync(
                "_apis/wit/wiql?", $"SELECT [System.Id] FROM WorkItems WHERE [{field}] IN ({list})", 0,
                cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> ListHyperlinkOwnersAsync(
        int afterId, bool isEverywhere, CancellationToken cancellationToken)
    {
        var (scope, condition) = isEverywhere
            ? (string.Empty, string.Empty)
            : ($"{_project}/", "[System.TeamProject] = @project AND ");
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT [System.Id] FROM WorkItems WHERE {condition}[System.HyperLinkCount] > 0 AND [System.Id] > {afterId} ORDER BY [System.Id]");
        // An answer that does not lead on would be asked for again and again.
        return await QueryAsync(
            $"{scope}_apis/wit/wiql?$top={IWorkItemStore.BatchSize}&", query, afterId, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> TryCreationAsync(
        string workItemType, bool bypassRules, CancellationToken cancellationToken)
    {
        var patch = new[] { new PatchOperation("add",
            "/fields/System.Title") { Value = "May this account create work items?" } };
        var type = RestRequest.Segment(workItemType);
        var path = $"{_project}/_apis/wit/workitems/${type}?validateOnly=true{Bypass(bypassRules)}&{Version}";
        var request = RestRequest.Post(path, patch) with
        {
            ContentType = JsonPatch.ContentType,
        };
        try
        {
            await _connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (RestException failure) when (failure.Error.Kind == Failure.RequestFailed)
        {
            // A rule of one type's fields is reported for the items that it stops.
            return null;
        }
        catch (RestException failure) when (failure.Error.Kind is Failure.AccessDenied or Failure.NotFound)
        {
            return failure.Error;
        }
    }

    /// <summary>
    /// Whether a work item can be assigned to somebody. Nothing is created: the service only validates, and names an
    /// identity that it does not know.
    /// </summary>
    /// <param name="workItemType">A type that the account may create.</param>
    /// <param name="uniqueName">The unique name.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<bool> MayBeAssignedAsync(
        string workItemType, string uniqueName, CancellationToken cancellationToken)
    {
        var patch = new[]
        {
            new PatchOperation("add", "/fields/System.Title") { Value = "Is this person known?" },
            new PatchOperation("add", "/fields/System.AssignedTo") { Value = uniqueName },
        };
        var path = $"{_project}/_apis/wit/workitems/${RestRequest.Segment(workItemType)}?validateOnly=true&{Version}";
        try
        {
            await _connection.SendAsync(
                RestRequest.Post(path, patch) with { ContentType = JsonPatch.ContentType }, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (RestException failure) when (failure.Error.Kind == Failure.UnknownPerson)
        {
            return false;
        }
        catch (RestException failure) when (failure.Error.Kind == Failure.RequestFailed)
        {
            // A rule of another field says nothing about the person.
            return true;
        }
    }

    /// <inheritdoc/>
    public async Task<ServiceError?> RecycleAsync(IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        // The deletion of several came with 7.1.
        var requests = ApiVersion == Versions[0]
            ? ids.Chunk(IWorkItemStore.BatchSize).Select(chunk => RestRequest.Post(
                $"{_project}/_apis/wit/workitemsdelete?{Version}",
                new { ids = chunk, destroy = false, skipNotifications = true }))
            : ids.Select(id => new RestRequest(
                HttpMethod.Delete,
                string.Create(CultureInfo.InvariantCulture, $"{_project}/_apis/wit/workitems/{id}?{Version}")));
        ServiceError? error = null;
        foreach (var request in requests)
        {
            error = await TryAsync(request, cancellationToken).ConfigureAwait(false) ?? error;
        }

        return error;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeletedWorkItem>> ReadDeletedAsync(CancellationToken cancellationToken)
    {
        var ids = (await ReadBinAsync(string.Empty).ConfigureAwait(false)).ConvertAll(item => item.Id);
        var deleted = new List<DeletedWorkItem>();
        foreach (var chunk in ids.Chunk(IWorkItemStore.BatchSize))
        {
            deleted.AddRange((await ReadBinAsync($"ids={string.Join(',', chunk)}&").ConfigureAwait(false))
                .Where(item => string.Equals(item.Project, Project, StringComparison.OrdinalIgnoreCase))
                .Select(item => item.ToDeleted()));
        }

        return deleted;

        async Task<List<WireDeletedWorkItem>> ReadBinAsync(string query)
        {
            try
            {
                return await _connection
                    .SendAsync<WireList<WireDeletedWorkItem>, List<WireDeletedWorkItem>>(
                        RestRequest.Get($"{_project}/_apis/wit/recyclebin?{query}{Version}"),
                        answer => answer.Items.ToList(),
                        cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (RestException failure) when (failure.Error.Kind is Failure.AccessDenied or Failure.NotFound)
            {
                // Somebody emptied the bin meanwhile, or this account may not look into it.
                return [];
            }
        }
    }

    /// <inheritdoc/>
    public Task<ServiceError?> RestoreAsync(int id, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{_project}/_apis/wit/recyclebin/{id}?{Version}");
        return TryAsync(
            new RestRequest(HttpMethod.Patch, path) { Body = new { isDeleted = false } }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<WorkItemWrite> writes,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(writes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writes.Count, IWorkItemStore.BatchSize);
        if (writes.Count == 0)
        {
            return [];
        }

        var outcomes = await WriteAsync(writes, _notifies, cancellationToken).ConfigureAwait(false);
        if (_notifies || !outcomes.Any(IsDenied))
        {
            return outcomes;
        }

        // An account may lack the permission to suppress notifications, and nothing else.
        var denied = writes.Zip(outcomes).Where(one => IsDenied(one.Second)).Select(one => one.First).ToList();
        var again = new Queue<WriteOutcome>(await WriteAsync(denied, notifies: true, cancellationToken)
            .ConfigureAwait(false));
        _notifies = again.Any(outcome => outcome.WorkItem is not null);
        return outcomes.Select(outcome => IsDenied(outcome) ? again.Dequeue() : outcome).ToList();

        static bool IsDenied(WriteOutcome outcome) => outcome.Error?.Kind == Failure.AccessDenied;
    }

    private async Task<List<WriteOutcome>> WriteAsync(
        IReadOnlyList<WorkItemWrite> writes,
        bool notifies,
        CancellationToken cancellationToken)
    {
        var request = RestRequest.Post(
            $"_apis/wit/$batch?{Version}", writes.Select(write => ToBatchEntry(write, notifies))) with
        {
            IsRepeatable = false,
        };
        try
        {
            var answer = await _connection.SendAsync<WireList<WireBatchAnswer>>(request, cancellationToken)
                .ConfigureAwait(false);
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
            return Enumerable.Repeat(WriteOutcome.Refused(error with { MayBeDone = true }), writes.Count).ToList();
        }
        catch (RestException failure)
        {
            // What was throttled or forbidden was not done; how far a batch got that failed otherwise, nobody knows.
            var isKnown = failure.Error.Kind
                is Failure.Throttled or Failure.AccessDenied or Failure.NotFound or Failure.AuthenticationFailed;
            var error = isKnown ? failure.Error : failure.Error with { MayBeDone = true };
            return Enumerable.Repeat(WriteOutcome.Refused(error), writes.Count).ToList();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static string Bypass(bool bypassRules) => bypassRules ? "&bypassRules=true" : string.Empty;

    private static Dictionary<string, string> PatchHeaders { get; } = new() { ["Content-Type"] = JsonPatch.ContentType };

    private object ToBatchEntry(WorkItemWrite write, bool notifies)
    {
        var item = write.WorkItemId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $"/_apis/wit/workitems/{id}")
            : $"/{_project}/_apis/wit/workitems/${RestRequest.Segment(write.WorkItemType!)}";
        return new
        {
            // A batch takes PATCH for creations too.
            method = "PATCH",
            uri = $"{item}?{Version}{(notifies ? string.Empty : "&suppressNotifications=true")}{Bypass(write.BypassRules)}",
            headers = PatchHeaders,
            body = JsonPatch.Of(write, target => string.Create(
                CultureInfo.InvariantCulture, $"{_organization}/_apis/wit/workItems/{target}")),
        };
    }

    /// <summary>
    /// What became of a write. An answer that does not show what was written is no proof that it was, or was not.
    /// </summary>
    private WriteOutcome ToOutcome(WireBatchAnswer? answer, WorkItemWrite write)
    {
        var body = answer?.Body?.Bytes ?? [];
        if (answer is { Code: >= 200 and < 300, Body.Item: { } item } && Shows(item, write))
        {
            return WriteOutcome.Done(item);
        }

        if (answer?.Code is null or < 400 or > 599)
        {
            return WriteOutcome.Refused(new ServiceError(
                Failure.RequestFailed,
                "Azure DevOps answered a change with something that can't be read; whether it was made is not known.")
            {
                MayBeDone = true,
            });
        }

        var service = new AzureDevOpsService();
        var error = service.ReadError(body);
        var kind = service.Classify((HttpStatusCode)answer.Code, error);
        var message = error.Message is { } words
            ? _connection.Clean(words) : $"Azure DevOps answered {answer.Code} without a reason.";
        return WriteOutcome.Refused(new ServiceError(kind, message)
        {
            MayBeDone = kind is Failure.ServerUnreachable or Failure.TimedOut
                || (kind == Failure.RequestFailed && answer.Code >= 500),
            IsRefusal = service.IsRefusal((HttpStatusCode)answer.Code, error),
        });
    }

    private static WorkItem? ReadItem(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<WireWorkItem>(body, RestConnection.Json)?.ToWorkItem();
        }
        catch (Exception unreadable) when (RestFailures.IsUnreadable(unreadable))
        {
            return null;
        }
    }

    private static bool Shows(WorkItem item, WorkItemWrite write) => write.WorkItemId is { } id
        ? item.Id == id
        : write.AddRelations.Where(added => added.TargetWorkItemId is null).All(added => item.Relations.Any(one =>
            one.ReferenceName == added.ReferenceName
                && string.Equals(one.Url, added.Url, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The ids that a query finds, all of them beyond one.</summary>
    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> QueryAsync(string wiql, CancellationToken cancellationToken)
    {
        var ids = new List<int>();
        while (true)
        {
            // Where results are cut, and whether they are refused instead, is not settled: an empty page is the last
            // one.
            var query = Wiql.Page(wiql, ids.Count == 0 ? 0 : ids[^1]);
            List<int> page;
            try
            {
                page = await QueryAsync(
                    string.Create(CultureInfo.InvariantCulture, $"{_project}/_apis/wit/wiql?$top={QueryLimit}&"),
                    query, ids.Count == 0 ? 0 : ids[^1], cancellationToken).ConfigureAwait(false);
            }
            catch (RestException refused) when (refused.Error is { Kind: Failure.RequestFailed, IsRefusal: true })
            {
                throw new SyncException("WiqlInvalid", $"Azure DevOps refuses the WIQL: {refused.Error.Message}", wiql);
            }

            if (page.Count == 0)
            {
                return ids;
            }

            ids.AddRange(page.Order());
        }
    }

    private Task<List<int>> QueryAsync(string path, string query, int afterId, CancellationToken cancellationToken) =>
        _connection.SendAsync<WireQueryAnswer, List<int>>(
            RestRequest.Post(path + Version, new { query }),
            found => found.WorkItems.Complete("workItems").ConvertAll(item =>
                item.Id > afterId ? item.Id : throw new JsonException("It has ids that were not asked for.")),
            cancellationToken);

    /// <summary>
    /// How many chunks are begun before their turn: some more than may be under way, so that none waits idle.
    /// </summary>
    private int Ahead => 2 * ThrottleLimit;

    private Task<List<WorkItem>> ReadChunkAsync(int[] ids, CancellationToken cancellationToken)
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
                // What was left out is null in the list.
                var items = answer.Value.Required("value").OfType<WireWorkItem>().Select(item => item.ToWorkItem())
                    .ToList();
                var asked = ids.ToHashSet();
                return items.TrueForAll(item => asked.Remove(item.Id))
                    ? items
                    : throw new JsonException("It has work items twice, or others than were asked for.");
            },
            cancellationToken);
    }

    private async Task<List<(string Url, HyperlinkOwner Owner)>> FindChunkAsync(
        string[] urls, CancellationToken cancellationToken)
    {
        try
        {
            return await _connection
                .SendAsync<WireArtifactUriAnswer, List<(string Url, HyperlinkOwner Owner)>>(
                    RestRequest.Post($"_apis/wit/artifacturiquery?{Version}", new { artifactUris = urls }),
                    answer => (
                        from pair in answer.ArtifactUrisQueryResult.Required("artifactUrisQueryResult")
                        from item in pair.Value ?? []
                        select (pair.Key, new HyperlinkOwner(item.Required("id").Id.Id("id"), IsHere(item.Url)))).ToList(),
                    cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RestException missing) when (missing is { Error.Kind: Failure.NotFound, TypeKey: null })
        {
            // A server that has no such look-up finds nothing by it.
            return [];
        }
    }

    /// <summary>
    /// Whether a work item's address is in the project, which many services put into it; null where it names none.
    /// </summary>
    private bool? IsHere(string? url)
    {
        var end = url?.IndexOf("/_apis/wit/workitems/", StringComparison.OrdinalIgnoreCase) ?? -1;
        var start = url?.LastIndexOf('/', Math.Max(end - 1, 0)) ?? -1;
        return end > 0 && Guid.TryParseExact(url.AsSpan(start + 1, end - start - 1), "D", out var project)
            ? project == ProjectId
            : null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+\z")]
    private static partial Regex FieldName();

    private static SyncException CorrelationFieldInvalid(string field, string why) => new(
        "CorrelationFieldInvalid",
        $"-CorrelationField '{field}' can't be looked for: {why} Give the reference name of a text field of the organisation, "
        + "such as Custom.JiraId, that the project's work item types have.",
        field);

    /// <summary>The project, and the newest of the API's versions that the organisation knows.</summary>
    private static async Task<(string Version, WireProject Project)> FindProjectAsync(
        RestConnection connection,
        string project,
        CancellationToken cancellationToken)
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
                        cancellationToken)
                    .ConfigureAwait(false));
            }
            catch (RestException refused) when (
                refused.TypeKey == "VssVersionOutOfRangeException" && at + 1 < Versions.Length)
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

    /// <summary>
    /// What is read of the organisation once; the client that notifies and the one that does not share it.
    /// </summary>
    private sealed class ReadOnce
    {
        public RelationTypes? RelationTypes { get; set; }

        public IReadOnlyList<WorkItemType>? WorkItemTypes { get; set; }

        public IReadOnlyList<WorkItemField>? Fields { get; set; }
    }

    private sealed record WireProject(Guid Id, string? Name);

    private sealed record WireConnectionData(WireIdentity? AuthenticatedUser, string? DeploymentType);

    private sealed record WireId(int Id, string? Url);

    private sealed record WireArtifactUriAnswer(Dictionary<string, List<WireId?>?>? ArtifactUrisQueryResult);

    private sealed record WireQueryAnswer(List<WireId?>? WorkItems);

    private sealed record WireBatchAnswer(int Code, [property: JsonConverter(typeof(BatchBody))] BatchAnswer? Body);

    /// <summary>The body of an answer to one write: the work item, or bytes that say something else.</summary>
    private sealed record BatchAnswer(WorkItem? Item, byte[] Bytes);

    /// <summary>Reads a body, which is a text that is JSON itself.</summary>
    private sealed class BatchBody : JsonConverter<BatchAnswer>
    {
        public override BatchAnswer? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("The body of an answer is no text.");
            }

            // Escaped text is longer than the text itself.
            var bytes = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
            var body = bytes.AsSpan(0, reader.CopyString(bytes));
            var item = ReadItem(body);
            var answer = new BatchAnswer(item, item is null ? body.ToArray() : []);
            ArrayPool<byte>.Shared.Return(bytes);
            return answer;
        }

        public override void Write(Utf8JsonWriter writer, BatchAnswer value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Answers are read only.");
    }
}
