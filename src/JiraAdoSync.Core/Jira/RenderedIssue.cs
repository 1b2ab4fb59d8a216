namespace JiraAdoSync.Jira;

/// <summary>The rich texts of an issue in Jira's own rendering.</summary>
/// <param name="IssueId">The issue.</param>
/// <param name="Description">Its description as HTML; empty where it has none.</param>
/// <param name="Comments">Its comments with their HTML, oldest first; empty where they were not asked for.</param>
/// <param name="Attachments">Its attachments; empty where they were not asked for.</param>
public sealed record RenderedIssue(
    long IssueId,
    string Description,
    IReadOnlyList<IssueComment> Comments,
    IReadOnlyList<IssueAttachment> Attachments)
{
    private readonly object _description = PackedText.Of(Description);

    /// <summary>Its description as HTML; empty where it has none.</summary>
    public string Description { get => _description.ToString()!; init => _description = PackedText.Of(value); }

    /// <summary>Other texts as HTML, by the ids of their fields.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The digest of the description as Jira keeps it, of the moment at which it was rendered; null where there is none.
    /// </summary>
    public string? DescriptionDigest { get; init; }

    /// <summary>The values of the other fields as Jira keeps them, likewise, by their ids.</summary>
    public IReadOnlyDictionary<string, object?> Sources { get; init; } = new Dictionary<string, object?>();
}
