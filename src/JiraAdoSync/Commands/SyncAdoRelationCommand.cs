using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Planning;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>Makes relations stand as they should: those that are desired, or those that a plan has.</summary>
/// <remarks>
/// It plans as Compare-AdoRelation does, or takes a plan, writes what differs, and tells a result for each. A
/// relation that stands already is kept; one that people made is adopted, never changed. With -Prune and -Scope
/// relations of ours go whose link is gone.
/// </remarks>
/// <example>
/// <para>Makes links stand.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Sync-AdoRelation
/// </code>
/// </example>
/// <example>
/// <para>Removes also what is gone in Jira.</para>
/// <code>
/// $replicas = Get-JiraReplica -Jql 'project = SHOP'
/// $replicas | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Sync-AdoRelation -Scope $replicas -Prune
/// </code>
/// </example>
[Cmdlet(VerbsData.Sync, "AdoRelation", SupportsShouldProcess = true, DefaultParameterSetName = Desired)]
[OutputType(typeof(RelationResult))]
public sealed class SyncAdoRelationCommand : RelationCommand
{
    private const string Desired = "Desired";
    private const string Planned = "Plan";

    private readonly List<DesiredRelation> _desired = [];
    private readonly List<RelationChange> _plan = [];

    /// <summary>What should stand, as Convert-LinkType tells it.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Desired, ValueFromPipeline = true)]
    public DesiredRelation[] DesiredRelation { get; set; } = null!;

    /// <summary>A plan, or the part of one that was approved, as Compare-AdoRelation tells it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = Planned, ValueFromPipeline = true)]
    public RelationChange[] Plan { get; set; } = null!;

    /// <summary>The issues that were read: only they tell that a link is gone.</summary>
    [Parameter(ParameterSetName = Desired)]
    public Replica[]? Scope { get; set; }

    /// <summary>The folder for the run's record; by default below the user's local application data.</summary>
    [Parameter]
    public string? RunPath { get; set; }

    private protected override string? RunFolder => RunPath is null ? null : GetUnresolvedProviderPathFromPSPath(RunPath);

    /// <inheritdoc/>
    protected override void Process()
    {
        if (ParameterSetName == Planned)
        {
            _plan.AddRange(Plan);
        }
        else
        {
            _desired.AddRange(DesiredRelation);
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        var synchronizer = NewSynchronizer();
        var plan = ParameterSetName == Planned ? RelationPlan.Of(_plan) : PlanRelations(synchronizer, _desired, Scope);
        if (plan.Refusal is not null)
        {
            throw plan.Refusal;
        }

        EndRecord([], Apply(synchronizer, plan.Changes));
    }
}
