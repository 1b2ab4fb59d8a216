using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Runs;
using JiraAdoSync.Syncing;
using JiraAdoSync.Tests.Planning;
using JiraAdoSync.Tests.Syncing;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Runs;

/// <summary>
/// Undo of a run that was killed while it removed a relation, at whose place somebody had put another meanwhile: what the
/// history tells of it decides.
/// </summary>
public sealed class KilledRemovalTests
{
    private const string Ours = "A-1 links to A-2 [jira:jira.example/1]";

    private readonly MemoryStore _store = new MemoryStore().Item(1, 2, 3, 4).Relate(1, Related, 2, Ours);
    private readonly List<string> _record = [RunLine.Of(new Run
    {
        RunId = "killed",
        Started = default,
        Command = "Invoke-JiraAdoSync",
        Site = Scenario.Site.BaseUrl,
        Organization = "https://ado.example",
        Project = "Fabrikam",
    })];

    [Fact]
    public async Task Brings_back_what_the_run_removed()
    {
        await RunAsync(Remove(2), killedAfter: 1);
        Assert.Empty(_store.On(1));
        await UndoAsync();
        Assert.Equal([$"Related 2 \"{Ours}\""], _store.On(1));
    }

    [Fact]
    public async Task Brings_back_what_went_in_place_of_ours_and_leaves_what_others_removed()
    {
        Meanwhile(() =>
        {
            _store.Unrelate(1, Related, 2);
            _store.Relate(1, Successor, 3, "theirs", isLocked: true);
        });
        await RunAsync(Remove(2), killedAfter: 1);
        Assert.Empty(_store.On(1));
        await UndoAsync();
        Assert.Equal(["Successor 3 locked \"theirs\""], _store.On(1));
    }

    [Fact]
    public async Task Leaves_to_a_later_run_what_that_removed()
    {
        _store.Relate(1, Related, 3, Ours).Relate(1, Successor, 4, "theirs");
        Meanwhile(() => _store.Unrelate(1, Related, 2));
        await RunAsync(Remove(3), killedAfter: 1);
        Assert.Equal([$"Related 3 \"{Ours}\""], _store.On(1));
        var record = _record.Count;
        await RunAsync(Remove(3), killedAfter: null);
        Assert.Empty(_store.On(1));
        _record.RemoveRange(record, _record.Count - record);
        await UndoAsync();
        Assert.Equal(["Successor 4 \"theirs\""], _store.On(1));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Brings_nothing_back_twice_that_the_run_had_put_back(int killedAfter)
    {
        Meanwhile(() =>
        {
            _store.Unrelate(1, Related, 2);
            _store.Relate(1, Successor, 3, "theirs");
            _store.Relate(1, Related, 2, Ours);
        });
        await RunAsync(Remove(2), killedAfter);
        await UndoAsync();
        Assert.Equal([$"Related 2 \"{Ours}\"", "Successor 3 \"theirs\""], _store.On(1));
    }

    [Fact]
    public async Task Brings_back_what_went_in_place_of_a_parent_of_ours()
    {
        _store.Relate(4, Parent, 2, "has parent [jira:jira.example/parent]");
        Meanwhile(() =>
        {
            _store.Unrelate(4, Parent, 2);
            _store.Relate(4, Related, 3, "theirs");
        });
        var replaced = new RelationChange
        {
            Action = ChangeAction.Replace,
            Source = End(4),
            Relation = Parent,
            Target = End(1),
            Desired = new DesiredRelation { Link = Scenario.Link(null, 4, 1), Relation = Parent },
            Removes = [Standing(4, Parent, 2)],
        };
        await RunAsync(replaced, killedAfter: 1);
        Assert.Single(_store.On(4));
        await UndoAsync();
        Assert.Equal(["Related 3 \"theirs\""], _store.On(4));
    }

    /// <summary>What somebody else does between the run's reading and its first write.</summary>
    private void Meanwhile(Action edit) => _store.BeforeWrite = batch =>
    {
        if (batch == 1)
        {
            edit();
        }
    };

    private async Task RunAsync(RelationChange change, int? killedAfter)
    {
        _store.AfterWrite = batch =>
        {
            if (batch == killedAfter)
            {
                throw new InvalidOperationException("killed");
            }
        };
        var log = new RunLog(_record.Add, TimeProvider.System);
        var run = new Synchronizer(_store, _store, Scenario.Site, new CorrelationCache(), _ => { }, _ => { }, new ImmediateTime(), log)
            .ApplyRelationsAsync([change], TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken)
            .AsTask();
        if (killedAfter is not null)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => run);
        }

        await Task.WhenAny(run);
        _store.AfterWrite = _ => { };
    }

    /// <returns>What was undone, or left.</returns>
    private async Task<IReadOnlyList<UndoResult>> UndoAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var undo = new RunUndo(_store, _store, Scenario.Site, new ImmediateTime(), RunLog.None, _ => { }, _ => { });
        var steps = await undo.PlanAsync(RunLine.Read(_record)!.Value.Changes, token);
        return await undo.ApplyAsync(steps, token).ToListAsync(token);
    }

    private static RelationChange Remove(int target) => new()
    {
        Action = ChangeAction.Remove,
        Source = End(1),
        Relation = Related,
        Target = End(target),
        Removes = [Standing(1, Related, target)],
    };

    private static RelationEnd End(int id) => new(new IssueReference(id, $"A-{id}"), id);

    private static StandingRelation Standing(int id, RelationType relation, int target) => new(
        new Relation { WorkItemId = id, ReferenceName = relation.ReferenceName, TargetWorkItemId = target, Url = string.Empty },
        new RelationMark(1));
}
