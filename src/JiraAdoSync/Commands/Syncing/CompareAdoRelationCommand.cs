using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>
/// Plans relations: reports for each link and each relation of ours what would be done, and writes nothing.
/// </summary>
/// <remarks>
/// It reads the current relations, decides every link, and reports the decision with its reason: create, keep, adopt,
/// merge, replace, degrade, remove, pending, skip or fail. Pass the replicas as -Scope, and it knows which links no
/// longer exist. Its output, or a part of it, can be piped to Sync-AdoRelation or Export-JiraAdoPlan.
/// </remarks>
/// <example>
/// <para>Plans the relations of a project.</para>
/// <code>
/// $replicas = Get-JiraReplica -Jql 'project = SHOP'
/// $replicas | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Compare-AdoRelation -Scope $replicas
/// </code>
/// </example>
/// <example>
/// <para>Applies the part of a plan that only adds.</para>
/// <code>
/// $links = Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks -IncludeParent
/// $links | Convert-LinkType | Compare-AdoRelation | Where-Object Action -eq Create | Sync-AdoRelation
/// </code>
/// </example>
[Cmdlet(VerbsData.Compare, "AdoRelation", HelpUri = OnlineHelp.Pages + "Compare-AdoRelation.md")]
[OutputType(typeof(RelationChange))]
public sealed class CompareAdoRelationCommand : SyncCommand
{
    private readonly List<DesiredRelation> _desired = [];

    /// <summary>The desired relations from Convert-LinkType.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public DesiredRelation[] DesiredRelation { get; set; } = null!;

    /// <summary>The issues that were read: only they show that a link no longer exists.</summary>
    [Parameter]
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
    /// The reference name of a text field that holds the id of each work item's issue, such as Custom.JiraId, for
    /// organisations that have one: work items are found by it, without a mark too, and it is written with the other
    /// fields. What it does not find is looked up by its mark.
    /// </summary>
    [Parameter]
    public string? CorrelationField { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _desired.AddRange(DesiredRelation);

    /// <inheritdoc/>
    protected override void Finish() =>
        WritePlan(
            new SyncPlan(
                WorkItemPlan.None,
                PlanRelations(new Synchronizer(NewContext(CorrelationField)), _desired, Scope, Policy)));

    private RelationPolicy Policy => new()
    {
        OnConflict = OnConflict,
        ParentConflict = ParentConflict,
        Prune = Prune,
        PruneLimit = PruneLimit,
    };
}
