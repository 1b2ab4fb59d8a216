using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Lookup;

namespace JiraAdoSync.Commands;

/// <summary>Tells what the session knows of which work item stands for which issue.</summary>
/// <remarks>
/// A hint, not a truth: what is read of a work item verifies it, and a wrong entry is dropped and looked up.
/// </remarks>
/// <example>
/// <para>Tells all.</para>
/// <code>
/// Get-JiraAdoCorrelation
/// </code>
/// </example>
/// <example>
/// <para>Tells the work item of one issue.</para>
/// <code>
/// (Get-JiraAdoCorrelation -Key SHOP-1).WorkItemId
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "JiraAdoCorrelation")]
[OutputType(typeof(Correlation))]
public sealed class GetJiraAdoCorrelationCommand : SyncCommand
{
    private readonly HashSet<string> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Keys of issues; all, where none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[]? Key { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _keys.UnionWith(Key ?? []);

    /// <inheritdoc/>
    protected override void Finish() =>
        WriteAll(Cache.All.Where(entry => _keys.Count == 0 || _keys.Contains(entry.Key)).ToList());
}
