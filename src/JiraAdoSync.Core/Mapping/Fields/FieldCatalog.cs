using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>The fields of both sites, as far as the entries of a mapping may name them.</summary>
/// <param name="Jira">The fields of the Jira site.</param>
/// <param name="Fields">The organisation's fields; they are needed where there are entries.</param>
/// <param name="Types">The project's work item types.</param>
public sealed record FieldCatalog(
    JiraFields Jira, IReadOnlyList<WorkItemField> Fields, IReadOnlyList<WorkItemType> Types);
