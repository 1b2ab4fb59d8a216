using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Marks;

/// <summary>
/// What shows that a relation is ours: its comment ends in <c>[jira:site/linkId]</c>, or <c>[jira:site/parent]</c>.
/// Before it is what people read, such as "ABC-1 blocks ABC-2".
/// </summary>
/// <param name="LinkId">The link that the relation was made of; null for an issue's own parent.</param>
public readonly record struct RelationMark(long? LinkId)
{
    /// <summary>How long the service lets a comment be.</summary>
    public const int MaximumLength = 255;

    private const string Start = "[jira:";
    private const string Parent = "parent";

    /// <summary>The comment for a relation made of a link. A text too long is cut, never the mark.</summary>
    /// <param name="link">The link.</param>
    /// <param name="site">Its site.</param>
    public static string Comment(IssueLink link, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(site);
        var mark = $" {Start}{site.Name}/{link.LinkId?.ToString(CultureInfo.InvariantCulture) ?? Parent}]";
        var text = link.ToString();
        return text[..Math.Min(text.Length, MaximumLength - mark.Length)] + mark;
    }

    /// <summary>Reads the mark of a relation.</summary>
    /// <param name="relation">The relation.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <returns>The mark; null where the relation carries none of ours.</returns>
    public static RelationMark? Of(Relation relation, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(relation);
        return relation.IsForeign ? null : Parse(relation.Comment, site);
    }

    /// <summary>Reads the mark of a comment.</summary>
    /// <param name="comment">A relation's comment.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <returns>The mark; null where the comment carries none of ours.</returns>
    public static RelationMark? Parse(string? comment, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        if (comment is null || !comment.EndsWith(']')
            || comment.LastIndexOf(Start, StringComparison.Ordinal) is not (>= 0 and var at))
        {
            return null;
        }

        var mark = comment.AsSpan(at + Start.Length)[..^1];
        var end = mark.LastIndexOf('/');
        if (end < 0 || !site.IsNamed(mark[..end]))
        {
            return null;
        }

        return mark[(end + 1)..] is Parent ? new RelationMark((long?)null)
            : long.TryParse(mark[(end + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? new RelationMark(id)
            : null;
    }
}
