using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// A server on loopback whose answers do not end: it sends a beginning, then either byte upon byte or nothing more, until
/// its caller hangs up.
/// </summary>
internal sealed class FloodServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<int> _begun = Channel.CreateUnbounded<int>();
    private readonly byte[] _beginning;
    private readonly bool _isEndless;
    private readonly Task _work;
    private long _bytesSent;
    private int _requests;

    public FloodServer(string beginning, bool isEndless)
    {
        _beginning = Encoding.Latin1.GetBytes(beginning);
        _isEndless = isEndless;
        _listener.Start();
        _work = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/x");

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Waits until an answer has begun that nobody waited for yet.</summary>
    public Task NextAsync() => _begun.Reader.ReadAsync(_stop.Token).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _work;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client.GetStream());
            }
            catch (Exception ended) when (
                ended is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The caller hung up.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var buffer = new byte[64 << 10];
        if (await stream.ReadAsync(buffer, _stop.Token) == 0)
        {
            return;
        }

        Interlocked.Increment(ref _requests);
        await stream.WriteAsync(_beginning, _stop.Token);
        _begun.Writer.TryWrite(_requests);
        if (!_isEndless)
        {
            await stream.ReadExactlyAsync(buffer, _stop.Token);
        }

        Array.Fill(buffer, (byte)' ');
        while (true)
        {
            await stream.WriteAsync(buffer, _stop.Token);
            Interlocked.Add(ref _bytesSent, buffer.Length);
        }
    }
}
