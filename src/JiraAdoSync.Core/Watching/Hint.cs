namespace JiraAdoSync.Watching;

/// <summary>Which side a hint is about.</summary>
public enum HintSide
{
    /// <summary>An issue in Jira.</summary>
    Jira,

    /// <summary>A work item in Azure DevOps.</summary>
    AzureDevOps,
}

/// <summary>
/// Something that may have changed. A hint says nothing about what changed: the item is read before anything is done,
/// so a hint may be lost, doubled, late or wrong without harm.
/// </summary>
/// <param name="Side">Where it may have changed.</param>
/// <param name="Id">The or the work item's id.</param>
public readonly record struct Hint(HintSide Side, long Id);
