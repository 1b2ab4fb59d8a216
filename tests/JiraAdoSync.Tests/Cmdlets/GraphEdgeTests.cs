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
        Assert.Equal(["Skip SHOP-1 SHOP-1 SelfLink"], run.Rows("RelationResult", "Action", "Source", "Target", "Reason"));
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
        var ours = new[] { await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"), await world.Board.IdOfAsync("Issue 3") };
        await world.Board.RelateAsync(ours[0], Related, [.. others.Except(ours)]);
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Create SHOP-1 SHOP-2 ", "Skip SHOP-3 SHOP-1 LinkLimit"],
            run.Rows("RelationResult", "Action", "Source", "Target", "Reason").Order());
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
    public async Task A_whole_plan_that_goes_to_the_relations_leaves_its_work_items_out_with_one_warning()
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

        // Where the work items stand, it writes the relations.
        world.Run("$null = Get-JiraReplica -Key SHOP-1, SHOP-2 | Sync-AdoWorkItem").Succeeded();
        run = world.Run($"{Sync} -PlanOnly | Sync-AdoRelation").Succeeded();
        Assert.Equal(["Create"], run.Rows("RelationResult", "Action"));
        Assert.Contains("Issue 1 Successor Issue 2", await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task What_stands_at_an_end_outside_the_selection_is_seen_by_the_plan()
    {
        // 2 duplicates 1, and people say already what else it duplicates.
        await using var world = await World.StartAsync(Two().Link(2, "duplicates", 1).Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        await world.Board.RelateAsync(
            await world.Board.IdOfAsync("Issue 2"), "System.LinkTypes.Duplicate-Reverse", await world.Board.CreateAsync("User Story", "Original"));
        var plan = world.Run("Invoke-JiraAdoSync -Key SHOP-1 -PlanOnly").Succeeded();
        Assert.Equal(["Degrade SecondParent"], plan.Rows("RelationChange", "Action", "Reason"));
        Assert.Equal(["Degrade SecondParent"], world.Run("Invoke-JiraAdoSync -Key SHOP-1").Succeeded().Rows("RelationResult", "Action", "Reason"));
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
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Sub-task").Issue(3, "Story").Parent(2, 1).Link(3, "contains", 2).Link(1, "contains", 2);
        await using var world = await World.StartAsync(seed.Lines);
        var run = world.Run($"{Sync} -LinkTypeMapping @{{ contains = 'Child' }}").Succeeded();
        Assert.Equal(
            ["Create SHOP-2 Parent SHOP-1 ", "Degrade SHOP-3 Related SHOP-2 SecondParent", "Merge SHOP-1 Child SHOP-2 SameRelation"],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason").Order());
    }

    [Fact]
    public async Task A_child_that_got_another_parent_in_Jira_gets_it_and_parents_may_change_places()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Sub-task").Issue(4, "Sub-task").Parent(3, 1).Parent(4, 2);
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
    public async Task A_parent_that_went_in_Jira_goes_with_prune_only()
    {
        var seed = new JiraSeed().Issue(1, "Epic").Issue(2, "Story").Parent(2, 1);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run(Sync).Succeeded();
        await world.Tracker.SetFieldsAsync("SHOP-2", """{ "parent": null }""");
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
        Assert.Equal(["Remove SHOP-2 SHOP-1"], world.Run($"{Sync} -Prune").Succeeded().Rows("RelationResult", "Action", "Source", "Target"));
        Assert.Empty(await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_slice_that_plans_the_whole_removes_its_share_only()
    {
        await using var world = await World.StartAsync(Two().Issue(3, "Story").Link(1, "relates to", 2).Link(2, "relates to", 3).Lines);
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
        Assert.Equal("NoChange", world.Run($"{Sync} -LinkTypeMapping @{{ verifies = 'Verifies' }}").Succeeded().RunOutcome());
    }

    [Fact]
    public async Task An_entry_that_matches_no_link_type_is_told_by_the_coverage()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        var run = world.Run("Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping -Mapping @{ blocks = 'Successor'; blokcs = 'Related' }");
        Assert.Equal(["These entries of the mapping match no link type of the site: 'blokcs'."], run.Succeeded().Warnings);
        Assert.Empty(world.Run("Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping").Succeeded().Warnings);
    }

    [Fact]
    public async Task Translated_issue_types_are_named_with_their_ids_before_anything_is_written()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Historia").Issue(2, "Fehler").Issue(3, "Fehler").Lines);
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
    public async Task A_cycle_is_told_whole_by_its_keys()
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
            "Get-JiraReplica -Key SHOP-2, SHOP-1, SHOP-2 | Get-JiraIssueLinks | Convert-LinkType | Sync-AdoRelation").Succeeded();
        Assert.Equal(["Create SHOP-1 Successor SHOP-2"], run.Rows("RelationResult", "Action", "Source", "Relation", "Target"));
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_fact_decides_before_any_link_does()
    {
        // People made 2 come before 1; Jira says the opposite.
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        await world.Board.RelateAsync(await world.Board.IdOfAsync("Issue 2"), Successor, await world.Board.IdOfAsync("Issue 1"));
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Degrade SHOP-1 Related SHOP-2 Cycle"], run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason"));
        Assert.Contains("Issue 2 Successor Issue 1", await world.Board.RelationsAsync());
    }

    private static JiraSeed Two() => new JiraSeed().Issue(1, "Story").Issue(2, "Story");
}
