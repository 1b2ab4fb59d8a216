using System.Collections;
using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Files;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Input;

/// <summary>Reads the mapping hashtables that users give.</summary>
internal static class Mappings
{
    private const string FieldForms = "the name or id of a Jira field, a script block, @{ Value = ... }, "
        + "@{ Field = ...; Map = @{ ... } }, or $null";

    /// <summary>Phrases with relation names, or null.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> LinkTypes(Hashtable mapping) =>
        Entries(mapping).Select(entry => new KeyValuePair<string, string?>(
            entry.Key,
            entry.Value switch
            {
                null => null,
                string text => text,
                _ => throw Invalid("Mapping", entry.Key, "a relation's name, or $null"),
            }));

    /// <summary>What a user gives laid over the default, or instead of it.</summary>
    /// <param name="mapping">What the user gives; null for the default alone.</param>
    /// <param name="types">The organisation's relation types.</param>
    /// <param name="isAlone">Whether the default has no say.</param>
    public static LinkTypeMapping OfLinkTypes(Hashtable? mapping, RelationTypes types, bool isAlone) => new(
        LinkTypes(mapping ?? []),
        types,
        isAlone ? null : new LinkTypeMapping(LinkTypePresets.Default, types));

    /// <summary>Issue types with work item types: one, a list of candidates, or null.</summary>
    public static IEnumerable<KeyValuePair<string, IReadOnlyList<string>?>> WorkItemTypes(Hashtable? mapping) =>
        Entries(mapping ?? []).Select(entry => new KeyValuePair<string, IReadOnlyList<string>?>(
            entry.Key,
            Names("TypeMapping", entry.Key, entry.Value, "a work item type")));

    /// <summary>Statuses with states: one, a list of candidates, or null; for all types, and for single ones.</summary>
    public static IEnumerable<(string? Type, string Status, IReadOnlyList<string>? States)> States(Hashtable? mapping)
    {
        foreach (var (key, value) in Entries(mapping ?? []))
        {
            if (value is Hashtable ofType)
            {
                foreach (var (status, states) in Entries(ofType))
                {
                    yield return (key, status, Names("StateMapping", $"{key} {status}", states, "a state"));
                }
            }
            else
            {
                yield return (null, key, Names("StateMapping", key, value, "a state"));
            }
        }
    }

    /// <summary>States with statuses: one, or a list of candidates.</summary>
    public static IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> Statuses(Hashtable? mapping) =>
        Entries(mapping ?? []).Select(entry => new KeyValuePair<string, IReadOnlyList<string>>(
            entry.Key,
            Names("StatusMapping", entry.Key, entry.Value, "a status")
                ?? throw Invalid("StatusMapping", entry.Key, "a status, or a list of them")));

    /// <summary>Relations with phrases.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Relations(Hashtable? mapping) =>
        Entries(mapping ?? [])
            .Select(entry => new KeyValuePair<string, string>(
                entry.Key,
                entry.Value as string ?? throw Invalid("RelationMapping", entry.Key, "a phrase of a link type")));

    /// <summary>Fields of screens with values: texts, numbers, lists of them, or tables in Jira's own shape.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> ScreenValues(Hashtable? mapping) =>
        Entries(mapping ?? []).Select(entry => KeyValuePair.Create(entry.Key, Plain(entry.Value)));

    private static object? Plain(object? value) => Unwrap(value) switch
    {
        Hashtable table => Entries(table).ToDictionary(entry => entry.Key, entry => Plain(entry.Value)),
        string text => text,
        DateTime time => new DateTimeOffset(time),
        IEnumerable several => several.Cast<object?>().Select(Plain).ToList(),
        var one => one,
    };

    /// <summary>Priorities with numbers, or null.</summary>
    public static IEnumerable<KeyValuePair<string, int?>> Priorities(Hashtable? mapping) =>
        Entries(mapping ?? []).Select(entry => new KeyValuePair<string, int?>(entry.Key, entry.Value switch
        {
            null => null,
            string or int or long or double or decimal when LanguagePrimitives.TryConvertTo<int>(
                entry.Value, CultureInfo.InvariantCulture, out var number) && number > 0 => number,
            _ => throw Invalid("PriorityMapping", entry.Key, "a number from 1, or $null"),
        }));

    /// <summary>Who is who: a table, or what works it out.</summary>
    public static PeopleMapping People(object? mapping, Func<ScriptBlock, object?, object?> evaluate) =>
        Unwrap(mapping) switch
    {
        null => new PeopleMapping([]),
        ScriptBlock script => new PeopleMapping((_, value) => evaluate(script, value) as string),
        Hashtable table => new PeopleMapping(Entries(table).Select(entry => new KeyValuePair<string, string?>(
            entry.Key,
            entry.Value is null or string
                ? (string?)entry.Value
                : throw Invalid("UserMapping", entry.Key, "a unique name such as an e-mail address, or $null")))),
        _ => throw new SyncException(
            "MappingInvalid", "-UserMapping takes a hashtable, the path of a CSV file, or a script block.", mapping),
    };

    /// <summary>The table of a mapping of people that names a file; any other mapping as it is.</summary>
    /// <param name="mapping">What the user gave.</param>
    /// <param name="resolve">Makes a path of it that the file system knows.</param>
    public static object? WithFile(object? mapping, Func<string, string> resolve) =>
        Unwrap(mapping) is string path ? PeopleFile.Read(resolve(path)) : mapping;

    /// <summary>Work item fields with where their values come from.</summary>
    public static IEnumerable<KeyValuePair<string, FieldSource?>> Fields(
        Hashtable? mapping,
        Func<ScriptBlock, object?, string, object?> evaluate) =>
        Entries(mapping ?? []).Select(entry => new KeyValuePair<string, FieldSource?>(entry.Key, entry.Value switch
        {
            null => null,
            string field => new JiraFieldSource(field),
            ScriptBlock script => new ScriptSource(replica => evaluate(script, replica, entry.Key), script.ToString()),
            Hashtable table => Source(entry.Key, table),
            bool or int or long or double or decimal or DateTime or DateTimeOffset => new ConstantSource(entry.Value),
            _ => throw Invalid("FieldMapping", entry.Key, FieldForms),
        }));

    /// <summary>A mapping as a text that is the same for mappings that say the same.</summary>
    public static string? Format(object? mapping) => Unwrap(mapping) switch
    {
        null => null,
        Hashtable table =>
            $"@{{{string.Join(";", Entries(table).Select(entry => $"{entry.Key}={Format(entry.Value)}"))}}}",
        string text => $"'{text}'",
        IEnumerable list => $"({string.Join(",", list.Cast<object?>().Select(Format))})",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static FieldSource Source(string key, Hashtable table)
    {
        var parts = Entries(table).ToDictionary(part => part.Key, part => part.Value, StringComparer.OrdinalIgnoreCase);
        if (parts.Remove("Direction", out var direction))
        {
            return Source(key, parts) with
            {
                Direction =
                    LanguagePrimitives.TryConvertTo<FieldDirection>(direction, out var way) && Enum.IsDefined(way)
                        ? way
                        : throw Invalid(
                            "FieldMapping",
                            key,
                            "a field with the direction JiraToAdo, AdoToJira, Both or None"),
            };
        }

        return Source(key, parts);
    }

    private static FieldSource Source(string key, Dictionary<string, object?> parts) =>
        parts switch
        {
            { Count: 1 } when parts.TryGetValue("Value", out var value) && value is not IDictionary =>
                new ConstantSource(value is IEnumerable list and not string ? list.Cast<object?>().ToArray() : value),
            { Count: 1 } when parts.TryGetValue("Field", out var field) && field is string name =>
                new JiraFieldSource(name),
            { Count: 2 } when parts.TryGetValue("Field", out var field) && field is string name
                && parts.TryGetValue("Map", out var map) && map is Hashtable values => new JiraFieldSource(name)
            {
                Values = Entries(values)
                    .ToDictionary(one => one.Key, one => one.Value, StringComparer.OrdinalIgnoreCase),
            },
            _ => throw Invalid("FieldMapping", key, FieldForms),
        };

    private static List<string>? Names(string mapping, string key, object? value, string what) => value switch
    {
        null => null,
        string text => [text],
        IEnumerable list and not IDictionary => list.Cast<object?>()
            .Select(one => Unwrap(one) as string ?? throw Invalid(mapping, key, $"{what}, a list of them, or $null"))
            .ToList(),
        _ => throw Invalid(mapping, key, $"{what}, a list of them, or $null"),
    };

    private static IEnumerable<(string Key, object? Value)> Entries(Hashtable mapping) =>
        mapping.Cast<DictionaryEntry>()
            .Select(entry => (Key: entry.Key.ToString()!, Value: Unwrap(entry.Value)))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal);

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static SyncException Invalid(string mapping, string key, string expected) =>
        new("MappingInvalid", $"-{mapping} has an entry '{key}' whose value is not {expected}.", key);
}
