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

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201)]
    [InlineData(JiraFlavor.Cloud, 110)]
    [InlineData(JiraFlavor.DataCenter, 201)]
    [InlineData(JiraFlavor.DataCenter, 110)]
    public async Task Fields_cost_one_write_an_issue(JiraFlavor flavor, int changed)
    {
        var sent = await SentAsync(
            flavor, 250, (ann, ids) => EachAsync(changed, at => ann.SetFieldAsync(ids[at], "System.Title", $"Named {at}")));
        AssertSame(
            new Budget(flavor)
                .Jira("PUT", "issue/{issueIdOrKey}", changed)
                // Before the writes.
                .Reads(changed, areOfProperties: true)
                // What both sides had in between, and what fell between the last read and the write.
                .Histories(changed).Histories(changed)
                // To write, and whether without notifying people.
                .Jira("GET", "mypermissions", 1)
                .Records(changed),
            sent);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201, 1)]
    [InlineData(JiraFlavor.Cloud, 110, 2)]
    [InlineData(JiraFlavor.DataCenter, 201, 1)]
    [InlineData(JiraFlavor.DataCenter, 110, 2)]
    public async Task Statuses_cost_one_write_an_issue_and_one_read_a_status(JiraFlavor flavor, int changed, int statuses)
    {
        var sent = await SentAsync(
            flavor,
            250,
            (ann, ids) => EachAsync(changed, at => ann.SetFieldAsync(ids[at], "System.State", "Closed")),
            issue => issue % statuses == 0 ? null : "In Progress");
        AssertSame(
            new Budget(flavor)
                .Jira("POST", "issue/{issueIdOrKey}/transitions", changed)
                .Jira("GET", "issue/{issueIdOrKey}/transitions", statuses)
                .Jira("GET", "project/{projectIdOrKey}/statuses", 1)
                .Reads(changed)
                .Histories(changed).Histories(changed)
                .Jira("GET", "mypermissions", 1)
                .Records(changed),
            sent);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201)]
    [InlineData(JiraFlavor.Cloud, 110)]
    [InlineData(JiraFlavor.DataCenter, 201)]
    [InlineData(JiraFlavor.DataCenter, 110)]
    public async Task Links_cost_one_write_each(JiraFlavor flavor, int added)
    {
        var sent = await SentAsync(
            flavor,
            250,
            (ann, ids) => EachAsync(added, at => ann.RelateAsync(ids[at], "System.LinkTypes.Related", ids[at + 1])));
        AssertSame(
            new Budget(flavor)
                .Jira("POST", "issueLink", added)
                .Jira("GET", "issueLinkType", 1)
                .Reads(added)
                .Jira("GET", "mypermissions", 1)
                .Records(added, areReadBack: true),
            sent);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201)]
    [InlineData(JiraFlavor.Cloud, 110)]
    [InlineData(JiraFlavor.DataCenter, 201)]
    [InlineData(JiraFlavor.DataCenter, 110)]
    public async Task Creations_cost_one_request_for_50_issues(JiraFlavor flavor, int created)
    {
        var sent = await SentAsync(
            flavor, 250, (ann, _) => EachAsync(created, at => ann.CreateAsync("User Story", $"Found {at}")));
        var expected = new Budget(flavor)
            .Jira("POST", "issue/bulk", Budget.Ceiling(created, 50))
            // To see that each is there, and for what it lacks of its work item.
            .Reads(created, areOfProperties: true).Reads(created, areOfProperties: true)
            .Histories(created)
            .Jira("GET", "issue/createmeta/{projectIdOrKey}/issuetypes", 1)
            .Jira("GET", "issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", 1)
            .Jira("GET", "priority", 1)
            .Jira("GET", "mypermissions", 1)
            // The mark, and what both sides have in common, once the issue has it.
            .Ado("$batch", 2 * Budget.Ceiling(created, 200))
            .Ado("workitemsbatch", 3 * Budget.Ceiling(created, 200));
        // What an earlier run created is sought, and the highest key, which is on the first page; how many of the next
        // ones are asked for by then depends on time.
        var searches = sent.GetValueOrDefault(expected.Search) - expected.Routes.GetValueOrDefault(expected.Search);
        Assert.InRange(searches, 2, 5);
        AssertSame(expected.Add(expected.Search, searches), sent);
    }

    private static void AssertSame(Budget expected, SortedDictionary<string, int> sent) => Assert.Equal(
        expected.Routes.Select(one => $"{one.Value} {one.Key}"), sent.Select(one => $"{one.Value} {one.Key}"));

    private static async Task EachAsync(int count, Func<int, Task> edit)
    {
        for (var at = 0; at < count; at++)
        {
            await edit(at);
        }
    }

    /// <summary>What a run sends after edits beside what one sends that finds nothing to do, by route.</summary>
    private static async Task<SortedDictionary<string, int>> SentAsync(
        JiraFlavor flavor,
        int pairs,
        Func<Board, IReadOnlyList<int>, Task> edit,
        Func<int, string?>? statusOf = null)
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
        var options = new SandboxOptions { Seed = seed.Lines, Jira = flavor };
        await using var world = (await World.StartUnheldAsync(options)).ThatWritesJira();
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
        // How often a task of Jira is asked whether it is done depends on time.
        const string Waiting = "GET /rest/api/3/task/{taskId}";
        Assert.True(sent.GetValueOrDefault(Waiting) >= sent.GetValueOrDefault(Budget.Together));
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

        return sent;
    }

    private static async Task<SortedDictionary<string, int>> RequestsAsync(World world) => new(
        (await world.RequestsAsync("jira")).Concat(await world.RequestsAsync("ado")).ToDictionary(), StringComparer.Ordinal);

    /// <summary>How many requests are expected, by route.</summary>
    private sealed class Budget(JiraFlavor flavor)
    {
        /// <summary>Writes properties of several issues.</summary>
        public const string Together = "POST /rest/api/3/issue/properties/multi";

        /// <summary>So many properties are written one by one.</summary>
        private const int OneByOne = 3;

        private string Api => flavor == JiraFlavor.Cloud ? "/rest/api/3" : "/rest/api/2";

        private string Property => $"{Api}/issue/{{issueIdOrKey}}/properties/{{propertyKey}}";

        public SortedDictionary<string, int> Routes { get; } = new(StringComparer.Ordinal);

        public string Search => flavor == JiraFlavor.Cloud ? $"POST {Api}/search/jql" : $"POST {Api}/search";

        public Budget Add(string route, int count)
        {
            if (count > 0)
            {
                Routes[route] = Routes.GetValueOrDefault(route) + count;
            }

            return this;
        }

        public Budget Jira(string method, string path, int count) => Add($"{method} {Api}/{path}", count);

        public Budget Ado(string path, int count) => Add($"POST /{{organization}}/_apis/wit/{path}", count);

        /// <summary>Reads of issues that are named; Data Center gives the property of each by a request of its own.</summary>
        public Budget Reads(int issues, bool areOfProperties = false)
        {
            Add(flavor == JiraFlavor.Cloud ? $"POST {Api}/issue/bulkfetch" : Search, Ceiling(issues, 100));
            return areOfProperties && flavor != JiraFlavor.Cloud ? Add($"GET {Property}", issues) : this;
        }

        /// <summary>Reads of histories, which Data Center gives with the issues.</summary>
        public Budget Histories(int issues) => flavor == JiraFlavor.Cloud
            ? Add($"POST {Api}/changelog/bulkfetch", Ceiling(issues, 1000))
            : Add(Search, Ceiling(issues, 100));

        /// <summary>What it takes to record in issues what is on both sides.</summary>
        public Budget Records(int issues, bool areReadBack = false)
        {
            if (flavor != JiraFlavor.Cloud)
            {
                return Add($"PUT {Property}", issues);
            }

            var single = issues % 100 <= OneByOne ? issues % 100 : 0;
            Add(Together, Ceiling(issues - single, 100));
            return (single > 0 ? Add($"PUT {Property}", single) : this).Reads(areReadBack ? issues - single : 0);
        }

        public static int Ceiling(int number, int size) => (number + size - 1) / size;
    }
}
