using System.Xml.Linq;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What Get-Help shows: it is whole, and its examples run.</summary>
public sealed class HelpTests
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly XDocument Help =
        XDocument.Load(Path.Combine(Repository.StagedModule, "en-US", "JiraAdoSync.dll-Help.xml"));

    /// <summary>Each example as the cmdlet's name with its number; and its code.</summary>
    public static TheoryData<string, string> Examples()
    {
        var examples = new TheoryData<string, string>();
        foreach (var command in Help.Descendants(Command + "command"))
        {
            var name = command.Descendants(Command + "name").First().Value;
            foreach (var (example, index) in command.Descendants(Command + "example")
                .Select((one, index) => (one, index)))
            {
                examples.Add($"{name} {index + 1}", example.Element(Dev + "code")!.Value);
            }
        }

        return examples;
    }

    [Fact]
    public void Every_cmdlet_has_a_synopsis_a_description_a_text_for_each_parameter_and_two_examples()
    {
        using var session = new PowerShellSession();
        var cmdlets = session.Run("(Get-Module JiraAdoSync).ExportedCmdlets.Keys")
            .Succeeded().Output.Select(name => name.ToString());
        foreach (var cmdlet in cmdlets)
        {
            var command = Help.Descendants(Command + "command")
                .Single(one => one.Descendants(Command + "name").First().Value == cmdlet);
            AssertText(cmdlet, command.Element(Command + "details"));
            AssertText(cmdlet, command);
            Assert.NotEqual(
                command.Element(Command + "details")!.Element(Maml + "description")!.Value,
                command.Element(Maml + "description")!.Value);
            Assert.All(
                command.Element(Command + "parameters")!.Elements(),
                parameter => AssertText($"{cmdlet} -{parameter.Element(Maml + "name")!.Value}", parameter));
            var examples = command.Descendants(Command + "example").ToList();
            Assert.True(examples.Count >= 2, $"{cmdlet} has {examples.Count} examples.");
            Assert.All(examples, example =>
                Assert.False(string.IsNullOrWhiteSpace(example.Element(Dev + "remarks")?.Value), cmdlet));
        }
    }

    [Fact]
    public void Every_cmdlet_has_a_page_online_titles_of_examples_and_its_parameters_in_groups_where_there_are_many()
    {
        using var session = new PowerShellSession();
        var site = session.Run("(Get-Module JiraAdoSync).ProjectUri.AbsoluteUri").Succeeded().Output[0].ToString();
        var uris = session.Run("Get-Command -Module JiraAdoSync | ForEach-Object { \"$($_.Name) $($_.HelpUri)\" }")
            .Succeeded().Output.Select(line => line.ToString().Split(' ')).ToDictionary(line => line[0], line => line[1]);
        var grouped = 0;
        foreach (var command in Help.Descendants(Command + "command"))
        {
            var name = command.Descendants(Command + "name").First().Value;
            Assert.True(File.Exists(Path.Combine(Repository.Root, "docs", "cmdlets", $"{name}.md")), name);
            Assert.Equal($"{site}docs/cmdlets/{name}.md", uris[name]);
            Assert.Equal(uris[name], command.Descendants(Maml + "uri").First().Value);
            Assert.All(command.Descendants(Command + "example"), example =>
                Assert.Matches(@"^Example \d+: \S+ ", example.Element(Maml + "title")!.Value));
            var names = command.Element(Command + "parameters")!.Elements()
                .Select(parameter => $"-{parameter.Element(Maml + "name")!.Value}").ToList();
            var groups = command.Element(Maml + "alertSet")?.Descendants(Maml + "para").Skip(1)
                .Select(group => group.Value.Split(": ")).ToList();
            Assert.Equal(names.Count > 12, groups is not null);
            if (groups is not null)
            {
                grouped++;
                Assert.DoesNotContain(groups, group => group[0] == "Other");
                Assert.Equal(names, groups.SelectMany(group => group[1].Split(", ")));
            }
        }

        Assert.True(grouped >= 5, $"{grouped} cmdlets");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_example_runs(string name, string code)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(name);
        await using var world = await World.StartAsync(RecipeStory.Issues);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        world.Run("$null = Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        // What a person would type in.
        world.Run("function Get-Credential { $jiraCredential }; function Read-Host { $adoToken }").Succeeded();
        // A command that works until it is stopped ends soon.
        world.Run("$global:PSDefaultParameterValues['Watch-JiraAdoSync:StopAfter'] = '0:0:1'").Succeeded();
        world.Session.Set("code", code
            .Replace("-StopAfter 00:55:00", "-StopAfter 0:0:1", StringComparison.Ordinal)
            .Replace("http://localhost:8080/", $"http://localhost:{WatchTests.FreePort()}/", StringComparison.Ordinal)
            .Replace("https://contoso.atlassian.net", world.Sandbox.JiraUri.AbsoluteUri, StringComparison.Ordinal)
            .Replace("https://dev.azure.com/contoso", world.Sandbox.OrganizationUri.AbsoluteUri,
                StringComparison.Ordinal)
            .Replace("http://localhost:11434/v1", world.Sandbox.ModelUri.AbsoluteUri, StringComparison.Ordinal)
            // As the only one of parallel jobs.
            .Replace("$env:SYSTEM_JOBPOSITIONINPHASE", "1", StringComparison.Ordinal)
            .Replace("$env:SYSTEM_TOTALJOBSINPHASE", "1", StringComparison.Ordinal));
        world.Run("& ([scriptblock]::Create($code))").Succeeded();
    }

    private static void AssertText(string what, XElement? element) =>
        Assert.False(string.IsNullOrWhiteSpace(element?.Element(Maml + "description")?.Value), $"{what} has no text.");
}
