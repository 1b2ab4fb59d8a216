using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Planning.WorkItems;

/// <summary>
/// What is to be written to a work item beside its fields: what needs all work items of the run to exist (links between
/// descriptions), and what is written one by one (comments, files, hyperlinks).
/// </summary>
public sealed record WorkItemContent
{
    /// <summary>The keys of issues that the description links to and whose work items this run creates.</summary>
    public IReadOnlyList<string> LinksToFill { get; init; } = [];

    /// <summary>The fields beside the description that hold a text which Jira rendered, by reference name.</summary>
    public IReadOnlyList<string> FurtherTexts { get; init; } = [];

    /// <summary>Comments to add, oldest first.</summary>
    public IReadOnlyList<IssueComment> AddComments { get; init; } = [];

    /// <summary>Comments that were edited in Jira since they were brought over.</summary>
    public IReadOnlyList<CommentEdit> EditComments { get; init; } = [];

    /// <summary>The work item's comments that are to go.</summary>
    public IReadOnlyList<WorkItemComment> RemoveComments { get; init; } = [];

    /// <summary>Attachments to add.</summary>
    public IReadOnlyList<IssueAttachment> AddAttachments { get; init; } = [];

    /// <summary>Web links to add.</summary>
    public IReadOnlyList<WebLink> AddWebLinks { get; init; } = [];

    /// <summary>Attachments and hyperlinks of the work item that are to go.</summary>
    public IReadOnlyList<Relation> RemoveRelations { get; init; } = [];

    /// <summary>What is left out, as sentences.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The digests of the rich texts when all of this is done.</summary>
    public string TextDigest { get; init; } = string.Empty;

    /// <summary>Files and hyperlinks that somebody else made look like copies of ours.</summary>
    internal IReadOnlyCollection<(string Type, string Target)> Foreign { get; init; } = [];

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => LinksToFill.Count + AddComments.Count + EditComments.Count + RemoveComments.Count
        + AddAttachments.Count + AddWebLinks.Count + RemoveRelations.Count == 0;

    /// <summary>Whether a field holds a text which Jira rendered.</summary>
    /// <param name="field">The field's reference name.</param>
    public bool IsText(string field) =>
        ContentPlanner.TextFields.Concat(FurtherTexts).Contains(field, StringComparer.OrdinalIgnoreCase);

    /// <summary>What is done, as people count it: <c>2 comments, 1 attachment</c>.</summary>
    public IEnumerable<string> Describe()
    {
        var comments = AddComments.Count + EditComments.Count + RemoveComments.Count;
        var attachments = AddAttachments.Count
            + RemoveRelations.Count(relation => relation.ReferenceName != "Hyperlink");
        var removed = RemoveRelations.Count(relation => relation.ReferenceName == "Hyperlink");
        var webLinks = Math.Max(AddWebLinks.Count, removed);
        string?[] parts = [Count(comments, "comment"), Count(attachments, "attachment"), Count(webLinks, "web link")];
        return parts.OfType<string>();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Describe());

    private static string? Count(int count, string what) => count switch
    {
        0 => null,
        1 => $"1 {what}",
        _ => $"{count} {what}s",
    };
}

/// <summary>A comment that was edited in Jira.</summary>
/// <param name="Current">The work item's comment.</param>
/// <param name="Comment">Jira's.</param>
public sealed record CommentEdit(WorkItemComment Current, IssueComment Comment);
