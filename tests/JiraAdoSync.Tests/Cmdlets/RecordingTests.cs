using System.Text;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// The first ten minutes in a real terminal, from the README to the undo, as docs/first-minutes.md shows them. With
/// JIRAADOSYNC_RECORD set the page is written anew.
/// </summary>
public sealed partial class RecordingTests
{
    private const string Prompt = "~~> ";

    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    private static string Page => Path.Combine(Repository.Root, "docs", "first-minutes.md");

    [Fact]
    public async Task The_first_minutes_are_as_the_page_shows_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pseudo terminals are those of Linux and macOS");
        var (powerShell, missing) = await PowerShellTool.GetAsync();
        Assert.SkipWhen(powerShell is null, missing ?? string.Empty);
        using var folder = new TemporaryFolder();
        await using var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions { Seed = RecipeStory.Issues }, TestContext.Current.CancellationToken);
        await using var terminal = Terminal.Start(powerShell!);
        Assert.True(await terminal.ShowsAsync("PS .*> ", Ample), terminal.Shown);
        terminal.Type(
            $"Remove-Module PSReadLine; function prompt {{ '~~'+'> ' }}; Set-Location '{folder.Path}'; "
            + "$PSStyle.OutputRendering = 'PlainText'; $ProgressPreference = 'SilentlyContinue'\r");
        Assert.True(await terminal.ShowsAsync(Prompt, Ample), terminal.Shown);
        await RunAsync($"$env:XDG_DATA_HOME = '{folder.Path}'; $s = @{{ jira = '{sandbox.JiraUri}'; jiraUser = '{sandbox.JiraUser}'; "
            + $"organization = '{sandbox.OrganizationUri}'; project = '{sandbox.Project}'; jiraToken = '{sandbox.JiraToken}' }}");
        await RunAsync($"$s.adoToken = '{sandbox.AdoToken}'; $module = '{Repository.StagedModule}'");

        var page = new StringBuilder();
        foreach (var (heading, commands) in new (string Heading, (string Shown, string Typed, string? Answer)[] Commands)[]
        {
            ("Connect", [
                ("Import-Module ./output/JiraAdoSync", "Import-Module $module", null),
                Same("Connect-JiraSite $s.jira ([pscredential]::new($s.jiraUser, "
                    + "(ConvertTo-SecureString $s.jiraToken -AsPlainText)))"),
                Same("Connect-AdoProject $s.organization $s.project (ConvertTo-SecureString $s.adoToken -AsPlainText)"),
            ]),
            ("Check", [
                Same("New-JiraAdoProfile sync.psd1 'project = SHOP' | Select-Object Name"),
                Same("Test-JiraAdoSync -Profile sync.psd1"),
            ]),
            ("Plan", [Same("Invoke-JiraAdoSync -Profile sync.psd1 -PlanOnly")]),
            ("Sync, and once more", [
                Same("Invoke-JiraAdoSync -Profile sync.psd1"),
                Same("Invoke-JiraAdoSync -Profile sync.psd1 -Summary"),
            ]),
            ("Undo", [
                Same("Get-JiraAdoRun"),
                ("Undo-JiraAdoRun -Last", "Undo-JiraAdoRun -Last", "y"),
            ]),
        })
        {
            page.Append($"\n## {heading}\n\n```text\n");
            foreach (var (shown, typed, answer) in commands)
            {
                page.Append($"PS> {shown}\n{await RunAsync(typed, answer)}\n\n");
            }

            page.Length -= 2;
            page.Append("\n```\n");
        }

        var text = Head + page;
        if (Environment.GetEnvironmentVariable("JIRAADOSYNC_RECORD") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(Page, text, TestContext.Current.CancellationToken);
        }

        var recorded = await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken);
        Assert.Equal(Masked(recorded), Masked(text));

        static (string Shown, string Typed, string? Answer) Same(string command) => (command, command, null);

        async Task<string> RunAsync(string command, string? answer = null)
        {
            terminal.Type($"{command}\r");
            var output = string.Empty;
            if (answer is not null)
            {
                Assert.True(await terminal.ShowsAsync(@"default is ""Y""\):", Ample), terminal.Shown);
                output = Plain(terminal.Shown);
                terminal.Type($"{answer}\r");
            }

            Assert.True(await terminal.ShowsAsync(Prompt, Ample), terminal.Shown);
            // The first line is what is typed, drawn anew with each letter; the last one is the prompt.
            var lines = (output + Plain(terminal.Shown)).Split('\n').Skip(1).Where(line => line != Prompt.TrimEnd());
            return Lines().Replace(string.Join('\n', lines), "\n\n").Trim('\n', ' ');
        }
    }

    private const string Head = """
        # The first minutes

        A recording of a terminal: connect, check, plan, sync, sync again, undo. The sites are those of the sandbox, as
        [the README](../README.md) starts it; your own look the same. A test plays it again and compares.

        """;

    /// <summary>What a terminal shows, without the sequences that draw it.</summary>
    private static string Plain(string shown) => string.Join('\n', Escapes().Replace(shown, string.Empty)
        .Replace("\r", string.Empty, StringComparison.Ordinal)
        .Split('\n')
        .Select(line => line.TrimEnd()));

    /// <summary>
    /// A recording without what differs from one run to the next: ports, times, ids, and how wide they are.
    /// </summary>
    private static string Masked(string text) => Spaces().Replace(
        Varying().Replace(text, "#"), " ");

    [GeneratedRegex(@"\e\[[0-9;?]*[a-zA-Z]|\e[=>]|\e\][^\a]*\a")]
    private static partial Regex Escapes();

    [GeneratedRegex(@"\n\n\n+")]
    private static partial Regex Lines();

    [GeneratedRegex(
        @"127\.0\.0\.1:\d+|\b\d{4}-\d\d-\d\d\S*( \d\d:\d\d(:\d\d)?)?|\d+/\d+/\d{4} \d+:\d+(:\d+)? ?[AP]?M?"
        + @"|\b\d+(\.\d+)? s\b|\b\d{8}T?\S+|\d+ to (Jira|Azure DevOps)|\d+ +About")]
    private static partial Regex Varying();

    [GeneratedRegex("[ \u00A0-]+")]
    private static partial Regex Spaces();
}
