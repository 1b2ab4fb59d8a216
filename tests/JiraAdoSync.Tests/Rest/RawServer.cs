using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// A server on loopback that answers every request with the same bytes, well-formed or not, and keeps what it was sent.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _requests = [];
    private readonly byte[] _answer;
    private readonly X509Certificate2? _certificate;
    private readonly Task _work;

    public RawServer(string answer, bool withTls = false)
        : this(Encoding.Latin1.GetBytes(answer), withTls)
    {
    }

    public RawServer(byte[] answer, bool withTls = false)
    {
        _answer = answer;
        _certificate = withTls ? NewCertificate() : null;
        _listener.Start();
        _work = ServeAsync();
    }

    public Uri Address =>
        new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/x");

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>A whole answer of status 200 with a body.</summary>
    public static string Ok(string body, string headers = "Content-Type: application/json\r\n") =>
        $"HTTP/1.1 200 OK\r\n{headers}Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _work;
        _certificate?.Dispose();
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
            catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException
                or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
            {
                // The caller has disconnected, and the next one may come.
            }
        }
    }

    private async Task AnswerAsync(Stream stream)
    {
        if (_certificate is not null)
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(_certificate);
            stream = tls;
        }

        var buffer = new byte[16 << 10];
        var read = await stream.ReadAsync(buffer, _stop.Token);
        if (read == 0)
        {
            return;
        }

        lock (_requests)
        {
            _requests.Add(Encoding.Latin1.GetString(buffer, 0, read));
        }

        await stream.WriteAsync(_answer, _stop.Token);
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
