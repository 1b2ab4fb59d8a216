using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// What a run over both sides sends beside one that finds nothing to do, route by route and to the request: each kind of
/// change at two sizes, at which its own terms dominate and differ.
/// </summary>
public sealed class TwoWayBudgetTests
{
    private const string Both =
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -Wiql '[System.Id] > 0' -JiraProject SHOP -WriteLimit 100";

    private const string Pairs = "POST /rest/api/3/issue/bulkfetch";
    private const string Histories = "POST /rest/api/3/changelog/bulkfetch";
    private const string Properties = "POST /rest/api/3/issue/properties/multi";
    private const string Property = "PUT /rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}";
    private const string Permissions = "GET /rest/api/3/mypermissions";
    private const string Transitions = "/rest/api/3/issue/{issueIdOrKey}/transitions";
    private const string Batch = "POST /{organization}/_apis/wit/$batch";
    private const string Read = "POST /{organization}/_apis/wit/workitemsbatch";

    /// <summary>How often a task of Jira is asked whether it is done depends on time.</summary>
    private const string Waiting = "GET /rest/api/3/task/{taskId}";

    [Theory]
    [InlineData(201)]
    [InlineData(110)]
    public async Task Fields_cost_one_write_an_issue(int changed)
    {
        var sent = await SentAsync(250, (ann, ids) => EachAsync(changed, at => ann.SetFieldAsync(ids[at], "System.Title", $"Named {at}")));
        AssertSame(
            new SortedDictionary<string, int>(Recorded(changed), StringComparer.Ordinal)
            {
                ["PUT /rest/api/3/issue/{issueIdOrKey}"] = changed,
                // Before the writes.
                [Pairs] = Ceiling(changed, 100),
                // What both sides had in between, and what fell between the last read and the write.
                [Histories] = 2 * Ceiling(changed, 1000),
                // To write, and whether without notifying people.
                [Permissions] = 1,
            },
            sent);
    }

    [Theory]
    [InlineData(201, 1)]
    [InlineData(110, 2)]
    public async Task Statuses_cost_one_write_an_issue_and_one_read_a_status(int changed, int statuses)
    {
        var sent = await SentAsync(
            250,
            (ann, ids) => EachAsync(changed, at => ann.SetFieldAsync(ids[at], "System.State", "Closed")),
            issue => issue % statuses == 0 ? null : "In Progress");
        AssertSame(
            new SortedDictionary<string, int>(Recorded(changed), StringComparer.Ordinal)
            {
                [$"POST {Transitions}"] = changed,
                [$"GET {Transitions}"] = statuses,
                ["GET /rest/api/3/project/{projectIdOrKey}/statuses"] = 1,
                [Pairs] = Ceiling(changed, 100),
                [Histories] = 2 * Ceiling(changed, 1000),
                [Permissions] = 1,
            },
            sent);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(110)]
    public async Task Links_cost_one_write_each(int added)
    {
        var sent = await SentAsync(
            250, (ann, ids) => EachAsync(added, at => ann.RelateAsync(ids[at], "System.LinkTypes.Related", ids[at + 1])));
        AssertSame(
            new SortedDictionary<string, int>(Recorded(added), StringComparer.Ordinal)
            {
                ["POST /rest/api/3/issueLink"] = added,
                ["GET /rest/api/3/issueLinkType"] = 1,
                [Pairs] = Ceiling(added, 100) + Multi(added),
                [Permissions] = 1,
            },
            sent);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(110)]
    public async Task Creations_cost_one_request_for_50_issues(int created)
    {
        var sent = await SentAsync(250, (ann, _) => EachAsync(created, at => ann.CreateAsync("User Story", $"Found {at}")));
        AssertSame(
            new SortedDictionary<string, int>(StringComparer.Ordinal)
            {
                ["POST /rest/api/3/issue/bulk"] = Ceiling(created, 50),
                // To see that each is there, and for what it lacks of its work item.
                [Pairs] = 2 * Ceiling(created, 100),
                [Histories] = Ceiling(created, 1000),
                ["GET /rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes"] = 1,
                ["GET /rest/api/3/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}"] = 1,
                ["GET /rest/api/3/priority"] = 1,
                [Permissions] = 1,
                // The mark, and what both sides have in common, once the issue has it.
                [Batch] = 2 * Ceiling(created, 200),
                [Read] = 3 * Ceiling(created, 200),
            },
            sent);
    }

    private static void AssertSame(SortedDictionary<string, int> expected, SortedDictionary<string, int> sent) =>
        Assert.Equal(expected.Select(one => $"{one.Value} {one.Key}"), sent.Select(one => $"{one.Value} {one.Key}"));

    /// <summary>What it takes to record in issues what is on both sides, beside reading them.</summary>
    private static SortedDictionary<string, int> Recorded(int issues)
    {
        var requests = new SortedDictionary<string, int>(StringComparer.Ordinal) { [Properties] = Multi(issues) };
        if (issues % 100 == 1)
        {
            requests[Property] = 1;
        }

        return requests;
    }

    /// <summary>The requests that write properties of several issues: one that is left is written by itself.</summary>
    private static int Multi(int issues) => Ceiling(issues, 100) - (issues % 100 == 1 ? 1 : 0);

    private static int Ceiling(int number, int size) => (number + size - 1) / size;

    private static async Task EachAsync(int count, Func<int, Task> edit)
    {
        for (var at = 0; at < count; at++)
        {
            await edit(at);
        }
    }

    /// <summary>What a run sends after edits beside what one sends that finds nothing to do, by route.</summary>
    private static async Task<SortedDictionary<string, int>> SentAsync(
        int pairs, Func<Board, IReadOnlyList<int>, Task> edit, Func<int, string?>? statusOf = null)
    {
        var seed = new JiraSeed();
        for (var issue = 1; issue <= pairs; issue++)
        {
            seed.Issue(issue, "Story");
            if (statusOf?.Invoke(issue) is { } status)
            {
                seed.Status(issue, status, "indeterminate");
            }
        }

        seed.Issue(pairs + 1, "Story").Status(pairs + 1, "Done", "done");
        await using var world = (await World.StartUnheldAsync(new SandboxOptions { Seed = seed.Lines })).ThatWritesJira();
        world.Run(Both).Succeeded();
        world.Reconnect();
        await world.ResetRequestsAsync();
        Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
        var nothing = await RequestsAsync(world);
        using (var ann = (await world.JoinAsync("ann@contoso.example")).Board)
        {
            // The last one has another status.
            var items = (await ann.ItemsAsync())
                .Where(item => item["fields"]!["System.Title"]!.ToString() != $"Issue {pairs + 1}");
            await edit(ann, items.Select(item => (int)item["id"]!).Order().ToList());
        }

        world.Reconnect();
        await world.ResetRequestsAsync();
        Assert.Equal("Changed", world.Run(Both).Succeeded().RunOutcome());
        var sent = await RequestsAsync(world);
        Assert.True(sent.GetValueOrDefault(Waiting) >= sent.GetValueOrDefault(Properties));
        sent.Remove(Waiting);
        // Whether the histories of work items are needed, which are read many at once, and in how many pages, depends on
        // times of edits.
        const string Revisions = "POST /{organization}/_apis/wit/reporting/workitemrevisions";
        Assert.InRange(sent.GetValueOrDefault(Revisions), 0, 3);
        sent.Remove(Revisions);
        foreach (var (route, count) in nothing)
        {
            sent[route] = sent.GetValueOrDefault(route) - count;
            if (sent[route] == 0)
            {
                sent.Remove(route);
            }
        }

        // The highest key is on the first page; whether the next one was asked for by then depends on time.
        const string Search = "POST /rest/api/3/search/jql";
        Assert.InRange(sent.GetValueOrDefault(Search), 0, 3);
        sent.Remove(Search);
        return sent;
    }

    private static async Task<SortedDictionary<string, int>> RequestsAsync(World world) => new(
        (await world.RequestsAsync("jira")).Concat(await world.RequestsAsync("ado")).ToDictionary(), StringComparer.Ordinal);
}
