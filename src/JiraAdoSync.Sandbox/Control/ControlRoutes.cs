using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// The routes under <c>/sandbox</c> by which scripts look at the sandbox and upset it; they need no token.
/// </summary>
internal static class ControlRoutes
{
    public static void Map(
        IEndpointRouteBuilder routes, RequestStats stats, FaultTable faults, SandboxSwitches switches, Action reset)
    {
        On("GET", "/sandbox/stats", _ => Answer.Json(stats.ToJson()));
        On("POST", "/sandbox/stats/reset", _ => Done(stats.Reset));
        On("PUT", "/sandbox/faults", body => Checked(faults.Replace(body)));
        On("DELETE", "/sandbox/faults", _ => Done(faults.Clear));
        On("GET", "/sandbox/switches", _ => Answer.Json(switches.ToJson()));
        On("PUT", "/sandbox/switches", body => Checked(
            body is JsonObject values ? switches.Apply(values) : "The body is an object of switches and values."));
        On("POST", "/sandbox/reset", _ => Done(reset));

        void On(string method, string template, Func<JsonNode?, Answer> handle) =>
            routes.MapMethods(template, [method], (RequestDelegate)(async context =>
            {
                var body = await RequestReader.ReadBodyAsync(context.Request, context.RequestAborted);
                await handle(body.Length == 0 ? null : RequestReader.TryParse(body))
                    .SendAsync(context.Response, context.RequestAborted);
            }));
    }

    private static Answer Done(Action action)
    {
        action();
        return Answer.Empty(204);
    }

    private static Answer Checked(string? problem) =>
        problem is null ? Answer.Empty(204) : Answer.Json(new JsonObject { ["error"] = problem }, 400);
}
