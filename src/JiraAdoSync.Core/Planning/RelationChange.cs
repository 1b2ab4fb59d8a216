using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Planning;

/// <summary>One end of a planned relation.</summary>
/// <param name="Issue">The issue; null where only the work item is known.</param>
/// <param name="WorkItemId">Its work item; null where it has none yet.</param>
public sealed record RelationEnd(IssueReference? Issue, int? WorkItemId)
{
    /// <summary>
    /// The work item as it was read for the plan; null where it was not read, or is yet to be created.
    /// </summary>
    public WorkItem? Standing { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Issue?.Key ?? $"#{WorkItemId}";
}

/// <summary>A relation that stands between two work items, with every place where it was seen.</summary>
/// <param name="Places">The relation as it stands on one end, or on both.</param>
/// <param name="Mark">Our mark; null where it is not ours.</param>
public sealed record StandingRelation(IReadOnlyList<Relation> Places, RelationMark? Mark)
{
    /// <summary>Whether it is ours.</summary>
    public bool IsOurs => Mark is not null;

    /// <summary>
    /// The same relation, seen at one place more while the places are read. The mark may show at one end only: its place
    /// comes first, since what is done to the relation later is done there; else the lower work item's.
    /// </summary>
    internal StandingRelation With(Relation place, JiraSite site)
    {
        var mark = RelationMark.Parse(place.Comment, site);
        var isFirst = Places.Count == 0
            || ((mark is not null) == IsOurs ? place.WorkItemId < Places[0].WorkItemId : mark is not null);
        ((List<Relation>)Places).Insert(isFirst ? 0 : Places.Count, place);
        return mark is null || (IsOurs && !isFirst) ? this : this with { Mark = mark };
    }

    /// <inheritdoc/>
    public override string ToString() => Places[0].ToString();
}

/// <summary>
/// One line of a plan: a link, a parent, or a relation that stands, with what is to be done and why. The action is the
/// decision; the detail is for people.
/// </summary>
public sealed record RelationChange
{
    /// <summary>What is to be done.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>
    /// The source of the link; the child of a parent; the item that a standing relation is removed from.
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

    /// <summary>What the link was to become; null where no link stands behind the change.</summary>
    public DesiredRelation? Desired { get; init; }

    /// <summary>The relations that have to go.</summary>
    public IReadOnlyList<StandingRelation> Removes { get; init => field = Listing.Of(value); } = Listing.Of<StandingRelation>([]);

    /// <summary>What is done where only the service sees that the relation types do not allow it.</summary>
    public LinkConflict OnConflict { get; init; }

    /// <summary>Whether applying this changes something.</summary>
    public bool IsWrite =>
        Action is ChangeAction.Create or ChangeAction.Replace or ChangeAction.Degrade or ChangeAction.Remove;

    /// <summary>The source's key; null where it is not known.</summary>
    public string? SourceKey => Source.Issue?.Key;

    /// <summary>The target's key; null where it is not known.</summary>
    public string? TargetKey => Target.Issue?.Key;

    /// <summary>The issue at the end that a work item is; null where none is known.</summary>
    internal IssueReference? IssueOf(int workItemId) =>
        Source.WorkItemId == workItemId ? Source.Issue : Target.WorkItemId == workItemId ? Target.Issue : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Action} {Source} {Relation?.Name ?? "-"} {Target}";
}
