namespace JiraAdoSync.Jira;

/// <summary>
/// One issue link, in one direction whichever end it was read from: <see cref="Source"/> <see cref="Phrase"/>
/// <see cref="Target"/>, as in "ABC-1 blocks ABC-2". Jira shows the target as <c>outwardIssue</c> on the source and the
/// source as <c>inwardIssue</c> on the target. An issue's parent is given the same way, without a link id.
/// </summary>
public sealed record IssueLink
{
    /// <summary>The link's id; null for an issue's own parent.</summary>
    public required long? LinkId { get; init; }

    /// <summary>The link's type; <see cref="LinkType.Parent"/> for an issue's own parent.</summary>
    public required LinkType Type { get; init; }

    /// <summary>The end that sees the outward phrase; the child where this is a parent.</summary>
    public required IssueReference Source { get; init; }

    /// <summary>The end that sees the inward phrase; the parent where this is a parent.</summary>
    public required IssueReference Target { get; init; }

    /// <summary>The id of the issue that this was read from, which is one of the two ends.</summary>
    public required long ReadFrom { get; init; }

    /// <summary>Whether this is an issue's own parent, not an issue link.</summary>
    public bool IsParent => LinkId is null;

    /// <summary>The wording from source to target.</summary>
    public string Phrase => Type.Outward;

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Source} {Phrase} {Target}");
}
