using System.Globalization;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>What is known of a Jira site when values of work items become values of issues.</summary>
/// <param name="Fields">The site's fields.</param>
/// <param name="Priorities">The names of its priorities, the most urgent one first.</param>
/// <param name="People">Who somebody of Azure DevOps is in Jira.</param>
internal sealed record InverseContext(JiraFields Fields, IReadOnlyList<string> Priorities, PeopleInverse People)
{
    /// <summary>The id of the account that is connected; null where it is not known.</summary>
    public string? Account { get; init; }
}

/// <summary>A value of an issue's field, as Jira takes it and as it answers it afterwards.</summary>
/// <param name="Field">The id of the field.</param>
/// <param name="Written">The value as Jira takes it.</param>
/// <param name="Read">The value as a replica has it.</param>
internal sealed record IssueValue(string Field, object? Written, object? Read)
{
    private const string Kinds = "com.atlassian.jira.plugin.system.customfieldtypes:";

    /// <summary>Jira's own fields that are lists of names.</summary>
    private static readonly string[] NamedSets = ["components", "fixVersions", "versions"];

    /// <summary>Whether a field is a set of labels, or of names.</summary>
    public static bool IsSet(string id, JiraFields fields) =>
        Is(id, "labels") || IsNamedSet(id) || SchemaOf(id, fields) == "labels";

    /// <summary>Whether values can be written to a field; sets are written as such.</summary>
    public static bool CanHave(string id, JiraFields fields) =>
        Is(id, "summary") || Is(id, "duedate") || Is(id, "priority") || Is(id, "assignee") || Is(id, "reporter")
        || SchemaOf(id, fields) is "textfield" or "url" or "float" or "select" or "radiobuttons" or "datepicker"
            or "datetime" or "userpicker"
        || fields.StoryPoints.Any(field => Is(field.Id, id));

    /// <summary>The value of a field.</summary>
    /// <param name="id">The field.</param>
    /// <param name="value">The value as a work item has it, or the text of one of Jira's; null empties the
    /// field.</param>
    /// <param name="context">What is known of the site.</param>
    /// <returns>The value; null where the field can't have it.</returns>
    public static IssueValue? Of(string id, object? value, InverseContext context)
    {
        if (FieldValue.IsEmpty(value))
        {
            return Is(id, "summary") || Is(id, "priority") ? null : new IssueValue(id, null, null);
        }

        var text = FieldValue.ToText(value)!;
        switch (SchemaOf(id, context.Fields))
        {
            case "select" or "radiobuttons":
                return new IssueValue(id, Part("value", text), Part("value", text));
            case "userpicker":
                return OfPerson(id, text, context.People);
            case "float":
                return OfNumber(id, value!);
            case "datepicker":
                return OfDate(id, value!);
            case "datetime":
                return FieldValue.TryConvert(value, AzureDevOps.FieldKind.Date, isOfJira: false, out var time)
                    ? new IssueValue(id, time, FieldValue.ToText(time))
                    : null;
            case "textfield" or "url":
                return new IssueValue(id, text, text);
        }

        return id.ToUpperInvariant() switch
        {
            "SUMMARY" => new IssueValue(id, text, text),
            "PRIORITY" => Named(id, text),
            "ASSIGNEE" or "REPORTER" => OfPerson(id, text, context.People),
            "DUEDATE" => OfDate(id, value!),
            _ => context.Fields.StoryPoints.Any(field => Is(field.Id, id)) ? OfNumber(id, value!) : null,
        };
    }

    /// <summary>A thing that is identified by its name.</summary>
    public static IssueValue Named(string id, string name) => new(id, Part("name", name), Part("name", name));

    /// <summary>
    /// A set: what of it the issue has stays as it is there, and what is new is added under its name in Azure DevOps.
    /// </summary>
    /// <param name="id">The field.</param>
    /// <param name="tags">The elements, as tags.</param>
    /// <param name="present">What the issue has; null where it has nothing.</param>
    public static IssueValue OfSet(string id, IReadOnlySet<string> tags, object? present)
    {
        var kept = FieldValue.Several(present).Select(FieldValue.ToText).OfType<string>()
            .Where(label => tags.Contains(PlainText.TagOf(label)))
            .ToList();
        var known = kept.Select(PlainText.TagOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] all = [.. kept, .. tags.Where(tag => !known.Contains(tag)).Order(StringComparer.OrdinalIgnoreCase)];
        return IsNamedSet(id)
            ? new IssueValue(
                id,
                all.Select(name => Part("name", name)).ToArray(),
                all.Select(name => (object?)Part("name", name)).ToArray())
            : new IssueValue(id, all, all.Cast<object?>().ToArray());
    }

    /// <summary>Whether Jira can have a tag in a set: labels have no blanks.</summary>
    public static bool CanHaveElement(string id, string tag) =>
        IsNamedSet(id) || (!tag.Any(char.IsWhiteSpace) && tag.Length <= 255);

    /// <summary>An issue as it is when it has the value.</summary>
    /// <param name="issue">The issue.</param>
    public Replica On(Replica issue)
    {
        if (Is(Field, "summary"))
        {
            return issue with { Summary = (string?)Read ?? string.Empty };
        }

        var fields = new Table<object?>(issue.Fields, StringComparer.OrdinalIgnoreCase) { [Field] = Read };
        return issue with { Fields = fields };
    }

    private static IssueValue? OfNumber(string id, object value) =>
        FieldValue.TryConvert(value, AzureDevOps.FieldKind.Number, isOfJira: false, out var number)
            ? new IssueValue(id, number, number)
            : null;

    private static IssueValue? OfDate(string id, object value) =>
        FieldValue.TryConvert(value, AzureDevOps.FieldKind.Date, isOfJira: false, out var date)
        && date is DateTimeOffset time
            ? OfDay(id, DayOf(time))
            : null;

    private static IssueValue OfDay(string id, DateOnly day) =>
        new(id, day, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>
    /// The day that people mean by a time: Azure DevOps keeps midnight of whoever set it, which is the nearest midnight
    /// of UTC as far as they are no more than twelve hours away from it.
    /// </summary>
    internal static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime.AddHours(12));

    private static IssueValue? OfPerson(string id, string uniqueName, PeopleInverse people) =>
        people.Find(uniqueName) is { } person ? new IssueValue(id, person.Written, person.Read) : null;

    /// <summary>The kind of a custom field; null for Jira's own.</summary>
    internal static string? SchemaOf(string id, JiraFields fields) =>
        fields.Find(id) is [{ Schema: { } schema }] && schema.StartsWith(Kinds, StringComparison.Ordinal)
            ? schema[Kinds.Length..]
            : null;

    private static bool IsNamedSet(string id) => NamedSets.Contains(id, StringComparer.OrdinalIgnoreCase);

    private static bool Is(string id, string other) => id.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static Table<object?> Part(string name, string text) => new() { [name] = text };
}
