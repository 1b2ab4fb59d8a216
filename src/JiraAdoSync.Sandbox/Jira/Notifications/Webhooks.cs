using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Jql;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Notifications;

/// <summary>Somebody who wants to hear of events; a dynamic one belongs to an app and ends after 30 days.</summary>
internal sealed record Webhook(
    long Id, string? Name, Uri Url, IReadOnlyList<string> Events, string Jql, DateTimeOffset? Expires,
    string? Secret = null)
{
    /// <summary>A sandbox on loopback calls loopback addresses only.</summary>
    public static Uri? ReadUrl(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.IsLoopback && url.Scheme is "http" or "https"
            ? url
            : null;
}

/// <summary>The webhooks of the site, and what is on its way to them.</summary>
internal sealed class Webhooks(ChannelWriter<Notification> outbox)
{
    private readonly List<Webhook> _all = [];

    public IReadOnlyList<Webhook> All => _all;

    public void Add(Webhook webhook) => _all.Add(webhook);

    public bool Remove(Webhook webhook) => _all.Remove(webhook);

    public void Replace(Webhook old, Webhook current) => _all[_all.IndexOf(old)] = current;

    public bool Wants(string name) => _all.Exists(webhook => webhook.Events.Contains(name));

    /// <summary>
    /// Jira signs the body where the webhook has a secret, and names each event, the same where it is sent again.
    /// </summary>
    private static Notification NotificationOf(Webhook webhook, string body)
    {
        var headers = new Dictionary<string, string>
        {
            ["X-Atlassian-Webhook-Identifier"] = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
        };
        if (webhook.Secret is { } secret)
        {
            var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body));
            headers["X-Hub-Signature"] = $"sha256={Convert.ToHexString(signature).ToLowerInvariant()}";
        }

        return new Notification(webhook.Url, body, headers);
    }

    /// <summary>
    /// Reports an event; a query of the webhook restricts it to some issues, but not events of links.
    /// </summary>
    public void Announce(JiraSite site, string name, Issue? issue, JsonObject body)
    {
        foreach (var webhook in _all.Where(webhook => webhook.Events.Contains(name) && !(webhook.Expires <= site.Now)))
        {
            if (issue is null || webhook.Jql.Length == 0
                || new JqlEvaluator(site, null).Run(JqlParser.Parse(webhook.Jql)).Contains(issue))
            {
                outbox.TryWrite(NotificationOf(webhook, Answer.ToText(body)));
            }
        }
    }
}
