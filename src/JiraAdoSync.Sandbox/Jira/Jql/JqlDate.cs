using System.Globalization;
using System.Text.RegularExpressions;

namespace JiraAdoSync.Sandbox.Jira.Jql;

/// <summary>
/// Dates of a query: absolute, relative to now (<c>-7d</c>), or from a function. They count in minutes, in UTC.
/// </summary>
internal static partial class JqlDate
{
    private static readonly string[] Forms = ["yyyy/M/d", "yyyy-M-d", "yyyy/M/d H:mm", "yyyy-M-d H:mm"];

    public static DateTimeOffset Read(string field, string text, DateTimeOffset now) =>
        DateTimeOffset.TryParseExact(
            text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date
        : Shift(text, now)
        ?? throw new JiraError(
            400, $"Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            + "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.");

    public static DateTimeOffset? Function(JqlFunction function, DateTimeOffset now)
    {
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var month = new DateTimeOffset(day.Year, day.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var year = new DateTimeOffset(day.Year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var (start, end, unit) = function.Name.ToUpperInvariant() switch
        {
            "NOW" => (now, false, "d"),
            "STARTOFDAY" => (day, false, "d"),
            "ENDOFDAY" => (day, true, "d"),
            "STARTOFWEEK" => (day.AddDays(-(int)day.DayOfWeek), false, "w"),
            "ENDOFWEEK" => (day.AddDays(-(int)day.DayOfWeek), true, "w"),
            "STARTOFMONTH" => (month, false, "M"),
            "ENDOFMONTH" => (month, true, "M"),
            "STARTOFYEAR" => (year, false, "y"),
            "ENDOFYEAR" => (year, true, "y"),
            _ => (default, false, ""),
        };
        if (unit.Length == 0)
        {
            return null;
        }

        if (function.Arguments is [var increment, ..])
        {
            // A bare number counts in the unit of the function.
            start = Shift(char.IsAsciiDigit(increment[^1]) ? increment + unit : increment, start)
                ?? throw new JiraError(
                    400, $"'{increment}' is not a valid increment for the function '{function.Name}'.");
        }

        return end ? Add(start, 1, unit).AddMilliseconds(-1) : start;
    }

    private static DateTimeOffset? Shift(string text, DateTimeOffset from)
    {
        if (!Period().IsMatch(text))
        {
            return null;
        }

        var sign = text.TrimStart().StartsWith('-') ? -1 : 1;
        try
        {
            foreach (Match part in Part().Matches(text))
            {
                from = Add(from, sign * int.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                    part.Groups[2].Value);
            }

            return from;
        }
        catch (Exception wrong) when (wrong is ArgumentOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    private static DateTimeOffset Add(DateTimeOffset date, int count, string unit) => unit switch
    {
        "m" => date.AddMinutes(count),
        "h" => date.AddHours(count),
        "d" or "D" => date.AddDays(count),
        "w" or "W" => date.AddDays(7.0 * count),
        "M" => date.AddMonths(count),
        _ => date.AddYears(count),
    };

    [GeneratedRegex(@"^\s*[-+]?\s*(\d+[mhdDwWMyY]\s*)+$", RegexOptions.CultureInvariant)]
    private static partial Regex Period();

    [GeneratedRegex(@"(\d+)([mhdDwWMyY])", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
