using System.ComponentModel;
using System.Diagnostics;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>
/// jira.js, as npm has it, drives the sandbox and finds nothing strange: <c>node/drive.mjs</c>, one area a test.
/// </summary>
public sealed class NodeClientTests(NodeClientTests.Packages packages) : IClassFixture<NodeClientTests.Packages>
{
    private static readonly string Folder =
        Path.Combine(Repository.Root, "tests", "JiraAdoSync.Tests", "Sandbox", "Jira", "node");

    [Theory]
    [InlineData("site")]
    [InlineData("configuration")]
    [InlineData("search")]
    [InlineData("issues")]
    [InlineData("links")]
    [InlineData("remoteLinks")]
    [InlineData("properties")]
    [InlineData("comments")]
    [InlineData("attachments")]
    [InlineData("history")]
    [InlineData("users")]
    [InlineData("webhooks")]
    public async Task The_client_from_npm_works_on_it_unmodified(string area)
    {
        Assert.SkipWhen(packages.Missing is not null, packages.Missing ?? "");
        await using var server = await SandboxServer.StartAsync(
            new SandboxOptions { Switches = new SandboxSwitches { JiraAccountsMayUseDynamicWebhooks = true } },
            TestContext.Current.CancellationToken);

        var (status, output) = await RunAsync("node", "drive.mjs", area, $"{server.JiraUri}", server.JiraUser, server.JiraToken);

        Assert.True(status == 0, output);
    }

    private static async Task<(int Status, string Output)> RunAsync(string program, params string[] arguments)
    {
        var isScript = OperatingSystem.IsWindows() && program == "npm";
        using var process = Process.Start(new ProcessStartInfo(isScript ? "npm.cmd" : program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var tooLong = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(tooLong.Token);
            var error = process.StandardError.ReadToEndAsync(tooLong.Token);
            await process.WaitForExitAsync(tooLong.Token);
            return (process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"{program} did not end within three minutes.");
        }
    }

    /// <summary>Fetches the packages once, into the ignored <c>node_modules</c> beside the script.</summary>
    public sealed class Packages : IAsyncLifetime
    {
        /// <summary>Why the client is not there, or null.</summary>
        public string? Missing { get; private set; }

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            var (installed, wanted) = (Path.Combine(Folder, "node_modules", ".package-lock.json"), Path.Combine(Folder, "package-lock.json"));
            try
            {
                await RunAsync("node", "--version");
                if (!File.Exists(installed) || File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(wanted))
                {
                    var (status, output) = await RunAsync("npm", "ci", "--no-audit", "--no-fund");
                    Missing = status == 0 ? null : $"npm could not fetch jira.js: {output}";
                }
            }
            catch (Win32Exception)
            {
                Missing = "node or npm is not found here.";
            }
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
