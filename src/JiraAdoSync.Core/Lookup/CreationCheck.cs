using JiraAdoSync.Jira;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Lookup;

/// <summary>What a look at the work items that a run created has shown.</summary>
internal sealed class CreationCheck
{
    /// <summary>Work items of this run beside one of a lower id, which is used.</summary>
    public List<Twin> Twins { get; } = [];

    /// <summary>Work items that are used instead of what this run created, by issue.</summary>
    public Dictionary<IssueReference, FoundWorkItem> Existing { get; } = [];

    /// <summary>Issues whose new work item the look-up does not show yet.</summary>
    public List<IssueReference> Unseen { get; } = [];
}
