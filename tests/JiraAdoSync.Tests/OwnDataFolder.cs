using System.Runtime.CompilerServices;

namespace JiraAdoSync.Tests;

/// <summary>
/// Gives the tests, and the processes that they start, an application data folder of their own where the system takes
/// its path from the environment: what they sync leaves no records among the user's.
/// </summary>
internal static class OwnDataFolder
{
    [ModuleInitializer]
    public static void Set() => Environment.SetEnvironmentVariable(
        "XDG_DATA_HOME", Path.Combine(Path.GetTempPath(), "jiraadosync-tests"));
}
