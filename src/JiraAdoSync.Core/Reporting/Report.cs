using JiraAdoSync.Planning;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Reporting;

/// <summary>What a report tells: what became, or would become, of each issue, link and relation.</summary>
public sealed class Report
{
    private readonly Dictionary<string, WorkItemResult> _items = new(StringComparer.Ordinal);
    private readonly List<RelationResult> _relations = [];

    /// <summary>The Jira site's address; null where it is not known, and issues are not linked.</summary>
    public string? Site { get; init; }

    /// <summary>The address of the Azure DevOps project; null where it is not known.</summary>
    public string? Project { get; init; }

    /// <summary>When the report was made.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>The run's summary; null where a plan, or a part of a run, is told.</summary>
    public SyncSummary? Summary { get; set; }

    /// <summary>The work items, in the order in which they were told.</summary>
    public IReadOnlyCollection<WorkItemResult> Items => _items.Values;

    /// <summary>The links, parents and relations, in the order in which they were told.</summary>
    public IReadOnlyList<RelationResult> Relations => _relations;

    /// <summary>Whether it tells a plan: nothing of it is written.</summary>
    public bool IsPlan => Summary is null && !Items.Any(one => one.IsApplied) && !Relations.Any(one => one.IsApplied);

    /// <summary>Adds what became of an issue's work item; what is told of an issue last counts.</summary>
    /// <param name="result">The result.</param>
    public void Add(WorkItemResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _items[result.Key] = result;
    }

    /// <summary>Adds what became of a link.</summary>
    /// <param name="result">The result.</param>
    public void Add(RelationResult result) => _relations.Add(result);

    /// <summary>How many work items got each action, in the order in which actions are told.</summary>
    public IReadOnlyList<KeyValuePair<ChangeAction, int>> WorkItemCounts => Count(Items.Select(one => one.Action));

    /// <summary>How many links, parents and relations got each action.</summary>
    public IReadOnlyList<KeyValuePair<ChangeAction, int>> RelationCounts => Count(Relations.Select(one => one.Action));

    /// <summary>The address of an issue; null where the site is not known or no issue is named.</summary>
    /// <param name="key">The issue's key, or a work item as <c>#12</c>.</param>
    public string? IssueAddress(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Site is null || key.StartsWith('#') ? null : $"{Site}/browse/{Uri.EscapeDataString(key)}";
    }

    /// <summary>The address of a work item; null where the project or the work item is not known.</summary>
    /// <param name="id">The work item's id.</param>
    public string? WorkItemAddress(int? id) =>
        Project is null || id is null ? null : FormattableString.Invariant($"{Project}/_workitems/edit/{id}");

    private static List<KeyValuePair<ChangeAction, int>> Count(IEnumerable<ChangeAction> actions) => actions
        .GroupBy(action => action)
        .OrderBy(group => group.Key)
        .Select(group => KeyValuePair.Create(group.Key, group.Count()))
        .ToList();
}
