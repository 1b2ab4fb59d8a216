using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Planning.Relations;

/// <summary>
/// Decides for every link, every parent and every current relation of ours what is to be done with it. A pure
/// function: the same input in any order gives the same plan.
/// <para>The rules, in the order in which they decide:</para>
/// <list type="number">
/// <item>
/// <b>Facts first.</b> Relations that are not ours, and ours that this run may not remove, are accepted as they are. A
/// link that wants just such a relation has it: <i>Adopt</i> where it is not ours, <i>Keep</i> where it is.
/// </item>
/// <item>
/// <b>Parents, then links.</b> Parents by the child's issue id, links by their own id; each is decided once, when its
/// turn is due. An edge that is decided already is not made again: <i>Merge</i>.
/// </item>
/// <item>
/// <b>Topology.</b> A tree type (Parent, Duplicate Of) gives an item one slot; an acyclic type closes no cycle. A link
/// in the way of that is degraded to Related, skipped, or fails the plan, as the user chose:
/// <code>
/// 11: A blocks B     Create   A Successor B
/// 12: B blocks A     Degrade  B Related A      (A -> B -> A would be a cycle; 11 has the lower id)
/// 13: A relates to B Merge                     (Related exists between them since 12)
/// </code>
/// </item>
/// <item>
/// <b>Parents are never degraded.</b> One that would close a cycle is skipped. One that occupies the slot and is ours
/// is replaced; one that somebody else made is kept, or replaced, as the user chose.
/// </item>
/// <item>
/// <b>What is left of ours.</b> A relation whose link is decided otherwise now is removed with that decision
/// (<i>Replace</i>). One whose link no longer exists is removed with <c>Prune</c>, if both issues were read: Jira hides
/// links to issues that an account can't see, so one end alone proves nothing. One that equals a decided edge is kept,
/// whichever link its mark names.
/// </item>
/// </list>
/// An end without a work item leaves a link <i>Pending</i>; a link to itself and one over the service's limit are
/// skipped.
/// </summary>
public static class Planner
{
    /// <summary>How many work item links the service allows an item.</summary>
    public const int LinkLimit = 1000;

    /// <summary>Makes the plan.</summary>
    /// <param name="input">What is desired, and what exists.</param>
    public static RelationPlan Plan(PlanInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new Planning(input).Run();
    }

    /// <summary>What was decided for a parent, and the edge that it has.</summary>
    private readonly record struct ParentDecision(RelationChange Change, Edge? Edge);

    /// <summary>The state of one planning.</summary>
    private sealed class Planning(PlanInput input)
    {
        private readonly PlanGraph _graph = new(input);

        public RelationPlan Run()
        {
            var (parents, links) = Order(input.Desired);
            _graph.Accept(parents, links);
            var changes = new List<RelationChange>(parents.Length + links.Length);
            DecideParents(parents, changes);
            foreach (ref readonly var link in links.AsSpan())
            {
                changes.Add(DecideLink(link));
            }

            Settle(parents, links, changes);
            return new RelationPlan(changes, Refuse(changes));
        }

        /// <summary>
        /// Parents by their children's ids, and links by their own, each once, with their nodes in the graph.
        /// </summary>
        private (Candidate[] Parents, Candidate[] Links) Order(IReadOnlyCollection<DesiredRelation> desired)
        {
            var (parents, links) = (new List<DesiredRelation>(), new List<DesiredRelation>(desired.Count));
            foreach (var one in desired)
            {
                (one.Link.IsParent ? parents : links).Add(one);
            }

            return (Candidates(parents, one => one.Source.Id), Candidates(links, one => one.Link.LinkId!.Value));
        }

        private Candidate[] Candidates(List<DesiredRelation> desired, Converter<DesiredRelation, long> number)
        {
            var links = desired.ToArray();
            var numbers = Array.ConvertAll(links, number);
            Array.Sort(numbers, links);
            var candidates = new Candidate[links.Length];
            var count = 0;
            for (var i = 0; i < links.Length;)
            {
                // Seen from several ends, a link is always stated from the same one.
                var first = links[i];
                var of = numbers[i];
                for (i++; i < links.Length && numbers[i] == of; i++)
                {
                    first = Comparer<(long, long, long)>.Default.Compare(EndsOf(links[i]), EndsOf(first)) < 0
                        ? links[i]
                        : first;
                }

                candidates[count++] = _graph.CandidateOf(first);
            }

            return candidates.Length == count ? candidates : candidates[..count];
        }

        private static (long Source, long Target, long ReadFrom) EndsOf(DesiredRelation desired) =>
            (desired.Source.Id, desired.Target.Id, desired.Link.ReadFrom);

        /// <summary>What is known without looking at the graph.</summary>
        private RelationChange? Outside(in Candidate candidate)
        {
            var desired = candidate.Desired;
            if (desired.LeftOut is not null)
            {
                return Decide(candidate, ChangeAction.Skip, null, desired.LeftOut, desired.LeftOut == Reasons.LeftOut
                    ? $"The mapping leaves '{desired.Link.Type}' out."
                    : $"The mapping has nothing for '{desired.Link.Type}'.");
            }

            var (source, target) = (candidate.Source, candidate.Target);
            if (desired.Source.Id == desired.Target.Id || (source is not null && source == target))
            {
                return Decide(
                    candidate,
                    ChangeAction.Skip,
                    null,
                    Reasons.SelfLink,
                    "A work item can't be linked to itself.");
            }

            if (source is not null && target is not null)
            {
                return null;
            }

            var missing = source is not null ? $"{desired.Target}"
                : target is not null ? $"{desired.Source}"
                : $"{desired.Source} and {desired.Target}";
            var never = new[] { (End: desired.Source, Node: source), (End: desired.Target, Node: target) }
                .Where(end => end.Node is null && input.LeftOut.Contains(end.End.Id))
                .Select(end => $"{end.End}")
                .ToList();
            if (never.Count > 0)
            {
                return Decide(
                    candidate,
                    ChangeAction.Skip,
                    null,
                    Reasons.LeftOut,
                    $"-TypeMapping leaves {string.Join(" and ", never)} out.");
            }

            return Decide(
                candidate,
                ChangeAction.Pending,
                null,
                Reasons.EndMissing,
                $"Waits for {missing}: no work item exists yet.");
        }

        /// <summary>
        /// Decides all parents with every current parent removed that is to give way, since a later child's may
        /// be what keeps an earlier one from its slot. A child whose new parent is impossible all the same gets its
        /// old one back, and the rest is decided again beside that fact.
        /// </summary>
        private void DecideParents(Candidate[] parents, List<RelationChange> changes)
        {
            var outside = Array.ConvertAll(parents, candidate => Outside(candidate));
            var givingWay = new Dictionary<Node, Edge>();
            for (var i = 0; i < parents.Length; i++)
            {
                if (outside[i] is null && GivesWay(_graph.EdgeOf(parents[i])) is { } occupant)
                {
                    givingWay.Add(parents[i].Source!, occupant);
                }
            }

            var stuck = new Dictionary<Node, ParentDecision>();
            while (true)
            {
                foreach (var edge in givingWay.Values)
                {
                    _graph.Remove(edge);
                }

                var decisions = new ParentDecision[parents.Length];
                for (var i = 0; i < parents.Length; i++)
                {
                    decisions[i] = outside[i] is { } settled ? new ParentDecision(settled, null)
                        : stuck.TryGetValue(parents[i].Source!, out var old) ? old
                        : DecideParent(parents[i], givingWay);
                }

                var impossible = Enumerable.Range(0, parents.Length)
                    .Where(i => decisions[i].Edge is null
                        && parents[i].Source is { } child
                        && givingWay.ContainsKey(child))
                    .ToList();
                if (impossible.Count == 0)
                {
                    changes.AddRange(decisions.Select(decision => decision.Change));
                    return;
                }

                foreach (var decision in decisions)
                {
                    if (decision is { Edge: { } edge, Change.Action: not ChangeAction.Merge })
                    {
                        _graph.Retract(edge);
                    }
                }

                foreach (var edge in givingWay.Values)
                {
                    _graph.PutBack(edge);
                }

                foreach (var i in impossible)
                {
                    stuck.Add(parents[i].Source!, decisions[i]);
                    givingWay.Remove(parents[i].Source!);
                }
            }
        }

        /// <summary>The current parent that gives way to the one that Jira has; null where there is none.</summary>
        private Edge? GivesWay(Edge edge) =>
            _graph.OccupantOfSlot(edge) is { } occupant
            && occupant != edge
            && (input.Policy.ParentConflict == ParentConflict.Replace || !_graph.IsForeign(occupant)) ? occupant : null;

        private ParentDecision DecideParent(in Candidate candidate, Dictionary<Node, Edge> givingWay)
        {
            var edge = _graph.EdgeOf(candidate);
            if (Settled(edge, candidate) is { } settled)
            {
                return new ParentDecision(settled, settled.Action == ChangeAction.Skip ? null : edge);
            }

            if (_graph.OccupantOfSlot(edge) is { } theirs)
            {
                var desired = candidate.Desired;
                return new ParentDecision(
                    Decide(
                        candidate,
                        ChangeAction.Skip,
                        null,
                        Reasons.ParentConflict,
                        $"{desired.Source} has the parent {theirs.From}, which somebody else gave it; "
                            + $"Jira has {desired.Target}. -ParentConflict Replace would replace it."),
                    null);
            }

            if (_graph.TryAdd(edge, candidate.Desired) is Obstacle.Cycle cycle)
            {
                var detail = $"As parent it would close the cycle {PlanGraph.Describe(cycle, edge)}.";
                return new ParentDecision(Decide(candidate, ChangeAction.Skip, null, Reasons.Cycle, detail), null);
            }

            var change = Decide(candidate, ActionFor(edge, ChangeAction.Create), edge);
            return new ParentDecision(
                givingWay.TryGetValue(edge.To, out var evicted) && _graph.IsForeign(evicted)
                    ? change with { Removes = [_graph.ForeignAt(evicted)] } : change,
                edge);
        }

        private RelationChange DecideLink(in Candidate candidate)
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
                return Decide(candidate, ActionFor(edge, ChangeAction.Create), edge);
            }

            var (reason, detail) = obstacle switch
            {
                Obstacle.SlotOccupied occupied => (Reasons.SecondParent, SecondParent(edge, occupied.Occupant)),
                Obstacle.Cycle cycle => (Reasons.Cycle, $"It would close the cycle {PlanGraph.Describe(cycle, edge)}."),
                _ => throw new InvalidOperationException($"No such obstacle: {obstacle}"),
            };
            var change = input.Policy.OnConflict switch
            {
                LinkConflict.Skip => Decide(candidate, ChangeAction.Skip, null),
                LinkConflict.Fail => Decide(candidate, ChangeAction.Fail, null),
                _ => Degrade(candidate),
            };
            return change with { Reason = change.Reason ?? reason, Detail = $"{detail} {change.Detail}".TrimEnd() };
        }

        private RelationChange Degrade(in Candidate candidate)
        {
            var related = _graph.EdgeOf(input.Types.Related, candidate.Source!, candidate.Target!);
            if (Settled(related, candidate) is { } settled)
            {
                return settled;
            }

            _graph.TryAdd(related, candidate.Desired);
            return Decide(candidate, ActionFor(related, ChangeAction.Degrade), related);
        }

        /// <summary>What becomes of an edge that was accepted: ours may exist already.</summary>
        private ChangeAction ActionFor(Edge edge, ChangeAction otherwise) =>
            _graph.IsOurs(edge) ? ChangeAction.Keep : otherwise;

        /// <summary>A link whose edge is a fact, is decided already, or has no room at one of its ends.</summary>
        private RelationChange? Settled(Edge edge, in Candidate candidate)
        {
            if (_graph.Claim(edge, candidate.Desired) is var (action, first))
            {
                return first is null ? Decide(candidate, action, edge) : Decide(
                    candidate,
                    action,
                    edge,
                    Reasons.SameRelation,
                    $"{edge.Type.Name} between them is decided by \"{first.Link}\" already.");
            }

            return PlanGraph.FullEndOf(edge) is not { } full ? null : Decide(
                candidate,
                ChangeAction.Skip,
                null,
                Reasons.LinkLimit,
                $"{full} has {LinkLimit} links, and the service allows no more.");
        }

        private string SecondParent(Edge edge, Edge current)
        {
            var relation = input.Types.Opposite(edge.Type).Name;
            return $"{edge.To} can have one {relation} only, and has {current.From}; the other candidate is {edge.From}.";
        }

        /// <summary>
        /// Gives each decision the relations that go with it, and what is left over lines of its own.
        /// </summary>
        private void Settle(Candidate[] parents, Candidate[] links, List<RelationChange> changes)
        {
            var stale = _graph.Stale();
            if (stale.Count == 0 && changes.FindIndex(0, parents.Length, parent => parent.Removes.Count > 0) < 0)
            {
                return;
            }

            var byChild = stale.Where(one => one.Edge.Type == _graph.Hierarchy).ToLookup(one => one.Edge.To);
            var byLink = stale.Where(one => one.Relation.Mark!.Value.LinkId is not null)
                .ToLookup(one => one.Relation.Mark!.Value.LinkId);
            var removed = new HashSet<Edge>();
            var leftovers = new List<RelationChange>();
            for (var i = 0; i < parents.Length + links.Length; i++)
            {
                var change = changes[i];
                var decides = change.Action != ChangeAction.Pending && change.Desired!.LeftOut is null;
                var others = !decides ? []
                    : i < parents.Length ? byChild[parents[i].Source!]
                    : byLink[change.Desired!.Link.LinkId];
                var mine = others.Where(one => removed.Add(one.Edge)).ToList();
                var replaces = change.Action is ChangeAction.Create or ChangeAction.Degrade;
                List<CurrentRelation> removes =
                    [.. mine.Where(_ => replaces).Select(one => one.Relation), .. change.Removes];
                if (removes.Count > 0)
                {
                    changes[i] = change with
                    {
                        Action = ChangeAction.Replace,
                        Detail = $"{change.Detail} It replaces {string.Join(" and ", removes)}.".TrimStart(),
                        Removes = removes,
                    };
                }

                leftovers.AddRange(mine.Where(_ => !replaces).Select(one => Removal(
                    one,
                    Reasons.DecidedOtherwise,
                    $"Its link, {change.Desired!.Link}, is decided otherwise now: {change.Action}.")));
            }

            changes.AddRange(leftovers);
            changes.AddRange(stale.Where(one => one.IsPrunable && removed.Add(one.Edge))
                .Select(one => Removal(
                    one, Reasons.LinkMissing, "Its link no longer exists in Jira, or the mapping leaves it out.")));
        }

        private RelationChange Decide(
            in Candidate candidate, ChangeAction action, Edge? edge, string? reason = null, string? detail = null)
        {
            var desired = candidate.Desired;
            return new RelationChange
            {
                Action = action,
                Source = candidate.Source?.ToEnd(desired.Source) ?? new RelationEnd(desired.Source, null),
                Relation = edge is { Type.IsDirectional: false } undirected ? undirected.Type : desired.Relation,
                Target = candidate.Target?.ToEnd(desired.Target) ?? new RelationEnd(desired.Target, null),
                Reason = reason,
                Detail = detail,
                Desired = desired,
                OnConflict = input.Policy.OnConflict,
            };
        }

        private RelationChange Removal(StaleRelation stale, string reason, string detail)
        {
            var seen = stale.Relation.Relation;
            return new RelationChange
            {
                Action = ChangeAction.Remove,
                Source = _graph.NodeOf(seen.WorkItemId).ToEnd(null),
                Relation = input.Types[seen.ReferenceName],
                Target = _graph.NodeOf(seen.TargetWorkItemId!.Value).ToEnd(null),
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

            var removals = changes.Count(change => change.Reason == Reasons.LinkMissing);
            var limit = Math.Max(RelationPolicy.AlwaysRemovable, _graph.OursCount * input.Policy.PruneLimit / 100);
            return removals <= limit ? null : new SyncException(
                "PruneLimitExceeded",
                $"{Amount.Of(removals)} of our {Amount.Of(_graph.OursCount)} relations would be removed; -PruneLimit {input.Policy.PruneLimit} "
                + $"(per cent) allows {limit}. If so many links did go in Jira, give a higher -PruneLimit.");
        }
    }
}
