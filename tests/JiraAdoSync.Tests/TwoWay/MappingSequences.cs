using JiraAdoSync.Planning.WorkItems;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>Sequences that <see cref="MappingProperties"/> once found, each with what it showed.</summary>
public sealed class MappingSequences
{
    [Fact]
    public void A_conflict_over_a_status_that_means_no_state_is_not_written_over_after_another_field_was_written() =>
        MappingProperties.Hold(
            false,
            new ValueMapping(
                [new("To Do", "Resolved"), new("In Progress", null), new("In Review", null), new("Done", "New")],
                [new("Closed", ["Done"])],
                [new("Highest", null), new("High", null), new("Medium", 3), new("Low", 1), new("Lowest", 2)]),
            FieldConflict.Keep,
            [InJira(true, 3, 4), InAdo(true, 0, 1), InAdo(true, 2, 3)],
            [InJira(true, 2, 4), InAdo(false, 1, 1)],
            [InJira(false, 2, 5), InAdo(true, 1, 3), InAdo(true, 4, 2)],
            [],
            [InJira(false, 3, 3), InJira(true, 0, 3)]);

    [Fact]
    public void A_conflict_over_a_status_that_means_no_state_makes_no_write_that_changes_nothing() =>
        MappingProperties.Hold(
            true,
            new ValueMapping(
                [new("In Progress", "Closed"), new("In Review", "Closed"), new("Done", null)],
                [],
                [new("Highest", 2), new("High", 1), new("Low", 4), new("Lowest", null)]),
            FieldConflict.Overwrite,
            [InAdo(true, 4, 2)],
            [InAdo(false, 3, 5), InJira(false, 2, 5), InJira(true, 2, 5), InJira(true, 3, 4)],
            [],
            [InAdo(true, 2, 1), InAdo(true, 0, 3)],
            [InJira(false, 0, 4), InAdo(true, 4, 3), InAdo(true, 3, 1)],
            [InAdo(true, 4, 5), InJira(false, 2, 2)]);

    [Fact]
    public void A_base_of_unknown_time_counts_as_later_than_what_both_sides_had_before_it() =>
        MappingProperties.Hold(
            false,
            new ValueMapping(
                [new("In Progress", null), new("In Review", "New"), new("Done", "Active")],
                [],
                [new("Highest", 2), new("Medium", 4), new("Low", 1), new("Lowest", 3)]),
            FieldConflict.Overwrite,
            [InAdo(true, 4, 4)],
            [InJira(true, 2, 0), InJira(true, 1, 2), InAdo(false, 4, 2)],
            [InAdo(false, 0, 3), InAdo(true, 4, 5)],
            [InJira(true, 1, 2)],
            [InJira(true, 1, 1), InJira(false, 1, 3)],
            [InAdo(true, 1, 5), InAdo(true, 1, 5), InJira(true, 2, 5), InJira(false, 4, 2)],
            [InJira(false, 0, 0), InAdo(true, 0, 4), InJira(false, 3, 0)]);

    private static (bool, bool, int, int) InJira(bool isState, int value, int minutes) => (true, isState, value, minutes);

    private static (bool, bool, int, int) InAdo(bool isState, int value, int minutes) => (false, isState, value, minutes);
}
