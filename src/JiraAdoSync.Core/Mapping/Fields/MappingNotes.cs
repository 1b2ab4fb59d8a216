using System.Globalization;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// What of Jira's values does not arrive as it is, collected while issues are mapped: one sentence for each kind, field
/// and type, never one for each issue.
/// </summary>
internal sealed class MappingNotes
{
    private readonly SortedDictionary<string, Note> _unusable = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedDictionary<string, int>> _lacking = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Field, string Type), Note> _noField = [];
    private readonly SortedDictionary<string, Note> _morePeople = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (int Number, int Count)> _byOrder = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _noPriority = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (string Tag, int Count)> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, SortedSet<string>>> _nodes = [];

    private Note? _tooManyTags;

    /// <summary>How many notes were made, whether or not they are sentences of their own.</summary>
    public int Count { get; private set; }

    /// <summary>The sentences.</summary>
    public IEnumerable<string> Sentences()
    {
        foreach (var (field, note) in _unusable)
        {
            yield return $"{Amount.Of(note.Count)} {(note.Count == 1 ? "issue has a value" : "issues have values")} that '{field}' can't take, "
                + $"so it is left as it is there; the first is {note.Key} with '{note.Value}'.";
        }

        foreach (var (field, values) in _lacking)
        {
            yield return $"The Map of '{field}' lacks values that issues have, which are left out: {Counts(values)}.";
        }

        foreach (var ((field, type), note) in _noField)
        {
            yield return $"'{type}' has no field for '{field}', so it is left out of {Issues(note.Count)}; the first is "
                + $"{note.Key} with '{note.Value}'.";
        }

        foreach (var (field, note) in _morePeople)
        {
            yield return $"'{field}' takes one person, so that of {Issues(note.Count)} only the first is used; {note.Key} "
                + $"leaves out {note.Value}, for one.";
        }

        if (_byOrder.Count > 0)
        {
            var numbers = _byOrder.Select(one => $"'{one.Key}' is {one.Value.Number} ({Issues(one.Value.Count)})");
            yield return "These priorities are mapped by their order in Jira's list; -PriorityMapping says otherwise: "
                + $"{string.Join(", ", numbers)}.";
        }

        if (_noPriority.Count > 0)
        {
            yield return "Nothing says what these priorities become, so the work items keep theirs; give -PriorityMapping: "
                + $"{Counts(_noPriority)}.";
        }

        if (_tags.Count > 0)
        {
            var changed = _tags.Take(5).Select(one => $"'{one.Key}' as '{one.Value.Tag}' ({Issues(one.Value.Count)})");
            yield return $"{Amount.Of(_tags.Count)} {(_tags.Count == 1 ? "label has" : "labels have")} what no tag may have, and arrive"
                + $"{(_tags.Count == 1 ? "s" : string.Empty)} changed: {string.Join(", ", changed)}"
                + $"{(_tags.Count > 5 ? " and more" : string.Empty)}.";
        }

        if (_tooManyTags is { } tags)
        {
            yield return $"{Issues(tags.Count)} {(tags.Count == 1 ? "has" : "have")} more labels than the "
                + $"{FieldValue.TagLimit} tags of a work item; {tags.Key} leaves out {tags.Value}, for one.";
        }

        foreach (var (field, path, names) in
            from nodes in _nodes.OrderBy(one => one.Key, StringComparer.Ordinal)
            from node in nodes.Value
            where node.Value.Count > 1
            select (nodes.Key, node.Key, node.Value))
        {
            yield return $"Several names of Jira are one '{field}', '{path}': '{string.Join("', '", names)}'.";
        }
    }

    /// <summary>A value that a field can't take.</summary>
    public void Unusable(string field, string key, object? value) =>
        Add(_unusable, field, key, () => FieldValue.Describe(value));

    /// <summary>A value that a field's table lacks.</summary>
    public void Lacks(string field, string value)
    {
        Count++;
        if (!_lacking.TryGetValue(field, out var values))
        {
            _lacking.Add(field, values = new SortedDictionary<string, int>(StringComparer.Ordinal));
        }

        values[value] = values.GetValueOrDefault(value) + 1;
    }

    /// <summary>A value for which a type has no field.</summary>
    public void NoField(string field, string type, string key, object? value) =>
        Add(_noField, (field, type), key, () => FieldValue.Describe(value));

    /// <summary>People beside the first one.</summary>
    public void MorePeople(string field, string key, IReadOnlyList<string> left) =>
        Add(_morePeople, field, key, () => string.Join(", ", left));

    /// <summary>A priority that is mapped by its position in the site's list.</summary>
    public void ByOrder(string priority, int number)
    {
        Count++;
        _byOrder[priority] = (number, _byOrder.GetValueOrDefault(priority).Count + 1);
    }

    /// <summary>A priority of which nothing is known.</summary>
    public void NoPriority(string priority)
    {
        Count++;
        _noPriority[priority] = _noPriority.GetValueOrDefault(priority) + 1;
    }

    /// <summary>A label that is another text as a tag.</summary>
    public void ChangedTag(string label, string tag)
    {
        Count++;
        _tags[label] = (tag, _tags.GetValueOrDefault(label).Count + 1);
    }

    /// <summary>Labels beyond what a work item takes.</summary>
    public void TooManyTags(string key, IReadOnlyList<string> left)
    {
        Count++;
        _tooManyTags = _tooManyTags is { } note
            ? note with { Count = note.Count + 1 }
            : new Note(1, key, left.Count > 3 ? $"{Amount.Of(left.Count)} of them" : $"'{string.Join("', '", left)}'");
    }

    /// <summary>A name that is a node.</summary>
    public void Node(string field, string path, string name)
    {
        Count++;
        if (!_nodes.TryGetValue(field, out var nodes))
        {
            _nodes.Add(
                field,
                nodes = new SortedDictionary<string, SortedSet<string>>(StringComparer.OrdinalIgnoreCase));
        }

        if (!nodes.TryGetValue(path, out var names))
        {
            nodes.Add(path, names = new SortedSet<string>(StringComparer.OrdinalIgnoreCase));
        }

        names.Add(name.Trim());
    }

    private void Add<T>(SortedDictionary<T, Note> notes, T about, string key, Func<string> value)
        where T : notnull
    {
        Count++;
        notes[about] = notes.TryGetValue(about, out var note)
            ? note with { Count = note.Count + 1 }
            : new Note(1, key, value());
    }

    private static string Counts(SortedDictionary<string, int> values) =>
        string.Join(", ", values.OrderByDescending(one => one.Value).Take(20)
            .Select(one => $"'{one.Key}' ({Issues(one.Value)})"))
        + (values.Count > 20 ? " and more" : string.Empty);

    private static string Issues(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{Amount.Of(count)} {(count == 1 ? "issue" : "issues")}");

    /// <summary>How many issues have it, and what the first one is.</summary>
    private sealed record Note(int Count, string Key, string Value);
}
