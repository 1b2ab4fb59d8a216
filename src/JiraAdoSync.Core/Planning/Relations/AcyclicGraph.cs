namespace JiraAdoSync.Planning.Relations;

/// <summary>
/// A directed graph that stays without cycles. It keeps its nodes in an order in which every edge points forward, and
/// mends only the stretch of that order which a new edge disturbs (Pearce and Kelly, "A dynamic topological sort
/// algorithm for directed acyclic graphs", 2006), so that a check does not search the whole graph:
/// <code>
/// order  A B C D,  edges A->B, C->D
/// add D->A: D is after A, so look at what A reaches no further than D (A B), and what reaches D no earlier
/// than A (C D); neither meets, so the stretch becomes C D A B.   Had A reached D, that path would be the cycle.
/// </code>
/// Everything is kept as numbers in a few long arrays: a graph of a hundred thousand nodes is nothing to go through for
/// the garbage collector, and lies together.
/// </summary>
/// <param name="nodes">The nodes that may come, at the positions that are their numbers; more may be added
/// later.</param>
internal sealed class AcyclicGraph(IReadOnlyList<Node> nodes)
{
    private const int None = -1;

    private Vertex[] _vertices = new Vertex[nodes.Count];
    private int _count;
    private Arc[] _arcs = new Arc[16];
    private int _lastArc;
    private int _freeArc = None;

    // What the last searches found, and the positions that are dealt out: three lists instead of three for each edge.
    private readonly List<int> _after = [];
    private readonly List<int> _before = [];
    private readonly List<int> _positions = [];
    private int _search;
    private Comparison<int>? _byOrder;

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

        var (tail, head) = (Number(from), Number(to));
        if (_vertices[tail].Order > _vertices[head].Order)
        {
            if (Reach(head, tail) is { } path)
            {
                return path;
            }

            ReachBack(tail, _vertices[head].Order);
            Reorder();
        }

        var arc = NewArc();
        _arcs[arc] = new Arc { Tail = tail, Head = head, NextOut = _vertices[tail].Out, NextIn = _vertices[head].In };
        _vertices[tail].Out = _vertices[head].In = arc;
        return null;
    }

    /// <summary>Removes an edge, where it is there.</summary>
    public void Remove(Node from, Node to)
    {
        var (tail, head) = (Number(from), Number(to));
        ref var arc = ref _vertices[tail].Out;
        while (arc != None && _arcs[arc].Head != head)
        {
            arc = ref _arcs[arc].NextOut;
        }

        if (arc == None)
        {
            return;
        }

        var removed = arc;
        arc = _arcs[removed].NextOut;
        ref var back = ref _vertices[head].In;
        while (back != removed)
        {
            back = ref _arcs[back].NextIn;
        }

        back = _arcs[removed].NextIn;
        _arcs[removed].NextOut = _freeArc;
        _freeArc = removed;
    }

    private int Number(Node node)
    {
        if (node.Number >= _vertices.Length)
        {
            Array.Resize(ref _vertices, Math.Max(nodes.Count, 2 * _vertices.Length));
        }

        ref var vertex = ref _vertices[node.Number];
        if (vertex.Order == 0)
        {
            vertex = new Vertex { Order = ++_count, Out = None, In = None };
        }

        return node.Number;
    }

    private int NewArc()
    {
        if (_freeArc is not None and var free)
        {
            _freeArc = _arcs[free].NextOut;
            return free;
        }

        if (_lastArc == _arcs.Length)
        {
            Array.Resize(ref _arcs, 2 * _lastArc);
        }

        return _lastArc++;
    }

    /// <summary>Searches what is reached from a vertex without going past <paramref name="goal"/>.</summary>
    /// <returns>The path to the goal; null where it is not reached.</returns>
    private List<Node>? Reach(int start, int goal)
    {
        Begin(_after, start);
        var last = _vertices[goal].Order;
        for (var i = 0; i < _after.Count; i++)
        {
            for (var arc = _vertices[_after[i]].Out; arc != None; arc = _arcs[arc].NextOut)
            {
                var next = _arcs[arc].Head;
                if (_vertices[next].Order > last || !Visit(next, _after[i]))
                {
                    continue;
                }

                if (next == goal)
                {
                    return PathTo(goal);
                }

                _after.Add(next);
            }
        }

        return null;
    }

    /// <summary>Searches what reaches a vertex, no earlier than <paramref name="lowest"/>.</summary>
    private void ReachBack(int start, int lowest)
    {
        Begin(_before, start);
        for (var i = 0; i < _before.Count; i++)
        {
            for (var arc = _vertices[_before[i]].In; arc != None; arc = _arcs[arc].NextIn)
            {
                var previous = _arcs[arc].Tail;
                if (_vertices[previous].Order >= lowest && Visit(previous, _before[i]))
                {
                    _before.Add(previous);
                }
            }
        }
    }

    /// <summary>Begins a search, in a list that is used again and again.</summary>
    private void Begin(List<int> reached, int start)
    {
        _search++;
        Visit(start, None);
        reached.Clear();
        reached.Add(start);
    }

    /// <summary>Visits a vertex.</summary>
    /// <returns>Whether for the first time in this search.</returns>
    private bool Visit(int number, int from)
    {
        ref var vertex = ref _vertices[number];
        if (vertex.LastSearch == _search)
        {
            return false;
        }

        (vertex.LastSearch, vertex.CameFrom) = (_search, from);
        return true;
    }

    private List<Node> PathTo(int goal)
    {
        var path = new List<Node>();
        for (var number = goal; number != None; number = _vertices[number].CameFrom)
        {
            path.Add(nodes[number]);
        }

        path.Reverse();
        return path;
    }

    /// <summary>
    /// Deals out the positions of both groups again: first what must be before, then what must be after.
    /// </summary>
    private void Reorder()
    {
        _byOrder ??= (one, other) => _vertices[one].Order.CompareTo(_vertices[other].Order);
        _before.Sort(_byOrder);
        _after.Sort(_byOrder);
        _before.AddRange(_after);
        _positions.Clear();
        foreach (var number in _before)
        {
            _positions.Add(_vertices[number].Order);
        }

        _positions.Sort();
        for (var i = 0; i < _before.Count; i++)
        {
            _vertices[_before[i]].Order = _positions[i];
        }
    }

    private struct Vertex
    {
        /// <summary>Its position in the order, from 1; 0 where it has no edge yet.</summary>
        public int Order;

        /// <summary>The first arcs that lead from here and to here.</summary>
        public int Out;
        public int In;

        /// <summary>The last search that came here, and from where.</summary>
        public int LastSearch;
        public int CameFrom;
    }

    private struct Arc
    {
        public int Tail;
        public int Head;
        public int NextOut;
        public int NextIn;
    }
}
