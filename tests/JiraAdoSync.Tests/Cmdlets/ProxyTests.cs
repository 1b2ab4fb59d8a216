using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Text;
using JiraAdoSync.Tests.Rest;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Proxies that want a user and a password, or are not there: as HTTPS_PROXY sets them.</summary>
public sealed class ProxyTests
{
    private const string User = "proxy-user";
    private const string Password = "proxy-pass-4711";

    private static readonly string[] Users =
        [$"{User}:{Password}@", $"corp%5C{User}:{Password}%40%2F@", $"{User}%40example.org:{Password}@"];

    private const string Connect = "Connect-JiraSite 'https://jira.proxied.example' $jiraCredential";

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("no HTTP at all\r\n\r\n")]
    public async Task The_user_and_the_password_of_a_proxy_are_in_no_exception(string answer)
    {
        await using var server = new RawServer(answer);
        foreach (var user in Users)
        {
            AssertSilent($"http://{user}{server.Address.Authority}", server.Address.Authority);
        }

        Assert.NotEmpty(server.Requests);
    }

    [Fact]
    public void A_proxy_that_does_not_resolve_or_listen_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var closed = listener.LocalEndpoint.ToString()!;
        listener.Stop();
        foreach (var proxy in new[] { "no-such-proxy.invalid:3128", closed })
        {
            AssertSilent($"http://{Users[0]}{proxy}", proxy);
        }
    }

    private static void AssertSilent(string proxy, string name)
    {
        using var session = new PowerShellSession();
        var secret = new NetworkCredential("", "some-token").SecurePassword;
        session.Set("jiraCredential", new PSCredential("somebody@example.org", secret));
        using var environment = new ProxyOfEnvironment(proxy);
        var failed = session.Run(Connect);
        Assert.Equal("ServerUnreachable", failed.FailureId);
        Assert.Contains(name, failed.Failure!.ToString(), StringComparison.Ordinal);
        // Get-Error and transcripts show every property of every exception.
        var texts = new StringBuilder(PSSerializer.Serialize(failed.Failure, 6));
        for (var one = failed.Failure.Exception; one is not null; one = one.InnerException!)
        {
            texts.AppendLine(one.Message).AppendLine(one.ToString()).AppendLine(PSSerializer.Serialize(one, 4));
        }

        Assert.DoesNotContain(User, texts.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Password, texts.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The proxy that the runtime makes of HTTPS_PROXY, for the hosts of these tests only: others run at the same time.
    /// </summary>
    private sealed class ProxyOfEnvironment : IWebProxy, IDisposable
    {
        private const string Variable = "HTTPS_PROXY";

        private readonly IWebProxy _before = HttpClient.DefaultProxy;
        private readonly IWebProxy _proxy;

        public ProxyOfEnvironment(string address)
        {
            var type = typeof(HttpClient).Assembly.GetType("System.Net.Http.HttpEnvironmentProxy", throwOnError: true)!;
            var before = Environment.GetEnvironmentVariable(Variable);
            Environment.SetEnvironmentVariable(Variable, address);
            try
            {
                object?[] made = [null];
                Assert.Equal(true, type.GetMethod("TryCreate")!.Invoke(null, made));
                _proxy = (IWebProxy)made[0]!;
            }
            finally
            {
                Environment.SetEnvironmentVariable(Variable, before);
            }

            HttpClient.DefaultProxy = this;
        }

        public ICredentials? Credentials
        {
            get => _proxy.Credentials;
            set => _proxy.Credentials = value;
        }

        public Uri? GetProxy(Uri destination) =>
            IsOurs(destination) ? _proxy.GetProxy(destination) : _before.GetProxy(destination);

        public bool IsBypassed(Uri host) => IsOurs(host) ? _proxy.IsBypassed(host) : _before.IsBypassed(host);

        public void Dispose() => HttpClient.DefaultProxy = _before;

        private static bool IsOurs(Uri address) =>
            address.Host.EndsWith(".proxied.example", StringComparison.OrdinalIgnoreCase);
    }
}
