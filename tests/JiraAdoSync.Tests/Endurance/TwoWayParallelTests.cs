using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// Two-way runs at the same moment, in sessions that know nothing of one another. After one more run Jira has what one
/// run alone makes of it, and nothing twice. Issues are created by the last run only: Jira has nothing that two runs at
/// the same moment could hold on to, and the second issue of a work item is reported.
/// </summary>
public sealed class TwoWayParallelTests
{
    [Fact]
    public async Task Two_way_runs_in_parallel_leave_nothing_twice_in_Jira()
    {
        await using var alone = await TwoWayStory.StartAsync();
        await TwoWayStory.EditAsync(alone);
        alone.Run(TwoWayStory.Sync).Succeeded();

        await using var world = await TwoWayStory.StartAsync();
        await TwoWayStory.EditAsync(world);
        var sessions = Enumerable.Range(0, Effort.Of(ordinary: 4, full: 8)).Select(_ => new PowerShellSession()).ToList();
        try
        {
            sessions.ForEach(world.ConnectToo);
            var ended = await Task.WhenAll(
                sessions.Select(session => Task.Run(() => session.Run($"{TwoWayStory.Sync} -NoCreate"))));
            Assert.All(ended, run => Assert.Null(run.FailureId));
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }

        world.Reconnect();
        world.Run(TwoWayStory.Sync).Succeeded();
        var difference = PairSnapshot.Difference(
            await PairSnapshot.OfAsync(alone), await PairSnapshot.OfAsync(world));
        Assert.True(difference.Count == 0, string.Join('\n', difference));
        Assert.Equal("NoChange", world.Run(TwoWayStory.Sync).Succeeded().RunOutcome());
    }
}
