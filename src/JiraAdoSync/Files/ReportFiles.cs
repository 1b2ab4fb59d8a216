using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Reporting;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Files;

/// <summary>The parts of the report's page that ship beside the assemblies.</summary>
internal static class ReportFiles
{
    private static readonly string[] Scripts = ["outline.js", "picture.js", "report.js"];

    private static string Folder =>
        Path.Combine(Path.GetDirectoryName(typeof(ReportFiles).Assembly.Location)!, "report");

    /// <summary>Reads the parts.</summary>
    public static ReportPage Page() => new()
    {
        Template = Read("report.html"),
        Style = Read("report.css"),
        Scripts = Array.ConvertAll(Scripts, Read),
    };

    /// <summary>
    /// Writes a report: Markdown where the file's name ends in .md, a table where in .csv, else HTML.
    /// </summary>
    /// <exception cref="SyncException"><c>ReportUnwritable</c>.</exception>
    public static void Write(Report report, string path)
    {
        var text = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".MD" => MarkdownReport.Write(report),
            ".CSV" => CsvReport.Write(report),
            _ => HtmlReport.Write(report, Page()),
        };
        TextFile.Write(path, text, "ReportUnwritable");
    }

    /// <summary>Adds what a run or a plan emits to a report.</summary>
    public static void Note(this Report report, object one)
    {
        switch (one)
        {
            case WorkItemResult result:
                report.Add(result);
                break;
            case RelationResult result:
                report.Add(result);
                break;
            case WorkItemChange change:
                report.Add(WorkItemResult.Of(change));
                break;
            case RelationChange change:
                report.Add(RelationResult.Of(change));
                break;
            case IssueResult result:
                report.Add(result);
                break;
            case IssueLinkResult result:
                report.Add(result);
                break;
            case FieldResult result:
                report.Add(result);
                break;
            case SyncSummary summary:
                report.Summary = summary;
                break;
            default:
                throw new SyncException(
                    "ReportInputInvalid",
                    $"A report can't show {one.GetType().Name}. Pipe the output of Invoke-JiraAdoSync to it, or a part of it.",
                    one);
        }
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));
}
