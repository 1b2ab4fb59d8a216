namespace JiraAdoSync.AzureDevOps;

/// <summary>A work item type of the project: its workflow and its fields.</summary>
public sealed record WorkItemType
{
    /// <summary>The name, such as <c>User Story</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its states in the workflow's order; items are created in the first one.</summary>
    public IReadOnlyList<WorkItemState> States { get; init; } = [];

    /// <summary>
    /// To which states each state may move; the empty name is an item that does not exist yet.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Transitions { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The names of its fields, by reference name in any case.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// A type of which nothing is known, as in another project: it has the fields that every type has and that mean the
    /// same in each.
    /// </summary>
    /// <param name="name">Its name.</param>
    public static WorkItemType Unknown(string name) => new()
    {
        Name = name,
        Fields = new[] { WorkItemField.Title, WorkItemField.Tags, WorkItemField.AssignedTo }
            .ToDictionary(field => field.ReferenceName, field => field.Name, StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>The state in which items are created; null where the workflow is not known.</summary>
    public WorkItemState? Initial => States.Count > 0 ? States[0] : null;

    /// <summary>Finds a state by its name, in any case.</summary>
    /// <param name="name">The name.</param>
    public WorkItemState? State(string? name) =>
        States.FirstOrDefault(state => string.Equals(state.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The states to pass through, the last one included; the shortest way that the workflow allows.</summary>
    /// <param name="from">The current state; null for an item that is created.</param>
    /// <param name="to">The state to come to.</param>
    /// <returns>
    /// The way; empty where the item is there, or is created there. Where the workflow knows no way it is the last step
    /// alone, and the service says why not.
    /// </returns>
    public IReadOnlyList<string> WayTo(string? from, string to)
    {
        var start = from ?? (Transitions.GetValueOrDefault(string.Empty) is [var first, ..] ? first : Initial?.Name);
        if (Same(start, to))
        {
            return [];
        }

        var ways = new Queue<IReadOnlyList<string>>([[]]);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { start ?? string.Empty };
        while (ways.TryDequeue(out var way))
        {
            foreach (var next in Transitions.GetValueOrDefault(way.Count == 0 ? start ?? string.Empty : way[^1], []))
            {
                if (Same(next, to))
                {
                    return [.. way, to];
                }

                if (seen.Add(next))
                {
                    ways.Enqueue([.. way, next]);
                }
            }
        }

        return [to];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static bool Same(string? left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A state of a work item type.</summary>
/// <param name="Name">The name, such as <c>Active</c>.</param>
/// <param name="Category">
/// <c>Proposed</c>, <c>InProgress</c>, <c>Resolved</c>, <c>Completed</c> or <c>Removed</c>.
/// </param>
public sealed record WorkItemState(string Name, string Category)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
