namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// How much the tests do that repeat something many times over: a little in an ordinary run, all of it where the
/// environment variable <c>JIRAADOSYNC_ENDURANCE</c> is <c>full</c>.
/// </summary>
internal static class Effort
{
    private static readonly bool IsFull = string.Equals(
        Environment.GetEnvironmentVariable("JIRAADOSYNC_ENDURANCE"), "full", StringComparison.OrdinalIgnoreCase);

    public static int Of(int ordinary, int full) => IsFull ? full : ordinary;
}
