using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Bulk;

/// <summary>
/// The values of a bulk edit, kind by kind of field, put as the body of an edit puts them. Fields of groups, of
/// colours, of options and of times are not among what the sandbox takes.
/// </summary>
internal sealed class BulkEditInput
{
    private static readonly string[] DateForms = ["yyyy-MM-dd", "dd-MM-yyyy", "d/MMM/yy"];

    private readonly JsonObject _fields = [];
    private readonly JsonObject _update = [];

    private BulkEditInput()
    {
    }

    /// <summary>The fields that get a value.</summary>
    public IReadOnlyCollection<string> Fields =>
        [.. _fields.Select(one => one.Key).Union(_update.Select(one => one.Key))];

    public static BulkEditInput Read(JsonObject input)
    {
        var read = new BulkEditInput();
        foreach (var (kind, value) in input)
        {
            if (value is not null)
            {
                read.Take(kind, value);
            }
        }

        return read;
    }

    public JsonObject ToBody() => new() { ["fields"] = _fields.DeepClone(), ["update"] = _update.DeepClone() };

    private void Take(string kind, JsonNode value)
    {
        switch (kind)
        {
            case "priority":
                _fields["priority"] = Named(value.Get("priorityId"));
                break;
            case "issueType":
                _fields["issuetype"] = Named(value.Get("issueTypeId"));
                break;
            case "multiselectComponents":
                TakeList(value, "components", "componentId");
                break;
            case "labelsFields":
                Each(value, one => TakeList(one, "labels", "name"));
                break;
            case "multipleVersionPickerFields":
                Each(value, one => TakeList(one, "versions", "versionId"));
                break;
            case "singleSelectClearableUserPickerFields":
                Each(value, one => _fields[Id(one)] = one.Get("user") is { } user
                    ? new JsonObject { ["accountId"] = user.Get("accountId")?.DeepClone() }
                    : null);
                break;
            case "clearableNumberFields":
                Each(value, one => _fields[Id(one)] = one.Get("value")?.DeepClone());
                break;
            case "singleLineTextFields":
                Each(value, one => _fields[Id(one)] =
                    one.Get("text").Text() is { Length: > 0 } text ? JsonValue.Create(text) : null);
                break;
            case "richTextFields":
                Each(value, one => _fields[Id(one)] = one.Get("richText").Get("adfValue")?.DeepClone());
                break;
            case "datePickerFields":
                Each(value, one => _fields[Id(one)] = Date(one.Get("date").Get("formattedDate").Text()));
                break;
            default:
                throw new JiraError(400, $"The sandbox does not take {kind} in a bulk edit.");
        }
    }

    private void TakeList(JsonNode? one, string list, string name)
    {
        var values = (one.Get(list) as JsonArray ?? []).Select(value => list == "labels"
            ? value.Get(name)?.DeepClone()
            : Named(value.Get(name))).ToArray();
        var field = Id(one);
        switch (one.Get("bulkEditMultiSelectFieldOption").Text())
        {
            case "ADD":
                _update[field] = Operations("add");
                break;
            case "REMOVE":
                _update[field] = Operations("remove");
                break;
            case "REPLACE":
                _fields[field] = new JsonArray(values);
                break;
            case "REMOVE_ALL":
                _fields[field] = new JsonArray();
                break;
            default:
                throw new JiraError(
                    400,
                    $"bulkEditMultiSelectFieldOption of {field} is ADD, REMOVE, REPLACE or REMOVE_ALL.");
        }

        JsonArray Operations(string verb) => new([.. values.Select(value => new JsonObject { [verb] = value })]);
    }

    private static void Each(JsonNode list, Action<JsonNode?> take)
    {
        foreach (var one in list as JsonArray ?? throw new JiraError(400, "A list of fields was expected."))
        {
            take(one);
        }
    }

    private static string Id(JsonNode? one) =>
        one.Get("fieldId").Text() ?? throw new JiraError(400, "fieldId must be given.");

    private static JsonObject Named(JsonNode? id) => new() { ["id"] = id.Text() };

    private static JsonValue? Date(string? text) => string.IsNullOrEmpty(text) ? null
        : DateOnly.TryParseExact(text, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? JsonValue.Create(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            : throw new JiraError(400, $"'{text}' is not a date.");
}
