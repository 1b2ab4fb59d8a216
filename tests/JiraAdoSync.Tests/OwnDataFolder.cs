using System.Runtime.CompilerServices;

namespace JiraAdoSync.Tests;

/// <summary>
/// Gives the tests, and the processes that they start, an application data folder of their own where the system takes
/// its path from the environment: what they sync leaves no records among the user's, and finds none of earlier tests.
/// </summary>
internal static class OwnDataFolder
{
    [ModuleInitializer]
    public static void Set()
    {
        var folder = Directory.CreateTempSubdirectory("jiraadosync-tests-").FullName;
        Environment.SetEnvironmentVariable("XDG_DATA_HOME", folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // A process that a test started still writes into it.
            }
        };
    }
}
