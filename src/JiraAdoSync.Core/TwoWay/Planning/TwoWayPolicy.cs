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
    public int WriteLimit { get; init; } = 10;

    /// <summary>How many changes of one kind are never too many.</summary>
    public const int AlwaysWritable = 20;
}
