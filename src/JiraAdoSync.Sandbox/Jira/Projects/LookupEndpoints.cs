using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>Lists that people choose from: labels, statuses, types of a project.</summary>
internal static class LookupEndpoints
{
    public static void Map(JiraRoutes routes, JiraFlavor flavor)
    {
        if (flavor == JiraFlavor.Cloud)
        {
            routes.AddOpen("GET", "label", request => Page(
                request, "label", 1000,
                [.. Labels(request).Distinct().Order(StringComparer.Ordinal).Select(label => (JsonNode)label)]));
            routes.Add("GET", "statuses/search", request =>
                Page(request, "statuses/search", 200, [.. request.Site.Statuses.All
                .Where(status => request.Query("searchString") is not { } text
                    || status.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
                .Where(status => request.Query("statusCategory") is not { } category || Category(status) == category)
                .Select(Status)]));
            routes.AddOpen("GET", "issuetype/project", request =>
                request.Query("projectId") is not { } id || request.Site.Project(id) is not { } project
                    || request.Account?.CanSee(project) is not true
                    ? throw new JiraError(404, "The project was not found.")
                    : Answer.Json(new JsonArray([.. request.Site.IssueTypes.All.Select(request.Writer.IssueType)
                        .Where(type =>
                            request.Query("level") is not { } level || type!["hierarchyLevel"].Text() == level)])));
        }
    }

    private static IEnumerable<string> Labels(JiraRequest request) =>
        (request.Account is { } account ? request.Site.IssuesOf(account) : [])
        .SelectMany(issue => (issue.Fields["labels"] as JsonArray ?? []).Select(label => label.Text()))
            .OfType<string>();

    private static string Category(NamedThing status) => status.Json["statusCategory"].Get("key").Text() switch
    {
        "done" => "DONE",
        "indeterminate" => "IN_PROGRESS",
        _ => "TODO",
    };

    private static JsonNode Status(NamedThing status) => new JsonObject
    {
        ["id"] = status.Id,
        ["name"] = status.Name,
        ["statusCategory"] = Category(status),
        ["scope"] = new JsonObject { ["type"] = "GLOBAL" },
        ["description"] = status.Json["description"].Text() ?? "",
    };

    public static Answer Page(JiraRequest request, string path, int limit, List<JsonNode> all)
    {
        var (start, max) = (
            Math.Max(request.Number("startAt", 0), 0), Math.Clamp(request.Number("maxResults", limit), 1, limit));
        var page = all.Skip(start).Take(max).ToArray();
        var isLast = start + page.Length >= all.Count;
        var body = new JsonObject
        {
            ["self"] = $"{request.Api}/{path}?startAt={start}&maxResults={max}",
            ["maxResults"] = max,
            ["startAt"] = start,
            ["total"] = all.Count,
            ["isLast"] = isLast,
            ["values"] = new JsonArray(page),
        };
        if (!isLast)
        {
            body["nextPage"] = $"{request.Api}/{path}?startAt={start + max}&maxResults={max}";
        }

        return Answer.Json(body);
    }
}
