using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Undo;

/// <summary>
/// One line of the plan that takes a run back: a part of a change that the run made, and what is done about it.
/// </summary>
public abstract record UndoStep
{
    /// <summary>
    /// What is done: <c>Remove</c> and <c>Create</c> undo the opposite, <c>Update</c> writes former values, <c>Skip</c>
    /// leaves what somebody changed since.
    /// </summary>
    public required ChangeAction Action { get; init; }

    /// <summary>What the run did.</summary>
    public required RunChange Change { get; init; }

    /// <summary>Why, as a stable word such as <c>Changed</c>; null where there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>The work item; null where the step is about an area or iteration.</summary>
    public virtual int? WorkItemId => Change.WorkItemId;

    /// <summary>The key of its issue; null where none is known.</summary>
    public string? Key => Change.Key;

    /// <summary>What is done, as a sentence's predicate.</summary>
    public abstract string What { get; }

    private protected string Item => $"{Change.WorkItemType ?? "work item"} {WorkItemId}";

    /// <inheritdoc/>
    public sealed override string ToString() => What;

    /// <summary>The same step, which leaves everything as it is.</summary>
    /// <param name="reason">Why, as one of <see cref="Reasons"/>.</param>
    /// <param name="detail">Why, as a sentence.</param>
    internal UndoStep Left(string reason, string? detail) =>
        this with { Action = ChangeAction.Skip, Reason = reason, Detail = detail };
}

/// <summary>A work item is moved to the recycle bin, or restored from it.</summary>
public sealed record ItemStep : UndoStep
{
    /// <inheritdoc/>
    public override string What => Action switch
    {
        ChangeAction.Remove => $"Recycle {Item}",
        ChangeAction.Create => $"Restore {Item}",
        _ => $"Leave {Item}",
    };
}

/// <summary>Fields, our mark, files and web links of a work item get back what they were.</summary>
public sealed record FieldsStep : UndoStep
{
    /// <summary>The fields that get their former values.</summary>
    public IReadOnlyDictionary<string, object?> Fields { get; init; } = new Dictionary<string, object?>();

    /// <summary>Whether the comment of our mark, or the mark itself, gets back what it was.</summary>
    public bool RestoresMark { get; init; }

    /// <summary>Whether files and web links that the run added are removed, and removed ones added again.</summary>
    public bool RestoresFiles { get; init; }

    /// <summary>Whether comments are undone, too, by steps of their own.</summary>
    internal bool RestoresComments { get; init; }

    /// <inheritdoc/>
    public override string What => Action == ChangeAction.Skip ? $"Leave {Item}" : $"Give back to {Item}: "
        + string.Join(
            ", ", Fields.Keys.Order(StringComparer.Ordinal).Concat(RestoresFiles ? ["its files and web links"] : [])
            .Concat(RestoresMark || RestoresComments ? ["its mark"] : []));
}

/// <summary>A relation that the run added is removed, or one that it removed is added again.</summary>
public sealed record RelationStep : UndoStep
{
    /// <summary>The relation.</summary>
    public required Relation Relation { get; init; }

    /// <inheritdoc/>
    public override string What => Action switch
    {
        ChangeAction.Remove => $"Remove {Relation}",
        ChangeAction.Create => $"Bring back {Relation}",
        _ => $"Leave {Relation}",
    };
}

/// <summary>A comment is removed, added again, or gets its former text.</summary>
public sealed record CommentStep : UndoStep
{
    /// <summary>The comment.</summary>
    public required CommentChange Comment { get; init; }

    /// <inheritdoc/>
    public override string What => Action switch
    {
        ChangeAction.Remove => $"Remove comment {Comment.Id} from {Item}",
        ChangeAction.Create => $"Bring back a comment on {Item}, as a new one",
        ChangeAction.Update => $"Give comment {Comment.Id} on {Item} its former text",
        _ => $"Leave a comment on {Item}",
    };
}

/// <summary>An area or iteration is removed, or created again.</summary>
public sealed record PathStep : UndoStep
{
    /// <summary>The reference name of the field that holds such paths.</summary>
    public required string Field { get; init; }

    /// <summary>The path.</summary>
    public required string Path { get; init; }

    /// <inheritdoc/>
    public override int? WorkItemId => null;

    /// <inheritdoc/>
    public override string What => Action switch
    {
        ChangeAction.Remove => $"Remove {Path} ({Field})",
        ChangeAction.Create => $"Make {Path} again ({Field})",
        _ => $"Leave {Path}",
    };
}
