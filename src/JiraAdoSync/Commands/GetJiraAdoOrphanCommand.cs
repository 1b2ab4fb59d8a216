using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>
/// Tells the work items that carry our mark and whose issue is gone, or is no longer selected. Nothing is done to them.
/// </summary>
[Cmdlet(VerbsCommon.Get, "JiraAdoOrphan")]
[OutputType(typeof(Orphan))]
public sealed class GetJiraAdoOrphanCommand : SyncCommand
{
    /// <summary>The selection; without it, only work items whose issue is gone are told.</summary>
    [Parameter(Position = 0)]
    public string? Jql { get; set; }

    /// <inheritdoc/>
    protected override void Finish()
    {
        var selected = Jql is null
            ? null
            : Stream(token => Jira.Client.SearchAsync(Jql, IssueDetail.None, token)).Select(replica => replica.IssueId).ToHashSet();
        WriteAll(Stream(token => NewSynchronizer().FindOrphansAsync(selected, token)));
    }
}
