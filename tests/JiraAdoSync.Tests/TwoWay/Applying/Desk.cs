using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Rest;
using JiraAdoSync.Tests.Writing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.Writing;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Applying;

/// <summary>Two connected clients, what applies changes, and what a test needs to look behind them.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private int _before;

    private Desk(RestWorld world, JiraClient jira, AdoClient ado) => (World, Jira, Ado) = (world, jira, ado);

    public RestWorld World { get; }

    public JiraClient Jira { get; }

    public AdoClient Ado { get; }

    public ConcurrentQueue<byte[]> Lines { get; } = new();

    public RunLog Record => field ??= new RunLog(Lines.Enqueue, World.Time);

    public IssueLog Log => field ??= new IssueLog(Record);

    private string Organization => World.Sandbox.Server.OrganizationUri.AbsoluteUri.TrimEnd('/');

    public static async Task<Desk> StartAsync(IEnumerable<string>? seed = null)
    {
        var world = await RestWorld.StartAsync(new SandboxOptions { Seed = seed ?? [] });
        return new Desk(world, await world.ConnectJiraToWriteAsync(), await world.ConnectAdoAsync());
    }

    public async Task<IReadOnlyList<WorkItem>> ItemsAsync(int count)
    {
        var items = new List<WorkItem>();
        foreach (var batch in Enumerable.Range(1, count).Chunk(IWorkItemStore.BatchSize))
        {
            var written = await Ado.WriteAsync(
                batch.Select(number => new WorkItemWrite
                {
                    WorkItemType = "Task",
                    Fields = new Dictionary<string, object?> { ["System.Title"] = $"Item {number}" },
                }).ToList(), Stop);
            items.AddRange(written.Select(one => one.WorkItem!));
        }

        return items;
    }

    public async Task<IReadOnlyList<WorkItem>> ReadItemsAsync(IEnumerable<WorkItem> items)
    {
        var ids = items.Select(item => item.Id).ToList();
        return (await Ado.ReadAsync(ids, Stop)).OrderBy(item => ids.IndexOf(item.Id)).ToList();
    }

    public IssueCreation Creation(WorkItem item, int? parent = null, string type = "Task")
    {
        var nonce = WorkItemMark.NewNonce(Ado.ProjectId);
        return new IssueCreation
        {
            Item = item,
            Write = new IssueWrite
            {
                Project = "SHOP",
                Type = Types.Single(one => one.Name == type),
                Fields = new Dictionary<string, object?> { ["summary"] = item.Title },
            },
            ParentWorkItemId = parent,
            Register = Register(item.Id, nonce),
            Mark = issue => new WorkItemWrite
            {
                WorkItemId = item.Id,
                Before = item,
                AddRelations =
                [
                    new WorkItemMark
                    {
                        Issue = issue, Nonce = nonce, Rev = item.Rev + 1, FieldsDigest = "00000000",
                        TextDigest = TextDigests.None.ToString(),
                    }.ToRelation(Jira.Site),
                ],
            },
        };
    }

    public IssueUpdate Update(Replica issue, params (string Field, object? Value)[] fields) => new()
    {
        Before = issue,
        WorkItemId = 7,
        Fields = fields.ToDictionary(one => one.Field, one => one.Value),
        Register = Register(7, "0123456789ab"),
    };

    public DiscussedPair Discussed(IssueReference issue, params WorkItemComment[] comments) => new()
    {
        Issue = issue,
        WorkItemId = 7,
        Comments = comments,
        HasIssueComments = false,
        Page = $"{Organization}/Fabrikam/_workitems/edit/7",
        Organization = Organization,
        Project = Ado.Project,
    };

    public Task<IReadOnlyList<IssueResult>> CreateAsync(IReadOnlyList<IssueCreation> creations) => new IssueCreator(
        Jira, Ado, new BatchSender(Ado, new ImmediateTime(), Record), Log, Organization)
        .ApplyAsync(creations, Stop);

    public Task<IReadOnlyList<IssueResult>> UpdateAsync(IReadOnlyList<IssueUpdate> updates) =>
        new IssueUpdater(Jira, Log).ApplyAsync(updates, notify: false, Stop);

    public async Task<List<Replica>> IssuesAsync(params string[] fields)
    {
        var keys = Enumerable.Range(1, 200).Select(number => $"SHOP-{number}");
        var issues = new List<Replica>();
        await foreach (var issue in Jira.ReadAsync(keys, new IssueDetail { Fields = fields, Property = true }, Stop))
        {
            issues.Add(issue);
        }

        return issues;
    }

    public Task EditAsync(string key, string fields) => World.Sandbox.CallAsync(
        "PUT", $"/jira/rest/api/3/issue/{key}", new JsonObject { ["fields"] = JsonNode.Parse(fields) });

    /// <summary>Does something directly before the first request of a method is sent.</summary>
    public void BeforeFirst(string method, Func<Task> work)
    {
        var edits = 0;
        World.Watcher = trace =>
        {
            if (trace.Stage == RequestStage.Sending && trace.Method == method && Interlocked.Increment(ref edits) == 1)
            {
                World.Time.Advance(TimeSpan.FromSeconds(1));
                AsPerson(work);
                World.Time.Advance(TimeSpan.FromSeconds(1));
            }
        };
    }

    public async Task AsAnotherAsync(Func<JiraClient, Task> work)
    {
        var account = (await World.Sandbox.CallAsync("POST", "/sandbox/jira/accounts",
            new JsonObject { ["emailAddress"] = "pat@example.org", ["displayName"] = "Pat" }))!;
        await work(await World.ConnectJiraAsync(
            World.Sandbox.Server.JiraUri, RestWorld.Basic("pat@example.org", (string)account["token"]!), allowsWrites: true));
    }

    /// <summary>Edits as somebody else.</summary>
    public async Task EditAsAnotherAsync(string key, string fields)
    {
        var issue = (await IssuesAsync()).Single(one => one.Key == key);
        var values = JsonNode.Parse(fields)!.AsObject().ToDictionary(one => one.Key, one => (object?)one.Value);
        await AsAnotherAsync(jira => jira.UpdateAsync(
            new IssueWrite { Issue = issue.Reference, Fields = values }, notify: true, Stop));
    }

    /// <summary>What the record says.</summary>
    public IReadOnlyList<RunChange> Changes() => Changes(Lines);

    /// <summary>What the lines of a record say.</summary>
    public static IReadOnlyList<RunChange> Changes(IEnumerable<byte[]> lines) => RunLine.Read(lines.Prepend(RunLine.Of(new Run
    {
        RunId = "r", Started = default, Command = "c", Site = "s", Organization = "o", Project = "p", WritesJira = true,
    })).Select(Encoding.UTF8.GetString))!.Value.Changes;

    public void Forget() => _before = World.Traces.Count;

    public int Sent(string method, string pathEnd) => World.Traces.Skip(_before).Count(trace =>
        trace.Stage == RequestStage.Sending && trace.Method == method
        && trace.Path.EndsWith(pathEnd, StringComparison.OrdinalIgnoreCase));

    public ValueTask DisposeAsync() => World.DisposeAsync();

    private IReadOnlyList<IssueType> Types => field ??= Jira.ReadIssueTypesAsync("SHOP", Stop).GetAwaiter().GetResult();

    private IssueRegister Register(int workItemId, string nonce) => new()
    {
        Nonce = nonce, Organization = Organization, Project = Ado.Project, WorkItem = workItemId, Counter = 1,
    };

    /// <summary>Edits as another account: the history then names somebody else.</summary>
    private static void AsPerson(Func<Task> work) => Task.Run(work).GetAwaiter().GetResult();
}
