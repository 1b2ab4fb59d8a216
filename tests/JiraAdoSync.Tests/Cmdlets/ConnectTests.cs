using System.Management.Automation;
using System.Net;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Which service is spoken to, in which version, and with which kind of credentials.</summary>
public sealed class ConnectTests
{
    [Theory]
    [InlineData(AdoFlavor.Services, "Services 7.1")]
    [InlineData(AdoFlavor.Server2022, "Server 7.0")]
    [InlineData(AdoFlavor.Server2020, "Server 6.0")]
    public async Task Azure_DevOps_is_spoken_to_in_the_newest_version_that_it_knows(AdoFlavor flavor, string spoken)
    {
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = RecipeStory.Issues, AzureDevOps = flavor });
        Assert.Equal(spoken, world.Run("\"$($ado.Deployment) $($ado.ApiVersion)\"").Output.Single().ToString());
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        world.Board.Version = "6.0";
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
        var again = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", again.Summary.Properties["Outcome"].Value.ToString());
    }

    [Fact]
    public async Task A_twin_is_moved_to_the_recycle_bin_of_a_server_too()
    {
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = RecipeStory.Issues, AzureDevOps = AdoFlavor.Server2020 });
        world.Board.Version = "6.0";
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Board.TwinAsync(
            await world.Board.IdOfAsync("Customers can pay by card"), "0123456789ab", "Twin");
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.DoesNotContain("Twin", string.Join(' ', await world.Board.TitlesAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-TokenType Bearer", "Bearer")]
    [InlineData("-TokenType PersonalAccessToken", "Basic")]
    [InlineData("", "Basic")]
    public async Task A_token_that_is_no_JSON_web_token_is_sent_as_the_user_says(string parameter, string scheme)
    {
        await using var world = await World.StartAsync([]);
        // Only a refused bearer token gets words in answer.
        var failed = world.Run($"Connect-AdoProject $organizationUri $project -Token $badToken {parameter}");
        Assert.Equal("AuthenticationFailed", failed.FailureId);
        Assert.Equal(scheme == "Bearer", failed.Failure!.ToString().Contains("TF400813", StringComparison.Ordinal));
        world.Run($"Connect-AdoProject $organizationUri $project -Token $adoToken {parameter}").Succeeded();
    }

    [Fact]
    public async Task A_JSON_web_token_is_sent_as_Bearer_unless_the_user_says_otherwise()
    {
        await using var world = await World.StartAsync([]);
        world.Session.Set("webToken", new NetworkCredential("", "eyJhbGciOi.eyJzdWIi.c2ln").SecurePassword);
        var failed = world.Run("Connect-AdoProject $organizationUri $project -Token $webToken");
        Assert.Contains("TF400813", failed.Failure!.ToString(), StringComparison.Ordinal);
        failed = world.Run(
            "Connect-AdoProject $organizationUri $project -Token $webToken -TokenType PersonalAccessToken");
        Assert.DoesNotContain("TF400813", failed.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a line break\n")]
    [InlineData("Ünicode")]
    public async Task A_token_that_none_can_be_is_refused_before_anything_is_sent(string token)
    {
        await using var world = await World.StartAsync([]);
        world.Session.Set("oddToken", new NetworkCredential("", token).SecurePassword);
        await world.ResetRequestsAsync();
        Assert.Equal(
            "TokenInvalid", world.Run("Connect-AdoProject $organizationUri $project -Token $oddToken").FailureId);
        Assert.Equal("TokenInvalid", world.Run("Connect-JiraSite $jiraUri -Token $oddToken").FailureId);
        Assert.Empty(await world.RequestsAsync("ado"));
        Assert.Empty(await world.RequestsAsync("jira"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_token_that_expires_in_the_middle_of_a_run_is_reported_and_the_next_run_does_what_is_left(int lasts)
    {
        var seed = new JiraSeed();
        for (var number = 1; number <= 450; number++)
        {
            seed.Issue(number, "Story").Status(number, "Done", "done");
            _ = number > 1 ? seed.Link(number, "blocks", number - 1) : seed;
        }

        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = seed.Lines });
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/$batch", ["kind"] = "status", ["status"] = 401,
            ["skip"] = lasts,
        });
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'");
        Assert.Equal("Partial", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.All(run.ErrorIds, id => Assert.Equal("AuthenticationFailed", id));
        Assert.Contains("Connect-AdoProject takes a new one", run.Errors[0].ToString(), StringComparison.Ordinal);
        await world.ClearFaultsAsync();

        world.Reconnect();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal(450, (await world.Board.ItemsAsync()).Count);
        Assert.Equal(2 * 449, (await world.Board.RelationsAsync()).Count);
        Assert.Equal("NoChange", world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'")
            .Succeeded().Summary.Properties["Outcome"].Value.ToString());
    }

    [Fact]
    public async Task A_service_that_takes_the_token_no_more_is_asked_a_few_times_and_no_more_however_much_is_left()
    {
        var seed = new JiraSeed();
        for (var number = 1; number <= 2400; number++)
        {
            seed.Issue(number, "Story");
            _ = number > 1 ? seed.Link(number, "blocks", number - 1) : seed;
        }

        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = seed.Lines });
        await world.SetFaultsAsync(
            new JsonObject { ["service"] = "ado", ["route"] = "*$batch", ["kind"] = "status", ["status"] = 401,
                ["skip"] = 1 },
            new JsonObject { ["service"] = "ado", ["route"] = "*workitemsbatch", ["kind"] = "status", ["status"] = 401,
                ["skip"] = 2 });
        await world.ResetRequestsAsync();
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -ThrottleLimit 1");
        Assert.Equal("Partial", run.RunOutcome());
        Assert.All(run.ErrorIds, id => Assert.Equal("AuthenticationFailed", id));
        Assert.Equal(3, (await world.RequestsAsync("ado"))["POST /{organization}/_apis/wit/$batch"]);
        Assert.Equal(2200, run.Rows("WorkItemResult", "Action").Count(action => action == "Fail"));
        Assert.Equal(200, (await world.Board.ItemsAsync()).Count);
        await world.ClearFaultsAsync();
        world.Run("$null = Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded().RunOutcome());
    }

    [Theory]
    [InlineData("https://me:canary@jira.example.org")]
    [InlineData("ftp://me:canary@jira.example.org")]
    [InlineData("me:canary@jira.example.org")]
    [InlineData("https://canary@dev.azure.com/contoso")]
    public async Task An_address_with_credentials_in_it_is_refused_and_not_repeated(string address)
    {
        await using var world = await World.StartAsync([]);
        var failed = world.Run($"Connect-JiraSite -Uri {address} -Credential $jiraCredential");
        Assert.Equal("AddressInvalid", failed.FailureId);
        Assert.DoesNotContain("canary", failed.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("Fabrikam/../../_apis")]
    [InlineData("Fabrikam?api-version=1")]
    [InlineData("%2e%2e")]
    [InlineData("Fabri'kam\"; DROP")]
    [InlineData("##vso[task.setvariable variable=x]y")]
    public async Task A_project_whose_name_leads_elsewhere_leads_nowhere(string name)
    {
        await using var world = await World.StartAsync([]);
        await world.ResetRequestsAsync();
        world.Session.Set("name", name);
        var failed = world.Run("Connect-AdoProject $organizationUri $name -Token $adoToken");
        Assert.Contains(failed.FailureId, (string[])["NameInvalid", "NotFound", "RequestFailed"]);
        Assert.Subset(
            new HashSet<string> { "GET /{organization}/_apis/connectionData",
                "GET /{organization}/_apis/projects/{projectId}", "GET (none)" },
            (await world.RequestsAsync("ado")).Keys.ToHashSet());
    }

    [Fact]
    public async Task A_connection_that_was_replaced_still_works_for_whoever_holds_it_and_one_that_was_ended_says_so()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("$null = Connect-JiraSite $jiraUri $jiraCredential; Get-JiraReplica -Key SHOP-1 -JiraConnection $jira").Succeeded();
        world.Run("Disconnect-JiraAdo").Succeeded();
        Assert.Equal("NotConnected", world.Run("Get-JiraReplica -Key SHOP-1").FailureId);
    }

    [Fact]
    public async Task A_token_with_scopes_or_of_OAuth_finds_its_way_to_the_gateway()
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        var account = await world.SetAccountAsync(new JsonObject());
        world.Session.Set("gateway", world.Sandbox.Address);
        world.Session.Set("scoped", new PSCredential(
            world.Sandbox.JiraUser, new NetworkCredential("", account["scopedToken"]!.ToString()).SecurePassword));
        world.Session.Set("oauth", new NetworkCredential("", account["oauthToken"]!.ToString()).SecurePassword);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        foreach (var credentials in new[] { "-Credential $scoped", "-Token $oauth" })
        {
            var connection = world.Run($"Connect-JiraSite $jiraUri {credentials} -GatewayUri $gateway")
                .Succeeded().Output.Single();
            Assert.Contains("/ex/jira/", connection.Properties["ApiUri"].Value.ToString(), StringComparison.Ordinal);
            Assert.Equal(world.Sandbox.JiraUri.ToString(), connection.Properties["Site"].Value);
            // The site is the same, and so are its marks.
            var again = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
            Assert.Equal("NoChange", again.Summary.Properties["Outcome"].Value.ToString());
            world.Session.Set("there", connection.Properties["ApiUri"].Value);
            world.Run($"Connect-JiraSite $there {credentials}").Succeeded();
        }

        Assert.Equal("AuthenticationFailed",
            world.Run("Connect-JiraSite $jiraUri $badCredential -GatewayUri $gateway").FailureId);
        Assert.Equal("AuthenticationFailed",
            world.Run("Connect-JiraSite $jiraUri -Token $badToken -GatewayUri $gateway").FailureId);
        Assert.Equal(
            "AddressInvalid", world.Run("Connect-JiraSite $jiraUri -Token $oauth -GatewayUri there").FailureId);
        // A gateway that can't be reached leaves the site's own word.
        Assert.Equal(
            "AuthenticationFailed",
            world.Run("Connect-JiraSite $jiraUri $badCredential -GatewayUri http://127.0.0.1:1").FailureId);
    }

    [Fact]
    public async Task Data_Center_takes_a_password_and_a_token_and_refuses_wrong_ones()
    {
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = RecipeStory.Issues, Jira = JiraFlavor.DataCenter });
        world.Session.Set("jiraToken", new NetworkCredential("", world.Sandbox.JiraToken).SecurePassword);
        var connection = world.Run("Connect-JiraSite $jiraUri -Token $jiraToken").Succeeded().Output.Single();
        Assert.Equal("Data Center", connection.Properties["Deployment"].Value);
        Assert.Equal(6, world.Run("Get-JiraReplica -Jql 'project = SHOP'").Succeeded().Output.Count);
        Assert.Equal("AuthenticationFailed", world.Run("Connect-JiraSite $jiraUri -Token $badToken").FailureId);
        Assert.Equal("AuthenticationFailed", world.Run("Connect-JiraSite $jiraUri $badCredential").FailureId);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_key_that_is_more_than_a_key_finds_nothing_and_asks_for_nothing(JiraFlavor flavor)
    {
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = RecipeStory.Issues, Jira = flavor });
        string[] keys =
        [
            "SHOP-1) OR project = SHOP OR key in (SHOP-2", "SHOP-1 SHOP-2", "SHOP-1;SHOP-2", "1 OR 1=1",
            "../../2/serverInfo", "SHOP-1?x", "\"", "'", "",
        ];
        world.Session.Set("keys", keys.Where(key => key.Length > 0).ToArray());
        await world.ResetRequestsAsync();
        var run = world.Run("$keys | ForEach-Object { Get-JiraReplica -Key $_ }");
        Assert.Empty(run.Output);
        Assert.Equal(keys.Length - 1, run.ErrorIds.Count(id => id == "IssueNotFound"));
        Assert.All((await world.RequestsAsync("jira")).Keys, route =>
            Assert.EndsWith("/field", route, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_epic_link_that_is_more_than_a_key_is_no_clause_of_a_query()
    {
        await using var world = await World.StartUnheldAsync(
            new SandboxOptions { Seed = RecipeStory.Issues, Jira = JiraFlavor.DataCenter });
        using var client = new HttpClient { DefaultRequestHeaders = { Authorization = Rest.RestWorld.Basic(world.Sandbox.JiraUser, world.Sandbox.JiraToken) } };
        var fields = await client.GetStringAsync(
            $"{world.Sandbox.JiraUri}/rest/api/2/field", TestContext.Current.CancellationToken);
        var field = JsonNode.Parse(fields)!.AsArray()
            .Single(one =>
                one!["schema"]?["custom"]?.ToString() == "com.pyxis.greenhopper.jira:gh-epic-link")!["id"]!.ToString();
        var issue = $$$"""{"id":"1","key":"SHOP-1","fields":{"summary":"x","{{{field}}}":"SHOP-2) OR project = SHOP OR key in (SHOP-3"}}""";
        await world.SetFaultsAsync(new JsonObject
        {
            ["kind"] = "status",
            ["status"] = 200,
            ["route"] = "*/search",
            ["times"] = 1,
            ["headers"] = new JsonObject { ["Content-Type"] = "application/json" },
            ["body"] = $$"""{"issues":[{{issue}}],"total":1,"startAt":0,"maxResults":100}""",
        });
        await world.ResetRequestsAsync();
        var replica = world.Run("Get-JiraReplica -Jql 'project = SHOP'").Succeeded().Output.Single();
        Assert.Null(replica.Properties["Parent"].Value);
        Assert.Equal(1, (await world.RequestsAsync("jira"))
            .Single(one => one.Key.EndsWith("/search", StringComparison.Ordinal)).Value);
    }
}
