using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Projects;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>One request, of its own or inside a <c>$batch</c>, with its route read and its project found.</summary>
internal sealed class AdoRequest(
    Organization organization, Project? project, RouteValueDictionary route, IQueryCollection query,
    string? contentType,
    byte[] body, string? contentRange = null)
{
    public Organization Organization { get; } = organization;

    /// <summary>The project of the path; null at the level of the organisation.</summary>
    public Project? Project { get; } = project;

    public string? ContentType { get; } = contentType;

    /// <summary>Which part of a file the body is, as its header says.</summary>
    public string? ContentRange { get; } = contentRange;

    /// <summary>The body as it came.</summary>
    public byte[] Body { get; } = body;

    /// <summary>Where what this request names is: the organisation, or the project of the path by its id.</summary>
    public string Scope => Project is null ? $"{Organization.Uri}" : $"{Organization.Uri}/{Project.Id:D}";

    /// <summary>The project of the path, or the organisation's first where a route does not need one.</summary>
    public Project ProjectOrFirst => Project ?? Organization.Projects[0];

    public PatchOptions PatchOptions
    {
        get
        {
            var bypass = Flag("bypassRules");
            if (bypass && !(Organization.Switches.AccountMayBypassRules
                && Organization.Sender.May(AdoPermission.BypassRules)))
            {
                throw AdoError.MayNot("Bypass rules on work item updates");
            }

            if (Flag("suppressNotifications") && !(Organization.Switches.AccountMaySuppressNotifications
                && Organization.Sender.May(AdoPermission.SuppressNotifications)))
            {
                throw AdoError.MayNot("Suppress notifications for work item updates");
            }

            return new PatchOptions(Flag("validateOnly"), bypass);
        }
    }

    public string Route(string name) => route[name] as string ?? "";

    public int RouteId(string name = "id") =>
        int.TryParse(Route(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        ? id : throw AdoError.Bound(
            $"The request is invalid. The value '{Route(name)}' is not valid for the parameter '{name}'.");

    public string? Query(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

    public bool Flag(string name) => bool.TryParse(Query(name), out var flag) && flag;

    public int? QueryNumber(string name) => Query(name) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw AdoError.Bound($"The request is invalid. The value '{text}' is not valid for the parameter '{name}'.");

    public DateTime? QueryDate(string name) => ReadDate(name, Query(name));

    /// <summary>The date of a parameter; null for none.</summary>
    public static DateTime? ReadDate(string name, string? text) => text is null or "" ? null : FieldValue.ReadDate(text)
        ?? throw AdoError.Bound($"The request is invalid. The value '{text}' is not valid for the parameter '{name}'.");

    /// <summary>The body of a request that is not a patch; the text names what is missing without one.</summary>
    public JsonObject Json(string name)
    {
        RequireMediaType("application/json", "text/json");
        return RequestReader.TryParse(Body) as JsonObject ?? throw AdoError.NullArgument(name);
    }

    public void RequireFile() => RequireMediaType("application/octet-stream");

    public List<PatchOperation> Patch()
    {
        RequireMediaType("application/json-patch+json");
        return PatchOperation.Read(RequestReader.TryParse(Body));
    }

    public JsonNode? BatchBody()
    {
        RequireMediaType("application/json", "text/json");
        return RequestReader.TryParse(Body);
    }

    /// <summary>The value of <c>$expand</c> by name or number; without one nothing is expanded.</summary>
    public static Expand ReadExpand(string? text) => text is null or "" ? Expand.None
        : Enum.TryParse<Expand>(text, ignoreCase: true, out var expand) && Enum.IsDefined(expand) ? expand
        : throw AdoError.Bound($"The request is invalid. The value '{text}' is not valid for the parameter '$expand'.");

    /// <summary>Whether an <c>errorPolicy</c>, by name or number, leaves out what can't be read.</summary>
    public static bool ReadOmits(string? text) => text?.ToUpperInvariant() switch
    {
        null or "" or "FAIL" or "1" => false,
        "OMIT" or "2" => true,
        _ => throw AdoError.Bound(
            $"The request is invalid. The value '{text}' is not valid for the parameter 'errorPolicy'."),
    };

    /// <summary>The fields of a list of reference names; null for none.</summary>
    public List<FieldDefinition>? ReadFields(IEnumerable<string?>? names)
    {
        var list = names?.Where(name => !string.IsNullOrWhiteSpace(name)).Select(name => name!.Trim()).ToList();
        return list is null or { Count: 0 } ? null : [.. list
            .Select(name => Organization.Fields.ByReferenceName(name) ?? throw AdoError.FieldMissing(name)).Distinct()];
    }

    private void RequireMediaType(params ReadOnlySpan<string> accepted)
    {
        if (!MediaType.Is(ContentType, accepted))
        {
            throw AdoError.UnsupportedMediaType(MediaType.Of(ContentType));
        }
    }
}
