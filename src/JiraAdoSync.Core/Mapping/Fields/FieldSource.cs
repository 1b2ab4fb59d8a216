using System.Text.RegularExpressions;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>The source of the value of a work item's field.</summary>
public abstract record FieldSource
{
    /// <summary>The value for an issue that leaves the field as it is.</summary>
    internal static readonly object Leave = new();

    private protected FieldSource()
    {
    }

    /// <summary>Which way its values go; null for the way of the run, as far as they can.</summary>
    public FieldDirection? Direction { get; init; }

    /// <summary>The names or ids of the Jira fields that it reads.</summary>
    internal virtual IEnumerable<string> Reads => [];

    /// <summary>Whether its values are Jira's own, and not what the user wrote.</summary>
    internal virtual bool IsOfJira => true;

    /// <summary>
    /// Whether a value of a work item can become one of Jira's: what several fields or a script make can't be undone.
    /// </summary>
    /// <param name="field">The work item's field.</param>
    /// <param name="jira">The fields of the Jira site.</param>
    internal virtual bool IsInvertible(WorkItemField field, JiraFields jira) => false;

    /// <summary>What an issue should have for the value of its work item.</summary>
    /// <param name="value">The value in Azure DevOps; null where it has none.</param>
    /// <param name="issue">The issue; null where it is yet to be created.</param>
    /// <param name="field">The work item's field.</param>
    /// <param name="context">What is known of the site.</param>
    /// <returns>The value; null where none of Jira's becomes it.</returns>
    internal virtual IssueValue? InverseOf(
        object? value, Replica? issue, WorkItemField field, InverseContext context) => null;

    /// <summary>The value for an issue, as Jira has it.</summary>
    /// <param name="replica">The issue.</param>
    /// <param name="field">The field that is to take it.</param>
    /// <param name="notes">Takes what does not arrive.</param>
    internal abstract object? ValueOf(Replica replica, WorkItemField field, MappingNotes notes);
}

/// <summary>A field of Jira.</summary>
/// <param name="Name">Its name or id.</param>
public sealed record JiraFieldSource(string Name) : FieldSource
{
    /// <summary>What its values become; null where they are used as they are.</summary>
    public IReadOnlyDictionary<string, object?>? Values { get; init; }

    /// <summary>Whether Jira renders the field: its text has headings, lists, tables, images.</summary>
    internal bool IsRich { get; init; }

    internal override IEnumerable<string> Reads => [Name];

    internal override bool IsOfJira => Values is null;

    internal override bool IsInvertible(WorkItemField field, JiraFields jira) => !IsRich
        && (field.Kind == FieldKind.Tags
            ? Values is null && IssueValue.IsSet(Name, jira)
            : field.Kind is not (FieldKind.Path or FieldKind.Html) && IssueValue.CanHave(Name, jira));

    internal override IssueValue? InverseOf(
        object? value, Replica? issue, WorkItemField field, InverseContext context)
    {
        if (Values is null || FieldValue.IsEmpty(value))
        {
            return IssueValue.Of(Name, value, context);
        }

        var wanted = FieldValue.ToText(value);
        var keys = Values.Where(entry => string.Equals(
            FieldValue.ToText(entry.Value), wanted, StringComparison.OrdinalIgnoreCase));
        return keys.Select(entry => entry.Key).FirstOrDefault() is { } text ? IssueValue.Of(Name, text, context) : null;
    }

    internal override object? ValueOf(Replica replica, WorkItemField field, MappingNotes notes)
    {
        if (!FieldValue.IsAlwaysRead(Name) && !replica.Fields.ContainsKey(Name))
        {
            // What was not read says nothing, not even that there is none.
            return Leave;
        }

        var value = FieldValue.Read(replica, Name);
        return Values is null || FieldValue.IsEmpty(value) ? value : Map(Values, value, replica, field, notes);
    }

    /// <summary>
    /// What the table makes of a value. Of several sprints the one that counts is looked up; of a list of other things
    /// each is, and a field that takes one value gets the first that the table has.
    /// </summary>
    private static object? Map(
        IReadOnlyDictionary<string, object?> table,
        object? value,
        Replica replica,
        WorkItemField field,
        MappingNotes notes)
    {
        var several = FieldValue.Several(value).Where(one => !FieldValue.IsEmpty(one)).ToList();
        several =
            FieldValue.AreSprints(several) && field.Kind != FieldKind.Tags ? [FieldValue.Current(several)] : several;
        var mapped = new List<object?>();
        foreach (var one in several)
        {
            if (FieldValue.ToText(one) is not { } text)
            {
                notes.Unusable(field.Name, replica.Key, one);
            }
            else if (table.TryGetValue(text, out var other) || table.TryGetValue(text.Trim(), out other))
            {
                mapped.Add(other);
            }
            else
            {
                notes.Lacks(field.Name, text);
            }
        }

        return mapped switch
        {
            [] => Leave,
            [var single] => single,
            _ when field.Kind is FieldKind.Tags or FieldKind.Text or FieldKind.Html =>
                mapped.SelectMany(FieldValue.Several).Distinct().ToArray(),
            [var first, ..] => first,
        };
    }
}

/// <summary>The same value for every issue.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantSource(object? Value) : FieldSource
{
    internal override bool IsOfJira => false;

    internal override object? ValueOf(Replica replica, WorkItemField field, MappingNotes notes) => Value;
}

/// <summary>A value that is worked out for each issue.</summary>
/// <param name="Evaluate">Works it out.</param>
/// <param name="Text">The script's text, which shows what fields of the replica it reads.</param>
public sealed partial record ScriptSource(Func<Replica, object?> Evaluate, string Text) : FieldSource
{
    internal override IEnumerable<string> Reads =>
        FieldOfReplica().Matches(Text).Select(match => match.Groups["id"].Value)
            .Distinct(StringComparer.OrdinalIgnoreCase);

    internal override bool IsOfJira => false;

    internal override object? ValueOf(Replica replica, WorkItemField field, MappingNotes notes) => Evaluate(replica);

    [GeneratedRegex(@"\.Fields(\.|\[)['""]?(?<id>\w+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FieldOfReplica();
}
