namespace JiraAdoSync.Jira;

/// <summary>Names a Jira issue.</summary>
/// <param name="Id">
/// The numeric id. With the site it is the issue's identity: it survives a move to another project.
/// </param>
/// <param name="Key">The key that people see, such as <c>ABC-1</c>. It changes when the issue moves.</param>
public sealed record IssueReference(long Id, string Key)
{
    /// <inheritdoc/>
    public override string ToString() => Key;
}
