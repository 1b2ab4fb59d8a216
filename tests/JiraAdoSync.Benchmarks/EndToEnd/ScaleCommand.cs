using System.CommandLine;
using System.Globalization;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>
/// <c>scale</c>: what an issue costs among few and among many, in processor time, allocations and memory, none of which
/// depends on what else the machine does. Each run is a process of its own. With <c>--against</c> another staged module
/// is measured in turn with this one, so that both figures of a ratio come from the same minutes.
/// </summary>
internal static class ScaleCommand
{
    public const string Name = "scale";

    public static Command Create()
    {
        var issues = new Option<string>("--issues")
        {
            Description = "How many issues; several numbers, separated by commas.",
            DefaultValueFactory = _ => "1000,10000,30000,100000",
        };
        var against = new Option<string?>("--against")
        {
            Description = "The folder of another staged module, as a full path.",
        };
        var repeats = new Option<int>("--repeat")
        {
            Description = "How often each is measured; the medians are shown.", DefaultValueFactory = _ => 1,
        };
        var real = new Option<bool>("--real")
        {
            Description = "Take the real issues beside the repository, multiplied, instead of generated ones.",
        };
        var command = new Command(Name, "Measures what an issue costs among few and among many.")
        {
            issues, against, repeats, real,
        };
        command.SetAction(async (parsed, token) =>
        {
            Console.WriteLine(Report.Machine);
            Console.WriteLine();
            Console.WriteLine(
                """
                | issues | run | module | CPU an issue | allocated an issue | heap at the end | memory over the engine |
                |---:|---|---|---:|---:|---:|---:|
                """);
            foreach (var number in parsed.GetValue(issues)!.Split(',').Select(int.Parse))
            {
                await MeasureAsync(
                    number, parsed.GetValue(real), parsed.GetValue(against), parsed.GetValue(repeats), token);
            }
        });
        return command;
    }

    /// <summary>
    /// A copy of this program with the assemblies of another module: an assembly that lies beside a program is loaded
    /// instead of the module's own.
    /// </summary>
    private static string CopyFor(string module, string folder)
    {
        var here = AppContext.BaseDirectory;
        foreach (var file in Directory.GetFiles(here, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(here, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var name = Path.Combine(module, Path.GetFileName(file));
            var isOfModule = Path.GetFileName(file) is "JiraAdoSync.Core.dll" or "JiraAdoSync.Rest.dll";
            File.Copy(isOfModule ? name : file, copy, overwrite: true);
        }

        return Path.Combine(folder, Path.GetFileName(typeof(Child).Assembly.Location));
    }

    private static async Task MeasureAsync(
        int issues, bool isReal, string? against, int repeats, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("JiraAdoSync-").FullName;
        var seed = Path.Combine(folder, "seed.jsonl");
        try
        {
            var program = against is null ? null : CopyFor(against, Path.Combine(folder, "other"));
            await WriteSeedAsync(seed, issues, isReal, cancellationToken);
            await using var sandbox = await SandboxProcess.StartAsync(seed, 0, 0, cancellationToken);
            string?[] modules = against is null ? [null] : [null, against];
            var figures = modules.Select(_ => Enum.GetValues<RunKind>().Select(_ => new Series()).ToList()).ToList();
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                for (var module = 0; module < modules.Length; module++)
                {
                    await sandbox.ResetAsync(cancellationToken);
                    foreach (var run in Enum.GetValues<RunKind>())
                    {
                        figures[module][(int)run].Add(await Child.RunAsync(
                            ChildTask.Module, sandbox.Services, [], cancellationToken, modules[module],
                            modules[module] is null ? null : program,
                            options: isReal ? ModuleRun.OfReal : string.Empty));
                    }
                }
            }

            foreach (var run in Enum.GetValues<RunKind>())
            {
                for (var module = 0; module < modules.Length; module++)
                {
                    Console.WriteLine(
                        Row(issues, run, modules[module] is null ? "this" : "other", figures[module][(int)run]));
                }

                if (against is not null)
                {
                    var (now, other) = (figures[0][(int)run], figures[1][(int)run]);
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {issues:N0} | {run} | ratio | {now.CpuSeconds / other.CpuSeconds:N2} | {now.AllocatedMegabytes / other.AllocatedMegabytes:N2} | {now.HeapMegabytes / other.HeapMegabytes:N2} | {now.OverMegabytes / other.OverMegabytes:N2} |"));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Row(int issues, RunKind run, string module, Series figures) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {issues:N0} | {run} ({figures.Outcome}) | {module} | {figures.CpuSeconds * 1e6 / issues:N0} µs | {figures.AllocatedMegabytes * 1048576 / issues:N0} B | {figures.HeapMegabytes:N0} MB | {figures.OverMegabytes:N0} MB |");

    private static async Task WriteSeedAsync(
        string path, int issues, bool isReal, CancellationToken cancellationToken)
    {
        if (!isReal)
        {
            await File.WriteAllLinesAsync(path, new JiraSample(issues).Lines, cancellationToken);
            return;
        }

        var jira =
            RealJira.Find(issues) ?? throw new InvalidOperationException("No real issues lie beside the repository.");
        await using var file = File.Create(path);
        foreach (var line in jira.Lines)
        {
            await file.WriteAsync(line, cancellationToken);
            file.WriteByte((byte)'\n');
        }
    }
}
