using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Net;
using JiraAdoSync.Tests;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>
/// Runs of the staged module in a PowerShell engine. The engine that tests and this use is not compiled ahead of time,
/// where that of an installed PowerShell is: a fresh process pays for it here.
/// </summary>
internal static class ModuleRun
{
    private const int WarmUps = 3;

    /// <summary>
    /// What passes between runs at a prompt. The runtime continues compiling what a run used often for about as long
    /// after it, and two runs without a pause would be measured with that.
    /// </summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>What makes a warm-up take as long for many issues as for few.</summary>
    internal const string Few = " AND key <= BIG-400";

    /// <summary>The option of a two-way run.</summary>
    internal const string Both = " -Direction Both";

    /// <summary>What the real issues beside the repository need.</summary>
    internal const string OfReal =
        " -Unmapped Related -TypeMapping @{ Improvement = 'User Story'; 'New Feature' = 'User Story' }"
        + " -PriorityMapping @{ None = 2 } -WarningAction Ignore";

    /// <summary>One run, as a scheduled script does it: connects, runs, ends.</summary>
    /// <param name="services">The services that it syncs.</param>
    /// <param name="module">The folder of the module; null for the one that the build staged.</param>
    /// <param name="options">Further parameters of the command.</param>
    public static ChildFigures Run(Services services, string? module, string options)
    {
        using var runspace = Open(module);
        return Run(runspace, services, JiraSample.Jql, options);
    }

    /// <summary>A first run and a second one, in a session that has done others before.</summary>
    public static async Task<IReadOnlyList<ChildFigures>> RunInSessionAsync(
        Services services, CancellationToken cancellationToken)
    {
        using var runspace = Open();
        for (var warmUp = 0; warmUp < WarmUps; warmUp++)
        {
            Run(runspace, services, JiraSample.Jql + Few);
            Run(runspace, services, JiraSample.Jql + Few);
            await services.ResetAsync(cancellationToken);
            await Task.Delay(Pause, cancellationToken);
        }

        var first = Run(runspace, services, JiraSample.Jql);
        await Task.Delay(Pause, cancellationToken);
        return [first, Run(runspace, services, JiraSample.Jql)];
    }

    internal static Runspace Open(string? module = null)
    {
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Path.Combine(module ?? Repository.StagedModule, "JiraAdoSync.psd1")]);
        var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        return runspace;
    }

    internal static ChildFigures Run(
        Runspace runspace, Services services, string jql, string options = "")
    {
        using var shell = PowerShell.Create(runspace);
        // Results are looked at and let go, as by a script that writes them to a file. What the session knows of work
        // items is forgotten at the end: the next run finds them by itself.
        shell.AddScript(
            $$"""
            param($Services, $Credential, $Token, $Jql)
            $null = Connect-JiraSite -Uri $Services.Jira -Credential $Credential{{(options == Both ? " -AllowWrite" : "")}}
            $null = Connect-AdoProject -OrganizationUri $Services.Organization -Project $Services.Project -Token $Token
            Invoke-JiraAdoSync -Jql $Jql{{options}} | ForEach-Object { $last = $_ }
            $last
            Disconnect-JiraAdo
            """)
            .AddParameter("Services", services)
            .AddParameter("Credential", new PSCredential(services.JiraUser, Secret(services.JiraToken)))
            .AddParameter("Token", Secret(services.AdoToken))
            .AddParameter("Jql", jql);
        var meter = new Meter();
        var summary = shell.Invoke().SingleOrDefault();
        var figures = meter.Read(summary?.Properties["Outcome"]?.Value?.ToString());
        return shell.Streams.Error.Count == 0
            ? figures
            : throw new InvalidOperationException($"The run failed: {shell.Streams.Error[0]}");
    }

    private static System.Security.SecureString Secret(string text) =>
        new NetworkCredential(string.Empty, text).SecurePassword;
}
