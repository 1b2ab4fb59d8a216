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

    [Theory]
    [InlineData(JiraFlavor.Cloud, "ProjectBorder", null)]
    [InlineData(JiraFlavor.DataCenter, "ProjectBorder", "ParentFixed")]
    public async Task One_that_Jira_would_refuse_a_sub_task_is_held_and_its_fields_arrive(
        JiraFlavor flavor, string elsewhere, string? sameProject)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Sub-task").Parent(3, 1)
            .Issue(4, "Sub-task").Parent(4, 1).Issue(5, "Sub-task").Parent(5, 1).Issue(6, "Story");
        await using var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        await world.Tracker.CreateProjectAsync("OTHER");
        await world.Tracker.MoveAsync("SHOP-6", "OTHER");
        const string command =
            "Invoke-JiraAdoSync -Jql 'project in (SHOP, OTHER)' -Direction Both -Wiql '[System.Id] > 0' -JiraProject OTHER";
        world.Run(command).Succeeded();
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        var story = await ann.IdOfAsync("Issue 1");
        var created = await ann.CreateAsync("User Story", "New in OTHER");
        foreach (var (number, parent) in new[]
            { (3, await ann.IdOfAsync("Issue 6")), (4, await ann.IdOfAsync("Issue 2")), (5, created) })
        {
            var task = await ann.IdOfAsync($"Issue {number}");
            await ann.UnrelateAsync(task, Parent, story);
            await ann.RelateAsync(task, Parent, parent);
            await ann.SetFieldAsync(task, "System.Title", $"Ann's {number}");
        }

        world.Reconnect();
        var run = world.Run(command).Succeeded();
        Assert.Equal("Changed", run.RunOutcome());
        Assert.Equal(
            new[] { $"SHOP-3 {elsewhere}", sameProject is null ? null : $"SHOP-4 {sameProject}", $"SHOP-5 {elsewhere}" }
                .OfType<string>(),
            run.Rows("FieldResult", "Key", "Reason").Order(StringComparer.Ordinal));
        var issues = await BothSides.IssuesAsync(world, flavor, "project = SHOP");
        Assert.Equal(
            ["Ann's 3 SHOP-1", $"Ann's 4 {(sameProject is null ? "SHOP-2" : "SHOP-1")}", "Ann's 5 SHOP-1"],
            new[] { "SHOP-3", "SHOP-4", "SHOP-5" }.Select(key => $"{issues[key].Fields[SeenItem.Title]} {issues[key].Parent}"));
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(command).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task One_that_is_created_in_the_same_run_must_be_of_the_level_above()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        const string command = $"{Both} -JiraProject SHOP";
        world.Run(command).Succeeded();
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        var (story, former) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 3"));
        await ann.UnrelateAsync(story, Parent, former);
        await ann.RelateAsync(story, Parent, await ann.CreateAsync("User Story", "Another story"));

        Assert.Equal(["SHOP-1 TypeBorder"], world.Run(command).Succeeded().Rows("FieldResult", "Key", "Reason"));
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(command).Succeeded().RunOutcome());
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
