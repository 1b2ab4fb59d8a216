namespace JiraAdoSync.Jira;

/// <summary>A field of a Jira site.</summary>
/// <param name="Id">Its id, such as <c>duedate</c> or <c>customfield_10016</c>.</param>
/// <param name="Name">The name that people see; translated on some sites.</param>
/// <param name="Schema">What kind of custom field it is; null for Jira's own.</param>
public sealed record JiraField(string Id, string Name, string? Schema)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Id})";
}
