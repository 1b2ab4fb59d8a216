namespace JiraAdoSync.AzureDevOps;

/// <summary>A work item's tags, which the service keeps in one text: <c>first; second</c>.</summary>
public static class TagList
{
    /// <summary>The tags in a text; two that differ in case only are one.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlySet<string> Split(string? text) =>
        (text ?? string.Empty).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The text for tags.</summary>
    /// <param name="tags">The tags.</param>
    public static string Join(IEnumerable<string> tags) => string.Join("; ", tags);
}
