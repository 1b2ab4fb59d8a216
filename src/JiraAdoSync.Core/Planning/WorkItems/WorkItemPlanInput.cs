using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Planning.WorkItems;

/// <summary>All that a plan of work items is made of.</summary>
public sealed record WorkItemPlanInput
{
    /// <summary>What is desired for each issue.</summary>
    public required IEnumerable<DesiredWorkItem> Desired { get; init; }

    /// <summary>The work items that exist, by issue id.</summary>
    public required IReadOnlyDictionary<long, FoundWorkItem> Existing { get; init; }

    /// <summary>The project's work item types, by name.</summary>
    public required IReadOnlyDictionary<string, WorkItemType> Types { get; init; }

    /// <summary>The issues' site, whose marks are ours.</summary>
    public required JiraSite Site { get; init; }

    /// <summary>What the user chose.</summary>
    public required WorkItemPolicy Policy { get; init; }

    /// <summary>
    /// The histories of work items, by their id: those that <see cref="WorkItemPlanner.NeedsHistory"/> names.
    /// </summary>
    public IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>> Histories { get; init; } =
        new Dictionary<int, IReadOnlyList<WorkItemUpdate>>();
}
