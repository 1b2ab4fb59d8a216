using System.Globalization;
using System.Text.RegularExpressions;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.RichText;

namespace JiraAdoSync.Marks;

/// <summary>
/// What shows that a comment of a work item is ours, and of which comment in Jira: it begins with a line that names
/// author and time and links to the comment. The link's fragment names the edit that was brought over.
/// </summary>
/// <param name="CommentId">The comment in Jira.</param>
/// <param name="Version">When it was last edited, in milliseconds of Unix time.</param>
public sealed partial record CommentMark(long CommentId, long Version)
{
    /// <summary>The id of the comment that holds an issue's history: Jira gives it to no comment.</summary>
    public const long HistoryId = 0;

    /// <summary>The mark for a comment as it is now.</summary>
    /// <param name="comment">The comment.</param>
    public static CommentMark Of(IssueComment comment)
    {
        ArgumentNullException.ThrowIfNull(comment);
        return new CommentMark(comment.Id, comment.Updated.ToUnixTimeMilliseconds());
    }

    /// <summary>The HTML of a work item's comment: the line of the mark, and what was said.</summary>
    /// <param name="comment">The comment, with its rendering.</param>
    /// <param name="context">Its source, and what its addresses become.</param>
    public static string Compose(IssueComment comment, RichTextContext context)
    {
        ArgumentNullException.ThrowIfNull(comment);
        ArgumentNullException.ThrowIfNull(context);
        var mark = Of(comment);
        var link = string.Create(
            CultureInfo.InvariantCulture, $"{context.IssuePage}?focusedCommentId={mark.CommentId}#v{mark.Version}");
        var edited = comment.Updated == comment.Created ? string.Empty : $", edited {Format(comment.Updated)}";
        var times = comment.Id == HistoryId
            ? $"{Format(comment.Created)} to {Format(comment.Updated)}"
            : $"{Format(comment.Created)}{edited}";
        var header = $"<p><a href=\"{RichTextConverter.Escape(link)}\"><b>{RichTextConverter.Escape(comment.Author)}</b> in Jira</a>, "
            + $"{times}:</p>";
        return header + RichTextConverter.Convert(
            comment.Html ?? string.Empty, context with { Limit = context.Limit - header.Length }).Html;
    }

    /// <summary>Reads the mark that a comment has, or had before somebody edited it.</summary>
    /// <param name="comment">The comment.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <returns>The mark; null where it never began with one of ours.</returns>
    public static CommentMark? Of(WorkItemComment comment, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(comment);
        return comment.Earlier.Append(comment.Html).Select(html => Parse(html, site)).LastOrDefault(mark => mark is not null);
    }

    /// <summary>Reads the mark of a comment.</summary>
    /// <param name="html">The comment as the service gives it.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <returns>The mark; null where it does not begin with one of ours.</returns>
    public static CommentMark? Parse(string html, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var match = Header().Match(html);
        return match.Success && site.IsNamed(match.Groups["site"].ValueSpan)
            ? new CommentMark(
                long.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture),
                long.Parse(match.Groups["version"].ValueSpan, CultureInfo.InvariantCulture))
            : null;
    }

    private static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^\s*(<(p|div|span)\b[^>]*>\s*)*<a\b[^>]*\bhref\s*=\s*[""']?https?://(?<site>[^""'\s>]+)/browse/[^""'/\s?]+"
            + @"\?focusedCommentId=(?<id>[0-9]{1,18})#v(?<version>[0-9]{1,18})[""'\s>]",
        RegexOptions.IgnoreCase)]
    private static partial Regex Header();
}
