namespace JiraAdoSync.Mapping.Links;

/// <summary>
/// Mappings of link types that come with the module; see <see cref="LinkTypeMapping"/> for what an entry means.
/// </summary>
public static class LinkTypePresets
{
    /// <summary>
    /// Jira's standard wordings. A blocker is first and its Successor waits for it. A duplicate has its original as
    /// Duplicate Of. Clones and causes name an origin, not an order.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string?>> Default { get; } =
    [
        new("blocks", "Successor"),
        new("is blocked by", "Predecessor"),
        new("relates to", "Related"),
        new("duplicates", "Duplicate Of"),
        new("is duplicated by", "Duplicate"),
        new("clones", "Related"),
        new("is cloned by", "Related"),
        new("causes", "Related"),
        new("is caused by", "Related"),
        new("depends on", "Predecessor"),
        new("is depended on by", "Successor"),
    ];

    /// <summary>
    /// The published recipe's own table, to the letter. It puts Predecessor on the issue that says "blocks", which
    /// turns the order round; it is here for those who live with what such scripts wrote.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string?>> Recipe { get; } =
    [
        new("blocks", "System.LinkTypes.Dependency-Reverse"),
        new("relates to", "System.LinkTypes.Related"),
    ];
}
