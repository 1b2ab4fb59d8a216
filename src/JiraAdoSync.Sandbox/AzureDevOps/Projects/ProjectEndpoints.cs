using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Projects;

/// <summary>Who one is, which projects and processes there are, and projects that come and go.</summary>
internal static class ProjectEndpoints
{
    public static void Map(AdoRoutes routes)
    {
        routes.Organization("GET", "connectionData", ConnectionData, PreviewRule.Always);
        routes.Organization("GET", "projects", List);
        routes.Organization("GET", "projects/{projectId}", Get);
        routes.Organization("POST", "projects", Create);
        routes.Organization("PATCH", "projects/{projectId}", Change);
        routes.Organization("DELETE", "projects/{projectId}", request =>
        {
            request.Organization.Remove(Find(request));
            return Operation(request, Queue(request), 202);
        });
        routes.Organization("GET", "operations/{operationId}", request =>
            Guid.TryParse(request.Route("operationId"), out var id) && request.Organization.Operations.Contains(id)
                ? Operation(request, id, 200) : throw AdoError.OperationMissing(request.Route("operationId")));
        routes.Organization("GET", "process/processes", request => Listing.Of(
            Enum.GetValues<ProcessTemplate>().Select(process => ProcessJson(request, process))));
        routes.Organization(
            "GET", "work/processes", _ => Listing.Of(Enum.GetValues<ProcessTemplate>().Select(ProcessTypeJson)));
        routes.Organization("GET", "work/processes/{processId}", request => Answer.Json(ProcessTypeJson(
            ProcessOf(request.Route("processId")) ?? throw AdoError.ProcessMissing(request.Route("processId")))));
        routes.Organization("GET", "process/processes/{processId}", request => Answer.Json(ProcessJson(
            request,
            ProcessOf(request.Route("processId")) ?? throw AdoError.ProcessMissing(request.Route("processId")))));
    }

    // The part of the API by which processes are changed calls them otherwise; the sandbox's are those of the system.
    private static JsonObject ProcessTypeJson(ProcessTemplate process) => new()
    {
        ["typeId"] = Processes.IdOf(process).ToString("D"),
        ["name"] = Processes.NameOf(process),
        ["referenceName"] = null,
        ["description"] = $"The {Processes.NameOf(process)} process.",
        ["parentProcessTypeId"] = Guid.Empty.ToString("D"),
        ["isEnabled"] = true,
        ["isDefault"] = process == ProcessTemplate.Agile,
        ["customizationType"] = "system",
    };

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
            ["deploymentType"] = organization.Flavor == AdoFlavor.Services ? "hosted" : "onPremises",
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

    private static Answer Get(AdoRequest request) =>
        Answer.Json(Find(request).ToJson(request.Flag("includeCapabilities")));

    private static Project Find(AdoRequest request) => request.Organization.Project(request.Route("projectId"))
        ?? throw AdoError.ProjectMissing(request.Route("projectId"));

    /// <summary>
    /// The service makes and removes projects in the background and answers with the operation to ask for; here it is
    /// done by then.
    /// </summary>
    private static Answer Create(AdoRequest request)
    {
        var body = request.Json("projectToCreate");
        var name = NameOf(body) ?? throw AdoError.NullArgument("name");
        var template = body.GetAnyCase("capabilities").GetAnyCase("processTemplate").GetAnyCase("templateTypeId")
            .Text() ?? "";
        var process = ProcessOf(template) ?? throw AdoError.ProcessMissing(template);
        if (request.Organization.Project(name) is not null)
        {
            throw AdoError.ProjectExists(name);
        }

        request.Organization.AddProject(name, process, body.GetAnyCase("description").Text() ?? "");
        return Operation(request, Queue(request), 202);
    }

    private static Answer Change(AdoRequest request)
    {
        var (project, body) = (Find(request), request.Json("projectUpdate"));
        if (NameOf(body) is { } name && name != project.Name)
        {
            if (request.Organization.Project(name) is { } existing && existing != project)
            {
                throw AdoError.ProjectExists(name);
            }

            project.Rename(name);
        }

        project.Description = body.GetAnyCase("description").Text() ?? project.Description;
        return Operation(request, Queue(request), 202);
    }

    private static string? NameOf(JsonNode body)
    {
        var name = body.GetAnyCase("name").Text()?.Trim();
        return name is null or "" ? null
            : name.Length > 64 || name.IndexOfAny(['\\', '/', ':', '*', '?', '"', '<', '>', '|', '#', '%', '&', ';',
                '@', '{', '}', '[', ']', '+', '=', '~', '$', ',', '\'']) >= 0
            ? throw AdoError.ProjectName(name) : name;
    }

    private static Guid Queue(AdoRequest request)
    {
        var id = Guid.NewGuid();
        request.Organization.Operations.Add(id);
        return id;
    }

    private static Answer Operation(AdoRequest request, Guid id, int status)
    {
        var url = $"{request.Organization.Uri}/_apis/operations/{id:D}";
        var operation = new JsonObject
        {
            ["id"] = id.ToString("D"),
            ["status"] = status == 202 ? "notSet" : "succeeded",
            ["url"] = url,
        };
        if (status == 200)
        {
            operation["_links"] = new JsonObject { ["self"] = new JsonObject { ["href"] = url } };
        }

        return Answer.Json(operation, status);
    }

    private static ProcessTemplate? ProcessOf(string id) => Enum.GetValues<ProcessTemplate>()
        .Where(process => Processes.IdOf(process).ToString("D").Equals(id, StringComparison.OrdinalIgnoreCase))
        .Select(process => (ProcessTemplate?)process).FirstOrDefault();

    private static JsonObject ProcessJson(AdoRequest request, ProcessTemplate process) => new()
    {
        ["id"] = Processes.IdOf(process).ToString("D"),
        ["description"] = $"The {Processes.NameOf(process)} process.",
        ["isDefault"] = process == ProcessTemplate.Agile,
        ["type"] = "system",
        ["url"] = $"{request.Organization.Uri}/_apis/process/processes/{Processes.IdOf(process):D}",
        ["name"] = Processes.NameOf(process),
    };
}
