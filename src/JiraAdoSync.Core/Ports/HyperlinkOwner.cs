namespace JiraAdoSync.Ports;

/// <summary>A work item that holds an address that was looked for.</summary>
/// <param name="WorkItemId">The work item.</param>
/// <param name="IsHere">Whether it is in the store's project; null where the answer did not say.</param>
public sealed record HyperlinkOwner(int WorkItemId, bool? IsHere);
