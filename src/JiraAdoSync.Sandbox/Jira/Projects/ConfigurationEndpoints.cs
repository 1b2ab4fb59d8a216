using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>Projects, issue types, statuses, priorities, resolutions and fields.</summary>
internal static class ConfigurationEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen(
            "GET", "project", request => Answer.Json(Array(Visible(request).Select(request.Writer.Project))));
        routes.AddOpen("GET", "project/search", SearchProjects);
        routes.AddOpen("GET", "project/{projectIdOrKey}", request => Answer.Json(GetProject(request)));
        routes.AddOpen("GET", "project/{projectIdOrKey}/statuses", GetStatuses);
        routes.Add("POST", "project", CreateProject);
        routes.Add("DELETE", "project/{projectIdOrKey}", request =>
        {
            request.Require("ADMINISTER", 403, "You do not have permission to administer projects.");
            request.Site.Remove(Find(request));
            return Answer.Empty(204);
        });
        routes.Add("GET", "issuetype", request =>
            Answer.Json(Array(request.Site.IssueTypes.All.Select(request.Writer.IssueType))));
        routes.Add("GET", "issuetype/{id}", request =>
            Answer.Json(request.Site.IssueTypes.Find(request.Route("id")) is { } type
            ? request.Writer.IssueType(type)!
                : throw new JiraError(404, $"The issue type with id '{request.Route("id")}' does not exist")));
        Named(routes, "status", site => site.Statuses);
        Named(routes, "priority", site => site.Priorities);
        Named(routes, "resolution", site => site.Resolutions);
        routes.Add("GET", "statuscategory", request =>
            Answer.Json(Array(StatusCategory.Keys.Select(key => Category(request, key)))));
        routes.Add("GET", "statuscategory/{idOrKey}", request =>
            StatusCategory.Find(request.Route("idOrKey")) is { } key
            ? Answer.Json(Category(request, key)) : throw new JiraError(404, "The status category was not found."));
        routes.Add("GET", "field", request => Answer.Json(Array(JiraFields.All(request.Site))));
    }

    private static void Named(JiraRoutes routes, string path, Func<JiraSite, Registry> registry)
    {
        routes.Add("GET", path, request => Answer.Json(Array(registry(request.Site).All
            .Select(thing => request.Writer.Named(registry(request.Site), thing)))));
        routes.Add("GET", $"{path}/{{id}}", request =>
            Answer.Json(registry(request.Site).Find(request.Route("id")) is { } thing
            ? request.Writer.Named(registry(request.Site), thing)!
            : throw new JiraError(404, $"The {path} with id '{request.Route("id")}' does not exist")));
    }

    private static JsonObject Category(JiraRequest request, string key)
    {
        var json = StatusCategory.Json(key);
        json["self"] = $"{request.Api}/statuscategory/{json["id"]}";
        return json;
    }

    private static JsonArray Array(IEnumerable<JsonNode?> nodes) => new([.. nodes]);

    private static IEnumerable<JiraProject> Visible(JiraRequest request) =>
        request.Account is { } account ? request.Site.Projects.Where(account.CanSee) : [];

    private static JiraProject Find(JiraRequest request)
    {
        var name = request.Route("projectIdOrKey");
        return Visible(request).FirstOrDefault(project => project.Key.Equals(name, StringComparison.OrdinalIgnoreCase)
            || project.Thing.Id == name) ?? throw new JiraError(404, $"No project could be found with key '{name}'.");
    }

    private static Answer CreateProject(JiraRequest request)
    {
        request.Require("ADMINISTER", 403, "You do not have permission to administer projects.");
        var (site, body) = (request.Site, request.Json());
        var (key, name) = (body["key"].Text() ?? "", body["name"].Text() ?? "");
        var errors = new Dictionary<string, string>();
        if (key.Length is < 2 or > 10
            || !key.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter))
            || !char.IsAsciiLetterUpper(key[0]))
        {
            errors["projectKey"] = "Project keys must start with an uppercase letter, followed by one or more uppercase alphanumeric characters.";
        }
        else if (site.Project(key) is { } existing)
        {
            errors["projectKey"] = $"Project '{existing.Thing.Name}' uses this project key.";
        }

        if (name.Length is 0 or > 80)
        {
            errors["projectName"] = "You must specify a valid project name.";
        }
        else if (site.Project(name) is not null)
        {
            errors["projectName"] = "A project with that name already exists.";
        }

        if (errors.Count > 0)
        {
            throw JiraError.Fields(errors);
        }

        var project = site.LearnProject(
            new JsonObject { ["key"] = key, ["name"] = name, ["projectTypeKey"] = body["projectTypeKey"].Text()
                ?? "software" },
            $"{key}-0");
        site.MarkChanged();
        return Answer.Json(
            new JsonObject
            {
                ["self"] = $"{request.Api}/project/{project.Thing.Id}",
                ["id"] = long.Parse(project.Thing.Id, System.Globalization.CultureInfo.InvariantCulture),
                ["key"] = key,
            },
            201);
    }

    private static IEnumerable<NamedThing> TypesOf(JiraRequest request, JiraProject project) =>
        request.Site.IssueTypes.All.Where(type => request.Site.Screens.Exists(project, type));

    /// <summary>The statuses of each type's workflow, but not the ways between them.</summary>
    private static Answer GetStatuses(JiraRequest request)
    {
        var (site, project) = (request.Site, Find(request));
        return Answer.Json(Array(TypesOf(request, project).Select(type => new JsonObject
        {
            ["self"] = $"{request.Api}/issuetype/{type.Id}",
            ["id"] = type.Id,
            ["name"] = type.Name,
            ["subtask"] = Issue.IsSubtaskType(type.Json),
            ["statuses"] = Array(site.Workflows.Of(project, type).Statuses(site)
                .Select(status => request.Writer.Named(site.Statuses, status))),
        })));
    }

    private static JsonObject GetProject(JiraRequest request)
    {
        var project = Find(request);
        var json = request.Writer.Project(project);
        json["description"] ??= "";
        json["issueTypes"] = Array(TypesOf(request, project).Select(request.Writer.IssueType));
        return json;
    }

    private static Answer SearchProjects(JiraRequest request)
    {
        var (start, max) = (
            Math.Max(request.Number("startAt", 0), 0), Math.Clamp(request.Number("maxResults", 50), 1, 100));
        var query = request.Query("query");
        var keys = request.QueryList("keys")?.OfType<string>().ToList();
        var all = Visible(request)
            .Where(project => query is null || project.Key.Contains(query, StringComparison.OrdinalIgnoreCase)
                || project.Thing.Name.Contains(query, StringComparison.OrdinalIgnoreCase))
            .Where(project => keys is null || keys.Contains(project.Key, StringComparer.OrdinalIgnoreCase)).ToList();
        var page = all.Skip(start).Take(max).ToList();
        var body = new JsonObject
        {
            ["self"] = $"{request.Api}/project/search?startAt={start}&maxResults={max}",
            ["maxResults"] = max,
            ["startAt"] = start,
            ["total"] = all.Count,
            ["isLast"] = start + page.Count >= all.Count,
            ["values"] = Array(page.Select(request.Writer.Project)),
        };
        if (start + page.Count < all.Count)
        {
            body["nextPage"] = $"{request.Api}/project/search?startAt={start + max}&maxResults={max}";
        }

        return Answer.Json(body);
    }
}
