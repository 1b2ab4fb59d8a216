using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>The rules of the graph at their edges, through the real cmdlets.</summary>
public sealed class GraphEdgeTests
{
    private const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
    private const string Successor = "System.LinkTypes.Dependency-Forward";
    private const string Related = "System.LinkTypes.Related";

    [Fact]
    public async Task A_link_to_itself_is_skipped()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        // Jira has none; scripts that make their own may.
        var run = world.Run(
            """
            Get-JiraReplica -Key SHOP-1 | Sync-AdoWorkItem | Out-Null
            $link = Get-JiraReplica -Key SHOP-1 | Get-JiraIssueLinks
            $self = [JiraAdoSync.Jira.IssueLink]@{ LinkId = 7; Type = $link.Type; Source = $link.Source; Target = $link.Source; ReadFrom = $link.Source.Id }
            $self | Convert-LinkType | Sync-AdoRelation
            """).Succeeded();
        Assert.Equal(
            ["Skip SHOP-1 SHOP-1 SelfLink"], run.Rows("RelationResult", "Action", "Source", "Target", "Reason"));
        Assert.Empty(await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task People_s_own_links_count_towards_the_limit_of_links()
    {
        var seed = Two().Issue(3, "Story").Link(1, "relates to", 2).Link(3, "relates to", 1);
        for (var i = 4; i < 1003; i++)
        {
            seed.Issue(i, "Story");
        }

        await using var world = await World.StartAsync(seed.Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var others = (await world.Board.ItemsAsync()).Select(item => (int)item["id"]!).ToHashSet();
        var ours = new[] { await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"),
            await world.Board.IdOfAsync("Issue 3") };
        await world.Board.RelateAsync(ours[0], Related, [.. others.Except(ours)]);
        string[] rows = ["Create SHOP-1 SHOP-2 ", "Skip SHOP-3 SHOP-1 LinkLimit"];
        var plan = world.Run($"{Sync} -PlanOnly").Succeeded();
        Assert.Equal(rows, plan.Rows("RelationChange", "Action", "Source", "Target", "Reason").Order());
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(rows, run.Rows("RelationResult", "Action", "Source", "Target", "Reason").Order());
        Assert.Equal("Changed", run.RunOutcome());
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task What_is_ours_between_issues_that_were_not_read_is_a_fact_that_a_new_link_gives_way_to()
    {
        await using var world = await World.StartAsync(Two().Issue(3, "Story").Link(2, "blocks", 3).Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        await world.Tracker.LinkAsync("SHOP-3", "Blocks", "SHOP-1");
        var plan = world.Run("Invoke-JiraAdoSync -Key SHOP-1 -PlanOnly").Succeeded();
        Assert.Equal(
            ["Create SHOP-1 SHOP-2 ", "Degrade SHOP-3 SHOP-1 Cycle"],
            plan.Rows("RelationChange", "Action", "Source", "Target", "Reason"));
    }

    [Fact]
    public async Task A_link_that_degrades_is_merged_where_its_issues_are_related_already()
    {
        await using var world = await World.StartAsync(
            Two().Link(1, "relates to", 2).Link(1, "blocks", 2).Link(2, "blocks", 1).Lines);
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Create SHOP-1 Related SHOP-2", "Create SHOP-1 Successor SHOP-2", "Merge SHOP-2 Related SHOP-1"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target").Order());
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task A_whole_plan_that_is_piped_to_the_relations_leaves_its_work_items_out_with_one_warning()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        var run = world.Run($"{Sync} -PlanOnly | Sync-AdoRelation").Succeeded();
        Assert.Single(run.Warnings, warning => warning.Contains("The plan has 2 work items", StringComparison.Ordinal)
            && warning.Contains("Export-JiraAdoPlan", StringComparison.Ordinal)
            && warning.Contains("Invoke-JiraAdoPlan", StringComparison.Ordinal));
        Assert.Equal(
            ["Pending EndMissing Waits for SHOP-1 and SHOP-2: their work items were not created."],
            run.Rows("RelationResult", "Action", "Reason", "Detail"));
        Assert.Empty(await world.Board.TitlesAsync());

        // Where the work items exist, it writes the relations.
        world.Run("$null = Get-JiraReplica -Key SHOP-1, SHOP-2 | Sync-AdoWorkItem").Succeeded();
        run = world.Run($"{Sync} -PlanOnly | Sync-AdoRelation").Succeeded();
        Assert.Equal(["Create"], run.Rows("RelationResult", "Action"));
        Assert.Contains("Issue 1 Successor Issue 2", await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task What_exists_at_an_end_outside_the_selection_is_seen_by_the_plan()
    {
        // 2 duplicates 1, and people say already what else it duplicates.
        await using var world = await World.StartAsync(Two().Link(2, "duplicates", 1).Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        await world.Board.RelateAsync(
            await world.Board.IdOfAsync("Issue 2"), "System.LinkTypes.Duplicate-Reverse",
            await world.Board.CreateAsync("User Story", "Original"));
        var plan = world.Run("Invoke-JiraAdoSync -Key SHOP-1 -PlanOnly").Succeeded();
        Assert.Equal(["Degrade SecondParent"], plan.Rows("RelationChange", "Action", "Reason"));
        Assert.Equal(["Degrade SecondParent"],
            world.Run("Invoke-JiraAdoSync -Key SHOP-1").Succeeded().Rows("RelationResult", "Action", "Reason"));
        Assert.Equal("NoChange", world.Run("Invoke-JiraAdoSync -Key SHOP-1").Succeeded().RunOutcome());
    }

    [Fact]
    public async Task Two_issues_that_duplicate_each_other_have_one_original_and_one_relation_of_another_kind()
    {
        await using var world = await World.StartAsync(Two().Link(1, "duplicates", 2).Link(2, "duplicates", 1).Lines);
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Create SHOP-1 Duplicate Of SHOP-2 ", "Degrade SHOP-2 Related SHOP-1 Cycle"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason"));
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task A_link_that_is_mapped_to_the_hierarchy_is_a_link_and_gives_way_to_a_parent()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Sub-task").Issue(3, "Story").Parent(2, 1)
            .Link(3, "contains", 2).Link(1, "contains", 2);
        await using var world = await World.StartAsync(seed.Lines);
        var run = world.Run($"{Sync} -LinkTypeMapping @{{ contains = 'Child' }}").Succeeded();
        Assert.Equal(
            ["Create SHOP-2 Parent SHOP-1 ", "Degrade SHOP-3 Related SHOP-2 SecondParent",
                "Merge SHOP-1 Child SHOP-2 SameRelation"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason").Order());
    }

    [Fact]
    public async Task A_child_that_got_another_parent_in_Jira_gets_it_and_parents_may_swap()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Sub-task").Issue(4, "Sub-task")
            .Parent(3, 1).Parent(4, 2);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.SetParentAsync("SHOP-3", "SHOP-2");
        await world.Tracker.SetParentAsync("SHOP-4", "SHOP-1");
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Replace SHOP-3 Parent SHOP-2", "Replace SHOP-4 Parent SHOP-1"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target"));
        Assert.Contains("Issue 2 Child Issue 3", await world.Board.RelationsAsync());
        Assert.Equal(4, (await world.Board.RelationsAsync()).Count);
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task A_parent_that_was_removed_in_Jira_is_removed_with_prune_only()
    {
        var seed = new JiraSeed().Issue(1, "Epic").Issue(2, "Story").Parent(2, 1);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.SetFieldsAsync("SHOP-2", """{ "parent": null }""");
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
        Assert.Equal(["Remove SHOP-2 SHOP-1"],
            world.Run($"{Sync} -Prune").Succeeded().Rows("RelationResult", "Action", "Source", "Target"));
        Assert.Empty(await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_slice_that_plans_the_whole_removes_its_share_only()
    {
        await using var world = await World.StartAsync(
            Two().Issue(3, "Story").Link(1, "relates to", 2).Link(2, "relates to", 3).Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        await world.Tracker.UnlinkAsync("SHOP-2", "SHOP-3");
        world.Run($"{Sync} -Prune -SliceIndex 1 -SliceCount 2").Succeeded();
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
        world.Run($"{Sync} -Prune -SliceIndex 2 -SliceCount 2").Succeeded();
        Assert.Empty(await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_relation_type_that_a_customer_made_is_suggested_and_mapped()
    {
        await using var world = await World.StartAsync(
            Two().Link(1, "verifies", 2).Lines, switches => switches.HasCustomerLinkType = true);
        var rows = world.Run("Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping").Succeeded()
            .Rows("MappingCoverage", "Phrase", "Problem", "Suggestion");
        Assert.Contains("verifies Unmapped Verifies", rows);
        Assert.Contains("is the other end of verifies Unmapped Verified By", rows);
        Assert.Contains("Verifies", world.Run(Sync).Failure!.ToString(), StringComparison.Ordinal);
        world.Run($"{Sync} -LinkTypeMapping @{{ verifies = 'Verifies' }}").Succeeded();
        Assert.Equal(["Issue 1 Verifies Issue 2", "Issue 2 Verified By Issue 1"], await world.Board.RelationsAsync());
        Assert.Equal(
            "NoChange", world.Run($"{Sync} -LinkTypeMapping @{{ verifies = 'Verifies' }}").Succeeded().RunOutcome());
    }

    [Fact]
    public async Task An_entry_that_matches_no_link_type_is_reported_by_the_coverage()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        var run = world.Run("Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping -Mapping @{ blocks = 'Successor'; blokcs = 'Related' }");
        Assert.Equal(
            ["These entries of the mapping match no link type of the site: 'blokcs'."], run.Succeeded().Warnings);
        Assert.Empty(world.Run("Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping").Succeeded().Warnings);
    }

    [Fact]
    public async Task Translated_issue_types_are_named_with_their_ids_before_anything_is_written()
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Historia").Issue(2, "Fehler").Issue(3, "Fehler").Lines);
        var failed = world.Run(Sync);
        Assert.Equal("IssueTypeUnmapped", failed.FailureId);
        Assert.Contains("Historia", failed.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Contains("Fehler", failed.Failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
        var rows = world.Run("Get-JiraReplica -Jql 'project = SHOP' | Test-IssueTypeMapping").Succeeded()
            .Rows("MappingCoverage", "Count", "Type", "Problem");
        Assert.Equal(["2 Fehler Unmapped", "1 Historia Unmapped"], rows);
        world.Run($"{Sync} -TypeMapping @{{ historia = 'User Story'; Fehler = 'Bug' }}").Succeeded();
        Assert.Equal(3, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task A_cycle_is_reported_whole_by_its_keys()
    {
        var seed = Two().Issue(3, "Story").Link(1, "blocks", 2).Link(2, "blocks", 3).Link(3, "blocks", 1);
        await using var world = await World.StartAsync(seed.Lines);
        var detail = Assert.Single(world.Run(Sync).Succeeded().Rows("RelationResult", "Detail"), row => row.Length > 0);
        Assert.Contains("SHOP-3 -> SHOP-1 -> SHOP-2 -> SHOP-3", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_ends_of_a_link_in_one_pipeline_are_one_relation()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var run = world.Run(
            "Get-JiraReplica -Key SHOP-2, SHOP-1, SHOP-2 | Get-JiraIssueLinks | Convert-LinkType | Sync-AdoRelation")
                .Succeeded();
        Assert.Equal(
            ["Create SHOP-1 Successor SHOP-2"], run.Rows("RelationResult", "Action", "Source", "Relation", "Target"));
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_fact_decides_before_any_link_does()
    {
        // People made 2 come before 1; Jira says the opposite.
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        await world.Board.RelateAsync(
            await world.Board.IdOfAsync("Issue 2"), Successor, await world.Board.IdOfAsync("Issue 1"));
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Degrade SHOP-1 Related SHOP-2 Cycle"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason"));
        Assert.Contains("Issue 2 Successor Issue 1", await world.Board.RelationsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plan_stops_at_the_limit_of_links_at_either_end(bool isSource)
    {
        var seed = new JiraSeed().Issue(1, "Story");
        for (var i = 2; i <= 1003; i++)
        {
            seed.Issue(i, "Story").Link(isSource ? 1 : i, "blocks", isSource ? i : 1);
        }

        await using var world = await World.StartAsync(seed.Lines);
        var rows = world.Run($"{Sync} -PlanOnly").Succeeded().Rows("RelationChange", "Action", "Reason", "Detail");
        Assert.Equal(1000, rows.Count(row => row.StartsWith("Create", StringComparison.Ordinal)));
        Assert.Equal(
            Enumerable.Repeat("Skip LinkLimit SHOP-1 has 1000 links, and the service allows no more.", 2),
            rows.Where(row => !row.StartsWith("Create", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_chain_of_parents_that_Jira_turned_round_is_turned_round(bool isOurs)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story");
        await using var world = await World.StartAsync((isOurs ? seed.Parent(2, 1).Parent(3, 2) : seed).Lines);
        world.Run(Sync).Succeeded();
        if (!isOurs)
        {
            const string Child = "System.LinkTypes.Hierarchy-Forward";
            var two = await world.Board.IdOfAsync("Issue 2");
            await world.Board.RelateAsync(await world.Board.IdOfAsync("Issue 1"), Child, two);
            await world.Board.RelateAsync(two, Child, await world.Board.IdOfAsync("Issue 3"));
        }

        // What is below 2 moves above it.
        await world.Tracker.SetParentAsync("SHOP-3", "SHOP-1");
        await world.Tracker.SetParentAsync("SHOP-2", "SHOP-3");
        var run = world.Run($"{Sync} -ParentConflict Replace").Succeeded();
        Assert.Equal(
            ["Replace SHOP-2 Parent SHOP-3", "Replace SHOP-3 Parent SHOP-1"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target").Order());
        Assert.Equal(
            ["Issue 1 Child Issue 3", "Issue 2 Parent Issue 3", "Issue 3 Child Issue 2", "Issue 3 Parent Issue 1"],
            await world.Board.RelationsAsync());
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task A_parent_that_we_made_of_a_link_gives_way_although_nothing_is_said_of_that_link()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Link(3, "contains", 2);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run($"{Sync} -LinkTypeMapping @{{ contains = 'Child' }}").Succeeded();
        await world.Tracker.SetParentAsync("SHOP-2", "SHOP-1");
        var run = world.Run(
            """
            $read = Get-JiraReplica -Key SHOP-2, SHOP-3
            $read | Get-JiraIssueLinks -IncludeParent | Where-Object IsParent | Convert-LinkType | Sync-AdoRelation -Scope $read
            """);
        Assert.Equal(["Replace SHOP-2 Parent SHOP-1"],
            run.Succeeded().Rows("RelationResult", "Action", "Source", "Relation", "Target"));
        Assert.Equal(["Issue 1 Child Issue 2", "Issue 2 Parent Issue 1"], await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_child_whose_new_parent_is_impossible_keeps_its_old_one_and_the_rest_is_decided_beside_it()
    {
        var seed = new JiraSeed().Issue(2, "Story").Issue(3, "Story").Issue(4, "Sub-task").Issue(5, "Story")
            .Parent(2, 3).Parent(4, 3).Parent(5, 2);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var (two, five) = (await world.Board.IdOfAsync("Issue 2"), await world.Board.IdOfAsync("Issue 5"));
        // People put 2 below 5 and 3 below 2, and 4 elsewhere.
        const string Parent = "System.LinkTypes.Hierarchy-Reverse";
        await world.Board.RelateAsync(two, Parent, five);
        await world.Board.RelateAsync(await world.Board.IdOfAsync("Issue 3"), Parent, two);
        await world.Board.RelateAsync(
            await world.Board.IdOfAsync("Issue 4"), Parent, await world.Board.CreateAsync("User Story", "Somebody's"));
        string[] rows = ["Replace SHOP-4 SHOP-3 ", "Skip SHOP-2 SHOP-3 Cycle", "Skip SHOP-5 SHOP-2 Cycle"];
        var plan = world.Run($"{Sync} -ParentConflict Replace -PlanOnly").Succeeded();
        Assert.Equal(rows, plan.Rows("RelationChange", "Action", "Source", "Target", "Reason").Order());
        var run = world.Run($"{Sync} -ParentConflict Replace").Succeeded();
        Assert.Equal(rows, run.Rows("RelationResult", "Action", "Source", "Target", "Reason").Order());
        Assert.Equal(
            [
                "Issue 2 Child Issue 3", "Issue 2 Parent Issue 5", "Issue 3 Child Issue 4",
                "Issue 3 Parent Issue 2", "Issue 4 Parent Issue 3", "Issue 5 Child Issue 2",
            ],
            await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_parent_that_the_service_refuses_is_skipped_and_not_degraded()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Sub-task").Parent(2, 1);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var (one, two) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        var (x, y) = (await world.Board.CreateAsync("Task", "X"), await world.Board.CreateAsync("Task", "Y"));
        // Nobody reads the middle of the cycle.
        const string Child = "System.LinkTypes.Hierarchy-Forward";
        await world.Board.RelateAsync(two, Child, x);
        await world.Board.RelateAsync(x, Child, y);
        await world.Board.RelateAsync(y, Child, one);
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Skip SHOP-2 Parent SHOP-1 Cycle"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason"));
        Assert.Equal("NoChange", run.RunOutcome());
        Assert.Equal(6, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task What_people_related_after_the_plan_is_treated_as_the_plan_would_have()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Sub-task").Issue(3, "Story").Issue(4, "Story")
            .Parent(2, 1).Link(1, "duplicates", 3).Link(1, "blocks", 4);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        const string Plan =
            "$plan = Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Compare-AdoRelation";
        world.Run(Plan).Succeeded();
        var (one, other) = (
            await world.Board.IdOfAsync("Issue 1"), await world.Board.CreateAsync("User Story", "Somebody's"));
        await world.Board.RelateAsync(
            await world.Board.IdOfAsync("Issue 2"), "System.LinkTypes.Hierarchy-Reverse", other);
        await world.Board.RelateAsync(one, "System.LinkTypes.Duplicate-Reverse", other);
        await world.Board.RelateAsync(one, Successor, await world.Board.IdOfAsync("Issue 4"));
        var run = world.Run("$plan | Sync-AdoRelation").Succeeded();
        Assert.Equal(
            [
                "Adopt SHOP-1 Successor SHOP-4 ",
                "Degrade SHOP-1 Related SHOP-3 SecondParent",
                "Skip SHOP-2 Parent SHOP-1 ParentConflict",
            ],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason").Order());
        Assert.Contains("Somebody's Child Issue 2", await world.Board.RelationsAsync());
        Assert.Equal(8, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task What_another_run_wrote_after_the_plan_is_kept()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        world.Run("$plan = Get-JiraReplica -Key SHOP-1 | Get-JiraIssueLinks | Convert-LinkType | Compare-AdoRelation")
            .Succeeded();
        world.Run(Sync).Succeeded();
        Assert.Equal(["Keep False"],
            world.Run("$plan | Sync-AdoRelation").Succeeded().Rows("RelationResult", "Action", "IsApplied"));
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task What_is_ours_between_issues_that_were_not_selected_is_not_pruned()
    {
        var seed = Two().Issue(3, "Story").Link(1, "relates to", 2).Link(1, "relates to", 3).Link(2, "blocks", 3);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-3");
        // Both are read as the other ends of what is removed.
        var run = world.Run("Invoke-JiraAdoSync -Key SHOP-1 -Prune").Succeeded();
        Assert.Equal(["Remove", "Remove"], run.Rows("RelationResult", "Action"));
        Assert.Equal(["Issue 2 Successor Issue 3", "Issue 3 Predecessor Issue 2"], await world.Board.RelationsAsync());
    }

    [Theory]
    [InlineData(30, 20)]
    [InlineData(230, 23)]
    public async Task A_tenth_of_the_relations_may_go_or_twenty_and_not_one_more(int relations, int removable)
    {
        var seed = new JiraSeed().Issue(1, "Story");
        for (var i = 2; i <= relations + 1; i++)
        {
            seed.Issue(i, "Story").Link(1, "relates to", i);
        }

        await using var world = await World.StartAsync(seed.Lines);
        world.Run(Sync).Succeeded();
        for (var i = 2; i <= removable + 2; i++)
        {
            await world.Tracker.UnlinkAsync("SHOP-1", $"SHOP-{i}");
        }

        Assert.Equal("PruneLimitExceeded", world.Run($"{Sync} -Prune").FailureId);
        Assert.Equal(2 * relations, (await world.Board.RelationsAsync()).Count);
        await world.Tracker.LinkAsync("SHOP-1", "Relates", "SHOP-2");
        var run = world.Run($"{Sync} -Prune").Succeeded();
        Assert.Equal(removable, run.Rows("RelationResult", "Action").Count(action => action == "Remove"));
    }

    [Theory]
    [InlineData("SHOP-1")]
    [InlineData("SHOP-2")]
    public async Task A_link_is_not_pruned_whichever_of_its_ends_is_hidden(string hidden)
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run(Sync).Succeeded();
        await world.HideAsync(hidden);
        Assert.Empty(world.Run($"{Sync} -Prune").Succeeded().Rows("RelationResult", "Action"));
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    private static JiraSeed Two() => new JiraSeed().Issue(1, "Story").Issue(2, "Story");
}
