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
        foreach (var row in RowsOf(report))
        {
            text.AppendJoin(',', row.Select(value => Quote(Cell(Convert.ToString(value, CultureInfo.InvariantCulture)))))
                .Append(string.Concat(Enumerable.Repeat(",\"\"", Width - row.Length)))
                .Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>The values of each row, in the order of the columns; those at its end may be left out.</summary>
    private static IEnumerable<object?[]> RowsOf(Report report) =>
    [
        .. report.Items.Select(one => (object?[])
        [
            "WorkItem", one.Action, one.Key, null, null, one.WorkItemType, one.WorkItemId, null, one.Summary,
            one.Reason, one.Error?.Message ?? one.Detail, one.Side,
        ]),
        .. report.Relations.Select(one => (object?[])
        [
            "Relation", one.Action, one.Source, one.Relation, one.Target, null, one.WorkItemId, one.TargetWorkItemId,
            one.Phrase, one.Reason, one.Error?.Message ?? one.Detail, one.Side,
        ]),
        .. report.Issues.Select(one => (object?[])
        [
            "Issue", one.Action, one.Key, string.Join(", ", one.Fields), null, one.IssueType, one.WorkItemId, null,
            one.Summary, one.Reason, one.Error?.Message ?? one.Detail, one.Side,
        ]),
        .. report.Links.Select(one => (object?[])
        [
            "IssueLink", one.Action, one.Source, one.Phrase, one.Target, null, null, null, one.Relation, one.Reason,
            one.Error?.Message ?? one.Detail, one.Side,
        ]),
        .. report.Fields.Select(one => (object?[])
        [
            "Field", one.Action, one.Key, one.Field, null, null, one.WorkItemId, null, null, one.Reason,
            one.Decide is null ? one.Detail : $"{one.Detail} To decide it: {one.Decide}", one.Side,
            one.JiraValue, one.JiraAuthor, Time(one.JiraTime), one.AdoValue, one.AdoAuthor, Time(one.AdoTime),
        ]),
    ];

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

    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Quote(string? cell) =>
        $"\"{(cell ?? string.Empty).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
