using System.Management.Automation;
using JiraAdoSync.Files;
using JiraAdoSync.Watching;

namespace JiraAdoSync.Commands;

/// <summary>Shows the watchers of this user on this machine.</summary>
/// <remarks>
/// Each Watch-JiraAdoSync that runs is one object: what it is doing, how many changes wait and since when, its last run
/// and its last error. One whose process ended without a word is Lost, and is listed for a day.
/// </remarks>
/// <example>
/// <para>Shows what runs.</para>
/// <code>
/// Get-JiraAdoWatch
/// </code>
/// </example>
/// <example>
/// <para>Finds watchers that fail.</para>
/// <code>
/// Get-JiraAdoWatch | Where-Object Failures -gt 0 | Select-Object JiraSite, LastError, LastErrorAt
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "JiraAdoWatch", HelpUri = OnlineHelp.Pages + "Get-JiraAdoWatch.md")]
[OutputType(typeof(WatchStatus))]
public sealed class GetJiraAdoWatchCommand : JiraAdoCommand
{
    /// <inheritdoc/>
    protected override void Finish()
    {
        if (WatchFile.DefaultFolder is { } folder)
        {
            WriteAll(WatchFile.Read(folder, TimeProvider.System.GetUtcNow()));
        }
    }
}
