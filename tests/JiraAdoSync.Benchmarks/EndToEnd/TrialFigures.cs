namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>What was measured for one number of issues at one latency.</summary>
internal sealed class TrialFigures(int issues, int latency)
{
    private readonly Dictionary<RunKind, RunFigures> _runs = Enum.GetValues<RunKind>()
        .ToDictionary(run => run, _ => new RunFigures());

    public int Issues { get; } = issues;

    public int Latency { get; } = latency;

    /// <summary>What a first run costs a straightforward script.</summary>
    public TimeSpan Script { get; set; }

    public RunFigures Of(RunKind run) => _runs[run];
}

/// <summary>What was measured of a run.</summary>
internal sealed class RunFigures
{
    public (int Jira, int Ado) Requests { get; set; }

    /// <summary>The module in a pwsh of its own.</summary>
    public Series Fresh { get; } = new();

    /// <summary>The bare loop in a process of its own.</summary>
    public Series FreshBare { get; } = new();

    /// <summary>The module in a session that ran before.</summary>
    public Series Session { get; } = new();

    /// <summary>The bare loop in a process that sent requests before.</summary>
    public Series WarmBare { get; } = new();
}

/// <summary>What was measured, as often as it was: the medians are shown.</summary>
internal sealed class Series
{
    private readonly List<ChildFigures> _all = [];

    public string Outcome => _all[^1].Outcome ?? "-";

    public double StartSeconds => Median(_all.Select(one => one.Start.TotalSeconds));

    public double WallSeconds => Median(_all.Select(one => one.Wall.TotalSeconds));

    public double CpuSeconds => Median(_all.Select(one => one.Cpu.TotalSeconds));

    public double PeakMegabytes => Median(_all.Select(one => one.PeakMegabytes));

    public double OverMegabytes => Median(_all.Select(one => one.OverMegabytes));

    public double AllocatedMegabytes => Median(_all.Select(one => one.AllocatedMegabytes));

    public double HeapMegabytes => Median(_all.Select(one => one.HeapMegabytes));

    /// <summary>The time to another's, each measured one after the other: the median of these pairs.</summary>
    public double RatioTo(Series other) => Median(_all.Zip(other._all, (one, bare) => one.Wall / bare.Wall));

    public void Add(IReadOnlyList<ChildFigures> one) => _all.Add(one[0]);

    private static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
