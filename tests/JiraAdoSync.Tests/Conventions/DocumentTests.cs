using System.Text.RegularExpressions;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace JiraAdoSync.Tests.Conventions;

/// <summary>The documents are current: pages that are generated, links, and the list of error ids.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Documents =
    [
        .. Directory.GetFiles(Repository.Root, "*.md"),
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories),
    ];

    [Fact]
    public void The_cmdlet_reference_is_what_the_help_says()
    {
        var expected = Pages(Path.Combine(Repository.Root, "output", "cmdlets"));
        var actual = Pages(Path.Combine(Repository.Root, "docs", "cmdlets"));
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, page => Assert.True(
            page.Value == actual[page.Key], $"docs/cmdlets/{page.Key} is not current: run build.ps1 -Task Docs."));

        static Dictionary<string, string> Pages(string folder) => Directory.GetFiles(folder, "*.md")
            .ToDictionary(file => Path.GetFileName(file), file => File.ReadAllText(file).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_README_is_short() =>
        Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root, "README.md")).Length, 1, 200);

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        foreach (var document in Documents)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(document)))
            {
                var target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value);
                Assert.True(
                    File.Exists(target) || Directory.Exists(target),
                    $"{Path.GetRelativePath(Repository.Root, document)} links to {link.Groups[1].Value}.");
            }
        }
    }

    /// <summary>What a document shows of a pipeline is what a template has.</summary>
    [Fact]
    public void Blocks_of_YAML_parse_and_are_those_of_a_template()
    {
        var templates = Directory.EnumerateFiles(Path.Combine(Repository.Root, "module", "samples", "pipelines"), "*.yml")
            .SelectMany(file => Nodes(File.ReadAllText(file))).ToList();
        var blocks = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .Append(Path.Combine(Repository.Root, "README.md"))
            .SelectMany(file => YamlBlock().Matches(File.ReadAllText(file)).Select(match => (Path.GetFileName(file), match.Groups[1].Value)))
            .ToList();
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.All(
            ((YamlMappingNode)Nodes(block.Value).First()).Children,
            entry => Assert.Contains(templates.OfType<YamlMappingNode>(), node =>
                node.Children.TryGetValue(entry.Key, out var value) && Has(value, entry.Value))));

        static IEnumerable<YamlNode> Nodes(string text)
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents[0].AllNodes;
        }

        static bool Has(YamlNode whole, YamlNode part) => part is YamlMappingNode entries && whole is YamlMappingNode all
            ? entries.Children.All(entry => all.Children.TryGetValue(entry.Key, out var value) && Has(value, entry.Value))
            : whole.Equals(part);
    }

    [Fact]
    public void Every_error_id_is_explained()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "troubleshooting.md"));
        var sources = new[] { "JiraAdoSync", "JiraAdoSync.Core", "JiraAdoSync.Rest" }
            .SelectMany(project => Repository.Sources(Path.Combine("src", project)));
        var ids = sources.SelectMany(file => ErrorId().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Concat(Enum.GetNames<Failure>())
            .Except([nameof(Failure.NotFound)])
            .Distinct()
            .ToList();
        Assert.True(ids.Count > 30, $"Only {ids.Count} ids were found.");
        Assert.All(ids, id => Assert.Contains($"`{id}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_reason_is_explained()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "troubleshooting.md"));
        var reasons = typeof(Reasons).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.True(reasons.Count > 40, $"Only {reasons.Count} reasons were found.");
        Assert.All(reasons, reason => Assert.Contains($"| `{reason}` |", page, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?s)```ya?ml\n(.*?)```")]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"new SyncException\(\s*""([A-Za-z]+)""")]
    private static partial Regex ErrorId();
}
