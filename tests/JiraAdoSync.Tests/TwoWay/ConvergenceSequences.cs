using JiraAdoSync.Mapping.Fields;
using Xunit;
using static JiraAdoSync.Tests.TwoWay.PairWorld;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>Sequences that <see cref="ConvergenceProperties"/> once found, each with what it showed.</summary>
public sealed class ConvergenceSequences
{
    [Fact]
    public void A_move_that_the_history_has_some_milliseconds_later_than_the_issue_is_not_put_back() => ConvergenceModel.Hold(
        false,
        FieldDirection.Both,
        7,
        new Round([InJira(State, 1)], RunFault.None, 0, []),
        new Round([InAdo(State, 3, 2)], RunFault.None, 0, []));

    [Fact]
    public void What_people_took_back_counts_where_the_history_has_it_some_milliseconds_later() => ConvergenceModel.Hold(
        false,
        FieldDirection.Both,
        7,
        new Round([InAdo(Priority, 0, 2), InJira(Priority, 0, 2), InJira(Priority, 2, 2)], RunFault.None, 0, []));

    [Fact]
    public void Another_write_does_not_forget_that_a_person_moved_an_issue_on_its_way() => ConvergenceModel.Hold(
        true,
        new Round([InAdo(State, 2), InAdo(Title, 1)], RunFault.Refused, 9, []),
        new Round([InJira(State, 0), InAdo(Priority, 3)], RunFault.KilledBefore, 5, []),
        new Round([InAdo(State, 1, 2)], RunFault.None, 0, []));

    [Fact]
    public void A_way_of_which_no_step_was_made_is_decided_again() => ConvergenceModel.Hold(
        true,
        new Round([InAdo(State, 3, 2)], RunFault.KilledBefore, 7, []),
        new Round([InAdo(State, 0, 2), InAdo(Title, 7)], RunFault.KilledBefore, 8, []));

    [Fact]
    public void What_people_edit_after_a_move_was_overwritten_is_no_edit_of_one_side_alone() => ConvergenceModel.Hold(
        true,
        new Round([InJira(State, 7), InAdo(AssignedTo, 6, 1), InAdo(Tags, 6)], RunFault.AnswerLost, 5, [(8, InJira(State, 1, 2))]),
        new Round([InJira(Link, 5), InAdo(State, 0, 1), InJira(Priority, 4, 1)], RunFault.KilledBefore, 8, [(5, InJira(State, 1, 2))]),
        new Round([InAdo(State, 7, 1), InAdo(Priority, 2, 1), InJira(State, 1)], RunFault.None, 7, []));

    [Fact]
    public void What_a_run_wrote_over_is_reported_however_many_runs_break_off_after_it()
    {
        foreach (var (first, second) in from first in Enumerable.Range(2, 4) from second in Enumerable.Range(1, 8) select (first, second))
        {
            ConvergenceModel.Hold(
                false,
                new Round([InAdo(Tags, 3)], RunFault.KilledAfter, first, [(first, InJira(Tags, 0, 2))]),
                new Round([InAdo(Title, 6, 2)], RunFault.KilledAfter, second, []));
        }
    }

    [Fact]
    public void A_step_over_the_status_that_somebody_chose_does_not_put_it_back()
    {
        foreach (var (at, move) in from at in Enumerable.Range(1, 9) from move in Enumerable.Range(1, 6) select (at, move))
        {
            ConvergenceModel.Hold(
                true, new Round([InAdo(State, 3, 2)], RunFault.KilledAfter, at, [(move, InJira(State, 2, 2))]));
        }
    }

    [Fact]
    public void A_value_that_was_put_back_over_another_edit_stays_a_conflict() => ConvergenceModel.Hold(
        true,
        new Round([InAdo(Title, 5, 1), InAdo(AssignedTo, 2, 2)], RunFault.AnswerLost, 3,
            [(4, InJira(Title, 3, 1)), (3, InJira(Title, 4, 2))]));

    [Fact]
    public void What_the_two_sides_never_had_at_one_time_is_no_base() => ConvergenceModel.Hold(
        false,
        new Round([InAdo(Priority, 0, 2), InAdo(AssignedTo, 4, 1), InJira(Priority, 5, 1)], RunFault.KilledAfter, 9,
            [(3, InJira(State, 7)), (5, InJira(Priority, 6))]),
        new Round([], RunFault.None, 9, [(2, InAdo(Priority, 1, 2)), (1, InJira(Priority, 7, 2))]),
        new Round([InJira(State, 7)], RunFault.None, 1, []));

    [Fact]
    public void A_tag_that_a_run_added_and_took_back_is_not_removed_by_anybody() => ConvergenceModel.Hold(
        false,
        new Round([InJira(Priority, 6, 1)], RunFault.KilledBefore, 9, []),
        new Round([InAdo(Tags, 7, 1), InAdo(AssignedTo, 5, 1), InJira(State, 7, 1), InJira(Title, 5, 2)], RunFault.None, 1,
            [(4, InJira(Tags, 4, 1)), (6, InJira(Tags, 2, 1))]));

    [Fact]
    public void What_was_written_beside_a_value_that_was_put_back_stays_in_step() => ConvergenceModel.Hold(
        true,
        new Round([InAdo(Priority, 5), InAdo(Tags, 3)], RunFault.None, 5,
            [(3, InAdo(Tags, 7, 2)), (6, InJira(Priority, 2)), (3, InJira(Priority, 0, 2))]),
        new Round([InAdo(AssignedTo, 1, 2), InJira(Priority, 4), InAdo(Tags, 1, 1), InAdo(Priority, 0, 1)], RunFault.None, 1, []));

    [Fact]
    public void Who_removes_a_tag_that_a_run_brought_has_seen_it() => ConvergenceModel.Hold(
        true,
        new Round([InAdo(Tags, 5)], RunFault.None, 4, []),
        new Round([InAdo(Tags, 2, 1), InJira(Priority, 6), InJira(Priority, 1, 2), InJira(Priority, 0, 2)], RunFault.None, 5,
            [(4, InJira(Tags, 1, 1)), (6, InJira(Tags, 6))]),
        new Round([], RunFault.None, 9, []));

    [Fact]
    public void A_way_that_was_at_its_end_when_a_run_broke_off_is_no_decision_of_a_person() => ConvergenceModel.Hold(
        false,
        new Round([InAdo(Tags, 7), InAdo(Title, 2, 1)], RunFault.None, 7,
            [(4, InAdo(Link, 0, 2)), (2, InAdo(Title, 5, 1)), (6, InAdo(Priority, 0))]),
        new Round([InAdo(AssignedTo, 3), InJira(Tags, 2, 2), InAdo(State, 3, 1), InJira(Tags, 2)], RunFault.KilledAfter, 8,
            [(6, InAdo(Priority, 5, 2)), (1, InAdo(State, 0))]));

    [Fact]
    public void Who_adds_a_tag_that_a_run_took_away_has_seen_that() => ConvergenceModel.Hold(
        true,
        new Round([InAdo(Tags, 1)], RunFault.None, 6, []),
        new Round([InAdo(Tags, 1)], RunFault.None, 7, [(3, InJira(Tags, 6)), (4, InAdo(Link, 2, 2)), (5, InJira(Tags, 5))]));

    [Fact]
    public void A_text_that_somebody_edited_and_took_back_is_held_until_somebody_decides() => ConvergenceModel.Hold(
        true,
        new Round([InAdo(Description, 3)], RunFault.None, 3, []),
        new Round([InJira(Tags, 0)], RunFault.None, 7, []),
        new Round([InJira(Description, 0), InJira(Title, 4), InAdo(Description, 6), InJira(Description, 1)], RunFault.AnswerLost, 1, []));

    [Fact]
    public void A_text_that_somebody_removed_in_the_moment_before_a_write_is_reported() => ConvergenceModel.Hold(
        true,
        new Round([InJira(Description, 2)], RunFault.None, 5, []),
        new Round([InAdo(Description, 3)], RunFault.None, 3, [(5, InJira(Description, 5, 2))]));

    [Fact]
    public void A_text_that_somebody_edits_while_a_run_reads_its_forms_is_left_to_the_next_run() => ConvergenceModel.Hold(
        false,
        new Round([InJira(Description, 0)], RunFault.None, 4,
            [(7, InJira(Description, 0, 2)), (2, InJira(Link, 1, 2)), (3, InJira(Description, 1))]));

    [Fact]
    public void A_text_that_is_held_since_an_earlier_base_is_not_written_over() => ConvergenceModel.Hold(
        true,
        new Round([InJira(Description, 0)], RunFault.None, 7, []),
        new Round([InAdo(Description, 1, 2)], RunFault.AnswerLost, 3, []),
        new Round([InJira(Description, 1, 2)], RunFault.None, 9, []),
        new Round([InJira(Title, 7, 2), InJira(Description, 6)], RunFault.None, 1, []),
        new Round([], RunFault.None, 1, [(3, InJira(Description, 2, 2))]));

    [Fact]
    public void A_text_that_a_run_brought_to_Jira_and_somebody_edits_there_is_no_conflict() => ConvergenceModel.Hold(
        true,
        new Round([InAdo(Description, 7), InAdo(Tags, 6, 2)], RunFault.None, 8, []),
        new Round([InJira(Description, 6)], RunFault.None, 5, []));

    [Fact]
    public void Who_removes_a_tag_that_a_run_is_bringing_to_Jira_has_removed_it() => ConvergenceModel.Hold(
        false,
        new Round([InAdo(AssignedTo, 6)], RunFault.None, 5, [(2, InJira(Description, 1))]),
        new Round([InAdo(Tags, 4)], RunFault.Refused, 6, [(1, InJira(Link, 7))]),
        new Round([], RunFault.Refused, 7, [(6, InJira(Tags, 5, 2)), (6, InAdo(Tags, 4))]));

    [Fact]
    public void Who_removes_a_tag_in_Jira_that_a_run_has_brought_to_Azure_DevOps_has_removed_it() => ConvergenceModel.Hold(
        true,
        new Round([InJira(Tags, 7), InAdo(Tags, 0)], RunFault.None, 8, [(4, InJira(Tags, 3))]));

    [Fact]
    public void A_state_whose_base_is_borne_out_in_part_is_held_until_somebody_decides() => ConvergenceModel.Hold(
        true,
        FieldDirection.AdoToJira,
        new Round([InJira(AssignedTo, 4, 1), InJira(Title, 5), InAdo(Title, 7)], RunFault.None, 2, []),
        new Round([InAdo(Link, 0, 1), InAdo(Priority, 3), InJira(State, 7), InJira(Title, 3)], RunFault.None, 9,
            [(7, InJira(Link, 2, 2)), (2, InJira(Link, 1)), (6, InJira(AssignedTo, 1, 2))]),
        new Round([InJira(Tags, 1, 1), InAdo(Description, 0, 1), InJira(Link, 3), InAdo(Priority, 3)], RunFault.None, 6,
            [(6, InJira(Title, 3, 1)), (7, InAdo(Link, 1)), (9, InJira(Tags, 1, 2))]),
        new Round([InJira(Priority, 7), InAdo(Priority, 3), InJira(Tags, 2), InJira(State, 2)], RunFault.None, 6,
            [(9, InAdo(AssignedTo, 2))]),
        new Round([], RunFault.None, 9, [(8, InJira(Description, 5))]),
        new Round([InJira(Priority, 5), InAdo(Priority, 0, 2), InAdo(State, 6, 2), InAdo(Title, 2, 2)], RunFault.None, 8,
            [(6, InAdo(Link, 1))]),
        new Round([InAdo(State, 0, 2), InAdo(AssignedTo, 1)], RunFault.None, 8,
            [(2, InAdo(State, 2, 2)), (9, InAdo(State, 3)), (8, InJira(AssignedTo, 0, 2))]),
        new Round([InAdo(AssignedTo, 4), InAdo(Priority, 2, 2), InJira(State, 6), InAdo(Description, 4)], RunFault.None, 3,
            [(2, InAdo(Link, 7)), (1, InJira(Description, 7, 2)), (4, InAdo(AssignedTo, 0))]),
        new Round([InJira(Tags, 5, 1), InJira(State, 5, 1), InAdo(State, 4), InAdo(Link, 0, 2)], RunFault.None, 4,
            [(8, InJira(State, 7, 2)), (5, InJira(AssignedTo, 2))]),
        new Round([InJira(State, 5, 2), InAdo(Tags, 1, 2), InJira(State, 6, 1), InAdo(AssignedTo, 6)], RunFault.None, 9, []),
        new Round([InAdo(Description, 7), InAdo(State, 7, 1)], RunFault.None, 8,
            [(5, InAdo(Link, 3, 1)), (5, InAdo(Title, 3, 2)), (8, InAdo(Link, 7, 2))]));

    private static Edit InJira(string field, int value, int pause = 0) => new(true, field, value, pause);

    private static Edit InAdo(string field, int value, int pause = 0) => new(false, field, value, pause);
}
