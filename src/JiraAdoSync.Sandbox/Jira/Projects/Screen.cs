using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>
/// The fields that may be set in one go, those of them that must have a value, and what values they take.
/// </summary>
internal sealed class Screen(
    FieldSelection fields,
    IReadOnlyCollection<string> required,
    JsonObject? defaults = null,
    JsonObject? allowed = null
)
{
    /// <summary>A screen with every field and without demands of its own.</summary>
    public static Screen Everything { get; } = new(new FieldSelection(["*all"]), []);

    /// <summary>No screen: nothing can be set.</summary>
    public static Screen None { get; } = new(new FieldSelection([]), []);

    /// <summary>The ids of the fields that must have a value, beside those that Jira itself demands.</summary>
    public IReadOnlyCollection<string> Required { get; } = required;

    public bool Has(string field) => fields.Has(field);

    public bool HasDefault(string field) => defaults?.ContainsKey(field) is true;

    /// <summary>The value that a new issue gets where its creation names none.</summary>
    public JsonNode? Default(string field) => defaults?[field]?.DeepClone();

    /// <summary>The names that a field takes; null for any.</summary>
    public IReadOnlyList<string>? Allowed(string field) =>
        allowed?[field] is JsonArray names ? [.. names.Select(name => name.Text()).OfType<string>()] : null;

    /// <summary>Whether a field takes a value: each part of it, where it is a list.</summary>
    public bool Takes(string field, JsonNode? value) => value is null || Allowed(field) is not { } names
        || (value is JsonArray list ? list : (IEnumerable<JsonNode?>)[value]).All(one =>
            ((one.Get("value") ?? one.Get("name") ?? one.Get("id")).Text() ?? one.Text()) is { } text
            && names.Contains(text, StringComparer.OrdinalIgnoreCase));
}

/// <summary>
/// The create and edit screens of the site. Without rules every field of the site is on both. The first rule that fits
/// project and issue type holds.
/// </summary>
internal sealed class Screens
{
    private List<Rule> _rules = [];

    /// <summary>
    /// Takes rules from a control request, <c>[{"project", "issueType", "exists", "create", "edit", "required",
    /// "defaults", "allowed"}]</c>; says what is wrong, or null. An absent project or type fits any. <c>create</c> and
    /// <c>edit</c> are lists of fields in the form of a read's <c>fields</c>, so that <c>["*all", "-labels"]</c> leaves
    /// one out; <c>required</c> lists fields, <c>defaults</c> gives fields their values at creation, <c>allowed</c>
    /// gives fields lists of names. <c>"exists": false</c> says that the project does not have the type.
    /// </summary>
    public string? Set(JsonNode? body)
    {
        if (body is not JsonArray rules || rules.Any(rule => rule is not JsonObject))
        {
            return "The body is an array of rules.";
        }

        _rules = [.. rules.OfType<JsonObject>().Select(rule => new Rule(
            rule["project"].Text(), rule["issueType"].Text(), rule["exists"].Text() != "false",
            Selection(rule["create"]), Selection(rule["edit"]),
            [.. (rule["required"] as JsonArray ?? []).Select(one => one.Text()).OfType<string>()],
            rule["defaults"]?.DeepClone() as JsonObject, rule["allowed"]?.DeepClone() as JsonObject))];
        return null;
    }

    public Screen OfCreation(JiraProject? project, NamedThing? type) =>
        Find(project, type)?.Creation ?? Screen.Everything;

    public Screen OfEdit(JiraProject? project, NamedThing? type) => Find(project, type)?.Edition ?? Screen.Everything;

    /// <summary>Whether a project has an issue type.</summary>
    public bool Exists(JiraProject project, NamedThing type) => Find(project, type)?.Exists is not false;

    private Rule? Find(JiraProject? project, NamedThing? type) => _rules.Find(rule =>
        (rule.Project is null || project?.IsCalled(rule.Project) is true)
        && (rule.Type is null || type?.IsCalled(rule.Type) is true));

    private static FieldSelection Selection(JsonNode? names) => FieldSelection.Of(names, "*all");

    private sealed record Rule(
        string? Project, string? Type, bool Exists, FieldSelection Create, FieldSelection Edit, string[] Required,
        JsonObject? Defaults, JsonObject? Allowed)
    {
        public Screen Creation { get; } = new(Create, Required, Defaults, Allowed);

        public Screen Edition { get; } = new(Edit, Required, null, Allowed);
    }
}
