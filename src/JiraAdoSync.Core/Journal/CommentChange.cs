namespace JiraAdoSync.Journal;

/// <summary>A comment in a work item's discussion that came, went or got another text.</summary>
public sealed record CommentChange
{
    /// <summary>
    /// Its id; null for one that came with an edit of the work item, whose answer does not contain it.
    /// </summary>
    public int? Id { get; init; }

    /// <summary>The text before; null for one that came.</summary>
    public string? Before { get; init; }

    /// <summary>The text after; null for one that went.</summary>
    public string? After { get; init; }

    /// <summary>How often it had been written then: another number means that somebody edited it since.</summary>
    public int Version { get; init; } = 1;

    /// <inheritdoc/>
    public override string ToString() => (Before, After) switch
    {
        (null, _) => "+ comment",
        (_, null) => $"- comment {Id}",
        _ => $"comment {Id}",
    };
}
