using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.TwoWay.Merging;

/// <summary>One field of one pair, as it is on both sides.</summary>
public sealed record FieldPair
{
    /// <summary>The reference name in Azure DevOps.</summary>
    public required string Field { get; init; }

    /// <summary>Which way its values may go.</summary>
    public required FieldDirection Direction { get; init; }

    /// <summary>What Jira has, as text that is equal while the value is; null where it has nothing.</summary>
    public required string? Jira { get; init; }

    /// <summary>What Azure DevOps has, likewise.</summary>
    public required string? Ado { get; init; }

    /// <summary>Whether the two sides correspond through the mapping.</summary>
    public required bool Corresponds { get; init; }

    /// <summary>What they had when they were last in step; null where nobody knows.</summary>
    public FieldBase? Base { get; init; }

    /// <summary>
    /// Whether both sides count as changed, whatever the base says: histories do not show which edit was the last one.
    /// </summary>
    public bool IsUnsure { get; init; }

    /// <summary>
    /// Whether Azure DevOps has what nobody chose: a rule of its process assigned the item to the account of the run that
    /// moved its state, while nobody is assigned in Jira.
    /// </summary>
    public bool IsByProcessRule { get; init; }

    /// <summary>
    /// Whether a side may demand a value. None demands a parent, and the base of a parent says what a run gave, so that it
    /// differs between the sides for other reasons.
    /// </summary>
    public bool IsDemandable { get; init; } = true;

    /// <summary>The elements of a set in Jira, as tags; null where the field is no set.</summary>
    public IReadOnlySet<string>? JiraSet { get; init; }

    /// <summary>The elements of a set in Azure DevOps that Jira can have; null where the field is no set.</summary>
    public IReadOnlySet<string>? AdoSet { get; init; }

    /// <summary>What Jira's history says of the field; null where it was not read.</summary>
    public FieldEdit? JiraEdit { get; init; }

    /// <summary>What the work item's history says of the field; null where it was not read.</summary>
    public FieldEdit? AdoEdit { get; init; }

    /// <summary>Whether it is a set.</summary>
    public bool IsSet => JiraSet is not null && AdoSet is not null;

    /// <summary>The state of the work item: what its rules allow may depend on it.</summary>
    public string? State { get; init; }

    /// <summary>The side that refused the value of the other; null where none did, or somebody changed either since.</summary>
    public Side? RefusedBy => IsUnsure || Base?.Refused is not { } refused ? null
        : refused == Refusal.ByJira(Jira, Ado) || refused == Refusal.ByAdo(Jira, Ado, State) ? refused.By
        : null;

    /// <summary>Whether a side refused the value of the other, and nobody changed either since.</summary>
    public bool IsRefused => RefusedBy is not null;

    /// <summary>Whether Jira's value is another than when the two were in step.</summary>
    public bool HasJiraChanged => IsUnsure || Base?.Jira != ShortDigest.Of(Jira);

    /// <summary>Whether the value of Azure DevOps is another than when the two were in step.</summary>
    public bool HasAdoChanged => IsUnsure || Base?.Ado != ShortDigest.Of(Ado);
}

/// <summary>What a history says of one field since the two sides were last in step.</summary>
/// <param name="HasChanged">Whether somebody changed it.</param>
/// <param name="When">When it was last changed; null where it never was.</param>
/// <param name="Author">Who changed it last; null where nobody knows.</param>
public sealed record FieldEdit(bool HasChanged, DateTimeOffset? When, string? Author)
{
    /// <summary>Whether the history reaches back to the time at which they were in step.</summary>
    public bool IsKnown { get; init; } = true;
}

/// <summary>What is to be done with a field.</summary>
public enum MergeAction
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>Jira's value is written to Azure DevOps.</summary>
    ToAzureDevOps,

    /// <summary>The value of Azure DevOps is written to Jira.</summary>
    ToJira,

    /// <summary>Both sides of a set change.</summary>
    ToBoth,

    /// <summary>Both changed it, and nothing decides.</summary>
    Conflict,
}

/// <summary>What was decided for a field.</summary>
/// <param name="Action">What is to be done.</param>
/// <param name="Reason">Why nothing is, as a stable word; null where there is nothing to explain.</param>
public sealed record FieldDecision(MergeAction Action, string? Reason)
{
    /// <summary>Whether both sides had changed it, and a policy decided.</summary>
    public bool IsDecidedConflict { get; init; }

    /// <summary>Whether the pair had no base for it.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>What a set is to be in Jira, as tags.</summary>
    public IReadOnlySet<string>? JiraSet { get; init; }

    /// <summary>What a set is to be in Azure DevOps, those left out that Jira can't have.</summary>
    public IReadOnlySet<string>? AdoSet { get; init; }

    /// <summary>Whether something is written to Jira.</summary>
    public bool WritesJira => Action is MergeAction.ToJira or MergeAction.ToBoth;

    /// <summary>Whether something is written to Azure DevOps.</summary>
    public bool WritesAdo => Action is MergeAction.ToAzureDevOps or MergeAction.ToBoth;
}

/// <summary>What the user chose for fields that both sides changed, and for pairs without a base.</summary>
/// <param name="FieldConflict">For fields that both sides changed.</param>
/// <param name="Baseline">Which side counts where there is no base; null for neither.</param>
public sealed record MergePolicy(FieldConflict FieldConflict, Side? Baseline);
