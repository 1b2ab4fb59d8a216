using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>An issue that is to be created for a work item.</summary>
public sealed record IssueCreation
{
    /// <summary>The work item, read with its relations.</summary>
    public required WorkItem Item { get; init; }

    /// <summary>The issue: project, type and fields. Parent and property are set when it is sent.</summary>
    public required IssueWrite Write { get; init; }

    /// <summary>What the issue says of its pair; its nonce is that of the work item's mark.</summary>
    public required IssueRegister Register { get; init; }

    /// <summary>The write that puts the mark on the work item, once the issue is there.</summary>
    public required Func<IssueReference, WorkItemWrite> Mark { get; init; }

    /// <summary>The issue of the parent; null where it has none, or one that is created in the same run.</summary>
    public IssueReference? Parent { get; init; }

    /// <summary>The work item of the parent, where its issue is created in the same run.</summary>
    public int? ParentWorkItemId { get; init; }

    /// <summary>See <see cref="IssueUpdate.Refusal"/>.</summary>
    internal IssueRefusal? Refusal { get; init; }
}

/// <summary>An issue whose fields are to be changed.</summary>
public sealed record IssueUpdate
{
    /// <summary>
    /// The issue as the plan knows it. A field that is not as it was then, when the issue is read again directly before
    /// the write, stops the write.
    /// </summary>
    public required Replica Before { get; init; }

    /// <summary>The work item.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The values to write, see <see cref="IssueWrite.Fields"/>.</summary>
    public IReadOnlyDictionary<string, object?> Fields { get; init; } = new Dictionary<string, object?>();

    /// <summary>The parent to set or to take away; null leaves it.</summary>
    public ParentWrite? Parent { get; init; }

    /// <summary>What the issue says of its pair after the write.</summary>
    public required IssueRegister Register { get; init; }

    /// <summary>
    /// The edits that the plan knew of: none of them came between. Null where it did not read the history.
    /// </summary>
    internal IReadOnlyList<IssueFieldChange>? KnownEdits { get; init; }

    /// <summary>See <see cref="Planning.PairPlan.Names"/>.</summary>
    internal IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Since when an earlier run that broke off left the history unlooked at; null where none did. Until this run has
    /// recorded that it looked, the issue keeps saying so.
    /// </summary>
    internal long? Pending { get; init; }

    /// <summary>See <see cref="Planning.PairPlan.Texts"/>.</summary>
    internal IReadOnlyDictionary<string, string> Texts { get; init; } = new Dictionary<string, string>();

    /// <summary>See <see cref="Planning.PairPlan.BaseIfRefused"/>.</summary>
    internal IReadOnlyDictionary<string, FieldBase> BaseIfRefused { get; init; } = new Dictionary<string, FieldBase>();

    /// <summary>What Jira refused of it so far, and is left out; null for nothing.</summary>
    internal IssueRefusal? Refusal { get; init; }
}

/// <summary>An issue that is to get another status.</summary>
public sealed record IssueWalk
{
    /// <summary>The issue as the plan knows it.</summary>
    public required Replica Before { get; init; }

    /// <summary>The work item.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The status that it is to have.</summary>
    public required IssueStatus Target { get; init; }

    /// <summary>Values for the screens of transitions, by field.</summary>
    public IReadOnlyDictionary<string, object?> ScreenFields { get; init; } = new Dictionary<string, object?>();

    /// <summary>What the issue says of its pair when it has arrived.</summary>
    public required IssueRegister Register { get; init; }

    /// <summary>What it says until then; the way is added to it before the first step.</summary>
    public required IssueRegister Under { get; init; }

    /// <summary>See <see cref="IssueUpdate.KnownEdits"/>.</summary>
    internal IReadOnlyList<IssueFieldChange>? KnownEdits { get; init; }

    /// <summary>See <see cref="IssueUpdate.Pending"/>.</summary>
    internal long? Pending { get; init; }

    /// <summary>See <see cref="Planning.PairPlan.Continued"/>.</summary>
    internal IssueWalkMark? Continued { get; init; }
}

/// <summary>A link that is to be added: the source says the type's outward phrase.</summary>
/// <param name="Type">The type.</param>
/// <param name="Source">The issue that says the outward phrase.</param>
/// <param name="Target">The other issue.</param>
public sealed record LinkAddition(LinkType Type, IssueReference Source, IssueReference Target)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Source} {Type.Outward} {Target}";
}

/// <summary>A comment of a work item that is to be copied to its issue, or whose copy is to follow it.</summary>
public sealed record CommentCopy
{
    /// <summary>The issue.</summary>
    public required IssueReference Issue { get; init; }

    /// <summary>The work item.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The comment; null where it was deleted and its copy is to go.</summary>
    public WorkItemComment? Original { get; init; }

    /// <summary>The id of the comment, of one that was deleted too.</summary>
    public required int OriginalId { get; init; }

    /// <summary>The copy; null where there is none yet.</summary>
    public long? CopyId { get; init; }

    /// <summary>The copy as Jira renders it, for the record of what was before.</summary>
    public string? FormerHtml { get; init; }

    /// <summary>Whether somebody else edited the copy since: then it is left alone.</summary>
    public bool IsEditedByOthers { get; init; }

    /// <summary>The address at which people see the work item.</summary>
    public required string Page { get; init; }

    /// <summary>The address of the organisation.</summary>
    public required string Organization { get; init; }

    /// <summary>The project.</summary>
    public required string Project { get; init; }
}

/// <summary>What became of a copy of a comment.</summary>
/// <param name="Copy">What was to be written.</param>
/// <param name="Id">The comment's id; null where there is none.</param>
/// <param name="Error">What went wrong; null where nothing did.</param>
public sealed record WrittenCopy(CommentCopy Copy, long? Id, ServiceError? Error);

/// <summary>A pair whose work item's comments go to its issue.</summary>
public sealed record DiscussedPair
{
    /// <summary>The issue.</summary>
    public required IssueReference Issue { get; init; }

    /// <summary>The work item.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The comments of the work item that people wrote: copies of the issue's own are none of them.</summary>
    public required IReadOnlyList<WorkItemComment> Comments { get; init; }

    /// <summary>Whether the issue has comments.</summary>
    public required bool HasIssueComments { get; init; }

    /// <summary>The address at which people see the work item.</summary>
    public required string Page { get; init; }

    /// <summary>The address of the organisation.</summary>
    public required string Organization { get; init; }

    /// <summary>The project.</summary>
    public required string Project { get; init; }
}
