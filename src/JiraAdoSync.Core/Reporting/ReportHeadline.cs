using JiraAdoSync.Planning;

namespace JiraAdoSync.Reporting;

/// <summary>What a report says, in a sentence or two.</summary>
public static class ReportHeadline
{
    /// <summary>
    /// Writes the sentence, such as <c>27 work items and 16 links to add, 3 work items to change.</c>
    /// </summary>
    /// <param name="report">The report.</param>
    public static string Of(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var (items, links) = (ByAction(report.WorkItemCounts), ByAction(report.RelationCounts));
        var (issues, issueLinks) = (ByAction(report.IssueCounts), ByAction(report.LinkCounts));
        int Items(params ChangeAction[] actions) => actions.Sum(action => items.GetValueOrDefault(action));
        int Links(params ChangeAction[] actions) => actions.Sum(action => links.GetValueOrDefault(action));
        string? Change(int workItems, int relations, string planned, string done) =>
            Amount(workItems, relations) is { } amount ? $"{amount} {(report.IsPlan ? planned : done)}" : null;
        string? InJira(ChangeAction action, string planned, string done) =>
            Amount(issues.GetValueOrDefault(action), issueLinks.GetValueOrDefault(action), "issue") is { } amount
                ? $"{amount} {(report.IsPlan ? planned : done)} in Jira"
                : null;

        var changes = Sentence(
            Change(Items(ChangeAction.Create), Links(ChangeAction.Create, ChangeAction.Degrade), "to add", "added"),
            Change(
                Items(ChangeAction.Update, ChangeAction.Adopt, ChangeAction.Replace),
                Links(ChangeAction.Replace, ChangeAction.Update),
                "to change",
                "changed"),
            Change(Items(ChangeAction.Remove), Links(ChangeAction.Remove), "to remove", "removed"),
            InJira(ChangeAction.Create, "to add", "added"),
            InJira(ChangeAction.Update, "to change", "changed"),
            InJira(ChangeAction.Remove, "to remove", "removed"));
        var rest = Sentence(
            Count(report.Fields.Count(field => field.IsOpen), "conflict") is { } open ? $"{open} to decide" : null,
            InJira(ChangeAction.Fail, "can't be written", "could not be written"),
            Change(
                Items(ChangeAction.Fail), Links(ChangeAction.Fail), "can't be written", "could not be written"),
            Change(Items(ChangeAction.Pending), Links(ChangeAction.Pending), "pending", "pending"),
            Change(Items(ChangeAction.Skip), Links(ChangeAction.Skip), "left out", "left out"));
        return (changes ?? (report.IsPlan ? "Nothing to change." : "Nothing changed."))
            + (rest is null ? "" : $" {rest}");
    }

    private static Dictionary<ChangeAction, int> ByAction(IEnumerable<KeyValuePair<ChangeAction, int>> counts) =>
        counts.ToDictionary(pair => pair.Key, pair => pair.Value);

    private static string? Amount(int items, int links, string item = "work item")
    {
        var parts = new[] { Count(items, item), Count(links, "link") }.OfType<string>().ToList();
        return parts.Count == 0 ? null : string.Join(" and ", parts);
    }

    private static string? Count(int number, string name) => number switch
    {
        0 => null,
        1 => $"1 {name}",
        _ => FormattableString.Invariant($"{number:N0} {name}s"),
    };

    private static string? Sentence(params string?[] parts)
    {
        var text = string.Join(", ", parts.OfType<string>());
        return text.Length == 0 ? null : $"{text}.";
    }
}
