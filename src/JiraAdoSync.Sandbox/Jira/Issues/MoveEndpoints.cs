using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Bulk;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// Cloud's bulk move: issues come into another project or get another type, keep their id and get a new key, by which
/// and by the old one they are found. The request answers with a task.
/// </summary>
internal static class MoveEndpoints
{
    public static void Map(JiraRoutes routes) => BulkIssues.Add(routes, "POST", "bulk/issues/move", Move);

    private static Answer Move(JiraRequest request)
    {
        BulkIssues.RequirePermission(request, 400);
        var body = request.Json();
        if (body["targetToSourcesMapping"] is not JsonObject { Count: > 0 } mapping)
        {
            throw new JiraError(400, "targetToSourcesMapping must not be empty.");
        }

        // All of it is read before any of it is done.
        var moves = mapping.SelectMany(one => Read(request, one.Key, one.Value)).ToList();
        return BulkIssues.Submit(request, "Bulk move", [.. moves.Select(move => (move.Issue, (Action<Issue>)(issue =>
        {
            request.Require(
                Permission.MoveIssues, 400, "You do not have permission to move issues in this project.", issue);
            if (MoveRoutes.Problem(issue, move.Type, move.Parent) is { } problem)
            {
                throw new JiraError(400, problem);
            }

            MoveRoutes.Do(request.Site, request.Author, issue, move.Project, move.Type, move.Parent);
        })))], body["sendBulkNotification"]);
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
