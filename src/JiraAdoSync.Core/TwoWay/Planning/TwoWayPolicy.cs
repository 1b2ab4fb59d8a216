using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.TwoWay.Merging;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>What the user chose for a run that may write to both sides.</summary>
public sealed record TwoWayPolicy
{
    /// <summary>Which way values, links and new items go, where no entry of a mapping says otherwise.</summary>
    public required FieldDirection Direction { get; init; }

    /// <summary>What becomes of fields that both sides changed, and of pairs without a base.</summary>
    public required MergePolicy Merge { get; init; }

    /// <summary>From a state to statuses, before the inverse of the mapping of states.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Statuses { get; init; } = [];

    /// <summary>From a relation to the phrase of a link type.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Relations { get; init; } = [];

    /// <summary>The key of the project in which issues are created; null where none are.</summary>
    public string? JiraProject { get; init; }

    /// <summary>Whether what one side deleted is deleted on the other.</summary>
    public bool Prune { get; init; }

    /// <summary>Whether items without a partner get one.</summary>
    public bool MayCreate { get; init; } = true;

    /// <summary>Whether issues link to their work items.</summary>
    public bool LinksWorkItems { get; init; }

    /// <summary>
    /// How many per cent of the pairs may be changed in Jira in one kind; <see cref="AlwaysWritable"/> may whatever
    /// this says.
    /// </summary>
    public int WriteLimit { get; init; } = DefaultWriteLimit;

    /// <summary>The limit where nobody gives one.</summary>
    public const int DefaultWriteLimit = 10;

    /// <summary>How many changes of one kind are never too many.</summary>
    public const int AlwaysWritable = 20;

    /// <summary>
    /// The limit for a run about some of the pairs that lets it write as much as one about all of them: the few pairs
    /// that somebody edited at once may all have changed.
    /// </summary>
    /// <param name="some">How many pairs the run is about.</param>
    /// <param name="all">How many pairs there are.</param>
    /// <param name="limit">The limit for a run about all of them, per cent.</param>
    public static int WriteLimitAmong(int some, int all, int limit) =>
        Math.Min(100, ((CountOf(all, limit) * 100) + some - 1) / some);

    /// <summary>How many changes of one kind a limit allows.</summary>
    /// <param name="pairs">How many pairs the run is about.</param>
    /// <param name="limit">The limit, per cent.</param>
    public static int CountOf(int pairs, int limit) => Math.Max(AlwaysWritable, (int)((long)pairs * limit / 100));
}
