using System.Diagnostics;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>What this process uses from now on.</summary>
internal sealed class Meter
{
    private const double Megabyte = 1048576.0;

    private readonly Process _process = Process.GetCurrentProcess();
    private readonly TimeSpan _start;
    private readonly TimeSpan _cpu;
    private readonly Stopwatch _clock;
    private readonly long _allocated = GC.GetTotalAllocatedBytes();
    private readonly double _bare;

    public Meter()
    {
        _start = DateTime.Now - _process.StartTime;
        _cpu = _process.TotalProcessorTime;
        _bare = _process.WorkingSet64 / Megabyte;
        _clock = Stopwatch.StartNew();
    }

    public ChildFigures Read(string? outcome)
    {
        var wall = _clock.Elapsed;
        _process.Refresh();
        return new ChildFigures(
            _start, wall, _process.TotalProcessorTime - _cpu, _process.PeakWorkingSet64 / Megabyte, outcome)
        {
            OverMegabytes = (_process.PeakWorkingSet64 / Megabyte) - _bare,
            AllocatedMegabytes = (GC.GetTotalAllocatedBytes() - _allocated) / Megabyte,
            HeapMegabytes = GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes / Megabyte,
        };
    }
}
