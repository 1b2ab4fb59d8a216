using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What a run writes holds texts of issues: it is readable by its owner only, from its first moment.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class OwnFilesTests
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Plans_reports_states_correlations_profiles_and_records_are_readable_by_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        using var folder = new TemporaryFolder();
        // Others may read the folder that the user names, so that nothing but the files' own modes counts.
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Session.Set("folder", folder.Path);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "plan.json"), "an older file that others may read",
            TestContext.Current.CancellationToken);
        world.Run(
            """
            $sync = @{ Jql = 'project = SHOP'; RunPath = "$folder/runs/deep" }
            Invoke-JiraAdoSync @sync -PlanOnly | Export-JiraAdoPlan "$folder/plan.json"
            $run = Invoke-JiraAdoSync @sync -StatePath "$folder/state.json"
            $run | Export-JiraAdoReport "$folder/run.html", "$folder/run.md"
            Export-JiraAdoCorrelation "$folder/correlations.json"
            New-JiraAdoProfile -Jql 'project = SHOP' -Path "$folder/profile.psd1"
            """).Succeeded();
        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);
        Assert.Equal(
            ["correlations.json", "plan.json", "profile.psd1", "run.html", "run.md", "state.json"],
            files.Select(Path.GetFileName).Where(name => !name!.EndsWith(".jsonl", StringComparison.Ordinal)).Order());
        Assert.Contains(files, file => file.EndsWith(".jsonl", StringComparison.Ordinal));
        Assert.All(files, file => Assert.True(File.GetUnixFileMode(file) == OwnerFile, $"{file}: {File.GetUnixFileMode(file)}"));
        Assert.All(
            Directory.GetDirectories(folder.Path, "*", SearchOption.AllDirectories),
            made => Assert.Equal(OwnerFile | UnixFileMode.UserExecute, File.GetUnixFileMode(made)));
    }

    [Theory]
    [InlineData("=HYPERLINK(\"https://evil.example\")", "'=HYPERLINK(\"https://evil.example\")")]
    [InlineData(" +1", "' +1")]
    [InlineData("\t-1", "' -1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("＝1", "'＝1")]
    [InlineData("\r\n=1", "'  =1")]
    [InlineData("Pay = 1", "Pay = 1")]
    [InlineData("", "")]
    public void A_cell_of_a_spreadsheet_is_no_formula(string text, string cell) =>
        Assert.Equal(cell, JiraAdoSync.Reporting.CsvReport.Cell(text));

    [Theory]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("+1+1")]
    [InlineData("-1\"2,3")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    [InlineData("＝1")]
    public async Task A_table_for_a_spreadsheet_holds_no_formula_whatever_issues_are_called(string summary)
    {
        using var folder = new TemporaryFolder();
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Story").Lines);
        await world.Tracker.SetSummaryAsync("SHOP-1", summary);
        await world.Tracker.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        world.Session.Set("folder", folder.Path);
        // By the report, and by the way that the cookbook names for tables of one's own.
        var recipe = System.Text.RegularExpressions.Regex.Match(
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "cookbook.md")), @"\$safe = .*").Value;
        world.Run($$"""
            Invoke-JiraAdoSync -Jql 'project = SHOP' | Export-JiraAdoReport "$folder/results.csv"
            {{recipe}}
            Get-JiraReplica -Jql 'project = SHOP' |
                Select-Object Key, @{ Name = 'Summary'; Expression = $safe } | Export-Csv "$folder/issues.csv"
            """).Succeeded();
        foreach (var name in new[] { "results.csv", "issues.csv" })
        {
            world.Session.Set("path", Path.Combine(folder.Path, name));
            var rows = world.Run("Import-Csv $path").Succeeded().Output;
            Assert.NotEmpty(rows);
            var values = rows.SelectMany(row => row.Properties.Select(cell => (string)cell.Value)).ToList();
            Assert.DoesNotContain(values, value => value.TrimStart() is { Length: > 0 } text && "=+-@＝".Contains(text[0]));
            Assert.Contains(values, value => value.StartsWith('\''));
        }
    }

    [Fact]
    public async Task Nothing_that_is_written_is_open_to_others_for_a_moment()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        using var folder = new TemporaryFolder();
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Session.Set("folder", folder.Path);
        var modes = new System.Collections.Concurrent.ConcurrentBag<UnixFileMode>();
        using var done = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        // A thread of its own: where the pool is busy, the files would be written before anybody looks.
        var look = Task.Factory.StartNew(
            () =>
            {
                started.SetResult();
                do
                {
                    foreach (var file in Directory.EnumerateFiles(folder.Path))
                    {
                        try
                        {
                            modes.Add(File.GetUnixFileMode(file));
                        }
                        catch (IOException)
                        {
                            // It has its final name by now.
                        }
                    }
                }
                while (!done.IsCancellationRequested);
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await started.Task.WaitAsync(TestContext.Current.CancellationToken);
        world.Run("1..200 | ForEach-Object { Export-JiraAdoCorrelation \"$folder/$_.json\" }").Succeeded();
        await done.CancelAsync();
        await look;
        Assert.Equal([OwnerFile], modes.Distinct());
    }
}
