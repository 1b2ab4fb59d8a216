using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>The recipe's story, each edge seen through the sandbox's REST.</summary>
public sealed class RecipeTests
{
    private const string Pay = "Customers can pay by card";
    private const string Choose = "Choose a payment provider";
    private const string Build = "Build the checkout page";
    private const string Rounding = "Totals are rounded to whole dollars";
    private const string LayOut = "Lay out the form";
    private const string Check = "Check card numbers while typing";

    private static readonly string[] Common =
    [
        $"{Build} Child {Check}",
        $"{Build} Child {LayOut}",
        $"{Check} Parent {Build}",
        $"{LayOut} Parent {Build}",
        $"{Pay} Related {Rounding}",
        $"{Rounding} Related {Pay}",
    ];

    [Fact]
    public async Task By_default_a_blocker_is_before_what_it_blocks()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(
            [
                $"User Story: {Pay}", $"Issue: {Choose}", $"Issue: {Build}", $"Bug: {Rounding}", $"Task: {LayOut}",
                $"Task: {Check}",
            ],
            await world.Board.TitlesAsync());
        string[] blocks =
        [
            $"{Choose} Successor {Pay}", $"{Pay} Predecessor {Choose}", $"{Build} Successor {Pay}",
            $"{Pay} Predecessor {Build}",
        ];
        Assert.Equal(Common.Concat(blocks).Order(StringComparer.Ordinal), await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task The_recipes_own_table_is_obeyed_to_the_letter()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(
            """
            $map = @{ 'blocks' = 'System.LinkTypes.Dependency-Reverse'; 'relates to' = 'System.LinkTypes.Related' }
            $replicas = Get-JiraReplica -Jql 'project = SHOP'
            $null = $replicas | Sync-AdoWorkItem
            $replicas | Get-JiraIssueLinks -IncludeParent | Convert-LinkType -Mapping $map | Sync-AdoRelation
            """).Succeeded();
        string[] reversed =
        [
            $"{Choose} Predecessor {Pay}", $"{Pay} Successor {Choose}", $"{Build} Predecessor {Pay}",
            $"{Pay} Successor {Build}",
        ];
        Assert.Equal(Common.Concat(reversed).Order(StringComparer.Ordinal), await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_second_run_writes_nothing()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        // As on an agent that starts empty: nothing is remembered.
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        await world.ResetRequestsAsync();

        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.All(run.Rows("WorkItemResult", "Action"), action => Assert.Equal("Keep", action));
        Assert.All(run.Rows("RelationResult", "Action"), action => Assert.Equal("Keep", action));
        Assert.DoesNotContain(
            (await world.RequestsAsync("ado")).Keys, route => route.Contains("$batch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_of_an_empty_project_shows_all_and_writes_nothing()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var plan = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly").Succeeded();
        Assert.Equal(
            [
                "Create SHOP-5 Parent SHOP-3",
                "Create SHOP-6 Parent SHOP-3",
                "Create SHOP-2 Successor SHOP-1",
                "Create SHOP-3 Successor SHOP-1",
                "Create SHOP-4 Related SHOP-1",
            ],
            plan.Rows("RelationChange", "Action", "Source", "Relation", "Target"));
        Assert.Equal(6, plan.Rows("WorkItemChange", "Action").Count(action => action == "Create"));
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task WhatIf_shows_the_same_and_writes_nothing()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -WhatIf").Succeeded();
        Assert.Equal(11, run.Rows("WorkItemResult", "Action").Concat(run.Rows("RelationResult", "Action"))
            .Count(row => row == "Create"));
        Assert.Equal("WouldChange", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task The_stages_compose_in_one_pipeline_under_WhatIf()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var run = world.Run(
            """
            $map = Get-LinkTypeMapping
            Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks -IncludeParent | Convert-LinkType -Mapping $map | Sync-AdoRelation -WhatIf
            """).Succeeded();
        Assert.Equal(5, run.Rows("RelationResult", "Action").Count(action => action == "Create"));
        Assert.Empty(await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task The_sample_script_runs()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var sample = Path.Combine(Repository.StagedModule, "samples", "recipe-story.ps1");
        world.Session.Set("sample", await File.ReadAllTextAsync(sample, TestContext.Current.CancellationToken));
        var run = world.Run(
            """
            & ([scriptblock]::Create($sample)) -JiraUri $jiraUri -JiraCredential $jiraCredential -OrganizationUri $organizationUri `
                -Project $project -AdoToken $adoToken -Jql 'project = SHOP'
            """).Succeeded();
        Assert.Equal(["NoChange"], run.Rows("SyncSummary", "Outcome"));
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
        Assert.Contains(run.Output, line => line.ToString().Contains("Predecessor  Issue 2", StringComparison.Ordinal));
    }
}
