using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;

namespace JiraAdoSync.Drafting;

/// <summary>
/// The names that both sites have, with how many issues of a selection have each: all that a draft may speak of.
/// </summary>
public sealed record SiteNames
{
    /// <summary>The keys of projects, with their names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Projects { get; init; } = [];

    /// <summary>The issue types with how many issues have each, those of the most first.</summary>
    public IReadOnlyList<KeyValuePair<IssueType, int>> IssueTypes { get; init; } = [];

    /// <summary>The statuses with how many issues have each, those of the most first.</summary>
    public IReadOnlyList<KeyValuePair<IssueStatus, int>> Statuses { get; init; } = [];

    /// <summary>The link types with how many links have each, those of the most first.</summary>
    public IReadOnlyList<KeyValuePair<LinkType, int>> LinkTypes { get; init; } = [];

    /// <summary>The names of priorities.</summary>
    public IReadOnlyList<string> Priorities { get; init; } = [];

    /// <summary>The fields of the Jira site.</summary>
    public JiraFields JiraFields { get; init; } = JiraFields.Empty;

    /// <summary>The work item types of the project.</summary>
    public required IReadOnlyList<WorkItemType> WorkItemTypes { get; init; }

    /// <summary>The relation types of the organisation.</summary>
    public required RelationTypes RelationTypes { get; init; }

    /// <summary>The fields of work items that a mapping may fill.</summary>
    public IReadOnlyList<WorkItemField> WorkItemFields { get; init; } = [];

    /// <summary>The names that issues have.</summary>
    /// <param name="issues">The issues.</param>
    /// <param name="linkTypes">The link types of the site; null for those of the issues.</param>
    /// <param name="jiraFields">The fields of the Jira site.</param>
    /// <param name="workItemTypes">The work item types of the project.</param>
    /// <param name="relationTypes">The relation types of the organisation.</param>
    /// <param name="fields">The fields of the organisation.</param>
    public static SiteNames Of(
        IReadOnlyCollection<Replica> issues,
        IEnumerable<LinkType>? linkTypes,
        JiraFields jiraFields,
        IReadOnlyList<WorkItemType> workItemTypes,
        RelationTypes relationTypes,
        IEnumerable<WorkItemField> fields)
    {
        ArgumentNullException.ThrowIfNull(issues);
        var links = issues.SelectMany(issue => issue.Links).DistinctBy(link => link.LinkId)
            .GroupBy(link => link.Type).ToDictionary(group => group.Key, group => group.Count());
        foreach (var type in linkTypes ?? [])
        {
            links.TryAdd(type, 0);
        }

        return new SiteNames
        {
            Projects = issues.GroupBy(ProjectOf).OrderByDescending(group => group.Count())
                .Select(group => KeyValuePair.Create(group.Key, NameOf(group.First()) ?? group.Key)).ToList(),
            IssueTypes = Count(issues.Select(issue => issue.Type), type => type.Name),
            Statuses = Count(issues.Select(issue => issue.Status), status => status.Name),
            LinkTypes = links.OrderByDescending(one => one.Value).ThenBy(one => one.Key.Name, StringComparer.Ordinal)
                .ToList(),
            Priorities = issues.Select(PriorityOf).OfType<string>().GroupBy(name => name)
                .OrderByDescending(group => group.Count()).Select(group => group.Key).ToList(),
            JiraFields = jiraFields,
            WorkItemTypes = workItemTypes,
            RelationTypes = relationTypes,
            WorkItemFields = fields
                .Where(field => FieldMapping.MayBeMapped(field)
                    && workItemTypes.Any(type => type.Fields.ContainsKey(field.ReferenceName)))
                .ToList(),
        };
    }

    /// <summary>The key of an issue's project.</summary>
    /// <param name="issue">The issue.</param>
    public static string ProjectOf(Replica issue)
    {
        ArgumentNullException.ThrowIfNull(issue);
        var dash = issue.Key.LastIndexOf('-');
        return dash < 0 ? issue.Key : issue.Key[..dash];
    }

    /// <summary>The name of an issue's priority; null where it has none.</summary>
    /// <param name="issue">The issue.</param>
    public static string? PriorityOf(Replica issue)
    {
        ArgumentNullException.ThrowIfNull(issue);
        return (issue.Fields.GetValueOrDefault("priority") as IReadOnlyDictionary<string, object?>)
            ?.GetValueOrDefault("name") as string;
    }

    /// <summary>
    /// Entries whose statuses have a state for each type that issues become: where a type has none of those that are
    /// given, the one of the status's own category. A sync refuses a status whose entry has nothing for a type.
    /// </summary>
    /// <param name="entries">The entries of a draft.</param>
    public IReadOnlyList<DraftEntry> Complete(IReadOnlyCollection<DraftEntry> entries)
    {
        var mapping = new WorkItemTypeMapping([], WorkItemTypes.Select(type => type.Name));
        var names = IssueTypes
            .Select(one => mapping.TryMap(one.Key, out var mapped) ? mapped : mapping.Guess(one.Key, out _))
            .Concat(entries.Where(entry => entry.Table == "TypeMapping").SelectMany(entry => entry.Values))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var types = WorkItemTypes.Where(type => names.Contains(type.Name) && type.States.Count > 0).ToList();
        return entries.Select(entry => entry.Table == "StateMapping" && entry.Values.Count > 0
            ? entry with { Values = StatesFor(entry, types) } : entry).ToList();
    }

    private List<string> StatesFor(DraftEntry entry, List<WorkItemType> types)
    {
        var status = Statuses.Select(one => one.Key)
            .First(one => one.Name.Equals(entry.Key, StringComparison.OrdinalIgnoreCase));
        return entry.Values
            .Concat(types.Where(type => !entry.Values.Any(state => type.State(state) is not null))
                .Select(type => StateMapping.ByCategory(status, type)?.Name)
                .OfType<string>())
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
    }

    private static string? NameOf(Replica issue) =>
        (issue.Fields.GetValueOrDefault("project") as IReadOnlyDictionary<string, object?>)
            ?.GetValueOrDefault("name") as string;

    private static List<KeyValuePair<T, int>> Count<T>(IEnumerable<T> values, Func<T, string> nameOf)
        where T : notnull => values
        .GroupBy(value => value)
        .Select(group => KeyValuePair.Create(group.Key, group.Count()))
        .OrderByDescending(one => one.Value)
        .ThenBy(one => nameOf(one.Key), StringComparer.Ordinal)
        .ToList();
}
