namespace JiraAdoSync.Ports;

/// <summary>Both ends of what work items get beside their fields.</summary>
/// <param name="Source">Jira.</param>
/// <param name="Store">Azure DevOps.</param>
public sealed record ContentPorts(IContentSource Source, IContentStore Store);
