using System.Globalization;
using System.Text.Json;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Rest.Jira;

/// <summary>The comments that an issue shows; of many it shows some.</summary>
internal sealed record WireComments(List<WireComment?>? Comments, int? Total);

/// <summary>A comment. Its HTML comes in the comment itself, or beside it among what is rendered.</summary>
internal sealed record WireComment(long Id, WireAuthor? Author, string? Created, string? Updated, string? RenderedBody);

internal sealed record WireAttachment(long Id, string? Filename, long? Size, WireAuthor? Author, string? Created);

internal sealed record WireAuthor(string? DisplayName, string? Name);

/// <summary>What Jira rendered of an issue; what is no rich text is null there.</summary>
internal sealed record WireRenderedFields(string? Description, WireRenderedComments? Comment);

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
        };
    }

    public static List<IssueAttachment> ToAttachments(this List<WireAttachment?>? attachments) =>
        (attachments ?? []).Complete("attachment").ConvertAll(attachment => new IssueAttachment
        {
            Id = attachment.Id.Id("id"),
            FileName = attachment.Filename.Required("filename"),
            Size = attachment.Size ?? 0,
            Author = NameOf(attachment.Author),
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
