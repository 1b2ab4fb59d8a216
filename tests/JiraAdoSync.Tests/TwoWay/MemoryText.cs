using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.RichText;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>
/// Descriptions: as documents, which Jira keeps and renders, as HTML, which work items have, and as the words that people
/// see, which are all that the model knows of them.
/// </summary>
internal static partial class MemoryText
{
    private const string Panel =
        """{"type":"doc","version":1,"content":[{"type":"panel","content":[{"type":"paragraph","content":[{"type":"text","text":"~"}]}]}]}""";

    /// <summary>What a person writes in Jira: words, nothing, or words in a panel, which no work item has.</summary>
    public static string? InJira(int kind, string words) => kind switch
    {
        4 => Panel.Replace("~", words, StringComparison.Ordinal),
        5 => null,
        _ => Keep($"<p>{words}</p>"),
    };

    /// <summary>What a person writes in Azure DevOps: words, nothing, or words with an image, which Jira is not given.</summary>
    public static string? InAdo(int kind, string words) => kind switch
    {
        4 => $"<p>{words} <img src=\"https://contoso.example/a.png\"></p>",
        5 => null,
        6 => $"<div>{words}</div>",
        7 => $"<p><b>{words}</b></p>",
        _ => $"<p>{words}</p>",
    };

    /// <summary>What Jira keeps of what a run sends.</summary>
    public static string? Keep(string html) =>
        string.IsNullOrWhiteSpace(html) ? null : JiraDocument.Of(html).ToJsonString();

    public static Replica With(Replica issue, string? source) => issue with
    {
        DescriptionSource = source, DescriptionDigest = source is null ? Replica.NoDescription : ShortDigest.Of(source),
    };

    /// <summary>What Jira renders.</summary>
    public static string Render(Replica issue) =>
        issue.DescriptionSource is { } source ? Render(JsonNode.Parse(source)!) : string.Empty;

    /// <summary>The words as people see them: those of a panel after <c>#</c>, bold ones between <c>*</c>.</summary>
    public static string Said(string? html) => WebUtility.HtmlDecode(Tag().Replace(html ?? string.Empty, tag => tag.Value switch
    {
        "<b>" or "</b>" or "<strong>" or "</strong>" => "*",
        "<div class=\"panel\">" => "#",
        ['<', 'i', 'm', 'g', ..] => "!",
        _ => string.Empty,
    })).Trim();

    /// <summary>Whether both sides say the same: a work item has the words of a panel without it.</summary>
    public static bool IsSame(string jira, string ado) => jira.TrimStart('#') == ado;

    /// <summary>Whether a write to Jira would take something away: the panel, or the image.</summary>
    public static bool IsHeld(string jira, string ado) => jira.StartsWith('#') || ado.EndsWith('!');

    private static string Render(JsonNode node)
    {
        var inner = string.Concat((node["content"] as JsonArray ?? []).Select(part => Render(part!)));
        return (string?)node["type"] switch
        {
            "text" when node["marks"] is not null => $"<b>{node["text"]}</b>",
            "text" => $"{node["text"]}",
            "paragraph" => $"<p>{inner}</p>",
            "panel" => $"<div class=\"panel\">{inner}</div>",
            _ => inner,
        };
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
