namespace JiraAdoSync.Planning;

/// <summary>
/// What a plan decides for a work item, a link or an existing relation. No value is zero: in PowerShell that would
/// count as false. And it has 64 bits: of such, ConvertTo-Json writes the name.
/// </summary>
public enum ChangeAction : long
{
    /// <summary>It does not exist yet, and is created.</summary>
    Create = 1,

    /// <summary>It exists, is ours, and is right.</summary>
    Keep,

    /// <summary>
    /// It exists and is not ours. An equal relation counts as done and stays unmarked; a work item that the user named
    /// gets our mark.
    /// </summary>
    Adopt,

    /// <summary>An equal relation is decided already, for another link.</summary>
    Merge,

    /// <summary>Something else exists instead: that is removed, and the right one is created.</summary>
    Replace,

    /// <summary>The relation it should be is not possible; it becomes Related.</summary>
    Degrade,

    /// <summary>It exists, is ours, and no longer has anything in Jira behind it.</summary>
    Remove,

    /// <summary>It waits for an end that has no work item yet.</summary>
    Pending,

    /// <summary>It is left out; the reason says why.</summary>
    Skip,

    /// <summary>It can't be done, and should have been.</summary>
    Fail,

    /// <summary>The work item exists, and fields of it change.</summary>
    Update,

    /// <summary>It was to be written, and whoever was asked said no.</summary>
    Declined,

    /// <summary>Both sides changed it since they were last in step, and it stays as it is on both.</summary>
    Conflict,
}
