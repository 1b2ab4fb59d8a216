namespace JiraAdoSync.Mapping.Checks;

/// <summary>How a check ended.</summary>
public enum CheckResult
{
    /// <summary>Nothing is wrong.</summary>
    Passed,

    /// <summary>A run would do without something.</summary>
    Warning,

    /// <summary>A run would stop before its first write.</summary>
    Failed,
}

/// <summary>One line of a preflight: something that a run needs, and whether it is there.</summary>
public sealed record SyncCheck
{
    /// <summary>
    /// What kind of thing is checked: Jira, Azure DevOps, Permission, Issue type, Link type, Status, Priority, Person,
    /// Field, Path, Mapping, Plan or Requests; State and Relation for what is written to Jira.
    /// </summary>
    public required string Area { get; init; }

    /// <summary>What is checked, such as the name of an issue type.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// How many issues or links have it, or how many requests are sent; null where there is no count.
    /// </summary>
    public int? Count { get; init; }

    /// <summary>How the check ended.</summary>
    public required CheckResult Result { get; init; }

    /// <summary>What it becomes in Azure DevOps; null where it becomes nothing or nothing is mapped.</summary>
    public string? MapsTo { get; init; }

    /// <summary>What is wrong or worth knowing, as a sentence; null where there is nothing to say.</summary>
    public string? Detail { get; init; }

    /// <summary>
    /// The parameter, and profile entry, that <see cref="Entry"/> belongs to, such as <c>TypeMapping</c>.
    /// </summary>
    public string? Parameter { get; init; }

    /// <summary>An entry that closes the gap when it is pasted, such as <c>'New Feature' = 'Feature'</c>.</summary>
    public string? Entry { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Result} {Area} {Name}{(Detail is null ? string.Empty : $": {Detail}")}";
}
