using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Planning.Relations;

public sealed class PlannerTests
{
    [Fact]
    public void Creates_what_does_not_exist() =>
        Assert.Equal(["Create A-1 Successor A-2"], new Scenario().Wants(10, 1, Successor, 2).Lines());

    [Fact]
    public void Keeps_what_is_ours_whichever_end_carries_the_mark() => Assert.Equal(
        ["Keep A-1 Successor A-2", "Keep A-3 Successor A-4"],
        new Scenario()
            .Wants(10, 1, Successor, 2).Ours(10, 1, Successor, 2)
            .Wants(11, 3, Successor, 4).Ours(11, 4, Predecessor, 3)
            .Lines());

    [Fact]
    public void Adopts_an_equal_relation_that_somebody_else_made() => Assert.Equal(
        ["Adopt A-1 Successor A-2"],
        new Scenario().Wants(10, 1, Successor, 2).Theirs(2, Predecessor, 1).Lines());

    [Fact]
    public void Counts_one_link_once_from_whichever_end_it_was_read()
    {
        var input = new Scenario().Wants(10, 1, Successor, 2).ToInput();
        var fromOtherEnd = input.Desired.Single() with { Link = Scenario.Link(10, 1, 2, readFrom: 2) };
        var plan = Planner.Plan(input with { Desired = [fromOtherEnd, .. input.Desired] });
        Assert.Equal("Create A-1 Successor A-2", Scenario.Line(Assert.Single(plan.Changes)));
    }

    [Fact]
    public void Merges_an_edge_that_is_decided_already_in_either_direction_of_a_symmetric_type() => Assert.Equal(
        ["Create A-1 Related A-2", "Merge A-2 Related A-1", "Create A-3 Successor A-4", "Merge A-4 Predecessor A-3"],
        new Scenario()
            .Wants(10, 1, Related, 2).Wants(11, 2, Related, 1)
            .Wants(12, 3, Successor, 4).Wants(13, 4, Predecessor, 3)
            .Lines());

    [Fact]
    public void Degrades_the_later_of_two_links_that_block_each_other()
    {
        var plan = new Scenario().Wants(11, 1, Successor, 2).Wants(12, 2, Successor, 1).Wants(13, 1, Related, 2).Plan();
        Assert.Equal(
            ["Create A-1 Successor A-2", "Degrade A-2 Related A-1", "Merge A-1 Related A-2"],
            plan.Changes.Select(Scenario.Line));
        Assert.Equal("It would close the cycle A-2 -> A-1 -> A-2.", plan.Changes[1].Detail);
    }

    [Fact]
    public void Reports_the_whole_cycle_by_keys()
    {
        var change = new Scenario()
            .Wants(10, 1, Successor, 2).Wants(11, 3, Predecessor, 2).Wants(12, 3, Successor, 4)
                .Wants(13, 4, Successor, 1)
            .Plan().Changes[3];
        Assert.Equal(ChangeAction.Degrade, change.Action);
        Assert.Equal("Cycle", change.Reason);
        Assert.Equal("It would close the cycle A-4 -> A-1 -> A-2 -> A-3 -> A-4.", change.Detail);
    }

    [Fact]
    public void Gives_an_item_one_original_only_and_names_both_candidates()
    {
        var plan = new Scenario().Wants(10, 1, DuplicateOf, 2).Wants(11, 1, DuplicateOf, 3).Plan();
        Assert.Equal(["Create A-1 Duplicate Of A-2", "Degrade A-1 Related A-3"], plan.Changes.Select(Scenario.Line));
        Assert.Equal(
            "A-1 can have one Duplicate Of only, and has A-2; the other candidate is A-3.", plan.Changes[1].Detail);
    }

    [Theory]
    [InlineData(LinkConflict.Skip, "Skip A-2 Successor A-1")]
    [InlineData(LinkConflict.Fail, "Fail A-2 Successor A-1")]
    public void Does_with_a_conflict_what_the_user_chose(LinkConflict onConflict, string line)
    {
        var plan = new Scenario { Policy = new RelationPolicy { OnConflict = onConflict } }
            .Wants(11, 1, Successor, 2).Wants(12, 2, Successor, 1).Plan();
        Assert.Equal(line, Scenario.Line(plan.Changes[1]));
        Assert.Equal(onConflict == LinkConflict.Fail ? "PlanRefused" : null, plan.Refusal?.Id);
    }

    [Fact]
    public void Decides_parents_before_links()
    {
        var lines = new Scenario().Wants(1, 2, Child, 1).WantsParent(1, 3).Lines();
        Assert.Equal(["Create A-1 Parent A-3", "Degrade A-2 Related A-1"], lines);
    }

    [Fact]
    public void Replaces_another_parent_of_ours_even_without_a_scope()
    {
        var input = new Scenario().WantsParent(1, 3).Ours(null, 1, Parent, 2).ToInput();
        var plan = Planner.Plan(input with { Scope = [] });
        Assert.Equal(["Replace A-1 Parent A-3 - 1 Parent 2"], plan.Changes.Select(Scenario.Line));
    }

    [Theory]
    [InlineData(ParentConflict.Keep, "Skip A-1 Parent A-3")]
    [InlineData(ParentConflict.Replace, "Replace A-1 Parent A-3 - 1 Parent 2")]
    public void Does_with_a_parent_that_somebody_else_gave_what_the_user_chose(
        ParentConflict parentConflict, string line)
    {
        var scenario = new Scenario { Policy = new RelationPolicy { ParentConflict = parentConflict } };
        Assert.Equal([line], scenario.WantsParent(1, 3).Theirs(1, Parent, 2).Lines());
    }

    [Fact]
    public void Skips_a_parent_that_would_close_a_cycle_with_what_exists()
    {
        var plan = new Scenario().WantsParent(1, 2).Theirs(2, Parent, 1).Plan();
        Assert.Equal(["Skip A-1 Parent A-2"], plan.Changes.Select(Scenario.Line));
        Assert.Equal("Cycle", plan.Changes[0].Reason);
        Assert.Equal("As parent it would close the cycle A-2 -> A-1 -> A-2.", plan.Changes[0].Detail);
    }

    [Fact]
    public void Never_removes_what_exists_and_is_not_ours() => Assert.Equal(
        ["Degrade A-2 Related A-1"],
        new Scenario { Policy = new RelationPolicy { Prune = true } }
            .Wants(10, 2, Successor, 1).Theirs(1, Successor, 2).Theirs(3, Related, 4).Lines());

    [Fact]
    public void Replaces_a_relation_whose_link_is_decided_otherwise_now() => Assert.Equal(
        ["Replace A-1 Successor A-2 - 1 Related 2"],
        new Scenario().Wants(10, 1, Successor, 2).Ours(10, 1, Related, 2).Lines());

    [Fact]
    public void Takes_a_degraded_link_up_again_when_it_becomes_possible() => Assert.Equal(
        ["Replace A-2 Successor A-1 - 2 Related 1"],
        new Scenario().Wants(12, 2, Successor, 1).Ours(12, 2, Related, 1).Lines());

    [Fact]
    public void Keeps_a_relation_that_another_link_of_the_pair_still_wants()
    {
        var lines = new Scenario().Ours(10, 1, Related, 2).Wants(10, 1, Successor, 2).Wants(11, 1, Related, 2).Lines();
        Assert.Equal(["Create A-1 Successor A-2", "Keep A-1 Related A-2"], lines);
    }

    [Fact]
    public void Removes_a_relation_whose_link_is_deleted_only_with_prune()
    {
        var scenario = new Scenario().Ours(10, 1, Successor, 2);
        Assert.Empty(scenario.Lines());
        var pruning = new Scenario { Policy = new RelationPolicy { Prune = true } }.Ours(10, 1, Successor, 2);
        Assert.Equal(["Remove A-1 Successor A-2 - 1 Successor 2"], pruning.Lines());
    }

    [Fact]
    public void Keeps_a_relation_whose_link_a_permission_may_hide()
    {
        var scenario = new Scenario { Policy = new RelationPolicy { Prune = true } };
        Assert.Empty(scenario.Ours(10, 1, Successor, 2).Unread(2).Lines());
    }

    [Fact]
    public void Does_not_take_a_type_that_the_mapping_merely_lacks_for_a_link_that_is_deleted()
    {
        var pruning = new RelationPolicy { Prune = true };
        Assert.Equal(
            ["Skip A-1 Unmapped A-2"],
            new Scenario { Policy = pruning }.LeavesOut(10, 1, 2, "Unmapped").Ours(10, 1, Related, 2).Lines());
        Assert.Equal(
            ["Skip A-1 LeftOut A-2", "Remove A-1 Related A-2 - 1 Related 2"],
            new Scenario { Policy = pruning }.LeavesOut(10, 1, 2, "LeftOut").Ours(10, 1, Related, 2).Lines());
    }

    [Fact]
    public void Accepts_what_it_may_not_remove_as_a_fact()
    {
        // The link behind it is deleted; without prune it stays, so the reverse would be a cycle.
        var lines = new Scenario().Ours(10, 1, Successor, 2).Wants(11, 2, Successor, 1).Lines();
        Assert.Equal(["Degrade A-2 Related A-1"], lines);
    }

    [Fact]
    public void Stops_before_more_removals_than_the_limit_allows()
    {
        var scenario = new Scenario { Issues = 60, Policy = new RelationPolicy { Prune = true, PruneLimit = 50 } };
        for (var i = 1; i <= 42; i++)
        {
            scenario.Ours(i, i, Related, i + 1);
        }

        var refusal = scenario.Plan().Refusal;
        Assert.Equal("PruneLimitExceeded", refusal?.Id);
        Assert.StartsWith(
            "42 of our 42 relations would be removed; -PruneLimit 50 (per cent) allows 21.", refusal?.Message);
    }

    [Fact]
    public void Lets_twenty_removals_pass_whatever_the_limit_says()
    {
        var scenario = new Scenario { Issues = 60, Policy = new RelationPolicy { Prune = true, PruneLimit = 0 } };
        for (var i = 1; i <= 20; i++)
        {
            scenario.Ours(i, i, Related, i + 1);
        }

        Assert.Null(scenario.Plan().Refusal);
        Assert.NotNull(scenario.Ours(21, 21, Related, 22).Plan().Refusal);
    }

    [Fact]
    public void Waits_for_an_end_without_a_work_item_and_names_it()
    {
        var change = new Scenario().Wants(10, 1, Successor, 2).Missing(2).Plan().Changes.Single();
        Assert.Equal(ChangeAction.Pending, change.Action);
        Assert.Equal("Waits for A-2: no work item exists yet.", change.Detail);
    }

    [Fact]
    public void Counts_an_end_that_is_to_be_created_as_present()
    {
        var input = new Scenario().Wants(10, 1, Successor, 2).Wants(11, 2, Successor, 1).Missing(1, 2).ToInput();
        var plan = Planner.Plan(input with { ToCreate = new HashSet<long> { 1, 2 } });
        Assert.Equal(["Create A-1 Successor A-2", "Degrade A-2 Related A-1"], plan.Changes.Select(Scenario.Line));
    }

    [Fact]
    public void Skips_a_link_to_itself()
    {
        var change = new Scenario().Wants(10, 1, Related, 1).Plan().Changes.Single();
        Assert.Equal((ChangeAction.Skip, "SelfLink"), (change.Action, change.Reason));
    }

    [Fact]
    public void Skips_what_does_not_fit_on_an_item_current_links_included()
    {
        var scenario = new Scenario { Issues = 1002 }.Theirs(1, Related, 1002);
        for (var i = 2; i <= 1001; i++)
        {
            scenario.Wants(i, i, Related, 1);
        }

        var changes = scenario.Plan().Changes;
        Assert.All(changes.SkipLast(1), change => Assert.Equal(ChangeAction.Create, change.Action));
        Assert.Equal((ChangeAction.Skip, "LinkLimit"), (changes[^1].Action, changes[^1].Reason));
    }
}
