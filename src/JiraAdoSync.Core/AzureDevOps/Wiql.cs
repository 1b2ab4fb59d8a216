using System.Globalization;
using System.Text.RegularExpressions;

namespace JiraAdoSync.AzureDevOps;

/// <summary>
/// A query that a user wrote, as pages of ids: a flat query, or only its condition. What it selects and how it is
/// ordered is left out, since only ids are asked for, in their order. Texts in quotes and names in brackets are passed
/// over.
/// </summary>
public static partial class Wiql
{
    /// <summary>How many characters a query may have.</summary>
    public const int MaximumLength = 32_000;

    /// <summary>The query for the page that follows an id.</summary>
    /// <param name="wiql">The user's query, or its condition.</param>
    /// <param name="afterId">The last id of the page before; 0 for the first page.</param>
    /// <exception cref="SyncException"><c>WiqlInvalid</c>: it can't be paged, or is too long.</exception>
    public static string Page(string wiql, int afterId)
    {
        var condition = ConditionOf(wiql);
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT [System.Id] FROM WorkItems WHERE {(condition.Length == 0 ? string.Empty : $"({condition}) AND ")}"
                + $"[System.Id] > {afterId} ORDER BY [System.Id]");
        return query.Length <= MaximumLength ? query : throw Invalid(
            wiql, $"It has {query.Length} characters with what pages it, and {MaximumLength} are the most.");
    }

    /// <summary>The condition of a query; empty where it has none.</summary>
    /// <param name="wiql">The query, or its condition.</param>
    /// <exception cref="SyncException"><c>WiqlInvalid</c>.</exception>
    public static string ConditionOf(string wiql)
    {
        ArgumentNullException.ThrowIfNull(wiql);
        if (string.IsNullOrWhiteSpace(wiql))
        {
            throw Invalid(wiql, "It is empty.");
        }

        var bare = Blanked(wiql);
        if (AsOf().IsMatch(bare))
        {
            throw Invalid(wiql, "ASOF asks for what work items were, and they are synchronised as they are.");
        }

        if (LinkQuery().IsMatch(bare))
        {
            throw Invalid(wiql, "A query of links finds pairs of work items. Give a flat query, FROM WorkItems.");
        }

        var isQuery = Select().Match(bare);
        var start = 0;
        if (isQuery.Success)
        {
            var from = From().Match(bare);
            if (!from.Success)
            {
                throw Invalid(wiql, "It has no FROM WorkItems.");
            }

            var where = Where().Match(bare, from.Index);
            start = where.Success ? where.Index + where.Length : bare.Length;
        }

        var order = OrderBy().Match(bare, isQuery.Success ? isQuery.Length : 0);
        var end = order.Success ? order.Index : bare.Length;
        start = Math.Min(start, end);
        return Balance(bare[start..end])
            ? wiql[start..end].Trim()
            : throw Invalid(wiql, "Its parentheses are not closed, or it is more than one query.");
    }

    /// <summary>
    /// The query with blanks instead of texts and names, so that words are found where they are words.
    /// </summary>
    private static string Blanked(string wiql)
    {
        var letters = wiql.ToCharArray();
        for (var at = 0; at < letters.Length; at++)
        {
            var end = letters[at] switch { '\'' => '\'', '"' => '"', '[' => ']', _ => '\0' };
            if (end == '\0')
            {
                continue;
            }

            var close = wiql.IndexOf(end, at + 1);
            while (end != ']' && close >= 0 && close + 1 < wiql.Length && wiql[close + 1] == end)
            {
                // A quote in a text is written twice.
                close = wiql.IndexOf(end, close + 2);
            }

            if (close < 0)
            {
                throw Invalid(wiql, "A quote or a bracket in it is not closed.");
            }

            for (; at < close; at++)
            {
                letters[at] = '_';
            }

            letters[close] = '_';
        }

        return new string(letters);
    }

    /// <summary>
    /// Whether parentheses are closed, and none is closed that was not opened: nothing escapes the pages.
    /// </summary>
    private static bool Balance(string bare)
    {
        var depth = 0;
        foreach (var letter in bare)
        {
            depth += letter switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth < 0 || letter == ';')
            {
                return false;
            }
        }

        return depth == 0;
    }

    private static SyncException Invalid(string? wiql, string why) =>
        new("WiqlInvalid", $"The WIQL can't be used. {why}", wiql);

    [GeneratedRegex(@"^\s*SELECT\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Select();

    [GeneratedRegex(@"\bFROM\s+WorkItems\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex From();

    [GeneratedRegex(@"\bFROM\s+WorkItemLinks\b|\bMODE\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LinkQuery();

    [GeneratedRegex(@"\bWHERE\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Where();

    [GeneratedRegex(@"\bORDER\s+BY\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OrderBy();

    [GeneratedRegex(@"\bASOF\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AsOf();
}
