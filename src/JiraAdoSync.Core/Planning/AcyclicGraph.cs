namespace JiraAdoSync.Planning;

/// <summary>
/// A directed graph that stays without cycles. It keeps its nodes in an order in which every edge goes forward, and
/// mends only the stretch of that order which a new edge disturbs (Pearce and Kelly, "A dynamic topological sort
/// algorithm for directed acyclic graphs", 2006), so that a check does not search the whole graph:
/// <code>
/// order  A B C D,  edges A->B, C->D
/// add D->A: D stands after A, so look at what A reaches no further than D (A B), and what reaches D no earlier
/// than A (C D); neither meets, so the stretch becomes C D A B.   Had A reached D, that path would be the cycle.
/// </code>
/// </summary>
internal sealed class AcyclicGraph
{
    private static readonly Comparison<Vertex> ByOrder = (one, other) => one.Order.CompareTo(other.Order);

    private static readonly List<Vertex> None = [];

    private readonly Dictionary<Node, Vertex> _vertices = [];

    // What the last searches found, and the places that are dealt out: three lists in place of three for each edge.
    private readonly List<Vertex> _after = [];
    private readonly List<Vertex> _before = [];
    private readonly List<int> _places = [];
    private int _search;

    /// <summary>Adds an edge, unless it would close a cycle.</summary>
    /// <returns>
    /// The path from <paramref name="to"/> back to <paramref name="from"/> that the edge would close, both ends
    /// included; null where the edge was added.
    /// </returns>
    public IReadOnlyList<Node>? TryAdd(Node from, Node to)
    {
        if (from == to)
        {
            return [from];
        }

        var tail = Find(from);
        var head = Find(to);
        if (tail.Order > head.Order)
        {
            if (Reach(head, tail) is { } path)
            {
                return path;
            }

            ReachBack(tail, head.Order);
            Reorder();
        }

        (tail.Out ??= new(1)).Add(head);
        (head.In ??= new(1)).Add(tail);
        return null;
    }

    public void Remove(Node from, Node to)
    {
        var tail = Find(from);
        var head = Find(to);
        tail.Out?.Remove(head);
        head.In?.Remove(tail);
    }

    private Vertex Find(Node node)
    {
        if (!_vertices.TryGetValue(node, out var vertex))
        {
            vertex = new Vertex(node, _vertices.Count);
            _vertices.Add(node, vertex);
        }

        return vertex;
    }

    /// <summary>Searches what is reached from a vertex without going past <paramref name="goal"/>.</summary>
    /// <returns>The path to the goal; null where it is not reached.</returns>
    private List<Node>? Reach(Vertex start, Vertex goal)
    {
        var reached = _after;
        Begin(reached, start);
        for (var i = 0; i < reached.Count; i++)
        {
            foreach (var next in reached[i].Out ?? None)
            {
                if (next.Order > goal.Order || !Visit(next, reached[i]))
                {
                    continue;
                }

                if (next == goal)
                {
                    return PathTo(goal);
                }

                reached.Add(next);
            }
        }

        return null;
    }

    /// <summary>Searches what reaches a vertex, no earlier than <paramref name="lowest"/>.</summary>
    private void ReachBack(Vertex start, int lowest)
    {
        var reached = _before;
        Begin(reached, start);
        for (var i = 0; i < reached.Count; i++)
        {
            foreach (var previous in reached[i].In ?? None)
            {
                if (previous.Order >= lowest && Visit(previous, reached[i]))
                {
                    reached.Add(previous);
                }
            }
        }
    }

    /// <summary>Begins a search, in a list that is used again and again.</summary>
    private void Begin(List<Vertex> reached, Vertex start)
    {
        _search++;
        Visit(start, null);
        reached.Clear();
        reached.Add(start);
    }

    /// <summary>Comes to a vertex.</summary>
    /// <returns>Whether for the first time in this search.</returns>
    private bool Visit(Vertex vertex, Vertex? from)
    {
        if (vertex.LastSearch == _search)
        {
            return false;
        }

        (vertex.LastSearch, vertex.CameFrom) = (_search, from);
        return true;
    }

    private static List<Node> PathTo(Vertex goal)
    {
        var path = new List<Node>();
        for (var vertex = goal; vertex is not null; vertex = vertex.CameFrom)
        {
            path.Add(vertex.Node);
        }

        path.Reverse();
        return path;
    }

    /// <summary>
    /// Deals out the places of both groups again: first what must come before, then what comes after.
    /// </summary>
    private void Reorder()
    {
        _before.Sort(ByOrder);
        _after.Sort(ByOrder);
        _before.AddRange(_after);
        _places.Clear();
        _places.AddRange(_before.Select(vertex => vertex.Order));
        _places.Sort();
        for (var i = 0; i < _before.Count; i++)
        {
            _before[i].Order = _places[i];
        }
    }

    private sealed class Vertex(Node node, int order)
    {
        public Node Node { get; } = node;

        public int Order { get; set; } = order;

        public List<Vertex>? Out { get; set; }

        public List<Vertex>? In { get; set; }

        /// <summary>The last search that came here, and from where.</summary>
        public int LastSearch { get; set; }

        public Vertex? CameFrom { get; set; }
    }
}
