using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>The rules of the graph, through the real cmdlets.</summary>
public sealed class GraphTests
{
    private const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";

    [Fact]
    public async Task An_equal_relation_made_by_people_is_adopted_and_never_pruned()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var (one, two) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        await world.Board.RelateAsync(one, "System.LinkTypes.Dependency-Forward", two);
        Assert.Equal(["Adopt"], world.Run(Sync).Succeeded().Rows("RelationResult", "Action"));
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        world.Run($"{Sync} -Prune").Succeeded();
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_second_original_is_related_and_both_candidates_are_named()
    {
        var seed = new JiraSeed().Issue(1, "Bug").Issue(2, "Bug").Issue(3, "Bug").Link(1, "duplicates", 2)
            .Link(1, "duplicates", 3);
        await using var world = await World.StartAsync(seed.Lines);
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Create SHOP-1 Duplicate Of SHOP-2 ", "Degrade SHOP-1 Related SHOP-3 "
                + "SHOP-1 can have one Duplicate Of only, and has SHOP-2; the other candidate is SHOP-3."],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Detail"));
        Assert.Contains("Issue 1 Duplicate Of Issue 2", await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_conflict_fails_the_plan_before_anything_is_written_where_the_user_chose_so()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Link(2, "blocks", 1).Lines);
        var failed = world.Run($"{Sync} -OnConflict Fail");
        Assert.Equal("PlanRefused", failed.FailureId);
        Assert.Contains("SHOP-2 -> SHOP-1 -> SHOP-2", failed.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
        Assert.Equal(
            ["Create", "Skip"],
            world.Run($"{Sync} -OnConflict Skip").Succeeded().Rows("RelationResult", "Action").Order());
    }

    [Fact]
    public async Task A_degraded_link_becomes_what_it_should_be_when_that_is_possible()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Link(2, "blocks", 1).Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        var run = world.Run($"{Sync} -Prune").Succeeded();
        Assert.Equal(["Remove", "Replace"], run.Rows("RelationResult", "Action").Order());
        Assert.Equal(["Issue 1 Predecessor Issue 2", "Issue 2 Successor Issue 1"], await world.Board.RelationsAsync());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(400)]
    public async Task A_cycle_through_items_that_nobody_read_is_degraded_when_the_service_refuses_it(int status)
    {
        await using var world = await World.StartAsync(
            Two().Link(1, "blocks", 2).Lines, switches => switches.CircularLinkStatus = status);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var (one, two) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        var (x, y) = (await world.Board.CreateAsync("Task", "X"), await world.Board.CreateAsync("Task", "Y"));
        const string Successor = "System.LinkTypes.Dependency-Forward";
        await world.Board.RelateAsync(two, Successor, x);
        await world.Board.RelateAsync(x, Successor, y);
        await world.Board.RelateAsync(y, Successor, one);
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Degrade SHOP-1 Related SHOP-2 Cycle"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason"));
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Contains("Issue 1 Related Issue 2", await world.Board.RelationsAsync());
    }

    [Theory]
    [InlineData("Keep", "Skip", "Somebody's Child Issue 2")]
    [InlineData("Replace", "Replace", "Issue 1 Child Issue 2")]
    public async Task A_parent_that_people_gave_is_kept_or_replaced_as_the_user_chose(
        string choice, string action, string relation)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Sub-task").Parent(2, 1);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var other = await world.Board.CreateAsync("User Story", "Somebody's");
        await world.Board.RelateAsync(
            await world.Board.IdOfAsync("Issue 2"), "System.LinkTypes.Hierarchy-Reverse", other);
        var run = world.Run($"{Sync} -ParentConflict {choice}").Succeeded();
        Assert.Equal([action], run.Rows("RelationResult", "Action"));
        Assert.Contains(relation, await world.Board.RelationsAsync());
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_parent_that_would_close_a_cycle_is_skipped_and_not_degraded()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Sub-task").Parent(2, 1);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        await world.Board.RelateAsync(
            await world.Board.IdOfAsync("Issue 1"), "System.LinkTypes.Hierarchy-Reverse",
            await world.Board.IdOfAsync("Issue 2"));
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Skip Cycle"], run.Rows("RelationResult", "Action", "Reason"));
        Assert.Equal(["Issue 1 Parent Issue 2", "Issue 2 Child Issue 1"], await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task Of_two_links_of_one_type_between_a_pair_one_may_go_and_the_relation_stays()
    {
        await using var world = await World.StartAsync(Two().Link(1, "relates to", 2).Link(2, "relates to", 1).Lines);
        Assert.Equal(["Create", "Merge"], world.Run(Sync).Succeeded().Rows("RelationResult", "Action").Order());
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        var run = world.Run($"{Sync} -Prune").Succeeded();
        Assert.Equal(["Keep"], run.Rows("RelationResult", "Action"));
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task An_issue_whose_last_link_went_loses_its_relation_through_the_stages()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        var run = world.Run(
            """
            $replicas = Get-JiraReplica -Jql 'project = SHOP ORDER BY key'
            $replicas | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Sync-AdoRelation -Scope $replicas -Prune
            """).Succeeded();
        Assert.Equal(
            ["Remove SHOP-2 Predecessor SHOP-1"], run.Rows("RelationResult", "Action", "Source", "Relation", "Target"));
        Assert.Empty(await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_link_that_went_to_an_issue_outside_the_selection_is_pruned_since_that_issue_can_be_read()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        var run = world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-1' -Prune").Succeeded();
        Assert.Equal(
            ["Remove SHOP-2 Predecessor SHOP-1"], run.Rows("RelationResult", "Action", "Source", "Relation", "Target"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_to_an_issue_that_is_hidden_or_deleted_is_not_pruned(bool isHidden)
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run(Sync).Succeeded();
        // Both remove the link, and Jira does not distinguish the two.
        await (isHidden ? world.HideAsync("SHOP-2") : world.Tracker.DeleteAsync("SHOP-2"));
        Assert.Empty(world.Run("Get-JiraReplica -Key SHOP-1 | Get-JiraIssueLinks").Succeeded().Output);
        var run = world.Run($"{Sync} -Prune").Succeeded();
        Assert.Empty(run.Rows("RelationResult", "Action"));
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task More_removals_than_the_limit_stop_the_run_before_any_write()
    {
        var seed = new JiraSeed().Issue(1, "Story");
        for (var i = 2; i <= 25; i++)
        {
            seed.Issue(i, "Story").Link(1, "relates to", i);
        }

        await using var world = await World.StartAsync(seed.Lines);
        world.Run(Sync).Succeeded();
        for (var i = 2; i <= 25; i++)
        {
            await world.Tracker.UnlinkAsync("SHOP-1", $"SHOP-{i}");
        }

        Assert.Equal("PruneLimitExceeded", world.Run($"{Sync} -Prune").FailureId);
        Assert.Equal(48, (await world.Board.RelationsAsync()).Count);
        world.Run($"{Sync} -Prune -PruneLimit 100").Succeeded();
        Assert.Empty(await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_hub_gets_no_more_links_than_the_service_allows_and_the_rest_is_reported()
    {
        var seed = new JiraSeed().Issue(1, "Story");
        for (var i = 2; i <= 1003; i++)
        {
            seed.Issue(i, "Story").Link(i, "relates to", 1);
        }

        await using var world = await World.StartAsync(seed.Lines);
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Skip SHOP-1002 Related SHOP-1 LinkLimit", "Skip SHOP-1003 Related SHOP-1 LinkLimit"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason")
                .Where(row => row.StartsWith("Skip", StringComparison.Ordinal)));
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().Summary.Properties["Outcome"].Value.ToString());
    }

    [Fact]
    public async Task A_work_item_that_people_deleted_is_created_anew_and_its_relations_with_it()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        await world.Board.DeleteAsync(await world.Board.IdOfAsync("Build the checkout page"));
        var none = world.Run($"{Sync} -NoCreate").Succeeded();
        Assert.Equal(["Skip NoCreate"], none.Rows("WorkItemResult", "Action", "Reason").Where(row => row != "Keep "));
        Assert.Equal(3, none.Rows("RelationResult", "Action").Count(action => action == "Pending"));
        world.Run(Sync).Succeeded();
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task A_twin_of_another_run_is_moved_to_the_recycle_bin_and_one_that_people_worked_on_does_not()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        var first = await world.Board.TwinAsync(
            await world.Board.IdOfAsync("Lay out the form"), "aaaaaaaa", "Lay out the form");
        var second = await world.Board.TwinAsync(
            await world.Board.IdOfAsync("Check card numbers while typing"), "bbbbbbbb",
            "Check card numbers while typing");
        await world.Board.SetFieldAsync(second, "System.Title", "People worked here");
        await world.Board.RelateAsync(first, "System.LinkTypes.Related", second);
        await world.Board.UnrelateAsync(first, second);

        world.Run("Clear-JiraAdoCorrelation");
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            [$"Remove SHOP-5 {first} Twin"], run.Rows("WorkItemResult", "Action", "Key", "WorkItemId", "Reason")
            .Where(row => !row.StartsWith("Keep", StringComparison.Ordinal)));
        Assert.Contains(
            run.Warnings, warning => warning.Contains($"people have worked on {second}", StringComparison.Ordinal));
        Assert.Equal(7, (await world.Board.ItemsAsync()).Count);
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_twin_that_people_related_stays_with_its_relation()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        var twin = await world.Board.TwinAsync(await world.Board.IdOfAsync("Lay out the form"), "aaaaaaaa", "Twin");
        var own = await world.Board.CreateAsync("Task", "Somebody's own task");
        // It makes no revision.
        await world.Board.RelateAsync(twin, "System.LinkTypes.Related", own);
        world.Run("Clear-JiraAdoCorrelation");
        var run = world.Run(Sync).Succeeded();
        Assert.Contains(
            run.Warnings, warning => warning.Contains($"people have worked on {twin}", StringComparison.Ordinal));
        Assert.Contains("Twin Related Somebody's own task", await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_twin_that_people_edit_between_our_look_and_its_removal_stays()
    {
        await using var world = await World.StartAsync(Two().Lines);
        world.Run(Sync).Succeeded();
        var twin = await world.Board.TwinAsync(await world.Board.IdOfAsync("Issue 2"), "aaaaaaaa", "Twin");
        world.Reconnect();
        var isEdited = false;
        world.Watch = exchange =>
        {
            if (!isEdited && exchange.Target.Contains("/updates", StringComparison.Ordinal))
            {
                isEdited = true;
                world.Board.SetFieldAsync(twin, "System.Title", "People worked here").GetAwaiter().GetResult();
            }
        };
        var run = world.Run(Sync).Succeeded();
        Assert.Contains(
            $"Skip {twin} People have worked on {twin} meanwhile, so it is left alone.",
            run.Rows("WorkItemResult", "Action", "WorkItemId", "Detail"));
        Assert.Contains("User Story: People worked here", await world.Board.TitlesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_twin_whose_relations_are_ours_is_recycled_at_whichever_end_their_marks_show(bool showsAtBothEnds)
    {
        await using var world = await World.StartAsync(
            Two().Link(1, "blocks", 2).Lines, switches => switches.LinkCommentShowsAtBothEnds = showsAtBothEnds);
        world.Run(Sync).Succeeded();
        var (first, second) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        var comment = (await world.Board.CommentsOfRelationsAsync(first))[second]
            ?? (await world.Board.CommentsOfRelationsAsync(second))[first];
        var twin = await world.Board.TwinAsync(second, "aaaaaaaa", "Issue 2");
        await world.Board.RelateAsync(first, "System.LinkTypes.Dependency-Forward", comment, twin);
        world.Reconnect();
        var run = world.Run(Sync).Succeeded();
        Assert.Contains($"Remove {twin} Twin", run.Rows("WorkItemResult", "Action", "WorkItemId", "Reason"));
        Assert.Equal(["Issue 1 Successor Issue 2", "Issue 2 Predecessor Issue 1"], await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task Orphans_are_reported_and_nothing_is_done_to_them()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        await world.Tracker.DeleteAsync("SHOP-4");
        Assert.Equal(["SHOP-4 Gone"], world.Run("Get-JiraAdoOrphan").Succeeded().Rows("Orphan", "Key", "Reason"));
        Assert.Equal(
            ["SHOP-3 NotSelected", "SHOP-4 Gone"],
            world.Run("Get-JiraAdoOrphan -Jql 'project = SHOP AND key != SHOP-3'").Succeeded()
                .Rows("Orphan", "Key", "Reason"));
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task An_account_that_may_not_create_is_warned_before_the_first_write()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado",
            ["method"] = "POST",
            ["route"] = "/{organization}/{project}/_apis/wit/workitems/${type}",
            ["kind"] = "status",
            ["status"] = 403,
            ["headers"] = new JsonObject { ["Content-Type"] = "application/json" },
            ["body"] = """{"message":"TF237111: The current user does not have permissions to save work items under the specified area path.","typeKey":"x"}""",
        });
        await world.ResetRequestsAsync();
        Assert.Equal("AccessDenied", world.Run(Sync).FailureId);
        Assert.DoesNotContain(
            (await world.RequestsAsync("ado")).Keys, route => route.Contains("$batch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_of_Jira_that_fails_is_no_end_of_the_data()
    {
        var seed = new JiraSeed();
        for (var i = 1; i <= 150; i++)
        {
            seed.Issue(i, "Story");
        }

        await using var world = await World.StartAsync(seed.Lines);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "jira", ["route"] = "/rest/api/3/search/jql", ["kind"] = "status", ["status"] = 500,
            ["skip"] = 1,
        });
        Assert.Equal("RequestFailed", world.Run(Sync).FailureId);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Theory]
    [InlineData("SHOP-1")]
    [InlineData("SHOP-2")]
    public async Task The_blocker_is_first_from_whichever_end_the_link_is_read(string key)
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        world.Run($"Invoke-JiraAdoSync -Jql 'key = {key}'").Succeeded();
        string[] current = ["Issue 1 Successor Issue 2", "Issue 2 Predecessor Issue 1"];
        Assert.Equal(current, await world.Board.RelationsAsync());
        // The other end's run sees that it exists.
        Assert.Equal(["Keep"], world.Run(Sync).Succeeded().Rows("RelationResult", "Action"));
        Assert.Equal(current, await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_mapping_that_changed_replaces_what_exists_without_prune()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run(Sync).Succeeded();
        foreach (var (relation, current) in new[]
        {
            ("Predecessor", "Issue 1 Predecessor Issue 2"), ("Related", "Issue 1 Related Issue 2"),
            ("Child", "Issue 1 Child Issue 2"),
        })
        {
            var run = world.Run($"{Sync} -LinkTypeMapping @{{ blocks = '{relation}' }}").Succeeded();
            Assert.Equal(["Replace"], run.Rows("RelationResult", "Action"));
            Assert.Contains(current, await world.Board.RelationsAsync());
            Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
        }
    }

    [Fact]
    public async Task A_type_that_is_left_out_now_is_removed_with_prune_only_and_one_that_is_merely_unmapped_stays()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run(Sync).Succeeded();
        const string LeftOut = $"{Sync} -LinkTypeMapping @{{ blocks = $null }}";
        Assert.Equal(["Skip LeftOut"], world.Run(LeftOut).Succeeded().Rows("RelationResult", "Action", "Reason"));
        var unmapped = world.Run($"{Sync} -LinkTypeMapping @{{ 'relates to' = 'Related' }} -NoDefaultLinkTypes -Unmapped Skip -Prune")
            .Succeeded();
        Assert.Equal(["Skip Unmapped"], unmapped.Rows("RelationResult", "Action", "Reason"));
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
        var pruned = world.Run($"{LeftOut} -Prune").Succeeded();
        Assert.Equal(["Remove", "Skip"], pruned.Rows("RelationResult", "Action").Order());
        Assert.Empty(await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_relation_of_ours_that_people_removed_is_made_again_while_its_link_exists()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run(Sync).Succeeded();
        await world.Board.UnrelateAsync(await world.Board.IdOfAsync("Issue 2"), await world.Board.IdOfAsync("Issue 1"));
        Assert.Empty(await world.Board.RelationsAsync());
        Assert.Equal(["Create"], world.Run(Sync).Succeeded().Rows("RelationResult", "Action"));
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mark_that_people_removed_makes_the_relation_theirs(bool showsAtBothEnds)
    {
        await using var world = await World.StartAsync(
            Two().Link(1, "blocks", 2).Lines, switches => switches.LinkCommentShowsAtBothEnds = showsAtBothEnds);
        world.Run(Sync).Succeeded();
        var (one, two) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        // Where it shows at one end only, that may be either.
        await world.Board.CommentAsync(one, two, "ours by now");
        await world.Board.CommentAsync(two, one, "ours by now");
        Assert.Equal(["Adopt"], world.Run(Sync).Succeeded().Rows("RelationResult", "Action"));
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        world.Run($"{Sync} -Prune").Succeeded();
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_relation_is_known_and_removed_from_either_end_whether_or_not_its_comment_shows_there(
        bool showsAtBothEnds, bool mayMix)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Sub-task").Parent(3, 1)
            .Link(1, "blocks", 2);
        await using var world = await World.StartAsync(seed.Lines, switches =>
        {
            switches.LinkCommentShowsAtBothEnds = showsAtBothEnds;
            switches.PatchMayMixRelationRemovalsAndAdditions = mayMix;
        });
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        // Written from the end of issue 1 and 3.
        world.Run("Invoke-JiraAdoSync -Jql 'key in (SHOP-1, SHOP-3)'").Succeeded();
        await world.Tracker.SetParentAsync("SHOP-3", "SHOP-2");
        var run = world.Run("Invoke-JiraAdoSync -Jql 'key in (SHOP-2, SHOP-3)'").Succeeded();
        Assert.Equal(["Keep", "Replace"], run.Rows("RelationResult", "Action").Order());
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        run = world.Run("Invoke-JiraAdoSync -Jql 'key in (SHOP-2, SHOP-3)' -Prune").Succeeded();
        Assert.Equal(["Keep", "Remove"], run.Rows("RelationResult", "Action").Order());
        Assert.Equal(["Issue 2 Child Issue 3", "Issue 3 Parent Issue 2"], await world.Board.RelationsAsync());
        Assert.Equal("NoChange", world.Run($"{Sync} -Prune").Succeeded().RunOutcome());
    }

    [Fact]
    public async Task An_issue_that_moved_keeps_its_work_item_and_its_relations()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Sub-task").Parent(3, 2)
            .Link(1, "blocks", 2);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.CreateProjectAsync("PAY");
        await world.Tracker.MoveAsync("SHOP-2", "PAY");
        world.Reconnect();
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project in (SHOP, PAY)' -Prune").Succeeded();
        Assert.Equal(["Keep", "Update", "Update"], run.Rows("WorkItemResult", "Action").Order());
        Assert.Equal(["Keep", "Keep"], run.Rows("RelationResult", "Action"));
        Assert.Equal(["1001", "1002", "1003"], run.Rows("WorkItemResult", "IssueId").Order());
        Assert.Equal(
            "NoChange", world.Run("Invoke-JiraAdoSync -Jql 'project in (SHOP, PAY)' -Prune").Succeeded().RunOutcome());

        // Where only one end is selected, the other is known by its id all the same.
        world.Reconnect();
        Assert.Equal(["Keep"], world.Run(Sync).Succeeded().Rows("RelationResult", "Action"));
        Assert.Equal(3, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task A_link_waits_for_an_end_that_can_not_be_read_and_a_later_run_completes_it()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        var waiting = world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-1'").Succeeded();
        Assert.Equal(["Pending SHOP-2 Waits for SHOP-2: no work item exists yet."],
            waiting.Rows("RelationResult", "Action", "Target", "Detail"));
        Assert.Equal("Changed", waiting.RunOutcome());
        Assert.Equal(["SHOP-2"], (IEnumerable<string>)waiting.Summary.Properties["PendingKeys"].Value);
        world.Run("$null = Get-JiraReplica -Key SHOP-2 | Sync-AdoWorkItem").Succeeded();
        Assert.Equal(["Create"],
            world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-1'").Succeeded().Rows("RelationResult", "Action"));
    }

    [Fact]
    public async Task A_degraded_link_keeps_its_phrase_in_the_comment()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Link(2, "blocks", 1).Lines);
        world.Run(Sync).Succeeded();
        var comments = (await world.Board.ItemsAsync()).SelectMany(item => item["relations"]!.AsArray())
            .Where(relation => relation!["rel"]!.ToString() == "System.LinkTypes.Related")
            .Select(relation => relation!["attributes"]!["comment"]?.ToString())
            .OfType<string>();
        Assert.StartsWith("SHOP-2 blocks SHOP-1 [jira:", Assert.Single(comments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reviewed_part_of_a_plan_is_written_and_nothing_else()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var run = world.Run(
            """
            Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Compare-AdoRelation |
                Where-Object { $_.Relation.Name -eq 'Parent' } | Sync-AdoRelation
            """).Succeeded();
        Assert.Equal(["Create", "Create"], run.Rows("RelationResult", "Action"));
        Assert.Equal(4, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task Suggestions_know_the_organisation_s_relation_types_and_not_those_that_it_disabled()
    {
        var seed = Two().Link(1, "affects", 2).Link(1, "is tested by", 2);
        await using var world = await World.StartAsync(seed.Lines);
        const string Test = "Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping";
        var rows = world.Run(Test).Succeeded().Rows("MappingCoverage", "Phrase", "Suggestion");
        Assert.Contains("affects Affects", rows);
        Assert.Contains("is tested by Tested By", rows);
        Assert.Contains("is the other end of is tested by Tests", rows);
        world.Sandbox.Switches.DisabledLinkTypes = ["Microsoft.VSTS.Common.Affects", "Microsoft.VSTS.Common.TestedBy"];
        world.Reconnect();
        Assert.Contains("affects Related", world.Run(Test).Succeeded().Rows("MappingCoverage", "Phrase", "Suggestion"));
        Assert.Equal("MappingInvalid",
            world.Run($"{Sync} -LinkTypeMapping @{{ affects = 'Affects' }} -Unmapped Skip").FailureId);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task A_translated_issue_type_is_mapped_by_its_id()
    {
        var seed = new JiraSeed().Issue(1, "Aufgabe");
        await using var world = await World.StartAsync(seed.Lines);
        const string Test = "Get-JiraReplica -Jql 'project = SHOP' | Test-IssueTypeMapping";
        Assert.Equal(["Aufgabe Unmapped"], world.Run(Test).Succeeded().Rows("MappingCoverage", "Type", "Problem"));
        Assert.Equal("IssueTypeUnmapped", world.Run(Sync).FailureId);
        var id = world.Run("(Get-JiraReplica -Key SHOP-1).Type.Id").Succeeded().Output.Single().ToString();
        world.Session.Set("types", new System.Collections.Hashtable { [id!] = "Task" });
        Assert.Equal(["Task "],
            world.Run($"{Test} -TypeMapping $types").Succeeded().Rows("MappingCoverage", "MapsTo", "Problem"));
        world.Run($"{Sync} -TypeMapping $types").Succeeded();
        Assert.Equal(["Task: Issue 1"], await world.Board.TitlesAsync());
    }

    [Fact]
    public async Task Coverage_reports_what_the_mapping_lacks_and_what_it_could_be()
    {
        await using var world = await World.StartAsync(
            Two().Link(1, "blocks", 2).Link(1, "has to be done before", 2).Issue(3, "Improvement").Lines);
        var links = world.Run("Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping").Succeeded();
        var rows = links.Rows("MappingCoverage", "Count", "Phrase", "MapsTo", "Problem", "Suggestion");
        Assert.Contains("1 blocks Successor  ", rows);
        Assert.Contains("1 is blocked by Predecessor  ", rows);
        Assert.Contains("1 has to be done before  Unmapped Successor", rows);
        var types = world.Run("Get-JiraReplica -Jql 'project = SHOP' | Test-IssueTypeMapping").Succeeded();
        Assert.Equal(
            ["2 Story User Story  ", "1 Improvement  Unmapped User Story"],
            types.Rows("MappingCoverage", "Count", "Type", "MapsTo", "Problem", "Suggestion"));
    }

    private static JiraSeed Two() => new JiraSeed().Issue(1, "Story").Issue(2, "Story");
}
