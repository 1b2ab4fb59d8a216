namespace JiraAdoSync.Jira;

/// <summary>The type of a Jira issue.</summary>
/// <param name="Id">The type's id on its site.</param>
/// <param name="Name">The name that people see; translated on some sites.</param>
/// <param name="IsSubtask">Whether issues of this type live under a parent issue.</param>
public sealed record IssueType(string Id, string Name, bool IsSubtask)
{
    /// <summary>
    /// Its level in Jira's hierarchy: 1 for epics, more above them; null where the site gives none.
    /// </summary>
    public int? Level { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
