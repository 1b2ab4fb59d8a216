using System.Globalization;
using System.Text;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.RichText;

namespace JiraAdoSync.Planning.WorkItems;

/// <summary>
/// The history of an issue as one comment of its work item: a table of what was changed, when and by whom. It has an id
/// that Jira gives to no comment, and counts as edited when the issue was changed last.
/// </summary>
public static class HistoryComment
{
    /// <summary>The latest changes, which the table shows; the earlier ones are in Jira.</summary>
    public const int MostChanges = 200;

    private const int LongestValue = 200;

    /// <summary>
    /// The field of an entry that Data Center writes when a comment is edited or deleted. It holds the text of the
    /// comment, which only some people may have been allowed to read.
    /// </summary>
    private const string Comment = "Comment";

    /// <summary>Makes the comment.</summary>
    /// <param name="changes">The issue's changes, oldest first.</param>
    /// <returns>The comment; null where nothing was changed.</returns>
    public static IssueComment? Of(IEnumerable<IssueFieldChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var all = changes.Where(change => change.Name != Comment).ToList();
        if (all.Count == 0)
        {
            return null;
        }

        var shown = all.TakeLast(MostChanges).ToList();
        var html = new StringBuilder();
        if (shown.Count < all.Count)
        {
            html.Append(
                CultureInfo.InvariantCulture,
                $"<p>The last {Amount.Of(shown.Count)} of {Amount.Of(all.Count)} changes.</p>");
        }

        html.Append("<table><tbody>");
        Append("th", "When", "Who", "Field", "From", "To");
        foreach (var change in shown)
        {
            Append(
                "td",
                change.When.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
                change.Author?.DisplayName ?? "a deleted account",
                change.Name,
                change.FromText ?? string.Empty,
                change.ToText ?? string.Empty);
        }

        return new IssueComment
        {
            Id = CommentMark.HistoryId,
            Author = "History",
            Created = all[0].When,
            Updated = all[^1].When,
            Html = html.Append("</tbody></table>").ToString(),
        };

        void Append(string tag, params string[] cells) => html.Append("<tr>")
            .AppendJoin(string.Empty, cells.Select(cell => $"<{tag}>{RichTextConverter.Escape(Cut(cell))}</{tag}>"))
            .Append("</tr>");
    }

    private static string Cut(string text)
    {
        // Half of a surrogate pair is no character.
        var end = LongestValue - (text.Length > LongestValue && char.IsHighSurrogate(text[LongestValue - 1]) ? 1 : 0);
        return text.Length <= LongestValue ? text : $"{text[..end]}…";
    }
}
