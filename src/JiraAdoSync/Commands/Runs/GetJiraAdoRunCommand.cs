using System.Management.Automation;
using JiraAdoSync.Files;
using JiraAdoSync.Input;
using JiraAdoSync.Journal;

namespace JiraAdoSync.Commands;

/// <summary>Lists the runs that left a record, the latest first; or the changes that one of them made.</summary>
/// <remarks>
/// Where the session is connected, the runs between these two sites are listed; -All lists those of every site.
/// Each run leaves a record, with the value before and after of every change. It serves audit and
/// Undo-JiraAdoRun; no run depends on it. A run that was killed has no outcome, and its record ends where it ended:
/// what was being sent then is reported as unsure (IsUnsure), and Undo-JiraAdoRun finds out.
/// </remarks>
/// <example>
/// <para>Lists the latest runs.</para>
/// <code>
/// Get-JiraAdoRun | Select-Object -First 5
/// </code>
/// </example>
/// <example>
/// <para>Shows what the latest run changed.</para>
/// <code>
/// Get-JiraAdoRun | Select-Object -First 1 | Get-JiraAdoRun | Select-Object Action, WorkItemId, Key, Before, After
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "JiraAdoRun")]
[OutputType(typeof(Run), typeof(RunChange))]
public sealed class GetJiraAdoRunCommand : JiraAdoCommand
{
    /// <summary>The id of a run whose changes are listed, as the summary and the list show it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public string[]? RunId { get; set; }

    /// <summary>
    /// The folder of the records, or one of them, as a run from the pipeline has it; by default the folder below the
    /// user's local application data.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Path")]
    public string? RunPath { get; set; }

    /// <summary>List the runs of all sites and projects, whatever the session is connected to.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var folder = RunPath is null ? null : RunRecord.FolderOf(GetUnresolvedProviderPathFromPSPath(RunPath));
        if (RunId is null)
        {
            WriteAll(RunRecord.ReadAll(folder, unreadable => WriteError(Errors.Of(unreadable)))
                .Select(record => record.Run)
                .Where(run => All || RunRecord.IsOf(run, Session.Current.Jira, Session.Current.Ado)));
            return;
        }

        foreach (var id in RunId)
        {
            try
            {
                WriteAll(RunRecord.Read(folder, id).Changes);
            }
            catch (SyncException failure) when (failure.Id is "RunNotFound" or "RunRecordUnreadable")
            {
                WriteError(Errors.Of(failure));
            }
        }
    }
}
