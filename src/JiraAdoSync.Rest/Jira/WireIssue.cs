using System.Text.Json;
using System.Text.Json.Serialization;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// An issue as Jira's REST API returns it, with the fields that are asked for. Ids come as text and are numbers.
/// </summary>
[JsonConverter(typeof(WireObjectConverter<WireIssue>))]
internal sealed record WireIssue : IWireObject
{
    private static readonly string[] Always = ["summary", "issuetype", "status", "parent", "issuelinks"];

    /// <summary>Represents a property that was asked for and not answered, as Data Center does.</summary>
    public const string UnknownProperty = "?";

    public long Id { get; private set; }

    public string? Key { get; private set; }

    public WireFields? Fields { get; private set; }

    public WireRenderedFields? RenderedFields { get; private set; }

    public Dictionary<string, JsonElement>? Properties { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "id":
                Id = WireObject.ReadNumber(ref reader);
                break;
            case "key":
                Key = reader.GetString();
                break;
            case "fields":
                Fields = WireFields.Read(ref reader);
                break;
            case "renderedFields":
                RenderedFields = JsonSerializer.Deserialize<WireRenderedFields>(ref reader, RestConnection.Json);
                break;
            case "properties":
                Properties = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(ref reader, RestConnection.Json);
                break;
        }
    }

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
            Links = (Fields?.Issuelinks ?? []).Complete("issuelinks").Each(link => link.ToLink(self, names)),
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
internal sealed class WireFields
{
    public string? Summary { get; private set; }

    public WireIssueType? Issuetype { get; private set; }

    public WireStatus? Status { get; private set; }

    public WireReference? Parent { get; private set; }

    public List<WireLink?>? Issuelinks { get; private set; }

    public WireComments? Comment { get; private set; }

    public List<WireAttachment?>? Attachment { get; private set; }

    /// <summary>The digest of the description's source; null where there is none.</summary>
    public string? DescriptionDigest { get; private set; }

    /// <summary>The description's source; null where there is none.</summary>
    public string? DescriptionSource { get; private set; }

    public Table<object?> Others { get; } = new(16);

    /// <summary>Reads fields as they come.</summary>
    /// <exception cref="JsonException">They are no object.</exception>
    public static WireFields Read(ref Utf8JsonReader reader)
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
                    fields.Summary = reader.GetString();
                    break;
                case "issuetype":
                    fields.Issuetype = WireObject.Read<WireIssueType>(ref reader);
                    break;
                case "status":
                    fields.Status = WireObject.Read<WireStatus>(ref reader);
                    break;
                case "parent":
                    fields.Parent = WireObject.Read<WireReference>(ref reader);
                    break;
                case "issuelinks":
                    fields.Issuelinks = WireObject.ReadList<WireLink>(ref reader);
                    break;
                case "comment":
                    fields.Comment = WireObject.Read<WireComments>(ref reader);
                    break;
                case "attachment":
                    fields.Attachment = WireObject.ReadList<WireAttachment>(ref reader);
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

    private static string? ReadSource(ref Utf8JsonReader reader)
    {
        using var description = JsonDocument.ParseValue(ref reader);
        return description.RootElement.ValueKind == JsonValueKind.Null ? null : description.RootElement.GetRawText();
    }
}

[JsonConverter(typeof(WireObjectConverter<WireIssueType>))]
internal sealed record WireIssueType : IWireObject
{
    public string? Id { get; private set; }

    public string? Name { get; private set; }

    public bool? Subtask { get; private set; }

    public int? HierarchyLevel { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "id":
                Id = RepeatedText.ReadValue(ref reader);
                break;
            case "name":
                Name = RepeatedText.ReadValue(ref reader);
                break;
            case "subtask":
                Subtask = reader.GetBoolean();
                break;
            case "hierarchyLevel":
                HierarchyLevel = reader.GetInt32();
                break;
        }
    }
}

[JsonConverter(typeof(WireObjectConverter<WireStatus>))]
internal sealed record WireStatus : IWireObject
{
    public string? Id { get; private set; }

    public string? Name { get; private set; }

    public WireStatusCategory? StatusCategory { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "id":
                Id = RepeatedText.ReadValue(ref reader);
                break;
            case "name":
                Name = RepeatedText.ReadValue(ref reader);
                break;
            case "statusCategory":
                StatusCategory = WireObject.Read<WireStatusCategory>(ref reader);
                break;
        }
    }
}

internal sealed record WireStatusCategory : IWireObject
{
    public string? Key { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader) =>
        Key = member == "key" ? RepeatedText.ReadValue(ref reader) : Key;
}

[JsonConverter(typeof(WireObjectConverter<WireReference>))]
internal sealed record WireReference : IWireObject
{
    public long Id { get; private set; }

    public string? Key { get; private set; }

    public IssueReference ToReference() => new(Id.Id("id"), Key.Required("key"));

    public IssueReference ToReference(IssueNames names) => names.Of(Id.Id("id"), Key.Required("key"));

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "id":
                Id = WireObject.ReadNumber(ref reader);
                break;
            case "key":
                Key = reader.GetString();
                break;
        }
    }
}

[JsonConverter(typeof(WireObjectConverter<WireLinkType>))]
internal sealed record WireLinkType : IWireObject
{
    public string? Id { get; private set; }

    public string? Name { get; private set; }

    public string? Outward { get; private set; }

    public string? Inward { get; private set; }

    public LinkType ToLinkType() => Repeated<LinkType>.Of(
        new LinkType(Id ?? string.Empty, Name ?? string.Empty, Outward ?? string.Empty, Inward ?? string.Empty));

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "id":
                Id = RepeatedText.ReadValue(ref reader);
                break;
            case "name":
                Name = RepeatedText.ReadValue(ref reader);
                break;
            case "outward":
                Outward = RepeatedText.ReadValue(ref reader);
                break;
            case "inward":
                Inward = RepeatedText.ReadValue(ref reader);
                break;
        }
    }
}

/// <summary>
/// A link as one of its ends shows it: with <c>outwardIssue</c> the issue that shows it is the source, with
/// <c>inwardIssue</c> it is the target. (When a link is posted, the two names mean the opposite.)
/// </summary>
internal sealed record WireLink : IWireObject
{
    public long Id { get; private set; }

    public WireLinkType? Type { get; private set; }

    public WireReference? OutwardIssue { get; private set; }

    public WireReference? InwardIssue { get; private set; }

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

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "id":
                Id = WireObject.ReadNumber(ref reader);
                break;
            case "type":
                Type = WireObject.Read<WireLinkType>(ref reader);
                break;
            case "outwardIssue":
                OutwardIssue = WireObject.Read<WireReference>(ref reader);
                break;
            case "inwardIssue":
                InwardIssue = WireObject.Read<WireReference>(ref reader);
                break;
        }
    }
}
