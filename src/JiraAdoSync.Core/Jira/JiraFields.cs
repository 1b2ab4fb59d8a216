namespace JiraAdoSync.Jira;

/// <summary>
/// The fields of a Jira site. Those that Jira's own apps add have other ids on every site and are known by their kind.
/// </summary>
/// <param name="all">All fields.</param>
public sealed class JiraFields(IReadOnlyList<JiraField> all)
{
    private readonly Dictionary<string, JiraField[]> _byId = By(all, field => field.Id);

    private readonly Dictionary<string, JiraField[]> _byName = By(all, field => field.Name);

    /// <summary>A site of which nothing is known.</summary>
    public static JiraFields Empty { get; } = new([]);

    /// <summary>All fields.</summary>
    public IReadOnlyList<JiraField> All => all;

    /// <summary>Where story points are kept: one field for each of the two kinds of projects of Cloud.</summary>
    public IReadOnlyList<JiraField> StoryPoints { get; } = all
        .Where(field => IsOf(field, "com.pyxis.greenhopper.jira:jsw-story-points")
            || (IsOf(field, "com.atlassian.jira.plugin.system.customfieldtypes:float")
                && field.Name.Equals("Story Points", StringComparison.OrdinalIgnoreCase)))
        .ToList();

    /// <summary>The epic of an issue, where that is no parent; null where the site has no such field.</summary>
    public JiraField? EpicLink { get; } =
        all.FirstOrDefault(field => IsOf(field, "com.pyxis.greenhopper.jira:gh-epic-link"));

    /// <summary>The parent of an epic, where that is no parent; null where the site has no such field.</summary>
    public JiraField? ParentLink { get; } =
        all.FirstOrDefault(field => IsOf(field, "com.atlassian.jpo:jpo-custom-field-parent"));

    /// <summary>The fields of an id, or else of a name, in any case.</summary>
    /// <param name="idOrName">The id or the name.</param>
    public IReadOnlyList<JiraField> Find(string idOrName) =>
        _byId.GetValueOrDefault(idOrName) ?? _byName.GetValueOrDefault(idOrName) ?? [];

    /// <summary>The one field of an id or a name.</summary>
    /// <param name="idOrName">The id or the name.</param>
    /// <param name="parameter">The parameter that has it, for people.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c>: there is none, or several.</exception>
    public JiraField Resolve(string idOrName, string parameter)
    {
        var found = Find(idOrName);
        return found switch
        {
            [var field] => field,
            [] => throw new SyncException(
                "MappingInvalid",
                $"-{parameter}: Jira has no field '{idOrName}'. {Nearest.Sentence(idOrName, all.Select(one => one.Name))}",
                idOrName),
            _ => throw new SyncException(
                "MappingInvalid",
                $"-{parameter}: Jira has several fields '{idOrName}'; give the id of one: {string.Join(", ", found.Select(one => one.Id))}.",
                idOrName),
        };
    }

    private static Dictionary<string, JiraField[]> By(IReadOnlyList<JiraField> all, Func<JiraField, string> key) => all
        .GroupBy(key, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase);

    private static bool IsOf(JiraField field, string schema) =>
        string.Equals(field.Schema, schema, StringComparison.Ordinal);
}
