using System.Text.RegularExpressions;
using Xunit;

namespace JiraAdoSync.Tests.Conventions;

/// <summary>Folders name concerns and follow namespaces, and dependencies between them point one way.</summary>
public sealed partial class LayoutTests
{
    private const int MostFiles = 20;

    /// <summary>The namespaces of Core in layers: each uses those of its own line and of lines above it.</summary>
    private static readonly string[][] Layers =
    [
        ["JiraAdoSync"],
        ["JiraAdoSync.Jira", "JiraAdoSync.AzureDevOps"],
        ["JiraAdoSync.Ports", "JiraAdoSync.RichText"],
        ["JiraAdoSync.Marks"],
        ["JiraAdoSync.Mapping"],
        ["JiraAdoSync.Planning"],
        ["JiraAdoSync.Drafting"],
        ["JiraAdoSync.Journal"],
        ["JiraAdoSync.Writing"],
        ["JiraAdoSync.Lookup"],
        ["JiraAdoSync.Applying"],
        ["JiraAdoSync.Syncing", "JiraAdoSync.Undo", "JiraAdoSync.TwoWay"],
        ["JiraAdoSync.Watching"],
        ["JiraAdoSync.Reporting"],
    ];

    public static TheoryData<string> Assemblies => ["JiraAdoSync", "JiraAdoSync.Core", "JiraAdoSync.Rest"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_namespaces_use_each_other_in_a_circle(string assembly) => Assert.Empty(GraphOf(assembly).FindCycle());

    [Fact]
    public void Dependencies_between_the_namespaces_of_Core_point_one_way()
    {
        var graph = GraphOf("JiraAdoSync.Core");
        Assert.Contains("JiraAdoSync.Planning.Relations", graph.Namespaces);
        Assert.All(graph.Namespaces, name => Assert.All(graph.UsesOf(name), used => Assert.True(
            LayerOf(used.Key) <= LayerOf(name), $"{name} must not use {used.Key}: {used.Value}.")));

        static int LayerOf(string name)
        {
            var layer = Array.FindLastIndex(Layers, names => names.Any(one => name == one
                || (one.Contains('.', StringComparison.Ordinal) && name.StartsWith(one + ".", StringComparison.Ordinal))));
            Assert.True(layer >= 0, $"{name} is in no layer: give it one here and in ARCHITECTURE.md.");
            return layer;
        }
    }

    [Fact]
    public void No_folder_is_too_full_to_find_something_in_it()
    {
        var folders = Repository.Sources("src").GroupBy(file => Path.GetDirectoryName(file)!).ToList();
        Assert.True(folders.Count > 40, $"Only {folders.Count} folders were found.");
        Assert.All(folders, folder => Assert.InRange(folder.Count(), 1, MostFiles));
    }

    /// <summary>
    /// Cmdlets share one namespace whatever their folder: the full id of an error ends in the name of its class.
    /// </summary>
    [Fact]
    public void Namespaces_follow_folders()
    {
        foreach (var file in Repository.Sources("src").Where(file => !file.Contains("Commands", StringComparison.Ordinal)))
        {
            var folder = Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(Repository.Root, "src"), file))!
                .Replace(Path.DirectorySeparatorChar, '.');
            var expected = folder.StartsWith("JiraAdoSync.Core", StringComparison.Ordinal)
                ? "JiraAdoSync" + folder["JiraAdoSync.Core".Length..]
                : folder;
            var declared = Namespace().Match(File.ReadAllText(file));
            Assert.True(!declared.Success || declared.Groups[1].Value == expected, $"{file} is not in {expected}.");
        }
    }

    [Fact]
    public void What_ARCHITECTURE_names_exists()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "ARCHITECTURE.md"));
        var names = Quoted().Matches(text).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(names.Count > 20, $"Only {names.Count} names were found.");
        var files = Repository.Sources("src").Concat(Repository.Sources("tests")).ToList();
        var folders = files.Select(file => Path.GetDirectoryName(file)!).Distinct().ToList();
        var code = string.Join('\n', files.Select(File.ReadAllText));
        Assert.All(names, name => Assert.True(
            name.Contains('/', StringComparison.Ordinal) || name.EndsWith(".cs", StringComparison.Ordinal)
                ? files.Concat(folders).Any(path => path.Replace(Path.DirectorySeparatorChar, '/')
                    .EndsWith("/" + Full(name), StringComparison.Ordinal)) || File.Exists(Path.Combine(Repository.Root, name))
                : name.Split('.').All(part => code.Contains(part, StringComparison.Ordinal)),
            $"ARCHITECTURE.md names {name}, which does not exist."));

        // Paths leave out what all have in common: "Core/Marks", "Tests/Marks", "Cmdlets/RunTests.cs".
        static string Full(string name) =>
            Projects().Replace(name, match => $"JiraAdoSync.{match.Value}");
    }

    private static NamespaceGraph GraphOf(string assembly) => new(Path.Combine(Repository.StagedModule, $"{assembly}.dll"));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"`([A-Z][\w./]*)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^(Core|Rest|Tests|Sandbox)(?=/)")]
    private static partial Regex Projects();
}
