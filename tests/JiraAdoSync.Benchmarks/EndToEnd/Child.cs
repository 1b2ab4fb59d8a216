using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>What a process that is measured does.</summary>
internal enum ChildTask
{
    /// <summary>A run of the module, the first thing that the process does.</summary>
    Module,

    /// <summary>A first run and a second one of the module, after others in the same session.</summary>
    Session,

    /// <summary>The bare loop, the first thing that the process does.</summary>
    Bare,

    /// <summary>The bare loop for a first run and a second one, after a part of both.</summary>
    WarmBare,

    /// <summary>Two-way runs beside one-way ones, see <see cref="TwoWayRuns"/>.</summary>
    TwoWay,

    /// <summary>The bare loop for these, after a part of all.</summary>
    WarmTwoWayBare,
}

/// <summary>What a process measured of itself.</summary>
/// <param name="Start">From the process's start to the module's first cmdlet, the engine included.</param>
/// <param name="Wall">From signing in to the end.</param>
/// <param name="Cpu">The processor time of that.</param>
/// <param name="PeakMegabytes">The largest working set of the process.</param>
/// <param name="Outcome">What the module said of its run.</param>
internal sealed record ChildFigures(TimeSpan Start, TimeSpan Wall, TimeSpan Cpu, double PeakMegabytes, string? Outcome)
{
    /// <summary>By how much the largest working set exceeded that before the run.</summary>
    public double OverMegabytes { get; init; }

    /// <summary>What the run allocated, given back or not.</summary>
    public double AllocatedMegabytes { get; init; }

    /// <summary>How many requests the run sent to Jira and to Azure DevOps; null where nobody asked.</summary>
    public string? Requests { get; init; }

    /// <summary>The managed heap as the last collection of the run left it.</summary>
    public double HeapMegabytes { get; init; }
}

/// <summary>A process of its own: this program, started again. It reads the services from standard input.</summary>
internal static class Child
{
    public const string Name = "child";

    public static Command Create()
    {
        var task = new Argument<ChildTask>("task");
        var requests = new Option<string[]>("--requests") { AllowMultipleArgumentsPerToken = true };
        var module = new Option<string?>("--module");
        var options = new Option<string>("--options") { DefaultValueFactory = _ => string.Empty };
        var command = new Command(Name, "Used by the others.") { task, requests, module, options };
        command.Hidden = true;
        command.SetAction(async (parsed, token) =>
        {
            var services = JsonSerializer.Deserialize<Services>(Console.ReadLine()!)!;
            var files = parsed.GetValue(requests) ?? [];
            var figures = parsed.GetValue(task) switch
            {
                ChildTask.Module => [ModuleRun.Run(services, parsed.GetValue(module), parsed.GetValue(options)!)],
                ChildTask.Session => await ModuleRun.RunInSessionAsync(services, token),
                ChildTask.TwoWay => await TwoWayRuns.MeasureAsync(services, token),
                ChildTask.WarmTwoWayBare => await TwoWayRuns.MeasureBareAsync(services, files, token),
                ChildTask.Bare => await BareLoop.MeasureAsync(services, files, isWarm: false, token),
                _ => await BareLoop.MeasureAsync(services, files, isWarm: true, token),
            };
            Console.WriteLine(JsonSerializer.Serialize(figures));
        });
        return command;
    }

    /// <summary>Runs one.</summary>
    /// <returns>What it measured: one run, or a first and a second one.</returns>
    public static async Task<IReadOnlyList<ChildFigures>> RunAsync(
        ChildTask task,
        Services services,
        IReadOnlyList<string> requests,
        CancellationToken cancellationToken,
        string? module = null,
        string? program = null,
        string options = "")
    {
        var start = new ProcessStartInfo("dotnet");
        string[] all =
        [
            .. requests.Count == 0 ? [] : requests.Prepend("--requests"),
            .. module is null ? [] : new[] { "--module", module },
            .. options.Length == 0 ? [] : new[] { "--options", options },
        ];
        foreach (var argument in (string[])[program ?? typeof(Child).Assembly.Location, Name, task.ToString(), .. all])
        {
            start.ArgumentList.Add(argument);
        }

        return JsonSerializer.Deserialize<List<ChildFigures>>(
            await RunAsync(start, task.ToString(), services, cancellationToken))!;
    }

    /// <summary>Runs a process that reads the services from standard input.</summary>
    /// <param name="start">What is run.</param>
    /// <param name="name">What it is called where it fails.</param>
    /// <param name="services">The services.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> RunAsync(
        ProcessStartInfo start, string name, Services services, CancellationToken cancellationToken)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(services).AsMemory(), cancellationToken);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"The process for {name} failed; it said why above.");
    }
}
