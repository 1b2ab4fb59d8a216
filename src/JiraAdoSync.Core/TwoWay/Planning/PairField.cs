using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Merging;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>What a base records beside the values: the number of the write, and what the run had read.</summary>
/// <param name="Counter">The number of the write.</param>
/// <param name="Updated">See <see cref="FieldBase.Updated"/>.</param>
/// <param name="Rev">See <see cref="FieldBase.Rev"/>.</param>
internal readonly record struct BaseStamp(int Counter, long Updated, int Rev)
{
    /// <summary>
    /// The stamp of what is true when Jira is written too. Jira is written last, so that it counts more than what the
    /// mark says, which is written before.
    /// </summary>
    public BaseStamp Last => this with { Counter = Counter + 1 };

    /// <summary>The stamp of what is true of a pair as it was read.</summary>
    /// <param name="pair">The pair.</param>
    public static BaseStamp Of(PairInput pair) =>
        new(pair.Base.Counter + 1, pair.Issue.Updated ?? 0, pair.FirstRev > 0 ? pair.FirstRev : pair.Item.Rev);

    /// <summary>
    /// What is recorded of a field that counts as changed on both sides whatever they have, as long as nothing is decided:
    /// see <see cref="FieldBase.Open"/>.
    /// </summary>
    /// <param name="elements">What histories say of the field, where it is a set.</param>
    public FieldBase OfOpen(IReadOnlyList<string>? elements = null) => new(Counter, FieldBase.Open, FieldBase.Open)
    {
        Elements = elements, Updated = Updated, Rev = Rev,
    };

    /// <summary>A base.</summary>
    /// <param name="jira">What Jira has, as text.</param>
    /// <param name="ado">What Azure DevOps has, as text.</param>
    public FieldBase Of(string? jira, string? ado) =>
        new(Counter, ShortDigest.Of(jira), ShortDigest.Of(ado)) { Updated = Updated, Rev = Rev };
}

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

    /// <summary>
    /// Whether the mapping says nothing of what Jira has, such as no priority: only an edit of the work item is
    /// something to write.
    /// </summary>
    public bool IsLeft { get; init; }

    /// <summary>The rich text that it is; null for any other field.</summary>
    public MergedText? Text { get; init; }

    /// <summary>Whether it is a rich text that somebody edited while it was read.</summary>
    public bool IsMoved { get; init; }

    /// <summary>What the field is called in the histories of issues.</summary>
    public IReadOnlyCollection<string> Names { get; init; } = [];

    /// <summary>What the histories say of its base.</summary>
    public CheckedBase Check { get; init; } = null!;

    /// <summary>The base that stays recorded where nothing is written, whatever histories say of it.</summary>
    public FieldBase? Recorded { get; init; }

    /// <summary>The base that records what both sides have now.</summary>
    /// <param name="stamp">Of the write.</param>
    public FieldBase Now(BaseStamp stamp) => Pair.IsSet
        ? OfSets(stamp, Pair.JiraSet!, Pair.AdoSet!)
        : stamp.Of(Pair.Jira, Pair.Ado);

    /// <summary>The base that records what Jira has now, and what Azure DevOps would have of it.</summary>
    /// <param name="stamp">Of the write.</param>
    public FieldBase AsInJira(BaseStamp stamp) => Pair.IsSet ? Now(stamp) with { Ado = ShortDigest.Of(Pair.Jira) }
        : stamp.Of(Pair.Jira, Image);

    /// <summary>The base that records what a decision makes of both sides.</summary>
    /// <param name="stamp">Of the write.</param>
    /// <param name="decision">The decision, which writes something.</param>
    public FieldBase After(BaseStamp stamp, FieldDecision decision) => Pair.IsSet
        ? OfSets(stamp, decision.JiraSet!, decision.AdoSet!)
        : decision.Action == MergeAction.ToJira
            ? stamp.Of(Pair.Ado, Pair.Ado)
            // What Jira has and the mapping leaves alone changes nothing in Azure DevOps.
            : IsLeft ? Now(stamp)
            : AsInJira(stamp);

    /// <summary>
    /// The base that records what a decision makes of a set where only Azure DevOps is written: what Jira was to get
    /// and lose is still to come.
    /// </summary>
    /// <param name="stamp">Of the write.</param>
    /// <param name="decision">The decision, which writes to both sides.</param>
    public FieldBase AfterAdo(BaseStamp stamp, FieldDecision decision) =>
        OfSets(stamp, Pair.JiraSet!, decision.AdoSet!);

    /// <summary>
    /// The base that records that Jira refused what a decision would have written: what else there is to do waits until
    /// somebody changes either side.
    /// </summary>
    /// <param name="stamp">Of the write.</param>
    /// <param name="decision">The decision, which writes to Jira.</param>
    public FieldBase Refused(BaseStamp stamp, FieldDecision decision) => decision.WritesAdo
        ? AfterAdo(stamp, decision).WithRefused(Pair.Jira, TextOf(decision.AdoSet!))
        // That a value stays which people emptied is seen by the values themselves.
        : Pair is { Ado: null, IsSet: false } && Text is null ? Now(stamp)
        : (Recorded ?? AsInJira(stamp)).WithRefused(Pair.Jira, Pair.Ado);

    /// <summary>
    /// The base that records that Azure DevOps refused what Jira has. Its state is what the same write makes of it, which is
    /// not known yet.
    /// </summary>
    /// <param name="stamp">Of the write.</param>
    public FieldBase RefusedByAdo(BaseStamp stamp) => Pair is { Jira: null, IsSet: false } && Text is null ? Now(stamp)
        : (Recorded ?? (Pair.IsSet ? Now(stamp) : stamp.Of(Pair.Ado, Pair.Ado))) with
        {
            Refused = Refusal.ByAdo(Pair.Jira, Pair.Ado, null),
        };

    /// <summary>A set as text that is equal while the set is.</summary>
    /// <param name="set">The set.</param>
    public static string TextOf(IEnumerable<string> set) =>
        string.Join('\n', set.Select(one => one.ToUpperInvariant()).Order(StringComparer.Ordinal));

    /// <summary>
    /// The base of a set: what both sides have, and of what only one of them has, what was in the base before: there
    /// one side added or removed it, and the other is still to follow.
    /// </summary>
    private FieldBase OfSets(BaseStamp stamp, IReadOnlySet<string> jira, IReadOnlySet<string> ado)
    {
        var before = (Pair.Base?.Elements ?? []).ToHashSet(StringComparer.Ordinal);
        return stamp.Of(TextOf(jira), TextOf(ado)) with
        {
            Elements = jira.Union(ado, StringComparer.OrdinalIgnoreCase)
                .Select(element =>
                    (Digest: FieldMerge.DigestOf(element), IsOnBoth: jira.Contains(element) && ado.Contains(element)))
                .Where(element => element.IsOnBoth || before.Contains(element.Digest))
                .Select(element => element.Digest)
                .Order(StringComparer.Ordinal)
                .ToList(),
        };
    }
}
