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
        routes.AddOpen("POST", "issue/bulk", CreateSeveral);
        routes.AddOpen("PUT", "issue/{issueIdOrKey}", Edit);
        routes.AddOpen("PUT", "issue/{issueIdOrKey}/assignee", request =>
            Edit(request, new JsonObject { ["fields"] = new JsonObject { ["assignee"] = request.Json() } }));
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
            .OfType<Issue>().Distinct().OrderBy(issue => issue.Id);
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

    private static Answer Create(JiraRequest request) => Answer.Json(Create(request, request.Json()), 201);

    /// <summary>Up to fifty at once; what can't be made is told by its place in the list.</summary>
    private static Answer CreateSeveral(JiraRequest request)
    {
        if (request.Json()["issueUpdates"] is not JsonArray { Count: > 0 and <= 50 } bodies)
        {
            throw new JiraError(400, "issueUpdates must have between 1 and 50 issues.");
        }

        var (created, errors) = (new JsonArray(), new JsonArray());
        for (var index = 0; index < bodies.Count; index++)
        {
            try
            {
                created.Add(Create(request, bodies[index] as JsonObject ?? []));
            }
            catch (JiraError refused) when (refused.Status == 400)
            {
                errors.Add(new JsonObject
                {
                    ["status"] = 400,
                    ["elementErrors"] = refused.ToJson(),
                    ["failedElementNumber"] = index,
                });
            }
        }

        return Answer.Json(new JsonObject { ["issues"] = created, ["errors"] = errors }, created.Count > 0 ? 201 : 400);
    }

    private static JsonObject Create(JiraRequest request, JsonObject body)
    {
        var (site, author) = (request.Site, request.Author);
        var edit = new IssueEdit(request, body);
        var given = edit["project"];
        var project = (given.Get("key").Text() ?? given.Get("id").Text()) is { } name ? site.Project(name) : null;
        if (project is null || !author.CanSee(project))
        {
            edit.Errors["project"] = "valid project is required";
        }
        else if (!author.Has("CREATE_ISSUES"))
        {
            edit.Errors["project"] = "You do not have permission to create issues in this project.";
        }

        if (edit.Type is null)
        {
            edit.Errors["issuetype"] = "Specify a valid issue type";
        }
        else if (Issue.IsSubtaskType(edit.Type.Json) && edit.Parent is null)
        {
            edit.Errors.TryAdd("parent", "Issue type is a sub-task but parent issue key or id not specified.");
        }

        if (!edit.Names("summary"))
        {
            edit.Errors["summary"] = "You must specify a summary of the issue.";
        }

        edit.Verify();
        var properties = PropertyEndpoints.Read(body["properties"]);
        var now = site.Now;
        var fields = new JsonObject
        {
            ["summary"] = null,
            ["issuetype"] = null,
            ["project"] = null,
            ["status"] = null,
            ["priority"] = (site.Priorities.Find("Medium") ?? site.Priorities.All[0]).Json.DeepClone(),
            ["resolution"] = null,
            ["labels"] = new JsonArray(),
            ["components"] = new JsonArray(),
            ["fixVersions"] = new JsonArray(),
            ["versions"] = new JsonArray(),
            ["assignee"] = null,
            ["duedate"] = null,
            ["description"] = null,
            ["environment"] = null,
            ["created"] = JiraTime.Write(now),
            ["updated"] = JiraTime.Write(now),
            ["reporter"] = author.ToJson(site.Flavor, request.Api),
            ["creator"] = author.ToJson(site.Flavor, request.Api),
        };
        var issue = new Issue(site.NextIssueId(),
            string.Create(CultureInfo.InvariantCulture, $"{project!.Key}-{project.LastNumber + 1}"), fields)
        {
            IsReadable = true,
            Project = project,
            Type = edit.Type,
            Status = site.Statuses.All.FirstOrDefault(one => one.Json["statusCategory"].Get("key").Text() == "new")
                ?? site.Statuses.All[0],
            Created = now,
            Updated = now,
            MissesLeft = site.Switches.SearchesThatMissNewIssues,
        };
        site.Add(issue);
        edit.Apply(issue);
        foreach (var (key, value) in properties)
        {
            issue.Properties[key] = value;
        }

        request.Journal.Created(issue);
        edit.Attach(issue);
        return new JsonObject
        {
            ["id"] = issue.Id.ToString(CultureInfo.InvariantCulture),
            ["key"] = issue.Key,
            ["self"] = request.Writer.Self(issue),
        };
    }

    private static Answer Edit(JiraRequest request) => Edit(request, request.Json());

    private static Answer Edit(JiraRequest request, JsonObject body)
    {
        var issue = request.Issue();
        request.Require("EDIT_ISSUES", 403, "You do not have permission to edit issues in this project.");
        var edit = new IssueEdit(request, body, issue);
        if (Issue.IsSubtaskType((edit.Type ?? issue.Type)?.Json)
            && (edit.HasParent ? edit.Parent : issue.Parent) is null)
        {
            edit.Errors.TryAdd("parent", "Issue type is a sub-task but parent issue key or id not specified.");
        }

        if (edit.Type is { } type && Issue.IsSubtaskType(type.Json) != issue.IsSubtask)
        {
            // What an edit can't do, a move can.
            edit.Errors.TryAdd("issuetype", "The issue type selected is invalid.");
        }

        edit.Verify();
        var before = new IssueSnapshot(request.Site, issue);
        edit.Apply(issue);
        request.Journal.Edited(issue, before);
        edit.Attach(issue);
        return request.Flag("returnIssue")
            ? Answer.Json(request.Writer.Render(issue, FieldSelection.Of((JsonNode?)null, "*all"))) : Answer.Empty(204);
    }

    private static Answer Delete(JiraRequest request)
    {
        var issue = request.Issue();
        request.Require("DELETE_ISSUES", 403, "You do not have permission to delete issues in this project.");
        var subtasks = issue.Children.Where(child => child.IsSubtask).ToList();
        if (subtasks.Count > 0 && !request.Flag("deleteSubtasks"))
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

        return Answer.Empty(204);
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
