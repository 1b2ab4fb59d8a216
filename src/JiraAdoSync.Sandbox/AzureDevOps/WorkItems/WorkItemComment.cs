using JiraAdoSync.Sandbox.AzureDevOps.Accounts;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>A text of a work item's discussion. It is never removed: a deleted one is only marked as deleted.</summary>
internal sealed record WorkItemComment(int Id, string Text, Person CreatedBy, DateTime CreatedDate)
{
    public int Version { get; init; } = 1;

    public Person ModifiedBy { get; init; } = CreatedBy;

    public DateTime ModifiedDate { get; init; } = CreatedDate;

    public bool IsDeleted { get; init; }

    /// <summary>What it was before each change, the first first.</summary>
    public IReadOnlyList<WorkItemComment> Earlier { get; init; } = [];

    /// <summary>What people feel about it; the sandbox knows one account.</summary>
    public IReadOnlySet<string> Reactions { get; init; } = new HashSet<string>();
}
