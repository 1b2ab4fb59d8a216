using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace JiraAdoSync.RichText;

/// <summary>
/// Rich text of Azure DevOps as a document of Jira Cloud (the Atlassian Document Format, version 1): paragraphs,
/// headings, lists, code, quotes, rules and tables, with bold, italic, underlined, struck, raised and lowered text,
/// code and links. Images become links to where they are, since Jira shows none that it does not hold.
/// </summary>
public static partial class JiraDocument
{
    private static readonly HashSet<string> Kept =
    [
        "p",
        "div",
        "br",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "pre",
        "code",
        "tt",
        "kbd",
        "samp",
        "blockquote",
        "hr",
        "table",
        "thead",
        "tbody",
        "tr",
        "td",
        "th",
        "a",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "del",
        "strike",
        "sub",
        "sup",
        "body",
    ];

    /// <summary>The document of a text.</summary>
    /// <param name="html">The text as HTML.</param>
    public static JsonObject Of(string html)
    {
        var content = Blocks(HtmlElement.Read(html));
        return new JsonObject { ["type"] = "doc", ["version"] = 1, ["content"] = new JsonArray([.. content]) };
    }

    /// <summary>
    /// The document of a text as a text that is equal while it says the same: in whichever order marks are, and
    /// wherever a run of text ends. Null for a text that says nothing.
    /// </summary>
    /// <param name="html">The text as HTML.</param>
    internal static string? Canonical(string html) =>
        Of(html) is var document && ((JsonArray)document["content"]!).Count > 0
            ? Canonical(document).ToJsonString()
            : null;

    private static JsonObject Canonical(JsonNode node)
    {
        var same = (JsonObject)node.DeepClone();
        if (same["marks"] is JsonArray marks)
        {
            same["marks"] = new JsonArray(
            [
                .. marks.Select(mark => mark!.DeepClone())
                    .OrderBy(mark => mark.ToJsonString(), StringComparer.Ordinal),
            ]);
        }

        if (same["content"] is JsonArray content)
        {
            var parts = new List<JsonNode>();
            foreach (var part in content.Select(one => Canonical(one!)))
            {
                if (parts is [.., var last] && TypeOf(last) == "text" && TypeOf(part) == "text"
                    && JsonNode.DeepEquals(last["marks"], part["marks"]))
                {
                    last["text"] = TextOf(last) + TextOf(part);
                }
                else
                {
                    parts.Add(part);
                }
            }

            same["content"] = new JsonArray([.. parts]);
        }

        return same;
    }

    /// <summary>
    /// Why a text would not come back from Jira as it went there; null where it would. Such a text is not written to
    /// Jira where both sides may edit it.
    /// </summary>
    /// <param name="html">The text as HTML.</param>
    public static string? FindObstacle(string html)
    {
        foreach (var element in HtmlElement.Read(html).Descendants())
        {
            var problem = element.Name switch
            {
                "img" => "it has an image",
                "td" or "th" when element["colspan"] is not ("" or "1") || element["rowspan"] is not ("" or "1") =>
                    "it has merged cells",
                "li" or "blockquote" or "td" or "th" when element.Descendants().Any(one => one != element
                    && one.Name is "table" or "pre" or "hr" or "blockquote" or ['h', >= '1' and <= '6']) =>
                    "it has a block in a list, a quote or a table that Jira has elsewhere only",
                "a" when element["data-vss-mention"].Length > 0 => "it mentions somebody",
                "span" or "font" when element["style"].Length > 0 || element["color"].Length > 0 =>
                    "it has coloured or sized text",
                "span" or "font" => null,
                var name => Kept.Contains(name) ? null : $"it has an element <{name}>",
            };
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>What an element holds as blocks: runs of text become paragraphs.</summary>
    private static List<JsonNode> Blocks(HtmlElement element)
    {
        var blocks = new List<JsonNode>();
        var run = new List<JsonNode>();
        foreach (var child in element.Children)
        {
            if (child.IsBlock || child.Children.Exists(one => one.IsBlock))
            {
                EndRun();
                blocks.AddRange(BlocksOf(child));
            }
            else
            {
                Inline(child, [], run);
            }
        }

        EndRun();
        return blocks;

        void EndRun()
        {
            if (Trim(run) is { Count: > 0 } text)
            {
                blocks.Add(Node("paragraph", text));
            }

            run = [];
        }
    }

    private static IEnumerable<JsonNode> BlocksOf(HtmlElement element) => element.Name switch
    {
        ['h', >= '1' and <= '6' and var level] => Heading(element, level - '0'),
        "ul" => List(element, "bulletList"),
        "ol" => List(element, "orderedList"),
        "pre" => Code(element),
        "blockquote" when Flat(Blocks(element)) is { Count: > 0 } quoted => [Node("blockquote", quoted)],
        "hr" => [new JsonObject { ["type"] = "rule" }],
        "table" => Table(element),
        _ => Blocks(element),
    };

    private static IEnumerable<JsonNode> Heading(HtmlElement element, int level)
    {
        var text = new List<JsonNode>();
        Inline(element, [], text);
        return Trim(text) is { Count: > 0 } trimmed
            ? [Node("heading", trimmed, new JsonObject { ["level"] = level })] : [];
    }

    private static IEnumerable<JsonNode> Code(HtmlElement element) =>
        element.AllText.Trim('\r', '\n') is { Length: > 0 } code
            ? [Node("codeBlock", [new JsonObject { ["type"] = "text", ["text"] = code }])]
            : [];

    private static IEnumerable<JsonNode> List(HtmlElement element, string type)
    {
        var items = element.Children.Where(child => child.Name.Length > 0).Select(child =>
        {
            // An item begins with a paragraph, and holds no headings, quotes or tables.
            var content = ItemContent(child.Name == "li" ? Blocks(child) : Blocks(Wrapped(child)));
            if (content is not [{ } first, ..] || TypeOf(first) is not ("paragraph" or "codeBlock"))
            {
                content.Insert(0, Node("paragraph", []));
            }

            return (JsonNode)Node("listItem", content);
        }).ToList();
        return items.Count > 0 ? [Node(type, items)] : [];
    }

    private static IEnumerable<JsonNode> Table(HtmlElement element)
    {
        var rows = element.Descendants().Where(one => one.Name == "tr" && IsOf(one, element)).Select(row =>
            (JsonNode)Node("tableRow", row.Children.Where(cell => cell.Name is "td" or "th").Select(cell =>
            {
                var attributes = new JsonObject();
                AddSpan(attributes, cell, "colspan");
                AddSpan(attributes, cell, "rowspan");
                var content = Blocks(cell).Select(block => TypeOf(block) == "table" ? Plain(block) : block).ToList();
                return (JsonNode)Node(
                    cell.Name == "th" ? "tableHeader" : "tableCell",
                    content.Count > 0 ? content : [Node("paragraph", [])],
                    attributes);
            }).ToList())).Where(row => ((JsonArray)row["content"]!).Count > 0).ToList();
        return rows.Count > 0 ? [Node("table", rows)] : [];

        static bool IsOf(HtmlElement row, HtmlElement table) =>
            table.Children.Contains(row)
            || table.Children.Exists(part => part.Name is "thead" or "tbody" or "tfoot" && part.Children.Contains(row));
    }

    private static void AddSpan(JsonObject attributes, HtmlElement cell, string name)
    {
        if (
            int.TryParse(cell[name], NumberStyles.None, CultureInfo.InvariantCulture, out var span)
            && span is > 1 and < 100)
        {
            attributes[name] = span;
        }
    }

    private static void Inline(HtmlElement element, IReadOnlyList<JsonObject> marks, List<JsonNode> run)
    {
        switch (element.Name)
        {
            case "":
                Text(Space().Replace(element.Text, " "), marks, run);
                return;
            case "br":
                run.Add(new JsonObject { ["type"] = "hardBreak" });
                return;
            case "img":
                var source = AddressOf(element["src"]);
                var label = element["alt"] is { Length: > 0 } alt ? alt : source ?? string.Empty;
                Text(label, source is null ? marks : With(marks, Link(source)), run);
                return;
            case "input" when element["type"].Equals("checkbox", StringComparison.OrdinalIgnoreCase):
                Text(element["checked"].Length > 0 ? "\u2611 " : "\u2610 ", marks, run);
                return;
        }

        var mark = element.Name switch
        {
            "b" or "strong" => Mark("strong"),
            "i" or "em" or "cite" => Mark("em"),
            "u" or "ins" => Mark("underline"),
            "s" or "del" or "strike" => Mark("strike"),
            "code" or "tt" or "kbd" or "samp" => Mark("code"),
            "sub" or "sup" => Mark("subsup", "type", element.Name),
            "a" when AddressOf(element["href"]) is { } address => Link(address),
            _ => null,
        };
        var inner = mark is null ? marks : With(marks, mark);
        element.Children.ForEach(child => Inline(child, inner, run));
    }

    /// <summary>Code combines with nothing but a link, and no mark occurs twice.</summary>
    private static List<JsonObject> With(IReadOnlyList<JsonObject> marks, JsonObject mark)
    {
        var all = marks.Where(one => TypeOf(one) != TypeOf(mark)).Append(mark).ToList();
        return all.Exists(one => TypeOf(one) == "code")
            ? all.Where(one => TypeOf(one) is "code" or "link").ToList()
            : all;
    }

    private static void Text(string text, IReadOnlyList<JsonObject> marks, List<JsonNode> run)
    {
        // A line begins with no blank.
        text = run.Count == 0 || TypeOf(run[^1]) == "hardBreak" ? text.TrimStart(' ') : text;
        if (text.Length == 0)
        {
            return;
        }

        var node = new JsonObject { ["type"] = "text", ["text"] = text };
        if (marks.Count > 0)
        {
            node["marks"] = new JsonArray([.. marks.Select(mark => mark.DeepClone())]);
        }

        run.Add(node);
    }

    /// <summary>A run without the blanks and breaks at its two ends.</summary>
    private static List<JsonNode> Trim(List<JsonNode> run)
    {
        while (run.Count > 0 && (TypeOf(run[^1]) == "hardBreak" || string.IsNullOrWhiteSpace(TextOf(run[^1]))))
        {
            run.RemoveAt(run.Count - 1);
        }

        while (run.Count > 0 && TypeOf(run[0]) == "text" && string.IsNullOrWhiteSpace(TextOf(run[0])))
        {
            run.RemoveAt(0);
        }

        if (run.Count > 0 && TypeOf(run[^1]) == "text")
        {
            run[^1]["text"] = TextOf(run[^1]).TrimEnd();
        }

        if (run.Count > 0 && TypeOf(run[0]) == "text")
        {
            run[0]["text"] = TextOf(run[0]).TrimStart();
        }

        return run;
    }

    private static List<JsonNode> ItemContent(List<JsonNode> blocks) =>
        blocks
            .Select(block =>
                TypeOf(block) is "paragraph" or "codeBlock" or "bulletList" or "orderedList" ? block : Plain(block))
            .ToList();

    private static List<JsonNode> Flat(List<JsonNode> blocks) =>
        blocks
            .Select(block =>
                TypeOf(block) is "paragraph" or "codeBlock" or "bulletList" or "orderedList" ? block : Plain(block))
            .ToList();

    /// <summary>A block as a paragraph of its text, for where no such block may be.</summary>
    private static JsonObject Plain(JsonNode block) =>
        Node(
            "paragraph",
            AllText(block) is { Length: > 0 } text ? [new JsonObject { ["type"] = "text", ["text"] = text }] : []);

    private static string AllText(JsonNode? node) => node?["text"] is { } text ? text.GetValue<string>()
        : string.Join(' ', (node?["content"] as JsonArray ?? []).Select(AllText).Where(part => part.Length > 0));

    private static HtmlElement Wrapped(HtmlElement child)
    {
        var item = new HtmlElement("li", string.Empty, new Dictionary<string, string>());
        item.Children.Add(child);
        return item;
    }

    private static string? AddressOf(string text) => Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address)
        && HtmlPolicy.AllowsScheme(address.Scheme) ? address.AbsoluteUri : null;

    private static string TypeOf(JsonNode node) => node["type"]!.GetValue<string>();

    private static string TextOf(JsonNode node) => node["text"]?.GetValue<string>() ?? string.Empty;

    private static JsonObject Mark(string type) => new() { ["type"] = type };

    private static JsonObject Mark(string type, string attribute, string value) =>
        new() { ["type"] = type, ["attrs"] = new JsonObject { [attribute] = value } };

    private static JsonObject Link(string address) => Mark("link", "href", address);

    private static JsonObject Node(string type, List<JsonNode> content, JsonObject? attributes = null)
    {
        var node = new JsonObject { ["type"] = type };
        if (attributes is not null)
        {
            node["attrs"] = attributes;
        }

        node["content"] = new JsonArray([.. content]);
        return node;
    }

    [GeneratedRegex(@"[ \t\r\n\f]+")]
    private static partial Regex Space();
}
