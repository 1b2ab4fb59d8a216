namespace JiraAdoSync.Planning.WorkItems;

/// <summary>What of an issue's content is copied to its work item, beside fields and description.</summary>
public sealed record ContentPolicy
{
    /// <summary>The size of the largest file that the service takes, in bytes.</summary>
    public const long LargestAttachment = 60L << 20;

    /// <summary>Whether comments do.</summary>
    public bool Comments { get; init; }

    /// <summary>Whether attachments do.</summary>
    public bool Attachments { get; init; }

    /// <summary>Whether web links do.</summary>
    public bool WebLinks { get; init; }

    /// <summary>The size in bytes beyond which an attachment is left out.</summary>
    public long AttachmentLimit { get; init; } = LargestAttachment;

    /// <summary>
    /// Whether comments, attachments and web links of ours are removed when they no longer exist in Jira.
    /// </summary>
    public bool Prune { get; init; }
}
