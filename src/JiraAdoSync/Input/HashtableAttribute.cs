using System.Collections;
using System.Management.Automation;

namespace JiraAdoSync.Input;

/// <summary>
/// Takes for a hashtable what says the same: an object as ConvertFrom-Json makes it, or another dictionary.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HashtableAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Convert(inputData);

    private static object? Convert(object? value) => value switch
    {
        PSObject { BaseObject: PSCustomObject } thing =>
            Table(thing.Properties.Select(property => KeyValuePair.Create((object)property.Name, (object?)property.Value))),
        PSObject { BaseObject: IDictionary or object[] } wrapped => Convert(wrapped.BaseObject),
        IDictionary table =>
            Table(table.Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create(entry.Key, (object?)entry.Value))),
        object[] list => Array.ConvertAll(list, Convert),
        _ => value,
    };

    private static Hashtable Table(IEnumerable<KeyValuePair<object, object?>> entries)
    {
        var table = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in entries)
        {
            table[key] = Convert(value);
        }

        return table;
    }
}
