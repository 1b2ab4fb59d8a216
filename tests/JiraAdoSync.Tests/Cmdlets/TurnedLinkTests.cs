using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Links that people turn round on one side: what blocked is blocked from then on.</summary>
public sealed class TurnedLinkTests
{
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -Wiql '[System.Id] > 0' -Prune";
    private const string Successor = "System.LinkTypes.Dependency-Forward";

    [Theory]
    [InlineData(JiraFlavor.Cloud, true, true)]
    [InlineData(JiraFlavor.Cloud, false, true)]
    [InlineData(JiraFlavor.Cloud, true, false)]
    [InlineData(JiraFlavor.Cloud, false, false)]
    [InlineData(JiraFlavor.DataCenter, true, true)]
    [InlineData(JiraFlavor.DataCenter, false, false)]
    public async Task They_are_turned_round_on_the_other_side(JiraFlavor flavor, bool isMadeInJira, bool isTurnedInJira)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Link(1, "blocks", 3);
        await using var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        world.Run(Both).Succeeded();
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var (one, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"));
        await (isMadeInJira ? eve.LinkAsync("SHOP-1", "Blocks", "SHOP-2") : ann.RelateAsync(one, Successor, other));
        world.RunAnew(Both);
        if (isTurnedInJira)
        {
            await eve.UnlinkAsync("SHOP-1", "Blocks", "SHOP-2");
            await eve.LinkAsync("SHOP-2", "Blocks", "SHOP-1");
        }
        else
        {
            await ann.UnrelateAsync(one, Successor, other);
            await ann.RelateAsync(other, Successor, one);
        }

        Assert.Equal("Changed", world.RunAnew(Both).RunOutcome());
        Assert.Equal(
            ["Issue 1 Predecessor Issue 2", "Issue 2 Successor Issue 1"],
            (await ann.RelationsAsync()).Where(relation => relation.Contains("Issue 2", StringComparison.Ordinal)));
        Assert.Equal(["blocks SHOP-1"], (await BothSides.IssuesAsync(world, flavor, "key = SHOP-2")).Values.Single().Links);
        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());
    }
}
