using System.Management.Automation;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Watch-JiraAdoSync in a session, with the sandbox's webhooks and feeds.</summary>
public sealed class WatchTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Webhooks_of_both_sides_bring_changes_over_long_before_the_next_poll()
    {
        await using var world = await StartAsync();
        var port = FreePort();
        await SubscribeAsync(world, port);
        await using var watch = new Watching(
            world.Session,
            $"-PollInterval 1.0:0 -Listen http://localhost:{port}/ -JiraHookSecret (ConvertTo-SecureString s3 -AsPlainText) "
            + "-AdoHookSecret (ConvertTo-SecureString s4 -AsPlainText)");
        await watch.UntilAsync(async () => (await world.Board.TitlesAsync()).Count == 2);

        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed in Jira");
        await watch.UntilAsync(async () => (await world.Board.TitlesAsync()).Contains("User Story: Renamed in Jira"));

        // A relation that somebody takes away is back.
        await UnrelateAsync(world, "Renamed in Jira", "Issue 2");
        await watch.UntilAsync(async () => (await world.Board.RelationsAsync()).Count == 2);

        using var client = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}/") };
        Assert.Contains("kind=\"full\"} 1\n", await client.GetStringAsync(
            "metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        watch.Stop();
        Assert.Empty(watch.Errors);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(
            "metrics", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_webhooks_the_feeds_of_both_sides_are_read()
    {
        await using var world = await StartAsync();
        await using var watch = new Watching(world.Session, "-PollInterval 0:0:1");
        await watch.UntilAsync(async () => (await world.Board.TitlesAsync()).Count == 2);
        await world.Tracker.SetSummaryAsync("SHOP-2", "Renamed in Jira");
        await watch.UntilAsync(async () => (await world.Board.TitlesAsync()).Contains("User Story: Renamed in Jira"));
        await UnrelateAsync(world, "Issue 1", "Renamed in Jira");
        await watch.UntilAsync(async () => (await world.Board.RelationsAsync()).Count == 2);
        var status = Assert.Single(new PowerShellSession().Run("Get-JiraAdoWatch").Succeeded().Output, one =>
            (int)one.Properties["ProcessId"].Value == Environment.ProcessId
            && one.Properties["JiraSite"].Value.ToString() == world.Sandbox.JiraUri.ToString().TrimEnd('/'));
        Assert.Equal(1L, status.Properties["FullRuns"].Value);
        watch.Stop();
        Assert.Empty(watch.Errors);
        Assert.DoesNotContain(new PowerShellSession().Run("Get-JiraAdoWatch").Output, one =>
            one.Properties["JiraSite"].Value.ToString() == world.Sandbox.JiraUri.ToString().TrimEnd('/'));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_two_way_profile_brings_changes_to_both_sides(bool hasHooks)
    {
        await using var world = await StartAsync(
            "@{ Jql = 'project = SHOP AND summary ~ \"Issue\"'; Direction = 'Both'; JiraProject = 'SHOP'; "
            + "Wiql = \"[System.Tags] CONTAINS 'shared'\" }");
        world.ThatWritesJira();
        var port = FreePort();
        await SubscribeAsync(world, port);
        await using var watch = new Watching(
            world.Session,
            hasHooks
                ? $"-PollInterval 1.0:0 -Listen http://localhost:{port}/ -JiraHookSecret (ConvertTo-SecureString s3 -AsPlainText) "
                    + "-AdoHookSecret (ConvertTo-SecureString s4 -AsPlainText)"
                : "-PollInterval 0:0:1");
        await watch.UntilAsync(async () => (await world.Board.TitlesAsync()).Count == 2);
        var (ana, _) = await world.JoinAsync("ana@contoso.example");
        using var person = await world.JoinJiraAsync("ben@contoso.example");

        await person.SetSummaryAsync("SHOP-1", "Issue named in Jira");
        await watch.UntilAsync(async () => (await world.Board.TitlesAsync()).Contains("User Story: Issue named in Jira"));

        await ana.SetFieldAsync(await ana.IdOfAsync("Issue 2"), "System.Title", "Issue named in Azure DevOps");
        await watch.UntilAsync(async () => await SummaryAsync("SHOP-2") == "Issue named in Azure DevOps");

        // A new work item becomes an issue, which only the query of work items selects.
        var found = await ana.CreateAsync("Bug", "Found here");
        await ana.SetFieldAsync(found, "System.Tags", "shared");
        await watch.UntilAsync(async () => await SummaryAsync("SHOP-3") == "Found here");
        await person.SetSummaryAsync("SHOP-3", "Understood there");
        await watch.UntilAsync(async () => await ana.FieldAsync(found, "System.Title") == "Understood there");
        await ana.SetFieldAsync(found, "System.Title", "Mended here");
        await watch.UntilAsync(async () => await SummaryAsync("SHOP-3") == "Mended here");

        watch.Stop();
        Assert.Empty(watch.Errors);
        world.Run("Invoke-JiraAdoSync -Profile sync.psd1").Succeeded();
        Assert.Equal("NoChange", world.Run("Invoke-JiraAdoSync -Profile sync.psd1").Succeeded().RunOutcome());

        async Task<string?> SummaryAsync(string key)
        {
            using var client = world.Tracker.NewClient();
            using var answer = await client.GetAsync(
                new Uri($"issue/{key}?fields=summary", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode
                ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["fields"]!["summary"]!.ToString()
                : null;
        }
    }

    [Fact]
    public async Task A_service_that_fails_is_waited_for()
    {
        await using var world = await StartAsync();
        await using var watch = new Watching(world.Session, "-PollInterval 0:0:1");
        await watch.UntilAsync(async () => (await world.Board.TitlesAsync()).Count == 2);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/reporting/workitemlinks", ["kind"] = "status",
            ["status"] = 403,
        });
        await watch.UntilAsync(() => Task.FromResult(watch.Errors.Count > 0));
        await world.ClearFaultsAsync();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        await watch.UntilAsync(async () => (await world.Board.TitlesAsync()).Contains("User Story: Renamed"));
        watch.Stop();
    }

    [Fact]
    public async Task Two_watchers_of_one_pair_give_the_result_of_one()
    {
        await using var world = await StartAsync();
        using var other = new PowerShellSession();
        other.GoTo(Path.GetDirectoryName(world.Session.Resolve("sync.psd1"))!);
        world.ConnectToo(other);
        await using var first = new Watching(world.Session, "-PollInterval 0:0:1");
        await using var second = new Watching(other, "-PollInterval 0:0:1", first);
        await first.UntilAsync(async () => (await world.Board.TitlesAsync()).Count == 2);
        for (var number = 3; number <= 8; number++)
        {
            await world.Tracker.CreateAsync($"Added {number}");
            await world.Tracker.SetSummaryAsync("SHOP-1", $"Renamed {number}");
        }

        string[] expected =
        [
            "User Story: Issue 2", "User Story: Renamed 8", .. Enumerable.Range(3, 6).Select(number => $"User Story: Added {number}"),
        ];
        await first.UntilAsync(async () => (await world.Board.TitlesAsync()).Order().SequenceEqual(expected.Order()));
        first.Stop();
        second.Stop();
        // What was in the middle of something is completed, by an agent that looks for itself, and then there is nothing
        // left to do.
        world.Reconnect();
        world.Run("Invoke-JiraAdoSync -Profile sync.psd1").Succeeded();
        Assert.Equal("NoChange", world.Run("Invoke-JiraAdoSync -Profile sync.psd1").Succeeded().RunOutcome());
        Assert.Equal(expected.Order(), (await world.Board.TitlesAsync()).Order());
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Theory]
    [InlineData("-PollInterval 0", "ParameterInvalid")]
    [InlineData("-FullEvery 0:0:1", "ParameterInvalid")]
    [InlineData("-JiraHookSecret (ConvertTo-SecureString s -AsPlainText)", "ParameterConflict")]
    [InlineData("-Listen nonsense", "ListenFailed")]
    public async Task Bad_parameters_are_named(string parameters, string id)
    {
        await using var world = await StartAsync();
        var run = world.Run($"Watch-JiraAdoSync sync.psd1 {parameters}");
        Assert.Equal(id, run.FailureId);
        Assert.Empty(await world.Board.TitlesAsync());
    }

    [Fact]
    public async Task A_mapping_that_lacks_an_entry_ends_it_at_once_and_WhatIf_starts_nothing()
    {
        await using var world = await StartAsync();
        world.Run("Watch-JiraAdoSync sync.psd1 -WhatIf").Succeeded();
        Assert.Empty(await world.Board.TitlesAsync());
        await File.WriteAllTextAsync(
            world.Session.Resolve("sync.psd1"),
            "@{ Jql = 'project = SHOP'; LinkTypeMapping = @{ blocks = 'No Such Relation' } }",
            TestContext.Current.CancellationToken);
        Assert.Equal("MappingInvalid", world.Run("Watch-JiraAdoSync sync.psd1").FailureId);
    }

    [Fact]
    public async Task It_stops_when_its_time_is_over()
    {
        await using var world = await StartAsync();
        var run = world.Run("Watch-JiraAdoSync sync.psd1 -StopAfter 0:0:1").Succeeded();
        // A second one may look at what the first one wrote.
        var outcomes = run.Of("SyncSummary").Select(one => one.Properties["Outcome"].Value.ToString()).ToList();
        Assert.Equal("Changed", outcomes[0]);
        Assert.All(outcomes.Skip(1), outcome => Assert.Equal("NoChange", outcome));

        // A run without changes leaves no record.
        var records = world.Run("(Get-JiraAdoRun).RunId").Succeeded().Output.Select(id => id.ToString()).ToList();
        Assert.NotEmpty(records);
        world.Run("Watch-JiraAdoSync sync.psd1 -StopAfter 0:0:1").Succeeded();
        Assert.Equal(records, world.Run("(Get-JiraAdoRun).RunId").Succeeded().Output.Select(id => id.ToString()));
    }

    private static async Task<World> StartAsync(string profile = "@{ Jql = 'project = SHOP' }")
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Link(1, "blocks", 2);
        var world = await World.StartAsync(seed.Lines);
        var folder = Directory.CreateTempSubdirectory("jiraadosync-watch-").FullName;
        world.Session.GoTo(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "sync.psd1"), profile, TestContext.Current.CancellationToken);
        return world;
    }

    private static async Task SubscribeAsync(World world, int port)
    {
        using var jira = world.Tracker.NewClient();
        (await jira.PostAsJsonAsync($"{world.Sandbox.JiraUri}/rest/webhooks/1.0/webhook", new
        {
            name = "watch", url = $"http://localhost:{port}/jira", secret = "s3",
            events = (string[])["jira:issue_created", "jira:issue_updated", "issuelink_created", "issuelink_deleted"],
        })).EnsureSuccessStatusCode();
        foreach (var type in (string[])["workitem.created", "workitem.updated"])
        {
            await world.Board.SubscribeAsync(type, $"http://localhost:{port}/azure-devops", "X-Hook-Secret: s4");
        }
    }

    /// <summary>What somebody else does: what our account does while a run writes is looked at half a minute later.</summary>
    private static async Task UnrelateAsync(World world, string source, string target)
    {
        var (ana, _) = await world.JoinAsync("ana@contoso.example");
        await ana.UnrelateAsync(await ana.IdOfAsync(source), await ana.IdOfAsync(target));
    }

    internal static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    /// <summary>A watcher that runs in the session until it is stopped.</summary>
    private sealed class Watching : IAsyncDisposable
    {
        private readonly PowerShell _shell;
        private readonly PSDataCollection<PSObject> _output = [];
        private readonly SemaphoreSlim _news;
        private readonly IAsyncResult _run;

        /// <param name="session">The session.</param>
        /// <param name="parameters">The parameters beside the profile.</param>
        /// <param name="beside">Another watcher, which looks after the runs of this one, too.</param>
        public Watching(PowerShellSession session, string parameters, Watching? beside = null)
        {
            _news = beside?._news ?? new SemaphoreSlim(0);
            _shell = session.Shell($"Watch-JiraAdoSync sync.psd1 {parameters}");
            _output.DataAdded += (_, _) => _news.Release();
            _shell.Streams.Error.DataAdded += (_, _) => _news.Release();
            _run = _shell.BeginInvoke<PSObject, PSObject>(null, _output);
        }

        public IReadOnlyList<string> Errors => [.. new List<ErrorRecord>(_shell.Streams.Error).Select(error => error.ToString())];

        public void Stop() => _shell.Stop();

        /// <summary>Looks after each run, and after each failure.</summary>
        public async Task UntilAsync(Func<Task<bool>> isSo)
        {
            while (!await isSo())
            {
                Assert.True(
                    await _news.WaitAsync(Ample),
                    string.Join('\n', ["There was no further run.", .. new List<PSObject>(_output).Select(one => one.ToString()), .. Errors]));
                Assert.False(_run.IsCompleted, string.Join('\n', Errors));
            }
        }

        public ValueTask DisposeAsync()
        {
            _shell.Stop();
            _shell.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
