namespace JiraAdoSync.Planning.Relations;

/// <summary>What to do with a link that the relation types do not allow beside what exists.</summary>
public enum LinkConflict
{
    /// <summary>Make it Related; its comment keeps the phrase.</summary>
    Degrade,

    /// <summary>Leave it out.</summary>
    Skip,

    /// <summary>Refuse the whole plan, before anything is written.</summary>
    Fail,
}

/// <summary>What to do where somebody else gave a work item another parent than Jira has.</summary>
public enum ParentConflict
{
    /// <summary>Keep theirs.</summary>
    Keep,

    /// <summary>Replace theirs by ours.</summary>
    Replace,
}

/// <summary>What the user chose for the cases in which a plan has a choice.</summary>
public sealed record RelationPolicy
{
    /// <summary>For links that the relation types do not allow.</summary>
    public LinkConflict OnConflict { get; init; }

    /// <summary>For parents that somebody else made.</summary>
    public ParentConflict ParentConflict { get; init; }

    /// <summary>Whether relations of ours are removed when their link no longer exists.</summary>
    public bool Prune { get; init; }

    /// <summary>
    /// How many per cent of our relations a run may remove; <see cref="AlwaysRemovable"/> may go whatever this says.
    /// </summary>
    public int PruneLimit { get; init; } = 10;

    /// <summary>How many removals are never too many.</summary>
    public const int AlwaysRemovable = 20;
}
