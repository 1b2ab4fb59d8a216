using System.Net.Http.Headers;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

public class SignInTests
{
    [Fact]
    public async Task Cloud_takes_user_and_token_by_Basic()
    {
        await using var jira = await JiraWire.StartAsync();

        var reply = await jira.GetAsync("myself");

        Assert.Equal(200, reply.Status);
        Assert.Equal("sandbox@example.com", reply.At("emailAddress"));
        Assert.Equal("712020:sandbox-account", reply.At("accountId"));
        Assert.Null(reply.At("name"));
        Assert.Null(reply.Header("X-Seraph-LoginReason"));
    }

    [Fact]
    public async Task The_gateway_takes_tokens_with_scopes_and_OAuth_tokens_and_the_site_takes_neither()
    {
        await using var jira = await JiraWire.StartAsync();
        var account = await jira.SendAsync("POST", "/sandbox/jira/accounts", $$"""{"emailAddress":"{{jira.Server.JiraUser}}"}""");
        var tenant = await jira.SendAsync("GET", "/jira/_edge/tenant_info", null);
        var gateway = $"/ex/jira/{tenant.At("cloudId")}/rest/api/3/myself";
        var scoped = JiraWire.Basic(jira.Server.JiraUser, account.At("scopedToken")!);
        var oauth = new AuthenticationHeaderValue("Bearer", account.At("oauthToken"));
        foreach (var (credentials, atSite, atGateway) in
            (IEnumerable<(AuthenticationHeaderValue?, int, int)>)[(jira.Authorization, 200, 401), (scoped, 401, 200),
                (oauth, 401, 200), (null, 401, 401)])
        {
            jira.Authorization = credentials;
            Assert.Equal(atSite, (await jira.GetAsync("myself")).Status);
            Assert.Equal(atGateway, (await jira.SendAsync("GET", gateway, null)).Status);
        }

        Assert.Equal(404, (await jira.SendAsync(
            "GET", "/ex/jira/11111111-1111-1111-1111-111111111111/rest/api/3/myself", null)).Status);
    }

    [Fact]
    public async Task On_Cloud_wrong_credentials_are_reported_only_by_myself_and_by_a_header()
    {
        await using var jira = await JiraWire.StartAsync();
        var key = await jira.CreateAsync("Secret");
        jira.Authorization = JiraWire.Basic(jira.Server.JiraUser, "wrong");

        var myself = await jira.GetAsync("myself");
        var search = await jira.GetAsync("search/jql?jql=project=SHOP");
        var issue = await jira.GetAsync($"issue/{key}");

        Assert.Equal(401, myself.Status);
        Assert.Equal("Client must be authenticated to access this resource.", myself.At("message"));
        Assert.Equal("""{"issues":[],"isLast":true}""", search.Text);
        Assert.Equal(200, search.Status);
        Assert.Equal("AUTHENTICATED_FAILED", search.Header("X-Seraph-LoginReason"));
        Assert.Equal(404, issue.Status);
        Assert.Equal("Issue does not exist or you do not have permission to see it.", issue.Error);
        Assert.Equal("AUTHENTICATED_FAILED", issue.Header("X-Seraph-LoginReason"));
    }

    [Fact]
    public async Task Without_credentials_a_search_is_empty_and_no_header_says_that_a_sign_in_failed()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("Secret");
        jira.Authorization = null;

        var search = await jira.GetAsync("search/jql?jql=project=SHOP");

        Assert.Equal(200, search.Status);
        Assert.Equal("""{"issues":[],"isLast":true}""", search.Text);
        Assert.Null(search.Header("X-Seraph-LoginReason"));
        Assert.Equal(401, (await jira.GetAsync("myself")).Status);
    }

    [Fact]
    public async Task A_switch_makes_wrong_credentials_a_401_everywhere()
    {
        await using var jira = await JiraWire.StartAsync(
            new SandboxOptions { Switches = new SandboxSwitches { WrongJiraCredentialsAreAnonymous = false } });
        jira.Authorization = JiraWire.Basic(jira.Server.JiraUser, "wrong");

        Assert.Equal(401, (await jira.GetAsync("search/jql?jql=project=SHOP")).Status);
        Assert.Equal(401, (await jira.GetAsync("issue/SHOP-1")).Status);
    }

    [Fact]
    public async Task Cloud_takes_no_bearer_token()
    {
        await using var jira = await JiraWire.StartAsync();
        jira.Authorization = new AuthenticationHeaderValue("Bearer", jira.Server.JiraToken);

        Assert.Equal(401, (await jira.GetAsync("myself")).Status);
    }

    [Fact]
    public async Task Data_Center_takes_the_token_as_bearer_and_as_password()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });

        var basic = await jira.GetAsync("myself");
        jira.Authorization = new AuthenticationHeaderValue("Bearer", jira.Server.JiraToken);
        var bearer = await jira.GetAsync("myself");

        Assert.Equal(200, basic.Status);
        Assert.Equal(200, bearer.Status);
        Assert.Equal("sandbox@example.com", bearer.At("name"));
        Assert.Null(bearer.At("accountId"));
        Assert.Equal("sandbox@example.com", bearer.Header("X-AUSERNAME"));
        Assert.Equal("OK", bearer.Header("X-Seraph-LoginReason"));
    }

    [Fact]
    public async Task Data_Center_searches_anonymously_with_a_bearer_token_that_nobody_has()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        await jira.CreateAsync("Secret");
        jira.Authorization = new AuthenticationHeaderValue("Bearer", "nobody");

        var search = await jira.GetAsync("search?jql=project=SHOP");

        Assert.Equal(200, search.Status);
        Assert.Equal("0", search.At("total"));
        Assert.Equal("anonymous", search.Header("X-AUSERNAME"));
        Assert.Equal(401, (await jira.GetAsync("myself")).Status);
    }

    [Fact]
    public async Task Data_Center_answers_a_wrong_password_with_a_page()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        jira.Authorization = JiraWire.Basic(jira.Server.JiraUser, "wrong");

        var search = await jira.GetAsync("search?jql=project=SHOP");

        Assert.Equal(401, search.Status);
        Assert.Equal("text/html; charset=UTF-8", search.ContentType);
        Assert.Contains("Unauthorized (401)", search.Text, StringComparison.Ordinal);
        Assert.Equal("AUTHENTICATED_FAILED", search.Header("X-Seraph-LoginReason"));
    }

    [Fact]
    public async Task Server_info_needs_no_account_and_distinguishes_Cloud_from_Data_Center()
    {
        await using var cloud = await JiraWire.StartAsync();
        await using var dataCenter = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        (cloud.Authorization, dataCenter.Authorization) = (null, null);

        var here = await cloud.GetAsync("serverInfo");
        var there = await dataCenter.GetAsync("serverInfo");

        Assert.Equal("Cloud", here.At("deploymentType"));
        Assert.Equal(cloud.Server.JiraUri.ToString(), here.At("baseUrl"));
        Assert.Equal("1001.0.0-SNAPSHOT", here.At("version"));
        Assert.Equal("Server", there.At("deploymentType"));
        Assert.Equal("10.3.0", there.At("version"));
    }
}
