using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Text;

/// <summary>
/// Writes a document as Jira renders it, with the elements and classes of its pages: panels and code in boxes, tables
/// in a wrapping, images and attachments by the address of their content, keys of issues as links to them.
/// </summary>
internal sealed partial class HtmlWriter(TextScope scope)
{
    private static readonly string[] Images = [".png", ".jpg", ".jpeg", ".gif", ".bmp", ".svg", ".webp"];

    private static readonly Dictionary<string, string> PanelColors = new()
    {
        ["info"] = "#deebff", ["note"] = "#eae6ff", ["success"] = "#e3fcef", ["warning"] = "#fffae6",
        ["error"] = "#ffebe6",
    };

    private readonly StringBuilder _html = new();

    public string Write(JsonNode? document)
    {
        Blocks(document);
        return _html.ToString();
    }

    public static bool IsImage(string fileName) =>
        Images.Any(ending => fileName.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The date of a node, which holds milliseconds.</summary>
    public static string DateOf(JsonNode? node) => long.TryParse(Adf.Attribute(node, "timestamp"), out var time)
        && time is > -62_135_596_800_000 and < 253_402_300_800_000
        ? DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";

    private void Blocks(JsonNode? node)
    {
        foreach (var block in Adf.Content(node))
        {
            Block(block);
        }
    }

    private void Block(JsonNode? node)
    {
        switch (Adf.Type(node))
        {
            case "heading":
                var level = Adf.Attribute(node, "level") ?? "1";
                var anchor = NotWord().Replace(Adf.PlainText(node), "");
                Element($"h{level}", () =>
                {
                    _html.Append(CultureInfo.InvariantCulture, $"<a name=\"{Text(anchor)}\"></a>");
                    Inlines(node);
                });
                break;
            case "bulletList" or "taskList" or "decisionList":
                List("ul", node);
                break;
            case "orderedList":
                List(Adf.Attribute(node, "order") is { } order and not "1" ? $"ol start=\"{Text(order)}\"" : "ol",
                    node);
                break;
            case "codeBlock":
                Code(node);
                break;
            case "blockquote":
                _html.Append("<blockquote>");
                Blocks(node);
                _html.Append("</blockquote>\n");
                break;
            case "panel":
                var color = PanelColors.GetValueOrDefault(Adf.Attribute(node, "panelType") ?? "", "#deebff");
                Panel(Adf.Attribute(node, "title"), Adf.Attribute(node, "title") is null
                    ? $"background-color: {color};"
                    : null, node);
                break;
            case "expand" or "nestedExpand":
                Panel(Adf.Attribute(node, "title"), null, node);
                break;
            case "rule":
                _html.Append("<hr />\n");
                break;
            case "table":
                Table(node);
                break;
            case "mediaSingle" or "mediaGroup":
                Element("p", () => Inlines(node));
                break;
            case "layoutSection" or "layoutColumn" or "bodiedExtension":
                Blocks(node);
                break;
            case "paragraph":
                Element("p", () => Inlines(node));
                break;
            default:
                Element("p", () => Inline(node));
                break;
        }
    }

    private void Element(string name, Action content)
    {
        _html.Append(CultureInfo.InvariantCulture, $"<{name}>");
        content();
        _html.Append(CultureInfo.InvariantCulture, $"</{name}>\n");
    }

    private void List(string element, JsonNode? list)
    {
        _html.Append(CultureInfo.InvariantCulture, $"<{element}>\n");
        foreach (var item in Adf.Content(list))
        {
            _html.Append("\t<li>");
            if (Adf.Type(item) is "taskItem" or "decisionItem")
            {
                _html.Append(Adf.Attribute(item, "state") is "DONE" or "DECIDED" ? "&#9745; " : "&#9744; ");
            }

            // A paragraph that opens an item has no element of its own.
            var isFirst = true;
            foreach (var node in Adf.Content(item))
            {
                if (isFirst && Adf.Type(node) == "paragraph")
                {
                    Inlines(node);
                }
                else if (Adf.Type(item) == "listItem")
                {
                    if (Adf.Type(node) is "bulletList" or "orderedList")
                    {
                        _html.Append('\n');
                    }

                    Block(node);
                }
                else
                {
                    Inline(node);
                }

                isFirst = false;
            }

            _html.Append("</li>\n");
        }

        _html.Append(CultureInfo.InvariantCulture, $"</{element.Split(' ')[0]}>\n");
    }

    private void Code(JsonNode? node)
    {
        var language = Adf.Attribute(node, "language");
        var kind = language == "none" ? "preformatted" : "code";
        var pre = language == "none"
            ? "<pre>"
            : $"<pre class=\"code-{Text((language ?? "java").ToLowerInvariant())}\">";
        _html.Append(CultureInfo.InvariantCulture,
            $"<div class=\"{kind} panel\" style=\"border-width: 1px;\"><div class=\"{kind}Content panelContent\">\n{pre}");
        _html.Append(CultureInfo.InvariantCulture, $"{Text(Adf.PlainText(node))}</pre>\n</div></div>\n");
    }

    private void Panel(string? title, string? style, JsonNode? node)
    {
        _html.Append(CultureInfo.InvariantCulture, $"<div class=\"panel\" style=\"{style}border-width: 1px;\">");
        if (title is not null)
        {
            _html.Append(CultureInfo.InvariantCulture,
                $"<div class=\"panelHeader\" style=\"border-bottom-width: 1px;\"><b>{Text(title)}</b></div>");
        }

        _html.Append("<div class=\"panelContent\">\n");
        Blocks(node);
        _html.Append("</div></div>\n");
    }

    private void Table(JsonNode? table)
    {
        _html.Append("<div class='table-wrap'>\n<table class='confluenceTable'><tbody>\n");
        foreach (var row in Adf.Content(table))
        {
            _html.Append("<tr>\n");
            foreach (var cell in Adf.Content(row))
            {
                var (name, style) = Adf.Type(cell) == "tableHeader" ? ("th", "confluenceTh") : ("td", "confluenceTd");
                _html.Append(CultureInfo.InvariantCulture, $"<{name} class='{style}'");
                foreach (var span in (string[])["colspan", "rowspan"])
                {
                    if (Adf.Attribute(cell, span) is { } count and not "1")
                    {
                        _html.Append(CultureInfo.InvariantCulture, $" {span}=\"{Text(count)}\"");
                    }
                }

                _html.Append('>');
                if (Adf.Content(cell).ToList() is [var only] && Adf.Type(only) == "paragraph")
                {
                    Inlines(only);
                }
                else
                {
                    Blocks(cell);
                }

                _html.Append(CultureInfo.InvariantCulture, $"</{name}>\n");
            }

            _html.Append("</tr>\n");
        }

        _html.Append("</tbody></table>\n</div>\n");
    }

    private void Inlines(JsonNode? node)
    {
        foreach (var inline in Adf.Content(node))
        {
            Inline(inline);
        }
    }

    private void Inline(JsonNode? node)
    {
        switch (Adf.Type(node))
        {
            case "text":
                var marks = (node.Get("marks") as JsonArray ?? []).ToList();
                var isPlain = !marks.Exists(mark => Adf.Type(mark) is "link" or "code");
                var text = node.Get("text").Text() ?? "";
                _html.Append(marks.Aggregate(isPlain ? WithKeys(text) : Text(text), Marked));
                break;
            case "hardBreak":
                _html.Append("<br/>\n");
                break;
            case "mention":
                Mention(Adf.Attribute(node, "id") ?? "", (Adf.Attribute(node, "text") ?? "").TrimStart('@'));
                break;
            case "emoji":
                _html.Append(Text(Adf.Attribute(node, "text") ?? Adf.Attribute(node, "shortName") ?? ""));
                break;
            case "media" or "mediaInline":
                Media(node);
                break;
            case "inlineCard" or "blockCard" or "embedCard":
                var url = Adf.Attribute(node, "url") ?? "";
                _html.Append(Link(url, Text(url)));
                break;
            case "date":
                _html.Append(Text(DateOf(node)));
                break;
            case "status":
                _html.Append(CultureInfo.InvariantCulture,
                    $"<span class=\"status-macro aui-lozenge\"><b>{Text((Adf.Attribute(node, "text") ?? "").ToUpperInvariant())}</b></span>");
                break;
            default:
                _html.Append(Text(Adf.Attribute(node, "text") ?? ""));
                Inlines(node);
                break;
        }
    }

    private string Marked(string html, JsonNode? mark) => Adf.Type(mark) switch
    {
        "strong" => $"<b>{html}</b>",
        "em" => $"<em>{html}</em>",
        "code" => $"<tt>{html}</tt>",
        "strike" => $"<del>{html}</del>",
        "underline" => $"<ins>{html}</ins>",
        "subsup" => Adf.Attribute(mark, "type") == "sub" ? $"<sub>{html}</sub>" : $"<sup>{html}</sup>",
        "textColor" => $"<font color=\"{Text(Adf.Attribute(mark, "color"))}\">{html}</font>",
        "link" => Link(Adf.Attribute(mark, "href") ?? "", html),
        _ => html,
    };

    /// <summary>An issue of this site by its key, anything else as a link that leads outside.</summary>
    private string Link(string url, string html)
    {
        var browse = $"{scope.Site.Uri}/browse/";
        return url.StartsWith(browse, StringComparison.OrdinalIgnoreCase)
            && scope.Site.Known(url[browse.Length..]) is { } issue
            ? IssueLink(issue, html == Text(url) ? Text(issue.Key) : html)
            : url.StartsWith('#') ? $"<a href=\"{Text(url)}\">{html}</a>"
            : url.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)
                ? $"<a href=\"{Text(url)}\" class=\"external-link\" rel=\"nofollow noreferrer\">{html}</a>"
            : $"<a href=\"{Text(url)}\" class=\"external-link\" target=\"_blank\" rel=\"nofollow noopener\">{html}</a>";
    }

    private string IssueLink(Issue issue, string html) =>
        $"<a href=\"{scope.Site.Uri}/browse/{issue.Key}\" title=\"{Text(issue.Summary)}\" class=\"issue-link\" "
        + $"data-issue-key=\"{issue.Key}\">{html}</a>";

    /// <summary>Text in which the keys of readable issues lead to them.</summary>
    private string WithKeys(string text)
    {
        var html = new StringBuilder();
        var at = 0;
        foreach (Match key in IssueKey().Matches(text))
        {
            if (scope.Site.Readable(key.Value, null) is { } issue)
            {
                html.Append(Text(text[at..key.Index])).Append(IssueLink(issue, Text(key.Value)));
                at = key.Index + key.Length;
            }
        }

        return html.Append(Text(text[at..])).ToString();
    }

    private void Mention(string id, string text)
    {
        var name = Text(scope.DisplayName(id) ?? (text.Length > 0 ? text : id));
        _html.Append(scope.IsCloud
            ? $"<a href=\"{scope.Site.Uri}/secure/ViewProfile.jspa?accountId={Uri.EscapeDataString(id)}\" class=\"user-hover\" "
                + $"rel=\"{Text(id)}\" data-account-id=\"{Text(id)}\" accountid=\"{Text(id)}\">{name}</a>"
            : $"<a href=\"{scope.Site.Uri}/secure/ViewProfile.jspa?name={Uri.EscapeDataString(id)}\" class=\"user-hover\" "
                + $"rel=\"{Text(id)}\">{name}</a>");
    }

    private void Media(JsonNode? node)
    {
        var name = Adf.Attribute(node, "alt") ?? "";
        var attachment = scope.AttachmentOfMedia(Adf.Attribute(node, "id") ?? "") ?? scope.Attachment(name);
        var fileName = attachment.Get("filename").Text() ?? name;
        if (Adf.Type(node) == "mediaInline" && attachment is not null && !IsImage(fileName))
        {
            _html.Append(CultureInfo.InvariantCulture,
                $"<span class=\"nobr\"><a href=\"{Text(scope.ContentUrl(attachment))}\" title=\"{Text(fileName)} attached to ");
            _html.Append(CultureInfo.InvariantCulture, $"{scope.Issue!.Key}\" data-attachment-type=\"file\" ");
            _html.Append(
                CultureInfo.InvariantCulture, $"data-attachment-name=\"{Text(fileName)}\">{Text(fileName)}</a></span>");
            return;
        }

        var source = Adf.Attribute(node, "type") == "external" ? Adf.Attribute(node, "url") ?? ""
            : attachment is null ? $"{scope.Site.Uri}/images/icons/attach/noimage.png" : scope.ContentUrl(attachment);
        var size = string.Concat(((string[])["height", "width"])
            .Select(side => Adf.Attribute(node, side) is { } pixels ? $" {side}=\"{Text(pixels)}\"" : ""));
        var image = $"<img src=\"{Text(source)}\"{size} alt=\"{Text(fileName)}\" style=\"border: 0px solid black\" />";
        if (attachment is not null && Adf.Attribute(node, "thumbnail") == "true" && Adf.Link(node) is null)
        {
            image = $"<a id=\"{attachment["id"].Text()}_thumb\" href=\"{Text(source)}\" title=\"{Text(fileName)}\" "
                + $"file-preview-type=\"image\"><img src=\"{Text(scope.ContentUrl(attachment, "thumbnail"))}\" alt=\"{Text(fileName)}\" "
                + "style=\"border: 0px solid black\" /></a>";
        }

        if (Adf.Link(node) is { } href)
        {
            image = Link(href, image);
        }

        _html.Append(CultureInfo.InvariantCulture, $"<span class=\"image-wrap\" style=\"\">{image}</span>");
    }

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    [GeneratedRegex(@"\W+", RegexOptions.CultureInvariant)]
    private static partial Regex NotWord();

    [GeneratedRegex(@"(?<![\w/-])[A-Z][A-Z0-9_]+-\d+(?![\w-])", RegexOptions.CultureInvariant)]
    private static partial Regex IssueKey();
}
