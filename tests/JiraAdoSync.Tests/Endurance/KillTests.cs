using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// A process that syncs is killed at a random moment. After one more run the board is what an undisturbed run makes of
/// it: nothing is missing, nothing is there twice, and nothing of others was touched.
/// </summary>
public sealed class KillTests
{
    private const int Workers = 2;

    [Fact]
    public async Task A_first_sync_that_is_killed_is_completed_by_the_next() =>
        await KillAsync(Effort.Of(ordinary: 4, full: 120), _ => Task.CompletedTask);

    [Fact]
    public async Task A_sync_of_edits_that_is_killed_is_completed_by_the_next() =>
        await KillAsync(Effort.Of(ordinary: 3, full: 100), async world =>
        {
            world.Run(Story.Sync).Succeeded();
            await Story.EditAsync(world.Tracker);
        });

    [Fact]
    public async Task A_first_sync_that_is_killed_is_reverted_by_an_undo()
    {
        var (_, requests, length) = await UndisturbedAsync(
            Story.Sync, Story.Seed, world => Story.PopulateAsync(world.Board));
        await KillAsync(
            Effort.Of(ordinary: 4, full: 60),
            (seed, runner, token) => UndoAsync(seed, runner, Story.Sync, requests, length, Story.Seed, world =>
                Story.PopulateAsync(world.Board), token));
    }

    [Fact]
    public async Task A_sync_of_edits_of_every_kind_that_is_killed_is_reverted_by_an_undo()
    {
        var (_, requests, length) = await UndisturbedAsync(WholeStory.Sync, WholeStory.Seed, PrepareAsync);
        await KillAsync(
            Effort.Of(ordinary: 4, full: 100),
            (seed, runner, token) =>
                UndoAsync(seed, runner, WholeStory.Sync, requests, length, WholeStory.Seed, PrepareAsync, token));

        static async Task PrepareAsync(World world)
        {
            var known = await WholeStory.PopulateAsync(world);
            world.Run(WholeStory.Sync).Succeeded();
            await WholeStory.EditAsync(world, known);
        }
    }

    private static async Task KillAsync(int times, Func<World, Task> prepareAsync)
    {
        var (expected, requests, length) = await UndisturbedAsync(Story.Sync, Story.Seed, PopulateAndPrepareAsync);
        await KillAsync(times, (seed, runner, token) =>
            RunAsync(seed, runner, expected, requests, length, PopulateAndPrepareAsync, token));

        async Task PopulateAndPrepareAsync(World world)
        {
            await Story.PopulateAsync(world.Board);
            await prepareAsync(world);
        }
    }

    private static async Task KillAsync(int times, Func<int, Runner, CancellationToken, Task<bool>> killAsync)
    {
        var token = TestContext.Current.CancellationToken;
        // A process that came to its end before its moment does not count: another is drawn for it.
        var seeds = new ConcurrentQueue<int>(Enumerable.Range(1, 2 * times));
        var (started, killed) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Workers, times)).Select(_ => Task.Run(
            async () =>
            {
                var next = Runner.Start();
                while (Volatile.Read(ref killed) < times && seeds.TryDequeue(out var seed))
                {
                    Interlocked.Increment(ref started);
                    // The next process imports the module while this one works.
                    using var runner = next;
                    next = Runner.Start();
                    var wasKilled = await killAsync(seed, runner, token);
                    Interlocked.Add(ref killed, wasKilled ? 1 : 0);
                }

                next.Dispose();
            },
            token)));
        TestContext.Current.TestOutputHelper!.WriteLine($"{killed} of {started} were killed before they ended.");
        Assert.True(killed >= times, $"Only {killed} of {started} were killed before they ended.");
    }

    /// <summary>One run that is killed, and one that completes it.</summary>
    /// <returns>Whether the process was killed before it ended.</returns>
    private static async Task<bool> RunAsync(
        int seed,
        Runner runner,
        IReadOnlyList<string> expected,
        int requests,
        TimeSpan length,
        Func<World, Task> prepareAsync,
        CancellationToken cancellationToken)
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = Story.Seed() });
        await prepareAsync(world);
        var wasKilled = await RunAndKillAsync(seed, runner, world, Story.Sync, requests, length, cancellationToken);
        world.Reconnect();
        world.Run(Story.Sync).Succeeded();
        await Snapshot.AssertAsync(expected, world.Board, $"seed {seed}");
        Assert.Equal("NoChange", world.Run(Story.Sync).Succeeded().RunOutcome());
        return wasKilled;
    }

    /// <summary>One run that is killed, and an undo of it: the board is what it was before.</summary>
    private static async Task<bool> UndoAsync(
        int seed,
        Runner runner,
        string script,
        int requests,
        TimeSpan length,
        Func<IEnumerable<string>> jira,
        Func<World, Task> prepareAsync,
        CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = jira() });
        await prepareAsync(world);
        var before = await WithoutRevisionsAsync(world);
        var wasKilled = await RunAndKillAsync(
            seed, runner, world, $"{script} -RunPath '{folder.Path}'", requests, length, cancellationToken);
        world.Reconnect();
        if (Directory.GetFiles(folder.Path).Length > 0)
        {
            var undo = world.Run($"Get-JiraAdoRun -RunPath '{folder.Path}' | Undo-JiraAdoRun -RunPath '{folder.Path}' -Confirm:$false").Succeeded();
            Assert.DoesNotContain("Skip", undo.Rows("UndoResult", "Action"));
        }

        var now = await WithoutRevisionsAsync(world);
        Assert.True(before.SequenceEqual(now), $"seed {seed}:\n{string.Join('\n', before.Except(now).Select(line => $"missing: {line}").Concat(now.Except(before).Select(line => $"too many: {line}")).Take(20))}");
        return wasKilled;
    }

    private static async Task<IReadOnlyList<string>> WithoutRevisionsAsync(World world) =>
        (await Snapshot.OfAsync(world.Board)).Select(line => Regex.Replace(line, @" rev \d+$", string.Empty)).ToList();

    /// <summary>Lets a process run a script, and kills it at a moment that the seed draws.</summary>
    private static async Task<bool> RunAndKillAsync(
        int seed,
        Runner runner,
        World world,
        string script,
        int requests,
        TimeSpan length,
        CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        await runner.ReadyAsync(cancellationToken);

        // Half of them die when so many requests have been answered, the others when so much time has passed, but with
        // the last request still to come.
        var last = seed % 2 == 0 ? random.Next(1, requests) : requests - 1;
        var moment = seed % 2 == 0 ? Timeout.InfiniteTimeSpan : length * random.NextDouble();
        var answered = 0;
        world.Watch = _ =>
        {
            if (Interlocked.Increment(ref answered) == last)
            {
                runner.Kill();
            }
        };
        var running = runner.RunAsync(world.Sandbox, script, cancellationToken);
        if (moment != Timeout.InfiniteTimeSpan)
        {
            await Task.WhenAny(running, Task.Delay(moment, cancellationToken));
            runner.Kill();
        }

        var (exitCode, _, _) = await running;
        world.Watch = _ => { };
        return exitCode != 0;
    }

    /// <summary>
    /// What the board is after a run that nobody kills, and how many requests and how much time that took.
    /// </summary>
    private static async Task<(IReadOnlyList<string> Board, int Requests, TimeSpan Length)> UndisturbedAsync(
        string script,
        Func<IEnumerable<string>> jira,
        Func<World, Task> prepareAsync)
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = jira() });
        await prepareAsync(world);
        using var runner = Runner.Start();
        await runner.ReadyAsync(token);
        await world.ResetRequestsAsync();
        var start = Stopwatch.GetTimestamp();
        var (exitCode, _, errors) = await runner.RunAsync(world.Sandbox, script, token);
        var length = Stopwatch.GetElapsedTime(start);
        Assert.True(exitCode == 0, errors);
        var requests = (await world.RequestsAsync("jira")).Values.Sum()
            + (await world.RequestsAsync("ado")).Values.Sum();
        return (await Snapshot.OfAsync(world.Board), requests, length);
    }
}
