using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Merging;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>One field of a pair, with its source.</summary>
/// <param name="Name">The reference name.</param>
/// <param name="Rule">The rule that maps it; null for the state, and for what the user has no say in.</param>
/// <param name="JiraValue">What Jira makes of it.</param>
/// <param name="AdoValue">What Azure DevOps has.</param>
/// <param name="Image">What Jira makes of it, as text.</param>
internal sealed record PairField(string Name, FieldRule? Rule, object? JiraValue, object? AdoValue, string? Image)
{
    /// <summary>The field as it is compared.</summary>
    public FieldPair Pair { get; init; } = null!;

    /// <summary>The base that records what both sides have now.</summary>
    /// <param name="counter">The number of the write.</param>
    public FieldBase Now(int counter) => new(counter, ShortDigest.Of(Pair.Jira), ShortDigest.Of(Pair.Ado))
    {
        Elements = Pair.IsSet ? ElementsOf(Pair.JiraSet!.Intersect(Pair.AdoSet!, StringComparer.OrdinalIgnoreCase)) : null,
    };

    /// <summary>The base that records what Jira has now, and what Azure DevOps would have of it.</summary>
    /// <param name="counter">The number of the write.</param>
    public FieldBase AsInJira(int counter) => Pair.IsSet ? Now(counter) with { Ado = ShortDigest.Of(Pair.Jira) }
        : new FieldBase(counter, ShortDigest.Of(Pair.Jira), ShortDigest.Of(Image));

    /// <summary>The base that records what a decision makes of both sides.</summary>
    /// <param name="counter">The number of the write.</param>
    /// <param name="decision">The decision, which writes something.</param>
    public FieldBase After(int counter, FieldDecision decision) => Pair.IsSet
        ? new FieldBase(counter, ShortDigest.Of(TextOf(decision.JiraSet!)), ShortDigest.Of(TextOf(decision.AdoSet!)))
        {
            Elements = ElementsOf(decision.JiraSet!.Intersect(decision.AdoSet!, StringComparer.OrdinalIgnoreCase)),
        }
        : decision.Action == MergeAction.ToJira
            ? new FieldBase(counter, ShortDigest.Of(Pair.Ado), ShortDigest.Of(Pair.Ado))
            : AsInJira(counter);

    /// <summary>A set as text that is equal while the set is.</summary>
    /// <param name="set">The set.</param>
    public static string TextOf(IEnumerable<string> set) =>
        string.Join('\n', set.Select(one => one.ToUpperInvariant()).Order(StringComparer.Ordinal));

    private static List<string> ElementsOf(IEnumerable<string> elements) =>
        elements.Select(FieldMerge.DigestOf).Order(StringComparer.Ordinal).ToList();
}
