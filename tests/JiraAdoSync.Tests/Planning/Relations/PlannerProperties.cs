using CsCheck;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Syncing;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Planning.Relations;

/// <summary>
/// What holds for any plan, on random graphs with parallel edges, cycles, several parents, hubs, foreign relations and
/// stale ones of ours, where some issues were not read, some have no work item or get it in the same run, and some
/// links are left out or unmapped; for each policy, with and without scope, for slices, and where only a part of a plan
/// was applied.
/// </summary>
public sealed class PlannerProperties
{
    private const int Issues = 7;

    private static readonly RelationType[] Types = [Successor, Predecessor, DuplicateOf, Child, Related];

    private static readonly Gen<RelationType> GenType = Gen.Int[0, Types.Length - 1].Select(index => Types[index]);

    /// <summary>Two issues; the first one is a hub.</summary>
    private static readonly Gen<(int Source, int Target)> GenPair = Gen.Select(
        Gen.Frequency((2, Gen.Int[1, Issues]), (1, Gen.Const(1))),
        Gen.Int[1, Issues - 1],
        Gen.Bool,
        (one, step, turns) => Turned((one, 1 + ((one - 1 + step) % Issues)), turns));

    private static readonly Gen<DesiredRelation> GenLink = Gen.Select(
        Gen.Int[1, 40], GenPair, GenType, Gen.Int[0, 9], Gen.Bool, (id, pair, relation, leftOut, turns) =>
            new DesiredRelation
        {
            Link = Scenario.Link(id, pair.Source, pair.Target, turns ? pair.Target : pair.Source),
            Relation = leftOut < 2 ? null : relation,
            LeftOut = leftOut switch { 0 => "LeftOut", 1 => "Unmapped", _ => null },
        });

    private static readonly Gen<DesiredRelation> GenParent = GenPair.Select(pair => new DesiredRelation
    {
        Link = Scenario.Link(null, pair.Source, pair.Target),
        Relation = Parent,
    });

    private static readonly Gen<(int Source, int Target, RelationType Type, int Owner)> GenCurrent = Gen.Select(
        GenPair, GenType, Gen.Int[-20, 40], (pair, type, owner) => (pair.Source, pair.Target, type, owner));

    private static readonly Gen<RelationPolicy> GenPolicy = Gen.Select(
        Gen.Enum<LinkConflict>(),
        Gen.Enum<ParentConflict>(),
        Gen.Bool,
        Gen.Int[0, 100],
        (onConflict, parentConflict, prune, limit) => new RelationPolicy
        {
            OnConflict = onConflict,
            ParentConflict = parentConflict,
            Prune = prune,
            PruneLimit = limit,
        });

    private static readonly Gen<Reading> GenReading = Gen.Select(
        Gen.Int[0, Issues], Gen.Int[0, Issues], Gen.Int[0, Issues], Gen.Bool, Gen.Bool, Gen.Bool,
        (unread, missing, toCreate, hasScope, isReadable, shows) => new Reading(
            unread,
            missing == unread ? 0 : missing,
            toCreate == unread || toCreate == missing ? 0 : toCreate,
            hasScope,
            isReadable,
            shows));

    private static readonly Gen<(DesiredRelation[] Desired, ModelGraph Graph, RelationPolicy Policy, Reading Reading)> GenCase =
        Gen.Select(
            GenLink.Array[0, 16],
            GenParent.Array[0, 6],
            Gen.Frequency((4, GenCurrent.Array[0, 14]), (1, GenCurrent.Array[60, 120])),
            GenPolicy,
            GenReading,
            (links, parents, current, policy, reading) => (
                links.DistinctBy(one => one.Link.LinkId)
                    .Concat(parents.DistinctBy(one => one.Source.Id))
                    .ToArray(),
                ModelGraph.Of(
                    current.Where(one => !reading.HasNoWorkItem(one.Source) && !reading.HasNoWorkItem(one.Target))),
                policy,
                reading));

    /// <summary>Cases with so many relations whose links are deleted that the limit of removals matters.</summary>
    private static readonly Gen<(DesiredRelation[] Desired, ModelGraph Graph, RelationPolicy Policy, Reading Reading)> GenPruning =
        Gen.Select(
            GenLink.Array[0, 16],
            Gen.Select(GenPair, GenType, Gen.Int[100, 400], (pair, type, owner) =>
                (pair.Source, pair.Target, type, owner)).Array[60, 120],
            Gen.Frequency((1, Gen.Const(100)), (3, Gen.Int[30, 100])),
            GenReading,
            (links, current, limit, reading) => (
                links.DistinctBy(one => one.Link.LinkId).ToArray(),
                ModelGraph.Of(
                    current.Where(one => !reading.HasNoWorkItem(one.Source) && !reading.HasNoWorkItem(one.Target))),
                new RelationPolicy { OnConflict = LinkConflict.Skip, Prune = true, PruneLimit = limit },
                reading with { HasScope = true, IsReadable = true }));

    [Fact]
    public void Applying_a_plan_breaks_no_rule_and_touches_nothing_foreign() => GenCase.Sample(one =>
    {
        var (desired, graph, policy, reading) = one;
        var before = graph.Clone();
        var plan = Planner.Plan(graph.ToInput(desired, policy, reading));
        graph.Apply(plan);
        var foreignRemoved = before.Foreign.Except(graph.Foreign).ToList();
        Assert.True(
            foreignRemoved.All(edge => policy.ParentConflict == ParentConflict.Replace && edge.Type == Child.ReferenceName
                && plan.Changes.Any(change => change is { Action: ChangeAction.Replace, Desired.Link.IsParent: true }
                    && change.Source.Issue!.Id == edge.To)),
            $"removed: {string.Join("; ", foreignRemoved)}");
        Assert.DoesNotContain(
            plan.Changes, change =>
                change.Reason == "ParentConflict" && policy.ParentConflict == ParentConflict.Replace);
    }, iter: Math.Max(1000, Check.Iter));

    [Fact]
    public void A_conflict_that_is_to_fail_refuses_the_plan_and_all_else_is_decided_as_if_it_were_skipped() =>
        GenCase.Sample(one =>
    {
        var (desired, graph, policy, reading) = one;
        var failing = Planner.Plan(graph.ToInput(desired, policy with { OnConflict = LinkConflict.Fail }, reading));
        var skipping = Planner.Plan(graph.ToInput(desired, policy with { OnConflict = LinkConflict.Skip }, reading));
        var conflicts = skipping.Changes
            .Where(change => change is { Action: ChangeAction.Skip, Reason: "Cycle" or "SecondParent",
                Desired.Link.IsParent: false })
            .ToHashSet(ReferenceEqualityComparer.Instance);
        Assert.Equal(conflicts.Count > 0, failing.Refusal?.Id == "PlanRefused");
        Assert.Equal(
            skipping.Changes.Select(
                change => Line(conflicts.Contains(change) ? change with { Action = ChangeAction.Fail } : change)),
            failing.Changes.Select(Line));

        static string Line(RelationChange change) => $"{Scenario.Line(change)} {change.Reason}";
    });

    [Fact]
    public void More_removals_than_the_limit_allows_refuse_the_plan_and_no_others_do() => GenPruning.Sample(one =>
    {
        var (desired, graph, policy, reading) = one;
        var plan = Planner.Plan(graph.ToInput(desired, policy, reading));
        var removals = plan.Changes.Count(change => change.Reason == "LinkGone");
        var ours = graph.Ours.Count(pair => reading.Shows(pair.Edge));
        var isTooMany = removals > Math.Max(20, ours * policy.PruneLimit / 100);
        Assert.Equal(isTooMany ? "PruneLimitExceeded" : null, plan.Refusal?.Id);
    }, iter: Math.Max(1000, Check.Iter));

    [Fact]
    public void A_work_item_that_is_to_be_created_counts_as_one_without_relations() => GenCase.Sample(one =>
    {
        var (desired, graph, policy, reading) = one;
        var before = Planner.Plan(graph.ToInput(desired, policy, reading));
        var after = Planner.Plan(graph.ToInput(desired, policy, reading with { ToCreate = 0 }));
        Assert.Equal(after.Changes.Select(Whole), before.Changes.Select(Whole));
    });

    [Fact]
    public void A_plan_gives_what_it_decided_and_nothing_of_ours_beside_it() => GenCase.Sample(one =>
    {
        var (desired, graph, policy, reading) = one;
        var before = graph.Clone();
        var plan = Planner.Plan(graph.ToInput(desired, policy, reading));
        graph.Apply(plan);
        if (plan.Refusal is not null)
        {
            return;
        }

        var decided = plan.Changes
            .Where(change =>
                change.Desired is not null && change.Action is not (ChangeAction.Skip or ChangeAction.Pending))
            .Select(ModelGraph.EdgeOf)
            .ToHashSet();
        Assert.Subset(graph.Edges.ToHashSet(), decided);
        Assert.True(policy.Prune || plan.Changes.All(change => change.Reason != "LinkGone"), "removed without -Prune");

        // What is of ours and not decided: its link is unmapped or waits, or the run can't show that it is deleted.
        var open = plan.Changes.Where(
            change => change.Action == ChangeAction.Pending || change.Desired?.LeftOut == "Unmapped")
            .Select(change => change.Desired!.Link.LinkId is { } id ? (int)id : -(int)change.Source.Issue!.Id)
            .ToHashSet();
        var left = graph.Ours.Where(pair => !decided.Contains(pair.Edge)).ToList();
        Assert.All(left, pair => Assert.True(
            !policy.Prune || !reading.CanProveDeletion(pair.Edge) || open.Contains(pair.Owner == 0 ? -pair.Edge.To : pair.Owner),
            $"{pair.Edge} of {pair.Owner} exists"));
        Assert.All(
            before.Ours.Where(pair => !graph.Edges.Contains(pair.Edge)).Where(pair => !reading.CanProveDeletion(pair.Edge)),
            pair => Assert.Contains(
                plan.Changes, change => change.Reason == "DecidedOtherwise" || change.Action == ChangeAction.Replace));
    });

    [Fact]
    public void A_second_plan_writes_nothing_and_decides_the_same() => GenCase.Sample(one =>
    {
        var (desired, graph, policy, reading) = one;
        var first = Planner.Plan(graph.ToInput(desired, policy, reading));
        graph.Apply(first);
        var second = Planner.Plan(graph.ToInput(desired, policy, reading));
        if (first.Refusal is not null)
        {
            Assert.Equal(first.Changes.Select(Whole), second.Changes.Select(Whole));
            return;
        }

        Assert.DoesNotContain(second.Changes, change => change.IsWrite);
        Assert.Equal(
            first.Changes.Where(change => change.Desired is not null).Select(EdgeOf),
            second.Changes.Select(EdgeOf));
    });

    [Fact]
    public void What_a_run_left_half_done_the_next_one_completes_to_the_same() =>
        Gen.Select(GenCase, Gen.Int).Sample((one, seed) =>
    {
        var (desired, graph, policy, reading) = one;
        var whole = graph.Clone();
        var plan = Planner.Plan(graph.ToInput(desired, policy, reading));
        whole.Apply(plan);
        if (plan.Refusal is not null)
        {
            return;
        }

        // Some changes failed, and some replacements were killed between their removal and their addition.
        var random = new Random(seed);
        graph.ApplySome(plan.Changes, random);
        graph.Apply(Planner.Plan(graph.ToInput(desired, policy, reading)));
        Assert.Equal(whole.Edges.Order(), graph.Edges.Order());
        Assert.DoesNotContain(Planner.Plan(graph.ToInput(desired, policy, reading)).Changes, change => change.IsWrite);
    });

    [Fact]
    public void Slices_do_the_whole_together_and_nothing_twice() =>
        Gen.Select(GenCase, Gen.Int[1, 4]).Sample((one, count) =>
    {
        var (desired, graph, policy, reading) = one;
        var whole = Planner.Plan(graph.ToInput(desired, policy, reading)).Changes;
        var shares = Enumerable.Range(1, count)
            .SelectMany(index =>
                Planner.Plan(graph.ToInput(desired, policy, reading)).Changes.Where(new Slice(index, count).Has))
            .ToList();
        Assert.Equal(whole.Select(Whole).Order(), shares.Select(Whole).Order());
    });

    [Fact]
    public void Any_order_of_the_input_gives_the_same_plan() => Gen.Select(GenCase, Gen.Int).Sample((one, seed) =>
    {
        var (desired, graph, policy, reading) = one;
        var plan = Planner.Plan(graph.ToInput(desired, policy, reading));
        var input = graph.ToInput(desired, policy, reading);
        var random = new Random(seed);
        var shuffled = Planner.Plan(input with
        {
            // A link may be seen more than once.
            Desired = Shuffle(random, input.Desired.Concat(input.Desired.Where(_ => random.Next(3) == 0))),
            WorkItems = Shuffle(random, input.WorkItems).ToDictionary(),
            Scope = Shuffle(random, input.Scope),
            Existing = Shuffle(random, input.Existing)
                .Select(item => item with { Relations = Shuffle(random, item.Relations) })
                .ToList(),
        });
        Assert.Equal(plan.Changes.Select(Whole), shuffled.Changes.Select(Whole));
        Assert.Equal(plan.Refusal?.Message, shuffled.Refusal?.Message);
    });

    private static (int Source, int Target) Turned((int Source, int Target) pair, bool turns) =>
        turns ? (pair.Target, pair.Source) : pair;

    private static T[] Shuffle<T>(Random random, IEnumerable<T> items)
    {
        var array = items.ToArray();
        random.Shuffle(array);
        return array;
    }

    private static string Whole(RelationChange change) => $"{Scenario.Line(change)} {change.Reason} {change.Detail}";

    /// <summary>What was decided, without whether it existed already.</summary>
    private static string EdgeOf(RelationChange change)
    {
        var exists = change.Action is not (
            ChangeAction.Merge or ChangeAction.Skip or ChangeAction.Pending or ChangeAction.Fail);
        return $"{change.Source} {change.Relation?.Name} {change.Target} {(exists ? "exists" : change.Action.ToString())}";
    }

    /// <summary>
    /// What a run sees: all but one issue, of which one has no work item and one gets it in this run.
    /// </summary>
    /// <param name="Unread">The issue that was not read, though its work item exists; 0 for none.</param>
    /// <param name="Missing">The issue without a work item; 0 for none.</param>
    /// <param name="ToCreate">
    /// The issue whose work item is created by this run, before any relation is; 0 for none.
    /// </param>
    /// <param name="HasScope">Whether the run knows what was read.</param>
    /// <param name="IsReadable">Whether the issue that was not read is shown to be readable.</param>
    /// <param name="ShowsAtBothEnds">Whether a comment shows at both ends, or on the lower issue only.</param>
    private sealed record Reading(
        int Unread, int Missing, int ToCreate, bool HasScope, bool IsReadable, bool ShowsAtBothEnds)
    {
        public bool HasNoWorkItem(int issue) => issue == Missing || issue == ToCreate;

        /// <summary>Whether a relation is on any of the work items that are read.</summary>
        public bool Shows(ModelEdge edge) => !ShowsAtBothEnds || edge.From != Unread || edge.To != Unread;

        /// <summary>Whether such a run can show that the link behind a relation is deleted.</summary>
        public bool CanProveDeletion(ModelEdge edge) => HasScope && (IsReadable || (edge.From != Unread && edge.To != Unread));
    }

    /// <summary>Azure DevOps in small: edges with an owner, and the rules of their types.</summary>
    private sealed class ModelGraph
    {
        /// <summary>The owner: a link's id, 0 for a parent of ours, below 0 for somebody else.</summary>
        private readonly Dictionary<ModelEdge, int> _edges = [];

        public IEnumerable<ModelEdge> Edges => _edges.Keys;

        public IEnumerable<(ModelEdge Edge, int Owner)> Ours =>
            _edges.Where(pair => pair.Value >= 0).Select(pair => (pair.Key, pair.Value));

        public IEnumerable<ModelEdge> Foreign => _edges.Where(pair => pair.Value < 0).Select(pair => pair.Key);

        public static ModelGraph Of(IEnumerable<(int Source, int Target, RelationType Type, int Owner)> current)
        {
            var graph = new ModelGraph();
            foreach (var (source, target, type, owner) in current)
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

        public static ModelEdge EdgeOf(RelationChange change) =>
            ModelEdge.Of((int)change.Source.Issue!.Id, change.Relation!, (int)change.Target.Issue!.Id);

        /// <summary>All removals, then all additions; nothing of a plan that is refused.</summary>
        public void Apply(RelationPlan plan)
        {
            IReadOnlyList<RelationChange> changes = plan.Refusal is null ? plan.Changes : [];
            foreach (var relation in changes.SelectMany(change => change.Removes))
            {
                var edge = EdgeOf(relation.Relation);
                Assert.True(_edges.Remove(edge), $"{edge} is removed and does not exist");
            }

            foreach (var change in changes.Where(change => change.IsWrite && change.Desired is not null))
            {
                Assert.True(TryAdd(EdgeOf(change), OwnerOf(change)),
                    $"{EdgeOf(change)} breaks a rule, or exists already");
            }
        }

        /// <summary>Some of the removals, then what additions the rules and a failing service allow.</summary>
        public void ApplySome(IReadOnlyCollection<RelationChange> changes, Random random)
        {
            var failed = changes.Where(change => random.Next(3) == 0).ToHashSet(ReferenceEqualityComparer.Instance);
            var removed = changes.Where(change => !failed.Contains(change)).SelectMany(change => change.Removes);
            foreach (var edge in removed.Select(relation => EdgeOf(relation.Relation)))
            {
                _edges.Remove(edge);
            }

            foreach (var change in changes.Where(change => change.IsWrite && change.Desired is not null))
            {
                if (!failed.Contains(change) && random.Next(3) > 0)
                {
                    // An old parent that could not be removed is in the way of the new one, and so on.
                    TryAdd(EdgeOf(change), OwnerOf(change));
                }
            }
        }

        public PlanInput ToInput(DesiredRelation[] desired, RelationPolicy policy, Reading reading)
        {
            var present = Enumerable.Range(1, Issues).Where(issue => issue != reading.Missing).ToList();
            var read = present.Where(issue => issue != reading.Unread).ToList();
            // After the run that created it, it exists.
            var toCreate = _edges.Keys.Any(edge => edge.From == reading.ToCreate || edge.To == reading.ToCreate)
                ? 0
                : reading.ToCreate;
            return new PlanInput
            {
                // A link is read from an issue that was read.
                Desired = desired
                    .Where(one => one.Link.ReadFrom != reading.Unread)
                    .ToList(),
                Types = All,
                Site = Scenario.Site,
                WorkItems = present.Where(issue => issue != toCreate)
                    .ToDictionary(issue => (long)issue, Scenario.WorkItemOf),
                ToCreate = toCreate == 0 ? new HashSet<long>() : [toCreate],
                // The other end is read, too, where a mark may show there only.
                Existing = (reading.ShowsAtBothEnds ? read : present).Where(issue => issue != toCreate)
                    .Select(issue => ToWorkItem(issue, reading))
                    .ToList(),
                Scope = reading.HasScope ? read.ConvertAll(Scenario.Issue) : [],
                Readable = reading is { HasScope: true, IsReadable: true, Unread: > 0 }
                    ? [Scenario.Issue(reading.Unread)]
                    : [],
                Policy = policy,
            };
        }

        private static int OwnerOf(RelationChange change) => (int)(change.Desired!.Link.LinkId ?? 0);

        private static ModelEdge EdgeOf(Relation relation) => ModelEdge.Of(
            relation.WorkItemId - 1000, All[relation.ReferenceName], relation.TargetWorkItemId!.Value - 1000);

        private WorkItem ToWorkItem(int issue, Reading reading) => new()
        {
            Id = Scenario.WorkItemOf(issue),
            Rev = 1,
            Type = "Task",
            Title = "A task",
            Project = "Fabrikam",
            Relations = _edges.Where(pair => pair.Key.From == issue || pair.Key.To == issue)
                .Select(pair => ToRelation(issue, pair.Key, pair.Value, reading))
                .ToList(),
        };

        private static Relation ToRelation(int issue, ModelEdge edge, int owner, Reading reading)
        {
            var forward = All[edge.Type];
            var other = edge.From == issue ? edge.To : edge.From;
            return new Relation
            {
                WorkItemId = Scenario.WorkItemOf(issue),
                ReferenceName = edge.From == issue ? forward.ReferenceName : forward.OppositeReferenceName,
                TargetWorkItemId = Scenario.WorkItemOf(other),
                Url = string.Empty,
                Comment = owner < 0 || (!reading.ShowsAtBothEnds && issue > other)
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

    private readonly record struct ModelEdge(string Type, int From, int To) : IComparable<ModelEdge>
    {
        public int CompareTo(ModelEdge other) => (Type, From, To).CompareTo((other.Type, other.From, other.To));

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
