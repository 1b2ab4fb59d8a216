using System.Globalization;
using System.Text;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Reporting;

/// <summary>Writes a report as Markdown, short enough for the summary tab of a pipeline's run.</summary>
public static class MarkdownReport
{
    private const int Shown = 50;

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
        Line(text, $"{from} → {to}");
        Line(text, string.Empty);
        Line(text, "| | " + string.Join(" | ", Actions(report)) + " |");
        Line(text, "|---|" + string.Concat(Enumerable.Repeat("---:|", Actions(report).Count)));
        Line(text, Counts(report, "Work items", report.WorkItemCounts));
        Line(text, Counts(report, "Links and parents", report.RelationCounts));
        if (report.Summary is { } summary)
        {
            var seconds = summary.Seconds.ToString("0.0", CultureInfo.InvariantCulture);
            Line(text, string.Empty);
            Line(text, $"{Amount.Of(summary.Issues)} issues, {Amount.Of(summary.JiraRequests)} requests to Jira and "
                + $"{Amount.Of(summary.AdoRequests)} to Azure DevOps, {seconds} s.");
        }

        Section(text, report, "Failed", ChangeAction.Fail);
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

    private static List<ChangeAction> Actions(Report report) => report.WorkItemCounts
        .Concat(report.RelationCounts).Select(pair => pair.Key).Distinct().Order().ToList();

    private static string Counts(Report report, string name, IReadOnlyList<KeyValuePair<ChangeAction, int>> counts)
    {
        var byAction = counts.ToDictionary(pair => pair.Key, pair => pair.Value);
        return $"| {name} | {string.Join(" | ", Actions(report).Select(action => byAction.GetValueOrDefault(action)))} |";
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
            .ToList();
        if (rows.Count == 0)
        {
            return;
        }

        Line(text, string.Empty);
        Line(text, $"## {title}: {Amount.Of(rows.Count)}");
        Line(text, string.Empty);
        Line(text, "| Issue | Becomes | Detail |");
        Line(text, "|---|---|---|");
        rows.Take(Shown).ToList().ForEach(row => Line(text, row));
        if (rows.Count > Shown)
        {
            Line(text, string.Empty);
            Line(text, $"And {rows.Count - Shown} more; the HTML report has them all.");
        }
    }

    private static string Row(string issue, string becomes, string? detail) =>
        $"| {issue} | {becomes} | {Escape(detail ?? string.Empty)} |";

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
