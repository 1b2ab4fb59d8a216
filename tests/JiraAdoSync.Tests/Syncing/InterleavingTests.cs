using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping;
using JiraAdoSync.Planning;
using JiraAdoSync.Runs;
using JiraAdoSync.Syncing;
using JiraAdoSync.Tests.Planning;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Syncing;

/// <summary>Another client edits relations between our reads and our writes, at random.</summary>
public sealed class InterleavingTests
{
    private const int Items = 5;
    private const int Rounds = 4000;

    private static readonly RelationType[] Types = [Related, Successor, Child, Related];

    [Fact]
    public async Task No_relation_of_theirs_is_missing_in_the_end_and_ours_converge()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            await RunAsync(seed);
        }
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var store = new MemoryStore().Item([.. Enumerable.Range(1001, Items)]);
        var theirs = new HashSet<(int, string, int)>();
        for (var i = 0; i < 4; i++)
        {
            Edit(store, theirs, random);
        }

        await ApplyAsync(store, RandomLinks(random));

        // The links change, and while the difference is written, others edit.
        var desired = RandomLinks(random);
        store.BeforeWrite = _ =>
        {
            // What takes the place of a relation that is being put back makes that impossible; such a failure is
            // reported.
            var puttingBack = store.Batches[^1].Any(write => write.AddRelations.Any(one =>
                !one.Comment.Contains("[jira:", StringComparison.Ordinal)));
            for (var i = puttingBack ? 0 : random.Next(3); i > 0; i--)
            {
                Edit(store, theirs, random);
            }
        };
        await ApplyAsync(store, desired);

        Assert.All(theirs, edge => Assert.True(Stands(store, edge), $"round {seed}: {edge} of theirs is missing"));

        // Left alone, the next runs complete it, and then there is nothing to do.
        store.BeforeWrite = _ => { };
        await ApplyAsync(store, desired);
        await ApplyAsync(store, desired);
        Assert.DoesNotContain((await PlanAsync(store, desired)).Changes, change => change.IsWrite);
        Assert.All(theirs, edge => Assert.True(Stands(store, edge), $"round {seed}: {edge} of theirs is missing after another run"));
    }

    /// <summary>
    /// Adds a relation between a pair that has none of the type, or removes one of their own or of ours.
    /// </summary>
    private static void Edit(MemoryStore store, HashSet<(int Source, string Type, int Target)> theirs, Random random)
    {
        var (source, target) = Pair(random);
        var (id, other) = (1000 + source, 1000 + target);
        var type = Types[random.Next(Types.Length)];
        var ours = store.Ours();
        if (random.Next(8) == 0 && ours.Count > 0)
        {
            var one = ours[random.Next(ours.Count)];
            store.Unrelate(one.WorkItemId, All[one.ReferenceName], one.TargetWorkItemId!.Value);
        }
        else if (random.Next(3) == 0 && theirs.Count > 0)
        {
            var gone = theirs.ElementAt(random.Next(theirs.Count));
            theirs.Remove(gone);
            store.Unrelate(gone.Source, All[gone.Type], gone.Target);
        }
        else if (store.TryRelate(id, type, other, "theirs"))
        {
            theirs.Add((id, type.ReferenceName, other));
        }
    }

    private static bool Stands(MemoryStore store, (int Source, string Type, int Target) edge) =>
        store.On(edge.Source).Any(line => line.StartsWith($"{All[edge.Type].Name} {edge.Target}", StringComparison.Ordinal));

    private static DesiredRelation[] RandomLinks(Random random) => Enumerable.Range(1, random.Next(7))
        .Select(id =>
        {
            var (source, target) = Pair(random);
            return new DesiredRelation
            {
                Link = Scenario.Link(random.Next(1, 12), source, target),
                Relation = Types[random.Next(Types.Length)],
            };
        })
        .DistinctBy(one => one.Link.LinkId)
        .ToArray();

    private static (int Source, int Target) Pair(Random random)
    {
        var source = random.Next(1, Items + 1);
        return (source, 1 + ((source - 1 + random.Next(1, Items)) % Items));
    }

    private static async Task<RelationPlan> PlanAsync(MemoryStore store, DesiredRelation[] desired)
    {
        var token = TestContext.Current.CancellationToken;
        return Planner.Plan(new PlanInput
        {
            Desired = desired,
            Types = All,
            Site = Scenario.Site,
            WorkItems = Enumerable.Range(1, Items).ToDictionary(issue => (long)issue, Scenario.WorkItemOf),
            Standing = await store.ReadAsync([.. Enumerable.Range(1001, Items)], token),
            Scope = Enumerable.Range(1, Items).Select(Scenario.Issue).ToList(),
            Policy = new RelationPolicy { Prune = true, PruneLimit = 100 },
        });
    }

    private static async Task ApplyAsync(MemoryStore store, DesiredRelation[] desired)
    {
        var plan = await PlanAsync(store, desired);
        var synchronizer = new Synchronizer(store, store, Scenario.Site, new CorrelationCache(), _ => { }, _ => { }, new ImmediateTime(), RunLog.None);
        await foreach (var _ in synchronizer.ApplyRelationsAsync(
            plan.Changes, LinkConflict.Degrade, TestContext.Current.CancellationToken))
        {
        }
    }
}
