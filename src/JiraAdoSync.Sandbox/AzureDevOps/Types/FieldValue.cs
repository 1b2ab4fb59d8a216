using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Types;

/// <summary>Takes a JSON value into what a field stores, or says why it can't be stored.</summary>
internal static partial class FieldValue
{
    /// <param name="field">The field.</param>
    /// <param name="value">The value as it came.</param>
    /// <param name="project">The project in which the work item will be.</param>
    /// <param name="itemId">The work item, by which errors call it.</param>
    /// <param name="bypassRules">Whether rules are left aside.</param>
    public static object? Read(FieldDefinition field, JsonNode? value, Project project, int itemId, bool bypassRules)
    {
        if (value is null || (value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0))
        {
            // An empty path means the root of the tree.
            return field.Type == FieldType.TreePath ? FindPath(field, project.Name, project)!.FieldPath() : null;
        }

        if (field.Type == FieldType.Identity)
        {
            return ReadPerson(field, value, project.Organization, bypassRules);
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
            FieldType.TreePath => FindPath(field, text, project)?.FieldPath() ?? throw AdoError.TreeName(itemId, field),
            FieldType.String when field.MaxLength is { } limit && text.Length > limit =>
                throw AdoError.RuleCode(field, "InvalidTooLong"),
            FieldType.String when project.Organization.Switches.LinesRefuseControlCharacters
                && UnprintableCharacters().IsMatch(text) => throw AdoError.RuleCode(field, "InvalidCharacters"),
            FieldType.String => text,
            _ => text.Length > 1_000_000 ? throw AdoError.RuleCode(field, "InvalidTooLong") : text,
        };
    }

    public static DateTime? ReadDate(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date.UtcDateTime : null;

    private static Person ReadPerson(FieldDefinition field, JsonNode value, Organization organization, bool bypassRules)
    {
        var text = (value is JsonObject
            ? value.GetAnyCase("uniqueName").Text() ?? value.GetAnyCase("id").Text()
                ?? value.GetAnyCase("displayName").Text()
            : value.Text()) ?? throw AdoError.RuleCode(field, "InvalidType");
        var people = organization.Named(text);
        return people.Count > 1 ? throw AdoError.AmbiguousIdentity(field, text)
            : people.Count == 1 ? people[0]
            : (bypassRules || !organization.Switches.UnknownIdentitiesAreRefused
                ? new Person(text, "") : throw AdoError.UnknownIdentity(field, text));
    }

    // Signs of control, lone surrogates and noncharacters.
    [GeneratedRegex(@"\p{Cc}|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]"
        + @"|[\uFDD0-\uFDEF\uFFFE\uFFFF]|[\uD83F\uD87F\uD8BF\uD8FF\uD93F\uD97F\uD9BF\uD9FF\uDA3F\uDA7F"
        + @"\uDABF\uDAFF\uDB3F\uDB7F\uDBBF\uDBFF][\uDFFE\uDFFF]", RegexOptions.CultureInvariant)]
    private static partial Regex UnprintableCharacters();

    /// <summary>The area or iteration of a path in a project; null if it has none.</summary>
    public static ClassificationNode? FindPath(FieldDefinition field, string text, Project project) =>
        (field == FieldCatalog.AreaPath ? project.Areas : project.Iterations).Find(text);
}
