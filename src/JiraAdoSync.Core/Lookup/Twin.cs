using JiraAdoSync.Jira;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Lookup;

/// <summary>A second work item that another run made for an issue, and that nobody has worked on.</summary>
/// <param name="Issue">The issue.</param>
/// <param name="Found">The twin.</param>
/// <param name="KeptWorkItemId">The work item that the issue keeps.</param>
public sealed record Twin(IssueReference Issue, FoundWorkItem Found, int KeptWorkItemId);
