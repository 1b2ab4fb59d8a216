using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Commands;

/// <summary>What the cmdlets have that plan work items: how issues become work items.</summary>
public abstract class WorkItemCommand : SyncCommand
{
    /// <summary>
    /// From issue type to work item type, or to a list of which the first that the project has is taken; $null leaves a
    /// type out. Laid over the default.
    /// </summary>
    [Parameter(Position = 1)]
    public Hashtable? TypeMapping { get; set; }

    /// <summary>Only touch what stands. Without it, an issue whose work item people deleted gets a new one.</summary>
    [Parameter]
    public SwitchParameter NoCreate { get; set; }

    private protected WorkItemPolicy WorkItemPolicy => new()
    {
        Types = Mappings.WorkItemTypes(TypeMapping).ToList(),
        MayCreate = !NoCreate,
    };
}
