using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Syncing;

/// <summary>Everything that a run is to do. It is complete before the first write.</summary>
/// <param name="WorkItems">What is to be done with work items.</param>
/// <param name="Relations">What is to be done with relations.</param>
public sealed record SyncPlan(WorkItemPlan WorkItems, RelationPlan Relations)
{
    /// <summary>Why it must not be applied; null where it may.</summary>
    public SyncException? Refusal { get; init; }

    /// <summary>The changes of work items, without twins.</summary>
    public IReadOnlyList<WorkItemChange> Items => [.. WorkItems.Changes.Where(change => !IsTwin(change))];

    /// <summary>The twins that are to be recycled.</summary>
    public IReadOnlyList<WorkItemChange> Twins => [.. WorkItems.Changes.Where(IsTwin)];

    /// <summary>The share of it that one of several runs takes.</summary>
    /// <param name="slice">The share; null for all of it.</param>
    internal SyncPlan Of(Slice? slice) => slice is null ? this : this with
    {
        WorkItems = WorkItems with { Changes = [.. WorkItems.Changes.Where(slice.Has)] },
        Relations = Relations with { Changes = [.. Relations.Changes.Where(slice.Has)] },
    };

    private static bool IsTwin(WorkItemChange change) => change.Action == ChangeAction.Remove;
}
