using System.Text.Json;

namespace JiraAdoSync.Journal;

/// <summary>What a change did to an issue in Jira, as the record of a run keeps it.</summary>
public sealed record IssueChange
{
    /// <summary>Its number in the record: the line before it is sent and the one after have the same.</summary>
    public int Number { get; init; }

    /// <summary>The written fields as they were before, by their ids, as Jira has them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Before { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>
    /// Those of them that are rich texts: they are as Jira keeps them before, and as they were sent after.
    /// </summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>What was written to them.</summary>
    public IReadOnlyDictionary<string, JsonElement> After { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The id of the parent before; 0 for none, null where the parent was not written.</summary>
    public long? ParentBefore { get; init; }

    /// <summary>The id of the parent after.</summary>
    public long? ParentAfter { get; init; }

    /// <summary>The id of the status before a transition; null for any other change.</summary>
    public string? StatusBefore { get; init; }

    /// <summary>The id of the status after it.</summary>
    public string? StatusAfter { get; init; }

    /// <summary>The issue's property before; null where it had none, or where it was not written.</summary>
    public string? PropertyBefore { get; init; }

    /// <summary>The issue's property after.</summary>
    public string? PropertyAfter { get; init; }

    /// <summary>The links that were added and removed.</summary>
    public IReadOnlyList<IssueLinkChange> Links { get; init; } = [];

    /// <summary>The comments that were added, edited and removed.</summary>
    public IReadOnlyList<IssueCommentChange> Comments { get; init; } = [];

    /// <summary>The files that were added and removed.</summary>
    public IReadOnlyList<IssueFileChange> Files { get; init; } = [];

    /// <summary>The global id of a link to a page elsewhere that was written; null where none was.</summary>
    public string? WebLink { get; init; }

    /// <summary>The nonce of an issue that was created, by which it is found where its answer was lost.</summary>
    public string? Nonce { get; init; }

    /// <summary>The key of the project of an issue that was created.</summary>
    public string? Project { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", After.Keys.Order(StringComparer.Ordinal)
        .Concat(ParentAfter is null ? [] : (string[])["parent"])
        .Concat(StatusAfter is null ? [] : (string[])["status"])
        .Concat(Links.Select(link => link.ToString()))
        .Concat(Comments.Select(comment => comment.ToString()))
        .Concat(Files.Select(file => file.ToString()))
        .Concat(WebLink is null ? [] : (string[])["+ link to the work item"]));
}

/// <summary>An issue link that was added or removed.</summary>
/// <param name="TypeId">The id of its type.</param>
/// <param name="Type">The name of its type.</param>
/// <param name="Source">The id of the issue that says the outward phrase.</param>
/// <param name="Target">The id of the other issue.</param>
public sealed record IssueLinkChange(string TypeId, string Type, long Source, long Target)
{
    /// <summary>The id of a link that was removed; null for one that was added.</summary>
    public long? RemovedId { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{(RemovedId is null ? '+' : '-')} {Type} {Source} {Target}";
}

/// <summary>A comment of an issue that was added, edited or removed.</summary>
public sealed record IssueCommentChange
{
    /// <summary>Its id; null for one that is to be added.</summary>
    public long? Id { get; init; }

    /// <summary>The text before, as HTML; null for one that was added.</summary>
    public string? Before { get; init; }

    /// <summary>The text after; null for one that was removed.</summary>
    public string? After { get; init; }

    /// <summary>The comment's mark, as JSON.</summary>
    public string? Mark { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{(Before is null ? '+' : After is null ? '-' : '~')} comment {Id}";
}

/// <summary>A file that was attached to an issue or removed from it.</summary>
/// <param name="Name">Its name.</param>
public sealed record IssueFileChange(string Name)
{
    /// <summary>The attachment's id; null for one that is to be added.</summary>
    public long? Id { get; init; }

    /// <summary>Whether it was removed.</summary>
    public bool IsRemoval { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{(IsRemoval ? '-' : '+')} {Name}";
}
