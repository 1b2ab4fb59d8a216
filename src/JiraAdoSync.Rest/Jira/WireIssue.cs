using System.Text.Json;
using System.Text.Json.Serialization;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// An issue as Jira's REST API returns it, with the fields that are asked for. Ids come as text and are numbers.
/// </summary>
internal sealed record WireIssue
{
    private static readonly string[] Always = ["summary", "issuetype", "status", "parent", "issuelinks"];

    /// <summary>Represents a property that was asked for and not answered, as Data Center does.</summary>
    public const string UnknownProperty = "?";

    public long Id { get; init; }

    public string? Key { get; init; }

    public WireFields? Fields { get; init; }

    public WireRenderedFields? RenderedFields { get; init; }

    public Dictionary<string, JsonElement>? Properties { get; init; }

    /// <summary>The ids of the fields to ask for.</summary>
    public static IReadOnlyList<string> FieldNames(IssueDetail detail)
    {
        List<string> names = [.. Always, .. detail.Fields];
        names.AddRange(detail.Description ? ["description"] : []);
        names.AddRange(detail.Comments ? ["comment"] : []);
        names.AddRange(detail.Attachments ? ["attachment"] : []);
        return names.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
    }

    public RenderedIssue ToRendered()
    {
        var bodies = (RenderedFields?.Comment?.Comments ?? []).OfType<WireRenderedComment>()
            .ToDictionary(one => one.Id, one => one.Body);
        return new RenderedIssue(
            Id.Id("id"),
            RenderedFields?.Description ?? string.Empty,
            Fields?.Comment.ToComments().FindAll(comment => !comment.IsRestricted)
                .ConvertAll(comment => comment with { Html = bodies.GetValueOrDefault(comment.Id) }) ?? [],
            Fields?.Attachment.ToAttachments() ?? [])
        {
            Texts = RenderedFields?.Texts ?? [],
            DescriptionDigest = Fields?.DescriptionDigest,
            Sources = Fields?.Others ?? new Table<object?>(),
        };
    }

    public Replica ToReplica(IssueDetail detail, string? own, IssueNames names)
    {
        var self = names.Of(Id.Id("id"), Key.Required("key"));
        var comments = detail.Comments ? Fields?.Comment.ToOriginals(own) ?? [] : null;
        return new Replica
        {
            Reference = self,
            IssueId = self.Id,
            Key = self.Key,
            Type = Repeated<IssueType>.Of(new IssueType(
                Fields?.Issuetype?.Id ?? string.Empty,
                Fields?.Issuetype?.Name ?? string.Empty,
                Fields?.Issuetype?.Subtask ?? false)
            {
                Level = Fields?.Issuetype?.HierarchyLevel,
            }),
            Status = Repeated<IssueStatus>.Of(new IssueStatus(
                Fields?.Status?.Name ?? string.Empty,
                Fields?.Status?.StatusCategory?.Key ?? "undefined")
            {
                Id = Fields?.Status?.Id ?? string.Empty,
            }),
            Summary = Fields?.Summary ?? string.Empty,
            Parent = Fields?.Parent?.ToReference(names),
            Links = (Fields?.Issuelinks ?? []).Complete("issuelinks").ConvertAll(link => link.ToLink(self, names)),
            Fields = Values(),
            DescriptionDigest = detail.Description ? Fields?.DescriptionDigest ?? Replica.NoDescription : null,
            DescriptionSource = detail is { Description: true, Source: true } ? Fields?.DescriptionSource : null,
            Comments = comments,
            CommentCount = comments is null ? 0
                : (Fields?.Comment?.Total ?? 0) - ((Fields?.Comment?.Comments?.Count ?? 0) - comments.Count),
            Attachments = detail.Attachments ? Fields?.Attachment.ToAttachments() ?? [] : null,
            Property = !detail.Property ? null
                : Properties is null ? UnknownProperty
                : Properties.TryGetValue(IssueWrite.PropertyName, out var property) ? property.GetRawText() : null,
        };

        Table<object?> Values()
        {
            var values = new Table<object?>(detail.Fields.Count);
            foreach (var id in detail.Fields)
            {
                values[id] = Fields?.Others.GetValueOrDefault(id);
            }

            return values;
        }
    }
}

/// <summary>The fields of an issue: those that every replica has, and the others as plain values.</summary>
[JsonConverter(typeof(WireFieldsConverter))]
internal sealed class WireFields
{
    public string? Summary { get; set; }

    public WireIssueType? Issuetype { get; set; }

    public WireStatus? Status { get; set; }

    public WireReference? Parent { get; set; }

    public List<WireLink?>? Issuelinks { get; set; }

    public WireComments? Comment { get; set; }

    public List<WireAttachment?>? Attachment { get; set; }

    /// <summary>The digest of the description's source; null where there is none.</summary>
    public string? DescriptionDigest { get; set; }

    /// <summary>The description's source; null where there is none.</summary>
    public string? DescriptionSource { get; set; }

    public Table<object?> Others { get; } = new(16);
}

/// <summary>
/// Reads fields as they come. Left to what reads any type, each further field would be a document of its own, made to
/// be looked at once.
/// </summary>
internal sealed class WireFieldsConverter : JsonConverter<WireFields>
{
    public override WireFields Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("'fields' is no object.");
        }

        var fields = new WireFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = RepeatedText.Read(ref reader);
            reader.Read();
            switch (name)
            {
                case "summary":
                    fields.Summary = JsonSerializer.Deserialize<string>(ref reader, options);
                    break;
                case "issuetype":
                    fields.Issuetype = JsonSerializer.Deserialize<WireIssueType>(ref reader, options);
                    break;
                case "status":
                    fields.Status = JsonSerializer.Deserialize<WireStatus>(ref reader, options);
                    break;
                case "parent":
                    fields.Parent = JsonSerializer.Deserialize<WireReference>(ref reader, options);
                    break;
                case "issuelinks":
                    fields.Issuelinks = JsonSerializer.Deserialize<List<WireLink?>>(ref reader, options);
                    break;
                case "comment":
                    fields.Comment = JsonSerializer.Deserialize<WireComments>(ref reader, options);
                    break;
                case "attachment":
                    fields.Attachment = JsonSerializer.Deserialize<List<WireAttachment?>>(ref reader, options);
                    break;
                case "description":
                    fields.DescriptionSource = ReadSource(ref reader);
                    fields.DescriptionDigest = fields.DescriptionSource is { } source
                        ? Digest.Of([KeyValuePair.Create("description", (string?)source)])
                        : null;
                    break;
                default:
                    fields.Others[name] = JiraValue.Read(ref reader);
                    break;
            }
        }

        return fields;
    }

    public override void Write(Utf8JsonWriter writer, WireFields value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are read only.");

    private static string? ReadSource(ref Utf8JsonReader reader)
    {
        using var description = JsonDocument.ParseValue(ref reader);
        return description.RootElement.ValueKind == JsonValueKind.Null ? null : description.RootElement.GetRawText();
    }
}

internal sealed record WireIssueType
{
    [JsonConverter(typeof(RepeatedText))]
    public string? Id { get; init; }

    [JsonConverter(typeof(RepeatedText))]
    public string? Name { get; init; }

    public bool? Subtask { get; init; }

    public int? HierarchyLevel { get; init; }
}

internal sealed record WireStatus
{
    [JsonConverter(typeof(RepeatedText))]
    public string? Id { get; init; }

    [JsonConverter(typeof(RepeatedText))]
    public string? Name { get; init; }

    public WireStatusCategory? StatusCategory { get; init; }
}

internal sealed record WireStatusCategory
{
    [JsonConverter(typeof(RepeatedText))]
    public string? Key { get; init; }
}

internal sealed record WireReference
{
    public long Id { get; init; }

    public string? Key { get; init; }

    public IssueReference ToReference() => new(Id.Id("id"), Key.Required("key"));

    public IssueReference ToReference(IssueNames names) => names.Of(Id.Id("id"), Key.Required("key"));
}

internal sealed record WireLinkType
{
    [JsonConverter(typeof(RepeatedText))]
    public string? Id { get; init; }

    [JsonConverter(typeof(RepeatedText))]
    public string? Name { get; init; }

    [JsonConverter(typeof(RepeatedText))]
    public string? Outward { get; init; }

    [JsonConverter(typeof(RepeatedText))]
    public string? Inward { get; init; }

    public LinkType ToLinkType() => Repeated<LinkType>.Of(
        new LinkType(Id ?? string.Empty, Name ?? string.Empty, Outward ?? string.Empty, Inward ?? string.Empty));
}

/// <summary>
/// A link as one of its ends shows it: with <c>outwardIssue</c> the issue that shows it is the source, with
/// <c>inwardIssue</c> it is the target. (When a link is posted, the two names mean the opposite.)
/// </summary>
internal sealed record WireLink
{
    public long Id { get; init; }

    public WireLinkType? Type { get; init; }

    public WireReference? OutwardIssue { get; init; }

    public WireReference? InwardIssue { get; init; }

    public IssueLink ToLink(IssueReference self, IssueNames names)
    {
        var other = (OutwardIssue ?? InwardIssue).Required("outwardIssue").ToReference(names);
        return new IssueLink
        {
            LinkId = Id.Id("id"),
            Type = Type.Required("type").ToLinkType(),
            Source = OutwardIssue is null ? other : self,
            Target = OutwardIssue is null ? self : other,
            ReadFrom = self.Id,
        };
    }
}
