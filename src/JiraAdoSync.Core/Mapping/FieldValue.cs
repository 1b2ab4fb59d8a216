using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping;

/// <summary>Values of Jira's fields as values of a work item's.</summary>
internal static class FieldValue
{
    private const int PathNameLimit = 255;

    /// <summary>What may not stand in the name of an area or an iteration.</summary>
    private static readonly char[] NoPathName =
        ['\\', '/', ':', '*', '?', '"', '<', '>', '|', '#', '$', '&', '+', '%', ';'];

    private static readonly string[] NameParts = ["name", "value", "displayName", "key", "id"];

    /// <summary>An issue's value of a field, be it one that every replica has or one that was asked for.</summary>
    public static object? Read(Replica replica, string fieldId) => fieldId.ToUpperInvariant() switch
    {
        "SUMMARY" => replica.Summary,
        "STATUS" => replica.Status.Name,
        "ISSUETYPE" => replica.Type.Name,
        "PARENT" => replica.Parent?.Key,
        "ISSUEKEY" or "KEY" => replica.Key,
        "ID" => replica.IssueId,
        _ => replica.Fields.GetValueOrDefault(fieldId),
    };

    /// <summary>Whether every replica has the field without its being asked for.</summary>
    public static bool IsAlwaysRead(string fieldId) =>
        fieldId.ToUpperInvariant() is "SUMMARY" or "STATUS" or "ISSUETYPE" or "PARENT" or "ISSUEKEY" or "KEY" or "ID";

    /// <summary>Turns a value into what a field of some kind takes; persons and tags are not its business.</summary>
    /// <param name="value">The value as Jira or a script has it.</param>
    /// <param name="kind">What the field takes.</param>
    /// <param name="converted">The value; null where there is none.</param>
    /// <returns>Whether the field can take it.</returns>
    public static bool TryConvert(object? value, FieldKind kind, out object? converted)
    {
        converted = null;
        if (value is null or "" or Array { Length: 0 })
        {
            return true;
        }

        converted = kind switch
        {
            FieldKind.Number => ToNumber(value),
            FieldKind.Whole => ToNumber(value) is { } number ? Math.Round(number) : null,
            FieldKind.Flag => value is bool flag ? flag : bool.TryParse(ToText(value), out var parsed) ? parsed : null,
            FieldKind.Date => ToDate(value),
            _ => ToText(value),
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
    /// A value as people read it: the name of what is described by several values, a list with semicolons.
    /// </summary>
    public static string? ToText(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset date => date.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        DateTime date => date.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, object?> thing => NameOf(thing),
        System.Collections.IEnumerable list =>
            string.Join("; ", list.Cast<object?>().Select(ToText).Where(one => one is not null)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>
    /// The path of an area or iteration under the project's root. What Jira has is a name, in which signs that a path
    /// can't have become dashes; what the user wrote is a path.
    /// </summary>
    public static string ToPath(object? value, bool isName, string project)
    {
        var text = isName ? ToText(Current(Several(value).ToList())) : ToText(value);
        if (string.IsNullOrWhiteSpace(text))
        {
            return project;
        }

        var names = isName ? [text] : text.Split('\\', StringSplitOptions.RemoveEmptyEntries);
        var below = names.Select(CleanName).ToList();
        return below[0].Equals(project, StringComparison.OrdinalIgnoreCase) && !isName
            ? string.Join('\\', [project, .. below.Skip(1)])
            : string.Join('\\', [project, .. below]);
    }

    /// <summary>
    /// The one of several that counts now: the active sprint, else the next one, else the last; else the first.
    /// </summary>
    private static object? Current(List<object?> several)
    {
        var sprints = several
            .OfType<IReadOnlyDictionary<string, object?>>()
            .Where(one => one.GetValueOrDefault("state") is string)
            .ToList();
        return sprints.Count == 0
            ? several.FirstOrDefault()
            : sprints.Find(IsIn("active")) ?? sprints.Find(IsIn("future")) ?? sprints[^1];

        static Predicate<IReadOnlyDictionary<string, object?>> IsIn(string state) => sprint =>
            state.Equals(sprint["state"] as string, StringComparison.OrdinalIgnoreCase);
    }

    private static string CleanName(string name)
    {
        var clean = string.Concat(name.Trim().Select(letter =>
            NoPathName.Contains(letter) || char.IsControl(letter) ? '-' : letter));
        return (clean.Length > PathNameLimit ? clean[..PathNameLimit] : clean).Trim();
    }

    private static double? ToNumber(object value) => value switch
    {
        double or float or decimal or int or long or short or byte =>
            Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => double.TryParse(ToText(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null,
    };

    private static DateTimeOffset? ToDate(object value) => value switch
    {
        DateTimeOffset date => date,
        DateTime date => new DateTimeOffset(
            date.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(date, DateTimeKind.Utc) : date),
        _ => DateTimeOffset.TryParse(
            WithColon(ToText(value)!), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
                ? date
                : null,
    };

    /// <summary>Jira writes offsets without the colon that .NET wants.</summary>
    private static string WithColon(string date) =>
        date.Length > 19 && date[^5] is ('+' or '-') ? date.Insert(date.Length - 2, ":") : date;

    private static string? NameOf(IReadOnlyDictionary<string, object?> thing)
    {
        if (thing.GetValueOrDefault("type") is "doc")
        {
            return PlainText(thing).Trim();
        }

        var name = NameParts
            .Select(part => ToText(thing.GetValueOrDefault(part)))
            .FirstOrDefault(text => text is not null);
        // A choice of two levels has the second one inside the first.
        return thing.GetValueOrDefault("child") is IReadOnlyDictionary<string, object?> child
            ? $"{name} - {NameOf(child)}"
            : name;
    }

    /// <summary>The words of a document, a line for each paragraph.</summary>
    private static string PlainText(IReadOnlyDictionary<string, object?> node)
    {
        var own = node.GetValueOrDefault("text") as string ?? string.Empty;
        var inner = string.Concat(Several(node.GetValueOrDefault("content"))
            .OfType<IReadOnlyDictionary<string, object?>>()
            .Select(PlainText));
        return node.GetValueOrDefault("type") is "paragraph" or "heading" ? $"{own}{inner}\n" : own + inner;
    }
}
