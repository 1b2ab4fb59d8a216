using JiraAdoSync.Applying.Relations;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Tests.Planning.Relations;
using JiraAdoSync.Tests.Writing;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Applying.Relations;

/// <summary>A plan applied while others edit, and by a service that refuses.</summary>
public sealed class RelationApplierTests
{
    private const string Ours = "A-1 links to A-2 [jira:jira.example/1]";

    [Fact]
    public async Task Leaves_an_equal_relation_alone_that_somebody_made_since_instead_of_ours()
    {
        var store = new MemoryStore().Item(1, 2).Relate(1, Related, 2, "theirs by now");
        await ApplyAsync(store, Remove(1, Related, 2));
        Assert.Equal(["Related 2 \"theirs by now\""], store.On(1));
    }

    [Fact]
    public async Task Puts_back_with_comment_and_lock_what_was_removed_instead_of_the_relation_meant()
    {
        var store = new MemoryStore().Item(1, 2, 3, 4)
            .Relate(1, Related, 2, "theirs")
            .Relate(1, Related, 3, Ours)
            .Relate(1, Related, 4, "theirs too", isLocked: true);
        // Somebody removes the first relation after we read: what was at index 1 is at index 0 now.
        store.Meanwhile(() => store.Unrelate(1, Related, 2));
        var results = await ApplyAsync(store, Remove(1, Related, 3));
        Assert.Equal(["Remove"], results.Select(result => result.Action.ToString()));
        // What they removed themselves stays removed.
        Assert.Equal(["Related 4 locked \"theirs too\""], store.On(1));
        Assert.Empty(store.On(3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Puts_back_what_somebody_added_at_the_index_of_ours_and_nobody_has_seen(bool isAnswerLost)
    {
        var store = new MemoryStore().Item(1, 2, 3).Relate(1, Related, 2, Ours);
        store.FateOf = _ =>
            isAnswerLost && store.Batches.Count == 1 ? MemoryStore.Fate.DoneWithoutAnswer : MemoryStore.Fate.Answered;
        store.Meanwhile(() =>
        {
            store.Unrelate(1, Related, 2);
            store.Relate(1, Related, 3, "theirs");
        });
        await ApplyAsync(store, Remove(1, Related, 2));
        Assert.Equal(["Related 3 \"theirs\""], store.On(1));
    }

    [Theory]
    [InlineData("Related", 1, "Related", 3)]
    [InlineData("Related", 3, "Related", 1)]
    [InlineData("Parent", 1, "Parent", 4)]
    [InlineData("Parent", 4, "Child", 1)]
    [InlineData("Child", 3, "Parent", 4)]
    [InlineData("Successor", 3, "Successor", 1)]
    [InlineData("Successor", 1, "Predecessor", 3)]
    public async Task Removes_what_another_run_put_at_the_index_of_theirs_and_puts_theirs_back(
        string theirs, int owner, string ours, int target)
    {
        var store = new MemoryStore().Item(1, 2, 3, 4).Relate(1, Related, 2, Ours);
        store.Meanwhile(() =>
        {
            store.Unrelate(1, Related, 2);
            store.Relate(1, Type(theirs), 3, "theirs", isLocked: true);
        });
        store.Afterwards(() => store.Relate(owner, Type(ours), target, "another run's [jira:jira.example/7]"));
        var result = Assert.Single(await ApplyAsync(store, Remove(1, Related, 2)));
        Assert.Null(result.Error);
        Assert.Equal([$"{theirs} 3 locked \"theirs\""], store.On(1));
        Assert.Empty(store.Ours());
    }

    [Fact]
    public async Task Puts_back_what_was_removed_while_what_another_run_put_at_the_index_of_theirs_was_removed()
    {
        var store = new MemoryStore().Item(1, 2, 3, 4).Relate(1, Related, 2, Ours);
        store.BeforeWrite = batch =>
        {
            if (batch == 1)
            {
                store.Unrelate(1, Related, 2);
                store.Relate(1, Related, 3, "theirs");
            }
            else if (store.Batches[^1][0].RemoveRelations.Count > 0 && store.On(1).Count == 1)
            {
                // The list is turned over just when the other run's is to go.
                store.Unrelate(1, Related, 3);
                store.Relate(1, Related, 4, "theirs too");
                store.Relate(1, Related, 3, "another run's [jira:jira.example/7]");
            }
        };
        store.Afterwards(() => store.Relate(1, Related, 3, "another run's [jira:jira.example/7]"));
        var result = Assert.Single(await ApplyAsync(store, Remove(1, Related, 2)));
        Assert.Null(result.Error);
        Assert.Equal(["Related 3 \"theirs\"", "Related 4 \"theirs too\""], store.On(1));
    }

    [Fact]
    public async Task Reports_that_theirs_cannot_be_restored_where_another_run_replaces_them_again_and_again()
    {
        var store = new MemoryStore().Item(1, 2, 3).Relate(1, Related, 2, Ours);
        store.Meanwhile(() =>
        {
            store.Unrelate(1, Related, 2);
            store.Relate(1, Related, 3, "theirs");
        });
        store.AfterWrite = _ => store.TryRelate(1, Related, 3, "another run's [jira:jira.example/7]");
        var result = Assert.Single(await ApplyAsync(store, Remove(1, Related, 2)));
        Assert.Equal(Failure.WorkItemChanged, result.Error?.Kind);
        Assert.Contains(
            "can't be put back: 1 System.LinkTypes.Related 3", result.Error!.Message, StringComparison.Ordinal);
        Assert.InRange(store.Batches.Count, 5, 20);
    }

    [Fact]
    public async Task Leaves_an_equal_relation_of_people_instead_of_the_removed_one()
    {
        var store = new MemoryStore().Item(1, 2, 3).Relate(1, Related, 2, Ours);
        store.Meanwhile(() =>
        {
            store.Unrelate(1, Related, 2);
            store.Relate(1, Related, 3, "theirs");
        });
        store.Afterwards(() => store.Relate(1, Related, 3, "made again by somebody"));
        var result = Assert.Single(await ApplyAsync(store, Remove(1, Related, 2)));
        Assert.Null(result.Error);
        Assert.Equal(["Related 3 \"made again by somebody\""], store.On(1));
    }

    [Fact]
    public async Task Separates_what_it_removed_from_what_is_removed_with_a_related_item_of_the_same_batch()
    {
        // Ours is removed, theirs is at its index on both, and exists between them: it shows in both histories when the
        // one takes it.
        var store = new MemoryStore().Item(1, 2, 3, 4, 5)
            .Relate(1, Related, 2, Ours)
            .Relate(3, Related, 4, Ours);
        store.Meanwhile(() =>
        {
            store.Unrelate(1, Related, 2);
            store.Unrelate(3, Related, 4);
            store.Relate(1, Related, 3, "theirs");
            store.Relate(3, Related, 5, "theirs too");
        });
        await ApplyAsync(store, Remove(1, Related, 2), Remove(3, Related, 4));
        Assert.Equal(2, store.Batches[0].Count);
        Assert.Equal(["Related 3 \"theirs\""], store.On(1));
        Assert.Equal(["Related 1", "Related 5 \"theirs too\""], store.On(3));
    }

    [Fact]
    public async Task Lets_another_run_of_the_same_account_remove_what_it_likes_where_it_is_clear_who_did()
    {
        var store = new MemoryStore { OthersUseOurAccount = true }.Item(1, 2, 3).Relate(1, Related, 2, Ours)
            .Relate(1, Related, 3, "theirs");
        store.Meanwhile(() =>
        {
            // Ours is at index 0 all the same.
            store.Unrelate(1, Related, 3);
        });
        await ApplyAsync(store, Remove(1, Related, 2));
        Assert.Empty(store.On(1));
    }

    [Fact]
    public async Task Puts_back_rather_than_loses_what_another_run_of_the_same_account_may_have_removed()
    {
        // R was added and removed, as it would have been by us: nobody can say.
        var store = new MemoryStore { OthersUseOurAccount = true }.Item(1, 2, 3, 4)
            .Relate(1, Related, 2, "stays").Relate(1, Related, 3, Ours);
        store.Meanwhile(() =>
        {
            store.Unrelate(1, Related, 3);
            store.Relate(1, Related, 4, "R");
        });
        store.Afterwards(() =>
        {
            store.Relate(1, Related, 3, "theirs by now");
            store.Unrelate(1, Related, 3);
        });
        await ApplyAsync(store, Remove(1, Related, 3));
        Assert.Contains("Related 4 \"R\"", store.On(1));
        Assert.Contains("Related 2 \"stays\"", store.On(1));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Removes_ours_where_histories_show_less(bool areLate, bool showComments)
    {
        var store = new MemoryStore { HistoriesAreLate = areLate, HistoriesShowComments = showComments }.Item(1, 2, 3)
            .Relate(1, Related, 2, "theirs").Relate(1, Related, 3, Ours);
        store.Meanwhile(() =>
        {
            // The list is turned over.
            store.Unrelate(1, Related, 2);
            store.Relate(1, Related, 2, "theirs");
        });
        var results = await ApplyAsync(store, Remove(1, Related, 3));
        Assert.Equal([(ChangeAction.Remove, true)], results.Select(result => (result.Action, result.IsApplied)));
        Assert.Equal(["Related 2"], store.On(1).Select(one => one.Split(" \"")[0]));
    }

    [Fact]
    public async Task Reports_a_removal_that_no_history_confirms_and_puts_back_what_can_be_seen()
    {
        var store = new MemoryStore { HistoriesFailFrom = 2 }.Item(1, 2, 3, 4)
            .Relate(1, Related, 2, "theirs").Relate(1, Related, 3, Ours).Relate(1, Related, 4, "theirs too");
        store.Meanwhile(() =>
        {
            // The list is turned over.
            store.Unrelate(1, Related, 2);
            store.Relate(1, Related, 2, "theirs");
        });
        var result = Assert.Single(await ApplyAsync(store, Remove(1, Related, 3)));
        Assert.Contains("history of work item 1 can't be read", result.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("Related 4 \"theirs too\"", store.On(1));
        Assert.Contains("Related 2 \"theirs\"", store.On(1));
    }

    [Fact]
    public async Task Reads_again_when_an_index_is_out_of_range()
    {
        var store = new MemoryStore().Item(1, 2, 3).Relate(1, Related, 2).Relate(1, Related, 3, Ours);
        store.Meanwhile(() => store.Unrelate(1, Related, 2));
        await ApplyAsync(store, Remove(1, Related, 3));
        Assert.Empty(store.On(1));
    }

    [Fact]
    public async Task Does_not_bring_back_what_somebody_else_removed_beside_ours()
    {
        var store = new MemoryStore().Item(1, 2, 3).Relate(1, Related, 3, Ours).Relate(1, Related, 2);
        store.BeforeWrite = _ => store.Unrelate(1, Related, 2);
        await ApplyAsync(store, Remove(1, Related, 3));
        Assert.Empty(store.On(1));
    }

    [Fact]
    public async Task Lets_no_item_take_part_in_two_changes_of_a_batch_that_removes()
    {
        var store = new MemoryStore().Item(1, 2, 3, 4, 5)
            .Relate(1, Related, 2, Ours).Relate(2, Related, 3, Ours).Relate(4, Related, 5, Ours);
        var results = await ApplyAsync(store, Remove(1, Related, 2), Remove(2, Related, 3), Remove(4, Related, 5));
        Assert.Equal(3, results.Count(result => result.IsApplied));
        Assert.Equal([2, 1], store.Batches.Select(batch => batch.Count));
        Assert.All(new[] { 1, 2, 3, 4, 5 }, id => Assert.Empty(store.On(id)));
    }

    [Fact]
    public async Task Removes_what_one_item_loses_in_one_write()
    {
        var store = new MemoryStore().Item(1, 2, 3, 4).Relate(1, Related, 2, Ours).Relate(1, Related, 3).Relate(1, Related, 4, Ours);
        var results = await ApplyAsync(store, Remove(1, Related, 2), Remove(1, Related, 4));
        Assert.Equal(2, results.Count(result => result.IsApplied));
        Assert.Equal(2, Assert.Single(Assert.Single(store.Batches)).RemoveRelations.Count);
        Assert.Equal(["Related 3"], store.On(1));
        Assert.All(new[] { 2, 4 }, id => Assert.Empty(store.On(id)));
    }

    [Fact]
    public async Task Puts_back_what_was_removed_instead_of_some_that_one_item_loses_and_removes_these_one_by_one()
    {
        var store = new MemoryStore().Item(1, 2, 3, 4, 5, 6)
            .Relate(1, Related, 2).Relate(1, Related, 3, Ours).Relate(1, Related, 4, Ours);
        store.Meanwhile(() =>
        {
            store.Unrelate(1, Related, 2);
            store.Relate(1, Related, 5, "theirs");
        });
        var results = await ApplyAsync(store, Remove(1, Related, 3), Remove(1, Related, 4));
        Assert.Equal(2, results.Count(result => result.IsApplied));
        Assert.Equal(["Related 5 \"theirs\""], store.On(1));
        Assert.All(new[] { 3, 4 }, id => Assert.Empty(store.On(id)));
        Assert.All(store.Batches.Skip(1).SelectMany(batch => batch), write => Assert.True(write.RemoveRelations.Count <= 1));
    }

    [Fact]
    public async Task Removes_what_several_items_have_of_one_in_one_batch()
    {
        var store = new MemoryStore().Item(1, 2, 3, 4)
            .Relate(2, Parent, 1, Ours).Relate(3, Parent, 1, Ours).Relate(4, Parent, 1, Ours);
        var results = await ApplyAsync(store, Remove(2, Parent, 1), Remove(3, Parent, 1), Remove(4, Parent, 1));
        Assert.Equal(3, results.Count(result => result.IsApplied));
        Assert.Equal(3, Assert.Single(store.Batches).Count);
        Assert.Empty(store.On(1));
    }

    [Fact]
    public async Task Replaces_a_parent_in_one_write()
    {
        var store = new MemoryStore().Item(1, 2, 3).Relate(1, Parent, 2, Ours);
        await ApplyAsync(store, Replace(1, Parent, 2, Parent, 3));
        var write = Assert.Single(Assert.Single(store.Batches));
        Assert.Equal((1, 1), (write.RemoveRelations.Count, write.AddRelations.Count));
        Assert.Equal(["Parent 3 \"A-1 links to A-3 [jira:jira.example/parent]\""], store.On(1).Select(Plain));
    }

    [Fact]
    public async Task Replaces_a_parent_in_two_writes_where_the_service_takes_no_other()
    {
        var store = new MemoryStore { TakesRemovalsWithAdditions = false }.Item(1, 2, 3).Relate(1, Parent, 2, Ours);
        var results = await ApplyAsync(store, Replace(1, Parent, 2, Parent, 3));
        Assert.Equal(["Replace"], results.Select(result => result.Action.ToString()));
        Assert.Equal(["Parent 3 \"A-1 links to A-3 [jira:jira.example/parent]\""], store.On(1).Select(Plain));
    }

    [Fact]
    public async Task Leaves_the_old_parent_where_the_new_one_is_impossible()
    {
        // 3 is a descendant of 1, which nobody read.
        var store = new MemoryStore().Item(1, 2, 3).Relate(1, Parent, 2, Ours).Relate(3, Parent, 1);
        var results = await ApplyAsync(store, Replace(1, Parent, 2, Parent, 3));
        Assert.Equal([("Skip", "Cycle")], results.Select(result => (result.Action.ToString(), result.Reason)));
        Assert.Contains($"Parent 2 \"{Ours}\"", store.On(1));
    }

    [Theory]
    [InlineData(LinkConflict.Degrade, ChangeAction.Degrade, "Related 2")]
    [InlineData(LinkConflict.Skip, ChangeAction.Skip, null)]
    [InlineData(LinkConflict.Fail, ChangeAction.Fail, null)]
    public async Task Treats_a_cycle_that_only_the_service_sees_as_the_planner_treats_its_own(
        LinkConflict onConflict, ChangeAction action, string? relation)
    {
        var store = new MemoryStore().Item(1, 2, 3).Relate(2, Successor, 3).Relate(3, Successor, 1);
        var results = await ApplyAsync(store, Create(10, 1, Successor, 2) with { OnConflict = onConflict });
        Assert.Equal([action], results.Select(result => result.Action));
        Assert.Equal(relation,
            store.On(1).SingleOrDefault(one => one.StartsWith("Related", StringComparison.Ordinal))?.Split(" \"")[0]);
    }

    [Theory]
    [InlineData("A-1 links to A-2 [jira:jira.example/10]", ChangeAction.Keep)]
    [InlineData("made by hand", ChangeAction.Adopt)]
    public async Task Reads_again_what_exists_already(string comment, ChangeAction action)
    {
        var store = new MemoryStore().Item(1, 2).Relate(1, Successor, 2, comment);
        var result = Assert.Single(await ApplyAsync(store, Create(10, 1, Successor, 2)));
        Assert.Equal((action, false), (result.Action, result.IsApplied));
    }

    [Fact]
    public async Task Writes_on_the_end_whose_issue_was_read()
    {
        var store = new MemoryStore().Item(1, 2);
        var change = Create(10, 1, Successor, 2, readFrom: 2);
        await ApplyAsync(store, change);
        Assert.Equal(["Predecessor 1 \"A-1 links to A-2 [jira:jira.example/10]\""], store.On(2));
    }

    [Fact]
    public async Task Tries_no_more_than_a_few_times_against_somebody_who_keeps_editing()
    {
        var store = new MemoryStore().Item(1, 2, 3).Relate(1, Related, 2).Relate(1, Related, 3, Ours);
        store.BeforeWrite = _ =>
        {
            // The list is turned over before each of our writes.
            store.Unrelate(1, Related, 2);
            store.Relate(1, Related, 2);
            if (store.On(1).Contains($"Related 3 \"{Ours}\""))
            {
                store.Unrelate(1, Related, 3);
                store.Relate(1, Related, 3, Ours);
            }
        };
        var results = await ApplyAsync(store, Remove(1, Related, 3));
        Assert.True(results.Single().Action is ChangeAction.Remove or ChangeAction.Fail);
        Assert.Contains("Related 2", store.On(1).Select(one => one.Split(" \"")[0]));
        Assert.InRange(store.Batches.Count, 1, 10);
    }

    /// <summary>The scenario's phrase is an example; a parent's own phrase is as good.</summary>
    private static string Plain(string relation) =>
        relation.Replace("has parent", "links to", StringComparison.Ordinal);

    private static async Task<List<RelationResult>> ApplyAsync(MemoryStore store, params RelationChange[] changes)
    {
        var results = new List<RelationResult>();
        var phase = store.Synchronizer().Apply(RelationPlan.Of(changes));
        await foreach (var result in phase.ApplyAsync(TestContext.Current.CancellationToken))
        {
            results.Add((RelationResult)result);
        }

        return results;
    }

    private static RelationChange Create(
        int? linkId, int source, RelationType relation, int target, int? readFrom = null) => new()
    {
        Action = ChangeAction.Create,
        Source = End(source),
        Relation = relation,
        Target = End(target),
        Desired = new DesiredRelation { Link = Scenario.Link(linkId, source, target, readFrom), Relation = relation },
    };

    private static RelationChange Replace(
        int source, RelationType old, int oldTarget, RelationType relation, int target) =>
        Create(relation == Parent ? null : 10, source, relation, target) with
        {
            Action = ChangeAction.Replace,
            Removes = [Current(source, old, oldTarget)],
        };

    private static RelationChange Remove(int source, RelationType relation, int target) => new()
    {
        Action = ChangeAction.Remove,
        Source = End(source),
        Relation = relation,
        Target = End(target),
        Removes = [Current(source, relation, target)],
    };

    private static RelationType Type(string name) =>
        All.TryFind(name, out var type) ? type : throw new ArgumentException(name);

    private static RelationEnd End(int id) => new(new IssueReference(id, $"A-{id}"), id);

    private static CurrentRelation Current(int id, RelationType relation, int target) => new(
        new Relation { WorkItemId = id, ReferenceName = relation.ReferenceName, TargetWorkItemId = target,
            Url = string.Empty },
        new RelationMark(1));
}
