using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Jira.Text;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// A custom field of the site: its id differs from site to site, its schema says what it is. A seed says so
/// itself where it was read with <c>expand=names,schema</c>; otherwise it is guessed by a value.
/// </summary>
internal sealed record CustomField(string Id, string Name, JsonObject Schema)
{
    private const string Plain = "com.atlassian.jira.plugin.system.customfieldtypes:";
    private const string Agile = "com.pyxis.greenhopper.jira:";

    public bool IsNumber => Type == "number";

    public bool IsSprint => Kind == Agile + "gh-sprint";

    public bool IsEpicLink => Kind == Agile + "gh-epic-link";

    public bool IsRich => Kind == Plain + "textarea";

    /// <summary>
    /// Why an edit may not give the field a value: each kind is written in one shape, which is not always the one that
    /// reads show. A sprint is written as its id and read as a list of sprints.
    /// </summary>
    public string? Problem(JsonNode? value, Sprints sprints) => value is null ? null
        : IsSprint ? value.GetValueKind() != JsonValueKind.Number || sprints.Find(value.Text()!) is null
            ? "Number value expected as the Sprint id." : null
        : Type switch
        {
            "number" => value.GetValueKind() == JsonValueKind.Number ? null : "Operation value must be a number",
            "string" => value.GetValueKind() != JsonValueKind.String ? "Operation value must be a string"
                : Kind == Plain + "textfield" ? RichText.Limit(value.Text()!.Length, 255)
                : null,
            "date" => JiraTime.Read(value.Text()) is not null ? null : $"Error parsing date string: {value.Text()}",
            "datetime" => JiraTime.Read(value.Text()) is not null ? null : $"Error parsing time: {value.Text()}",
            "array" => value is JsonArray ? null : "data was not an array",
            "option" or "option-with-child" or "user" or "group" or "project" or "version" =>
                value is JsonObject ? null : "data was not an object",
            _ => null,
        };

    private string? Type => Schema["type"].Text();

    private string? Kind => Schema["custom"].Text();

    public static CustomField Sprint(string id) => Of(id, "Sprint", "array", Agile + "gh-sprint", "json");

    public static CustomField StoryPoints(string id) => Of(id, "Story Points", "number", Plain + "float");

    /// <summary>What projects that teams manage themselves have instead of story points.</summary>
    public static CustomField StoryPointEstimate(string id) =>
        Of(id, "Story point estimate", "number", Agile + "jsw-story-points");

    public static CustomField EpicLink(string id) => Of(id, "Epic Link", "any", Agile + "gh-epic-link");

    /// <summary>What a field with this value may be; a text field where the value does not show it.</summary>
    public static CustomField Guess(string id, string? name, JsonNode? value) => value switch
    {
        JsonArray { Count: > 0 } list when IsSprintValue(list[0]) => Sprint(id) with { Name = name ?? "Sprint" },
        JsonArray { Count: > 0 } list when list[0] is JsonObject =>
            Of(id, name ?? id, "array", Plain + "multicheckboxes", "option"),
        JsonArray => Of(id, name ?? id, "array", Plain + "labels", "string"),
        JsonObject document when document["type"].Text() == "doc" => Of(id, name ?? id, "string", Plain + "textarea"),
        JsonObject person when person["accountId"] is not null || person["displayName"] is not null =>
            Of(id, name ?? id, "user", Plain + "userpicker"),
        JsonObject => Of(id, name ?? id, "option", Plain + "select"),
        JsonValue number when number.GetValueKind() == JsonValueKind.Number =>
            Of(id, name ?? id, "number", Plain + "float"),
        _ => Of(id, name ?? id, "string", Plain + "textfield"),
    };

    public static CustomField Given(string id, string name, JsonObject schema) =>
        new(id, name, (JsonObject)schema.DeepClone());

    private static bool IsSprintValue(JsonNode? value) => value is JsonObject sprint
        ? sprint["boardId"] is not null && sprint["state"] is not null
        : value.Text()?.StartsWith(
            "com.atlassian.greenhopper.service.sprint.Sprint@", StringComparison.Ordinal) is true;

    private static CustomField Of(string id, string name, string type, string custom, string? items = null)
    {
        var schema = new JsonObject { ["type"] = type };
        if (items is not null)
        {
            schema["items"] = items;
        }

        schema["custom"] = custom;
        if (long.TryParse(id["customfield_".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            schema["customId"] = number;
        }

        return new CustomField(id, name, schema);
    }
}
