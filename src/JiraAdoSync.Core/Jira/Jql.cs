using System.Globalization;

namespace JiraAdoSync.Jira;

/// <summary>Adds to queries that users wrote.</summary>
public static class Jql
{
    /// <summary>
    /// How far a query reaches back behind the time that it is to begin at: clocks differ, and what was just written
    /// may not be found yet.
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Narrows a query to the issues that changed since some time. The time is given in minutes before now, which means
    /// the same in every time zone, where Jira takes a date in that of the account.
    /// </summary>
    /// <param name="jql">The query; its order stays.</param>
    /// <param name="since">The time; the query reaches further back by <see cref="Overlap"/>.</param>
    /// <param name="now">The time now.</param>
    public static string UpdatedSince(string jql, DateTimeOffset since, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(jql);
        var minutes = Math.Max(1, (long)Math.Ceiling((now - since + Overlap).TotalMinutes));
        return And(jql, string.Create(CultureInfo.InvariantCulture, $"updated >= \"-{minutes}m\""));
    }

    /// <summary>Narrows a query.</summary>
    /// <param name="jql">The query; its order stays.</param>
    /// <param name="condition">What holds for its issues too.</param>
    public static string And(string jql, string condition)
    {
        ArgumentNullException.ThrowIfNull(jql);
        var order = OrderOf(jql);
        var narrowed = string.IsNullOrWhiteSpace(jql[..order]) ? condition : $"({jql[..order].Trim()}) AND {condition}";
        return order == jql.Length ? narrowed : $"{narrowed} {jql[order..].Trim()}";
    }

    /// <summary>Widens a query.</summary>
    /// <param name="jql">The query; its order stays.</param>
    /// <param name="condition">What other issues it selects.</param>
    public static string Or(string jql, string condition)
    {
        ArgumentNullException.ThrowIfNull(jql);
        var order = OrderOf(jql);
        // A query without a condition selects everything already.
        return string.IsNullOrWhiteSpace(jql[..order])
            ? jql
            : $"({jql[..order].Trim()}) OR {condition} {jql[order..].Trim()}".TrimEnd();
    }

    /// <summary>A query without its order.</summary>
    /// <param name="jql">The query.</param>
    public static string WithoutOrder(string jql)
    {
        ArgumentNullException.ThrowIfNull(jql);
        return jql[..OrderOf(jql)].Trim();
    }

    /// <summary>Whether a query says in what order it is to be answered.</summary>
    /// <param name="jql">The query.</param>
    public static bool HasOrder(string jql)
    {
        ArgumentNullException.ThrowIfNull(jql);
        return OrderOf(jql) < jql.Length;
    }

    /// <summary>Gives a query another order.</summary>
    /// <param name="jql">The query; its own order is dropped.</param>
    /// <param name="order">The fields to order by, as after ORDER BY.</param>
    public static string OrderedBy(string jql, string order)
    {
        ArgumentNullException.ThrowIfNull(jql);
        return $"{jql[..OrderOf(jql)].Trim()} ORDER BY {order}".Trim();
    }

    /// <summary>Where ORDER BY begins, outside of quoted text; the query's end where it has none.</summary>
    private static int OrderOf(string jql)
    {
        char? quote = null;
        for (var at = 0; at < jql.Length; at++)
        {
            var letter = jql[at];
            if (quote is not null)
            {
                at += letter == '\\' ? 1 : 0;
                quote = letter == quote ? null : quote;
            }
            else if (letter is '"' or '\'')
            {
                quote = letter;
            }
            else if ((at == 0 || char.IsWhiteSpace(jql[at - 1]) || jql[at - 1] == ')') && IsOrder(jql.AsSpan(at)))
            {
                return at;
            }
        }

        return jql.Length;
    }

    private static bool IsOrder(ReadOnlySpan<char> text)
    {
        const string Order = "order";
        if (!text.StartsWith(Order, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = text[Order.Length..];
        var by = rest.TrimStart();
        return by.Length < rest.Length && by.StartsWith("by", StringComparison.OrdinalIgnoreCase)
            && (by.Length == 2 || char.IsWhiteSpace(by[2]));
    }
}
