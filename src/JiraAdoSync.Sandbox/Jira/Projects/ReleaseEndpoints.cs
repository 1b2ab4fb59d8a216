using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>Components and versions: the site has one list of each, which all its projects show.</summary>
internal static class ReleaseEndpoints
{
    private static readonly string[] OfComponent = ["name", "description", "assigneeType"];
    private static readonly string[] OfVersion =
        ["name", "description", "archived", "released", "releaseDate", "startDate"];

    public static void Map(JiraRoutes routes)
    {
        Map(routes, "component", "components", OfComponent, ["components"], site => site.Components);
        Map(routes, "version", "versions", OfVersion, ["fixVersions", "versions"], site => site.Versions);
        routes.AddOpen("GET", "project/{projectIdOrKey}/version", request =>
        {
            Project(request, request.Route("projectIdOrKey"));
            return LookupEndpoints.Page(
                request, $"project/{request.Route("projectIdOrKey")}/version", 50, [.. request.Site.Versions.All
                .Select(version => request.Writer.Named(request.Site.Versions, version)!)]);
        });
    }

    /// <param name="routes">The routes.</param>
    /// <param name="one">What one is called.</param>
    /// <param name="several">What the list of a project is called.</param>
    /// <param name="settable">What bodies may give.</param>
    /// <param name="fields">The fields of issues that hold some.</param>
    /// <param name="registry">Where the site keeps them.</param>
    private static void Map(
        JiraRoutes routes, string one, string several, string[] settable, string[] fields,
        Func<JiraSite, Registry> registry)
    {
        routes.AddOpen("GET", $"project/{{projectIdOrKey}}/{several}", request =>
        {
            Project(request, request.Route("projectIdOrKey"));
            return Answer.Json(new JsonArray(
                [.. registry(request.Site).All.Select(thing => request.Writer.Named(registry(request.Site), thing))]));
        });
        routes.Add("POST", one, request =>
        {
            var (site, body) = (request.Site, request.Json());
            var project = Project(request, body["projectId"].Text() ?? body["project"].Text()
                ?? throw JiraError.Field("project", $"Project must be specified to create a {one}."));
            var name = Name(site, body, null);
            var json = WithSettable(new JsonObject(), body, settable);
            if (one == "version")
            {
                json["archived"] ??= false;
                json["released"] ??= false;
            }

            json["projectId"] = long.Parse(project.Thing.Id, CultureInfo.InvariantCulture);
            site.MarkChanged();
            return Answer.Json(request.Writer.Named(registry(site), registry(site).Ensure(name, json))!, 201);
        });
        routes.AddOpen("GET", $"{one}/{{id}}", request =>
            Answer.Json(request.Writer.Named(registry(request.Site), Find(request))!));
        routes.Add("PUT", $"{one}/{{id}}", request =>
        {
            var (site, body, thing) = (request.Site, request.Json(), Find(request));
            Name(site, body, thing);
            site.MarkChanged();
            return Answer.Json(request.Writer.Named(
                registry(site),
                registry(site).Change(thing, WithSettable((JsonObject)thing.Json.DeepClone(), body, settable)))!);
        });
        routes.Add("DELETE", $"{one}/{{id}}", request =>
        {
            var (site, thing) = (request.Site, Find(request));
            registry(site).Remove(thing);
            foreach (var list in site.Issues.SelectMany(issue => fields.Select(name => issue.Fields[name]))
                .OfType<JsonArray>())
            {
                list.RemoveAll(held => held.Get("id").Text() == thing.Id);
            }

            site.MarkChanged();
            return Answer.Empty(204);
        });

        NamedThing Find(JiraRequest request) =>
            registry(request.Site).All.FirstOrDefault(thing => thing.Id == request.Route("id"))
            ?? throw new JiraError(404, $"The {one} with id {request.Route("id")} does not exist.");

        string Name(JiraSite site, JsonObject body, NamedThing? known)
        {
            var name = body.ContainsKey("name") || known is null ? body["name"].Text() ?? "" : known.Name;
            return string.IsNullOrWhiteSpace(name) ? throw JiraError.Field("name", $"The {one} name must not be empty.")
                : registry(site).All.Any(
                    thing => thing.Id != known?.Id && thing.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ? throw JiraError.Field("name", $"A {one} with this name already exists in this project.") : name;
        }
    }

    private static JsonObject WithSettable(JsonObject json, JsonObject body, string[] settable)
    {
        foreach (var name in settable.Where(body.ContainsKey))
        {
            json[name] = body[name]?.DeepClone();
        }

        return json;
    }

    private static JiraProject Project(JiraRequest request, string name) =>
        request.Account is { } account && request.Site.Project(name) is { } project && account.CanSee(project)
            ? project : throw new JiraError(404, $"No project could be found with key '{name}'.");
}
