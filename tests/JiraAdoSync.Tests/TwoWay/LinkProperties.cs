using CsCheck;
using JiraAdoSync.Sandbox;
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

    private static readonly Gen<JiraFlavor> GenFlavor = OneOf(JiraFlavor.Cloud, JiraFlavor.DataCenter);

    private static readonly Gen<(int, int)> GenEnds = OneOf((1, 2), (1, 2), (2, 1), (2, 3), (3, 1));

    /// <summary>Links of few pairs of stories, so that they meet, and parents of any item.</summary>
    private static readonly Gen<TangleEdit> GenTangleEdit = Gen.Frequency(
        (3, Gen.Select(OneOf(LinkTangle.InJira), GenEnds, (kind, ends) => LinkOf(true, kind, ends))),
        (3, Gen.Select(OneOf(LinkTangle.InAdo), GenEnds, (kind, ends) => LinkOf(false, kind, ends))),
        (1, Gen.Select(Gen.Int[1, 3], OneOf(0, 4, 5), (child, parent) => new TangleEdit(true, $"Parent {child} {parent}"))),
        (2, Gen.Select(Gen.Int[1, 5], Gen.Int[0, 5], (child, parent) =>
            new TangleEdit(false, $"Parent {child} {(parent == child ? 0 : parent)}"))));

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

    [Fact]
    public void Links_and_parents_that_get_into_each_others_way_come_to_rest() => Gen.Select(
            GenFlavor,
            OneOf(LinkTangle.Options),
            Gen.Select(Gen.Bool, GenTangleEdit.Array[0, 3], (isPruning, edits) => new TangleRound(isPruning, edits)).Array[1, 6])
        .Sample(
            (flavor, options, rounds) => LinkTangle.HoldAsync(flavor, options, rounds).GetAwaiter().GetResult(),
            iter: Effort.Of(ordinary: 8, full: 150),
            threads: 2,
            print: one => $"JiraFlavor.{one.Item1}, \"{one.Item2}\", {string.Join<TangleRound>(", ", one.Item3)}");

    private static void Hold(Gen<LinkTrouble?> troubles, Gen<(int, LinkEdit)[]> during) => Gen.Select(
            GenFlavor,
            Gen.Select(Gen.Bool, GenEdit.Array[0, 4], troubles, during, (isPruning, edits, trouble, meanwhile) =>
                new LinkRound(isPruning, edits, trouble, meanwhile)).Array[1, 4])
        .Sample(
            (flavor, rounds) => LinkModel.HoldAsync(flavor, rounds).GetAwaiter().GetResult(),
            // A sequence takes some hundred requests.
            iter: Effort.Of(ordinary: 8, full: 150),
            threads: 2,
            print: one => $"{one.Item1}, {string.Join<LinkRound>("; ", one.Item2)}");

    private static TangleEdit LinkOf(bool isJira, string kind, (int One, int Other) ends) => new(
        isJira, kind == "Relates" && ends.One > ends.Other ? $"{kind} {ends.Other} {ends.One}" : $"{kind} {ends.One} {ends.Other}");

    private static Gen<T> OneOf<T>(params T[] all) => Gen.Int[0, all.Length - 1].Select(at => all[at]);
}
