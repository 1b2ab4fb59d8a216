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
        "Kind,Action,Source,Relation,Target,Type,WorkItemId,TargetWorkItemId,Summary,Reason,Detail";

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
                item.Error?.Message ?? item.Detail);
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
                one.Error?.Message ?? one.Detail);
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
        .AppendJoin(',', values.Select(value => Quote(Cell(Convert.ToString(value, CultureInfo.InvariantCulture)))))
        .Append("\r\n");

    private static string Quote(string? cell) =>
        $"\"{(cell ?? string.Empty).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
