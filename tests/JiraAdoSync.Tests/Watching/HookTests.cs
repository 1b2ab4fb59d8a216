using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using JiraAdoSync.Rest.Listening;
using JiraAdoSync.Watching;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace JiraAdoSync.Tests.Watching;

/// <summary>What the listener accepts from whom.</summary>
public sealed class HookTests : IDisposable
{
    private const string Secret = "a-secret";
    private const string Created = """{"timestamp":1767225600000,"webhookEvent":"jira:issue_created","issue":{"id":"10001","key":"SHOP-1"}}""";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1767225600000));
    private readonly PendingHints _queue;
    private readonly HookListener _listener;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    public HookTests()
    {
        _queue = new PendingHints(_time);
        var port = FreePort();
        _client.BaseAddress = new Uri($"http://localhost:{port}/");
        _listener = new HookListener(
            $"http://localhost:{port}/",
            new HookSecrets
            {
                Jira = new NetworkCredential("", Secret).SecurePassword,
                AzureDevOps = new NetworkCredential("hook", "password"),
                AzureDevOpsHeader = new NetworkCredential("", "header-secret").SecurePassword,
            },
            _queue,
            () => new WatchStatus
            {
                State = WatchState.Waiting, Profile = "sync.psd1", JiraSite = "https://contoso.atlassian.net",
                AdoProject = "Fabrikam", ProcessId = 1, Started = _time.GetUtcNow(), Updated = _time.GetUtcNow(),
                Failures = Failures, LastError = "<script>alert(1)</script>", LastErrorAt = _time.GetUtcNow(),
            },
            _time);
    }

    private int Failures { get; set; }

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task A_signed_hook_is_a_hint_once()
    {
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync("jira", Created, Signed(Created)));
        Assert.Equal(new Hint(HintSide.Jira, 10001), Assert.Single(_queue.Take(9)).Hint);
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync("jira", Created, Signed(Created)));
        Assert.Equal(0, _queue.Depth);
        Assert.Equal(1, _listener.Status.HooksAccepted);
        Assert.Equal(1, _listener.Status.HooksRefused["Replayed"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sha256=")]
    [InlineData("sha256=zz")]
    [InlineData("sha1=2fd4e1c67a2d28fced849ee1bb76e7391b93eb12")]
    [InlineData("sha256=0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_hook_with_another_signature_is_refused(string? signature)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("jira", Created, signature is null
            ? _ => { }
            : request => request.Headers.Add("X-Hub-Signature", signature)));
        Assert.Equal(0, _queue.Depth);
        Assert.Equal(1, _listener.Status.HooksRefused["Forged"]);
    }

    [Fact]
    public async Task A_signature_is_of_one_body()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(
            "jira", Created.Replace("10001", "10002", StringComparison.Ordinal), Signed(Created)));
        Assert.Equal(0, _queue.Depth);
    }

    [Fact]
    public async Task An_old_hook_is_refused_whoever_signed_it()
    {
        _time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync("jira", Created, Signed(Created)));
        const string Undated = """{"webhookEvent":"jira:issue_created","issue":{"id":"10001"}}""";
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync("jira", Undated, Signed(Undated)));
        Assert.Equal(2, _listener.Status.HooksRefused["Replayed"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_body_is_refused_whether_or_not_its_length_is_said(bool isSaid)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "jira")
        {
            Content = new ByteArrayContent(new byte[HookGuard.LargestBody + 1]),
        };
        request.Headers.TransferEncodingChunked = !isSaid;
        try
        {
            using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        }
        catch (HttpRequestException cut) when (cut.InnerException is IOException)
        {
            // The answer came before the body was sent, and the connection was closed.
        }

        Assert.Equal(1, _listener.Status.HooksRefused["TooLarge"]);
        Assert.Equal(0, _queue.Depth);
    }

    [Fact]
    public async Task More_than_a_thousand_at_once_are_too_many_and_later_ones_are_not()
    {
        var guard = new HookGuard(_time);
        Assert.Equal(1000, Enumerable.Range(0, 1500).Count(_ => guard.Admits()));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(100, Enumerable.Range(0, 1500).Count(_ => guard.Admits()));
        for (var count = 0; count < 1000; count++)
        {
            await SendAsync("jira", "{}", _ => { });
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync("jira", Created, Signed(Created)));
        Assert.Equal(1, _listener.Status.HooksRefused["TooMany"]);
    }

    [Theory]
    [InlineData("""{"timestamp":1767225600000,"issueLink":{"id":7,"sourceIssueId":10001,"destinationIssueId":10002}}""", "10001 10002")]
    [InlineData("""{"timestamp":1767225600000,"issue":{"id":10003},"comment":{"id":"1"}}""", "10003")]
    [InlineData("""{"timestamp":1767225600000,"issue":{"id":"../../1"}}""", "")]
    [InlineData("""{"timestamp":1767225600000,"issue":{"id":-4}}""", "")]
    [InlineData("""{"timestamp":1767225600000,"issue":"10001"}""", "")]
    [InlineData("[1]", null)]
    [InlineData("not JSON", null)]
    public void Ids_are_read_from_hooks_of_Jira_and_nothing_else(string body, string? ids) => Assert.Equal(
        ids,
        HookReader.OfJira(Encoding.UTF8.GetBytes(body)) is { } hook
            ? string.Join(' ', hook.Hints.Select(hint => hint.Id)) : null);

    [Theory]
    [InlineData("""{"eventType":"workitem.updated","createdDate":"2026-01-01T00:00:00Z","resource":{"id":3,"workItemId":42}}""", "42")]
    [InlineData("""{"eventType":"workitem.created","createdDate":"2026-01-01T00:00:00Z","resource":{"id":43}}""", "43")]
    [InlineData("""{"eventType":"git.push","createdDate":"2026-01-01T00:00:00Z","resource":{"id":43}}""", "")]
    [InlineData("""{"eventType":"workitem.created","createdDate":"2026-01-01T00:00:00Z","resource":{"id":4294967297}}""", "")]
    public async Task Service_hooks_prove_themselves_by_password_or_header(string body, string ids)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("azure-devops", body, request =>
            request.Headers.Authorization = Basic("hook:other")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("azure-devops", body, request =>
            request.Headers.Add("X-Hook-Secret", "header-secre")));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync("azure-devops", body, request =>
            request.Headers.Authorization = Basic("hook:password")));
        Assert.Equal(ids, string.Join(' ', _queue.Take(9).Select(queued => queued.Hint.Id)));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync("azure-devops", body + " ", request =>
            request.Headers.Add("X-Hook-Secret", "header-secret")));
    }

    [Fact]
    public async Task The_page_is_for_browsers_here_and_metrics_for_whoever_asks_directly()
    {
        var page = await _client.GetStringAsync("", TestContext.Current.CancellationToken);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("jiraadosync_queue_depth 0\n", await _client.GetStringAsync(
            "metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        foreach (var path in (string[])["", "metrics"])
        {
            using var forwarded = new HttpRequestMessage(HttpMethod.Get, path);
            forwarded.Headers.Add("X-Forwarded-For", "203.0.113.5");
            using var answer = await _client.SendAsync(forwarded, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("http://localhost:{0}/sync/", "sync/", "")]
    [InlineData("http://*:{0}/", "", "sync.contoso.example")]
    [InlineData("http://*:{0}/a/b/", "a/b/", "sync.contoso.example:443")]
    public async Task A_proxy_may_keep_the_path_and_the_name_of_the_host(string prefix, string path, string host)
    {
        var port = FreePort();
        using var listener = new HookListener(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, prefix, port),
            new HookSecrets { Jira = new NetworkCredential("", Secret).SecurePassword }, _queue, () => _listener.Status, _time);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://localhost:{port}/"),
        };
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(HttpMethod.Post, "jira", isForwarded: true));
        Assert.Equal(10001, Assert.Single(_queue.Take(9)).Hint.Id);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Get, "healthz", isForwarded: true));
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(HttpMethod.Get, "metrics", isForwarded: true));
        // The page is for addresses of this machine: another host's name may lead here, too.
        Assert.Equal(HttpStatusCode.NotFound, await SendAsync(HttpMethod.Get, "", isForwarded: host.Length == 0));

        async Task<HttpStatusCode> SendAsync(HttpMethod method, string end, bool isForwarded)
        {
            using var request = new HttpRequestMessage(method, path + end);
            if (method == HttpMethod.Post)
            {
                request.Content = new StringContent(Created, Encoding.UTF8, "application/json");
                Signed(Created)(request);
            }

            if (isForwarded)
            {
                request.Headers.Add("X-Forwarded-For", "203.0.113.5");
            }

            request.Headers.Host = host.Length > 0 ? host : null;
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Health_fails_after_three_failures_in_a_row()
    {
        Failures = 2;
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("healthz", TestContext.Current.CancellationToken)).StatusCode);
        Failures = 3;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _client.GetAsync(
            "healthz", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public void A_port_that_somebody_uses_is_an_error_that_says_so()
    {
        var failure = Assert.Throws<SyncException>(() => new HookListener(
            _client.BaseAddress!.AbsoluteUri, new HookSecrets(), _queue, () => _listener.Status, _time));
        Assert.Equal("ListenFailed", failure.Id);
    }

    private static Action<HttpRequestMessage> Signed(string body) => request => request.Headers.Add(
        "X-Hub-Signature",
        "sha256=" + Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(body))));

    private static AuthenticationHeaderValue Basic(string account) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(account)));

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private async Task<HttpStatusCode> SendAsync(string path, string body, Action<HttpRequestMessage> prove)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        prove(request);
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
