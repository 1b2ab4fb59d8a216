using System.Collections.Concurrent;
using System.Net;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using JiraAdoSync.Watching;

namespace JiraAdoSync.Rest.Listening;

/// <summary>What proves that a hook is from the service. Where a service has none, its hooks are not served.</summary>
public sealed record HookSecrets
{
    /// <summary>
    /// The secret of Jira's webhooks, with which it signs the body: <c>X-Hub-Signature: sha256=...</c>, see
    /// https://developer.atlassian.com/cloud/jira/platform/webhooks/.
    /// </summary>
    public SecureString? Jira { get; init; }

    /// <summary>The user name and password of Azure DevOps' service hooks (Basic authentication).</summary>
    public NetworkCredential? AzureDevOps { get; init; }

    /// <summary>What Azure DevOps' service hooks send as <c>X-Hook-Secret</c>.</summary>
    public SecureString? AzureDevOpsHeader { get; init; }

    /// <summary>Whether hooks of Azure DevOps are served.</summary>
    public bool HasAzureDevOps => AzureDevOps is not null || AzureDevOpsHeader is not null;
}

/// <summary>
/// Listens for webhooks of both services and shows the watcher's status. Hooks are answered at once; what they are
/// about is worked off later.
/// <list type="table">
/// <item><term>POST /jira</term><description>Jira's webhooks</description></item>
/// <item><term>POST /azure-devops</term><description>Azure DevOps' service hooks</description></item>
/// <item><term>GET /</term><description>the page, to browsers on this machine only</description></item>
/// <item><term>GET /metrics</term><description>the metrics, not through a reverse proxy</description></item>
/// <item><term>GET /healthz</term><description>200, or 503 after three failures in a row</description></item>
/// </list>
/// </summary>
public sealed class HookListener : IDisposable
{
    private const int UnhealthyAfter = 3;
    private const int MostAtOnce = 32;
    private static readonly TimeSpan LongestBody = TimeSpan.FromSeconds(10);
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    private readonly HttpListener _listener = new() { IgnoreWriteExceptions = true };
    private readonly string _path;
    private readonly HookSecrets _secrets;
    private readonly PendingHints _queue;
    private readonly HookGuard _guard;
    private readonly Func<WatchStatus> _status;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _slots = new(MostAtOnce);
    private readonly ConcurrentDictionary<string, long> _refused = new();
    private long _accepted;

    /// <summary>Starts to listen.</summary>
    /// <param name="prefix">An address that ends in a slash, such as <c>http://localhost:8080/</c>.</param>
    /// <param name="secrets">What proves that hooks are genuine.</param>
    /// <param name="queue">Where hints go.</param>
    /// <param name="status">The status to show; what it says of hooks is replaced.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SyncException"><c>ListenFailed</c>: the address can't be listened on.</exception>
    public HookListener(
        string prefix, HookSecrets secrets, PendingHints queue, Func<WatchStatus> status, TimeProvider time)
    {
        (_secrets, _queue, _status, _time, _guard) = (secrets, queue, status, time, new HookGuard(time));
        try
        {
            _listener.Prefixes.Add(prefix);
            // With a path before those above, as behind a reverse proxy that passes it on.
            _path = prefix[(prefix.IndexOf('/', prefix.IndexOf("://", StringComparison.Ordinal) + 3))..^1];
            const string Local = "://localhost:";
            if (!OperatingSystem.IsWindows() && prefix.Contains(Local, StringComparison.OrdinalIgnoreCase))
            {
                // Windows lets users without a reservation listen on the name only.
                _listener.Prefixes.Add(prefix.Replace(Local, "://127.0.0.1:", StringComparison.OrdinalIgnoreCase));
            }

            _listener.Start();
        }
        catch (Exception failure) when (failure is HttpListenerException or ArgumentException)
        {
            _listener.Close();
            throw new SyncException(
                "ListenFailed",
                $"'{prefix}' can't be listened on: {failure.Message} Give an address such as http://localhost:8080/ that ends in "
                + "a slash and whose port is free.",
                prefix);
        }

        _ = AcceptAllAsync();
    }

    /// <summary>For how long the hints of a hook may wait: longer where a run of ours caused it, most likely.</summary>
    public Func<Hook, TimeSpan> DelayOf { get; init; } = _ => TimeSpan.Zero;

    /// <summary>The status, with what came in.</summary>
    public WatchStatus Status => _status() with
    {
        HooksAccepted = Interlocked.Read(ref _accepted), HooksRefused = new SortedDictionary<string, long>(_refused),
    };

    /// <inheritdoc/>
    public void Dispose() => _listener.Close();

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException
                or InvalidOperationException)
            {
                if (!_listener.IsListening)
                {
                    return;
                }

                continue;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var response = context.Response;
        try
        {
            response.Headers["Cache-Control"] = "no-store";
            response.Headers["X-Content-Type-Options"] = "nosniff";
            response.Headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'";
            var (status, type, text) = (context.Request.HttpMethod, PathOf(context.Request)) switch
            {
                ("POST", "/jira") when _secrets.Jira is not null => await TakeAsync(
                        context.Request,
                        IsJira,
                        HookReader.OfJira)
                    .ConfigureAwait(false),
                ("POST", "/azure-devops") when _secrets.HasAzureDevOps =>
                    await TakeAsync(context.Request, IsAzureDevOps, HookReader.OfAzureDevOps).ConfigureAwait(false),
                ("GET", "/healthz") => Health(),
                ("GET", "/metrics") when !IsForwarded(context.Request) => (
                    200,
                    WatchMetrics.MediaType,
                    WatchMetrics.Of(Status)),
                ("GET", "/") when IsHere(context.Request) => (200, "text/html; charset=utf-8", WatchPage.Of(Status)),
                _ => (404, "text/plain", "Not found.\n"),
            };
            response.StatusCode = status;
            response.ContentType = type;
            if (status == 429)
            {
                response.Headers["Retry-After"] = "1";
            }

            // What was not read of a refused body is not waited for.
            response.KeepAlive = status < 400;
            var body = Encoding.UTF8.GetBytes(text);
            response.ContentLength64 = body.Length;
            await response.OutputStream.WriteAsync(body).ConfigureAwait(false);
            response.Close();
        }
        catch (Exception failure) when (failure is HttpListenerException or IOException or ObjectDisposedException
            or InvalidOperationException)
        {
            // The other side went away.
            response.Abort();
        }
    }

    /// <summary>The path behind that of the address; null where it is another one.</summary>
    private string? PathOf(HttpListenerRequest request) =>
        request.Url?.AbsolutePath is { } path && path.StartsWith(_path, StringComparison.OrdinalIgnoreCase)
            ? path[_path.Length..] : null;

    private (int Status, string Type, string Text) Health()
    {
        var status = Status;
        return status.Failures < UnhealthyAfter
            ? (200, "text/plain", "ok\n")
            : (503, "text/plain", $"{status.Failures} failures in a row\n");
    }

    private async Task<(int Status, string Type, string Text)> TakeAsync(
        HttpListenerRequest request,
        Func<HttpListenerRequest, byte[], bool> isGenuine,
        Func<ReadOnlyMemory<byte>, Hook?> read)
    {
        if (!_guard.Admits() || !await _slots.WaitAsync(TimeSpan.Zero).ConfigureAwait(false))
        {
            return Refuse(HookRefusal.TooMany, 429);
        }

        try
        {
            if (request.ContentLength64 > HookGuard.LargestBody)
            {
                return Refuse(HookRefusal.TooLarge, 413);
            }

            byte[]? body;
            try
            {
                body = await ReadBodyAsync(request.InputStream).WaitAsync(LongestBody, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return Refuse(HookRefusal.TooSlow, 408);
            }

            if (body is null)
            {
                return Refuse(HookRefusal.TooLarge, 413);
            }

            if (!isGenuine(request, body))
            {
                return Refuse(HookRefusal.Forged, 401);
            }

            if (read(body) is not { } hook)
            {
                return Refuse(HookRefusal.Malformed, 400);
            }

            // 409 would be sent again by Jira.
            if (!_guard.IsNew(body, hook.Sent))
            {
                return Refuse(HookRefusal.Replayed, 403);
            }

            Interlocked.Increment(ref _accepted);
            _queue.Add(hook.Hints, DelayOf(hook));

            return (202, "text/plain", "");
        }
        finally
        {
            _slots.Release();
        }
    }

    private (int Status, string Type, string Text) Refuse(HookRefusal why, int status)
    {
        _refused.AddOrUpdate(why.ToString(), 1, (_, count) => count + 1);
        return (status, "text/plain", $"{why}\n");
    }

    private static async Task<byte[]?> ReadBodyAsync(Stream stream)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > HookGuard.LargestBody)
            {
                return null;
            }
        }

        return body.ToArray();
    }

    private bool IsJira(HttpListenerRequest request, byte[] body)
    {
        const string Scheme = "sha256=";
        var given = request.Headers["X-Hub-Signature"];
        if (given?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            return false;
        }

        var key = Encoding.UTF8.GetBytes(Reveal(_secrets.Jira!));
        try
        {
            return Convert.FromHexString(given[Scheme.Length..]) is var signature
                && CryptographicOperations.FixedTimeEquals(signature, HMACSHA256.HashData(key, body));
        }
        catch (FormatException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private bool IsAzureDevOps(HttpListenerRequest request, byte[] body)
    {
        var isHeader = _secrets.AzureDevOpsHeader is { } secret
            && AreEqual(request.Headers["X-Hook-Secret"], Reveal(secret));
        return isHeader || (_secrets.AzureDevOps is { } account && AreEqual(
            request.Headers["Authorization"],
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.UserName}:{account.Password}"))));
    }

    /// <summary>Compares in a time that says nothing about where they differ.</summary>
    private static bool AreEqual(string? given, string expected) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given ?? string.Empty)),
            SHA256.HashData(Encoding.UTF8.GetBytes(expected)));

    private static bool IsForwarded(HttpListenerRequest request) =>
        ProxyHeaders.Any(header => request.Headers[header] is not null);

    /// <summary>
    /// Whether a browser on this machine asks, and neither a reverse proxy for somebody else nor a page of somebody
    /// else whose name leads here.
    /// </summary>
    private static bool IsHere(HttpListenerRequest request) => request.IsLocal && !IsForwarded(request)
        && request.RemoteEndPoint is { } remote && IPAddress.IsLoopback(remote.Address)
        && request.Url is { IsLoopback: true };

    private static string Reveal(SecureString secret) => new NetworkCredential(string.Empty, secret).Password;
}
