using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Content;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Bulk;

/// <summary>
/// Properties of many issues, on Cloud only. Each write answers 303 and the address of a task. The two by one key take
/// a filter, and without one they mean every issue that the account may edit.
/// </summary>
internal static class BulkPropertyEndpoints
{
    private const int IssuesOfSame = 10_000;
    private const int IssuesOfDifferent = 100;
    private const int PropertiesPerIssue = 10;

    public static void Map(JiraRoutes routes)
    {
        routes.Add("POST", "issue/properties", SetSame);
        routes.Add("POST", "issue/properties/multi", SetDifferent);
        routes.Add("PUT", "issue/properties/{propertyKey}", SetOne);
        routes.Add("DELETE", "issue/properties/{propertyKey}", RemoveOne);
    }

    /// <summary>The same values at all issues of a list; all of them or none.</summary>
    private static Answer SetSame(JiraRequest request)
    {
        var body = request.Json();
        if (body["entitiesIds"] is not JsonArray { Count: > 0 and <= IssuesOfSame } ids)
        {
            throw new JiraError(400, $"entitiesIds must have between 1 and {IssuesOfSame} ids.");
        }

        var properties = Read(body["properties"]);
        var numbers = ids.Select(Id).ToHashSet();
        return Submit(request, "Bulk issue property set", task =>
        {
            foreach (var issue in Eligible(request, numbers))
            {
                Set(request, issue, properties);
                task.Processed.Add(issue.Id);
            }
        });
    }

    /// <summary>
    /// Values of its own for each issue; the result of the task lists the issues that can't be written.
    /// </summary>
    private static Answer SetDifferent(JiraRequest request)
    {
        if (request.Json()["issues"] is not JsonArray { Count: > 0 and <= IssuesOfDifferent } issues)
        {
            throw new JiraError(400, $"issues must have between 1 and {IssuesOfDifferent} issues.");
        }

        var writes = issues.Select(one => (Id: Id(one.Get("issueID")), Properties: Read(one.Get("properties"))))
            .ToList();
        return Submit(request, "Bulk issue property multi set", task =>
        {
            foreach (var (id, properties) in writes)
            {
                // What the account can't see is passed over; what it may only read has failed.
                if (Find(request, id) is not { } issue)
                {
                    continue;
                }

                if (!request.Author.Has(Permission.EditIssues, issue))
                {
                    task.Failed[id] = ["You do not have permission to edit this issue."];
                    continue;
                }

                Set(request, issue, properties);
                task.Processed.Add(id);
            }
        });
    }

    private static Answer SetOne(JiraRequest request)
    {
        var (key, body, filter) = (request.Route("propertyKey"), request.Json(), request.Json()["filter"]);
        if (!body.ContainsKey("value"))
        {
            // Expressions are experimental, and the sandbox does not compute any.
            throw new JiraError(400, "The property value must be given.");
        }

        if (filter.Get("hasProperty").Text() == "false" && filter.Get("currentValue") is not null)
        {
            throw new JiraError(400, "hasProperty can't be false where currentValue is given.");
        }

        EntityProperties.Verify([(key, body["value"])]);
        var fits = Filter(filter, key);
        return Submit(request, "Bulk issue property set", task =>
        {
            foreach (var issue in Eligible(request, Ids(filter)).Where(fits).ToList())
            {
                PropertyEndpoints.Set(request, issue, key, body["value"]);
                task.Processed.Add(issue.Id);
            }
        });
    }

    private static Answer RemoveOne(JiraRequest request)
    {
        var key = request.Route("propertyKey");
        var filter = request.Body.Length == 0 ? null : request.Json();
        var fits = Filter(filter, key);
        return Submit(request, "Bulk issue property delete", task =>
        {
            foreach (var issue in Eligible(request, Ids(filter)).Where(fits).ToList())
            {
                if (PropertyEndpoints.Remove(request, issue, key))
                {
                    task.Processed.Add(issue.Id);
                }
            }
        });
    }

    private static Answer Submit(JiraRequest request, string description, Action<JiraTask> work)
    {
        var task = request.Site.Tasks.Add(description, request.Author, task =>
        {
            work(task);

            // No document says how the result reports what failed.
            task.Result = new JsonObject
            {
                ["updatedIssues"] = new JsonArray([.. task.Processed.Select(id => JsonValue.Create(id))]),
                ["failedIssues"] = new JsonObject(task.Failed.Select(one => KeyValuePair.Create(
                    one.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)one.Value[0]))),
            };
        });
        return Answer.Empty(303).With("Location", $"{request.Api}/task/{task.Id}");
    }

    private static List<(string Key, JsonNode? Value)> Read(JsonNode? properties)
    {
        if (properties is not JsonObject { Count: > 0 and <= PropertiesPerIssue } given)
        {
            throw new JiraError(400, $"properties must have between 1 and {PropertiesPerIssue} properties.");
        }

        var read = given.Select(one => (one.Key, one.Value?.DeepClone())).ToList();
        EntityProperties.Verify(read);
        return read;
    }

    private static void Set(JiraRequest request, Issue issue, List<(string Key, JsonNode? Value)> properties)
    {
        foreach (var (key, value) in properties)
        {
            PropertyEndpoints.Set(request, issue, key, value);
        }
    }

    /// <summary>The issues of a list, or all of them, that the account may edit.</summary>
    private static List<Issue> Eligible(JiraRequest request, HashSet<long>? ids) =>
        [.. (ids?.Order().Select(id => Find(request, id)).OfType<Issue>() ?? request.Site.IssuesOf(request.Author))
            .Where(issue => request.Author.Has(Permission.EditIssues, issue))];

    private static Issue? Find(JiraRequest request, long id) =>
        request.Site.Readable(id.ToString(CultureInfo.InvariantCulture), request.Author);

    private static HashSet<long>? Ids(JsonNode? filter) =>
        filter.Get("entityIds") is JsonArray ids ? [.. ids.Select(Id)] : null;

    private static long Id(JsonNode? id) =>
        long.TryParse(id.Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new JiraError(400, "Issues are given by their numeric ids.");

    private static Func<Issue, bool> Filter(JsonNode? filter, string key)
    {
        var (current, has) = (filter.Get("currentValue"), filter.Get("hasProperty").Text());
        return issue => (has is null || issue.Properties.ContainsKey(key) == (has == "true"))
            && (current is null
                || (issue.Properties.TryGetValue(key, out var value) && JsonNode.DeepEquals(value, current)));
    }
}
