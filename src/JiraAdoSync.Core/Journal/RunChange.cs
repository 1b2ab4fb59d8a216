using System.Text.Json.Serialization;
using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Journal;

/// <summary>
/// What was done to a work item, or to a path. No value is zero: in PowerShell that would count as false. And it has 64
/// bits: of such, ConvertTo-Json writes the name.
/// </summary>
public enum RunAction : long
{
    /// <summary>It was created.</summary>
    Create = 1,

    /// <summary>Fields, relations or comments of it were changed.</summary>
    Update,

    /// <summary>It went to the recycle bin.</summary>
    Recycle,

    /// <summary>It came back from the recycle bin.</summary>
    Restore,

    /// <summary>An area or an iteration was made.</summary>
    CreatePath,

    /// <summary>An area or an iteration that a run had made was removed.</summary>
    RemovePath,

    /// <summary>An issue was deleted for good.</summary>
    Delete,
}

/// <summary>One change that a run made, with what was before and after it: one line of the run's record.</summary>
public sealed record RunChange
{
    /// <summary>When it was made, as far as the run knows: when its answer came.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What was done.</summary>
    public required RunAction Action { get; init; }

    /// <summary>The work item that it was done to; 0 for a path, and for a creation whose answer is missing.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The work item's type; null where only relations were changed.</summary>
    public string? WorkItemType { get; init; }

    /// <summary>The key of the issue behind it; null where none is known.</summary>
    public string? Key { get; init; }

    /// <summary>The id of that issue.</summary>
    public long? IssueId { get; init; }

    /// <summary>The work item's revision after the change; null where it was not reported.</summary>
    public int? Rev { get; init; }

    /// <summary>The written fields as they were before; null for one that had no value.</summary>
    public IReadOnlyDictionary<string, object?> Before
    {
        get;
        init => field = Listing.Of(value);
    } = new Table<object?>();

    /// <summary>The written fields as they were after it, by the service's answer.</summary>
    public IReadOnlyDictionary<string, object?> After
    {
        get;
        init => field = Listing.Of(value);
    } = new Table<object?>();

    /// <summary>The area or iteration that was made or removed; null for any other change.</summary>
    [JsonIgnore]
    public string? Path => InTree?.Path;

    /// <summary>That area or iteration, with the reference name of the field that holds such paths.</summary>
    internal (string Field, string Path)? InTree => Action switch
    {
        RunAction.CreatePath => After.Select(one => (one.Key, (string)one.Value!)).First(),
        RunAction.RemovePath => Before.Select(one => (one.Key, (string)one.Value!)).First(),
        _ => null,
    };

    /// <summary>The relations that went.</summary>
    public IReadOnlyList<Relation> Removed { get; init => field = Listing.Of(value); } = Listing.Of<Relation>([]);

    /// <summary>The relations that came. One whose comment was changed is removed and added.</summary>
    public IReadOnlyList<Relation> Added { get; init => field = Listing.Of(value); } = Listing.Of<Relation>([]);

    /// <summary>The comments that came, went or got another text.</summary>
    public IReadOnlyList<CommentChange> Comments
    {
        get;
        init => field = Listing.Of(value);
    } = Listing.Of<CommentChange>([]);

    /// <summary>What was done to the issue in Jira; null where the change is one of Azure DevOps.</summary>
    public IssueChange? Issue { get; init; }

    /// <summary>
    /// How many entries the item's history had before relations of it were to be removed: an undo looks there for what
    /// was removed, where the run did not record it. Null for any other change.
    /// </summary>
    public int? HistoryLength { get; init; }

    /// <summary>
    /// Whether nobody knows if it was made: it was sent, and the run broke off, or never got an answer. An undo finds
    /// out.
    /// </summary>
    public bool IsUnsure { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (InTree is var (tree, path))
        {
            return $"{Action} {tree}: {(IsUnsure ? "perhaps: " : string.Empty)}{path}";
        }

        if (Issue is not null)
        {
            return $"{Action} {Key ?? $"#{WorkItemId}"}: {(IsUnsure ? "perhaps: " : string.Empty)}{Issue}";
        }

        var what = Before.Keys.Union(After.Keys).Order(StringComparer.Ordinal)
            .Concat(Removed.Select(relation => $"- {Name(relation)}"))
            .Concat(Added.Select(relation => $"+ {Name(relation)}"))
            .Concat(Comments.Select(comment => comment.ToString()));
        return $"{Action} {WorkItemId} {Key}: {(IsUnsure ? "perhaps: " : string.Empty)}{string.Join(", ", what)}";
    }

    private static string Name(Relation relation) =>
        $"{relation.Name ?? relation.ReferenceName} {relation.TargetWorkItemId?.ToString() ?? relation.Url}";
}
