using System.Text;
using System.Threading.Channels;

namespace JiraAdoSync.Sandbox.Wire;

/// <summary>What somebody who subscribed is sent.</summary>
internal sealed record Notification(Uri Url, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>Sends what subscribers get, one after the other and in the order of the events.</summary>
internal sealed class NotificationSender : IAsyncDisposable
{
    private readonly Channel<Notification> _outbox = Channel.CreateUnbounded<Notification>();
    private readonly CancellationTokenSource _stopped = new();
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Task _work;

    public NotificationSender() => _work = Task.Run(SendAllAsync);

    public ChannelWriter<Notification> Outbox => _outbox.Writer;

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
            await foreach (var notification in _outbox.Reader.ReadAllAsync(_stopped.Token))
            {
                await SendAsync(notification);
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            // The sandbox ends; what is not sent by now is never sent.
        }
    }

    private async Task SendAsync(Notification notification)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, notification.Url)
            {
                Content = new StringContent(notification.Body, Encoding.UTF8, "application/json"),
            };
            foreach (var (name, value) in notification.Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var answer = await _client.SendAsync(request, _stopped.Token);
        }
        catch (Exception wrong) when (wrong is HttpRequestException or InvalidOperationException
            || (wrong is OperationCanceledException && !_stopped.IsCancellationRequested))
        {
            // Nobody listens there; the services give up, too.
            await Console.Error.WriteLineAsync($"The webhook {notification.Url} was not reached: {wrong.Message}");
        }
    }
}
