using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.TwoWay.Links;

/// <summary>
/// Which link a relation becomes: the inverse of the mapping of link types. Where exactly one type becomes the
/// relation, it is that one. Where several do, as Related is made of "relates to", "clones" and "causes", the user says
/// which, or it is the site's "relates to"; never a clone or a cause by guess.
/// </summary>
public sealed class RelationInverse
{
    private const string RelatesTo = "relates to";

    private readonly RelationTypes _types;
    private readonly IReadOnlyList<LinkType> _linkTypes;
    private readonly LinkTypeMapping _mapping;
    private readonly Dictionary<string, IssueLinkKind?> _kinds = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes what the user gives.</summary>
    /// <param name="mapping">Which relation a link becomes.</param>
    /// <param name="entries">From a relation, by name or reference name, to the phrase that the owner's issue
    /// says.</param>
    /// <param name="types">The organisation's relation types.</param>
    /// <param name="linkTypes">The site's link types.</param>
    /// <exception cref="SyncException">
    /// <c>MappingInvalid</c>: an entry names no relation type, or no phrase of the site.
    /// </exception>
    public RelationInverse(
        LinkTypeMapping mapping,
        IEnumerable<KeyValuePair<string, string>> entries,
        RelationTypes types,
        IReadOnlyList<LinkType> linkTypes)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(types);
        (_types, _linkTypes, _mapping) = (types, linkTypes, mapping);
        foreach (var (name, phrase) in entries)
        {
            if (!types.TryFind(name.Trim(), out var type) || !type.IsUsable)
            {
                throw Invalid(name, $"This organisation has no relation type '{name}' that a link could be. "
                    + $"It has: {string.Join(", ", types.All.Where(one => one.IsUsable).Select(one => one.Name))}.");
            }

            if (Find(phrase) is null)
            {
                throw Invalid(name, $"No link type of this site says '{phrase}'. It has: "
                    + $"{string.Join(", ", linkTypes.Select(one => one.Outward).Distinct())}.");
            }

            _entries[type.ReferenceName] = phrase;
            // One end defines the other.
            if (type.IsDirectional)
            {
                var opposite = Find(phrase)!.Turned;
                _kinds[type.OppositeReferenceName] = opposite;
            }
        }
    }

    /// <summary>What a relation on a work item becomes on the issue of that item.</summary>
    /// <param name="relation">The relation type as it is on the item.</param>
    /// <returns>The link; null where no link type of the site becomes it.</returns>
    public IssueLinkKind? KindOf(RelationType relation)
    {
        ArgumentNullException.ThrowIfNull(relation);
        if (!_kinds.TryGetValue(relation.ReferenceName, out var kind))
        {
            kind = Make(relation);
            _kinds[relation.ReferenceName] = kind;
        }

        return kind;
    }

    /// <summary>A link type of the site; null where it has none of that id.</summary>
    /// <param name="id">The id.</param>
    public LinkType? TypeOf(string id) => _linkTypes.FirstOrDefault(type => type.Id == id);

    /// <summary>
    /// Whether a link corresponds to a relation: whether it becomes that relation between the same two.
    /// </summary>
    /// <param name="link">The link.</param>
    /// <param name="relation">The relation type as it is on the item of the link's source.</param>
    public bool Corresponds(IssueLink link, RelationType relation)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(relation);
        return _mapping.RuleFor(link.Type).Relation?.ReferenceName == relation.ReferenceName
            || KindOf(relation) == new IssueLinkKind(link.Type, false)
            || KindOf(_types.Opposite(relation)) == new IssueLinkKind(link.Type, true);
    }

    /// <summary>Why relations can't become links.</summary>
    /// <param name="unmapped">Those of which no link type is known, with how many relations have them.</param>
    /// <param name="parameter">The parameter that says what they become.</param>
    /// <returns>The error <c>RelationTypeUnmapped</c>; null where there are none.</returns>
    internal SyncException? RefusalOf(IReadOnlyDictionary<RelationType, int> unmapped, string parameter)
    {
        var types = unmapped.OrderBy(one => one.Key.Name, StringComparer.Ordinal).ToList();
        return types.Count == 0 ? null : new SyncException(
            "RelationTypeUnmapped",
            "No link type of Jira, or more than one, becomes these relations: "
            + $"{string.Join(", ", types.Select(one => $"'{one.Key.Name}' ({one.Value})"))}. Say which with -{parameter}, as in @{{ "
            + string.Join("; ", types.Select(one => $"{Literal.Of(one.Key.Name)} = {Literal.Of(GuessFor(one.Key))}"))
            + " }.",
            types.ConvertAll(one => one.Key.Name));
    }

    private IssueLinkKind? Make(RelationType relation)
    {
        if (_entries.TryGetValue(relation.ReferenceName, out var phrase))
        {
            return Find(phrase);
        }

        var candidates = CandidatesOf(relation);
        return candidates is [var only] ? only
            : candidates.Find(one => one.Type.Outward.Equals(RelatesTo, StringComparison.OrdinalIgnoreCase))
                ?? (candidates.Count > 1 ? Standard(candidates) : null);
    }

    /// <summary>The links that become a relation.</summary>
    private List<IssueLinkKind> CandidatesOf(RelationType relation) => _linkTypes
        .Select(type => (Type: type, _mapping.RuleFor(type).Relation))
        .Where(one => one.Relation is not null)
        .Select(one => one.Relation!.ReferenceName == relation.ReferenceName ? new IssueLinkKind(one.Type, false)
            : one.Relation.OppositeReferenceName == relation.ReferenceName ? new IssueLinkKind(one.Type, true)
            : null)
        .OfType<IssueLinkKind>()
        .ToList();

    /// <summary>A phrase of the site that may say a relation: one that becomes it, else that of any link.</summary>
    private string GuessFor(RelationType relation) =>
        (CandidatesOf(relation).FirstOrDefault() ?? Find(RelatesTo))?.Phrase
        ?? (_linkTypes.Count > 0 ? _linkTypes[0].Outward : RelatesTo);

    /// <summary>
    /// Of several with a direction, the one that Jira ships with: "blocks" beside "depends on". Where that does not
    /// decide, the user has to.
    /// </summary>
    private static IssueLinkKind? Standard(List<IssueLinkKind> candidates) =>
        candidates.Find(one => one.Type.Outward.Equals("blocks", StringComparison.OrdinalIgnoreCase))
        ?? candidates.Find(one => one.Type.Outward.Equals("duplicates", StringComparison.OrdinalIgnoreCase));

    private IssueLinkKind? Find(string phrase)
    {
        var (wanted, types) = (phrase.Trim(), _linkTypes);
        return Of(types.FirstOrDefault(type => Same(type.Outward)), false)
            ?? Of(types.FirstOrDefault(type => Same(type.Inward)), true)
            ?? Of(types.FirstOrDefault(type => Same(type.Name)), false);

        bool Same(string text) => text.Equals(wanted, StringComparison.OrdinalIgnoreCase);

        static IssueLinkKind? Of(LinkType? type, bool isInward) =>
            type is null ? null : new IssueLinkKind(type, isInward);
    }

    private static SyncException Invalid(string entry, string why) =>
        new("MappingInvalid", $"-RelationMapping has an entry '{entry}' that can't be used. {why}", entry);
}

/// <summary>A link type, and from which end the issue of the relation's owner says it.</summary>
/// <param name="Type">The link type.</param>
/// <param name="IsInward">Whether the owner's issue is the target and says the inward phrase.</param>
public sealed record IssueLinkKind(LinkType Type, bool IsInward)
{
    /// <summary>The same link from its other end.</summary>
    public IssueLinkKind Turned => this with { IsInward = !IsInward };

    /// <summary>What the owner's issue says.</summary>
    public string Phrase => IsInward ? Type.Inward : Type.Outward;

    /// <inheritdoc/>
    public override string ToString() => Phrase;
}
