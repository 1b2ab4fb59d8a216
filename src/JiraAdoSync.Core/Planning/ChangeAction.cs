namespace JiraAdoSync.Planning;

/// <summary>
/// What a plan decides for a work item, a link or a relation that stands. No value is zero: in PowerShell that would
/// count as false. And it has 64 bits: of such, ConvertTo-Json writes the name.
/// </summary>
public enum ChangeAction : long
{
    /// <summary>It does not stand yet, and is made.</summary>
    Create = 1,

    /// <summary>It stands, is ours, and is right.</summary>
    Keep,

    /// <summary>
    /// It stands and is not ours. An equal relation counts as done and stays unmarked; a work item that the user named
    /// gets our mark.
    /// </summary>
    Adopt,

    /// <summary>An equal relation is decided already, for another link.</summary>
    Merge,

    /// <summary>What stands for it is something else: that goes, and the right one comes.</summary>
    Replace,

    /// <summary>The relation it should be is not possible; it becomes Related.</summary>
    Degrade,

    /// <summary>It stands, is ours, and nothing in Jira stands behind it any more.</summary>
    Remove,

    /// <summary>It waits for an end that has no work item yet.</summary>
    Pending,

    /// <summary>It is left out; the reason says why.</summary>
    Skip,

    /// <summary>It can't be done, and should have been.</summary>
    Fail,

    /// <summary>The work item stands, and fields of it change.</summary>
    Update,

    /// <summary>It was to be written, and whoever was asked said no.</summary>
    Declined,

    /// <summary>Both sides changed it since they were last in step, and it stays as it is on both.</summary>
    Conflict,
}
