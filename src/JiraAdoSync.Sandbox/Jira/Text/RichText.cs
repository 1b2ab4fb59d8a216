using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Text;

/// <summary>
/// Rich text as Jira keeps and shows it: documents (v3), markup (v2) and HTML (rendered fields). What was written is
/// kept as it is; what another version of the API or a rendering asks for is converted from the document.
/// </summary>
internal static class RichText
{
    /// <summary>How long a text may be, where no administrator says otherwise.</summary>
    private const int Most = 32_767;

    /// <summary>The HTML of a value as the site shows it at an issue.</summary>
    public static string ToHtml(JsonNode? value, TextScope scope) => value is null ? ""
        : new HtmlWriter(scope)
            .Write(value is JsonObject ? value : new WikiReader(scope, isRendered: true).Read(value.Text() ?? ""));

    /// <summary>The text of a value that may be a document or plain.</summary>
    public static string TextOf(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Object ? WikiWriter.Write(value) : value.Text() ?? "";

    /// <summary>The value as a version of the API writes it.</summary>
    public static JsonNode? Write(JsonNode? value, TextScope scope) => value switch
    {
        null => null,
        JsonValue when scope.Version == "3" => new WikiReader(scope, isRendered: false).Read(value.Text() ?? ""),
        JsonObject when scope.Version != "3" => WikiWriter.Write(value),
        _ => value.DeepClone(),
    };

    /// <summary>What is wrong with a value that a version of the API is given, or null.</summary>
    public static string? Problem(JsonNode? value, string version) => value is null ? null
        : version == "3"
            ? value.Get("type").Text() == "doc" && value.Get("content") is JsonArray ? Limit(LengthOf(value), Most)
                : "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
            : value.GetValueKind() == JsonValueKind.String ? Limit(value.Text()!.Length, Most)
                : "Operation value must be a string";

    /// <summary>What Jira says of a text that is longer than its field takes; null of any other.</summary>
    public static string? Limit(int length, int most) => length <= most ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"The entered text is too long. It exceeds the allowed limit of {most:N0} characters.");

    /// <summary>How many letters a document has.</summary>
    private static int LengthOf(JsonNode? node) => node switch
    {
        JsonArray list => list.Sum(LengthOf),
        JsonObject one => LengthOf(one["content"]) + (one["text"].Text()?.Length ?? 0),
        _ => 0,
    };
}

/// <summary>
/// The context of a text: the site, the version that is asked for, and the issue whose attachments it names.
/// </summary>
internal sealed record TextScope(JiraSite Site, string Version, Issue? Issue)
{
    public bool IsCloud => Site.Flavor == JiraFlavor.Cloud;

    /// <summary>The attachment of a file name; the newest where several have it.</summary>
    public JsonNode? Attachment(string fileName) =>
        Attachments.LastOrDefault(one => one.Get("filename").Text() == fileName);

    /// <summary>The attachment of an id of the media service.</summary>
    public JsonNode? AttachmentOfMedia(string mediaId) =>
        Attachments.FirstOrDefault(one => one.Get("id").Text() is { } id && (MediaId(id) == mediaId || id == mediaId));

    /// <summary>The id by which documents call an attachment: not its own, but that of the media service.</summary>
    public static string MediaId(string attachmentId) =>
        AzureDevOps.Accounts.StableGuid.Of($"media:{attachmentId}").ToString("D");

    /// <summary>Where the content of an attachment is: Cloud gives it without the host.</summary>
    public string ContentUrl(JsonNode attachment, string kind = "content")
    {
        var (id, name) = (attachment.Get("id").Text(), attachment.Get("filename").Text() ?? "");
        return IsCloud ? $"{Site.Uri.AbsolutePath.TrimEnd('/')}/rest/api/3/attachment/{kind}/{id}"
            : $"{Site.Uri}/secure/{(kind == "thumbnail" ? kind : "attachment")}/{id}/{id}_{Uri.EscapeDataString(name)}";
    }

    /// <summary>
    /// The name of somebody, by account id on Cloud and by name on Data Center; null for nobody known.
    /// </summary>
    public string? DisplayName(string id) => Site.Account(id)?.DisplayName ?? Site.Issues
        .SelectMany(issue => (JsonNode?[])[issue.Fields["assignee"], issue.Fields["reporter"], issue.Fields["creator"]])
        .FirstOrDefault(person => person.Get("accountId").Text() == id || person.Get("name").Text() == id)
        .Get("displayName").Text();

    private IEnumerable<JsonNode?> Attachments => Issue?.Fields["attachment"] as JsonArray ?? [];
}

/// <summary>Nodes of a document.</summary>
internal static class Adf
{
    public static JsonObject Node(string type, JsonArray? content = null, JsonObject? attributes = null)
    {
        var node = new JsonObject { ["type"] = type };
        if (attributes is not null)
        {
            node["attrs"] = attributes;
        }

        if (content is not null)
        {
            node["content"] = content;
        }

        return node;
    }

    public static JsonObject Text(string text, IEnumerable<JsonObject> marks)
    {
        var node = new JsonObject { ["type"] = "text", ["text"] = text };
        if (marks.Select(mark => (JsonNode)mark.DeepClone()).ToArray() is { Length: > 0 } cloned)
        {
            node["marks"] = new JsonArray(cloned);
        }

        return node;
    }

    public static string Type(JsonNode? node) => node.Get("type").Text() ?? "";

    public static IEnumerable<JsonNode?> Content(JsonNode? node) => node.Get("content") as JsonArray ?? [];

    public static string? Attribute(JsonNode? node, string name) => node.Get("attrs").Get(name).Text();

    /// <summary>Where the link leads that a node is marked with, or null.</summary>
    public static string? Link(JsonNode? node) =>
        Attribute((node.Get("marks") as JsonArray)?.FirstOrDefault(mark => Type(mark) == "link"), "href");

    /// <summary>The text of a node and of all below it.</summary>
    public static string PlainText(JsonNode? node) =>
        node.Get("text").Text() + string.Concat(Content(node).Select(PlainText));
}
