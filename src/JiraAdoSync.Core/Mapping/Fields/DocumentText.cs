using System.Globalization;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>The words of a document of Jira Cloud, for a field that takes plain text.</summary>
internal static class DocumentText
{
    /// <summary>The words, a line for each paragraph, item of a list and row of a table.</summary>
    /// <param name="document">The document, in the Atlassian Document Format.</param>
    /// <returns>The text; null where the document holds something, and nothing of it has words.</returns>
    public static string? Of(IReadOnlyDictionary<string, object?> document)
    {
        var text = TextOf(document).Trim();
        return
            text.Length == 0 && NodesIn(document).Any(node => node.GetValueOrDefault("type") is "media" or "extension")
            ? null
            : text;
    }

    private static string TextOf(IReadOnlyDictionary<string, object?> node)
    {
        var inner = string.Concat(NodesIn(node).Select(TextOf));
        return node.GetValueOrDefault("type") switch
        {
            "text" => node.GetValueOrDefault("text") as string ?? string.Empty,
            "hardBreak" => "\n",
            "paragraph" or "heading" or "codeBlock" or "tableRow" => $"{inner.TrimEnd('\n')}\n",
            "listItem" or "taskItem" or "decisionItem" => $"- {inner.TrimEnd('\n')}\n",
            "tableCell" or "tableHeader" => $"{inner.TrimEnd('\n')}\t",
            "mention" or "status" => Attribute(node, "text"),
            "emoji" => Attribute(node, "text") is { Length: > 0 } sign ? sign : Attribute(node, "shortName"),
            "inlineCard" or "blockCard" or "embedCard" => Attribute(node, "url"),
            "date" => long.TryParse(Attribute(node, "timestamp"), CultureInfo.InvariantCulture, out var time)
                ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(time, 0, 253402300799999))
                    .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : string.Empty,
            _ => inner,
        };
    }

    private static IEnumerable<IReadOnlyDictionary<string, object?>> NodesIn(IReadOnlyDictionary<string, object?> node) =>
        FieldValue.Several(node.GetValueOrDefault("content")).OfType<IReadOnlyDictionary<string, object?>>();

    private static string Attribute(IReadOnlyDictionary<string, object?> node, string name) =>
        FieldValue.ToText((node.GetValueOrDefault("attrs") as IReadOnlyDictionary<string, object?>)
            ?.GetValueOrDefault(name)) ?? string.Empty;
}
