using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;

namespace JiraAdoSync.Mapping.WorkItems;

/// <summary>
/// Works out what the plain fields of an issue's work item should be. What can't be used is reported once for each
/// field, and the field is left as it is; a person who is unknown leaves a field empty.
/// </summary>
/// <param name="fields">Which fields, and where from.</param>
/// <param name="states">Which state a status becomes.</param>
/// <param name="people">Who somebody is.</param>
/// <param name="project">The project's name, which is the root of its areas and iterations.</param>
/// <param name="issues">The issues that are mapped.</param>
internal sealed class WorkItemMapper(
    FieldMapping fields,
    StateMapping states,
    PeopleMapping people,
    string project,
    IReadOnlyCollection<Replica> issues)
{
    private const int TitleLimit = 255;

    private readonly MappingNotes _notes = new();

    /// <summary>Notes about values that no field takes.</summary>
    private readonly MappingNotes _unread = new();
    private readonly Dictionary<string, IReadOnlyDictionary<string, double>> _ranks = [];
    private int _ranked;

    /// <summary>Sentences about values that do not arrive as they are, one a kind, field and type.</summary>
    public IEnumerable<string> Problems => _notes.Sentences();

    /// <summary>
    /// Grows with each issue about which there is something to say, or whose fields depend on other issues. Of any other
    /// the same values are made again, whenever it is mapped.
    /// </summary>
    public int Remarks => _notes.Count + _ranked;

    /// <summary>What the work item of an issue should be.</summary>
    /// <param name="replica">The issue.</param>
    /// <param name="type">The type that the work item has, or is to have.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c>.</exception>
    public DesiredWorkItem Map(Replica replica, WorkItemType type)
    {
        var (values, atCreation) = (new Table<object?>(), new Table<object?>());
        var unknown = new List<string>();
        var rules = fields.RulesFor(type);
        foreach (var rule in rules.Plain)
        {
            var value = rule.Source.ValueOf(replica, rule.Field, _notes);
            if (value == FieldSource.Leave)
            {
                continue;
            }

            if (TryConvert(replica, rule, value, unknown, out var converted))
            {
                (rule.Field.NeedsBypass ? atCreation : values)[rule.Field.ReferenceName] = converted;
            }
            else
            {
                _notes.Unusable(rule.Field.Name, replica.Key, value);
            }
        }

        // Of a type without a workflow nothing is known, its fields included.
        if (type.States.Count > 0)
        {
            NoteMissing(replica, type, rules.Missing);
        }

        if (!fields.Has(WorkItemField.State) && states.StateOf(replica, type) is { } state)
        {
            values[WorkItemField.State.ReferenceName] = state;
        }

        return new DesiredWorkItem
        {
            Replica = replica,
            WorkItemType = type.Name,
            Fields = DesiredValues.Of(values),
            AtCreation = atCreation,
            UnknownPeople = unknown,
        };
    }

    private void NoteMissing(Replica replica, WorkItemType type, IReadOnlyList<FieldRule> missing)
    {
        foreach (var rule in missing)
        {
            var value = rule.Source.ValueOf(replica, rule.Field, _unread);
            if (value != FieldSource.Leave && !FieldValue.IsEmpty(value) && value is not 0.0)
            {
                _notes.NoField(rule.Field.Name, type.Name, replica.Key, value);
            }
        }
    }

    private bool TryConvert(Replica replica, FieldRule rule, object? value, List<string> unknown, out object? converted)
    {
        switch (rule.Field.Kind)
        {
            case FieldKind.Person:
                return TryToPerson(replica, rule.Field, value, unknown, out converted);
            case FieldKind.Path:
                converted = null;
                if (FieldValue.TryToPath(value, rule.Source is JiraFieldSource { Values: null }, project, out var path))
                {
                    converted = path;
                    Note(rule, value, path);
                }

                return converted is not null;
            case FieldKind.Tags:
                return TryToTags(replica, value, out converted);
            case FieldKind.Number when value is string text && LexoRank.ToNumber(text) is { } rank:
                converted = RanksOf(rule.Source).GetValueOrDefault(text, rank);
                return true;
        }

        if (!FieldValue.TryConvert(value, rule.Field.Kind, rule.Source.IsOfJira, out converted))
        {
            return false;
        }

        if (rule.Field.Is(WorkItemField.Title))
        {
            converted = TitleOf(replica, (string?)converted);
        }

        return true;
    }

    /// <summary>The first of several people: a field takes one.</summary>
    private bool TryToPerson(
        Replica replica, WorkItemField field, object? value, List<string> unknown, out object? converted)
    {
        converted = null;
        if (value is null)
        {
            return true;
        }

        var several = FieldValue.Several(value).Where(one => !FieldValue.IsEmpty(one)).ToList();
        var found = several.Where(one => JiraPerson.Of(one) is not null).ToList();
        if (found.Count == 0)
        {
            return several.Count == 0;
        }

        if (several.Count > 1)
        {
            _notes.MorePeople(field.Name, replica.Key, several.Where(one => one != found[0])
                .Select(one => JiraPerson.Of(one)?.ToString() ?? FieldValue.Describe(one)).ToList());
        }

        if (!people.TryMap(found[0], out var person))
        {
            unknown.Add(JiraPerson.Of(found[0])!.ToString());
        }

        converted = person;
        return true;
    }

    /// <summary>
    /// Labels as tags: at most as many as a work item takes, on one line, dashes instead of the signs that part tags.
    /// </summary>
    private bool TryToTags(Replica replica, object? value, out object? converted)
    {
        if (FieldValue.IsEmpty(value))
        {
            converted = string.Empty;
            return true;
        }

        var several = FieldValue.Several(value).Where(one => !FieldValue.IsEmpty(one)).ToList();
        converted = several.Count == 0 ? string.Empty : null;
        var labels = several.Select(FieldValue.ToText).OfType<string>().ToList();
        if (labels.Count == 0)
        {
            return several.Count == 0;
        }

        foreach (var lost in several.Where(one => FieldValue.ToText(one) is null))
        {
            _notes.Unusable(WorkItemField.Tags.Name, replica.Key, lost);
        }

        var tags = labels.Select(ToTag).Where(tag => tag.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (tags.Count > FieldValue.TagLimit)
        {
            _notes.TooManyTags(replica.Key, tags.Skip(FieldValue.TagLimit).ToList());
        }

        converted = TagList.Join(tags.Take(FieldValue.TagLimit));
        return true;
    }

    private string ToTag(string label)
    {
        var tag = PlainText.TagOf(label);
        if (tag != label.Trim())
        {
            _notes.ChangedTag(label.Trim(), tag);
        }

        return tag;
    }

    private void Note(FieldRule rule, object? value, string path)
    {
        if (rule.Source is JiraFieldSource { Values: null } && path != project)
        {
            var counts = FieldValue.Current(FieldValue.Several(value).Where(one => !FieldValue.IsEmpty(one)).ToList());
            _notes.Node(rule.Field.Name, path, FieldValue.ToText(counts)!);
        }
    }

    private IReadOnlyDictionary<string, double> RanksOf(FieldSource source)
    {
        _ranked++;
        var name = (source as JiraFieldSource)?.Name ?? string.Empty;
        if (!_ranks.TryGetValue(name, out var ranks))
        {
            ranks = LexoRank.Apart(issues.Select(issue => FieldValue.Read(issue, name)).OfType<string>());
            _ranks.Add(name, ranks);
        }

        return ranks;
    }

    /// <summary>The summary on one line, as long as a title may be; the key where it is empty.</summary>
    internal static string TitleOf(Replica replica, string? summary)
    {
        var title = PlainText.OneLine(summary ?? string.Empty);
        return title.Length == 0 ? replica.Key : PlainText.Cut(title, TitleLimit);
    }
}
