namespace JiraAdoSync;

/// <summary>What kind of token Azure DevOps is given.</summary>
public enum AdoTokenType
{
    /// <summary>A personal access token.</summary>
    PersonalAccessToken = 1,

    /// <summary>A token of Microsoft Entra, or a job's own.</summary>
    Bearer,
}
