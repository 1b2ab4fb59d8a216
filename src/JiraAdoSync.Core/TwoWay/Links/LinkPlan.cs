using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Links;

/// <summary>All that a plan of links is made from.</summary>
internal sealed record LinkPlanInput
{
    /// <summary>The work items that were read, with their relations.</summary>
    public required IReadOnlyCollection<WorkItem> Items { get; init; }

    /// <summary>The issues of work items.</summary>
    public required IReadOnlyDictionary<int, IssueReference> IssueOf { get; init; }

    /// <summary>Work items whose issues are created in this run.</summary>
    public IReadOnlySet<int> ToCreate { get; init; } = new HashSet<int>();

    /// <summary>The issues that were read, by id.</summary>
    public required IReadOnlyDictionary<long, Replica> Issues { get; init; }

    /// <summary>What Jira's links and parents are to become.</summary>
    public required IReadOnlyCollection<DesiredRelation> Desired { get; init; }

    /// <summary>The organisation's relation types.</summary>
    public required RelationTypes Types { get; init; }

    /// <summary>Which link a relation becomes.</summary>
    public required RelationInverse Inverse { get; init; }

    /// <summary>The issues' site, whose marks are ours.</summary>
    public required JiraSite Site { get; init; }

    /// <summary>The links that existed on both sides, by their source.</summary>
    public required IReadOnlyDictionary<long, IReadOnlyList<LinkBase>> Base { get; init; }

    /// <summary>Links whose relations people removed, by the histories of the work items.</summary>
    public IReadOnlySet<long> RemovedInAdo { get; init; } = new HashSet<long>();

    /// <summary>Whether links go to Jira.</summary>
    public required bool ToJira { get; init; }

    /// <summary>Whether what one side deleted is deleted on the other.</summary>
    public required bool Prune { get; init; }
}

/// <summary>A link to add in Jira.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Source">The work item of the issue that says the outward phrase.</param>
/// <param name="Target">The work item of the other issue.</param>
/// <param name="Relation">The reference name of the relation on the source's work item.</param>
internal sealed record PlannedLink(LinkType Type, int Source, int Target, string Relation);

/// <summary>What is to be said of a link that is on one side only.</summary>
/// <param name="Source">The source.</param>
/// <param name="Phrase">What the source says, or the relation's name.</param>
/// <param name="Target">The target.</param>
/// <param name="Reason">Why it stays so, as a stable word.</param>
/// <param name="Detail">Why, as a sentence.</param>
internal sealed record LinkNote(
    IssueReference Source,
    string Phrase,
    IssueReference Target,
    string Reason,
    string Detail
);

/// <summary>What is to be done with links and relations beside what one-way synchronisation does.</summary>
internal sealed record LinkPlan
{
    /// <summary>Links to add in Jira.</summary>
    public required IReadOnlyList<PlannedLink> Additions { get; init; }

    /// <summary>Links to remove in Jira.</summary>
    public required IReadOnlyList<IssueLink> Removals { get; init; }

    /// <summary>What Jira's links are to become, without those that people removed in Azure DevOps.</summary>
    public required IReadOnlyList<DesiredRelation> Desired { get; init; }

    /// <summary>Relations to remove in Azure DevOps that carry no mark of ours.</summary>
    public required IReadOnlyList<RelationChange> AdoRemovals { get; init; }

    /// <summary>The links that are on both sides, by their source.</summary>
    public required IReadOnlyDictionary<long, IReadOnlyList<LinkBase>> InStep { get; init; }

    /// <summary>Those of them that nothing remembers yet: people made them alike on both sides, or they share a relation.</summary>
    public required IReadOnlyList<LinkBase> Agreed { get; init; }

    /// <summary>What stays on one side, and why.</summary>
    public required IReadOnlyList<LinkNote> Notes { get; init; }

    /// <summary>
    /// Links between items that exist, that have no relation and are in no base: new ones, unless the history of an
    /// item says that somebody removed the relation.
    /// </summary>
    public required IReadOnlyList<DesiredRelation> Missing { get; init; }

    /// <summary>The links of the base that are missing on one side: on that of Azure DevOps, or else in Jira.</summary>
    public required IReadOnlyList<(LinkBase Link, bool IsMissingInAdo)> Deleted { get; init; }

    /// <summary>Relation types that no link type of the site becomes, with how many relations have them.</summary>
    public required IReadOnlyDictionary<RelationType, int> Unmapped { get; init; }
}
