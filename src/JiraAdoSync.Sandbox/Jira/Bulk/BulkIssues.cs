using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Bulk;

/// <summary>
/// What all of Cloud's bulk operations have in common: up to 1,000 issues by id or key, a permission of the whole site,
/// a task as the answer, and errors in a shape of their own.
/// </summary>
internal static class BulkIssues
{
    public const int Limit = 1000;

    /// <summary>A route whose refusals have the shape of bulk operations.</summary>
    public static void Add(JiraRoutes routes, string method, string path, Func<JiraRequest, Answer> answer) =>
        routes.Add(method, path, request =>
        {
            try
            {
                return answer(request);
            }
            catch (JiraError wrong)
            {
                return wrong.ToBulkAnswer();
            }
        });

    /// <summary>For operations that need the permission to make bulk changes.</summary>
    /// <param name="request">Who asks.</param>
    /// <param name="status">What the document answers without it.</param>
    public static void RequirePermission(JiraRequest request, int status) =>
        request.Require(Permission.BulkChange, status, "You do not have permission to make bulk changes.");

    /// <summary>The issues of a list, all of which the account must see.</summary>
    public static List<Issue> Read(JiraRequest request, IEnumerable<string?>? names)
    {
        var found = (names ?? []).Select(name => request.Site.Readable(name ?? "", request.Author)).Distinct().ToList();
        return found.Count == 0 ? throw new JiraError(400, "issueIdsOrKeys must not be empty.")
            : found.Count > Limit ? throw new JiraError(400, $"No more than {Limit} issues can be changed at once.")
            : found.Exists(issue => issue is null)
                ? throw new JiraError(400, "Some of the issues in the issueIdsOrKeys are not valid")
                : [.. found.OfType<Issue>()];
    }

    public static List<Issue> Read(JiraRequest request, JsonNode? list) =>
        Read(request, (list as JsonArray)?.Select(one => one.Text()));

    /// <summary>The issues that a query lists with commas.</summary>
    public static List<Issue> ReadQuery(JiraRequest request) => Read(request,
        (request.QueryList("issueIdsOrKeys") ?? []).SelectMany(FieldSelection.Split));

    /// <summary>
    /// Takes on a change of issues, one after the other; what fails for one is reported for it, and the others
    /// continue.
    /// </summary>
    public static Answer Submit(
        JiraRequest request, string description, IReadOnlyCollection<(Issue Issue, Action<Issue> Change)> changes,
        JsonNode? sendsMail)
    {
        var site = request.Site;
        var task = site.Tasks.AddBulk(description, request.Author, changes.Count, task =>
        {
            foreach (var (issue, change) in changes)
            {
                try
                {
                    change(issue);
                    task.Processed.Add(issue.Id);
                }
                catch (JiraError refused)
                {
                    task.Failed[issue.Id] = [.. refused.Texts];
                }
            }

            if (sendsMail.Text() != "false")
            {
                site.Mails.Send("bulk_change");
            }
        });
        return Answer.Json(new JsonObject { ["taskId"] = task.Id }, 201);
    }

    /// <summary>One page of a list, with cursors to the pages beside it.</summary>
    public static JsonObject Page(JiraRequest request, string name, List<JsonNode> all)
    {
        const int Size = 50;
        var start = request.Query("startingAfter") is { } after ? JiraRequest.Whole(after, "startingAfter")
            : request.Query("endingBefore") is { } before
                ? JiraRequest.Whole(before, "endingBefore") - Size
                : 0;
        start = Math.Max(start, 0);
        var page = all.Skip(start).Take(Size).ToArray();
        var json = new JsonObject { [name] = new JsonArray(page) };
        if (start > 0)
        {
            json["endingBefore"] = Cursor(start);
        }

        if (start + page.Length < all.Count)
        {
            json["startingAfter"] = Cursor(start + page.Length);
        }

        return json;

        static string Cursor(int position) => position.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
