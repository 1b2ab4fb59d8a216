using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Applying.Relations;

/// <summary>
/// Deals relations that are to be added out to batches. As few work items as can be are written: the item with most
/// relations that may be written on it takes them all, then the one with most of those that are left, and so on; a
/// relation that shares no end with another stays on its own. The service loses parallel writes that touch one item, so
/// that no batch touches what another one does that is under way:
/// <code>
/// 1-2  1-3  1-4  5-4  6-7    written on 1 (with 2, 3 and 4), on 5 and on 6
/// </code>
/// </summary>
internal sealed class AdditionBatches(RelationTypes types)
{
    /// <summary>
    /// A batch has at most <see cref="IWorkItemStore.BatchSize"/> writes, and twice as many relations: so every batch
    /// but the last has a batch's size of relations at least.
    /// </summary>
    private const int MostRelations = 2 * IWorkItemStore.BatchSize;

    private readonly HashSet<int> _busy = [];
    private List<AdditionsOnItem> _waiting = [];

    /// <summary>Takes relations that are to be added.</summary>
    public void Add(IEnumerable<Addition> additions)
    {
        var isAlone = additions.ToLookup(addition => addition.IsAlone);
        _waiting.AddRange(isAlone[true].Select(addition => new AdditionsOnItem(addition.OwnerId, [addition])));
        _waiting.AddRange(Turn(isAlone[false].ToList())
            .GroupBy(addition => addition.OwnerId)
            .SelectMany(item => item.Chunk(IWorkItemStore.BatchSize))
            .Select(some => new AdditionsOnItem(some[0].OwnerId, some)));
    }

    /// <summary>Takes the next batch; <see cref="Release"/> marks it as done.</summary>
    /// <param name="isAccompanied">Whether others are under way: then only a full batch is worth a request.</param>
    /// <returns>The batch; null where there is none that may be sent now.</returns>
    public IReadOnlyList<AdditionsOnItem>? Take(bool isAccompanied)
    {
        var (batch, rest) = (new List<AdditionsOnItem>(), new List<AdditionsOnItem>());
        var relations = 0;
        foreach (var one in _waiting)
        {
            var fits = batch.Count < IWorkItemStore.BatchSize
                && relations + one.Additions.Count <= MostRelations
                && !one.Touches.Any(_busy.Contains);
            (fits ? batch : rest).Add(one);
            relations += fits ? one.Additions.Count : 0;
        }

        if (batch.Count == 0 || (isAccompanied && relations < IWorkItemStore.BatchSize))
        {
            return null;
        }

        _waiting = rest;
        _busy.UnionWith(batch.SelectMany(one => one.Touches));
        return batch;
    }

    /// <summary>Takes the end of a batch.</summary>
    public void Release(IEnumerable<AdditionsOnItem> batch) => _busy.ExceptWith(batch.SelectMany(one => one.Touches));

    /// <summary>Turns relations to the ends on which most come together.</summary>
    private List<Addition> Turn(List<Addition> additions)
    {
        var onItem = new Dictionary<int, List<int>>();
        for (var index = 0; index < additions.Count; index++)
        {
            Of(additions[index].OwnerId).Add(index);
            if (additions[index].MayTurn)
            {
                Of(additions[index].TargetId).Add(index);
            }
        }

        var left = onItem.ToDictionary(pair => pair.Key, pair => pair.Value.Count);
        var most = new PriorityQueue<int, (int Left, int Id)>(left.Select(pair => (pair.Key, (-pair.Value, pair.Key))));
        var isDealt = new bool[additions.Count];
        while (most.TryDequeue(out var id, out var rank) && rank.Left < -1)
        {
            if (left[id] < -rank.Left)
            {
                // It has lost some to others meanwhile, so its turn is later.
                most.Enqueue(id, (-left[id], id));
                continue;
            }

            foreach (var index in onItem[id].Where(index => !isDealt[index]))
            {
                isDealt[index] = true;
                var turned = additions[index].OwnerId == id ? additions[index] : additions[index].Turn(types);
                additions[index] = turned;
                if (left.TryGetValue(turned.TargetId, out var others))
                {
                    left[turned.TargetId] = others - 1;
                }
            }
        }

        return additions;

        List<int> Of(int id)
        {
            if (!onItem.TryGetValue(id, out var indexes))
            {
                onItem.Add(id, indexes = []);
            }

            return indexes;
        }
    }
}
