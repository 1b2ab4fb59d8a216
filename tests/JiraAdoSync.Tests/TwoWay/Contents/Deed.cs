namespace JiraAdoSync.Tests.TwoWay.Contents;

/// <summary>What a person does with the comments and files of a pair.</summary>
internal enum Deed
{
    /// <summary>Writes a comment.</summary>
    Say,

    /// <summary>Writes a comment that only administrators may read; in Azure DevOps there are none of those.</summary>
    SayInSecret,

    /// <summary>Edits a comment that a person wrote.</summary>
    Edit,

    /// <summary>Restricts a comment to administrators, with another text.</summary>
    Restrict,

    /// <summary>Deletes a comment that a person wrote.</summary>
    Delete,

    /// <summary>Writes what a copy says as a comment of their own, mark and all.</summary>
    Quote,

    /// <summary>Edits a copy that a run wrote.</summary>
    EditCopy,

    /// <summary>Deletes a copy that a run wrote.</summary>
    DeleteCopy,

    /// <summary>Attaches a file.</summary>
    Attach,

    /// <summary>Removes a file that a person attached.</summary>
    Detach,

    /// <summary>Removes a copy of a file.</summary>
    DetachCopy,
}

/// <summary>What a person does.</summary>
/// <param name="IsJira">On which side.</param>
/// <param name="Deed">What.</param>
/// <param name="Pair">At which pair.</param>
/// <param name="Value">Which comment or file of those that are there, and which text.</param>
internal sealed record Act(bool IsJira, Deed Deed, int Pair, int Value);

/// <summary>What happens to a run.</summary>
internal enum Mishap
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is killed before a write.</summary>
    KilledBefore,

    /// <summary>It is killed when a write was done and the answer was not there yet.</summary>
    KilledAfter,

    /// <summary>A write is refused.</summary>
    Refused,

    /// <summary>A write is done, and its answer is lost.</summary>
    AnswerLost,
}

/// <summary>What people do, and a run that follows, with what happens to it.</summary>
/// <param name="Acts">What people do before the run.</param>
/// <param name="Kind">Which run it is: of both sides, or one that leaves something out.</param>
/// <param name="Prunes">Whether it removes copies whose originals were deleted.</param>
/// <param name="Mishap">What happens to it.</param>
/// <param name="Write">At which kind of write that is.</param>
/// <param name="Skip">How many of them go well before.</param>
/// <param name="During">What people do while it is at work, and after which of its requests.</param>
/// <param name="Settles">Whether an undisturbed run follows, after which all must be well.</param>
internal sealed record ContentRound(
    Act[] Acts, int Kind, bool Prunes, Mishap Mishap, int Write, int Skip, (int After, Act Act)[] During, bool Settles)
{
    public override string ToString() =>
        $"new([{string.Join(", ", Acts.Select(Show))}], {Kind}, {(Prunes ? "true" : "false")}, Mishap.{Mishap}, {Write}, {Skip}, "
        + $"[{string.Join(", ", During.Select(one => $"({one.After}, {Show(one.Act)})"))}], {(Settles ? "true" : "false")})";

    private static string Show(Act act) =>
        $"In{(act.IsJira ? "Jira" : "Ado")}(Deed.{act.Deed}, {act.Pair}, {act.Value})";
}
