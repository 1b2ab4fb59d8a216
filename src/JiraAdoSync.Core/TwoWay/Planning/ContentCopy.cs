using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>What of a work item is copied to its issue beside fields.</summary>
/// <param name="Pair">The pair.</param>
internal sealed record ContentCopy(PairPlan Pair)
{
    /// <summary>The comments whose copies are written.</summary>
    public IReadOnlyList<CommentCopy> Comments { get; init; } = [];

    /// <summary>Whether copies stay whose originals were deleted, for a run that prunes.</summary>
    public bool LeavesCopies { get; init; }

    /// <summary>The files that are attached.</summary>
    public IReadOnlyList<WorkItemFile> AddFiles { get; init; } = [];

    /// <summary>The copies of files that are removed.</summary>
    public IReadOnlyList<IssueAttachment> RemoveFiles { get; init; } = [];

    /// <summary>The attachments that the issue has.</summary>
    public IReadOnlySet<long> Attachments { get; init; } = new HashSet<long>();

    /// <summary>
    /// The page of the work item, where the issue is to link to it; null where it is not, or does so already.
    /// </summary>
    public string? Page { get; init; }

    /// <summary>What stays as it is, where nothing is written.</summary>
    public string Kept { get; init; } = "comment";

    /// <summary>Why nothing is written, as a stable word; null where it is.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether anything is to be written.</summary>
    public bool IsWrite => Reason is null && Fields.Count > 0;

    /// <summary>What the account must be allowed to do in the issue's project.</summary>
    public IEnumerable<string> Permissions => Comments
        .Select(copy => copy.CopyId is null ? JiraPermissions.Comment
            : copy.Original is null ? JiraPermissions.DeleteOwnComments : JiraPermissions.EditOwnComments)
        .Concat(AddFiles.Select(_ => JiraPermissions.Attach))
        .Concat(RemoveFiles.Select(_ => JiraPermissions.DeleteOwnAttachments))
        .Concat(Page is null ? [] : [JiraPermissions.Link])
        .Distinct();

    private List<string> Fields =>
    [
        .. Comments.Count > 0 ? ["comment"] : Array.Empty<string>(),
        .. AddFiles.Count + RemoveFiles.Count > 0 ? ["attachment"] : Array.Empty<string>(),
        .. Page is null ? Array.Empty<string>() : ["remotelink"],
    ];

    /// <summary>The line of the plan.</summary>
    public IssueResult Line()
    {
        var line = IssueResult.Of(Pair.Pair.Issue, Pair.Pair.Item.Id, Reason is null ? Fields : [Kept]);
        return Reason is { } reason ? line.Skipped(reason, Detail!) : line with { Detail = Describe() };
    }

    private string Describe()
    {
        var comments = Count(
            ("added", Comments.Count(copy => copy.CopyId is null)),
            ("edited", Comments.Count(copy => copy is { CopyId: not null, Original: not null })),
            ("removed", Comments.Count(copy => copy.Original is null)));
        var files = Count(("added", AddFiles.Count), ("removed", RemoveFiles.Count));
        string[] parts =
        [
            comments.Length == 0 ? string.Empty : $"Comments: {comments}.",
            files.Length == 0 ? string.Empty : $"Files: {files}.",
            Page is null ? string.Empty : "A link to the work item is added.",
        ];
        return string.Join(" ", parts.Where(part => part.Length > 0));

        static string Count(params (string Verb, int Count)[] counts) =>
            string.Join(", ", counts.Where(one => one.Count > 0).Select(one => $"{Amount.Of(one.Count)} {one.Verb}"));
    }
}

/// <summary>The result of what is copied to an issue beside fields.</summary>
/// <param name="Copy">What was to be written.</param>
/// <param name="Result">What became of it.</param>
internal sealed record WrittenContent(ContentCopy Copy, IssueResult Result)
{
    /// <summary>What became of comments.</summary>
    public required IReadOnlyList<WrittenCopy> Comments { get; init; }

    /// <summary>The files that are on both sides.</summary>
    public required IReadOnlyList<FileBase> Files { get; init; }

    /// <summary>Whether the issue links to the work item.</summary>
    public bool IsLinked { get; init; }
}
