using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Commands;

/// <summary>
/// Plans relations: tells for each link and each relation of ours what would be done, and writes nothing.
/// </summary>
[Cmdlet(VerbsData.Compare, "AdoRelation")]
[OutputType(typeof(RelationChange))]
public sealed class CompareAdoRelationCommand : RelationCommand
{
    private readonly List<DesiredRelation> _desired = [];

    /// <summary>What should stand, as Convert-LinkType tells it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public DesiredRelation[] DesiredRelation { get; set; } = null!;

    /// <summary>The issues that were read: only they tell that a link is gone.</summary>
    [Parameter]
    public Replica[]? Scope { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _desired.AddRange(DesiredRelation);

    /// <inheritdoc/>
    protected override void Finish() => WritePlan(PlanRelations(NewSynchronizer(), _desired, Scope));
}
