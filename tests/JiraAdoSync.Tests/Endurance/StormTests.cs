using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// One request in five meets something: a throttle, an outage, a delay, a connection that is cut before or after the
/// work was done, a batch that is answered by one response; and look-ups do not show at once what was written.
/// </summary>
public sealed class StormTests
{
    private const string Batch = "/{organization}/_apis/wit/$batch";

    [Fact]
    public async Task A_storm_ends_in_the_board_of_a_calm_day()
    {
        var token = TestContext.Current.CancellationToken;
        var (expected, calm) = await CalmAsync();
        var overheads = new List<double>();
        var outcomes = new List<string>();
        await Parallel.ForEachAsync(
            Enumerable.Range(1, Effort.Of(ordinary: 3, full: 50)),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = token },
            async (seed, _) => await CountAsync(seed));
        var summary = string.Join(", ", outcomes.CountBy(one => one).Select(pair => $"{pair.Value} {pair.Key}"));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{overheads.Count} storms: {overheads.Min():0.00} to {overheads.Max():0.00} times the {calm} requests of a calm run, "
            + $"{overheads.Average():0.00} on average. The stormy runs ended {summary}."));

        async Task CountAsync(int seed)
        {
            var (requests, outcome) = await StormAsync(seed, expected);
            lock (outcomes)
            {
                overheads.Add((double)requests / calm);
                outcomes.Add(outcome);
            }
        }
    }

    private static async Task<(int Requests, string Outcome)> StormAsync(int seed, IReadOnlyList<string> expected)
    {
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = Story.Seed(), FaultSeed = seed },
            switches => switches.HyperlinkLookUpsThatMiss = 1);
        await Story.PopulateAsync(world.Board);
        await world.ResetRequestsAsync();
        await world.SetFaultsAsync(Storm());
        var run = world.Run(Story.Sync);
        var requests = await RequestsAsync(world);
        await world.ClearFaultsAsync();

        world.Reconnect();
        world.Run(Story.Sync).Succeeded();
        await Snapshot.AssertAsync(expected, world.Board, $"seed {seed}");
        return (requests, run.FailureId ?? run.Summary.Properties["Outcome"].Value.ToString()!);
    }

    /// <summary>The board and the requests of a run that nothing happens to.</summary>
    private static async Task<(IReadOnlyList<string> Board, int Requests)> CalmAsync()
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = Story.Seed() });
        await Story.PopulateAsync(world.Board);
        await world.ResetRequestsAsync();
        world.Run(Story.Sync).Succeeded();
        return (await Snapshot.OfAsync(world.Board), await RequestsAsync(world));
    }

    private static async Task<int> RequestsAsync(World world) =>
        (await world.RequestsAsync("jira")).Values.Sum() + (await world.RequestsAsync("ado")).Values.Sum();

    /// <summary>Rules that together strike one request in five; those that wait do so briefly.</summary>
    internal static JsonObject[] Storm()
    {
        const double Chance = 0.042;
        var now = new JsonObject { ["Retry-After"] = "0" };
        return
        [
            new JsonObject { ["kind"] = "throttle", ["probability"] = Chance, ["headers"] = now },
            new JsonObject { ["kind"] = "outage", ["probability"] = Chance, ["headers"] = now.DeepClone() },
            new JsonObject { ["kind"] = "drop-before", ["probability"] = Chance },
            new JsonObject { ["kind"] = "drop-after", ["probability"] = Chance },
            new JsonObject { ["kind"] = "one-response", ["probability"] = 0.1, ["route"] = Batch },
            new JsonObject { ["kind"] = "delay", ["probability"] = Chance, ["delayMs"] = 50 },
        ];
    }
}
