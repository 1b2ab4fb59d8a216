using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Syncing;

/// <summary>What is to be done with work items.</summary>
/// <param name="Changes">A change for each issue, and for each twin that is to be recycled.</param>
public sealed record WorkItemPlan(IReadOnlyList<WorkItemChange> Changes)
{
    /// <summary>The plan of a run that leaves work items alone.</summary>
    public static readonly WorkItemPlan None = new([]);

    /// <summary>What it was made with; null for a saved plan, which is applied as it is or not at all.</summary>
    internal PlanBasis? Basis { get; init; }

    /// <summary>The ids of issues whose work items are created before any relation is.</summary>
    internal HashSet<long> ToCreate => IdsOf(change => change.Action == ChangeAction.Create);

    /// <summary>The ids of issues that the mapping of types leaves out.</summary>
    internal HashSet<long> LeftOut => IdsOf(change => change.Reason == Reasons.LeftOut);

    private HashSet<long> IdsOf(Func<WorkItemChange, bool> which) =>
        [.. Changes.Where(which).Select(change => change.IssueId)];
}

/// <summary>What work items were planned with: those that somebody changes during the run are planned again.</summary>
/// <param name="Policy">What the user chose.</param>
/// <param name="Types">The project's work item types, by name.</param>
/// <param name="Mapping">From issue type to work item type.</param>
/// <param name="Mapper">From issue to fields.</param>
/// <param name="Replicas">The issues, by id.</param>
/// <param name="Decide">Makes the plan of what was read.</param>
/// <param name="AtOnce">For how many issues it is made at once.</param>
internal sealed record PlanBasis(
    WorkItemPolicy Policy,
    Dictionary<string, WorkItemType> Types,
    WorkItemTypeMapping Mapping,
    WorkItemMapper Mapper,
    Dictionary<long, Replica> Replicas,
    WorkItemDecision Decide,
    int AtOnce);

/// <summary>Decides what is to be done with work items; may read what the decision turns out to need.</summary>
/// <param name="input">What was read.</param>
/// <param name="cancellationToken">Cancels the operation.</param>
internal delegate Task<IReadOnlyList<WorkItemChange>> WorkItemDecision(
    WorkItemPlanInput input, CancellationToken cancellationToken);
