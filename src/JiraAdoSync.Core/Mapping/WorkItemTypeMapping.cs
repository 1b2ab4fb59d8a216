using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping;

/// <summary>
/// Which work item type an issue type becomes: a list of candidates, of which the first that the project has is taken.
/// What the user gives is laid over the default, so that one entry more needs no copy of the rest.
/// </summary>
public sealed class WorkItemTypeMapping
{
    private static readonly Dictionary<string, string[]> Default = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Epic"] = ["Epic"],
        ["Story"] = ["User Story", "Product Backlog Item", "Requirement", "Issue"],
        ["Task"] = ["Issue", "Task"],
        ["Bug"] = ["Bug", "Issue"],
    };

    private static readonly string[] Subtask = ["Task"];

    private readonly Dictionary<string, string[]?> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _projectTypes;

    /// <summary>Takes what the user gives and what the project has.</summary>
    /// <param name="entries">
    /// Issue type names, or ids where names are translated, with candidates; no candidates (null) leaves the type out.
    /// </param>
    /// <param name="projectTypes">The names of the project's work item types.</param>
    /// <exception cref="SyncException">
    /// <c>MappingInvalid</c>: the project has none of an entry's candidates.
    /// </exception>
    public WorkItemTypeMapping(
        IEnumerable<KeyValuePair<string, IReadOnlyList<string>?>> entries,
        IEnumerable<string> projectTypes)
    {
        ArgumentNullException.ThrowIfNull(entries);
        _projectTypes = projectTypes.ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, candidates) in entries)
        {
            if (candidates is not null && FirstOfProject(candidates) is null)
            {
                throw new SyncException(
                    "MappingInvalid",
                    $"The issue type '{key}' is mapped to '{string.Join("', '", candidates)}', which this project does "
                    + $"not have. It has: {string.Join(", ", _projectTypes.Keys)}.",
                    key);
            }

            _entries[key.Trim()] = candidates?.ToArray();
        }
    }

    /// <summary>The work item type for an issue type.</summary>
    /// <param name="type">The issue type.</param>
    /// <param name="workItemType">
    /// The name of the work item type; null where the issue type is left out on purpose.
    /// </param>
    /// <returns>Whether the mapping has something for the issue type.</returns>
    public bool TryMap(IssueType type, out string? workItemType)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (_entries.TryGetValue(type.Name, out var given) || _entries.TryGetValue(type.Id, out given))
        {
            workItemType = given is null ? null : FirstOfProject(given);
            return true;
        }

        workItemType = FirstOfProject(type.IsSubtask ? Subtask : Default.GetValueOrDefault(type.Name, []));
        return workItemType is not null;
    }

    /// <summary>
    /// Tells for every issue type of the data what the mapping makes of it, those of the most issues first.
    /// </summary>
    /// <param name="replicas">The issues.</param>
    public IReadOnlyList<MappingCoverage> Coverage(IEnumerable<Replica> replicas) => replicas
        .GroupBy(replica => replica.Type)
        .OrderByDescending(group => group.Count())
        .ThenBy(group => group.Key.Name, StringComparer.Ordinal)
        .Select(group =>
        {
            var isMapped = TryMap(group.Key, out var workItemType);
            return new MappingCoverage
            {
                Type = group.Key.Name,
                Count = group.Count(),
                MapsTo = isMapped ? workItemType ?? "(left out)" : null,
                Problem = isMapped ? null : "Unmapped",
                Suggestion = isMapped ? null : Suggest(group.Key),
            };
        })
        .ToList();

    /// <summary>What an issue type could become: a type of the same name, else what a Story becomes.</summary>
    private string? Suggest(IssueType type) =>
        _projectTypes.GetValueOrDefault(type.Name)
        ?? _projectTypes.Values.FirstOrDefault(name => type.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
        ?? FirstOfProject(Default["Story"]);

    private string? FirstOfProject(IEnumerable<string> candidates) =>
        candidates.Select(name => _projectTypes.GetValueOrDefault(name.Trim()))
            .FirstOrDefault(name => name is not null);
}
