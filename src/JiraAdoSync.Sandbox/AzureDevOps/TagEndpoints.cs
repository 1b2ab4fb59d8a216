using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>The tags that work items have used.</summary>
internal static class TagEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Project("GET", "wit/tags", request => Listing.Of(request.Organization.Tags
            .Select(tag => ToJson(request, tag.Key, tag.Value))), PreviewRule.Since7);
        routes.Project("GET", "wit/tags/{tagIdOrName}", request =>
        {
            var asked = request.Route("tagIdOrName");
            var (name, id) = request.Organization.Tags.FirstOrDefault(tag =>
                tag.Key.Equals(asked, StringComparison.OrdinalIgnoreCase)
                || tag.Value.ToString("D").Equals(asked, StringComparison.OrdinalIgnoreCase));
            return name is null ? throw AdoError.TagMissing(asked) : Answer.Json(ToJson(request, name, id));
        }, PreviewRule.Since7);
    }

    private static JsonObject ToJson(AdoRequest request, string name, Guid id) => new()
    {
        ["id"] = id.ToString("D"),
        ["name"] = name,
        ["url"] = $"{request.Organization.Uri}/{request.Project!.Id:D}/_apis/wit/tags/{id:D}",
    };
}
