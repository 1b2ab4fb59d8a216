using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Undo;

/// <summary>
/// One line of the plan that takes a run back: a part of a change that the run made, and what is done about it.
/// </summary>
public sealed record UndoStep
{
    /// <summary>
    /// What is done: <c>Remove</c> moves a work item to the recycle bin or removes a relation, <c>Create</c> brings one
    /// back,
    /// <c>Update</c> gives fields their former values, <c>Skip</c> leaves what somebody changed since.
    /// </summary>
    public required ChangeAction Action { get; init; }

    /// <summary>What the run did.</summary>
    public required RunChange Change { get; init; }

    /// <summary>The relation that is removed or brought back; null where the step is about the work item.</summary>
    public Relation? Relation { get; init; }

    /// <summary>The comment that goes, comes back or gets its former text; null where the step is about none.</summary>
    public CommentChange? Comment { get; init; }

    /// <summary>The fields that get their former values.</summary>
    public IReadOnlyDictionary<string, object?> Fields { get; init; } = new Dictionary<string, object?>();

    /// <summary>Whether the comment of our mark, or the mark itself, gets back what it was.</summary>
    public bool RestoresMark { get; init; }

    /// <summary>Whether files and web links that the run attached go, and those that it took come back.</summary>
    public bool RestoresFiles { get; init; }

    /// <summary>Why, as a stable word such as <c>Changed</c>; null where there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>The work item.</summary>
    public int WorkItemId => Change.WorkItemId;

    /// <summary>The key of the issue behind it; null where none is known.</summary>
    public string? Key => Change.Key;

    /// <summary>What is done, as a sentence's predicate.</summary>
    public string What => (Action, Relation) switch
    {
        (ChangeAction.Skip, _) when Change.InTree is var (_, path) => $"Leave {path}",
        (ChangeAction.Remove, _) when Change.InTree is var (tree, path) => $"Remove {path} ({tree})",
        (_, _) when Change.InTree is var (tree, path) => $"Make {path} again ({tree})",
        (ChangeAction.Skip, _) when Comment is not null => $"Leave a comment on {Item}",
        (ChangeAction.Remove, _) when Comment is not null => $"Remove comment {Comment.Id} from {Item}",
        (ChangeAction.Create, _) when Comment is not null => $"Bring back a comment on {Item}, as a new one",
        (_, _) when Comment is not null => $"Give comment {Comment.Id} on {Item} its former text",
        (ChangeAction.Skip, null) => $"Leave {Item}",
        (ChangeAction.Skip, _) => $"Leave {Relation}",
        (ChangeAction.Remove, null) => $"Move {Item} to the recycle bin",
        (ChangeAction.Remove, _) => $"Remove {Relation}",
        (ChangeAction.Create, null) => $"Bring {Item} back from the recycle bin",
        (ChangeAction.Create, _) => $"Bring back {Relation}",
        _ => $"Give back to {Item}: "
            + string.Join(
                ", ", Fields.Keys.Order(StringComparer.Ordinal).Concat(RestoresFiles ? ["its files and web links"] : [])
                .Concat(RestoresMark ? ["its mark"] : [])),
    };

    private string Item => $"{Change.WorkItemType ?? "work item"} {WorkItemId}";

    /// <inheritdoc/>
    public override string ToString() => What;
}

/// <summary>What became of one step of an undo.</summary>
public sealed record UndoResult
{
    /// <summary>What was done; what would be done, where nothing was applied.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The work item.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The key of the issue behind it; null where none is known.</summary>
    public required string? Key { get; init; }

    /// <summary>What it was about, as a sentence's predicate.</summary>
    public required string What { get; init; }

    /// <summary>Whether the step is about a relation.</summary>
    public required bool IsRelation { get; init; }

    /// <summary>Whether something was written.</summary>
    public bool IsApplied { get; init; }

    /// <summary>Why, as a stable word such as <c>Changed</c>; null where there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>What went wrong; null where nothing did.</summary>
    public ServiceError? Error { get; init; }

    /// <summary>The result of a step that was not taken: it leaves something, or nobody wanted it.</summary>
    /// <param name="step">The step.</param>
    public static UndoResult Of(UndoStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new UndoResult
        {
            Action = step.Action,
            WorkItemId = step.WorkItemId,
            Key = step.Key,
            What = step.What,
            IsRelation = step.Relation is not null,
            Reason = step.Reason,
            Detail = step.Detail,
        };
    }

    /// <summary>The result of a step that was taken.</summary>
    internal static UndoResult Done(UndoStep step) => Of(step) with { IsApplied = true };

    /// <summary>The result of a step that failed.</summary>
    internal static UndoResult Failed(UndoStep step, ServiceError error) => Of(step) with
    {
        Action = ChangeAction.Fail,
        Reason = error.Kind.ToString(),
        Detail = error.Message,
        Error = error,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Action} {What}";
}
