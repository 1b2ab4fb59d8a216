using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Net;
using JiraAdoSync.Tests;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>A run of the staged module in a PowerShell engine, as a scheduled script does it.</summary>
internal static class ModuleRun
{
    public static ChildFigures Run(Services services)
    {
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Path.Combine(Repository.StagedModule, "JiraAdoSync.psd1")]);
        using var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(
            """
            param($Services, $Credential, $Token, $Jql)
            $null = Connect-JiraSite -Uri $Services.Jira -Credential $Credential
            $null = Connect-AdoProject -OrganizationUri $Services.Organization -Project $Services.Project -Token $Token
            Invoke-JiraAdoSync -Jql $Jql
            """)
            .AddParameter("Services", services)
            .AddParameter("Credential", new PSCredential(services.JiraUser, Secret(services.JiraToken)))
            .AddParameter("Token", Secret(services.AdoToken))
            .AddParameter("Jql", JiraSample.Jql);
        PSObject? last = null;
        using var output = new PSDataCollection<PSObject>();
        // Results are looked at and let go, as by a script that writes them to a file.
        output.DataAdded += (_, _) => last = output.ReadAll().LastOrDefault() ?? last;
        var meter = new Meter();
        shell.Invoke(null, output);
        var figures = meter.Read(last?.Properties["Outcome"]?.Value?.ToString());
        return shell.Streams.Error.Count == 0
            ? figures
            : throw new InvalidOperationException($"The run failed: {shell.Streams.Error[0]}");
    }

    private static System.Security.SecureString Secret(string text) => new NetworkCredential(string.Empty, text).SecurePassword;
}
