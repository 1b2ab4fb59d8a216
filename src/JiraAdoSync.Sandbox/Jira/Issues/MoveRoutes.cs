using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// <c>/sandbox/jira/moves</c>: what a person does on Jira's "move" page, for which Data Center has no request.
/// <c>POST</c> takes <c>{"issue", "project", "issueType", "parent"}</c>, of which the last three may be absent, moves
/// the issue with its sub-tasks, and answers with its id and its key.
/// </summary>
internal static class MoveRoutes
{
    public const string Path = "/sandbox/jira/moves";

    public static Answer Move(JiraSite site, JsonNode? body)
    {
        if (site.Readable(body.Get("issue").Text() ?? "", null) is not { } issue)
        {
            return Refuse($"There is no issue '{body.Get("issue").Text()}' to move.");
        }

        var (projectName, typeName, parentName) =
            (body.Get("project").Text(), body.Get("issueType").Text(), body.Get("parent").Text());
        var project = projectName is null ? issue.Project : site.Project(projectName);
        var type = typeName is null ? issue.Type : site.IssueTypes.Find(typeName);
        var parent = parentName is null ? null : site.Readable(parentName, null);
        if (project is null || (typeName is not null && type is null) || (parentName is not null && parent is null))
        {
            return Refuse(
                $"There is no {(project is null ? $"project '{projectName}'" : type is null ? $"issue type '{typeName}'"
                : $"issue '{parentName}'")}.");
        }

        if (Problem(issue, type, parent) is { } problem)
        {
            return Refuse(problem);
        }

        Do(site, site.Accounts[0], issue, project, type, parent);
        return Answer.Json(new JsonObject
        {
            ["id"] = issue.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["key"] = issue.Key,
        });
    }

    /// <summary>What prevents a move; null if nothing does.</summary>
    public static string? Problem(Issue issue, NamedThing? type, Issue? parent)
    {
        var isSubtask = Issue.IsSubtaskType(type?.Json);
        return isSubtask && (parent ?? (issue.IsSubtask ? issue.Parent : null)) is null ? "A sub-task needs a parent."
            : isSubtask && issue.Children.Count > 0 ? $"{issue.Key} has children, so it can't be a sub-task."
            : parent?.IsBelow(issue) is true ? $"{parent.Key} is below {issue.Key}, so it can't be its parent."
            : null;
    }

    /// <summary>Moves an issue and writes it down; a sub-task that becomes something else leaves its parent.</summary>
    public static void Do(
        JiraSite site, JiraAccount author, Issue issue, JiraProject project, NamedThing? type, Issue? parent)
    {
        var befores = (
            project == issue.Project ? [issue] : issue.Children.Where(child => child.IsSubtask).Prepend(issue))
            .Select(one => (Issue: one, Before: new IssueSnapshot(site, one))).ToList();
        var wasSubtask = issue.IsSubtask;
        issue.Type = type;
        issue.Fields.TryAdd("issuetype", null);
        if (parent is not null || (wasSubtask && !issue.IsSubtask))
        {
            site.SetParent(issue, parent);
        }

        if (project != issue.Project)
        {
            site.Move(issue, project);
        }

        befores.ForEach(one => new Journal(site, author, notifies: false).Edited(one.Issue, one.Before));
    }

    private static Answer Refuse(string error) => Answer.Json(new JsonObject { ["error"] = error }, 400);
}
