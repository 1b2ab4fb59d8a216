using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>How runs go on, stop, and are completed by the next one.</summary>
public sealed class RunTests
{
    [Fact]
    public async Task Pending_skipped_degraded_and_merged_links_pass_under_ErrorAction_Stop()
    {
        var seed = new JiraSeed()
            .Issue(1, "Story").Issue(2, "Story").Issue(3, "Story")
            .Link(1, "blocks", 2).Link(2, "blocks", 1)
            .Link(1, "relates to", 3).Link(3, "relates to", 1)
            .Link(2, "blocks", 77).Link(2, "feeds", 3);
        await using var world = await World.StartAsync(seed.Lines);
        var run = world.Run("$ErrorActionPreference = 'Stop'; Invoke-JiraAdoSync -Jql 'project = SHOP' -Unmapped Skip")
            .Succeeded();
        Assert.Equal(
            [
                "Create SHOP-1 Related SHOP-3",
                "Create SHOP-1 Successor SHOP-2",
                "Degrade SHOP-2 Related SHOP-1",
                "Merge SHOP-3 Related SHOP-1",
                "Pending SHOP-2 Successor SHOP-77",
                "Skip SHOP-2  SHOP-3",
            ],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target").Order());
        Assert.Equal(4, run.Warnings.Count);
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(["SHOP-77"], (IEnumerable<string>)run.Summary.Properties["PendingKeys"].Value);
    }

    [Fact]
    public async Task A_later_run_completes_what_waited_for_an_end()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Link(1, "blocks", 2);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-1'").Succeeded();
        Assert.Empty(await world.Board.RelationsAsync());
        world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-2'").Succeeded();
        Assert.Equal(["Issue 1 Successor Issue 2", "Issue 2 Predecessor Issue 1"], await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task Stop_ends_a_run_at_once_and_the_next_one_completes_it()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-1'").Succeeded();
        // The first batch creates work items, the second one moves them to their states; the third one, with the
        // relations to what existed already, hangs until it is cut off.
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/$batch", ["kind"] = "delay",
            ["delayMs"] = 600_000, ["skip"] = 2,
        });
        using var shell = world.Session.Shell("Invoke-JiraAdoSync -Jql 'project = SHOP'");
        using var output = new System.Management.Automation.PSDataCollection<System.Management.Automation.PSObject>();
        var created = new TaskCompletionSource();
        output.DataAdded += (_, _) => _ = output.Count == 6 && created.TrySetResult();
        var running = shell.BeginInvoke<System.Management.Automation.PSObject, System.Management.Automation.PSObject>(
            null, output);
        await created.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        var stopping = Task.Run(shell.Stop, TestContext.Current.CancellationToken);
        await stopping.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.True(running.IsCompleted);
        Assert.Equal(System.Management.Automation.PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Empty(shell.Streams.Error);
        Assert.Equal(4, (await world.Board.RelationsAsync()).Count);

        await world.ClearFaultsAsync();
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.All(run.Rows("WorkItemResult", "Action"), action => Assert.Equal("Keep", action));
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task What_breaks_off_downstream_ends_the_work_upstream()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var run = world.Run("foreach ($i in 1) { Get-JiraReplica -Jql 'project = SHOP' | ForEach-Object { $_; break } }");
        Assert.Single(run.Succeeded().Of("Replica"));
        Assert.Equal(6, world.Run("Get-JiraReplica -Jql 'project = SHOP'").Succeeded().Output.Count);
    }

    [Fact]
    public async Task A_work_item_that_fails_leaves_the_rest_to_go_on_and_makes_the_run_partial()
    {
        // The service takes no title of 256 characters; ours are cut, so let it refuse a type that needs more than a
        // title.
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Link(1, "blocks", 2)
            .Link(1, "blocks", 3);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run("Invoke-JiraAdoSync -Jql 'key in (SHOP-1, SHOP-2)'").Succeeded();
        var second = await world.Board.IdOfAsync("Issue 2");
        await world.Board.SetFieldAsync(second, "System.Title", "edited by hand");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Issue 1, renamed");
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado",
            ["route"] = "/{organization}/_apis/wit/$batch",
            ["kind"] = "status",
            ["status"] = 400,
            ["headers"] = new JsonObject { ["Content-Type"] = "application/json" },
            ["body"] = """{"message":"TF401349: An unexpected error has occurred.","typeKey":"x","eventId":3000}""",
        });
        await world.ResetRequestsAsync();
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'");
        Assert.InRange((await world.RequestsAsync("ado"))
            .Single(pair => pair.Key.EndsWith("$batch", StringComparison.Ordinal)).Value, 2, 8);
        Assert.Null(run.Failure);
        Assert.Equal(["RequestFailed", "RequestFailed"], run.ErrorIds);
        Assert.Equal("Failed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(["SHOP-1", "SHOP-3"], (IEnumerable<string>)run.Summary.Properties["FailedKeys"].Value);

        await world.ClearFaultsAsync();
        var next = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("Changed", next.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(
            ["User Story: Issue 1, renamed", "User Story: edited by hand", "User Story: Issue 3"],
            await world.Board.TitlesAsync());
        Assert.Contains("Issue 1, renamed Successor Issue 3", await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_batch_that_the_service_refuses_for_what_it_is_costs_few_requests_and_little_time()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story");
        await using var world = await World.StartAsync(seed.Lines);
        await world.ResetRequestsAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'; Disconnect-JiraAdo").Succeeded();
        var usual = (await world.RequestsAsync("ado")).Values.Sum();
        await using var refusing = await World.StartAsync(seed.Lines);
        await refusing.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado",
            ["route"] = "/{organization}/_apis/wit/$batch",
            ["kind"] = "status",
            ["status"] = 400,
            ["body"] = """{"message":"VS403699: Nothing of the kind.","typeKey":"VssServiceException"}""",
        });
        await refusing.ResetRequestsAsync();
        var run = refusing.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'");
        Assert.Equal(["RequestFailed", "RequestFailed", "RequestFailed"], run.ErrorIds);
        var requests = await refusing.RequestsAsync("ado");
        // [1 2 3] [1] [2 3] [2] [3], and a look for what was done after each that has several.
        Assert.Equal(5, requests.Single(pair => pair.Key.EndsWith("$batch", StringComparison.Ordinal)).Value);
        Assert.InRange(requests.Values.Sum(), 5, usual + 12);
        Assert.True((double)run.Summary.Properties["Seconds"].Value < 10);
        TestContext.Current.TestOutputHelper!.WriteLine($"{requests.Values.Sum()} requests, {run.Summary.Properties["Seconds"].Value} s; {usual} where nothing is wrong.");
    }

    [Fact]
    public async Task A_summary_changed_in_Jira_is_written_and_an_edit_of_people_is_left_alone()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay by card or cash");
        var edited = await world.Board.IdOfAsync("Lay out the form");
        await world.Board.SetFieldAsync(edited, "System.Title", "Lay out the form nicely");

        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal(
            ["SHOP-1"], run.Of("WorkItemResult").Where(row => row.Properties["Action"].Value.ToString() == "Update")
            .Select(row => row.Properties["Key"].Value.ToString()));
        var titles = await world.Board.TitlesAsync();
        Assert.Contains("User Story: Customers can pay by card or cash", titles);
        Assert.Contains("Task: Lay out the form nicely", titles);
        var again = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", again.Summary.Properties["Outcome"].Value.ToString());
    }

    [Fact]
    public async Task A_long_or_empty_summary_still_makes_a_title()
    {
        var seed = new JiraSeed().Issue(1, "Story", "  " + new string('x', 300)).Issue(2, "Story", "   ");
        await using var world = await World.StartAsync(seed.Lines);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal([$"User Story: {new string('x', 255)}", "User Story: SHOP-2"], await world.Board.TitlesAsync());
    }

    [Fact]
    public async Task Prune_removes_ours_whose_link_is_deleted_and_nothing_of_others()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var bug = await world.Board.IdOfAsync("Totals are rounded to whole dollars");
        var task = await world.Board.IdOfAsync("Lay out the form");
        await world.Board.RelateAsync(bug, "System.LinkTypes.Related", task);
        await world.Tracker.UnlinkAsync("SHOP-2", "SHOP-1");

        var without = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", without.Summary.Properties["Outcome"].Value.ToString());
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -Prune").Succeeded();
        Assert.Equal(["Remove"], run.Rows("RelationResult", "Action").Where(action => action != "Keep"));
        var relations = await world.Board.RelationsAsync();
        Assert.Equal(10, relations.Count);
        Assert.DoesNotContain("Choose a payment provider Successor Customers can pay by card", relations);
        Assert.Contains("Totals are rounded to whole dollars Related Lay out the form", relations);
    }

    [Fact]
    public async Task A_reviewed_part_of_a_plan_is_applied_and_no_more()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        world.Run(
            """
            Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Compare-AdoRelation |
                Where-Object { $_.Relation.Name -eq 'Parent' } | Sync-AdoRelation
            """).Succeeded();
        Assert.Equal(4, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_mapping_changed_between_runs_replaces_what_it_made()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -LinkTypeMapping (Get-LinkTypeMapping Recipe)").Succeeded();
        Assert.Contains(
            "Customers can pay by card Successor Choose a payment provider", await world.Board.RelationsAsync());
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal(2, run.Rows("RelationResult", "Action").Count(action => action == "Replace"));
        var relations = await world.Board.RelationsAsync();
        Assert.Equal(10, relations.Count);
        Assert.Contains("Choose a payment provider Successor Customers can pay by card", relations);
        Assert.DoesNotContain("Customers can pay by card Successor Choose a payment provider", relations);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_parent_changed_in_Jira_moves_the_child_whether_or_not_one_patch_may_do_both(bool mayMix)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Sub-task").Parent(3, 1);
        await using var world = await World.StartAsync(
            seed.Lines, switches => switches.PatchMayMixRelationRemovalsAndAdditions = mayMix);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Tracker.SetParentAsync("SHOP-3", "SHOP-2");
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal(
            ["Replace SHOP-3 Parent SHOP-2"], run.Rows("RelationResult", "Action", "Source", "Relation", "Target"));
        Assert.Equal(["Issue 2 Child Issue 3", "Issue 3 Parent Issue 2"], await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_relation_that_people_removed_is_made_again_while_its_link_exists()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var bug = await world.Board.IdOfAsync("Totals are rounded to whole dollars");
        var story = await world.Board.IdOfAsync("Customers can pay by card");
        await world.Board.UnrelateAsync(bug, story);
        Assert.Equal(8, (await world.Board.RelationsAsync()).Count);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_look_up_that_finds_no_hyperlinks_is_replaced_by_a_scan_and_makes_no_duplicates()
    {
        await using var world = await World.StartAsync(
            RecipeStory.Issues, switches => switches.HyperlinksAreFoundByArtifactUri = false);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Single(run.Warnings, warning => warning.Contains("does not find hyperlinks", StringComparison.Ordinal));
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task A_scan_continues_to_the_last_work_item_that_has_a_hyperlink()
    {
        var seed = Enumerable.Range(1, 201).Aggregate(new JiraSeed(), (all, number) => all.Issue(number, "Story"));
        await using var world = await World.StartAsync(
            seed.Lines, switches => switches.HyperlinksAreFoundByArtifactUri = false);
        world.Run("$null = Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        world.Reconnect();
        Assert.Equal("NoChange", world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded().RunOutcome());
        Assert.Equal(201, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task Work_is_sent_in_batches_and_never_by_the_item()
    {
        var seed = new JiraSeed();
        for (var i = 1; i <= 450; i++)
        {
            seed.Issue(i, "Story");
        }

        for (var i = 1; i < 450; i++)
        {
            seed.Link(i, "blocks", i + 1);
        }

        await using var world = await World.StartAsync(seed.Lines);
        await world.ResetRequestsAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        // Five pages, and the list of fields, once a session.
        Assert.Equal(6, (await world.RequestsAsync("jira")).Values.Sum());
        var ado = await world.RequestsAsync("ado");
        // Three batches of creations, with the relations within each, and one of the two between them; three look-ups,
        // three more for twins, and the question whether the project is empty.
        Assert.Equal(4, ado.Single(pair => pair.Key.EndsWith("$batch", StringComparison.Ordinal)).Value);
        Assert.InRange(ado.Values.Sum(), 13, 16);
    }
}
