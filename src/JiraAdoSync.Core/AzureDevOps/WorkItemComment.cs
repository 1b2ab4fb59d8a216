using System.Text.Json.Serialization;

namespace JiraAdoSync.AzureDevOps;

/// <summary>A comment in the discussion of a work item.</summary>
/// <param name="Id">Its id, unique on the work item.</param>
/// <param name="Html">Its text.</param>
/// <param name="IsEditedByOthers">Whether somebody else than its author edited it last.</param>
/// <param name="Version">How often it was written: 1 while nobody edited it.</param>
public sealed record WorkItemComment(int Id, string Html, bool IsEditedByOthers, int Version = 1)
{
    /// <summary>Who wrote it first; null where that is no known account.</summary>
    [JsonIgnore]
    public Account? CreatedBy { get; init; }

    /// <summary>What it said before, oldest first, where that was asked for.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Earlier { get; init; } = [];

    /// <summary>The name by which people know who wrote it; null where there is none.</summary>
    [JsonIgnore]
    public string? Author { get; init; }
}
