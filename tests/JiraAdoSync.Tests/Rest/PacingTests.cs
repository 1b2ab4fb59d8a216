using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Rest;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Syncing;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;
using static JiraAdoSync.Tests.Rest.RestWorld;

namespace JiraAdoSync.Tests.Rest;

/// <summary>How requests are spread before a limit is hit, and how many are under way at once.</summary>
public sealed class PacingTests
{
    [Fact]
    public async Task What_is_left_of_Azure_DevOps_limit_is_spread_over_the_time_to_its_reset()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        var reset = world.Time.GetUtcNow().AddSeconds(20).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        // Ten requests of 0.014 units are left for 20 seconds.
        await world.AddHeadersAsync(
            ("Retry-After", "0"), ("X-RateLimit-Remaining", "0.14"), ("X-RateLimit-Reset", reset));
        await ReadAsync(ado, 1);
        for (var one = 0; one < 3; one++)
        {
            await ReadAsync(ado, 1);
        }

        Assert.Equal([2, 2], world.Waits.Select(wait => Math.Round(wait, 3)));
        world.Time.Advance(TimeSpan.FromSeconds(20));
        await ReadAsync(ado, 1);
        Assert.Equal(2, world.Waits.Count);
    }

    [Fact]
    public async Task Nothing_left_of_the_limit_is_waited_out_to_its_reset()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        var reset = world.Time.GetUtcNow().AddSeconds(90).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        await world.AnswerAsync(
            429, times: 1, new JsonObject { ["X-RateLimit-Remaining"] = "0", ["X-RateLimit-Reset"] = reset });
        await ReadAsync(ado, 1);
        Assert.Equal(90, world.Waits.Sum(), 0.001);
    }

    [Fact]
    public async Task Jira_Cloud_reports_its_reset_as_a_date()
    {
        await using var world = await RestWorld.StartAsync(
            new SandboxOptions { Seed = new JiraSeed().Issue(1, "Story").Lines });
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(
            429, times: 1,
            new JsonObject { ["X-RateLimit-Remaining"] = "0", ["X-RateLimit-Reset"] = "2026-03-11T12:05Z" });
        Assert.Single(await SearchAsync(jira));
        Assert.Equal(300, world.Waits.Sum(), 0.001);
    }

    [Fact]
    public async Task Data_Center_fills_its_bucket_at_a_rate_and_is_asked_at_that_rate_when_it_is_nearly_empty()
    {
        await using var world = await RestWorld.StartAsync(
            new SandboxOptions { Seed = new JiraSeed().Issue(1, "Story").Lines, Jira = JiraFlavor.DataCenter });
        using var jira = await world.ConnectJiraAsync();
        await world.AddHeadersAsync(
            ("Retry-After", "0"), ("X-RateLimit-Limit", "100"), ("X-RateLimit-Remaining", "80"),
            ("X-RateLimit-Interval-Seconds", "60"), ("X-RateLimit-FillRate", "12"));
        await SearchAsync(jira);
        await SearchAsync(jira);
        Assert.Empty(world.Waits);
        await world.AddHeadersAsync(
            ("Retry-After", "0"), ("X-RateLimit-Limit", "100"), ("X-RateLimit-Remaining", "3"),
            ("X-RateLimit-Interval-Seconds", "60"), ("X-RateLimit-FillRate", "12"));
        await SearchAsync(jira);
        await SearchAsync(jira);
        await SearchAsync(jira);
        Assert.Equal([5], world.Waits);
    }

    [Theory]
    [InlineData("X-RateLimit-Remaining", "many")]
    [InlineData("X-RateLimit-Remaining", "-5")]
    [InlineData("X-RateLimit-Remaining", "NaN")]
    [InlineData("X-RateLimit-Reset", "99999999999999999999")]
    [InlineData("X-RateLimit-Reset", "tomorrow")]
    [InlineData("x-ratelimit-cost", "0")]
    public async Task A_header_that_makes_no_sense_is_passed_over(string name, string value)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AddHeadersAsync(
            ("Retry-After", "0"), ("X-RateLimit-Remaining", "50"), ("X-RateLimit-Reset", "9"), (name, value));
        await ReadAsync(ado, 1);
        await ReadAsync(ado, 1);
        Assert.Empty(world.Waits);
    }

    [Fact]
    public async Task As_many_requests_are_under_way_as_may_be_and_no_more()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        ado.ThrottleLimit = 3;
        var (underWay, most) = (0, 0);
        world.Watcher = trace =>
        {
            if (trace.Stage == RequestStage.Sending)
            {
                most = Math.Max(most, Interlocked.Increment(ref underWay));
            }
            else
            {
                Interlocked.Decrement(ref underWay);
            }
        };
        await ReadAsync(ado, Enumerable.Range(1, 2000).ToArray());
        Assert.Equal((10, 3, 0), (world.Sent, most, underWay));
    }

    [Fact]
    public async Task After_a_refusal_fewer_requests_are_under_way()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        ado.ThrottleLimit = 8;
        await world.Sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "throttle", ["times"] = 8 });
        var gate = new Lock();
        var (underWay, refusals, mostAfter) = (0, 0, 0);
        world.Watcher = trace =>
        {
            lock (gate)
            {
                underWay += trace.Stage switch { RequestStage.Sending => 1, RequestStage.Answered => -1, _ => 0 };
                refusals += trace.Status == 429 ? 1 : 0;
                mostAfter = refusals == 8 ? Math.Max(mostAfter, underWay) : 0;
            }
        };
        await ReadAsync(ado, Enumerable.Range(1, 2000).ToArray());
        Assert.Equal(8, refusals);
        Assert.InRange(mostAfter, 1, 5);
    }

    /// <summary>
    /// A budget of 2 units in five minutes is 142 requests of 0.014. The sandbox begins to ask for pauses at four
    /// fifths of it, and the service's advice is to follow them: more than four fifths is not to be had without
    /// ignoring it.
    /// </summary>
    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Under_a_limit_of_throughput_units_a_long_run_is_never_delayed_and_never_refused(int throttleLimit)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        ado.ThrottleLimit = throttleLimit;
        world.Sandbox.Server.Switches.ThroughputUnits = 2;
        // A read of many items holds its next request until the first of those under way is answered, so each sender reads by itself.
        world.Senders = throttleLimit;
        var start = world.Time.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, throttleLimit).Select(_ => Task.Run(async () =>
        {
            for (var request = 0; request < 1000 / throttleLimit; request++)
            {
                await ReadAsync(ado, 1);
            }

            world.Leave();
        })));
        var minutes = (world.Time.GetUtcNow() - start).TotalMinutes;
        var answers = world.Traces.Where(trace => trace.Stage == RequestStage.Answered).ToList();
        Assert.All(answers, answer => Assert.Equal((200, TimeSpan.Zero), (answer.Status, answer.DelayedBy)));
        Assert.Equal(1000, answers.Count);
        var share = 1000 * 0.014 / (2 * minutes / 5);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{share:P0} of the allowed rate at {throttleLimit} requests at once.");
        Assert.InRange(share, 0.75, 1);
    }

    [Fact(Timeout = 300_000)]
    public async Task Under_a_limit_of_throughput_units_a_whole_sync_is_done_and_never_delayed_and_never_refused()
    {
        var token = TestContext.Current.CancellationToken;
        var seed = new JiraSeed();
        for (var issue = 1; issue <= 3000; issue++)
        {
            seed.Issue(issue, "Story");
        }

        for (var issue = 1; issue < 3000; issue++)
        {
            seed.Link(issue, "blocks", issue + 1);
        }

        await using var world = await RestWorld.StartAsync(new SandboxOptions { Seed = seed.Lines });
        using var jira = await world.ConnectJiraAsync();
        using var ado = await world.ConnectAdoAsync();
        // One request at a time: the clock leaves none behind.
        ado.ThrottleLimit = 1;
        // Thirty requests in five minutes, of which the service asks to wait from the 24th on.
        world.Sandbox.Server.Switches.ThroughputUnits = 0.42;
        var policy = new WorkItemPolicy
        {
            Fields = new FieldMapping(
                [],
                new FieldCatalog(await jira.GetFieldsAsync(token), [], await ado.GetWorkItemTypesAsync(token)),
                mayBypassRules: false),
        };
        var sync = new Synchronizer(
            new SyncContext { Store = ado, Source = jira, Site = jira.Site, Time = world.Time });
        var types = await ado.GetRelationTypesAsync(token);
        var read = await sync.ReadAsync(
            jira.SearchAsync("project = SHOP", policy.Fields.Detail, token),
            replicas => LinkConverter.Convert(
                replicas.SelectMany(replica => replica.ParentAndLinks()),
                new LinkTypeMapping(LinkTypePresets.Default, types), types,
                UnmappedLinks.Error, _ => { }),
            policy,
            token);
        var plan = await sync.PlanAsync(read, (policy, new RelationPolicy()), null, isToBeApplied: false, token);
        foreach (var phase in sync.Apply(plan).Where(phase => phase.HasWrites))
        {
            await foreach (var result in phase.ApplyAsync(token))
            {
                Assert.True(result.IsApplied, result.Problem?.ToString());
            }
        }

        var answers = world.Traces
            .Where(trace =>
                trace.Stage == RequestStage.Answered && !trace.Path.StartsWith("/rest/", StringComparison.Ordinal))
            .ToList();
        Assert.All(answers, answer => Assert.Equal((200, TimeSpan.Zero), (answer.Status, answer.DelayedBy)));
        Assert.True(answers.Count > 30 && world.Waits.Count > 0,
            $"{answers.Count} requests, {world.Waits.Count} waits");
    }
}
