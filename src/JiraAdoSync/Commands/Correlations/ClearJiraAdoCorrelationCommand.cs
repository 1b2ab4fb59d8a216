using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Lookup;

namespace JiraAdoSync.Commands;

/// <summary>Clears the session's list of which work item belongs to which issue; the next sync looks them up.</summary>
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
public sealed class ClearJiraAdoCorrelationCommand : JiraAdoCommand
{
    /// <summary>Keys of issues; all, where none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[]? Key { get; set; }

    /// <summary>The site that the issues are of; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    private JiraConnection Jira => Session.Resolve(JiraConnection);

    private AdoConnection Ado => Session.Resolve(AdoConnection);

    private CorrelationCache Cache => Session.Current.CacheOf(Jira, Ado);

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
