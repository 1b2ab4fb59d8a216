using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Lookup;

/// <summary>What was found for issues, not sorted out yet.</summary>
/// <param name="Issues">The issues that were sought.</param>
/// <param name="Verified">The work items that the cache knew and that were read, by issue id.</param>
/// <param name="Marked">
/// For each of the others that has any, the work items that may be its own, the preferred one first.
/// </param>
/// <param name="Foreign">Work items that somebody else made look like an issue's, by issue id.</param>
internal sealed record Findings(
    IReadOnlyCollection<IssueReference> Issues,
    Dictionary<long, FoundWorkItem> Verified,
    IReadOnlyList<(IssueReference Issue, List<FoundWorkItem> Marked)> Marked,
    ILookup<long, WorkItem> Foreign);
