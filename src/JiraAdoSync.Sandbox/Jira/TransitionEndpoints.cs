using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// Transitions of Jira's simplified workflow: every status can be reached from every other. A status of the category
/// "done" resolves the issue, any other makes it unresolved.
/// </summary>
internal static class TransitionEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("GET", "issue/{issueIdOrKey}/transitions", List);
        routes.AddOpen("POST", "issue/{issueIdOrKey}/transitions", Move);
    }

    private static Answer List(JiraRequest request)
    {
        request.Issue();
        return Answer.Json(new JsonObject { ["expand"] = "transitions", ["transitions"] = Of(request) });
    }

    /// <summary>The transitions, or the one that the query names.</summary>
    public static JsonArray Of(JiraRequest request) =>
        new([.. request.Site.Statuses.All.Select((status, index) => new JsonObject
    {
        ["id"] = Id(index),
        ["name"] = status.Name,
        ["to"] = request.Writer.Named(request.Site.Statuses, status),
        ["hasScreen"] = false,
        ["isGlobal"] = true,
        ["isInitial"] = false,
        ["isAvailable"] = true,
        ["isConditional"] = false,
    }).Where(one => request.Query("transitionId") is not { } id || one["id"].Text() == id)]);

    private static Answer Move(JiraRequest request)
    {
        var (issue, site) = (request.Issue(), request.Site);
        var body = request.Json();
        var id = body["transition"].Get("id").Text() ?? throw new JiraError(400, "Missing 'transition' identifier");
        var status = site.Statuses.All.Where((_, index) => Id(index) == id).FirstOrDefault()
            ?? throw new JiraError(400, $"Transition id '{id}' is not valid for this issue.");
        var edit = new IssueEdit(request, body, issue);
        edit.Verify();

        var before = new IssueSnapshot(site, issue);
        var isDone = status.Json["statusCategory"].Get("key").Text() == "done";
        issue.Status = status;
        issue.Fields["status"] = null;
        if (isDone != issue.Fields["resolution"] is not null)
        {
            issue.Fields["resolution"] = isDone
                ? (site.Resolutions.Find("Done") ?? site.Resolutions.All[0]).Json.DeepClone()
                : null;
            issue.Fields["resolutiondate"] = isDone ? JiraTime.Write(site.Now) : null;
        }

        edit.Apply(issue);
        request.Journal.Edited(issue, before);
        edit.Attach(issue);
        return Answer.Empty(204);
    }

    private static string Id(int index) => ((index * 10) + 11).ToString(CultureInfo.InvariantCulture);
}
