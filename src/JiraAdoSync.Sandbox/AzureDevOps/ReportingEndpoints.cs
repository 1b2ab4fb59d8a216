using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>
/// The link report: every link that came or went, in order. The token of the last page is the watermark from which the
/// next run goes on, and there is a next link even on the last page.
/// </summary>
internal static class ReportingEndpoints
{
    private const int PageSize = 200;

    public static void Map(AdoRoutes routes) => routes.Both("GET", "wit/reporting/workitemlinks", request =>
    {
        var linkTypes = Set(request.Query("linkTypes"));
        var types = Set(request.Query("types"));
        var start = request.Query("startDateTime") is { Length: > 0 } text
            ? FieldValue.ReadDate(text) ?? throw AdoError.Bound($"The value '{text}' is not valid for the parameter 'startDateTime'.")
            : DateTime.MinValue;
        var position = request.QueryNumber("continuationToken") ?? 0;
        var log = request.Organization.LinkChanges;
        var page = new JsonArray();
        while (position < log.Count && page.Count < PageSize)
        {
            var change = log[position++];
            if ((linkTypes is null || linkTypes.Contains(change.LinkType))
                && (types is null || types.Contains(change.Source.Type.Name))
                && (request.Project is null || change.Source.Project == request.Project)
                && change.Date >= start)
            {
                page.Add(new JsonObject
                {
                    ["rel"] = change.LinkType,
                    ["sourceId"] = change.Source.Id,
                    ["targetId"] = change.Target.Id,
                    ["changedDate"] = WorkItemJson.Date(change.Date),
                    ["isActive"] = change.IsActive,
                });
            }
        }

        var token = position.ToString(CultureInfo.InvariantCulture);
        return Answer.Json(new JsonObject
        {
            ["values"] = page,
            ["nextLink"] = $"{request.Organization.Uri}/_apis/wit/reporting/workItemLinks?continuationToken={token}&api-version=7.1",
            ["continuationToken"] = token,
            ["isLastBatch"] = position >= log.Count,
        });
    });

    private static HashSet<string>? Set(string? text) => text is not { Length: > 0 } ? null
        : new HashSet<string>(text.Split(',', StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase);
}
