using System.Collections;
using System.Globalization;
using JiraAdoSync.Jira;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>
/// Values of an issue's fields as they are read and as they are written. What is read says more than what is written: a
/// priority has a name, an id and a colour, and its name alone sets it.
/// </summary>
internal static class JiraValues
{
    /// <summary>The parts by which Jira knows a thing, the surest first. Data Center takes people by their names alone.</summary>
    private static readonly string[] Identities = ["accountId", "id", "name", "key", "value"];

    /// <summary>Whether a field has the value that was written to it.</summary>
    /// <param name="written">What was written.</param>
    /// <param name="read">What was read.</param>
    public static bool Has(object? written, object? read) => (written, read) switch
    {
        (null or "", null or "") => true,
        (null, IEnumerable items and not string) => !items.Cast<object?>().Any(),
        (null, _) or (_, null) => IsEmptyList(written) && read is null,
        (IReadOnlyDictionary<string, object?> { Count: 1 } who, _) when who.TryGetValue("accountId", out var account) =>
            JiraPerson.Of(read)?.AccountId == account as string,
        // The history of Data Center has the key of an account where its fields have the name.
        (JiraPerson person, _) => JiraPerson.Of(read) is { } known
            && (known.AccountId == person.AccountId || (known.Key is { } key && key == person.AccountId)),
        (HtmlText, _) => true,
        (DateOnly date, string text) => text == date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        (DateTimeOffset time, string text) =>
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var other) && other == time,
        (string left, string right) => left == right,
        (IReadOnlyDictionary<string, object?> parts, IReadOnlyDictionary<string, object?> whole) =>
            parts.All(part => Has(part.Value, whole.GetValueOrDefault(part.Key))),
        (IEnumerable left, IEnumerable right) when left is not string && right is not string =>
            AreSame(left.Cast<object?>().ToList(), right.Cast<object?>().ToList()),
        _ => IsNumber(written) && IsNumber(read)
            ? Convert.ToDouble(written, CultureInfo.InvariantCulture)
                .Equals(Convert.ToDouble(read, CultureInfo.InvariantCulture))
            : Equals(written, read) || Text(written) == Text(read),
    };

    /// <summary>A value that was read, in the shape in which it is written.</summary>
    /// <param name="read">The value.</param>
    public static object? ToWrite(object? read) => read switch
    {
        IReadOnlyDictionary<string, object?> parts => Identities.FirstOrDefault(parts.ContainsKey) is { } name
            ? new Dictionary<string, object?> { [name] = parts[name] } : parts,
        string or null => read,
        IEnumerable items => items.Cast<object?>().Select(ToWrite).ToArray(),
        _ => read,
    };

    /// <summary>
    /// The value that an entry of the history says a field got, in the shape in which it is written; null where the
    /// entry does not say all of it.
    /// </summary>
    /// <param name="change">The entry.</param>
    /// <param name="isOfList">Whether the field holds several things, of which an entry names one.</param>
    public static (bool IsKnown, object? Value) Of(IssueFieldChange change, bool isOfList) =>
        change switch
        {
            { Field: "labels" } => (true, (change.ToText ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            _ when isOfList => (false, null),
            { ToText: null or "", To: null or "" } => (true, null),
            { Field: "summary" } => (true, change.ToText),
            { Field: "duedate" } => (
                true,
                (change.To ?? change.ToText)?[..Math.Min(10, (change.To ?? change.ToText)!.Length)]),
            { Field: "assignee" or "reporter", To: { } account } => (true, new JiraPerson(account, null, null, null)),
            { To: { Length: > 0 } id } => (true, new Dictionary<string, object?> { ["id"] = id }),
            { Field: "description" or "environment" } => (false, null),
            _ => (
                true,
                double.TryParse(change.ToText, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : change.ToText),
        };

    private static bool AreSame(List<object?> written, List<object?> read) =>
        written.Count == read.Count && written.All(one => read.Exists(other => Has(one, other)));

    private static bool IsEmptyList(object? value) =>
        value is IEnumerable items and not string && !items.Cast<object?>().Any();

    private static bool IsNumber(object? value) => value is int or long or double or float or decimal or short or byte;

    private static string? Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture);
}
