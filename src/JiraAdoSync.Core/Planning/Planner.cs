using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Planning;

/// <summary>
/// Decides for every link, every parent and every relation of ours that stands what is to be done with it. A pure
/// function: the same input in any order gives the same plan.
/// <para>The rules, in the order in which they decide:</para>
/// <list type="number">
/// <item>
/// <b>Facts first.</b> Relations that are not ours, and ours that this run may not remove, are accepted as they are. A
/// link that wants just such a relation has it: <i>Adopt</i> where it is not ours, <i>Keep</i> where it is.
/// </item>
/// <item>
/// <b>Parents, then links.</b> Parents by the child's issue id, links by their own id; each is decided once, when its
/// turn comes. An edge that is decided already is not made again: <i>Merge</i>.
/// </item>
/// <item>
/// <b>Topology.</b> A tree type (Parent, Duplicate Of) gives an item one place; an acyclic type closes no cycle. A link
/// in the way of that is degraded to Related, skipped, or fails the plan, as the user chose:
/// <code>
/// 11: A blocks B     Create   A Successor B
/// 12: B blocks A     Degrade  B Related A      (A -> B -> A would be a cycle; 11 has the lower id)
/// 13: A relates to B Merge                     (Related stands between them since 12)
/// </code>
/// </item>
/// <item>
/// <b>Parents are never degraded.</b> One that would close a cycle is skipped. One that stands in the place and is ours
/// is replaced; one that somebody else made is kept, or replaced, as the user chose.
/// </item>
/// <item>
/// <b>What is left of ours.</b> A relation whose link is decided otherwise now goes with that decision
/// (<i>Replace</i>). One whose link is gone goes with <c>Prune</c>, if both issues were read: Jira hides links to
/// issues that an account can't see, so one end alone proves nothing. One that equals a decided edge is kept, whichever
/// link its mark names.
/// </item>
/// </list>
/// An end without a work item leaves a link <i>Pending</i>; a link to itself and one over the service's limit are
/// skipped.
/// </summary>
public static class Planner
{
    /// <summary>How many work item links the service allows an item.</summary>
    public const int LinkLimit = 1000;

    private const string LinkGone = "LinkGone";

    /// <summary>Makes the plan.</summary>
    /// <param name="input">What should stand, and what stands.</param>
    public static RelationPlan Plan(PlanInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new Planning(input).Run();
    }

    /// <summary>The state of one planning.</summary>
    private sealed class Planning(PlanInput input)
    {
        private readonly PlanGraph _graph = new(input);
        private readonly List<Decision> _decisions = [];

        public RelationPlan Run()
        {
            var desired = input.Desired
                .OrderBy(one => one.Link.LinkId ?? -1)
                .ThenBy(one => one.Source.Id)
                .ThenBy(one => one.Target.Id)
                .ThenBy(one => one.Link.ReadFrom)
                .DistinctBy(one => (one.Link.LinkId, Child: one.Link.IsParent ? one.Source.Id : 0))
                .ToList();
            _graph.Accept(desired);
            _decisions.AddRange(DecideParents(desired.Where(one => one.Link.IsParent).ToList()));
            _decisions.AddRange(desired.Where(one => !one.Link.IsParent).Select(one => Outside(one) ?? DecideLink(one)));

            var changes = Settle();
            return new RelationPlan(changes, Refuse(changes));
        }

        /// <summary>What is known without looking at the graph.</summary>
        private Decision? Outside(DesiredRelation desired)
        {
            if (desired.LeftOut is not null)
            {
                var detail = desired.LeftOut == "LeftOut"
                    ? $"The mapping leaves '{desired.Link.Type}' out."
                    : $"The mapping has nothing for '{desired.Link.Type}'.";
                return new Decision(desired, ChangeAction.Skip) { Reason = desired.LeftOut, Detail = detail };
            }

            var (source, target) = (_graph.Find(desired.Source.Id), _graph.Find(desired.Target.Id));
            if (desired.Source.Id == desired.Target.Id || (source is not null && source == target))
            {
                return new Decision(desired, ChangeAction.Skip)
                {
                    Reason = "SelfLink",
                    Detail = "A work item can't be linked to itself.",
                };
            }

            var missing = new[] { desired.Source, desired.Target }.Where(end => _graph.Find(end.Id) is null).ToList();
            return missing.Count == 0 ? null : new Decision(desired, ChangeAction.Pending)
            {
                Reason = "EndMissing",
                Detail = $"Waits for {string.Join(" and ", missing)}: no work item stands for it yet.",
            };
        }

        /// <summary>
        /// Decides all parents with every standing parent out of the way that is to give way, since a later child's may
        /// be what keeps an earlier one from its place. A child whose new parent is impossible all the same gets its
        /// old one back, and the rest is decided again beside that fact.
        /// </summary>
        private List<Decision> DecideParents(List<DesiredRelation> parents)
        {
            var givingWay = parents
                .Where(one => Outside(one) is null && GivesWay(one) is not null)
                .ToDictionary(one => one, one => GivesWay(one)!.Value);
            var stuck = new Dictionary<DesiredRelation, Decision>();
            while (true)
            {
                givingWay.Values.ToList().ForEach(_graph.Remove);
                var decisions = parents.ConvertAll(one =>
                    stuck.GetValueOrDefault(one) ?? Outside(one) ?? DecideParent(one, givingWay));
                var impossible =
                    decisions.Where(one => one.Edge is null && givingWay.ContainsKey(one.Desired)).ToList();
                if (impossible.Count == 0)
                {
                    return decisions;
                }

                decisions.ForEach(_graph.Retract);
                givingWay.Values.ToList().ForEach(_graph.PutBack);
                foreach (var decision in impossible)
                {
                    stuck.Add(decision.Desired, decision);
                    givingWay.Remove(decision.Desired);
                }
            }
        }

        /// <summary>The standing parent that gives way to the one that Jira has; null where there is none.</summary>
        private Edge? GivesWay(DesiredRelation desired)
        {
            var edge = _graph.EdgeOf(desired);
            return _graph.HolderOfPlace(edge) is { } holder
                && holder != edge
                && (input.Policy.ParentConflict == ParentConflict.Replace || !_graph.IsForeign(holder)) ? holder : null;
        }

        private Decision DecideParent(DesiredRelation desired, Dictionary<DesiredRelation, Edge> givingWay)
        {
            var edge = _graph.EdgeOf(desired);
            if (_graph.Claim(edge, desired) is { } settled)
            {
                return settled;
            }

            if (_graph.IsFull(edge, out var full))
            {
                return Full(desired, full);
            }

            if (_graph.HolderOfPlace(edge) is { } theirs)
            {
                return new Decision(desired, ChangeAction.Skip)
                {
                    Reason = "ParentConflict",
                    Detail = $"{desired.Source} has the parent {_graph.NameOf(theirs.From)}, which somebody else gave it; "
                        + $"Jira has {desired.Target}. -ParentConflict Replace would replace it.",
                };
            }

            if (_graph.TryAdd(edge, desired) is Obstacle.Cycle cycle)
            {
                return new Decision(desired, ChangeAction.Skip)
                {
                    Reason = "Cycle",
                    Detail = $"As parent it would close the cycle {_graph.Describe(cycle, edge)}.",
                };
            }

            return Added(desired, edge) with
            {
                Evicts = givingWay.TryGetValue(desired, out var evicted) ? _graph.ForeignAt(evicted) : null,
            };
        }

        private Decision DecideLink(DesiredRelation desired)
        {
            var edge = _graph.EdgeOf(desired);
            if (_graph.Claim(edge, desired) is { } settled)
            {
                return settled;
            }

            if (_graph.IsFull(edge, out var full))
            {
                return Full(desired, full);
            }

            if (_graph.TryAdd(edge, desired) is not { } obstacle)
            {
                return Added(desired, edge);
            }

            var (reason, detail) = obstacle switch
            {
                Obstacle.PlaceTaken taken => ("SecondParent", SecondParent(edge, taken.Holder)),
                Obstacle.Cycle cycle => ("Cycle", $"It would close the cycle {_graph.Describe(cycle, edge)}."),
                _ => throw new InvalidOperationException($"No such obstacle: {obstacle}"),
            };
            var decision = input.Policy.OnConflict switch
            {
                LinkConflict.Skip => new Decision(desired, ChangeAction.Skip),
                LinkConflict.Fail => new Decision(desired, ChangeAction.Fail),
                _ => Degrade(desired),
            };
            return decision with { Reason = decision.Reason ?? reason, Detail = $"{detail} {decision.Detail}".TrimEnd() };
        }

        private Decision Degrade(DesiredRelation desired)
        {
            var related = _graph.EdgeOf(desired with { Relation = input.Types.Related });
            if (_graph.Claim(related, desired) is { } settled)
            {
                return settled;
            }

            if (_graph.IsFull(related, out var full))
            {
                return Full(desired, full);
            }

            _graph.TryAdd(related, desired);
            var added = Added(desired, related);
            return added with { Action = added.Action == ChangeAction.Create ? ChangeAction.Degrade : added.Action };
        }

        private Decision Added(DesiredRelation desired, Edge edge) =>
            new(desired, _graph.IsOurs(edge) ? ChangeAction.Keep : ChangeAction.Create) { Edge = edge };

        private Decision Full(DesiredRelation desired, Node node) => new(desired, ChangeAction.Skip)
        {
            Reason = "LinkLimit",
            Detail = $"{_graph.NameOf(node)} has {LinkLimit} links, and the service allows no more.",
        };

        private string SecondParent(Edge edge, Edge holder)
        {
            var place = input.Types.Opposite(edge.Type).Name;
            return $"{_graph.NameOf(edge.To)} can have one {place} only, and has {_graph.NameOf(holder.From)}; "
                + $"the other candidate is {_graph.NameOf(edge.From)}.";
        }

        /// <summary>
        /// Gives each decision the relations that go with it, and what is left over lines of its own.
        /// </summary>
        private List<RelationChange> Settle()
        {
            var stale = _graph.Stale().ToList();
            var byChild = stale.Where(one => one.Edge.Type.ReferenceName == _graph.HierarchyForward)
                .ToLookup(one => one.Edge.To);
            var byLink = stale.Where(one => one.Relation.Mark!.LinkId is not null)
                .ToLookup(one => one.Relation.Mark!.LinkId);
            var gone = new HashSet<Edge>();
            var changes = new List<RelationChange>();
            var leftovers = new List<RelationChange>();
            foreach (var decision in _decisions)
            {
                var others = decision.Desired.Link.IsParent
                    ? _graph.Find(decision.Desired.Source.Id) is { } child && decision.Decides ? byChild[child] : []
                    : decision.Decides ? byLink[decision.Desired.Link.LinkId] : [];
                var mine = others.Where(one => gone.Add(one.Edge)).ToList();
                var replaces = decision.Action is ChangeAction.Create or ChangeAction.Degrade;
                var removes = mine.Where(_ => replaces).Select(one => one.Relation).ToList();
                if (decision.Evicts is { } evicted)
                {
                    removes.Add(evicted);
                }

                changes.Add(ToChange(decision, removes));
                leftovers.AddRange(mine.Where(_ => !replaces).Select(one => Removal(
                    one,
                    "DecidedOtherwise",
                    $"Its link, {decision.Desired.Link}, is decided otherwise now: {decision.Action}.")));
            }

            leftovers.AddRange(stale.Where(one => one.IsPrunable && gone.Add(one.Edge))
                .Select(one => Removal(one, LinkGone, "Nothing in Jira stands behind it any more, or the mapping leaves it out.")));
            changes.AddRange(leftovers);
            return changes;
        }

        private RelationChange ToChange(Decision decision, List<StandingRelation> removes)
        {
            var (desired, action) = (decision.Desired, decision.Action);
            var relation = decision.Edge is { Type.IsDirectional: false } edge ? edge.Type : desired.Relation;
            var detail = decision.Detail;
            if (removes.Count > 0)
            {
                detail = $"{detail} It replaces {string.Join(" and ", removes)}.".TrimStart();
            }

            return new RelationChange
            {
                Action = removes.Count > 0 ? ChangeAction.Replace : action,
                Source = _graph.EndOf(desired.Source),
                Relation = relation,
                Target = _graph.EndOf(desired.Target),
                Reason = decision.Reason,
                Detail = detail,
                Desired = desired,
                Removes = removes,
            };
        }

        private RelationChange Removal(StaleRelation stale, string reason, string detail)
        {
            var place = stale.Relation.Places[0];
            return new RelationChange
            {
                Action = ChangeAction.Remove,
                Source = _graph.EndOf(Node.OfWorkItem(place.WorkItemId)),
                Relation = input.Types[place.ReferenceName],
                Target = _graph.EndOf(Node.OfWorkItem(place.TargetWorkItemId!.Value)),
                Reason = reason,
                Detail = detail,
                Removes = [stale.Relation],
            };
        }

        private SyncException? Refuse(List<RelationChange> changes)
        {
            if (RelationPlan.Of(changes).Refusal is { } refusal)
            {
                return refusal;
            }

            var removals = changes.Count(change => change.Reason == LinkGone);
            var limit = Math.Max(RelationPolicy.AlwaysRemovable, _graph.OursCount * input.Policy.PruneLimit / 100);
            return removals <= limit ? null : new SyncException(
                "PruneLimitExceeded",
                $"{removals} of our {_graph.OursCount} relations would be removed; -PruneLimit {input.Policy.PruneLimit} "
                + $"(per cent) allows {limit}. If so many links did go in Jira, give a higher -PruneLimit.");
        }
    }
}
