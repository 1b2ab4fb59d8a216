using System.Runtime.InteropServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Links;

/// <summary>Turns links into the relations that they are to become.</summary>
public static class LinkConverter
{
    /// <summary>Converts links, each once, however often and from whichever end it was read.</summary>
    /// <param name="links">Links and parents.</param>
    /// <param name="mapping">Which relation a link becomes.</param>
    /// <param name="types">The organisation's relation types.</param>
    /// <param name="unmapped">What to do with link types that the mapping does not have.</param>
    /// <param name="warn">Takes a sentence for people.</param>
    /// <exception cref="SyncException">
    /// <c>MappingInvalid</c>, or <c>LinkTypeUnmapped</c> where a type of the data is not in the mapping and
    /// <paramref name="unmapped"/> is <see cref="UnmappedLinks.Error"/>.
    /// </exception>
    public static IReadOnlyList<DesiredRelation> Convert(
        IEnumerable<IssueLink> links,
        LinkTypeMapping mapping,
        RelationTypes types,
        UnmappedLinks unmapped,
        Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(warn);
        var (parent, otherwise) = (types.Parent, unmapped == UnmappedLinks.Related ? types.Related : null);
        var distinct = Distinct(links);
        var desired = new List<DesiredRelation>(distinct.Count);
        var counts = new Dictionary<LinkType, int>();
        foreach (var link in distinct)
        {
            if (link.IsParent)
            {
                desired.Add(new DesiredRelation { Link = link, Relation = parent });
                continue;
            }

            var rule = mapping.RuleFor(link.Type);
            desired.Add(Desire(link, rule, otherwise));
            if (rule == LinkRule.Unmapped)
            {
                counts[link.Type] = counts.GetValueOrDefault(link.Type) + 1;
            }
        }

        var missing = counts
            .OrderBy(one => one.Key.Name, StringComparer.Ordinal)
            .ThenBy(one => one.Key.Id, StringComparer.Ordinal)
            .ToList();
        if (missing.Count > 0 && unmapped == UnmappedLinks.Error)
        {
            var entries = missing.Select(one =>
                $"{Literal.Of(one.Key.Name)} = {Literal.Of(LinkTypeCoverage.Suggest(one.Key, types).ToString())}");
            throw new SyncException(
                "LinkTypeUnmapped",
                $"The mapping has nothing for {string.Join("; ", missing.Select(Describe))}. Decide what each is to become, "
                + $"as in @{{ {string.Join("; ", entries)} }}, where $null leaves a type out; or choose -Unmapped Warn, Skip "
                + "or Related.",
                missing.ConvertAll(one => one.Key.Name));
        }

        if (unmapped == UnmappedLinks.Warn)
        {
            missing.ForEach(one => warn($"The mapping has nothing for {Describe(one)}. They are skipped."));
        }

        return desired;
    }

    /// <summary>
    /// Each link once. Read from both ends, a link counts as read from its source: the order of reading must not
    /// matter.
    /// </summary>
    private static List<IssueLink> Distinct(IEnumerable<IssueLink> links)
    {
        // Most links are seen from both ends.
        var seen = links.ToList();
        var distinct = new List<IssueLink>(seen.Count / 2);
        var (children, positions) = (new Dictionary<long, int>(), new Dictionary<long, int>(seen.Count / 2));
        foreach (var link in seen)
        {
            var known = link.IsParent ? children : positions;
            ref var position = ref CollectionsMarshal.GetValueRefOrAddDefault(
                known, link.LinkId ?? link.Source.Id, out var isKnown);
            if (!isKnown)
            {
                position = distinct.Count;
                distinct.Add(link);
            }
            else if (link.ReadFrom == link.Source.Id && distinct[position].ReadFrom != link.Source.Id)
            {
                distinct[position] = link;
            }
        }

        return distinct;
    }

    private static DesiredRelation Desire(IssueLink link, LinkRule rule, RelationType? otherwise)
    {
        var relation = rule == LinkRule.Unmapped ? otherwise : rule.Relation;
        return new DesiredRelation
        {
            Link = link,
            Relation = relation,
            LeftOut = relation is not null ? null : rule == LinkRule.LeftOut ? Reasons.LeftOut : Reasons.Unmapped,
        };
    }

    private static string Describe(KeyValuePair<LinkType, int> links)
    {
        var (type, count) = links;
        var phrases = type.Outward == type.Inward ? type.Outward : $"{type.Outward} / {type.Inward}";
        return $"'{type.Name}' ({phrases}): {Amount.Of(count)} {(count == 1 ? "link" : "links")}";
    }
}
