using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
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

    [Theory]
    [InlineData("Keep", "User Story: Theirs")]
    [InlineData("Overwrite", "User Story: Customers can pay by card or cash")]
    public async Task An_edit_that_somebody_made_between_our_reading_and_writing_is_read_and_planned_again(
        string conflict, string title)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        var id = await world.Board.IdOfAsync("Customers can pay by card");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay by card or cash");
        await world.SetFaultsAsync(Edit(id, "System.Title", "Theirs", times: 1));
        var run = world.Run($"{Sync} -FieldConflict {conflict}").Succeeded();
        Assert.Equal("Changed", run.RunOutcome());
        Assert.Contains(title, await world.Board.TitlesAsync());
        Assert.Equal("NoChange", world.Run($"{Sync} -FieldConflict {conflict}").Succeeded().RunOutcome());
        Assert.Contains(title, await world.Board.TitlesAsync());
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(9, false)]
    public async Task A_work_item_that_is_edited_again_and_again_is_an_error_in_the_end(int times, bool succeeds)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        var id = await world.Board.IdOfAsync("Customers can pay by card");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay by card or cash");
        await world.SetFaultsAsync(Edit(id, "System.History", "A word", times));
        var run = world.Run(Sync);
        Assert.Equal(succeeds ? [] : ["WorkItemChanged"], run.ErrorIds);
        Assert.Equal(succeeds ? "Changed" : "Failed", run.RunOutcome());
        await world.SetFaultsAsync();
        Assert.Equal(succeeds ? "NoChange" : "Changed", world.Run(Sync).Succeeded().RunOutcome());
        await AssertOnceAsync(world);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Whatever_others_edit_meanwhile_the_run_ends_as_it_would_have_without(int seed)
    {
        var random = new Random(seed);
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        var isFirst = seed % 3 == 0;
        if (!isFirst)
        {
            world.Run(Sync).Succeeded();
            for (var number = 1; number <= 6; number++)
            {
                if (random.Next(3) > 0)
                {
                    await world.Tracker.SetSummaryAsync($"SHOP-{number}", $"New title {number}");
                    await world.Tracker.SetStatusAsync($"SHOP-{number}", "Done");
                }
            }
        }
        else
        {
            await world.Tracker.SetStatusAsync("SHOP-1", "Done");
            await world.Tracker.SetStatusAsync("SHOP-2", "Done");
        }

        var edits = Enumerable.Range(0, 4).Select(_ => Edit(
            random.Next(1, 7),
            random.Next(2) == 0 ? "System.Title" : "System.History",
            $"Theirs {random.Next(100)}",
            random.Next(1, 3),
            random.Next(0, 2) + (isFirst ? 1 : 0)));
        await world.SetFaultsAsync([.. edits]);
        var run = world.Run(Sync).Succeeded();
        if (isFirst)
        {
            Assert.Equal(Enumerable.Repeat("Create True", 6), run.Rows("WorkItemResult", "Action", "IsApplied"));
        }

        await world.SetFaultsAsync();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task Parallel_writes_to_one_item_that_collide_are_tried_again()
    {
        await using var world = await World.StartAsync(
            RecipeStory.Issues, switches => switches.LinkAdditionsThatCollide = 3);
        world.Run(Sync).Succeeded();
        await AssertOnceAsync(world);
    }

    /// <summary>Somebody edits a work item whenever we send a batch.</summary>
    private static JsonObject Edit(int id, string field, string value, int times, int skip = 0) => new()
    {
        ["service"] = "ado",
        ["route"] = "/{organization}/_apis/wit/$batch",
        ["kind"] = "other-client",
        ["times"] = times,
        ["skip"] = skip,
        ["body"] = new JsonObject
        {
            ["method"] = "PATCH",
            ["uri"] = $"/ado/contoso/_apis/wit/workitems/{id}?api-version=7.1",
            ["headers"] = new JsonObject { ["Content-Type"] = "application/json-patch+json" },
            ["body"] = new JsonArray(
                new JsonObject { ["op"] = "add", ["path"] = $"/fields/{field}", ["value"] = value }),
        },
    };

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
