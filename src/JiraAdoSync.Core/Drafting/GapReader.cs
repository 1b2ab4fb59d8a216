using static JiraAdoSync.Drafting.Vocabulary;

namespace JiraAdoSync.Drafting;

/// <summary>Finds what a draft does not follow: what widens a sync, and words that nothing was made of.</summary>
/// <param name="names">The names that both sites have.</param>
/// <param name="draft">Takes what is not understood.</param>
internal sealed class GapReader(SiteNames names, DraftInProgress draft)
{
    /// <summary>Lists a clause that asks for what no draft sets.</summary>
    public bool TakeWithheld(Clause clause)
    {
        if (Statements.Withheld(clause) is not { } what)
        {
            return false;
        }

        draft.Gaps.Add(new DraftGap(
            clause.Text,
            $"A draft never widens what a sync may do. {what}"));
        return true;
    }

    /// <summary>
    /// Passes over a tail such as "as our old script had it".
    /// </summary>
    /// <returns>Whether it speaks of a script, whose mapping is known.</returns>
    public static bool TakeRemark(Clause clause)
    {
        for (var at = clause.Words.Count - 2; at > 0; at--)
        {
            if (clause.Words[at].Plain is not ("as" or "like" or "the"))
            {
                continue;
            }

            var tail = clause.Words.Skip(at).ToList();
            if (tail.Exists(word => word.IsName && !Befores.Contains(word.Plain)))
            {
                return false;
            }

            if (tail.Exists(word => Befores.Contains(word.Plain)))
            {
                clause.Used.UnionWith(tail);
                return tail.Exists(word => Scripts.Contains(word.Plain));
            }
        }

        return false;
    }

    /// <summary>Lists the words that nothing was made of.</summary>
    public void Note(Clause clause)
    {
        var left = clause.Words.Where(word => !clause.Used.Contains(word)
            && (word.IsQuoted || !(Fillers.Contains(word.Plain) || word.IsThing))).ToList();
        if (left.Count == 0)
        {
            return;
        }

        var isWhole = clause.Used.Count == 0;
        var words = isWhole ? clause.Text : clause.TextOf(clause.IndexOf(left[0]), clause.IndexOf(left[^1]));
        draft.Gaps.Add(new DraftGap(words, ReasonOf(clause, left)));
    }

    private string ReasonOf(Clause clause, List<SentenceWord> left)
    {
        var unknown = left.Where(word => !word.IsName).ToList();
        if (unknown.Count == 0)
        {
            var all = string.Join(", ", left.Select(word => $"'{word.Text}'"));
            return left.Exists(word => word.Is(NameKind.Priority))
                ? "A selection is by project, type and status. Give -Jql for more."
                : left.TrueForAll(word => word.Meanings.All(meaning => meaning.Kind == NameKind.JiraField))
                ? $"{all} is a field of Jira, no type or status of these issues, and the sentence does not say what it becomes."
                : $"It is not said what is to become of {all}.";
        }

        // Beside a known name, the unknown one should be of the matching kind.
        var known = clause.OpenNames.ToList();
        var word = unknown.Find(one => one.IsQuoted) ?? unknown[0];
        var at = clause.IndexOf(word);
        var hasOperator = clause.Words.Any(one =>
            !one.IsName && (Operators.Contains(one.Plain) || FromOperators.Contains(one.Plain)));
        var isTarget = clause.Words.Take(at).Any(one => !one.IsName && Operators.Contains(one.Plain));
        (string What, IEnumerable<string> Names)? kind = !hasOperator ? null
            : known.Exists(one => one.Is(NameKind.Link, NameKind.LinkInward)) && isTarget
                ? ("relation type", names.RelationTypes.All.Where(type => type.IsUsable).Select(type => type.Name))
            : known.Exists(one => one.Is(NameKind.WorkItemField))
                ? ("Jira field", names.JiraFields.All.Select(field => field.Name))
            : known.Exists(one => one.Is(NameKind.Relation))
                ? (
                    "link type",
                    names.LinkTypes.SelectMany(one => new[] { one.Key.Name, one.Key.Outward, one.Key.Inward }))
            : known.Exists(one => one.Is(NameKind.WorkItemType))
                ? ("issue type", names.IssueTypes.Select(one => one.Key.Name))
            : known.Exists(one => one.Is(NameKind.Status, NameKind.Category)) && isTarget
                ? ("state", names.WorkItemTypes.SelectMany(type => type.States).Select(state => state.Name))
            : known.Exists(one => one.Is(NameKind.IssueType)) && isTarget
                ? ("work item type", names.WorkItemTypes.Select(type => type.Name))
            : known.Exists(one => one.Is(NameKind.JiraField))
                ? ("field of work items", names.WorkItemFields.Select(field => field.Name))
            : null;
        return kind is { } found
            ? $"There is no {found.What} '{word.Text}'. {Nearest.Sentence(word.Text, found.Names)}"
            : "These words name nothing of either site.";
    }
}
