namespace JiraAdoSync.Mapping;

/// <summary>
/// Mappings of link types that come with the module; see <see cref="LinkTypeMapping"/> for what an entry means.
/// </summary>
public static class LinkTypePresets
{
    /// <summary>
    /// Jira's standard wordings. A blocker comes first and its Successor waits for it. A duplicate has its original as
    /// Duplicate Of. Clones and causes tell where something comes from, not an order.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string?>> Default { get; } =
    [
        new("blocks", "System.LinkTypes.Dependency-Forward"),
        new("is blocked by", "System.LinkTypes.Dependency-Reverse"),
        new("relates to", "System.LinkTypes.Related"),
        new("duplicates", "System.LinkTypes.Duplicate-Reverse"),
        new("is duplicated by", "System.LinkTypes.Duplicate-Forward"),
        new("clones", "System.LinkTypes.Related"),
        new("is cloned by", "System.LinkTypes.Related"),
        new("causes", "System.LinkTypes.Related"),
        new("is caused by", "System.LinkTypes.Related"),
        new("depends on", "System.LinkTypes.Dependency-Reverse"),
        new("is depended on by", "System.LinkTypes.Dependency-Forward"),
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
