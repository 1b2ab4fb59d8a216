using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Lookup;

namespace JiraAdoSync.Commands;

/// <summary>Gets the session's list of which work item belongs to which issue.</summary>
/// <remarks>
/// A hint, not a truth: what is read of a work item verifies it, and a wrong entry is dropped and looked up.
/// </remarks>
/// <example>
/// <para>Gets all entries.</para>
/// <code>
/// Get-JiraAdoCorrelation
/// </code>
/// </example>
/// <example>
/// <para>Gets the work item of one issue.</para>
/// <code>
/// (Get-JiraAdoCorrelation -Key SHOP-1).WorkItemId
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "JiraAdoCorrelation")]
[OutputType(typeof(Correlation))]
public sealed class GetJiraAdoCorrelationCommand : JiraAdoCommand
{
    private readonly HashSet<string> _keys = new(StringComparer.OrdinalIgnoreCase);

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
    protected override void Process() => _keys.UnionWith(Key ?? []);

    /// <inheritdoc/>
    protected override void Finish() =>
        WriteAll(Cache.All.Where(entry => _keys.Count == 0 || _keys.Contains(entry.Key)).ToList());
}
