using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Links;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>One plan over both sides, complete before the first write.</summary>
public sealed record TwoWayPlan
{
    /// <summary>No links.</summary>
    internal static readonly ILookup<long, LinkBase> Nothing = Enumerable.Empty<LinkBase>().ToLookup(link => link.Source);

    /// <summary>What is to be done in Azure DevOps.</summary>
    public required SyncPlan Ado { get; init; }

    /// <summary>Conflicts, and fields that stay different.</summary>
    public required IReadOnlyList<FieldResult> Fields { get; init; }

    /// <summary>The issues that were read.</summary>
    public required IReadOnlyList<Replica> Replicas { get; init; }

    /// <summary>Why the plan must not be applied; null where it may.</summary>
    public SyncException? Refusal => Refusals.Count == 0 ? null : Refusals[0];

    /// <summary>All reasons why the plan must not be applied.</summary>
    public IReadOnlyList<SyncException> Refusals { get; init; } = [];

    /// <summary>What is to be done with issues: creations first, then fields, then comments.</summary>
    public IReadOnlyList<IssueResult> Issues =>
        [.. Creations.Select(one => one.Line), .. Updates.Select(one => one.Line), .. Copies.Select(one => one.Line)];

    /// <summary>What is to be done with issue links, and what stays on one side.</summary>
    public IReadOnlyList<IssueLinkResult> Links =>
        [.. Additions.Select(one => one.Line), .. Removals.Select(one => one.Line), .. LinkNotes];

    /// <summary>The pairs, by the issue's id.</summary>
    internal IReadOnlyDictionary<long, PairPlan> Pairs { get; init; } = new Dictionary<long, PairPlan>();

    /// <summary>The parents that issues are to get, by the issue's id.</summary>
    internal IReadOnlyDictionary<long, PlannedParent> Parents { get; init; } = new Dictionary<long, PlannedParent>();

    /// <summary>The issues to create, each with its line.</summary>
    internal IReadOnlyList<(IssueResult Line, PlannedIssue Issue)> Creations { get; init; } = [];

    /// <summary>The pairs whose issue is to be changed, each with its line.</summary>
    internal IReadOnlyList<(IssueResult Line, PairPlan Pair)> Updates { get; init; } = [];

    /// <summary>What is to be copied to issues beside their fields, each with its line.</summary>
    internal IReadOnlyList<(IssueResult Line, ContentCopy Copy)> Copies { get; init; } = [];

    /// <summary>The links to add, each with its line.</summary>
    internal IReadOnlyList<(IssueLinkResult Line, PlannedLink Link)> Additions { get; init; } = [];

    /// <summary>The links to remove, each with its line.</summary>
    internal IReadOnlyList<(IssueLinkResult Line, IssueLink Link)> Removals { get; init; } = [];

    /// <summary>Links that people made alike on both sides, and that their sources do not remember yet.</summary>
    internal ILookup<long, LinkBase> Agreed { get; init; } = Nothing;

    /// <summary>The lines of links that stay on one side.</summary>
    internal IReadOnlyList<IssueLinkResult> LinkNotes { get; init; } = [];

    /// <summary>The issues of work items that the run does not read and that its work items relate to.</summary>
    internal IReadOnlyDictionary<int, IssueReference> Beyond { get; init; } = new Dictionary<int, IssueReference>();

    /// <summary>The plan without what somebody declined.</summary>
    /// <param name="ado">What nobody declined of what is to be done in Azure DevOps.</param>
    /// <param name="isApproved">Whether nobody declined a line of <see cref="Issues"/> or <see cref="Links"/>.</param>
    public TwoWayPlan Of(SyncPlan ado, Predicate<object> isApproved) => this with
    {
        Ado = ado,
        Creations = [.. Creations.Where(one => isApproved(one.Line))],
        Updates = [.. Updates.Where(one => isApproved(one.Line))],
        Copies = [.. Copies.Where(one => isApproved(one.Line))],
        Additions = [.. Additions.Where(one => isApproved(one.Line))],
        Removals = [.. Removals.Where(one => isApproved(one.Line))],
    };

    /// <summary>The issues of work items: those of this run's pairs and creations come before what was found.</summary>
    /// <param name="known">What was found.</param>
    /// <param name="created">The issues that were created, by work item.</param>
    internal Dictionary<int, IssueReference> IssuesByWorkItem(
        KnownWorkItems known, IReadOnlyDictionary<int, IssueReference> created)
    {
        var byWorkItem = new Dictionary<int, IssueReference>();
        foreach (var (issueId, found) in known.Existing)
        {
            if (known.Sought.TryGetValue(issueId, out var issue))
            {
                byWorkItem.TryAdd(found.WorkItem.Id, issue);
            }
        }

        foreach (var pair in Pairs.Values.Reverse())
        {
            byWorkItem[pair.Pair.Item.Id] = pair.Pair.Issue.Reference;
        }

        foreach (var (workItem, issue) in created)
        {
            byWorkItem[workItem] = issue;
        }

        foreach (var (workItem, issue) in Beyond)
        {
            byWorkItem.TryAdd(workItem, issue);
        }

        return byWorkItem;
    }
}

/// <summary>A parent that an issue is to get.</summary>
/// <param name="Issue">The parent; null where the parent is removed, or is created in this run.</param>
/// <param name="WorkItemId">The work item of a parent that is created in this run; null for any other.</param>
internal sealed record PlannedParent(IssueReference? Issue, int? WorkItemId);

/// <summary>An issue that is to be created.</summary>
/// <param name="Item">Its work item.</param>
/// <param name="Project">The key of its project: a sub-task is in that of its parent.</param>
/// <param name="Type">Its type.</param>
/// <param name="Fields">Its values.</param>
/// <param name="Parent">Its parent; null where it has none, or one that is created in the same run.</param>
/// <param name="ParentWorkItemId">The work item of a parent that is created in the same run.</param>
/// <param name="LeftOut">What of the work item is not copied.</param>
internal sealed record PlannedIssue(
    AzureDevOps.WorkItem Item,
    string Project,
    IssueType Type,
    IReadOnlyDictionary<string, object?> Fields,
    IssueReference? Parent,
    int? ParentWorkItemId,
    IReadOnlyList<string> LeftOut);
