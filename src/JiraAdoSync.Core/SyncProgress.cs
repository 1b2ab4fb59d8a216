namespace JiraAdoSync;

/// <summary>How far a phase of the work is.</summary>
/// <param name="Phase">What is being done, such as "Writing work items".</param>
/// <param name="Done">How many are done.</param>
/// <param name="Total">How many there are; null where that is not known yet.</param>
public sealed record SyncProgress(string Phase, int Done, int? Total);
