using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.RichText;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// Values of Jira's fields as values of a work item's. What is empty in Jira empties a field; what is there and is not
/// understood never does: the field is left as it is, and that is reported.
/// </summary>
internal static class FieldValue
{
    /// <summary>The most tags that a work item takes.</summary>
    public const int TagLimit = 100;

    /// <summary>What every replica has without its being asked for.</summary>
    private static readonly Dictionary<string, Func<Replica, object?>> AlwaysRead =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["summary"] = replica => replica.Summary,
            ["status"] = replica => replica.Status.Name,
            ["issuetype"] = replica => replica.Type.Name,
            ["parent"] = replica => replica.Parent?.Key,
            ["issuekey"] = replica => replica.Key,
            ["key"] = replica => replica.Key,
            ["id"] = replica => replica.IssueId,
        };

    private static readonly string[] NameParts = ["name", "value", "displayName", "key", "id"];

    /// <summary>An issue's value of a field, be it one that every replica has or one that was asked for.</summary>
    public static object? Read(Replica replica, string fieldId) => AlwaysRead.TryGetValue(fieldId, out var read)
        ? read(replica)
        : replica.Fields.GetValueOrDefault(fieldId);

    /// <summary>Whether every replica has the field without its being asked for.</summary>
    public static bool IsAlwaysRead(string fieldId) => AlwaysRead.ContainsKey(fieldId);

    /// <summary>Whether a value holds nothing: no text, no element, no part.</summary>
    public static bool IsEmpty(object? value) => value switch
    {
        null => true,
        string text => string.IsNullOrWhiteSpace(text),
        IReadOnlyDictionary<string, object?> parts => parts.Count == 0,
        Array list => list.Cast<object?>().All(IsEmpty),
        _ => false,
    };

    /// <summary>Turns a value into what a field of some kind takes; people and tags are not its business.</summary>
    /// <param name="value">The value as Jira or a script has it.</param>
    /// <param name="kind">What the field takes.</param>
    /// <param name="isOfJira">Whether it is Jira's own, and not what the user wrote.</param>
    /// <param name="converted">The value; null where there is none.</param>
    /// <returns>Whether the field can take it.</returns>
    public static bool TryConvert(object? value, FieldKind kind, bool isOfJira, out object? converted)
    {
        converted = null;
        if (IsEmpty(value))
        {
            return true;
        }

        // One choice of several that were possible is a value like any other.
        var one = value is Array { Length: 1 } list && kind is not (FieldKind.Text or FieldKind.Html)
            ? list.GetValue(0)!
            : value!;
        converted = kind switch
        {
            FieldKind.Number => ToNumber(one),
            FieldKind.Whole => ToNumber(one) is { } number ? Math.Round(number) : null,
            FieldKind.Flag => ToFlag(one),
            FieldKind.Date => ToDate(one),
            FieldKind.Html => ToText(one) is { } text ? ToHtml(text, isOfJira) : null,
            _ => ToText(one) is { } text ? PlainText.Clean(text) : null,
        };
        return converted is not null;
    }

    /// <summary>The parts of a value that has several, else the value alone.</summary>
    public static IEnumerable<object?> Several(object? value) => value switch
    {
        null => [],
        string => [value],
        Array list => list.Cast<object?>(),
        _ => [value],
    };

    /// <summary>
    /// A value as people read it: the name of what is described by several values, a list with semicolons. Null where
    /// there is none, or where nothing of it says how people name it.
    /// </summary>
    public static string? ToText(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset date => date.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        DateTime { Kind: DateTimeKind.Unspecified } date => ToText(DateTime.SpecifyKind(date, DateTimeKind.Utc)),
        DateTime date => date.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, object?> thing => NameOf(thing),
        System.Collections.IEnumerable list => TextOf(list.Cast<object?>().ToList()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>A value as messages show it where it could not be used.</summary>
    public static string Describe(object? value) => (ToText(value), value) switch
    {
        ({ } text, _) => text.Length > 80 ? $"{text[..77]}..." : text,
        (_, IReadOnlyDictionary<string, object?> parts) => $"{{{string.Join(", ", parts.Keys)}}}",
        (_, Array list) => $"[{string.Join(", ", list.Cast<object?>().Select(Describe))}]",
        _ => string.Empty,
    };

    /// <summary>
    /// The path of an area or iteration under the project's root. What Jira has is a name, in which signs that a path
    /// can't have become dashes; what the user wrote is a path, and stays as it is.
    /// </summary>
    /// <param name="value">The name or the path, or several of which one counts.</param>
    /// <param name="isName">Whether it is a name.</param>
    /// <param name="project">The project's name.</param>
    /// <param name="path">The path; the root where there is no value.</param>
    /// <returns>Whether the value is understood.</returns>
    public static bool TryToPath(object? value, bool isName, string project, out string path)
    {
        path = project;
        if (IsEmpty(value))
        {
            return true;
        }

        if (ToText(Current(Several(value).Where(one => !IsEmpty(one)).ToList())) is not { } text
            || string.IsNullOrWhiteSpace(text))
        {
            return false;
        }

        var names = isName
            ? [NodeNames.Clean(text)]
            : text.Split('\\', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        path = names is [var root, ..] && root.Equals(project, StringComparison.OrdinalIgnoreCase) && !isName
            ? string.Join('\\', [project, .. names.Skip(1)])
            : string.Join('\\', [project, .. names]);
        return true;
    }

    /// <summary>Whether several values are sprints.</summary>
    public static bool AreSprints(IReadOnlyList<object?> several) =>
        several.Count > 0 && several.All(one => StateOf(one) is not null);

    /// <summary>
    /// The one of several that counts now: the active sprint, else the next one, else the one that ended
    /// last; else the first.
    /// </summary>
    public static object? Current(IReadOnlyList<object?> several)
    {
        if (several.Count < 2 || !AreSprints(several))
        {
            return several.Count == 0 ? null : several[0];
        }

        var byState = several.ToLookup(StateOf, StringComparer.OrdinalIgnoreCase);
        return byState["active"].OrderByDescending(End).FirstOrDefault()
            ?? byState["future"].OrderBy(Start).FirstOrDefault()
            // Of those that ended at the same time, or that have no time, the last one in Jira's list.
            ?? several.Reverse().OrderByDescending(End).First();

        static DateTimeOffset End(object? sprint) =>
            TimeOf(sprint, "completeDate") ?? TimeOf(sprint, "endDate") ?? DateTimeOffset.MinValue;

        static DateTimeOffset Start(object? sprint) => TimeOf(sprint, "startDate") ?? DateTimeOffset.MaxValue;
    }

    private static string? StateOf(object? value) =>
        (value as IReadOnlyDictionary<string, object?>)?.GetValueOrDefault("state") as string;

    private static DateTimeOffset? TimeOf(object? value, string part) =>
        (value as IReadOnlyDictionary<string, object?>)?.GetValueOrDefault(part) is string { Length: > 0 } text
            ? ToDate(text)
            : null;

    private static double? ToNumber(object value) => value switch
    {
        double or float or decimal or int or long or short or byte =>
            Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ when ToText(value) is { } text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) ? number : null,
        _ => null,
    };

    private static bool? ToFlag(object value) =>
        value is bool flag
            ? flag
            : ToText(value)?.Trim().ToUpperInvariant() switch
            {
                "TRUE" or "YES" or "1" => true,
                "FALSE" or "NO" or "0" => false,
                _ => null,
            };

    /// <summary>
    /// A time. A day without one is 11:00 UTC of that day, which people see as that day from eleven hours west of UTC
    /// to almost thirteen east of it; midnight would be the day before for everybody west of it.
    /// </summary>
    private static DateTimeOffset? ToDate(object value) => value switch
    {
        DateTimeOffset date => date,
        DateTime { Kind: DateTimeKind.Unspecified } date => AtUtc(date),
        DateTime date => date,
        _ when ToText(value) is { } text => ToDate(text.Trim()),
        _ => null,
    };

    private static DateTimeOffset? ToDate(string text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? AtUtc(day)
        : DateTimeOffset.TryParse(
            WithColon(text),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time)
            ? time
        : null;

    private static DateTimeOffset AtUtc(DateTime date) =>
        new(date.TimeOfDay == TimeSpan.Zero ? date.AddHours(11) : date, TimeSpan.Zero);

    /// <summary>
    /// A text as HTML. Jira's is plain text: nothing in it is markup, and its lines stay. What the user wrote, or a
    /// script of theirs made, is HTML where it begins and ends as HTML does.
    /// </summary>
    private static string ToHtml(string text, bool isOfJira) => !isOfJira && IsHtml(text.AsSpan().Trim())
        ? text
        : RichTextConverter.Encode(PlainText.Clean(text));

    private static bool IsHtml(ReadOnlySpan<char> text) => text.Length > 2 && text[0] == '<' && text[^1] == '>'
        && char.IsAsciiLetter(text[1]);

    /// <summary>Jira writes offsets without the colon that .NET wants.</summary>
    private static string WithColon(string date) =>
        date.Length > 19 && date[^5] is ('+' or '-') ? date.Insert(date.Length - 2, ":") : date;

    private static string? TextOf(List<object?> list)
    {
        var texts = list.Select(ToText).OfType<string>().ToList();
        return texts.Count == 0 && list.Exists(one => !IsEmpty(one)) ? null : string.Join("; ", texts);
    }

    private static string? NameOf(IReadOnlyDictionary<string, object?> thing)
    {
        if (thing.GetValueOrDefault("type") is "doc")
        {
            return DocumentText.Of(thing);
        }

        var name = NameParts
            .Select(part => ToText(thing.GetValueOrDefault(part)))
            .FirstOrDefault(text => text is not null);
        // A choice of two levels has the second one inside the first.
        return thing.GetValueOrDefault("child") is IReadOnlyDictionary<string, object?> child
            ? $"{name} - {NameOf(child)}"
            : name;
    }
}
