using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Merging;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>What histories say of one field since the two sides were last in step.</summary>
internal static class PairHistory
{
    /// <summary>
    /// What Jira's history says since the last write to the work item. Where the digest in the mark is that of the values
    /// now, nobody changed any.
    /// </summary>
    /// <param name="pair">The pair.</param>
    /// <param name="names">The ids and names of the field in Jira.</param>
    public static FieldEdit? OfJira(PairInput pair, IReadOnlyCollection<string> names)
    {
        var mark = pair.Found.Mark;
        var isSame = mark is not null && mark.FieldsDigest == WorkItemPlanner.DigestOf(pair.Desired);
        var last = pair.JiraHistory?.LastOrDefault(edit => names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase));
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

    private static DateTimeOffset? TimeOf(WorkItemUpdate? update) =>
        update?.Fields.GetValueOrDefault(WorkItemField.ChangedDate.ReferenceName).After as DateTimeOffset?;
}
