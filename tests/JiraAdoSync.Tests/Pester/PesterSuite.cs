using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace JiraAdoSync.Tests.Pester;

/// <summary>
/// Runs the Pester suite, <c>tests/*.Tests.ps1</c>, in the real <c>pwsh</c> of <c>.config/dotnet-tools.json</c>, with a
/// Pester that the build has staged. It needs nothing that is installed on the machine but the .NET SDK.
/// </summary>
internal static class PesterSuite
{
    /// <summary>Runs files of the suite.</summary>
    /// <param name="pesterVersion">The version of Pester.</param>
    /// <param name="files">What to run, relative to <c>tests</c>; wildcards are allowed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What became of each test, and of whatever failed outside of tests.</returns>
    /// <exception cref="InvalidOperationException">There is no shell, or it ended without results.</exception>
    public static async Task<IReadOnlyList<PesterResult>> RunAsync(
        string pesterVersion, string files, CancellationToken cancellationToken)
    {
        var (code, output) = await DotnetAsync(["tool", "restore"], cancellationToken);
        if (code != 0)
        {
            throw new InvalidOperationException($"'dotnet tool restore' ended with {code}, so there is no pwsh. {output}");
        }

        using var folder = new TemporaryFolder();
        var results = Path.Combine(folder.Path, "results.jsonl");
        (code, output) = await DotnetAsync(
            [
                "pwsh", "-NoProfile", "-NonInteractive", "-File", Path.Combine(Repository.Root, "tests", "Invoke-Suite.ps1"),
                "-Path", Path.Combine(Repository.Root, "tests", files), "-PesterVersion", pesterVersion,
                "-ResultPath", results,
            ],
            cancellationToken);
        if (!File.Exists(results))
        {
            throw new InvalidOperationException($"The Pester suite ended with {code} and without results. {output}");
        }

        var read = File.ReadLines(results).Select(line => JsonSerializer.Deserialize<PesterResult>(line)!).ToList();
        return code == 0 || read.Exists(result => result.Outcome == "Failed")
            ? read
            : throw new InvalidOperationException($"The Pester suite ended with {code}, and no test failed. {output}");
    }

    /// <summary>Runs a command of the SDK in the repository, where the manifest of its tools is found.</summary>
    private static async Task<(int Code, string Output)> DotnetAsync(
        string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The suite starts what this build has built.
        start.Environment["JIRAADOSYNC_CONFIGURATION"] = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        // A server of a build that the suite runs would outlive it.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new StringBuilder();
        process.Exited += (_, _) => exited.TrySetResult();
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        // The shell is a child of the tool's launcher, and has children itself.
        await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        // The exit is waited for and not the end of the output, which whatever outlives the suite keeps open.
        await exited.Task;
        cancellationToken.ThrowIfCancellationRequested();
        lock (said)
        {
            return (process.ExitCode, said.ToString());
        }

        void Hear(object sender, DataReceivedEventArgs line)
        {
            lock (said)
            {
                said.AppendLine(line.Data);
            }
        }
    }
}
