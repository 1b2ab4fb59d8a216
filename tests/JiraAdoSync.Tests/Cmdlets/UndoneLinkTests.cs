using JiraAdoSync.Sandbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Undos of two-way runs that gave or removed links and parents, or only had issues remember links.</summary>
public sealed class UndoneLinkTests
{
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -Wiql '[System.Id] > 0' -Prune";
    private const string Parent = "System.LinkTypes.Hierarchy-Reverse";
    private const string Successor = "System.LinkTypes.Dependency-Forward";

    /// <summary>Where Jira is, who made the link, and who removes it.</summary>
    public static TheoryData<JiraFlavor, bool, bool> Removals =>
        new(from flavor in Enum.GetValues<JiraFlavor>() from isOfJira in (bool[])[true, false]
            from isRemovedInJira in (bool[])[true, false] select (flavor, isOfJira, isRemovedInJira));

    [Theory]
    [MemberData(nameof(Removals))]
    public async Task A_link_is_given_and_removed_and_an_undo_of_either_leaves_it_to_the_next_run(
        JiraFlavor flavor, bool isOfJira, bool isRemovedInJira)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(flavor, time);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var (one, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"));
        await (isOfJira ? eve.LinkAsync("SHOP-1", "Blocks", "SHOP-2") : ann.RelateAsync(one, Successor, other));
        await RunsAndUndoesAsync(world, flavor, time);

        await (isRemovedInJira ? eve.UnlinkAsync("SHOP-1", "SHOP-2") : ann.UnrelateAsync(one, Successor, other));
        await RunsAndUndoesAsync(world, flavor, time);
    }

    [Theory]
    [MemberData(nameof(Removals))]
    public async Task A_parent_is_given_and_removed_and_an_undo_of_either_leaves_it_to_the_next_run(
        JiraFlavor flavor, bool isOfJira, bool isRemovedInJira)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(flavor, time);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var (story, epic) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 4"));
        await (isOfJira ? eve.SetEpicAsync(flavor, "SHOP-1", "SHOP-4") : ann.RelateAsync(story, Parent, epic));
        await RunsAndUndoesAsync(world, flavor, time);

        await (isRemovedInJira ? eve.SetEpicAsync(flavor, "SHOP-1", null) : ann.UnrelateAsync(story, Parent, epic));
        await RunsAndUndoesAsync(world, flavor, time);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_parent_that_somebody_changes_since_is_left_and_the_undo_says_so(JiraFlavor flavor)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(flavor, time);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await ann.RelateAsync(await ann.IdOfAsync("Issue 1"), Parent, await ann.IdOfAsync("Issue 4"));
        var run = world.RunAnew(Both);
        await eve.SetEpicAsync(flavor, "SHOP-1", "SHOP-5");

        var before = await PairState.OfAsync(world, flavor);
        Assert.Contains("Skip SHOP-1 Changed", Undo(world, run).Rows("UndoResult", "Action", "Key", "Reason"));
        Assert.Equal(before, await PairState.OfAsync(world, flavor));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.DataCenter, true)]
    [InlineData(JiraFlavor.DataCenter, false)]
    public async Task An_undo_of_a_run_that_only_had_issues_remember_links_changes_nothing(
        JiraFlavor flavor, bool isRemovedInJira)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(flavor, time);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var (one, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"));
        await ann.RelateAsync(one, Successor, other);
        await eve.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        var run = world.RunAnew(Both);
        var before = await PairState.OfAsync(world, flavor);

        Assert.Empty(Undo(world, run).Of("UndoResult"));
        Assert.Equal(before, await PairState.OfAsync(world, flavor));
        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());

        await (isRemovedInJira ? eve.UnlinkAsync("SHOP-1", "SHOP-2") : ann.UnrelateAsync(one, Successor, other));
        world.RunAnew(Both);
        Assert.DoesNotContain("Issue 1 Successor Issue 2", await ann.RelationsAsync());
        Assert.Single((await BothSides.IssuesAsync(world, flavor, "key = SHOP-2"))["SHOP-2"].Links);
    }

    /// <summary>A run, its undo, which is done twice, and the run that does the same again.</summary>
    private static async Task RunsAndUndoesAsync(World world, JiraFlavor flavor, FakeTimeProvider time)
    {
        var before = await PairState.OfAsync(world, flavor);
        var run = Later(Both);
        Assert.True(run.RunOutcome() == "Changed", Said(run));
        var after = await PairState.OfAsync(world, flavor);

        time.Advance(TimeSpan.FromMinutes(5));
        Undo(world, run);
        Assert.Equal(before, await PairState.OfAsync(world, flavor));
        var second = Undo(world, run).Rows("UndoResult", "Action");
        Assert.All(second, action => Assert.Equal("Skip", action));
        Assert.Equal(before, await PairState.OfAsync(world, flavor));

        var again = Later(Both);
        Assert.True(again.RunOutcome() == "Changed", Said(again));
        Assert.Equal(after, await PairState.OfAsync(world, flavor));
        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());
        time.Advance(TimeSpan.FromMinutes(5));

        PowerShellSession.Outcome Later(string command)
        {
            time.Advance(TimeSpan.FromMinutes(5));
            return world.RunAnew(command);
        }

        static string Said(PowerShellSession.Outcome run) => string.Join('\n', run.Output.Select(one => one.ToString()));
    }

    private static PowerShellSession.Outcome Undo(World world, PowerShellSession.Outcome run) =>
        world.RunAnew($"Undo-JiraAdoRun -RunId {run.Summary.Properties["RunId"].Value} -Confirm:$false");

    private static async Task<World> StartAsync(JiraFlavor flavor, FakeTimeProvider time)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Issue(4, "Epic").Issue(5, "Epic")
            .Link(3, "blocks", 2).Parent(3, 4);
        var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Jira = flavor, TimeProvider = time })).ThatWritesJira();
        world.Watch = _ => time.Advance(TimeSpan.FromMilliseconds(10));
        world.RunAnew(Both);
        world.RunAnew(Both);
        return world;
    }
}
