using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>What a process that is measured does.</summary>
internal enum ChildTask
{
    /// <summary>A run of the module.</summary>
    Module,

    /// <summary>The bare loop.</summary>
    Bare,

    /// <summary>A few of the bare loop's requests of each kind, so that the sandbox is compiled before it is timed.</summary>
    WarmUp,
}

/// <summary>What a process measured of itself.</summary>
/// <param name="Start">From the process's start to the module's first cmdlet, the engine included.</param>
/// <param name="Wall">From signing in to the end.</param>
/// <param name="Cpu">The processor time of that.</param>
/// <param name="PeakMegabytes">The largest working set of the process.</param>
/// <param name="Outcome">What the module said of its run.</param>
internal sealed record ChildFigures(TimeSpan Start, TimeSpan Wall, TimeSpan Cpu, double PeakMegabytes, string? Outcome);

/// <summary>A process of its own: this program, started again. It is told the services on standard input.</summary>
internal static class Child
{
    public const string Name = "child";

    public static Command Create()
    {
        var task = new Argument<ChildTask>("task");
        var requests = new Option<string>("--requests");
        var command = new Command(Name, "Used by end-to-end.") { task, requests };
        command.Hidden = true;
        command.SetAction(async (parsed, token) =>
        {
            var services = JsonSerializer.Deserialize<Services>(Console.ReadLine()!)!;
            var figures = parsed.GetValue(task) == ChildTask.Module
                ? ModuleRun.Run(services)
                : await SendAsync(parsed.GetValue(task), services, parsed.GetValue(requests)!, token);
            Console.WriteLine(JsonSerializer.Serialize(figures));
        });
        return command;
    }

    public static async Task<ChildFigures> RunAsync(
        ChildTask task,
        Services services,
        string? requests,
        CancellationToken token)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] options = requests is null ? [] : ["--requests", requests];
        foreach (var argument in (string[])[typeof(Child).Assembly.Location, Name, task.ToString(), .. options])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(services).AsMemory(), token);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<ChildFigures>(output)!
            : throw new InvalidOperationException($"The process for {task} failed; it said why above.");
    }

    private static async Task<ChildFigures> SendAsync(
        ChildTask task,
        Services services,
        string file,
        CancellationToken token)
    {
        var requests = await RecordedRequest.ReadAsync(file, token);
        if (task == ChildTask.WarmUp)
        {
            requests = [.. requests.GroupBy(request => (request.Target.Split('?')[0], request.IsCreation)).SelectMany(kind => kind.Take(20))];
        }

        using var loop = new BareLoop(services);
        var meter = new Meter();
        await loop.SendAsync(requests, token);
        return meter.Read(null);
    }
}
