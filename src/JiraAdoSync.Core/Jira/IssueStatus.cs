namespace JiraAdoSync.Jira;

/// <summary>The status of a Jira issue.</summary>
/// <param name="Name">The name that people see.</param>
/// <param name="Category">
/// The key of its category: <c>new</c>, <c>indeterminate</c> or <c>done</c>; <c>undefined</c> where the site gives
/// none.
/// </param>
public sealed record IssueStatus(string Name, string Category)
{
    /// <summary>The status's id on its site; names are translated on some.</summary>
    public string Id { get; init; } = string.Empty;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
