using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Tests.Planning.Relations;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Writing;

/// <summary>
/// Another client edits relations between our reads and our writes, and between our writes and what we read after them,
/// at random, with an account of its own or with ours; some are marked as another run of ours marks them. Only where
/// people replace what is to be put back, it is missing, and reported.
/// </summary>
public sealed class InterleavingTests
{
    private const int Items = 5;

    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("JIRAADOSYNC_INTERLEAVINGS"), CultureInfo.InvariantCulture,
            out var rounds)
            ? rounds
            : 4000;

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
        var store = new MemoryStore { OthersUseOurAccount = seed % 2 == 0 }.Item([.. Enumerable.Range(1001, Items)]);
        var theirs = new HashSet<(int, string, int)>();
        for (var i = 0; i < 4; i++)
        {
            Edit(store, theirs, random);
        }

        await ApplyAsync(store, RandomLinks(random), theirs);

        // The links change, and while the difference is written, others edit.
        var desired = RandomLinks(random);
        store.BeforeWrite = store.AfterWrite = _ =>
        {
            for (var i = random.Next(3); i > 0; i--)
            {
                Edit(store, theirs, random);
            }
        };
        await ApplyAsync(store, desired, theirs);
        store.BeforeWrite = store.AfterWrite = _ => { };
        Assert.All(theirs, edge =>
            Assert.True(ExistsUnmarked(store, edge), $"round {seed}: {edge} of theirs is missing"));

        // Left alone, the next runs complete it, and then there is nothing to do.
        await ApplyAsync(store, desired, theirs);
        await ApplyAsync(store, desired, theirs);
        Assert.DoesNotContain((await PlanAsync(store, desired)).Changes, change => change.IsWrite);
        Assert.All(theirs, edge => Assert.True(
            ExistsUnmarked(store, edge), $"round {seed}: {edge} of theirs is missing after another run"));
    }

    /// <summary>
    /// Adds a relation between a pair that has none of the type, theirs or another run's, or removes one of theirs or
    /// of ours.
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
            // Ours may be at the index of an equal one of theirs; then they remove that.
            theirs.ExceptWith(FromBothEnds(one.WorkItemId, one.ReferenceName, one.TargetWorkItemId.Value));
        }
        else if (random.Next(3) == 0 && theirs.Count > 0)
        {
            var removed = theirs.ElementAt(random.Next(theirs.Count));
            theirs.ExceptWith(FromBothEnds(removed.Source, removed.Type, removed.Target));
            store.Unrelate(removed.Source, All[removed.Type], removed.Target);
        }
        else if (random.Next(4) == 0)
        {
            store.TryRelate(id, type, other, "another run's [jira:jira.example/20]");
        }
        else if (store.TryRelate(id, type, other, "theirs"))
        {
            theirs.Add((id, type.ReferenceName, other));
        }
    }

    private static bool Exists(MemoryStore store, (int Source, string Type, int Target) edge) =>
        store.On(edge.Source)
            .Any(line => line.StartsWith($"{All[edge.Type].Name} {edge.Target}", StringComparison.Ordinal));

    private static bool ExistsUnmarked(MemoryStore store, (int Source, string Type, int Target) edge) =>
        Exists(store, edge)
        && !store.Ours().Any(one =>
            FromBothEnds(edge.Source, edge.Type, edge.Target)
                .Contains((one.WorkItemId, one.ReferenceName, one.TargetWorkItemId!.Value)));

    /// <summary>Whether a failure names a relation, from either end.</summary>
    private static bool Names(string message, (int Source, string Type, int Target) edge) =>
        message.Contains("can't be put back", StringComparison.Ordinal)
        && FromBothEnds(edge.Source, edge.Type, edge.Target).Any(one =>
            message.Contains($"{one.Source} {one.Type} {one.Target}", StringComparison.Ordinal));

    /// <summary>
    /// A relation as it may have been reported: they may have made it from either end, one time and another.
    /// </summary>
    private static (int Source, string Type, int Target)[] FromBothEnds(int source, string type, int target) =>
        [(source, type, target), (target, All.Opposite(All[type]).ReferenceName, source)];

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
            Existing = await store.ReadAsync([.. Enumerable.Range(1001, Items)], token),
            Scope = Enumerable.Range(1, Items).Select(Scenario.Issue).ToList(),
            Policy = new RelationPolicy { Prune = true, PruneLimit = 100 },
        });
    }

    /// <summary>Applies a plan. What it reports as failed and does not exist then is no longer asked for.</summary>
    private static async Task ApplyAsync(
        MemoryStore store, DesiredRelation[] desired, HashSet<(int Source, string Type, int Target)> theirs)
    {
        var plan = await PlanAsync(store, desired);
        var phase = store.Synchronizer().Apply(plan);
        await foreach (var result in phase.ApplyAsync(TestContext.Current.CancellationToken))
        {
            theirs.RemoveWhere(edge => result.Problem is { } error && Names(error.Message, edge) && !Exists(store, edge));
        }
    }
}
