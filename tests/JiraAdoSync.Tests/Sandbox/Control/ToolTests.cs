using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Control;

/// <summary>The sandbox as a .NET tool: packed, installed from the package, and run without the source.</summary>
public sealed class ToolTests
{
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task Is_packed_installed_and_plays_the_demo_and_serves_without_the_source()
    {
        using var folder = new TemporaryFolder();
        var (packages, tools) = (Path.Combine(folder.Path, "packages"), Path.Combine(folder.Path, "tools"));
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        await RunAsync(
            folder.Path, "dotnet", "pack", Path.Combine(Repository.Root, "src", "JiraAdoSync.Sandbox"), "--no-build",
            "--configuration", configuration, "--output", packages);
        await RunAsync(
            folder.Path, "dotnet", "tool", "install", "JiraAdoSync.Sandbox", "--tool-path", tools,
            "--source", packages, "--no-cache");
        var tool = Path.Combine(tools, OperatingSystem.IsWindows() ? "jira-ado-sandbox.exe" : "jira-ado-sandbox");

        var played = await RunAsync(folder.Path, tool, "demo");
        Assert.StartsWith("The sandbox and PowerShell start", played, StringComparison.Ordinal);
        Assert.Contains("The demo is over, and the sandbox has stopped.", played, StringComparison.Ordinal);
        Assert.Matches(@"! Conflict +SHOP-1 +Title: undecided", played);
        Assert.Matches(
            "SHOP-1 +Customers can pay by card and with PayPal +Customers can pay by card and with PayPal", played);
        Assert.Equal(2, Regex.Count(played, "Outcome +: NoChange"));

        using var serving = Start(folder.Path, tool, "serve");
        try
        {
            using var end = new CancellationTokenSource(TooLong);
            var ready = JsonNode.Parse((await serving.StandardOutput.ReadLineAsync(end.Token))!)!;
            using var client = new HttpClient();
            var page = await client.GetStringAsync(new Uri(new Uri(ready["jira"]!.ToString()), "/"), end.Token);
            Assert.Contains($"its process, {serving.Id}, is stopped", page, StringComparison.Ordinal);
        }
        finally
        {
            serving.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Start(folder, program, arguments);
        using var end = new CancellationTokenSource(TooLong);
        try
        {
            var (output, errors) = (
                process.StandardOutput.ReadToEndAsync(end.Token), process.StandardError.ReadToEndAsync(end.Token));
            await process.WaitForExitAsync(end.Token);
            Assert.True(process.ExitCode == 0, $"{program} {arguments[0]}: {await output}{await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(string folder, string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
}
