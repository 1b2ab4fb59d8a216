namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// Which way values go. No value is zero: in PowerShell that would count as false. And it has 64 bits: of such,
/// ConvertTo-Json writes the name.
/// </summary>
public enum FieldDirection : long
{
    /// <summary>From Jira to Azure DevOps.</summary>
    JiraToAdo = 1,

    /// <summary>From Azure DevOps to Jira.</summary>
    AdoToJira,

    /// <summary>Both ways.</summary>
    Both,

    /// <summary>Neither way.</summary>
    None,
}

/// <summary>What a direction includes.</summary>
public static class FieldDirections
{
    /// <summary>Whether values go to Azure DevOps.</summary>
    /// <param name="direction">The direction.</param>
    public static bool IncludesAdo(this FieldDirection direction) =>
        direction is FieldDirection.JiraToAdo or FieldDirection.Both;

    /// <summary>Whether values go to Jira.</summary>
    /// <param name="direction">The direction.</param>
    public static bool IncludesJira(this FieldDirection direction) =>
        direction is FieldDirection.AdoToJira or FieldDirection.Both;
}
