using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Links;

/// <summary>
/// Which relation an issue link becomes. An entry maps a phrase to the relation on the work item <b>of
/// the issue from which the phrase is read</b>, with the other issue as target:
/// <code>
/// 'blocks' = 'System.LinkTypes.Dependency-Forward'    ABC-1 blocks ABC-2  =>  on ABC-1: ABC-2 is the Successor
/// 'is blocked by' = 'Predecessor'                     the same, said from the other end
/// 'Gantt: start-finish:inward' = 'Successor'          a type's end by name; only a final :outward or :inward counts
/// 'Cloners' = $null                                   left out on purpose
/// '*' = 'Related'                                     every link type that no other entry is for
/// </code>
/// Keys compare without case. Where several entries fit one end of a link type, the most exact wins:
/// <c>Type:outward</c> or <c>Type:inward</c>, then the type's name (its outward end), then the phrase. One end defines
/// the other by the service's own opposite; two entries that contradict each other are refused.
/// </summary>
public sealed class LinkTypeMapping
{
    private const string OutwardSuffix = ":outward";
    private const string InwardSuffix = ":inward";

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _used = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<LinkType, LinkRule> _rules = [];
    private readonly RelationTypes _types;
    private readonly LinkTypeMapping? _otherwise;

    /// <summary>Resolves every entry against the organisation's relation types.</summary>
    /// <param name="entries">Phrases with reference names, names that people see, or null.</param>
    /// <param name="types">The organisation's relation types.</param>
    /// <param name="otherwise">
    /// The mapping of link types that no entry fits; null where those are unmapped. A link type is never mapped by
    /// entries of both: one end that is given defines the other.
    /// </param>
    /// <exception cref="SyncException">
    /// <c>MappingInvalid</c>: an entry names no relation type that a link can become.
    /// </exception>
    public LinkTypeMapping(
        IEnumerable<KeyValuePair<string, string?>> entries, RelationTypes types, LinkTypeMapping? otherwise = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        (_types, _otherwise) = (types, otherwise);
        foreach (var (key, value) in entries)
        {
            _entries[key.Trim()] = new Entry(key, value is null ? null : Resolve(key, value));
        }
    }

    /// <summary>
    /// The entries that no link type asked for has matched so far: a name mistyped, or a type that no longer exists.
    /// </summary>
    public IEnumerable<string> UnusedKeys =>
        _entries.Keys.Where(key => !_used.Contains(key) && key != MappingKeys.Rest)
            .Order(StringComparer.Ordinal);

    /// <summary>What becomes of the links of one type.</summary>
    /// <param name="type">The link type.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c>: entries contradict each other.</exception>
    public LinkRule RuleFor(LinkType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!_rules.TryGetValue(type, out var rule))
        {
            rule = MakeRule(type);
            _rules.Add(type, rule);
        }

        return rule;
    }

    private LinkRule MakeRule(LinkType type)
    {
        var outward = Find(type.Name + OutwardSuffix) ?? Find(type.Name) ?? FindFor(type.Outward, type);
        var inward = Find(type.Name + InwardSuffix) ?? FindFor(type.Inward, type);
        if (outward is null && inward is null)
        {
            outward = FindFor(MappingKeys.Rest, type);
        }

        if (outward is null && inward is null)
        {
            return _otherwise?.RuleFor(type) ?? LinkRule.Unmapped;
        }

        if (outward is { Relation: null } || inward is { Relation: null })
        {
            return LinkRule.LeftOut;
        }

        if (outward is not null && inward is not null && _types.Opposite(outward.Relation!) != inward.Relation)
        {
            throw Invalid(
                outward.Key,
                $"'{outward.Key}' and '{inward.Key}' map the two ends of the link type '{type.Name}' to "
                + $"'{outward.Relation}' and '{inward.Relation}', which are not each other's opposite. Give one of them; "
                + "it defines the other.");
        }

        return LinkRule.To(outward?.Relation ?? _types.Opposite(inward!.Relation!));
    }

    /// <summary>The entry of a phrase, or the one for all others.</summary>
    private Entry? FindFor(string key, LinkType type)
    {
        if (Find(key) is not { } entry)
        {
            return null;
        }

        var isSameAtBothEnds = string.Equals(type.Outward, type.Inward, StringComparison.OrdinalIgnoreCase);
        return isSameAtBothEnds && entry.Relation is { IsDirectional: true }
            ? throw Invalid(
                entry.Key,
                $"'{entry.Key}' is for both ends of the link type '{type.Name}', which has one phrase, so it can't say "
                + $"which end is to have '{entry.Relation}'. Map it to a relation without direction such as 'Related', or name the "
                + $"end: '{type.Name}{OutwardSuffix}'.")
            : entry;
    }

    private Entry? Find(string key)
    {
        if (!_entries.TryGetValue(key.Trim(), out var entry))
        {
            return null;
        }

        _used.Add(key.Trim());
        return entry;
    }

    private RelationType Resolve(string key, string value)
    {
        if (!_types.TryFind(value.Trim(), out var type))
        {
            var usable = string.Join(", ", _types.All.Where(one => one.IsUsable).Select(one => one.Name));
            throw Invalid(
                key, $"'{key}' is mapped to '{value}', which this organisation does not have as a relation type. "
                + $"It has: {usable}.");
        }

        return type.IsUsable
            ? type
            : throw Invalid(key, $"'{key}' is mapped to '{value}', which can't be made of an issue link: it is "
                + (type.IsWorkItemLink ? type.IsRemote ? "for other organisations" : "disabled"
                    : "no link to a work item")
                + ". Choose another relation type.");
    }

    private static SyncException Invalid(string key, string message) => new("MappingInvalid", message, key);

    private sealed record Entry(string Key, RelationType? Relation);
}
