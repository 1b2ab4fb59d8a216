using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.Relations;

namespace JiraAdoSync.Applying.WorkItems;

/// <summary>What became of a planned work item.</summary>
/// <param name="Result">The result.</param>
/// <param name="Existing">The work item now; null where the write failed.</param>
internal sealed record WrittenWorkItem(WorkItemResult Result, FoundWorkItem? Existing)
{
    /// <summary>The relations that were written with it.</summary>
    public IReadOnlyList<PackedRelation> Relations { get; init; } = [];
}

/// <summary>A relation that was written in the request that created both its ends.</summary>
/// <param name="Change">The planned relation.</param>
/// <param name="Relation">The relation on the work item that holds it.</param>
/// <param name="IsTurned">Whether that is the work item of the target, not of the source.</param>
internal sealed record PackedRelation(RelationChange Change, Relation Relation, bool IsTurned)
{
    /// <summary>Whether it is between these work items.</summary>
    public bool IsBetween(int? source, int? target) => IsTurned
        ? (Relation.TargetWorkItemId, Relation.WorkItemId) == (source, target)
        : (Relation.WorkItemId, Relation.TargetWorkItemId) == (source, target);
}
