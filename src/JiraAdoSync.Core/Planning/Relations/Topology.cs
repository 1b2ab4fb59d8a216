using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Planning.Relations;

/// <summary>
/// What the relation types allow, kept over all edges accepted so far: a tree type gives an item one slot for its
/// parent, an acyclic type closes no cycle.
/// </summary>
/// <param name="nodes">The nodes, at the indexes that are their numbers.</param>
internal sealed class Topology(IReadOnlyList<Node> nodes)
{
    private readonly Dictionary<RelationType, Dictionary<Node, Edge>> _slots = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<RelationType, AcyclicGraph> _graphs = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The edge that occupies the only slot for such an edge at its lower end; null where it is free.
    /// </summary>
    public Edge? OccupantOfSlot(Edge edge) =>
        SlotsOf(edge.Type).TryGetValue(edge.To, out var occupant) ? occupant : null;

    /// <summary>Accepts an edge, unless something is in the way.</summary>
    /// <returns>What is in the way; null where the edge was accepted.</returns>
    public Obstacle? TryAdd(Edge edge)
    {
        if (edge.TakesOnlySlot && OccupantOfSlot(edge) is { } occupant)
        {
            return new Obstacle.SlotOccupied(occupant);
        }

        if (edge.Type.IsAcyclic && GraphOf(edge.Type).TryAdd(edge.From, edge.To) is { } path)
        {
            return new Obstacle.Cycle(path);
        }

        if (edge.TakesOnlySlot)
        {
            SlotsOf(edge.Type).Add(edge.To, edge);
        }

        return null;
    }

    /// <summary>Takes an accepted edge back.</summary>
    public void Remove(Edge edge)
    {
        if (edge.TakesOnlySlot)
        {
            SlotsOf(edge.Type).Remove(edge.To);
        }

        if (edge.Type.IsAcyclic)
        {
            GraphOf(edge.Type).Remove(edge.From, edge.To);
        }
    }

    private Dictionary<Node, Edge> SlotsOf(RelationType type)
    {
        if (!_slots.TryGetValue(type, out var slots))
        {
            _slots.Add(type, slots = []);
        }

        return slots;
    }

    private AcyclicGraph GraphOf(RelationType type)
    {
        if (!_graphs.TryGetValue(type, out var graph))
        {
            _graphs.Add(type, graph = new AcyclicGraph(nodes));
        }

        return graph;
    }
}

/// <summary>What keeps an edge from being accepted.</summary>
internal abstract record Obstacle
{
    /// <summary>The lower end has such an edge already, and may have one only.</summary>
    public sealed record SlotOccupied(Edge Occupant) : Obstacle;

    /// <summary>The edge would close a cycle; the path leads from its lower end back to its upper end.</summary>
    public sealed record Cycle(IReadOnlyList<Node> Path) : Obstacle;
}
