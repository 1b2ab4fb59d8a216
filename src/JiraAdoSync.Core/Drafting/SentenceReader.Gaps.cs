namespace JiraAdoSync.Drafting;

public sealed partial class SentenceReader
{
    // What a clause says that is not drafted, or not understood.
    private sealed partial class Reading
    {
        /// <summary>What to do for what no draft sets; null where the words ask for no such thing.</summary>
        private static string? Withheld(List<SentenceWord> words)
        {
            bool Has(params string[] some) => words.Any(word => some.Contains(word.Plain));
            return Has("prune", "pruning", "delete", "deleted", "deleting", "remove", "removed", "removing", "cleanup")
                ? "To remove what no longer exists in Jira, add Prune = $true to the file, or give -Prune."
                : Has("bypass", "bypassing")
                || (Has("original", "creation") && Has("date", "dates", "author", "authors", "creator"))
                    ? "To write past the rules of work item types, add BypassRules = $true to the file, or give -BypassRules."
                    : Has("two-way", "bidirectional", "bidirectionally", "twoway")
                    || (Has("both", "two") && Has("ways", "directions", "way"))
                        || (Has("back", "write", "update") && Has("jira"))
                        ? "What writes to Jira is chosen by a person, by parameter."
                        : null;
        }

        /// <summary>
        /// Passes over a tail such as "as our old script had it".
        /// </summary>
        /// <returns>Whether it speaks of a script, whose mapping is known.</returns>
        private static bool TakeRemark(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            for (var at = clause.Count - 2; at > 0; at--)
            {
                if (clause[at].Plain is not ("as" or "like" or "the"))
                {
                    continue;
                }

                var tail = clause.Skip(at).ToList();
                if (tail.Exists(word => word.IsName && !Befores.Contains(word.Plain)))
                {
                    return false;
                }

                if (tail.Exists(word => Befores.Contains(word.Plain)))
                {
                    used.UnionWith(tail);
                    return tail.Exists(word => Scripts.Contains(word.Plain));
                }
            }

            return false;
        }

        private void NoteGaps(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var left = clause.Where(word => !used.Contains(word)
                && (word.IsQuoted || !(Fillers.Contains(word.Plain) || IsThing(word)))).ToList();
            if (left.Count == 0)
            {
                return;
            }

            var isWhole = used.Count == 0;
            var words = isWhole ? WordsOf(clause) : WordsOf(
                clause.Skip(IndexOf(clause, left[0])).Take(IndexOf(clause, left[^1]) - IndexOf(clause, left[0]) + 1)
                    .ToList());
            _gaps.Add(new DraftGap(words, ReasonOf(clause, used, left)));
        }

        private string ReasonOf(
            List<SentenceWord> clause, HashSet<SentenceWord> used, List<SentenceWord> left)
        {
            var unknown = left.Where(word => !word.IsName).ToList();
            if (unknown.Count == 0)
            {
                return left.Exists(word => word.Is(NameKind.Priority))
                    ? "A selection is by project, type and status. Give -Jql for more."
                    : left.TrueForAll(word => word.Meanings.All(meaning => meaning.Kind == NameKind.JiraField))
                    ? $"{string.Join(", ", left.Select(word => $"'{word.Text}'"))} is a field of Jira, no type or status of these issues, "
                        + "and the sentence does not say what it becomes."
                    : $"It is not said what is to become of {string.Join(", ", left.Select(word => $"'{word.Text}'"))}.";
            }

            // Beside a known name, the unknown one should be of the matching kind.
            var known = clause.Where(word => word.IsName && !used.Contains(word)).ToList();
            var word = unknown.Find(one => one.IsQuoted) ?? unknown[0];
            var at = IndexOf(clause, word);
            var hasOperator = clause.Any(
                one => !one.IsName && (Operators.Contains(one.Plain) || FromOperators.Contains(one.Plain)));
            var isTarget = clause.Take(at).Any(one => !one.IsName && Operators.Contains(one.Plain));
            (string What, IEnumerable<string> Names)? kind = !hasOperator ? null
                : known.Exists(one => one.Is(NameKind.Link, NameKind.LinkInward)) && isTarget
                    ? ("relation type", names.RelationTypes.All.Where(type => type.IsUsable).Select(type => type.Name))
                : known.Exists(one => one.Is(NameKind.WorkItemField))
                ? ("Jira field", names.JiraFields.All.Select(field => field.Name))
                : known.Exists(one => one.Is(NameKind.Relation))
                    ? ("link type", names.LinkTypes.SelectMany(
                        one => new[] { one.Key.Name, one.Key.Outward, one.Key.Inward }))
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
}
