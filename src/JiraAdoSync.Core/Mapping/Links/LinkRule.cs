using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Mapping.Links;

/// <summary>What becomes of the links of one type.</summary>
public sealed class LinkRule
{
    private LinkRule()
    {
    }

    /// <summary>No entry fits the type.</summary>
    public static LinkRule Unmapped { get; } = new();

    /// <summary>The mapping leaves the type out on purpose.</summary>
    public static LinkRule LeftOut { get; } = new();

    /// <summary>
    /// The relation on the work item of the link's source, with that of its target as target.
    /// </summary>
    public RelationType? Relation { get; private init; }

    /// <summary>The links become relations.</summary>
    /// <param name="relation">The relation on the source's work item.</param>
    public static LinkRule To(RelationType relation) => new() { Relation = relation };
}
