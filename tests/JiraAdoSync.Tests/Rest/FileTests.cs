using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Jira;
using JiraAdoSync.Rest;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// Files are fetched from where the service says that they lie, and credentials go no farther than to the service.
/// </summary>
public sealed class FileTests
{
    private static readonly IssueAttachment Attachment = new()
    {
        Id = 1,
        FileName = "a.txt",
        Size = 7,
        Author = "Somebody",
        Created = default,
    };

    [Fact]
    public async Task A_file_that_lies_elsewhere_is_fetched_without_credentials()
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await using var elsewhere = new RawServer(RawServer.Ok("content", "Content-Type: text/plain\r\n"));
        await world.AnswerAsync(303, 1, new JsonObject { ["Location"] = elsewhere.Address.ToString() });
        var (error, content) = await DownloadAsync(jira);
        Assert.Null(error);
        Assert.Equal("content", content);
        Assert.DoesNotContain("Authorization", Assert.Single(elsewhere.Requests), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("http://files.example.org/1")]
    [InlineData("ftp://files.example.org/1")]
    [InlineData("file:///etc/hostname")]
    [InlineData("https://10.1.2.3/1")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://2852039166/latest/meta-data")]
    [InlineData("https://0.0.0.0/1")]
    [InlineData("https://[::ffff:10.1.2.3]/1")]
    [InlineData("https://[fe80::1]/1")]
    [InlineData("https://user:password@192.168.1.1/1")]
    public async Task A_file_that_lies_where_nobody_should_look_is_not_fetched_and_not_asked_for_again(string location)
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(302, 100, new JsonObject { ["Location"] = location });
        var (error, content) = await DownloadAsync(jira);
        Assert.Equal(Failure.RedirectRefused, error!.Kind);
        Assert.DoesNotContain("password", error.Message, StringComparison.Ordinal);
        Assert.Empty(content);
        Assert.InRange(world.Sent, 1, 2);
        Assert.Empty(world.Waits);
    }

    [Fact]
    public async Task Redirects_have_an_end()
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(302, 100, new JsonObject { ["Location"] = "?again" });
        var (error, _) = await DownloadAsync(jira);
        Assert.Equal(Failure.RedirectRefused, error!.Kind);
        Assert.Contains("after 5 redirects", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, world.Sent);
    }

    [Fact]
    public async Task The_credentials_do_not_follow_when_another_host_leads_back()
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        var secret = new Uri(world.Sandbox.Server.JiraUri, "rest/api/3/myself");
        await using var elsewhere = new RawServer(
            $"HTTP/1.1 302 Found\r\nLocation: {secret}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        await world.AnswerAsync(303, 1, new JsonObject { ["Location"] = elsewhere.Address.ToString() });
        var failure = await Record.ExceptionAsync(async () => Assert.NotNull((await DownloadAsync(jira)).Error));
        Assert.True(failure is null or RestException { Error.Kind: Failure.AuthenticationFailed }, $"{failure}");
        Assert.Single(elsewhere.Requests);
    }

    [Theory]
    [InlineData("/login.jsp?os_destination=x", null)]
    [InlineData(null, "anonymous")]
    public async Task A_page_to_sign_in_at_is_no_file(string? location, string? user)
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(
            location is null ? 200 : 302, 100, new JsonObject { ["Location"] = location ?? "x", ["X-AUSERNAME"] = user
                ?? "me" }, "<html>Sign in</html>");
        var failure = await Assert.ThrowsAsync<RestException>(() => DownloadAsync(jira));
        Assert.Equal(Failure.AuthenticationFailed, failure.Error.Kind);
    }

    private static async Task<(ServiceError? Error, string Content)> DownloadAsync(
        JiraAdoSync.Rest.Jira.JiraClient jira)
    {
        using var file = new MemoryStream();
        var error = await jira.DownloadAsync(
            Attachment, (stream, stop) => stream.CopyToAsync(file, stop), TestContext.Current.CancellationToken);
        return (error, Encoding.UTF8.GetString(file.ToArray()));
    }
}
