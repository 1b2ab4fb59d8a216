using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// What a project takes for a new issue, and an issue for an edit. Cloud names the list after what is in it, Data
/// Center calls it values.
/// </summary>
internal static class CreationMetaEndpoints
{
    private const int PageLimit = 200;

    public static void Map(JiraRoutes routes, JiraFlavor flavor)
    {
        if (flavor == JiraFlavor.Cloud)
        {
            // Deprecated there, and removed from Data Center in 9.0; public clients still ask it.
            routes.AddOpen("GET", "issue/createmeta", All);
        }

        routes.AddOpen("GET", "issue/createmeta/{projectIdOrKey}/issuetypes", request =>
        {
            var project = Project(request);
            return Page(
                request, "issueTypes", [.. Types(request, project).Select(type => request.Writer.IssueType(type)!)]);
        });
        routes.AddOpen("GET", "issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", request =>
        {
            var project = Project(request);
            var type = Types(request, project).FirstOrDefault(one => one.IsCalled(request.Route("issueTypeId")))
                ?? throw new JiraError(404, $"The issue type with id '{request.Route("issueTypeId")}' does not exist");
            return Page(request, "fields", [.. Fields(request, project, type)]);
        });
        routes.AddOpen(
            "GET", "issue/{issueIdOrKey}/editmeta", request => Answer.Json(OfEdit(request, request.Issue())));
    }

    /// <summary>What an edit of an issue may set; nothing for an account that may not edit it.</summary>
    public static JsonObject OfEdit(JiraRequest request, Issue issue)
    {
        RefuseOverrides(request);
        return new JsonObject
        {
            ["fields"] = request.Author.Has(Permission.EditIssues, issue)
                ? FieldMetadata.ById(FieldMetadata.Of(
                    request, request.Site.Screens.OfEdit(issue.Project, issue.Type), issue.Project, issue.Type, issue))
                : new JsonObject(),
        };
    }

    /// <summary>Apps of administrators may look behind screens; accounts of people may not.</summary>
    public static void RefuseOverrides(JiraRequest request)
    {
        if (request.Flag("overrideScreenSecurity") || request.Flag("overrideEditableFlag"))
        {
            throw new JiraError(403, "Only Connect and Forge apps can override screen security or the editable flag.");
        }
    }

    /// <summary>The types in which the account may create issues of a project.</summary>
    private static IEnumerable<NamedThing> Types(JiraRequest request, JiraProject project) =>
        request.Author.Has(Permission.CreateIssues, null, project)
            ? request.Site.IssueTypes.All.Where(type => request.Site.Screens.Exists(project, type))
            : [];

    private static IEnumerable<JsonObject> Fields(JiraRequest request, JiraProject project, NamedThing type) =>
        FieldMetadata.Of(request, request.Site.Screens.OfCreation(project, type), project, type, issue: null);

    /// <summary>All projects with all their types, and their fields where that is expanded.</summary>
    private static Answer All(JiraRequest request)
    {
        var (keys, ids) = (
            FieldSelection.Split(request.Query("projectKeys")), FieldSelection.Split(request.Query("projectIds")));
        var types = FieldSelection.Split(request.Query("issuetypeIds"))
            .Concat(request.QueryList("issuetypeNames") ?? []).OfType<string>().ToList();
        var withFields = request.Expands("projects.issuetypes.fields");
        var projects = (request.Account is { } account ? request.Site.Projects.Where(account.CanSee) : [])
            .Where(project => (keys.Length == 0 && ids.Length == 0) || ids.Contains(project.Thing.Id)
                || keys.Contains(project.Key, StringComparer.OrdinalIgnoreCase));
        return Answer.Json(new JsonObject
        {
            ["expand"] = "projects",
            ["projects"] = new JsonArray([.. projects.Select(project => new JsonObject
            {
                ["expand"] = "issuetypes",
                ["self"] = $"{request.Api}/project/{project.Thing.Id}",
                ["id"] = project.Thing.Id,
                ["key"] = project.Key,
                ["name"] = project.Thing.Name,
                ["issuetypes"] = new JsonArray([.. Types(request, project)
                    .Where(type => types.Count == 0 || types.Exists(type.IsCalled))
                    .Select(type => Type(project, type))]),
            })]),
        });

        JsonNode Type(JiraProject project, NamedThing type)
        {
            var json = (JsonObject)request.Writer.IssueType(type)!;
            if (withFields)
            {
                json["expand"] = "fields";
                json["fields"] = FieldMetadata.ById(Fields(request, project, type));
            }

            return json;
        }
    }

    private static JiraProject Project(JiraRequest request)
    {
        var name = request.Route("projectIdOrKey");
        return request.Account is { } account && request.Site.Project(name) is { } project && account.CanSee(project)
            ? project
            : throw new JiraError(404, $"No project could be found with key '{name}'.");
    }

    private static Answer Page(JiraRequest request, string name, List<JsonNode> all)
    {
        var (start, max) = (Math.Max(request.Number("startAt", 0), 0), request.Number("maxResults", 50));
        if (max > PageLimit)
        {
            throw new JiraError(400, $"Parameter 'maxResults' must not exceed the limit '{PageLimit}'");
        }

        var page = all.Skip(start).Take(max).ToArray();
        var body = new JsonObject { ["maxResults"] = max, ["startAt"] = start, ["total"] = all.Count };
        if (request.Site.Flavor == JiraFlavor.Cloud)
        {
            body[name] = new JsonArray(page);
        }
        else
        {
            body["isLast"] = start + page.Length >= all.Count;
            body["values"] = new JsonArray(page);
        }

        return Answer.Json(body);
    }
}
