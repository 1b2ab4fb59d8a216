using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Applying.WorkItems;

/// <summary>What became of an issue's work item.</summary>
public sealed record WorkItemResult : IRunResult
{
    /// <summary>What was done; what would be done, where nothing was applied.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The issue's key.</summary>
    public required string Key { get; init; }

    /// <summary>The issue's id.</summary>
    public required long IssueId { get; init; }

    /// <summary>The work item's type; null where the issue is left out.</summary>
    public required string? WorkItemType { get; init; }

    /// <summary>The work item's id; null where there is none.</summary>
    public required int? WorkItemId { get; init; }

    /// <summary>The issue's summary.</summary>
    public required string Summary { get; init; }

    /// <summary>Whether something was written.</summary>
    public bool IsApplied { get; init; }

    /// <summary>Why, as a stable word; null where there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>The fields that are written, by reference name.</summary>
    public IReadOnlyList<string> Fields { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>The fields that stay as people changed them, by reference name.</summary>
    public IReadOnlyList<string> Kept { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>People of Jira who are unknown in Azure DevOps, so that a field of theirs is empty.</summary>
    public IReadOnlyList<string> UnknownPeople { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>The fields whose values the service refused, by reference name.</summary>
    internal IReadOnlyList<string> Refused { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>What of the issue's content was not copied, and why: sentences.</summary>
    public IReadOnlyList<string> LeftOut { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>Whether the mapping of types leaves the issue out.</summary>
    internal bool IsLeftOut => Action == ChangeAction.Skip && Reason == Reasons.LeftOut;

    /// <summary>What went wrong; null where nothing did.</summary>
    public ServiceError? Error { get; init; }

    /// <summary>The side that it writes to: Azure DevOps.</summary>
    public Side? Side => JiraAdoSync.Side.AzureDevOps;

    ServiceError? IRunResult.Problem => Error;

    string IRunResult.Subject => Key;

    /// <summary>The result of a change that could not be written.</summary>
    internal static WorkItemResult Failed(WorkItemChange change, ServiceError error) => Of(change) with
    {
        Action = ChangeAction.Fail,
        Reason = error.Kind.ToString(),
        Error = error,
    };

    /// <summary>The result of a change that was not written: nothing was to be written, or nobody wanted it.</summary>
    /// <param name="change">The change.</param>
    public static WorkItemResult Of(WorkItemChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new WorkItemResult
        {
            Action = change.Action,
            Key = change.Key,
            IssueId = change.IssueId,
            WorkItemType = change.WorkItemType,
            WorkItemId = change.WorkItemId,
            Summary = change.Summary,
            Reason = change.Reason,
            Detail = change.Detail,
            Fields = change.IsWrite ? change.Fields.Keys.ToList() : [],
            Kept = change.Kept,
            UnknownPeople = change.UnknownPeople,
            Refused = change.Refused,
            LeftOut = change.LeftOut,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Action} {WorkItemType} {Key}";
}
