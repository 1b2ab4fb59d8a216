using JiraAdoSync.Sandbox;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>One number of issues: their seed, and the requests that the module needs for them.</summary>
internal sealed class Trial : IDisposable
{
    private readonly JiraSample _sample;
    private readonly string _folder = Directory.CreateTempSubdirectory("JiraAdoSync-").FullName;
    private readonly int _port;

    private Trial(JiraSample sample, int port)
    {
        _sample = sample;
        _port = port;
    }

    private string Seed => Path.Combine(_folder, "seed.jsonl");

    private delegate Task Recording(int run, bool isBothWays);

    /// <summary>Makes the seed, and records what a first run and a second one send.</summary>
    public static Task<Trial> PrepareAsync(int issues, CancellationToken cancellationToken) => PrepareAsync(
        issues,
        async (_, record) =>
        {
            foreach (var run in Enum.GetValues<RunKind>())
            {
                await record((int)run, false);
            }
        },
        cancellationToken);

    /// <summary>Makes the seed, and records what two-way runs and one-way ones between them send.</summary>
    public static Task<Trial> PrepareTwoWayAsync(int issues, CancellationToken cancellationToken) => PrepareAsync(
        issues,
        async (services, record) =>
        {
            using var runs = new TwoWayRuns(services);
            foreach (var (at, (_, isBothWays)) in TwoWayRuns.All.Index())
            {
                await runs.PrepareAsync(at, cancellationToken);
                await record(at, isBothWays);
            }
        },
        cancellationToken);

    private static async Task<Trial> PrepareAsync(
        int issues, Func<Services, Recording, Task> recordAll, CancellationToken cancellationToken)
    {
        var sample = new JiraSample(issues);
        var requests = new List<RecordedRequest>();
        await using var recorder = await SandboxServer.StartAsync(
            new SandboxOptions { Seed = sample.Lines, Watcher = Record }, cancellationToken);
        // The addresses in the bodies hold wherever the port is the same.
        var trial = new Trial(sample, recorder.Address.Port);
        await File.WriteAllLinesAsync(trial.Seed, sample.Lines, cancellationToken);
        var services = Services.Of(recorder);
        await recordAll(services, RecordAsync);
        return trial;

        async Task RecordAsync(int run, bool isBothWays)
        {
            requests.Clear();
            var options = isBothWays ? ModuleRun.Both : string.Empty;
            await Child.RunAsync(ChildTask.Module, services, [], cancellationToken, options: options);
            await RecordedRequest.WriteAsync(trial.Requests(run), requests, cancellationToken);
        }

        void Record(Exchange exchange)
        {
            lock (requests)
            {
                requests.Add(RecordedRequest.Of(exchange));
            }
        }
    }

    /// <summary>Measures two-way runs beside one-way ones, and the bare loop for all of them.</summary>
    public async Task<IReadOnlyList<(ChildFigures Module, ChildFigures Bare)>> MeasureTwoWayAsync(
        int latency, CancellationToken cancellationToken)
    {
        await using var sandbox = await SandboxProcess.StartAsync(Seed, _port, latency, cancellationToken);
        string[] requests = [.. Enumerable.Range(0, TwoWayRuns.All.Count).Select(Requests)];
        var module = await Child.RunAsync(ChildTask.TwoWay, sandbox.Services, [], cancellationToken);
        await sandbox.ResetAsync(cancellationToken);
        var bare = await Child.RunAsync(ChildTask.WarmTwoWayBare, sandbox.Services, requests, cancellationToken);
        return [.. module.Zip(bare)];
    }

    /// <summary>Measures module, bare loop and script in turn.</summary>
    public async Task<TrialFigures> MeasureAsync(int latency, int repeats, CancellationToken cancellationToken)
    {
        await using var sandbox = await SandboxProcess.StartAsync(Seed, _port, latency, cancellationToken);
        var figures = new TrialFigures(_sample.Replicas.Count, latency);
        string[] requests = [.. Enum.GetValues<RunKind>().Select(run => Requests((int)run))];
        // The sandbox is compiled before it is timed.
        await Child.RunAsync(ChildTask.WarmBare, sandbox.Services, requests, cancellationToken);
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            await sandbox.ResetAsync(cancellationToken);
            foreach (var run in Enum.GetValues<RunKind>())
            {
                await sandbox.ResetStatsAsync(cancellationToken);
                figures.Of(run).Fresh.Add(await PwshRun.RunAsync(sandbox.Services, cancellationToken));
                figures.Of(run).Requests = await sandbox.CountAsync(cancellationToken);
            }

            await sandbox.ResetAsync(cancellationToken);
            foreach (var run in Enum.GetValues<RunKind>())
            {
                figures.Of(run).FreshBare.Add(
                    await Child.RunAsync(ChildTask.Bare, sandbox.Services, [Requests((int)run)], cancellationToken));
            }

            await sandbox.ResetAsync(cancellationToken);
            var session = await Child.RunAsync(ChildTask.Session, sandbox.Services, [], cancellationToken);
            await sandbox.ResetAsync(cancellationToken);
            var bare = await Child.RunAsync(ChildTask.WarmBare, sandbox.Services, requests, cancellationToken);
            foreach (var run in Enum.GetValues<RunKind>())
            {
                figures.Of(run).Session.Add([session[(int)run]]);
                figures.Of(run).WarmBare.Add([bare[(int)run]]);
            }
        }

        await sandbox.ResetAsync(cancellationToken);
        figures.Script = await PlainScript.EstimateAsync(_sample, sandbox.Services, cancellationToken);
        return figures;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Requests(int run) => Path.Combine(_folder, $"{run}.json");
}

/// <summary>Which of two runs.</summary>
internal enum RunKind
{
    /// <summary>Nothing exists yet.</summary>
    First,

    /// <summary>Everything exists.</summary>
    Second,
}
