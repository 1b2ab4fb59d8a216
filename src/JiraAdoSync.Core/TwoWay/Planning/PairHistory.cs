using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Merging;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>What histories say of one field since the two sides were last in step.</summary>
internal static class PairHistory
{
    /// <summary>
    /// What Jira's history says since the last write to the work item. Where the digest in the mark is that of the
    /// values now, nobody changed any.
    /// </summary>
    /// <param name="pair">The pair.</param>
    /// <param name="names">The ids and names of the field in Jira.</param>
    public static FieldEdit? OfJira(PairInput pair, IReadOnlyCollection<string> names) => OfJira(
        pair, names, pair.Found.Mark?.FieldsDigest == WorkItemPlanner.DigestOf(pair.Desired));

    /// <summary>What Jira's history says since the last write to the work item.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="names">The ids and names of the field in Jira.</param>
    /// <param name="isSame">Whether the mark says that nobody changed it.</param>
    public static FieldEdit? OfJira(PairInput pair, IReadOnlyCollection<string> names, bool isSame)
    {
        var mark = pair.Found.Mark;
        var last = pair.JiraHistory?.LastOrDefault(edit =>
            names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase));
        if (last is null)
        {
            return isSame || pair.JiraHistory is not null ? new FieldEdit(false, null, null) : null;
        }

        var written = pair.AdoHistory is null || mark is null ? null
            : TimeOf(pair.AdoHistory.LastOrDefault(update => update.Rev <= mark.Rev));
        return new FieldEdit(!isSame && (written is null || last.When > written), last.When, last.Author?.ToString())
        {
            IsKnown = isSame || (written is { } time && (last.When - time).Duration() > FieldMerge.Tolerance),
        };
    }

    /// <summary>What the work item's history says since our last write to it.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="field">The reference name.</param>
    public static FieldEdit? OfAdo(PairInput pair, string field)
    {
        if (pair.AdoHistory is null)
        {
            return pair.Found.Mark is { } mark && pair.Item.Rev == mark.Rev ? new FieldEdit(false, null, null) : null;
        }

        var edits = pair.AdoHistory.Where(update => update.Fields.ContainsKey(field)).ToList();
        var since = edits.LastOrDefault(update => update.Rev > (pair.Found.Mark?.Rev ?? 0) && !update.IsOurs);
        var last = since ?? edits.LastOrDefault();
        return new FieldEdit(since is not null, TimeOf(last), last?.By?.ToString());
    }

    /// <summary>
    /// The edits of one field in Jira, of which those that runs made one after the other are one: what counts of the steps
    /// of a way, or of a write over a person's edit that was put back, is where they lead.
    /// </summary>
    /// <param name="edits">The edits, oldest first.</param>
    /// <param name="isOurs">Whether a run made it.</param>
    public static List<IssueFieldChange> Merged(
        IEnumerable<IssueFieldChange> edits, Func<IssueFieldChange, bool> isOurs)
    {
        var merged = new List<IssueFieldChange>();
        foreach (var edit in edits)
        {
            if (merged is not [.., var last] || !isOurs(last) || !isOurs(edit))
            {
                merged.Add(edit);
                continue;
            }

            merged.RemoveAt(merged.Count - 1);
            if ((last.From, last.FromText) != (edit.To, edit.ToText))
            {
                merged.Add(edit with { From = last.From, FromText = last.FromText });
            }
        }

        return merged;
    }

    /// <summary>
    /// The updates of one field of a work item, of which those that runs made one after the other are one: what a run wrote
    /// and an undo took back is no edit.
    /// </summary>
    /// <param name="updates">The updates that have the field, oldest first.</param>
    /// <param name="field">The reference name.</param>
    public static List<WorkItemUpdate> Merged(IEnumerable<WorkItemUpdate> updates, string field)
    {
        var merged = new List<WorkItemUpdate>();
        foreach (var update in updates)
        {
            if (merged is not [.., { IsOurs: true } last] || !update.IsOurs)
            {
                merged.Add(update);
                continue;
            }

            merged.RemoveAt(merged.Count - 1);
            var (before, after) = (last.Fields[field].Before, update.Fields[field].After);
            if (!Equals(before, after))
            {
                merged.Add(update with
                {
                    Fields = new Dictionary<string, (object? Before, object? After)>(update.Fields, StringComparer.OrdinalIgnoreCase)
                    {
                        [field] = (before, after),
                    },
                });
            }
        }

        return merged;
    }

    /// <summary>When an entry of a history was made; null where that is not known.</summary>
    public static DateTimeOffset? TimeOf(WorkItemUpdate? update) => update?.Linked
        ?? update?.Fields.GetValueOrDefault(WorkItemField.ChangedDate.ReferenceName).After as DateTimeOffset?;

    /// <summary>The tags of a list of labels, which histories write with spaces between them.</summary>
    /// <param name="text">The list; null where there is none.</param>
    public static HashSet<string> LabelsOf(string? text) => (text ?? string.Empty)
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(PlainText.TagOf)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The accounts that an edit of a field took away and put there, where it is one that names a person.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="fields">The fields of the site.</param>
    public static IEnumerable<string> PeopleOf(IssueFieldChange edit, JiraFields fields) =>
        !IsPerson(edit.Field, IssueValue.SchemaOf(edit.Field, fields)) ? []
            : new[] { edit.From, edit.To }.OfType<string>().Where(account => account.Length > 0);

    private static bool IsPerson(string field, string? schema) =>
        field.ToUpperInvariant() is "ASSIGNEE" or "REPORTER" || schema == "userpicker";

    /// <summary>A value of a field as a replica has it, from what a history says of it.</summary>
    /// <param name="field">The id of the field.</param>
    /// <param name="id">The value as Jira keeps it.</param>
    /// <param name="text">The value as people see it.</param>
    /// <param name="context">What is known of the site.</param>
    /// <returns>Whether the history says all of it, and the value.</returns>
    public static (bool IsKnown, object? Value) ValueOf(string field, string? id, string? text, InverseContext context)
    {
        if (string.IsNullOrEmpty(id) && string.IsNullOrEmpty(text))
        {
            return (true, null);
        }

        var (schema, name) = (IssueValue.SchemaOf(field, context.Fields), field.ToUpperInvariant());
        return schema switch
        {
            "datetime" => (false, null),
            _ when IsPerson(field, schema) => context.People.Named(id) is { } person
                ? (true, person)
                : (false, null),
            _ when name == "DUEDATE" || schema == "datepicker" => (string.IsNullOrEmpty(id) ? text : id)
                is { Length: >= 10 } day
                ? (true, day[..10])
                : (false, null),
            _ when !string.IsNullOrEmpty(id) => (
                true,
                new Table<object?>
                {
                    ["id"] = id,
                    ["name"] = text,
                    ["value"] = text,
                }),
            "float" => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? (true, number) : (false, null),
            _ => (true, text),
        };
    }
}
