using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>What the cmdlets have that plan relations: what the user chooses where a plan has a choice.</summary>
public abstract class RelationCommand : LookUpCommand
{
    /// <summary>What to do with a link that the relation types do not allow beside what stands.</summary>
    [Parameter]
    public LinkConflict OnConflict { get; set; }

    /// <summary>What to do where somebody else gave a work item another parent than Jira has.</summary>
    [Parameter]
    public ParentConflict ParentConflict { get; set; }

    /// <summary>Remove relations of ours whose link is gone in Jira.</summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    /// <summary>How many per cent of our relations may go in one run; 20 may go whatever this says.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int PruneLimit { get; set; } = 10;

    /// <summary>
    /// Have Azure DevOps notify those who follow work items; a sync suppresses that where the account may.
    /// </summary>
    [Parameter]
    public SwitchParameter Notify { get; set; }

    private protected override bool Notifies => Notify;

    private protected RelationPolicy Policy => new()
    {
        OnConflict = OnConflict,
        ParentConflict = ParentConflict,
        Prune = Prune,
        PruneLimit = PruneLimit,
    };

    private protected RelationPlan PlanRelations(
        Synchronizer synchronizer,
        IReadOnlyCollection<DesiredRelation> desired,
        Replica[]? scope)
    {
        if (Prune && scope is null)
        {
            throw new SyncException(
                "ParameterMissing",
                "-Prune needs -Scope: only the issues that were read can tell that a link is gone. Pass the replicas, as in "
                + "-Scope $replicas.",
                nameof(Prune));
        }

        return Await(
            token => synchronizer.PlanRelationsAsync(desired, scope ?? [], Policy, token));
    }
}
