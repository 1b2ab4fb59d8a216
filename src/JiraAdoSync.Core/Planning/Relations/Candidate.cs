using System.Diagnostics.CodeAnalysis;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Planning.Relations;

/// <summary>A link that is to be decided.</summary>
/// <param name="Desired">The link, and what it is to become.</param>
/// <param name="Source">Its source's node in the graph; null where it has no work item.</param>
/// <param name="Target">Its target's node in the graph; null where it has no work item.</param>
internal readonly record struct Candidate(DesiredRelation Desired, Node? Source, Node? Target)
{
    /// <summary>Whether it can become an edge.</summary>
    [MemberNotNullWhen(true, nameof(Source), nameof(Target))]
    public bool IsWhole => Desired.Relation is not null && Source is not null && Target is not null;
}
