using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Reporting;

/// <summary>
/// Chromium, driven by <c>node/look.mjs</c>. Where Chromium, Node or npm is not found, or npm's registry is out of reach,
/// there is a reason to skip.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string Folder =
        Path.Combine(Repository.Root, "tests", "JiraAdoSync.Tests", "Reporting", "node");

    private static readonly string? Chromium =
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    private string? _skipReason;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Chromium is null)
        {
            _skipReason = "Chromium is needed.";
            return;
        }

        try
        {
            // npm writes this file last, so an installation that was cut short is done again.
            var installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
            if (File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            {
                var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
                var (code, _, errors) = await RunAsync(npm, "ci", "--no-audit", "--no-fund");
                _skipReason = code == 0 ? null : $"npm could not install playwright-core: {errors}";
            }
        }
        catch (Win32Exception missing)
        {
            _skipReason = $"Node and npm are needed: {missing.Message}";
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What is seen of a page.</summary>
    internal async Task<JsonNode> LookAtAsync(string report)
    {
        Assert.SkipWhen(_skipReason is not null, _skipReason ?? string.Empty);
        var (code, output, errors) = await RunAsync("node", "look.mjs", Chromium!, report);
        Assert.True(code == 0, errors);
        return JsonNode.Parse(output)!;
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
