using System.Collections.Concurrent;
using Xunit;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// One request in five of a two-way run meets something: see <see cref="StormTests"/>. The next run brings both sides to
/// where a run on a calm day brings them, and the one after it writes nothing.
/// </summary>
public sealed class TwoWayStormTests
{
    private const int Worlds = 6;

    [Fact]
    public async Task A_storm_ends_in_both_sides_of_a_calm_day()
    {
        var expected = await TwoWayStory.UndisturbedAsync();
        var (problems, outcomes) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());
        await Parallel.ForEachAsync(
            Enumerable.Range(1, Effort.Of(ordinary: 8, full: 150)),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = Worlds, CancellationToken = TestContext.Current.CancellationToken,
            },
            async (seed, _) =>
            {
                await using var world = await TwoWayStory.StartAsync(seed);
                await TwoWayStory.EditAsync(world);
                await world.SetFaultsAsync(StormTests.Storm());
                var run = world.Run(TwoWayStory.Sync);
                await world.ClearFaultsAsync();
                outcomes.Add(run.FailureId ?? run.RunOutcome());
                if (await TwoWayStory.FindProblemAsync(world, expected) is { } problem)
                {
                    problems.Add($"Seed {seed}: {problem}");
                }
            });
        TestContext.Current.TestOutputHelper!.WriteLine(
            "The stormy runs ended " + string.Join(", ", outcomes.CountBy(one => one).Select(one => $"{one.Value} {one.Key}")));
        Assert.True(problems.IsEmpty, string.Join('\n', problems.Order(StringComparer.Ordinal)));
    }
}
