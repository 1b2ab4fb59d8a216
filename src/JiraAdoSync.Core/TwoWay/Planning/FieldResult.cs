using JiraAdoSync.Applying;
using JiraAdoSync.Planning;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// What is to be said of one field of a pair beside its being written: that both sides changed it (<c>Conflict</c>), or
/// that it stays different and why (<c>Skip</c>).
/// </summary>
public sealed record FieldResult : IRunResult
{
    /// <summary><see cref="ChangeAction.Conflict"/> or <see cref="ChangeAction.Skip"/>.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The issue's key.</summary>
    public required string Key { get; init; }

    /// <summary>The issue's id.</summary>
    public required long IssueId { get; init; }

    /// <summary>The work item.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The reference name of the field in Azure DevOps.</summary>
    public required string Field { get; init; }

    /// <summary>What Jira has, as text.</summary>
    public required string? JiraValue { get; init; }

    /// <summary>What Azure DevOps has, as text.</summary>
    public required string? AdoValue { get; init; }

    /// <summary>Who changed it in Jira; null where that is not known.</summary>
    public string? JiraAuthor { get; init; }

    /// <summary>When it was changed in Jira; null where that is not known.</summary>
    public DateTimeOffset? JiraTime { get; init; }

    /// <summary>Who changed it in Azure DevOps; null where that is not known.</summary>
    public string? AdoAuthor { get; init; }

    /// <summary>When it was changed in Azure DevOps; null where that is not known.</summary>
    public DateTimeOffset? AdoTime { get; init; }

    /// <summary>The side whose value went to the other one, by the policy; null where neither did.</summary>
    public Side? Winner { get; init; }

    /// <summary>
    /// Why, as a stable word: <c>FieldConflict</c>, <c>NoBase</c>, <c>Direction</c>, <c>NotInvertible</c> and others.
    /// </summary>
    public required string Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>The command that decides it, for the side that it names; null where nothing is to be decided.</summary>
    public string? Decide { get; init; }

    /// <summary>The side that the winner's value is written to; null where both stay as they are.</summary>
    public Side? Side => Winner switch
    {
        JiraAdoSync.Side.Jira => JiraAdoSync.Side.AzureDevOps,
        JiraAdoSync.Side.AzureDevOps => JiraAdoSync.Side.Jira,
        _ => null,
    };

    /// <summary>Whether both sides changed it, and nobody has decided which one counts.</summary>
    public bool IsOpen => Action == ChangeAction.Conflict && Winner is null;

    bool IRunResult.IsApplied => false;

    ServiceError? IRunResult.Problem => null;

    string IRunResult.Subject => $"{Key} {Field}";

    /// <inheritdoc/>
    public override string ToString() =>
        Printable.Of($"{Action} {Key} {Field}: '{JiraValue}' in Jira, '{AdoValue}' in Azure DevOps");
}
