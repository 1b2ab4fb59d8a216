using System.Management.Automation;
using JiraAdoSync.Files;
using JiraAdoSync.Journal;

namespace JiraAdoSync.Commands;

/// <summary>Writes what a run did, or a plan would do, to a file that people can look at.</summary>
/// <remarks>
/// A file that ends in .md gets Markdown, for a pipeline's summary tab or a wiki. A file that ends in .csv gets a table
/// for a spreadsheet, in which no text of an issue is a formula. Any other gets one HTML page with the graph before,
/// after, and with its changes, and tables of what failed, waits or was degraded, with links to both sites. The page
/// holds all that it needs and asks nothing of anywhere. Issues and work items are linked where the session is
/// connected.
/// </remarks>
/// <example>
/// <para>Syncs, and writes the report of the run.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' | Export-JiraAdoReport -Path report.html
/// </code>
/// </example>
/// <example>
/// <para>Shows a plan before anything is written, as a page and as Markdown.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoReport plan.html, plan.md
/// </code>
/// </example>
/// <example>
/// <para>Writes what became of each issue and link as a table that is safe to open in a spreadsheet.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' | Export-JiraAdoReport results.csv
/// </code>
/// </example>
/// <example>
/// <para>Shows what an earlier run has changed.</para>
/// <code>
/// Get-JiraAdoRun | Select-Object -First 1 | Get-JiraAdoRun | Export-JiraAdoReport run.html
/// </code>
/// </example>
[Cmdlet(VerbsData.Export, "JiraAdoReport", SupportsShouldProcess = true)]
public sealed class ExportJiraAdoReportCommand : JiraAdoCommand
{
    private readonly List<object> _input = [];

    /// <summary>
    /// The files; existing ones are replaced. What ends in .md gets Markdown, what ends in .csv a table, any other
    /// HTML.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string[] Path { get; set; } = null!;

    /// <summary>
    /// What the report shows: results and the summary of a run, or the changes of a plan, as Invoke-JiraAdoSync,
    /// Sync-AdoWorkItem, Sync-AdoRelation and Compare-AdoRelation write them; or the changes that Get-JiraAdoRun writes
    /// of a run.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public object[] InputObject { get; set; } = null!;

    /// <summary>The site that the issues are of; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _input.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var report = NewReport(JiraConnection, AdoConnection);
        var objects = _input.Select(one => one is PSObject wrapped ? wrapped.BaseObject : one).ToList();
        report.Add(objects.OfType<RunChange>().ToList());
        foreach (var one in objects.Where(one => one is not RunChange))
        {
            report.Note(one);
        }

        foreach (var path in Path.Select(GetUnresolvedProviderPathFromPSPath))
        {
            if (ShouldProcess(path, "Write a report"))
            {
                ReportFiles.Write(report, path);
            }
        }
    }
}
