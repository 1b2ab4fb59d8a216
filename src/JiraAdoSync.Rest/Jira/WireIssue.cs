using System.Text.Json;
using System.Text.Json.Serialization;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// An issue as Jira's REST API returns it, with the fields that are asked for. Ids come as text and are numbers.
/// </summary>
internal sealed record WireIssue(long Id, string? Key, WireFields? Fields, WireRenderedFields? RenderedFields)
{
    private static readonly string[] Always = ["summary", "issuetype", "status", "parent", "issuelinks"];

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
        var bodies = (RenderedFields?.Comment?.Comments ?? []).OfType<WireRenderedComment>().ToDictionary(one => one.Id, one => one.Body);
        return new RenderedIssue(
            Id.Id("id"),
            RenderedFields?.Description ?? string.Empty,
            Fields?.Comment.ToComments().ConvertAll(comment => comment with { Html = bodies.GetValueOrDefault(comment.Id) }) ?? [],
            Fields?.Attachment.ToAttachments() ?? []);
    }

    public Replica ToReplica(IssueDetail detail)
    {
        var self = new IssueReference(Id.Id("id"), Key.Required("key"));
        return new Replica
        {
            IssueId = self.Id,
            Key = self.Key,
            Type = new IssueType(
                Fields?.Issuetype?.Id ?? string.Empty,
                Fields?.Issuetype?.Name ?? string.Empty,
                Fields?.Issuetype?.Subtask ?? false)
            {
                Level = Fields?.Issuetype?.HierarchyLevel,
            },
            Status = new IssueStatus(
                Fields?.Status?.Name ?? string.Empty,
                Fields?.Status?.StatusCategory?.Key ?? "undefined")
            {
                Id = Fields?.Status?.Id ?? string.Empty,
            },
            Summary = Fields?.Summary ?? string.Empty,
            Parent = Fields?.Parent?.ToReference(),
            Links = (Fields?.Issuelinks ?? []).Complete("issuelinks").ConvertAll(link => link.ToLink(self)),
            Fields = Values(),
            DescriptionDigest = detail.Description ? DigestOf("description") : null,
            Comments = detail.Comments ? Fields?.Comment.ToComments() ?? [] : null,
            CommentCount = Fields?.Comment?.Total ?? 0,
            Attachments = detail.Attachments ? Fields?.Attachment.ToAttachments() ?? [] : null,
        };

        string DigestOf(string id) => Fields?.Others?.TryGetValue(id, out var value) == true && value.ValueKind != JsonValueKind.Null
            ? Digest.Of([KeyValuePair.Create(id, (string?)value.GetRawText())])
            : Replica.NoDescription;

        Table<object?> Values()
        {
            var values = new Table<object?>();
            foreach (var id in detail.Fields)
            {
                values[id] = Fields?.Others is { } others && others.TryGetValue(id, out var value) ? JiraValue.Of(value) : null;
            }

            return values;
        }
    }
}

internal sealed record WireFields(
    string? Summary,
    WireIssueType? Issuetype,
    WireStatus? Status,
    WireReference? Parent,
    List<WireLink?>? Issuelinks,
    WireComments? Comment,
    List<WireAttachment?>? Attachment)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

internal sealed record WireIssueType(string? Id, string? Name, bool? Subtask, int? HierarchyLevel);

internal sealed record WireStatus(string? Id, string? Name, WireStatusCategory? StatusCategory);

internal sealed record WireStatusCategory(string? Key);

internal sealed record WireReference(long Id, string? Key)
{
    public IssueReference ToReference() => new(Id.Id("id"), Key.Required("key"));
}

internal sealed record WireLinkType(string? Id, string? Name, string? Outward, string? Inward)
{
    public LinkType ToLinkType() =>
        new(Id ?? string.Empty, Name ?? string.Empty, Outward ?? string.Empty, Inward ?? string.Empty);
}

/// <summary>
/// A link as one of its ends shows it: with <c>outwardIssue</c> the issue that shows it is the source, with
/// <c>inwardIssue</c> it is the target. (When a link is posted, the two names mean the opposite.)
/// </summary>
internal sealed record WireLink(long Id, WireLinkType? Type, WireReference? OutwardIssue, WireReference? InwardIssue)
{
    public IssueLink ToLink(IssueReference self)
    {
        var other = (OutwardIssue ?? InwardIssue).Required("outwardIssue").ToReference();
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
