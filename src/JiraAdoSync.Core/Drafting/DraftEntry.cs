namespace JiraAdoSync.Drafting;

/// <summary>One entry of a profile that a draft sets.</summary>
/// <param name="Table">The parameter: a mapping such as <c>LinkTypeMapping</c>, or a switch.</param>
/// <param name="Key">The key in the mapping; null for a parameter that is no table.</param>
/// <param name="Values">
/// The value, or candidates of which the first that fits is used; none for <c>$null</c>, which leaves the key out.
/// </param>
public sealed record DraftEntry(string Table, string? Key, IReadOnlyList<string> Values)
{
    /// <summary>The words that it was understood from.</summary>
    public string Words { get; init; } = string.Empty;

    /// <summary>What one should know of it; null where there is nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The entry without its value, as people name it.</summary>
    public string Name => NameOf(Table, Key);

    /// <summary>An entry as people name it.</summary>
    /// <param name="table">The parameter.</param>
    /// <param name="key">The key in the mapping; null for a parameter that is no table.</param>
    public static string NameOf(string table, string? key) => key is null ? table : $"{table} '{key}'";

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} = {(Values.Count == 0 ? "(left out)" : string.Join(", ", Values))}";
}

/// <summary>Words of a sentence that a draft does not follow.</summary>
/// <param name="Words">The words.</param>
/// <param name="Reason">Why not, and what to do.</param>
public sealed record DraftGap(string Words, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Words}: {Reason}";
}

/// <summary>What a sentence, or a model, says of a profile: a proposal that nothing follows by itself.</summary>
public sealed record Draft
{
    /// <summary>Which issues are to be synced.</summary>
    public Selection Selection { get; init; } = new();

    /// <summary>The entries that it sets; a later one of the same name replaces an earlier one.</summary>
    public IReadOnlyList<DraftEntry> Entries { get; init; } = [];

    /// <summary>What was not understood, or is not for a draft to set.</summary>
    public IReadOnlyList<DraftGap> NotUnderstood { get; init; } = [];
}
