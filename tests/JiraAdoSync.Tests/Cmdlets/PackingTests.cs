using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Relations travel with the work items that are created, and whatever becomes of them each exists once.
/// </summary>
public sealed class PackingTests
{
    private const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";

    [Fact]
    public async Task What_is_created_together_is_related_in_the_same_request()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        await world.ResetRequestsAsync();
        var run = world.Run(Sync).Succeeded();
        // The second moves items to their states, and the third adds the relations of those.
        Assert.Equal(3, await BatchesAsync(world));
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
        Assert.Equal(
            [
                "Create SHOP-5 Parent SHOP-3 True",
                "Create SHOP-6 Parent SHOP-3 True",
                "Create SHOP-2 Successor SHOP-1 True",
                "Create SHOP-3 Successor SHOP-1 True",
                "Create SHOP-4 Related SHOP-1 True",
            ],
            run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "IsApplied"));
        Assert.All(run.Rows("RelationResult", "WorkItemId", "TargetWorkItemId"), ids =>
            Assert.Matches("^[1-6] [1-6]$", ids));
        AssertComplete(world, 10, await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_relation_to_what_existed_before_is_sent_by_itself()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-1'").Succeeded();
        await world.ResetRequestsAsync();
        world.Run(Sync).Succeeded();
        Assert.Equal(3, await BatchesAsync(world));
        AssertComplete(world, 10, await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_creation_that_is_refused_with_its_relations_is_created_without_and_related_afterwards()
    {
        await using var world = await World.StartAsync(
            RecipeStory.Issues, switches => switches.LinkAdditionsThatCollide = 1);
        await world.ResetRequestsAsync();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(4, await BatchesAsync(world));
        Assert.Equal(5, run.Rows("RelationResult", "Action", "IsApplied").Count(row => row == "Create True"));
        AssertComplete(world, 10, await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_relation_that_the_service_refuses_is_reported_and_costs_no_work_item()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        // The organisation disables a type between a plan and its approval.
        world.Session.Set("path", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        world.Sandbox.Switches.DisabledLinkTypes = ["System.LinkTypes.Dependency"];
        var run = world.Run("Invoke-JiraAdoPlan $path; [System.IO.File]::Delete($path)");
        Assert.Equal(6, run.Rows("WorkItemResult", "Action", "IsApplied").Count(row => row == "Create True"));
        Assert.Equal(3, run.Rows("RelationResult", "Action", "IsApplied").Count(row => row == "Create True"));
        Assert.Equal(2, run.Rows("RelationResult", "Action").Count(row => row == "Fail"));
        Assert.Equal(6, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_service_that_takes_smaller_batches_gets_every_relation_all_the_same()
    {
        await using var world = await World.StartAsync(Chain(100), switches => switches.BatchLimit = 60);
        world.Run(Sync).Succeeded();
        Assert.Equal(100, (await world.Board.ItemsAsync()).Count);
        AssertComplete(world, 198, await world.Board.RelationsAsync());
    }

    [Theory]
    [InlineData("drop-after")]
    [InlineData("drop-before")]
    [InlineData("one-response")]
    [InlineData("outage")]
    public async Task Relations_of_a_batch_that_fails_as_a_whole_exist_once(string fault)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'key = SHOP-1'").Succeeded();
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/$batch", ["kind"] = fault, ["skip"] = 2,
            ["times"] = 1,
        });
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(5, run.Rows("RelationResult", "Action", "IsApplied").Count(row => row == "Create True"));
        AssertComplete(world, 10, await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task An_item_with_many_relations_is_written_once()
    {
        var seed = new JiraSeed();
        for (var issue = 1; issue <= 250; issue++)
        {
            seed.Issue(issue, "Story");
        }

        for (var issue = 2; issue <= 250; issue++)
        {
            seed.Link(issue, "relates to", 1);
        }

        await using var world = await World.StartAsync(seed.Lines);
        world.Run("Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        await world.ResetRequestsAsync();
        world.Run("$replicas = Get-JiraReplica -Jql 'project = SHOP'; $replicas | Get-JiraIssueLinks | Convert-LinkType | Sync-AdoRelation -Scope $replicas")
            .Succeeded();
        Assert.Equal(1, await BatchesAsync(world));
        AssertComplete(world, 498, await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task Batches_that_go_side_by_side_share_no_work_item()
    {
        await using var world = await World.StartAsync(
            Chain(1200), switches => switches.ParallelLinkWritesCollide = true);
        world.Run("$replicas = Get-JiraReplica -Jql 'project = SHOP'; $null = $replicas | Sync-AdoWorkItem")
            .Succeeded();
        await world.ResetRequestsAsync();
        var run = world.Run("$replicas | Get-JiraIssueLinks | Convert-LinkType | Sync-AdoRelation").Succeeded();
        Assert.Equal(1199, run.Rows("RelationResult", "Action", "IsApplied").Count(row => row == "Create True"));
        Assert.InRange(await BatchesAsync(world), 3, 6);
        Assert.Equal(2398, (await world.Board.RelationsAsync()).Count);
    }

    private static IEnumerable<string> Chain(int issues)
    {
        var seed = new JiraSeed();
        for (var issue = 1; issue <= issues; issue++)
        {
            seed.Issue(issue, "Story");
        }

        for (var issue = 1; issue < issues; issue++)
        {
            seed.Link(issue, "blocks", issue + 1);
        }

        return seed.Lines;
    }

    private static async Task<int> BatchesAsync(World world) => (await world.RequestsAsync("ado"))
        .Where(route => route.Key.EndsWith("$batch", StringComparison.Ordinal))
        .Sum(route => route.Value);

    /// <summary>All relations are there, and a run of another session finds nothing to do.</summary>
    private static void AssertComplete(World world, int expected, IReadOnlyList<string> relations)
    {
        Assert.Equal(expected, relations.Count);
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().Summary.Properties["Outcome"].Value.ToString());
    }
}
