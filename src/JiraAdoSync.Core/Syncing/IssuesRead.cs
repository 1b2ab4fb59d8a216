using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Syncing;

/// <summary>What was read of Jira.</summary>
/// <param name="Issues">The issues, each once.</param>
/// <param name="Relations">What their links are to become.</param>
public sealed record IssuesRead(IReadOnlyList<Replica> Issues, IReadOnlyCollection<DesiredRelation> Relations);
