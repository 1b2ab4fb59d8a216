namespace JiraAdoSync.Tests.TwoWay.Registers;

/// <summary>What a person does to what a pair remembers.</summary>
internal enum Damage
{
    /// <summary>Deletes the property of the issue.</summary>
    LoseRegister,

    /// <summary>Gives the issue a property that it had before.</summary>
    RestoreRegister,

    /// <summary>Gives the property a text that is none of ours, or one with other digests.</summary>
    GarbleRegister,

    /// <summary>Gives the issue the property of another one, as a clone has it.</summary>
    CopyRegister,

    /// <summary>Gives the mark of the work item a text that it had before.</summary>
    RestoreMark,

    /// <summary>Takes what both sides had out of the mark.</summary>
    EmptyMark,

    /// <summary>Clones the issue, with its property.</summary>
    CloneIssue,

    /// <summary>Copies the work item, with its mark.</summary>
    CopyWorkItem,

    /// <summary>Removes the mark.</summary>
    RemoveMark,
}

/// <summary>Something that a person does to what a pair remembers.</summary>
/// <param name="Kind">What.</param>
/// <param name="Pair">To which pair.</param>
/// <param name="Value">Which of some ways, or versions.</param>
internal sealed record DamageAct(Damage Kind, int Pair, int Value)
{
    public override string ToString() => $"Damage.{Kind}({Pair}, {Value})";
}
