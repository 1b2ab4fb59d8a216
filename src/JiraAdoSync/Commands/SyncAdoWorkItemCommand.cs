using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>Makes a work item stand for each issue, and keeps it up to date.</summary>
[Cmdlet(VerbsData.Sync, "AdoWorkItem", SupportsShouldProcess = true)]
[OutputType(typeof(WorkItemResult))]
public sealed class SyncAdoWorkItemCommand : SyncCommand
{
    private readonly List<Replica> _replicas = [];

    /// <summary>Issues as Get-JiraReplica reads them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Replica[] Replica { get; set; } = null!;

    /// <summary>
    /// From issue type to work item type, or to a list of which the first that the project has is taken; $null leaves a
    /// type out. Laid over the default.
    /// </summary>
    [Parameter(Position = 1)]
    public Hashtable? TypeMapping { get; set; }

    /// <summary>Only touch what stands. Without it, an issue whose work item people deleted gets a new one.</summary>
    [Parameter]
    public SwitchParameter NoCreate { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _replicas.AddRange(Replica);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var synchronizer = NewSynchronizer();
        var types = Mappings.WorkItemTypes(TypeMapping);
        var changes = Await(token => synchronizer.PlanWorkItemsAsync(_replicas, types, !NoCreate, token));
        Await(token => synchronizer.CheckPermissionAsync(changes, token));
        Apply(synchronizer, changes);
    }
}
