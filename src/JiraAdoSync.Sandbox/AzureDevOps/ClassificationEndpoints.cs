using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>Areas and iterations.</summary>
internal static class ClassificationEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Project("GET", "wit/classificationnodes", request => Listing.Of(request.Query("ids") is { } ids
            ? ById(request, ids.Split(','))
            :
            [
                request.Project!.Areas.ToJson(request.Project, Depth(request)),
                request.Project.Iterations.ToJson(request.Project, Depth(request)),
            ]));
        routes.Project("GET", "wit/classificationnodes/{structureGroup}/{**path}", request =>
        {
            var node = Node(request).ToJson(request.Project!, Depth(request));
            node["_links"] = new JsonObject { ["self"] = new JsonObject { ["href"] = node["url"]!.DeepClone() } };
            return Answer.Json(node);
        });
        routes.Project("POST", "wit/classificationnodes/{structureGroup}/{**path}", request =>
        {
            var name = request.Json("postedNode").GetAnyCase("name").Text() ?? throw AdoError.NullArgument("name");
            var parent = Node(request);
            var node = parent.Below([name]) ?? parent.Add(request.Organization.NextNodeId(), name);
            return Answer.Json(node.ToJson(request.Project!, 0), 201);
        });
    }

    // As with work items: one that is not there fails the read, or leaves null in its place.
    private static List<JsonNode?> ById(AdoRequest request, string[] ids)
    {
        var omit = request.Query("errorPolicy") is { } policy
            && (policy == "2" || policy.Equals("omit", StringComparison.OrdinalIgnoreCase));
        var nodes = request.Project!.Areas.All().Concat(request.Project.Iterations.All())
            .ToDictionary(node => node.Id.ToString(CultureInfo.InvariantCulture));
        return [.. ids.Select(id => nodes.TryGetValue(id.Trim(), out var node)
            ? node.ToJson(request.Project, Depth(request))
            : omit ? null : throw AdoError.NodeMissing(id))];
    }

    private static int Depth(AdoRequest request) => request.QueryNumber("$depth") ?? 0;

    private static ClassificationNode Node(AdoRequest request)
    {
        var path = request.Route("path");
        var root = request.Route("structureGroup").ToUpperInvariant() switch
        {
            // Official clients send the number of the enumeration.
            "AREAS" or "0" => request.Project!.Areas,
            "ITERATIONS" or "1" => request.Project!.Iterations,
            _ => throw AdoError.NodeMissing(request.Route("structureGroup")),
        };
        return root.Below(path.Split('/', StringSplitOptions.RemoveEmptyEntries)) ?? throw AdoError.NodeMissing(path);
    }
}
