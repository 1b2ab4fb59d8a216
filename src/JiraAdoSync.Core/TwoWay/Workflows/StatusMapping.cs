using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;

namespace JiraAdoSync.TwoWay.Workflows;

/// <summary>
/// Which status a state becomes: the inverse of the mapping of states, and before that what the user gives. Of several
/// statuses the one that the issue has, if it is among them; else the first that the user named, else the first in the
/// site's order.
/// </summary>
/// <param name="states">Which state a status becomes.</param>
/// <param name="entries">
/// From a state to statuses, by name or id, of which the first that the issue's type has is used.
/// </param>
public sealed class StatusMapping(StateMapping states, IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> entries)
{
    /// <summary>Which of the site's statuses a state of a category may become.</summary>
    private static readonly Dictionary<string, string> Categories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Proposed"] = "new",
        ["InProgress"] = "indeterminate",
        ["Resolved"] = "indeterminate",
        ["Completed"] = "done",
        ["Removed"] = "done",
    };

    private readonly Dictionary<string, IReadOnlyList<string>> _entries =
        entries.ToDictionary(entry => entry.Key.Trim(), entry => entry.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a state and the status of an issue correspond.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="type">The type of its work item.</param>
    /// <param name="state">The state of its work item.</param>
    public bool Corresponds(Replica issue, WorkItemType type, string? state)
    {
        ArgumentNullException.ThrowIfNull(issue);
        ArgumentNullException.ThrowIfNull(type);
        return state is null || (states.StateOf(issue, type) is { } mapped && Same(mapped, state))
            || (_entries.TryGetValue(state, out var named) && named.Any(name => IsCalled(issue.Status, name)));
    }

    /// <summary>The status that an issue should have for the state of its work item.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="type">The type of its work item.</param>
    /// <param name="state">The state of its work item.</param>
    /// <param name="statuses">The statuses that issues of its type can have, in the site's order.</param>
    /// <returns>The status; null where none means the state.</returns>
    public IssueStatus? StatusOf(Replica issue, WorkItemType type, string state, IReadOnlyList<IssueStatus> statuses)
    {
        ArgumentNullException.ThrowIfNull(issue);
        ArgumentNullException.ThrowIfNull(statuses);
        if (Corresponds(issue, type, state))
        {
            return issue.Status;
        }

        return _entries.TryGetValue(state, out var named)
            ? named.Select(name => statuses.FirstOrDefault(status => IsCalled(status, name)))
                .FirstOrDefault(status => status is not null)
            : statuses.OrderBy(status => states.Names(status) ? 0 : 1)
                .FirstOrDefault(status => states.StateOf(issue with { Status = status }, type) is { } mapped
                    && Same(mapped, state));
    }

    /// <summary>A status that may mean a state which none becomes: one of the same name, else the last of its category.</summary>
    /// <param name="state">The state.</param>
    /// <param name="statuses">The statuses that issues can have, in the site's order.</param>
    /// <returns>The status; null where none fits.</returns>
    internal static IssueStatus? Guess(WorkItemState state, IEnumerable<IssueStatus> statuses)
    {
        var all = statuses.ToList();
        return all.Find(status => Same(status.Name, state.Name))
            ?? (Categories.TryGetValue(state.Category, out var category)
                ? all.FindLast(status => Same(status.Category, category))
                : null);
    }

    private static bool IsCalled(IssueStatus status, string name) => Same(status.Name, name) || Same(status.Id, name);

    private static bool Same(string left, string right) =>
        left.Trim().Equals(right.Trim(), StringComparison.OrdinalIgnoreCase);
}
