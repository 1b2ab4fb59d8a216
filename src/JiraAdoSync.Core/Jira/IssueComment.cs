namespace JiraAdoSync.Jira;

/// <summary>A comment of an issue.</summary>
public sealed record IssueComment
{
    /// <summary>Its id, unique on the site.</summary>
    public required long Id { get; init; }

    /// <summary>The name of who wrote it.</summary>
    public required string Author { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was last edited; when it was written where it never was.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>Whether only some groups or roles may read it: such a comment never leaves Jira.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>The id of the account that wrote it; null where that is not known.</summary>
    public string? AuthorId { get; init; }

    /// <summary>The id of the account that edited it last; null where that is not known.</summary>
    public string? EditorId { get; init; }

    /// <summary>The address to which its first words lead; empty where they lead nowhere.</summary>
    public string FirstAddress { get; init; } = string.Empty;

    /// <summary>Jira's rendering of it; null where only the comment's identity was read.</summary>
    public string? Html { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{Author}, {Created.UtcDateTime:yyyy-MM-dd HH:mm}");
}
