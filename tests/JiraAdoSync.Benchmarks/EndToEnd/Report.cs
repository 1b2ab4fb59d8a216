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
        | issues | latency | run | requests | wall time: session, fresh | to the bare loop: session, fresh | plain script | CPU an issue: session, fresh | peak memory | start |
        |---:|---:|---|---:|---:|---:|---:|---:|---:|---:|
        """;

    public static string Rows(TrialFigures figures) =>
        string.Join(Environment.NewLine, Enum.GetValues<RunKind>().Select(run => Row(figures, run)));

    public static string TwoWayHeader =>
        """
        | issues | latency | run | requests | wall time | to the bare loop | CPU an issue |
        |---:|---:|---|---:|---:|---:|---:|
        """;

    public static string TwoWayRows(
        int issues, int latency, IReadOnlyList<(ChildFigures Module, ChildFigures Bare)> figures) =>
        string.Join(Environment.NewLine, TwoWayRuns.All.Zip(figures, (run, one) => string.Create(
            CultureInfo.InvariantCulture,
            $"| {issues:N0} | {latency} ms | {run.Name} ({one.Module.Outcome}) | {one.Module.Requests} | {one.Module.Wall.TotalSeconds:N2} s | {one.Module.Wall / one.Bare.Wall:N2} | {one.Module.Cpu.TotalMicroseconds / issues:N0} µs |")));

    private static string Row(TrialFigures figures, RunKind run)
    {
        var (of, session, fresh) = (figures.Of(run), figures.Of(run).Session, figures.Of(run).Fresh);
        var script = run == RunKind.First
            ? string.Create(CultureInfo.InvariantCulture, $"{figures.Script.TotalSeconds / fresh.WallSeconds:N0} times")
            : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {figures.Issues:N0} | {figures.Latency} ms | {run} ({fresh.Outcome}) | {of.Requests.Jira} + {of.Requests.Ado} | {session.WallSeconds:N2} s, {fresh.WallSeconds:N2} s | {session.RatioTo(of.WarmBare):N2}, {fresh.RatioTo(of.FreshBare):N2} | {script} | {session.CpuSeconds * 1e6 / figures.Issues:N0} µs, {fresh.CpuSeconds * 1e6 / figures.Issues:N0} µs | {fresh.PeakMegabytes:N0} MB | {fresh.StartSeconds:N2} s |");
    }
}
