using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping.Links;
using static JiraAdoSync.Drafting.Vocabulary;

namespace JiraAdoSync.Drafting;

/// <summary>Reads what clauses say of mappings, and of contents beside fields.</summary>
/// <param name="names">The names that both sites have.</param>
/// <param name="draft">Takes what is understood.</param>
internal sealed class MappingReader(SiteNames names, DraftInProgress draft)
{
    /// <summary>Takes what a clause says of them.</summary>
    /// <param name="clause">The clause.</param>
    /// <param name="isScripted">Whether it speaks of a script whose mapping is known.</param>
    /// <returns>Whether it is a mapping.</returns>
    public bool Take(Clause clause, bool isScripted)
    {
        TakeContents(clause);
        return TakeMapping(clause) || TakeRest(clause) || TakePriority(clause) || TakeAdjective(clause)
            || (isScripted && TakeRecipe(clause));
    }

    private void TakeContents(Clause clause)
    {
        // As a source of a field, a comment is none.
        foreach (var word in clause.Words.Where(word => word.Is(NameKind.Content) && !clause.Used.Contains(word)))
        {
            var at = clause.IndexOf(word);
            var isDropped = clause.Words.Take(at).LastOrDefault(before => before.IsName
                ? !before.Is(NameKind.Content)
                : Drops.Contains(before.Plain) || before.Plain is "with") is { IsName: false } mark
                && Drops.Contains(mark.Plain);
            clause.Used.Add(word);
            clause.Used.UnionWith(isDropped ? clause.Words.Where(one => Drops.Contains(one.Plain)) : []);
            draft.Entries.Add(new DraftEntry(word.Of(NameKind.Content).First(), null, [isDropped ? "$false" : "$true"])
            {
                Words = clause.Text,
            });
        }
    }

    private bool TakeMapping(Clause clause)
    {
        if (Statements.FindMapping(clause) is not { } mapping)
        {
            return false;
        }

        var (sources, targets, (from, to)) = mapping;
        clause.Used.UnionWith(sources);
        clause.Used.UnionWith(targets);
        var first = Math.Min(clause.IndexOf(sources[0]), clause.IndexOf(targets[0]));
        var last = Math.Max(clause.IndexOf(sources[^1]), clause.IndexOf(targets[^1]));
        clause.Used.UnionWith(
            clause.Words.Skip(first).Take(last - first + 1).Where(word => Operators.Contains(word.Plain)));
        var words = clause.TextOf(first, last);
        var values = targets
            .SelectMany(target => target.Of(to).Take(to == NameKind.Relation ? 1 : int.MaxValue))
            .ToList();
        foreach (var source in sources)
        {
            foreach (var name in source.Of(from))
            {
                draft.Add(from, name, values, words);
            }
        }

        if (from == NameKind.IssueType && clause.Words.Skip(first).Take(last - first).Any(word => word.IsProject))
        {
            // "bugs from SHOP as issues" is about these alone.
            draft.Types.AddRange(sources.SelectMany(source => source.Of(from)));
        }

        return true;
    }

    /// <summary>"other links as related": what is said of all that nothing else is said of.</summary>
    private bool TakeRest(Clause clause)
    {
        if (Statements.FindRest(clause) is not { } rest)
        {
            return false;
        }

        var (target, kind) = rest;
        clause.Used.Add(target);
        clause.Used.UnionWith(clause.Words.Where(word =>
            Others.Contains(word.Plain) || Lexicon.Stem(word.Plain) is "link" or "type" or "status"));
        draft.Rests.Add((kind, target.Of(kind).ToList(), clause.Text));
        return true;
    }

    /// <summary>"critical is 1", "high and medium as priority 2".</summary>
    private bool TakePriority(Clause clause)
    {
        if (Statements.FindPriority(clause) is not { } found)
        {
            return false;
        }

        var (sources, number, value) = found;
        clause.Used.UnionWith(sources);
        clause.Used.Add(number);
        var first = clause.IndexOf(sources[0]);
        var words = clause.TextOf(first, clause.IndexOf(number));
        draft.Entries.AddRange(sources.SelectMany(source => source.Of(NameKind.Priority))
            .Select(name => new DraftEntry("PriorityMapping", name, [value]) { Words = words }));
        return true;
    }

    /// <summary>
    /// "done items closed": a status, and the state that it becomes, with nothing between that matters.
    /// </summary>
    private bool TakeAdjective(Clause clause)
    {
        if (Statements.FindAdjective(clause) is not { } found)
        {
            return false;
        }

        var (source, target) = found;
        clause.Used.Add(source);
        clause.Used.Add(target);
        var first = clause.IndexOf(source);
        var words = clause.TextOf(first, clause.IndexOf(target));
        var kind = source.Is(NameKind.Category) ? NameKind.Category : NameKind.Status;
        foreach (var name in source.Of(kind))
        {
            draft.Add(kind, name, target.Of(NameKind.State).ToList(), words);
        }

        return true;
    }

    /// <summary>"links as our old script had them": the published recipe's own table.</summary>
    private bool TakeRecipe(Clause clause)
    {
        var mapping = new LinkTypeMapping(LinkTypePresets.Recipe, names.RelationTypes);
        var said = clause.OpenNames.Where(word => word.Is(NameKind.Link, NameKind.LinkInward)).ToList();
        var types = said.Count > 0
            ? said.SelectMany(word => word.Of(NameKind.Link).Concat(word.Of(NameKind.LinkInward)))
            : clause.Has("link", "links", "relation", "relations")
                ? names.LinkTypes.Select(one => one.Key.Name) : [];
        var count = draft.Entries.Count;
        foreach (var type in names.LinkTypes.Select(one => one.Key)
            .Where(type => types.Any(name => Same(name, type.Name))).ToList())
        {
            if (mapping.RuleFor(type).Relation is { } relation)
            {
                draft.AddLink(type.Name, relation.Name, isInward: false, clause.Text);
            }
        }

        clause.Used.UnionWith(draft.Entries.Count > count ? said : []);
        return draft.Entries.Count > count;
    }

    /// <summary>"create missing areas".</summary>
    public bool TakePaths(Clause clause)
    {
        var verb = clause.Words.FirstOrDefault(word => word.Plain is "create" or "creating" or "make");
        var paths = clause.Words.Where(word => word.Of(NameKind.WorkItemField)
            .Any(name => names.WorkItemFields.Any(field => field.Name == name && field.Kind == FieldKind.Path)))
            .ToList();
        if (verb is null || paths.Count == 0)
        {
            return false;
        }

        clause.Used.UnionWith(paths);
        clause.Used.UnionWith(clause.Words.Where(word =>
            word == verb || word.Plain is "missing" or "paths" or "path" or "needed"));
        draft.Entries.Add(new DraftEntry("CreatePaths", null, ["$true"]) { Words = clause.Text });
        return true;
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
