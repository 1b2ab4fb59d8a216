using System.Collections;
using System.Management.Automation;

namespace JiraAdoSync;

/// <summary>Reads the mapping hashtables that users give.</summary>
internal static class Mappings
{
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

    /// <summary>Issue types with work item types: one, a list of candidates, or null.</summary>
    public static IEnumerable<KeyValuePair<string, IReadOnlyList<string>?>> WorkItemTypes(Hashtable? mapping) =>
        Entries(mapping ?? []).Select(entry => new KeyValuePair<string, IReadOnlyList<string>?>(
            entry.Key,
            entry.Value switch
            {
                null => null,
                string text => [text],
                IEnumerable list => list.Cast<object?>()
                    .Select(one => Unwrap(one) as string ?? throw Invalid("TypeMapping", entry.Key, "work item types"))
                    .ToList(),
                _ => throw Invalid("TypeMapping", entry.Key, "a work item type, a list of them, or $null"),
            }));

    private static IEnumerable<(string Key, object? Value)> Entries(Hashtable mapping) =>
        from DictionaryEntry entry in mapping
        orderby entry.Key.ToString()
        select (entry.Key.ToString()!, Unwrap(entry.Value));

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static SyncException Invalid(string mapping, string key, string expected) =>
        new("MappingInvalid", $"-{mapping} has an entry '{key}' whose value is not {expected}.", key);
}
