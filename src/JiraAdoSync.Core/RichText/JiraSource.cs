using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace JiraAdoSync.RichText;

/// <summary>
/// A rich text as Jira keeps it: a document on Cloud, wiki markup on Data Center. It may hold what no text of a work
/// item becomes, and what would be lost if it were written anew from one.
/// </summary>
public static partial class JiraSource
{
    private static readonly HashSet<string> Kept =
    [
        "doc", "paragraph", "heading", "text", "hardBreak", "bulletList", "orderedList", "listItem", "codeBlock",
        "blockquote", "rule", "table", "tableRow", "tableHeader", "tableCell", "emoji", "inlineCard",
        "strong", "em", "underline", "strike", "code", "link", "subsup",
    ];

    /// <summary>What would be lost if a text were written anew from its work item; null where nothing would.</summary>
    /// <param name="source">The text as Jira keeps it, as JSON; null where there is none.</param>
    public static string? FindObstacle(string? source) => source is null ? null : JsonNode.Parse(source) switch
    {
        JsonObject document => InDocument(document),
        JsonValue value when value.TryGetValue<string>(out var markup) => InMarkup(markup),
        null => null,
        _ => "it is no text that this version knows",
    };

    /// <summary>Whether a text is what Jira was sent for a text of a work item.</summary>
    /// <param name="source">The text as Jira keeps it, as JSON; null where there is none.</param>
    /// <param name="html">The text that was written, as HTML.</param>
    public static bool IsOf(string? source, string html) => source is null ? string.IsNullOrWhiteSpace(html)
        : JsonNode.Parse(source) switch
        {
            JsonObject document => JsonNode.DeepEquals(Bare(document), Bare(JiraDocument.Of(html))),
            JsonValue value when value.TryGetValue<string>(out var markup) =>
                Lines(markup) == Lines(JiraMarkup.Of(html)),
            _ => false,
        };

    /// <summary>
    /// Whether a history that says what an issue got means a text of a work item. It has the words alone, or markup, so that
    /// only letters and digits are compared.
    /// </summary>
    /// <param name="shown">What the history says; null for nothing.</param>
    /// <param name="html">The text of the work item, as HTML.</param>
    internal static bool IsShownAs(string? shown, string html)
    {
        var (words, markup) = (HtmlElement.Read(html).AllText, JiraMarkup.Of(html));
        return string.IsNullOrWhiteSpace(shown) || string.IsNullOrWhiteSpace(markup)
            ? string.IsNullOrWhiteSpace(shown) && string.IsNullOrWhiteSpace(markup)
            : Letters(shown) is { Length: > 0 } letters && (letters == Letters(words) || letters == Letters(markup));
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));

    /// <summary>A document without what Jira adds by itself.</summary>
    private static JsonNode? Bare(JsonNode? node) => node switch
    {
        JsonObject parts => new JsonObject(parts
            .Where(part => part.Key is not "localId"
                && part.Value is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 }))
            .Select(part => KeyValuePair.Create(part.Key, Bare(part.Value)))
            .Where(part => part.Value is not JsonObject { Count: 0 })
            .OrderBy(part => part.Key, StringComparer.Ordinal)),
        JsonArray items => new JsonArray([.. items.Select(Bare)]),
        _ => node?.DeepClone(),
    };

    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Trim();

    private static string? InDocument(JsonObject node)
    {
        var type = node["type"]?.ToString() ?? string.Empty;
        var problem = type switch
        {
            _ when type.StartsWith("media", StringComparison.Ordinal) => "it has an image or a file",
            _ when type.EndsWith("xtension", StringComparison.Ordinal) => "it has a macro",
            "mention" => "it mentions somebody",
            "textColor" or "backgroundColor" => "it has coloured text",
            "orderedList" when node["attrs"]?["order"]?.ToString() is not (null or "1") =>
                "it has a list that begins with another number",
            "codeBlock" when node["attrs"]?["language"]?.ToString() is { Length: > 0 } =>
                "it has code of which it says the language",
            "tableCell" or "tableHeader" when IsSpan(node, "colspan") || IsSpan(node, "rowspan") =>
                "it has merged cells",
            "tableCell" or "tableHeader" when node["attrs"]?["background"]?.ToString() is { Length: > 0 } =>
                "it has coloured cells",
            _ => Kept.Contains(type) ? null : $"it has an element '{type}'",
        };
        return problem ?? Parts(node, "marks").Concat(Parts(node, "content"))
            .Select(InDocument).FirstOrDefault(one => one is not null);
    }

    private static IEnumerable<JsonObject> Parts(JsonObject node, string name) =>
        (node[name] as JsonArray ?? []).OfType<JsonObject>();

    private static bool IsSpan(JsonObject cell, string name) => cell["attrs"]?[name]?.ToString() is not (null or "1");

    private static string? InMarkup(string markup)
    {
        var text = Literal().Replace(markup, string.Empty);
        return Image().IsMatch(text) ? "it has an image"
            : Mention().IsMatch(text) ? "it mentions somebody"
            : File().IsMatch(text) ? "it leads to a file"
            : Macro().Match(text) is { Success: true } macro ? $"it has a macro {macro.Value}"
            : Citation().IsMatch(text) ? "it has a citation"
            : null;
    }

    [GeneratedRegex(@"\{noformat\}.*?\{noformat\}|\{\{.*?\}\}", RegexOptions.Singleline)]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?<![\\\w])![^\s!|]+\.\w{2,5}(\|[^!\n]*)?!")]
    private static partial Regex Image();

    [GeneratedRegex(@"(?<!\\)\[~[^\]\n]+\]")]
    private static partial Regex Mention();

    [GeneratedRegex(@"(?<!\\)\[([^\]|\n]*\|)?\^[^\]\n]+\]")]
    private static partial Regex File();

    [GeneratedRegex(@"(?<![\\{])\{(?!noformat\}|quote\})[A-Za-z][^}\n]*\}")]
    private static partial Regex Macro();

    [GeneratedRegex(@"(?<!\\)\?\?\S[^\n]*?\?\?")]
    private static partial Regex Citation();
}
