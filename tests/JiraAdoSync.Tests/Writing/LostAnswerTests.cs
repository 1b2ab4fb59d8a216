using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Tests.Planning.Relations;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Writing;

/// <summary>What becomes of writes whose batch fails as a whole.</summary>
public sealed class LostAnswerTests
{
    private const int Hub = 1000;

    private readonly MemoryStore _store = new MemoryStore().Item([Hub, .. Enumerable.Range(1, 200)]);

    [Fact]
    public async Task Sends_nothing_twice_that_was_done_without_an_answer()
    {
        _store.FateOf = _ => MemoryStore.Fate.DoneWithoutAnswer;
        var outcomes = await SendAsync([1, 2, 3]);
        Assert.All(outcomes, outcome => Assert.True(outcome.IsApplied));
        Assert.Single(_store.Batches);
    }

    [Fact]
    public async Task Sends_again_what_was_lost_on_its_way()
    {
        _store.FateOf = _ => _store.Batches.Count == 1 ? MemoryStore.Fate.Lost : MemoryStore.Fate.Answered;
        var outcomes = await SendAsync([1, 2, 3]);
        Assert.All(outcomes, outcome => Assert.True(outcome.IsApplied));
        Assert.Equal([3, 3], _store.Batches.Select(batch => batch.Count));
    }

    [Fact]
    public async Task Gives_up_when_no_answer_ever_arrives_and_says_why()
    {
        _store.FateOf = _ => MemoryStore.Fate.Lost;
        var outcomes = await SendAsync([1, 2, 3]);
        Assert.All(outcomes, outcome => Assert.Equal(Failure.ServerUnreachable, outcome.Error!.Kind));
        Assert.Equal(4, _store.Batches.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    [InlineData(200)]
    public async Task Finds_the_write_at_fault_by_halves_and_the_rest_is_written(int atFault)
    {
        _store.FateOf = batch =>
            batch.Any(write => write.WorkItemId == atFault) ? MemoryStore.Fate.RefusedAsOne : MemoryStore.Fate.Answered;
        var outcomes = await SendAsync([.. Enumerable.Range(1, 200)]);
        Assert.Equal([atFault],
            outcomes.Where(outcome => outcome.Error is not null).Select(outcome => outcome.WorkItemId!.Value));
        Assert.Empty(_store.On(atFault));
        Assert.InRange(_store.Batches.Count, 10, 20);
    }

    [Fact]
    public async Task Bounds_what_it_sends_to_a_service_that_refuses_everything()
    {
        _store.FateOf = _ => MemoryStore.Fate.RefusedAsOne;
        var outcomes = await SendAsync([.. Enumerable.Range(1, 200)]);
        Assert.All(outcomes, outcome => Assert.Equal(Failure.RequestFailed, outcome.Error!.Kind));
        Assert.InRange(_store.Batches.Count, 2, 200);
    }

    /// <summary>Relates items to the hub, each by a link of its own.</summary>
    private async Task<IReadOnlyList<RelationResult>> SendAsync(IReadOnlyList<int> ids)
    {
        var changes = ids.Select(id => new RelationChange
        {
            Action = ChangeAction.Create,
            Source = new RelationEnd(Scenario.Issue(id), id),
            Relation = Related,
            Target = new RelationEnd(Scenario.Issue(Hub), Hub),
            Desired = new DesiredRelation { Link = Scenario.Link(id, id, Hub), Relation = Related },
        });
        return await _store.Synchronizer().Apply(RelationPlan.Of([.. changes]))
            .ApplyAsync(TestContext.Current.CancellationToken)
            .Cast<RelationResult>()
            .ToListAsync(TestContext.Current.CancellationToken);
    }
}
