namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>What was measured for one number of issues at one latency.</summary>
internal sealed class TrialFigures(int issues, int latency)
{
    private readonly Dictionary<RunKind, RunFigures> _runs = Enum.GetValues<RunKind>().ToDictionary(run => run, _ => new RunFigures());

    public int Issues { get; } = issues;

    public int Latency { get; } = latency;

    /// <summary>What a first run costs a straightforward script.</summary>
    public TimeSpan Script { get; set; }

    public RunFigures Of(RunKind run) => _runs[run];
}

/// <summary>What was measured of a run, as often as it was measured.</summary>
internal sealed class RunFigures
{
    private readonly List<ChildFigures> _module = [];
    private readonly List<ChildFigures> _bare = [];

    public (int Jira, int Ado) Requests { get; private set; }

    public string Outcome => _module[^1].Outcome ?? "-";

    public double StartSeconds => Median(_module, one => one.Start.TotalSeconds);

    public double WallSeconds => Median(_module, one => one.Wall.TotalSeconds);

    public double CpuSeconds => Median(_module, one => one.Cpu.TotalSeconds);

    public double PeakMegabytes => Median(_module, one => one.PeakMegabytes);

    public double BareSeconds => Median(_bare, one => one.Wall.TotalSeconds);

    /// <summary>The module's time to the loop's, each measured one after the other: the median of these pairs.</summary>
    public double Ratio => Median(_module.Zip(_bare).ToList(), pair => pair.First.Wall / pair.Second.Wall);

    public void Add(ChildFigures module, (int Jira, int Ado) requests)
    {
        _module.Add(module);
        Requests = requests;
    }

    public void AddBare(ChildFigures bare) => _bare.Add(bare);

    private static double Median<T>(List<T> all, Func<T, double> figure)
    {
        var sorted = all.Select(figure).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
