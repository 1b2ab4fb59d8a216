namespace JiraAdoSync.Tests;

/// <summary>
/// Where things lie: the repository, the module that the build has staged, and what may lie beside them.
/// </summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string StagedModule { get; } = Path.Combine(Root, "output", "JiraAdoSync");

    /// <summary>The C# sources below a folder, without those that the build makes.</summary>
    public static IReadOnlyList<string> Sources(string folder) =>
        Directory.GetFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Contains("obj"))
            .ToList();

    /// <summary>A file beside the repository that is not part of it; null where it is absent.</summary>
    public static string? Shared(params string[] path)
    {
        var file = Path.Combine([Root, "..", "shared", .. path]);
        return File.Exists(file) ? file : null;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "JiraAdoPS.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}
