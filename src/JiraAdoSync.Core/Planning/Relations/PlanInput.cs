using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Planning.Relations;

/// <summary>All that a plan of relations is made from.</summary>
public sealed record PlanInput
{
    /// <summary>The desired relations. The same link may come more than once, in any order.</summary>
    public required IReadOnlyCollection<DesiredRelation> Desired { get; init; }

    /// <summary>The organisation's relation types.</summary>
    public required RelationTypes Types { get; init; }

    /// <summary>The issues' site: its marks are ours.</summary>
    public required JiraSite Site { get; init; }

    /// <summary>The work items of issues, by the issues' ids.</summary>
    public required IReadOnlyDictionary<long, int> WorkItems { get; init; }

    /// <summary>The ids of issues whose work items are created before any relation is: they count as present.</summary>
    public IReadOnlySet<long> ToCreate { get; init; } = new HashSet<long>();

    /// <summary>The ids of issues that the mapping of issue types leaves out: they get no work item, ever.</summary>
    public IReadOnlySet<long> LeftOut { get; init; } = new HashSet<long>();

    /// <summary>The work items that were read, with their relations.</summary>
    public required IReadOnlyCollection<WorkItem> Existing { get; init; }

    /// <summary>
    /// The issues that were read in this run. Only they show that a link no longer exists: what was not asked for is
    /// not missing.
    /// </summary>
    public IReadOnlyCollection<IssueReference> Scope { get; init; } = [];

    /// <summary>
    /// Issues that were not read in this run and are shown to be readable: a link to one of them is not hidden.
    /// </summary>
    public IReadOnlyCollection<IssueReference> Readable { get; init; } = [];

    /// <summary>What the user chose.</summary>
    public RelationPolicy Policy { get; init; } = new();
}
