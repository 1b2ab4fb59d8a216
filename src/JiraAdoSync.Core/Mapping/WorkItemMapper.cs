using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Mapping;

/// <summary>
/// Works out what the plain fields of an issue's work item should be. What can't be used is told once for each field,
/// and the field is left as it is; a person who is unknown leaves a field empty.
/// </summary>
/// <param name="fields">Which fields, and where from.</param>
/// <param name="states">Which state a status becomes.</param>
/// <param name="people">Who somebody is.</param>
/// <param name="project">The project's name, which is the root of its areas and iterations.</param>
internal sealed class WorkItemMapper(FieldMapping fields, StateMapping states, PeopleMapping people, string project)
{
    private const int TitleLimit = 255;
    private const int TagLimit = 400;

    private readonly SortedDictionary<string, (int Count, string Key, string? Value)> _unusable = new(
        StringComparer.Ordinal);

    /// <summary>Sentences about values that no field could take, one a field.</summary>
    public IEnumerable<string> Problems => _unusable.Select(one =>
        $"{one.Value.Count} {(one.Value.Count == 1 ? "issue has a value" : "issues have values")} that '{one.Key}' can't take, so it is "
        + $"left as it is there; the first is {one.Value.Key} with '{one.Value.Value}'.");

    /// <summary>What the work item of an issue should be.</summary>
    /// <param name="replica">The issue.</param>
    /// <param name="type">The type that the work item has, or is to have.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c>.</exception>
    public DesiredWorkItem Map(Replica replica, WorkItemType type)
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        var atCreation = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        var unknown = new List<string>();
        foreach (var rule in fields.RulesFor(type))
        {
            var value = rule.Source.ValueOf(replica);
            if (value != FieldSource.Leave && TryConvert(replica, rule, value, unknown, out var converted))
            {
                (rule.Field.NeedsBypass ? atCreation : values)[rule.Field.ReferenceName] = converted;
            }
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

    private bool TryConvert(Replica replica, FieldRule rule, object? value, List<string> unknown, out object? converted)
    {
        switch (rule.Field.Kind)
        {
            case FieldKind.Person:
                if (!people.TryMap(value, out var person))
                {
                    unknown.Add(JiraPerson.Of(value)!.ToString());
                }

                converted = person;
                return true;
            case FieldKind.Path:
                converted = FieldValue.ToPath(value, rule.Source is JiraFieldSource, project);
                return true;
            case FieldKind.Tags:
                converted = TagList.Join(Tags(value));
                return true;
        }

        if (!FieldValue.TryConvert(value, rule.Field.Kind, out converted))
        {
            var count = _unusable.TryGetValue(rule.Field.Name, out var told) ? told.Count : 0;
            _unusable[rule.Field.Name] = count > 0
                ? told with { Count = count + 1 }
                : (1, replica.Key, FieldValue.ToText(value));
            return false;
        }

        if (rule.Field.Is(WorkItemField.Title))
        {
            converted = TitleOf(replica, (string?)converted);
        }

        return true;
    }

    /// <summary>Labels as tags; the signs that part tags become dashes.</summary>
    private static IEnumerable<string> Tags(object? value) => FieldValue.Several(value)
        .Select(FieldValue.ToText)
        .OfType<string>()
        .Select(tag => tag.Replace(';', '-').Replace(',', '-').Trim())
        .Where(tag => tag.Length > 0)
        .Select(tag => tag[..Math.Min(tag.Length, TagLimit)])
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Order(StringComparer.OrdinalIgnoreCase);

    /// <summary>The summary on one line, as long as a title may be; the key where it is empty.</summary>
    private static string TitleOf(Replica replica, string? summary)
    {
        var title = summary?.Trim() ?? string.Empty;
        return title.Length == 0 ? replica.Key : Cut(title);
    }

    private static string Cut(string text)
    {
        if (text.Length <= TitleLimit)
        {
            return text;
        }

        // Half of a surrogate pair is no character.
        var end = char.IsHighSurrogate(text[TitleLimit - 1]) ? TitleLimit - 1 : TitleLimit;
        return text[..end].TrimEnd();
    }
}
