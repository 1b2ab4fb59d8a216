namespace JiraAdoSync.Ports;

/// <summary>Both ends of what goes to work items beside their fields.</summary>
/// <param name="Source">Jira.</param>
/// <param name="Store">Azure DevOps.</param>
public sealed record ContentPorts(IContentSource Source, IContentStore Store);
