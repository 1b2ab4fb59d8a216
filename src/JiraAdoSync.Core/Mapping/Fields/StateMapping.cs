using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// Which state a status becomes. By default the state of the same category in the work item type's own workflow, the
/// one of the same name where there are several; what the user gives is used first.
/// </summary>
public sealed class StateMapping
{
    private static readonly Dictionary<string, string[]> Categories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["new"] = ["Proposed"],
        ["indeterminate"] = ["InProgress", "Resolved"],
        ["done"] = ["Completed", "Resolved"],
    };

    private readonly Dictionary<string, IReadOnlyList<string>?> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Dictionary<string, IReadOnlyList<string>?>> _byType = new(
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes what the user gives.</summary>
    /// <param name="entries">
    /// From a status, by name or id, to a state or candidates of which the first that the type has is used; null
    /// leaves the state alone. With a type, of Jira or of Azure DevOps, the entry holds for that type only. 
    /// </param>
    public StateMapping(IEnumerable<(string? Type, string Status, IReadOnlyList<string>? States)> entries)
    {
        foreach (var (type, status, states) in entries)
        {
            if (type is null)
            {
                _entries[status.Trim()] = states;
                continue;
            }

            if (!_byType.TryGetValue(type.Trim(), out var own))
            {
                own = new Dictionary<string, IReadOnlyList<string>?>(StringComparer.OrdinalIgnoreCase);
                _byType.Add(type.Trim(), own);
            }

            own[status.Trim()] = states;
        }
    }

    /// <summary>The state for an issue's status.</summary>
    /// <param name="replica">The issue.</param>
    /// <param name="type">The type of its work item.</param>
    /// <returns>
    /// The state's name; null where the state is to be left alone, or the type's workflow is not known.
    /// </returns>
    /// <exception cref="SyncException"><c>MappingInvalid</c>: the type has none of an entry's states.</exception>
    public string? StateOf(Replica replica, WorkItemType type)
    {
        ArgumentNullException.ThrowIfNull(replica);
        ArgumentNullException.ThrowIfNull(type);
        if (type.States.Count == 0)
        {
            return null;
        }

        if (!TryFind(replica, type, out var given, out _))
        {
            return ByCategory(replica.Status, type)?.Name;
        }

        if (given is null)
        {
            return null;
        }

        return given.Select(name => type.State(name.Trim())).FirstOrDefault(state => state is not null)?.Name
            ?? throw new SyncException(
                "MappingInvalid",
                $"-StateMapping makes the status '{replica.Status}' of {replica.Key} '{string.Join("' or '", given)}', and the type "
                + $"'{type}' has no such state. It has: {string.Join(", ", type.States)}. Give a list of which the first that a type "
                + $"has is used, or an entry for the type: @{{ {Literal.Of(type.Name)} = @{{ {Literal.Of(replica.Status.Name)} = "
                + $"{Literal.Of((ByCategory(replica.Status, type) ?? type.States[0]).Name)} }} }}.",
                replica.Status.Name);
    }

    /// <summary>Whether the user named a status, for whichever type.</summary>
    /// <param name="status">The status.</param>
    internal bool Names(IssueStatus status) => _byType.Values.Append(_entries)
        .Any(own => own.ContainsKey(status.Name) || own.ContainsKey(status.Id));

    /// <summary>How a mapping fits the status of an issue.</summary>
    internal enum Fit
    {
        /// <summary>The status becomes a state.</summary>
        Mapped,

        /// <summary>An entry leaves the state alone on purpose, or the type has no workflow.</summary>
        LeftAlone,

        /// <summary>No entry is for it, and the type has no state of its category.</summary>
        Missing,

        /// <summary>The type has none of the states of an entry.</summary>
        Refused,
    }

    /// <summary>How the mapping fits the status of an issue, and the state where there is one.</summary>
    /// <param name="replica">The issue.</param>
    /// <param name="type">The type of its work item.</param>
    internal (Fit Fit, string? State) Check(Replica replica, WorkItemType type)
    {
        if (type.States.Count == 0)
        {
            return (Fit.LeftAlone, null);
        }

        if (!TryFind(replica, type, out var given, out _))
        {
            return ByCategory(replica.Status, type) is { } state ? (Fit.Mapped, state.Name) : (Fit.Missing, null);
        }

        var named = given?.Select(name => type.State(name.Trim())).FirstOrDefault(state => state is not null);
        return given is null ? (Fit.LeftAlone, null)
            : named is null ? (Fit.Refused, null)
            : (Fit.Mapped, named.Name);
    }

    /// <summary>
    /// What closes a gap: the states of the entry that does not fit, where there is one, and after them one that the
    /// type has.
    /// </summary>
    /// <param name="replica">The issue.</param>
    /// <param name="type">The type of its work item.</param>
    /// <returns>The states, and the type whose entry they belong to; null for the entry of all types.</returns>
    internal (string? Type, IReadOnlyList<string> States) Repair(Replica replica, WorkItemType type)
    {
        var isGiven = TryFind(replica, type, out var given, out var ofType);
        var state = (ByCategory(replica.Status, type) ?? type.States[0]).Name;
        // A new entry for all types would be one for those, too, whose category says enough.
        return isGiven ? (ofType, [.. given ?? [], state]) : (type.Name, [state]);
    }

    private bool TryFind(Replica replica, WorkItemType type, out IReadOnlyList<string>? states, out string? ofType)
    {
        foreach (var name in _byType.Count == 0 ? [] : new[] { replica.Type.Name, replica.Type.Id, type.Name })
        {
            if (_byType.TryGetValue(name, out var own) && TryFind(own, replica.Status, out states))
            {
                ofType = name;
                return true;
            }
        }

        ofType = null;
        return TryFind(_entries, replica.Status, out states);
    }

    private static bool TryFind(
        Dictionary<string, IReadOnlyList<string>?> entries, IssueStatus status, out IReadOnlyList<string>? states) =>
        entries.TryGetValue(status.Name, out states) || entries.TryGetValue(status.Id, out states);

    /// <summary>
    /// A workflow without a state of the category has none that means it; only what is to do is where items begin.
    /// </summary>
    /// <param name="status">The status.</param>
    /// <param name="type">The work item type.</param>
    public static WorkItemState? ByCategory(IssueStatus status, WorkItemType type)
    {
        foreach (var category in Categories.GetValueOrDefault(status.Category, []))
        {
            WorkItemState? first = null;
            foreach (var state in type.States)
            {
                if (!state.Category.Equals(category, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                if (state.Name.Equals(status.Name, StringComparison.OrdinalIgnoreCase))
                {
                    return state;
                }

                first ??= state;
            }

            if (first is not null)
            {
                return first;
            }
        }

        return status.Category.Equals("new", StringComparison.OrdinalIgnoreCase) ? type.Initial : null;
    }
}
