using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Planning;

/// <summary>
/// What the relation types allow, kept over all edges accepted so far: a tree type gives an item one place for its
/// parent, an acyclic type closes no cycle.
/// </summary>
internal sealed class Topology
{
    private readonly Dictionary<RelationType, Dictionary<Node, Edge>> _places = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<RelationType, AcyclicGraph> _graphs = new(ReferenceEqualityComparer.Instance);

    /// <summary>The edge that takes the only place for such an edge at its lower end; null where it is free.</summary>
    public Edge? HolderOfPlace(Edge edge) => Of(_places, edge.Type).TryGetValue(edge.To, out var holder) ? holder : null;

    /// <summary>Accepts an edge, unless something is in the way.</summary>
    /// <returns>What is in the way; null where the edge was accepted.</returns>
    public Obstacle? TryAdd(Edge edge)
    {
        if (edge.TakesOnlyPlace && HolderOfPlace(edge) is { } holder)
        {
            return new Obstacle.PlaceTaken(holder);
        }

        if (edge.Type.IsAcyclic && Of(_graphs, edge.Type).TryAdd(edge.From, edge.To) is { } path)
        {
            return new Obstacle.Cycle(path);
        }

        if (edge.TakesOnlyPlace)
        {
            Of(_places, edge.Type).Add(edge.To, edge);
        }

        return null;
    }

    /// <summary>Takes an accepted edge back.</summary>
    public void Remove(Edge edge)
    {
        if (edge.TakesOnlyPlace)
        {
            Of(_places, edge.Type).Remove(edge.To);
        }

        if (edge.Type.IsAcyclic)
        {
            Of(_graphs, edge.Type).Remove(edge.From, edge.To);
        }
    }

    private static T Of<T>(Dictionary<RelationType, T> all, RelationType type)
        where T : new()
    {
        if (!all.TryGetValue(type, out var one))
        {
            one = new T();
            all.Add(type, one);
        }

        return one;
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
