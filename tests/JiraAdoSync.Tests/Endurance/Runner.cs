using System.Diagnostics;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>A process of its own that has the staged module imported, and may be killed at any moment.</summary>
internal sealed class Runner : IDisposable
{
    private static readonly string Program = Path.Combine(
        Repository.Root,
        "tests",
        "JiraAdoSync.Runner",
        "bin",
        new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
        new DirectoryInfo(AppContext.BaseDirectory).Name,
        "JiraAdoSync.Runner.dll");

    private readonly Process _process;
    private readonly Task<string> _errors;

    private Runner(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a process, which imports the module at once.</summary>
    public static Runner Start() => new(Process.Start(new ProcessStartInfo(
        "dotnet", [Program, Path.Combine(Repository.StagedModule, "JiraAdoSync.psd1")])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    /// <summary>Waits until the module is imported.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line != "ready")
        {
            throw new InvalidOperationException($"The runner says '{line}'. {(line is null ? await _errors : null)}");
        }
    }

    /// <summary>Runs a script that is connected to a sandbox; ends when the process ends.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        SandboxServer sandbox, string script, CancellationToken cancellationToken)
    {
        var work = new JsonObject
        {
            ["jiraUri"] = sandbox.JiraUri.ToString(),
            ["jiraUser"] = sandbox.JiraUser,
            ["jiraToken"] = sandbox.JiraToken,
            ["organizationUri"] = sandbox.OrganizationUri.ToString(),
            ["project"] = sandbox.Project,
            ["adoToken"] = sandbox.AdoToken,
            ["script"] = script,
        };
        await _process.StandardInput.WriteLineAsync(work.ToJsonString().AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        var output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return (_process.ExitCode, output, await _errors);
    }

    /// <summary>Kills the process, as the system does (SIGKILL): nothing in it gets a chance to tidy up.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
