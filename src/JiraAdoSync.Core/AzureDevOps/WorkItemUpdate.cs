namespace JiraAdoSync.AzureDevOps;

/// <summary>One entry of a work item's history.</summary>
/// <param name="Rev">The revision that it made, or the one before it.</param>
/// <param name="Fields">The fields that changed, by reference name, with what they had before and after.</param>
public sealed record WorkItemUpdate(int Rev, IReadOnlyDictionary<string, (object? Before, object? After)> Fields)
{
    /// <summary>Whether the account that reads it made it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Who made it, by the service itself; null where that is no known account.</summary>
    public Account? By { get; init; }

    /// <summary>Whether an account that runs syncs, or ran them before, made it.</summary>
    internal bool IsOurs { get; init; }

    /// <summary>When it was made, where it changed links alone, which make no revision; null where it made one.</summary>
    public DateTimeOffset? Linked { get; init; }

    /// <summary>The relations that it added.</summary>
    public IReadOnlyList<Relation> Added { get; init; } = [];

    /// <summary>The relations that it gave another comment or lock.</summary>
    public IReadOnlyList<Relation> Changed { get; init; } = [];

    /// <summary>The relations that it removed.</summary>
    public IReadOnlyList<Relation> Removed { get; init; } = [];
}
