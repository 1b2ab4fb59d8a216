using System.Globalization;
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
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -Wiql '[System.Id] > 0' -JiraProject SHOP -WriteLimit 100 "
        + "-Prune -PruneLimit 100";

    /// <summary>How many stories there are before the last one.</summary>
    private const int Pairs = 250;

    private const string Parent = "System.LinkTypes.Hierarchy-Reverse";
    private const string Related = "System.LinkTypes.Related";

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201)]
    [InlineData(JiraFlavor.Cloud, 110)]
    [InlineData(JiraFlavor.DataCenter, 201)]
    [InlineData(JiraFlavor.DataCenter, 110)]
    public async Task Fields_cost_one_write_an_issue(JiraFlavor flavor, int changed)
    {
        var sent = await SentAsync(
            flavor, (ann, _, ids) => EachAsync(changed, at => ann.SetFieldAsync(ids[at], "System.Title", $"Named {at}")));
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
            (ann, _, ids) => EachAsync(changed, at => ann.SetFieldAsync(ids[at], "System.State", "Closed")),
            seed => EachPair(issue => _ = issue % statuses == 0 ? seed : seed.Status(issue, "In Progress", "indeterminate")));
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
            (ann, _, ids) => EachAsync(
                added, at => ann.RelateAsync(ids.Order().ElementAt(at), Related, ids.Order().ElementAt(at + 1))));
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
    [InlineData(JiraFlavor.DataCenter, 110)]
    public async Task Links_that_people_made_on_both_sides_cost_a_record(JiraFlavor flavor, int added)
    {
        var sent = await SentAsync(
            flavor,
            (ann, eve, ids) => EachAsync(added, async at =>
            {
                await ann.RelateAsync(ids[at], Related, ids[at + 1]);
                await eve.LinkAsync($"SHOP-{at + 1}", "Relates", $"SHOP-{at + 2}");
            }),
            outcome: "NoChange");
        AssertSame(
            new Budget(flavor)
                .Jira("GET", "issueLinkType", 1)
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
            flavor, (ann, _, _) => EachAsync(created, at => ann.CreateAsync("User Story", $"Found {at}")));
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

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201, false)]
    [InlineData(JiraFlavor.Cloud, 110, true)]
    [InlineData(JiraFlavor.DataCenter, 201, true)]
    [InlineData(JiraFlavor.DataCenter, 110, false)]
    public async Task Parents_from_Azure_DevOps_cost_one_write_an_issue(JiraFlavor flavor, int changed, bool areReplaced)
    {
        var sent = await SentAsync(
            flavor,
            async (ann, _, ids) =>
            {
                await EachAsync(areReplaced ? changed : 0, at => ann.UnrelateAsync(ids[at], Parent, ids[EpicOf(at + 1) - 1]));
                await EachAsync(changed, at => ann.RelateAsync(ids[at], Parent, ids[OtherEpicOf(at + 1) - 1]));
            },
            seed => WithEpics(seed, areReplaced));
        AssertSame(
            new Budget(flavor)
                .Jira("PUT", "issue/{issueIdOrKey}", changed)
                .Reads(changed, areOfProperties: true)
                .Histories(changed).Histories(changed)
                // Which parent a run had given; Data Center names it by its key alone.
                .History(areReplaced ? changed : 0)
                .Jira("POST", "search", areReplaced && flavor == JiraFlavor.DataCenter ? Budget.Ceiling(changed, 100) : 0)
                .Jira("GET", "mypermissions", 1)
                .Records(changed),
            sent);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201, false)]
    [InlineData(JiraFlavor.Cloud, 110, true)]
    [InlineData(JiraFlavor.DataCenter, 201, true)]
    [InlineData(JiraFlavor.DataCenter, 110, false)]
    public async Task Parents_from_Jira_cost_reads_of_histories_of_their_work_items(JiraFlavor flavor, int changed, bool areReplaced)
    {
        var sent = await SentAsync(
            flavor,
            (_, eve, _) => EachAsync(changed, at => eve.SetEpicAsync(flavor, $"SHOP-{at + 1}", $"SHOP-{OtherEpicOf(at + 1)}")),
            seed => WithEpics(seed, areReplaced));
        AssertSame(
            new Budget(flavor)
                .Histories(changed)
                // What both had; and where a parent is removed, who gave it, and what the write removed.
                .History(areReplaced ? 4 * changed : changed)
                .Ado("$batch", (areReplaced ? 2 : 1) * Budget.Ceiling(changed, 200))
                .Ado("workitemsbatch", areReplaced ? 2 * Budget.Ceiling(changed, 200) : 0)
                .Records(changed, areReadBack: true),
            sent);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201)]
    [InlineData(JiraFlavor.DataCenter, 110)]
    public async Task Links_that_people_remove_in_Jira_cost_reads_of_histories_of_their_work_items(JiraFlavor flavor, int removed)
    {
        var sent = await SentAsync(
            flavor,
            (_, eve, _) => EachAsync(removed, at => eve.UnlinkAsync($"SHOP-{at + 1}", $"SHOP-{PartnerOf(at + 1)}")),
            WithLinks);
        AssertSame(
            new Budget(flavor)
                // Who made each, and what the write removed.
                .History(3 * removed)
                .Ado("$batch", Budget.Ceiling(removed, 200))
                .Ado("workitemsbatch", 2 * Budget.Ceiling(removed, 200)),
            sent);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201)]
    [InlineData(JiraFlavor.DataCenter, 110)]
    public async Task Links_that_people_remove_in_Azure_DevOps_cost_one_write_each(JiraFlavor flavor, int removed)
    {
        var sent = await SentAsync(
            flavor,
            (ann, _, ids) => EachAsync(removed, at => ann.UnrelateAsync(ids[at], Related, ids[PartnerOf(at + 1) - 1])),
            WithLinks);
        AssertSame(
            new Budget(flavor)
                .Jira("DELETE", "issueLink/{linkId}", removed)
                .Jira("GET", "mypermissions", 1)
                // Of both ends.
                .History(2 * removed),
            sent);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 201)]
    [InlineData(JiraFlavor.Cloud, 110)]
    [InlineData(JiraFlavor.DataCenter, 110)]
    public async Task Children_that_an_epic_loses_in_Jira_cost_it_one_write(JiraFlavor flavor, int removed)
    {
        var sent = await SentAsync(
            flavor,
            (_, eve, _) => EachAsync(removed, at => eve.SetEpicAsync(flavor, $"SHOP-{at + 1}", null)),
            seed =>
            {
                seed.Issue(EpicOf(1), "Epic");
                EachPair(story => seed.Parent(story, EpicOf(1)));
            });
        AssertSame(
            new Budget(flavor)
                .Histories(removed)
                // Who gave each, of both ends; and of the epic, what each write removed.
                .History(removed + 1 + (2 * Budget.Ceiling(removed, 200)))
                .Ado("$batch", Budget.Ceiling(removed, 200))
                .Ado("workitemsbatch", 2 * Budget.Ceiling(removed, 200))
                .Records(1, areReadBack: true),
            sent);
    }

    /// <summary>An issue for a story alone: what shares an end is not written at once.</summary>
    private static int PartnerOf(int story) => Pairs + 1 + story;

    private static int EpicOf(int story) => PartnerOf(story);

    private static int OtherEpicOf(int story) => PartnerOf(story) + Pairs;

    private static void WithEpics(JiraSeed seed, bool areParents)
    {
        EachPair(story => seed.Issue(EpicOf(story), "Epic"));
        EachPair(story => seed.Issue(OtherEpicOf(story), "Epic"));
        EachPair(story => _ = areParents ? seed.Parent(story, EpicOf(story)) : seed);
    }

    private static void WithLinks(JiraSeed seed)
    {
        EachPair(story => seed.Issue(PartnerOf(story), "Story"));
        EachPair(story => seed.Link(story, "relates to", PartnerOf(story)));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 110)]
    [InlineData(JiraFlavor.DataCenter, 27)]
    public async Task Comments_are_read_where_people_changed_something_and_not_again(JiraFlavor flavor, int changed)
    {
        const string Comments = "GET /{organization}/{project}/_apis/wit/workItems/{workItemId}/comments";
        const string Sync = $"{Both} -IncludeComments";
        var seed = new JiraSeed();
        EachPair(issue => seed.Issue(issue, "Story"));
        await using var world = (await World.StartUnheldAsync(new SandboxOptions { Seed = seed.Lines, Jira = flavor }))
            .ThatWritesJira();
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await EachAsync(Pairs, at => eve.CommentAsync($"SHOP-{at + 1}", "Said"));
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments").Succeeded();
        Assert.Equal((Pairs, 0), await RunAsync());
        Assert.Equal((0, 0), await RunAsync());

        using (var ann = (await world.JoinAsync("ann@contoso.example")).Board)
        {
            var ids = (await ann.ItemsAsync()).Select(item => (int)item["id"]!).ToList();
            await EachAsync(changed, at => ann.SetFieldAsync(ids[at], "Microsoft.VSTS.Common.StackRank", $"{at + 1}"));
        }

        Assert.Equal((changed, flavor == JiraFlavor.Cloud ? Budget.Ceiling(changed, 100) : changed), await RunAsync());
        Assert.Equal((0, 0), await RunAsync());

        // How often comments are read, and what issues remember is written.
        async Task<(int Reads, int Writes)> RunAsync()
        {
            await world.ResetRequestsAsync();
            world.Run(Sync).Succeeded();
            var sent = await RequestsAsync(world);
            return (sent.GetValueOrDefault(Comments), sent
                .Where(one => one.Key == Budget.Together || one.Key.StartsWith("PUT ", StringComparison.Ordinal))
                .Sum(one => one.Value));
        }
    }

    private static void EachPair(Action<int> seed) => Enumerable.Range(1, Pairs).ToList().ForEach(seed);

    private static void AssertSame(Budget expected, SortedDictionary<string, int> sent) => Assert.Equal(
        string.Join('\n', expected.Routes.Select(one => $"{one.Value} {one.Key}")),
        string.Join('\n', sent.Select(one => $"{one.Value} {one.Key}")));

    private static async Task EachAsync(int count, Func<int, Task> edit)
    {
        for (var at = 0; at < count; at++)
        {
            await edit(at);
        }
    }

    /// <summary>What a run sends after edits beside what one sends that finds nothing to do, by route.</summary>
    /// <param name="flavor">Which Jira.</param>
    /// <param name="edit">What people do, with the ids of the work items of SHOP-1 and so on.</param>
    /// <param name="prepare">Completes the seed, of which the last story has another status than the others.</param>
    /// <param name="outcome">What the run says that it did.</param>
    private static async Task<SortedDictionary<string, int>> SentAsync(
        JiraFlavor flavor,
        Func<Board, Tracker, IReadOnlyList<int>, Task> edit,
        Action<JiraSeed>? prepare = null,
        string outcome = "Changed")
    {
        var seed = new JiraSeed();
        EachPair(issue => seed.Issue(issue, "Story"));
        seed.Issue(Pairs + 1, "Story").Status(Pairs + 1, "Done", "done");
        prepare?.Invoke(seed);
        var options = new SandboxOptions { Seed = seed.Lines, Jira = flavor };
        await using var world = (await World.StartUnheldAsync(options)).ThatWritesJira();
        world.Run(Both).Succeeded();
        world.Reconnect();
        await world.ResetRequestsAsync();
        Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
        var nothing = await RequestsAsync(world);
        using (var ann = (await world.JoinAsync("ann@contoso.example")).Board)
        {
            using var eve = await world.JoinJiraAsync("eve@contoso.example");
            await edit(ann, eve, (await ann.ItemsAsync())
                .OrderBy(item => int.Parse(item["fields"]!["System.Title"]!.ToString().Split(' ')[1], CultureInfo.InvariantCulture))
                .Select(item => (int)item["id"]!)
                .ToList());
        }

        world.Reconnect();
        await world.ResetRequestsAsync();
        Assert.Equal(outcome, world.Run(Both).Succeeded().RunOutcome());
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

        /// <summary>Histories of work items.</summary>
        public Budget History(int items) => Add("GET /{organization}/_apis/wit/workItems/{id}/updates", items);

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
