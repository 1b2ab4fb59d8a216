using JiraAdoSync.Applying;
using JiraAdoSync.Jira;
using JiraAdoSync.Planning;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>What became of a change of one issue.</summary>
public sealed record IssueResult : IRunResult
{
    /// <summary>What was decided: create, keep, update, skip, fail.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The issue's key; null for one that does not exist.</summary>
    public string? Key { get; init; }

    /// <summary>The issue's id; null for one that does not exist.</summary>
    public long? IssueId { get; init; }

    /// <summary>The work item.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The name of the issue's type.</summary>
    public string? IssueType { get; init; }

    /// <summary>The issue's summary.</summary>
    public string? Summary { get; init; }

    /// <summary>
    /// The ids of the fields that are written; <c>status</c> for a transition, <c>comment</c> for a comment.
    /// </summary>
    public IReadOnlyList<string> Fields { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>Whether it was done.</summary>
    public bool IsApplied { get; init; }

    /// <summary>Why, as a stable word; null where there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>What went wrong; null where nothing did.</summary>
    public ServiceError? Error { get; init; }

    /// <summary>Whether nobody knows if it was done; the next run finds out.</summary>
    public bool IsUnsure => Error is { MayBeDone: true };

    /// <summary>The side that it writes to: Jira.</summary>
    public Side? Side => JiraAdoSync.Side.Jira;

    ServiceError? IRunResult.Problem => Error;

    string IRunResult.Subject => Key ?? $"#{WorkItemId}";

    /// <inheritdoc/>
    public override string ToString() =>
        Printable.Of($"{Action} {Key ?? $"#{WorkItemId}"}: {Summary}{string.Join(", ", Fields)}");

    internal static IssueResult Of(IssueCreation creation, IssueReference? issue = null) => new()
    {
        Action = ChangeAction.Create,
        Key = issue?.Key,
        IssueId = issue?.Id,
        WorkItemId = creation.Item.Id,
        IssueType = creation.Write.Type?.Name,
        Summary = creation.Item.Title,
        IsApplied = issue is not null,
    };

    internal static IssueResult Of(Replica issue, int workItemId, IEnumerable<string> fields) => new()
    {
        Action = ChangeAction.Update,
        Key = issue.Key,
        IssueId = issue.IssueId,
        WorkItemId = workItemId,
        IssueType = issue.Type.Name,
        Summary = issue.Summary,
        Fields = fields.ToList(),
    };

    internal IssueResult Failed(ServiceError error) =>
        this with { Action = ChangeAction.Fail, IsApplied = false, Error = error };

    internal IssueResult Skipped(string reason, string detail) =>
        this with { Action = ChangeAction.Skip, IsApplied = false, Reason = reason, Detail = detail };
}

/// <summary>What became of an issue link.</summary>
public sealed record IssueLinkResult : IRunResult
{
    /// <summary>What was decided: create, keep, remove, skip, fail.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The key of the issue that says the phrase.</summary>
    public required string Source { get; init; }

    /// <summary>The phrase.</summary>
    public required string? Phrase { get; init; }

    /// <summary>The key of the other issue.</summary>
    public required string Target { get; init; }

    /// <summary>The relation that it is made of, by its name; null where none is.</summary>
    public string? Relation { get; init; }

    /// <summary>The id of the link; null where there is none.</summary>
    public long? LinkId { get; init; }

    /// <summary>Whether it was done.</summary>
    public bool IsApplied { get; init; }

    /// <summary>Why, as a stable word; null where there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>What went wrong; null where nothing did.</summary>
    public ServiceError? Error { get; init; }

    /// <summary>The side that it writes to: Jira.</summary>
    public Side? Side => JiraAdoSync.Side.Jira;

    ServiceError? IRunResult.Problem => Error;

    string IRunResult.Subject => $"{Source} -> {Target}";

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Action} {Source} {Phrase} {Target}");
}
