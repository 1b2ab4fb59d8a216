using System.ComponentModel;
using System.Diagnostics;
using System.Xml.Linq;

namespace JiraAdoSync.Tests;

/// <summary>
/// PowerShell as its users start it: the one on the PATH, else the .NET tool, which is installed once into the ignored
/// <c>output/tools</c>.
/// </summary>
internal static class PowerShellTool
{
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(6);

    private static readonly Lazy<Task<(string? Path, string? Missing)>> Found = new(FindAsync);

    /// <summary>The program, or why there is none.</summary>
    public static Task<(string? Path, string? Missing)> GetAsync() => Found.Value;

    private static async Task<(string? Path, string? Missing)> FindAsync()
    {
        var name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        var folder = Path.Combine(Repository.Root, "output", "tools", "pwsh");
        var path = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Append(folder)
            .Select(one => Path.Combine(one, name))
            .FirstOrDefault(File.Exists);
        if (path is not null)
        {
            return (path, null);
        }

        // The version that the tests' embedded PowerShell has, too.
        var version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion")
            .First(one => (string?)one.Attribute("Include") == "System.Management.Automation")
            .Attribute("Version")!.Value;
        try
        {
            using var install = Process.Start(new ProcessStartInfo(
                "dotnet", ["tool", "install", "PowerShell", "--version", version, "--tool-path", folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            using var end = new CancellationTokenSource(TooLong);
            var output = install.StandardOutput.ReadToEndAsync(end.Token);
            var errors = install.StandardError.ReadToEndAsync(end.Token);
            await install.WaitForExitAsync(end.Token);
            return install.ExitCode == 0
                ? (Path.Combine(folder, name), null)
                : (null, $"There is no PowerShell here, and it could not be installed: {await output}{await errors}");
        }
        catch (Exception failure) when (failure is Win32Exception or OperationCanceledException)
        {
            return (null, $"There is no PowerShell here, and it could not be installed: {failure.Message}");
        }
    }
}
