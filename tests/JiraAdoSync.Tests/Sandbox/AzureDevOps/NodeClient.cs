using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>
/// The vendor's own client from npm, unmodified, driven once through everything by <c>node/drive.js</c>. Where Node or
/// npm is not found, or its registry is out of reach, there is a reason to skip in place of what it said.
/// </summary>
public sealed class NodeClient : IAsyncLifetime
{
    private static readonly string Folder =
        Path.Combine(Repository.Root, "tests", "JiraAdoSync.Tests", "Sandbox", "AzureDevOps", "node");

    private JsonNode? _said;
    private string? _skipReason;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _skipReason = await InstallAsync();
        if (_skipReason is not null)
        {
            return;
        }

        await using var ado = await Ado.StartAsync();
        var (code, output, errors) = await RunAsync(
            "node", Path.Combine(Folder, "drive.js"), ado.Server.OrganizationUri.ToString(), ado.Server.Project, ado.Server.AdoToken);
        Assert.True(code == 0, errors);
        _said = JsonNode.Parse(output)!;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What the client got for one of the script's questions, as JSON.</summary>
    internal string Said(string name)
    {
        Assert.SkipWhen(_skipReason is not null, _skipReason ?? "");
        return _said![name]?.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            ?? "null";
    }

    private static async Task<string?> InstallAsync()
    {
        try
        {
            await RunAsync("node", "--version");

            // npm writes this file last, so an installation that was cut short is done again.
            var installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
            if (File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            {
                var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
                var (code, _, errors) = await RunAsync(npm, "ci", "--no-audit", "--no-fund", "--prefix", Folder);
                return code == 0 ? null : $"npm could not install azure-devops-node-api: {errors}";
            }

            return null;
        }
        catch (Win32Exception missing)
        {
            return $"Node and npm are needed: {missing.Message}";
        }
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
