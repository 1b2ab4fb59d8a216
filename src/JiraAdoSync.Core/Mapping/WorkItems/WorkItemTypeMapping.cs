using System.Collections.Concurrent;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.WorkItems;

/// <summary>
/// Which work item type an issue type becomes: a list of candidates, of which the first that the project has is used.
/// What the user gives is laid over the default, so that one entry more needs no copy of the rest. An entry
/// <c>'*'</c> is for every type that neither has.
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

    /// <summary>What a type becomes by the meaning of its name.</summary>
    private static readonly Dictionary<IssueTypeMeaning, string[]> Meanings = new()
    {
        [IssueTypeMeaning.Epic] = ["Epic"],
        [IssueTypeMeaning.Feature] = ["Feature"],
        [IssueTypeMeaning.Story] = Default["Story"],
        [IssueTypeMeaning.Task] = Default["Task"],
        [IssueTypeMeaning.Bug] = Default["Bug"],
        [IssueTypeMeaning.TestCase] = ["Test Case"],
    };

    private readonly Dictionary<string, string[]?> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _projectTypes;

    /// <summary>What was found so far: a site has few types, and each issue asks several times.</summary>
    private readonly ConcurrentDictionary<IssueType, IReadOnlyList<string>> _found = [];

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
        workItemType = CandidatesOf(type) is [var first, ..] ? first : null;
        return workItemType is not null || _entries.ContainsKey(type.Name) || _entries.ContainsKey(type.Id)
            || _entries.ContainsKey(MappingKeys.Rest);
    }

    /// <summary>
    /// The work item types of the project that go with an issue type: it becomes the first, and a work item of any of
    /// them becomes it.
    /// </summary>
    /// <param name="type">The issue type.</param>
    public IReadOnlyList<string> CandidatesOf(IssueType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return _found.TryGetValue(type, out var found) ? found : _found.GetOrAdd(type, FindCandidates(type));
    }

    private List<string> FindCandidates(IssueType type)
    {
        if (_entries.TryGetValue(type.Name, out var given) || _entries.TryGetValue(type.Id, out given))
        {
            return OfProject(given ?? []).ToList();
        }

        var standard = OfProject(type.IsSubtask ? Subtask : Default.GetValueOrDefault(type.Name, [])).ToList();
        return standard.Count > 0 ? standard : OfProject(_entries.GetValueOrDefault(MappingKeys.Rest) ?? []).ToList();
    }

    /// <summary>
    /// Says for every issue type of the data what the mapping makes of it, those of the most issues first.
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
                Problem = isMapped ? null : Reasons.Unmapped,
                Suggestion = isMapped ? null : Guess(group.Key, out _),
            };
        })
        .ToList();

    /// <summary>
    /// What an issue type could become. Jira's own level decides first: one above stories is an Epic or a Feature, and
    /// one beside them is neither, whatever it is called. Then its name does, in whichever language; else it is what a
    /// Story becomes.
    /// </summary>
    /// <param name="type">The issue type.</param>
    /// <param name="isByName">Whether level or name say so; false for a mere guess.</param>
    /// <returns>The name of a work item type; null where the project has none that fits.</returns>
    public string? Guess(IssueType type, out bool isByName)
    {
        ArgumentNullException.ThrowIfNull(type);
        var meaning = IssueTypeNames.Of(type.Name);
        var isPortfolio = meaning is IssueTypeMeaning.Epic or IssueTypeMeaning.Feature;
        var named =
            type.Level > 0
                ? FirstOfProject(meaning == IssueTypeMeaning.Feature ? ["Feature", "Epic"] : ["Epic", "Feature"])
            : type.Level == 0 && isPortfolio ? FirstOfProject(Default["Story"])
            : SameName(type) ?? (meaning is { } known ? FirstOfProject(Meanings[known]) : null) ?? NamedWithin(type);
        isByName = named is not null;
        return named ?? FirstOfProject(Default["Story"]);
    }

    /// <summary>
    /// Types of the service's own that no issue becomes: its tests have plans, suites and shared steps.
    /// </summary>
    private static bool IsForTests(string name) =>
        name.StartsWith("Test ", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("Test Case", StringComparison.OrdinalIgnoreCase);

    private string? SameName(IssueType type) =>
        IsForTests(type.Name) ? null : _projectTypes.GetValueOrDefault(type.Name.Trim());

    private string? NamedWithin(IssueType type) => _projectTypes.Values.FirstOrDefault(name =>
        !IsForTests(name) && IssueTypeNames.HasWord(type.Name, name)
        && !(type.Level == 0 && name is "Epic" or "Feature"));

    private string? FirstOfProject(IEnumerable<string> candidates) => OfProject(candidates).FirstOrDefault();

    private IEnumerable<string> OfProject(IEnumerable<string> candidates) =>
        candidates.Select(name => _projectTypes.GetValueOrDefault(name.Trim())).OfType<string>();
}
