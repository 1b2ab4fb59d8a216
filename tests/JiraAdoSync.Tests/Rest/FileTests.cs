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
    public async Task A_file_that_lies_where_nobody_should_look_is_not_fetched(string location)
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(302, 100, new JsonObject { ["Location"] = location });
        var (error, content) = await DownloadAsync(jira);
        Assert.Equal(Failure.ServerUnreachable, error!.Kind);
        Assert.Empty(content);
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
