using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using JiraAdoSync.Jira;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.Jira;

/// <summary>Jira's REST API, Cloud and Data Center: one method for each thing that is asked of it.</summary>
public sealed partial class JiraClient : IIssueSource, IIssueStore, IDisposable
{
    private const int PageSize = 100;

    /// <summary>Pages by position share an entry, in which they meet.</summary>
    private const int Overlap = 1;

    /// <summary>How many issues a page of Data Center may have where only their ids are asked for.</summary>
    private const int IdsPerPage = 1000;

    /// <summary>An order in which an issue keeps its position, whatever is done to it.</summary>
    private const string OrderOfCreation = "created DESC, id DESC";

    /// <summary>What is to be added to issues: their rich texts as HTML.</summary>
    private const string RenderedFields = "renderedFields";

    private readonly RestConnection _connection;
    private readonly string _api;
    private readonly TimeProvider _time;
    private readonly IssuePace _pace;
    private JiraFields? _fields;

    private JiraClient(RestConnection connection, JiraSite site, bool isCloud, WireMyself user, TimeProvider time)
    {
        _connection = connection;
        _api = isCloud ? "rest/api/3" : "rest/api/2";
        _time = time;
        _pace = new IssuePace(time);
        Site = site;
        IsCloud = isCloud;
        User = user.DisplayName ?? user.EmailAddress ?? string.Empty;
        Account = new JiraPerson(user.AccountId ?? user.Name, user.EmailAddress, user.DisplayName, user.Key);
    }

    /// <summary>What the site says it is.</summary>
    public JiraSite Site { get; }

    /// <summary>Whether it is Jira Cloud; else Data Center.</summary>
    public bool IsCloud { get; }

    /// <summary>The display name of the account.</summary>
    public string User { get; }

    /// <inheritdoc/>
    public JiraPerson Account { get; }

    /// <inheritdoc/>
    public bool AllowsWrites { get; private init; }

    /// <inheritdoc/>
    public bool MovesSubtasks => IsCloud;

    /// <summary>Where requests are sent: the site itself, or Atlassian's gateway to it.</summary>
    public Uri ApiAddress => _connection.Address;

    /// <summary>How many requests have been sent.</summary>
    public long RequestsSent => _connection.RequestsSent;

    /// <summary>How many requests may be under way at once; fewer where the site does not bear as many.</summary>
    public int ThrottleLimit
    {
        get => _connection.ThrottleLimit;
        set => _connection.ThrottleLimit = value;
    }

    /// <summary>
    /// Connects: asks the site what it is, and whether it knows the account. Jira Cloud takes some tokens, those with
    /// scopes and those of OAuth, at Atlassian's gateway only; a token that the site does not take is
    /// tried there.
    /// </summary>
    /// <param name="address">The site's address, or that of the site at the gateway.</param>
    /// <param name="gateway">The gateway's address, such as <c>https://api.atlassian.com</c>.</param>
    /// <param name="authenticate">Gives the credentials for one request.</param>
    /// <param name="time">The clock.</param>
    /// <param name="trace">Is called with the outcome of each request, on any thread.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>AddressInvalid</c>.</exception>
    /// <exception cref="RestException">No Jira is there, or it does not accept the credentials.</exception>
    public static Task<JiraClient> ConnectAsync(
        Uri address,
        Uri gateway,
        Func<AuthenticationHeaderValue> authenticate,
        TimeProvider time,
        Action<RequestTrace> trace,
        CancellationToken cancellationToken) =>
        ConnectAsync(address, gateway, authenticate, allowsWrites: false, time, trace, cancellationToken);

    /// <summary>Connects; see the other overload.</summary>
    /// <param name="address">The site's address, or that of the site at the gateway.</param>
    /// <param name="gateway">The gateway's address, such as <c>https://api.atlassian.com</c>.</param>
    /// <param name="authenticate">Gives the credentials for one request.</param>
    /// <param name="allowsWrites">Whether the connection may change anything in Jira.</param>
    /// <param name="time">The clock.</param>
    /// <param name="trace">Is called with the outcome of each request, on any thread.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>AddressInvalid</c>.</exception>
    /// <exception cref="RestException">No Jira is there, or it does not accept the credentials.</exception>
    public static async Task<JiraClient> ConnectAsync(
        Uri address,
        Uri gateway,
        Func<AuthenticationHeaderValue> authenticate,
        bool allowsWrites,
        TimeProvider time,
        Action<RequestTrace> trace,
        CancellationToken cancellationToken)
    {
        gateway = ServiceAddress.Check(gateway);
        if (PageAddress().Match(address.OriginalString) is { Success: true } page)
        {
            throw new SyncException(
                "AddressInvalid",
                $"'{Redaction.Clean(ServiceAddress.Name(address), null)}' is the address of a page of Jira, not that of the site. Give "
                + $"{Redaction.Clean(page.Groups[1].Value, null)}.",
                address);
        }

        var connection = new RestConnection(address, new JiraService(allowsWrites), authenticate, time, trace);
        try
        {
            var server = await ReadServerInfoAsync(connection, cancellationToken).ConfigureAwait(false);
            var isCloud = string.Equals(server.DeploymentType, "Cloud", StringComparison.OrdinalIgnoreCase);
            var myself = RestRequest.Get(isCloud ? "rest/api/3/myself" : "rest/api/2/myself");
            WireMyself user;
            try
            {
                user = await connection.SendAsync<WireMyself>(myself, cancellationToken).ConfigureAwait(false);
            }
            catch (RestException refused) when (
                isCloud && refused.Error.Kind == Failure.AuthenticationFailed
                    && address.IsLoopback == gateway.IsLoopback)
            {
                // A site on this machine has no gateway elsewhere, which should not see its credentials.
                if (await FindCloudIdAsync(connection, cancellationToken).ConfigureAwait(false) is not { } cloudId)
                {
                    throw;
                }

                connection.Dispose();
                connection = new RestConnection(
                    new Uri(gateway, $"ex/jira/{cloudId:D}"), new JiraService(allowsWrites), authenticate, time, trace);
                if (await AskAsync(connection, cancellationToken).ConfigureAwait(false) is not { } known)
                {
                    throw;
                }

                user = known;
            }

            return new JiraClient(
                connection,
                new JiraSite(new Uri(server.BaseUrl!)),
                isCloud,
                user,
                time)
            {
                AllowsWrites = allowsWrites,
            };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Finds issues, page by page, in the order that the query says. In Jira Cloud a page gives the key to the next
    /// one, so that they come one after the other; in Data Center they are read side by side.
    /// </summary>
    /// <param name="jql">A bounded query.</param>
    /// <param name="detail">What to ask about each issue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public IAsyncEnumerable<Replica> SearchAsync(string jql, IssueDetail detail, CancellationToken cancellationToken) =>
        !IsCloud && JiraAdoSync.Jira.Jql.HasOrder(jql)
            ? SearchInOrderAsync(jql, detail, cancellationToken)
            : SearchAsync(jql, detail, Renderings.None, cancellationToken);

    /// <summary>
    /// Finds issues, page by page, with their descriptions as Jira renders them where these are wanted. They come in an
    /// order in which pages can't miss any, whatever order the query says.
    /// </summary>
    /// <param name="jql">A bounded query.</param>
    /// <param name="detail">What to ask about each issue.</param>
    /// <param name="renderings">Says for each page whether it is to bring them, and takes them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public IAsyncEnumerable<Replica> SearchAsync(
        string jql,
        IssueDetail detail,
        Renderings renderings,
        CancellationToken cancellationToken) => IsCloud
            ? SearchByTokenAsync(jql, detail, renderings, cancellationToken)
            : SearchByOffsetAsync(
                JiraAdoSync.Jira.Jql.OrderedBy(jql, OrderOfCreation), detail, renderings, strict: true,
                cancellationToken);

    /// <summary>
    /// Reads issues by key or id, 100 at a time. Those that don't exist or can't be read are left out.
    /// </summary>
    /// <param name="keysOrIds">Keys or ids, as many as need be.</param>
    /// <param name="detail">What to ask about each issue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<Replica> ReadAsync(
        IEnumerable<string> keysOrIds,
        IssueDetail detail,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!IsCloud)
        {
            // Known before several chunks ask for them at once.
            await GetFieldsAsync(cancellationToken).ConfigureAwait(false);
        }

        var chunks = keysOrIds.Where(name => IsKeyOrId().IsMatch(name)).Chunk(PageSize);
        var read = chunks.SelectAheadAsync(
            2 * ThrottleLimit,
            (chunk, cancellationToken) => ReadChunkAsync(chunk, detail, cancellationToken),
            cancellationToken);
        await foreach (var replicas in read.ConfigureAwait(false))
        {
            foreach (var replica in replicas)
            {
                yield return replica;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<long>> FindReadableAsync(
        IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken)
    {
        var readable = new HashSet<long>();
        var names = issueIds.Select(id => id.ToString(CultureInfo.InvariantCulture));
        await foreach (var replica in ReadAsync(names, IssueDetail.None, cancellationToken).ConfigureAwait(false))
        {
            readable.Add(replica.IssueId);
        }

        return readable;
    }

    /// <summary>The link types of the site.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<LinkType>> GetLinkTypesAsync(CancellationToken cancellationToken)
    {
        var answer = await _connection
            .SendAsync<WireLinkTypes, List<LinkType>>(
                RestRequest.Get($"{_api}/issueLinkType"),
                types => types.IssueLinkTypes.Complete("issueLinkTypes").ConvertAll(type => type.ToLinkType()),
                cancellationToken)
            .ConfigureAwait(false);
        return answer;
    }

    /// <summary>The fields of the site; null where nobody has asked for them yet.</summary>
    public JiraFields? KnownFields => _fields;

    /// <summary>The fields of the site.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<JiraFields> GetFieldsAsync(CancellationToken cancellationToken)
    {
        if (_fields is null)
        {
            _fields = await _connection
                .SendAsync<List<WireJiraField?>, JiraFields>(
                    RestRequest.Get($"{_api}/field"),
                    fields => new JiraFields(fields.Complete("fields").ConvertAll(field =>
                        new JiraField(field.Id.Required("id"), field.Name ?? field.Id!, field.Schema?.Custom))),
                    cancellationToken)
                .ConfigureAwait(false);
        }

        return _fields;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> GetPrioritiesAsync(CancellationToken cancellationToken) =>
        await _connection
            .SendAsync<List<WirePriority?>, List<string>>(
                RestRequest.Get($"{_api}/priority"),
                priorities => priorities.Complete("priorities").ConvertAll(one => one.Name.Required("name")),
                cancellationToken)
            .ConfigureAwait(false);

    /// <summary>
    /// Whether the account may browse projects at all; a search does not say so, it just finds nothing.
    /// </summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<bool> MayBrowseAsync(CancellationToken cancellationToken)
    {
        var answer = await _connection
            .SendAsync<WirePermissions>(
                RestRequest.Get($"{_api}/mypermissions?permissions=BROWSE_PROJECTS"), cancellationToken)
            .ConfigureAwait(false);
        return answer.Permissions?.GetValueOrDefault("BROWSE_PROJECTS")?.HavePermission ?? true;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    // Pages of Cloud and Data Center, after the path at which the site may be.
    [GeneratedRegex(
        @"^(https?://[^?#]*?)/(browse/[^/?#]+|secure/|projects?/|issues(/|\?|$)|plugins/|wiki(/|$)|rest/|login\.jsp|"
            + @"jira/(software|core|servicedesk|people|dashboards|your-work|for-you|projects|boards)(/|\?|$))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PageAddress();

    private static async Task<WireServerInfo> ReadServerInfoAsync(
        RestConnection connection, CancellationToken cancellationToken)
    {
        var request = RestRequest.Probe("rest/api/2/serverInfo");
        try
        {
            // Without credentials: a site that does not take them still says what it is.
            return await SendAsync(request with { IsAnonymous = true }).ConfigureAwait(false);
        }
        catch (RestException refused) when (refused.Error.Kind is Failure.AuthenticationFailed or Failure.AccessDenied)
        {
            return await SendAsync(request).ConfigureAwait(false);
        }

        Task<WireServerInfo> SendAsync(RestRequest one) => connection.SendAsync<WireServerInfo, WireServerInfo>(
            one,
            info => Uri.TryCreate(info.BaseUrl, UriKind.Absolute, out _)
                ? info
                : throw new JsonException("It has no 'baseUrl'."),
            cancellationToken);
    }

    /// <summary>
    /// The id by which the gateway knows a site of Jira Cloud; null where the site does not report it.
    /// </summary>
    private static async Task<Guid?> FindCloudIdAsync(RestConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var request = RestRequest.Probe("_edge/tenant_info") with { IsAnonymous = true };
            return (await connection.SendAsync<WireTenant>(request, cancellationToken).ConfigureAwait(false)).CloudId;
        }
        catch (RestException)
        {
            return null;
        }
    }

    /// <summary>Whom the gateway knows; null where it can't be asked, so that the site's answer is used.</summary>
    private static async Task<WireMyself?> AskAsync(RestConnection gateway, CancellationToken cancellationToken)
    {
        try
        {
            return await gateway.SendAsync<WireMyself>(RestRequest.Probe("rest/api/3/myself"), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (RestException failure) when (
            failure.Error.Kind is not (Failure.AuthenticationFailed or Failure.AccessDenied))
        {
            return null;
        }
    }

    private async Task<List<Replica>> ReadChunkAsync(
        string[] keysOrIds, IssueDetail detail, CancellationToken cancellationToken)
    {
        if (IsCloud)
        {
            var body = new
            {
                issueIdsOrKeys = keysOrIds,
                fields = WireIssue.FieldNames(detail),
                properties = PropertiesOf(detail),
            };
            var page = await ReadPageAsync($"{_api}/issue/bulkfetch", body, detail, Renderings.None, cancellationToken)
                .ConfigureAwait(false);
            return page.Issues;
        }

        // Data Center has no bulk read; "key" takes ids too.
        return await PassingOverUnknownAsync(keysOrIds, async names =>
        {
            var replicas = new List<Replica>();
            await foreach (var replica in SearchByOffsetAsync(
                JiraAdoSync.Jira.Jql.OrderedBy(JqlOf(names), OrderOfCreation), detail, Renderings.None, strict: false,
                cancellationToken).ConfigureAwait(false))
            {
                replicas.Add(replica);
            }

            return replicas;
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads issues by a query of Data Center that names them. A query that is not strict passes over those that don't
    /// exist, as far as anybody says; where it is refused because of one, that one is found by halves and left out.
    /// </summary>
    private static async Task<List<T>> PassingOverUnknownAsync<T>(
        string[] keysOrIds, Func<string[], Task<List<T>>> readAsync)
    {
        try
        {
            return await readAsync(keysOrIds).ConfigureAwait(false);
        }
        catch (RestException refused) when (refused.Status == 400
            && Array.Exists(keysOrIds, name => refused.Error.Message.Contains(name, StringComparison.OrdinalIgnoreCase)))
        {
            if (keysOrIds.Length == 1)
            {
                return [];
            }

            var found = new List<T>();
            foreach (var half in keysOrIds.Chunk((keysOrIds.Length + 1) / 2))
            {
                found.AddRange(await PassingOverUnknownAsync(half, readAsync).ConfigureAwait(false));
            }

            return found;
        }
    }

    private async IAsyncEnumerable<Replica> SearchByTokenAsync(
        string jql,
        IssueDetail detail,
        Renderings renderings,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = new HashSet<string>();
        var list = new EndlessList<long>();
        var names = new IssueNames();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = RequestFor(null);
        var coming = _connection.SendAsync(request, stop.Token);
        try
        {
            while (true)
            {
                var (answered, body) = (request, await coming.ConfigureAwait(false));
                var next = PageToken.Find(body.Span);
                if (next is not null && pages.Add(next))
                {
                    // The next page is on its way while this one is read and worked on.
                    request = RequestFor(next);
                    coming = _connection.SendAsync(request, stop.Token);
                }

                var page = ReadPage(answered, body, detail, renderings, names);
                if (page.NextPageToken != next || (request == answered && (next is not null || page.IsLast == false)))
                {
                    throw Incomplete("a page that does not lead to the next one");
                }

                if (next is not null && list.IsShownBy(page.Issues.Select(issue => issue.IssueId)))
                {
                    throw Incomplete("page after page of issues that came before, or that have no end");
                }

                foreach (var issue in page.Issues)
                {
                    yield return issue;
                }

                if (next is null)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        RestRequest RequestFor(string? nextPage) => RestRequest.Post(
            $"{_api}/search/jql",
            new
            {
                jql,
                fields = WireIssue.FieldNames(detail),
                expand = renderings.AreWanted ? RenderedFields : null,
                maxResults = PageSize,
                nextPageToken = nextPage,
                properties = PropertiesOf(detail),
            });
    }

    private async IAsyncEnumerable<Replica> SearchByOffsetAsync(
        string jql,
        IssueDetail detail,
        Renderings renderings,
        bool strict,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fields = await GetFieldsAsync(cancellationToken).ConfigureAwait(false);
        var parents = new[] { fields.EpicLink?.Id, fields.ParentLink?.Id }.OfType<string>().ToList();
        var ids = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        var names = new IssueNames();
        var pages = OverlappingPages.ReadAsync(
            ReadAsync, issue => issue.IssueId, Overlap, ThrottleLimit, "issues", cancellationToken);
        await foreach (var issues in pages.ConfigureAwait(false))
        {
            issues.ForEach(issue => ids[issue.Key] = issue.IssueId);
            await FindIdsAsync(issues.Select(KeyOfParent).OfType<string>(), ids, cancellationToken)
                .ConfigureAwait(false);
            foreach (var issue in issues)
            {
                yield return KeyOfParent(issue) is { } key && ids.TryGetValue(key, out var id)
                    ? issue with { Parent = names.Of(id, key) }
                    : issue;
            }
        }

        Task<OverlappingPages.Page<Replica>> ReadAsync(int startAt, CancellationToken cancellationToken) =>
            ReadOffsetAsync(
                jql,
                detail.With(parents),
                renderings,
                startAt,
                PageSize + Overlap,
                strict,
                cancellationToken,
                names);

        string? KeyOfParent(Replica issue) => issue.Parent is not null ? null : parents
            .Select(field => issue.Fields.GetValueOrDefault(field) as string)
            .FirstOrDefault(key => key is not null);
    }

    /// <summary>
    /// The issues in the order that a query says. Issues change their positions in it while pages are read, so that
    /// some can be missed: the ids of all are read afterwards in an order where they do not, and what was missed is
    /// appended.
    /// </summary>
    private async IAsyncEnumerable<Replica> SearchInOrderAsync(
        string jql, IssueDetail detail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<long>();
        var inOrder = SearchByOffsetAsync(jql, detail, Renderings.None, strict: true, cancellationToken);
        await foreach (var issue in inOrder.ConfigureAwait(false))
        {
            seen.Add(issue.IssueId);
            yield return issue;
        }

        if (seen.Count <= PageSize)
        {
            yield break;
        }

        var missed = new List<string>();
        var pages = OverlappingPages.ReadAsync(
            ReadIdsAsync, issue => issue.IssueId, Overlap, ThrottleLimit, "issues", cancellationToken);
        await foreach (var issues in pages.ConfigureAwait(false))
        {
            missed.AddRange(issues.Where(issue => !seen.Contains(issue.IssueId))
                .Select(issue => issue.IssueId.ToString(CultureInfo.InvariantCulture)));
        }

        await foreach (var issue in ReadAsync(missed, detail, cancellationToken).ConfigureAwait(false))
        {
            yield return issue;
        }

        Task<OverlappingPages.Page<Replica>> ReadIdsAsync(int startAt, CancellationToken cancellationToken) =>
            ReadOffsetAsync(
                JiraAdoSync.Jira.Jql.OrderedBy(jql, OrderOfCreation),
                null,
                Renderings.None,
                startAt,
                IdsPerPage,
                strict: true,
                cancellationToken);
    }

    /// <summary>Data Center names the epic of an issue by its key alone; identity is the id.</summary>
    private async Task FindIdsAsync(
        IEnumerable<string> keys, Dictionary<string, long> ids, CancellationToken cancellationToken)
    {
        foreach (var chunk in keys.Where(key => !ids.ContainsKey(key) && IsKeyOrId().IsMatch(key)).Distinct().ToList()
            .Chunk(PageSize))
        {
            var found = await PassingOverUnknownAsync(chunk, async names =>
                (await ReadOffsetAsync(
                    JqlOf(names), IssueDetail.None, Renderings.None, 0, PageSize, strict: false, cancellationToken)
                    .ConfigureAwait(false)).Entries).ConfigureAwait(false);
            found.ForEach(issue => ids[issue.Key] = issue.IssueId);
        }
    }

    /// <summary>
    /// The query for issues by name. Each of them must have shown that it is a key or an id: anything else could be a
    /// clause of its own.
    /// </summary>
    private static string JqlOf(IEnumerable<string> keysOrIds) => $"key in ({string.Join(",", keysOrIds)})";

    /// <summary>The page from a position on; without detail the ids alone.</summary>
    private async Task<OverlappingPages.Page<Replica>> ReadOffsetAsync(
        string jql,
        IssueDetail? detail,
        Renderings renderings,
        int startAt,
        int size,
        bool strict,
        CancellationToken cancellationToken,
        IssueNames? names = null)
    {
        var body = new
        {
            jql,
            fields = detail is null ? ["id"] : WireIssue.FieldNames(detail),
            expand = renderings.AreWanted ? (string[])[RenderedFields] : null,
            startAt,
            maxResults = size,
            validateQuery = strict,
            properties = PropertiesOf(detail),
        };
        var page = await ReadPageAsync(
            $"{_api}/search", body, detail ?? IssueDetail.None, renderings, cancellationToken, names)
            .ConfigureAwait(false);
        if (detail?.Property == true)
        {
            page = page with
            {
                Issues = await WithPropertiesAsync(page.Issues, cancellationToken).ConfigureAwait(false),
            };
        }

        return new(page.Issues, page.Total ?? throw Incomplete($"{page.Issues.Count} issues of an unknown number"));
    }

    private async Task<Page> ReadPageAsync(
        string path,
        object body,
        IssueDetail detail,
        Renderings renderings,
        CancellationToken cancellationToken,
        IssueNames? names = null)
    {
        var request = RestRequest.Post(path, body);
        return ReadPage(request, await _connection.SendAsync(
            request, cancellationToken).ConfigureAwait(false), detail, renderings, names ?? new IssueNames());
    }

    private Page ReadPage(
        RestRequest request,
        ReadOnlyMemory<byte> body,
        IssueDetail detail,
        Renderings renderings,
        IssueNames names)
    {
        return _connection.Read<WirePage, Page>(
            request,
            body,
            page => new Page(
                page.Issues.Complete("issues").ConvertAll(Take), page.NextPageToken, page.IsLast, page.Total));

        Replica Take(WireIssue issue)
        {
            if (issue.RenderedFields is not null)
            {
                renderings.Add(issue.ToRendered());
            }

            return issue.ToReplica(detail, Account.AccountId, names);
        }
    }

    /// <summary>A list that breaks off is a failure; it never counts as the end of the list.</summary>
    private static SyncException Incomplete(string what) => new(
        nameof(Failure.RequestFailed),
        $"Jira answered with {what}, so what there is is not all known. Run the command again.");

    [GeneratedRegex(@"^([A-Za-z][A-Za-z0-9_]*-)?[0-9]+\z")]
    private static partial Regex IsKeyOrId();

    private sealed record WireJiraField(string? Id, string? Name, WireSchema? Schema);

    private sealed record WirePriority(string? Name);

    private sealed record WireSchema(string? Custom);

    private sealed record WireLinkTypes(List<WireLinkType?>? IssueLinkTypes);

    private sealed record WirePermissions(Dictionary<string, WirePermission?>? Permissions);

    private sealed record WirePermission(bool? HavePermission);

    private sealed record WireServerInfo(string? BaseUrl, string? DeploymentType);

    private sealed record WireMyself(
        string? DisplayName, string? EmailAddress, string? AccountId, string? Name, string? Key);

    private sealed record WireTenant(Guid? CloudId);

    private sealed record WirePage(List<WireIssue?>? Issues, string? NextPageToken, bool? IsLast, int? Total);

    private sealed record Page(List<Replica> Issues, string? NextPageToken, bool? IsLast, int? Total);
}
