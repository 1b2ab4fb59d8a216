using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// What a run may cost in requests: pages of 100 issues; look-ups, creations, the check for twins, edges and further
/// writes by 200. Relation types, the proof of the look-up and the like have a constant of 20. All issues have a
/// description, and some a status whose state a work item can't be created in.
/// </summary>
public sealed class RequestBudgetTests
{
    private const int Constant = 20;

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(99, 7, 1)]
    [InlineData(200, 199, 200)]
    [InlineData(201, 201, 0)]
    [InlineData(437, 250, 210)]
    [InlineData(1201, 401, 601)]
    [InlineData(437, 250, 210, JiraFlavor.DataCenter)]
    public async Task A_first_run_and_one_that_finds_nothing_to_do_stay_within_their_budgets(
        int issues,
        int outside,
        int moved,
        JiraFlavor jira = JiraFlavor.Cloud)
    {
        await using var world = await World.StartAsync(
            Seed(issues, outside, moved).Lines, adjust: options => options with { Jira = jira });
        await world.ResetRequestsAsync();
        var first = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var edges = first.Rows("RelationResult", "IsApplied").Count(isApplied => isApplied == "True");
        Assert.Equal(ExpectedEdges(issues), edges);
        Assert.InRange(await CountAsync(world), 1, FirstRun(issues, edges, outside, moved));

        // The next run is one of another session, as on an agent that starts empty.
        world.Reconnect();
        await world.ResetRequestsAsync();
        var second = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", second.Summary.Properties["Outcome"].Value.ToString());
        Assert.InRange(
            await CountAsync(world), 1, Ceiling(issues, 100) + (2 * Ceiling(issues, 200)) + Ceiling(outside, 200)
                + Constant);
        Assert.DoesNotContain(
            await world.RequestsAsync("ado"), route => route.Key.EndsWith("$batch", StringComparison.Ordinal));
    }

    /// <summary>
    /// Each term is the largest once, and nothing is allowed but it and the requests that every run sends.
    /// </summary>
    [Theory]
    [InlineData(1000, 0, 0, 0)]
    [InlineData(200, 2000, 0, 0)]
    [InlineData(200, 0, 1000, 0)]
    [InlineData(600, 600, 0, 600)]
    [InlineData(600, 600, 0, 300)]
    public async Task Each_term_of_the_budget_is_exact(int issues, int links, int outside, int moved)
    {
        // The fields, the relation types, the work item types, the permission, the query that proves the look-up; and
        // two where that query runs before the look-up knows what was created.
        const int Fixed = 7;
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = Linked(issues, links, outside, moved).Lines });
        await world.ResetRequestsAsync();
        var first = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal(links, first.Rows("RelationResult", "IsApplied").Count(isApplied => isApplied == "True"));
        Assert.InRange(await CountAsync(world), 1, FirstRun(issues, links, outside, moved) - Constant + Fixed);
        Assert.DoesNotContain(
            await world.RequestsAsync("ado"), route => route.Key.EndsWith("workitemsbatch", StringComparison.Ordinal));

        world.Reconnect();
        await world.ResetRequestsAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.InRange(
            await CountAsync(world), 1,
            Ceiling(issues, 100) + (2 * Ceiling(issues, 200)) + Ceiling(outside, 200) + Fixed);
    }

    [Fact]
    public async Task Descriptions_of_new_issues_come_with_the_issues()
    {
        await using var world = await World.StartAsync(Seed(437, outside: 0, moved: 0).Lines);
        await world.ResetRequestsAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.DoesNotContain(
            await world.RequestsAsync("jira"), route => route.Key.EndsWith("bulkfetch", StringComparison.Ordinal));
        Assert.Equal(437, (await world.Board.ItemsAsync()).Count(item =>
            item["fields"]!["System.Description"]?.ToString()
                .Contains("What it is about.", StringComparison.Ordinal) == true));
    }

    [Fact]
    public async Task Each_slice_stays_within_the_budget_of_the_whole()
    {
        await using var world = await World.StartAsync(Seed(437, outside: 250, moved: 210).Lines);
        foreach (var slice in new[] { 1, 2 })
        {
            world.Reconnect();
            await world.ResetRequestsAsync();
            var run = world.Run($"Invoke-JiraAdoSync -Jql 'project = SHOP' -SliceIndex {slice} -SliceCount 2")
                .Succeeded();
            var edges = run.Rows("RelationResult", "IsApplied").Count(isApplied => isApplied == "True");
            Assert.InRange(await CountAsync(world), 1, FirstRun(437, edges, 250, 210));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(110)]
    public async Task Issues_that_changed_cost_the_same_however_many_there_are_in_all(int changed)
    {
        Assert.Equal(await CostOfChangesAsync(changed, 220), await CostOfChangesAsync(changed, 520));
    }

    private static async Task<int> CostOfChangesAsync(int changed, int issues)
    {
        await using var world = await World.StartAsync(Seed(issues, outside: 3, moved: 0).Lines);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        foreach (var issue in Enumerable.Range(1, changed))
        {
            await world.Tracker.SetSummaryAsync($"SHOP-{issue}", "Another summary");
        }

        world.Reconnect();
        await world.ResetRequestsAsync();
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -UpdatedSince '2026-06-01'").Succeeded();
        Assert.Equal(changed, run.Rows("WorkItemResult", "Action").Count(action => action == "Update"));
        return await CountAsync(world);
    }

    private static int FirstRun(int issues, int edges, int outside, int moved) =>
        Ceiling(issues, 100) + (3 * Ceiling(issues, 200)) + Ceiling(edges, 200) + Ceiling(outside, 200)
            + Ceiling(moved, 200) + Constant;

    /// <summary>
    /// Each issue blocks the next and relates to one further on; every fifth is a child of the one before it.
    /// </summary>
    private static JiraSeed Seed(int issues, int outside, int moved)
    {
        var seed = new JiraSeed();
        for (var issue = 1; issue <= issues; issue++)
        {
            seed.Issue(issue, issue % 5 == 0 ? "Sub-task" : "Story").Fields(issue, """{"description":"What it is about."}""");
            if (issue <= moved)
            {
                seed.Status(issue, "In Progress", "indeterminate");
            }

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

    /// <summary>
    /// Each issue relates to the next ones; the first of them are in a state that needs a second write.
    /// </summary>
    private static JiraSeed Linked(int issues, int links, int outside, int moved)
    {
        var seed = new JiraSeed();
        for (var issue = 1; issue <= issues; issue++)
        {
            seed.Issue(issue, "Story").Fields(issue, """{"description":"What it is about."}""");
            if (issue <= moved)
            {
                seed.Status(issue, "In Progress", "indeterminate");
            }
        }

        for (var link = 0; link < links; link++)
        {
            var (step, from) = ((link / issues) + 1, (link % issues) + 1);
            seed.Link(from, "relates to", from + step <= issues ? from + step : from + step - issues);
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
