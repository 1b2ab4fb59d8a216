using System.Diagnostics;
using System.Text.Json;
using JiraAdoSync.Tests;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>
/// A run of the staged module in a real pwsh that does nothing else, as a scheduled script is. Needs <c>dotnet tool
/// restore</c> before.
/// </summary>
internal static class PwshRun
{
    /// <summary>Reads the services from standard input, as <see cref="Child"/> does, and writes the same figures.</summary>
    private const string Script =
        """
        $ErrorActionPreference = 'Stop'
        $services = [Console]::In.ReadLine() | ConvertFrom-Json
        $me = [Diagnostics.Process]::GetCurrentProcess()
        Import-Module $env:MEASURED_MODULE
        $credential = [pscredential]::new($services.JiraUser, (ConvertTo-SecureString $services.JiraToken -AsPlainText))
        $token = ConvertTo-SecureString $services.AdoToken -AsPlainText
        $start = [DateTime]::Now - $me.StartTime
        $me.Refresh()
        $before = $me.TotalProcessorTime
        $bare = $me.WorkingSet64
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $null = Connect-JiraSite -Uri $services.Jira -Credential $credential
        $null = Connect-AdoProject -OrganizationUri $services.Organization -Project $services.Project -Token $token
        Invoke-JiraAdoSync -Jql $env:MEASURED_JQL | ForEach-Object { $last = $_ }
        $wall = $clock.Elapsed
        $me.Refresh()
        [ordered] @{
            Start = "$start"; Wall = "$wall"; Cpu = "$($me.TotalProcessorTime - $before)"; Outcome = "$($last.Outcome)"
            PeakMegabytes = $me.PeakWorkingSet64 / 1MB; OverMegabytes = ($me.PeakWorkingSet64 - $bare) / 1MB
        } | ConvertTo-Json -Compress
        """;

    /// <summary>Runs it.</summary>
    public static async Task<IReadOnlyList<ChildFigures>> RunAsync(
        Services services, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", ["pwsh", "-NoProfile", "-NonInteractive", "-Command", Script])
        {
            WorkingDirectory = Repository.Root,
        };
        // Or it would write control characters.
        start.Environment["TERM"] = "dumb";
        start.Environment["MEASURED_MODULE"] = Path.Combine(Repository.StagedModule, "JiraAdoSync.psd1");
        start.Environment["MEASURED_JQL"] = JiraSample.Jql;
        var output = await Child.RunAsync(start, "pwsh", services, cancellationToken);
        return [JsonSerializer.Deserialize<ChildFigures>(output.AsSpan(output.IndexOf('{')))!];
    }
}
