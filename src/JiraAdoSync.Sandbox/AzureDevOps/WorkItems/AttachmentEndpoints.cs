using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>Files: uploaded first, then held by a work item through a relation.</summary>
internal static class AttachmentEndpoints
{
    private const int SizeLimit = 60 * 1024 * 1024;

    public static void Map(AdoRoutes routes)
    {
        routes.Both("POST", "wit/attachments", Create);
        routes.Both("PUT", "wit/attachments/{id}", AddChunk);
        routes.Both("GET", "wit/attachments/{id}", Download);
    }

    /// <summary>The attachment of an address, whatever scope it has; null for any other address.</summary>
    public static Attachment? Of(Organization organization, Uri address) =>
        address.Segments is [.., var folder, var last]
            && folder.Equals("attachments/", StringComparison.OrdinalIgnoreCase) && Guid.TryParse(last, out var id)
        && organization.Attachments.GetValueOrDefault(id) is { IsComplete: true } found ? found : null;

    private static Answer Create(AdoRequest request)
    {
        var chunked = "chunked".Equals(request.Query("uploadType"), StringComparison.OrdinalIgnoreCase);
        if (!chunked)
        {
            request.RequireFile();
        }

        CheckSize(request.Body.Length);
        var attachment = new Attachment(Guid.NewGuid(), request.Query("fileName")) { IsComplete = !chunked };
        attachment.Append(chunked ? [] : request.Body);
        request.Organization.Attachments.Add(attachment.Id, attachment);
        return Reference(request, attachment);
    }

    /// <summary>Chunks come one after the other; the last one ends at the size that all of them give.</summary>
    private static Answer AddChunk(AdoRequest request)
    {
        var attachment = Find(request, isComplete: false);
        if (!ContentRangeHeaderValue.TryParse(request.ContentRange, out var range)
            || range is not { From: { } from, To: { } to, Length: { } length }
            || from != attachment.Length || to - from + 1 != request.Body.Length)
        {
            throw AdoError.Argument(
                $"The Content-Range '{request.ContentRange}' does not go on from byte {attachment.Length}.");
        }

        CheckSize(length);
        attachment.Append(request.Body);
        attachment.IsComplete = attachment.Length == length;
        return Reference(request, attachment);
    }

    private static Answer Download(AdoRequest request)
    {
        var attachment = Find(request, isComplete: true);
        var name = request.Query("fileName") is { Length: > 0 } asked ? asked : attachment.FileName ?? "attachment";
        var disposition = new ContentDispositionHeaderValue(request.Flag("download") ? "attachment" : "inline")
        {
            FileNameStar = name,
        };
        return new Answer(200, attachment.Content, "application/octet-stream")
            .With("Content-Disposition", disposition.ToString());
    }

    private static Attachment Find(AdoRequest request, bool isComplete) =>
        Guid.TryParse(request.Route("id"), out var id)
        && request.Organization.Attachments.GetValueOrDefault(id) is { } found && found.IsComplete == isComplete
            ? found : throw AdoError.AttachmentMissing(request.Route("id"));

    private static void CheckSize(long size)
    {
        if (size > SizeLimit)
        {
            throw AdoError.AttachmentTooLarge();
        }
    }

    private static Answer Reference(AdoRequest request, Attachment attachment)
    {
        var name = attachment.FileName is null ? "" : $"?fileName={Uri.EscapeDataString(attachment.FileName)}";
        return Answer.Json(
            new JsonObject
            {
                ["id"] = attachment.Id.ToString("D"),
                ["url"] = $"{request.Scope}/_apis/wit/attachments/{attachment.Id:D}{name}",
            },
            201);
    }
}
