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
    private int _revisions;
    private int _links;

    public List<Subscription> All { get; } = [];

    /// <summary>
    /// Notifies of the revisions, and of the changes of links alone, that were made since the last call.
    /// </summary>
    public void Announce(Organization organization)
    {
        var revisions = organization.Revisions[_revisions..];
        var links = organization.LinkChanges[_links..];
        (_revisions, _links) = (organization.Revisions.Count, organization.LinkChanges.Count);
        if (All.Count == 0)
        {
            return;
        }

        foreach (var revision in revisions)
        {
            Announce(
                organization,
                revision.Item,
                revision.Item.Updates.Find(one => one.IsRevision && one.Rev == revision.Rev)!);
        }

        // A link that came or was removed is an update of both its ends that makes no revision.
        foreach (var item in links.SelectMany(link => new[] { link.Source, link.Target }).Distinct()
            .Where(item => !item.Updates[^1].IsRevision))
        {
            Announce(organization, item, item.Updates[^1]);
        }
    }

    private void Announce(Organization organization, WorkItem item, WorkItemUpdate update)
    {
        var type = update.Rev == 1 && update.IsRevision ? "workitem.created"
            : item.IsDeleted ? "workitem.deleted"
            : "workitem.updated";
        foreach (var subscription in All.Where(one => one.EventType == type))
        {
            outbox.TryWrite(NotificationOf(subscription, organization, item, update));
        }
    }

    private Notification NotificationOf(
        Subscription subscription, Organization organization, WorkItem item, WorkItemUpdate update)
    {
        var rendered = WorkItemJson.Render(item, null, Expand.None);
        var resource = subscription.EventType != "workitem.updated" ? rendered : new JsonObject
        {
            ["id"] = update.Id,
            ["workItemId"] = item.Id,
            ["rev"] = update.Rev,
            ["revisedBy"] = update.By.ToJson(organization.Uri),
            ["revisedDate"] = WorkItemJson.Date(organization.Now),
            ["url"] = $"{WorkItemJson.Url(organization.Uri, item)}/updates/{update.Id}",
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
        var headers = subscription
            .Headers.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
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
