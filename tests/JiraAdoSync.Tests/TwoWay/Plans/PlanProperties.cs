using System.Collections.Concurrent;
using CsCheck;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Endurance;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Plans;

/// <summary>
/// People edit both sides, before a run is planned or undone and after: real runs, plan files and undos at a sandbox of
/// both services, held against <see cref="PlanModel"/>.
/// </summary>
public sealed class PlanProperties
{
    private const int Threads = 2;

    internal static readonly Gen<PlanAct> GenAct = Gen.Select(
        Gen.Bool, Gen.Int[0, (int)Deed.Detach].Select(deed => (Deed)deed),
        Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, PlanWorld.Pairs - 1])), Gen.Int[0, 5],
        (isJira, deed, pair, value) => new PlanAct(isJira, deed, pair, value));

    private static readonly Gen<PlanAct[]> None = Gen.Const(Array.Empty<PlanAct>());

    [Fact]
    public Task A_plan_file_is_applied_as_a_run_writes() => HoldAsync(
        None, async (worlds, story) => await PlanModel.HoldPlanAsync(worlds[0], worlds[1], story), 2);

    [Fact]
    public Task A_plan_file_is_applied_exactly_or_not_at_all_when_people_edited_since() => HoldAsync(
        GenAct.Array[1, 3], async (worlds, story) => await PlanModel.HoldPlanAsync(worlds[0], worlds[1], story), 2);

    [Fact]
    public Task An_undo_gives_back_what_nobody_edited_since_and_the_next_run_loses_no_edit() => HoldAsync(
        Gen.Frequency((1, None), (2, GenAct.Array[1, 3])),
        async (worlds, story) => await PlanModel.HoldUndoAsync(worlds[0], story),
        1);

    private static async Task HoldAsync(Gen<PlanAct[]> since, Func<PlanWorld[], PlanStory, Task<string>> play, int count)
    {
        var outcomes = new ConcurrentBag<string>();
        var free = new ConcurrentBag<PlanWorld[]>();
        foreach (var flavor in Enumerable.Range(0, Threads).Select(one => one == 0 ? JiraFlavor.DataCenter : JiraFlavor.Cloud))
        {
            free.Add(await Task.WhenAll(Enumerable.Range(0, count).Select(_ => PlanWorld.StartAsync(flavor))));
        }

        var worlds = free.ToList();
        try
        {
            await Gen.Select(GenAct.Array[0, 3], GenAct.Array[1, 6], since, (before, planned, then) => new PlanStory(before, planned, then))
                .SampleAsync(
                    async story =>
                    {
                        Assert.True(free.TryTake(out var own));
                        try
                        {
                            outcomes.Add(await play(own, story));
                        }
                        finally
                        {
                            free.Add(own);
                        }
                    },
                    iter: Effort.Of(ordinary: 4, full: 150),
                    threads: Threads,
                    print: story => $"{story}");
            TestContext.Current.TestOutputHelper!.WriteLine(
                "It ended " + string.Join(", ", outcomes.CountBy(one => one).Select(one => $"{one.Value} {one.Key}")));
        }
        finally
        {
            foreach (var world in worlds.SelectMany(own => own))
            {
                await world.DisposeAsync();
            }
        }
    }
}
