using System.Diagnostics.CodeAnalysis;

namespace JiraAdoSync.AzureDevOps;

/// <summary>
/// The relation types of an organisation, found by the name that is fixed or by the one that people see.
/// </summary>
public sealed class RelationTypes
{
    /// <summary>The parent end: on the child, with the parent as target.</summary>
    public const string HierarchyReverse = "System.LinkTypes.Hierarchy-Reverse";

    /// <summary>The child end: on the parent, with the child as target.</summary>
    internal const string HierarchyForward = "System.LinkTypes.Hierarchy-Forward";

    /// <summary>The relation without direction or rules, which every organisation has.</summary>
    public const string RelatedName = "System.LinkTypes.Related";

    private readonly Dictionary<string, RelationType> _byReferenceName;
    private readonly Dictionary<string, RelationType> _byName;

    /// <summary>Takes the types as the organisation lists them.</summary>
    /// <param name="types">All types, of resource links too.</param>
    public RelationTypes(IEnumerable<RelationType> types)
    {
        _byReferenceName = types.ToDictionary(type => type.ReferenceName, StringComparer.OrdinalIgnoreCase);
        _byName = new(StringComparer.OrdinalIgnoreCase);
        foreach (var type in _byReferenceName.Values.OrderBy(type => type.ReferenceName, StringComparer.Ordinal))
        {
            _byName.TryAdd(type.Name, type);
        }
    }

    /// <summary>Every type, in the order of reference names.</summary>
    public IEnumerable<RelationType> All =>
        _byReferenceName.Values.OrderBy(type => type.ReferenceName, StringComparer.Ordinal);

    /// <summary>Related.</summary>
    public RelationType Related => this[RelatedName];

    /// <summary>Parent: on the child, with the parent as target.</summary>
    public RelationType Parent => this[HierarchyReverse];

    /// <summary>Whether a relation is one of a parent and a child, seen from either.</summary>
    /// <param name="relation">The relation.</param>
    internal static bool IsHierarchy(Relation relation) =>
        relation.ReferenceName is HierarchyReverse or HierarchyForward;

    /// <summary>The type of a reference name that the organisation itself gave.</summary>
    /// <param name="referenceName">A reference name.</param>
    /// <exception cref="KeyNotFoundException">The organisation has no such type.</exception>
    public RelationType this[string referenceName] => _byReferenceName[referenceName];

    /// <summary>Finds a type by reference name or by the name that people see.</summary>
    /// <param name="name">Either name, in any case.</param>
    /// <param name="type">The type.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryFind(string name, [NotNullWhen(true)] out RelationType? type) =>
        _byReferenceName.TryGetValue(name, out type) || _byName.TryGetValue(name, out type);

    /// <summary>The type at the other end of a relation of this type.</summary>
    /// <param name="type">One end.</param>
    public RelationType Opposite(RelationType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return this[type.OppositeReferenceName];
    }
}
