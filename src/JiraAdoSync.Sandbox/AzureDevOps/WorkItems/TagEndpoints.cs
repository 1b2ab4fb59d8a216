using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>The tags that work items have used.</summary>
internal static class TagEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Project("GET", "wit/tags", request => Listing.Of(request.Organization.Tags
            .Select(tag => ToJson(request, tag.Key, tag.Value))), PreviewRule.Since7);
        routes.Project("GET", "wit/tags/{tagIdOrName}", request =>
        {
            var (name, id) = Find(request);
            return Answer.Json(ToJson(request, name, id));
        }, PreviewRule.Since7);
        routes.Project("PATCH", "wit/tags/{tagIdOrName}", request =>
        {
            var (name, id) = Find(request);
            var renamed = request.Json("tagData").GetAnyCase("name").Text() is { Length: > 0 } text
                ? text : throw AdoError.NullArgument("name");
            request.Organization.ReplaceTag(name, renamed);
            return Answer.Json(ToJson(request, renamed, request.Organization.Tags[renamed]));
        }, PreviewRule.Since7);
        routes.Project("DELETE", "wit/tags/{tagIdOrName}", request =>
        {
            request.Organization.ReplaceTag(Find(request).Name, null);
            return Answer.Empty(204);
        }, PreviewRule.Since7);
    }

    private static (string Name, Guid Id) Find(AdoRequest request)
    {
        var asked = request.Route("tagIdOrName");
        var (name, id) = request.Organization.Tags.FirstOrDefault(tag =>
            tag.Key.Equals(asked, StringComparison.OrdinalIgnoreCase)
            || tag.Value.ToString("D").Equals(asked, StringComparison.OrdinalIgnoreCase));
        return name is null ? throw AdoError.TagMissing(asked) : (name, id);
    }

    private static JsonObject ToJson(AdoRequest request, string name, Guid id) => new()
    {
        ["id"] = id.ToString("D"),
        ["name"] = name,
        ["url"] = $"{request.Organization.Uri}/{request.Project!.Id:D}/_apis/wit/tags/{id:D}",
    };
}
