using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.Jira.Notifications;

/// <summary>
/// How often the site notified people by mail, by event: <c>issue_created</c>, <c>issue_updated</c>,
/// <c>issue_commented</c> and so on, and <c>bulk_change</c> once for each bulk operation that sends one; listed by
/// <c>GET /sandbox/jira/mails</c>.
/// </summary>
internal sealed class Mails
{
    public const string Path = "/sandbox/jira/mails";

    private readonly SortedDictionary<string, int> _sent = new(StringComparer.Ordinal);

    public void Send(string kind) => _sent[kind] = _sent.GetValueOrDefault(kind) + 1;

    public JsonObject ToJson() =>
        new(_sent.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)JsonValue.Create(one.Value))));
}
