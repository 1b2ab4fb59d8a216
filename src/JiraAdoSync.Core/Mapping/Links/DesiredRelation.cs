using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Links;

/// <summary>
/// What one link is to become: <see cref="Relation"/> on the work item of <see cref="Source"/>, with that of
/// <see cref="Target"/> as target. Where the mapping makes nothing of the link, it says so instead: nothing is dropped.
/// </summary>
public sealed record DesiredRelation
{
    /// <summary>The link.</summary>
    public required IssueLink Link { get; init; }

    /// <summary>The relation on the source's work item; null where the link is left out.</summary>
    public required RelationType? Relation { get; init; }

    /// <summary>Why the link is left out: <c>LeftOut</c> or <c>Unmapped</c>; null where it isn't.</summary>
    public string? LeftOut { get; init; }

    /// <summary>The end that sees the outward phrase; the child where this is a parent.</summary>
    public IssueReference Source => Link.Source;

    /// <summary>The wording from source to target.</summary>
    public string Phrase => Link.Phrase;

    /// <summary>The other end.</summary>
    public IssueReference Target => Link.Target;

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Source} {Relation?.Name ?? LeftOut} {Target}");
}
