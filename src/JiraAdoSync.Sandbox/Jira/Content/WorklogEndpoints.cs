using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Text;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>Time that was spent on issues: with a document in v3, with markup in v2.</summary>
internal static class WorklogEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        const string One = "issue/{issueIdOrKey}/worklog/{id}";
        routes.AddOpen("GET", "issue/{issueIdOrKey}/worklog", List);
        routes.AddOpen("POST", "issue/{issueIdOrKey}/worklog", Add);
        routes.AddOpen("GET", One, request => Answer.Json(request.Writer.Worklog(request.Issue(), Find(request))));
        routes.AddOpen("PUT", One, Update);
        routes.AddOpen("DELETE", One, request =>
        {
            var worklog = Find(request);
            All(request.Issue()).Remove(worklog);
            Log(request, -Spent(worklog), request.Query("increaseBy"));
            request.Site.Touch(request.Issue());
            return Answer.Empty(204);
        });
    }

    private static JsonArray All(Issue issue) => issue.ListIn("worklog", "worklogs");

    private static JsonObject Find(JiraRequest request)
    {
        var id = request.Route("id");
        return All(request.Issue()).OfType<JsonObject>().FirstOrDefault(one => one["id"].Text() == id)
            ?? throw new JiraError(404, $"Cannot find worklog with id: '{id}'.");
    }

    private static Answer List(JiraRequest request)
    {
        var issue = request.Issue();
        var (start, max) = (
            Math.Max(request.Number("startAt", 0), 0), Math.Clamp(request.Number("maxResults", 5000), 0, 5000));
        var all = All(issue);
        return Answer.Json(new JsonObject
        {
            ["startAt"] = start,
            ["maxResults"] = max,
            ["total"] = all.Count,
            ["worklogs"] = new JsonArray(
                [.. all.Skip(start).Take(max).Select(one => request.Writer.Worklog(issue, one))]),
        });
    }

    private static Answer Add(JiraRequest request)
    {
        var (site, issue, body) = (request.Site, request.Issue(), request.Json());
        var now = JiraTime.Write(site.Now);
        var worklog = new JsonObject
        {
            ["author"] = request.Author.ToJson(site.Flavor, request.Api),
            ["created"] = now,
            ["started"] = now,
            ["id"] = site.NextId("worklog").ToString(CultureInfo.InvariantCulture),
            ["issueId"] = issue.Id.ToString(CultureInfo.InvariantCulture),
        };
        Take(request, worklog, body, isNew: true);
        All(issue).Add(worklog);
        Log(request, Spent(worklog), request.Query("reduceBy"));
        site.FieldNames.Add("worklog");
        site.Touch(issue);
        return Answer.Json(request.Writer.Worklog(issue, worklog), 201);
    }

    private static Answer Update(JiraRequest request)
    {
        var (issue, worklog) = (request.Issue(), Find(request));
        var before = Spent(worklog);
        Take(request, worklog, request.Json(), isNew: false);
        if (Spent(worklog) != before)
        {
            Log(request, Spent(worklog) - before, request.Query("reduceBy"));
        }

        request.Site.Touch(issue);
        return Answer.Json(request.Writer.Worklog(issue, worklog));
    }

    private static long Spent(JsonObject worklog) => long.TryParse(
        worklog["timeSpentSeconds"].Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds : TimeTracking.Seconds(worklog["timeSpent"].Text()) ?? 0;

    private static void Log(JiraRequest request, long seconds, string? by)
    {
        var adjust = request.Query("adjustEstimate");
        TimeTracking.Log(
            request.Site, request.Issue(), seconds, adjust, adjust == "new" ? request.Query("newEstimate") : by);
    }

    private static void Take(JiraRequest request, JsonObject worklog, JsonObject body, bool isNew)
    {
        var seconds = long.TryParse(
            body["timeSpentSeconds"].Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given : TimeTracking.Seconds(body["timeSpent"].Text());
        if (seconds is null or <= 0 && (isNew || body.ContainsKey("timeSpent") || body.ContainsKey("timeSpentSeconds")))
        {
            throw JiraError.Field("timeLogged", "Invalid time duration entered.");
        }

        if (body["started"] is { } started && JiraTime.Read(started.Text()) is null)
        {
            throw JiraError.Field("started", $"Error parsing time: {started.Text()}");
        }

        if (body["comment"] is { } comment && RichText.Problem(comment, request.Version) is { } problem)
        {
            throw JiraError.Field("comment", problem);
        }

        foreach (var name in (string[])["comment", "started", "visibility"])
        {
            if (body.ContainsKey(name))
            {
                worklog[name] = body[name]?.DeepClone();
            }
        }

        if (seconds is > 0 and { } spent)
        {
            worklog["timeSpent"] = TimeTracking.Words(spent);
            worklog["timeSpentSeconds"] = spent;
        }

        worklog["updateAuthor"] = request.Author.ToJson(request.Site.Flavor, request.Api);
        worklog["updated"] = isNew ? worklog["created"]!.DeepClone() : JiraTime.Write(request.Site.Now);
    }
}
