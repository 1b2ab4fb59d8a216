using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Relations;

/// <summary>
/// A link between two work items: one thing, shown by both. The source shows the forward end (the parent its child, the
/// predecessor its successor), the target the reverse end.
/// </summary>
internal sealed class WorkItemLink(LinkType type, WorkItem source, WorkItem target)
{
    private string? _commentAtSource;
    private string? _commentAtTarget;

    public LinkType Type { get; } = type;

    public WorkItem Source { get; } = source;

    public WorkItem Target { get; } = target;

    public bool IsLocked { get; set; }

    public WorkItem Other(WorkItem end) => end == Source ? Target : Source;

    public RelationType EndAt(WorkItem end) => RelationTypes.End(Type, forward: end == Source);

    /// <summary>
    /// The comment that an end shows: its own, or the only one where the organisation shows it at both.
    /// </summary>
    public string? CommentAt(WorkItem end) =>
        (end == Source ? _commentAtSource : _commentAtTarget)
        ?? (end.Project.Organization.Switches.LinkCommentShowsAtBothEnds ? _commentAtSource ?? _commentAtTarget : null);

    public void SetComment(WorkItem end, string? comment)
    {
        var both = end.Project.Organization.Switches.LinkCommentShowsAtBothEnds;
        if (both || end == Source)
        {
            _commentAtSource = comment;
        }

        if (both || end == Target)
        {
            _commentAtTarget = comment;
        }
    }

    public bool Joins(LinkType type, WorkItem source, WorkItem target) =>
        Type == type
        && ((Source == source && Target == target) || (!type.IsDirectional && Source == target && Target == source));
}

/// <summary>A file, a hyperlink or an artifact at one work item. Unlike a link it is part of a revision.</summary>
internal sealed record ResourceLink(RelationType Type, int Id, string Url, DateTime Added)
{
    public string? Comment { get; init; }

    public string? Name { get; init; }

    public int? Size { get; init; }
}
