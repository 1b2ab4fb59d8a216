namespace JiraAdoSync.AzureDevOps;

/// <summary>One entry of a work item's history.</summary>
/// <param name="Rev">The revision that it made, or that stood.</param>
/// <param name="Fields">The fields that changed, by reference name, with what they had before and after.</param>
/// <param name="Relations">The relations that it added or changed.</param>
public sealed record WorkItemUpdate(
    int Rev,
    IReadOnlyDictionary<string, (object? Before, object? After)> Fields,
    IReadOnlyList<Relation> Relations);
