using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Links;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>One plan over both sides, complete before the first write.</summary>
public sealed record TwoWayPlan
{
    /// <summary>What is to be done with work items.</summary>
    public required IReadOnlyList<WorkItemChange> WorkItems { get; init; }

    /// <summary>What is to be done with relations.</summary>
    public required RelationPlan Relations { get; init; }

    /// <summary>What is to be done with issues, one line an issue: those that are created first.</summary>
    public required IReadOnlyList<IssueResult> Issues { get; init; }

    /// <summary>What is to be done with issue links.</summary>
    public required IReadOnlyList<IssueLinkResult> Links { get; init; }

    /// <summary>Conflicts, and fields that stay different.</summary>
    public required IReadOnlyList<FieldResult> Fields { get; init; }

    /// <summary>The issues that were read.</summary>
    public required IReadOnlyList<Replica> Replicas { get; init; }

    /// <summary>Why the plan must not be applied; null where it may.</summary>
    public SyncException? Refusal { get; init; }

    /// <summary>The pairs, by the issue's id.</summary>
    internal IReadOnlyDictionary<long, PairPlan> Pairs { get; init; } = new Dictionary<long, PairPlan>();

    /// <summary>The parents that issues are to get, by the issue's id.</summary>
    internal IReadOnlyDictionary<long, PlannedParent> Parents { get; init; } = new Dictionary<long, PlannedParent>();

    /// <summary>The issues to create.</summary>
    internal IReadOnlyList<PlannedIssue> Creations { get; init; } = [];

    /// <summary>What goes to issues beside their fields.</summary>
    internal IReadOnlyList<ContentCopy> Contents { get; init; } = [];

    /// <summary>The line of each link that is to be added.</summary>
    internal IReadOnlyDictionary<PlannedLink, IssueLinkResult> LinkLines { get; init; } =
        new Dictionary<PlannedLink, IssueLinkResult>();

    /// <summary>What is to be done with links beside what one-way synchronisation does.</summary>
    internal LinkPlan? LinkPlan { get; init; }
}

/// <summary>A parent that an issue is to get.</summary>
/// <param name="Issue">The parent; null where the parent is taken away, or is created in this run.</param>
/// <param name="WorkItemId">The work item of a parent that is created in this run; null for any other.</param>
internal sealed record PlannedParent(IssueReference? Issue, int? WorkItemId);

/// <summary>An issue that is to be created.</summary>
/// <param name="Item">Its work item.</param>
/// <param name="Type">Its type.</param>
/// <param name="Fields">Its values.</param>
/// <param name="Parent">Its parent; null where it has none, or one that is created in the same run.</param>
/// <param name="ParentWorkItemId">The work item of a parent that is created in the same run.</param>
/// <param name="LeftOut">What of the work item does not come along.</param>
internal sealed record PlannedIssue(
    AzureDevOps.WorkItem Item,
    IssueType Type,
    IReadOnlyDictionary<string, object?> Fields,
    IssueReference? Parent,
    int? ParentWorkItemId,
    IReadOnlyList<string> LeftOut);
