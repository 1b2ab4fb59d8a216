using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>Issues: read and delete.</summary>
internal static class IssueEndpoints
{
    private const int IssuesPerFetch = 100;

    public static void Map(JiraRoutes routes, JiraFlavor flavor)
    {
        routes.AddOpen("GET", "issue/{issueIdOrKey}", Get);
        routes.AddOpen("DELETE", "issue/{issueIdOrKey}", Delete);
        if (flavor == JiraFlavor.Cloud)
        {
            routes.AddOpen("POST", "issue/bulkfetch", BulkFetch);
        }
    }

    private static Answer Get(JiraRequest request)
    {
        var issue = request.Issue();
        var selection = FieldSelection.Of(request.QueryList("fields"), "*all");
        var expand = FieldSelection.Split(request.Query("expand"));
        var body = request.Writer.Render(issue, selection, FieldSelection.Split(request.Query("properties")), expand);
        Expansions.Add(body, request.Site, selection, expand);
        if (expand.Contains("transitions"))
        {
            body["transitions"] = TransitionEndpoints.Of(request);
        }

        if (expand.Contains("editmeta"))
        {
            body["editmeta"] = CreationMetaEndpoints.OfEdit(request, issue);
        }

        return Answer.Json(body);
    }

    /// <summary>
    /// In ascending order of ids, whatever was asked for; what can't be read is missing without a word.
    /// </summary>
    private static Answer BulkFetch(JiraRequest request)
    {
        var body = request.Json();
        if (body["issueIdsOrKeys"] is not JsonArray { Count: > 0 } names)
        {
            throw new JiraError(400, "issueIdsOrKeys must not be empty.");
        }

        if (names.Count > IssuesPerFetch)
        {
            throw new JiraError(400, $"The number of issues must not exceed {IssuesPerFetch}.");
        }

        var selection = FieldSelection.Of(body["fields"], "*navigable");
        var issues = names.Select(name => name.Text()).OfType<string>()
            .Select(name => request.IsSignedIn ? request.Site.Readable(name, request.Account) : null)
            .OfType<Issue>().Distinct().Where(IsFetched).OrderBy(issue => issue.Id).ToList();
        var (properties, expand) = (Expansions.Of(body["properties"]), Expansions.Of(body["expand"]));
        var answer = new JsonObject
        {
            ["expand"] = "schema,names",
            ["issues"] = new JsonArray(
                [.. issues.Select(issue => request.Writer.Render(issue, selection, properties, expand))]),
            ["issueErrors"] = new JsonArray(),
        };
        Expansions.Add(answer, request.Site, selection, expand);
        return Answer.Json(answer);
    }

    private static Answer Delete(JiraRequest request)
    {
        Delete(request, request.Issue(), request.Flag("deleteSubtasks"));
        return Answer.Empty(204);
    }

    // A new issue may be missed by some reads in bulk.
    private static bool IsFetched(Issue issue) => issue.FetchMissesLeft == 0 || issue.FetchMissesLeft-- == 0;

    /// <summary>Deletes an issue for good, and its sub-tasks only where that is said.</summary>
    public static void Delete(JiraRequest request, Issue issue, bool withSubtasks)
    {
        request.Require(
            Permission.DeleteIssues, 403, "You do not have permission to delete issues in this project.", issue);
        var subtasks = issue.Children.Where(child => child.IsSubtask).ToList();
        if (subtasks.Count > 0 && !withSubtasks)
        {
            throw new JiraError(
                400, $"The issue '{issue.Key}' has subtasks.  You must specify the 'deleteSubtasks' parameter to "
                + "delete this issue and all its subtasks.");
        }

        foreach (var one in subtasks.Append(issue))
        {
            request.Journal.Deleting(one);
            request.Site.Remove(one);
        }
    }
}

/// <summary>What <c>expand</c> adds beside issues.</summary>
internal static class Expansions
{
    /// <summary>The names that a body lists, as an array or with commas.</summary>
    public static string[] Of(JsonNode? list) =>
        FieldSelection.Split(list is JsonArray names ? string.Join(',', names.Select(one => one.Text())) : list.Text());

    public static void Add(JsonObject body, JiraSite site, FieldSelection selection, IReadOnlyList<string> expand)
    {
        if (expand.Contains("names"))
        {
            body["names"] = JiraFields.Names(site, selection);
        }

        if (expand.Contains("schema"))
        {
            body["schema"] = JiraFields.Schemas(site, selection);
        }
    }
}
