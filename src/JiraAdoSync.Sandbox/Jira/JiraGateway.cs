using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// The vendor's gateway to the site of Jira Cloud, under <c>/ex/jira/{cloudId}</c> at the sandbox's own address: there
/// alone tokens with scopes (by Basic) and OAuth tokens (by Bearer) are good, and those of the site are not. The site
/// reports its id at <c>_edge/tenant_info</c>.
/// </summary>
internal static class JiraGateway
{
    public const string Root = "/ex/jira";

    private static readonly object Mark = new();

    public static Guid CloudId { get; } = StableGuid.Of("cloud");

    public static void Map(JiraRoutes routes) => routes.AddOpen(
        "GET", "tenant_info", _ => Answer.Json(new JsonObject { ["cloudId"] = CloudId.ToString("D") }));

    /// <summary>Leads a request at the gateway to the site; to be done before its route is chosen.</summary>
    public static void Lead(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments(
            $"{Root}/{CloudId:D}", StringComparison.OrdinalIgnoreCase, out var rest))
        {
            context.Request.Path = "/jira" + rest;
            context.Items[Mark] = true;
        }
    }

    public static bool Led(HttpContext context) => context.Items.ContainsKey(Mark);

    public static Answer Refusal() => Answer.Json(new JsonObject { ["code"] = 401, ["message"] = "Unauthorized" }, 401);
}
