using System.Globalization;
using System.Text;

namespace JiraAdoSync.Reporting;

/// <summary>
/// Writes a report as a table for a spreadsheet: CSV after RFC 4180 with a row for each work item, link and parent. No
/// text in it is a formula, whatever an issue is called.
/// </summary>
public static class CsvReport
{
    private const string Columns =
        "Kind,Action,Source,Relation,Target,Type,WorkItemId,TargetWorkItemId,Summary,Reason,Detail,Side,"
        + "JiraValue,JiraAuthor,JiraTime,AdoValue,AdoAuthor,AdoTime";

    private static readonly int Width = Columns.Count(letter => letter == ',') + 1;

    /// <summary>How a formula begins, in the wide forms of East Asian keyboards too.</summary>
    private const string FormulaSigns = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";

    /// <summary>Writes the text, with the byte order mark by which a spreadsheet knows UTF-8.</summary>
    /// <param name="report">The report.</param>
    public static string Write(Report report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder("\uFEFF").Append(Columns).Append("\r\n");
        foreach (var item in report.Items)
        {
            Row(
                text,
                "WorkItem",
                item.Action,
                item.Key,
                null,
                null,
                item.WorkItemType,
                item.WorkItemId,
                null,
                item.Summary,
                item.Reason,
                item.Error?.Message ?? item.Detail,
                item.Side);
        }

        foreach (var one in report.Relations)
        {
            Row(
                text,
                "Relation",
                one.Action,
                one.Source,
                one.Relation,
                one.Target,
                null,
                one.WorkItemId,
                one.TargetWorkItemId,
                one.Phrase,
                one.Reason,
                one.Error?.Message ?? one.Detail,
                one.Side);
        }

        foreach (var one in report.Issues)
        {
            Row(
                text,
                "Issue",
                one.Action,
                one.Key,
                string.Join(", ", one.Fields),
                null,
                one.IssueType,
                one.WorkItemId,
                null,
                one.Summary,
                one.Reason,
                one.Error?.Message ?? one.Detail,
                one.Side);
        }

        foreach (var one in report.Links)
        {
            Row(
                text,
                "IssueLink",
                one.Action,
                one.Source,
                one.Phrase,
                one.Target,
                null,
                null,
                null,
                one.Relation,
                one.Reason,
                one.Error?.Message ?? one.Detail,
                one.Side);
        }

        foreach (var one in report.Fields)
        {
            Row(
                text,
                "Field",
                one.Action,
                one.Key,
                one.Field,
                null,
                null,
                one.WorkItemId,
                null,
                null,
                one.Reason,
                one.Decide is null ? one.Detail : $"{one.Detail} To decide it: {one.Decide}",
                one.Side,
                one.JiraValue,
                one.JiraAuthor,
                Time(one.JiraTime),
                one.AdoValue,
                one.AdoAuthor,
                Time(one.AdoTime));
        }

        return text.ToString();
    }

    /// <summary>
    /// A text from a service as it may be in a cell of a spreadsheet: printable, and never read as a formula. What
    /// begins like one gets an apostrophe before it, which the spreadsheet takes for the sign of a text.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string? Cell(string? text)
    {
        var printable = Printable.Of(text);
        var begins = printable.AsSpan().TrimStart();
        return begins.Length > 0 && FormulaSigns.Contains(begins[0], StringComparison.Ordinal)
            ? $"'{printable}"
            : printable;
    }

    private static void Row(StringBuilder text, params object?[] values) => text
        .AppendJoin(',', values.Concat(Enumerable.Repeat<object?>(null, Width - values.Length)).Select(value => Quote(Cell(Convert.ToString(value, CultureInfo.InvariantCulture)))))
        .Append("\r\n");

    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Quote(string? cell) =>
        $"\"{(cell ?? string.Empty).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
