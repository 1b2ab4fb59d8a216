using System.Text;
using System.Text.RegularExpressions;

namespace JiraAdoSync.RichText;

/// <summary>
/// Rich text of Azure DevOps as wiki markup of Jira Data Center, with what <see cref="JiraDocument"/> keeps. Signs that
/// would be markup are escaped.
/// </summary>
public static partial class JiraMarkup
{
    /// <summary>The markup of a text.</summary>
    /// <param name="html">The text as HTML.</param>
    public static string Of(string html)
    {
        var markup = new StringBuilder();
        Blocks(HtmlElement.Read(html), string.Empty, markup);
        return ManyLines().Replace(markup.ToString().Trim(), "\n\n");
    }

    private static void Blocks(HtmlElement element, string bullets, StringBuilder markup)
    {
        var line = new StringBuilder();
        foreach (var child in element.Children)
        {
            if (child.IsBlock || child.Children.Exists(one => one.IsBlock))
            {
                EndLine();
                Block(child, bullets, markup);
            }
            else
            {
                Inline(child, line);
            }
        }

        EndLine();

        void EndLine()
        {
            if (line.ToString().Trim() is { Length: > 0 } text)
            {
                markup.Append(Escaped(text)).Append("\n\n");
            }

            line.Clear();
        }
    }

    private static void Block(HtmlElement element, string bullets, StringBuilder markup)
    {
        switch (element.Name)
        {
            case ['h', >= '1' and <= '6' and var level]:
                markup.Append('h').Append(level).Append(". ").Append(OneLine(element)).Append("\n\n");
                break;
            case "ul" or "ol":
                List(element, bullets + (element.Name == "ul" ? '*' : '#'), markup);
                markup.Append(bullets.Length == 0 ? "\n" : string.Empty);
                break;
            case "pre":
                markup
                    .Append("{noformat}\n")
                    .Append(
                        element.AllText.Trim('\r', '\n').Replace("{noformat}", "{ noformat}", StringComparison.Ordinal))
                    .Append("\n{noformat}\n\n");
                break;
            case "blockquote":
                var quoted = new StringBuilder();
                Blocks(element, string.Empty, quoted);
                markup.Append("{quote}\n").Append(quoted.ToString().Trim()).Append("\n{quote}\n\n");
                break;
            case "hr":
                markup.Append("----\n\n");
                break;
            case "table":
                foreach (var row in element.Descendants().Where(one => one.Name == "tr"))
                {
                    var cells = row.Children.Where(cell => cell.Name is "td" or "th").ToList();
                    cells.ForEach(cell => markup.Append(cell.Name == "th" ? "||" : "|")
                        .Append(OneLine(cell).Replace(@"\|", "&#124;", StringComparison.Ordinal) is { Length: > 0 } text
                            ? text : " "));
                    markup.Append(cells.Count == 0 ? string.Empty : cells[^1].Name == "th" ? "||\n" : "|\n");
                }

                markup.Append('\n');
                break;
            default:
                Blocks(element, bullets, markup);
                break;
        }
    }

    private static void List(HtmlElement element, string bullets, StringBuilder markup)
    {
        foreach (var item in element.Children.Where(child => child.Name.Length > 0))
        {
            var line = new StringBuilder();
            var rest = new List<HtmlElement>();
            foreach (var child in item.Name is "ul" or "ol" ? [item] : item.Children)
            {
                if (child.Name is "ul" or "ol")
                {
                    rest.Add(child);
                }
                else
                {
                    Inline(child, line);
                }
            }

            if (line.ToString().Trim() is { Length: > 0 } text)
            {
                markup
                    .Append(bullets)
                    .Append(' ')
                    .Append(text.Replace("\n", @" \\ ", StringComparison.Ordinal))
                    .Append('\n');
            }

            rest.ForEach(list => List(list, bullets + (list.Name == "ul" ? '*' : '#'), markup));
        }
    }

    private static string OneLine(HtmlElement element)
    {
        var line = new StringBuilder();
        element.Children.ForEach(child => Inline(child, line));
        return line.ToString().Trim().Replace("\n", " ", StringComparison.Ordinal);
    }

    private static void Inline(HtmlElement element, StringBuilder line)
    {
        switch (element.Name)
        {
            case "":
                line.Append(Literal(element.Text));
                return;
            case "br":
                line.Append('\n');
                return;
            case "img":
                line.Append(Link(element["src"], element["alt"]));
                return;
            case "code" or "tt" or "kbd" or "samp":
                Wrap("{{", "}}");
                return;
        }

        switch (element.Name)
        {
            case "b" or "strong":
                Wrap("*", "*");
                break;
            case "i" or "em" or "cite":
                Wrap("_", "_");
                break;
            case "u" or "ins":
                Wrap("+", "+");
                break;
            case "s" or "del" or "strike":
                Wrap("-", "-");
                break;
            case "sub":
                Wrap("~", "~");
                break;
            case "sup":
                Wrap("^", "^");
                break;
            case "a":
                line.Append(Link(element["href"], element.AllText));
                break;
            default:
                EndBlock();
                element.Children.ForEach(child => Inline(child, line));
                EndBlock();
                break;
        }

        // The paragraphs of a list item or a cell share one line of markup, but no word.
        void EndBlock()
        {
            if (element.IsBlock && line.Length > 0 && line[^1] != '\n')
            {
                line.Append('\n');
            }
        }

        void Wrap(string before, string after)
        {
            var inner = new StringBuilder();
            element.Children.ForEach(child => Inline(child, inner));
            // The sign that ends what is marked ends it escaped, too.
            var text = before.Length > 1 ? inner.ToString()
                : inner.ToString().Replace($"\\{before}", $"&#{(int)before[0]};", StringComparison.Ordinal);
            var trimmed = text.Trim();
            line.Append(text.Length > 0 && char.IsWhiteSpace(text[0]) ? " " : string.Empty)
                .Append(trimmed.Length == 0 ? string.Empty : before + trimmed + after)
                .Append(trimmed.Length > 0 && char.IsWhiteSpace(text[^1]) ? " " : string.Empty);
        }
    }

    private static string Link(string address, string text)
    {
        // What ends a label can't be escaped in one.
        var label = Literal(text.Trim())
            .Replace(@"\|", "&#124;", StringComparison.Ordinal)
            .Replace(@"\[", "&#91;", StringComparison.Ordinal)
            .Replace(@"\]", "&#93;", StringComparison.Ordinal);
        return !Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri) || !HtmlPolicy.AllowsScheme(uri.Scheme)
                ? label
            : label.Length == 0 ? $"[{Target(uri)}]"
            : $"[{label}|{Target(uri)}]";
    }

    /// <summary>
    /// A text in which no sign is markup. A backslash before a letter is one; before anything else it would be an escape,
    /// or with another one a line break. What looks like an entity of HTML would be one, and some signs would be faces.
    /// </summary>
    private static string Literal(string text)
    {
        var plain = Space().Replace(text, " ");
        return Special().Replace(plain, match =>
            match.Value == "&" ? "&amp;"
            : match.Value is ":" or ";" or "(" ? $"&#{(int)match.Value[0]};"
            : match.Value != @"\" ? @"\" + match.Value
            : match.Index + 1 < plain.Length && char.IsLetterOrDigit(plain[match.Index + 1]) ? @"\"
            : "&#92;");
    }

    private static string Target(Uri address) => address.AbsoluteUri
        .Replace("|", "%7C", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);

    /// <summary>A line that would begin a list, a heading or a quote is none.</summary>
    private static string Escaped(string text) =>
        LineStart().Replace(text, match => match.Groups["start"].Value + match.Groups["sign"].Value switch
        {
            "#" => @"\#",
            // No letter can be escaped.
            var sign => $"&#{(int)sign[0]};{sign[1..]}",
        });

    [GeneratedRegex(@"[ \t\r\n\f]+")]
    private static partial Regex Space();

    [GeneratedRegex(@"[\\*_{}\[\]|^~!+]|(?<=^|\s)-|-(?=\s|$)|#(?=\s|$)|&(?=#?\w{1,10};)"
        + @"|(?<=^|\s)[:;](?=[()PD](\W|$))|\((?=([ynix/?-]|on|off|flag|flagoff)\))")]
    private static partial Regex Special();

    [GeneratedRegex(@"(?<start>^|\n)(?<sign>#|h[1-6]\.(?=\s)|bq\.(?=\s))")]
    private static partial Regex LineStart();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex ManyLines();
}
