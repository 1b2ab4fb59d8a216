using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>Finds the work items that hold artifacts, or hyperlinks, by their addresses.</summary>
internal static class ArtifactUriEndpoints
{
    public static void Map(AdoRoutes routes) => routes.Both("POST", "wit/artifacturiquery", request =>
    {
        if (request.Json("artifactUriQuery").GetAnyCase("artifactUris") is not JsonArray uris)
        {
            throw AdoError.NullArgument("artifactUris");
        }

        var result = new JsonObject();
        foreach (var uri in uris.Select(uri => uri.Text()).OfType<string>().Distinct())
        {
            var owners = request.Organization.OwnersOf(uri)
                .Where(item => request.Project is null || item.Project == request.Project)
                .Select(item => new JsonObject
                {
                    ["id"] = item.Id,
                    ["url"] = WorkItemJson.Url(request.Organization.Uri, item),
                }).ToList();
            if (owners.Count > 0 || request.Organization.Switches.ArtifactUriQueryListsUnknownAddresses)
            {
                result[uri] = new JsonArray([.. owners]);
            }
        }

        return Answer.Json(new JsonObject { ["artifactUrisQueryResult"] = result });
    });
}
