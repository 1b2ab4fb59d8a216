using System.Collections.Concurrent;
using CsCheck;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Endurance;
using JiraAdoSync.Tests.TwoWay.Plans;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Registers;

/// <summary>
/// People write to the properties of issues and the marks of work items, by which runs know what both sides had: real runs at
/// a sandbox of both services, held against <see cref="PlanModel"/>.
/// </summary>
public sealed class DamageProperties
{
    private const int Threads = 2;

    private static readonly Gen<DamageAct> GenDamage = Gen.Select(
        Gen.Int[0, (int)Damage.RemoveMark], Gen.Int[0, PlanWorld.Pairs - 1], Gen.Int[0, 5],
        (kind, pair, value) => new DamageAct((Damage)kind, pair, value));

    [Fact]
    public async Task No_edit_is_lost_and_nothing_is_there_twice_where_people_damage_what_pairs_remember()
    {
        var outcomes = new ConcurrentBag<string>();
        var free = new ConcurrentBag<PlanWorld>();
        foreach (var flavor in Enum.GetValues<JiraFlavor>())
        {
            free.Add(await PlanWorld.StartAsync(flavor));
        }

        var worlds = free.ToList();
        try
        {
            await Gen.Select(
                    PlanProperties.GenAct.Array[0, 4], PlanProperties.GenAct.Array[0, 4], PlanProperties.GenAct.Array[0, 2],
                    GenDamage.Array[1, 3],
                    (before, planned, since, damage) => (Story: new PlanStory(before, planned, since), Damage: damage))
                .SampleAsync(
                    async play =>
                    {
                        Assert.True(free.TryTake(out var world));
                        try
                        {
                            outcomes.Add(await PlanModel.HoldDamageAsync(world, play.Story, play.Damage));
                        }
                        finally
                        {
                            free.Add(world);
                        }
                    },
                    iter: Effort.Of(ordinary: 4, full: 150),
                    threads: Threads,
                    print: play => $"{play.Story},\n[{string.Join(", ", play.Damage.AsEnumerable())}]");
            TestContext.Current.TestOutputHelper!.WriteLine(
                "It ended " + string.Join(", ", outcomes.CountBy(one => one).Select(one => $"{one.Value} {one.Key}")));
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
