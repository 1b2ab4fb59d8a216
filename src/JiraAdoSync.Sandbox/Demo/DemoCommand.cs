using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Net;
using Command = System.CommandLine.Command;

namespace JiraAdoSync.Sandbox.Demo;

/// <summary>
/// <c>demo</c>: plays the recipe's story from end to end: starts the sandbox, and runs the sample script of the module
/// in an embedded PowerShell, as a user would run it against real sites. Then people edit both sides.
/// </summary>
internal static class DemoCommand
{
    private const int PlainWidth = 120;

    public static Command Create()
    {
        var command = new Command(
            "demo", "Plays the recipe's story through the real cmdlets, from Jira to Azure DevOps and both ways.");
        command.SetAction((_, token) => RunAsync(token));
        return command;
    }

    /// <returns>The exit code: 0 where every step went well.</returns>
    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (FindModule() is not { } module)
        {
            await Console.Error.WriteLineAsync(
                "The staged module, output/JiraAdoSync, is not there. Run 'dotnet build' in the repository first.");
            return 1;
        }

        // Starting is silent for seconds on a slow machine.
        Console.WriteLine("The sandbox and PowerShell start; it takes a few seconds. Ctrl+C stops the demo.");

        await using var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions { Seed = RecipeStory.Issues }, cancellationToken);
        var isTerminal = IsTerminal();
        var width = isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : PlainWidth;
        var script = Path.Combine(module, "samples", "recipe-story.ps1");
        Console.WriteLine(
            $"Jira and Azure DevOps are played by the sandbox at {sandbox.Address}; the cmdlets are the real ones.");
        Console.WriteLine($"The script is {Path.GetRelativePath(Environment.CurrentDirectory, script)}.");

        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Path.Combine(module, "JiraAdoSync.psd1")]);
        using var runspace = RunspaceFactory.CreateRunspace(new TerminalHost(Console.Out, isTerminal, width), state);
        runspace.Open();
        var isWell = true;
        foreach (var act in new[] { await File.ReadAllTextAsync(script, cancellationToken), RecipeStory.BothWays })
        {
            isWell = isWell && !cancellationToken.IsCancellationRequested
                && await PlayAsync(runspace, act, sandbox, cancellationToken);
        }

        Console.WriteLine(cancellationToken.IsCancellationRequested
            ? "The demo was stopped, and the sandbox with it."
            : "The demo is over, and the sandbox has stopped. 'serve' starts one that stays until you stop it.");
        return isWell ? 0 : 1;
    }

    /// <summary>Runs a script with the addresses and secrets of the sandbox.</summary>
    private static async Task<bool> PlayAsync(
        Runspace runspace, string script, SandboxServer sandbox, CancellationToken cancellationToken)
    {
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(script)
            .AddParameter("JiraUri", sandbox.JiraUri)
            .AddParameter("JiraCredential", new PSCredential(sandbox.JiraUser, Secret(sandbox.JiraToken)))
            .AddParameter("OrganizationUri", sandbox.OrganizationUri)
            .AddParameter("Project", sandbox.Project)
            .AddParameter("AdoToken", Secret(sandbox.AdoToken))
            .AddParameter("Jql", RecipeStory.Jql)
            .AddCommand("Out-Default");
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        await using var stop = cancellationToken.Register(() => shell.BeginStop(null, null));
        return Run(shell);
    }

    private static bool Run(PowerShell shell)
    {
        try
        {
            shell.Invoke();
            return !shell.HadErrors;
        }
        catch (RuntimeException failure)
        {
            Console.Error.WriteLine(failure.ErrorRecord.ToString());
            return false;
        }
    }

    private static bool IsTerminal() =>
        !Console.IsOutputRedirected
        && Environment.GetEnvironmentVariable("TERM") != "dumb"
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>
    /// The module that is packed with the tool, or the one that the build has staged in the repository.
    /// </summary>
    private static string? FindModule()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var isRepository = File.Exists(Path.Combine(folder.FullName, "JiraAdoPS.sln"));
            var module = Path.Combine(folder.FullName, isRepository ? "output" : "module", "JiraAdoSync");
            if (File.Exists(Path.Combine(module, "JiraAdoSync.psd1")))
            {
                return module;
            }
        }

        return null;
    }

    private static System.Security.SecureString Secret(string text) =>
        new NetworkCredential(string.Empty, text).SecurePassword;
}
