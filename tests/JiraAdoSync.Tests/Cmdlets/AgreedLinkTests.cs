using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Links that people made alike on both sides, and then remove on one.</summary>
public sealed class AgreedLinkTests
{
    private const string OneWay = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
    private const string Both = $"{OneWay} -Direction Both -Wiql '[System.Id] > 0' -Prune";
    private const string Related = "System.LinkTypes.Related";

    [Theory]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.DataCenter, true)]
    [InlineData(JiraFlavor.DataCenter, false)]
    public async Task They_are_remembered_once_and_across_one_way_runs(JiraFlavor flavor, bool isRemovedInJira)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var (one, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"));
        await ann.RelateAsync(one, Related, other);
        await eve.LinkAsync("SHOP-1", "Relates", "SHOP-2");
        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());
        await world.ResetRequestsAsync();
        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());
        Assert.DoesNotContain(
            (await world.RequestsAsync("jira")).Keys,
            route => route.Contains("propert", StringComparison.Ordinal) && !route.StartsWith("GET", StringComparison.Ordinal));

        world.RunAnew(OneWay);
        await (isRemovedInJira ? eve.UnlinkAsync("SHOP-1", "SHOP-2") : ann.UnrelateAsync(one, Related, other));
        if (isRemovedInJira)
        {
            // What people made stays where runs go one way.
            world.RunAnew($"{OneWay} -Prune");
            Assert.Contains("Issue 1 Related Issue 2", await ann.RelationsAsync());
        }

        Assert.Equal("Changed", world.RunAnew(Both).RunOutcome());
        Assert.DoesNotContain("Issue 1 Related Issue 2", await ann.RelationsAsync());
        Assert.Single(world.Run("Get-JiraIssueLinks -Key SHOP-1").Succeeded().Output);
        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Where_the_account_may_not_edit_the_preflight_says_so_and_runs_keep_quiet(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await ann.RelateAsync(await ann.IdOfAsync("Issue 1"), Related, await ann.IdOfAsync("Issue 2"));
        await eve.LinkAsync("SHOP-1", "Relates", "SHOP-2");
        await world.SetAccountAsync(new JsonObject { ["withoutPermissions"] = new JsonArray("SHOP:EDIT_ISSUES") });
        var writes = JiraWrites.Of(world.Sandbox.JiraUri).Count;

        var run = world.RunAnew(Both);
        Assert.Equal("NoChange", run.RunOutcome());
        Assert.Empty(run.Warnings);
        Assert.Equal(writes, JiraWrites.Of(world.Sandbox.JiraUri).Count);
        var check = Assert.Single(
            world.Run(Both.Replace("Invoke-", "Test-", StringComparison.Ordinal)).Of("SyncCheck"),
            one => $"{one.Properties["Name"].Value}" == "EDIT_ISSUES in SHOP");
        Assert.Equal("Warning", $"{check.Properties["Result"].Value}");
        Assert.Contains("alike on both sides", $"{check.Properties["Detail"].Value}", StringComparison.Ordinal);

        await world.SetAccountAsync([]);
        world.RunAnew(Both);
        await eve.UnlinkAsync("SHOP-1", "SHOP-2");
        world.RunAnew(Both);
        Assert.DoesNotContain("Issue 1 Related Issue 2", await ann.RelationsAsync());
    }

    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Link(1, "relates to", 3);
        var world = (await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        world.Run(Both).Succeeded();
        world.Run(OneWay).Succeeded();
        return world;
    }
}
