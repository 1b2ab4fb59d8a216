using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Whatever becomes of a request, each issue gets one work item and each link one relation.</summary>
public sealed class ExactlyOnceTests
{
    private const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";

    [Theory]
    [InlineData("drop-after", 0)]
    [InlineData("drop-before", 0)]
    [InlineData("one-response", 0)]
    [InlineData("outage", 0)]
    [InlineData("drop-after", 1)]
    [InlineData("drop-before", 1)]
    [InlineData("one-response", 1)]
    [InlineData("outage", 1)]
    public async Task A_batch_that_fails_as_a_whole_is_resolved_in_the_same_run(string fault, int batchesBefore)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        await world.SetFaultsAsync(Batch(fault, batchesBefore));
        var run = world.Run(Sync).Succeeded();
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(6, run.Rows("WorkItemResult", "Action", "IsApplied").Count(row => row == "Create True"));
        Assert.Equal(5, run.Rows("RelationResult", "Action", "IsApplied").Count(row => row == "Create True"));
        await AssertOnceAsync(world);
    }

    [Fact]
    public async Task A_lost_answer_whose_items_the_look_up_does_not_show_yet_leaves_no_twin()
    {
        await using var world = await World.StartAsync(
            RecipeStory.Issues, switches => switches.HyperlinkLookUpsThatMiss = 2);
        await world.SetFaultsAsync(Batch("drop-after", 0));
        world.Run(Sync).Succeeded();
        await AssertOnceAsync(world);
    }

    [Theory]
    [InlineData("drop-after")]
    [InlineData("drop-before")]
    [InlineData("outage")]
    public async Task An_edit_whose_answer_was_lost_is_done_once(string fault)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        var before = await RevisionAsync("Customers can pay by card");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay by card or cash");
        await world.SetFaultsAsync(Batch(fault, 0));
        var run = world.Run(Sync).Succeeded();
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(before + 1, await RevisionAsync("Customers can pay by card or cash"));
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().Summary.Properties["Outcome"].Value.ToString());

        async Task<int> RevisionAsync(string title) =>
            (int)(await world.Board.ItemsAsync())
                .Single(item => item["fields"]!["System.Title"]!.ToString() == title)["rev"]!;
    }

    [Theory]
    [InlineData("drop-after")]
    [InlineData("drop-before")]
    [InlineData("one-response")]
    public async Task A_removal_whose_answer_was_lost_is_looked_for_and_takes_nothing_else(string fault)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        var bug = await world.Board.IdOfAsync("Totals are rounded to whole dollars");
        await world.Board.RelateAsync(bug, "System.LinkTypes.Related", await world.Board.IdOfAsync("Lay out the form"));
        await world.Tracker.UnlinkAsync("SHOP-2", "SHOP-1");
        await world.Tracker.UnlinkAsync("SHOP-4", "SHOP-1");
        await world.SetFaultsAsync(Batch(fault, 0));
        var run = world.Run($"{Sync} -Prune").Succeeded();
        Assert.Equal(2, run.Rows("RelationResult", "Action", "IsApplied").Count(row => row == "Remove True"));
        var relations = await world.Board.RelationsAsync();
        Assert.Equal(8, relations.Count);
        Assert.Contains("Totals are rounded to whole dollars Related Lay out the form", relations);
    }

    [Theory]
    [InlineData("drop-after")]
    [InlineData("drop-before")]
    public async Task A_parent_whose_replacement_lost_its_answer_is_replaced_once(string fault)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Sub-task").Parent(3, 1);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.SetParentAsync("SHOP-3", "SHOP-2");
        await world.SetFaultsAsync(Batch(fault, 0));
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Replace SHOP-3 Parent SHOP-2"], run.Rows("RelationResult", "Action", "Source", "Relation", "Target"));
        Assert.Equal(["Issue 2 Child Issue 3", "Issue 3 Parent Issue 2"], await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_twin_that_another_run_made_meanwhile_gives_way_to_the_lower_id()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        // Another run creates the first of the issues while ours is on its way with all of them.
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado",
            ["route"] = "/{organization}/_apis/wit/$batch",
            ["kind"] = "other-client",
            ["times"] = 1,
            ["body"] = new JsonObject
            {
                ["method"] = "POST",
                ["uri"] = "/ado/contoso/Fabrikam/_apis/wit/workitems/$User%20Story?api-version=7.1",
                ["headers"] = new JsonObject { ["Content-Type"] = "application/json-patch+json" },
                ["body"] = new JsonArray(
                    new JsonObject { ["op"] = "add", ["path"] = "/fields/System.Title",
                        ["value"] = "Customers can pay by card" },
                    new JsonObject
                    {
                        ["op"] = "add",
                        ["path"] = "/relations/-",
                        ["value"] = new JsonObject
                        {
                            ["rel"] = "Hyperlink",
                            ["url"] = $"{world.Sandbox.JiraUri}/issues/?jql=id%3D{IdOf(world, "SHOP-1")}",
                            ["attributes"] =
                                new JsonObject { ["comment"] = "SHOP-1 [JiraAdoSync 1 feedbeef 1 00000000 00000000]" },
                        },
                    }),
            },
        });
        var run = world.Run(Sync).Succeeded();
        Assert.Contains("Remove SHOP-1 Twin", run.Rows("WorkItemResult", "Action", "Key", "Reason"));
        // The digests of the other run's mark are made up, so they are written again.
        world.Run(Sync).Succeeded();
        await AssertOnceAsync(world);
        Assert.Equal(1, await world.Board.IdOfAsync("Customers can pay by card"));
    }

    [Fact]
    public async Task An_edit_that_somebody_made_between_our_reading_and_writing_is_not_overwritten()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        var id = await world.Board.IdOfAsync("Customers can pay by card");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay by card or cash");
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado",
            ["route"] = "/{organization}/_apis/wit/$batch",
            ["kind"] = "other-client",
            ["times"] = 1,
            ["body"] = new JsonObject
            {
                ["method"] = "PATCH",
                ["uri"] = $"/ado/contoso/_apis/wit/workitems/{id}?api-version=7.1",
                ["headers"] = new JsonObject { ["Content-Type"] = "application/json-patch+json" },
                ["body"] = new JsonArray(
                    new JsonObject { ["op"] = "add", ["path"] = "/fields/System.Title", ["value"] = "Theirs" }),
            },
        });
        var run = world.Run($"{Sync} -FieldConflict Keep");
        Assert.Equal(["WorkItemChanged"], run.ErrorIds.Distinct());
        Assert.Contains("User Story: Theirs", await world.Board.TitlesAsync());
        // The next run sees the edit, and keeps it as it was told to.
        world.Run($"{Sync} -FieldConflict Keep").Succeeded();
        Assert.Contains("User Story: Theirs", await world.Board.TitlesAsync());
    }

    [Fact]
    public async Task Parallel_writes_to_one_item_that_collide_are_tried_again()
    {
        await using var world = await World.StartAsync(
            RecipeStory.Issues, switches => switches.LinkAdditionsThatCollide = 3);
        world.Run(Sync).Succeeded();
        await AssertOnceAsync(world);
    }

    private static string IdOf(World world, string key) =>
        world.Run($"Get-JiraReplica -Key {key}").Succeeded().Output.Single().Properties["IssueId"].Value.ToString()!;

    private static async Task AssertOnceAsync(World world)
    {
        await world.ClearFaultsAsync();
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        var again = world.Run(Sync).Succeeded();
        Assert.Equal("NoChange", again.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    private static JsonObject Batch(string kind, int skip) => new()
    {
        ["service"] = "ado",
        ["route"] = "/{organization}/_apis/wit/$batch",
        ["kind"] = kind,
        ["times"] = 1,
        ["skip"] = skip,
    };
}
