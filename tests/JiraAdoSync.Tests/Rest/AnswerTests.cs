using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;
using static JiraAdoSync.Tests.Rest.RestWorld;

namespace JiraAdoSync.Tests.Rest;

/// <summary>Answers that are not what they seem, and what is said of them.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData(203, "text/html", Failure.AuthenticationFailed)]
    [InlineData(203, "application/json", Failure.AuthenticationFailed)]
    [InlineData(200, "text/html", Failure.AuthenticationFailed)]
    [InlineData(200, "text/plain", Failure.RequestFailed)]
    [InlineData(200, "application/octet-stream", Failure.RequestFailed)]
    [InlineData(401, "text/html", Failure.AuthenticationFailed)]
    [InlineData(404, "text/html", Failure.NotFound)]
    public async Task What_is_no_JSON_is_no_success(int status, string type, Failure kind)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(
            status, 100, new JsonObject { ["Content-Type"] = type }, "<html><title>Sign in</title></html>");
        Assert.Equal(kind, (await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1))).Error.Kind);
        Assert.Equal(kind, (await Assert.ThrowsAsync<RestException>(() => SearchAsync(jira))).Error.Kind);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_accident()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(200, 1, body: "\ufeff{\"value\":[null]}");
        Assert.Empty(await ReadAsync(ado, 1));
        await world.Sandbox.SetFaultsAsync(new JsonObject { ["kind"] = "outage" });
        var failure = await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1));
        Assert.Equal(Failure.ServerUnreachable, failure.Error.Kind);
        Assert.Contains("TF24668", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://dev.azure.example/_signin?realm=x", Failure.AuthenticationFailed)]
    [InlineData("/login.jsp?os_destination=x", Failure.AuthenticationFailed)]
    [InlineData("https://elsewhere.example/jira?secret=1", Failure.RequestFailed)]
    public async Task A_redirect_is_not_followed_with_credentials(string location, Failure kind)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(302, 1, new JsonObject { ["Location"] = location });
        var failure = await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1));
        Assert.Equal(kind, failure.Error.Kind);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, world.Sent);
    }

    [Theory]
    [InlineData("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")]
    [InlineData("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=https://jira.example/login.jsp")]
    [InlineData("X-AUSERNAME", "anonymous")]
    public async Task An_answer_to_nobody_is_no_success(string header, string value)
    {
        await using var world = await RestWorld.StartAsync(
            new SandboxOptions { Seed = new JiraSeed().Issue(1, "Story").Lines });
        using var jira = await world.ConnectJiraAsync();
        await world.AddHeadersAsync(("Retry-After", "0"), (header, value));
        var failure = await Assert.ThrowsAsync<RestException>(() => SearchAsync(jira));
        Assert.Equal(Failure.AuthenticationFailed, failure.Error.Kind);
    }

    [Fact]
    public async Task An_error_names_method_address_words_and_activity_and_no_query()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(400, 1, new JsonObject { ["activityid"] = "abc-123" }, """{"message":"TF51535: Cannot find field X."}""");
        var failure = await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1));
        Assert.Equal(
            $"Azure DevOps at {world.Sandbox.Server.OrganizationUri} answered 400: TF51535: Cannot find field X "
            + "(POST /_apis/wit/workitemsbatch, activity id abc-123).",
            failure.Message);
        Assert.DoesNotContain("api-version", failure.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_answers_with_our_credentials_does_not_bring_them_into_an_error()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        var token = world.Sandbox.Server.AdoToken;
        var header = Basic(string.Empty, token).Parameter!;
        var echo = new JsonObject
        {
            ["message"] = $"Bad: Authorization: Basic {header} of https://u:{token}@x.example/?access_token=zzz\r\n{token} {Uri.EscapeDataString(header)}",
        };
        await world.AnswerAsync(400, 1, body: echo.ToJsonString());
        var failure = await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1));
        Assert.DoesNotContain(token, failure.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(header, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("zzz", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Theory]
    [InlineData("""{"issues":[],"isLast":false}""")]
    [InlineData("""{"issues":[],"nextPageToken":"a"}""")]
    [InlineData("{}")]
    [InlineData("""{"issues":[null]}""")]
    [InlineData("""{"issues":[{"id":"1"}]}""")]
    [InlineData("""{"issues":[{"id":"0","key":"A-1"}]}""")]
    [InlineData("""{"issues":[{"id":"1","key":"A-1","fields":{"issuelinks":[{"id":"1"}]}}]}""")]
    [InlineData("""{"issues":"none"}""")]
    [InlineData("""{"issues":[{"id":"1","ke""")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_search_that_breaks_off_is_never_the_end_of_the_data(string page)
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(200, 100, new JsonObject { ["Content-Type"] = "application/json" }, page);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => SearchAsync(jira));
        Assert.True(failure is RestException { Error.Kind: Failure.RequestFailed } or SyncException { Id: "RequestFailed" }, failure.ToString());
    }

    [Theory]
    [InlineData("""{"issues":[{"id":"1","key":"A-1","fields":{"x":{"nextPageToken":"of a field"}}}],"isLast":true}""")]
    [InlineData("""{"nextPageToken":null,"issues":[{"id":"1","key":"A-1","fields":{"x":{"nextPageToken":"of a field"}}}]}""")]
    [InlineData("""{"issues":[{"id":"1","key":"A-1","fields":{"summary":"\"nextPageToken\":\"of a text\"}"}}],"isLast":true}""")]
    public async Task What_an_issue_holds_does_not_lead_to_another_page(string page)
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(200, 1, new JsonObject { ["Content-Type"] = "application/json" }, page);
        Assert.Equal("A-1", Assert.Single(await SearchAsync(jira)).Key);
    }

    [Theory]
    [InlineData("""{"value":[{"id":2,"rev":1}]}""")]
    [InlineData("""{"value":[{"id":1,"rev":1},{"id":1,"rev":1}]}""")]
    [InlineData("""{"value":[{"id":1,"rev":0}]}""")]
    [InlineData("""{"value":[{"id":1,"rev":1,"relations":[null]}]}""")]
    [InlineData("""{"value":[{"id":1,"rev":1,"relations":[{}]}]}""")]
    [InlineData("""{"value":[{"id":1,"rev":1,"fields":{"System.Title":"\ud800"}}]}""")]
    [InlineData("""{"value":{}}""")]
    [InlineData("{}")]
    public async Task A_read_that_answers_another_question_is_a_failure(string answer)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(200, 100, new JsonObject { ["Content-Type"] = "application/json" }, answer);
        var failure = await Assert.ThrowsAsync<RestException>(() => ReadAsync(ado, 1));
        Assert.Equal(Failure.RequestFailed, failure.Error.Kind);
    }

    [Theory]
    [InlineData("""{"value":[{"code":200,"body":"{\"id\":1,\"rev\":1}"}]}""")]
    [InlineData("""{"value":[{"code":200,"body":"{\"id\":1"}]}""")]
    [InlineData("""{"value":[{"code":200}]}""")]
    [InlineData("""{"value":[null]}""")]
    [InlineData("""{"value":[{"code":500,"body":""}]}""")]
    [InlineData("""{"value":[]}""")]
    [InlineData("""{"value":[{"code":400,"body":"{}"},{"code":400,"body":"{}"}]}""")]
    [InlineData("""{"value""")]
    [InlineData("null")]
    public async Task A_batch_answer_that_does_not_show_what_was_written_leaves_open_whether_it_was(string answer)
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await world.AnswerAsync(200, 1, new JsonObject { ["Content-Type"] = "application/json" }, answer);
        var creation = new AzureDevOps.WorkItemWrite
        {
            WorkItemType = "Task",
            Fields = new Dictionary<string, object?> { ["System.Title"] = "One" },
            AddRelations = [new AzureDevOps.NewRelation("Hyperlink", "c") { Url = "https://a.example/1" }],
        };
        var outcome = Assert.Single(await ado.WriteAsync([creation], TestContext.Current.CancellationToken));
        Assert.True(outcome.Error!.MayBeDone, outcome.Error.ToString());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999999999999\r\n\r\n{", Failure.RequestFailed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\nConnection: close\r\n\r\n{\"a\":", Failure.ServerUnreachable)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\nzz", Failure.ServerUnreachable)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope", Failure.ServerUnreachable)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: br\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope", Failure.ServerUnreachable)]
    [InlineData("HTTP/9.9 what\r\n\r\n", Failure.ServerUnreachable)]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", Failure.ServerUnreachable)]
    [InlineData("", Failure.ServerUnreachable)]
    public async Task What_is_no_whole_answer_is_an_error_of_ours(string answer, Failure kind)
    {
        await using var server = new RawServer(answer);
        var failure = await Assert.ThrowsAsync<RestException>(() => ConnectAdoAsync(server.Address));
        Assert.Equal(kind, failure.Error.Kind);
        Assert.Contains(server.Address.ToString(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_trusted()
    {
        await using var server = new RawServer(RawServer.Ok("{}"), withTls: true);
        var failure = await Assert.ThrowsAsync<RestException>(() => ConnectAdoAsync(server.Address));
        Assert.Equal(Failure.ServerUnreachable, failure.Error.Kind);
        Assert.Contains("certificate", failure.Message, StringComparison.OrdinalIgnoreCase);
        await Assert.ThrowsAsync<RestException>(() => JiraClient.ConnectAsync(
            server.Address, server.Address, Credentials, TimeProvider.System, _ =>
                { }, TestContext.Current.CancellationToken));
        Assert.Empty(server.Requests);
    }

    private static Task<AdoClient> ConnectAdoAsync(Uri address) => AdoClient.ConnectAsync(
        address, "Fabrikam", Credentials, TimeProvider.System, _ => { }, TestContext.Current.CancellationToken);

    private static AuthenticationHeaderValue Credentials() => Basic(string.Empty, "canary");
}
