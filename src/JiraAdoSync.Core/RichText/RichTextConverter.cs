using System.Buffers;
using System.Text;

namespace JiraAdoSync.RichText;

/// <summary>A rich text as a work item takes it.</summary>
/// <param name="Html">The HTML.</param>
/// <param name="IsCut">Whether it was longer than the service takes, and was cut.</param>
/// <param name="IssueLinks">The keys of issues whose Jira page it still leads to.</param>
public sealed record RichTextResult(string Html, bool IsCut, IReadOnlySet<string> IssueLinks);

/// <summary>
/// Makes of Jira's own rendering what a work item shows: the same text with its tables, code, panels and lists, without
/// anything that acts. The output is written anew, from names that <see cref="HtmlPolicy"/> allows and from escaped
/// text, every element closed; so a browser that reads it sees the elements that were written and no others, whatever
/// the input was. The result can be converted again unchanged, which is how links to work items are filled in once
/// these exist.
/// <para>
/// Example: <c>&lt;p onclick=x&gt;See &lt;a href="/browse/SHOP-2"&gt;SHOP-2&lt;/a&gt;&lt;script&gt;</c> becomes
/// <c>&lt;p&gt;See &lt;a href="https://…/_workitems/edit/7"&gt;SHOP-2&lt;/a&gt;&lt;/p&gt;</c>.
/// </para>
/// </summary>
public static class RichTextConverter
{
    private static readonly SearchValues<char> Special = SearchValues.Create("&<>\"\u00a0");

    /// <summary>Converts one rendered text.</summary>
    /// <param name="html">Jira's rendering; whatever else it may be.</param>
    /// <param name="context">Its source, and what its addresses become.</param>
    public static RichTextResult Convert(string html, RichTextContext context)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(context);
        var writer = new Writer(context);
        foreach (var token in HtmlTokenizer.Read(html))
        {
            writer.Write(token);
            if (writer.IsFull)
            {
                break;
            }
        }

        return writer.Finish();
    }

    /// <summary>Plain text as HTML: nothing in it is markup.</summary>
    /// <param name="text">The text.</param>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return !text.AsSpan().ContainsAny(Special) ? text : text
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal)
            .Replace("\u00a0", "&nbsp;", StringComparison.Ordinal);
    }

    /// <summary>Plain text as HTML whose lines show as they are.</summary>
    /// <param name="text">The text.</param>
    public static string Encode(string text) => Escape(text)
        .Replace("\r\n", "\n", StringComparison.Ordinal)
        .Replace("\r", "\n", StringComparison.Ordinal)
        .Replace("\n", "<br>", StringComparison.Ordinal);

    private sealed class Writer(RichTextContext context)
    {
        private const int DeepestNesting = 200;

        private readonly StringBuilder _html = new();
        private readonly List<string> _open = [];
        private readonly HashSet<string> _issueLinks = new(StringComparer.Ordinal);
        private readonly string _note =
            $"<p>[The text was cut here: it is longer than a work item takes. <a href=\"{Escape(context.IssuePage)}\">"
            + "Read the rest in Jira.</a>]</p>";

        private int _closing;

        /// <summary>Whether no more fits.</summary>
        public bool IsFull { get; private set; }

        public void Write(HtmlToken token)
        {
            switch (token.Kind)
            {
                case HtmlTokenKind.Text:
                    Text(token.Value);
                    break;
                case HtmlTokenKind.Start:
                    Start(token);
                    break;
                default:
                    End(token.Value);
                    break;
            }
        }

        public RichTextResult Finish()
        {
            CloseDownTo(0);
            if (IsFull)
            {
                _html.Append(_note);
            }

            return new RichTextResult(_html.ToString(), IsFull, _issueLinks);
        }

        private void Text(string text)
        {
            var escaped = Escape(text);
            if (TryAppend(escaped, 0))
            {
                return;
            }

            // As much of it as fits, and no half of an entity or a surrogate pair.
            for (var length = Math.Min(text.Length, Math.Max(0, Room)); length > 0; length = length * 9 / 10)
            {
                var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
                if (Escape(text[..end]) is var part && part.Length <= Room)
                {
                    _html.Append(part);
                    break;
                }
            }
        }

        private void Start(HtmlToken token)
        {
            switch (token.Value)
            {
                case "input" when token["type"].Equals("checkbox", StringComparison.OrdinalIgnoreCase):
                    Text(token.Attributes.ContainsKey("checked") ? "☑ " : "☐ ");
                    return;
                case "img" when Emoji.Of(token) is { } emoji:
                    Text(emoji);
                    return;
                case "img" when token.HasClass("rendericon"):
                    return;
                case "img":
                    Image(token);
                    return;
                case "a" when _open.Contains("a"):
                    // A link in a link is none; its text stays.
                    return;
            }

            var name = token.Value;
            if (!HtmlPolicy.Allows(name) || _open.Count >= DeepestNesting)
            {
                return;
            }

            CloseForStart(name);
            if (HtmlPolicy.TableParts.Contains(name) && !FitsTable(name))
            {
                return;
            }

            var tag = $"<{name}{Attributes(token)}>";
            if (HtmlPolicy.Voids.Contains(name))
            {
                TryAppend(tag, 0);
            }
            else if (name is not ("a" or "span" or "font") || tag.Length > name.Length + 2)
            {
                Open(name, tag);
            }
        }

        /// <summary>
        /// An image. One that only who is signed in to Jira sees is a link too, so that everyone can go and see it.
        /// </summary>
        private void Image(HtmlToken token)
        {
            if (context.Resolve(token["src"], out _) is not { } source
                || !source.StartsWith("http", StringComparison.Ordinal))
            {
                Text(token["alt"]);
                return;
            }

            var image = $"<img src=\"{Escape(source)}\"{Attributes(token)}>";
            var isLink = source.StartsWith(context.Site.BaseUrl, StringComparison.OrdinalIgnoreCase)
                && !_open.Contains("a");
            TryAppend(isLink ? $"<a href=\"{Escape(source)}\">{image}</a>" : image, 0);
        }

        private void End(string name)
        {
            var isTablePart = name == "table" || HtmlPolicy.TableParts.Contains(name);
            for (var at = _open.Count - 1; at >= 0; at--)
            {
                if (_open[at] == name)
                {
                    CloseDownTo(at);
                    return;
                }

                // The end of what began outside of a cell does not end the cell.
                if (_open[at] is "table" || (!isTablePart && _open[at] is "td" or "th" or "caption"))
                {
                    return;
                }
            }
        }

        /// <summary>Ends what ends by itself before an element.</summary>
        private void CloseForStart(string name)
        {
            switch (name)
            {
                case "li":
                    CloseNearest(["li"], ["ul", "ol", "table"]);
                    break;
                case "dd" or "dt":
                    CloseNearest(["dd", "dt"], ["dl", "table"]);
                    break;
                case "td" or "th":
                    CloseNearest(["td", "th", "caption"], ["table"]);
                    break;
                case "tr":
                    CloseNearest(["tr", "caption", "colgroup"], ["table"]);
                    break;
                case "thead" or "tbody" or "tfoot" or "colgroup" or "caption":
                    CloseNearest(["thead", "tbody", "tfoot", "colgroup", "caption"], ["table"]);
                    break;
            }

            if (HtmlPolicy.Blocks.Contains(name) || name is "li" or "dd" or "dt")
            {
                CloseNearest(["p"], ["td", "th", "caption", "table"]);
            }
        }

        private void CloseNearest(ReadOnlySpan<string> names, ReadOnlySpan<string> boundaries)
        {
            for (var at = _open.Count - 1; at >= 0 && !boundaries.Contains(_open[at]); at--)
            {
                if (names.Contains(_open[at]))
                {
                    CloseDownTo(at);
                    return;
                }
            }
        }

        private bool FitsTable(string part) => part is "caption" or "colgroup" or "col"
            ? _open is [.., "table"] || (part == "col" && _open is [.., "colgroup"])
            : _open.Contains("table");

        private string Attributes(HtmlToken token)
        {
            var own = OwnStyle(token);
            if (token.Attributes.Count == 0 && own.Length == 0)
            {
                return string.Empty;
            }

            var text = new StringBuilder();
            if (token.Value == "a" && context.Resolve(token["href"], out var issueKey) is { } address)
            {
                text.Append(" href=\"").Append(Escape(address)).Append('"');
                if (issueKey is not null && context.WorkItemPage(issueKey) is null)
                {
                    _issueLinks.Add(issueKey);
                }
            }

            foreach (var (name, value) in token.Attributes)
            {
                if (HtmlPolicy.Allows(token.Value, name, value))
                {
                    text.Append(' ').Append(name).Append("=\"").Append(Escape(value)).Append('"');
                }
            }

            if (HtmlPolicy.Style(token["style"], own) is { Length: > 0 } style)
            {
                text.Append(" style=\"").Append(Escape(style)).Append('"');
            }

            return text.ToString();
        }

        /// <summary>What Jira's style sheet gives by class, and a work item's page does not know.</summary>
        private static string OwnStyle(HtmlToken token) => token.Value switch
        {
            "table" => "border-collapse:collapse",
            "td" => "border:1px solid #c1c7d0;padding:4px 8px",
            "th" => "border:1px solid #c1c7d0;padding:4px 8px;background-color:#f4f5f7",
            "div" when token.HasClass("panel") => "border:1px solid #c1c7d0;margin:8px 0",
            "div" when token.HasClass("panelHeader") => "padding:4px 8px;background-color:#f4f5f7",
            "div" when token.HasClass("panelContent") => "padding:4px 8px",
            _ => string.Empty,
        };

        private void Open(string name, string tag)
        {
            if (TryAppend(tag, name.Length + 3))
            {
                _open.Add(name);
                _closing += name.Length + 3;
            }
        }

        private void CloseDownTo(int depth)
        {
            for (var at = _open.Count - 1; at >= depth; at--)
            {
                _html.Append("</").Append(_open[at]).Append('>');
                _closing -= _open[at].Length + 3;
                _open.RemoveAt(at);
            }
        }

        /// <summary>What still fits, with all that is open closed and the note of a cut.</summary>
        private int Room => context.Limit - _html.Length - _closing - _note.Length;

        private bool TryAppend(string html, int closing)
        {
            IsFull |= html.Length + closing > Room;
            if (!IsFull)
            {
                _html.Append(html);
            }

            return !IsFull;
        }
    }
}
