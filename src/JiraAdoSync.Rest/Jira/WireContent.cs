using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.Jira;

/// <summary>The comments that an issue shows; of many it shows some.</summary>
[JsonConverter(typeof(WireObjectConverter<WireComments>))]
internal sealed record WireComments : IWireObject
{
    public List<WireComment?>? Comments { get; private set; }

    public int? Total { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "comments":
                Comments = WireObject.ReadList<WireComment>(ref reader);
                break;
            case "total":
                Total = reader.GetInt32();
                break;
        }
    }
}

/// <summary>A comment. Its HTML is in the comment itself, or beside it among what is rendered.</summary>
[JsonConverter(typeof(WireObjectConverter<WireComment>))]
internal sealed record WireComment : IWireObject
{
    public long Id { get; private set; }

    public WireAuthor? Author { get; private set; }

    public WireAuthor? UpdateAuthor { get; private set; }

    public string? Created { get; private set; }

    public string? Updated { get; private set; }

    public string? RenderedBody { get; private set; }

    /// <summary>The address to which the comment's first words lead; empty where they lead nowhere.</summary>
    public string? FirstAddress { get; private set; }

    /// <summary>Whether only a group or a role may read it.</summary>
    public bool HasVisibility { get; private set; }

    public bool? JsdPublic { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "id":
                Id = WireObject.ReadNumber(ref reader);
                break;
            case "author":
                Author = WireObject.Read<WireAuthor>(ref reader);
                break;
            case "updateAuthor":
                UpdateAuthor = WireObject.Read<WireAuthor>(ref reader);
                break;
            case "created":
                Created = reader.GetString();
                break;
            case "updated":
                Updated = reader.GetString();
                break;
            case "renderedBody":
                RenderedBody = reader.GetString();
                break;
            case "body":
                FirstAddress = WireFirstAddress.Read(ref reader);
                break;
            case "visibility":
                HasVisibility = true;
                break;
            case "jsdPublic":
                JsdPublic = reader.GetBoolean();
                break;
        }
    }
}

/// <summary>
/// Reads of a text only where its first words lead: that is how a copy of a comment in Azure DevOps is known. A text is
/// a document on Cloud and wiki markup on Data Center.
/// </summary>
internal static partial class WireFirstAddress
{
    public static string Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return Header().Match(reader.GetString()!).Groups["address"].Value;
        }

        using var document = JsonDocument.ParseValue(ref reader);
        return First(First(document.RootElement)) is { ValueKind: JsonValueKind.Object } text
            && text.TryGetProperty("marks", out var marks) && marks.ValueKind == JsonValueKind.Array
            ? marks.EnumerateArray().Select(AddressOf).FirstOrDefault(address => address is not null) ?? string.Empty
            : string.Empty;
    }

    private static JsonElement First(JsonElement node) => node.ValueKind == JsonValueKind.Object
        && node.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
        && content.GetArrayLength() > 0 ? content[0] : default;

    private static string? AddressOf(JsonElement mark) => mark.ValueKind == JsonValueKind.Object
        && mark.TryGetProperty("attrs", out var attributes) && attributes.ValueKind == JsonValueKind.Object
        && attributes.TryGetProperty("href", out var address) && address.ValueKind == JsonValueKind.String
            ? address.GetString() : null;

    [GeneratedRegex(@"^\s*\[[^\]\r\n]*\|(?<address>[^\]\s|]+)\]")]
    private static partial Regex Header();
}

[JsonConverter(typeof(WireObjectConverter<WireAttachment>))]
internal sealed record WireAttachment : IWireObject
{
    public long Id { get; private set; }

    public string? Filename { get; private set; }

    public long? Size { get; private set; }

    public WireAuthor? Author { get; private set; }

    public string? Created { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "id":
                Id = WireObject.ReadNumber(ref reader);
                break;
            case "filename":
                Filename = reader.GetString();
                break;
            case "size":
                Size = WireObject.ReadNumber(ref reader);
                break;
            case "author":
                Author = WireObject.Read<WireAuthor>(ref reader);
                break;
            case "created":
                Created = reader.GetString();
                break;
        }
    }
}

internal sealed record WireAuthor : IWireObject
{
    public string? DisplayName { get; private set; }

    public string? Name { get; private set; }

    public string? AccountId { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "displayName":
                DisplayName = RepeatedText.ReadValue(ref reader);
                break;
            case "name":
                Name = RepeatedText.ReadValue(ref reader);
                break;
            case "accountId":
                AccountId = RepeatedText.ReadValue(ref reader);
                break;
        }
    }
}

/// <summary>What Jira rendered of an issue; what is no rich text is null there.</summary>
[JsonConverter(typeof(WireRenderedFieldsConverter))]
internal sealed record WireRenderedFields(string? Description, WireRenderedComments? Comment)
{
    /// <summary>Other rich texts, by the ids of their fields.</summary>
    public Dictionary<string, string> Texts { get; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Reads what is text among the rendered fields, and passes over the rest.</summary>
internal sealed class WireRenderedFieldsConverter : JsonConverter<WireRenderedFields>
{
    public override WireRenderedFields Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("'renderedFields' is no object.");
        }

        string? description = null;
        WireRenderedComments? comment = null;
        var texts = new List<(string Field, string Html)>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = RepeatedText.Read(ref reader);
            reader.Read();
            switch (name)
            {
                case "description":
                    description = JsonSerializer.Deserialize<string>(ref reader, options);
                    break;
                case "comment":
                    comment = JsonSerializer.Deserialize<WireRenderedComments>(ref reader, options);
                    break;
                case var _ when reader.TokenType == JsonTokenType.String && IsText(name):
                    texts.Add((name, reader.GetString()!));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        var fields = new WireRenderedFields(description, comment);
        texts.ForEach(text => fields.Texts[text.Field] = text.Html);
        return fields;
    }

    public override void Write(Utf8JsonWriter writer, WireRenderedFields value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are read only.");

    /// <summary>Dates are rendered, too.</summary>
    private static bool IsText(string field) =>
        field == "environment" || field.StartsWith("customfield_", StringComparison.Ordinal);
}

internal sealed record WireRenderedComments(List<WireRenderedComment?>? Comments);

internal sealed record WireRenderedComment(long Id, string? Body);

internal sealed record WireWebLink(long Id, WireWebPage? Object)
{
    public WebLink ToWebLink()
    {
        var url = (Object?.Url).Required("url").Trim();
        return new WebLink(Id.Id("id"), url, Object!.Title is { Length: > 0 } title ? title : url);
    }
}

internal sealed record WireWebPage(string? Url, string? Title);

/// <summary>From Jira's JSON to what is known of comments and attachments.</summary>
internal static class WireContent
{
    private const string Unknown = "Somebody";

    public static List<IssueComment> ToComments(this WireComments? comments) =>
        (comments?.Comments ?? []).Complete("comments").ConvertAll(comment => comment.ToComment());

    /// <summary>
    /// How many of the comments that are shown only some may read. Such a comment never leaves Jira.
    /// </summary>
    public static int RestrictedShown(this WireComments? comments) =>
        comments.ToComments().Count(comment => comment.IsRestricted);

    public static IssueComment ToComment(this WireComment comment)
    {
        var created = Time(comment.Created.Required("created"));
        return new IssueComment
        {
            Id = comment.Id.Id("id"),
            Author = NameOf(comment.Author),
            Created = created,
            Updated = comment.Updated is null ? created : Time(comment.Updated),
            Html = comment.RenderedBody,
            AuthorId = comment.Author.ToId(),
            EditorId = comment.UpdateAuthor.ToId(),
            FirstAddress = comment.FirstAddress ?? string.Empty,
            IsRestricted = comment.HasVisibility || comment.JsdPublic == false,
        };
    }

    /// <summary>The comments that are no copies of what is in Azure DevOps and may leave Jira.</summary>
    /// <param name="comments">Those that the issue shows.</param>
    /// <param name="own">The id of this account: nobody else makes copies.</param>
    public static List<IssueComment> ToOriginals(this WireComments? comments, string? own) =>
        comments.ToComments().FindAll(comment => !comment.IsRestricted && !CommentCopyMark.IsOn(comment, own));

    private static string? ToId(this WireAuthor? author) => author?.AccountId ?? author?.Name;

    public static List<IssueAttachment> ToAttachments(this List<WireAttachment?>? attachments) =>
        (attachments ?? []).Complete("attachment").ConvertAll(attachment => new IssueAttachment
        {
            Id = attachment.Id.Id("id"),
            FileName = attachment.Filename.Required("filename"),
            Size = attachment.Size ?? 0,
            Author = NameOf(attachment.Author),
            AuthorId = attachment.Author.ToId(),
            Created = attachment.Created is null ? default : Time(attachment.Created),
        });

    /// <summary>An anonymous or deleted person has no name.</summary>
    private static string NameOf(WireAuthor? author) => author?.DisplayName ?? author?.Name ?? Unknown;

    /// <summary>A time as <c>2025-01-01T12:00:00.000+0000</c>, with or without a colon in its offset.</summary>
    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new JsonException($"'{text}' is no time.");
}
