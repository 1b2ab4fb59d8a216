using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace JiraAdoSync.Tests.Conventions;

/// <summary>
/// What is downloaded is named with its hash, on every machine alike, and runs nothing when it is installed.
/// </summary>
public sealed partial class SupplyChainTests
{
    private static readonly HashSet<string> Ignored = ["bin", "obj", "output", "node_modules", ".git"];

    [Fact]
    public void Every_project_has_a_lock_file_that_names_no_machine_and_no_registry()
    {
        var projects = Files("*.csproj").ToList();
        Assert.NotEmpty(projects);
        foreach (var project in projects)
        {
            var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json"));
            var frameworks = JsonNode.Parse(text)!["dependencies"]!.AsObject();
            Assert.DoesNotContain(frameworks, framework => framework.Key.Contains('/', StringComparison.Ordinal));
            Assert.DoesNotContain("://", text, StringComparison.Ordinal);
            var packages = frameworks.SelectMany(framework => framework.Value!.AsObject())
                .Where(package => (string?)package.Value!["type"] != "Project");
            Assert.All(packages, package => Assert.NotNull(package.Value!["contentHash"]));
        }
    }

    [Fact]
    public void The_check_of_the_project_restores_what_the_lock_files_name() =>
        Assert.Contains("export RestoreLockedMode=true", File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run")),
            StringComparison.Ordinal);

    [Fact]
    public void Packages_of_npm_are_locked_and_their_scripts_are_not_run()
    {
        foreach (var manifest in Files("package.json").Where(
            file => JsonNode.Parse(File.ReadAllText(file)) is JsonObject json
                && (json.ContainsKey("dependencies") || json.ContainsKey("devDependencies"))))
        {
            var locked = JsonNode.Parse(
                File.ReadAllText(Path.Combine(Path.GetDirectoryName(manifest)!, "package-lock.json")))!["packages"]!;
            Assert.All(locked.AsObject().Where(package => package.Key.Length > 0),
                package => Assert.StartsWith("sha512-", (string?)package.Value!["integrity"], StringComparison.Ordinal));
        }

        var calls = Files("*")
            .Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".mjs" or ".ps1" or ".yml" or ".md" or ""
                && Path.GetFileName(file) != $"{nameof(SupplyChainTests)}.cs")
            .SelectMany(file => File.ReadLines(file).Where(line => Installation().IsMatch(line)))
            .ToList();
        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.Contains("--ignore-scripts", call, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Repository.Root, pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar).Any(Ignored.Contains));

    // As a command, and as the arguments of one.
    [GeneratedRegex(@"\bnpm(\.cmd|\))?""? +(ci|i|install|exec)\b|\bnpx +|['""]ci['""],", RegexOptions.IgnoreCase)]
    private static partial Regex Installation();
}
