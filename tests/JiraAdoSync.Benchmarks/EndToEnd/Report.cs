using System.Globalization;
using System.Runtime.InteropServices;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>The figures as a table in Markdown.</summary>
internal static class Report
{
    public static string Machine => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");

    public static string Header =>
        """
        | issues | latency | run | requests | wall | bare loop | ratio | script | CPU | CPU an issue | peak memory | start |
        |---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
        """;

    public static string Rows(TrialFigures figures) =>
        string.Join(Environment.NewLine, Enum.GetValues<RunKind>().Select(run => Row(figures, run)));

    private static string Row(TrialFigures figures, RunKind run)
    {
        var one = figures.Of(run);
        var script = run == RunKind.First
            ? string.Create(CultureInfo.InvariantCulture, $"{figures.Script.TotalSeconds:N0} s, {figures.Script.TotalSeconds / one.WallSeconds:N0}x")
            : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {figures.Issues:N0} | {figures.Latency} ms | {run} ({one.Outcome}) | {one.Requests.Jira} + {one.Requests.Ado} | {one.WallSeconds:N2} s | {one.BareSeconds:N2} s | {one.Ratio:N2} | {script} | {one.CpuSeconds:N2} s | {one.CpuSeconds * 1e6 / figures.Issues:N0} µs | {one.PeakMegabytes:N0} MB | {one.StartSeconds:N2} s |");
    }
}
