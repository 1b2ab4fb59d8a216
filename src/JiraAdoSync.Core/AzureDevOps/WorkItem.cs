namespace JiraAdoSync.AzureDevOps;

/// <summary>What was read of one work item.</summary>
public sealed record WorkItem
{
    private static readonly Table<object?> NoValues = new();

    /// <summary>Its id in the organisation.</summary>
    public required int Id { get; init; }

    /// <summary>
    /// Its revision: edits of fields, hyperlinks and attachments count; edits of work item links don't.
    /// </summary>
    public required int Rev { get; init; }

    /// <summary>The name of its type, such as <c>User Story</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>The name of its project.</summary>
    public required string Project { get; init; }

    /// <summary>
    /// The fields that have a value, by reference name in any case: text, <see cref="double"/>, <see cref="bool"/>,
    /// <see cref="DateTimeOffset"/>, or a person's unique name.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Fields
    {
        get;
        init => field = Listing.Compact(value);
    } = new Table<object?>();

    /// <summary>
    /// Who created it, by the service, or by a writer who may bypass rules; null where that is no known account.
    /// </summary>
    public Account? CreatedBy { get; init; }

    /// <summary>Who made its last revision; null where that is no known account.</summary>
    public Account? ChangedBy { get; init; }

    /// <summary>When it was created; null where that was not read.</summary>
    internal DateTimeOffset? CreatedDate =>
        Left is null ? Fields.GetValueOrDefault("System.CreatedDate") as DateTimeOffset? : Left.Created;

    /// <summary>When its last revision was made; null where that was not read.</summary>
    internal DateTimeOffset? ChangedDate =>
        Left is null ? Fields.GetValueOrDefault("System.ChangedDate") as DateTimeOffset? : Left.Changed;

    /// <summary>Its relations in the service's order: a relation is removed by its index in this list.</summary>
    public IReadOnlyList<Relation> Relations { get; init => field = Listing.Of(value); } = Listing.Of<Relation>([]);

    /// <summary>The same without the values of its fields, which are most of it.</summary>
    internal WorkItem WithoutValues() => this with { Fields = NoValues, Left = new Dates(CreatedDate, ChangedDate) };

    /// <summary>Whether the values of its fields were let go.</summary>
    internal bool LacksValues => Left is not null;

    private Dates? Left { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Type} {Id}: {Title}");

    /// <summary>What is kept where the values were let go: the dates show who made a mark.</summary>
    private sealed record Dates(DateTimeOffset? Created, DateTimeOffset? Changed);
}
