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

        public RelationPlan Run()
        {
            var parents = Order(input.Desired.Where(one => one.Link.IsParent), one => one.Source.Id);
            var links = Order(input.Desired.Where(one => !one.Link.IsParent), one => one.Link.LinkId!.Value);
            _graph.Accept(parents.Concat(links));
            var decisions = DecideParents(parents);
            decisions.AddRange(links.Select(DecideLink));
            var changes = Settle(decisions);
            return new RelationPlan(changes, Refuse(changes));
        }

        /// <summary>Links by a number of theirs, each once, with their places in the graph.</summary>
        private List<Candidate> Order(IEnumerable<DesiredRelation> desired, Converter<DesiredRelation, long> number)
        {
            var links = desired.ToArray();
            var numbers = Array.ConvertAll(links, number);
            Array.Sort(numbers, links);
            var candidates = new List<Candidate>(links.Length);
            for (var i = 0; i < links.Length;)
            {
                // Seen from several ends, a link is always told from the same.
                var first = links[i];
                var of = numbers[i];
                for (i++; i < links.Length && numbers[i] == of; i++)
                {
                    first = Comparer<(long, long, long)>.Default.Compare(EndsOf(links[i]), EndsOf(first)) < 0 ? links[i] : first;
                }

                candidates.Add(_graph.Place(first));
            }

            return candidates;
        }

        private static (long Source, long Target, long ReadFrom) EndsOf(DesiredRelation desired) =>
            (desired.Source.Id, desired.Target.Id, desired.Link.ReadFrom);

        /// <summary>What is known without looking at the graph.</summary>
        private static Decision? Outside(Candidate candidate)
        {
            var desired = candidate.Desired;
            if (desired.LeftOut is not null)
            {
                var detail = desired.LeftOut == "LeftOut"
                    ? $"The mapping leaves '{desired.Link.Type}' out."
                    : $"The mapping has nothing for '{desired.Link.Type}'.";
                return new Decision(candidate, ChangeAction.Skip) { Reason = desired.LeftOut, Detail = detail };
            }

            var (source, target) = (candidate.Source, candidate.Target);
            if (desired.Source.Id == desired.Target.Id || (source is not null && source == target))
            {
                return new Decision(candidate, ChangeAction.Skip)
                {
                    Reason = "SelfLink",
                    Detail = "A work item can't be linked to itself.",
                };
            }

            if (source is not null && target is not null)
            {
                return null;
            }

            var missing = string.Join(
                " and ", new[] { (desired.Source, source), (desired.Target, target) }
                    .Where(end => end.Item2 is null)
                    .Select(end => end.Item1));
            return new Decision(candidate, ChangeAction.Pending)
            {
                Reason = "EndMissing",
                Detail = $"Waits for {missing}: no work item stands for it yet.",
            };
        }

        /// <summary>
        /// Decides all parents with every standing parent out of the way that is to give way, since a later child's may
        /// be what keeps an earlier one from its place. A child whose new parent is impossible all the same gets its
        /// old one back, and the rest is decided again beside that fact.
        /// </summary>
        private List<Decision> DecideParents(List<Candidate> parents)
        {
            var outside = parents.ConvertAll(Outside);
            var givingWay = new Dictionary<Node, Edge>();
            foreach (var (candidate, settled) in parents.Zip(outside))
            {
                if (settled is null && GivesWay(_graph.EdgeOf(candidate)) is { } holder)
                {
                    givingWay.Add(candidate.Source!, holder);
                }
            }

            var stuck = new Dictionary<Node, Decision>();
            while (true)
            {
                foreach (var edge in givingWay.Values)
                {
                    _graph.Remove(edge);
                }

                var decisions = parents.Zip(outside, (candidate, settled) =>
                    settled ?? stuck.GetValueOrDefault(candidate.Source!) ?? DecideParent(candidate, givingWay)).ToList();
                var impossible = decisions
                    .Where(one => one.Edge is null && one.Candidate.Source is { } child && givingWay.ContainsKey(child))
                    .ToList();
                if (impossible.Count == 0)
                {
                    return decisions;
                }

                decisions.ForEach(_graph.Retract);
                foreach (var edge in givingWay.Values)
                {
                    _graph.PutBack(edge);
                }

                foreach (var decision in impossible)
                {
                    stuck.Add(decision.Candidate.Source!, decision);
                    givingWay.Remove(decision.Candidate.Source!);
                }
            }
        }

        /// <summary>The standing parent that gives way to the one that Jira has; null where there is none.</summary>
        private Edge? GivesWay(Edge edge) =>
            _graph.HolderOfPlace(edge) is { } holder
            && holder != edge
            && (input.Policy.ParentConflict == ParentConflict.Replace || !_graph.IsForeign(holder)) ? holder : null;

        private Decision DecideParent(Candidate candidate, Dictionary<Node, Edge> givingWay)
        {
            var edge = _graph.EdgeOf(candidate);
            if (Settled(edge, candidate) is { } settled)
            {
                return settled;
            }

            if (_graph.HolderOfPlace(edge) is { } theirs)
            {
                var desired = candidate.Desired;
                return new Decision(candidate, ChangeAction.Skip)
                {
                    Reason = "ParentConflict",
                    Detail = $"{desired.Source} has the parent {theirs.From}, which somebody else gave it; "
                        + $"Jira has {desired.Target}. -ParentConflict Replace would replace it.",
                };
            }

            if (_graph.TryAdd(edge, candidate.Desired) is Obstacle.Cycle cycle)
            {
                return new Decision(candidate, ChangeAction.Skip)
                {
                    Reason = "Cycle",
                    Detail = $"As parent it would close the cycle {PlanGraph.Describe(cycle, edge)}.",
                };
            }

            return new Decision(candidate, ActionFor(edge, ChangeAction.Create))
            {
                Edge = edge,
                Evicts = givingWay.TryGetValue(edge.To, out var evicted) ? _graph.ForeignAt(evicted) : null,
            };
        }

        private Decision DecideLink(Candidate candidate)
        {
            if (Outside(candidate) is { } outside)
            {
                return outside;
            }

            var edge = _graph.EdgeOf(candidate);
            if (Settled(edge, candidate) is { } settled)
            {
                return settled;
            }

            if (_graph.TryAdd(edge, candidate.Desired) is not { } obstacle)
            {
                return new Decision(candidate, ActionFor(edge, ChangeAction.Create)) { Edge = edge };
            }

            var (reason, detail) = obstacle switch
            {
                Obstacle.PlaceTaken taken => ("SecondParent", SecondParent(edge, taken.Holder)),
                Obstacle.Cycle cycle => ("Cycle", $"It would close the cycle {PlanGraph.Describe(cycle, edge)}."),
                _ => throw new InvalidOperationException($"No such obstacle: {obstacle}"),
            };
            var decision = input.Policy.OnConflict switch
            {
                LinkConflict.Skip => new Decision(candidate, ChangeAction.Skip),
                LinkConflict.Fail => new Decision(candidate, ChangeAction.Fail),
                _ => Degrade(candidate),
            };
            return decision with { Reason = decision.Reason ?? reason, Detail = $"{detail} {decision.Detail}".TrimEnd() };
        }

        private Decision Degrade(Candidate candidate)
        {
            var related = _graph.EdgeOf(input.Types.Related, candidate.Source!, candidate.Target!);
            if (Settled(related, candidate) is { } settled)
            {
                return settled;
            }

            _graph.TryAdd(related, candidate.Desired);
            return new Decision(candidate, ActionFor(related, ChangeAction.Degrade)) { Edge = related };
        }

        /// <summary>What becomes of an edge that was accepted: ours may stand already.</summary>
        private ChangeAction ActionFor(Edge edge, ChangeAction otherwise) =>
            _graph.IsOurs(edge) ? ChangeAction.Keep : otherwise;

        /// <summary>A link whose edge is a fact, is decided already, or has no room at one of its ends.</summary>
        private Decision? Settled(Edge edge, Candidate candidate) => _graph.Claim(edge, candidate)
            ?? (PlanGraph.FullEndOf(edge) is not { } full ? null : new Decision(candidate, ChangeAction.Skip)
            {
                Reason = "LinkLimit",
                Detail = $"{full} has {LinkLimit} links, and the service allows no more.",
            });

        private string SecondParent(Edge edge, Edge holder)
        {
            var place = input.Types.Opposite(edge.Type).Name;
            return $"{edge.To} can have one {place} only, and has {holder.From}; the other candidate is {edge.From}.";
        }

        /// <summary>
        /// Gives each decision the relations that go with it, and what is left over lines of its own.
        /// </summary>
        private List<RelationChange> Settle(List<Decision> decisions)
        {
            var stale = _graph.Stale();
            if (stale.Count == 0)
            {
                return decisions.ConvertAll(decision => ToChange(decision, decision.Evicts is { } one ? [one] : []));
            }

            var byChild = stale.Where(one => one.Edge.Type == _graph.Hierarchy).ToLookup(one => one.Edge.To);
            var byLink = stale.Where(one => one.Relation.Mark!.LinkId is not null)
                .ToLookup(one => one.Relation.Mark!.LinkId);
            var gone = new HashSet<Edge>();
            var changes = new List<RelationChange>();
            var leftovers = new List<RelationChange>();
            foreach (var decision in decisions)
            {
                var others = !decision.Decides ? []
                    : decision.Candidate.IsParent ? byChild[decision.Candidate.Source!]
                    : byLink[decision.Desired.Link.LinkId];
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
            var (candidate, desired) = (decision.Candidate, decision.Desired);
            var detail = decision.Detail;
            if (removes.Count > 0)
            {
                detail = $"{detail} It replaces {string.Join(" and ", removes)}.".TrimStart();
            }

            return new RelationChange
            {
                Action = removes.Count > 0 ? ChangeAction.Replace : decision.Action,
                Source = candidate.Source?.ToEnd(desired.Source) ?? new RelationEnd(desired.Source, null),
                Relation = decision.Edge is { Type.IsDirectional: false } edge ? edge.Type : desired.Relation,
                Target = candidate.Target?.ToEnd(desired.Target) ?? new RelationEnd(desired.Target, null),
                Reason = decision.Reason,
                Detail = detail,
                Desired = desired,
                Removes = removes,
                OnConflict = input.Policy.OnConflict,
            };
        }

        private RelationChange Removal(StaleRelation stale, string reason, string detail)
        {
            var place = stale.Relation.Places[0];
            return new RelationChange
            {
                Action = ChangeAction.Remove,
                Source = _graph.NodeOf(place.WorkItemId).ToEnd(null),
                Relation = input.Types[place.ReferenceName],
                Target = _graph.NodeOf(place.TargetWorkItemId!.Value).ToEnd(null),
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
