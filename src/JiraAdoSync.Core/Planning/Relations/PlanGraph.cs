using System.Runtime.InteropServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Planning.Relations;

/// <summary>What exists, and what has been decided.</summary>
internal sealed class PlanGraph
{
    private readonly PlanInput _input;
    private readonly List<Node> _nodes;
    private readonly Topology _topology;
    private readonly Dictionary<int, Node> _byWorkItem;
    private readonly Dictionary<long, Node> _byIssue;
    private readonly Dictionary<RelationType, RelationType> _forward = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Edge, CurrentRelation> _current;
    private readonly HashSet<Edge> _facts = [];
    private readonly Dictionary<Edge, DesiredRelation> _decided;
    private readonly HashSet<long> _scope;
    private readonly HashSet<long> _readable;
    private readonly HashSet<long> _decidable = [];
    private readonly HashSet<long> _unmapped = [];
    private readonly HashSet<Node> _children = [];

    public PlanGraph(PlanInput input)
    {
        _input = input;
        var workItems = Math.Max(input.Existing.Count, input.WorkItems.Count);
        _nodes = new List<Node>(workItems + input.ToCreate.Count);
        _topology = new Topology(_nodes);
        _byWorkItem = new Dictionary<int, Node>(workItems);
        foreach (var item in input.Existing)
        {
            AddWorkItem(item.Id, item);
        }

        _byIssue = new Dictionary<long, Node>(input.WorkItems.Count + input.ToCreate.Count);
        foreach (var issueId in input.ToCreate)
        {
            var node = Node.OfIssueToCreate(issueId, _nodes.Count);
            _nodes.Add(node);
            _byIssue[issueId] = node;
        }

        foreach (var (issueId, workItemId) in input.WorkItems)
        {
            var node = NodeOf(workItemId);
            // Where two issues share a work item, it is the lower one's.
            node.IssueId = Math.Min(node.IssueId ?? issueId, issueId);
            _byIssue[issueId] = node;
        }

        Hierarchy = Forward(input.Types.Parent);
        _current = ReadCurrent();
        _decided = new Dictionary<Edge, DesiredRelation>(input.Desired.Count);
        _scope = Ids(input.Scope);
        _readable = Ids(input.Readable);
    }

    /// <summary>Child, the forward type of the hierarchy.</summary>
    public RelationType Hierarchy { get; }

    public int OursCount => _current.Values.Count(relation => relation.IsOurs);

    /// <summary>A link with its nodes in the graph.</summary>
    public Candidate CandidateOf(DesiredRelation desired) => new(desired, Find(desired.Source), Find(desired.Target));

    /// <summary>Accepts the facts: what exists and is not for this run to remove.</summary>
    public void Accept(Candidate[] parents, Candidate[] links)
    {
        if (_current.Count == 0)
        {
            return;
        }

        foreach (var issue in _input.Scope.Concat(_input.Readable))
        {
            Find(issue);
        }

        _decidable.EnsureCapacity(links.Length);
        foreach (ref readonly var link in links.AsSpan())
        {
            if (link.Desired.LeftOut == Reasons.Unmapped)
            {
                _unmapped.Add(link.Desired.Link.LinkId!.Value);
            }
            else if (link.IsWhole)
            {
                _decidable.Add(link.Desired.Link.LinkId!.Value);
            }
        }

        _children.UnionWith(parents.Where(parent => parent.IsWhole).Select(parent => parent.Source!));
        var facts = _current
            .Where(pair =>
                !pair.Value.IsOurs || !(IsDecidable(pair.Key, pair.Value) || IsPrunable(pair.Key, pair.Value)))
            .Select(pair => pair.Key)
            .ToList();
        facts.Sort(Edge.InOrder);
        facts.ForEach(PutBack);
    }

    /// <summary>What a link is to become.</summary>
    public Edge EdgeOf(in Candidate candidate) =>
        EdgeOf(candidate.Desired.Relation!, candidate.Source!, candidate.Target!);

    /// <summary>The edge of a current or desired relation, by one of its ends.</summary>
    /// <param name="relation">The relation's type as it is on <paramref name="owner"/>.</param>
    /// <param name="owner">The end that has it.</param>
    /// <param name="target">The other end.</param>
    public Edge EdgeOf(RelationType relation, Node owner, Node target)
    {
        var forward = Forward(relation);
        var isFrom = relation.IsDirectional ? relation.IsForward : owner.CompareTo(target) < 0;
        return isFrom ? new Edge(forward, owner, target) : new Edge(forward, target, owner);
    }

    /// <summary>Settles a link whose edge is a fact, or decided already by another, which is returned.</summary>
    public (ChangeAction Action, DesiredRelation? First)? Claim(Edge edge, DesiredRelation desired)
    {
        if (_decided.TryGetValue(edge, out var first))
        {
            return (ChangeAction.Merge, first);
        }

        if (!_facts.Contains(edge))
        {
            return null;
        }

        _decided.Add(edge, desired);
        return (IsForeign(edge) ? ChangeAction.Adopt : ChangeAction.Keep, null);
    }

    public Obstacle? TryAdd(Edge edge, DesiredRelation desired)
    {
        var obstacle = _topology.TryAdd(edge);
        if (obstacle is null)
        {
            _decided.Add(edge, desired);
            Count(edge, 1);
        }

        return obstacle;
    }

    /// <summary>Takes a decision for an edge back.</summary>
    public void Retract(Edge edge)
    {
        _decided.Remove(edge);
        if (!_facts.Contains(edge))
        {
            _topology.Remove(edge);
            Count(edge, -1);
        }
    }

    public void Remove(Edge fact)
    {
        _facts.Remove(fact);
        _topology.Remove(fact);
        Count(fact, -1);
    }

    public void PutBack(Edge fact)
    {
        _facts.Add(fact);
        _topology.TryAdd(fact);
        Count(fact, 1);
    }

    public Edge? OccupantOfSlot(Edge edge) => _topology.OccupantOfSlot(edge);

    public bool IsForeign(Edge edge) => _current.TryGetValue(edge, out var relation) && !relation.IsOurs;

    public bool IsOurs(Edge edge) => _current.TryGetValue(edge, out var relation) && relation.IsOurs;

    public CurrentRelation ForeignAt(Edge edge) => _current[edge];

    /// <summary>The end of an edge that has no room for it; null where both have.</summary>
    public static Node? FullEndOf(Edge edge) =>
        edge.From.LinkCount >= Planner.LinkLimit ? edge.From
        : edge.To.LinkCount >= Planner.LinkLimit ? edge.To
        : null;

    /// <summary>Relations of ours that this run may remove and that nothing decided keeps, in a fixed order.</summary>
    public List<StaleRelation> Stale()
    {
        var stale = _current
            .Where(pair => pair.Value.IsOurs && !_facts.Contains(pair.Key) && !_decided.ContainsKey(pair.Key))
            .Select(pair => new StaleRelation(pair.Key, pair.Value, IsPrunable(pair.Key, pair.Value)))
            .ToList();
        stale.Sort((one, other) => Edge.InOrder(one.Edge, other.Edge));
        return stale;
    }

    /// <summary>The work item's node in the graph.</summary>
    public Node NodeOf(int workItemId) =>
        _byWorkItem.TryGetValue(workItemId, out var node) ? node : AddWorkItem(workItemId, item: null);

    private Node AddWorkItem(int id, WorkItem? item)
    {
        var node = Node.OfWorkItem(id, _nodes.Count, item);
        _nodes.Add(node);
        _byWorkItem.Add(id, node);
        return node;
    }

    /// <summary>
    /// The whole cycle that an edge would close, by keys, beginning and ending at the edge's upper end.
    /// </summary>
    public static string Describe(Obstacle.Cycle cycle, Edge edge) =>
        string.Join(" -> ", cycle.Path.Prepend(edge.From));

    /// <summary>
    /// The node of the issue's work item, or of the one to be created; null where there is neither.
    /// </summary>
    private Node? Find(IssueReference issue)
    {
        if (!_byIssue.TryGetValue(issue.Id, out var node))
        {
            return null;
        }

        node.Issue = issue;
        return node;
    }

    private RelationType Forward(RelationType relation)
    {
        if (!_forward.TryGetValue(relation, out var forward))
        {
            forward = _input.Types[relation.IsForward ? relation.ReferenceName : relation.OppositeReferenceName];
            _forward.Add(relation, forward);
        }

        return forward;
    }

    /// <summary>Every relation once, with the ends where it was seen.</summary>
    private Dictionary<Edge, CurrentRelation> ReadCurrent()
    {
        var current = new Dictionary<Edge, CurrentRelation>(_input.Existing.Sum(item => item.Relations.Count) / 2);
        foreach (var owner in _input.Existing.Select(item => _byWorkItem[item.Id]))
        {
            foreach (var relation in owner.Existing!.Relations)
            {
                if (relation.TargetWorkItemId is not { } target
                    || !_input.Types.TryFind(relation.ReferenceName, out var type)
                    || type is not { IsWorkItemLink: true, IsRemote: false })
                {
                    continue;
                }

                var seen = new CurrentRelation(relation, RelationMark.Of(relation, _input.Site));
                ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    current, EdgeOf(type, owner, NodeOf(target)), out var isKnown);
                known = isKnown ? known.With(seen) : seen;
            }
        }

        return current;
    }

    /// <summary>Whether the link behind a relation of ours is decided in this run.</summary>
    private bool IsDecidable(Edge edge, CurrentRelation relation) => relation.Mark!.Value.LinkId is { } linkId
        ? _decidable.Contains(linkId)
        : edge.Type == Hierarchy && _children.Contains(edge.To);

    /// <summary>
    /// Whether a relation of ours may go if it has no link: one of its issues was read and shows none, and the
    /// other was read too or can be, so that the link is not merely hidden. A link whose type the mapping lacks is not
    /// deleted.
    /// </summary>
    private bool IsPrunable(Edge edge, CurrentRelation relation) =>
        _input.Policy.Prune
        && (IsIn(_scope, edge.From) || IsIn(_scope, edge.To))
        && (IsIn(_scope, edge.From) || IsIn(_readable, edge.From))
        && (IsIn(_scope, edge.To) || IsIn(_readable, edge.To))
        && !IsDecidable(edge, relation)
        && !(relation.Mark!.Value.LinkId is { } linkId && _unmapped.Contains(linkId));

    /// <summary>The ids of issues; where nothing exists, nobody asks for them.</summary>
    private HashSet<long> Ids(IReadOnlyCollection<IssueReference> issues)
    {
        var ids = new HashSet<long>(_current.Count == 0 ? 0 : issues.Count);
        if (_current.Count > 0)
        {
            ids.UnionWith(issues.Select(issue => issue.Id));
        }

        return ids;
    }

    private static bool IsIn(HashSet<long> issues, Node node) =>
        node.IssueId is { } issueId && issues.Contains(issueId);

    private static void Count(Edge edge, int by)
    {
        edge.From.LinkCount += by;
        edge.To.LinkCount += by;
    }
}

/// <summary>A relation of ours that this run may remove and that nothing decided keeps.</summary>
internal sealed record StaleRelation(Edge Edge, CurrentRelation Relation, bool IsPrunable);
