using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What users get wrong: each has an error of its own, with a stable id, before anything is written.</summary>
public sealed class BadInputTests
{
    [Fact]
    public async Task An_address_where_no_service_is()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        Assert.Equal(
            "NotFound", world.Run("Connect-JiraSite -Uri \"$($jiraUri)x\" -Credential $jiraCredential").FailureId);
        var failed = world.Run(
            "Connect-AdoProject -OrganizationUri \"$($organizationUri)/Fabrikam\" -Project $project -Token $adoToken");
        Assert.Equal("AddressInvalid", failed.FailureId);
        Assert.Contains("without the project", failed.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_nobody_listens_at()
    {
        await using var world = await World.StartAsync([]);
        var failed = world.Run("Connect-JiraSite -Uri http://127.0.0.1:1/jira -Credential $jiraCredential");
        Assert.Equal("ServerUnreachable", failed.FailureId);
        Assert.Contains("http://127.0.0.1:1/jira", failed.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://jira.example.org")]
    [InlineData("ftp://jira.example.org")]
    public async Task An_address_that_is_not_safe_or_not_whole(string address)
    {
        await using var world = await World.StartAsync([]);
        Assert.Equal(
            "AddressInvalid", world.Run($"Connect-JiraSite -Uri {address} -Credential $jiraCredential").FailureId);
        Assert.Equal(
            "AddressInvalid",
            world.Run($"Connect-AdoProject -OrganizationUri {address} -Project x -Token $adoToken").FailureId);
    }

    [Fact]
    public async Task A_wrong_token_for_Jira()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var failed = world.Run("Connect-JiraSite -Uri $jiraUri -Credential $badCredential");
        Assert.Equal("AuthenticationFailed", failed.FailureId);
        Assert.DoesNotContain("not-the-token", failed.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_Jira_that_stops_holding_shows_as_a_search_that_finds_nothing()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "jira",
            ["route"] = "/rest/api/3/search/jql",
            ["kind"] = "status",
            ["status"] = 200,
            ["headers"] = new JsonObject { ["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED",
                ["Content-Type"] = "application/json" },
            ["body"] = """{"issues":[],"isLast":true}""",
        });
        Assert.Equal("AuthenticationFailed", world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").FailureId);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task A_wrong_token_for_Azure_DevOps()
    {
        await using var world = await World.StartAsync([]);
        var failed = world.Run(
            "Connect-AdoProject -OrganizationUri $organizationUri -Project $project -Token $badToken");
        Assert.Equal("AuthenticationFailed", failed.FailureId);
    }

    [Fact]
    public async Task A_sign_in_page_of_Azure_DevOps_is_no_success()
    {
        await using var world = await World.StartAsync([]);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado",
            ["kind"] = "status",
            ["status"] = 203,
            ["headers"] = new JsonObject { ["Content-Type"] = "text/html" },
            ["body"] = "<html><title>Azure DevOps Services | Sign In</title></html>",
        });
        var failed = world.Run(
            "Connect-AdoProject -OrganizationUri $organizationUri -Project $project -Token $adoToken");
        Assert.Equal("AuthenticationFailed", failed.FailureId);
    }

    [Fact]
    public async Task A_project_that_is_not_there()
    {
        await using var world = await World.StartAsync([]);
        var failed = world.Run(
            "Connect-AdoProject -OrganizationUri $organizationUri -Project Nowhere -Token $adoToken");
        Assert.Equal("NotFound", failed.FailureId);
        Assert.Contains("Nowhere", failed.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("project = NOWHERE")]
    [InlineData("project = ")]
    [InlineData("ORDER BY key")]
    [InlineData("nonsense ~~ x")]
    public async Task A_query_that_Jira_refuses(string jql)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var failed = world.Run($"Invoke-JiraAdoSync -Jql '{jql}'");
        Assert.Equal("RequestFailed", failed.FailureId);
        Assert.Contains("answered 400: ", failed.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_issue_type_that_the_mapping_does_not_have()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Improvement").Lines);
        var failed = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'");
        Assert.Equal("IssueTypeUnmapped", failed.FailureId);
        Assert.Contains("'Improvement': 1 issue", failed.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -TypeMapping @{ Improvement = 'Feature' }").Succeeded();
        Assert.Equal(["User Story: Issue 1", "Feature: Issue 2"], await world.Board.TitlesAsync());
    }

    [Fact]
    public async Task A_link_type_that_the_mapping_does_not_have()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Link(1, "feeds", 2);
        await using var world = await World.StartAsync(seed.Lines);
        var failed = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'");
        Assert.Equal("LinkTypeUnmapped", failed.FailureId);
        Assert.Contains("'feeds (feeds / is the other end of feeds)': 1 link", failed.Failure!.ToString(),
            StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Theory]
    [InlineData("@{ blocks = 'System.LinkTypes.Blocks' }")]
    [InlineData("@{ blocks = 'Hyperlink' }")]
    [InlineData("@{ blocks = 42 }")]
    [InlineData("@{ blocks = 'Successor'; 'is blocked by' = 'Successor' }")]
    [InlineData("@{ blocks = 'Successor'; 'relates to' = 'Successor' }")]
    public async Task A_mapping_that_cannot_be(string mapping)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        Assert.Equal("MappingInvalid",
            world.Run($"Invoke-JiraAdoSync -Jql 'project = SHOP' -LinkTypeMapping {mapping}").FailureId);
        Assert.Equal(
            "MappingInvalid",
            world.Run($"Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks | Convert-LinkType -Mapping {mapping}").FailureId);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Theory]
    [InlineData("@{ Story = 'User Storey' }")]
    [InlineData("@{ Story = 42 }")]
    public async Task A_type_mapping_that_cannot_be(string mapping)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        Assert.Equal(
            "MappingInvalid", world.Run($"Invoke-JiraAdoSync -Jql 'project = SHOP' -TypeMapping {mapping}").FailureId);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task An_entry_of_a_mapping_that_matches_nothing_is_a_warning()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var run = world.Run(
            "Get-JiraReplica -Key SHOP-2 | Get-JiraIssueLinks | Convert-LinkType -Mapping @{ blocks = 'Successor'; bloks = 'Related' }");
        Assert.Equal(["These entries of the mapping match no link that was read: 'bloks'."], run.Succeeded().Warnings);
    }

    [Fact]
    public void No_connection_yet()
    {
        using var session = new PowerShellSession();
        foreach (var script in new[] { "Get-JiraReplica -Key A-1", "Get-AdoRelation 1", "Invoke-JiraAdoSync -Jql x",
            "Get-JiraAdoCorrelation" })
        {
            var failed = session.Run(script);
            Assert.Equal("NotConnected", failed.FailureId);
            Assert.Contains("Connect-", failed.Failure!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_that_is_not_there_leaves_the_rest_to_go_on()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var run = world.Run("'SHOP-1', 'SHOP-99', 'SHOP-2' | Get-JiraReplica");
        Assert.Equal(["IssueNotFound"], run.ErrorIds);
        Assert.Equal(["SHOP-1", "SHOP-2"], run.Rows("Replica", "Key"));
    }

    [Fact]
    public async Task A_work_item_that_is_not_there_leaves_the_rest_to_go_on()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var id = await world.Board.IdOfAsync("Customers can pay by card");
        var run = world.Run($"{id}, 99999 | Get-AdoRelation");
        Assert.Equal(["WorkItemNotFound"], run.ErrorIds);
        Assert.NotEmpty(run.Of("Relation"));
    }

    [Fact]
    public async Task Pruning_without_knowing_what_was_read()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var links = "Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks | Convert-LinkType";
        Assert.Equal("ParameterMissing", world.Run($"{links} | Sync-AdoRelation -Prune").FailureId);
        Assert.Equal("ParameterMissing", world.Run($"{links} | Compare-AdoRelation -Prune").FailureId);
    }
}
