using System.Text.Json.Nodes;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Rest;
using Xunit;
using static JiraAdoSync.Tests.Rest.RestWorld;

namespace JiraAdoSync.Tests.Rest;

/// <summary>What is sent again, after which wait, and what is not.</summary>
public sealed class RetryTests
{
    private const string Circular =
        """{"$id":"1","message":"TF201035: Adding a Successor link would result in a circular relationship.","typeKey":"x"}""";

    private static readonly WorkItemWrite Creation = new()
    {
        WorkItemType = "Task",
        Fields = new Dictionary<string, object?> { ["System.Title"] = "One" },
    };

    [Fact]
    public async Task A_failure_shortly_before_the_time_is_up_is_reported_and_not_tried_again_after_it()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.Sandbox.SetFaultsAsync(
            RestWorld.Answer(503, 1, new JsonObject { ["Retry-After"] = "870" }),
            RestWorld.Answer(503, 1, new JsonObject { ["Retry-After"] = "28.5" }),
            RestWorld.Answer(503, 5, null));
        var failure = await Assert.ThrowsAsync<RestException>(() => RestWorld.ReadAsync(ado, 1));
        Assert.Equal(503, failure.Status);
        Assert.Equal(3, world.Sent);
    }

    [Theory]
    [InlineData("//")]
    [InlineData("http://")]
    [InlineData("::")]
    [InlineData("https://[::g]/")]
    public async Task An_address_that_is_none_leads_nowhere(string location)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(302, 1, new JsonObject { ["Location"] = location });
        var failure = await Assert.ThrowsAsync<RestException>(() => RestWorld.ReadAsync(ado, 1));
        Assert.Equal(Failure.RequestFailed, failure.Error.Kind);
    }

    [Fact]
    public async Task An_outage_is_waited_out_longer_each_time_with_jitter()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(503, times: 4);
        Assert.Empty(await ReadAsync(ado, 1));
        Assert.Equal(5, world.Sent);
        Assert.Collection(
            world.Waits,
            wait => Assert.InRange(wait, 0.7, 1.3),
            wait => Assert.InRange(wait, 1.4, 2.6),
            wait => Assert.InRange(wait, 2.8, 5.2),
            wait => Assert.InRange(wait, 5.6, 10.4));
    }

    [Fact]
    public async Task After_four_repetitions_the_failure_is_reported()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(503, times: 100);
        var failure = await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1));
        Assert.Equal((Failure.RequestFailed, 503), (failure.Error.Kind, failure.Status));
        Assert.Equal(5, world.Sent);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0.5", 0.7)]
    [InlineData("45", 45)]
    [InlineData("Wed, 11 Mar 2026 12:02:00 GMT", 120)]
    public async Task A_refusal_is_waited_out_for_as_long_as_the_service_asks(string asked, double atLeast)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(429, times: 1, new JsonObject { ["Retry-After"] = asked });
        await ReadAsync(ado, 1);
        Assert.Equal(2, world.Sent);
        Assert.InRange(world.Waits.Sum(), atLeast, Math.Max(atLeast, 1.3));
    }

    [Fact]
    public async Task A_pause_that_is_asked_for_on_a_success_holds_for_whatever_is_next()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AddHeadersAsync(("Retry-After", "12"), ("X-RateLimit-Reset", "0"));
        await ReadAsync(ado, 1);
        Assert.Empty(world.Waits);
        await ReadAsync(ado, 1);
        Assert.Equal([12], world.Waits);
    }

    [Fact]
    public async Task A_pause_beyond_the_time_that_a_request_may_take_is_reported_at_once()
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(429, times: 1,
            new JsonObject { ["Retry-After"] = "3600", ["RateLimit-Reason"] = "jira-quota-tenant-based" });
        var failure = await Assert.ThrowsAsync<RestException>(() => SearchAsync(jira));
        Assert.Equal(Failure.Throttled, failure.Error.Kind);
        var again = await Assert.ThrowsAsync<RestException>(() => SearchAsync(jira));
        Assert.Equal(Failure.Throttled, again.Error.Kind);
        Assert.Contains("asks to wait until 2026-03-11 13:00:00Z", again.Message, StringComparison.Ordinal);
        Assert.Equal(1, world.Sent);
    }

    [Fact]
    public async Task A_circular_relation_that_is_reported_as_500_is_not_sent_again()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(500, times: 100, body: Circular);
        var failure = await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1));
        Assert.Equal(Failure.CircularRelation, failure.Error.Kind);
        Assert.Equal(1, world.Sent);
    }

    [Theory]
    [InlineData("TF400733: The request has been canceled.", "x", 503, Failure.Throttled)]
    [InlineData("TF401232: Work item 1 does not exist.", "x", 500, Failure.NotFound)]
    [InlineData("VS403351: Test Operation for path /rev failed.", "x", 400, Failure.WorkItemChanged)]
    [InlineData("Somebody was faster.", "WorkItemRevisionMismatchException", 500, Failure.WorkItemChanged)]
    [InlineData("No.", "WorkItemLinkAddExtraParentException", 500, Failure.SecondParent)]
    [InlineData("No.", "Unknown", 403, Failure.AccessDenied)]
    public async Task An_error_is_recognised_by_its_code_then_its_type_then_its_status(
        string message, string type, int status, Failure kind)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        var body = new JsonObject { ["message"] = message, ["typeKey"] = type }.ToJsonString();
        await world.AnswerAsync(status, times: 100, body: body);
        var failure = await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1));
        Assert.Equal(kind, failure.Error.Kind);
    }

    [Theory]
    [InlineData("drop-before", null)]
    [InlineData("drop-after", null)]
    [InlineData("status", 500)]
    [InlineData("status", 502)]
    [InlineData("status", 504)]
    [InlineData("outage", null)]
    public async Task A_batch_of_which_nobody_knows_whether_it_was_done_is_not_sent_again(string kind, int? status)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.Sandbox.SetFaultsAsync(new JsonObject { ["kind"] = kind, ["status"] = status, ["times"] = 1 });
        var outcome = Assert.Single(await ado.WriteAsync([Creation], TestContext.Current.CancellationToken));
        Assert.True(outcome.Error!.MayBeDone, outcome.Error.Message);
        Assert.Equal(1, world.Sent);
    }

    [Fact]
    public async Task A_batch_that_was_throttled_was_not_done_and_is_sent_again()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.Sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "throttle", ["times"] = 1 });
        var outcome = Assert.Single(await ado.WriteAsync([Creation], TestContext.Current.CancellationToken));
        Assert.Equal(1, outcome.WorkItem!.Id);
        Assert.Equal(2, world.Sent);
    }

    [Fact]
    public async Task A_read_that_gets_no_answer_in_time_is_tried_again_and_a_batch_is_not()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        var slow = 100;
        world.Watcher = trace =>
        {
            if (trace.Stage == RequestStage.Sending && slow-- > 0)
            {
                world.Time.Advance(TimeSpan.FromMinutes(7));
            }
        };
        var failure = await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1));
        Assert.Equal(Failure.TimedOut, failure.Error.Kind);
        Assert.Equal(3, world.Sent);

        slow = 1;
        Assert.Empty(await ReadAsync(ado, 1));
        slow = 1;
        var outcome = Assert.Single(await ado.WriteAsync([Creation], TestContext.Current.CancellationToken));
        Assert.Equal((Failure.TimedOut, true), (outcome.Error!.Kind, outcome.Error.MayBeDone));
    }

    [Fact]
    public async Task A_wait_ends_when_the_pipeline_is_stopped()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        using var stop = new CancellationTokenSource();
        await world.AnswerAsync(503, times: 100);
        world.Watcher = trace =>
        {
            if (trace.Stage == RequestStage.Waiting)
            {
                stop.Cancel();
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ado.ReadAsync([1], stop.Token));
        Assert.Equal(1, world.Sent);
    }
}
