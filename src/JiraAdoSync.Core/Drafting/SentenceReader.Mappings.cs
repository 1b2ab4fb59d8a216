using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Drafting;

public sealed partial class SentenceReader
{
    // What a clause says of mappings: what one thing becomes.
    private sealed partial class Reading
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
            var values = targets.SelectMany(target => target.Of(to).Take(to == NameKind.Relation ? 1 : int.MaxValue))
                .ToList();
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
        private static (List<SentenceWord> Sources, List<SentenceWord> Targets, (NameKind From, NameKind To) Kinds)?
            FindMapping(
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
                    ? clause.Skip(at + 1).TakeWhile(one => one != word)
                        .All(one => !one.IsName && Fillers.Contains(one.Plain))
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
            used.UnionWith(clause.Where(
                word => Others.Contains(word.Plain) || Lexicon.Stem(word.Plain) is "link" or "type" or "status"));
            _rests.Add((kind, target.Of(kind).ToList(), WordsOf(clause)));
            return true;
        }

        private static (SentenceWord Target, NameKind Kind)? FindRest(List<SentenceWord> clause)
        {
            var isRest = clause.Any(word => Others.Contains(word.Plain))
                || (clause.Any(word => word.Plain is "all" or "every" or "any")
                    && clause.Any(word => word.Plain is "link" or "links"));
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
            var said = clause.Where(word => word.Is(NameKind.Link, NameKind.LinkInward) && !used.Contains(word))
                .ToList();
            var types = said.Count > 0
                ? said.SelectMany(word => word.Of(NameKind.Link).Concat(word.Of(NameKind.LinkInward)))
                : clause.Any(word => word.Plain is "link" or "links" or "relation" or "relations")
                    ? names.LinkTypes.Select(one => one.Key.Name) : [];
            var count = _entries.Count;
            foreach (var type in names.LinkTypes.Select(one => one.Key)
                .Where(type => types.Any(name => Same(name, type.Name)))
                .ToList())
            {
                if (mapping.RuleFor(type).Relation is { } relation)
                {
                    AddLink(type.Name, relation.Name, isInward: false, WordsOf(clause));
                }
            }

            used.UnionWith(_entries.Count > count ? said : []);
            return _entries.Count > count;
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

        /// <summary>"create missing areas".</summary>
        private bool TakePaths(List<SentenceWord> clause, HashSet<SentenceWord> used)
        {
            var verb = clause.FirstOrDefault(word => word.Plain is "create" or "creating" or "make");
            var paths = clause.Where(word => word.Of(NameKind.WorkItemField)
                .Any(name => names.WorkItemFields.Any(field => field.Name == name && field.Kind == FieldKind.Path)))
                .ToList();
            if (verb is null || paths.Count == 0)
            {
                return false;
            }

            used.UnionWith(paths);
            used.UnionWith(clause.Where(
                word => word == verb || word.Plain is "missing" or "paths" or "path" or "needed"));
            _entries.Add(new DraftEntry("CreatePaths", null, ["$true"]) { Words = WordsOf(clause) });
            return true;
        }
    }
}
