using Xunit;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>A two-way run that wrote something of every kind to both sides is undone on both.</summary>
public sealed class TwoWayUndoTests
{
    [Fact]
    public async Task An_undo_restores_both_sides()
    {
        await using var world = await TwoWayStory.StartAsync();
        await TwoWayStory.EditAsync(world);
        var before = await PairSnapshot.OfAsync(world);
        var run = world.Run(TwoWayStory.Sync).Succeeded().Summary.Properties["RunId"].Value;
        world.Run($"Undo-JiraAdoRun -RunId {run} -DeleteIssues -Confirm:$false").Succeeded();
        Same(before, await PairSnapshot.OfAsync(world));

        var again = world.Run($"Undo-JiraAdoRun -RunId {run} -DeleteIssues -Confirm:$false").Succeeded();
        Assert.All(again.Rows("UndoResult", "Action"), action => Assert.Equal("Skip", action));
        Same(before, await PairSnapshot.OfAsync(world));
    }

    [Fact]
    public async Task Created_issues_stay_without_the_switch_and_what_people_changed_since_stays()
    {
        await using var world = await TwoWayStory.StartAsync();
        await TwoWayStory.EditAsync(world);
        var run = world.Run(TwoWayStory.Sync).Succeeded().Summary.Properties["RunId"].Value;
        using var board = (await world.JoinAsync("ann@contoso.example")).Board;
        using var jira = await world.JoinJiraAsync("eve@contoso.example");
        await jira.SetSummaryAsync("SHOP-1", "Issue 1, edited since in Jira");
        await board.SetFieldAsync(await board.IdOfAsync("Issue 2, named in Jira"), "System.Title", "Issue 2, edited since");

        var undo = world.Run($"Undo-JiraAdoRun -RunId {run} -Confirm:$false").Succeeded();

        Assert.Equal(
            [
                "Changed: Leave User Story 2", "Changed: Leave summary of SHOP-1 in Jira",
                "IssueStays: Delete SHOP-12 in Jira", "IssueStays: Delete SHOP-13 in Jira",
            ],
            undo.Of("UndoResult").Where(one => one.Properties["Action"].Value.ToString() == "Skip")
                .Select(one => $"{one.Properties["Reason"].Value}: {one.ToString()!.Replace("Skip ", string.Empty)}")
                .Order(StringComparer.Ordinal));
        var after = await PairSnapshot.OfAsync(world);
        Assert.Contains(after, line => line.StartsWith("Jira: Issue 1, edited since in Jira: Story To Do High", StringComparison.Ordinal));
        Assert.Contains(after, line => line.Contains("\"Issue 2, edited since\"", StringComparison.Ordinal));
        Assert.Contains(after, line => line.StartsWith("Jira: Bug 12, found on the board: Bug", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(80)]
    public async Task A_run_that_broke_off_is_undone(int requests)
    {
        await using var world = await TwoWayStory.StartAsync();
        await TwoWayStory.EditAsync(world);
        var before = await PairSnapshot.OfAsync(world);
        await world.SetFaultsAsync(TwoWayStory.CutOff(requests, isDone: true));
        using var folder = new TemporaryFolder();
        world.Run($"{TwoWayStory.Sync} -RunPath '{folder.Path}'");
        await world.ClearFaultsAsync();
        world.Reconnect();
        world.Run($"Get-JiraAdoRun -RunPath '{folder.Path}' | Undo-JiraAdoRun -RunPath '{folder.Path}' -DeleteIssues -Confirm:$false")
            .Succeeded();
        Same(before, await PairSnapshot.OfAsync(world));
    }

    private static void Same(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        var difference = PairSnapshot.Difference(expected, actual);
        Assert.True(difference.Count == 0, $"{difference.Count} lines differ.\n{string.Join('\n', difference)}");
    }
}
