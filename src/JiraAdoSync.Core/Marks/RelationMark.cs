using System.Globalization;
using System.Text.RegularExpressions;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Marks;

/// <summary>
/// What shows that a relation is ours: its comment ends in <c>[jira:site/linkId]</c>, or <c>[jira:site/parent]</c>.
/// Before it stands what people read, such as "ABC-1 blocks ABC-2".
/// </summary>
/// <param name="LinkId">The link that the relation was made of; null for an issue's own parent.</param>
public sealed partial record RelationMark(long? LinkId)
{
    /// <summary>How long the service lets a comment be.</summary>
    public const int MaximumLength = 255;

    /// <summary>The comment for a relation made of a link. A text too long is cut, never the mark.</summary>
    /// <param name="link">The link.</param>
    /// <param name="site">Its site.</param>
    public static string Comment(IssueLink link, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(site);
        var mark = $" [jira:{site.Name}/{link.LinkId?.ToString(CultureInfo.InvariantCulture) ?? "parent"}]";
        var text = link.ToString();
        return text[..Math.Min(text.Length, MaximumLength - mark.Length)] + mark;
    }

    /// <summary>Reads the mark of a comment.</summary>
    /// <param name="comment">A relation's comment.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <returns>The mark; null where the comment carries none of ours.</returns>
    public static RelationMark? Parse(string? comment, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var match = Pattern().Match(comment ?? string.Empty);
        if (!match.Success || !string.Equals(site.Name, match.Groups["site"].Value, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var id = match.Groups["id"].Value;
        return new RelationMark(id == "parent" ? null : long.Parse(id, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"\[jira:(?<site>[^\]\s]+)/(?<id>\d{1,18}|parent)\]$")]
    private static partial Regex Pattern();
}
