using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>An issue and its work item, as both were read.</summary>
internal sealed record PairInput
{
    /// <summary>What Jira makes of the work item.</summary>
    public required DesiredWorkItem Desired { get; init; }

    /// <summary>The work item, with our genuine mark on it; no mark on one that the user named.</summary>
    public required FoundWorkItem Found { get; init; }

    /// <summary>The work item's type.</summary>
    public required WorkItemType Type { get; init; }

    /// <summary>What both sides had when they were last in step.</summary>
    public required PairBase Base { get; init; }

    /// <summary>Whether the rich texts of the work item are the original of those of the issue.</summary>
    public bool IsTextOriginal { get; init; }

    /// <summary>The issue's history; null where it was not read.</summary>
    public IReadOnlyList<IssueFieldChange>? JiraHistory { get; init; }

    /// <summary>The work item's history; null where it was not read.</summary>
    public IReadOnlyList<WorkItemUpdate>? AdoHistory { get; init; }

    /// <summary>The issue.</summary>
    public Replica Issue => Desired.Replica;

    /// <summary>The work item.</summary>
    public WorkItem Item => Found.WorkItem;
}

/// <summary>What must have been written before a base is true.</summary>
[Flags]
internal enum BaseNeeds
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>The fields of the work item.</summary>
    Ado = 1,

    /// <summary>The fields of the issue.</summary>
    Jira = 2,

    /// <summary>The way to the issue's status.</summary>
    Walk = 4,

    /// <summary>The relation of the work item to its parent.</summary>
    Relation = 8,

    /// <summary>What the issue gets beside its fields.</summary>
    Contents = 16,
}

/// <summary>The base of a field after a run.</summary>
/// <param name="Field">The reference name.</param>
/// <param name="Before">What was known of it; null where nothing was.</param>
/// <param name="After">What is known of it when all is written that it needs.</param>
/// <param name="Needs">What must be written for it.</param>
internal sealed record NextBase(string Field, FieldBase? Before, FieldBase After, BaseNeeds Needs);

/// <summary>What is to be done with a pair.</summary>
internal sealed record PairPlan
{
    /// <summary>The pair.</summary>
    public required PairInput Pair { get; init; }

    /// <summary>What is to be done with the work item.</summary>
    public required WorkItemChange WorkItem { get; init; }

    /// <summary>What is to be written to the issue, by the ids of its fields, as Jira takes it.</summary>
    public required IReadOnlyDictionary<string, object?> ToJira { get; init; }

    /// <summary>The status that the issue is to have; null where it stays.</summary>
    public IssueStatus? Target { get; init; }

    /// <summary>Conflicts, and fields that stay different.</summary>
    public required IReadOnlyList<FieldResult> Results { get; init; }

    /// <summary>What both sides have in common after the writes.</summary>
    public required IReadOnlyList<NextBase> Base { get; init; }

    /// <summary>Whether histories are needed before it is the plan.</summary>
    public bool NeedsHistory { get; init; }

    /// <summary>Values that no value of Jira becomes, by field.</summary>
    public required IReadOnlyList<(string Field, string Value)> NotInvertible { get; init; }

    /// <summary>The links that are on both sides now; null where they were not looked at.</summary>
    public IReadOnlyList<LinkBase>? Links { get; init; }

    /// <summary>What is known after some of the writes were done.</summary>
    /// <param name="done">What was done.</param>
    public IReadOnlyList<KeyValuePair<string, FieldBase>> BaseAfter(BaseNeeds done) => Base
        .Select(one => (one.Field, Known: (one.Needs & ~done) == BaseNeeds.Nothing ? one.After : one.Before))
        .Where(one => one.Known is not null)
        .Select(one => KeyValuePair.Create(one.Field, one.Known!))
        .ToList();

    /// <summary>The register of the issue after some of the writes were done.</summary>
    /// <param name="done">What was done.</param>
    /// <param name="nonce">The nonce of the work item's mark.</param>
    /// <param name="organization">The address of the organisation.</param>
    /// <param name="project">The name of the project.</param>
    public IssueRegister RegisterAfter(BaseNeeds done, string nonce, string organization, string project) => new()
    {
        Nonce = nonce,
        Organization = organization,
        Project = project,
        WorkItem = Pair.Item.Id,
        Counter = Pair.Base.Counter + 1,
        Fields = BaseAfter(done).ToDictionary(),
        Links = Links ?? Pair.Base.Links,
        Comments = Pair.Base.Comments,
    };
}
