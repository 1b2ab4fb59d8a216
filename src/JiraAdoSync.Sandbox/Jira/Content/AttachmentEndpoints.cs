using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>
/// Files at issues. An upload is a form with parts named <c>file</c>, and says that it needs no token check.
/// </summary>
internal static class AttachmentEndpoints
{
    private const int FilesPerUpload = 60;
    private const int SizeLimit = 10 * 1024 * 1024;

    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("POST", "issue/{issueIdOrKey}/attachments", Upload);
        routes.Add("GET", "attachment/meta", _ =>
            Answer.Json(new JsonObject { ["enabled"] = true, ["uploadLimit"] = SizeLimit }));
        routes.AddOpen("GET", "attachment/{id}", Metadata);
        routes.AddOpen("DELETE", "attachment/{id}", Delete);
        routes.AddOpen("GET", "attachment/content/{id}", Content);
        routes.AddOpen("GET", "attachment/thumbnail/{id}", Content);
    }

    /// <summary>The address at which Data Center gives the content.</summary>
    public static void MapContent(JiraRoutes secure)
    {
        secure.AddOpen("GET", "attachment/{id}/{name}", Content);
        secure.AddOpen("GET", "thumbnail/{id}/{name}", Content);
    }

    private static Answer Upload(JiraRequest request)
    {
        var issue = request.Issue();
        var site = request.Site;
        if (request.TokenCheck is not ("no-check" or "nocheck"))
        {
            return Answer.Text(403, "XSRF check failed");
        }

        request.Require(
            Permission.CreateAttachments,
            403,
            "You do not have permission to create attachments for this issue.",
            issue);
        var files = Parts(request);
        var limit = site.Switches.JiraAttachmentsPerIssue;
        if (files.Count > FilesPerUpload)
        {
            throw new JiraError(413, $"No more than {FilesPerUpload} files can be uploaded at once.");
        }

        if (((issue.Fields["attachment"] as JsonArray)?.Count ?? 0) + files.Count > limit)
        {
            throw new JiraError(413, $"The issue '{issue.Key}' has reached the limit of {limit} attachments.");
        }

        if (files.Exists(file => file.Content.Length > SizeLimit))
        {
            throw new JiraError(413, $"The file is larger than the limit of {SizeLimit} bytes.");
        }

        if (issue.Fields["attachment"] is not JsonArray list)
        {
            issue.Fields["attachment"] = list = [];
        }

        var added = new JsonArray();
        foreach (var (name, type, content) in files)
        {
            var id = site.NextId("attachment").ToString(CultureInfo.InvariantCulture);
            site.Contents[id] = content;
            var attachment = new JsonObject
            {
                ["self"] = "",
                ["id"] = id,
                ["filename"] = name,
                ["author"] = request.Author.ToJson(site.Flavor, request.Api),
                ["created"] = JiraTime.Write(site.Now),
                ["size"] = content.Length,
                ["mimeType"] = type,
                ["content"] = "",
            };
            list.Add(attachment);
            added.Add(request.Writer.Attachment(attachment));
            request.Journal.Attached(issue, new HistoryItem("Attachment", "attachment", null, null, id, name));
        }

        site.FieldNames.Add("attachment");
        return Answer.Json(added);
    }

    private static List<(string Name, string Type, byte[] Content)> Parts(JiraRequest request)
    {
        var files = new List<(string Name, string Type, byte[] Content)>();
        try
        {
            var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary).Value
                ?? "";
            using var body = new MemoryStream(request.Body);
            var reader = new MultipartReader(boundary, body);
            // All of the body is in memory already, so that nothing is waited for.
            while (reader.ReadNextSectionAsync().GetAwaiter().GetResult() is { } part)
            {
                using var content = new MemoryStream();
                part.Body.CopyTo(content);
                if (part.GetContentDispositionHeader() is { } disposition
                    && disposition.Name.Value?.Trim('"') == "file")
                {
                    var name = disposition.FileNameStar.Value ?? disposition.FileName.Value?.Trim('"');
                    files.Add((name ?? "file", part.ContentType ?? "application/octet-stream", content.ToArray()));
                }
            }
        }
        catch (Exception wrong) when (
            wrong is FormatException or ArgumentException or IOException or InvalidOperationException)
        {
            throw new JiraError(400, "The request is not a form with files.");
        }

        return files.Count > 0 ? files : throw new JiraError(400, "The form has no part named 'file'.");
    }

    private static (Issue Issue, JsonNode Attachment) Find(JiraRequest request)
    {
        var id = request.Route("id");
        return (request.Account is { } account ? request.Site.IssuesOf(account) : [])
            .SelectMany(issue =>
                (issue.Fields["attachment"] as JsonArray ?? []).Select(one => (Issue: issue, Attachment: one!)))
            .Where(found => found.Attachment.Get("id").Text() == id).Select(found => ((Issue, JsonNode)?)found)
                .FirstOrDefault()
            ?? throw new JiraError(404, $"The attachment with id '{id}' does not exist");
    }

    /// <summary>
    /// Here Cloud gives the id as a number; in a field of an issue, and after an upload, it is a text.
    /// </summary>
    private static Answer Metadata(JiraRequest request)
    {
        var attachment = request.Writer.Attachment(Find(request).Attachment)!;
        if (request.Site.Flavor == JiraFlavor.Cloud
            && long.TryParse(attachment["id"].Text(), CultureInfo.InvariantCulture, out var id))
        {
            attachment["id"] = id;
        }

        return Answer.Json(attachment);
    }

    private static Answer Content(JiraRequest request)
    {
        var attachment = Find(request).Attachment;
        var id = request.Route("id");
        return request.Site.Contents.TryGetValue(id, out var content)
            ? new Answer(200, content, attachment["mimeType"].Text())
                .With("Content-Disposition",
                    $"attachment; filename*=UTF-8''{Uri.EscapeDataString(attachment["filename"].Text() ?? "file")}")
            : throw new JiraError(404, $"The attachment with id '{id}' does not exist");
    }

    private static Answer Delete(JiraRequest request)
    {
        var (issue, attachment) = Find(request);
        var author = attachment["author"];
        var isOwn =
            request.Author.Id == author.Get("accountId").Text() || request.Author.Key == author.Get("key").Text();
        if (
            !request.Author.Has("DELETE_ALL_ATTACHMENTS", issue)
            && !(isOwn && request.Author.Has("DELETE_OWN_ATTACHMENTS", issue)))
        {
            throw new JiraError(403, $"You do not have permission to delete the attachment '{request.Route("id")}'.");
        }

        ((JsonArray)issue.Fields["attachment"]!).Remove(attachment);
        request.Site.Contents.Remove(request.Route("id"));
        request.Journal.Attached(issue, new HistoryItem(
            "Attachment", "attachment", request.Route("id"), attachment["filename"].Text(), null, null));
        return Answer.Empty(204);
    }
}
