namespace JiraAdoSync.Jira;

/// <summary>A transition of an issue.</summary>
/// <param name="Id">Its id in the workflow.</param>
/// <param name="Name">The name that people see.</param>
/// <param name="To">The status that it leads to.</param>
public sealed record IssueTransition(string Id, string Name, IssueStatus To)
{
    /// <summary>Whether it has a screen: fields can be set only where it has.</summary>
    public bool HasScreen { get; init; }

    /// <summary>Whether it depends on more than the issue's status.</summary>
    public bool IsConditional { get; init; }

    /// <summary>
    /// The fields of its screen. A resolution that the transition takes may be missing among them.
    /// </summary>
    public IReadOnlyList<WritableField> Fields { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Name} -> {To}";
}

/// <summary>A field of a screen.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The name that people see.</param>
public sealed record WritableField(string Id, string Name)
{
    /// <summary>Whether a value must be given: it is required, and has no default.</summary>
    public bool MustBeGiven { get; init; }

    /// <summary>The names or values that it takes; null where it takes any.</summary>
    public IReadOnlyList<string>? AllowedValues { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Id})";
}
