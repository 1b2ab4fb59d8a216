using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;

namespace JiraAdoSync.Commands;

/// <summary>
/// Finds the work items that carry our mark and whose issue no longer exists, or is no longer selected. Nothing is done
/// to them.
/// </summary>
/// <remarks>
/// Deleting is left to people. An issue that the account may not see looks like one that was deleted, so look before
/// you delete.
/// </remarks>
/// <example>
/// <para>Finds the work items whose issue no longer exists.</para>
/// <code>
/// Get-JiraAdoOrphan
/// </code>
/// </example>
/// <example>
/// <para>Finds also those whose issue a query no longer selects.</para>
/// <code>
/// Get-JiraAdoOrphan -Jql 'project = SHOP'
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "JiraAdoOrphan")]
[OutputType(typeof(Orphan))]
public sealed class GetJiraAdoOrphanCommand : SyncCommand
{
    /// <summary>The selection; without it, only work items whose issue no longer exists are reported.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(JqlCompleter))]
    public string? Jql { get; set; }

    /// <inheritdoc/>
    protected override void Finish()
    {
        var selected = Jql is null
            ? null
            : Stream(token => Jira.Client.SearchAsync(Jql, IssueDetail.None, token)).Select(replica => replica.IssueId)
                .ToHashSet();
        var finder = new OrphanFinder(Ado.Client, Jira.Client, Site, Accounts);
        WriteAll(Stream(token => finder.FindAsync(selected, token)));
    }
}
