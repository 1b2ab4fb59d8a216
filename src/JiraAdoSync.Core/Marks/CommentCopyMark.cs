using System.Globalization;
using System.Text.RegularExpressions;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.RichText;

namespace JiraAdoSync.Marks;

/// <summary>
/// What shows that a comment in Jira is a copy of one in Azure DevOps, and of which: it begins with a line that names
/// the author and links to the work item. The link's fragment names the comment and the version that was copied. Beside
/// it the comment has a property of its own; a line can be typed by anybody, so both count only where this account
/// wrote the comment.
/// </summary>
/// <param name="CommentId">The comment in Azure DevOps.</param>
/// <param name="Version">Its version.</param>
public sealed partial record CommentCopyMark(int CommentId, int Version)
{
    /// <summary>The mark of a comment as it is now.</summary>
    /// <param name="comment">The comment.</param>
    public static CommentCopyMark Of(WorkItemComment comment)
    {
        ArgumentNullException.ThrowIfNull(comment);
        return new CommentCopyMark(comment.Id, comment.Version);
    }

    /// <summary>The copy as HTML: the line of the mark, and what was said.</summary>
    /// <param name="comment">The comment.</param>
    /// <param name="page">The address at which people see the work item.</param>
    public static string Compose(WorkItemComment comment, string page)
    {
        ArgumentNullException.ThrowIfNull(comment);
        var link = string.Create(CultureInfo.InvariantCulture, $"{page}#c{comment.Id}v{comment.Version}");
        var author = comment.Author ?? "Somebody";
        return $"<p><a href=\"{RichTextConverter.Escape(link)}\"><b>{RichTextConverter.Escape(author)}</b> in Azure DevOps</a>:</p>"
            + comment.Html;
    }

    /// <summary>Reads the mark of a comment.</summary>
    /// <param name="html">The comment as Jira renders it.</param>
    /// <returns>The mark; null where it does not begin with one.</returns>
    public static CommentCopyMark? Parse(string? html) =>
        Header().Match(html ?? string.Empty) is { Success: true } match
            ? new CommentCopyMark(
                int.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture),
                int.Parse(match.Groups["version"].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    /// <summary>Whether a comment is a copy: this account wrote it, and it says so.</summary>
    /// <param name="comment">The comment.</param>
    /// <param name="own">The id of this account.</param>
    public static bool IsOn(IssueComment comment, string? own)
    {
        ArgumentNullException.ThrowIfNull(comment);
        return own is not null && comment.AuthorId == own
            && (Address().IsMatch(comment.FirstAddress) || Parse(comment.Html) is not null);
    }

    [GeneratedRegex(@"^https?://[^""'\s>#]+/_workitems/edit/[0-9]+#c[0-9]{1,9}v[0-9]{1,9}\z")]
    private static partial Regex Address();

    [GeneratedRegex(
        @"^\s*(<(p|div|span|b|strong)\b[^>]*>\s*)*<a\b[^>]*\bhref\s*=\s*[""']?https?://[^""'\s>#]+/_workitems/edit/[0-9]+#c(?<id>[0-9]{1,9})v(?<version>[0-9]{1,9})[""'\s>]",
        RegexOptions.IgnoreCase)]
    private static partial Regex Header();
}
