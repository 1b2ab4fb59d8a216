namespace JiraAdoSync.AzureDevOps;

/// <summary>A work item in the recycle bin, as far as the list of the bin shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">The name of its type.</param>
/// <param name="Title">Its title.</param>
/// <param name="By">The unique name of who deleted it; null where the service names nobody.</param>
/// <param name="When">When it was deleted; null where the service's text of it is not understood.</param>
public sealed record DeletedWorkItem(int Id, string Type, string Title, string? By, DateTimeOffset? When);
