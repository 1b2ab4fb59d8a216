using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Links;

/// <summary>Says for every phrase what a mapping makes of it, and what it could make of those that it lacks.</summary>
public static class LinkTypeCoverage
{
    /// <summary>Words that imply an order, with the relation of whoever says them.</summary>
    private static readonly (string[] Words, string Relation)[] Orders =
    [
        (["before", "precede", "trigger", "block", "predecessor"], "System.LinkTypes.Dependency-Forward"),
        (["after", "follow", "depend", "require", "need", "successor"], "System.LinkTypes.Dependency-Reverse"),
    ];

    private static readonly HashSet<string> Fillers = new(StringComparer.OrdinalIgnoreCase)
    {
        "is", "are", "was", "has", "have", "had", "to", "be", "been", "the", "a", "an", "of", "for", "with", "by",
        "from", "done",
        "link", "links",
    };

    private static readonly char[] Separators = [' ', '-', ':', '/', '_'];

    private static readonly HashSet<string> Auxiliaries = new(StringComparer.OrdinalIgnoreCase)
    {
        "is", "are", "was", "were", "be", "been", "being", "gets", "got",
    };

    private static readonly string[] Participles = ["ed", "en"];

    /// <summary>Makes the report, one line a phrase, those of the most links first.</summary>
    /// <param name="counts">Link types with how many links of each were read; types without a link are welcome.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="types">The organisation's relation types.</param>
    public static IReadOnlyList<MappingCoverage> Of(
        IEnumerable<KeyValuePair<LinkType, int>> counts,
        LinkTypeMapping mapping,
        RelationTypes types)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(types);
        return counts
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key.Name, StringComparer.Ordinal)
            .SelectMany(pair => Lines(pair.Key, pair.Value, mapping, types))
            .ToList();
    }

    /// <summary>
    /// What a link type could be mapped to, by its names: the relation on the issue that says the outward phrase.
    /// </summary>
    /// <param name="type">The link type.</param>
    /// <param name="types">The organisation's relation types, its own among them.</param>
    public static RelationType Suggest(LinkType type, RelationTypes types)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(types);
        if (string.Equals(type.Outward, type.Inward, StringComparison.OrdinalIgnoreCase))
        {
            return types.Related;
        }

        if (new LinkTypeMapping(LinkTypePresets.Default, types).RuleFor(type).Relation is { } preset)
        {
            return preset;
        }

        var named = types.All
            .Where(one => one is { IsUsable: true, IsDirectional: true, IsTree: false })
            .FirstOrDefault(one => SaysSame(type, one.Name, types.Opposite(one).Name));
        if (named is not null)
        {
            return named;
        }

        var ordered = Orders.FirstOrDefault(order => Words(type.Outward).Any(word =>
            order.Words.Any(start => word.StartsWith(start, StringComparison.OrdinalIgnoreCase))));
        return ordered.Relation is null || IsPassive(type.Outward) ? types.Related : types[ordered.Relation];
    }

    private static IEnumerable<MappingCoverage> Lines(
        LinkType type,
        int count,
        LinkTypeMapping mapping,
        RelationTypes types)
    {
        RelationType? relation = null;
        string? problem = null;
        var isLeftOut = false;
        try
        {
            var rule = mapping.RuleFor(type);
            relation = rule.Relation;
            isLeftOut = rule == LinkRule.LeftOut;
            problem = rule == LinkRule.Unmapped ? Reasons.Unmapped : null;
        }
        catch (SyncException invalid)
        {
            problem = invalid.Message;
        }

        var suggestion = problem is null ? null : Suggest(type, types);
        var outward = new MappingCoverage
        {
            Type = type.Name,
            Phrase = type.Outward,
            Count = count,
            MapsTo = isLeftOut ? "(left out)" : relation?.Name,
            Problem = problem,
            Suggestion = suggestion?.Name,
        };
        yield return outward;
        if (!string.Equals(type.Outward, type.Inward, StringComparison.OrdinalIgnoreCase))
        {
            yield return outward with
            {
                Phrase = type.Inward,
                MapsTo = relation is null ? outward.MapsTo : types.Opposite(relation).Name,
                Suggestion = suggestion is null ? null : types.Opposite(suggestion).Name,
            };
        }
    }

    /// <summary>
    /// Whether a link type says the same as a relation and its opposite: words in common, in the same voice. "is tested
    /// by" says "Tested By" and not "Tests", which is the other end. Where both phrases of the type have one voice,
    /// that of the inward one does not count.
    /// </summary>
    private static bool SaysSame(LinkType type, string forward, string opposite) =>
        SharesWord(type.Outward, forward) && IsPassive(type.Outward) == IsPassive(forward)
        && SharesWord(type.Inward, opposite)
        && (IsPassive(type.Inward) == IsPassive(opposite) || IsPassive(type.Inward) == IsPassive(type.Outward));

    /// <summary>Whether a phrase and a relation's name share a word that means something.</summary>
    private static bool SharesWord(string phrase, string name) => Words(phrase)
        .Any(word => Words(name).Any(other => Stem(word).Equals(Stem(other), StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Whether a phrase is in the passive voice: "is triggered by", "Tested By", "is required for". It says the
    /// opposite of its active form.
    /// </summary>
    private static bool IsPassive(string phrase)
    {
        var words = phrase.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        return words.Any(word => word.Equals("by", StringComparison.OrdinalIgnoreCase))
            || words.Zip(words.Skip(1)).Any(pair => Auxiliaries.Contains(pair.First)
                && Participles.Any(ending => pair.Second.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));
    }

    private static IEnumerable<string> Words(string text) => text
        .Split(Separators, StringSplitOptions.RemoveEmptyEntries)
        .Where(word => !Fillers.Contains(word));

    private static string Stem(string word)
    {
        foreach (var ending in new[] { "ies", "ied", "ing", "ed", "es", "e", "s" })
        {
            if (word.Length > ending.Length + 2 && word.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                word = word[..^ending.Length];
                break;
            }
        }

        // "verifies", "verified" and "verify" are one word.
        return word.TrimEnd('y', 'Y');
    }
}
