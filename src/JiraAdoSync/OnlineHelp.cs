namespace JiraAdoSync;

/// <summary>Where the cmdlet reference is online, which <c>Get-Help -Online</c> opens.</summary>
internal static class OnlineHelp
{
    /// <summary>
    /// The folder docs/cmdlets of the project. Whoever publishes the project puts its address here and in the
    /// manifest's ProjectUri; until then it is one that is reserved for examples and that nobody can register.
    /// </summary>
    public const string Pages = "https://jiraadosync.example/docs/cmdlets/";
}
