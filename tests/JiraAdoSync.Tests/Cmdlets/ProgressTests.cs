using System.Diagnostics;
using System.Management.Automation;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// What a run shows of itself while it is at work; the sandbox takes its time, so that there is something to show.
/// </summary>
public sealed partial class ProgressTests
{
    private const int Issues = 630;

    [Fact]
    public async Task A_run_shows_phase_count_rate_and_time_left_a_few_times_a_second()
    {
        var seed = new JiraSeed();
        Enumerable.Range(1, Issues).ToList().ForEach(issue => seed.Issue(issue, "Story"));
        Enumerable.Range(2, Issues - 1).ToList().ForEach(issue => seed.Link(1 + (issue / 2), "relates to", issue));
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = seed.Lines, Latency = TimeSpan.FromMilliseconds(300) });
        using var shell = world.Session.Shell("Invoke-JiraAdoSync -Jql 'project = SHOP' -ThrottleLimit 1");
        var clock = Stopwatch.StartNew();
        shell.Invoke();
        var records = shell.Streams.Progress.ToList();
        Assert.False(shell.HadErrors);

        var shown = records.Where(record => record.RecordType == ProgressRecordType.Processing).ToList();
        Assert.All(shown, record => Assert.Matches(Status(), record.StatusDescription));
        var phases = shown.ConvertAll(record => record.StatusDescription.Split(':')[0]);
        Assert.Equal(["Reading issues", "Writing work items", "Writing relations"], phases.Distinct());
        // One for each phase at once, and four a second at most.
        Assert.InRange(shown.Count, 6, phases.Distinct().Count() + (int)(clock.Elapsed.TotalSeconds * 4));

        // How many issues there are is known when the last one has come.
        Assert.All(shown.Where(record => record.StatusDescription.StartsWith("Reading", StringComparison.Ordinal)),
            record =>
            Assert.Equal((-1, -1), (record.PercentComplete, record.SecondsRemaining)));
        Assert.Contains(
            "a second", shown[phases.LastIndexOf("Reading issues")].StatusDescription, StringComparison.Ordinal);
        var writing = shown.Where(
            record => record.StatusDescription.Contains($" of {Issues}, ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(writing);
        Assert.All(writing, record =>
        {
            var done = int.Parse(Status().Match(record.StatusDescription).Groups["done"].Value);
            Assert.Equal(100 * done / Issues, record.PercentComplete);
            Assert.InRange(record.SecondsRemaining, done == Issues ? 0 : 1, 600);
        });
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
        Assert.All(records, record => Assert.Equal("JiraAdoSync", record.Activity));
    }

    [GeneratedRegex(
        @"^(Reading issues|Writing work items|Writing relations): (?<done>\d+)( of \d+)?(, [\d,]+ a second)?\z")]
    private static partial Regex Status();
}
