using System.Globalization;
using System.Text.RegularExpressions;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Marks;

/// <summary>
/// What shows that an attachment of a work item is ours: the relation's comment ends in
/// <c>[jira-file:site/10001 2048 0123456789abcdef]</c>, with the attachments in Jira that have this content, its size,
/// and its digest.
/// </summary>
/// <param name="AttachmentIds">The attachments in Jira.</param>
/// <param name="Size">The content's size in bytes.</param>
/// <param name="Digest">The first 16 hexadecimal digits of the content's SHA-256.</param>
public sealed partial record AttachmentMark(IReadOnlyList<long> AttachmentIds, long Size, string Digest)
{
    /// <summary>The type of relation that carries the mark.</summary>
    public const string AttachedFile = "AttachedFile";

    /// <summary>The comment for a relation; a text too long is cut, never the mark.</summary>
    /// <param name="text">What people read.</param>
    /// <param name="site">The site of the attachments.</param>
    public string Comment(string text, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var mark = string.Create(
            CultureInfo.InvariantCulture,
            $" [jira-file:{site.Name}/{string.Join('+', AttachmentIds)} {Size} {Digest}]");
        return MarkedComment.Cut(text, mark);
    }

    /// <summary>Reads the mark of a relation.</summary>
    /// <param name="relation">The relation.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <returns>The mark; null where the relation carries none of ours.</returns>
    public static AttachmentMark? Parse(Relation relation, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(relation);
        ArgumentNullException.ThrowIfNull(site);
        var match = Pattern()
            .Match(relation is { ReferenceName: AttachedFile, IsForeign: false, Comment: { } comment }
                ? comment
                : string.Empty);
        return match.Success && site.IsNamed(match.Groups["site"].ValueSpan)
            ? new AttachmentMark(
                match.Groups["ids"].Value.Split('+').Select(id => long.Parse(id, CultureInfo.InvariantCulture))
                    .ToList(),
                long.Parse(match.Groups["size"].ValueSpan, CultureInfo.InvariantCulture),
                match.Groups["digest"].Value)
            : null;
    }

    [GeneratedRegex(
        @"\[jira-file:(?<site>[^\]\s]+)/(?<ids>[0-9]{1,18}(\+[0-9]{1,18})*) (?<size>[0-9]{1,18}) (?<digest>[0-9a-f]{16})\]\z")]
    private static partial Regex Pattern();
}
