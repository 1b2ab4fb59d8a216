using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Text;

/// <summary>
/// Reads Jira's markup into a document: headings, quotes, rules, code, panels, tables, nested lists, images,
/// attachments, links, mentions, and the marks of text. What a document has no word for, such as the title of a panel,
/// stays as an attribute where the document is only to be rendered, and becomes text otherwise.
/// </summary>
internal sealed partial class WikiReader(TextScope scope, bool isRendered)
{
    private static readonly Dictionary<string, (string Name, string Text)> Emoticons = new(StringComparer.Ordinal)
    {
        [":)"] = (":slight_smile:", "🙂"), [":("] = (":disappointed:", "😞"), [":P"] = (":stuck_out_tongue:", "😛"),
        [":D"] = (":smiley:", "😃"), [";)"] = (":wink:", "😉"), ["(y)"] = (":thumbsup:", "👍"),
        ["(n)"] = (":thumbsdown:", "👎"),
        ["(i)"] = (":info:", "ℹ️"), ["(/)"] = (":check_mark:", "✅"), ["(x)"] = (":cross_mark:", "❌"),
        ["(!)"] = (":warning:", "⚠️"), ["(?)"] = (":question_mark:", "❓"), ["(*)"] = (":star:", "⭐"),
    };

    private static readonly Dictionary<string, Func<JsonObject>> Marks = new()
    {
        ["strong"] = () => Mark("strong"),
        ["em"] = () => Mark("em"),
        ["del"] = () => Mark("strike"),
        ["ins"] = () => Mark("underline"),
        ["cite"] = () => Mark("em"),
        ["code"] = () => Mark("code"),
        ["sup"] = () => Mark("subsup", "type", "sup"),
        ["sub"] = () => Mark("subsup", "type", "sub"),
    };

    // Noncharacters: they enclose the number of a macro that was cut out of the text.
    private const char MacroStart = '\uFDD0';
    private const char MacroEnd = '\uFDD1';

    private readonly List<(Match Start, string Inner)> _macros = [];

    public JsonObject Read(string text) => new()
    {
        ["type"] = "doc",
        ["version"] = 1,
        ["content"] = Blocks(Lines(text.ReplaceLineEndings("\n")
            .Replace(MacroStart, '\uFFFD').Replace(MacroEnd, '\uFFFD'))),
    };

    /// <summary>
    /// The lines of a text, with a number instead of each macro and what it encloses. A macro starts and ends anywhere
    /// in a line, also in an item of a list and in a cell; one without an end is text.
    /// </summary>
    private string[] Lines(string text)
    {
        var lines = new StringBuilder();
        var at = 0;
        while (MacroOpening().Match(text, at) is { Success: true } macro)
        {
            var start = macro.Index + macro.Length;
            var close = $"{{{macro.Groups["name"].Value}}}";
            lines.Append(text, at, macro.Index - at);
            if (text.IndexOf(close, start, StringComparison.Ordinal) is >= 0 and var end)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{MacroStart}{_macros.Count}{MacroEnd}");
                _macros.Add((macro, text[start..end]));
                at = end + close.Length;
            }
            else
            {
                lines.Append(macro.ValueSpan);
                at = start;
            }
        }

        return lines.Append(text, at, text.Length - at).ToString().Split('\n');
    }

    private static JsonObject Mark(string type, string? attribute = null, string? value = null) => attribute is null
        ? new JsonObject { ["type"] = type }
        : new JsonObject { ["type"] = type, ["attrs"] = new JsonObject { [attribute] = value } };

    private JsonArray Blocks(ReadOnlySpan<string> lines)
    {
        var blocks = new JsonArray();
        for (var at = 0; at < lines.Length;)
        {
            var line = lines[at];
            if (line.Trim().Length == 0)
            {
                at++;
            }
            else if (Heading().Match(line) is { Success: true } heading)
            {
                var (title, rest) = CutAtMacro(heading.Groups[2].Value);
                blocks.Add(Adf.Node("heading", Inline(title), new JsonObject
                {
                    ["level"] = int.Parse(heading.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                }));
                Append(blocks, Flow([rest]));
                at++;
            }
            else if (line.StartsWith("bq. ", StringComparison.Ordinal))
            {
                blocks.Add(Adf.Node("blockquote", Flow([line["bq. ".Length..]])));
                at++;
            }
            else if (line.Trim() is "----")
            {
                blocks.Add(Adf.Node("rule"));
                at++;
            }
            else if (line.TrimStart().StartsWith('|'))
            {
                var first = at;
                at = End(lines, at, one => one.TrimStart().StartsWith('|'));
                blocks.Add(Table(lines[first..at]));
            }
            else if (ListItem().IsMatch(line))
            {
                var first = at;
                at = End(lines, at, one => one.Trim().Length > 0 && (ListItem().IsMatch(one) || !StartsBlock(one)));
                Append(blocks, Lists(lines[first..at].ToArray()));
            }
            else if (Image().Match(line.Trim()) is { Success: true } image && image.Length == line.Trim().Length)
            {
                blocks.Add(Adf.Node(
                    "mediaSingle", [Media(image, "media")], new JsonObject { ["layout"] = "align-start" }));
                at++;
            }
            else
            {
                var first = at;
                at = End(lines, at + 1, one => one.Trim().Length > 0 && !StartsBlock(one));
                Append(blocks, Flow(lines[first..at].ToArray()));
            }
        }

        return blocks;
    }

    private static int End(ReadOnlySpan<string> lines, int at, Func<string, bool> continues)
    {
        while (at < lines.Length && continues(lines[at]))
        {
            at++;
        }

        return at;
    }

    private static bool StartsBlock(string line) =>
        Heading().IsMatch(line) || ListItem().IsMatch(line)
        || line.StartsWith("bq. ", StringComparison.Ordinal) || line.Trim() is "----"
            || line.TrimStart().StartsWith('|');

    private static (string Text, string After) CutAtMacro(string line) =>
        line.IndexOf(MacroStart, StringComparison.Ordinal) is >= 0 and var at
            ? (line[..at].TrimEnd(), line[at..]) : (line, "");

    /// <summary>Lines of text as paragraphs, with the macros between them as blocks of their own.</summary>
    private JsonArray Flow(IEnumerable<string> lines)
    {
        var blocks = new JsonArray();
        var text = new List<string>();
        foreach (var line in lines)
        {
            var at = 0;
            foreach (Match macro in NumberedMacro().Matches(line))
            {
                Add(line[at..macro.Index].TrimEnd());
                EndParagraph();
                blocks.Add(Macro(int.Parse(macro.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));
                at = macro.Index + macro.Length;
            }

            Add(at == 0 ? line : line[at..].TrimStart());
        }

        EndParagraph();
        return blocks;

        void Add(string part)
        {
            if (part.Trim().Length > 0)
            {
                text.Add(part);
            }
        }

        void EndParagraph()
        {
            if (text.Count > 0)
            {
                blocks.Add(Paragraph([.. text]));
                text.Clear();
            }
        }
    }

    private static string[] Trimmed(string[] lines) => lines is [_] ? lines :
        [.. lines.SkipWhile((line, index) => index == 0 && line.Trim().Length == 0).Reverse()
            .SkipWhile((line, index) => index == 0 && line.Trim().Length == 0).Reverse()];

    private JsonObject Macro(int number)
    {
        var (macro, text) = _macros[number];
        var inner = Trimmed(text.Split('\n'));
        var options = macro.Groups["options"].Value.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var title = options.Select(option => option.Split('=', 2)).FirstOrDefault(pair => pair is ["title", _])?[1];
        switch (macro.Groups["name"].Value)
        {
            case "code":
                var language = options.FirstOrDefault(option => !option.Contains('=', StringComparison.Ordinal))
                    ?? options.FirstOrDefault(
                        option => option.StartsWith("language=", StringComparison.Ordinal))?["language=".Length..];
                return Code(inner, language);
            case "noformat":
                return Code(inner, "none");
            case "quote":
                return Adf.Node("blockquote", Blocks(Lines(string.Join('\n', inner))));
            default:
                var attributes = new JsonObject { ["panelType"] = "info" };
                var content = Blocks(Lines(string.Join('\n', inner)));
                if (title is not null && isRendered)
                {
                    attributes["title"] = title;
                }
                else if (title is not null)
                {
                    content.Insert(0, Adf.Node("paragraph", [Adf.Text(title, [Mark("strong")])]));
                }

                return Adf.Node("panel", content, attributes);
        }
    }

    private static JsonObject Code(string[] lines, string? language) => Adf.Node(
        "codeBlock", [Adf.Text(string.Join('\n', lines), [])], language is null
            ? []
            : new JsonObject { ["language"] = language });

    private JsonObject Paragraph(string[] lines)
    {
        var content = new JsonArray();
        foreach (var line in lines)
        {
            if (content.Count > 0)
            {
                content.Add(Adf.Node("hardBreak"));
            }

            Append(content, Inline(line));
        }

        return Adf.Node("paragraph", content);
    }

    private JsonArray FlowOrEmpty(IReadOnlyList<string> lines) =>
        Flow(lines) is { Count: > 0 } blocks ? blocks : [Paragraph([.. lines])];

    private JsonObject Table(ReadOnlySpan<string> lines)
    {
        var rows = new JsonArray();
        foreach (var line in lines)
        {
            rows.Add(Adf.Node("tableRow", new JsonArray([.. Cells(line.Trim()).Select(cell => Adf.Node(
                cell.IsHeader ? "tableHeader" : "tableCell",
                FlowOrEmpty(cell.Text.Trim().Split(@"\\")), []))])));
        }

        return Adf.Node("table", rows, new JsonObject { ["isNumberColumnEnabled"] = false, ["layout"] = "default" });
    }

    /// <summary>The cells of a row; bars in links, images and macros are not theirs.</summary>
    private static List<(bool IsHeader, string Text)> Cells(string row)
    {
        var cells = new List<(bool IsHeader, string Text)>();
        var (at, isHeader) = (0, false);
        while (at < row.Length)
        {
            var bars = row.AsSpan(at).StartsWith("||") ? 2 : 1;
            isHeader = bars == 2;
            at += bars;
            var start = at;
            var inside = 0;
            for (; at < row.Length && (inside > 0 || row[at] != '|'); at++)
            {
                inside = row[at] switch
                {
                    '[' or '{' => inside + 1,
                    ']' or '}' => Math.Max(inside - 1, 0),
                    _ => inside,
                };
                if (row[at] == '!' && Image().Match(row, at) is { Success: true } image && image.Index == at)
                {
                    at += image.Length - 1;
                }
            }

            if (at < row.Length || row[start..].Trim().Length > 0)
            {
                cells.Add((isHeader, row[start..at]));
            }
        }

        return cells;
    }

    /// <summary>Lists with those inside them: each item starts with the marks of all lists that it is in.</summary>
    private JsonArray Lists(string[] lines)
    {
        var entries = new List<(string Marks, List<string> Texts)>();
        foreach (var line in lines)
        {
            if (ListItem().Match(line) is { Success: true } item)
            {
                entries.Add((item.Groups[1].Value.Replace('-', '*'), [item.Groups[2].Value]));
            }
            else
            {
                entries[^1].Texts.Add(line);
            }
        }

        var at = 0;
        var lists = new JsonArray();
        while (at < entries.Count)
        {
            lists.Add(Items(1));
        }

        return lists;

        JsonObject Items(int depth)
        {
            var mark = entries[at].Marks[Math.Min(depth, entries[at].Marks.Length) - 1];
            var items = new JsonArray();
            while (at < entries.Count && entries[at].Marks.Length >= depth
                && (entries[at].Marks.Length > depth || entries[at].Marks[depth - 1] == mark))
            {
                if (entries[at].Marks.Length > depth)
                {
                    var nested = Items(depth + 1);
                    if (items.Count == 0)
                    {
                        items.Add(Adf.Node("listItem", [Adf.Node("paragraph", [])]));
                    }

                    items[^1]!["content"]!.AsArray().Add(nested);
                }
                else
                {
                    items.Add(Adf.Node("listItem", FlowOrEmpty(entries[at].Texts)));
                    at++;
                }
            }

            return Adf.Node(mark == '#' ? "orderedList" : "bulletList", items);
        }
    }

    private JsonArray Inline(string line, IReadOnlyList<JsonObject>? marks = null)
    {
        var nodes = new JsonArray();
        var outer = marks ?? [];
        var at = 0;
        foreach (Match match in Token().Matches(line))
        {
            Plain(line[at..match.Index]);
            at = match.Index + match.Length;
            if (Marks.FirstOrDefault(mark => match.Groups[mark.Key].Success) is { Key: { } name } found)
            {
                var inner = match.Groups[name].Value;
                Append(nodes, name == "code"
                    ? [Adf.Text(inner, [found.Value(), .. outer])]
                    : Inline(inner, [found.Value(), .. outer]));
            }
            else if (match.Groups["color"].Success)
            {
                Append(nodes, Inline(match.Groups["colored"].Value,
                    [Mark("textColor", "color", match.Groups["color"].Value), .. outer]));
            }
            else if (match.Groups["user"].Success)
            {
                var id = match.Groups["user"].Value.Replace("accountid:", "", StringComparison.Ordinal);
                nodes.Add(Adf.Node(
                    "mention", null, new JsonObject { ["id"] = id, ["text"] = "@" + (scope.DisplayName(id) ?? id) }));
            }
            else if (match.Groups["file"].Success)
            {
                nodes.Add(Adf.Node("mediaInline", null, File(match.Groups["file"].Value, "file")));
            }
            else if (match.Groups["image"].Success)
            {
                nodes.Add(Media(Image().Match(match.Value), "mediaInline", outer));
            }
            else if (match.Groups["url"].Success)
            {
                var url = match.Groups["url"].Value;
                var link = Mark("link", "href", url);
                Append(nodes, match.Groups["text"].Success
                    ? Inline(match.Groups["text"].Value, [link, .. outer]) : [Adf.Text(url, [link, .. outer])]);
            }
            else if (match.Groups["bare"].Success)
            {
                nodes.Add(Adf.Text(match.Value, [Mark("link", "href", match.Value), .. outer]));
            }
            else if (match.Groups["break"].Success)
            {
                nodes.Add(Adf.Node("hardBreak"));
            }
            else if (match.Groups["escaped"].Success)
            {
                Plain(match.Groups["escaped"].Value);
            }
            else if (match.Groups["entity"].Success)
            {
                // An entity of HTML stays one on the page.
                Plain(System.Net.WebUtility.HtmlDecode(match.Value));
            }
            else if (match.Groups["dash"].Success)
            {
                Plain(match.Value.Length == 3 ? "—" : "–");
            }
            else
            {
                var (shortName, text) = Emoticons[match.Value];
                nodes.Add(Adf.Node("emoji", null, new JsonObject { ["shortName"] = shortName, ["text"] = text }));
            }
        }

        Plain(line[at..]);
        return nodes;

        void Plain(string text)
        {
            if (text.Length > 0)
            {
                nodes.Add(Adf.Text(text, outer));
            }
        }
    }

    private JsonObject Media(Match image, string type, IReadOnlyList<JsonObject>? marks = null)
    {
        var name = image.Groups["source"].Value;
        var options = image.Groups["options"].Value.Split(
            [',', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var attributes = Uri.TryCreate(name, UriKind.Absolute, out var url)
            && url.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? new JsonObject { ["type"] = "external", ["url"] = name } : File(name, "file");
        foreach (var pair in options.Select(option => option.Split('=', 2)))
        {
            if (pair is [("width" or "height") and var side, var size]
                && int.TryParse(size.TrimEnd('p', 'x', '%'), out var number))
            {
                attributes[side] = number;
            }
            else if (pair is ["alt", var alt])
            {
                attributes["alt"] = alt.Trim('"');
            }
            else if (pair is ["thumbnail"] && isRendered)
            {
                attributes["thumbnail"] = true;
            }
        }

        var media = Adf.Node(type, null, attributes);
        if (marks?.FirstOrDefault(mark => Adf.Type(mark) == "link") is { } link)
        {
            media["marks"] = new JsonArray(link.DeepClone());
        }

        return media;
    }

    private JsonObject File(string name, string type) => new()
    {
        ["type"] = type,
        ["id"] = scope.Attachment(name)?["id"].Text() is { } id ? TextScope.MediaId(id) : "UNKNOWN_MEDIA_ID",
        ["collection"] = "",
        ["alt"] = name,
    };

    private static void Append(JsonArray to, JsonArray nodes)
    {
        foreach (var node in nodes.ToList())
        {
            nodes.Remove(node);
            to.Add(node);
        }
    }

    [GeneratedRegex(@"^\s*h([1-6])\.\s+(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    // A longer row of signs is something that was pasted, such as a progress bar.
    [GeneratedRegex(@"^\s*([*#]{1,9}|-)\s+(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ListItem();

    // In {{code}} and \{code} the word is text.
    [GeneratedRegex(@"(?<![{\\])\{(?<name>code|noformat|quote|panel)(:(?<options>[^}\n]*))?\}(?!\})",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MacroOpening();

    [GeneratedRegex("\uFDD0([0-9]+)\uFDD1", RegexOptions.CultureInvariant)]
    private static partial Regex NumberedMacro();

    [GeneratedRegex(@"!(?<source>[^!|\s][^!|\n]*\.\w+|https?://[^!|\s]+)(\|(?<options>[^!\n]*))?!",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Image();

    [GeneratedRegex(
        @"\\(?<escaped>[*_\-+^~{}\[\]!|#?])|(?<break>\\\\)|(?<entity>&(#[0-9]{1,7}|amp|lt|gt|quot|nbsp);)"
            + @"|\{\{(?<code>[^\n]+?)\}\}"
            + @"|\{color:(?<color>[#\w]+)\}(?<colored>.*?)\{color\}"
            + @"|\[~(?<user>[^\]\s]+)\]|\[\^(?<file>[^\]\n]+)\]"
            + @"|\[((?<text>![^!\]\n]+!|[^|\]\n]+)\|)?(?<url>(https?://|mailto:|ftp://|file:|#|/)[^|\]\s]+)(\|[^\]]*)?\]"
            + @"|!(?<image>[^!|\s][^!|\n]*\.\w+|https?://[^!|\s]+)(\|[^!\n]*)?!"
            + @"|(?<bare>\bhttps?://[^\s<>""|\])}]*[^\s<>""|\])},.;:!?'])"
            + @"|(?<![\w*\\])\*(?<strong>[^\s*]|[^\s*][^\n]*?[^\s*])\*(?![\w*])"
            + @"|(?<![\w_])_(?<em>[^\s_]|[^\s_][^\n]*?[^\s_])_(?![\w_])"
            + @"|(?<![\w-])-(?<del>[^\s-]|[^\s-][^\n]*?[^\s-])-(?![\w-])"
            + @"|(?<![\w+])\+(?<ins>[^\s+]|[^\s+][^\n]*?[^\s+])\+(?![\w+])"
            + @"|(?<![\w^])\^(?<sup>[^\s^]+)\^(?![\w^])|\{\^\}(?<sup>[^\s^]+)\{\^\}"
            + @"|(?<![\w~])~(?<sub>[^\s~]+)~(?![\w~])|\{~\}(?<sub>[^\s~]+)\{~\}|\?\?(?<cite>[^\n?]+)\?\?"
            + @"|(?<dash>(?<=\s)---?(?=\s))"
            + @"|(?<=^|\s)(:\)|:\(|:P|:D|;\)|\(y\)|\(n\)|\(i\)|\(/\)|\(x\)|\(!\)|\(\?\)|\(\*\))(?=$|\s|[.,])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
