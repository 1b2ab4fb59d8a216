using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Planning.Relations;

/// <summary>
/// A relation in its one direction, whichever end it was seen from: from parent to child, from predecessor to
/// successor, and from the lower to the higher end where the type has no direction. Equal relations are equal edges.
/// </summary>
/// <param name="Type">
/// The forward type, which is on <paramref name="From"/>; the organisation's own object for it.
/// </param>
/// <param name="From">The end that has the forward type.</param>
/// <param name="To">The end that has the reverse type.</param>
internal readonly record struct Edge(RelationType Type, Node From, Node To)
{
    /// <summary>The order in which edges are visited, whatever order they were read in.</summary>
    public static Comparison<Edge> InOrder { get; } = (one, other) =>
        string.CompareOrdinal(one.Type.ReferenceName, other.Type.ReferenceName) is var byType and not 0 ? byType
        : one.From.CompareTo(other.From) is var byFrom and not 0 ? byFrom
        : one.To.CompareTo(other.To);

    /// <summary>Whether the type allows <see cref="To"/> one such edge only: one parent, one original.</summary>
    public bool TakesOnlySlot => Type is { IsTree: true, IsDirectional: true };

    public bool Equals(Edge other) => From == other.From && To == other.To && ReferenceEquals(Type, other.Type);

    public override int GetHashCode() => HashCode.Combine(From.Number, To.Number);
}
