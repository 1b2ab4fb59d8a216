using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Planning;

/// <summary>
/// What the relation types allow, kept over all edges accepted so far: a tree type gives an item one place for its
/// parent, an acyclic type closes no cycle.
/// </summary>
internal sealed class Topology
{
    private readonly Dictionary<(string Type, Node Child), Edge> _places = [];
    private readonly Dictionary<string, AcyclicGraph> _graphs = [];

    /// <summary>The edge that takes the only place for such an edge at its lower end; null where it is free.</summary>
    public Edge? HolderOfPlace(RelationType forward, Node child) =>
        _places.TryGetValue((forward.ReferenceName, child), out var edge) ? edge : null;

    /// <summary>Accepts an edge, unless something is in the way.</summary>
    /// <returns>What is in the way; null where the edge was accepted.</returns>
    public Obstacle? TryAdd(Edge edge)
    {
        if (edge.TakesOnlyPlace && HolderOfPlace(edge.Type, edge.To) is { } holder)
        {
            return new Obstacle.PlaceTaken(holder);
        }

        if (edge.Type.IsAcyclic && Graph(edge.Type).TryAdd(edge.From, edge.To) is { } path)
        {
            return new Obstacle.Cycle(path);
        }

        if (edge.TakesOnlyPlace)
        {
            _places.Add((edge.Type.ReferenceName, edge.To), edge);
        }

        return null;
    }

    /// <summary>Takes an accepted edge back.</summary>
    public void Remove(Edge edge)
    {
        _places.Remove((edge.Type.ReferenceName, edge.To));
        if (edge.Type.IsAcyclic)
        {
            Graph(edge.Type).Remove(edge.From, edge.To);
        }
    }

    private AcyclicGraph Graph(RelationType forward)
    {
        if (!_graphs.TryGetValue(forward.ReferenceName, out var graph))
        {
            graph = new AcyclicGraph();
            _graphs.Add(forward.ReferenceName, graph);
        }

        return graph;
    }
}

/// <summary>What keeps an edge from being accepted.</summary>
internal abstract record Obstacle
{
    /// <summary>The lower end has such an edge already, and may have one only.</summary>
    public sealed record PlaceTaken(Edge Holder) : Obstacle;

    /// <summary>The edge would close a cycle; the path leads from its lower end back to its upper end.</summary>
    public sealed record Cycle(IReadOnlyList<Node> Path) : Obstacle;
}
