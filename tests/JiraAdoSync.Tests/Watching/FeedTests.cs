using System.Text.Json.Nodes;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using JiraAdoSync.Tests.Rest;
using JiraAdoSync.Watching;
using Xunit;

namespace JiraAdoSync.Tests.Watching;

/// <summary>What the feeds of both services show, over the wire.</summary>
public sealed class FeedTests
{
    [Fact]
    public async Task A_service_that_asks_for_time_gets_no_request_before_it_is_over()
    {
        await using var world = await RestWorld.StartAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        var feed = new JiraFeed(await world.ConnectJiraAsync(), "project = SHOP", world.Time);
        await world.AnswerAsync(429, 1, new JsonObject { ["Retry-After"] = "1800" });
        var refused = await Assert.ThrowsAsync<RestException>(() => ReadAsync(feed));
        Assert.Equal(Failure.Throttled, refused.Error.Kind);
        var sent = world.Sent;
        world.Time.Advance(TimeSpan.FromMinutes(5));
        await Assert.ThrowsAsync<RestException>(() => ReadAsync(feed));
        Assert.Equal(sent, world.Sent);

        world.Time.Advance(TimeSpan.FromMinutes(25));
        await ReadAsync(feed);
        Assert.True(world.Sent > sent);
    }

    [Fact]
    public async Task Revisions_and_links_are_reported_once_and_what_a_failure_hid_is_reported_after_it()
    {
        await using var world = await RestWorld.StartAsync();
        var isInRun = false;
        var feed = new AdoFeed(await world.ConnectAdoAsync(), world.Time) { IsInRun = _ => isInRun };
        var first = await world.Sandbox.CreateWorkItemAsync("First");
        var second = await world.Sandbox.CreateWorkItemAsync("Second");
        await world.Sandbox.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/reporting/workitemlinks", ["kind"] = "status",
            ["status"] = 403, ["times"] = 1,
        });
        await Assert.ThrowsAsync<RestException>(() => ReadAsync(feed));
        Assert.Equal([first, second], (await ReadAsync(feed)).Hints.Select(hint => (int)hint.Id).Order());
        Assert.Empty((await ReadAsync(feed)).Hints);

        // What our own run wrote is an echo; a link alone makes no revision and names nobody, so it may be anybody's.
        isInRun = true;
        var third = await world.Sandbox.CreateWorkItemAsync(
            "Third", world.Sandbox.Relate("System.LinkTypes.Related", first));
        var fourth = await world.Sandbox.CreateWorkItemAsync("Fourth");
        var news = await ReadAsync(feed);
        Assert.Equal([first, third], news.Hints.Select(hint => (int)hint.Id).Order());
        Assert.Equal(fourth, Assert.Single(news.Echoes).Id);
    }

    [Fact]
    public async Task An_issue_is_reported_again_only_where_it_changed_again()
    {
        await using var world = await RestWorld.StartAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        var feed = new JiraFeed(await world.ConnectJiraAsync(), "project = SHOP ORDER BY key", world.Time);
        // What was updated shortly before the start is reported, too.
        await ReadAsync(feed);
        await RenameAsync("SHOP-1", "Once");
        await RenameAsync("SHOP-2", "Once");
        Assert.Equal(2, (await ReadAsync(feed)).Hints.Count);
        Assert.Empty((await ReadAsync(feed)).Hints);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await RenameAsync("SHOP-2", "Twice");
        Assert.Single((await ReadAsync(feed)).Hints);

        Task RenameAsync(string key, string summary) => world.Sandbox.CallAsync(
            "PUT", $"/jira/rest/api/3/issue/{key}", new JsonObject { ["fields"] = new JsonObject { ["summary"] = summary } });
    }

    private static Task<FeedNews> ReadAsync(IChangeFeed feed) =>
        feed.ReadAsync(TestContext.Current.CancellationToken);
}
