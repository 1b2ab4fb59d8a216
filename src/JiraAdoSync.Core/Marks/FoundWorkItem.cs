using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Marks;

/// <summary>The work item of an issue, as it was read.</summary>
/// <param name="WorkItem">The work item with its relations.</param>
/// <param name="Mark">Our mark on it; null where a person named an item that has none yet.</param>
public sealed record FoundWorkItem(WorkItem WorkItem, WorkItemMark? Mark)
{
    private readonly PackedAddress? _address;

    /// <summary>
    /// The address of the hyperlink that carries the mark: somebody may have added others that look like it. Null where
    /// there is no mark, or none but it.
    /// </summary>
    public string? Address
    {
        get => _address?.ToString();
        init => _address = value is null ? null : PackedAddress.Of(value);
    }

    /// <summary>
    /// Whether its issue was compared with the mark, asks for no other values of plain fields than when that was written,
    /// and will not in this run.
    /// </summary>
    internal bool HasFieldsOfIssue { get; init; }

    /// <summary>
    /// Whether its issue was compared with the mark, and has the texts, comments, files and web links that it had when that
    /// was written.
    /// </summary>
    internal bool HasContentOfIssue { get; init; }

    /// <inheritdoc/>
    public override string ToString() => WorkItem.ToString();
}
