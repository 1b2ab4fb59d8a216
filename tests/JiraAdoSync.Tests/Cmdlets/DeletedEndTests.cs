using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Links and parents whose other end is not in the run, or was deleted on one side.</summary>
public sealed class DeletedEndTests
{
    private const string OneWay = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
    private const string Both = $"{OneWay} -Direction Both -Prune";
    private const string Selected = $"{Both} -Wiql '[System.Id] > 0'";
    private const string Related = "System.LinkTypes.Related";
    private const string Parent = "System.LinkTypes.Hierarchy-Reverse";

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_link_to_a_pair_that_the_run_does_not_select_arrives(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        var (one, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"));
        await ann.RelateAsync(one, Related, other);
        const string slice = "Invoke-JiraAdoSync -Jql 'key = SHOP-1' -Direction Both -Prune";

        Assert.Equal(
            ["Create SHOP-1 relates to SHOP-2 Related True"],
            world.RunAnew(slice).Rows("IssueLinkResult", "Action", "Source", "Phrase", "Target", "Relation", "IsApplied"));
        Assert.Equal("NoChange", world.RunAnew(slice).RunOutcome());
        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, Both)]
    [InlineData(JiraFlavor.Cloud, Selected)]
    [InlineData(JiraFlavor.DataCenter, Both)]
    [InlineData(JiraFlavor.DataCenter, Selected)]
    public async Task A_relation_to_the_work_item_of_an_issue_that_was_deleted_is_reported_and_stays(
        JiraFlavor flavor, string command)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var (one, other, third) = (
            await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"), await ann.IdOfAsync("Issue 6"));
        // One that both sides have, and one that is new.
        await ann.RelateAsync(third, Related, other);
        world.RunAnew(command);
        await ann.RelateAsync(one, Related, other);
        await eve.DeleteAsync("SHOP-2");

        for (var again = 0; again < 2; again++)
        {
            var plan = world.RunAnew($"{command} -PlanOnly");
            var run = world.RunAnew(command);
            string[] skipped = ["Skip SHOP-1 SHOP-2 IssueGone", "Skip SHOP-2 SHOP-6 IssueGone"];
            Assert.Equal(skipped, Links(plan));
            Assert.Equal(skipped, Links(run));
            Assert.Equal("NoChange", run.RunOutcome());
        }

        Assert.Equal(
            ["Issue 1 Related Issue 2", "Issue 6 Related Issue 2"],
            (await ann.RelationsAsync()).Where(relation => relation.EndsWith(" Issue 2", StringComparison.Ordinal)));

        static IEnumerable<string> Links(PowerShellSession.Outcome outcome) =>
            outcome.Rows("IssueLinkResult", "Action", "Source", "Target", "Reason").Order(StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.DataCenter, true)]
    [InlineData(JiraFlavor.DataCenter, false)]
    public async Task Issues_keep_an_epic_whose_work_item_was_deleted(JiraFlavor flavor, bool isGivenInJira)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var epic = await ann.IdOfAsync("Issue 3");
        await (isGivenInJira
            ? eve.SetEpicAsync(flavor, "SHOP-1", "SHOP-3")
            : ann.RelateAsync(await ann.IdOfAsync("Issue 1"), Parent, epic));
        world.RunAnew(Selected);
        await ann.DeleteAsync(epic);

        var run = world.RunAnew(Selected);
        Assert.Equal(["Skip SHOP-3 WorkItemGone"], run.Rows("WorkItemResult", "Action", "Key", "Reason")
            .Where(row => row.StartsWith("Skip", StringComparison.Ordinal)));
        Assert.Empty(run.Of("FieldResult"));
        Assert.Equal(
            ["SHOP-1 Pending SHOP-3", "SHOP-4 Pending SHOP-3"],
            run.Rows("RelationResult", "Source", "Action", "Target").Where(row => row.EndsWith("SHOP-3", StringComparison.Ordinal)));
        Assert.Equal("NoChange", run.RunOutcome());
        var issues = await BothSides.IssuesAsync(world, flavor, "project = SHOP");
        Assert.Equal(("SHOP-3", "SHOP-3"), (issues["SHOP-1"].Parent, issues["SHOP-4"].Parent));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, Both, true)]
    [InlineData(JiraFlavor.Cloud, Selected, false)]
    [InlineData(JiraFlavor.DataCenter, Both, false)]
    [InlineData(JiraFlavor.DataCenter, Selected, true)]
    public async Task Work_items_keep_that_of_an_epic_whose_issue_was_deleted(
        JiraFlavor flavor, string command, bool isGivenInJira)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await (isGivenInJira
            ? eve.SetEpicAsync(flavor, "SHOP-1", "SHOP-3")
            : ann.RelateAsync(await ann.IdOfAsync("Issue 1"), Parent, await ann.IdOfAsync("Issue 3")));
        world.RunAnew(command);
        await eve.DeleteAsync("SHOP-3");

        var run = world.RunAnew(command);
        Assert.Equal(
            ["Skip SHOP-1 System.Parent IssueGone", "Skip SHOP-4 System.Parent IssueGone"],
            run.Rows("FieldResult", "Action", "Key", "Field", "Reason").Order(StringComparer.Ordinal));
        Assert.Equal("NoChange", run.RunOutcome());
        var relations = await ann.RelationsAsync();
        Assert.Contains("Issue 1 Parent Issue 3", relations);
        Assert.Contains("Issue 4 Parent Issue 3", relations);
    }

    [Fact]
    public async Task Several_deleted_issues_are_named()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        foreach (var key in new[] { "SHOP-1", "SHOP-2", "SHOP-5", "SHOP-6" })
        {
            await eve.DeleteAsync(key);
        }

        var warning = Assert.Single(
            world.RunAnew(Selected).Warnings, text => text.StartsWith("IssueGone", StringComparison.Ordinal));
        Assert.Matches(
            @"the issues of 4 work items .* SHOP-\d of work item \d+, SHOP-\d of work item \d+, SHOP-\d of work item \d+ and others\.",
            warning);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_parent_outside_the_selection_that_people_remove_is_removed_in_Jira(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        const string slice = "Invoke-JiraAdoSync -Jql 'key = SHOP-4' -Direction Both -Prune";
        world.RunAnew(slice);
        await ann.UnrelateAsync(await ann.IdOfAsync("Issue 4"), Parent, await ann.IdOfAsync("Issue 3"));

        Assert.Equal("Changed", world.RunAnew(slice).RunOutcome());
        Assert.Null((await BothSides.IssuesAsync(world, flavor, "project = SHOP"))["SHOP-4"].Parent);
    }

    /// <summary>Stories and an epic with one of them, synchronised both ways.</summary>
    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Epic").Issue(4, "Story").Parent(4, 3)
            .Issue(5, "Story").Issue(6, "Story").Link(5, "relates to", 6);
        var world = (await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        world.Run(OneWay).Succeeded();
        world.Run(Both).Succeeded();
        return world;
    }
}
