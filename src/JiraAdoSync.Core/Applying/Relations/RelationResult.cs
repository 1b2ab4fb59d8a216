using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;

namespace JiraAdoSync.Applying.Relations;

/// <summary>What became of a link, a parent, or an existing relation.</summary>
public sealed record RelationResult : IRunResult
{
    /// <summary>What was done; what would be done, where nothing was applied.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The source's key, or its work item where no issue is known.</summary>
    public required string Source { get; init; }

    /// <summary>The name of the relation on the source's work item; null where a link is left out.</summary>
    public required string? Relation { get; init; }

    /// <summary>The target's key, or its work item where no issue is known.</summary>
    public required string Target { get; init; }

    /// <summary>The source's work item; null where there is none.</summary>
    public required int? WorkItemId { get; init; }

    /// <summary>The target's work item; null where there is none.</summary>
    public required int? TargetWorkItemId { get; init; }

    /// <summary>The link's wording in Jira; null where the change has no link.</summary>
    public required string? Phrase { get; init; }

    /// <summary>The link's id in Jira; null for a parent, or where the change has no link.</summary>
    public required long? LinkId { get; init; }

    /// <summary>The relations that went, or would go, for this one.</summary>
    public IReadOnlyList<Relation> Removed { get; init => field = Listing.Of(value); } = Listing.Of<Relation>([]);

    /// <summary>Whether something was written.</summary>
    public bool IsApplied { get; init; }

    /// <summary>Why, as a stable word such as <c>Cycle</c>; null where there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>What went wrong; null where nothing did.</summary>
    public ServiceError? Error { get; init; }

    /// <summary>The side that it writes to: Azure DevOps.</summary>
    public Side? Side => JiraAdoSync.Side.AzureDevOps;

    ServiceError? IRunResult.Problem => Error;

    string IRunResult.Subject => $"{Source} -> {Target}";

    /// <summary>The result of a change that was written.</summary>
    internal static RelationResult Done(RelationChange change) => Of(change) with { IsApplied = true };

    /// <summary>The result of a change that could not be written.</summary>
    internal static RelationResult Failed(RelationChange change, ServiceError error) => Of(change) with
    {
        Action = ChangeAction.Fail,
        Reason = error.Kind.ToString(),
        Detail = error.Message,
        Error = error,
    };

    /// <summary>The result of a change that was not written: nothing was to be written, or nobody wanted it.</summary>
    /// <param name="change">The change.</param>
    public static RelationResult Of(RelationChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new RelationResult
        {
            Action = change.Action,
            Source = change.Source.ToString(),
            Relation = change.Relation?.Name,
            Target = change.Target.ToString(),
            WorkItemId = change.Source.WorkItemId,
            TargetWorkItemId = change.Target.WorkItemId,
            Phrase = change.Desired?.Phrase,
            LinkId = change.Desired?.Link.LinkId,
            Removed = change.Removes.Count == 0 ? [] : [.. change.Removes.Select(one => one.Relation)],
            Reason = change.Reason,
            Detail = change.Detail,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Action} {Source} {Relation ?? "-"} {Target}";
}
