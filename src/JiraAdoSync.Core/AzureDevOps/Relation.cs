using System.Text.Json.Serialization;

namespace JiraAdoSync.AzureDevOps;

/// <summary>One relation on one work item.</summary>
public sealed record Relation
{
    private readonly PackedAddress _url;

    /// <summary>What only hyperlinks and files have; null for links to work items, which are most relations.</summary>
    private readonly Origin? _origin;

    /// <summary>The work item that has the relation.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The type's fixed name, such as <c>System.LinkTypes.Related</c> or <c>Hyperlink</c>.</summary>
    public required string ReferenceName { get; init; }

    /// <summary>The name that people see; null where the service gives none.</summary>
    public string? Name { get; init; }

    /// <summary>The work item at the other end; null for hyperlinks, attachments and artifacts.</summary>
    public int? TargetWorkItemId { get; init; }

    /// <summary>The address at the other end, as the service gives it.</summary>
    public required string Url { get => _url.ToString(); init => _url = PackedAddress.Of(value); }

    /// <summary>The comment; null where it has none.</summary>
    public string? Comment { get; init; }

    /// <summary>Whether the relation is locked.</summary>
    public bool IsLocked { get; init; }

    /// <summary>
    /// When a hyperlink or a file came, by the service's own clock (<c>authorizedDate</c>): the date of the revision
    /// that added it. Whether a new comment moves it is not documented. Null for links to work items.
    /// </summary>
    [JsonIgnore]
    public DateTimeOffset? AuthorizedDate
    {
        get => _origin?.Date;
        init => _origin = value == AuthorizedDate ? _origin : Of(value, Size);
    }

    /// <summary>The size of a file in bytes; null for any other relation.</summary>
    [JsonIgnore]
    public long? Size
    {
        get => _origin?.Size;
        init => _origin = value == Size ? _origin : Of(AuthorizedDate, value);
    }

    /// <summary>Whether somebody else than our accounts made it look like one of ours: it carries no mark.</summary>
    internal bool IsForeign { get; init; }

    /// <summary>
    /// What is the same of equal relations of one work item: it has no two of one type with one other end.
    /// </summary>
    internal (string Type, string Target) Identity => (
        ReferenceName.ToUpperInvariant(),
        TargetWorkItemId is { } id ? $"#{id}" : Url);

    /// <inheritdoc/>
    public override string ToString() => $"{WorkItemId} {Name ?? ReferenceName} {TargetWorkItemId?.ToString() ?? Url}";

    private static Origin? Of(DateTimeOffset? date, long? size) =>
        date is null && size is null ? null : new Origin(date, size);

    private sealed record Origin(DateTimeOffset? Date, long? Size);
}
