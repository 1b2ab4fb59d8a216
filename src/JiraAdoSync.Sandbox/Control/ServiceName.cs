using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// Which service a request is for, and by which route template, as statistics and fault rules name them.
/// </summary>
internal static class ServiceName
{
    public const string Jira = "jira";
    public const string AzureDevOps = "ado";

    /// <summary>The template that is reported for a request that matches no route.</summary>
    public const string NoRoute = "(none)";

    public static string? Of(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/jira") ? Jira
        : context.Request.Path.StartsWithSegments("/ado") ? AzureDevOps
        : null;

    /// <summary>
    /// The template without the part that says which service it is: <c>/{organization}/_apis/wit/$batch</c>.
    /// </summary>
    public static string RouteOf(HttpContext context)
    {
        var template = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        return template?.IndexOf('/', 1) is > 0 and var end ? template[end..] : NoRoute;
    }
}
