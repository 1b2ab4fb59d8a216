using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Demo;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox;

/// <summary>
/// <c>serve</c>: runs both services until it is stopped. Standard output has the ready line and nothing else.
/// </summary>
internal static class ServeCommand
{
    private const string Help = """
        Serves Jira and Azure DevOps on loopback until Ctrl+C, SIGINT or SIGTERM. The first line of standard output is
        JSON: addresses, user and tokens. In a browser the address shows both boards.

          A seed has one issue of Jira a line, as /rest/api/2/issue/KEY answers it (a page of a search holds such issues too);
          the file may be gzip. Projects, issue types, statuses, link types, links and parents are read from the issues; with
          expand=names,schema custom fields have their names. What only links name exists, unreadable. In PowerShell:

            $page = Invoke-RestMethod "$site/rest/api/2/search/jql?jql=project=SHOP&fields=*all&maxResults=100" -Headers $headers
            $page.issues | ForEach-Object { $_ | ConvertTo-Json -Depth 20 -Compress } | Set-Content shop.jsonl
            jira-ado-sandbox serve --seed shop.jsonl

          While it runs, PUT /sandbox/jira/screens sets what can and must be given for issues, PUT /sandbox/jira/workflows
          their transitions, POST /sandbox/jira/accounts who may do what. GET /sandbox/switches names the switches:

            [{"issueType": "Bug", "create": ["*all", "-labels"], "edit": ["*all"], "required": ["duedate"]}]
            [{"issueTypes": ["Bug"], "initial": "To Do", "transitions": [{"name": "Fix", "from": ["To Do"], "to": "Done",
              "screen": ["resolution"], "required": ["resolution"], "condition": {"assignee": true}}]}]
            {"emailAddress": "guest@example.com", "withoutPermissions": ["SHOP:EDIT_ISSUES"], "hidesAddress": true}
        """;

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1; any free one by default." };
        var seed = new Option<FileInfo?>("--seed") { Description =
            "A file of issues; see above. Without it the site has the demo's six." };
        var jira = new Option<JiraFlavor>("--jira") { Description = "cloud (default) or datacenter." };
        var ado = new Option<AdoFlavor>("--azure-devops") { Description =
            "services (default), server2022 or server2020." };
        var process =
            new Option<ProcessTemplate>("--process") { Description = "agile (default), scrum, cmmi or basic." };
        var latency = new Option<int>("--latency") { Description = "Milliseconds that each request waits first." };
        var command = new Command("serve", Help)
        {
            port, seed, jira, ado, process, latency,
        };
        command.SetAction((parsed, _) => RunAsync(
            new SandboxOptions
            {
                Port = parsed.GetValue(port),
                Jira = parsed.GetValue(jira),
                AzureDevOps = parsed.GetValue(ado),
                Process = parsed.GetValue(process),
                Latency = TimeSpan.FromMilliseconds(Math.Max(parsed.GetValue(latency), 0)),
            },
            parsed.GetValue(seed)));
        return command;
    }

    private static async Task<int> RunAsync(SandboxOptions options, FileInfo? seed)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopped.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var issues = seed is null ? Seed.Of(RecipeStory.Issues) : Seed.ReadFile(seed.FullName);
            await using var server = await SandboxServer.StartAsync(options with { Seed = issues });
            await LogAsync(
                $"The sandbox listens on {server.Address}, with {issues.Count} issues. Stop it with Ctrl+C, or from "
                + $"elsewhere by its process id, {Environment.ProcessId}.");
            Console.WriteLine(Answer.ToText(new JsonObject
            {
                ["jira"] = server.JiraUri.ToString(),
                ["organization"] = server.OrganizationUri.ToString(),
                ["project"] = server.Project,
                ["jiraUser"] = server.JiraUser,
                ["jiraToken"] = server.JiraToken,
                ["adoToken"] = server.AdoToken,
            }));
            await stopped.Task;
            await LogAsync("The sandbox stops.");
            return 0;
        }
        catch (Exception wrong) when (
            wrong is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"The sandbox can't start. {wrong.Message}");
            return 1;
        }
    }

    /// <summary>
    /// Logs, but not over the prompt of somebody who started it in the background of a terminal: the ready line is
    /// written to a file there.
    /// </summary>
    private static Task LogAsync(string line) => Console.IsOutputRedirected && !Console.IsErrorRedirected
        ? Task.CompletedTask
        : Console.Error.WriteLineAsync(line);
}
