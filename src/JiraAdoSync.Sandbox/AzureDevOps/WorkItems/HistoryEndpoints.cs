using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>Updates and revisions of a work item.</summary>
internal static class HistoryEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Both("GET", "wit/workItems/{id}/updates", request =>
        {
            var item = WorkItemEndpoints.Find(request, request.RouteId());
            return Listing.Of(Page(request, item.Updates).Select(update => WorkItemJson.RenderUpdate(item, update)));
        });
        routes.Both("GET", "wit/workItems/{id}/updates/{updateNumber}", request =>
        {
            var item = WorkItemEndpoints.Find(request, request.RouteId());
            var number = request.RouteId("updateNumber");
            var update = item.Updates.Find(one => one.Id == number) ?? throw AdoError.RevisionMissing(item.Id, number);
            return Answer.Json(WorkItemJson.RenderUpdate(item, update));
        });
        routes.Both("GET", "wit/workItems/{id}/revisions", request =>
        {
            var item = WorkItemEndpoints.Find(request, request.RouteId());
            var expand = AdoRequest.ReadExpand(request.Query("$expand"));
            return Listing.Of(Page(request, Enumerable.Range(1, item.Rev))
                .Select(rev => WorkItemJson.RenderRevision(item, rev, expand)));
        });
        routes.Both("GET", "wit/workItems/{id}/revisions/{revisionNumber}", request =>
        {
            var item = WorkItemEndpoints.Find(request, request.RouteId());
            var number = request.RouteId("revisionNumber");
            return number >= 1 && number <= item.Rev
                ? Answer.Json(WorkItemJson.RenderRevision(
                    item, number, AdoRequest.ReadExpand(request.Query("$expand"))))
                : throw AdoError.RevisionMissing(item.Id, number);
        });
    }

    private static IEnumerable<T> Page<T>(AdoRequest request, IEnumerable<T> all) =>
        all.Skip(request.QueryNumber("$skip") ?? 0).Take(Math.Min(request.QueryNumber("$top") ?? 200, 200));
}
