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

    /// <summary>Makes the seed, and records what a first run and a second one send.</summary>
    public static async Task<Trial> PrepareAsync(int issues, CancellationToken token)
    {
        var sample = new JiraSample(issues);
        var requests = new List<RecordedRequest>();
        await using var recorder = await SandboxServer.StartAsync(
            new SandboxOptions { Seed = sample.Lines, Watcher = Record }, token);
        // The addresses in the bodies hold wherever the port is the same.
        var trial = new Trial(sample, recorder.Address.Port);
        await File.WriteAllLinesAsync(trial.Seed, sample.Lines, token);
        var services = Services.Of(recorder);
        foreach (var run in Enum.GetValues<RunKind>())
        {
            requests.Clear();
            await Child.RunAsync(ChildTask.Module, services, [], token);
            await RecordedRequest.WriteAsync(trial.Requests(run), requests, token);
        }

        return trial;

        void Record(Exchange exchange)
        {
            lock (requests)
            {
                requests.Add(RecordedRequest.Of(exchange));
            }
        }
    }

    /// <summary>Measures module, bare loop and script in turn.</summary>
    public async Task<TrialFigures> MeasureAsync(int latency, int repeats, CancellationToken token)
    {
        await using var sandbox = await SandboxProcess.StartAsync(Seed, _port, latency, token);
        var figures = new TrialFigures(_sample.Replicas.Count, latency);
        string[] requests = [.. Enum.GetValues<RunKind>().Select(Requests)];
        // The sandbox is compiled before it is timed.
        await Child.RunAsync(ChildTask.WarmBare, sandbox.Services, requests, token);
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            await sandbox.ResetAsync(token);
            foreach (var run in Enum.GetValues<RunKind>())
            {
                await sandbox.ResetStatsAsync(token);
                figures.Of(run).Fresh.Add(await Child.RunAsync(ChildTask.Module, sandbox.Services, [], token));
                figures.Of(run).Requests = await sandbox.CountAsync(token);
            }

            await sandbox.ResetAsync(token);
            foreach (var run in Enum.GetValues<RunKind>())
            {
                figures.Of(run).FreshBare.Add(
                    await Child.RunAsync(ChildTask.Bare, sandbox.Services, [Requests(run)], token));
            }

            await sandbox.ResetAsync(token);
            var session = await Child.RunAsync(ChildTask.Session, sandbox.Services, [], token);
            await sandbox.ResetAsync(token);
            var bare = await Child.RunAsync(ChildTask.WarmBare, sandbox.Services, requests, token);
            foreach (var run in Enum.GetValues<RunKind>())
            {
                figures.Of(run).Session.Add([session[(int)run]]);
                figures.Of(run).WarmBare.Add([bare[(int)run]]);
            }
        }

        await sandbox.ResetAsync(token);
        figures.Script = await PlainScript.EstimateAsync(_sample, sandbox.Services, token);
        return figures;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Requests(RunKind run) => Path.Combine(_folder, $"{run}.json");
}

/// <summary>Which of two runs.</summary>
internal enum RunKind
{
    /// <summary>Nothing stands yet.</summary>
    First,

    /// <summary>Everything stands.</summary>
    Second,
}
