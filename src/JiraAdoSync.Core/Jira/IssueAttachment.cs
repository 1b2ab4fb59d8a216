namespace JiraAdoSync.Jira;

/// <summary>A file at an issue. Its content never changes: what is uploaded again is another attachment.</summary>
public sealed record IssueAttachment
{
    /// <summary>Its id, unique on the site.</summary>
    public required long Id { get; init; }

    /// <summary>The file's name.</summary>
    public required string FileName { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The name of who attached it.</summary>
    public string Author { get; init; } = string.Empty;

    /// <summary>The id of the account that attached it; null where that is not known.</summary>
    public string? AuthorId { get; init; }

    /// <summary>When it was attached.</summary>
    public DateTimeOffset Created { get; init; }

    /// <inheritdoc/>
    public override string ToString() => FileName;
}
