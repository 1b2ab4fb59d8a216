using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>Issues: read, create, edit, delete.</summary>
internal static class IssueEndpoints
{
    private const int IssuesPerFetch = 100;

    public static void Map(JiraRoutes routes, JiraFlavor flavor)
    {
        routes.AddOpen("GET", "issue/{issueIdOrKey}", Get);
        routes.AddOpen("POST", "issue", Create);
        routes.AddOpen("PUT", "issue/{issueIdOrKey}", Edit);
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
        var body = request.Writer.Render(issue, selection);
        Expansions.Add(body, request.Site, selection, request.Query("expand"));
        return Answer.Json(body);
    }

    /// <summary>In ascending order of ids, whatever was asked for; what can't be read is missing without a word.</summary>
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
            .Select(name => request.IsSignedIn ? request.Site.Readable(name) : null)
            .OfType<Issue>().Distinct().OrderBy(issue => issue.Id);
        var answer = new JsonObject
        {
            ["expand"] = "schema,names",
            ["issues"] = new JsonArray([.. issues.Select(issue => request.Writer.Render(issue, selection))]),
            ["issueErrors"] = new JsonArray(),
        };
        Expansions.Add(answer, request.Site, selection, body["expand"]);
        return Answer.Json(answer);
    }

    private static Answer Create(JiraRequest request)
    {
        request.RequireSignIn();
        var site = request.Site;
        var body = request.Json();
        var given = body["fields"] as JsonObject ?? [];
        var errors = new Dictionary<string, string>();
        var project = (given["project"].Get("key").Text() ?? given["project"].Get("id").Text()) is { } name ? site.Project(name) : null;
        if (project is null)
        {
            errors["project"] = "valid project is required";
        }

        var type = site.IssueTypes.Find(given["issuetype"]);
        if (type is null)
        {
            errors["issuetype"] = "Specify a valid issue type";
        }

        if (string.IsNullOrWhiteSpace(given["summary"].Text()))
        {
            errors["summary"] = "You must specify a summary of the issue.";
        }

        var parent = ParentOf(request, given["parent"], errors);
        if (type is not null && Issue.IsSubtaskType(type.Json) && parent is null)
        {
            errors.TryAdd("parent", "Issue type is a sub-task but parent issue key or id not specified.");
        }

        CheckFields(site, given, errors);
        if (errors.Count > 0)
        {
            throw JiraError.Fields(errors);
        }

        var now = site.Now;
        var status = site.Statuses.All.FirstOrDefault(one => one.Json["statusCategory"].Get("key").Text() == "new") ?? site.Statuses.All[0];
        var fields = new JsonObject
        {
            ["summary"] = given["summary"]!.DeepClone(),
            ["issuetype"] = null,
            ["project"] = null,
            ["status"] = null,
            ["priority"] = (site.Priorities.Find("Medium") ?? site.Priorities.All[0]).Json.DeepClone(),
            ["resolution"] = null,
            ["labels"] = new JsonArray(),
            ["created"] = JiraTime.Write(now),
            ["updated"] = JiraTime.Write(now),
            ["reporter"] = ServerEndpoints.Account(request),
            ["creator"] = ServerEndpoints.Account(request),
        };
        var issue = new Issue(site.NextIssueId(), string.Create(CultureInfo.InvariantCulture, $"{project!.Key}-{project.LastNumber + 1}"), fields)
        {
            IsReadable = true,
            Project = project,
            Type = type,
            Status = status,
            Created = now,
            Updated = now,
            MissesLeft = site.Switches.SearchesThatMissNewIssues,
        };
        Set(site, issue, given);
        site.Add(issue);
        if (parent is not null)
        {
            site.SetParent(issue, parent);
        }

        Update(request, issue, body["update"]);
        return Answer.Json(
            new JsonObject
            {
                ["id"] = issue.Id.ToString(CultureInfo.InvariantCulture),
                ["key"] = issue.Key,
                ["self"] = request.Writer.Self(issue),
            },
            201);
    }

    private static Answer Edit(JiraRequest request)
    {
        var issue = request.Issue();
        var body = request.Json();
        var given = body["fields"] as JsonObject ?? [];
        var errors = new Dictionary<string, string>();
        CheckFields(request.Site, given, errors);
        if (given.ContainsKey("summary") && string.IsNullOrWhiteSpace(given["summary"].Text()))
        {
            errors["summary"] = "You must specify a summary of the issue.";
        }

        if (given.ContainsKey("issuetype") && request.Site.IssueTypes.Find(given["issuetype"]) is null)
        {
            errors["issuetype"] = "Specify a valid issue type";
        }

        var parent = ParentOf(request, given["parent"], errors);
        if (errors.Count > 0)
        {
            throw JiraError.Fields(errors);
        }

        if (given.ContainsKey("parent"))
        {
            request.Site.SetParent(issue, parent);
        }

        issue.Type = request.Site.IssueTypes.Find(given["issuetype"]) ?? issue.Type;
        Set(request.Site, issue, given);
        Update(request, issue, body["update"]);
        request.Site.Touch(issue);
        issue.MissesLeft = Math.Max(issue.MissesLeft, request.Site.Switches.SearchesThatMissNewIssues);
        return request.Query("returnIssue") == "true"
            ? Answer.Json(request.Writer.Render(issue, FieldSelection.Of((JsonNode?)null, "*all"))) : Answer.Empty(204);
    }

    private static Answer Delete(JiraRequest request)
    {
        var issue = request.Issue();
        var subtasks = issue.Children.Where(child => child.IsSubtask).ToList();
        if (subtasks.Count > 0 && request.Query("deleteSubtasks") != "true")
        {
            throw new JiraError(400, $"The issue '{issue.Key}' has subtasks.  You must specify the 'deleteSubtasks' parameter to "
                + "delete this issue and all its subtasks.");
        }

        subtasks.ForEach(request.Site.Remove);
        request.Site.Remove(issue);
        return Answer.Empty(204);
    }

    private static void CheckFields(JiraSite site, JsonObject given, Dictionary<string, string> errors)
    {
        foreach (var (name, value) in given)
        {
            if (!JiraFields.IsEditable(site, name))
            {
                errors.TryAdd(name, $"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown.");
            }
            else if (name == "summary" && value.Text() is { } summary && (summary.Length > 255 || summary.Contains('\n', StringComparison.Ordinal)))
            {
                errors.TryAdd(name, summary.Length > 255
                    ? "Summary must be less than 255 characters." : "The summary is invalid because it contains newline characters.");
            }
        }
    }

    private static Issue? ParentOf(JiraRequest request, JsonNode? reference, Dictionary<string, string> errors)
    {
        if ((reference.Get("key").Text() ?? reference.Get("id").Text()) is not { } name)
        {
            return null;
        }

        var parent = request.Site.Readable(name);
        if (parent is null)
        {
            errors["parent"] = "Could not find issue by id or key.";
        }

        return parent;
    }

    private static void Set(JiraSite site, Issue issue, JsonObject given)
    {
        foreach (var (name, value) in given)
        {
            if (name is not ("project" or "issuetype" or "parent" or "issuelinks"))
            {
                issue.Fields[name] = name switch
                {
                    "priority" => site.Priorities.Find(value)?.Json.DeepClone() ?? value?.DeepClone(),
                    "resolution" => site.Resolutions.Find(value)?.Json.DeepClone() ?? value?.DeepClone(),
                    _ => value?.DeepClone(),
                };
                site.FieldNames.Add(name);
            }
        }
    }

    /// <summary>The verbs of <c>update</c>: set, add and remove on lists, and links seen from this issue.</summary>
    private static void Update(JiraRequest request, Issue issue, JsonNode? update)
    {
        foreach (var (name, operations) in update as JsonObject ?? [])
        {
            foreach (var operation in operations as JsonArray ?? [])
            {
                var (verb, value) = (operation as JsonObject)?.FirstOrDefault() ?? default;
                if (name == "issuelinks" && verb == "add")
                {
                    AddLink(request, issue, value);
                }
                else if (verb == "set")
                {
                    issue.Fields[name] = value?.DeepClone();
                }
                else if (verb is "add" or "remove")
                {
                    var list = issue.Fields[name] as JsonArray ?? [];
                    var kept = list.Where(one => !JsonNode.DeepEquals(one, value)).Select(one => one?.DeepClone());
                    issue.Fields[name] = new JsonArray([.. kept, .. verb == "add" ? [value?.DeepClone()] : (JsonNode?[])[]]);
                }
            }
        }
    }

    // Unlike POST /issueLink this is said as reading says it: outwardIssue is what this issue points to.
    private static void AddLink(JiraRequest request, Issue issue, JsonNode? value)
    {
        var type = LinkEndpoints.TypeOf(request.Site, value.Get("type"));
        var outward = value.Get("outwardIssue");
        var reference = outward ?? value.Get("inwardIssue");
        var other = request.Issue(reference.Get("key").Text() ?? reference.Get("id").Text() ?? "");
        request.Site.AddLink(type, outward is null ? other : issue, outward is null ? issue : other);
    }
}

/// <summary>What <c>expand</c> adds beside issues.</summary>
internal static class Expansions
{
    public static void Add(JsonObject body, JiraSite site, FieldSelection selection, JsonNode? expand) =>
        Add(body, site, selection, expand is JsonArray list ? string.Join(',', list.Select(one => one.Text())) : expand.Text());

    public static void Add(JsonObject body, JiraSite site, FieldSelection selection, string? expand)
    {
        var wanted = expand?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        if (wanted.Contains("names"))
        {
            body["names"] = JiraFields.Names(site, selection);
        }

        if (wanted.Contains("schema"))
        {
            body["schema"] = JiraFields.Schemas(site, selection);
        }
    }
}
