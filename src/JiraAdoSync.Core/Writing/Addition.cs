using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;

namespace JiraAdoSync.Writing;

/// <summary>A relation to add on one of its ends.</summary>
internal sealed record Addition(
    RelationChange Change,
    int OwnerId,
    RelationType Relation,
    int TargetId,
    string Comment)
{
    public int Attempt { get; init; } = 1;

    /// <summary>Its index in the plan.</summary>
    public int Index { get; init; }

    /// <summary>Whether it may be written on its other end just as well.</summary>
    public bool MayTurn { get; init; }

    /// <summary>Whether it is written by a request of its own, so that no other one is refused with it.</summary>
    public bool IsAlone { get; init; }

    public ChangeAction Action { get; init; } = Change.Action;

    public string? Reason { get; init; } = Change.Reason;

    public string? Detail { get; init; } = Change.Detail;

    public bool IsParent => Change.Desired!.Link.IsParent;

    /// <summary>The relation's name as it is on the link's source.</summary>
    public string RelationOnSource => Relation.IsDirectional ? Change.Relation!.Name : Relation.Name;

    /// <summary>
    /// The addition of a change, on the end whose issue was read: the comment with the mark may show at that end
    /// only, and must be seen again.
    /// </summary>
    public static Addition Of(RelationChange change, int source, int target, RelationTypes types, JiraSite site)
    {
        var link = change.Desired!.Link;
        var comment = RelationMark.Comment(link, site);
        return link.ReadFrom == link.Source.Id
            ? new Addition(change, source, change.Relation!, target, comment)
            : new Addition(change, target, types.Opposite(change.Relation!), source, comment);
    }

    /// <summary>The same relation, written on its other end.</summary>
    public Addition Turn(RelationTypes types) =>
        this with { OwnerId = TargetId, Relation = types.Opposite(Relation), TargetId = OwnerId };

    /// <summary>Whether a relation of the owner is an equal one, whoever made it.</summary>
    public bool IsEqual(Relation relation) =>
        relation.TargetWorkItemId == TargetId && relation.ReferenceName == Relation.ReferenceName;

    /// <summary>Whether a relation of the owner is the one that this adds.</summary>
    public bool Is(Relation relation) => IsEqual(relation) && relation.Comment == Comment;

    public NewRelation ToRelation() => new(Relation.ReferenceName, Comment) { TargetWorkItemId = TargetId };
}

/// <summary>Relations that are added to one work item in one write.</summary>
internal sealed record AdditionsOnItem(int OwnerId, IReadOnlyList<Addition> Additions)
{
    /// <summary>The work items that the write touches.</summary>
    public IEnumerable<int> Touches => Additions.Select(addition => addition.TargetId).Append(OwnerId);

    public WorkItemWrite ToWrite() => new()
    {
        WorkItemId = OwnerId,
        AddRelations = Additions.Select(addition => addition.ToRelation()).ToList(),
    };
}
