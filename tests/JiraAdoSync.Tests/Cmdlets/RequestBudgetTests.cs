using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// What a run may cost in requests: pages of 100 issues; look-ups, creations, the check for twins and edges by 200.
/// Signing in, relation types, the proof of the look-up and the like have a constant of 20. Descriptions, which Jira renders
/// on request, cost a page for 100 issues that get one anew; these have none.
/// </summary>
public sealed class RequestBudgetTests
{
    private const int Constant = 20;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(99, 7)]
    [InlineData(200, 199)]
    [InlineData(201, 201)]
    [InlineData(437, 250)]
    public async Task A_first_run_and_one_that_finds_nothing_to_do_stay_within_their_budgets(int issues, int outside)
    {
        await using var world = await World.StartAsync(Seed(issues, outside).Lines);
        await world.ResetRequestsAsync();
        var first = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var edges = first.Rows("RelationResult", "IsApplied").Count(isApplied => isApplied == "True");
        Assert.Equal(ExpectedEdges(issues), edges);
        Assert.InRange(
            await CountAsync(world),
            1,
            Ceiling(issues, 100) + (3 * Ceiling(issues, 200)) + Ceiling(edges, 200) + Ceiling(outside, 200) + Constant);

        // The next run is one of another session, as on an agent that starts empty.
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        await world.ResetRequestsAsync();
        var second = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", second.Summary.Properties["Outcome"].Value.ToString());
        Assert.InRange(
            await CountAsync(world), 1, Ceiling(issues, 100) + (2 * Ceiling(issues, 200)) + Ceiling(outside, 200) + Constant);
        Assert.DoesNotContain(await world.RequestsAsync("ado"), route => route.Key.EndsWith("$batch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Issues_that_changed_cost_the_same_however_many_there_are_in_all()
    {
        Assert.Equal(await CostOfOneChangeAsync(120), await CostOfOneChangeAsync(520));
    }

    private static async Task<int> CostOfOneChangeAsync(int issues)
    {
        await using var world = await World.StartAsync(Seed(issues, outside: 3).Lines);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Another summary");
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        await world.ResetRequestsAsync();
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -UpdatedSince '2026-06-01'").Succeeded();
        Assert.Equal(["Update SHOP-1"], run.Rows("WorkItemResult", "Action", "Key"));
        return await CountAsync(world);
    }

    /// <summary>Each issue blocks the next and relates to one further on; every fifth is a child of the one before it.</summary>
    private static JiraSeed Seed(int issues, int outside)
    {
        var seed = new JiraSeed();
        for (var issue = 1; issue <= issues; issue++)
        {
            seed.Issue(issue, issue % 5 == 0 ? "Sub-task" : "Story");
            if (issue % 5 == 0)
            {
                seed.Parent(issue, issue - 1);
            }
        }

        for (var issue = 1; issue <= issues; issue++)
        {
            if (issue < issues)
            {
                seed.Link(issue, "blocks", issue + 1);
            }

            if (issue + 100 <= issues)
            {
                seed.Link(issue, "relates to", issue + 100);
            }
        }

        for (var end = 0; end < outside; end++)
        {
            seed.Link((end % issues) + 1, "relates to", 5000 + end);
        }

        return seed;
    }

    private static int ExpectedEdges(int issues) => issues - 1 + Math.Max(issues - 100, 0) + (issues / 5);

    private static int Ceiling(int number, int size) => (number + size - 1) / size;

    private static async Task<int> CountAsync(World world) =>
        (await world.RequestsAsync("jira")).Values.Sum() + (await world.RequestsAsync("ado")).Values.Sum();
}
