using JiraAdoSync.Planning;

namespace JiraAdoSync.Undo;

/// <summary>What became of one step of an undo.</summary>
public sealed record UndoResult
{
    /// <summary>What was done; what would be done, where nothing was applied.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The work item; 0 for an area or iteration.</summary>
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

    /// <summary>The result of a step that was not done: it leaves something, or nobody wanted it.</summary>
    /// <param name="step">The step.</param>
    public static UndoResult Of(UndoStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new UndoResult
        {
            Action = step.Action,
            WorkItemId = step.WorkItemId ?? 0,
            Key = step.Key,
            What = step.What,
            IsRelation = step is RelationStep,
            Reason = step.Reason,
            Detail = step.Detail,
        };
    }

    /// <summary>The result of a step that was done.</summary>
    internal static UndoResult Done(UndoStep step) => Of(step) with { IsApplied = true };

    /// <summary>The result of a step that leaves what it finds.</summary>
    internal static UndoResult Left(UndoStep step, string reason, string? detail) => Of(step.Left(reason, detail)) with
    {
        What = step.What,
    };

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
