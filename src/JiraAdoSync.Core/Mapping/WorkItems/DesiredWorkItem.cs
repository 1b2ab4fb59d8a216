using JiraAdoSync.Jira;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Mapping.WorkItems;

/// <summary>What an issue's work item should be.</summary>
public sealed record DesiredWorkItem
{
    /// <summary>The issue.</summary>
    public required Replica Replica { get; init; }

    /// <summary>The type; null where the issue type is left out.</summary>
    public required string? WorkItemType { get; init; }

    /// <summary>The plain fields.</summary>
    public DesiredValues Fields { get; init; } = DesiredValues.None;

    /// <summary>The rich texts.</summary>
    public DesiredValues Text { get; init; } = DesiredValues.None;

    /// <summary>Fields that are written when the item is created, and not again.</summary>
    public IReadOnlyDictionary<string, object?> AtCreation { get; init; } = DesiredValues.None.Values;

    /// <summary>People of Jira who are unknown in Azure DevOps, so that a field of theirs is empty.</summary>
    public IReadOnlyList<string> UnknownPeople { get; init; } = [];

    /// <summary>What has the plain fields that it had when its mark was written: the digest says enough of them.</summary>
    /// <param name="replica">The issue.</param>
    /// <param name="type">The type.</param>
    /// <param name="mark">The mark.</param>
    internal static DesiredWorkItem AsWritten(Replica replica, string type, WorkItemMark mark) => new()
    {
        Replica = replica,
        WorkItemType = type,
        Fields = DesiredValues.AsWritten(mark.FieldsDigest),
    };
}
