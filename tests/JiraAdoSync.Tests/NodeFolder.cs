using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace JiraAdoSync.Tests;

/// <summary>
/// A folder with a script for Node and what the script needs from npm, which is fetched into its ignored
/// <c>node_modules</c> once. Where Node or npm is not found, or npm's registry is out of reach, there is a reason to
/// skip.
/// </summary>
/// <param name="path">The folder, seen from that of the tests.</param>
internal sealed class NodeFolder(params string[] path)
{
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(6);

    private readonly string _folder = Path.Combine([Repository.Root, "tests", "JiraAdoSync.Tests", .. path]);

    /// <summary>Fetches what the script needs, where it is not there yet.</summary>
    /// <returns>Why it can't be run; null where it can.</returns>
    public async Task<string?> InstallAsync()
    {
        try
        {
            await RunProgramAsync("node", "--version");

            // npm writes this file last, so an installation that was cut short is done again.
            var installed = Path.Combine(_folder, "node_modules", ".package-lock.json");
            if (File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(
                Path.Combine(_folder, "package-lock.json")))
            {
                return null;
            }

            var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
            var (status, _, errors) = await RunProgramAsync(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            return status == 0 ? null : $"npm could not fetch the packages of {_folder}: {errors}";
        }
        catch (Win32Exception missing)
        {
            return $"Node and npm are needed: {missing.Message}";
        }
    }

    /// <summary>Runs a script, which has to end well.</summary>
    /// <param name="script">Its file in the folder.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync(string script, params string[] arguments)
    {
        var (status, output, errors) = await RunProgramAsync("node", [script, .. arguments]);
        Assert.True(status == 0, $"{script}: {output}{errors}");
        return output;
    }

    private async Task<(int Status, string Output, string Errors)> RunProgramAsync(
        string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var end = new CancellationTokenSource(TooLong);
        try
        {
            var (output, errors) = (
                process.StandardOutput.ReadToEndAsync(end.Token), process.StandardError.ReadToEndAsync(end.Token));
            await process.WaitForExitAsync(end.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, string.Empty, $"{program} did not end within {TooLong.TotalMinutes} minutes.");
        }
    }
}
