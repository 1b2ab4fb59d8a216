using JiraAdoSync.AzureDevOps;
using static JiraAdoSync.Drafting.Vocabulary;

namespace JiraAdoSync.Drafting;

/// <summary>Reads what clauses say of which issues are to be synced, and of what is left out.</summary>
/// <param name="names">The names that both sites have.</param>
/// <param name="draft">Takes what is understood.</param>
internal sealed class SelectionReader(SiteNames names, DraftInProgress draft)
{
    /// <summary>"without epics", "no clones", "priority left alone": what does not come over.</summary>
    public bool TakeDrops(Clause clause)
    {
        var at = clause.Words.FindIndex(word =>
            !word.IsName && Drops.Contains(word.Plain) && !clause.Used.Contains(word));
        if (at < 0)
        {
            return false;
        }

        var after = clause.OpenNames.Where(word => clause.IndexOf(word) > at && !word.IsThing).ToList();
        var isRest = clause.Has(Others);
        var dropped = after.Count > 0 || isRest ? after
            : clause.OpenNames.Where(word => clause.IndexOf(word) < at && !word.IsThing).ToList();
        var words = clause.Text;
        var isDone = false;
        foreach (var word in dropped)
        {
            isDone |= Drop(word, words) && clause.Used.Add(word);
        }

        if (dropped.Count == 0 && isRest && clause.Has("link", "links"))
        {
            draft.Rests.Add((NameKind.Relation, [], words));
            clause.Used.UnionWith(clause.Words.Where(word => Others.Contains(word.Plain)));
            isDone = true;
        }

        clause.Used.UnionWith(isDone
            ? clause.Words.Where(word => Drops.Contains(word.Plain) || word.Plain is "out" or "alone")
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
                draft.NoTypes.AddRange(word.Of(NameKind.IssueType));
                draft.SelectionWords.Add(words);
                return true;
            case var _ when word.Is(NameKind.Link, NameKind.LinkInward):
                draft.Entries.AddRange(word.Of(NameKind.Link).Concat(word.Of(NameKind.LinkInward)).Distinct()
                    .Select(name => new DraftEntry("LinkTypeMapping", name, []) { Words = words }));
                return true;
            case var _ when word.Is(NameKind.Category):
                var category = word.Of(NameKind.Category).First();
                draft.Categories.Add(category[0] == '!' ? category[1..] : $"!{category}");
                draft.SelectionWords.Add(words);
                return true;
            case var _ when word.Is(NameKind.Status):
                draft.NoStatuses.AddRange(word.Of(NameKind.Status));
                draft.SelectionWords.Add(words);
                return true;
            case var _ when word.Is(NameKind.WorkItemField):
                var name = word.Of(NameKind.WorkItemField).First();
                draft.Entries.Add(new DraftEntry("FieldMapping", name, []) { Words = words });
                return true;
            case var _ when FieldOf(word) is { } field:
                draft.Entries.Add(new DraftEntry("FieldMapping", field, []) { Words = words });
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
    public bool TakeOnlyLinks(Clause clause)
    {
        var links = clause.OpenNames.Where(word => word.Is(NameKind.Link, NameKind.LinkInward)).ToList();
        if (links.Count == 0 || !clause.Has(Onlys) || clause.Words.Any(word => word.Is(NameKind.IssueType)))
        {
            return false;
        }

        clause.Used.UnionWith(links);
        var kept = links.SelectMany(word => word.Of(NameKind.Link).Concat(word.Of(NameKind.LinkInward)))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        draft.Entries.AddRange(draft.LinkTypesInUse().Where(name => !kept.Contains(name))
            .Select(name => new DraftEntry("LinkTypeMapping", name, []) { Words = clause.Text }));
        return true;
    }

    /// <summary>Takes the issues that it selects.</summary>
    public void Take(Clause clause, bool hasMapping)
    {
        var left = clause.OpenNames.ToList();
        var projects = left.Where(word => word.IsProject).ToList();
        var types = left.Except(projects).Where(word => word.Is(NameKind.IssueType)).ToList();
        var statuses = left.Except(projects).Except(types)
            .Where(word => word.Is(NameKind.Category, NameKind.Status)).ToList();
        var isSelection = projects.Count > 0 || (!hasMapping && (types.Count > 0
            || (statuses.Count > 0 && (clause.Has(Things) || clause.Has(Onlys)))));
        if (!isSelection)
        {
            return;
        }

        clause.Used.UnionWith(projects.Concat(types).Concat(statuses));
        draft.Projects.AddRange(projects.SelectMany(word => word.Of(NameKind.Project)));
        draft.Types.AddRange(types.SelectMany(word => word.Of(NameKind.IssueType)));
        foreach (var word in statuses)
        {
            draft.Categories.AddRange(word.Of(NameKind.Category).Take(1));
            draft.Statuses.AddRange(word.Is(NameKind.Category) ? [] : word.Of(NameKind.Status));
        }

        NoteStatuses(statuses);
        draft.SelectionWords.Add(clause.Text);
        if (types.Count > 1 && clause.Has("their", "linked", "related", "its"))
        {
            draft.SelectionNotes.Add(
                $"A query can't follow links: every {types[^1].Of(NameKind.IssueType).First()} of the projects is selected, "
                + "linked or not.");
            clause.Used.UnionWith(clause.Words.Where(word => word.Plain is "linked" or "related"));
        }
    }

    /// <summary>"open" is a status where a site has one of that name, and not all that is not done.</summary>
    private void NoteStatuses(List<SentenceWord> words)
    {
        foreach (var name in words.Where(word => !word.Is(NameKind.Category))
            .SelectMany(word => word.Of(NameKind.Status)))
        {
            var category = names.Statuses.First(one => Same(one.Key.Name, name)).Key.Category;
            var others = names.Statuses.Where(one => !Same(one.Key.Name, name)
                && (one.Key.Category == category || (category == "new" && one.Key.Category == "indeterminate")))
                .Select(one => $"'{one.Key.Name}'").ToList();
            if (others.Count > 0)
            {
                draft.SelectionNotes.Add($"'{name}' is one status; {string.Join(", ", others)} are others"
                    + (category == "done" ? " that are done." : ". 'not done' takes them too."));
            }
        }
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
