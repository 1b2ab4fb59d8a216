using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Jql;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Notifications;

/// <summary>
/// Webhooks: those that administrators register by hand or by <c>/rest/webhooks/1.0</c>, and the dynamic ones of apps.
/// </summary>
internal static class WebhookEndpoints
{
    private const string IssueFilter = "issue-related-events-section";

    private static readonly string[] IssueEvents = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"];
    private static readonly string[] LinkEvents = ["issuelink_created", "issuelink_deleted"];

    private static readonly string[] CommentEvents = ["comment_created", "comment_updated", "comment_deleted"];

    // The sandbox takes registrations for properties, as documented, but notifies nobody of them.
    private static readonly string[] DynamicEvents =
        [.. IssueEvents, .. CommentEvents, "issue_property_set", "issue_property_deleted"];

    public static void Map(JiraRoutes routes)
    {
        routes.Add("GET", "webhook", request => Answer.Json(
            new JsonArray([.. Own(request, dynamic: false).Select(webhook => ToJson(request, webhook))])));
        routes.Add("POST", "webhook", Register);
        routes.Add("GET", "webhook/{id}", request => Answer.Json(ToJson(request, Find(request))));
        routes.Add("DELETE", "webhook/{id}", request =>
        {
            request.Site.Webhooks.Remove(Find(request));
            return Answer.Empty(204);
        });
    }

    public static void MapDynamic(JiraRoutes routes)
    {
        routes.AddOpen("GET", "webhook", ListDynamic);
        routes.AddOpen("POST", "webhook", RegisterDynamic);
        routes.AddOpen("DELETE", "webhook", request =>
        {
            foreach (var webhook in Asked(request))
            {
                request.Site.Webhooks.Remove(webhook);
            }

            return Answer.Empty(202);
        });
        routes.AddOpen("PUT", "webhook/refresh", request =>
        {
            var expires = request.Site.Now.AddDays(30);
            foreach (var webhook in Asked(request))
            {
                request.Site.Webhooks.Replace(webhook, webhook with { Expires = expires });
            }

            return Answer.Json(new JsonObject { ["expirationDate"] = expires.ToUnixTimeMilliseconds() });
        });
        routes.AddOpen("GET", "webhook/failed", request =>
        {
            RequireApp(request);
            return Answer.Json(new JsonObject { ["maxResults"] = 100, ["values"] = new JsonArray() });
        });
    }

    private static Answer Register(JiraRequest request)
    {
        request.Require("ADMINISTER", 403, "You must have global administrator rights to manage webhooks.");
        var body = request.Json();
        var url = Webhook.ReadUrl(body["url"].Text())
            ?? throw JiraError.Field("url", "The sandbox calls webhooks on loopback only, by http or https.");
        var events = Texts(body["events"]);
        if (events.FirstOrDefault(one =>
            !IssueEvents.Contains(one) && !LinkEvents.Contains(one) && !CommentEvents.Contains(one)) is { } unknown)
        {
            throw JiraError.Field("events", $"The webhook event '{unknown}' is unknown here.");
        }

        var jql = body["filters"].Get(IssueFilter).Text() ?? "";
        JqlParser.Parse(jql);
        var webhook = new Webhook(request.Site.NextId("webhook"), body["name"].Text() ?? "", url, events, jql, null,
            body["secret"].Text());
        request.Site.Webhooks.Add(webhook);
        return Answer.Json(ToJson(request, webhook), 201);
    }

    private static Answer RegisterDynamic(JiraRequest request)
    {
        RequireApp(request);
        var body = request.Json();
        var url = Webhook.ReadUrl(body["url"].Text())
            ?? throw new JiraError(400, "The sandbox calls webhooks on loopback only, by http or https.");
        if (body["webhooks"] is not JsonArray { Count: > 0 } asked)
        {
            throw new JiraError(400, "webhooks must not be empty.");
        }

        return Answer.Json(new JsonObject
        {
            ["webhookRegistrationResult"] = new JsonArray([.. asked.Select(one => RegisterDynamic(request, url, one))]),
        });
    }

    private static JsonObject RegisterDynamic(JiraRequest request, Uri url, JsonNode? asked)
    {
        try
        {
            var (events, jql) = (Texts(asked.Get("events")), asked.Get("jqlFilter").Text());
            if (events.Count == 0 || events.Any(one => !DynamicEvents.Contains(one)))
            {
                return Refused("The webhook's events are missing or unknown.");
            }

            if (jql is null)
            {
                return Refused("The webhook's jqlFilter is missing.");
            }

            JqlParser.Parse(jql);
            var site = request.Site;
            var webhook = new Webhook(site.NextId("webhook"), null, url, events, jql, site.Now.AddDays(30));
            site.Webhooks.Add(webhook);
            return new JsonObject { ["createdWebhookId"] = webhook.Id };
        }
        catch (JiraError wrong)
        {
            return Refused(wrong.Message);
        }

        static JsonObject Refused(string message) => new() { ["errors"] = new JsonArray(message) };
    }

    private static Answer ListDynamic(JiraRequest request)
    {
        RequireApp(request);
        var all = Own(request, dynamic: true).ToList();
        var (start, max) = (
            Math.Max(request.Number("startAt", 0), 0), Math.Clamp(request.Number("maxResults", 100), 1, 100));
        return Answer.Json(new JsonObject
        {
            ["maxResults"] = max,
            ["startAt"] = start,
            ["total"] = all.Count,
            ["isLast"] = start + max >= all.Count,
            ["values"] = new JsonArray([.. all.Skip(start).Take(max).Select(webhook => new JsonObject
            {
                ["id"] = webhook.Id,
                ["jqlFilter"] = webhook.Jql,
                ["events"] = new JsonArray([.. webhook.Events.Select(one => JsonValue.Create(one))]),
                ["expirationDate"] = JiraTime.Write(webhook.Expires!.Value),
                ["url"] = webhook.Url.ToString(),
            })]),
        });
    }

    // A person's token is no app's; a switch lets it pass for one.
    private static void RequireApp(JiraRequest request)
    {
        if (!request.IsSignedIn || !request.Site.Switches.JiraAccountsMayUseDynamicWebhooks)
        {
            throw new JiraError(403, "The caller is not an app.");
        }
    }

    private static IEnumerable<Webhook> Own(JiraRequest request, bool dynamic) =>
        request.Site.Webhooks.All.Where(webhook => webhook.Expires is not null == dynamic);

    private static List<Webhook> Asked(JiraRequest request)
    {
        RequireApp(request);
        var ids = Texts(request.Json()["webhookIds"]);
        return ids.Count == 0 ? throw new JiraError(400, "webhookIds must not be empty.")
            : [.. Own(request, dynamic: true).Where(webhook => ids.Contains(Id(webhook)))];
    }

    private static Webhook Find(JiraRequest request) =>
        Own(request, dynamic: false).FirstOrDefault(webhook => Id(webhook) == request.Route("id"))
        ?? throw new JiraError(404, $"The webhook with id '{request.Route("id")}' does not exist.");

    private static string Id(Webhook webhook) => webhook.Id.ToString(CultureInfo.InvariantCulture);

    private static List<string> Texts(JsonNode? list) =>
        [.. (list as JsonArray ?? []).Select(one => one.Text()).OfType<string>()];

    private static JsonObject ToJson(JiraRequest request, Webhook webhook) => new()
    {
        ["name"] = webhook.Name,
        ["url"] = webhook.Url.ToString(),
        ["events"] = new JsonArray([.. webhook.Events.Select(one => JsonValue.Create(one))]),
        ["filters"] = new JsonObject { [IssueFilter] = webhook.Jql },
        ["excludeBody"] = false,
        ["enabled"] = true,
        ["self"] = $"{request.Site.Uri}/rest/webhooks/1.0/webhook/{Id(webhook)}",
    };
}
