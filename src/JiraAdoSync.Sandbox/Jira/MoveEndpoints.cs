using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// Cloud's bulk move: issues come into another project or get another type, keep their id and get a new key, by which
/// and by the old one they are found. The request answers with a task, which is done by then.
/// </summary>
internal static class MoveEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.Add("POST", "bulk/issues/move", request =>
        {
            try
            {
                return Move(request);
            }
            catch (JiraError wrong)
            {
                return wrong.ToBulkAnswer();
            }
        });
        routes.Add("GET", "bulk/queue/{taskId}", request => Answer.Json(
            request.Site.Tasks.GetValueOrDefault(request.Route("taskId"))?.DeepClone()
            ?? throw new JiraError(404, $"The task with id '{request.Route("taskId")}' does not exist.")));
    }

    private static Answer Move(JiraRequest request)
    {
        if (request.Json()["targetToSourcesMapping"] is not JsonObject { Count: > 0 } mapping)
        {
            throw new JiraError(400, "targetToSourcesMapping must not be empty.");
        }

        // All of it is read before any of it is done.
        var moves = mapping.SelectMany(one => Read(request, one.Key, one.Value)).ToList();
        var (done, failed) = (new JsonArray(), new JsonObject());
        foreach (var (issue, project, type, parent) in moves)
        {
            var id = issue.Id.ToString(CultureInfo.InvariantCulture);
            if (MoveRoutes.Problem(issue, type, parent) is { } problem)
            {
                failed[id] = new JsonArray(problem);
            }
            else
            {
                MoveRoutes.Do(request.Site, request.Author, issue, project, type, parent);
                done.Add(issue.Id);
            }
        }

        var task = request.Site.NextId("task").ToString(CultureInfo.InvariantCulture);
        var now = request.Site.Now.ToUnixTimeMilliseconds();
        request.Site.Tasks[task] = new JsonObject
        {
            ["taskId"] = task,
            ["status"] = "COMPLETE",
            ["progressPercent"] = 100,
            ["submittedBy"] = new JsonObject { ["accountId"] = request.Author.Id },
            ["created"] = now,
            ["started"] = now,
            ["updated"] = now,
            ["totalIssueCount"] = moves.Count,
            ["invalidOrInaccessibleIssueCount"] = 0,
            ["processedAccessibleIssues"] = done,
            ["failedAccessibleIssues"] = failed,
        };
        return Answer.Json(new JsonObject { ["taskId"] = task }, 201);
    }

    /// <summary>A target is a project, an issue type and for sub-tasks a parent, between commas.</summary>
    private static List<(Issue Issue, JiraProject Project, NamedThing Type, Issue? Parent)> Read(
        JiraRequest request, string target, JsonNode? sources)
    {
        var parts = target.Split(',', StringSplitOptions.TrimEntries);
        var project = request.Site.Project(parts[0]) is { } found && request.Author.CanSee(found) ? found
            : throw new JiraError(
                400, $"The project '{parts[0]}' does not exist or you do not have permission to view it.");
        var type = request.Site.IssueTypes.Find(parts.ElementAtOrDefault(1) ?? "")
            ?? throw new JiraError(400, $"The issue type '{parts.ElementAtOrDefault(1)}' does not exist.");
        var parent = parts.Length > 2 ? Find(parts[2]) : null;
        return sources.Get("issueIdsOrKeys") is JsonArray { Count: > 0 } names
            ? [.. names.Select(name => (Find(name.Text() ?? ""), project, type, parent))]
            : throw new JiraError(400, $"issueIdsOrKeys of '{target}' must not be empty.");

        Issue Find(string name) => request.Site.Readable(name, request.Account)
            ?? throw new JiraError(400, $"The issue '{name}' does not exist or you do not have permission to view it.");
    }
}
