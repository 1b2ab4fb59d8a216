namespace JiraAdoSync.Mapping;

/// <summary>How a mapping fares with one phrase of a link type, or with one issue type.</summary>
public sealed record MappingCoverage
{
    /// <summary>The name of the link type or issue type.</summary>
    public required string Type { get; init; }

    /// <summary>The phrase at one end of a link type; null for an issue type.</summary>
    public string? Phrase { get; init; }

    /// <summary>How many links, or issues, of the type were read.</summary>
    public required int Count { get; init; }

    /// <summary>
    /// The relation on the issue that says the phrase, or the work item type; null where there is none.
    /// </summary>
    public string? MapsTo { get; init; }

    /// <summary>What is wrong: <c>Unmapped</c>, or why the mapping is refused; null where nothing is.</summary>
    public string? Problem { get; init; }

    /// <summary>What it could be mapped to, drawn from names; null where nothing is wrong.</summary>
    public string? Suggestion { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Amount.Of(Count)} {Phrase ?? Type}: {MapsTo ?? Problem}");
}
