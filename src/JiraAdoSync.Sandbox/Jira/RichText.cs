using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// Between Jira's documents (v3), its markup (v2) and HTML (rendered fields), as far as people use them: paragraphs,
/// line breaks, headings, lists, code, quotes, rules, and strong, emphasized, code and linked text. What a document
/// holds beyond that goes through as its text.
/// </summary>
internal static partial class RichText
{
    public static JsonObject FromWiki(string text)
    {
        var blocks = new JsonArray();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var at = 0; at < lines.Length;)
        {
            var line = lines[at];
            if (line.Trim().Length == 0)
            {
                at++;
            }
            else if (Heading().Match(line) is { Success: true } heading)
            {
                var block = Block("heading", Inline(heading.Groups[2].Value));
                block["attrs"] = new JsonObject { ["level"] = int.Parse(heading.Groups[1].ValueSpan, CultureInfo.InvariantCulture) };
                blocks.Add(block);
                at++;
            }
            else if (line.StartsWith("{code", StringComparison.Ordinal) && Array.FindIndex(lines, at + 1, IsCodeEnd) is > 0 and var end)
            {
                blocks.Add(Block("codeBlock", [TextNode(string.Join('\n', lines[(at + 1)..end]))]));
                at = end + 1;
            }
            else if (line is "----")
            {
                blocks.Add(new JsonObject { ["type"] = "rule" });
                at++;
            }
            else if (ListItem().Match(line) is { Success: true } first)
            {
                var mark = first.Groups[1].Value;
                var items = new JsonArray();
                for (; at < lines.Length && ListItem().Match(lines[at]) is { Success: true } item && item.Groups[1].Value == mark; at++)
                {
                    items.Add(Block("listItem", [Block("paragraph", Inline(item.Groups[2].Value))]));
                }

                blocks.Add(Block(mark == "#" ? "orderedList" : "bulletList", items));
            }
            else
            {
                var paragraph = new JsonArray();
                for (; at < lines.Length && lines[at].Trim().Length > 0 && (paragraph.Count == 0 || !StartsBlock(lines[at])); at++)
                {
                    if (paragraph.Count > 0)
                    {
                        paragraph.Add(new JsonObject { ["type"] = "hardBreak" });
                    }

                    foreach (var node in Inline(lines[at]).ToList())
                    {
                        paragraph.Add(node!.DeepClone());
                    }
                }

                blocks.Add(Block("paragraph", paragraph));
            }
        }

        return new JsonObject { ["type"] = "doc", ["version"] = 1, ["content"] = blocks };
    }

    public static string ToWiki(JsonNode? document)
    {
        var blocks = Content(document).Select(WikiBlock);
        return string.Join("\n\n", blocks).TrimEnd('\n');
    }

    public static string ToHtml(JsonNode? value) => value is null ? "" : string.Concat(
        Content(value is JsonObject ? value : FromWiki(value.Text() ?? "")).Select(HtmlBlock));

    /// <summary>The text of a value that may be a document or plain.</summary>
    public static string TextOf(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Object ? ToWiki(value) : value.Text() ?? "";

    /// <summary>The value as a version of the API writes it.</summary>
    public static JsonNode? Write(JsonNode? value, string version) => value switch
    {
        null => null,
        JsonValue when version == "3" => FromWiki(value.Text() ?? ""),
        JsonObject when version != "3" => ToWiki(value),
        _ => value.DeepClone(),
    };

    /// <summary>What is wrong with a value that a version of the API is given, or null.</summary>
    public static string? Problem(JsonNode? value, string version) => value is null ? null
        : version == "3"
            ? value.Get("type").Text() == "doc" && value.Get("content") is JsonArray ? null
                : "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
            : value.GetValueKind() == JsonValueKind.String ? null : "Operation value must be a string";

    private static bool StartsBlock(string line) => Heading().IsMatch(line) || ListItem().IsMatch(line)
        || line is "----" || line.StartsWith("{code", StringComparison.Ordinal);

    private static bool IsCodeEnd(string line) => line.Trim() == "{code}";

    private static JsonObject Block(string type, JsonArray content) => new() { ["type"] = type, ["content"] = content };

    private static JsonObject TextNode(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonArray Inline(string line)
    {
        var nodes = new JsonArray();
        var at = 0;
        foreach (Match match in Mark().Matches(line))
        {
            Add(line[at..match.Index], null);
            var mark = match.Groups["strong"].Success ? "strong" : match.Groups["em"].Success ? "em"
                : match.Groups["code"].Success ? "code" : "link";
            if (mark == "link")
            {
                var url = match.Groups["url"].Value;
                Add(match.Groups["text"] is { Success: true } named ? named.Value : url,
                    new JsonObject { ["type"] = "link", ["attrs"] = new JsonObject { ["href"] = url } });
            }
            else
            {
                Add(match.Groups[mark].Value, new JsonObject { ["type"] = mark });
            }

            at = match.Index + match.Length;
        }

        Add(line[at..], null);
        return nodes;

        void Add(string text, JsonObject? mark)
        {
            if (text.Length > 0)
            {
                var node = TextNode(text);
                if (mark is not null)
                {
                    node["marks"] = new JsonArray(mark);
                }

                nodes.Add(node);
            }
        }
    }

    private static IEnumerable<JsonNode?> Content(JsonNode? node) => node.Get("content") as JsonArray ?? [];

    private static string Type(JsonNode? node) => node.Get("type").Text() ?? "";

    private static string WikiBlock(JsonNode? node) => Type(node) switch
    {
        "heading" => $"h{node.Get("attrs").Get("level").Text() ?? "1"}. {WikiInline(node)}",
        "bulletList" => string.Join('\n', Content(node).Select(item => "* " + WikiInline(item))),
        "orderedList" => string.Join('\n', Content(node).Select(item => "# " + WikiInline(item))),
        "codeBlock" => $"{{code}}\n{PlainText(node)}\n{{code}}",
        "blockquote" => "bq. " + WikiInline(node),
        "rule" => "----",
        _ => WikiInline(node),
    };

    private static string WikiInline(JsonNode? node) => Type(node) switch
    {
        "text" => (node.Get("marks") as JsonArray ?? []).Aggregate(node.Get("text").Text() ?? "", (text, mark) => Type(mark) switch
        {
            "strong" => $"*{text}*",
            "em" => $"_{text}_",
            "code" => $"{{{{{text}}}}}",
            "link" => $"[{text}|{mark.Get("attrs").Get("href").Text()}]",
            _ => text,
        }),
        "hardBreak" => "\n",
        _ => Named(node) ?? string.Concat(Content(node).Select(WikiInline)),
    };

    private static string HtmlBlock(JsonNode? node)
    {
        var level = node.Get("attrs").Get("level").Text() ?? "1";
        return Type(node) switch
        {
            "heading" => $"<h{level}>{HtmlInline(node)}</h{level}>\n",
            "bulletList" => $"<ul>\n{HtmlItems(node)}</ul>\n",
            "orderedList" => $"<ol>\n{HtmlItems(node)}</ol>\n",
            "codeBlock" => $"<pre>{WebUtility.HtmlEncode(PlainText(node))}</pre>\n",
            "blockquote" => $"<blockquote>{HtmlInline(node)}</blockquote>\n",
            "rule" => "<hr/>\n",
            _ => $"<p>{HtmlInline(node)}</p>\n",
        };
    }

    private static string HtmlItems(JsonNode? list) => string.Concat(Content(list).Select(item => $"<li>{HtmlInline(item)}</li>\n"));

    private static string HtmlInline(JsonNode? node) => Type(node) switch
    {
        "text" => (node.Get("marks") as JsonArray ?? []).Aggregate(WebUtility.HtmlEncode(node.Get("text").Text() ?? ""), (text, mark) =>
            Type(mark) switch
            {
                "strong" => $"<b>{text}</b>",
                "em" => $"<em>{text}</em>",
                "code" => $"<tt>{text}</tt>",
                "link" => $"<a href=\"{WebUtility.HtmlEncode(mark.Get("attrs").Get("href").Text())}\">{text}</a>",
                _ => text,
            }),
        "hardBreak" => "<br/>\n",
        _ => WebUtility.HtmlEncode(Named(node)) ?? string.Concat(Content(node).Select(HtmlInline)),
    };

    // Mentions, cards and the like carry what they show as an attribute.
    private static string? Named(JsonNode? node) =>
        node.Get("attrs").Get("text").Text() ?? (Type(node) == "inlineCard" ? node.Get("attrs").Get("url").Text() : null);

    private static string PlainText(JsonNode? node)
    {
        var text = new StringBuilder(node.Get("text").Text());
        foreach (var child in Content(node))
        {
            text.Append(PlainText(child));
        }

        return text.ToString();
    }

    [GeneratedRegex(@"^h([1-6])\.\s+(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*([*#-])\s+(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ListItem();

    [GeneratedRegex(
        @"\{\{(?<code>[^{}\n]+)\}\}|\[((?<text>[^|\]\n]+)\|)?(?<url>(https?://|mailto:)[^|\]\s]+)\]"
            + @"|(?<![\w*])\*(?<strong>\S|\S[^*\n]*\S)\*(?![\w*])|(?<![\w_])_(?<em>\S|\S[^_\n]*\S)_(?![\w_])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Mark();
}
