using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>How work items are found again: in other projects, by a field, under a site's former address.</summary>
public sealed class LookUpTests
{
    private const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";

    [Fact]
    public async Task A_work_item_that_people_moved_to_another_project_is_still_used()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        await world.Board.MoveAsync(await world.Board.IdOfAsync("Build the checkout page"), "Tailspin");
        world.Reconnect();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal("NoChange", run.RunOutcome());
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);

        // The session knows it by now; what changes in Jira is written to it.
        await world.Tracker.SetSummaryAsync("SHOP-3", "Build the checkout");
        Assert.Equal("Changed", world.Run(Sync).Succeeded().RunOutcome());
        Assert.Equal("Tailspin", await world.Board.ProjectOfAsync("Build the checkout"));

        // After our own write nothing but its history shows that it was moved from here.
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task A_moved_work_item_is_used_for_an_issue_outside_the_selection_too()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        await world.Board.MoveAsync(await world.Board.IdOfAsync("Customers can pay by card"), "Tailspin");
        world.Reconnect();
        var run = world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-2'").Succeeded();
        Assert.Equal(
            ["Create SHOP-2 Successor SHOP-1"], run.Rows("RelationResult", "Action", "Source", "Relation", "Target"));
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task What_a_trial_run_made_in_another_project_counts_for_nothing_here()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Connect("Tailspin");
        world.Run(Sync).Succeeded();
        // People worked on it there, so that it is no longer as it was made.
        await world.Board.SetFieldAsync(
            await world.Board.IdOfAsync("Build the checkout page"), "System.Title", "Tried out");
        world.Reconnect();
        await world.ResetRequestsAsync();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(Enumerable.Repeat("Create", 6), run.Rows("WorkItemResult", "Action"));
        Assert.DoesNotContain(
            (await world.RequestsAsync("ado")).Keys, route => route.Contains("updates", StringComparison.Ordinal));
        Assert.Equal(12, (await world.Board.ItemsAsync()).Count);
        Assert.Equal(20, (await world.Board.RelationsAsync()).Count);

        world.Reconnect();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
        Assert.Empty(world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-2'").Succeeded().Rows("RelationResult", "Action")
            .Except(["Keep"]));
        world.Connect("Tailspin");
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task A_mark_of_an_unknown_making_is_believed_only_where_the_history_shows_a_move()
    {
        await using var world = await World.StartAsync(Two().Lines);
        world.Run(Sync).Succeeded();
        foreach (var (title, isMoved) in new[] { ("Issue 1", true), ("Issue 2", false) })
        {
            var id = await world.Board.IdOfAsync(title);
            var twin = await world.Board.TwinAsync(
                id, "aaaaaaaa", $"Another {title}", isMoved ? "Fabrikam" : "Tailspin");
            await world.Board.DeleteAsync(id);
            await (isMoved
                ? world.Board.MoveAsync(twin, "Tailspin")
                : world.Board.SetFieldAsync(twin, "System.Title", "Edited"));
        }

        world.Reconnect();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Create SHOP-2", "Keep SHOP-1"], run.Rows("WorkItemResult", "Action", "Key").Order());
    }

    [Fact]
    public async Task A_person_s_link_to_an_issue_is_no_mark()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        var notes = await world.Board.CreateAsync("Task", "Notes");
        await world.Board.HyperlinkAsync(notes, $"{world.Sandbox.JiraUri}/issues/?jql=id%3D1002", "see there");
        var run = world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-1'").Succeeded();
        Assert.Equal(
            ["Pending SHOP-1 Successor SHOP-2"], run.Rows("RelationResult", "Action", "Source", "Relation", "Target"));
    }

    [Fact]
    public async Task A_field_finds_work_items_and_is_written_with_them()
    {
        await using var world = await World.StartAsync(
            Two().Link(1, "blocks", 2).Lines, switches => switches.HyperlinksAreFoundByArtifactUri = false);
        await world.Board.CreateFieldAsync("Jira id", "Custom.JiraId");
        var mine = await world.Board.CreateAsync("User Story", "Made by hand");
        await world.Board.SetFieldAsync(mine, "Custom.JiraId", "1002");
        const string ByField = "Invoke-JiraAdoSync -Jql 'project = SHOP' -CorrelationField Custom.JiraId";
        var run = world.Run(ByField).Succeeded();
        Assert.Equal(["Adopt SHOP-2", "Create SHOP-1"], run.Rows("WorkItemResult", "Action", "Key").Order());
        Assert.Equal("1001", await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 1"), "Custom.JiraId"));
        Assert.Equal(2, (await world.Board.ItemsAsync()).Count);
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);

        world.Reconnect();
        var again = world.Run(ByField).Succeeded();
        Assert.Equal("NoChange", again.RunOutcome());
        Assert.Empty(again.Warnings);
        var part = world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-1' -CorrelationField Custom.JiraId").Succeeded();
        Assert.Equal(["Keep"], part.Rows("RelationResult", "Action"));
    }

    [Fact]
    public async Task A_work_item_whose_field_names_an_issue_and_whose_mark_another_belongs_to_the_one_of_its_mark()
    {
        await using var world = await World.StartAsync(Two().Lines);
        world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-2'").Succeeded();
        await world.Board.CreateFieldAsync("Jira id", "Custom.JiraId");
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 2"), "Custom.JiraId", "1001");
        world.Reconnect();
        var run = world.Run($"{Sync} -CorrelationField Custom.JiraId").Succeeded();
        Assert.Equal(["Create SHOP-1", "Update SHOP-2"], run.Rows("WorkItemResult", "Action", "Key").Order());
        Assert.Equal(["User Story: Issue 2", "User Story: Issue 1"], await world.Board.TitlesAsync());
        Assert.Equal("1002", await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 2"), "Custom.JiraId"));
    }

    [Fact]
    public async Task A_field_that_is_introduced_later_is_filled_and_nothing_is_made_twice()
    {
        await using var world = await World.StartAsync(Two().Lines);
        world.Run(Sync).Succeeded();
        await world.Board.CreateFieldAsync("Jira id", "Custom.JiraId");
        world.Reconnect();
        var run = world.Run($"{Sync} -CorrelationField Custom.JiraId").Succeeded();
        Assert.Equal(["Update", "Update"], run.Rows("WorkItemResult", "Action"));
        Assert.Equal("1002", await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 2"), "Custom.JiraId"));
    }

    [Theory]
    [InlineData("Custom.Nowhere")]
    [InlineData("Jira id")]
    [InlineData("x] = '' OR [System.Id")]
    public async Task A_field_that_can_t_be_looked_for_is_named_and_nothing_is_written(string field)
    {
        await using var world = await World.StartAsync(Two().Lines);
        world.Session.Set("field", field);
        var failed = world.Run($"{Sync} -CorrelationField $field");
        Assert.Equal("CorrelationFieldInvalid", failed.FailureId);
        Assert.Contains(field, failed.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task Marks_made_under_a_former_address_are_ours_where_that_address_is_given()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run(Sync).Succeeded();
        await world.Board.RenameSiteAsync(world.Sandbox.JiraUri.ToString().TrimEnd('/'), "https://jira.former.example");
        world.Reconnect();
        const string Former = $"{Sync} -FormerSite https://jira.former.example/";
        Assert.Equal("NoChange", world.Run(Former).Succeeded().RunOutcome());
        Assert.Equal(["SHOP-2 NotSelected"], world.Run(
            "Get-JiraAdoOrphan -Jql 'key = SHOP-1' -FormerSite https://jira.former.example").Succeeded()
                .Rows("Orphan", "Key", "Reason"));

        // They are edited and removed like any of ours.
        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        var run = world.Run($"{Former} -Prune").Succeeded();
        Assert.Equal(["Remove"], run.Rows("RelationResult", "Action"));
        Assert.Equal(["Keep", "Update"], run.Rows("WorkItemResult", "Action").Order());
        Assert.Equal("NoChange", world.Run($"{Former} -Prune").Succeeded().RunOutcome());
        Assert.Equal(2, (await world.Board.ItemsAsync()).Count);
        Assert.Equal("AddressInvalid", world.Run($"{Sync} -FormerSite jira").FailureId);
    }

    private static JiraSeed Two() => new JiraSeed().Issue(1, "Story").Issue(2, "Story");
}
