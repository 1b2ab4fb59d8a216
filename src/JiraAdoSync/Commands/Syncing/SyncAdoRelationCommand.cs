using System.Management.Automation;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>Creates, replaces and removes relations: the desired ones, or those of a plan.</summary>
/// <remarks>
/// It plans as Compare-AdoRelation does, or takes a plan, writes what differs, and returns a result for each. A
/// relation that exists already is kept; one that people created is adopted, never changed. With -Prune and -Scope
/// relations of ours are removed whose link no longer exists. Of a plan that has work items too, they are left out with
/// a warning.
/// </remarks>
/// <example>
/// <para>Syncs links as relations.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Sync-AdoRelation
/// </code>
/// </example>
/// <example>
/// <para>Removes also what no longer exists in Jira.</para>
/// <code>
/// $replicas = Get-JiraReplica -Jql 'project = SHOP'
/// $replicas | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Sync-AdoRelation -Scope $replicas -Prune
/// </code>
/// </example>
[Cmdlet(VerbsData.Sync, "AdoRelation", SupportsShouldProcess = true, DefaultParameterSetName = Desired)]
[OutputType(typeof(RelationResult))]
public sealed class SyncAdoRelationCommand : SyncCommand
{
    private const string Desired = "Desired";
    private const string Planned = "Plan";
    private const string Whole = "WholePlan";

    private readonly List<DesiredRelation> _desired = [];
    private readonly List<RelationChange> _plan = [];
    private int _workItems;

    /// <summary>The desired relations from Convert-LinkType.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Desired, ValueFromPipeline = true)]
    public DesiredRelation[] DesiredRelation { get; set; } = null!;

    /// <summary>A plan from Compare-AdoRelation, or the part of one that was approved.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Planned, ValueFromPipeline = true)]
    public RelationChange[] Plan { get; set; } = null!;

    /// <summary>
    /// Work items of a plan. They are left out with a warning: Invoke-JiraAdoPlan writes a plan with both.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = Whole, ValueFromPipeline = true)]
    public WorkItemChange[] WorkItem { get; set; } = null!;

    /// <summary>The issues that were read: only they show that a link no longer exists.</summary>
    [Parameter(ParameterSetName = Desired)]
    public Replica[]? Scope { get; set; }

    /// <summary>What to do with a link that the relation types do not allow beside what exists.</summary>
    [Parameter]
    public LinkConflict OnConflict { get; set; }

    /// <summary>What to do where somebody else gave a work item another parent than Jira has.</summary>
    [Parameter]
    public ParentConflict ParentConflict { get; set; }

    /// <summary>Remove relations of ours whose link no longer exists in Jira.</summary>
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

    /// <summary>
    /// The reference name of a text field that holds the id of each work item's issue, such as Custom.JiraId, for
    /// organisations that have one: work items are found by it, without a mark too, and it is written with the other
    /// fields. What it does not find is looked up by its mark.
    /// </summary>
    [Parameter]
    public string? CorrelationField { get; set; }

    private protected override bool Notifies => Notify;

    /// <summary>The folder for the run's record; by default below the user's local application data.</summary>
    [Parameter]
    public string? RunPath { get; set; }

    private protected override string? RunFolder =>
        RunPath is null ? null : GetUnresolvedProviderPathFromPSPath(RunPath);

    /// <inheritdoc/>
    protected override void Process()
    {
        switch (ParameterSetName)
        {
            case Planned:
                _plan.AddRange(Plan);
                break;
            case Whole:
                _workItems += WorkItem.Length;
                break;
            default:
                _desired.AddRange(DesiredRelation);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (_workItems > 0)
        {
            WriteWarning(
                $"The plan has {_workItems} {(_workItems == 1 ? "work item" : "work items")}, and Sync-AdoRelation writes relations "
                + "only: relations of work items that are yet to be created wait. To write both, pipe the plan to "
                + "Export-JiraAdoPlan and give the file to Invoke-JiraAdoPlan.");
        }

        var synchronizer = new Synchronizer(NewContext(CorrelationField));
        var plan = _plan.Count > 0 || _workItems > 0
            ? RelationPlan.Of(_plan)
            : PlanRelations(synchronizer, _desired, Scope, Policy);
        if (plan.Refusal is not null)
        {
            throw plan.Refusal;
        }

        var approved = Approve(new SyncPlan(WorkItemPlan.None, plan));
        Apply([synchronizer.Apply(approved.Relations)]);
        EndRecord();
    }

    private RelationPolicy Policy => new()
    {
        OnConflict = OnConflict,
        ParentConflict = ParentConflict,
        Prune = Prune,
        PruneLimit = PruneLimit,
    };
}
