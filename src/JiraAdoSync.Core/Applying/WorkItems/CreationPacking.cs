using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Applying.WorkItems;

/// <summary>
/// Deals work items that are to be created out to batches, so that items with relations between them come into one, as
/// far as a batch holds them: such a relation travels with the later of its two items and costs no request of its own.
/// A batch begins with the first item that is left, and takes again and again the item with most relations to those
/// that it has:
/// <code>
/// relations 1-4  4-5  2-3, batches of three:  [1 4 5] [2 3]
/// </code>
/// A new relation changes the order of relations on the earlier item. An item that is written again after its creation
/// would have to be read for that, so no relation to it travels: it is added when both items are complete.
/// </summary>
internal sealed class CreationPacking
{
    private readonly Dictionary<long, List<RelationChange>> _relations = [];

    /// <summary>Packs creations.</summary>
    /// <param name="creations">Creations, one an issue; a batch keeps their order.</param>
    /// <param name="relations">Relations to add; those whose two ends are created are looked at.</param>
    /// <param name="batchSize">How many items a batch holds.</param>
    /// <param name="isWrittenAgain">Whether an item is written again after its creation.</param>
    public CreationPacking(
        IReadOnlyList<WorkItemChange> creations,
        IEnumerable<RelationChange> relations,
        int batchSize,
        Func<WorkItemChange, bool> isWrittenAgain)
    {
        var indexes = Enumerable.Range(0, creations.Count).ToDictionary(index => creations[index].IssueId);
        foreach (var relation in relations)
        {
            if (Ends(relation) is var (source, target)
                && indexes.TryGetValue(source, out var first)
                && indexes.TryGetValue(target, out var second)
                && !isWrittenAgain(creations[Math.Min(first, second)]))
            {
                Of(source).Add(relation);
                Of(target).Add(relation);
            }
        }

        Batches = _relations.Count == 0
            ? creations.Chunk(batchSize).ToList()
            : Deal(creations, indexes, batchSize)
                .ConvertAll(batch => batch.Order().Select(index => creations[index]).ToArray());
    }

    /// <summary>The batches.</summary>
    public IReadOnlyList<WorkItemChange[]> Batches { get; }

    /// <summary>
    /// The relations between items that go in one request: for each item those with items before it.
    /// </summary>
    /// <param name="together">
    /// The issues of the items, in the order of the request; null for one that is sent without relations.
    /// </param>
    /// <returns>For each item its relations, each with the index of the item at the other end.</returns>
    public IReadOnlyList<IReadOnlyList<(RelationChange Relation, int Other)>> Within(IReadOnlyList<long?> together)
    {
        var indexes = Enumerable.Range(0, together.Count)
            .Where(index => together[index] is not null)
            .ToDictionary(index => together[index]!.Value);
        return together
            .Select(
                (issueId, index) =>
                    issueId is null
                        ? []
                        : _relations
                            .GetValueOrDefault(issueId.Value, [])
                            .Select(relation =>
                                (
                                    Relation: relation,
                                    Other: indexes.GetValueOrDefault(Other(relation, issueId.Value), int.MaxValue)))
                            .Where(one => one.Other < index)
                            .ToList())
            .ToList();
    }

    private List<List<int>> Deal(IReadOnlyList<WorkItemChange> creations, Dictionary<long, int> indexes, int batchSize)
    {
        var batches = new List<List<int>>();
        var isDealt = new bool[creations.Count];
        var first = 0;
        for (var left = creations.Count; left > 0; left -= batches[^1].Count)
        {
            var batch = new List<int>();
            var pull = new Dictionary<int, int>();
            var near = new PriorityQueue<int, (int Pull, int Index)>();
            while (batch.Count < Math.Min(batchSize, left))
            {
                if (!near.TryDequeue(out var next, out var rank))
                {
                    while (isDealt[first])
                    {
                        first++;
                    }

                    next = first;
                }
                else if (isDealt[next] || -rank.Pull < pull[next])
                {
                    continue;
                }

                isDealt[next] = true;
                batch.Add(next);
                foreach (var relation in _relations.GetValueOrDefault(creations[next].IssueId, []))
                {
                    var other = indexes[Other(relation, creations[next].IssueId)];
                    if (!isDealt[other])
                    {
                        pull[other] = pull.GetValueOrDefault(other) + 1;
                        near.Enqueue(other, (-pull[other], other));
                    }
                }
            }

            batches.Add(batch);
        }

        return batches;
    }

    private List<RelationChange> Of(long issueId)
    {
        if (!_relations.TryGetValue(issueId, out var relations))
        {
            _relations.Add(issueId, relations = []);
        }

        return relations;
    }

    /// <summary>The issues at both ends; null where the change is no mere addition between two issues.</summary>
    private static (long Source, long Target)? Ends(RelationChange change) =>
        change is { IsWrite: true, Removes.Count: 0, Desired: not null, Source.Issue: { } source,
            Target.Issue: { } target }
            ? (source.Id, target.Id)
            : null;

    private static long Other(RelationChange relation, long issueId) =>
        relation.Source.Issue!.Id == issueId ? relation.Target.Issue!.Id : relation.Source.Issue.Id;
}
