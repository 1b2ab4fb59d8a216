using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Jql;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Notifications;

/// <summary>Somebody who wants to hear of events; a dynamic one belongs to an app and ends after 30 days.</summary>
internal sealed record Webhook(
    long Id, string? Name, Uri Url, IReadOnlyList<string> Events, string Jql, DateTimeOffset? Expires)
{
    /// <summary>A sandbox on loopback calls loopback addresses only.</summary>
    public static Uri? ReadUrl(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.IsLoopback && url.Scheme is "http" or "https"
            ? url
            : null;
}

/// <summary>The webhooks of the site, and what is on its way to them.</summary>
internal sealed class Webhooks(ChannelWriter<(Uri Url, string Body)> outbox)
{
    private readonly List<Webhook> _all = [];

    public IReadOnlyList<Webhook> All => _all;

    public void Add(Webhook webhook) => _all.Add(webhook);

    public bool Remove(Webhook webhook) => _all.Remove(webhook);

    public void Replace(Webhook old, Webhook current) => _all[_all.IndexOf(old)] = current;

    public bool Wants(string name) => _all.Exists(webhook => webhook.Events.Contains(name));

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
                outbox.TryWrite((webhook.Url, Answer.ToText(body)));
            }
        }
    }
}

/// <summary>Sends what webhooks get, one after the other and in the order of the events.</summary>
internal sealed class WebhookSender : IAsyncDisposable
{
    private readonly Channel<(Uri Url, string Body)> _outbox = Channel.CreateUnbounded<(Uri Url, string Body)>();
    private readonly CancellationTokenSource _stopped = new();
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Task _work;

    public WebhookSender() => _work = Task.Run(SendAllAsync);

    public ChannelWriter<(Uri Url, string Body)> Outbox => _outbox.Writer;

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _work;
        _client.Dispose();
        _stopped.Dispose();
    }

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var (url, body) in _outbox.Reader.ReadAllAsync(_stopped.Token))
            {
                await SendAsync(url, body);
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The sandbox ends; what is not sent by now is never sent.
        }
    }

    private async Task SendAsync(Uri url, string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await _client.PostAsync(url, content, _stopped.Token);
        }
        catch (Exception wrong) when (wrong is HttpRequestException or InvalidOperationException
            || (wrong is OperationCanceledException && !_stopped.IsCancellationRequested))
        {
            // Nobody listens there; Jira gives up, too.
            await Console.Error.WriteLineAsync($"The webhook {url} was not reached: {wrong.Message}");
        }
    }
}
