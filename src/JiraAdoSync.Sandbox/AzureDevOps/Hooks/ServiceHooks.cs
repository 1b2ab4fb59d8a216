using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Hooks;

/// <summary>Somebody who wants to hear of an event of work items.</summary>
internal sealed record Subscription(Guid Id, string EventType, Uri Url, string? User, string? Password, string Headers)
{
    public JsonObject ToJson(Uri organization) => new()
    {
        ["id"] = Id.ToString("D"),
        ["url"] = $"{organization}/_apis/hooks/subscriptions/{Id:D}",
        ["status"] = "enabled",
        ["publisherId"] = "tfs",
        ["eventType"] = EventType,
        ["resourceVersion"] = "1.0",
        ["consumerId"] = "webHooks",
        ["consumerActionId"] = "httpRequest",
        ["publisherInputs"] = new JsonObject(),
        // Passwords and headers are not shown again.
        ["consumerInputs"] = new JsonObject { ["url"] = Url.ToString() },
    };
}

/// <summary>The organisation's service hooks for work items, and what is on its way to them.</summary>
internal sealed class ServiceHooks(ChannelWriter<Notification> outbox)
{
    private int _notifications;
    private int _told;

    public List<Subscription> All { get; } = [];

    /// <summary>Notifies of the revisions that were made since the last call.</summary>
    public void Announce(Organization organization)
    {
        var news = organization.Revisions[_told..];
        _told = organization.Revisions.Count;
        foreach (var revision in All.Count == 0 ? [] : news)
        {
            var update = revision.Item.Updates.FindLast(one => one.Rev == revision.Rev);
            var type = revision.Rev == 1 ? "workitem.created"
                : revision.Item.IsDeleted ? "workitem.deleted"
                : "workitem.updated";
            foreach (var subscription in All.Where(one => one.EventType == type))
            {
                outbox.TryWrite(NotificationOf(subscription, organization, revision, update));
            }
        }
    }

    private Notification NotificationOf(
        Subscription subscription, Organization organization, LoggedRevision revision, WorkItemUpdate? update)
    {
        var item = revision.Item;
        var rendered = WorkItemJson.Render(item, null, Expand.None);
        var resource = subscription.EventType != "workitem.updated" ? rendered : new JsonObject
        {
            ["id"] = update?.Id ?? revision.Rev,
            ["workItemId"] = item.Id,
            ["rev"] = revision.Rev,
            ["revisedBy"] = organization.Account.ToJson(organization.Uri),
            ["revisedDate"] = WorkItemJson.Date(organization.Now),
            ["url"] = $"{WorkItemJson.Url(organization.Uri, item)}/updates/{update?.Id ?? revision.Rev}",
            ["revision"] = rendered,
        };
        var body = new JsonObject
        {
            ["subscriptionId"] = subscription.Id.ToString("D"),
            ["notificationId"] = ++_notifications,
            ["id"] = Guid.NewGuid().ToString("D"),
            ["eventType"] = subscription.EventType,
            ["publisherId"] = "tfs",
            ["message"] = new JsonObject { ["text"] = $"{item.Type.Name} #{item.Id}" },
            ["resource"] = resource,
            ["resourceVersion"] = "1.0",
            ["resourceContainers"] = new JsonObject
            {
                ["account"] = new JsonObject { ["id"] = organization.Id.ToString("D") },
                ["project"] = new JsonObject { ["id"] = item.Project.Id.ToString("D") },
            },
            ["createdDate"] = WorkItemJson.Date(organization.Now),
        };
        var headers = subscription.Headers.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        if (subscription.User is not null || subscription.Password is not null)
        {
            headers["Authorization"] = "Basic " + Convert.ToBase64String(
                Encoding.UTF8.GetBytes($"{subscription.User}:{subscription.Password}"));
        }

        return new Notification(subscription.Url, Answer.ToText(body), headers);
    }
}
