using System.Management.Automation;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Sandbox.Contract;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// A sandbox with both services, and a PowerShell session that is connected to them. All that is sent over the wire is
/// held against the vendors' documents where they are at hand; violations are reported at the end.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    private readonly HttpClient _control;
    private readonly VendorContract? _contract;

    private World(SandboxServer sandbox, VendorContract? contract)
    {
        Sandbox = sandbox;
        _contract = contract;
        JiraWrites.Begin(sandbox.JiraUri);
        Board = new Board(sandbox);
        Tracker = new Tracker(sandbox);
        _control = new HttpClient { BaseAddress = sandbox.Address };
        Prepare(Session);
        Session.Set("modelUri", sandbox.ModelUri);
        Session.Set("badCredential", new PSCredential(sandbox.JiraUser, Secret("not-the-token")));
        Session.Set("badToken", Secret("not-the-token"));
    }

    public SandboxServer Sandbox { get; }

    public PowerShellSession Session { get; } = new();

    public Board Board { get; }

    public Tracker Tracker { get; }

    /// <summary>Receives each request to the sandbox when it ends.</summary>
    public Action<Exchange> Watch { get; set; } = _ => { };

    /// <summary>Starts a sandbox and connects a session to it.</summary>
    public static async Task<World> StartAsync(
        IEnumerable<string> seed,
        Action<SandboxSwitches>? change = null,
        Func<SandboxOptions, SandboxOptions>? adjust = null)
    {
        var contract = await VendorContract.OpenAsync();
        var options = new SandboxOptions { Seed = seed, Watcher = contract is null ? null : contract.Watch };
        options = adjust?.Invoke(options) ?? options;
        return await StartAsync(options, options.Watcher is null ? null : contract, change);
    }

    /// <summary>Starts a sandbox for much traffic, which is not held against the documents.</summary>
    public static Task<World> StartUnheldAsync(SandboxOptions options, Action<SandboxSwitches>? change = null) =>
        StartAsync(options, null, change);

    private static async Task<World> StartAsync(
        SandboxOptions options, VendorContract? contract, Action<SandboxSwitches>? change)
    {
        World? world = null;
        change?.Invoke(options.Switches);
        var sandbox = await SandboxServer.StartAsync(options with
        {
            Watcher = exchange =>
            {
                contract?.Watch(exchange);
                world?.Watch(exchange);
            },
        });
        world = new World(sandbox, contract);
        world.Connect();
        return world;
    }

    /// <summary>Says that this test writes to Jira; any other must not.</summary>
    public World ThatWritesJira()
    {
        JiraWrites.Allow(Sandbox.JiraUri);
        return this;
    }

    /// <summary>Connects a further session to both services.</summary>
    public void ConnectToo(PowerShellSession session)
    {
        Prepare(session);
        Connect(session);
    }

    public void Connect() => Connect(Session);

    private void Prepare(PowerShellSession session)
    {
        session.Set("jiraUri", Sandbox.JiraUri);
        session.Set("jiraCredential", new PSCredential(Sandbox.JiraUser, Secret(Sandbox.JiraToken)));
        session.Set("organizationUri", Sandbox.OrganizationUri);
        session.Set("project", Sandbox.Project);
        session.Set("adoToken", Secret(Sandbox.AdoToken));
    }

    private static void Connect(PowerShellSession session) => session.Run(
        """
        $jira = Connect-JiraSite -Uri $jiraUri -Credential $jiraCredential -AllowWrite
        $ado = Connect-AdoProject -OrganizationUri $organizationUri -Project $project -Token $adoToken
        """).Succeeded();

    /// <summary>Connects anew to Azure DevOps and Jira, with another account's token for the first.</summary>
    public void ConnectAs(string adoToken)
    {
        Session.Set("adoToken", Secret(adoToken));
        Reconnect();
    }

    /// <summary>Another account of Azure DevOps, which may do everything that is not denied.</summary>
    /// <returns>What it does by REST, and its token.</returns>
    public async Task<(Board Board, string Token)> JoinAsync(string uniqueName, params string[] deny)
    {
        var account = await SetAdoAccountAsync(new JsonObject
        {
            ["displayName"] = uniqueName.Split('@')[0],
            ["uniqueName"] = uniqueName,
            ["deny"] = new JsonArray([.. deny.Select(one => JsonValue.Create(one))]),
        });
        var token = account["token"]!.ToString();
        return (new Board(Sandbox, token), token);
    }

    /// <summary>Another account of Jira: what it does by REST.</summary>
    public async Task<Tracker> JoinJiraAsync(string emailAddress)
    {
        using var answer = await _control.PostAsJsonAsync("/sandbox/jira/accounts", new JsonObject
        {
            ["emailAddress"] = emailAddress, ["displayName"] = emailAddress.Split('@')[0],
        });
        var account = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        return new Tracker(Sandbox, emailAddress, account["token"]!.ToString());
    }

    /// <summary>Connects to another project of the organisation.</summary>
    public void Connect(string project)
    {
        Session.Set("project", project);
        Connect();
        Session.Set("project", Sandbox.Project);
    }

    /// <summary>Connects anew, as an agent that knows nothing yet.</summary>
    public void Reconnect()
    {
        Run("Disconnect-JiraAdo").Succeeded();
        Connect();
    }

    public PowerShellSession.Outcome Run(string script) => Session.Run(script);

    /// <summary>Runs a script as an agent that knows nothing yet; it must succeed.</summary>
    public PowerShellSession.Outcome RunAnew(string script)
    {
        Reconnect();
        return Run(script).Succeeded();
    }

    /// <summary>Says what can and must be given for issues.</summary>
    /// <param name="rules">The rules as JSON, see the sandbox's <c>serve --help</c>.</param>
    public async Task SetScreensAsync(string rules)
    {
        using var content = new StringContent(rules);
        (await _control.PutAsync(new Uri("/sandbox/jira/screens", UriKind.Relative), content)).EnsureSuccessStatusCode().Dispose();
    }

    /// <summary>Has both services begin again with the seed.</summary>
    public async Task ResetAsync() => (await _control.PostAsync("/sandbox/reset", null)).EnsureSuccessStatusCode().Dispose();

    /// <summary>How many requests a service got since the last reset, by route template.</summary>
    public async Task<IReadOnlyDictionary<string, int>> RequestsAsync(string service)
    {
        var stats = await _control.GetFromJsonAsync<JsonNode>("/sandbox/stats");
        return stats!["routes"]!.AsArray()
            .Where(route => route!["service"]!.ToString() == service)
            .GroupBy(route => $"{route!["method"]} {route["route"]}")
            .ToDictionary(group => group.Key, group => group.Sum(route => (int)route!["count"]!));
    }

    /// <summary>How many requests since the last reset wrote to Jira, by route template.</summary>
    public async Task<IReadOnlyDictionary<string, int>> WritesToJiraAsync() => (await RequestsAsync("jira"))
        .Where(route => !route.Key.StartsWith("GET", StringComparison.Ordinal)
            && !route.Key.Contains("bulkfetch", StringComparison.Ordinal)
            && !route.Key.Contains("search", StringComparison.Ordinal))
        .ToDictionary();

    /// <summary>A run that finds nothing to do and writes nothing to either side.</summary>
    /// <param name="command">The run.</param>
    public async Task<PowerShellSession.Outcome> RunQuietlyAsync(string command)
    {
        await ResetRequestsAsync();
        var run = Run(command).Succeeded();
        Assert.Equal("NoChange", run.RunOutcome());
        Assert.Empty(await WritesToJiraAsync());
        Assert.DoesNotContain("POST /{organization}/_apis/wit/$batch", (await RequestsAsync("ado")).Keys);
        return run;
    }

    public async Task ResetRequestsAsync() =>
        (await _control.PostAsync(new Uri("/sandbox/stats/reset", UriKind.Relative), null)).EnsureSuccessStatusCode()
            .Dispose();

    public async Task SetFaultsAsync(params JsonObject[] rules) =>
        (await _control.PutAsJsonAsync("/sandbox/faults", new JsonArray([.. rules]))).EnsureSuccessStatusCode()
            .Dispose();

    /// <summary>
    /// Hides issues from the account that the session is connected with, and with them the links to them.
    /// </summary>
    public Task HideAsync(params string[] keys) => SetAccountAsync(
        new JsonObject { ["hiddenIssues"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key))]) });

    /// <summary>Changes the account that the session is connected with, and returns its tokens.</summary>
    public async Task<JsonNode> SetAccountAsync(JsonObject values)
    {
        values["emailAddress"] = Sandbox.JiraUser;
        using var answer = await _control.PostAsJsonAsync("/sandbox/jira/accounts", values);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>
    /// Adds or changes an account of Azure DevOps: <c>displayName</c>, <c>uniqueName</c>, <c>deny</c>, <c>areas</c>.
    /// </summary>
    /// <returns>The account as JSON, with its <c>token</c>.</returns>
    public async Task<JsonNode> SetAdoAccountAsync(JsonObject values)
    {
        using var answer = await _control.PostAsJsonAsync("/sandbox/ado/accounts", values);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    public async Task ClearFaultsAsync() =>
        (await _control.DeleteAsync(new Uri("/sandbox/faults", UriKind.Relative))).EnsureSuccessStatusCode().Dispose();

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        Board.Dispose();
        Tracker.Dispose();
        _control.Dispose();
        await Sandbox.DisposeAsync();
        Assert.True(_contract is not { Problems.Count: > 0 }, string.Join('\n', _contract?.Problems ?? []));
    }

    private static System.Security.SecureString Secret(string text) =>
        new NetworkCredential(string.Empty, text).SecurePassword;
}
