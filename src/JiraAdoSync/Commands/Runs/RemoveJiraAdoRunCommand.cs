using System.Management.Automation;
using JiraAdoSync.Files;
using JiraAdoSync.Input;
using JiraAdoSync.Journal;

namespace JiraAdoSync.Commands;

/// <summary>Deletes records of runs: named ones, or those that are older than a time.</summary>
/// <remarks>
/// A run whose record is deleted can't be undone. No run depends on a record. Where the session is connected,
/// -OlderThan deletes records of runs between these two sites only; -All those of every site.
/// </remarks>
/// <example>
/// <para>Deletes what is older than ninety days.</para>
/// <code>
/// Remove-JiraAdoRun -OlderThan (Get-Date).AddDays(-90)
/// </code>
/// </example>
/// <example>
/// <para>Shows which records of all sites would be deleted.</para>
/// <code>
/// Remove-JiraAdoRun -OlderThan (Get-Date).AddDays(-90) -All -WhatIf
/// </code>
/// </example>
[Cmdlet(
    VerbsCommon.Remove, "JiraAdoRun",
    SupportsShouldProcess = true,
    DefaultParameterSetName = ById,
    HelpUri = OnlineHelp.Pages + "Remove-JiraAdoRun.md")]
public sealed class RemoveJiraAdoRunCommand : JiraAdoCommand
{
    private const string ById = "RunId";
    private const string ByAge = "OlderThan";

    /// <summary>The ids of runs, as Get-JiraAdoRun lists them.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ById, ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public string[] RunId { get; set; } = null!;

    /// <summary>The time before which a run must have started.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByAge)]
    public DateTimeOffset OlderThan { get; set; }

    /// <summary>Take the runs of all sites and projects, whatever the session is connected to.</summary>
    [Parameter(ParameterSetName = ByAge)]
    public SwitchParameter All { get; set; }

    /// <summary>
    /// The folder of the records, or one of them, as a run from the pipeline has it; by default the folder below the
    /// user's local application data.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Path")]
    public string? RunPath { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var folder = RunPath is null ? null : RunRecord.FolderOf(GetUnresolvedProviderPathFromPSPath(RunPath));
        if (ParameterSetName == ByAge)
        {
            // All are read before the first is deleted.
            RunRecord.ReadAll(folder, unreadable => WriteError(Errors.Of(unreadable)))
                .Select(record => record.Run)
                .Where(run => run.Started < OlderThan
                    && (All || RunRecord.IsOf(run, Session.Current.Jira, Session.Current.Ado)))
                .ToList()
                .ForEach(Delete);
            return;
        }

        foreach (var id in RunId)
        {
            try
            {
                Delete(RunRecord.Read(folder, id).Run);
            }
            catch (SyncException failure) when (failure.Id is "RunNotFound" or "RunRecordUnreadable")
            {
                WriteError(Errors.Of(failure));
            }
        }
    }

    private void Delete(Run run)
    {
        if (!ShouldProcess($"run {run.RunId} of {run.Started:yyyy-MM-dd}, {run.Project}", "Delete its record"))
        {
            return;
        }

        try
        {
            File.Delete(run.Path!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            WriteError(Errors.Of(new SyncException(
                "RunRecordUnwritable", $"'{run.Path}' can't be deleted: {failure.Message}", run.RunId)));
        }
    }
}
