using JiraAdoSync.Jira;

namespace JiraAdoSync.Drafting;

/// <summary>
/// Drafts a profile from a sentence, by the names that both sites have and a few words around them. It is a reader, not
/// a mind: the same sentence over the same names gives the same draft, and every word that it makes nothing of is
/// listed.
/// <code>
/// stories and bugs from SHOP        project = SHOP AND issuetype in (Story, Bug)
/// blocks as predecessor             LinkTypeMapping 'Blocks' = Predecessor, read from the issue that blocks
/// is blocked by -> Predecessor      LinkTypeMapping 'Blocks' = Successor: the same, said from the other end
/// improvements become user stories  TypeMapping 'Improvement' = User Story
/// done items closed                 StateMapping of each status of the category Done = Closed
/// tags from components              FieldMapping 'Tags' = Components
/// critical is priority 1            PriorityMapping 'Critical' = 1
/// without epics; no clones          issuetype != Epic; LinkTypeMapping 'Cloners' = $null
/// other links as related            each link type that nothing else is said of
/// with comments and attachments     IncludeComments, IncludeAttachments
/// </code>
/// A clause ends at a comma, a semicolon or a full stop, and at an "and" that is followed by a statement of its own.
/// What would widen what a sync may do, such as pruning, writing past rules or writing to Jira, is never drafted: it is
/// listed with what to do.
/// </summary>
public sealed partial class SentenceReader
{
    private readonly SiteNames _names;
    private readonly Lexicon _lexicon;

    /// <summary>Makes a reader.</summary>
    /// <param name="names">The names that both sites have.</param>
    public SentenceReader(SiteNames names)
    {
        ArgumentNullException.ThrowIfNull(names);
        (_names, _lexicon) = (names, new Lexicon(names));
    }

    /// <summary>Drafts what a sentence says.</summary>
    /// <param name="sentence">The sentence, in English.</param>
    public Draft Read(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        var reading = new Reading(sentence, _names);
        foreach (var clause in new SentenceWords(_lexicon).Clauses(sentence)
            .SelectMany(clause => Reading.SplitAtAnd([.. clause])))
        {
            reading.Take(clause);
        }

        return reading.ToDraft();
    }

    /// <summary>One sentence while it is read.</summary>
    private sealed partial class Reading(string sentence, SiteNames names)
    {
        private readonly List<DraftEntry> _ofCategories = [];
        private readonly List<DraftEntry> _entries = [];
        private readonly List<DraftGap> _gaps = [];
        private readonly List<(NameKind Kind, List<string> Values, string Words)> _rests = [];
        private readonly List<string> _projects = [];
        private readonly List<string> _types = [];
        private readonly List<string> _noTypes = [];
        private readonly List<string> _statuses = [];
        private readonly List<string> _noStatuses = [];
        private readonly List<string> _categories = [];
        private readonly List<string> _selectionWords = [];
        private readonly List<string> _selectionNotes = [];

        /// <summary>Parts a clause at each "and" that is followed by a statement of its own, and follows one.</summary>
        public static IEnumerable<List<SentenceWord>> SplitAtAnd(List<SentenceWord> clause)
        {
            for (var at = 1; at < clause.Count - 1; at++)
            {
                if (!Ands.Contains(clause[at].Plain) || clause[at].IsName)
                {
                    continue;
                }

                var (left, right) = (clause.Take(at).ToList(), clause.Skip(at + 1).ToList());
                if (IsStatement(left) && SplitAtAnd(right).First() is var first && IsStatement(first))
                {
                    return SplitAtAnd(right).Prepend(left);
                }
            }

            return [clause];
        }

        /// <summary>Takes what a clause says.</summary>
        public void Take(List<SentenceWord> clause)
        {
            // "..., and no clones"
            clause = clause.Count > 1 && Ands.Contains(clause[0].Plain)
                && !clause[0].IsName ? clause.GetRange(1, clause.Count - 1) : clause;
            var used = new HashSet<SentenceWord>(ReferenceEqualityComparer.Instance);
            if (TakeWithheld(clause))
            {
                return;
            }

            var isScripted = TakeRemark(clause, used);
            TakeContents(clause, used);
            var hasMapping = TakeMapping(clause, used) || TakeRest(clause, used) || TakePriority(clause, used)
                || TakeAdjective(clause, used) || (isScripted && TakeRecipe(clause, used));
            hasMapping |= TakeDrops(clause, used) || TakeOnlyLinks(clause, used) || TakePaths(clause, used);
            TakeSelection(clause, used, hasMapping);
            NoteGaps(clause, used);
        }

        public Draft ToDraft()
        {
            foreach (var (kind, values, words) in _rests)
            {
                AddRest(kind, values, words);
            }

            var entries = _ofCategories.Concat(_entries)
                .Reverse().DistinctBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).Reverse().ToList();
            return new Draft
            {
                Selection = new Selection
                {
                    Projects = Distinct(_projects),
                    IssueTypes = Distinct(_types),
                    NoIssueTypes = Distinct(_noTypes),
                    Statuses = Distinct(_statuses),
                    NoStatuses = Distinct(_noStatuses),
                    Categories = Distinct(_categories),
                    Words = string.Join(", ", _selectionWords.Distinct()),
                    Note = _selectionNotes.Count == 0 ? null : string.Join(' ', _selectionNotes.Distinct()),
                },
                Entries = names.Complete(entries),
                NotUnderstood = _gaps,
            };
        }

        private static List<string> Distinct(IEnumerable<string> names) =>
            names.Distinct(StringComparer.OrdinalIgnoreCase).ToList();

        private string WordsOf(List<SentenceWord> words) => sentence[words[0].Start..words[^1].End];

        /// <summary>Whether some words say something by themselves: a mapping, a selection, what is left out.</summary>
        private static bool IsStatement(List<SentenceWord> words) =>
            FindMapping(words, []) is not null || FindRest(words) is not null || FindPriority(words, []) is not null
            || FindAdjective(words, []) is not null
            || words.Any(word => word.Is(NameKind.Project))
            || words.Any(word => word.Is(NameKind.Content)) || Withheld(words) is not null
            || (words.FirstOrDefault(word => !Ands.Contains(word.Plain)) is { } first
                && (Drops.Contains(first.Plain) || Onlys.Contains(first.Plain)) && words.Any(word => word.IsName));

        private bool TakeWithheld(List<SentenceWord> clause)
        {
            if (Withheld(clause) is not { } what)
            {
                return false;
            }

            _gaps.Add(new DraftGap(
                WordsOf(clause),
                $"A draft never widens what a sync may do. {what}"));
            return true;
        }

        private void TakeContents(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            // As a source of a field, a comment is none.
            foreach (var word in clause.Where(word => word.Is(NameKind.Content) && !used.Contains(word)))
            {
                var at = IndexOf(clause, word);
                var isDropped = clause.Take(at).LastOrDefault(before => before.IsName
                    ? !before.Is(NameKind.Content) : Drops.Contains(before.Plain)
                    || before.Plain is "with") is { IsName: false } mark
                    && Drops.Contains(mark.Plain);
                used.Add(word);
                used.UnionWith(isDropped ? clause.Where(one => Drops.Contains(one.Plain)) : []);
                _entries.Add(new DraftEntry(word.Of(NameKind.Content).First(), null, [isDropped ? "$false" : "$true"])
                {
                    Words = WordsOf(clause),
                });
            }
        }

        /// <summary>"items", "issues" and the like, which may be the name of a type too.</summary>
        private static bool IsThing(SentenceWord word) => Things.Contains(word.Plain) && !word.IsQuoted;

        private IEnumerable<IssueStatus> StatusesOf(string category) => names.Statuses.Select(one => one.Key)
            .Where(status => category[0] == '!'
                ? !Same(status.Category, category[1..])
                : Same(status.Category, category))
            .DistinctBy(status => status.Name, StringComparer.OrdinalIgnoreCase);

        /// <summary>The link types that issues have; an entry for another one would match nothing.</summary>
        private List<string> LinkTypesInUse() =>
            names.LinkTypes.Where(one => one.Value > 0).Select(one => one.Key.Name).ToList();

        private static bool IsProject(SentenceWord word) => word.Is(NameKind.Project)
            && (word.Meanings.Count == 1 || word.Text.Any(char.IsUpper) || !word.Is(NameKind.IssueType, NameKind.Link));

        private static int IndexOf(List<SentenceWord> clause, SentenceWord word)
        {
            for (var at = 0; at < clause.Count; at++)
            {
                if (ReferenceEquals(clause[at], word))
                {
                    return at;
                }
            }

            return -1;
        }

        private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
    }
}
