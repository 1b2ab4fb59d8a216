namespace JiraAdoSync.Tests.TwoWay.Plans;

/// <summary>What a person does to a pair, or beside all pairs.</summary>
internal enum Deed
{
    /// <summary>Gives it another title.</summary>
    Name,

    /// <summary>Moves it to another state.</summary>
    Move,

    /// <summary>Gives it another priority.</summary>
    Rank,

    /// <summary>Adds a tag, or takes it away.</summary>
    Tag,

    /// <summary>Assigns it to somebody, or to nobody.</summary>
    Assign,

    /// <summary>Gives it another description.</summary>
    Describe,

    /// <summary>Writes a comment.</summary>
    Say,

    /// <summary>Attaches a file.</summary>
    Attach,

    /// <summary>Creates a new issue, or a new work item.</summary>
    Create,

    /// <summary>Deletes a comment of its own.</summary>
    Unsay,

    /// <summary>Removes a file of its own.</summary>
    Detach,
}

/// <summary>What a person does.</summary>
/// <param name="IsJira">On which side.</param>
/// <param name="Deed">What.</param>
/// <param name="Pair">To which pair.</param>
/// <param name="Value">Which value it gets, of a few.</param>
internal sealed record PlanAct(bool IsJira, Deed Deed, int Pair, int Value)
{
    public override string ToString() => $"In{(IsJira ? "Jira" : "Ado")}(Deed.{Deed}, {Pair}, {Value})";
}

/// <summary>What people do around a run.</summary>
/// <param name="Before">Before a run that brings both sides in step.</param>
/// <param name="Planned">Before the run that the story is about.</param>
/// <param name="Since">After its plan was made, or after it wrote.</param>
internal sealed record PlanStory(PlanAct[] Before, PlanAct[] Planned, PlanAct[] Since)
{
    public override string ToString() => $"[{Show(Before)}],\n[{Show(Planned)}],\n[{Show(Since)}]";

    private static string Show(PlanAct[] acts) => string.Join(", ", acts.AsEnumerable());
}
