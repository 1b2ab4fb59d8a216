namespace JiraAdoSync.Jira;

/// <summary>
/// A type of issue link, with its wording at each end. Names and wordings are edited by administrators.
/// </summary>
/// <param name="Id">The type's id on its site.</param>
/// <param name="Name">Its name, such as <c>Blocks</c>.</param>
/// <param name="Outward">The phrase read from the source issue, such as <c>blocks</c>.</param>
/// <param name="Inward">The phrase read from the target issue, such as <c>is blocked by</c>.</param>
public sealed record LinkType(string Id, string Name, string Outward, string Inward)
{
    /// <summary>What represents an issue's own parent, which is no issue link: the child has the parent.</summary>
    public static LinkType Parent { get; } = new("parent", "Parent", "has parent", "is parent of");

    /// <summary>
    /// The id identifies a type; every link has one, and three texts more would cost more than they help.
    /// </summary>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
