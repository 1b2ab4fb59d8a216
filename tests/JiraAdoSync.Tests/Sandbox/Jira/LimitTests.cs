using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Jira's limits, and what its gateway calls things.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task Addresses_in_answers_of_the_gateway_lead_to_the_gateway()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One");
        var cloud = (await jira.GetAsync("/jira/_edge/tenant_info")).At("cloudId");
        jira.Authorization = JiraWire.Basic(
            jira.Server.JiraUser, (await jira.GetAsync("/sandbox/jira/accounts")).At("0.scopedToken")!);
        Assert.Equal(
            $"{jira.Server.Address}ex/jira/{cloud}/rest/api/3/issue/10001",
            (await jira.GetAsync($"/ex/jira/{cloud}/rest/api/3/issue/SHOP-1")).At("self"));
        Assert.Equal(jira.Server.JiraUri.ToString(),
            (await jira.GetAsync($"/ex/jira/{cloud}/rest/api/3/serverInfo")).At("baseUrl"));
    }

    [Fact]
    public async Task Cloud_limits_the_requests_of_an_endpoint_and_the_writes_to_an_issue()
    {
        var time = new SettableTime();
        var options = new SandboxOptions { TimeProvider = time };
        await using var jira = await JiraWire.StartAsync(options);
        await jira.CreateAsync("One");
        options.Switches.JiraCloudLimits = true;
        for (var count = 0; count < 20; count++)
        {
            Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "Again"} }""")).Status);
        }

        var writes = await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "Once more"} }""");
        Assert.Equal(429, writes.Status);
        Assert.Equal("jira-per-issue-on-write", writes.Header("RateLimit-Reason"));
        Assert.Equal("2", writes.Header("Retry-After"));
        for (var count = 0; count < 100; count++)
        {
            Assert.Equal(200, (await jira.GetAsync("myself")).Status);
        }

        var burst = await jira.GetAsync("myself");
        Assert.Equal(429, burst.Status);
        Assert.Equal("jira-burst-based", burst.Header("RateLimit-Reason"));
        Assert.Equal(200, (await jira.GetAsync("field")).Status);
        var stats = (JsonNode)(await jira.GetAsync("/sandbox/stats")).Json["throttling"]!["jira"]!;
        Assert.Equal("""{"warned":0,"delayed":0,"delayMs":0,"blocked":2}""", stats.ToJsonString());
    }

    [Fact]
    public async Task Data_Center_reports_on_every_answer_what_is_left_and_refuses_when_nothing_is()
    {
        var options = new SandboxOptions { Jira = JiraFlavor.DataCenter, TimeProvider = new SettableTime() };
        options.Switches.JiraDataCenterRequestsPerSecond = 2;
        await using var jira = await JiraWire.StartAsync(options);
        var first = await jira.GetAsync("myself");
        Assert.Equal(("2", "1", "1", "2"), (first.Header("X-RateLimit-Limit"), first.Header("X-RateLimit-Remaining"),
            first.Header("X-RateLimit-Interval-Seconds"), first.Header("X-RateLimit-FillRate")));
        Assert.Null(first.Header("Retry-After"));
        Assert.Equal("0", (await jira.GetAsync("myself")).Header("X-RateLimit-Remaining"));
        var refused = await jira.GetAsync("myself");
        Assert.Equal(429, refused.Status);
        Assert.Equal("1", refused.Header("Retry-After"));
        jira.Authorization = null;
        Assert.Null((await jira.GetAsync("serverInfo")).Header("X-RateLimit-Limit"));
    }
}
