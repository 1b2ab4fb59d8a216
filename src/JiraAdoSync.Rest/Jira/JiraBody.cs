using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Jira;
using JiraAdoSync.RichText;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// The bodies of writes: values as the two versions of the API take them. Cloud wants documents and account ids, Data
/// Center wiki markup and user names; the epic of an issue is its parent on Cloud and a field of its own on Data
/// Center.
/// </summary>
internal sealed class JiraBody(bool isCloud, string? epicLink)
{
    /// <summary>The body that creates or edits an issue.</summary>
    public JsonObject Of(IssueWrite write)
    {
        var fields = new JsonObject();
        foreach (var (field, value) in write.Fields)
        {
            fields[field] = Value(value);
        }

        if (write.Issue is null)
        {
            fields["project"] = new JsonObject { ["key"] = write.Project };
            fields["issuetype"] = new JsonObject { ["id"] = write.Type!.Id };
        }

        var body = new JsonObject();
        AddParent(write.Parent, fields, body);
        if (fields.Count > 0)
        {
            body["fields"] = fields;
        }

        if (write.Property is { } property)
        {
            body["properties"] = Properties(property);
        }

        return body;
    }

    /// <summary>The property in the shape in which the bodies of issues and comments hold it.</summary>
    /// <param name="json">The value.</param>
    public static JsonArray Properties(string json) =>
        new(new JsonObject { ["key"] = IssueWrite.PropertyName, ["value"] = JsonNode.Parse(json) });

    /// <summary>A rich text.</summary>
    /// <param name="html">The text as HTML.</param>
    public JsonNode Text(string html) => isCloud ? JiraDocument.Of(html) : JsonValue.Create(JiraMarkup.Of(html));

    /// <summary>A value in the shape in which Jira takes it.</summary>
    /// <param name="value">The value.</param>
    public JsonNode? Value(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        HtmlText { Html: var html } => string.IsNullOrWhiteSpace(html) ? null : Text(html),
        KeptText { Json: var json } => json is null ? null : JsonNode.Parse(json),
        JiraPerson person => new JsonObject { [isCloud ? "accountId" : "name"] = person.AccountId },
        DateOnly date => JsonValue.Create(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        DateTimeOffset time => JsonValue.Create(
            time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture)),
        int or long or short or byte => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        IFormattable number and (double or float or decimal) =>
            JsonValue.Create(Convert.ToDouble(number, CultureInfo.InvariantCulture)),
        IEnumerable<KeyValuePair<string, object?>> entries =>
            new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Key, Value(entry.Value)))),
        IDictionary entries => new JsonObject(entries.Cast<DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, Value(entry.Value)))),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(Value)]),
        _ => throw new ArgumentException($"Jira takes no value such as {value.GetType().Name}.", nameof(value)),
    };

    /// <summary>A failure that calls the parent by that name, whatever the service calls it.</summary>
    /// <param name="error">What went wrong; null where nothing did.</param>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(error))]
    public ServiceError? Read(ServiceError? error) => error is null or { Fields.Count: 0 } ? error : error with
    {
        Fields = [.. error.Fields.Select(field => field == "parentId" || field == epicLink ? "parent" : field).Distinct()],
    };

    private void AddParent(ParentWrite? write, JsonObject fields, JsonObject body)
    {
        switch (write)
        {
            case null:
                return;
            case { Parent: var parent, IsOfSubtask: false } when !isCloud:
                if (epicLink is not null)
                {
                    fields[epicLink] = parent?.Key;
                }

                return;
            case { Parent: { } parent }:
                fields["parent"] = new JsonObject { ["id"] = parent.Id.ToString(CultureInfo.InvariantCulture) };
                return;
            default:
                body["update"] = new JsonObject
                {
                    ["parent"] = new JsonArray(new JsonObject { ["set"] = new JsonObject { ["none"] = true } }),
                };
                return;
        }
    }
}
