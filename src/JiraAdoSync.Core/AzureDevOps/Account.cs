namespace JiraAdoSync.AzureDevOps;

/// <summary>Somebody, or some service, that writes work items.</summary>
/// <param name="Id">The id that the organisation gave it; null where the service names it only.</param>
/// <param name="UniqueName">Its unique name, such as an e-mail address; null where the service names none.</param>
public sealed record Account(string? Id, string? UniqueName)
{
    /// <inheritdoc/>
    public override string ToString() => UniqueName ?? Id ?? "somebody unknown";
}
