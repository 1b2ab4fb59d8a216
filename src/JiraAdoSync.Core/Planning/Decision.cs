using System.Diagnostics.CodeAnalysis;
using JiraAdoSync.Mapping;

namespace JiraAdoSync.Planning;

/// <summary>A link that is to be decided.</summary>
/// <param name="Desired">The link, and what it is to become.</param>
/// <param name="Source">Its source's place in the graph; null where no work item stands for it.</param>
/// <param name="Target">Its target's place in the graph; null where no work item stands for it.</param>
internal readonly record struct Candidate(DesiredRelation Desired, Node? Source, Node? Target)
{
    public bool IsParent => Desired.Link.IsParent;

    /// <summary>Whether it can become an edge.</summary>
    [MemberNotNullWhen(true, nameof(Source), nameof(Target))]
    public bool IsWhole => Desired.Relation is not null && Source is not null && Target is not null;
}

/// <summary>A link with what was decided for it.</summary>
internal sealed record Decision(Candidate Candidate, ChangeAction Action)
{
    public DesiredRelation Desired => Candidate.Desired;

    public Edge? Edge { get; init; }

    public string? Reason { get; init; }

    public string? Detail { get; init; }

    /// <summary>Somebody else's relation that was accepted as a fact and has to give way all the same.</summary>
    public StandingRelation? Evicts { get; init; }

    /// <summary>Whether the link has its say now: what stands for it and is something else has to go.</summary>
    public bool Decides => Action != ChangeAction.Pending && Desired.LeftOut is null;
}
