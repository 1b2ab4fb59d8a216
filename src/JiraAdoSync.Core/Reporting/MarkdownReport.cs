using System.Globalization;
using System.Text;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Reporting;

/// <summary>Writes a report as Markdown, short enough for the summary tab of a pipeline's run.</summary>
public static class MarkdownReport
{
    private const int Shown = 50;
    private const int LongestValue = 200;

    /// <summary>Writes the text.</summary>
    /// <param name="report">The report.</param>
    public static string Write(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        var title = report.IsPlan ? "Plan" : report.Summary?.Outcome.ToString() ?? "Results";
        Line(text, $"# JiraAdoSync: {title}");
        Line(text, string.Empty);
        var from = report.Site is null ? "Jira" : Escape(report.Site);
        var to = report.Project is null ? "Azure DevOps" : Escape(report.Project);
        Line(text, ReportHeadline.Of(report));
        Line(text, string.Empty);
        Line(text, $"{from} {(report.IsTwoWay ? '↔' : '→')} {to}");
        Line(text, string.Empty);
        Line(text, "| | " + string.Join(" | ", report.Actions) + " |");
        Line(text, "|---|" + string.Concat(Enumerable.Repeat("---:|", report.Actions.Count)));
        Line(text, Counts(report, "Work items", report.WorkItemCounts));
        Line(text, Counts(report, "Links and parents", report.RelationCounts));
        if (report.IsTwoWay)
        {
            Line(text, Counts(report, "Issues in Jira", report.IssueCounts));
            Line(text, Counts(report, "Links in Jira", report.LinkCounts));
            Line(text, Counts(report, "Fields", report.FieldCounts));
        }

        if (report.Summary is { } summary)
        {
            var seconds = summary.Seconds.ToString("0.0", CultureInfo.InvariantCulture);
            Line(text, string.Empty);
            Line(text, $"{Amount.Of(summary.Issues, "issue")}, {Amount.Of(summary.JiraRequests, "request")} to Jira and "
                + $"{Amount.Of(summary.AdoRequests)} to Azure DevOps, {seconds} s.");
        }

        Section(text, report, "Failed", ChangeAction.Fail);
        Conflicts(text, report);
        Section(text, report, "Pending", ChangeAction.Pending);
        Section(text, report, "Degraded", ChangeAction.Degrade);
        Section(text, report, "Skipped", ChangeAction.Skip);
        if (report.IsPlan)
        {
            Section(text, report, "Removed", ChangeAction.Remove);
            Section(text, report, "Replaced", ChangeAction.Replace);
            Section(text, report, "Created", ChangeAction.Create);
            Section(text, report, "Updated", ChangeAction.Update);
        }

        return text.ToString();
    }

    private static string Counts(Report report, string name, IReadOnlyList<KeyValuePair<ChangeAction, int>> counts)
    {
        var byAction = counts.ToDictionary(pair => pair.Key, pair => pair.Value);
        return $"| {name} | {string.Join(" | ", report.Actions.Select(action => byAction.GetValueOrDefault(action)))} |";
    }

    private static void Section(StringBuilder text, Report report, string title, ChangeAction action)
    {
        var rows = report.Items.Where(item => item.Action == action)
            .Select(item => Row(
                Link(report.IssueAddress(item.Key), item.Key),
                Link(report.WorkItemAddress(item.WorkItemId), $"{item.WorkItemType} {item.WorkItemId}".Trim()),
                Wording.Of(item)))
            .Concat(report.Relations.Where(one => one.Action == action).Select(one => Row(
                Link(report.IssueAddress(one.Source), one.Source),
                $"{Escape(one.Relation ?? "no relation to")} {Link(report.IssueAddress(one.Target), one.Target)}",
                one.Error?.Message ?? one.Detail ?? one.Phrase)))
            .Concat(report.Issues.Where(one => Report.ListedAs(one) == action).Select(one => Row(
                Issue(report, one.Key ?? $"#{one.WorkItemId}"), Escape(Wording.Becomes(one)), Wording.Of(one))))
            .Concat(report.Links.Where(one => one.Action == action).Select(one => Row(
                Issue(report, one.Source),
                Escape(Wording.Becomes(one)),
                one.Error?.Message ?? one.Detail ?? one.Relation)))
            .Concat(report.Fields.Where(one => one.Action == action && action != ChangeAction.Conflict)
                .Select(one => Row(
                    Issue(report, one.Key),
                    Escape(FieldWording.Becomes(one)),
                    $"{FieldWording.ValuesAndTimes(one)}. {one.Detail}")))
            .ToList();
        Table(text, title, "| Issue | Becomes | Detail |", rows);
    }

    /// <summary>The fields that both sides changed, with both values, and what decides each.</summary>
    private static void Conflicts(StringBuilder text, Report report)
    {
        var rows = report.Fields.Where(one => one.Action == ChangeAction.Conflict).Select(one =>
        {
            var (jira, ado) = FieldWording.Excerpts(one, LongestValue);
            return $"| {Issue(report, one.Key)} | {Escape(FieldWording.Becomes(one))} "
                + $"| {Value(jira, FieldWording.Origin(one.JiraAuthor, one.JiraTime))} "
                + $"| {Value(ado, FieldWording.Origin(one.AdoAuthor, one.AdoTime))} "
                + $"| {Escape(one.Decide ?? one.Detail ?? string.Empty)} |";
        }).ToList();
        Table(text, "Conflicts", "| Issue | Field | Jira | Azure DevOps | To decide |", rows);
        Section(text, report, "Overwritten", ChangeAction.Conflict);

        static string Value(string value, string? origin) =>
            origin is null ? Escape(value) : $"{Escape(value)} ({Escape(origin)})";
    }

    private static void Table(StringBuilder text, string title, string head, List<string> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        Line(text, string.Empty);
        Line(text, $"## {title}: {Amount.Of(rows.Count)}");
        Line(text, string.Empty);
        Line(text, head);
        Line(text, "|" + string.Concat(Enumerable.Repeat("---|", head.Count(letter => letter == '|') - 1)));
        rows.Take(Shown).ToList().ForEach(row => Line(text, row));
        if (rows.Count > Shown)
        {
            Line(text, string.Empty);
            Line(text, $"And {rows.Count - Shown} more; the HTML report has them all.");
        }
    }

    private static string Row(string issue, string becomes, string? detail) =>
        $"| {issue} | {becomes} | {Escape(detail ?? string.Empty)} |";

    private static string Issue(Report report, string key) => Link(report.IssueAddress(key), key);

    private static string Link(string? address, string text) =>
        address is null ? Escape(text) : $"[{Escape(text)}]({address})";

    /// <summary>What issues say is text: no markup, no HTML, no further row.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in Printable.Of(text))
        {
            escaped.Append(letter switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '#' or '!' or '~' => $"\\{letter}",
                _ => letter.ToString(),
            });
        }

        return escaped.ToString();
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
