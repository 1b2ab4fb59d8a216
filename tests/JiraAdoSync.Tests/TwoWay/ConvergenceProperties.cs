using CsCheck;
using JiraAdoSync.Mapping.Fields;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>
/// People edit both sides, between runs and in the middle of them, and runs break off anywhere. Held against a plain model
/// that knows of each field only what both sides had when they last meant the same: a side has been edited when it has
/// something else now.
/// </summary>
public sealed class ConvergenceProperties
{
    private static readonly string[] Edited = [.. PairWorld.Fields, PairWorld.Link];

    /// <summary>By how many milliseconds the entries of histories are off.</summary>
    private static readonly int[] Skews = [0, 7, -7, 400, -400];

    private static readonly Gen<Edit> GenEdit = Gen.Select(
        Gen.Bool, Gen.Int[0, Edited.Length - 1], Gen.Int[0, 7], Gen.Int[0, 2],
        (isJira, field, value, pause) => new Edit(isJira, Edited[field], value, pause));

    private static readonly Gen<(int, Edit)[]> GenDuring = Gen.Select(Gen.Int[1, 9], GenEdit).Array[0, 3];

    private static readonly Gen<RunFault> GenFault =
        Gen.Frequency((3, Gen.Const(RunFault.None)), (2, Gen.Int[1, 4].Select(fault => (RunFault)fault)));

    [Fact]
    public void No_edit_is_lost_and_both_sides_come_together_whatever_breaks_off_a_run() =>
        Hold(GenFault, Gen.Const(Array.Empty<(int, Edit)>()));

    [Fact]
    public void No_edit_is_lost_and_both_sides_come_together_when_people_edit_while_runs_are_at_work() =>
        Hold(Gen.Const(RunFault.None), GenDuring);

    [Fact]
    public void No_edit_is_lost_and_both_sides_come_together_when_people_edit_while_runs_break_off() =>
        Hold(GenFault, GenDuring);

    private static void Hold(Gen<RunFault> faults, Gen<(int, Edit)[]> during) => Gen.Select(
            Gen.Bool,
            Gen.Bool.Select(isBoth => isBoth ? FieldDirection.Both : FieldDirection.AdoToJira),
            Gen.Int[0, 4].Select(at => Skews[at]),
            Gen.Select(GenEdit.Array[0, 4], faults, Gen.Int[1, 9], during, (edits, fault, at, meanwhile) =>
                new Round(edits, fault, at, meanwhile)).Array[1, 12])
        .Sample((isStepwise, texts, skew, rounds) => ConvergenceModel.Hold(isStepwise, texts, skew, rounds), iter: Math.Max(1000, Check.Iter));
}
