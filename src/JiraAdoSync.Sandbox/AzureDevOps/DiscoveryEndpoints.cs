using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>
/// How official clients find their routes: they know the id of a resource, and ask for its template. Only what the
/// sandbox serves is listed, so that a client says by itself what it can't do here. (Ids and templates are in the
/// sources of azure-devops-node-api.)
/// </summary>
internal static class DiscoveryEndpoints
{
    private static readonly (string Id, string Name)[] Areas =
    [
        ("79134c72-4a58-4b42-976c-04e7115f32bf", "core"),
        ("5264459e-e5e0-4bd8-b118-0985e68a4ec5", "wit"),
    ];

    private static readonly Location[] Locations =
    [
        new("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "Location", "connectionData", "_apis/{resource}", 1, "0.0"),
        new("e81700f7-3be2-46de-8624-2eb35882fcaa", "Location", "resourceAreas", "_apis/{resource}/{areaId}", 1, "0.0"),
        new("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "core", "projects", "_apis/{resource}/{*projectId}", 4),
        new("93878975-88c5-4e6a-8abb-7ddd77a8a7d8", "core", "processes", "_apis/process/{resource}/{*processId}", 1),
        new("9a1b74b4-2ca8-4a9f-8470-c2f2e6fdc949", "operations", "operations", "_apis/{resource}/{operationId}", 1),
        new("1a31de40-e318-41cd-a6c6-881077df52e3", "wit", "artifactLinkTypes", "_apis/{area}/{resource}", 1),
        new("a67d190c-c41f-424b-814d-0e906f659301", "wit", "queries", "{project}/_apis/{area}/{resource}/{*query}", 2),
        new("549816f9-09b0-4e75-9e81-01fbfcd07426", "wit", "queriesBatch", "{project}/_apis/{area}/{resource}", 1),
        new("a02355f5-5f8a-4671-8e32-369d23aac83d", "wit", "wiql", "{project}/{team}/_apis/{area}/{resource}/{id}", 2),
        new("4a644469-90c5-4fcc-9a9f-be0827d369ec", "wit", "workItemRevisionsDiscussions",
            "{project}/_apis/{area}/reporting/workItemRevisions/discussions", 1),
        new("afae844b-e2f6-44c2-8053-17b3bb936a40", "wit", "workItemTransitions", "_apis/{area}/{resource}", 1),
        new("a9a9aa7a-8c09-44d3-ad1b-46e855c1e3d3", "wit", "artifactUriQuery", "{project}/_apis/{area}/{resource}", 1),
        new("e07b5fa4-1499-494d-a496-64b860fd64ff", "wit", "attachments", "{project}/_apis/{area}/{resource}/{id}", 3),
        new("a70579d1-f53a-48ee-a5be-7be8659023b9", "wit", "classificationNodes",
            "{project}/_apis/{area}/{resource}", 2),
        new("5a172953-1b41-49d3-840a-33f79c3ce89f", "wit", "classificationNodes",
            "{project}/_apis/{area}/{resource}/{structureGroup}/{*path}", 2),
        new("608aac0a-32e1-4493-a863-b9cf4566d257", "wit", "comments",
            "{project}/_apis/{area}/workItems/{workItemId}/{resource}/{commentId}", 4, "0.0"),
        new("49e03b34-3be0-42e3-8a5d-e8dfb88ac954", "wit", "commentsVersions",
            "{project}/_apis/{area}/workItems/{workItemId}/comments/{commentId}/versions/{version}", 1, "0.0"),
        new("f6cb3f27-1028-4851-af96-887e570dc21f", "wit", "commentReactions",
            "{project}/_apis/{area}/workItems/{workItemId}/comments/{commentId}/reactions/{reactionType}", 1, "0.0"),
        new("e33ca5e0-2349-4285-af3d-d72d86781c35", "wit", "commentReactionsEngagedUsers",
            "{project}/_apis/{area}/workItems/{workItemId}/comments/{commentId}/reactions/{reactionType}/users", 1,
            "0.0"),
        new("b51fd764-e5c2-4b9b-aaf7-3395cf4bdd94", "wit", "fields",
            "{project}/_apis/{area}/{resource}/{fieldNameOrRefName}", 3),
        new("b70d8d39-926c-465e-b927-b1bf0e5ca0e0", "wit", "recyclebin", "{project}/_apis/{area}/{resource}/{id}", 2),
        new("a00c85a5-80fa-4565-99c3-bcd2181434bb", "wit", "revisions",
            "{project}/_apis/{area}/workItems/{id}/{resource}/{revisionNumber}", 3),
        new("bc15bc60-e7a8-43cb-ab01-2106be3983a1", "wit", "tags",
            "{project}/_apis/{area}/{resource}/{tagIdOrName}", 1),
        new("6570bf97-d02c-4a91-8d93-3abe9895b1a9", "wit", "updates",
            "{project}/_apis/{area}/workItems/{id}/{resource}/{updateNumber}", 4),
        new("1a9c53f7-f243-4447-b110-35ef023636e4", "wit", "wiql", "{project}/{team}/_apis/{area}/{resource}", 2),
        new("b5b5b6d0-0308-40a1-b3f4-b9bb3c66878f", "wit", "workItemLinks",
            "{project}/_apis/{area}/reporting/{resource}", 3),
        new("f5d33bc9-5b49-4a3c-a9bd-f3cd46dd2165", "wit", "workItemRelationTypes",
            "_apis/{area}/{resource}/{relation}", 2),
        new("f828fe59-dd87-495d-a17c-7a8d6211ca6c", "wit", "workItemRevisions",
            "{project}/_apis/{area}/reporting/{resource}", 2),
        new("62d3d110-0047-428c-ad3c-4fe872c91c74", "wit", "workItems", "{project}/_apis/{area}/{resource}/${type}", 3),
        new("72c7ddf8-2cdc-4f60-90cd-ab71c14a399b", "wit", "workItems", "{project}/_apis/{area}/{resource}/{id}", 3),
        new("908509b6-4248-4475-a1cd-829139ba419f", "wit", "workItemsBatch", "{project}/_apis/{area}/{resource}", 1),
        new("9b9f5734-36c8-415e-ba67-f83b45c31408", "wit", "workItemTypeCategories",
            "{project}/_apis/{area}/{resource}/{category}", 2),
        new("7c8d7a76-4a09-43e8-b5df-bd792f4ac6aa", "wit", "workItemTypes",
            "{project}/_apis/{area}/{resource}/{type}", 2),
        new("bd293ce5-3d25-4192-8e67-e8092e879efb", "wit", "workItemTypesField",
            "{project}/_apis/{area}/workItemTypes/{type}/fields/{field}", 3),
        new("7c9d7a76-4a09-43e8-b5df-bd792f4ac6aa", "wit", "workItemTypeStates",
            "{project}/_apis/{area}/workItemTypes/{type}/states", 1),
    ];

    public static void Map(AdoRoutes routes)
    {
        routes.Organization("OPTIONS", "", _ => List(Locations));
        foreach (var area in Locations.Select(location => location.Area).Distinct())
        {
            routes.Organization("OPTIONS", area, _ => List(Locations.Where(location => location.Area == area)));
        }

        routes.Organization("GET", "resourceAreas", request => Listing.Of(
            Areas.Select(area => Area(request, area))), PreviewRule.Always);
        routes.Organization("GET", "resourceAreas/{areaId}", request => Areas
            .Where(area => area.Id.Equals(request.Route("areaId"), StringComparison.OrdinalIgnoreCase))
            .Select(area => Answer.Json(Area(request, area))).FirstOrDefault()
            ?? throw AdoError.ResourceAreaMissing(request.Route("areaId")), PreviewRule.Always);
    }

    private static Answer List(IEnumerable<Location> locations) =>
        Listing.Of(locations.Select(location => new JsonObject
    {
        ["id"] = location.Id,
        ["area"] = location.Area,
        ["resourceName"] = location.Resource,
        ["routeTemplate"] = location.Template,
        ["resourceVersion"] = location.Version,
        ["minVersion"] = "1.0",
        ["maxVersion"] = "7.2",
        ["releasedVersion"] = location.Released,
    }));

    private static JsonObject Area(AdoRequest request, (string Id, string Name) area) => new()
    {
        ["id"] = area.Id,
        ["name"] = area.Name,
        ["locationUrl"] = $"{request.Organization.Uri}/",
    };

    private sealed record Location(
        string Id, string Area, string Resource, string Template, int Version, string Released = "7.1");
}
