using System.Diagnostics;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// A run that is stopped half way: by Ctrl-C in a terminal, at many moments, and by a command that wants no more.
/// </summary>
public sealed partial class InterruptionTests
{
    private const string Prompt = "~~> ";

    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    /// <summary>A frozen run never returns.</summary>
    private static readonly TimeSpan Always = TimeSpan.FromSeconds(15);

    private static string Missing => "pseudo terminals are those of Linux and macOS";

    [Fact]
    public async Task Ctrl_C_brings_the_prompt_back_within_a_second_whatever_is_shown()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Missing);
        var (powerShell, missing) = await PowerShellTool.GetAsync();
        Assert.SkipWhen(powerShell is null, missing ?? string.Empty);
        var seed = new JiraSeed();
        Enumerable.Range(1, 2500).ToList().ForEach(issue => seed.Issue(issue, "Story"));
        Enumerable.Range(2, 2499).ToList().ForEach(issue => seed.Link(1 + (issue / 2), "relates to", issue));
        await using var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions { Seed = seed.Lines, Latency = TimeSpan.FromMilliseconds(200) },
            TestContext.Current.CancellationToken);
        using var control = new HttpClient { BaseAddress = sandbox.Address };
        await using var terminal = Terminal.Start(powerShell!);
        Assert.True(await terminal.ShowsAsync("PS .*> ", Ample), terminal.Shown);
        terminal.Type($"function prompt {{ '~~'+'> ' }}; Import-Module '{Repository.StagedModule}'\r");
        Assert.True(await terminal.ShowsAsync(Prompt, Ample), terminal.Shown);

        // Each moment is that when something is shown: while issues are read, written and related, and while rows come.
        foreach (var (moment, output) in new[]
        {
            (@"Reading issues: \d", "Out-Default"),
            (@"Reading issues: [12]\d\d\d", "Out-Default"),
            (@"Writing work items: \d+ of", "Out-Default"),
            (@"Writing work items: 1\d\d\d of", "Out-Default"),
            (@"Writing relations: \d+ of", "Out-Null"),
            (@"Create\e\[0m +SHOP-\d", "Out-Default"),
            (@"Create\e\[0m +SHOP-1\d\d\d", "Out-Default"),
        })
        {
            // Beside rows there is no bar, so nothing is asked and there is no answer to lose.
            var areRows = moment.StartsWith("Create", StringComparison.Ordinal);
            foreach (var isLosing in areRows ? new[] { false } : [false, true])
            {
                // It always returns; a busy machine may need more than a second or skip the moment, but not every time.
                var took = Always;
                for (var tries = 0; tries < 4 && took > TimeSpan.FromSeconds(1); tries++)
                {
                    took = await InterruptAsync(moment, output, isLosing);
                }

                Assert.True(took <= TimeSpan.FromSeconds(1), $"{took} at {moment}, lost: {isLosing}");
            }
        }

        // A command behind that has enough says so too.
        terminal.Type("Invoke-JiraAdoSync 'project = SHOP' | Select-Object -First 4 | Out-Null; 'do'+'ne'\r");
        Assert.True(await terminal.ShowsAsync("done", Ample), terminal.Shown);
        Assert.Matches(ProgressReport(), terminal.Shown);

        async Task<TimeSpan> InterruptAsync(string moment, string output, bool isLosing)
        {
            (await control.PostAsync(new Uri("/sandbox/reset", UriKind.Relative), null)).Dispose();
            terminal.Type(
                $"Clear-Host; Disconnect-JiraAdo; $null = Connect-JiraSite {sandbox.JiraUri} ([pscredential]::new("
                + $"'{sandbox.JiraUser}', (ConvertTo-SecureString {sandbox.JiraToken} -AsPlainText)))\r");
            Assert.True(await terminal.ShowsAsync(@"\n.*~~> ", Ample), terminal.Shown);
            terminal.Type(
                $"$null = Connect-AdoProject {sandbox.OrganizationUri} {sandbox.Project} (ConvertTo-SecureString "
                + $"{sandbox.AdoToken} -AsPlainText)\r");
            Assert.True(await terminal.ShowsAsync(@"\n.*~~> ", Ample), terminal.Shown);
            terminal.Type($"Invoke-JiraAdoSync 'project = SHOP' | {output}; 'run '+'over'\r");
            Assert.True(await terminal.ShowsAsync($"{moment}|run over", Ample), $"{moment}: {terminal.Shown}");
            if (!await terminal.ShowsAsync(moment, TimeSpan.Zero))
            {
                // A bar is drawn a few times a second, and on a busy machine the moment can fall between two of them.
                return Always;
            }

            if (isLosing)
            {
                await terminal.InterruptLosingAsync(TestContext.Current.CancellationToken);
            }
            else
            {
                terminal.Interrupt();
            }

            var clock = Stopwatch.StartNew();
            Assert.True(
                await terminal.ShowsAsync(Prompt, Always),
                $"No prompt after {clock.Elapsed}, lost: {isLosing}, at {moment}: {terminal.Shown}");
            var took = clock.Elapsed;
            // Nothing is written yet while issues are read, and the last phases may be over before Ctrl-C arrives.
            if (moment.StartsWith("Writing work items", StringComparison.Ordinal))
            {
                Assert.Matches(ProgressReport(), terminal.Shown);
            }

            return took;
        }
    }

    [Fact]
    public async Task A_command_behind_that_wants_no_more_is_shown_how_far_the_run_came()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        const string Sync = "Invoke-JiraAdoSync 'project = SHOP' -IncludeComments";
        const string Enough = "foreach ($one in 1) { " + Sync + " | ForEach-Object { $_; break } }";
        var stopped = world.Run(Enough).Succeeded();
        Assert.Single(stopped.Output);
        var warning = Assert.Single(stopped.Warnings);
        Assert.Matches(ProgressReport(), warning);
        // Relations of items that are in their states by a second write are still to come.
        Assert.StartsWith("Interrupted: 8 of 11 written.", warning, StringComparison.Ordinal);

        // It names the run that can be undone, and the next run continues.
        var runId = warning[(warning.LastIndexOf(' ') + 1)..^1];
        Assert.NotEmpty(world.Run($"Get-JiraAdoRun {runId}").Succeeded().Of("RunChange"));
        Assert.Equal("Changed", world.Run(Sync).Succeeded().RunOutcome());

        // Nothing to write, nothing to report.
        Assert.Empty(world.Run(Enough).Succeeded().Warnings);
    }

    [Fact]
    public async Task An_undo_that_is_stopped_says_how_to_continue()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var runId = world.Run("Invoke-JiraAdoSync 'project = SHOP'").Succeeded().Summary.Properties["RunId"].Value;
        var stopped = world.Run(
            $"foreach ($one in 1) {{ Undo-JiraAdoRun {runId} -Confirm:$false | ForEach-Object {{ $_; break }} }}").Succeeded();
        Assert.Matches(@"^Interrupted: (?:\d+ of \d+|all \d+ changes planned so far) undone\. Run Undo-JiraAdoRun \S+ again to continue\.\z", Assert.Single(stopped.Warnings));
    }

    [GeneratedRegex(@"Interrupted: (?:[\d,]+ of [\d,]+|all [\d,]+ changes planned so far) written\. Run again to continue, or Undo-JiraAdoRun \d{8}T\d{9}Z-[0-9a-f]{6}\.")]
    private static partial Regex ProgressReport();
}
