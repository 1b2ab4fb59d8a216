using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Hooks;

/// <summary>
/// Subscriptions of service hooks: events of work items, to the consumer <c>webHooks</c>. The sandbox sends to loopback
/// only.
/// </summary>
internal static class HookEndpoints
{
    private static readonly string[] Events = ["workitem.created", "workitem.updated", "workitem.deleted"];

    public static void Map(AdoRoutes routes)
    {
        routes.Organization("GET", "hooks/subscriptions", request => Answer.Json(new JsonObject
        {
            ["count"] = request.Organization.Hooks.All.Count,
            ["value"] = new JsonArray([.. request.Organization.Hooks.All.Select(one => one.ToJson(request.Organization.Uri))]),
        }));
        routes.Organization("POST", "hooks/subscriptions", Subscribe);
        routes.Organization("DELETE", "hooks/subscriptions/{id}", request =>
        {
            request.Organization.Hooks.All.RemoveAll(one => $"{one.Id:D}" == request.Route("id"));
            return Answer.Empty(204);
        });
    }

    private static Answer Subscribe(AdoRequest request)
    {
        var body = request.Json("subscription");
        var inputs = body.GetAnyCase("consumerInputs");
        var type = body.GetAnyCase("eventType").Text() ?? string.Empty;
        if (body.GetAnyCase("publisherId").Text() != "tfs" || !Events.Contains(type)
            || body.GetAnyCase("consumerId").Text() != "webHooks"
            || body.GetAnyCase("consumerActionId").Text() != "httpRequest")
        {
            throw AdoError.Bound(
                "The sandbox has the events of work items of the publisher tfs, for the consumer webHooks.");
        }

        if (!Uri.TryCreate(inputs.GetAnyCase("url").Text(), UriKind.Absolute, out var url) || !url.IsLoopback)
        {
            throw AdoError.Bound("The sandbox sends service hooks to loopback only.");
        }

        var subscription = new Subscription(
            Guid.NewGuid(), type, url, inputs.GetAnyCase("basicAuthUsername").Text(),
            inputs.GetAnyCase("basicAuthPassword").Text(), inputs.GetAnyCase("httpHeaders").Text() ?? string.Empty);
        request.Organization.Hooks.All.Add(subscription);
        return Answer.Json(subscription.ToJson(request.Organization.Uri));
    }
}
