namespace JiraAdoSync.Planning;

/// <summary>What the user chose where the plan of work items has a choice.</summary>
public sealed record WorkItemPolicy
{
    /// <summary>What issue types are mapped to, over the default; no candidates (null) leave a type out.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>?>> Types { get; init; } = [];

    /// <summary>Whether work items may be created.</summary>
    public bool MayCreate { get; init; } = true;
}
