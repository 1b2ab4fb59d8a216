using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>
/// The reports: every link that was added or removed, and every revision, in order. The token of the last page is the
/// watermark from which the next run continues, and there is a next link even on the last page.
/// </summary>
internal static class ReportingEndpoints
{
    private const int PageSize = 200;

    public static void Map(AdoRoutes routes)
    {
        routes.Both("GET", "wit/reporting/workitemlinks", Links);
        routes.Both("GET", "wit/reporting/workitemrevisions", request => Revisions(request, new RevisionFilter(
            request.ReadFields(request.Query("fields")?.Split(',')), Set(request.Query("types")),
            request.Flag("includeIdentityRef"), request.Flag("includeDeleted"), request.Flag("includeTagRef"),
            request.Flag("includeLatestOnly"), request.Flag("includeDiscussionChangesOnly"),
            PageSizeOf(request))));
        routes.Both("GET", "wit/reporting/workitemrevisions/discussions", request =>
            Revisions(request, new RevisionFilter(
            [FieldCatalog.Id, FieldCatalog.Rev, FieldCatalog.ChangedDate, FieldCatalog.ChangedBy, FieldCatalog.History],
            Types: null, IncludeIdentityRef: false, IncludeDeleted: false, IncludeTagRef: false, LatestOnly: false,
            DiscussionOnly: true, PageSizeOf(request), Below: "/discussions")), PreviewRule.Since7);
        routes.Both("POST", "wit/reporting/workitemrevisions", request =>
        {
            var body = request.Json("filter");
            return Revisions(request, new RevisionFilter(
                request.ReadFields(Texts("fields")),
                Texts("types") is { Count: > 0 } types ? Set(string.Join(',', types)) : null,
                IsTrue("includeIdentityRef"), IsTrue("includeDeleted"), IsTrue("includeTagRef"),
                IsTrue("includeLatestOnly"),
                DiscussionOnly: false, PageSize));

            bool IsTrue(string name) => body.GetAnyCase(name).Text() == "true";

            List<string?>? Texts(string name) =>
                (body.GetAnyCase(name) as JsonArray)?.Select(one => one.Text()).ToList();
        });
    }

    private static int PageSizeOf(AdoRequest request) =>
        request.QueryNumber("$maxPageSize") is > 0 and var size ? Math.Min(size, PageSize) : PageSize;

    private static Answer Revisions(AdoRequest request, RevisionFilter filter)
    {
        var organization = request.Organization;
        var start = request.QueryDate("startDateTime") ?? DateTime.MinValue;
        var withLongTexts = "fields".Equals(request.Query("$expand"), StringComparison.OrdinalIgnoreCase)
            || request.Query("$expand") == "1";
        var token = request.Query("continuationToken") is { Length: > 0 } text ? text : "0;0;0";
        if (!int.TryParse(token.Split(';')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var after))
        {
            throw AdoError.Bound(
                $"The request is invalid. The value '{token}' is not valid for the parameter 'continuationToken'.");
        }

        var log = organization.Revisions;
        var position = log.FindIndex(revision => revision.Watermark > after) is >= 0 and var next ? next : log.Count;
        var page = new JsonArray();
        while (position < log.Count && page.Count < filter.PageSize)
        {
            var (watermark, item, rev) = log[position++];
            token = $"{watermark};{item.Id};{rev}";
            if ((organization.Item(item.Id)
                ?? (filter.IncludeDeleted ? organization.Deleted(item.Id) : null)) is not null
                && (filter.Types is null || filter.Types.Contains(item.Type.Name))
                && (request.Project is null || item.Project == request.Project)
                && (!filter.LatestOnly || rev == item.Rev))
            {
                var then = new WorkItemAt(item, rev);
                if ((DateTime)then.ValueOf(FieldCatalog.ChangedDate)! >= start
                    && (!filter.DiscussionOnly || then.ValueOf(FieldCatalog.History) is not null))
                {
                    page.Add(Revision(organization, item, then, filter, withLongTexts));
                }
            }
        }

        return Answer.Json(new JsonObject
        {
            ["values"] = page,
            ["nextLink"] = $"{request.Scope}/_apis/wit/reporting/workItemRevisions{filter.Below}"
                + $"?continuationToken={token}&api-version=7.1",
            ["continuationToken"] = token,
            ["isLastBatch"] = position >= log.Count,
        });
    }

    private static JsonObject Revision(
        Organization organization, WorkItem item, WorkItemAt then, RevisionFilter filter, bool withLongTexts)
    {
        var fields = new JsonObject();
        foreach (var field in filter.Fields
            ?? organization.Fields.All.Where(field => field.Shown != FieldShown.OnRequest))
        {
            var value = then.ValueOf(field);
            if (filter.Fields is null && !withLongTexts && field.Type is FieldType.Html or FieldType.History)
            {
                continue;
            }

            // People are texts here, unless the request asks for objects.
            var json = value is Person person && !filter.IncludeIdentityRef ? JsonValue.Create(person.ToString())
                : field == FieldCatalog.Tags && filter.IncludeTagRef ? Tags(organization, value)
                : WorkItemJson.Value(value, organization.Uri);
            if (json is not null)
            {
                fields[field.ReferenceName] = json;
            }
        }

        return new JsonObject { ["id"] = item.Id, ["rev"] = then.Rev, ["fields"] = fields };
    }

    private static JsonArray? Tags(Organization organization, object? value) => value is not string text ? null :
    [
        .. TagList.Split(text).Select(tag => new JsonObject
        {
            ["id"] = organization.Tags.GetValueOrDefault(tag).ToString("D"),
            ["name"] = tag,
        }),
    ];

    private static Answer Links(AdoRequest request)
    {
        var linkTypes = Set(request.Query("linkTypes"));
        var types = Set(request.Query("types"));
        var start = request.QueryDate("startDateTime") ?? DateTime.MinValue;
        var position = request.QueryNumber("continuationToken") ?? 0;
        var log = request.Organization.LinkChanges;
        var page = new JsonArray();
        while (position < log.Count && page.Count < PageSize)
        {
            var change = log[position++];
            if ((linkTypes is null || linkTypes.Contains(change.LinkType))
                && (types is null || types.Contains(change.Source.Type.Name))
                && (request.Project is null || change.Source.Project == request.Project)
                && request.Organization.Sender.CanRead(change.Source)
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
    }

    private static HashSet<string>? Set(string? text) => text is not { Length: > 0 } ? null
        : new HashSet<string>(text.Split(',', StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase);

    private sealed record RevisionFilter(
        List<FieldDefinition>? Fields, HashSet<string>? Types, bool IncludeIdentityRef, bool IncludeDeleted,
        bool IncludeTagRef, bool LatestOnly, bool DiscussionOnly, int PageSize, string Below = "");
}
