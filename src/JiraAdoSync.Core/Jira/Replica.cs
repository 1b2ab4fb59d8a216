namespace JiraAdoSync.Jira;

/// <summary>What was read of one Jira issue.</summary>
public sealed record Replica
{
    private static readonly IssueReference Nobody = new(0, string.Empty);

    private readonly IssueReference _reference = Nobody;

    /// <summary>The issue's numeric id: with the site, its identity.</summary>
    public required long IssueId
    {
        get => _reference.Id;
        init => _reference = value == _reference.Id ? _reference : _reference with { Id = value };
    }

    /// <summary>The issue's key when it was read.</summary>
    public required string Key
    {
        get => _reference.Key;
        init => _reference = ReferenceEquals(value, _reference.Key) ? _reference : _reference with { Key = value };
    }

    /// <summary>The issue's type.</summary>
    public required IssueType Type { get; init; }

    /// <summary>The issue's status.</summary>
    public required IssueStatus Status { get; init; }

    /// <summary>The issue's summary, as Jira has it; may be empty.</summary>
    public required string Summary { get; init; }

    /// <summary>The issue's parent: the issue of a sub-task, the epic of a story; null where it has none.</summary>
    public IssueReference? Parent { get; init; }

    /// <summary>The links that the issue shows, each in its one direction.</summary>
    public IReadOnlyList<IssueLink> Links { get; init => field = Listing.Of(value); } = Listing.Of<IssueLink>([]);

    /// <summary>
    /// The values of the other fields that were asked for, by id in any case, null where the issue has none: text,
    /// numbers, lists, and dictionaries for what Jira describes by several values, such as a person. So that
    /// <c>$replica.Fields.customfield_10020</c> works.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Fields
    {
        get;
        init => field = Listing.Compact(value);
    } = new Table<object?>();

    /// <summary>The digest of a description that is not there.</summary>
    public const string NoDescription = "0";

    /// <summary>
    /// A digest of the description as Jira keeps it; equal while nobody changed it. Null where it was not asked for.
    /// </summary>
    public string? DescriptionDigest { get; init; }

    /// <summary>
    /// The description as Jira keeps it, as JSON; null where there is none, or where it was not asked for.
    /// </summary>
    public string? DescriptionSource { get; init; }

    /// <summary>
    /// The comments, without their text: all of them, or the first ones of many. Null where they were not asked for.
    /// </summary>
    public IReadOnlyList<IssueComment>? Comments { get; init => field = value is null ? null : Listing.Of(value); }

    /// <summary>How many comments there are.</summary>
    public int CommentCount { get; init; }

    /// <summary>The attachments; null where they were not asked for.</summary>
    public IReadOnlyList<IssueAttachment>? Attachments
    {
        get;
        init => field = value is null ? null : Listing.Of(value);
    }

    /// <summary>
    /// The property <see cref="IssueWrite.PropertyName"/>, as JSON; null where the issue has none, or where it was not
    /// asked for. Any editor of the issue can write it.
    /// </summary>
    public string? Property { get; init; }

    /// <summary>
    /// Who changed it last, as Jira describes people; null where that is not asked, and where nobody did.
    /// </summary>
    internal object? LastEditor { get; init; }

    /// <summary>The ids of its comments that are copies of what is in Azure DevOps, whatever they say now.</summary>
    internal IReadOnlyCollection<long> CopiedComments { get; init; } = [];

    /// <summary>When it was last updated, in milliseconds of Unix time; null where that was not asked for.</summary>
    internal long? Updated => Fields.GetValueOrDefault("updated") is string text
        && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time)
            ? time.ToUnixTimeMilliseconds()
            : null;

    /// <summary>The issue's name.</summary>
    public IssueReference Reference { get => _reference; init => _reference = value; }

    /// <summary>The issue's parent in the shape of a link; null where it has none.</summary>
    public IssueLink? ParentLink => Parent is null ? null : new IssueLink
    {
        LinkId = null,
        Type = LinkType.Parent,
        Source = Reference,
        Target = Parent,
        ReadFrom = IssueId,
    };

    /// <summary>The issue's links, and its parent before them.</summary>
    public IEnumerable<IssueLink> ParentAndLinks() => ParentLink is { } parent ? Links.Prepend(parent) : Links;

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Key}: {Summary}");
}
