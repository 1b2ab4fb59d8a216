namespace JiraAdoSync.Drafting;

public sealed partial class SentenceReader
{
    // What a clause says of the selection: which issues, and what is left out.
    private sealed partial class Reading
    {
        /// <summary>"without epics", "no clones", "priority left alone": what does not come over.</summary>
        private bool TakeDrops(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var at = clause.FindIndex(word => !word.IsName && Drops.Contains(word.Plain) && !used.Contains(word));
            if (at < 0)
            {
                return false;
            }

            var after = clause.Skip(at + 1).Where(word => word.IsName && !used.Contains(word) && !IsThing(word))
                .ToList();
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

            used.UnionWith(isDone
                ? clause.Where(word => Drops.Contains(word.Plain) || word.Plain is "out" or "alone")
                : []);
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
                    _entries.Add(new DraftEntry("FieldMapping", word.Of(NameKind.WorkItemField).First(), [])
                    {
                        Words = words,
                    });
                    return true;
                case var _ when FieldOf(word) is { } field:
                    _entries.Add(new DraftEntry("FieldMapping", field, []) { Words = words });
                    return true;
                default:
                    return false;
            }
        }

        /// <summary>"only blocks links": the other link types do not come over.</summary>
        private bool TakeOnlyLinks(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var links = clause.Where(word => word.Is(NameKind.Link, NameKind.LinkInward) && !used.Contains(word))
                .ToList();
            if (links.Count == 0
                || !clause.Any(word => Onlys.Contains(word.Plain))
                || clause.Any(word => word.Is(NameKind.IssueType)))
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

        private void TakeSelection(List<SentenceWord> clause, HashSet<SentenceWord> used, bool hasMapping)
        {
            var left = clause.Where(word => word.IsName && !used.Contains(word)).ToList();
            var projects = left.Where(IsProject).ToList();
            var types = left.Except(projects).Where(word => word.Is(NameKind.IssueType)).ToList();
            var statuses = left.Except(projects).Except(types)
                .Where(word => word.Is(NameKind.Category, NameKind.Status)).ToList();
            var isSelection = projects.Count > 0 || (!hasMapping && (types.Count > 0
                || (statuses.Count > 0
                    && clause.Any(word => Things.Contains(word.Plain) || Onlys.Contains(word.Plain)))));
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
            foreach (var name in words
                .Where(word => !word.Is(NameKind.Category))
                .SelectMany(word => word.Of(NameKind.Status)))
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
    }
}
