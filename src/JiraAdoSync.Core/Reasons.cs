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

    /// <summary>The value may not be written in this direction.</summary>
    public const string Direction = "Direction";

    /// <summary>Somebody edited the copy in Jira.</summary>
    public const string EditedInJira = "EditedInJira";

    /// <summary>A side demands a value in a field, or lets nobody take it away, that people emptied on the other side.</summary>
    public const string EmptyRefused = "EmptyRefused";

    /// <summary>Both sides changed it.</summary>
    public const string FieldConflict = "FieldConflict";

    /// <summary>Jira keeps no copy of a file that was removed.</summary>
    public const string FileMissing = "FileGone";

    /// <summary>It is a link of Jira.</summary>
    public const string FromJira = "FromJira";

    /// <summary>Jira has no recycle bin, and the user did not ask for its deletion.</summary>
    public const string IssueStays = "IssueStays";

    /// <summary>A transition has a screen that demands values.</summary>
    public const string NeedsScreen = "NeedsScreen";

    /// <summary>Nothing is known of what both sides had in common.</summary>
    public const string NoBase = "NoBase";

    /// <summary>Nobody knows which side changed it last, and nothing is removed.</summary>
    public const string Kept = "Kept";

    /// <summary>An end has no issue.</summary>
    public const string NoIssue = "NoIssue";

    /// <summary>The workflow has no way to the status.</summary>
    public const string NoTransition = "NoTransition";

    /// <summary>The mapping can't be read backwards.</summary>
    public const string NotInvertible = "NotInvertible";

    /// <summary>Somebody edited it in the moment before it was written.</summary>
    public const string Overwritten = "Overwritten";

    /// <summary>It is the hierarchy, which parents of issues express.</summary>
    public const string Parent = "Parent";

    /// <summary>Jira Data Center gives a sub-task its parent when it is created, and no other one.</summary>
    public const string ParentFixed = "ParentFixed";

    /// <summary>It waits for something that the next run creates or reads.</summary>
    public const string Pending = "Pending";

    /// <summary>A text holds what the other side can't express, or would lose.</summary>
    public const string RichText = "RichText";

    /// <summary>Another run created an issue for the work item, and that one is kept.</summary>
    public const string SecondIssue = "SecondIssue";

    /// <summary>Jira does not keep a text as it was sent, so that nobody knows whether somebody edited it since.</summary>
    public const string Text = "Text";

    /// <summary>The hierarchy of Jira has no such level.</summary>
    public const string TooDeep = "TooDeep";

    /// <summary>A file is larger than the limit.</summary>
    public const string TooLarge = "TooLarge";

    /// <summary>A parent of another level would make it another kind of issue.</summary>
    public const string TypeBorder = "TypeBorder";

    /// <summary>The other side does not have the person.</summary>
    public const string UnknownPerson = "UnknownPerson";

    /// <summary>A side refused a value that people gave on the other.</summary>
    public const string ValueRefused = "ValueRefused";

    /// <summary>Somebody removed the mark of its work item.</summary>
    public const string MarkRemoved = "MarkRemoved";

    /// <summary>Jira keeps a sub-task in the project of its parent.</summary>
    public const string ProjectBorder = "ProjectBorder";

    /// <summary>An issue was deleted, or can't be read.</summary>
    public const string IssueMissing = "IssueGone";

    /// <summary>Its work item was deleted, or can't be read.</summary>
    public const string WorkItemMissing = "WorkItemGone";
}
