using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Planning;

/// <summary>
/// A relation in its one direction, whichever end it was seen from: from parent to child, from predecessor to
/// successor, and from the lower to the higher end where the type has no direction. Equal relations are equal edges.
/// </summary>
/// <param name="Type">The forward type, which stands on <paramref name="From"/>.</param>
/// <param name="From">The end on which the forward type stands.</param>
/// <param name="To">The end on which the reverse type stands.</param>
internal readonly record struct Edge(RelationType Type, Node From, Node To)
{
    /// <summary>The edge of a relation that stands, or is to stand, on one of its ends.</summary>
    /// <param name="relation">The relation's type as it is on <paramref name="holder"/>.</param>
    /// <param name="holder">The end that it stands on.</param>
    /// <param name="target">The other end.</param>
    /// <param name="types">The organisation's relation types.</param>
    public static Edge Of(RelationType relation, Node holder, Node target, RelationTypes types)
    {
        if (!relation.IsDirectional)
        {
            return holder.CompareTo(target) < 0 ? new(relation, holder, target) : new(relation, target, holder);
        }

        return relation.IsForward ? new(relation, holder, target) : new(types.Opposite(relation), target, holder);
    }

    /// <summary>Whether the type allows <see cref="To"/> one such edge only: one parent, one original.</summary>
    public bool TakesOnlyPlace => Type is { IsTree: true, IsDirectional: true };

    public bool Touches(Node node) => From == node || To == node;

    public bool Equals(Edge other) =>
        From == other.From && To == other.To && Type.ReferenceName == other.Type.ReferenceName;

    public override int GetHashCode() => HashCode.Combine(From, To, Type.ReferenceName);
}
