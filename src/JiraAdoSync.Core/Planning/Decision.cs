using JiraAdoSync.Mapping;

namespace JiraAdoSync.Planning;

/// <summary>A link with what was decided for it.</summary>
internal sealed record Decision(DesiredRelation Desired, ChangeAction Action)
{
    public Edge? Edge { get; init; }

    public string? Reason { get; init; }

    public string? Detail { get; init; }

    /// <summary>Somebody else's relation that was accepted as a fact and has to give way all the same.</summary>
    public StandingRelation? Evicts { get; init; }

    /// <summary>Whether the link has its say now: what stands for it and is something else has to go.</summary>
    public bool Decides => Action != ChangeAction.Pending && Reason is not ("LeftOut" or "Unmapped" or "SelfLink");
}
