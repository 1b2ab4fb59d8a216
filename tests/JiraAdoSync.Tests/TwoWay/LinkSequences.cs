using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>Sequences that <see cref="LinkProperties"/> once found, each with what it showed.</summary>
public sealed class LinkSequences
{
    [Fact]
    public Task A_link_that_somebody_removed_in_Jira_is_reported_where_nothing_is_pruned() =>
        LinkModel.HoldAsync(JiraFlavor.Cloud, Undisturbed(isPruning: false, new LinkEdit(true, 0, null)));

    [Fact]
    public Task A_parent_that_came_from_Jira_is_changed_in_Azure_DevOps() => LinkModel.HoldAsync(
        JiraFlavor.Cloud,
        Undisturbed(isPruning: false, new LinkEdit(true, 1, 5)),
        Undisturbed(isPruning: false, new LinkEdit(false, 1, 4)));

    [Fact]
    public Task A_parent_is_given_in_Azure_DevOps_after_somebody_took_one_away_in_Jira() => LinkModel.HoldAsync(
        JiraFlavor.Cloud,
        Undisturbed(isPruning: true, new LinkEdit(true, 3, 5)),
        Undisturbed(isPruning: true, new LinkEdit(true, 3, 0)),
        Undisturbed(isPruning: true, new LinkEdit(false, 3, 4)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_link_that_people_removed_on_both_sides_and_one_made_anew_is_new(bool isJira) => LinkModel.HoldAsync(
        JiraFlavor.Cloud,
        Undisturbed(isPruning: true, new LinkEdit(!isJira, 2, null)),
        Undisturbed(isPruning: true),
        Undisturbed(isPruning: true, new LinkEdit(true, 2, null), new LinkEdit(false, 2, null), new LinkEdit(isJira, 2, null)));

    [Theory]
    [InlineData(JiraFlavor.Cloud, true, true)]
    [InlineData(JiraFlavor.Cloud, true, false)]
    [InlineData(JiraFlavor.Cloud, false, true)]
    [InlineData(JiraFlavor.Cloud, false, false)]
    [InlineData(JiraFlavor.DataCenter, true, true)]
    [InlineData(JiraFlavor.DataCenter, true, false)]
    public Task What_people_made_on_both_sides_and_remove_on_one_is_removed_on_the_other(
        JiraFlavor flavor, bool isPruning, bool isJira) => LinkModel.HoldAsync(
        flavor,
        Undisturbed(isPruning, [.. BothSides(1, null), .. BothSides(4, null), .. BothSides(1, 5)]),
        Undisturbed(isPruning, new LinkEdit(isJira, 1, null), new LinkEdit(isJira, 4, null), new LinkEdit(isJira, 1, 0)));

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_link_that_people_made_anew_before_its_relation_is_removed_is_removed_with_it(JiraFlavor flavor) =>
        LinkModel.HoldAsync(
            flavor,
            Undisturbed(isPruning: true, new LinkEdit(true, 2, null)),
            Undisturbed(isPruning: true, new LinkEdit(true, 2, null), new LinkEdit(true, 2, null)),
            Undisturbed(isPruning: true, new LinkEdit(false, 2, null)));

    [Fact]
    public async Task A_relation_that_somebody_removes_while_a_run_makes_its_link_does_not_come_back()
    {
        foreach (var at in Enumerable.Range(6, 10))
        {
            var (relate, remove) = (new LinkEdit(false, 4, null), new LinkEdit(false, 4, null));
            await LinkModel.HoldAsync(JiraFlavor.Cloud, new LinkRound(true, [relate], null, [(at, remove)]));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_parent_that_a_run_wrote_over_an_edit_and_put_back_is_none_that_both_had(bool isSeen)
    {
        foreach (var at in Enumerable.Range(6, 10))
        {
            // To give a parent that is there changes nothing: somebody only looks at both sides.
            (int, LinkEdit)[] seen = isSeen ? [(at + 1, new LinkEdit(false, 3, 5))] : [];
            await LinkModel.HoldAsync(
                JiraFlavor.Cloud,
                Undisturbed(isPruning: true, new LinkEdit(true, 3, 4)),
                new LinkRound(true, [new LinkEdit(false, 3, 5)], null, [(at, new LinkEdit(true, 3, 0)), .. seen]));
        }
    }

    [Fact]
    public Task A_second_original_is_Related_although_somebody_removed_that_of_another_link() => LinkTangle.HoldAsync(
        JiraFlavor.DataCenter,
        "-Unmapped Related",
        new TangleRound(true, [new TangleEdit(true, "Relates 1 2")]),
        new TangleRound(false, [new TangleEdit(true, "reminds-of 1 2")]),
        new TangleRound(false, [new TangleEdit(true, "Duplicate 2 1"), new TangleEdit(false, "Relates 1 2")]));

    [Theory]
    [InlineData(JiraFlavor.Cloud, true, true)]
    [InlineData(JiraFlavor.Cloud, true, false)]
    [InlineData(JiraFlavor.Cloud, false, true)]
    [InlineData(JiraFlavor.DataCenter, false, false)]
    public Task A_second_original_that_is_a_persons_Related_does_not_come_back_when_they_remove_it(
        JiraFlavor flavor, bool isPruning, bool isTogether)
    {
        var (relate, duplicate) = (new TangleEdit(false, "Relates 1 2"), new TangleEdit(true, "Duplicate 2 1"));
        TangleRound[] made = isTogether
            ? [new TangleRound(isPruning, [relate, duplicate])]
            : [new TangleRound(isPruning, [relate]), new TangleRound(isPruning, [duplicate])];
        return LinkTangle.HoldAsync(
            flavor,
            "-Unmapped Related",
            [
                new TangleRound(true, [new TangleEdit(true, "Relates 1 2")]),
                .. made,
                new TangleRound(isPruning, []),
                new TangleRound(isPruning, [relate]),
            ]);
    }

    [Fact]
    public Task A_link_of_a_persons_Related_is_removed_in_Jira_and_a_second_original_keeps_it() => LinkTangle.HoldAsync(
        JiraFlavor.Cloud,
        "-Unmapped Related",
        new TangleRound(true, [new TangleEdit(true, "Relates 1 2")]),
        new TangleRound(true, [new TangleEdit(false, "Relates 1 2"), new TangleEdit(true, "Duplicate 2 1")]),
        new TangleRound(true, []),
        new TangleRound(true, [new TangleEdit(true, "Relates 1 2")]));

    private static LinkEdit[] BothSides(int what, int? parent) => [new(true, what, parent), new(false, what, parent)];

    private static LinkRound Undisturbed(bool isPruning, params LinkEdit[] edits) => new(isPruning, edits, null, []);
}
