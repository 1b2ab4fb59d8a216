namespace JiraAdoSync.Jira;

/// <summary>A field of a Jira site.</summary>
/// <param name="Id">Its id, such as <c>duedate</c> or <c>customfield_10016</c>.</param>
/// <param name="Name">The name that people see; translated on some sites.</param>
/// <param name="Schema">What kind of custom field it is; null for Jira's own.</param>
public sealed record JiraField(string Id, string Name, string? Schema)
{
    /// <summary>Whether it is the description, which is read apart from other fields.</summary>
    public bool IsDescription => Id.Equals("description", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether its text has headings, lists, tables and images, which Jira renders.</summary>
    public bool IsRich => IsDescription || Id.Equals("environment", StringComparison.OrdinalIgnoreCase)
        || Schema == "com.atlassian.jira.plugin.system.customfieldtypes:textarea";

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Id})";
}
