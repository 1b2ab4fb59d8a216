using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// The time of an issue: what was estimated, what remains and what was spent, each a number of seconds in a field of
/// its own. The field <c>timetracking</c> shows the three in words and seconds, and is what an edit sets; work that is
/// logged moves the time spent and, unless its author says otherwise, the time that remains.
/// </summary>
internal static partial class TimeTracking
{
    public const string Field = "timetracking";
    public const string Original = "timeoriginalestimate";
    public const string Remaining = "timeestimate";
    public const string Spent = "timespent";

    private const int HoursPerDay = 8;
    private const int DaysPerWeek = 5;

    private static readonly (string Field, string Name)[] Parts =
        [(Original, "originalEstimate"), (Remaining, "remainingEstimate"), (Spent, "timeSpent")];

    /// <summary>The three fields as one; empty where nothing was estimated or spent.</summary>
    public static JsonObject Of(Issue issue)
    {
        var all = new JsonObject();
        foreach (var (field, name) in Parts)
        {
            if (SecondsOf(issue.Fields[field]) is { } seconds)
            {
                all[name] = Words(seconds);
            }
        }

        foreach (var (field, name) in Parts)
        {
            if (SecondsOf(issue.Fields[field]) is { } seconds)
            {
                all[$"{name}Seconds"] = seconds;
            }
        }

        return all;
    }

    /// <summary>Puts what a seed or an edit says of the field into the three, and takes the field itself off.</summary>
    public static void Spread(JiraSite site, Issue issue)
    {
        var given = issue.Fields[Field];
        issue.Fields.Remove(Field);
        foreach (var (field, name) in Parts)
        {
            if ((SecondsOf(given.Get($"{name}Seconds")) ?? Seconds(given.Get(name).Text())) is { } seconds)
            {
                Set(site, issue, field, seconds);
            }
        }

        // An estimate is all that remains until somebody says otherwise or works.
        if (issue.Fields[Original] is not null && issue.Fields[Remaining] is null && issue.Fields[Spent] is null)
        {
            issue.Fields[Remaining] = issue.Fields[Original]!.DeepClone();
        }
    }

    /// <summary>What is wrong with an edit of the field, or null.</summary>
    public static string? Problem(JsonNode? value) =>
        value is not JsonObject given ? "Operation value must be an object"
        : Parts.Take(2).Any(part => given.ContainsKey(part.Name) && Seconds(given[part.Name].Text()) is null)
            ? "Time tracking can only be set with valid durations, such as 2d 4h." : null;

    /// <summary>Counts work that was logged, or no longer is.</summary>
    /// <param name="site">The site.</param>
    /// <param name="issue">The issue.</param>
    /// <param name="seconds">The time, below 0 for work that is no longer logged.</param>
    /// <param name="adjust">
    /// What the request wants of the time that remains: <c>auto</c> (or null), <c>new</c>, <c>manual</c>, <c>leave</c>.
    /// </param>
    /// <param name="by">The new time that remains, or what is subtracted from it, in words.</param>
    public static void Log(JiraSite site, Issue issue, long seconds, string? adjust, string? by)
    {
        Set(site, issue, Spent, Math.Max((SecondsOf(issue.Fields[Spent]) ?? 0) + seconds, 0));
        var remaining = SecondsOf(issue.Fields[Remaining]);
        var moved = adjust switch
        {
            "leave" => remaining,
            "new" => Seconds(by) ?? throw JiraError.Field("adjustEstimate", "Invalid new estimate entered."),
            "manual" => remaining - Math.Sign(seconds)
                * (Seconds(by) ?? throw JiraError.Field("adjustEstimate", "Invalid adjustment entered.")),
            _ => remaining - seconds,
        };
        if (moved is { } left)
        {
            Set(site, issue, Remaining, Math.Max(left, 0));
        }
    }

    /// <summary>A duration such as <c>1w 2d 3h 30m</c>, in working weeks and days; null for what is none.</summary>
    public static long? Seconds(string? text) => text is null || !Duration().IsMatch(text) ? null
        : Part().Matches(text).Sum(
            part => long.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
            {
                "w" => DaysPerWeek * HoursPerDay * 3600L,
                "d" => HoursPerDay * 3600L,
                "h" => 3600L,
                _ => 60L,
            });

    /// <summary>Seconds as a duration in words.</summary>
    public static string Words(long seconds)
    {
        var words = new List<string>();
        var left = seconds;
        foreach (var (unit, length) in ((string, long)[])
            [("w", DaysPerWeek * HoursPerDay * 3600L), ("d", HoursPerDay * 3600L), ("h", 3600L), ("m", 60L)])
        {
            if (left >= length)
            {
                words.Add($"{left / length}{unit}");
                left %= length;
            }
        }

        return words.Count > 0 ? string.Join(' ', words) : "0m";
    }

    private static void Set(JiraSite site, Issue issue, string field, long seconds)
    {
        issue.Fields[field] = seconds;
        site.FieldNames.Add(field);
    }

    private static long? SecondsOf(JsonNode? value) => long.TryParse(
        value.Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    [GeneratedRegex(@"^\s*(\d{1,6}[wdhm]\s*)+$")]
    private static partial Regex Duration();

    [GeneratedRegex(@"(\d+)([wdhm])")]
    private static partial Regex Part();
}
