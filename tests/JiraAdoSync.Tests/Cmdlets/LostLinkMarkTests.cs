using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Links of either side of which somebody took away what says that a run made them: none is made twice.</summary>
public sealed class LostLinkMarkTests
{
    private const string OneWay = "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeWebLinks";
    private const string Both = $"{OneWay} -Direction Both -Wiql '[System.Id] > 0' -IncludeWorkItemLinks -Prune";

    /// <summary>Where Jira is, and how runs go.</summary>
    public static TheoryData<JiraFlavor, string> Runs =>
        new(from flavor in Enum.GetValues<JiraFlavor>() from run in (string[])[OneWay, Both] select (flavor, run));

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task A_hyperlink_whose_comment_somebody_took_away_stays_the_only_one(JiraFlavor flavor, string command)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await eve.LinkPageAsync("SHOP-1", "wiki", "https://wiki.example/a", "The page");
        world.RunAnew(command);
        var id = await ann.IdOfAsync("Issue 1");
        Assert.Single(await ann.HyperlinksAsync(id));

        await ann.SetCommentAsync(id, "https://wiki.example/a", string.Empty);
        await eve.LinkPageAsync("SHOP-1", "wiki", "https://wiki.example/a", "The page, renamed");
        world.RunAnew(command);

        Assert.Single(await ann.HyperlinksAsync(id));
        Assert.Single(await PagesAsync(world), page => page.Contains("wiki.example", StringComparison.Ordinal));
        world.RunAnew(command);
        Assert.Equal("NoChange", world.RunAnew(command).RunOutcome());
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task A_relation_whose_comment_somebody_took_away_is_the_only_one_and_so_is_its_link(
        JiraFlavor flavor, string command)
    {
        await using var world = await StartAsync(flavor);
        world.RunAnew(command);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        var (one, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"));
        foreach (var (item, target) in ((int, int)[])[(one, other), (other, one)])
        {
            if (!string.IsNullOrEmpty((await ann.CommentsOfRelationsAsync(item))[target]))
            {
                await ann.CommentAsync(item, target, string.Empty);
            }
        }

        var relations = await ann.RelationsAsync();
        world.RunAnew(command);

        Assert.Equal(relations, await ann.RelationsAsync());
        Assert.Single(world.Run("Get-JiraIssueLinks -Key SHOP-1").Succeeded().Output);
        world.RunAnew(command);
        Assert.Equal("NoChange", world.RunAnew(command).RunOutcome());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_link_to_the_work_item_that_somebody_renamed_and_the_issue_forgot_stays_the_only_one(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        world.RunAnew(Both);
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var link = Assert.Single(await PagesAsync(world));
        await eve.LinkPageAsync("SHOP-1", link.Split(' ')[0], link.Split(' ')[1], "As Eve calls it");
        await eve.SetPropertyAsync("SHOP-1", "jiraadosync", new JsonObject());

        world.RunAnew(Both);

        Assert.Single(await PagesAsync(world));
        Assert.Empty(await world.Board.HyperlinksAsync(await world.Board.IdOfAsync("Issue 1")));
        world.RunAnew(Both);
        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());
    }

    /// <summary>The links of SHOP-1 to pages, each by its global id and its address.</summary>
    private static async Task<IReadOnlyList<string>> PagesAsync(World world)
    {
        using var client = world.Tracker.NewClient();
        var links = JsonNode.Parse(await client.GetStringAsync(
            new Uri("issue/SHOP-1/remotelink", UriKind.Relative), TestContext.Current.CancellationToken))!;
        return links.AsArray().Select(link => $"{link!["globalId"]} {link["object"]!["url"]}").ToList();
    }

    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Link(1, "relates to", 2);
        return (await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
    }
}
