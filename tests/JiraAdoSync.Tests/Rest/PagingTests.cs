using System.Text.Json.Nodes;
using JiraAdoSync.Rest;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;
using static JiraAdoSync.Tests.Rest.RestWorld;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// Data Center reports with the first page how many issues there are, so that the others need not wait for each other.
/// </summary>
public sealed class PagingTests
{
    private const int Issues = 450;

    /// <summary>In the order of a search that names none: the newest first.</summary>
    private static IEnumerable<string> Keys => Enumerable.Range(1, Issues).Reverse().Select(number => $"SHOP-{number}");

    [Fact]
    public async Task The_first_page_is_read_alone_and_the_others_side_by_side_each_once()
    {
        await using var world = await StartAsync();
        using var jira = await world.ConnectJiraAsync();
        var found = await SearchAsync(jira);
        Assert.Equal(Keys, found.Select(issue => issue.Key));
        var pages = world.Traces.Where(IsOfPage).ToList();
        Assert.Equal(5, pages.Count(trace => trace.Stage == RequestStage.Sending));
        Assert.Equal([RequestStage.Sending, RequestStage.Answered], pages.Take(2).Select(trace => trace.Stage));
        var underWay = 0;
        Assert.True(pages.Max(trace => underWay += trace.Stage == RequestStage.Sending ? 1 : -1) > 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_page_that_can_not_be_read_is_never_left_out(int position)
    {
        await using var world = await StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.Sandbox.SetFaultsAsync(Later(position, Answer(400, 1)));
        await Assert.ThrowsAsync<RestException>(() => SearchAsync(jira));
    }

    [Fact]
    public async Task What_a_page_lacks_is_read_before_what_follows_it()
    {
        await using var world = await StartAsync();
        using var jira = await world.ConnectJiraAsync();
        jira.ThrottleLimit = 1;
        var issues = string.Join(',', Keys.Skip(100).Take(30).Select((key, position) => $$"""{"id":"{{1350 - position}}","key":"{{key}}"}"""));
        var headers = new JsonObject { ["Content-Type"] = "application/json" };
        await world.Sandbox.SetFaultsAsync(Later(1, Answer(200, 1, headers, $$"""{"total":{{Issues}},"issues":[{{issues}}]}""")));
        var found = await SearchAsync(jira);
        Assert.Equal(Keys, found.Select(issue => issue.Key));
    }

    [Theory]
    [InlineData("""{"total":450,"issues":[]}""")]
    [InlineData("""{"issues":[{"id":"101","key":"SHOP-101"}]}""")]
    public async Task A_page_that_does_not_say_enough_is_a_failure(string page)
    {
        await using var world = await StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.Sandbox.SetFaultsAsync(
            Later(1, Answer(200, 1, new JsonObject { ["Content-Type"] = "application/json" }, page)));
        Assert.Equal("RequestFailed", (await Assert.ThrowsAsync<SyncException>(() => SearchAsync(jira))).Id);
    }

    private static Task<RestWorld> StartAsync()
    {
        var seed = new JiraSeed();
        for (var id = 1; id <= Issues; id++)
        {
            seed.Issue(id, "Story");
        }

        return RestWorld.StartAsync(new SandboxOptions { Seed = seed.Lines, Jira = JiraFlavor.DataCenter });
    }

    private static bool IsOfPage(RequestTrace trace) => trace.Path.EndsWith("/search", StringComparison.Ordinal);

    /// <summary>A rule that holds for the page at a position only.</summary>
    private static JsonObject Later(int position, JsonObject rule)
    {
        rule["service"] = "jira";
        rule["method"] = "POST";
        rule["skip"] = position;
        return rule;
    }
}
