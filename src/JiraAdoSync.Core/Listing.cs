using System.Collections;
using System.Globalization;

namespace JiraAdoSync;

/// <summary>
/// Lists and tables that say what is in them. PowerShell writes the text of a property to CSV, and to JSON where that
/// gets too deep; the text of .NET's own collections is the name of their type.
/// </summary>
internal static class Listing
{
    /// <summary>A list that says what is in it.</summary>
    /// <typeparam name="T">What is in it.</typeparam>
    /// <param name="items">The list.</param>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items.Count == 0 ? Items<T>.None : items as Items<T> ?? new Items<T>(items as T[] ?? [.. items]);
    }

    /// <summary>A table that says what is in it, and knows its keys as the other one does.</summary>
    /// <typeparam name="T">What is behind a key.</typeparam>
    /// <param name="entries">The table.</param>
    public static IReadOnlyDictionary<string, T> Of<T>(IReadOnlyDictionary<string, T> entries) =>
        entries as Table<T> ?? new Table<T>(entries, (entries as Dictionary<string, T>)?.Comparer);

    /// <summary>The same in as little memory as may be: of these a run keeps some for each issue.</summary>
    /// <param name="fields">The table.</param>
    public static IReadOnlyDictionary<string, object?> Compact(IReadOnlyDictionary<string, object?> fields)
    {
        var table = (Table<object?>)Of(fields);
        table.Compact();
        return table;
    }

    /// <summary>What people read of a value: its parts, if it has several.</summary>
    /// <param name="value">The value.</param>
    public static string? Format(object? value) => value switch
    {
        string text => text,
        DateTimeOffset date => date.ToString("u", CultureInfo.InvariantCulture),
        Table<object?> table => $"({table})",
        IEnumerable items => string.Join("; ", items.Cast<object?>().Select(Format)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private sealed class Items<T>(T[] items) : IReadOnlyList<T>
    {
        public static readonly Items<T> None = new([]);

        public int Count => items.Length;

        public T this[int index] => items[index];

        public IEnumerator<T> GetEnumerator() => ((IReadOnlyList<T>)items).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => Format(items)!;
    }
}
