namespace JiraAdoSync.Planning;

/// <summary>Every edge with its decision.</summary>
/// <param name="Changes">Parents by the child's issue id, then links by id, then relations that have to go.</param>
/// <param name="Refusal">Why the plan must not be applied; null where it may.</param>
public sealed record RelationPlan(IReadOnlyList<RelationChange> Changes, SyncException? Refusal);
