using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// What a screen says of its fields: whether they must be given, what they take, how they are written.
/// </summary>
internal static class FieldMetadata
{
    /// <summary>The fields of a screen that the account may set.</summary>
    /// <param name="request">Who asks.</param>
    /// <param name="screen">The screen.</param>
    /// <param name="project">The project of the issue.</param>
    /// <param name="type">The type of the issue, which decides whether it must have a parent.</param>
    /// <param name="issue">The issue; null for one that is to be created.</param>
    /// <param name="leftOut">The field, if any, that is left out although it is on the screen.</param>
    public static IEnumerable<JsonObject> Of(
        JiraRequest request,
        Screen screen,
        JiraProject? project,
        NamedThing? type,
        Issue? issue,
        string? leftOut = null)
    {
        var site = request.Site;
        var isSubtask = Issue.IsSubtaskType(type?.Json);
        foreach (var field in JiraFields.All(site))
        {
            var id = field["id"].Text()!;
            var isOfCreation = issue is null && id is "project" or "issuetype" or "parent";
            if (id == leftOut || !JiraFields.IsEditable(site, id) || !(screen.Has(id) || isOfCreation)
                || (Permission.ToSet(id) is { } permission && request.Account?.Has(permission, issue, project) is false))
            {
                continue;
            }

            var json = new JsonObject
            {
                ["required"] = id is "summary" or "issuetype" or "project" || (id == "parent" && isSubtask)
                    || screen.Required.Contains(id),
                ["schema"] = field["schema"]!.DeepClone(),
                ["name"] = field["name"]!.DeepClone(),
                ["key"] = id,
                ["fieldId"] = id,
                ["hasDefaultValue"] = id == "priority" || screen.HasDefault(id),
                ["operations"] = field["schema"].Get("type").Text() == "array"
                    ? new JsonArray("add", "set", "remove")
                    : new JsonArray("set"),
            };
            if (screen.Default(id) is { } value)
            {
                json["defaultValue"] = value;
            }

            if (Allowed(request, screen, project, id) is { } allowed)
            {
                json["allowedValues"] = new JsonArray([.. allowed]);
            }

            yield return json;
        }
    }

    /// <summary>Fields by their ids, which they do not repeat.</summary>
    public static JsonObject ById(IEnumerable<JsonObject> fields) => new(fields.Select(field =>
    {
        var id = field["fieldId"].Text()!;
        field.Remove("fieldId");
        return KeyValuePair.Create(id, (JsonNode?)field);
    }));

    private static IEnumerable<JsonNode?>? Allowed(
        JiraRequest request, Screen screen, JiraProject? project, string field)
    {
        var site = request.Site;
        var registry = field switch
        {
            "priority" => site.Priorities,
            "resolution" => site.Resolutions,
            "components" => site.Components,
            "fixVersions" or "versions" => site.Versions,
            _ => null,
        };
        var names = screen.Allowed(field);
        return registry is not null
            ? registry.All.Where(one => names is null || names.Any(one.IsCalled))
                .Select(one => request.Writer.Named(registry, one))
            : field == "issuetype" && project is not null
                ? site.IssueTypes.All.Where(type => site.Screens.Exists(project, type)).Select(request.Writer.IssueType)
                : names?.Select(name => (JsonNode)new JsonObject { ["value"] = name });
    }
}
