using System.Text.RegularExpressions;
using Xunit;

namespace JiraAdoSync.Tests.Conventions;

/// <summary>
/// Sources and documents use the words of the field. The words below were once used with a meaning of their own; each
/// has a standard term: to exist, current, desired, index, position, owner, report, removal, is created, is deleted.
/// </summary>
public sealed partial class WordTests
{
    private static readonly string[] Words =
    [
        "stand", "stands", "standing", "stood", "place", "places", "placed", "placing", "holder", "holders", "tell", "tells",
        "told", "telling", "untold", "taker", "takers", "taking", "taken", "along", "heed", "heeds", "heeded", "heeding",
        "leaving", "counted", "goes", "gone", "comes",
    ];

    /// <summary>
    /// What keeps its name: reasons and properties that scripts compare and read, and words that the reader of drafts
    /// understands.
    /// </summary>
    private static readonly string[] Kept =
    [
        "\"Gone\"", "<c>Gone</c>", "| `Gone` |", "SHOP-4 Gone", "Skip Gone", "LinkGone", "WorkItemGone", "IssueGone", "FileGone", "StandsAgain",
        "<Name>Standing</Name>", "<Name>Place</Name>", "\"goes\"", "\"leaving\"", "\"along\"",
    ];

    private static readonly string[] Kinds =
        [".cs", ".csproj", ".css", ".html", ".js", ".json", ".md", ".mjs", ".ps1", ".ps1xml", ".psd1", ".sh", ".txt", ".xml", ".yml"];

    [Fact]
    public void Sources_and_documents_use_the_words_of_the_field()
    {
        var files = Files().ToList();
        Assert.True(files.Count > 700, $"Only {files.Count} files were found.");
        var faults = files
            .Select(file => (Name: Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'), Found: Find(file)))
            .Where(file => file.Found.Count > 0)
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => $"{file.Name}: {file.Found.Count} ({string.Join(", ", file.Found.Distinct().Order().Take(5))})")
            .ToList();
        Assert.True(faults.Count == 0, $"Words that have a standard term:\n{string.Join('\n', faults)}");
    }

    [Theory]
    [InlineData("var places = Places(root);", 2)]
    [InlineData("What should stand, as theStandingLink says.", 2)]
    [InlineData("A placeholder understands stakeholders.", 0)]
    [InlineData("Assert.Equal(\"LinkGone\", reason);", 0)]
    public void Words_are_found_alone_and_as_parts_of_identifiers(string text, int expected) =>
        Assert.Equal(expected, Find([text]).Count);

    private static List<string> Find(string file) => Find(File.ReadLines(file));

    private static List<string> Find(IEnumerable<string> lines) => lines
        .Select(line => Kept.Aggregate(line, (rest, use) => rest.Replace(use, "", StringComparison.Ordinal)))
        .SelectMany(line => Word().Matches(line))
        .Select(match => match.Value.ToLowerInvariant())
        .Where(Words.Contains)
        .ToList();

    /// <summary>What people wrote: not what the build makes, and not this list.</summary>
    private static IEnumerable<string> Files() => new[] { "src", "tests", "module", "docs" }
        .SelectMany(folder => Directory.EnumerateFiles(
            Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
        .Concat(Directory.EnumerateFiles(Repository.Root))
        .Where(file => Kinds.Contains(Path.GetExtension(file)) && Path.GetFileName(file) is not
            ("WordTests.cs" or "packages.lock.json" or "package-lock.json"))
        .Where(file => !Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar)
            .Any(part => part is "obj" or "bin" or "node_modules"));

    /// <summary>A word, or one of those that an identifier is made of.</summary>
    [GeneratedRegex("[A-Z]?[a-z]+")]
    private static partial Regex Word();
}
