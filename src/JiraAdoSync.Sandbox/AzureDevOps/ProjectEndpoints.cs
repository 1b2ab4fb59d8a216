using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>Who one is, and which projects there are.</summary>
internal static class ProjectEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Organization("GET", "connectionData", ConnectionData, PreviewRule.Always);
        routes.Organization("GET", "projects", List);
        routes.Organization("GET", "projects/{projectId}", Get);
    }

    private static Answer ConnectionData(AdoRequest request)
    {
        var organization = request.Organization;
        var account = organization.Account;
        return Answer.Json(new JsonObject
        {
            ["authenticatedUser"] = User(),
            ["authorizedUser"] = User(),
            ["instanceId"] = organization.Id.ToString("D"),
            ["deploymentId"] = StableGuid.Of("deployment").ToString("D"),
            ["deploymentType"] = "hosted",
            ["locationServiceData"] = new JsonObject
            {
                ["serviceOwner"] = "00025394-6065-48ca-87d9-7f5672854ef7",
                ["defaultAccessMappingMoniker"] = "PublicAccessMapping",
                ["lastChangeId"] = 1,
                ["lastChangeId64"] = 1,
            },
        });

        JsonObject User() => new()
        {
            ["id"] = account.Id.ToString("D"),
            ["descriptor"] = $"Microsoft.IdentityModel.Claims.ClaimsIdentity;{organization.Id:D}\\{account.UniqueName}",
            ["subjectDescriptor"] = $"aad.{account.Id:N}",
            ["providerDisplayName"] = account.DisplayName,
            ["isActive"] = true,
            ["properties"] = new JsonObject
            {
                ["Account"] = new JsonObject { ["$type"] = "System.String", ["$value"] = account.UniqueName },
            },
            ["resourceVersion"] = 2,
            ["metaTypeId"] = 0,
        };
    }

    private static Answer List(AdoRequest request) => Listing.Of(request.Organization.Projects
        .Skip(request.QueryNumber("$skip") ?? 0).Take(request.QueryNumber("$top") ?? 100)
        .Select(project => project.ToReference()));

    private static Answer Get(AdoRequest request)
    {
        var name = request.Route("projectId");
        var project = request.Organization.Project(name) ?? throw AdoError.ProjectMissing(name);
        return Answer.Json(project.ToJson(request.Flag("includeCapabilities")));
    }
}
