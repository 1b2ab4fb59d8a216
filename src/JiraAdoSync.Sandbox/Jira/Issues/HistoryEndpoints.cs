using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Jql;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>What was changed at issues: of one, oldest first; of up to a thousand at once, paged by token.</summary>
internal static class HistoryEndpoints
{
    private const int EntriesPerPage = 100;
    private const int IssuesPerFetch = 1000;
    private const int FieldsPerFetch = 10;
    private const int EntriesPerFetch = 10_000;

    public static void Map(JiraRoutes routes, JiraFlavor flavor)
    {
        if (flavor == JiraFlavor.Cloud)
        {
            routes.AddOpen("GET", "issue/{issueIdOrKey}/changelog", List);
            routes.AddOpen("POST", "issue/{issueIdOrKey}/changelog/list", ListByIds);
            routes.AddOpen("POST", "changelog/bulkfetch", BulkFetch);
        }
    }

    private static Answer List(JiraRequest request)
    {
        var history = request.Issue().History;
        var start = Math.Max(request.Number("startAt", 0), 0);
        var max = Math.Clamp(request.Number("maxResults", EntriesPerPage), 0, EntriesPerPage);
        var page = history.Skip(start).Take(max).ToList();
        var address = $"{request.Api}/issue/{request.Route("issueIdOrKey")}/changelog";
        var isLast = start + page.Count >= history.Count;
        var body = new JsonObject
        {
            ["self"] = string.Create(CultureInfo.InvariantCulture, $"{address}?maxResults={max}&startAt={start}"),
            ["maxResults"] = max,
            ["startAt"] = start,
            ["total"] = history.Count,
            ["isLast"] = isLast,
            ["values"] = Json(request, page),
        };
        if (!isLast)
        {
            body["nextPage"] = string.Create(
                CultureInfo.InvariantCulture, $"{address}?maxResults={max}&startAt={start + page.Count}");
        }

        return Answer.Json(body);
    }

    private static Answer ListByIds(JiraRequest request)
    {
        var history = request.Issue().History;
        var ids = (request.Json()["changelogIds"] as JsonArray ?? []).Select(id => id.Text()).ToHashSet();
        if (ids.Count == 0)
        {
            throw new JiraError(400, "changelogIds must not be empty.");
        }

        var found = history.Where(entry => ids.Contains(entry.Id.ToString(CultureInfo.InvariantCulture))).ToList();
        return Answer.Json(new JsonObject
        {
            ["startAt"] = 0,
            ["maxResults"] = found.Count,
            ["total"] = found.Count,
            ["histories"] = Json(request, found),
        });
    }

    private static Answer BulkFetch(JiraRequest request)
    {
        var body = request.Json();
        var names = (body["issueIdsOrKeys"] as JsonArray ?? []).Select(one => one.Text()).OfType<string>().ToList();
        var fields = (body["fieldIds"] as JsonArray ?? []).Select(one => one.Text()).OfType<string>().ToList();
        if (names.Count is 0 or > IssuesPerFetch)
        {
            throw new JiraError(400, $"issueIdsOrKeys must have between 1 and {IssuesPerFetch} issues.");
        }

        if (fields.Count > FieldsPerFetch)
        {
            throw new JiraError(400, $"fieldIds must have no more than {FieldsPerFetch} fields.");
        }

        var digest = string.Join(',', names) + "|" + string.Join(',', fields);
        var start = body["nextPageToken"].Text() is { } token ? PageToken.Read(token, digest, request.Site.Now) : 0;
        var max = Math.Clamp(
            body["maxResults"].Text() is { } text ? JiraRequest.Whole(text, "maxResults") : 1000, 1, EntriesPerFetch);
        var all = names.Select(name => request.IsSignedIn ? request.Site.Readable(name, request.Account) : null)
            .OfType<Issue>().Distinct().OrderBy(issue => issue.Id)
            .SelectMany(issue => issue.History.Select(entry => (Issue: issue, Entry: entry)))
            .Where(one => fields.Count == 0 || one.Entry.Items.Any(item => fields.Contains(item.FieldId))).ToList();
        var page = all.Skip(start).Take(max).ToList();
        var answer = new JsonObject
        {
            ["issueChangeLogs"] = new JsonArray([.. page.GroupBy(one => one.Issue).Select(group => new JsonObject
            {
                ["issueId"] = group.Key.Id.ToString(CultureInfo.InvariantCulture),
                ["changeHistories"] = new JsonArray([.. group.Select(one => ToBulkJson(request, one.Entry, fields))]),
            })]),
        };
        if (start + page.Count < all.Count)
        {
            answer["nextPageToken"] = PageToken.Write(start + page.Count, digest, request.Site.Now);
        }

        return Answer.Json(answer);
    }

    // Unlike everywhere else, times are numbers here.
    private static JsonObject ToBulkJson(JiraRequest request, HistoryEntry entry, List<string> fields)
    {
        var json = entry.ToJson(request.Site.Flavor, request.Api);
        json["created"] = entry.Created.ToUnixTimeMilliseconds();
        json["items"] = entry.ItemsJson(item => fields.Count == 0 || fields.Contains(item.FieldId));
        return json;
    }

    private static JsonArray Json(JiraRequest request, IEnumerable<HistoryEntry> entries) =>
        new([.. entries.Select(entry => entry.ToJson(request.Site.Flavor, request.Api))]);
}
