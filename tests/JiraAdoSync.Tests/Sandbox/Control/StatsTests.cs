using System.Net;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Control;

/// <summary>What the sandbox counts, and how it is set back.</summary>
public sealed class StatsTests
{
    private const string Myself = "/jira/rest/api/3/myself";
    private const string Types = "/ado/contoso/Fabrikam/_apis/wit/workitemtypes?api-version=7.1";

    [Fact]
    public async Task Counts_each_request_by_service_and_route_template()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        var id = await sandbox.CreateWorkItemAsync("In the statistics");
        await sandbox.CallAsync("GET", Myself);
        await sandbox.CallAsync("GET", Myself);
        await sandbox.CallAsync("GET", $"/ado/contoso/_apis/wit/workitems/{id}?api-version=7.1");
        (await sandbox.GetAsync("/ado/contoso/_apis/wit/workitems/999?api-version=7.1")).Dispose();
        await sandbox.CallAsync("POST", "/ado/contoso/_apis/wit/$batch?api-version=7.1", new JsonArray());

        var stats = await sandbox.CallAsync("GET", "/sandbox/stats");

        Assert.Equal(6, (int)stats!["total"]!);
        Assert.Equal(2, (int)stats["byService"]!["jira"]!);
        Assert.Equal(4, (int)stats["byService"]!["ado"]!);
        Assert.Equal(
            [
                "ado GET /{organization}/_apis/wit/workitems/{id} 200: 1",
                "ado GET /{organization}/_apis/wit/workitems/{id} 404: 1",
                "ado POST /{organization}/_apis/wit/$batch 200: 1",
                "ado POST /{organization}/{project}/_apis/wit/workitems/${type} 200: 1",
                "jira GET /rest/api/3/myself 200: 2",
            ],
            Routes(stats).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Counts_what_no_route_takes_and_what_is_refused()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        (await sandbox.GetAsync("/jira/nothing/here")).Dispose();
        (await sandbox.GetAsync("/ado/contoso/_apis/nothing?api-version=7.1")).Dispose();
        (await sandbox.SendAsync("DELETE", Myself)).Dispose();

        var stats = await sandbox.CallAsync("GET", "/sandbox/stats");

        Assert.Equal(3, (int)stats!["total"]!);
        Assert.Contains("jira GET (none) 404: 1", Routes(stats));
        Assert.Contains("ado GET (none) 404: 1", Routes(stats));
        Assert.Contains(Routes(stats), line => line.StartsWith("jira DELETE", StringComparison.Ordinal)
            && line.EndsWith(" 405: 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Does_not_count_the_control_routes_and_starts_again_on_request()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.CallAsync("GET", Myself);
        await sandbox.CallAsync("GET", "/sandbox/switches");
        await sandbox.CallAsync("DELETE", "/sandbox/faults");
        Assert.Equal(1, (int)(await sandbox.CallAsync("GET", "/sandbox/stats"))!["total"]!);

        await sandbox.CallAsync("POST", "/sandbox/stats/reset");

        var stats = await sandbox.CallAsync("GET", "/sandbox/stats");
        Assert.Equal(
            """{"total":0,"byService":{"jira":0,"ado":0},"routes":[]}""", stats!.ToJsonString());
    }

    [Fact]
    public async Task A_cut_connection_counts_with_status_zero()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        await sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "drop-before" });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => sandbox.GetAsync(Myself));
        Assert.Contains(
            Routes((await sandbox.CallAsync("GET", "/sandbox/stats"))!),
            line => line.StartsWith("jira GET /rest/api/3/myself 0: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reset_returns_to_the_seed_and_leaves_no_work_item()
    {
        await using var sandbox = await SandboxClient.StartAsync(
            new SandboxOptions { Seed = new Cmdlets.JiraSeed().Issue(1, "Story").Lines });
        await sandbox.CreateWorkItemAsync("Made after the start");
        await sandbox.CallAsync("DELETE", "/jira/rest/api/3/issue/SHOP-1");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(sandbox, "/jira/rest/api/3/issue/SHOP-1"));

        await sandbox.CallAsync("POST", "/sandbox/reset");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sandbox, "/jira/rest/api/3/issue/SHOP-1"));
        Assert.Equal(
            HttpStatusCode.NotFound, await StatusAsync(sandbox, "/ado/contoso/_apis/wit/workitems/1?api-version=7.1"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sandbox, Types));
    }

    [Fact]
    public async Task Switches_are_read_and_set_by_name_and_unknown_ones_are_reported()
    {
        await using var sandbox = await SandboxClient.StartAsync();
        var before = await sandbox.CallAsync("GET", "/sandbox/switches");
        Assert.Equal("refuse", before!["duplicateLinks"]!.ToString());

        await sandbox.SetSwitchesAsync(new JsonObject { ["duplicateLinks"] = "accept", ["circularLinkStatus"] = 400 });

        Assert.Equal(DuplicateLinkAnswer.Accept, sandbox.Server.Switches.DuplicateLinks);
        Assert.Equal(400, (int)(await sandbox.CallAsync("GET", "/sandbox/switches"))!["circularLinkStatus"]!);
        Assert.Contains(
            "no switch 'nonsense'", await RefusalAsync(new JsonObject { ["nonsense"] = 1 }), StringComparison.Ordinal);
        Assert.Contains(
            "does not take the value", await RefusalAsync(new JsonObject { ["batchLimit"] = "many" }),
            StringComparison.Ordinal);
        Assert.Contains("object of switches", await RefusalAsync(new JsonArray()), StringComparison.Ordinal);

        async Task<string> RefusalAsync(JsonNode body)
        {
            using var answer = await sandbox.SendAsync("PUT", "/sandbox/switches", body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            return (await JsonNode.ParseAsync(await answer.Content.ReadAsStreamAsync()))!["error"]!.ToString();
        }
    }

    private static IEnumerable<string> Routes(JsonNode stats) => stats["routes"]!.AsArray()
        .Select(one => $"{one!["service"]} {one["method"]} {one["route"]} {one["status"]}: {one["count"]}");

    private static async Task<HttpStatusCode> StatusAsync(SandboxClient sandbox, string path)
    {
        using var answer = await sandbox.GetAsync(path);
        return answer.StatusCode;
    }
}
