using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Parents that runs gave work items, and that people change on either side.</summary>
public sealed class TwoWayParentTests
{
    private const string Parent = "System.LinkTypes.Hierarchy-Reverse";
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Wiql '[System.Id] > 0' -Direction Both -Prune";

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task One_that_Jira_changes_right_after_a_run_replaces_that_of_the_run(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await eve.SetEpicAsync(flavor, "SHOP-1", "SHOP-4");

        world.Run(Both).Succeeded();
        Assert.Equal("Issue 4", await ParentAsync(world));
    }

    [Fact]
    public async Task One_that_counts_is_not_removed_where_Jira_has_another_one()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await eve.SetEpicAsync(JiraFlavor.Cloud, "SHOP-1", "SHOP-4");

        world.Run($"{Both} -Baseline Ado").Succeeded();
        Assert.Equal("Issue 3", await ParentAsync(world));
        Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
    }

    [Theory]
    [MemberData(nameof(HistoryTimes.OnEach), MemberType = typeof(HistoryTimes))]
    public async Task One_that_a_run_wrote_over_which_broke_off_before_it_looked_is_reported_by_the_next(
        JiraFlavor flavor, HistoryTimes times)
    {
        await using var world = await StartAsync(flavor, times);
        world.Run(Both).Succeeded();
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        var (story, former, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 3"), await ann.IdOfAsync("Issue 4"));
        await ann.UnrelateAsync(story, Parent, former);
        await ann.RelateAsync(story, Parent, other);
        await eve.SetEpicAsync(flavor, "SHOP-1", "SHOP-5");
        world.Run($"{Both} -FieldConflict AdoWins").Succeeded();
        // As the issue is between the write and the look in its history: the edit was later than what was read.
        var property = (await eve.PropertyAsync("SHOP-1", "jiraadosync"))!.DeepClone();
        property["pending"] = 1;
        await eve.SetPropertyAsync("SHOP-1", "jiraadosync", property);
        world.Reconnect();

        var lost = Assert.Single(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Equal(
            $"Conflict Overwritten SHOP-1 System.Parent SHOP-5 {other} eve",
            string.Join(' ', new[] { "Action", "Reason", "Key", "Field", "JiraValue", "AdoValue", "JiraAuthor" }.Select(
                name => lost.Properties[name].Value)));
        Assert.Equal("Issue 4", await ParentAsync(world));
        // Once is enough.
        world.Reconnect();
        var last = world.Run(Both).Succeeded();
        Assert.Empty(last.Of("FieldResult"));
        Assert.Equal("NoChange", last.RunOutcome());
    }

    [Fact]
    public async Task The_history_of_a_work_item_is_read_once_to_plan_that_its_parent_is_replaced()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        world.Run(Both).Succeeded();
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        // The mark of a relation between work items that exist shows at the child's end.
        await eve.SetEpicAsync(JiraFlavor.Cloud, "SHOP-1", "SHOP-4");
        world.Run(Both).Succeeded();
        await eve.SetEpicAsync(JiraFlavor.Cloud, "SHOP-1", "SHOP-5");
        world.Reconnect();
        await world.ResetRequestsAsync();
        world.Run(Both).Succeeded();

        Assert.Equal("Issue 5", await ParentAsync(world));
        var sent = await world.RequestsAsync("ado");
        // And before and after the write, to see what that removes.
        Assert.Equal(1 + 2, sent.Single(one => one.Key.EndsWith("/updates", StringComparison.Ordinal)).Value);
        Assert.Equal(1, sent.Single(one => one.Key.EndsWith("/$batch", StringComparison.Ordinal)).Value);
    }

    /// <summary>An epic that is created after its stories, and carries the marks of all of them.</summary>
    private static async Task<World> StartAsync(JiraFlavor flavor, HistoryTimes? times = null)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Epic").Issue(4, "Epic").Issue(5, "Epic")
            .Parent(1, 3).Parent(2, 3);
        var world = (await World.StartAsync(
            seed.Lines, times is null ? null : times.Set, options => options with { Jira = flavor })).ThatWritesJira();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        return world;
    }

    private static async Task<string?> ParentAsync(World world)
    {
        var items = await world.Board.ItemsAsync();
        var parent = items.Single(item => item["fields"]!["System.Title"]!.ToString() == "Issue 1")["relations"]!.AsArray()
            .SingleOrDefault(relation => relation!["rel"]!.ToString() == Parent);
        return parent is null ? null : items.Single(item => parent["url"]!.ToString().EndsWith($"/{item["id"]}", StringComparison.Ordinal))
            ["fields"]!["System.Title"]!.ToString();
    }
}
