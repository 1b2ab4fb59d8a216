using static JiraAdoSync.Drafting.Vocabulary;

namespace JiraAdoSync.Drafting;

/// <summary>Finds the statements that a clause may be: a mapping, a rest, a priority, what no draft sets.</summary>
internal static class Statements
{
    private static readonly (NameKind From, NameKind To)[] Pairs =
    [
        (NameKind.Link, NameKind.Relation),
        (NameKind.LinkInward, NameKind.Relation),
        (NameKind.Category, NameKind.State),
        (NameKind.Status, NameKind.State),
        (NameKind.IssueType, NameKind.WorkItemType),
        (NameKind.JiraField, NameKind.WorkItemField),
    ];

    /// <summary>Whether a clause says something by itself: a mapping, a selection, what is left out.</summary>
    public static bool IsStatement(Clause clause) =>
        FindMapping(clause) is not null || FindRest(clause) is not null || FindPriority(clause) is not null
        || FindAdjective(clause) is not null
        || clause.Words.Any(word => word.Is(NameKind.Project))
        || clause.Words.Any(word => word.Is(NameKind.Content)) || Withheld(clause) is not null
        || (clause.Words.FirstOrDefault(word => !Ands.Contains(word.Plain)) is { } first
            && (Drops.Contains(first.Plain) || Onlys.Contains(first.Plain)) && clause.Words.Any(word => word.IsName));

    /// <summary>What to do for what no draft sets; null where a clause asks for no such thing.</summary>
    public static string? Withheld(Clause clause)
    {
        if (clause.Has("prune", "pruning", "delete", "deleted", "deleting", "remove", "removed", "removing", "cleanup"))
        {
            return "To remove what no longer exists in Jira, add Prune = $true to the file, or give -Prune.";
        }

        if (clause.Has("bypass", "bypassing")
            || (clause.Has("original", "creation") && clause.Has("date", "dates", "author", "authors", "creator")))
        {
            return "To write past the rules of work item types, add BypassRules = $true to the file, or give -BypassRules.";
        }

        return clause.Has("two-way", "bidirectional", "bidirectionally", "twoway")
            || (clause.Has("both", "two") && clause.Has("ways", "directions", "way"))
            || (clause.Has("back", "write", "update") && clause.Has("jira"))
                ? "What writes to Jira is chosen by a person, by parameter."
                : null;
    }

    /// <summary>
    /// "X as Y", and "Y from X": the names next to the operator, on either side, that a mapping connects.
    /// </summary>
    public static (List<SentenceWord> Sources, List<SentenceWord> Targets, (NameKind From, NameKind To) Kinds)?
        FindMapping(Clause clause)
    {
        for (var at = 1; at < clause.Words.Count - 1; at++)
        {
            if (clause.Words[at].IsName || clause.Words[at].IsQuoted || clause.Used.Contains(clause.Words[at]))
            {
                continue;
            }

            var left = clause.Words.Take(at)
                .Where(word => word.IsName && !clause.Used.Contains(word) && !word.IsProject).ToList();
            var right = clause.Words.Skip(at + 1).Where(word => word.IsName && !clause.Used.Contains(word)).ToList();
            foreach (var (from, to) in Operators.Contains(clause.Words[at].Plain) ? Pairs : [])
            {
                var isLoose = clause.Words[at].Plain is "in" or "for";
                if (isLoose && from != NameKind.JiraField)
                {
                    continue;
                }

                var sources = Ending(left, from);
                var targets = Beginning(clause, at, right, to);
                if (sources.Count > 0 && targets.Count > 0)
                {
                    return (sources, targets, (from, to));
                }
            }

            if (FromOperators.Contains(clause.Words[at].Plain))
            {
                var targets = Ending(left, NameKind.WorkItemField).TakeLast(1).ToList();
                var sources = right.TakeWhile(word => word.Is(NameKind.JiraField)).Take(1).ToList();
                if (sources.Count > 0 && targets.Count > 0)
                {
                    return (sources, targets, (NameKind.JiraField, NameKind.WorkItemField));
                }
            }
        }

        return null;
    }

    /// <summary>The names of a kind at the end of a list, in its order.</summary>
    private static List<SentenceWord> Ending(List<SentenceWord> names, NameKind kind) =>
        names.AsEnumerable().Reverse().TakeWhile(word => word.Is(kind)).Reverse().ToList();

    /// <summary>The first name after an operator, and those that "or" joins to it.</summary>
    private static List<SentenceWord> Beginning(
        Clause clause, int at, List<SentenceWord> names, NameKind kind)
    {
        var found = new List<SentenceWord>();
        foreach (var word in names)
        {
            var isNext = found.Count == 0
                ? clause.Words.Skip(at + 1).TakeWhile(one => one != word)
                    .All(one => !one.IsName && Fillers.Contains(one.Plain))
                : clause.Words[clause.IndexOf(word) - 1].Plain == "or";
            if (!word.Is(kind) || !isNext)
            {
                break;
            }

            found.Add(word);
        }

        return found;
    }

    public static (SentenceWord Target, NameKind Kind)? FindRest(Clause clause)
    {
        var isRest = clause.Has(Others)
            || (clause.Has("all", "every", "any") && clause.Has("link", "links"));
        var at = clause.Words.FindLastIndex(word => Operators.Contains(word.Plain) && !word.IsName);
        return isRest && at > 0 && clause.Words.Skip(at + 1).FirstOrDefault(word => word.IsName) is { } target
            ? new[] { NameKind.Relation, NameKind.WorkItemType, NameKind.State }
                .Where(kind => target.Is(kind))
                .Select(kind => ((SentenceWord, NameKind)?)(target, kind))
                .FirstOrDefault()
            : null;
    }

    public static (List<SentenceWord> Sources, SentenceWord Number, string Value)? FindPriority(
        Clause clause)
    {
        var number = clause.Words.LastOrDefault(word => !word.IsName && !clause.Used.Contains(word)
            && word.Plain.TrimStart('p') is [>= '1' and <= '9']);
        var sources = number is null ? [] : clause.Words.TakeWhile(word => word != number)
            .Where(word => word.Is(NameKind.Priority) && !clause.Used.Contains(word)).ToList();
        return sources.Count > 0 ? (sources, number!, number!.Plain.TrimStart('p')) : null;
    }

    public static (SentenceWord Source, SentenceWord Target)? FindAdjective(
        Clause clause)
    {
        var names = clause.OpenNames.Where(word => !word.IsThing).ToList();
        for (var at = 0; at < names.Count - 1; at++)
        {
            if (names[at].Is(NameKind.Category, NameKind.Status) && names[at + 1].Is(NameKind.State)
                && !names[at + 1].Is(NameKind.IssueType)
                && clause.Words.Skip(clause.IndexOf(names[at]) + 1).TakeWhile(word => word != names[at + 1])
                    .All(word => Things.Contains(word.Plain) || Fillers.Contains(word.Plain)))
            {
                return (names[at], names[at + 1]);
            }
        }

        return null;
    }
}
