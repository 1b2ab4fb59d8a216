using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Plans;

/// <summary>Stories that <see cref="PlanProperties"/> once found, each with what it showed.</summary>
public sealed class PlanSequences
{
    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_file_is_refused_where_a_work_item_is_to_be_written_by_now_together_with_its_issue(JiraFlavor flavor) =>
        HoldPlanAsync(flavor, [InAdo(Deed.Tag, 0, 0)], [InJira(Deed.Move, 0, 2)]);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task Whom_both_sides_assigned_and_one_side_assigned_anew_is_no_conflict(JiraFlavor flavor) =>
        HoldPlanAsync(flavor, [InJira(Deed.Assign, 0, 0), InAdo(Deed.Assign, 0, 0), InJira(Deed.Assign, 0, 1)], []);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_file_and_a_comment_that_an_undo_removed_are_copied_again(JiraFlavor flavor) =>
        HoldUndoAsync(flavor, [InAdo(Deed.Attach, 0, 0), InAdo(Deed.Say, 1, 0)], []);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_state_that_an_undo_gave_back_is_written_again(JiraFlavor flavor) =>
        HoldUndoAsync(flavor, [InJira(Deed.Move, 2, 0)], []);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task An_undo_gives_an_issue_back_to_whom_it_was_assigned(JiraFlavor flavor) =>
        HoldUndoAsync(flavor, [InJira(Deed.Assign, 0, 1)], [InAdo(Deed.Assign, 0, 0)], []);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_priority_that_only_the_histories_send_to_Jira_is_written(JiraFlavor flavor) => HoldUndoAsync(
        flavor, [InAdo(Deed.Rank, 0, 3)], [InAdo(Deed.Say, 0, 5)], [InAdo(Deed.Rank, 0, 1)]);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_value_that_an_undo_gave_back_beside_one_that_people_edited_since_is_written_again(JiraFlavor flavor) =>
        HoldUndoAsync(flavor, [InJira(Deed.Describe, 0, 0), InJira(Deed.Rank, 0, 0)], [InAdo(Deed.Describe, 0, 0)]);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_text_that_an_undo_gave_back_is_written_again_where_the_issue_remembers_more(JiraFlavor flavor) =>
        HoldUndoAsync(flavor, [InJira(Deed.Describe, 0, 0), InAdo(Deed.Tag, 0, 0)], [InJira(Deed.Tag, 0, 0)]);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_text_that_an_undo_gave_back_is_written_again_where_a_file_was_copied(JiraFlavor flavor) =>
        HoldUndoAsync(flavor, [InJira(Deed.Describe, 0, 0), InJira(Deed.Rank, 0, 0), InAdo(Deed.Attach, 0, 0)], []);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task What_an_undo_removed_from_a_work_item_that_people_edited_since_is_copied_again(JiraFlavor flavor) => HoldUndoAsync(
        flavor,
        [InJira(Deed.Tag, 0, 2), InJira(Deed.Attach, 0, 0), InJira(Deed.Name, 1, 0), InJira(Deed.Say, 1, 0)],
        [InAdo(Deed.Tag, 0, 2), InAdo(Deed.Name, 1, 1)]);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_copy_that_an_undo_brought_back_is_removed_again_where_people_wrote_to_its_issue_since(JiraFlavor flavor) =>
        HoldUndoAsync(flavor, [InAdo(Deed.Say, 0, 0)], [InAdo(Deed.Unsay, 0, 0)], [InJira(Deed.Say, 0, 0)]);

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public Task A_title_that_an_undo_gave_back_is_written_again_where_a_copy_of_a_file_stays_removed(JiraFlavor flavor) => HoldUndoAsync(
        flavor,
        [InAdo(Deed.Attach, 0, 0)],
        [InAdo(Deed.Detach, 0, 0), InJira(Deed.Name, 0, 0)],
        [InJira(Deed.Describe, 0, 0)]);

    private static async Task HoldPlanAsync(JiraFlavor flavor, PlanAct[] planned, PlanAct[] since)
    {
        await using var world = await PlanWorld.StartAsync(flavor);
        await using var twin = await PlanWorld.StartAsync(flavor);
        await PlanModel.HoldPlanAsync(world, twin, new PlanStory([], planned, since));
    }

    private static Task HoldUndoAsync(JiraFlavor flavor, PlanAct[] planned, PlanAct[] since) =>
        HoldUndoAsync(flavor, [], planned, since);

    private static async Task HoldUndoAsync(JiraFlavor flavor, PlanAct[] before, PlanAct[] planned, PlanAct[] since)
    {
        await using var world = await PlanWorld.StartAsync(flavor);
        await PlanModel.HoldUndoAsync(world, new PlanStory(before, planned, since));
    }

    private static PlanAct InJira(Deed deed, int pair, int value) => new(true, deed, pair, value);

    private static PlanAct InAdo(Deed deed, int pair, int value) => new(false, deed, pair, value);
}
