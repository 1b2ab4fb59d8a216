using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>What of a work item is copied to its issue beside fields.</summary>
/// <param name="Pair">The pair.</param>
internal sealed record ContentCopy(PairPlan Pair)
{
    private const string Comment = "comment";

    /// <summary>The comments whose copies are written.</summary>
    public IReadOnlyList<CommentCopy> Comments { get; init; } = [];

    /// <summary>Why nothing is written, as a stable word; null where it is.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether anything is to be written.</summary>
    public bool IsWrite => Reason is null && Comments.Count > 0;

    /// <summary>What the account must be allowed to do in the issue's project.</summary>
    public IEnumerable<string> Permissions => Comments
        .Select(copy => copy.CopyId is null ? JiraPermissions.Comment
            : copy.Original is null ? JiraPermissions.DeleteOwnComments : JiraPermissions.EditOwnComments)
        .Distinct();

    /// <summary>The line of the plan.</summary>
    public IssueResult Line()
    {
        var line = IssueResult.Of(Pair.Pair.Issue, Pair.Pair.Item.Id, [Comment]);
        return Reason is { } reason ? line.Skipped(reason, Detail!) : line with { Detail = Describe() };
    }

    private string Describe()
    {
        (string Verb, int Count)[] parts =
        [
            ("added", Comments.Count(copy => copy.CopyId is null)),
            ("edited", Comments.Count(copy => copy is { CopyId: not null, Original: not null })),
            ("removed", Comments.Count(copy => copy.Original is null)),
        ];
        return $"Comments: {string.Join(", ", parts.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Verb}"))}.";
    }
}

/// <summary>The result of what is copied to an issue beside fields.</summary>
/// <param name="Copy">What was to be written.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Comments">The comments that are on both sides then.</param>
internal sealed record WrittenContent(ContentCopy Copy, IssueResult Result, IReadOnlyList<CommentBase> Comments);
