using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

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
            // Deprecated there, and gone from Data Center since 9.0; public clients still ask it.
            routes.AddOpen("GET", "issue/createmeta", All);
        }

        routes.AddOpen("GET", "issue/createmeta/{projectIdOrKey}/issuetypes", request =>
        {
            Project(request);
            return Page(request, "issueTypes",
                [.. request.Site.IssueTypes.All.Select(type => request.Writer.IssueType(type)!)]);
        });
        routes.AddOpen("GET", "issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", request =>
        {
            Project(request);
            var type = request.Site.IssueTypes.Find(request.Route("issueTypeId"))
                ?? throw new JiraError(404, $"The issue type with id '{request.Route("issueTypeId")}' does not exist");
            return Page(request, "fields", [.. Fields(request, type)]);
        });
        routes.AddOpen(
            "GET", "issue/{issueIdOrKey}/editmeta", request => Answer.Json(OfEdit(request, request.Issue())));
    }

    /// <summary>What an edit of an issue may set.</summary>
    public static JsonObject OfEdit(JiraRequest request, Issue issue) =>
        new() { ["fields"] = ById(Fields(request, issue.Type)) };

    /// <summary>Fields by their ids, which they do not tell again.</summary>
    private static JsonObject ById(IEnumerable<JsonObject> fields) => new(fields.Select(field =>
    {
        var id = field["fieldId"].Text()!;
        field.Remove("fieldId");
        return KeyValuePair.Create(id, (JsonNode?)field);
    }));

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
                ["issuetypes"] = new JsonArray([.. request.Site.IssueTypes.All
                    .Where(type => types.Count == 0 || types.Exists(type.IsCalled)).Select(Type)]),
            })]),
        });

        JsonNode Type(NamedThing type)
        {
            var json = (JsonObject)request.Writer.IssueType(type)!;
            if (withFields)
            {
                json["expand"] = "fields";
                json["fields"] = ById(Fields(request, type));
            }

            return json;
        }
    }

    private static void Project(JiraRequest request)
    {
        var name = request.Route("projectIdOrKey");
        if (request.Account is not { } account || request.Site.Project(name) is not { } project
            || !account.CanSee(project))
        {
            throw new JiraError(404, $"No project could be found with key '{name}'.");
        }
    }

    private static IEnumerable<JsonObject> Fields(JiraRequest request, NamedThing? type)
    {
        var site = request.Site;
        var isSubtask = Issue.IsSubtaskType(type?.Json);
        foreach (var field in JiraFields.All(site))
        {
            var id = field["id"].Text()!;
            if (JiraFields.IsEditable(site, id))
            {
                var json = new JsonObject
                {
                    ["required"] = id is "summary" or "issuetype" or "project" || (id == "parent" && isSubtask),
                    ["schema"] = field["schema"]!.DeepClone(),
                    ["name"] = field["name"]!.DeepClone(),
                    ["key"] = id,
                    ["fieldId"] = id,
                    ["hasDefaultValue"] = id == "priority",
                    ["operations"] = field["schema"].Get("type").Text() == "array"
                        ? new JsonArray("add", "set", "remove")
                        : new JsonArray("set"),
                };
                if (id == "priority")
                {
                    json["allowedValues"] = new JsonArray(
                        [.. site.Priorities.All.Select(one => request.Writer.Named(site.Priorities, one))]);
                }

                yield return json;
            }
        }
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
