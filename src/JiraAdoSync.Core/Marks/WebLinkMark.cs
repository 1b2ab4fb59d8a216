using System.Globalization;
using System.Text.RegularExpressions;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Marks;

/// <summary>
/// What shows that a hyperlink of a work item is made of a web link in Jira: its comment ends in
/// <c>[jira-web:site/100 1a2b3c4d]</c>, with a digest of address and title.
/// </summary>
/// <param name="LinkId">The web link in Jira.</param>
/// <param name="Digest">Equal while the link is the same.</param>
public sealed partial record WebLinkMark(long LinkId, string Digest)
{
    /// <summary>The mark for a link as it is now.</summary>
    /// <param name="link">The link.</param>
    public static WebLinkMark Of(WebLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return new WebLinkMark(
            link.Id,
            Marks.Digest.Of(
                [KeyValuePair.Create("url", (string?)link.Url), KeyValuePair.Create("title", (string?)link.Title)]));
    }

    /// <summary>The hyperlink for a web link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="site">Its site.</param>
    public static NewRelation ToRelation(WebLink link, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(site);
        var mark = string.Create(CultureInfo.InvariantCulture, $" [jira-web:{site.Name}/{link.Id} {Of(link).Digest}]");
        return new NewRelation(WorkItemMark.Hyperlink, MarkedComment.Cut(link.Title, mark)) { Url = link.Url };
    }

    /// <summary>Reads the mark of a relation.</summary>
    /// <param name="relation">The relation.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <returns>The mark; null where the relation carries none of ours.</returns>
    public static WebLinkMark? Parse(Relation relation, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(relation);
        ArgumentNullException.ThrowIfNull(site);
        var match = Pattern()
            .Match(relation is { ReferenceName: WorkItemMark.Hyperlink, IsForeign: false, Comment: { } comment }
                ? comment
                : string.Empty);
        return match.Success && site.IsNamed(match.Groups["site"].ValueSpan)
            ? new WebLinkMark(
                long.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture), match.Groups["digest"].Value)
            : null;
    }

    [GeneratedRegex(@"\[jira-web:(?<site>[^\]\s]+)/(?<id>[0-9]{1,18}) (?<digest>[0-9a-f]{8})\]\z")]
    private static partial Regex Pattern();
}
