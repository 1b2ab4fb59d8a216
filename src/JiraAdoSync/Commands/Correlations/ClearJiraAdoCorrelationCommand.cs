using System.Management.Automation;
using JiraAdoSync.Input;

namespace JiraAdoSync.Commands;

/// <summary>Makes the session forget which work item stands for which issue; the next sync looks them up.</summary>
/// <remarks>
/// The cache only saves look-ups, so clearing it is always safe. An entry that Set- or Import-JiraAdoCorrelation
/// made and that no sync has used yet is lost with it.
/// </remarks>
/// <example>
/// <para>Forgets everything.</para>
/// <code>
/// Clear-JiraAdoCorrelation
/// </code>
/// </example>
/// <example>
/// <para>Forgets two issues.</para>
/// <code>
/// Clear-JiraAdoCorrelation -Key SHOP-1, SHOP-2
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Clear, "JiraAdoCorrelation", SupportsShouldProcess = true)]
public sealed class ClearJiraAdoCorrelationCommand : SyncCommand
{
    /// <summary>Keys of issues; all, where none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[]? Key { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var wanted = Cache.All
            .Where(entry => Key is null || Key.Contains(entry.Key, StringComparer.OrdinalIgnoreCase))
            .ToList();
        foreach (var entry in wanted.Where(entry => ShouldProcess(entry.ToString(), "Forget")))
        {
            Cache.Remove(entry.IssueId);
        }
    }
}
