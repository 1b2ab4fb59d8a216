using CsCheck;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Planning;

/// <summary>
/// What holds for any plan, on small random graphs with cycles, several parents, and relations of both kinds.
/// </summary>
public sealed class PlannerProperties
{
    private const int Issues = 6;

    private static readonly RelationType[] Types = [Successor, Predecessor, DuplicateOf, Child, Related];

    private static readonly Gen<RelationType> GenType = Gen.Int[0, Types.Length - 1].Select(index => Types[index]);

    private static readonly Gen<(int Source, int Target)> GenPair = Gen.Select(
        Gen.Int[1, Issues], Gen.Int[1, Issues - 1], (source, step) => (source, 1 + ((source - 1 + step) % Issues)));

    private static readonly Gen<DesiredRelation> GenLink = Gen.Select(
        Gen.Int[1, 40], GenPair, GenType, (id, pair, relation) => new DesiredRelation
        {
            Link = Scenario.Link(id, pair.Source, pair.Target),
            Relation = relation,
        });

    private static readonly Gen<DesiredRelation> GenParent = GenPair.Select(pair => new DesiredRelation
    {
        Link = Scenario.Link(null, pair.Source, pair.Target),
        Relation = Parent,
    });

    private static readonly Gen<(int Source, int Target, RelationType Type, int Owner)> GenStanding = Gen.Select(
        GenPair, GenType, Gen.Int[-20, 40], (pair, type, owner) => (pair.Source, pair.Target, type, owner));

    private static readonly Gen<RelationPolicy> GenPolicy = Gen.Select(
        Gen.Enum<LinkConflict>().Where(one => one != LinkConflict.Fail),
        Gen.Enum<ParentConflict>(),
        Gen.Bool,
        (onConflict, parentConflict, prune) =>
            new RelationPolicy { OnConflict = onConflict, ParentConflict = parentConflict, Prune = prune });

    private static readonly Gen<(DesiredRelation[] Desired, ModelGraph Graph, RelationPolicy Policy, int Unread)> GenCase =
        Gen.Select(
            GenLink.Array[0, 12],
            GenParent.Array[0, 5],
            GenStanding.Array[0, 12],
            GenPolicy,
            Gen.Int[0, Issues],
            (links, parents, standing, policy, unread) => (
                links.DistinctBy(one => one.Link.LinkId)
                    .Concat(parents.DistinctBy(one => one.Source.Id))
                    .ToArray(),
                ModelGraph.Of(standing),
                policy,
                unread));

    [Fact]
    public void Applying_a_plan_breaks_no_rule_and_touches_nothing_foreign() => GenCase.Sample(one =>
    {
        var (desired, graph, policy, unread) = one;
        var before = graph.Clone();
        var plan = Planner.Plan(graph.ToInput(desired, policy, unread));
        graph.Apply(plan);
        var foreignGone = before.Foreign.Except(graph.Foreign).ToList();
        Assert.True(
            foreignGone.All(edge => policy.ParentConflict == ParentConflict.Replace && edge.Type == Child.ReferenceName),
            $"gone: {string.Join("; ", foreignGone)}");
    });

    [Fact]
    public void A_second_plan_writes_nothing_and_decides_the_same() => GenCase.Sample(one =>
    {
        var (desired, graph, policy, unread) = one;
        var first = Planner.Plan(graph.ToInput(desired, policy, unread));
        graph.Apply(first);
        var second = Planner.Plan(graph.ToInput(desired, policy, unread));
        Assert.DoesNotContain(second.Changes, change => change.IsWrite);
        Assert.Equal(
            first.Changes.Where(change => change.Desired is not null).Select(EdgeOf),
            second.Changes.Select(EdgeOf));
    });

    [Fact]
    public void Any_order_of_the_input_gives_the_same_plan() => Gen.Select(GenCase, Gen.Int).Sample((one, seed) =>
    {
        var (desired, graph, policy, unread) = one;
        var plan = Planner.Plan(graph.ToInput(desired, policy, unread));
        var input = graph.ToInput(desired, policy, unread);
        var random = new Random(seed);
        var shuffled = Planner.Plan(input with
        {
            Desired = Shuffle(random, input.Desired),
            WorkItems = Shuffle(random, input.WorkItems).ToDictionary(),
            Standing = Shuffle(random, input.Standing)
                .Select(item => item with { Relations = Shuffle(random, item.Relations) })
                .ToList(),
        });
        Assert.Equal(plan.Changes.Select(Whole), shuffled.Changes.Select(Whole));
    });

    private static T[] Shuffle<T>(Random random, IEnumerable<T> items)
    {
        var array = items.ToArray();
        random.Shuffle(array);
        return array;
    }

    private static string Whole(RelationChange change) => $"{Scenario.Line(change)} {change.Reason} {change.Detail}";

    /// <summary>What was decided, without whether it stood already.</summary>
    private static string EdgeOf(RelationChange change)
    {
        var stands = change.Action is not (ChangeAction.Merge or ChangeAction.Skip or ChangeAction.Pending);
        return $"{change.Source} {change.Relation?.Name} {change.Target} {(stands ? "stands" : change.Action.ToString())}";
    }

    /// <summary>Azure DevOps in small: edges with an owner, and the rules of their types.</summary>
    private sealed class ModelGraph
    {
        /// <summary>The owner: a link's id, 0 for a parent of ours, below 0 for somebody else.</summary>
        private readonly Dictionary<ModelEdge, int> _edges = [];

        public IEnumerable<ModelEdge> Foreign => _edges.Where(pair => pair.Value < 0).Select(pair => pair.Key);

        public static ModelGraph Of(IEnumerable<(int Source, int Target, RelationType Type, int Owner)> standing)
        {
            var graph = new ModelGraph();
            foreach (var (source, target, type, owner) in standing)
            {
                // Only a parent can carry the mark of a parent.
                if (owner != 0 || type == Child)
                {
                    graph.TryAdd(ModelEdge.Of(source, type, target), owner);
                }
            }

            return graph;
        }

        public ModelGraph Clone()
        {
            var clone = new ModelGraph();
            foreach (var (edge, owner) in _edges)
            {
                clone._edges.Add(edge, owner);
            }

            return clone;
        }

        public void Apply(RelationPlan plan)
        {
            foreach (var relation in plan.Changes.SelectMany(change => change.Removes))
            {
                var place = relation.Place;
                var edge = ModelEdge.Of(
                    place.WorkItemId - 1000, All[place.ReferenceName], place.TargetWorkItemId!.Value - 1000);
                Assert.True(_edges.Remove(edge), $"{edge} is removed and does not stand");
            }

            foreach (var change in plan.Changes.Where(change => change.IsWrite && change.Desired is not null))
            {
                var edge = ModelEdge.Of((int)change.Source.Issue!.Id, change.Relation!, (int)change.Target.Issue!.Id);
                Assert.True(TryAdd(edge, (int)(change.Desired!.Link.LinkId ?? 0)), $"{edge} breaks a rule, or stands already");
            }
        }

        public PlanInput ToInput(DesiredRelation[] desired, RelationPolicy policy, int unread)
        {
            var read = Enumerable.Range(1, Issues).Where(issue => issue != unread).ToList();
            return new PlanInput
            {
                // A link is read from an issue that was read.
                Desired = desired
                    .Where(one => one.Link.ReadFrom != unread)
                    .ToList(),
                Types = All,
                Site = Scenario.Site,
                WorkItems = Enumerable.Range(1, Issues).ToDictionary(issue => (long)issue, Scenario.WorkItemOf),
                Standing = read.ConvertAll(ToWorkItem),
                Scope = read.ConvertAll(Scenario.Issue),
                Policy = policy,
            };
        }

        private WorkItem ToWorkItem(int issue) => new()
        {
            Id = Scenario.WorkItemOf(issue),
            Rev = 1,
            Type = "Task",
            Title = "A task",
            Project = "Fabrikam",
            Relations = _edges.Where(pair => pair.Key.From == issue || pair.Key.To == issue)
                .Select(pair => ToRelation(issue, pair.Key, pair.Value))
                .ToList(),
        };

        private static Relation ToRelation(int issue, ModelEdge edge, int owner)
        {
            var forward = All[edge.Type];
            var other = edge.From == issue ? edge.To : edge.From;
            return new Relation
            {
                WorkItemId = Scenario.WorkItemOf(issue),
                ReferenceName = edge.From == issue ? forward.ReferenceName : forward.OppositeReferenceName,
                TargetWorkItemId = Scenario.WorkItemOf(other),
                Url = string.Empty,
                Comment = owner < 0
                    ? null
                    : RelationMark.Comment(Scenario.Link(owner == 0 ? null : owner, edge.From, edge.To), Scenario.Site),
            };
        }

        private bool TryAdd(ModelEdge edge, int owner)
        {
            var type = All[edge.Type];
            var breaks = _edges.ContainsKey(edge)
                || (type.IsTree && _edges.Keys.Any(one => one.Type == edge.Type && one.To == edge.To))
                || (type.IsAcyclic && Reaches(edge.Type, edge.To, edge.From));
            if (!breaks)
            {
                _edges.Add(edge, owner);
            }

            return !breaks;
        }

        private bool Reaches(string type, int from, int to) =>
            from == to || _edges.Keys.Any(edge => edge.Type == type && edge.From == from && Reaches(type, edge.To, to));
    }

    private readonly record struct ModelEdge(string Type, int From, int To)
    {
        public static ModelEdge Of(int source, RelationType relation, int target)
        {
            if (!relation.IsDirectional)
            {
                return new(relation.ReferenceName, Math.Min(source, target), Math.Max(source, target));
            }

            return relation.IsForward
                ? new(relation.ReferenceName, source, target)
                : new(relation.OppositeReferenceName, target, source);
        }
    }
}
