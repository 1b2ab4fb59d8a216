using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Writing;

/// <summary>
/// A relation to remove. One of ours is meant only as long as it carries our mark: an equal one that somebody made
/// since is theirs.
/// </summary>
/// <param name="Relation">The relation on the end on which it is removed.</param>
/// <param name="IsOurs">Whether it was ours when that was planned.</param>
/// <param name="Site">The site whose marks are ours.</param>
internal sealed record Removal(Relation Relation, bool IsOurs, JiraSite Site)
{
    public bool Means(Relation relation) => relation.Identity == Relation.Identity
        && (!IsOurs || RelationMark.Of(relation, Site) is not null);
}

/// <summary>Removals on one work item, in one write, with what replaces them there.</summary>
internal sealed record RemovalsOnItem(
    RelationChange Change,
    int OwnerId,
    IReadOnlyList<Removal> Removals,
    Addition? Addition)
{
    public int Attempt { get; init; } = 1;

    /// <summary>The removals of several changes that are sent as one; empty where it is one of its own.</summary>
    public IReadOnlyList<RemovalsOnItem> Parts { get; init; } = [];

    /// <summary>The removals of each change.</summary>
    public IEnumerable<RemovalsOnItem> OfEachChange => Parts.DefaultIfEmpty(this);

    /// <summary>
    /// What only removes from the same work item, in one write: each would move the indexes of the others. What is tried
    /// again is tried on its own.
    /// </summary>
    /// <param name="all">Removals.</param>
    public static List<RemovalsOnItem> Together(IEnumerable<RemovalsOnItem> all) => all
        .Select((one, index) => (One: one, Group: one is { Addition: null, IsLast: true } ? one.OwnerId : -1 - index))
        .GroupBy(one => one.Group, one => one.One)
        .SelectMany(group => group.Chunk(IWorkItemStore.BatchSize))
        .Select(some => some.Length == 1 ? some[0] : some[0] with
        {
            Removals = [.. some.SelectMany(one => one.Removals)],
            Parts = some,
        })
        .ToList();

    /// <summary>The largest batch that it may be in: with each attempt it is in the company of fewer others.</summary>
    public int LargestBatch => Math.Max(1, IWorkItemStore.BatchSize >> (3 * (Attempt - 1)));

    /// <summary>Whether the change is done when this is: no addition of it is still to come.</summary>
    public bool IsLast { get; init; } = Addition is not null || Change.Desired is null;

    /// <summary>The work items that the write touches.</summary>
    public IEnumerable<int> Touches => Removals
        .Select(removal => removal.Relation.TargetWorkItemId!.Value)
        .Append(OwnerId)
        .Concat(Addition is null ? [] : [Addition.TargetId]);

    /// <summary>Whether a relation, as it is now, is one of those to remove.</summary>
    public bool Removes(Relation relation) => Removals.Any(removal => removal.Means(relation));

    /// <summary>
    /// Whether the write may have been done, by the item as it is now: all of it is done or nothing, so that without
    /// the new parent the old one was not removed by us.
    /// </summary>
    public bool MayBeDone(WorkItem now) => Addition is null || now.Relations.Any(Addition.Is);

    /// <summary>The write, with indexes as they are now; null where nothing is left to do.</summary>
    public WorkItemWrite? ToWrite(WorkItem now)
    {
        var indexes = Enumerable.Range(0, now.Relations.Count).Where(index => Removes(now.Relations[index])).ToList();
        return indexes.Count == 0 && Addition is null ? null : new WorkItemWrite
        {
            WorkItemId = OwnerId,
            Before = now,
            RemoveRelations = indexes,
            AddRelations = Addition is null ? [] : [Addition.ToRelation()],
        };
    }
}
