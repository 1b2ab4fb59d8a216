using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>The fields of the site: Jira's own, and whatever else its issues hold.</summary>
internal static class JiraFields
{
    private static readonly (string Id, string Name, string Type, string? Items)[] System =
    [
        ("summary", "Summary", "string", null),
        ("issuetype", "Issue Type", "issuetype", null),
        ("project", "Project", "project", null),
        ("parent", "Parent", "issuelink", null),
        ("status", "Status", "status", null),
        ("statusCategory", "Status Category", "statusCategory", null),
        ("priority", "Priority", "priority", null),
        ("resolution", "Resolution", "resolution", null),
        ("resolutiondate", "Resolved", "datetime", null),
        ("created", "Created", "datetime", null),
        ("updated", "Updated", "datetime", null),
        ("duedate", "Due date", "date", null),
        ("assignee", "Assignee", "user", null),
        ("reporter", "Reporter", "user", null),
        ("creator", "Creator", "user", null),
        ("labels", "Labels", "array", "string"),
        ("components", "Components", "array", "component"),
        ("fixVersions", "Fix versions", "array", "version"),
        ("versions", "Affects versions", "array", "version"),
        ("issuelinks", "Linked Issues", "array", "issuelinks"),
        ("subtasks", "Sub-tasks", "array", "issuelinks"),
        ("description", "Description", "string", null),
        ("environment", "Environment", "string", null),
        ("attachment", "Attachment", "array", "attachment"),
        ("comment", "Comment", "comments-page", null),
        ("worklog", "Log Work", "array", "worklog"),
        ("timetracking", "Time tracking", "timetracking", null),
        ("timeoriginalestimate", "Original estimate", "number", null),
        ("timeestimate", "Remaining Estimate", "number", null),
        ("timespent", "Time Spent", "number", null),
        ("security", "Security Level", "securitylevel", null),
        ("votes", "Votes", "votes", null),
        ("watches", "Watchers", "watches", null),
    ];

    private static readonly string[] Editable =
    [
        "summary", "issuetype", "project", "parent", "priority", "resolution", "duedate", "assignee", "reporter",
        "labels",
        "components", "fixVersions", "versions", "description", "environment", "security", "timetracking", "issuelinks",
    ];

    /// <summary>Whether a read that names the field shows null where the issue has none.</summary>
    public static bool IsNullable(JiraSite site, string name) =>
        name is not ("parent" or "statusCategory")
            && (System.Any(field => field.Id == name) || site.FieldNames.Contains(name));

    /// <summary>Whether the field holds markup or a document.</summary>
    public static bool IsRich(JiraSite site, string name) => name is "description" or "environment"
        || (name.StartsWith("customfield_", StringComparison.Ordinal) && site.CustomField(name) is { IsRich: true });

    public static bool IsEditable(JiraSite site, string name) => Editable.Contains(name)
        || (site.Flavor == JiraFlavor.DataCenter && name == site.EpicLinkField)
        || (site.FieldNames.Contains(name) && name.StartsWith("customfield_", StringComparison.Ordinal));

    /// <summary>What people call a field.</summary>
    public static string NameOf(JiraSite site, string id) => System.Where(field => field.Id == id)
        .Select(field => field.Name).FirstOrDefault() ?? site.CustomField(id)?.Name ?? id;

    public static IEnumerable<JsonObject> All(JiraSite site)
    {
        foreach (var (id, name, type, items) in System)
        {
            yield return Field(id, name, custom: false, Schema(id, type, items));
        }

        foreach (var field in site.CustomFields)
        {
            yield return Field(field.Id, field.Name, custom: true, (JsonObject)field.Schema.DeepClone());
        }
    }

    /// <summary>The names of fields, as <c>expand=names</c> shows them.</summary>
    public static JsonObject Names(JiraSite site, FieldSelection selection) =>
        Map(site, selection, field => field["name"]);

    public static JsonObject Schemas(JiraSite site, FieldSelection selection) =>
        Map(site, selection, field => field["schema"]);

    private static JsonObject Map(JiraSite site, FieldSelection selection, Func<JsonObject, JsonNode?> value)
    {
        var map = new JsonObject();
        foreach (var field in All(site))
        {
            if (selection.Has(field["id"]!.GetValue<string>()))
            {
                map[field["id"]!.GetValue<string>()] = value(field)?.DeepClone();
            }
        }

        return map;
    }

    private static JsonObject Field(string id, string name, bool custom, JsonObject schema) => new()
    {
        ["id"] = id,
        ["key"] = id,
        ["name"] = name,
        ["custom"] = custom,
        ["orderable"] = true,
        ["navigable"] = true,
        ["searchable"] = true,
        ["clauseNames"] = custom && schema["customId"] is { } number
            ? new JsonArray($"cf[{number}]", name) : new JsonArray(id),
        ["schema"] = schema,
    };

    private static JsonObject Schema(string id, string type, string? items)
    {
        var schema = new JsonObject { ["type"] = type, ["system"] = id };
        if (items is not null)
        {
            schema["items"] = items;
        }

        return schema;
    }
}
