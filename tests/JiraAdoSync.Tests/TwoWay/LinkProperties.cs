using CsCheck;
using JiraAdoSync.Tests.Endurance;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>
/// People link issues and work items and give them parents on both sides, between runs and in the middle of them, and
/// runs break off anywhere: real runs at a sandbox of both services, held against <see cref="LinkModel"/>.
/// </summary>
public sealed class LinkProperties
{
    private static readonly Gen<LinkEdit> GenEdit = Gen.Frequency(
        (2, Gen.Select(Gen.Bool, Gen.Int[0, LinkModel.Links.Length - 1], (isJira, what) => new LinkEdit(isJira, what, null))),
        (1, Gen.Select(Gen.Bool, Gen.Int[1, 3], Gen.OneOf(Gen.Const(0), Gen.Const(4), Gen.Const(5)), (isJira, what, parent) =>
            new LinkEdit(isJira, what, parent))));

    private static readonly Gen<LinkTrouble> GenTrouble = Gen.Select(
        Gen.Bool, Gen.Bool, Gen.Int[0, LinkTrouble.Kinds.Length - 1], Gen.Int[0, 30],
        (isKilled, isDone, kind, at) => kind == 0
            ? new LinkTrouble(true, isDone, kind, at)
            : new LinkTrouble(isKilled, isDone, kind, at % 3));

    private static readonly Gen<(int, LinkEdit)[]> GenDuring = Gen.Select(Gen.Int[1, 30], GenEdit).Array[0, 3];

    [Fact]
    public void Links_and_parents_of_people_come_together() =>
        Hold(Gen.Const((LinkTrouble?)null), Gen.Const(Array.Empty<(int, LinkEdit)>()));

    [Fact]
    public void Links_and_parents_of_people_come_together_whatever_breaks_off_a_run() =>
        Hold(Gen.Frequency((1, Gen.Const((LinkTrouble?)null)), (2, GenTrouble.Select(one => (LinkTrouble?)one))),
            Gen.Const(Array.Empty<(int, LinkEdit)>()));

    [Fact]
    public void Links_and_parents_of_people_come_together_when_people_edit_while_runs_are_at_work() =>
        Hold(Gen.Const((LinkTrouble?)null), GenDuring);

    private static void Hold(Gen<LinkTrouble?> troubles, Gen<(int, LinkEdit)[]> during) => Gen.Select(
            Gen.Bool,
            Gen.Select(GenEdit.Array[0, 4], troubles, during, (edits, trouble, meanwhile) =>
                new LinkRound(edits, trouble, meanwhile)).Array[1, 4])
        .Sample(
            (isPruning, rounds) => LinkModel.HoldAsync(isPruning, rounds).GetAwaiter().GetResult(),
            // A sequence takes some hundred requests.
            iter: Effort.Of(ordinary: 8, full: 150),
            threads: 2,
            print: one => $"{one.Item1}, {string.Join<LinkRound>("; ", one.Item2)}");
}
