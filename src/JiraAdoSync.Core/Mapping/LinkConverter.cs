using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping;

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
        var distinct = Distinct(links).ConvertAll(link => (Link: link, Rule: link.IsParent ? null : mapping.RuleFor(link.Type)));
        var missing = distinct
            .Where(one => one.Rule == LinkRule.Unmapped)
            .GroupBy(one => one.Link.Type, one => one.Link)
            .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
            .ToList();
        if (missing.Count > 0 && unmapped == UnmappedLinks.Error)
        {
            var entries = missing.Select(group =>
                $"'{group.Key.Name.Replace("'", "''", StringComparison.Ordinal)}' = '{LinkTypeCoverage.Suggest(group.Key, types)}'");
            throw new SyncException(
                "LinkTypeUnmapped",
                $"The mapping has nothing for {string.Join("; ", missing.Select(Describe))}. Decide what each is to become, "
                + $"as in @{{ {string.Join("; ", entries)} }}, where $null leaves a type out; or choose -Unmapped Warn, Skip "
                + "or Related.",
                missing.ConvertAll(group => group.Key.Name));
        }

        if (unmapped == UnmappedLinks.Warn)
        {
            missing.ForEach(group => warn($"The mapping has nothing for {Describe(group)}. They are skipped."));
        }

        var (parent, otherwise) = (types.Parent, unmapped == UnmappedLinks.Related ? types.Related : null);
        return distinct.ConvertAll(one => one.Rule is null
            ? new DesiredRelation { Link = one.Link, Relation = parent }
            : Desire(one.Link, one.Rule, otherwise));
    }

    /// <summary>
    /// Each link once. Read from both ends, a link counts as read from its source: the order of reading must not matter.
    /// </summary>
    private static List<IssueLink> Distinct(IEnumerable<IssueLink> links)
    {
        var distinct = new List<IssueLink>();
        var places = new Dictionary<(long? LinkId, long Child), int>();
        foreach (var link in links)
        {
            if (places.TryAdd((link.LinkId, link.IsParent ? link.Source.Id : 0), distinct.Count))
            {
                distinct.Add(link);
            }
            else if (link.ReadFrom == link.Source.Id)
            {
                var place = places[(link.LinkId, link.IsParent ? link.Source.Id : 0)];
                distinct[place] = distinct[place].ReadFrom == link.Source.Id ? distinct[place] : link;
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
            LeftOut = relation is not null ? null : rule == LinkRule.LeftOut ? "LeftOut" : "Unmapped",
        };
    }

    private static string Describe(IGrouping<LinkType, IssueLink> links)
    {
        var type = links.Key;
        var phrases = type.Outward == type.Inward ? type.Outward : $"{type.Outward} / {type.Inward}";
        return $"'{type.Name}' ({phrases}): {links.Count()} {(links.Count() == 1 ? "link" : "links")}";
    }
}
