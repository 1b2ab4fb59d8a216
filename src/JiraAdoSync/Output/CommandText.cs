using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace JiraAdoSync.Output;

/// <summary>A command as a person types it, so that what is printed can be pasted.</summary>
internal static class CommandText
{
    /// <summary>Writes a command.</summary>
    /// <param name="name">The cmdlet.</param>
    /// <param name="parameters">Its parameters, in the order in which they are written.</param>
    public static string Of(string name, IEnumerable<KeyValuePair<string, object?>> parameters) =>
        string.Join(' ', parameters.Select(one => Unwrap(one.Value) switch
        {
            SwitchParameter { IsPresent: true } => $"-{one.Key}",
            SwitchParameter => $"-{one.Key}:$false",
            var value => $"-{one.Key} {Literal(value) ?? $"${char.ToLowerInvariant(one.Key[0])}{one.Key[1..]}"}",
        }).Prepend(name));

    /// <summary>
    /// A value as a file of data has it; null for one that is no data, such as a script block. An empty list is one.
    /// </summary>
    /// <param name="value">The value.</param>
    public static string? Data(object? value) => Unwrap(value) switch
    {
        SwitchParameter flag => flag.IsPresent ? "$true" : "$false",
        Enum name => Quoted(name.ToString()),
        ICollection { Count: 0 } and not Hashtable => "@()",
        var other => Value(other),
    };

    /// <summary>A value as PowerShell reads it; null for one that has no short form, such as a script block.</summary>
    private static string? Literal(object? value) => Unwrap(value) switch
    {
        null => "$null",
        bool flag => flag ? "$true" : "$false",
        string text => IsWord(text) ? text : Quoted(text),
        Enum name => name.ToString(),
        Uri address => Quoted(address.OriginalString),
        DateTimeOffset time => Quoted(time.ToString("O", CultureInfo.InvariantCulture)),
        Hashtable table => Joined(
            table.Cast<DictionaryEntry>().OrderBy(entry => $"{entry.Key}", StringComparer.Ordinal)
                .Select(entry => Value(entry.Value) is { } one ? $"{Quoted($"{entry.Key}")} = {one}" : null),
            "; ") is { } entries ? $"@{{ {entries} }}" : null,
        IEnumerable list => Joined(list.Cast<object?>().Select(Literal), ", "),
        IFormattable number and (int or long or double or decimal) =>
            number.ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>A value in a hashtable, where a bare word would be a command.</summary>
    private static string? Value(object? value) =>
        Unwrap(value) switch
        {
            string text => Quoted(text),
            IEnumerable list and not Hashtable => Joined(list.Cast<object?>().Select(Value), ", "),
            var other => Literal(other),
        };

    private static string? Joined(IEnumerable<string?> parts, string separator)
    {
        var all = parts.ToList();
        return all.Contains(null) ? null : string.Join(separator, all);
    }

    private static bool IsWord(string text) => text.Length > 0 && char.IsAsciiLetter(text[0])
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    private static string Quoted(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
