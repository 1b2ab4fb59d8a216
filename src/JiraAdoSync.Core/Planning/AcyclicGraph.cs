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
    private readonly Dictionary<Node, Vertex> _vertices = [];

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
            var (after, path) = Reach(head, tail);
            if (path is not null)
            {
                return path;
            }

            Reorder(ReachBack(tail, head.Order), after);
        }

        tail.Out.Add(head);
        head.In.Add(tail);
        return null;
    }

    public void Remove(Node from, Node to)
    {
        var tail = Find(from);
        var head = Find(to);
        tail.Out.Remove(head);
        head.In.Remove(tail);
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

    /// <summary>
    /// What is reached from a vertex without going past <paramref name="goal"/>, or the path to the goal.
    /// </summary>
    private static (List<Vertex> Reached, IReadOnlyList<Node>? Path) Reach(Vertex start, Vertex goal)
    {
        var cameFrom = new Dictionary<Vertex, Vertex?> { [start] = null };
        var open = new Stack<Vertex>([start]);
        while (open.TryPop(out var vertex))
        {
            foreach (var next in vertex.Out)
            {
                if (next.Order > goal.Order || !cameFrom.TryAdd(next, vertex))
                {
                    continue;
                }

                if (next == goal)
                {
                    return ([], PathTo(goal, cameFrom));
                }

                open.Push(next);
            }
        }

        return ([.. cameFrom.Keys], null);
    }

    private static List<Node> PathTo(Vertex goal, Dictionary<Vertex, Vertex?> cameFrom)
    {
        var path = new List<Node>();
        for (var vertex = goal; vertex is not null; vertex = cameFrom[vertex])
        {
            path.Add(vertex.Node);
        }

        path.Reverse();
        return path;
    }

    private static HashSet<Vertex> ReachBack(Vertex start, int lowest)
    {
        var reached = new HashSet<Vertex> { start };
        var open = new Stack<Vertex>([start]);
        while (open.TryPop(out var vertex))
        {
            foreach (var previous in vertex.In)
            {
                if (previous.Order >= lowest && reached.Add(previous))
                {
                    open.Push(previous);
                }
            }
        }

        return reached;
    }

    /// <summary>
    /// Deals out the places of both groups again: first what must come before, then what comes after.
    /// </summary>
    private static void Reorder(IEnumerable<Vertex> before, IEnumerable<Vertex> after)
    {
        var vertices = before.OrderBy(vertex => vertex.Order).Concat(after.OrderBy(vertex => vertex.Order)).ToList();
        var places = vertices.Select(vertex => vertex.Order).Order().ToList();
        for (var i = 0; i < vertices.Count; i++)
        {
            vertices[i].Order = places[i];
        }
    }

    private sealed class Vertex(Node node, int order)
    {
        public Node Node { get; } = node;

        public int Order { get; set; } = order;

        public List<Vertex> Out { get; } = [];

        public List<Vertex> In { get; } = [];
    }
}
