using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Planning.Relations;

/// <summary>One end of a planned relation.</summary>
/// <param name="Issue">The issue; null where only the work item is known.</param>
/// <param name="WorkItemId">Its work item; null where it has none yet.</param>
public sealed record RelationEnd(IssueReference? Issue, int? WorkItemId)
{
    /// <summary>
    /// The work item as it was read for the plan; null where it was not read, or is yet to be created.
    /// </summary>
    public WorkItem? Existing { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Issue?.Key ?? $"#{WorkItemId}";
}

/// <summary>A relation that exists between two work items.</summary>
/// <param name="Relation">
/// The relation on the end on which it is handled: the one where our mark shows, else the lower of the work items that
/// were read. 
/// </param>
/// <param name="Mark">Our mark; null where it is not ours.</param>
public readonly record struct CurrentRelation(Relation Relation, RelationMark? Mark)
{
    /// <summary>Whether it is ours.</summary>
    public bool IsOurs => Mark is not null;

    /// <summary>The same relation, seen on its other end, too.</summary>
    internal CurrentRelation With(CurrentRelation other) =>
        IsOurs == other.IsOurs ? (Relation.WorkItemId < other.Relation.WorkItemId ? this : other)
        : IsOurs ? this
        : other;

    /// <inheritdoc/>
    public override string ToString() => Relation.ToString();
}

/// <summary>
/// One line of a plan: a link, a parent, or a current relation, with what is to be done and why. The action is the
/// decision; the detail is for people.
/// </summary>
public sealed record RelationChange : IPlannedWrite
{
    /// <summary>What is to be done.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>
    /// The source of the link; the child of a parent; the item that a current relation is removed from.
    /// </summary>
    public required RelationEnd Source { get; init; }

    /// <summary>The relation on the source's work item; null where a link is left out by the mapping.</summary>
    public RelationType? Relation { get; init; }

    /// <summary>The other end.</summary>
    public required RelationEnd Target { get; init; }

    /// <summary>Why, as a stable word such as <c>Cycle</c>; null where there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence that names the relation or the cycle in the way.</summary>
    public string? Detail { get; init; }

    /// <summary>What the link was to become; null where the change has no link.</summary>
    public DesiredRelation? Desired { get; init; }

    /// <summary>The relations to remove.</summary>
    public IReadOnlyList<CurrentRelation> Removes
    {
        get;
        init => field = Listing.Of(value);
    } = Listing.Of<CurrentRelation>([]);

    /// <summary>What is done where only the service sees that the relation types do not allow it.</summary>
    public LinkConflict OnConflict { get; init; }

    /// <summary>Whether applying this changes something.</summary>
    public bool IsWrite =>
        Action is ChangeAction.Create or ChangeAction.Replace or ChangeAction.Degrade or ChangeAction.Remove;

    /// <summary>The side that it writes to: Azure DevOps.</summary>
    public Side? Side => JiraAdoSync.Side.AzureDevOps;

    /// <summary>The source's key; null where it is not known.</summary>
    public string? SourceKey => Source.Issue?.Key;

    /// <summary>The target's key; null where it is not known.</summary>
    public string? TargetKey => Target.Issue?.Key;

    /// <summary>The issue at the end that a work item is; null where none is known.</summary>
    internal IssueReference? IssueOf(int workItemId) =>
        Source.WorkItemId == workItemId ? Source.Issue : Target.WorkItemId == workItemId ? Target.Issue : null;

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Action} {Source} {Relation?.Name ?? "-"} {Target}");
}
