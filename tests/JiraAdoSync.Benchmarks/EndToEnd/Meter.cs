using System.Diagnostics;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>What this process uses from now on.</summary>
internal sealed class Meter
{
    private readonly Process _process = Process.GetCurrentProcess();
    private readonly TimeSpan _start;
    private readonly TimeSpan _cpu;
    private readonly Stopwatch _clock;

    public Meter()
    {
        _start = DateTime.Now - _process.StartTime;
        _cpu = _process.TotalProcessorTime;
        _clock = Stopwatch.StartNew();
    }

    public ChildFigures Read(string? outcome)
    {
        var wall = _clock.Elapsed;
        _process.Refresh();
        return new ChildFigures(
            _start, wall, _process.TotalProcessorTime - _cpu, _process.PeakWorkingSet64 / 1048576.0, outcome);
    }
}
