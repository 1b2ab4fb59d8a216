namespace JiraAdoSync;

/// <summary>
/// One of the two services; a change says by it where it writes. No value is zero: in PowerShell that would count as
/// false. And it has 64 bits: of such, ConvertTo-Json writes the name.
/// </summary>
public enum Side : long
{
    /// <summary>Jira.</summary>
    Jira = 1,

    /// <summary>Azure DevOps.</summary>
    AzureDevOps,
}
