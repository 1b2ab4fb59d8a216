using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using JiraAdoSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

public sealed class WebhookTests : IAsyncLifetime
{
    private readonly Channel<JsonNode> _received = Channel.CreateUnbounded<JsonNode>();
    private readonly SettableTime _time = new();
    private WebApplication _listener = null!;
    private JiraWire _jira = null!;
    private string _url = "";

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _listener = builder.Build();
        _listener.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await _received.Writer.WriteAsync(
                JsonNode.Parse(await reader.ReadToEndAsync(context.RequestAborted))!, context.RequestAborted);
            context.Response.StatusCode = 204;
        });
        await _listener.StartAsync();
        _url = $"{_listener.Urls.First()}/hook/";
        _jira = await JiraWire.StartAsync(new SandboxOptions { TimeProvider = _time });
    }

    public async ValueTask DisposeAsync()
    {
        await _jira.DisposeAsync();
        await _listener.DisposeAsync();
    }

    [Fact]
    public async Task Events_of_links_have_numbers_and_no_keys()
    {
        await _jira.CreateAsync("One");
        await _jira.CreateAsync("Two");
        await RegisterAsync("\"issuelink_created\", \"issuelink_deleted\"");

        await _jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        await _jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        await _jira.DeleteAsync("issueLink/10001");
        var created = await NextAsync();
        var deleted = await NextAsync();

        var type = (await _jira.GetAsync("issueLinkType")).At("issueLinkTypes.0.id");
        Assert.Equal($$$"""
            {"timestamp":1773230400000,"webhookEvent":"issuelink_created","issueLink":{"id":10001,"sourceIssueId":10001,"destinationIssueId":10002,"issueLinkType":{"id":{{{type}}},"name":"Blocks","outwardName":"blocks","inwardName":"is blocked by","isSubTaskLinkType":false,"isSystemLinkType":false},"systemLink":false}}
            """.Trim(), created.ToJsonString());
        Assert.Equal("issuelink_deleted", deleted["webhookEvent"]!.ToString());
        Assert.Equal("10001", deleted["issueLink"]!["id"]!.ToString());
    }

    [Fact]
    public async Task A_sub_task_hangs_on_a_link_of_the_system()
    {
        await _jira.CreateAsync("Parent");
        await RegisterAsync("\"issuelink_created\"");

        await _jira.CreateAsync("Child", "Sub-task", "\"parent\": {\"key\": \"SHOP-1\"}");
        var created = (await NextAsync())["issueLink"]!;

        Assert.Equal(
            ("10001", "10002"), (created["sourceIssueId"]!.ToString(), created["destinationIssueId"]!.ToString()));
        Assert.Equal(("true", "jira_subtask_link"),
            (created["systemLink"]!.ToJsonString(), created["issueLinkType"]!["name"]!.ToString()));
    }

    [Fact]
    public async Task A_sub_task_that_moves_leaves_one_link_of_the_system_and_takes_another()
    {
        await _jira.CreateAsync("Parent");
        await _jira.CreateAsync("Other parent");
        await RegisterAsync("\"issuelink_created\", \"issuelink_deleted\"");
        await _jira.CreateAsync("Child", "Sub-task", "\"parent\": {\"key\": \"SHOP-1\"}");

        await _jira.PutAsync("issue/SHOP-3", """{"fields": {"parent": {"key": "SHOP-2"}}}""");
        var (made, left, removed) = (await NextAsync(), await NextAsync(), await NextAsync());

        Assert.Equal("issuelink_deleted", left["webhookEvent"]!.ToString());
        Assert.Equal(made["issueLink"]!["id"]!.ToString(), left["issueLink"]!["id"]!.ToString());
        Assert.Equal("10001", left["issueLink"]!["sourceIssueId"]!.ToString());
        Assert.Equal("10002", removed["issueLink"]!["sourceIssueId"]!.ToString());
        Assert.NotEqual(made["issueLink"]!["id"]!.ToString(), removed["issueLink"]!["id"]!.ToString());
    }

    [Fact]
    public async Task Events_of_issues_have_the_issue_and_what_changed()
    {
        await RegisterAsync("\"jira:issue_created\", \"jira:issue_updated\", \"jira:issue_deleted\"");

        await _jira.CreateAsync("Old");
        await _jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "New"}}""");
        await _jira.DeleteAsync("issue/SHOP-1");
        var (created, updated, deleted) = (await NextAsync(), await NextAsync(), await NextAsync());

        Assert.Equal(("jira:issue_created", "SHOP-1"),
            (created["webhookEvent"]!.ToString(), created["issue"]!["key"]!.ToString()));
        Assert.Equal("jira:issue_updated", updated["webhookEvent"]!.ToString());
        Assert.Equal("issue_generic", updated["issue_event_type_name"]!.ToString());
        Assert.Equal("sandbox@example.com", updated["user"]!["emailAddress"]!.ToString());
        Assert.Equal("New", updated["issue"]!["fields"]!["summary"]!.ToString());
        Assert.Equal("""
            {"id":"10001","items":[{"field":"summary","fieldtype":"jira","fieldId":"summary","from":null,"fromString":"Old","to":null,"toString":"New"}]}
            """.Trim(), updated["changelog"]!.ToJsonString());
        Assert.Equal(("jira:issue_deleted", "10001"),
            (deleted["webhookEvent"]!.ToString(), deleted["issue"]!["id"]!.ToString()));
    }

    [Fact]
    public async Task Events_of_comments_have_the_comment()
    {
        await _jira.CreateAsync("One");
        await RegisterAsync("\"comment_created\"");

        _jira.Version = "2";
        await _jira.PostAsync("issue/SHOP-1/comment", """{"body": "Words"}""");
        var received = await NextAsync();

        Assert.Equal(("Words", "SHOP-1"), (received["comment"]!["body"]!.ToString(), received["issue"]!["key"]!.ToString()));
    }

    [Fact]
    public async Task A_link_updates_both_issues_in_prose()
    {
        await _jira.CreateAsync("One");
        await _jira.CreateAsync("Two");
        await RegisterAsync("\"jira:issue_updated\"");

        await _jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        var (source, target) = (await NextAsync(), await NextAsync());

        Assert.Equal("This issue blocks SHOP-2", source["changelog"]!["items"]![0]!["toString"]!.ToString());
        Assert.Equal("This issue is blocked by SHOP-1", target["changelog"]!["items"]![0]!["toString"]!.ToString());
    }

    [Fact]
    public async Task A_query_restricts_what_is_sent()
    {
        await RegisterAsync("\"jira:issue_created\"", "type = Bug");

        await _jira.CreateAsync("Not sent");
        await _jira.CreateAsync("Sent", "Bug");

        Assert.Equal("Sent", (await NextAsync())["issue"]!["fields"]!["summary"]!.ToString());
    }

    [Fact]
    public async Task A_webhook_is_listed_and_removed()
    {
        var created = await RegisterAsync("\"jira:issue_created\"");
        var path = new Uri(created.At("self")!).PathAndQuery;

        Assert.Equal("Test", (await _jira.GetAsync(path)).At("name"));
        Assert.Single((await _jira.GetAsync("/jira/rest/webhooks/1.0/webhook")).Json.AsArray());
        Assert.Equal(204, (await _jira.DeleteAsync(path)).Status);
        Assert.Equal(404, (await _jira.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Dynamic_webhooks_are_for_apps_unless_a_switch_lets_accounts_pass_for_one()
    {
        var body = $$"""
            {"url": "{{_url}}", "webhooks": [
              {"events": ["jira:issue_created"], "jqlFilter": "project = SHOP"}, {"events": ["nonsense"], "jqlFilter": "project = SHOP"},
              {"events": ["jira:issue_created"], "jqlFilter": "project ="}]}
            """;

        var refused = await _jira.PostAsync("webhook", body);
        _jira.Server.Switches.JiraAccountsMayUseDynamicWebhooks = true;
        var registered = await _jira.PostAsync("webhook", body);
        var list = await _jira.GetAsync("webhook");
        await _jira.CreateAsync("Sent");
        var received = await NextAsync();
        _time.Now += TimeSpan.FromDays(1);
        var refreshed = await _jira.PutAsync("webhook/refresh", """{"webhookIds": [10001]}""");

        Assert.Equal((403, "The caller is not an app."), (refused.Status, refused.Error));
        Assert.Equal("10001", registered.At("webhookRegistrationResult.0.createdWebhookId"));
        Assert.NotNull(registered.At("webhookRegistrationResult.1.errors.0"));
        Assert.NotNull(registered.At("webhookRegistrationResult.2.errors.0"));
        Assert.Equal("2026-04-10T12:00:00.000+0000", list.At("values.0.expirationDate"));
        Assert.Equal("jira:issue_created", received["webhookEvent"]!.ToString());
        Assert.Equal("""{"expirationDate":1775908800000}""", refreshed.Text);
        Assert.Equal(202, (await _jira.SendAsync("DELETE", "webhook", """{"webhookIds": [10001]}""")).Status);
        Assert.Equal("0", (await _jira.GetAsync("webhook")).At("total"));
    }

    [Fact]
    public async Task A_dynamic_webhook_ends_after_thirty_days()
    {
        _jira.Server.Switches.JiraAccountsMayUseDynamicWebhooks = true;
        await _jira.PostAsync("webhook", $$"""{"url": "{{_url}}", "webhooks": [{"events": ["jira:issue_created"], "jqlFilter": "project = SHOP"}]}""");
        _time.Now += TimeSpan.FromDays(30);
        await _jira.CreateAsync("Not sent");
        await RegisterAsync("\"jira:issue_created\"");
        await _jira.CreateAsync("Sent");

        Assert.Equal("Sent", (await NextAsync())["issue"]!["fields"]!["summary"]!.ToString());
    }

    [Theory]
    [InlineData("http://example.com/hook")]
    [InlineData("ftp://127.0.0.1/hook")]
    [InlineData("nonsense")]
    public async Task The_sandbox_calls_nobody_outside_the_machine(string url)
    {
        var reply = await _jira.PostAsync("/jira/rest/webhooks/1.0/webhook", $$"""{"name": "T", "url": "{{url}}", "events": ["jira:issue_created"]}""");

        Assert.Equal(400, reply.Status);
        Assert.Equal("The sandbox calls webhooks on loopback only, by http or https.", reply.At("errors.url"));
    }

    private async Task<Reply> RegisterAsync(string events, string jql = "")
    {
        var reply = await _jira.PostAsync("/jira/rest/webhooks/1.0/webhook", $$"""
            {"name": "Test", "url": "{{_url}}", "events": [{{events}}], "filters": {"issue-related-events-section": "{{jql}}"} }
            """);
        Assert.Equal(201, reply.Status);
        return reply;
    }

    private async Task<JsonNode> NextAsync() => await _received.Reader.ReadAsync(TestContext.Current.CancellationToken)
        .AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
