using System.Net.Http.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Comments that people restrict to a group in Jira that the account of the runs is not in.</summary>
public sealed class HiddenCommentTests
{
    private const string OneWay = "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments";
    private const string Both = $"{OneWay} -Direction Both -Wiql '[System.Id] > 0'";

    /// <summary>Where Jira is, and how runs go.</summary>
    public static TheoryData<JiraFlavor, string> Runs =>
        new(from flavor in Enum.GetValues<JiraFlavor>() from run in (string[])[OneWay, Both] select (flavor, run));

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task A_copy_of_one_that_is_restricted_later_is_named_and_removed_by_a_run_that_prunes(
        JiraFlavor flavor, string command)
    {
        await using var world = await StartAsync(flavor);
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var id = await eve.CommentAsync("SHOP-1", "Said to all");
        world.RunAnew(command);
        var item = await world.Board.IdOfAsync("Issue 1");
        Assert.Single(await world.Board.CommentsAsync(item));

        await RestrictAsync(eve, $"issue/SHOP-1/comment/{id}", HttpMethod.Put, "Said to some");
        var run = world.RunAnew(command);
        Assert.Contains(run.Warnings, warning => warning.Contains("-Prune", StringComparison.Ordinal));
        Assert.Contains("Said to all", Assert.Single(await world.Board.CommentsAsync(item))["text"]!.ToString(), StringComparison.Ordinal);

        world.RunAnew($"{command} -Prune");
        Assert.Empty(await world.Board.CommentsAsync(item));
        Assert.Equal("NoChange", world.RunAnew($"{command} -Prune").RunOutcome());
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task One_never_leaves_Jira_and_keeps_no_other_back(JiraFlavor flavor, string command)
    {
        await using var world = await StartAsync(flavor);
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await RestrictAsync(eve, "issue/SHOP-1/comment", HttpMethod.Post, "Said to some");
        await eve.CommentAsync("SHOP-1", "Said to all");
        world.RunAnew($"{command} -Prune");

        var item = await world.Board.IdOfAsync("Issue 1");
        var text = Assert.Single(await world.Board.CommentsAsync(item))["text"]!.ToString();
        Assert.Contains("Said to all", text, StringComparison.Ordinal);
        Assert.Equal("NoChange", world.RunAnew($"{command} -Prune").RunOutcome());
        Assert.Equal(2, await CountAsync(eve));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_copy_in_Jira_that_somebody_restricts_counts_as_one_that_was_deleted(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.RunAnew(Both);
        var item = await ann.IdOfAsync("Issue 1");
        await ann.CommentAsync(item, "<p>Said on the board</p>");
        world.RunAnew(Both);
        var copy = (await CommentsAsync(eve)).Single()!["id"]!.ToString();
        await RestrictAsync(eve, $"issue/SHOP-1/comment/{copy}", HttpMethod.Put, "For some");

        world.RunAnew(Both);
        Assert.Equal(1, await CountAsync(eve));
        await ann.EditCommentAsync(item, (int)(await ann.CommentsAsync(item)).Single()["id"]!, "<p>Said otherwise</p>");
        world.RunAnew(Both);
        Assert.Equal(2, await CountAsync(eve));
        await ann.DeleteCommentAsync(item, (int)(await ann.CommentsAsync(item)).Single()["id"]!);
        world.RunAnew($"{Both} -Prune");

        Assert.Equal(1, await CountAsync(eve));
        Assert.Empty(await ann.CommentsAsync(item));
        Assert.Equal("NoChange", world.RunAnew($"{Both} -Prune").RunOutcome());
    }

    private static async Task<int> CountAsync(Tracker reader) => (await CommentsAsync(reader)).Count;

    private static async Task<JsonArray> CommentsAsync(Tracker reader)
    {
        using var client = reader.NewClient();
        return JsonNode.Parse(await client.GetStringAsync(
            new Uri("issue/SHOP-1/comment", UriKind.Relative), TestContext.Current.CancellationToken))!["comments"]!.AsArray();
    }

    private static async Task RestrictAsync(Tracker writer, string path, HttpMethod method, string text)
    {
        using var client = writer.NewClient();
        using var request = new HttpRequestMessage(method, new Uri($"../2/{path}", UriKind.Relative))
        {
            Content = JsonContent.Create(new JsonObject
            {
                ["body"] = text,
                ["visibility"] = new JsonObject { ["type"] = "group", ["value"] = "Insiders" },
            }),
        };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story");
        var world = (await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        await world.SetAccountAsync(new JsonObject { ["outsideOf"] = new JsonArray("Insiders") });
        return world;
    }
}
