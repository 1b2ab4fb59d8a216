using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;

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
public sealed class SentenceReader
{
    private static readonly HashSet<string> Ands = ["and", "but", "while", "whereas", "then", "plus", "&"];

    private static readonly HashSet<string> Operators =
    [
        "as", "to", "into", "in", "for", "->", "=>", "→", "=", "is", "are", "be", "become", "becomes", "go", "goes", "get", "gets",
        "map", "maps", "mapped", "turn", "turns", "means", "end", "land",
    ];

    private static readonly HashSet<string> FromOperators = ["from", "by", "using", "after", "of", "is", "are", "=", "<-", "get", "gets"];

    private static readonly HashSet<string> Drops =
    [
        "without", "no", "not", "ignore", "ignored", "ignoring", "skip", "skipped", "skipping", "drop", "dropped", "exclude", "excluded",
        "excluding", "except", "omit", "omitted", "leave", "left", "leaving", "don't", "don’t", "dont", "never", "alone", "untouched",
    ];

    private static readonly HashSet<string> Onlys = ["only", "just", "solely", "nothing"];

    private static readonly HashSet<string> Others = ["other", "others", "rest", "remaining", "else", "unknown", "unmapped", "further"];

    /// <summary>Words that say how it was before; a clause with one of them is a remark.</summary>
    private static readonly HashSet<string> Befores =
        ["script", "scripts", "recipe", "before", "already", "today", "previously", "usual", "used", "had", "did"];

    private static readonly HashSet<string> Scripts = ["script", "scripts", "recipe"];

    private static readonly HashSet<string> Things =
    [
        "item", "items", "issue", "issues", "ticket", "tickets", "everything", "anything", "things", "ones", "work", "all", "that", "which",
    ];

    /// <summary>Words that say nothing of their own.</summary>
    private static readonly HashSet<string> Fillers =
    [
        .. Ands, .. Operators, .. FromOperators, .. Things, .. Onlys,
        "a", "an", "the", "any", "every", "each", "both", "our", "my", "their", "its", "his", "her", "this", "these", "those", "or", "also",
        "too", "with", "on", "at", "was", "were", "should", "must", "shall", "will", "would", "could", "can", "may", "please", "i", "we",
        "you", "us", "want", "need", "like", "have", "has", "bring", "take", "sync", "synced", "synchronize", "synchronise", "copy", "import",
        "migrate", "move", "mapping", "use", "make", "set", "put", "keep", "show", "shown", "project", "projects", "jira", "azure", "devops",
        "ado", "boards", "board", "link", "links", "linked", "relation", "relations", "type", "types", "status", "statuses", "state",
        "states", "field", "fields", "value", "values", "it", "them", "they", "same", "there", "here", "over", "up", "out", "when", "so",
        "always", "directly", "simply", "turned", "going", "include", "includes", "including", "along", "together", "well", "still", "select",
        "related", "become", "from", "whole", "entire", "do", "does", "let", "via", "people", "say", "says", "said", "called", "named",
        "priority", "tags", "one", "add", "added", "how", "what", "way", "such", "under", "marked", "treat", "treated", "count", "counts",
        "phrase", "item's", "new", "items'", "per", "not", "sprint's", "left", "leave", "alone", "dont", "don't",
    ];

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
        foreach (var clause in new SentenceWords(_lexicon).Clauses(sentence).SelectMany(clause => Reading.SplitAtAnd([.. clause])))
        {
            reading.Take(clause);
        }

        return reading.ToDraft();
    }

    /// <summary>One sentence while it is read.</summary>
    private sealed class Reading(string sentence, SiteNames names)
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
            clause = clause.Count > 1 && Ands.Contains(clause[0].Plain) && !clause[0].IsName ? clause.GetRange(1, clause.Count - 1) : clause;
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

        /// <summary>What to do for what no draft sets; null where the words ask for no such thing.</summary>
        private static string? Withheld(List<SentenceWord> words)
        {
            bool Has(params string[] some) => words.Any(word => some.Contains(word.Plain));
            return Has("prune", "pruning", "delete", "deleted", "deleting", "remove", "removed", "removing", "cleanup")
                ? "To remove what no longer exists in Jira, add Prune = $true to the file, or give -Prune."
                : Has("bypass", "bypassing") || (Has("original", "creation") && Has("date", "dates", "author", "authors", "creator"))
                    ? "To write past the rules of work item types, add BypassRules = $true to the file, or give -BypassRules."
                    : Has("two-way", "bidirectional", "bidirectionally", "twoway") || (Has("both", "two") && Has("ways", "directions", "way"))
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

        private void TakeContents(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            // As a source of a field, a comment is none.
            foreach (var word in clause.Where(word => word.Is(NameKind.Content) && !used.Contains(word)))
            {
                var at = IndexOf(clause, word);
                var isDropped = clause.Take(at).LastOrDefault(before => before.IsName
                    ? !before.Is(NameKind.Content) : Drops.Contains(before.Plain) || before.Plain is "with") is { IsName: false } mark
                    && Drops.Contains(mark.Plain);
                used.Add(word);
                used.UnionWith(isDropped ? clause.Where(one => Drops.Contains(one.Plain)) : []);
                _entries.Add(new DraftEntry(word.Of(NameKind.Content).First(), null, [isDropped ? "$false" : "$true"])
                {
                    Words = WordsOf(clause),
                });
            }
        }

        private bool TakeMapping(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            if (FindMapping(clause, used) is not { } mapping)
            {
                return false;
            }

            var (sources, targets, (from, to)) = mapping;
            used.UnionWith(sources);
            used.UnionWith(targets);
            var first = Math.Min(IndexOf(clause, sources[0]), IndexOf(clause, targets[0]));
            var last = Math.Max(IndexOf(clause, sources[^1]), IndexOf(clause, targets[^1]));
            used.UnionWith(clause.Skip(first).Take(last - first + 1).Where(word => Operators.Contains(word.Plain)));
            var words = WordsOf(clause.Skip(first).Take(last - first + 1).ToList());
            var values = targets.SelectMany(target => target.Of(to).Take(to == NameKind.Relation ? 1 : int.MaxValue)).ToList();
            foreach (var source in sources)
            {
                foreach (var name in source.Of(from))
                {
                    Add(from, name, values, words);
                }
            }

            if (from == NameKind.IssueType && clause.Skip(first).Take(last - first).Any(IsProject))
            {
                // "bugs from SHOP as issues" is about these alone.
                _types.AddRange(sources.SelectMany(source => source.Of(from)));
            }

            return true;
        }

        private void Add(NameKind from, string name, List<string> values, string words)
        {
            switch (from)
            {
                case NameKind.Link or NameKind.LinkInward:
                    AddLink(name, values[0], from == NameKind.LinkInward, words);
                    break;
                case NameKind.IssueType:
                    _entries.Add(new DraftEntry("TypeMapping", name, values) { Words = words });
                    break;
                case NameKind.Category:
                    foreach (var status in StatusesOf(name))
                    {
                        _ofCategories.Add(new DraftEntry("StateMapping", status.Name, values) { Words = words });
                    }

                    break;
                case NameKind.Status:
                    _entries.AddRange(names.Statuses.Select(one => one.Key)
                        .Where(status => Same(status.Name, name)).Take(1)
                        .Select(status => new DraftEntry("StateMapping", status.Name, values) { Words = words }));
                    break;
                default:
                    AddField(values[0], name, words);
                    break;
            }
        }

        private void AddLink(string type, string relation, bool isInward, string words)
        {
            var outward = names.RelationTypes.TryFind(relation, out var found)
                ? isInward ? names.RelationTypes.Opposite(found) : found : null;
            var link = names.LinkTypes.Select(one => one.Key).First(one => Same(one.Name, type));
            var usual = LinkTypeCoverage.Suggest(link, names.RelationTypes);
            var isTurned = outward is { IsDirectional: true } && usual.IsDirectional
                && Same(usual.OppositeReferenceName, outward.ReferenceName);
            _entries.Add(new DraftEntry("LinkTypeMapping", type, [outward?.Name ?? relation])
            {
                Words = words,
                Note = isTurned
                    ? $"This turns the order round: whoever says '{link.Outward}' has the other as {usual.Name} by default."
                    : outward is { IsTree: true } ? $"An item has one {TreeEnd(outward).Name} at most." : null,
            });

            RelationType TreeEnd(RelationType one) => one.IsForward ? names.RelationTypes.Opposite(one) : one;
        }

        private void AddField(string field, string source, string words) =>
            _entries.Add(new DraftEntry("FieldMapping", field, [source])
            {
                Words = words,
                Note = names.WorkItemFields.Any(one => Same(one.Name, field) && one.Kind == FieldKind.Path)
                    ? "What does not exist is not made, unless the file has CreatePaths = $true." : null,
            });

        /// <summary>
        /// "X as Y", and "Y from X": the names next to the operator, on either side, that a mapping connects.
        /// </summary>
        private static (List<SentenceWord> Sources, List<SentenceWord> Targets, (NameKind From, NameKind To) Kinds)? FindMapping(
            List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            for (var at = 1; at < clause.Count - 1; at++)
            {
                if (clause[at].IsName || clause[at].IsQuoted || used.Contains(clause[at]))
                {
                    continue;
                }

                var left = clause.Take(at)
                    .Where(word => word.IsName && !used.Contains(word) && !IsProject(word)).ToList();
                var right = clause.Skip(at + 1).Where(word => word.IsName && !used.Contains(word)).ToList();
                foreach (var (from, to) in Operators.Contains(clause[at].Plain) ? Pairs : [])
                {
                    var isLoose = clause[at].Plain is "in" or "for";
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

                if (FromOperators.Contains(clause[at].Plain))
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
            List<SentenceWord> clause, int at, List<SentenceWord> names, NameKind kind)
        {
            var found = new List<SentenceWord>();
            foreach (var word in names)
            {
                var isNext = found.Count == 0
                    ? clause.Skip(at + 1).TakeWhile(one => one != word).All(one => !one.IsName && Fillers.Contains(one.Plain))
                    : clause[IndexOf(clause, word) - 1].Plain == "or";
                if (!word.Is(kind) || !isNext)
                {
                    break;
                }

                found.Add(word);
            }

            return found;
        }

        /// <summary>"other links as related": what is said of all that nothing else is said of.</summary>
        private bool TakeRest(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            if (FindRest(clause) is not { } rest)
            {
                return false;
            }

            var (target, kind) = rest;
            used.Add(target);
            used.UnionWith(clause.Where(word => Others.Contains(word.Plain) || Lexicon.Stem(word.Plain) is "link" or "type" or "status"));
            _rests.Add((kind, target.Of(kind).ToList(), WordsOf(clause)));
            return true;
        }

        private static (SentenceWord Target, NameKind Kind)? FindRest(List<SentenceWord> clause)
        {
            var isRest = clause.Any(word => Others.Contains(word.Plain))
                || (clause.Any(word => word.Plain is "all" or "every" or "any") && clause.Any(word => word.Plain is "link" or "links"));
            var at = clause.FindLastIndex(word => Operators.Contains(word.Plain) && !word.IsName);
            return isRest && at > 0 && clause.Skip(at + 1).FirstOrDefault(word => word.IsName) is { } target
                ? new[] { NameKind.Relation, NameKind.WorkItemType, NameKind.State }
                    .Where(kind => target.Is(kind))
                    .Select(kind => ((SentenceWord, NameKind)?)(target, kind))
                    .FirstOrDefault()
                : null;
        }

        private void AddRest(NameKind kind, List<string> values, string words)
        {
            var table = kind switch
            {
                NameKind.Relation => "LinkTypeMapping",
                NameKind.WorkItemType => "TypeMapping",
                _ => "StateMapping",
            };
            var said = _entries.Concat(_ofCategories).Where(entry => entry.Table == table).Select(entry => entry.Key!)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            switch (kind)
            {
                case NameKind.Relation:
                    foreach (var type in LinkTypesInUse().Where(name => said.Add(name)))
                    {
                        if (values.Count == 0)
                        {
                            _entries.Add(new DraftEntry(table, type, []) { Words = words });
                        }
                        else
                        {
                            AddLink(type, values[0], isInward: false, words);
                        }
                    }

                    break;
                case NameKind.WorkItemType:
                    _entries.AddRange(names.IssueTypes.Select(one => one.Key.Name)
                        .Where(name => (_types.Count == 0 || _types.Contains(name)) && said.Add(name))
                        .Select(name => new DraftEntry(table, name, values) { Words = words }));
                    break;
                default:
                    _entries.AddRange(names.Statuses.Select(one => one.Key.Name).Where(name => said.Add(name))
                        .Select(name => new DraftEntry(table, name, values) { Words = words }));
                    break;
            }
        }

        /// <summary>"critical is 1", "high and medium as priority 2".</summary>
        private bool TakePriority(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            if (FindPriority(clause, used) is not { } found)
            {
                return false;
            }

            var (sources, number, value) = found;
            used.UnionWith(sources);
            used.Add(number);
            var first = IndexOf(clause, sources[0]);
            var words = WordsOf(clause.Skip(first).Take(IndexOf(clause, number) - first + 1).ToList());
            _entries.AddRange(sources.SelectMany(source => source.Of(NameKind.Priority))
                .Select(name => new DraftEntry("PriorityMapping", name, [value]) { Words = words }));
            return true;
        }

        private static (List<SentenceWord> Sources, SentenceWord Number, string Value)? FindPriority(
            List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var number = clause.LastOrDefault(word => !word.IsName && !used.Contains(word)
                && word.Plain.TrimStart('p') is [>= '1' and <= '9']);
            var sources = number is null ? [] : clause.TakeWhile(word => word != number)
                .Where(word => word.Is(NameKind.Priority) && !used.Contains(word)).ToList();
            return sources.Count > 0 ? (sources, number!, number!.Plain.TrimStart('p')) : null;
        }

        /// <summary>
        /// "done items closed": a status, and the state that it becomes, with nothing between that matters.
        /// </summary>
        private bool TakeAdjective(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            if (FindAdjective(clause, used) is not { } found)
            {
                return false;
            }

            var (source, target) = found;
            used.Add(source);
            used.Add(target);
            var first = IndexOf(clause, source);
            var words = WordsOf(clause.Skip(first).Take(IndexOf(clause, target) - first + 1).ToList());
            var kind = source.Is(NameKind.Category) ? NameKind.Category : NameKind.Status;
            foreach (var name in source.Of(kind))
            {
                Add(kind, name, target.Of(NameKind.State).ToList(), words);
            }

            return true;
        }

        private static (SentenceWord Source, SentenceWord Target)? FindAdjective(
            List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var names = clause.Where(word => word.IsName && !used.Contains(word) && !IsThing(word)).ToList();
            for (var at = 0; at < names.Count - 1; at++)
            {
                if (names[at].Is(NameKind.Category, NameKind.Status) && names[at + 1].Is(NameKind.State)
                    && !names[at + 1].Is(NameKind.IssueType)
                    && clause.Skip(IndexOf(clause, names[at]) + 1).TakeWhile(word => word != names[at + 1])
                        .All(word => Things.Contains(word.Plain) || Fillers.Contains(word.Plain)))
                {
                    return (names[at], names[at + 1]);
                }
            }

            return null;
        }

        /// <summary>"links as our old script had them": the published recipe's own table.</summary>
        private bool TakeRecipe(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var mapping = new LinkTypeMapping(LinkTypePresets.Recipe, names.RelationTypes);
            var said = clause.Where(word => word.Is(NameKind.Link, NameKind.LinkInward) && !used.Contains(word)).ToList();
            var types = said.Count > 0
                ? said.SelectMany(word => word.Of(NameKind.Link).Concat(word.Of(NameKind.LinkInward)))
                : clause.Any(word => word.Plain is "link" or "links" or "relation" or "relations")
                    ? names.LinkTypes.Select(one => one.Key.Name) : [];
            var count = _entries.Count;
            foreach (var type in names.LinkTypes.Select(one => one.Key).Where(type => types.Any(name => Same(name, type.Name))).ToList())
            {
                if (mapping.RuleFor(type).Relation is { } relation)
                {
                    AddLink(type.Name, relation.Name, isInward: false, WordsOf(clause));
                }
            }

            used.UnionWith(_entries.Count > count ? said : []);
            return _entries.Count > count;
        }

        /// <summary>"without epics", "no clones", "priority left alone": what does not come over.</summary>
        private bool TakeDrops(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var at = clause.FindIndex(word => !word.IsName && Drops.Contains(word.Plain) && !used.Contains(word));
            if (at < 0)
            {
                return false;
            }

            var after = clause.Skip(at + 1).Where(word => word.IsName && !used.Contains(word) && !IsThing(word)).ToList();
            var isRest = clause.Any(word => Others.Contains(word.Plain));
            var dropped = after.Count > 0 || isRest ? after
                : clause.Take(at).Where(word => word.IsName && !used.Contains(word) && !IsThing(word)).ToList();
            var words = WordsOf(clause);
            var isDone = false;
            foreach (var word in dropped)
            {
                isDone |= Drop(word, words) && used.Add(word);
            }

            if (dropped.Count == 0 && isRest && clause.Any(word => word.Plain is "link" or "links"))
            {
                _rests.Add((NameKind.Relation, [], words));
                used.UnionWith(clause.Where(word => Others.Contains(word.Plain)));
                isDone = true;
            }

            used.UnionWith(isDone ? clause.Where(word => Drops.Contains(word.Plain) || word.Plain is "out" or "alone") : []);
            return isDone;
        }

        private bool Drop(SentenceWord word, string words)
        {
            switch (word)
            {
                case var _ when word.Is(NameKind.Project):
                    return false;
                case var _ when word.Is(NameKind.IssueType):
                    _noTypes.AddRange(word.Of(NameKind.IssueType));
                    _selectionWords.Add(words);
                    return true;
                case var _ when word.Is(NameKind.Link, NameKind.LinkInward):
                    _entries.AddRange(word.Of(NameKind.Link).Concat(word.Of(NameKind.LinkInward)).Distinct()
                        .Select(name => new DraftEntry("LinkTypeMapping", name, []) { Words = words }));
                    return true;
                case var _ when word.Is(NameKind.Category):
                    var category = word.Of(NameKind.Category).First();
                    _categories.Add(category[0] == '!' ? category[1..] : $"!{category}");
                    _selectionWords.Add(words);
                    return true;
                case var _ when word.Is(NameKind.Status):
                    _noStatuses.AddRange(word.Of(NameKind.Status));
                    _selectionWords.Add(words);
                    return true;
                case var _ when word.Is(NameKind.WorkItemField):
                    _entries.Add(new DraftEntry("FieldMapping", word.Of(NameKind.WorkItemField).First(), []) { Words = words });
                    return true;
                case var _ when FieldOf(word) is { } field:
                    _entries.Add(new DraftEntry("FieldMapping", field, []) { Words = words });
                    return true;
                default:
                    return false;
            }
        }

        /// <summary>The field of work items that a field of Jira fills by default; null where it fills none.</summary>
        private string? FieldOf(SentenceWord word)
        {
            var ids = word.Of(NameKind.JiraField).SelectMany(names.JiraFields.Find).Select(field => field.Id).ToList();
            var field = ids.Contains("labels") ? WorkItemField.Tags
                : ids.Contains("assignee") ? WorkItemField.AssignedTo
                : ids.Contains("priority") ? WorkItemField.Priority
                : null;
            return field is null ? null : names.WorkItemFields.FirstOrDefault(field.Is)?.Name;
        }

        /// <summary>"only blocks links": the other link types do not come over.</summary>
        private bool TakeOnlyLinks(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var links = clause.Where(word => word.Is(NameKind.Link, NameKind.LinkInward) && !used.Contains(word)).ToList();
            if (links.Count == 0 || !clause.Any(word => Onlys.Contains(word.Plain)) || clause.Any(word => word.Is(NameKind.IssueType)))
            {
                return false;
            }

            used.UnionWith(links);
            var kept = links.SelectMany(word => word.Of(NameKind.Link).Concat(word.Of(NameKind.LinkInward)))
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            _entries.AddRange(LinkTypesInUse().Where(name => !kept.Contains(name))
                .Select(name => new DraftEntry("LinkTypeMapping", name, []) { Words = WordsOf(clause) }));
            return true;
        }

        /// <summary>"create missing areas".</summary>
        private bool TakePaths(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var verb = clause.FirstOrDefault(word => word.Plain is "create" or "creating" or "make");
            var paths = clause.Where(word => word.Of(NameKind.WorkItemField)
                .Any(name => names.WorkItemFields.Any(field => field.Name == name && field.Kind == FieldKind.Path))).ToList();
            if (verb is null || paths.Count == 0)
            {
                return false;
            }

            used.UnionWith(paths);
            used.UnionWith(clause.Where(word => word == verb || word.Plain is "missing" or "paths" or "path" or "needed"));
            _entries.Add(new DraftEntry("CreatePaths", null, ["$true"]) { Words = WordsOf(clause) });
            return true;
        }

        private void TakeSelection(List<SentenceWord> clause, HashSet<SentenceWord> used, bool hasMapping)
        {
            var left = clause.Where(word => word.IsName && !used.Contains(word)).ToList();
            var projects = left.Where(IsProject).ToList();
            var types = left.Except(projects).Where(word => word.Is(NameKind.IssueType)).ToList();
            var statuses = left.Except(projects).Except(types).Where(word => word.Is(NameKind.Category, NameKind.Status)).ToList();
            var isSelection = projects.Count > 0 || (!hasMapping && (types.Count > 0
                || (statuses.Count > 0 && clause.Any(word => Things.Contains(word.Plain) || Onlys.Contains(word.Plain)))));
            if (!isSelection)
            {
                return;
            }

            used.UnionWith(projects.Concat(types).Concat(statuses));
            _projects.AddRange(projects.SelectMany(word => word.Of(NameKind.Project)));
            _types.AddRange(types.SelectMany(word => word.Of(NameKind.IssueType)));
            foreach (var word in statuses)
            {
                _categories.AddRange(word.Of(NameKind.Category).Take(1));
                _statuses.AddRange(word.Is(NameKind.Category) ? [] : word.Of(NameKind.Status));
            }

            NoteStatuses(statuses);
            _selectionWords.Add(WordsOf(clause));
            if (types.Count > 1 && clause.Any(word => word.Plain is "their" or "linked" or "related" or "its"))
            {
                _selectionNotes.Add(
                    $"A query can't follow links: every {types[^1].Of(NameKind.IssueType).First()} of the projects is selected, linked or not.");
                used.UnionWith(clause.Where(word => word.Plain is "linked" or "related"));
            }
        }

        /// <summary>"open" is a status where a site has one of that name, and not all that is not done.</summary>
        private void NoteStatuses(List<SentenceWord> words)
        {
            foreach (var name in words.Where(word => !word.Is(NameKind.Category)).SelectMany(word => word.Of(NameKind.Status)))
            {
                var category = names.Statuses.First(one => Same(one.Key.Name, name)).Key.Category;
                var others = names.Statuses.Where(one => !Same(one.Key.Name, name)
                    && (one.Key.Category == category || (category == "new" && one.Key.Category == "indeterminate")))
                    .Select(one => $"'{one.Key.Name}'").ToList();
                if (others.Count > 0)
                {
                    _selectionNotes.Add($"'{name}' is one status; {string.Join(", ", others)} are others"
                        + (category == "done" ? " that are done." : ". 'not done' takes them too."));
                }
            }
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
                clause.Skip(IndexOf(clause, left[0])).Take(IndexOf(clause, left[^1]) - IndexOf(clause, left[0]) + 1).ToList());
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
            var hasOperator = clause.Any(one => !one.IsName && (Operators.Contains(one.Plain) || FromOperators.Contains(one.Plain)));
            var isTarget = clause.Take(at).Any(one => !one.IsName && Operators.Contains(one.Plain));
            (string What, IEnumerable<string> Names)? kind = !hasOperator ? null
                : known.Exists(one => one.Is(NameKind.Link, NameKind.LinkInward)) && isTarget
                    ? ("relation type", names.RelationTypes.All.Where(type => type.IsUsable).Select(type => type.Name))
                : known.Exists(one => one.Is(NameKind.WorkItemField)) ? ("Jira field", names.JiraFields.All.Select(field => field.Name))
                : known.Exists(one => one.Is(NameKind.Relation))
                    ? ("link type", names.LinkTypes.SelectMany(one => new[] { one.Key.Name, one.Key.Outward, one.Key.Inward }))
                : known.Exists(one => one.Is(NameKind.WorkItemType)) ? ("issue type", names.IssueTypes.Select(one => one.Key.Name))
                : known.Exists(one => one.Is(NameKind.Status, NameKind.Category)) && isTarget
                    ? ("state", names.WorkItemTypes.SelectMany(type => type.States).Select(state => state.Name))
                : known.Exists(one => one.Is(NameKind.IssueType)) && isTarget
                    ? ("work item type", names.WorkItemTypes.Select(type => type.Name))
                : known.Exists(one => one.Is(NameKind.JiraField)) ? ("field of work items", names.WorkItemFields.Select(field => field.Name))
                : null;
            return kind is { } found
                ? $"There is no {found.What} '{word.Text}'. {Nearest.Sentence(word.Text, found.Names)}"
                : "These words name nothing of either site.";
        }

        /// <summary>"items", "issues" and the like, which may be the name of a type too.</summary>
        private static bool IsThing(SentenceWord word) => Things.Contains(word.Plain) && !word.IsQuoted;

        private IEnumerable<IssueStatus> StatusesOf(string category) => names.Statuses.Select(one => one.Key)
            .Where(status => category[0] == '!' ? !Same(status.Category, category[1..]) : Same(status.Category, category))
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
