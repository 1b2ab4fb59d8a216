using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;

namespace JiraAdoSync.Commands;

/// <summary>
/// Names the work item that belongs to an issue. One without a mark is adopted: the next sync marks it and writes
/// its fields.
/// </summary>
/// <remarks>
/// What is named here counts in this session. A work item without a mark is marked by the next sync, and from then
/// on found by its mark.
/// </remarks>
/// <example>
/// <para>Uses a work item that people created for an issue, and shows the entry.</para>
/// <code>
/// Set-JiraAdoCorrelation -Key SHOP-1 -WorkItemId 1 -PassThru
/// </code>
/// </example>
/// <example>
/// <para>Takes them from objects that have a Key and a WorkItemId.</para>
/// <code>
/// Get-JiraAdoCorrelation | Set-JiraAdoCorrelation -WhatIf
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Set, "JiraAdoCorrelation", SupportsShouldProcess = true)]
[OutputType(typeof(Correlation))]
public sealed class SetJiraAdoCorrelationCommand : JiraAdoCommand
{
    private readonly Dictionary<string, int> _named = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The issue's key.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string Key { get; set; } = null!;

    /// <summary>The work item's id.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(WorkItemIdCompleter))]
    public int WorkItemId { get; set; }

    /// <summary>Write the correlations.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

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
    protected override void Process() => _named[Key] = WorkItemId;

    /// <inheritdoc/>
    protected override void Finish()
    {
        foreach (var replica in ReadNamed(Jira, _named.Keys, IssueDetail.None))
        {
            if (!_named.TryGetValue(replica.Key, out var workItemId))
            {
                // Asked for by a former key: Jira does not say which one.
                WriteError(Errors.IssueNotFound(replica.Key));
                continue;
            }

            if (ShouldProcess(replica.Key, $"Use work item {workItemId} for it"))
            {
                var correlation = new Correlation
                {
                    IssueId = replica.IssueId,
                    Key = replica.Key,
                    WorkItemId = workItemId,
                    IsAssigned = true,
                };
                Cache.Set(correlation);
                if (PassThru)
                {
                    WriteObject(correlation);
                }
            }
        }
    }
}
