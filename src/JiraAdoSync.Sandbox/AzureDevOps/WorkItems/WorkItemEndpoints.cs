using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>Work items: create, change, read, delete.</summary>
internal static class WorkItemEndpoints
{
    private const int IdsPerRead = 200;

    public static void Map(AdoRoutes routes)
    {
        routes.Project("POST", "wit/workitems/${type}", Create);
        routes.Project("PATCH", "wit/workitems/${type}", Create);
        routes.Project("GET", "wit/workitems/${type}", request => Answer.Json(WorkItemJson.RenderBlank(
            new WorkItemPatch(request.Organization, request.PatchOptions, [], _ => null)
                .Blank(request.Project!, TypeOf(request)))));
        routes.Both("PATCH", "wit/workitems/{id}", Update);
        routes.Both("GET", "wit/workitems/{id}", Get);
        routes.Both("GET", "wit/workitems", request => List(
            request,
            (request.Query("ids") ?? throw AdoError.NullArgument("ids")).Split(',', StringSplitOptions.TrimEntries),
            request.Query("fields")?.Split(','), request.Query("$expand"), request.Query("errorPolicy"),
            request.QueryDate("asOf")));
        routes.Both("POST", "wit/workitemsbatch", Batch);
        routes.Both("DELETE", "wit/workitems/{id}", Delete);
        routes.Both("POST", "wit/workitemsdelete", DeleteMany);
    }

    public static WorkItem Find(AdoRequest request, int id) =>
        request.Organization.Item(id) is { } item && (request.Project is null || item.Project == request.Project)
            ? item : throw AdoError.ItemMissing(id);

    private static Answer Create(AdoRequest request)
    {
        var operations = request.Patch();
        var type = TypeOf(request);
        var item = new WorkItemPatch(request.Organization, request.PatchOptions, operations, _ => null)
            .Create(request.Project!, type);
        return Answer.Json(WorkItemJson.RenderWritten(item, AdoRequest.ReadExpand(request.Query("$expand"))));
    }

    public static WorkItemType TypeOf(AdoRequest request) =>
        request.Project!.Type(request.Route("type"))
            ?? throw AdoError.TypeMissing(request.Route("type"), request.Project.Name);

    public static Answer Update(AdoRequest request)
    {
        var item = Find(request, request.RouteId());
        var operations = request.Patch();
        new WorkItemPatch(request.Organization, request.PatchOptions, operations, _ => null).Update(item);
        return Answer.Json(WorkItemJson.RenderWritten(item, AdoRequest.ReadExpand(request.Query("$expand"))));
    }

    private static Answer Get(AdoRequest request)
    {
        var expand = AdoRequest.ReadExpand(request.Query("$expand"));
        var fields = request.ReadFields(request.Query("fields")?.Split(','));
        if (fields is not null && expand != Expand.None)
        {
            throw AdoError.ExpandWithFields();
        }

        var item = Find(request, request.RouteId());
        var past = request.QueryDate("asOf") is { } date ? new WorkItemAt(item, date) : null;
        return past is { Exists: false } ? throw AdoError.ItemMissing(item.Id)
            : Answer.Json(WorkItemJson.RenderAlone(item, fields, expand, past));
    }

    private static Answer Batch(AdoRequest request)
    {
        var body = request.Json("workItemGetRequest");
        if (body.GetAnyCase("ids") is not JsonArray ids)
        {
            throw AdoError.NullArgument("ids");
        }

        if (body.GetAnyCase("fields") is not (null or JsonArray))
        {
            // What does not fit its model is no body at all.
            throw AdoError.NullArgument("workItemGetRequest");
        }

        return List(
            request, ids.Select(id => id.Text() ?? ""),
            (body.GetAnyCase("fields") as JsonArray)?.Select(name => name.Text()),
            body.GetAnyCase("$expand").Text(), body.GetAnyCase("errorPolicy").Text(),
            AdoRequest.ReadDate("asOf", body.GetAnyCase("asOf").Text()));
    }

    private static Answer List(
        AdoRequest request, IEnumerable<string> idTexts, IEnumerable<string?>? fieldNames, string? expandText,
        string? errorPolicy, DateTime? asOf)
    {
        var ids = idTexts.Select(
            text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            ? id : throw AdoError.Bound(
                $"The request is invalid. The value '{text}' is not valid for the parameter 'ids'.")).ToList();
        if (ids.Count > IdsPerRead)
        {
            throw AdoError.TooMany(ids.Count);
        }

        var expand = AdoRequest.ReadExpand(expandText);
        var fields = request.ReadFields(fieldNames);
        if (fields is not null && expand != Expand.None)
        {
            throw AdoError.ExpandWithFields();
        }

        // Omit yields null for what can't be read; without it one such item fails the whole read.
        var omit = AdoRequest.ReadOmits(errorPolicy);
        return Listing.Of(ids.Select(id =>
        {
            var item = request.Organization.Item(id);
            var past = item is null || asOf is null ? null : new WorkItemAt(item, asOf.Value);
            return item is not null && past is not { Exists: false }
                && (request.Project is null || item.Project == request.Project)
                ? AtOrganization(request, fields, WorkItemJson.Render(item, fields, expand, listRead: true, past))
                : omit ? null : throw AdoError.ItemMissing(id);
        }).ToList());
    }

    // Recorded: a list of the organisation that does not ask for the project has addresses of the organisation.
    private static JsonObject AtOrganization(AdoRequest request, List<FieldDefinition>? fields, JsonObject body)
    {
        if (request.Project is null && fields is not null && !fields.Contains(FieldCatalog.TeamProject))
        {
            body["url"] = $"{request.Organization.Uri}/_apis/wit/workItems/{body["id"]}";
        }

        return body;
    }

    private static Answer Delete(AdoRequest request)
    {
        var item = Find(request, request.RouteId());
        RecycleBin.Put(request.Organization, item, request.Flag("destroy"));
        return request.Organization.Switches.DeletionAnswersNoContent || request.Flag("destroy")
            ? Answer.Empty(204) : Answer.Json(WorkItemJson.RenderDeleted(item, request.Organization));
    }

    private static Answer DeleteMany(AdoRequest request)
    {
        if (request.Organization.Flavor != AdoFlavor.Services)
        {
            // It came with 7.1, after the servers that are played here.
            return AdoError.NoController("/_apis/wit/workitemsdelete");
        }

        var body = request.Json("deleteRequest");
        var ids = (body.GetAnyCase("ids") as JsonArray ?? throw AdoError.NullArgument("ids"))
            .Select(id => int.TryParse(id.Text(), out var number) ? number : 0).ToList();
        if (ids.Count > IdsPerRead)
        {
            throw AdoError.TooMany(ids.Count);
        }

        var items = ids.Select(id => Find(request, id)).ToList();
        var destroy = body.GetAnyCase("destroy").Text() == "true";
        items.ForEach(item => RecycleBin.Put(request.Organization, item, destroy));
        return request.Organization.Switches.DeletionAnswersNoContent ? Answer.Empty(204)
            : Answer.Json(new JsonObject
            {
                ["results"] = new JsonArray(
                    [.. items.Select(item => WorkItemJson.RenderDeleted(item, request.Organization))]),
            });
    }
}
