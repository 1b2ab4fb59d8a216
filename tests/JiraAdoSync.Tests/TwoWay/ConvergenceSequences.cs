using Xunit;
using static JiraAdoSync.Tests.TwoWay.PairWorld;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>Sequences that <see cref="ConvergenceProperties"/> once found, each with what it showed.</summary>
public sealed class ConvergenceSequences
{
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

    private static Edit InJira(string field, int value, int pause = 0) => new(true, field, value, pause);

    private static Edit InAdo(string field, int value, int pause = 0) => new(false, field, value, pause);
}
