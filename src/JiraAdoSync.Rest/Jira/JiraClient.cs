using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using JiraAdoSync.Jira;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Rest.Jira;

/// <summary>Jira's REST API, Cloud and Data Center: one method for each thing that is asked of it.</summary>
public sealed partial class JiraClient : IIssueSource, IDisposable
{
    private const int PageSize = 100;

    private readonly RestConnection _connection;
    private readonly string _api;

    private JiraClient(RestConnection connection, JiraSite site, bool isCloud, string user)
    {
        _connection = connection;
        _api = isCloud ? "rest/api/3" : "rest/api/2";
        Site = site;
        IsCloud = isCloud;
        User = user;
    }

    /// <summary>What the site says it is.</summary>
    public JiraSite Site { get; }

    /// <summary>Whether it is Jira Cloud; else Data Center.</summary>
    public bool IsCloud { get; }

    /// <summary>The display name of the account.</summary>
    public string User { get; }

    /// <summary>How many requests have been sent.</summary>
    public long RequestsSent => _connection.RequestsSent;

    /// <summary>Connects: asks the site what it is, and whether it knows the account.</summary>
    /// <param name="address">The site's address.</param>
    /// <param name="authenticate">Gives the credentials for one request.</param>
    /// <param name="time">The clock.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="SyncException"><c>AddressInvalid</c>.</exception>
    /// <exception cref="RestException">No Jira is there, or it does not accept the credentials.</exception>
    public static async Task<JiraClient> ConnectAsync(
        Uri address,
        Func<AuthenticationHeaderValue> authenticate,
        TimeProvider time,
        CancellationToken token)
    {
        var connection = new RestConnection(address, new JiraService(), authenticate, time);
        try
        {
            var server = await connection
                .SendAsync<WireServerInfo>(RestRequest.Probe("rest/api/2/serverInfo"), token)
                .ConfigureAwait(false);
            var isCloud = string.Equals(server.DeploymentType, "Cloud", StringComparison.OrdinalIgnoreCase);
            var myself = await connection
                .SendAsync<WireMyself>(RestRequest.Get(isCloud ? "rest/api/3/myself" : "rest/api/2/myself"), token)
                .ConfigureAwait(false);
            return new JiraClient(
                connection,
                new JiraSite(new Uri(server.BaseUrl)),
                isCloud,
                myself.DisplayName ?? myself.EmailAddress ?? string.Empty);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Finds issues, page by page. Several pages are read one after the other: each gives the key to the next.
    /// </summary>
    /// <param name="jql">A bounded query.</param>
    /// <param name="detail">What to ask about each issue.</param>
    /// <param name="token">Ends the wait.</param>
    public IAsyncEnumerable<Replica> SearchAsync(string jql, IssueDetail detail, CancellationToken token) =>
        IsCloud ? SearchByTokenAsync(jql, detail, token) : SearchByOffsetAsync(jql, detail, strict: true, token);

    /// <summary>
    /// Reads issues by key or id, 100 at a time. Those that don't exist or can't be read are left out.
    /// </summary>
    /// <param name="keysOrIds">Keys or ids, as many as need be.</param>
    /// <param name="detail">What to ask about each issue.</param>
    /// <param name="token">Ends the wait.</param>
    public async IAsyncEnumerable<Replica> ReadAsync(
        IEnumerable<string> keysOrIds,
        IssueDetail detail,
        [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var chunk in keysOrIds.Where(name => IsKeyOrId().IsMatch(name)).Chunk(PageSize))
        {
            if (IsCloud)
            {
                var body = new { issueIdsOrKeys = chunk, fields = WireIssue.FieldNames(detail) };
                var page = await _connection
                    .SendAsync<WirePage>(RestRequest.Post($"{_api}/issue/bulkfetch", body), token)
                    .ConfigureAwait(false);
                foreach (var issue in page.Issues ?? [])
                {
                    yield return issue.ToReplica(detail);
                }
            }
            else
            {
                // Data Center has no bulk read; "key" takes ids too, and unknown ones are passed over when not strict.
                var jql = $"key in ({string.Join(",", chunk)})";
                await foreach (var replica in SearchByOffsetAsync(jql, detail, strict: false, token).ConfigureAwait(false))
                {
                    yield return replica;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<long>> FindReadableAsync(IReadOnlyCollection<long> issueIds, CancellationToken token)
    {
        var readable = new HashSet<long>();
        var names = issueIds.Select(id => id.ToString(CultureInfo.InvariantCulture));
        await foreach (var replica in ReadAsync(names, IssueDetail.None, token).ConfigureAwait(false))
        {
            readable.Add(replica.IssueId);
        }

        return readable;
    }

    /// <summary>The link types of the site.</summary>
    /// <param name="token">Ends the wait.</param>
    public async Task<IReadOnlyList<LinkType>> GetLinkTypesAsync(CancellationToken token)
    {
        var answer = await _connection
            .SendAsync<WireLinkTypes>(RestRequest.Get($"{_api}/issueLinkType"), token)
            .ConfigureAwait(false);
        return (answer.IssueLinkTypes ?? []).ConvertAll(type => type.ToLinkType());
    }

    /// <summary>
    /// Whether the account may browse projects at all; a search tells no such thing, it just finds nothing.
    /// </summary>
    /// <param name="token">Ends the wait.</param>
    public async Task<bool> MayBrowseAsync(CancellationToken token)
    {
        var answer = await _connection
            .SendAsync<WirePermissions>(RestRequest.Get($"{_api}/mypermissions?permissions=BROWSE_PROJECTS"), token)
            .ConfigureAwait(false);
        return answer.Permissions?.GetValueOrDefault("BROWSE_PROJECTS")?.HavePermission ?? true;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private async IAsyncEnumerable<Replica> SearchByTokenAsync(
        string jql,
        IssueDetail detail,
        [EnumeratorCancellation] CancellationToken token)
    {
        string? nextPage = null;
        do
        {
            var body = new { jql, fields = WireIssue.FieldNames(detail), maxResults = PageSize, nextPageToken = nextPage };
            var page = await _connection
                .SendAsync<WirePage>(RestRequest.Post($"{_api}/search/jql", body), token)
                .ConfigureAwait(false);
            foreach (var issue in page.Issues ?? [])
            {
                yield return issue.ToReplica(detail);
            }

            nextPage = page.NextPageToken;
        }
        while (nextPage is not null);
    }

    private async IAsyncEnumerable<Replica> SearchByOffsetAsync(
        string jql,
        IssueDetail detail,
        bool strict,
        [EnumeratorCancellation] CancellationToken token)
    {
        var startAt = 0;
        WirePage page;
        do
        {
            var body =
                new { jql, fields = WireIssue.FieldNames(detail), startAt, maxResults = PageSize, validateQuery = strict };
            page = await _connection
                .SendAsync<WirePage>(RestRequest.Post($"{_api}/search", body), token)
                .ConfigureAwait(false);
            foreach (var issue in page.Issues ?? [])
            {
                yield return issue.ToReplica(detail);
            }

            startAt += page.Issues?.Count ?? 0;
        }
        while (startAt < page.Total && page.Issues?.Count > 0);
    }

    [GeneratedRegex(@"^([A-Za-z][A-Za-z0-9_]*-)?[0-9]+$")]
    private static partial Regex IsKeyOrId();

    private sealed record WireLinkTypes(List<WireLinkType>? IssueLinkTypes);

    private sealed record WirePermissions(Dictionary<string, WirePermission?>? Permissions);

    private sealed record WirePermission(bool? HavePermission);

    private sealed record WireServerInfo(string BaseUrl, string? DeploymentType);

    private sealed record WireMyself(string? DisplayName, string? EmailAddress);

    private sealed record WirePage(List<WireIssue>? Issues, string? NextPageToken, int? Total);
}
