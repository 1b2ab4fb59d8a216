using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Jql;

/// <summary>
/// Searches. Cloud pages by token, wants a restriction, knows no total and shows ids unless asked for more; its old
/// search is removed. Data Center pages by <c>startAt</c> and reports the total.
/// </summary>
internal static class SearchEndpoints
{
    private const int IssuesPerPage = 100;
    private const int IdsPerPage = 5000;
    private const int ReconcileLimit = 50;

    public static void Map(JiraRoutes routes, JiraFlavor flavor)
    {
        if (flavor == JiraFlavor.Cloud)
        {
            routes.AddOpen("GET", "search/jql", request => ByToken(request, SearchQuery.FromQuery(request, "id")));
            routes.AddOpen("POST", "search/jql", request => ByToken(request, SearchQuery.FromBody(request, "id")));
            routes.AddOpen("POST", "search/approximate-count", Count);
            routes.AddOpen("GET", "search", Removed);
            routes.AddOpen("POST", "search", Removed);
        }
        else
        {
            routes.AddOpen(
                "GET", "search", request => ByPosition(request, SearchQuery.FromQuery(request, "*navigable")));
            routes.AddOpen(
                "POST", "search", request => ByPosition(request, SearchQuery.FromBody(request, "*navigable")));
        }
    }

    private static Answer Removed(JiraRequest request) => new JiraError(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is "
            + "available at https://developer.atlassian.com/changelog/#CHANGE-2046").ToAnswer();

    private static Answer ByToken(JiraRequest request, SearchQuery search)
    {
        var query = ReadBounded(search.Jql);
        if (search.Reconcile.Count > ReconcileLimit)
        {
            throw new JiraError(400, $"The number of issues to reconcile must not exceed {ReconcileLimit}.");
        }

        var start = search.Token is null ? 0 : PageToken.Read(search.Token, search.Jql, request.Site.Now);
        if (!request.IsSignedIn)
        {
            return Answer.Json(new JsonObject { ["issues"] = new JsonArray(), ["isLast"] = true });
        }

        var found = Visible(request.Site, Run(request, search, query), search.Reconcile);
        var limit = search.Fields.OnlyIdAndKey ? IdsPerPage : IssuesPerPage;
        var page = found.Skip(start).Take(Math.Min(search.MaxResults, limit)).ToList();
        var answer = new JsonObject
        {
            ["issues"] = new JsonArray([.. page.Select(issue => search.Fields.OnlyId && search.Properties.Count == 0
                ? new JsonObject { ["id"] = issue.Id.ToString(CultureInfo.InvariantCulture) }
                : request.Writer.Render(issue, search.Fields, search.Properties, search.Expand))]),
        };
        var end = start + page.Count;
        if (end < found.Count)
        {
            answer["nextPageToken"] = PageToken.Write(end, search.Jql, request.Site.Now);
        }

        answer["isLast"] = end >= found.Count;
        Expansions.Add(answer, request.Site, search.Fields, search.Expand);
        return Answer.Json(answer);
    }

    private static List<Issue> Run(JiraRequest request, SearchQuery search, JqlQuery query)
    {
        var site = request.Site;
        var asked = $"{request.Author.Id} {search.Jql}";
        // Only pages after the first may be old: what a first page finds depends on the time, too.
        if (search.Token is not null && site.Searches.Find(asked, site.Version) is { } kept)
        {
            return kept;
        }

        var found = new JqlEvaluator(site, request.Account).Run(query);
        site.Searches.Keep(asked, site.Version, found);
        return found;
    }

    private static Answer ByPosition(JiraRequest request, SearchQuery search)
    {
        var query = JqlParser.Parse(search.Jql);
        var isLenient = !search.Validates && request.Site.Switches.DataCenterQueriesMayNameUnknownIssues;
        var found = request.IsSignedIn ? new JqlEvaluator(request.Site, request.Account, isLenient).Run(query) : [];
        var max = Math.Min(search.MaxResults, 1000);
        var properties = request.Site.Switches.DataCenterSearchesShowProperties ? search.Properties : [];
        var answer = new JsonObject
        {
            ["expand"] = "schema,names",
            ["startAt"] = search.StartAt,
            ["maxResults"] = max,
            ["total"] = found.Count,
            ["issues"] = new JsonArray([.. found.Skip(search.StartAt).Take(max)
                .Select(issue => request.Writer.Render(issue, search.Fields, properties, search.Expand))]),
        };
        Expansions.Add(answer, request.Site, search.Fields, search.Expand);
        return Answer.Json(answer);
    }

    private static Answer Count(JiraRequest request)
    {
        var query = ReadBounded(request.Json()["jql"].Text() ?? "");
        var count = request.IsSignedIn ? new JqlEvaluator(request.Site, request.Account).Run(query).Count : 0;
        return Answer.Json(new JsonObject { ["count"] = count });
    }

    private static JqlQuery ReadBounded(string jql)
    {
        var query = JqlParser.Parse(jql);
        return query.Where is null
            ? throw new JiraError(
                400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
            : query.OrderBy.Count > 7
                ? throw new JiraError(400, "The ORDER BY clause can have no more than 7 fields.")
                : query;
    }

    /// <summary>The index lags behind writes, unless the search names issues to reconcile.</summary>
    private static List<Issue> Visible(JiraSite site, List<Issue> found, HashSet<long> reconcile)
    {
        if (!site.Issues.Any(issue => issue.MissesLeft > 0))
        {
            return found;
        }

        var visible = found.Where(issue => issue.MissesLeft == 0 || reconcile.Contains(issue.Id)).ToList();
        foreach (var issue in site.Issues.Where(issue => issue.MissesLeft > 0))
        {
            issue.MissesLeft--;
        }

        return visible;
    }
}

/// <summary>What a search asks for, in its query or in its body.</summary>
internal sealed record SearchQuery(string Jql, FieldSelection Fields)
{
    public int MaxResults { get; private init; } = 50;

    public int StartAt { get; private init; }

    /// <summary>Whether the query is to be right in all that it names.</summary>
    public bool Validates { get; private init; } = true;

    public string? Token { get; private init; }

    public IReadOnlyList<string> Expand { get; private init; } = [];

    public IReadOnlyList<string> Properties { get; private init; } = [];

    public HashSet<long> Reconcile { get; private init; } = [];

    public static SearchQuery FromQuery(JiraRequest request, string defaultFields) =>
        new(request.Query("jql") ?? "", FieldSelection.Of(request.QueryList("fields"), defaultFields))
        {
            MaxResults = Positive(request.Number("maxResults", 50)),
            StartAt = Math.Max(request.Number("startAt", 0), 0),
            Token = request.Query("nextPageToken") is { Length: > 0 } token ? token : null,
            Expand = FieldSelection.Split(request.Query("expand")),
            Properties = AtMostFive(FieldSelection.Split(request.Query("properties"))),
            Reconcile = Ids(request.QueryList("reconcileIssues")?.SelectMany(one => (one ?? "").Split(','))),
        };

    public static SearchQuery FromBody(JiraRequest request, string defaultFields)
    {
        var body = request.Json();
        return new SearchQuery(body["jql"].Text() ?? "", FieldSelection.Of(body["fields"], defaultFields))
        {
            MaxResults = Positive(body["maxResults"].Text() is { } max ? JiraRequest.Whole(max, "maxResults") : 50),
            Validates = body["validateQuery"]?.GetValueKind() != System.Text.Json.JsonValueKind.False,
            StartAt = Math.Max(body["startAt"].Text() is { } start ? JiraRequest.Whole(start, "startAt") : 0, 0),
            Token = body["nextPageToken"].Text(),
            Expand = Expansions.Of(body["expand"]),
            Properties = AtMostFive(Expansions.Of(body["properties"])),
            Reconcile = Ids((body["reconcileIssues"] as JsonArray)?.Select(one => one.Text())),
        };
    }

    private static string[] AtMostFive(string[] properties) =>
        properties.Length <= 5 ? properties : throw new JiraError(400, "No more than 5 properties can be requested.");

    private static int Positive(int max) =>
        max >= 0 ? max : throw new JiraError(400, "The value of 'maxResults' must not be negative.");

    private static HashSet<long> Ids(IEnumerable<string?>? texts) => (texts ?? [])
        .Where(text => !string.IsNullOrEmpty(text))
        .Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id : throw new JiraError(400, "reconcileIssues takes the numeric ids of issues."))
        .ToHashSet();
}

/// <summary>The token of a page: opaque to clients, of one query, good for seven days.</summary>
internal static class PageToken
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    public static string Write(int position, string jql, DateTimeOffset now) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{position}:{now.ToUnixTimeSeconds()}:{Digest(jql)}")));

    public static int Read(string token, string jql, DateTimeOffset now)
    {
        try
        {
            var parts = Encoding.ASCII.GetString(Convert.FromBase64String(token)).Split(':');
            if (parts.Length == 3 && parts[2] == Digest(jql)
                && now - DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[1], CultureInfo.InvariantCulture)) < Life)
            {
                return int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            // Whatever it is, it is no token of ours.
        }

        throw new JiraError(400, "The provided next page token is invalid or expired.");
    }

    private static string Digest(string jql) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(jql)), 0, 8);
}
