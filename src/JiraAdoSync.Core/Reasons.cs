namespace JiraAdoSync;

/// <summary>
/// Why a plan or a result says what it says. The words are stable: scripts compare them. What a service refused has the
/// name of the <see cref="Failure"/>.
/// </summary>
public static class Reasons
{
    /// <summary>Somebody changed it since, or meanwhile.</summary>
    public const string Changed = "Changed";

    /// <summary>Something that was made since is in the way.</summary>
    public const string Conflict = "Conflict";

    /// <summary>It would close a cycle.</summary>
    public const string Cycle = "Cycle";

    /// <summary>Its link is decided otherwise now.</summary>
    public const string DecidedOtherwise = "DecidedOtherwise";

    /// <summary>An end has no work item yet.</summary>
    public const string EndMissing = "EndMissing";

    /// <summary>It does not exist any more.</summary>
    public const string Missing = "Gone";

    /// <summary>Something else uses it.</summary>
    public const string InUse = "InUse";

    /// <summary>The mapping leaves it out.</summary>
    public const string LeftOut = "LeftOut";

    /// <summary>Its link does not exist in Jira any more.</summary>
    public const string LinkMissing = "LinkGone";

    /// <summary>A work item has no room for another link.</summary>
    public const string LinkLimit = "LinkLimit";

    /// <summary>No work item is to be created.</summary>
    public const string NoCreate = "NoCreate";

    /// <summary>The query does not select its issue.</summary>
    public const string NotSelected = "NotSelected";

    /// <summary>Somebody else gave the work item another parent.</summary>
    public const string ParentConflict = "ParentConflict";

    /// <summary>Another link has the same relation already.</summary>
    public const string SameRelation = "SameRelation";

    /// <summary>A work item may have one relation of this type only.</summary>
    public const string SecondParent = "SecondParent";

    /// <summary>It links an issue to itself.</summary>
    public const string SelfLink = "SelfLink";

    /// <summary>It exists again.</summary>
    public const string ExistsAgain = "StandsAgain";

    /// <summary>Two runs created it, and another one is kept.</summary>
    public const string Twin = "Twin";

    /// <summary>The mapping does not have its type.</summary>
    public const string Unmapped = "Unmapped";
}
