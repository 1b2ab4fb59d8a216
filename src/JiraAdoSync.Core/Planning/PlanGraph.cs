using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Planning;

/// <summary>What stands, and what has been decided to stand.</summary>
internal sealed class PlanGraph
{
    private readonly PlanInput _input;
    private readonly Topology _topology = new();
    private readonly Dictionary<Edge, StandingRelation> _standing = [];
    private readonly HashSet<Edge> _facts = [];
    private readonly Dictionary<Edge, DesiredRelation> _decided = [];
    private readonly Dictionary<Node, int> _linkCounts = [];
    private readonly Dictionary<Node, IssueReference> _issues = [];
    private readonly Dictionary<Node, long> _issueIds = [];
    private readonly Dictionary<int, WorkItem> _workItems;
    private readonly HashSet<long> _scope;
    private readonly HashSet<long> _readable;
    private HashSet<long> _decidable = [];
    private HashSet<long> _unmapped = [];
    private HashSet<Node> _children = [];

    public PlanGraph(PlanInput input)
    {
        _input = input;
        _scope = input.Scope.Select(issue => issue.Id).ToHashSet();
        _readable = input.Readable.Select(issue => issue.Id).ToHashSet();
        _workItems = input.Standing.ToDictionary(item => item.Id);
        HierarchyForward = input.Types.Parent.OppositeReferenceName;
        foreach (var (issueId, workItemId) in input.WorkItems)
        {
            _issueIds[Node.OfWorkItem(workItemId)] = issueId;
        }

        foreach (var group in input.Standing.SelectMany(EdgesOn).GroupBy(one => one.Edge, one => one.Relation))
        {
            var places = group.OrderBy(place => place.WorkItemId).ToList();
            var marks = places.ConvertAll(place => RelationMark.Parse(place.Comment, input.Site));
            // The mark may show at one end only: what is done to the relation later is done there.
            var marked = marks.FindIndex(mark => mark is not null);
            if (marked > 0)
            {
                (places[0], places[marked]) = (places[marked], places[0]);
            }

            _standing.Add(group.Key, new StandingRelation(places, marked < 0 ? null : marks[marked]));
        }
    }

    public string HierarchyForward { get; }

    public int OursCount => _standing.Values.Count(relation => relation.IsOurs);

    /// <summary>Accepts the facts: what stands and is not for this run to remove.</summary>
    public void Accept(IReadOnlyCollection<DesiredRelation> desired)
    {
        foreach (var end in desired.SelectMany(one => new[] { one.Source, one.Target }).Concat(_input.Scope).Concat(_input.Readable))
        {
            if (Find(end.Id) is { } node)
            {
                _issues[node] = end;
            }
        }

        var decidable = desired
            .Where(one => one.LeftOut is null && Find(one.Source.Id) is not null && Find(one.Target.Id) is not null)
            .ToList();
        _decidable = [.. decidable.Where(one => !one.Link.IsParent).Select(one => one.Link.LinkId!.Value)];
        _unmapped = [.. desired.Where(one => one.LeftOut == "Unmapped").Select(one => one.Link.LinkId!.Value)];
        _children = [.. decidable.Where(one => one.Link.IsParent).Select(one => Find(one.Source.Id)!.Value)];
        var facts = _standing
            .Where(pair => !pair.Value.IsOurs || !(IsDecidable(pair.Key, pair.Value) || IsPrunable(pair.Key, pair.Value)))
            .Select(pair => pair.Key)
            .OrderBy(edge => edge.Type.ReferenceName, StringComparer.Ordinal)
            .ThenBy(edge => edge.From)
            .ThenBy(edge => edge.To);
        foreach (var fact in facts)
        {
            _facts.Add(fact);
            _topology.TryAdd(fact);
            Count(fact, 1);
        }
    }

    /// <summary>The issue's work item, or the place of the one to be created; null where there is neither.</summary>
    public Node? Find(long issueId) =>
        _input.WorkItems.TryGetValue(issueId, out var workItemId) ? Node.OfWorkItem(workItemId)
        : _input.ToCreate.Contains(issueId) ? Node.OfIssueToCreate(issueId)
        : null;

    public Edge EdgeOf(DesiredRelation desired) =>
        Edge.Of(desired.Relation!, Find(desired.Source.Id)!.Value, Find(desired.Target.Id)!.Value, _input.Types);

    /// <summary>Settles a link whose edge is a fact, or decided already.</summary>
    public Decision? Claim(Edge edge, DesiredRelation desired)
    {
        if (_decided.TryGetValue(edge, out var first))
        {
            return new Decision(desired, ChangeAction.Merge)
            {
                Edge = edge,
                Reason = "SameRelation",
                Detail = $"{edge.Type.Name} between them is decided by \"{first.Link}\" already.",
            };
        }

        if (!_facts.Contains(edge))
        {
            return null;
        }

        _decided.Add(edge, desired);
        return new Decision(desired, IsForeign(edge) ? ChangeAction.Adopt : ChangeAction.Keep) { Edge = edge };
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

    /// <summary>Takes a decision back.</summary>
    public void Retract(Decision decision)
    {
        if (decision.Edge is { } edge && decision.Action != ChangeAction.Merge)
        {
            _decided.Remove(edge);
            if (!_facts.Contains(edge))
            {
                _topology.Remove(edge);
                Count(edge, -1);
            }
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

    public Edge? HolderOfPlace(Edge edge) => _topology.HolderOfPlace(edge.Type, edge.To);

    public bool IsForeign(Edge edge) => _standing.TryGetValue(edge, out var relation) && !relation.IsOurs;

    public bool IsOurs(Edge edge) => _standing.TryGetValue(edge, out var relation) && relation.IsOurs;

    public StandingRelation? ForeignAt(Edge edge) => IsForeign(edge) ? _standing[edge] : null;

    public bool IsFull(Edge edge, out Node node)
    {
        node = LinkCount(edge.From) >= Planner.LinkLimit ? edge.From : edge.To;
        return LinkCount(node) >= Planner.LinkLimit;
    }

    /// <summary>Relations of ours that this run may remove and that nothing decided keeps, in a fixed order.</summary>
    public IEnumerable<StaleRelation> Stale() => _standing
        .Where(pair => pair.Value.IsOurs && !_facts.Contains(pair.Key) && !_decided.ContainsKey(pair.Key))
        .OrderBy(pair => pair.Key.Type.ReferenceName, StringComparer.Ordinal)
        .ThenBy(pair => pair.Key.From)
        .ThenBy(pair => pair.Key.To)
        .Select(pair => new StaleRelation(pair.Key, pair.Value, IsPrunable(pair.Key, pair.Value)));

    public RelationEnd EndOf(IssueReference issue) =>
        Find(issue.Id) is { } node ? EndOf(node) with { Issue = issue } : new RelationEnd(issue, null);

    public RelationEnd EndOf(Node node) => new(_issues.GetValueOrDefault(node), node.WorkItemId)
    {
        Standing = node.WorkItemId is { } id ? _workItems.GetValueOrDefault(id) : null,
    };

    public string NameOf(Node node) => EndOf(node).ToString();

    /// <summary>
    /// The whole cycle that an edge would close, by keys, beginning and ending at the edge's upper end.
    /// </summary>
    public string Describe(Obstacle.Cycle cycle, Edge edge) =>
        string.Join(" -> ", cycle.Path.Prepend(edge.From).Select(NameOf));

    private IEnumerable<(Edge Edge, Relation Relation)> EdgesOn(WorkItem workItem)
    {
        var holder = Node.OfWorkItem(workItem.Id);
        foreach (var relation in workItem.Relations)
        {
            if (relation.TargetWorkItemId is { } target
                && _input.Types.TryFind(relation.ReferenceName, out var type)
                && type is { IsWorkItemLink: true, IsRemote: false })
            {
                yield return (Edge.Of(type, holder, Node.OfWorkItem(target), _input.Types), relation);
            }
        }
    }

    /// <summary>Whether the link behind a relation of ours is decided in this run.</summary>
    private bool IsDecidable(Edge edge, StandingRelation relation) => relation.Mark!.LinkId is { } linkId
        ? _decidable.Contains(linkId)
        : edge.Type.ReferenceName == HierarchyForward && _children.Contains(edge.To);

    /// <summary>
    /// Whether a relation of ours may go if no link stands behind it: one of its issues was read and told none, and the
    /// other was read too or can be, so that the link is not merely hidden. A link whose type the mapping lacks is not
    /// gone.
    /// </summary>
    private bool IsPrunable(Edge edge, StandingRelation relation) =>
        _input.Policy.Prune
        && (IsIn(_scope, edge.From) || IsIn(_scope, edge.To))
        && (IsIn(_scope, edge.From) || IsIn(_readable, edge.From))
        && (IsIn(_scope, edge.To) || IsIn(_readable, edge.To))
        && !IsDecidable(edge, relation)
        && !(relation.Mark!.LinkId is { } linkId && _unmapped.Contains(linkId));

    private bool IsIn(HashSet<long> issues, Node node) =>
        _issueIds.TryGetValue(node, out var issueId) && issues.Contains(issueId);

    private int LinkCount(Node node) => _linkCounts.GetValueOrDefault(node);

    private void Count(Edge edge, int by)
    {
        _linkCounts[edge.From] = LinkCount(edge.From) + by;
        _linkCounts[edge.To] = LinkCount(edge.To) + by;
    }
}

/// <summary>A relation of ours that this run may remove and that nothing decided keeps.</summary>
internal sealed record StaleRelation(Edge Edge, StandingRelation Relation, bool IsPrunable);
