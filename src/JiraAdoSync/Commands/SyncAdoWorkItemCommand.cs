using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>Makes a work item stand for each issue, and keeps it up to date.</summary>
[Cmdlet(VerbsData.Sync, "AdoWorkItem", SupportsShouldProcess = true)]
[OutputType(typeof(WorkItemResult))]
public sealed class SyncAdoWorkItemCommand : WorkItemCommand
{
    private readonly List<Replica> _replicas = [];

    /// <summary>Issues as Get-JiraReplica reads them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Replica[] Replica { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process() => _replicas.AddRange(Replica);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var synchronizer = NewSynchronizer();
        var policy = WorkItemPolicy;
        var changes = Await(token => synchronizer.PlanWorkItemsAsync(_replicas, policy, token));
        Await(token => synchronizer.CheckPermissionAsync(changes, token));
        Apply(synchronizer, changes);
    }
}
