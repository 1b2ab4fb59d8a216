using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>Deleting and bringing back; both make a revision, links are kept for the return.</summary>
internal static class RecycleBin
{
    public static void Put(Organization organization, WorkItem item, bool destroy)
    {
        Require(organization, item, destroy ? AdoPermission.PermanentlyDeleteWorkItems : AdoPermission.DeleteWorkItems);
        item.DeletedBy = organization.Account.ToString();
        if (destroy)
        {
            organization.Destroy(item);
            return;
        }

        item.DeletedDate = organization.Now;
        Move(organization, item, isDeleted: true);
    }

    public static void Restore(Organization organization, WorkItem item)
    {
        Require(organization, item, AdoPermission.DeleteWorkItems);
        Move(organization, item, isDeleted: false);
    }

    private static void Require(Organization organization, WorkItem item, AdoPermission permission)
    {
        if (!organization.Sender.May(permission))
        {
            throw AdoError.MayNot(permission == AdoPermission.DeleteWorkItems
                ? "Delete and restore work items" : "Permanently delete work items");
        }

        if (!organization.Sender.CanEditIn(item.AreaPath))
        {
            throw AdoError.AreaNotEditable();
        }
    }

    private static void Move(Organization organization, WorkItem item, bool isDeleted)
    {
        item.IsDeleted = isDeleted;
        organization.Revise(item, [new FieldChange(FieldCatalog.IsDeleted, !isDeleted, isDeleted)]);
    }
}

/// <summary>What was deleted and not destroyed.</summary>
internal static class RecycleBinEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Both("GET", "wit/recyclebin", List);
        routes.Both("GET", "wit/recyclebin/{id}", request =>
            Answer.Json(WorkItemJson.RenderDeleted(Find(request, request.RouteId()), request.Organization)));
        routes.Both("PATCH", "wit/recyclebin/{id}", Restore);
        routes.Both("DELETE", "wit/recyclebin/{id}", request =>
        {
            RecycleBin.Put(request.Organization, Find(request, request.RouteId()), destroy: true);
            return Answer.Empty(204);
        });
    }

    private static WorkItem Find(AdoRequest request, int id) =>
        request.Organization.Deleted(id) ?? throw AdoError.ItemMissing(id);

    private static Answer List(AdoRequest request)
    {
        if (request.Query("ids") is not { } ids)
        {
            return Listing.Of(
                request
                    .Organization.ReadableItems.Where(item => item.IsDeleted)
                    .Select(item => new JsonObject
                    {
                        ["id"] = item.Id,
                        ["url"] = $"{request.Organization.Uri}/{item.Project.Id:D}/_apis/wit/recycleBin/{item.Id}",
                    }));
        }

        return Listing.Of(ids.Split(',').Select(text =>
        {
            var id = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            var entry = WorkItemJson.RenderDeleted(Find(request, id), request.Organization);
            entry.Remove("resource");
            return entry;
        }).ToList());
    }

    private static Answer Restore(AdoRequest request)
    {
        var item = Find(request, request.RouteId());
        if (request.Json("payload").GetAnyCase("isDeleted")?.GetValueKind() != JsonValueKind.False)
        {
            throw AdoError.Argument("Only isDeleted = false restores a work item.");
        }

        RecycleBin.Restore(request.Organization, item);
        return Answer.Json(WorkItemJson.RenderDeleted(item, request.Organization, isRestored: true));
    }
}
