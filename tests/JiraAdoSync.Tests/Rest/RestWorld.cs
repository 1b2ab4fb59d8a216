using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Jira;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Sandbox.Control;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// The two clients over real HTTP on a sandbox, with one clock for all. It does not move but for the client's own
/// waits: when nothing is under way, it moves on to the end of the first of them.
/// </summary>
internal sealed class RestWorld : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<RequestTrace> _traces = [];
    private readonly List<DateTimeOffset> _waitingUntil = [];
    private int _underWay;
    private readonly List<IDisposable> _clients = [];

    private RestWorld(SandboxClient sandbox, FakeTimeProvider time)
    {
        Sandbox = sandbox;
        Time = time;
    }

    public SandboxClient Sandbox { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>
    /// How many requests must be waiting before the clock moves: as many as there are senders. Without it, the clock
    /// would leave behind those that were woken, or answered, and whose thread has not run yet.
    /// </summary>
    public int Senders { get; set; } = 1;

    /// <summary>Receives each trace before the clock moves.</summary>
    public Action<RequestTrace> Watcher { get; set; } = _ => { };

    public IReadOnlyList<RequestTrace> Traces
    {
        get
        {
            lock (_gate)
            {
                return [.. _traces];
            }
        }
    }

    /// <summary>Takes note that a sender has nothing more to send.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            Senders--;
            MoveOn();
        }
    }

    /// <summary>The seconds that were waited, in their order.</summary>
    public IReadOnlyList<double> Waits =>
        Traces.Where(trace => trace.Stage == RequestStage.Waiting).Select(trace => trace.Duration.TotalSeconds)
            .ToList();

    public int Sent => Traces.Count(trace => trace.Stage == RequestStage.Sending);

    public static async Task<RestWorld> StartAsync(SandboxOptions? options = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 11, 12, 0, 0, TimeSpan.Zero));
        return new RestWorld(
            await SandboxClient.StartAsync((options ?? new SandboxOptions()) with { TimeProvider = time }), time);
    }

    public Task<AdoClient> ConnectAdoAsync() =>
        ConnectAdoAsync(
            Sandbox.Server.OrganizationUri, Sandbox.Server.Project, Basic(string.Empty, Sandbox.Server.AdoToken));

    public async Task<AdoClient> ConnectAdoAsync(
        Uri organization, string project, AuthenticationHeaderValue credentials)
    {
        var client = await AdoClient.ConnectAsync(
            organization, project, () => credentials, Time, Take, TestContext.Current.CancellationToken);
        _clients.Add(client);
        Forget();
        return client;
    }

    public Task<JiraClient> ConnectJiraAsync() =>
        ConnectJiraAsync(Sandbox.Server.JiraUri, Basic(Sandbox.Server.JiraUser, Sandbox.Server.JiraToken));

    /// <summary>Connects with leave to write.</summary>
    public Task<JiraClient> ConnectJiraToWriteAsync()
    {
        JiraWrites.Allow(Sandbox.Server.JiraUri);
        return ConnectJiraAsync(
            Sandbox.Server.JiraUri, Basic(Sandbox.Server.JiraUser, Sandbox.Server.JiraToken), allowsWrites: true);
    }

    public async Task<JiraClient> ConnectJiraAsync(
        Uri site, AuthenticationHeaderValue credentials, bool allowsWrites = false)
    {
        var client = await JiraClient.ConnectAsync(
            site, Sandbox.Server.Address, () => credentials, allowsWrites, Time, Take,
            TestContext.Current.CancellationToken);
        _clients.Add(client);
        Forget();
        return client;
    }

    public static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>Answers a route with a status, so many times.</summary>
    public Task AnswerAsync(int status, int times, JsonObject? headers = null, string? body = null) =>
        Sandbox.SetFaultsAsync(Answer(status, times, headers, body));

    public static JsonObject Answer(int status, int times, JsonObject? headers = null, string? body = null) => new()
    {
        ["kind"] = "status",
        ["status"] = status,
        ["times"] = times,
        ["headers"] = headers,
        ["body"] = body,
    };

    /// <summary>Lets the next request through, with these headers on its answer.</summary>
    public Task AddHeadersAsync(params (string Name, string Value)[] headers)
    {
        var values = new JsonObject();
        foreach (var (name, value) in headers)
        {
            values[name] = value;
        }

        return Sandbox.SetFaultsAsync(
            new JsonObject { ["kind"] = "throttle", ["status"] = 200, ["times"] = 1, ["headers"] = values });
    }

    public static Task<IReadOnlyList<AzureDevOps.WorkItem>> ReadAsync(AdoClient client, params int[] ids) =>
        client.ReadAsync(ids, TestContext.Current.CancellationToken);

    public static async Task<List<Replica>> SearchAsync(JiraClient client, string jql = "project = SHOP")
    {
        var replicas = new List<Replica>();
        await foreach (var replica in client.SearchAsync(jql, IssueDetail.None, TestContext.Current.CancellationToken))
        {
            replicas.Add(replica);
        }

        return replicas;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Sandbox.DisposeAsync();
    }

    private void Forget()
    {
        lock (_gate)
        {
            _traces.Clear();
        }
    }

    private void Take(RequestTrace trace)
    {
        Watcher(trace);
        lock (_gate)
        {
            _traces.Add(trace);
            _underWay += trace.Stage switch
            {
                RequestStage.Sending => 1,
                RequestStage.Answered or RequestStage.Failed => -1,
                _ => 0,
            };
            if (trace.Stage == RequestStage.Waiting)
            {
                _waitingUntil.Add(Time.GetUtcNow() + trace.Duration);
            }

            MoveOn();
        }
    }

    /// <summary>Moves the clock to the end of the first wait, while nothing is under way and all senders wait.</summary>
    private void MoveOn()
    {
        while (_underWay == 0 && _waitingUntil.Count >= Math.Max(Senders, 1))
        {
            var next = _waitingUntil.Min();
            _waitingUntil.RemoveAll(one => one <= next);
            if (next > Time.GetUtcNow())
            {
                Time.SetUtcNow(next);
            }
        }
    }
}
