using CsCheck;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>
/// States and priorities are mapped in any way, several to one and to none, and conflicts are decided in any way. Where the
/// mapping has an inverse for what occurs, one run brings both sides together or says what is in the way, and the next
/// one writes nothing: no mapping makes the two sides correct each other for ever.
/// </summary>
public sealed class MappingProperties
{
    private static readonly string[] States = ["New", "Active", "Resolved", "Closed"];

    private static readonly Gen<ValueMapping> GenMapping = Gen.Select(
        // A status or a priority without an entry is mapped by default, and one that is mapped to nothing is left alone.
        Gen.Int[-2, 3].Array[PairWorld.Statuses.Count],
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3].Array[1, 2]).Array[0, 4],
        Gen.Int[-1, 4].Array[PairWorld.Priorities.Length],
        (states, statuses, priorities) => new ValueMapping(
            [.. PairWorld.Statuses.Zip(states)
                .Where(one => one.Second >= -1)
                .Select(one => KeyValuePair.Create(one.First.Name, one.Second < 0 ? null : States[one.Second]))],
            [.. statuses.DistinctBy(one => one.Item1).Select(one => KeyValuePair.Create(
                States[one.Item1],
                (IReadOnlyList<string>)[.. one.Item2.Select(status => PairWorld.Statuses[status].Name)]))],
            [.. PairWorld.Priorities.Zip(priorities)
                .Where(one => one.Second >= 0)
                .Select(one => KeyValuePair.Create(one.First, one.Second == 0 ? (int?)null : one.Second))]));

    private static readonly Gen<(bool IsJira, bool IsState, int Value, int Minutes)> GenEdit =
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[0, 4], Gen.Int[0, 5]);

    [Fact]
    public void No_mapping_makes_the_two_sides_correct_each_other_for_ever() => Gen.Select(
            Gen.Bool, GenMapping, Gen.Enum<FieldConflict>(), GenEdit.Array[0, 4].Array[1, 8])
        .Sample(Hold, iter: Math.Max(3000, Check.Iter));

    /// <summary>Plays a sequence of edits, a run after each round of them.</summary>
    internal static void Hold(
        bool isStepwise, ValueMapping mapping, FieldConflict conflict, params (bool, bool, int, int)[][] rounds)
    {
        var world = new PairWorld(isStepwise, mapping: mapping) { Conflict = conflict };
        foreach (var round in rounds)
        {
            Array.ForEach(round, edit => Do(world, edit));
            world.Run(RunTrouble.None);
            if (world.IsRefused)
            {
                return;
            }

            foreach (var field in new[] { PairWorld.State, PairWorld.Priority })
            {
                Assert.True(
                    !world.IsMapped(field) || world.Corresponds(field) || world.Results.Any(result =>
                        result.Field == field && result.Action is ChangeAction.Conflict or ChangeAction.Skip),
                    $"{field} differs, and nothing says why.\n{world}");
            }

            var first = world.ToString();
            world.Run(RunTrouble.None);
            Assert.True(world.Writes == (0, 0), $"The next run writes {world.Writes}.\n{first}\n{world}");
        }
    }

    private static void Do(PairWorld world, (bool IsJira, bool IsState, int Value, int Minutes) edit)
    {
        world.Pass(TimeSpan.FromMinutes(edit.Minutes));
        if (!edit.IsJira)
        {
            world.EditAdo(
                edit.IsState ? PairWorld.State : PairWorld.Priority,
                edit.IsState ? States[edit.Value % States.Length] : (double)(1 + (edit.Value % 4)));
        }
        else if (edit.IsState)
        {
            world.EditJira(issue => issue with { Status = PairWorld.Statuses[edit.Value % PairWorld.Statuses.Count] });
        }
        else
        {
            world.EditJira(issue => issue with
            {
                Fields = new Table<object?>(issue.Fields, StringComparer.OrdinalIgnoreCase)
                {
                    ["priority"] = PairWorld.Named(PairWorld.Priorities[edit.Value]),
                },
            });
        }
    }
}
