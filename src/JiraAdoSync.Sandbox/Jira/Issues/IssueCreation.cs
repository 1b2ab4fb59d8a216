using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Content;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// New issues, one or up to fifty. A body holds fields, properties, and a transition that is done once the issue is
/// there: where it can't be done the issue stays nevertheless, and the answer says so beside its key.
/// </summary>
internal static class IssueCreation
{
    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("POST", "issue", request => Answer.Json(Create(request, request.Json()), 201));
        routes.AddOpen("POST", "issue/bulk", CreateSeveral);
    }

    /// <summary>
    /// What can't be created is reported by its index in the list; answers don't say to which entry they belong.
    /// </summary>
    private static Answer CreateSeveral(JiraRequest request)
    {
        var switches = request.Site.Switches;
        var limit = request.Site.Flavor == JiraFlavor.Cloud ? 50 : switches.DataCenterBulkLimit;
        if (request.Json()["issueUpdates"] is not JsonArray { Count: > 0 } bodies || bodies.Count > limit)
        {
            throw new JiraError(400, $"issueUpdates must have between 1 and {limit} issues.");
        }

        var (created, errors) = (new List<JsonNode>(), new JsonArray());
        for (var index = 0; index < bodies.Count; index++)
        {
            try
            {
                created.Add(Create(request, bodies[index] as JsonObject ?? []));
            }
            catch (JiraError refused) when (refused.Status is 400 or 404 or 413)
            {
                errors.Add(new JsonObject
                {
                    ["status"] = refused.Status,
                    ["elementErrors"] = refused.ToJson(),
                    ["failedElementNumber"] = index,
                });
            }
        }

        if (!switches.BulkCreationsAnswerInOrder)
        {
            created.Reverse();
        }

        return Answer.Json(
            new JsonObject { ["issues"] = new JsonArray([.. created]), ["errors"] = errors },
            created.Count > 0 ? 201 : 400);
    }

    private static JsonObject Create(JiraRequest request, JsonObject body)
    {
        var (site, author) = (request.Site, request.Author);
        var edit = new IssueEdit(request, body);
        Verify(request, edit);
        var properties = EntityProperties.Read(body["properties"]);
        EntityProperties.Verify(properties);
        var (project, type) = (edit.Project!, edit.Type!);
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
            string.Create(CultureInfo.InvariantCulture, $"{project.Key}-{project.LastNumber + 1}"), fields)
        {
            IsReadable = true,
            Project = project,
            Type = type,
            Status = site.Workflows.Of(project, type).Initial(site),
            Created = now,
            Updated = now,
            MissesLeft = site.Switches.SearchesThatMissNewIssues,
            FetchMissesLeft = site.Switches.BulkFetchesThatMissNewIssues,
        };
        site.Add(issue);
        edit.Apply(issue);
        foreach (var (key, value) in properties)
        {
            issue.Properties[key] = value;
        }

        request.Journal.Created(issue);
        edit.Attach(issue);
        var answer = new JsonObject
        {
            ["id"] = issue.Id.ToString(CultureInfo.InvariantCulture),
            ["key"] = issue.Key,
            ["self"] = request.Writer.Self(issue),
        };
        if (body["transition"].Get("id").Text() is { } transition)
        {
            answer["transition"] = Moved(request, issue, transition);
        }

        return answer;
    }

    private static void Verify(JiraRequest request, IssueEdit edit)
    {
        var author = request.Author;
        if (edit.Project is not { } project || !author.CanSee(project))
        {
            edit.Errors["project"] = "valid project is required";
        }
        else if (!author.Has(Permission.CreateIssues, null, project))
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
    }

    private static JsonObject Moved(JiraRequest request, Issue issue, string transition)
    {
        try
        {
            TransitionEndpoints.Move(
                request, issue, new JsonObject { ["transition"] = new JsonObject { ["id"] = transition } });
            return new JsonObject { ["status"] = 200, ["errorCollection"] = Nothing() };
        }
        catch (JiraError refused)
        {
            return new JsonObject { ["status"] = refused.Status, ["errorCollection"] = refused.ToJson() };
        }
    }

    private static JsonObject Nothing() => new() { ["errorMessages"] = new JsonArray(), ["errors"] = new JsonObject() };
}
