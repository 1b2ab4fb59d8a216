using System.Collections.Concurrent;
using CsCheck;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Endurance;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Contents;

/// <summary>
/// People comment and attach files on both sides, between runs and in the middle of them, edit and delete what they and
/// runs wrote, and runs break off anywhere. Held against a plain model of what people did.
/// </summary>
public sealed class ContentProperties
{
    private const int Threads = 3;

    private static readonly Gen<Deed> GenDeed = Gen.Frequency(
        (4, Gen.Const(Deed.Say)), (4, Gen.Const(Deed.Attach)), (10, Gen.Int[0, 10].Select(deed => (Deed)deed)));

    private static readonly Gen<Act> GenAct = Gen.Select(
        Gen.Bool, GenDeed, Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, ContentWorld.Pairs - 1])), Gen.Int[0, 5],
        (isJira, deed, pair, value) => new Act(isJira, deed, pair, value));

    /// <summary>Nothing shows that a person edited a copy between a run's last read and its write of it.</summary>
    private static readonly Gen<(int, Act)[]> GenDuring = Gen.Select(
        Gen.Int[1, 40], GenAct.Where(act => act.Deed != Deed.EditCopy)).Array[0, 3];

    private static readonly Gen<Mishap> GenMishap =
        Gen.Frequency((3, Gen.Const(Mishap.None)), (2, Gen.Int[1, 4].Select(one => (Mishap)one)));

    [Fact]
    public Task Comments_and_files_have_one_copy_each_whatever_breaks_off_a_run() =>
        HoldAsync(GenMishap, Gen.Const(Array.Empty<(int, Act)>()));

    [Fact]
    public Task Comments_and_files_have_one_copy_each_when_people_write_while_runs_are_at_work() =>
        HoldAsync(Gen.Const(Mishap.None), GenDuring);

    [Fact]
    public Task Comments_and_files_have_one_copy_each_when_people_write_while_runs_break_off() =>
        HoldAsync(GenMishap, GenDuring);

    private static async Task HoldAsync(Gen<Mishap> mishaps, Gen<(int, Act)[]> during)
    {
        var outcomes = new ConcurrentBag<string>();
        var worlds = new ConcurrentBag<ContentWorld>();
        foreach (var flavor in Enumerable.Range(0, Threads).Select(one => one == 0 ? JiraFlavor.DataCenter : JiraFlavor.Cloud))
        {
            worlds.Add(await ContentWorld.StartAsync(flavor));
        }

        var rounds = Gen.Select(
            GenAct.Array[0, 6], Gen.Select(Gen.Int[0, ContentWorld.OneWay], Gen.Bool), mishaps, Gen.Int[0, 15], Gen.Int[0, 3], during, Gen.Bool,
            (acts, run, mishap, write, skip, meanwhile, settles) =>
                new ContentRound(acts, run.Item1, run.Item2, mishap, write, skip, meanwhile, settles)).Array[1, 4];
        try
        {
            await rounds.SampleAsync(
                async sequence =>
                {
                    Assert.True(worlds.TryTake(out var world));
                    try
                    {
                        (await ContentModel.HoldAsync(world, sequence)).ToList().ForEach(outcomes.Add);
                    }
                    finally
                    {
                        worlds.Add(world);
                    }
                },
                iter: Effort.Of(ordinary: 6, full: 400),
                threads: Threads,
                print: sequence => string.Join(",\n", sequence.AsEnumerable()));
            TestContext.Current.TestOutputHelper!.WriteLine(
                "Runs ended " + string.Join(", ", outcomes.CountBy(one => one).Select(one => $"{one.Value} {one.Key}")));
        }
        finally
        {
            foreach (var world in worlds)
            {
                await world.DisposeAsync();
            }
        }
    }
}
