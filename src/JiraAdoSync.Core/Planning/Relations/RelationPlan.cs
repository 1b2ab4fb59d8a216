namespace JiraAdoSync.Planning.Relations;

/// <summary>Every edge with its decision.</summary>
/// <param name="Changes">Parents by the child's issue id, then links by id, then relations that have to go.</param>
/// <param name="Refusal">Why the plan must not be applied; null where it may.</param>
public sealed record RelationPlan(IReadOnlyList<RelationChange> Changes, SyncException? Refusal)
{
    /// <summary>A plan of changes that were decided before. One that failed refuses the whole.</summary>
    /// <param name="changes">The changes.</param>
    public static RelationPlan Of(IReadOnlyList<RelationChange> changes)
    {
        var failed = changes.Where(change => change.Action == ChangeAction.Fail).ToList();
        return new RelationPlan(changes, failed.Count == 0 ? null : new SyncException(
            "PlanRefused",
            $"{failed.Count} of the links can't be created as they are mapped, and -OnConflict is Fail. The first: "
            + $"{failed[0].Desired!.Link}. {failed[0].Detail}",
            failed));
    }
}
