using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>The part of Jira Software's API by which sprints are made and filled (<c>/rest/agile/1.0</c>).</summary>
internal static class SprintEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.Add("GET", "board", request => Page(request, [Board(request)]));
        routes.Add("GET", "board/{boardId}", request => Answer.Json(RequireBoard(request)));
        routes.Add("GET", "board/{boardId}/sprint", request =>
        {
            RequireBoard(request);
            var states = FieldSelection.Split(request.Query("state"));
            return Page(request, [.. request.Site.Sprints.All
                .Where(sprint => states.Length == 0 || states.Contains(sprint["state"].Text()))
                    .Select(sprint => ToJson(request, sprint))]);
        });
        routes.Add("POST", "sprint", Create);
        routes.Add("GET", "sprint/{sprintId}", request => Answer.Json(ToJson(request, Find(request))));
        routes.Add("POST", "sprint/{sprintId}", Update);
        routes.Add("PUT", "sprint/{sprintId}", Update);
        routes.Add("POST", "sprint/{sprintId}/issue", Fill);
    }

    private static JsonObject Board(JiraRequest request) => new()
    {
        ["id"] = Sprints.BoardId,
        ["self"] = $"{request.Site.Uri}/rest/agile/1.0/board/{Sprints.BoardId}",
        ["name"] = $"{request.Site.Projects[0].Key} board",
        ["type"] = "scrum",
    };

    private static JsonObject RequireBoard(JiraRequest request) =>
        request.Route("boardId") == $"{Sprints.BoardId}" ? Board(request)
        : throw new JiraError(404, "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.");

    private static JsonObject Find(JiraRequest request) => request.Site.Sprints.Find(request.Route("sprintId"))
        ?? throw new JiraError(404, "Sprint does not exist.");

    private static Answer Create(JiraRequest request)
    {
        var body = request.Json();
        return body["name"].Text() is not { Length: > 0 } ? throw JiraError.Field("name", "Sprint name is required.")
            : body["originBoardId"].Text() != $"{Sprints.BoardId}"
                ? throw JiraError.Field("originBoardId", "The board does not exist.")
            : Answer.Json(ToJson(request, request.Site.Sprints.Add(body)), 201);
    }

    private static Answer Update(JiraRequest request)
    {
        var (sprint, body) = (Find(request), request.Json());
        if (body["state"].Text() is { } state and not ("future" or "active" or "closed"))
        {
            throw JiraError.Field("state", $"The sprint state '{state}' is not valid.");
        }

        foreach (var name in (string[])["name", "state", "startDate", "endDate", "completeDate", "goal"])
        {
            if (body.ContainsKey(name))
            {
                sprint[name] = body[name].Text();
            }
        }

        request.Site.MarkChanged();
        return Answer.Json(ToJson(request, sprint));
    }

    private static Answer Fill(JiraRequest request)
    {
        var sprint = Find(request);
        var issues = (request.Json()["issues"] as JsonArray ?? []).Select(name => request.Issue(name.Text() ?? ""))
            .ToList();
        foreach (var issue in issues)
        {
            var before = new IssueSnapshot(request.Site, issue);
            IssueEdit.PutIntoSprint(request.Site, issue, sprint);
            request.Journal.Edited(issue, before);
        }

        return Answer.Empty(204);
    }

    private static JsonObject ToJson(JiraRequest request, JsonObject sprint)
    {
        var json = (JsonObject)sprint.DeepClone();
        json.Remove("boardId");
        json["self"] = $"{request.Site.Uri}/rest/agile/1.0/sprint/{json["id"].Text()}";
        json["originBoardId"] = Sprints.BoardId;
        return json;
    }

    private static Answer Page(JiraRequest request, List<JsonObject> all)
    {
        var (start, max) = (
            Math.Max(request.Number("startAt", 0), 0), Math.Clamp(request.Number("maxResults", 50), 1, 50));
        var page = all.Skip(start).Take(max).ToArray();
        return Answer.Json(new JsonObject
        {
            ["maxResults"] = max,
            ["startAt"] = start,
            ["total"] = all.Count,
            ["isLast"] = start + page.Length >= all.Count,
            ["values"] = new JsonArray(page),
        });
    }
}
