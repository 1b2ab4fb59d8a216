using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Drafting;

/// <summary>What a name in a sentence may be.</summary>
internal enum NameKind
{
    Project,
    IssueType,
    Status,

    /// <summary>All statuses of a category; with <c>!</c> before its key all others.</summary>
    Category,

    /// <summary>A link type, said from the issue that has the outward phrase.</summary>
    Link,

    /// <summary>A link type, said from the other end.</summary>
    LinkInward,
    Priority,
    JiraField,
    WorkItemType,
    State,
    Relation,
    WorkItemField,

    /// <summary>What a switch adds: comments, attachments, web links.</summary>
    Content,
}

/// <summary>One thing that a name in a sentence may be.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name as a profile has it.</param>
internal sealed record Meaning(NameKind Kind, string Name);

/// <summary>
/// The names of both sites as people write them: in any case, singular or plural, with or without dashes; a phrase
/// without its "is". Beside them a few words of every site: "tags", "sub-tasks", "done".
/// </summary>
internal sealed class Lexicon
{
    private const int LongestName = 8;

    private readonly Dictionary<string, List<Meaning>> _meanings = [];

    public Lexicon(SiteNames names)
    {
        AddAll(names.IssueTypes.Select(one => one.Key.Name), NameKind.IssueType);
        AddAll(names.Statuses.Select(one => one.Key.Name), NameKind.Status);
        AddAll(names.Priorities, NameKind.Priority);
        AddAll(names.WorkItemTypes.Select(type => type.Name), NameKind.WorkItemType);
        AddAll(
            names.WorkItemTypes.SelectMany(type => type.States).Select(state => state.Name).Distinct(),
            NameKind.State);
        foreach (var (key, name) in names.Projects)
        {
            Add(key, NameKind.Project, key);
            Add(name, NameKind.Project, key);
        }

        AddLinks(names);
        AddFields(names);
        AddCommonWords(names);
    }

    /// <summary>What some words may be together; nothing where they are no name.</summary>
    /// <param name="words">The words.</param>
    public IReadOnlyList<Meaning> Find(IReadOnlyList<string> words) =>
        words.Count <= LongestName && _meanings.TryGetValue(Fold(words), out var found) ? found
            : words.Count == 1 ? FindLink(Stem(words[0])) : [];

    /// <summary>The words of a text: its letters and digits.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string> Words(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var at = 0; at <= text.Length; at++)
        {
            var isPart = at < text.Length && char.IsLetterOrDigit(text[at]);
            if (isPart && start < 0)
            {
                start = at;
            }
            else if (!isPart && start >= 0)
            {
                words.Add(text[start..at]);
                start = -1;
            }
        }

        return words;
    }

    /// <summary>What a word shares with its plural.</summary>
    /// <param name="word">The word.</param>
    public static string Stem(string word)
    {
        var plain = word.ToLowerInvariant();
        return plain.Length > 4 && plain.EndsWith("ies", StringComparison.Ordinal) ? plain[..^3] + "y"
            : plain.Length > 3 && plain[^1] == 's' && plain[^2] is not ('s' or 'u' or 'i') ? plain[..^1]
            : plain;
    }

    private static string Fold(IReadOnlyList<string> words) => Stem(string.Concat(words.Select(Stem)));

    private void AddAll(IEnumerable<string> names, NameKind kind)
    {
        foreach (var name in names)
        {
            Add(name, kind, name);
        }
    }

    private void Add(string said, NameKind kind, string name)
    {
        var words = Words(said);
        if (words.Count is 0 or > LongestName)
        {
            return;
        }

        var key = Fold(words);
        if (!_meanings.TryGetValue(key, out var found))
        {
            _meanings.Add(key, found = []);
        }

        var meaning = new Meaning(kind, name);
        if (!found.Contains(meaning))
        {
            found.Add(meaning);
        }
    }

    private void AddUnlessNamed(string said, NameKind kind, string name, params NameKind[] others)
    {
        if (!_meanings.TryGetValue(Fold(Words(said)), out var found) || !found.Exists(one => others.Contains(one.Kind)))
        {
            Add(said, kind, name);
        }
    }

    private void AddLinks(SiteNames names)
    {
        foreach (var type in names.LinkTypes.Select(one => one.Key))
        {
            Add(type.Name, NameKind.Link, type.Name);
            AddPhrase(type.Outward, NameKind.Link, type.Name);
            if (!type.Inward.Equals(type.Outward, StringComparison.OrdinalIgnoreCase))
            {
                AddPhrase(type.Inward, NameKind.LinkInward, type.Name);
            }
        }

        foreach (var relation in names.RelationTypes.All.Where(type => type.IsUsable))
        {
            Add(relation.Name, NameKind.Relation, relation.Name);
            Add(relation.ReferenceName, NameKind.Relation, relation.Name);
            Add(
                relation.ReferenceName[(relation.ReferenceName.LastIndexOf('.') + 1)..],
                NameKind.Relation,
                relation.Name);
        }
    }

    /// <summary>A phrase, and what is left of "is blocked by" where somebody writes "blocked by".</summary>
    private void AddPhrase(string phrase, NameKind kind, string name)
    {
        Add(phrase, kind, name);
        var words = Words(phrase);
        if (words.Count > 2 && words[0].ToLowerInvariant() is "is" or "are" or "was" or "has")
        {
            Add(string.Join(' ', words.Skip(1)), kind, name);
        }
    }

    private void AddFields(SiteNames names)
    {
        foreach (var field in names.JiraFields.All)
        {
            // Several fields of a name go by their ids.
            var isAlone = names.JiraFields.Find(field.Name).Count == 1;
            Add(field.Name, NameKind.JiraField, isAlone ? field.Name : field.Id);
            Add(field.Id, NameKind.JiraField, isAlone ? field.Name : field.Id);
        }

        foreach (var field in names.WorkItemFields)
        {
            Add(field.Name, NameKind.WorkItemField, field.Name);
            Add(field.ReferenceName, NameKind.WorkItemField, field.Name);
            foreach (var alias in field switch
            {
                _ when field.Is(WorkItemField.AreaPath) => ["area"],
                _ when field.Is(WorkItemField.IterationPath) => ["iteration"],
                _ when field.Is(WorkItemField.AssignedTo) => ["assigned person"],
                _ => Array.Empty<string>(),
            })
            {
                Add(alias, NameKind.WorkItemField, field.Name);
            }
        }
    }

    private void AddCommonWords(SiteNames names)
    {
        foreach (var type in names.IssueTypes.Select(one => one.Key).Where(type => type.IsSubtask))
        {
            Add("sub-task", NameKind.IssueType, type.Name);
        }

        Alias("user story", "Story");
        Alias("defect", "Bug");
        Add("comment", NameKind.Content, "IncludeComments");
        AddUnlessNamed("history", NameKind.Content, "IncludeHistory", NameKind.JiraField);
        AddUnlessNamed("change history", NameKind.Content, "IncludeHistory", NameKind.JiraField);
        Add("attachment", NameKind.Content, "IncludeAttachments");
        AddUnlessNamed("file", NameKind.Content, "IncludeAttachments", NameKind.JiraField);
        Add("web link", NameKind.Content, "IncludeWebLinks");
        Add("done", NameKind.Category, "done");
        AddUnlessNamed("finished", NameKind.Category, "done", NameKind.Status);
        AddUnlessNamed("completed", NameKind.Category, "done", NameKind.Status);
        AddUnlessNamed("closed", NameKind.Category, "done", NameKind.Status);
        AddUnlessNamed("resolved", NameKind.Category, "done", NameKind.Status);
        AddUnlessNamed("to do", NameKind.Category, "new", NameKind.Status);
        AddUnlessNamed("in progress", NameKind.Category, "indeterminate", NameKind.Status);
        AddUnlessNamed("open", NameKind.Category, "!done", NameKind.Status);
        foreach (
            var said in new[]
            {
                "not done",
                "not finished",
                "not completed",
                "not closed",
                "not resolved",
                "unresolved",
                "unfinished",
                "still open",
            })
        {
            Add(said, NameKind.Category, "!done");
        }

        void Alias(string said, string type)
        {
            if (names.IssueTypes.Any(one => one.Key.Name.Equals(type, StringComparison.OrdinalIgnoreCase)))
            {
                AddUnlessNamed(said, NameKind.IssueType, type, NameKind.IssueType);
            }
        }
    }

    /// <summary>
    /// Of a word that is no name, the link type that begins as it does: "clones" is what Cloners is about.
    /// </summary>
    private IReadOnlyList<Meaning> FindLink(string word)
    {
        const int Shared = 5;
        return word.Length < Shared ? []
            : _meanings
                .Where(one =>
                    one.Key.Length >= Shared
                    && (
                        one.Key.StartsWith(word, StringComparison.Ordinal)
                        || word.StartsWith(one.Key, StringComparison.Ordinal)))
                .SelectMany(one => one.Value)
                .Where(meaning => meaning.Kind == NameKind.Link && Words(meaning.Name).Count == 1)
                .Distinct()
                .ToList()
                is [var only]
                ? [only]
            : [];
    }
}
