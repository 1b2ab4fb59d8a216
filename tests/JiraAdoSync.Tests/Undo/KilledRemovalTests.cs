using System.Text;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Syncing;
using JiraAdoSync.Tests.Planning.Relations;
using JiraAdoSync.Tests.Writing;
using JiraAdoSync.Undo;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Undo;

/// <summary>
/// Undo of a run that was killed while it removed a relation, at whose index somebody had put another meanwhile: what
/// the history shows of it decides.
/// </summary>
public sealed class KilledRemovalTests
{
    private const string Ours = "A-1 links to A-2 [jira:jira.example/1]";

    private const string Page = "https://wiki.example/page";

    private readonly MemoryStore _store = new MemoryStore().Item(1, 2, 3, 4).Relate(1, Related, 2, Ours);
    private readonly List<byte[]> _record = [RunLine.Of(new Run
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
    public async Task Brings_back_what_was_removed_instead_of_ours_and_leaves_what_others_removed()
    {
        _store.Meanwhile(() =>
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
        _store.Meanwhile(() => _store.Unrelate(1, Related, 2));
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
        _store.Meanwhile(() =>
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
    public async Task Brings_back_what_was_removed_instead_of_a_parent_of_ours()
    {
        _store.Relate(4, Parent, 2, "has parent [jira:jira.example/parent]");
        _store.Meanwhile(() =>
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
            Removes = [Current(4, Parent, 2)],
        };
        await RunAsync(replaced, killedAfter: 1);
        Assert.Single(_store.On(4));
        await UndoAsync();
        Assert.Equal(["Related 3 \"theirs\""], _store.On(4));
    }

    [Fact]
    public async Task Brings_back_what_was_removed_instead_of_a_web_link_and_the_mark_of_before()
    {
        var mark = new WorkItemMark { Issue = Scenario.Issue(4), Nonce = "abcdabcd", Rev = 1,
            FieldsDigest = "ffffffff", TextDigest = "0.-.-.11111111" };
        _store.Mark(4, mark.ToRelation(Scenario.Site).Url!, mark.Comment).Relate(4, Related, 2)
            .Hyperlink(4, Page, "The page");
        var before = _store.On(4);
        _store.Meanwhile(() =>
        {
            _store.Unrelate(4, Related, 2);
            _store.Relate(4, Successor, 3, "theirs");
        });
        await KillAsync(1, log =>
        {
            var cache = new CorrelationCache();
            cache.Set(new Correlation { IssueId = 4, Key = "A-4", WorkItemId = 4 });
            var run = _store.Synchronizer(log, cache);
            return ApplyAsync(run, new WorkItemChange
            {
                Action = ChangeAction.Update,
                Replica = new Replica
                {
                    IssueId = 4,
                    Key = "A-4",
                    Type = new IssueType("1", "Task", IsSubtask: false),
                    Status = new IssueStatus("To Do", "new"),
                    Summary = "Item 4",
                },
                Existing = new FoundWorkItem(
                    new WorkItem { Id = 4, Rev = 1, Type = "Task", Title = "Item 4", Project = "Fabrikam" }, mark),
                FieldsDigest = mark.FieldsDigest,
                TextDigest = mark.TextDigest,
                Content = new WorkItemContent { RemoveRelations = [PageOn(4)], TextDigest = "0.-.-.22222222" },
            });
        });
        Assert.DoesNotContain(_store.On(4), relation => relation.StartsWith("Successor", StringComparison.Ordinal));
        await UndoAsync();
        Assert.Equal(before.Where(relation => relation != "Related 2").Append("Successor 3 \"theirs\"")
            .Order(StringComparer.Ordinal), _store.On(4));

        static async Task ApplyAsync(Synchronizer run, WorkItemChange change)
        {
            var token = TestContext.Current.CancellationToken;
            foreach (var phase in run.Apply(new SyncPlan(new WorkItemPlan([change]), RelationPlan.Of([]))))
            {
                await phase.ApplyAsync(token).ToListAsync(token);
            }
        }
    }

    [Fact]
    public async Task Brings_back_what_was_removed_instead_of_a_web_link_that_an_undo_removed()
    {
        _store.Hyperlink(1, Page, "The page");
        _store.Meanwhile(() =>
        {
            _store.Unrelate(1, Related, 2);
            _store.Relate(1, Successor, 3, "theirs");
        });
        await KillAsync(1, log => UndoOf(log).ApplyAsync(
            [
                new FieldsStep
                {
                    Action = ChangeAction.Update,
                    Change = new RunChange { Time = default, Action = RunAction.Update, WorkItemId = 1,
                        Added = [PageOn(1)] },
                    RestoresFiles = true,
                },
            ],
            TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal([$"{Page} \"The page\""], _store.On(1));
        await UndoAsync();
        Assert.Equal(["Successor 3 \"theirs\"", $"{Page} \"The page\""], _store.On(1));
    }

    /// <summary>What somebody else does between the run's reading and its first write.</summary>
    private Task RunAsync(RelationChange change, int? killedAfter) => KillAsync(killedAfter, log =>
        _store.Synchronizer(log).Apply(RelationPlan.Of([change]))
            .ApplyAsync(TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken)
            .AsTask());

    private async Task KillAsync(int? killedAfter, Func<RunLog, Task> runAsync)
    {
        _store.AfterWrite = batch =>
        {
            if (batch == killedAfter)
            {
                throw new InvalidOperationException("killed");
            }
        };
        var run = runAsync(new RunLog(_record.Add, TimeProvider.System));
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
        var undo = UndoOf(RunLog.None);
        var steps = await undo.PlanAsync(RunLine.Read(_record.Select(Encoding.UTF8.GetString))!.Value.Changes, token);
        return await undo.ApplyAsync(steps, token).ToListAsync(token);
    }

    private RunUndo UndoOf(RunLog log) => new(_store.Context(log));

    private static Relation PageOn(int id) =>
        new() { WorkItemId = id, ReferenceName = "Hyperlink", Url = Page, Comment = "The page" };

    private static RelationChange Remove(int target) => new()
    {
        Action = ChangeAction.Remove,
        Source = End(1),
        Relation = Related,
        Target = End(target),
        Removes = [Current(1, Related, target)],
    };

    private static RelationEnd End(int id) => new(new IssueReference(id, $"A-{id}"), id);

    private static CurrentRelation Current(int id, RelationType relation, int target) => new(
        new Relation { WorkItemId = id, ReferenceName = relation.ReferenceName, TargetWorkItemId = target,
            Url = string.Empty },
        new RelationMark(1));
}
