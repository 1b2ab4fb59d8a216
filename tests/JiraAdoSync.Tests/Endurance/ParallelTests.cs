using System.Globalization;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// Several processes sync at the same moment; after one more run the board is what one run alone makes of it.
/// </summary>
public sealed class ParallelTests
{
    private const int Processes = 8;

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task The_same_sync_in_parallel(bool linkWritesCollide, int lookUpsThatMiss) => await RunAsync(
        _ => Story.Sync,
        switches =>
        {
            switches.ParallelLinkWritesCollide = linkWritesCollide;
            switches.HyperlinkLookUpsThatMiss = lookUpsThatMiss;
        },
        mayBePending: false);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Slices_of_one_sync(bool linkWritesCollide)
    {
        var items = await RunAsync(
            index => string.Create(
                CultureInfo.InvariantCulture, $"{Story.Sync} -SliceIndex {index} -SliceCount {Processes}"),
            switches => switches.ParallelLinkWritesCollide = linkWritesCollide,
            mayBePending: true);
        // No issue is in two slices: no more items were ever made, whatever went to the recycle bin.
        Assert.Equal(Story.Issues + 2, items);
    }

    private static async Task<int> RunAsync(Func<int, string> script, Action<SandboxSwitches> change, bool mayBePending)
    {
        var token = TestContext.Current.CancellationToken;
        await using var alone = await World.StartUnheldAsync(new SandboxOptions { Seed = Story.Seed() }, change);
        await Story.PopulateAsync(alone.Board);
        alone.Run(Story.Sync).Succeeded();
        var expected = await Snapshot.OfAsync(alone.Board);

        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = Story.Seed() }, change);
        await Story.PopulateAsync(world.Board);
        var runners = Enumerable.Range(0, Effort.Of(ordinary: 3, full: Processes)).Select(_ => Runner.Start()).ToList();
        if (mayBePending)
        {
            // Slices are of eight, however many run in an ordinary test.
            runners.AddRange(Enumerable.Range(runners.Count, Processes - runners.Count).Select(_ => Runner.Start()));
        }

        try
        {
            await Task.WhenAll(runners.Select(runner => runner.ReadyAsync(token)));
            var ended = await Task.WhenAll(
                runners.Select((runner, index) => runner.RunAsync(world.Sandbox, script(index + 1), token)));
            Assert.All(ended, one => Assert.True(one.ExitCode == 0, one.Errors));
        }
        finally
        {
            runners.ForEach(runner => runner.Dispose());
        }

        var nextId = await world.Board.CreateAsync("Task", "The next one");
        await world.Board.DeleteAsync(nextId);
        world.Run(Story.Sync).Succeeded();
        await Snapshot.AssertAsync(expected, world.Board, script(1));
        return nextId - 1;
    }
}
