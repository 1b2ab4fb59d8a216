namespace JiraAdoSync.Jira;

/// <summary>One field that one edit of an issue changed, from the issue's history.</summary>
/// <param name="IssueId">The issue.</param>
/// <param name="EditId">The edit: one may change several fields.</param>
/// <param name="Field">The field's id, such as <c>priority</c>; its name where the site says no id.</param>
/// <param name="When">When it was made.</param>
/// <param name="Author">Who made it; null for an account that was deleted.</param>
public sealed record IssueFieldChange(
    long IssueId, string EditId, string Field, DateTimeOffset When, JiraPerson? Author)
{
    /// <summary>The field's name.</summary>
    public string Name { get; init; } = Field;

    /// <summary>
    /// The former value as Jira keeps it, such as an id; null where the field was empty or is a text.
    /// </summary>
    public string? From { get; init; }

    /// <summary>The former value as people see it.</summary>
    public string? FromText { get; init; }

    /// <summary>The new value as Jira keeps it; see <see cref="From"/>.</summary>
    public string? To { get; init; }

    /// <summary>The new value as people see it.</summary>
    public string? ToText { get; init; }
}
