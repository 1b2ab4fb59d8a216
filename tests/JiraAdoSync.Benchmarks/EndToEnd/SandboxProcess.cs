using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>The sandbox in a process of its own.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _control;

    private SandboxProcess(Process process, Services services)
    {
        _process = process;
        Services = services;
        _control = new HttpClient { BaseAddress = new Uri(services.Jira.GetLeftPart(UriPartial.Authority)) };
    }

    public Services Services { get; }

    public static async Task<SandboxProcess> StartAsync(
        string seed, int port, int latency, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            typeof(SandboxServer).Assembly.Location,
            "serve",
            "--seed", seed,
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--latency", latency.ToString(CultureInfo.InvariantCulture),
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var ready = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return ready is null
            ? throw new InvalidOperationException("The sandbox did not start; it said why above.")
            : new SandboxProcess(process, JsonSerializer.Deserialize<Services>(ready, JsonSerializerOptions.Web)!);
    }

    /// <summary>Resets to the seed.</summary>
    public Task ResetAsync(CancellationToken cancellationToken) => Services.ResetAsync(cancellationToken);

    public async Task ResetStatsAsync(CancellationToken cancellationToken) =>
        (await _control.PostAsync(new Uri("/sandbox/stats/reset", UriKind.Relative), null, cancellationToken))
            .EnsureSuccessStatusCode().Dispose();

    /// <summary>How many requests came since the last reset.</summary>
    public async Task<(int Jira, int Ado)> CountAsync(CancellationToken cancellationToken)
    {
        var stats = await _control.GetFromJsonAsync<JsonNode>("/sandbox/stats", cancellationToken);
        return ((int)stats!["byService"]!["jira"]!, (int)stats["byService"]!["ado"]!);
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
