
namespace JiraAdoSync.TwoWay.Bases;

/// <summary>On which side something was made first.</summary>
public enum Origin : long
{
    /// <summary>In Jira.</summary>
    Jira = 1,

    /// <summary>In Azure DevOps.</summary>
    AzureDevOps,
}

/// <summary>A link that existed on both sides when they were last in step.</summary>
/// <param name="Type">The id of the link type.</param>
/// <param name="Source">The id of the source issue.</param>
/// <param name="Target">The id of the target issue.</param>
/// <param name="Relation">The reference name of the relation on the source's work item.</param>
/// <param name="Origin">Where it was made first.</param>
public sealed record LinkBase(string Type, long Source, long Target, string Relation, Origin Origin);

/// <summary>A comment of a work item that was copied to its issue.</summary>
/// <param name="WorkItemComment">The comment in Azure DevOps.</param>
/// <param name="Comment">The copy in Jira.</param>
/// <param name="Version">The version of the original that was copied.</param>
public sealed record CommentBase(int WorkItemComment, long Comment, int Version);

/// <summary>A file of a work item that was copied to its issue.</summary>
/// <param name="File">The file in Azure DevOps.</param>
/// <param name="Attachment">The copy in Jira.</param>
public sealed record FileBase(Guid File, long Attachment);

/// <summary>
/// A way through a workflow that a run began: written before the first step, so that a run that was killed is continued
/// and no step counts as a person's decision.
/// </summary>
/// <param name="From">The id of the status that the issue had.</param>
/// <param name="To">The id of the status that it is to have.</param>
/// <param name="Steps">The ids of the statuses on the way, the last one included.</param>
public sealed record IssueWalkMark(string From, string To, IReadOnlyList<string> Steps)
{
    /// <summary>
    /// When the issue had last been updated before the way was begun, in milliseconds of Unix time: what came later are
    /// its steps, and moves of others. Null where an earlier version began it.
    /// </summary>
    public long? Since { get; init; }
}
