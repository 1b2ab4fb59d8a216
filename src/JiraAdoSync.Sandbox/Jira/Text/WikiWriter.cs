using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Text;

/// <summary>Writes a document as markup; what markup can't express is written as its text.</summary>
internal static class WikiWriter
{
    public static string Write(JsonNode? document) => Blocks(document).TrimEnd('\n');

    private static string Blocks(JsonNode? node) => string.Join("\n\n", Adf.Content(node).Select(Block));

    private static string Block(JsonNode? node) => Adf.Type(node) switch
    {
        "heading" => $"h{Adf.Attribute(node, "level") ?? "1"}. {Inline(node)}",
        "bulletList" or "orderedList" => List(node, ""),
        "taskList" or "decisionList" => string.Join('\n', Adf.Content(node).Select(item =>
            $"* {(Adf.Attribute(item, "state") is "DONE" or "DECIDED" ? "(/) " : "")}{Inline(item)}")),
        "codeBlock" => Adf.Attribute(node, "language") is "none" ? $"{{noformat}}\n{Adf.PlainText(node)}\n{{noformat}}"
            : $"{{code{(Adf.Attribute(node, "language") is { } language ? ":" + language : "")}}}\n{Adf.PlainText(node)}\n{{code}}",
        "blockquote" => Adf.Content(node).Count() == 1 && Adf.Type(Adf.Content(node).First()) == "paragraph"
            ? "bq. " + Inline(node) : $"{{quote}}\n{Blocks(node)}\n{{quote}}",
        "panel" => $"{{panel}}\n{Blocks(node)}\n{{panel}}",
        "expand" or "nestedExpand" => $"{{panel:title={Adf.Attribute(node, "title")}}}\n{Blocks(node)}\n{{panel}}",
        "rule" => "----",
        "table" => string.Join('\n', Adf.Content(node).Select(Row)),
        "layoutSection" or "layoutColumn" or "bodiedExtension" => Blocks(node),
        _ => Inline(node),
    };

    private static string Row(JsonNode? row) => string.Concat(Adf.Content(row).Select(cell =>
        (Adf.Type(cell) == "tableHeader" ? "||" : "|") + Cell(cell)))
            + (Adf.Type(Adf.Content(row).LastOrDefault()) == "tableHeader" ? "||" : "|");

    private static string Cell(JsonNode? cell) =>
        string.Join(@"\\", Adf.Content(cell).Select(Block))
            .Replace("\n", @"\\", StringComparison.Ordinal) is { Length: > 0 } text ? text : " ";

    private static string List(JsonNode? list, string marks)
    {
        var mine = marks + (Adf.Type(list) == "orderedList" ? '#' : '*');
        return string.Join('\n', Adf.Content(list).SelectMany(item =>
        {
            var (lists, rest) = (Adf.Content(item).Where(IsList), Adf.Content(item).Where(node => !IsList(node)));
            return lists.Select(nested => List(nested, mine))
                .Prepend($"{mine} {string.Join('\n', rest.Select(Block))}");
        }));

        static bool IsList(JsonNode? node) => Adf.Type(node) is "bulletList" or "orderedList";
    }

    private static string Inline(JsonNode? node) => Adf.Type(node) switch
    {
        "text" => (node.Get("marks") as JsonArray ?? []).Aggregate(node.Get("text").Text() ?? "", Marked),
        "hardBreak" => "\n",
        "mention" => Adf.Attribute(node, "id") is { } id ? $"[~accountid:{id}]" : Adf.Attribute(node, "text") ?? "",
        "emoji" => Adf.Attribute(node, "text") ?? Adf.Attribute(node, "shortName") ?? "",
        "media" or "mediaInline" => Adf.Link(node) is { } href ? $"[{Media(node)}|{href}]" : Media(node),
        "inlineCard" or "blockCard" or "embedCard" => $"[{Adf.Attribute(node, "url")}]",
        "date" => HtmlWriter.DateOf(node),
        "status" => $"*[ {Adf.Attribute(node, "text")} ]*",
        _ => Adf.Attribute(node, "text") ?? string.Concat(Adf.Content(node).Select(Inline)),
    };

    private static string Media(JsonNode? node) =>
        Adf.Attribute(node, "type") == "external" ? $"!{Adf.Attribute(node, "url")}!"
        : Adf.Attribute(node, "alt") is not { Length: > 0 } name ? ""
        : Adf.Attribute(node, "width") is { } width ? $"!{name}|width={width}!"
        : Adf.Type(node) == "mediaInline" && !HtmlWriter.IsImage(name) ? $"[^{name}]" : $"!{name}!";

    // In braces it counts within a word too.
    private static string Marked(string text, JsonNode? mark) => Adf.Type(mark) switch
    {
        "strong" => $"*{text}*",
        "em" => $"_{text}_",
        "code" => $"{{{{{text}}}}}",
        "strike" => $"-{text}-",
        "underline" => $"+{text}+",
        "subsup" => Adf.Attribute(mark, "type") == "sub" ? $"{{~}}{text}{{~}}" : $"{{^}}{text}{{^}}",
        "textColor" => $"{{color:{Adf.Attribute(mark, "color")}}}{text}{{color}}",
        "link" => Adf.Attribute(mark, "href") is var href && href == text ? $"[{href}]" : $"[{text}|{href}]",
        _ => text,
    };
}
