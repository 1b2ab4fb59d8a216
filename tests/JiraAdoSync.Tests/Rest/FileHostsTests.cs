using System.Net;
using System.Net.Sockets;
using JiraAdoSync.Rest;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>Where a service may send us for a file, by names and addresses.</summary>
public sealed class FileHostsTests
{
    private const string Site = "jira.example.org";
    private const string Host = "files.example.org";

    [Theory]
    [InlineData("203.1.2.3")]
    [InlineData("203.1.2.3 2606:4700::1")]
    public async Task A_host_with_public_addresses_is_connected_to_at_those(string addresses) =>
        Assert.Equal(Parse(addresses), await ResolveAsync(addresses, "198.1.2.3"));

    [Theory]
    [InlineData("10.0.0.5", "198.1.2.3")]
    [InlineData("203.1.2.3 10.0.0.5", "198.1.2.3")]
    [InlineData("203.1.2.3 ::ffff:10.0.0.5", "198.1.2.3")]
    [InlineData("169.254.169.254", "10.0.0.5")]
    [InlineData("10.0.0.6", "10.0.0.5")]
    [InlineData("127.0.0.1", "10.0.0.5")]
    [InlineData("fd00::1", "")]
    public async Task A_host_with_one_address_that_is_neither_public_nor_the_sites_is_refused(
        string addresses, string site)
    {
        var refused = await Assert.ThrowsAsync<RedirectRefusedException>(() => ResolveAsync(addresses, site));
        Assert.Contains($"'{Host}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no public address", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("::ffff:10.0.0.5", "10.0.0.5 10.0.0.6")]
    [InlineData("203.1.2.3 10.0.0.5", "10.0.0.5")]
    [InlineData("::1", "127.0.0.1")]
    public async Task A_host_in_the_private_network_is_good_where_the_site_is_at_that_address(
        string addresses, string site) => Assert.NotEmpty(await ResolveAsync(addresses, site));

    [Fact]
    public async Task A_name_that_resolves_to_another_address_a_moment_later_gains_nothing()
    {
        await using var server = new RawServer(RawServer.Ok("content"));
        var asked = 0;
        using var proxied = new HttpClient();
        using var hosts = new FileHosts(new Uri("http://localhost"), proxied, (host, _) => Task.FromResult(
            host == "localhost" || asked++ == 0 ? Parse("127.0.0.1") : Parse("10.0.0.1")), _ => false);
        var address = new UriBuilder(server.Address) { Host = Host }.Uri;
        var content = await hosts.ClientFor(address).GetStringAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal("content", content);
        Assert.Equal(1, asked);
        // A second connection asks again, and is refused.
        var refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => hosts.ClientFor(address).GetStringAsync(address, TestContext.Current.CancellationToken));
        Assert.NotNull(RedirectRefusedException.In(refused));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("https://files.example.org/1", "https://jira.example.org", 0, true)]
    [InlineData("https://files.example.org/1", "https://jira.example.org", 4, true)]
    [InlineData("https://files.example.org/1", "https://jira.example.org", 5, false)]
    [InlineData("http://files.example.org/1", "https://jira.example.org", 0, false)]
    [InlineData("http://jira.example.org/1", "https://jira.example.org", 0, false)]
    [InlineData("http://127.0.0.1/1", "https://jira.example.org", 0, false)]
    [InlineData("ftp://files.example.org/1", "https://jira.example.org", 0, false)]
    [InlineData("file:///etc/hostname", "https://jira.example.org", 0, false)]
    [InlineData("http://127.0.0.1:1/", "http://127.0.0.1:2/", 0, true)]
    [InlineData("http://127.0.0.1:1/", "https://127.0.0.1:2/", 0, false)]
    public void A_redirect_leads_over_https_and_not_without_end(string target, string from, int followed, bool isGood)
    {
        using var proxied = new HttpClient();
        using var hosts = new FileHosts(new Uri(from), proxied);
        var refused = Record.Exception(() => hosts.Check(new Uri(target), new Uri(from), followed));
        Assert.Equal(isGood, refused is null);
        Assert.True(refused is null or RedirectRefusedException);
    }

    [Theory]
    [InlineData("https://files.example.org/1", true)]
    [InlineData("https://203.1.2.3/1", true)]
    [InlineData("https://[2606:4700::1]/1", true)]
    [InlineData("https://10.0.0.5/1", false)]
    [InlineData("https://169.254.169.254/latest/meta-data", false)]
    [InlineData("https://2852039166/latest/meta-data", false)]
    [InlineData("https://127.0.0.1/1", false)]
    [InlineData("https://localhost/1", false)]
    [InlineData("https://[::1]/1", false)]
    [InlineData("https://[::ffff:10.0.0.5]/1", false)]
    [InlineData("https://[fd00::1]/1", false)]
    [InlineData("https://jira.example.org/secure/1", true)]
    public void Behind_a_proxy_addresses_that_are_no_public_ones_are_refused_and_names_are_left_to_the_proxy(
        string target, bool isGood)
    {
        using var proxied = new HttpClient();
        using var hosts = new FileHosts(
            new Uri($"https://{Site}"), proxied,
            (_, _) => throw new InvalidOperationException("The proxy resolves names."), _ => true);
        var refused = Record.Exception(() => hosts.Check(new Uri(target), new Uri($"https://{Site}"), 0));
        Assert.Equal(isGood, refused is null);
        Assert.True(refused is null or RedirectRefusedException);
        Assert.Same(proxied, hosts.ClientFor(new Uri(target)));
    }

    [Fact]
    public void A_private_site_behind_a_proxy_may_lead_to_itself_and_to_nothing_else_there()
    {
        using var proxied = new HttpClient();
        var site = new Uri("https://10.0.0.5");
        using var hosts = new FileHosts(site, proxied, (_, _) => Task.FromResult(Parse("10.0.0.5")), _ => true);
        hosts.Check(new Uri("https://10.0.0.5/secure/1"), site, 0);
        Assert.Throws<RedirectRefusedException>(() => hosts.Check(new Uri("https://10.0.0.6/1"), site, 0));
        Assert.Throws<RedirectRefusedException>(() => hosts.Check(new Uri("https://10.0.0.5:8443/1"), site, 0));
    }

    private static IPAddress[] Parse(string addresses) =>
        [.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];

    /// <summary>Resolves a host, while the site has addresses of its own or can't be resolved.</summary>
    private static async Task<IPAddress[]> ResolveAsync(string addresses, string site)
    {
        using var proxied = new HttpClient();
        using var hosts = new FileHosts(new Uri($"https://{Site}"), proxied, (host, _) => host == Host
            ? Task.FromResult(Parse(addresses))
            : site.Length == 0 ? throw new SocketException((int)SocketError.HostNotFound) : Task.FromResult(Parse(site)), _ => false);
        return await hosts.ResolveAsync(Host, TestContext.Current.CancellationToken);
    }
}
