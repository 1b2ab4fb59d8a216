using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;

namespace JiraAdoSync.TwoWay.Workflows;

/// <summary>Values that the user gives for the screens of transitions, as Jira takes them.</summary>
public static class ScreenValues
{
    private const string Parameter = "TransitionField";

    private static readonly string[] Named = ["resolution", "priority", "security", "components", "fixVersions", "versions"];

    /// <summary>The values by the ids of their fields.</summary>
    /// <param name="given">What the user gave: an id or a name, with a value, or a table in Jira's own shape.</param>
    /// <param name="fields">The site's fields.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c>: a field is unknown, or can't have the value.</exception>
    public static IReadOnlyDictionary<string, object?> Of(
        IEnumerable<KeyValuePair<string, object?>> given, JiraFields fields)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(fields);
        var context = new InverseContext(fields, [], new PeopleInverse(new PeopleMapping([])));
        return given.ToDictionary(
            one => fields.Resolve(one.Key, Parameter).Id,
            one => ValueOf(fields.Resolve(one.Key, Parameter).Id, one.Value, context),
            StringComparer.OrdinalIgnoreCase);
    }

    private static object? ValueOf(string id, object? value, InverseContext context) =>
        value switch
        {
            null or IReadOnlyDictionary<string, object?> => value,
            IReadOnlyList<object?> several => several.Select(one => ValueOf(id, one, context)).ToArray(),
            string text when Named.Contains(id, StringComparer.OrdinalIgnoreCase) => new Dictionary<string, object?>
            {
                ["name"] = text,
            },
            string text
                when id.Equals("assignee", StringComparison.OrdinalIgnoreCase)
                    || id.Equals("reporter", StringComparison.OrdinalIgnoreCase) => new JiraPerson(
                text,
                null,
                null,
                null),
            _ => IssueValue.Of(id, value, context)?.Written ?? value,
        };
}
