using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>Takes a JSON value into what a field stores, or says why it can't be stored.</summary>
internal static class FieldValue
{
    public static object? Read(FieldDefinition field, JsonNode? value, WorkItem item, bool bypassRules)
    {
        if (value is null || (value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0))
        {
            return null;
        }

        if (field.Type == FieldType.Identity)
        {
            return ReadPerson(field, value, item.Project.Organization, bypassRules);
        }

        var text = value.Text() ?? throw AdoError.RuleCode(field, "InvalidType");
        return field.Type switch
        {
            FieldType.Integer => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole)
                ? whole : throw AdoError.RuleCode(field, "InvalidType"),
            FieldType.Double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number : throw AdoError.RuleCode(field, "InvalidType"),
            FieldType.Boolean => bool.TryParse(text, out var flag)
                ? flag : throw AdoError.RuleCode(field, "InvalidType"),
            FieldType.DateTime => ReadDate(text) ?? throw AdoError.RuleCode(field, "InvalidDate"),
            FieldType.TreePath => ReadPath(field, text, item),
            FieldType.String => field.MaxLength is { } limit && text.Length > limit
                ? throw AdoError.RuleCode(field, "InvalidTooLong") : text,
            _ => text.Length > 1_000_000 ? throw AdoError.RuleCode(field, "InvalidTooLong") : text,
        };
    }

    public static DateTime? ReadDate(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date.UtcDateTime : null;

    private static Person ReadPerson(FieldDefinition field, JsonNode value, Organization organization, bool bypassRules)
    {
        var text = (value is JsonObject
            ? value.GetAnyCase("uniqueName").Text() ?? value.GetAnyCase("id").Text() ?? value.GetAnyCase("displayName").Text()
            : value.Text()) ?? throw AdoError.RuleCode(field, "InvalidType");
        return organization.Person(text)
            ?? (bypassRules || !organization.Switches.UnknownIdentitiesAreRefused
                ? new Person(text, "") : throw AdoError.UnknownIdentity(field, text));
    }

    private static string ReadPath(FieldDefinition field, string text, WorkItem item)
    {
        var tree = field == FieldCatalog.AreaPath ? item.Project.Areas : item.Project.Iterations;
        return tree.Find(text)?.FieldPath() ?? throw AdoError.TreeName(item.Id, field);
    }
}
