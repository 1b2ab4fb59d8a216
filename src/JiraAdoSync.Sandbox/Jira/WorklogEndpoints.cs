using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.Jira.Text;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>Time that was spent on issues: with a document in v3, with markup in v2.</summary>
internal static partial class WorklogEndpoints
{
    private const int HoursPerDay = 8;
    private const int DaysPerWeek = 5;

    public static void Map(JiraRoutes routes)
    {
        const string One = "issue/{issueIdOrKey}/worklog/{id}";
        routes.AddOpen("GET", "issue/{issueIdOrKey}/worklog", List);
        routes.AddOpen("POST", "issue/{issueIdOrKey}/worklog", Add);
        routes.AddOpen("GET", One, request => Answer.Json(request.Writer.Worklog(request.Issue(), Find(request))));
        routes.AddOpen("PUT", One, Update);
        routes.AddOpen("DELETE", One, request =>
        {
            All(request.Issue()).Remove(Find(request));
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
        var worklog = new JsonObject
        {
            ["author"] = request.Author.ToJson(site.Flavor, request.Api),
            ["created"] = JiraTime.Write(site.Now),
            ["started"] = JiraTime.Write(site.Now),
            ["id"] = site.NextId("worklog").ToString(CultureInfo.InvariantCulture),
            ["issueId"] = issue.Id.ToString(CultureInfo.InvariantCulture),
        };
        Take(request, worklog, body, isNew: true);
        All(issue).Add(worklog);
        site.FieldNames.Add("worklog");
        site.Touch(issue);
        return Answer.Json(request.Writer.Worklog(issue, worklog), 201);
    }

    private static Answer Update(JiraRequest request)
    {
        var (issue, worklog) = (request.Issue(), Find(request));
        Take(request, worklog, request.Json(), isNew: false);
        request.Site.Touch(issue);
        return Answer.Json(request.Writer.Worklog(issue, worklog));
    }

    private static void Take(JiraRequest request, JsonObject worklog, JsonObject body, bool isNew)
    {
        var seconds = long.TryParse(
            body["timeSpentSeconds"].Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given : Seconds(body["timeSpent"].Text());
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
            worklog["timeSpent"] = Words(spent);
            worklog["timeSpentSeconds"] = spent;
        }

        worklog["updateAuthor"] = request.Author.ToJson(request.Site.Flavor, request.Api);
        worklog["updated"] = JiraTime.Write(request.Site.Now);
    }

    /// <summary>A duration such as <c>1w 2d 3h 30m</c>, in working weeks and days; null for what is none.</summary>
    private static long? Seconds(string? text)
    {
        if (text is null || !Duration().IsMatch(text))
        {
            return null;
        }

        return Part().Matches(text).Sum(
            part => long.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
        {
            "w" => DaysPerWeek * HoursPerDay * 3600L,
            "d" => HoursPerDay * 3600L,
            "h" => 3600L,
            _ => 60L,
        });
    }

    private static string Words(long seconds)
    {
        var words = new List<string>();
        var left = seconds;
        foreach (var (unit, length) in ((string, long)[])
            [("w", DaysPerWeek * HoursPerDay * 3600L), ("d", HoursPerDay * 3600L), ("h", 3600L), ("m", 60L)])
        {
            if (left >= length)
            {
                words.Add($"{left / length}{unit}");
                left %= length;
            }
        }

        return words.Count > 0 ? string.Join(' ', words) : "0m";
    }

    [GeneratedRegex(@"^\s*(\d{1,6}[wdhm]\s*)+$")]
    private static partial Regex Duration();

    [GeneratedRegex(@"(\d+)([wdhm])")]
    private static partial Regex Part();
}
