using System.Management.Automation;
using System.Net;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;
using JiraAdoSync.Tests.Rest;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What scripts that nobody watches rely on.</summary>
public sealed class AutomationTests
{
    [Theory]
    [InlineData("Connect-JiraSite $jiraUri $badCredential", "Get-JiraReplica -Key SHOP-1")]
    [InlineData("Connect-JiraSite http://example.org $jiraCredential", "Get-JiraReplica -Key SHOP-1")]
    [InlineData("Connect-AdoProject $organizationUri $project $badToken", "Get-AdoRelation 1")]
    [InlineData("Connect-AdoProject $organizationUri Elsewhere $adoToken", "Get-AdoRelation 1")]
    public async Task A_connection_that_fails_leaves_the_session_connected_to_nothing(string connect, string use)
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        Assert.NotNull(world.Run(connect).Failure);
        Assert.Equal("NotConnected", world.Run(use).FailureId);
    }

    [Fact]
    public async Task Every_way_to_name_issues_reads_those_that_exist_and_reports_the_others()
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        foreach (var between in (string[])[",", ", ", "\n", "\r\n", ",\t"])
        {
            foreach (var (found, missing) in ((string[], string[])[])
                [(["SHOP-1", "SHOP-2"], []), (["SHOP-1"], ["SHOP-99"]), ([], ["SHOP-98", "SHOP-99"])])
            {
                world.Session.Set("names", string.Join(between, [.. found, .. missing]) + between);
                var run = world.Run("Invoke-JiraAdoSync -Key $names");
                Assert.Equal(missing.Length == 0 ? "NoChange" : found.Length == 0 ? "Failed" : "Partial", run.RunOutcome());
                Assert.Equal(missing, run.Summary.Properties["FailedKeys"].Value);
                Assert.Equal(missing.Select(_ => "IssueNotFound"), run.ErrorIds);
                Assert.Equal(found.Length, world.Run("Get-JiraReplica -Key $names").Output.Count);
            }
        }
    }

    [Theory]
    [InlineData("Invoke-JiraAdoSync -Jql 'project = SHOP' -Notify")]
    [InlineData("Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem -Notify")]
    public async Task Notifying_works_on_a_new_connection(string script)
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        world.Run(script).Succeeded();
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    [Theory]
    [InlineData("browse/SHOP-1")]
    [InlineData("jira/software/projects/SHOP/boards/1")]
    [InlineData("secure/Dashboard.jspa")]
    [InlineData("issues/?jql=project")]
    public async Task The_address_of_a_page_is_distinguished_from_that_of_the_site(string page)
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        var failed = world.Run($"Connect-JiraSite \"$jiraUri/{page}\" $jiraCredential");
        Assert.Equal("AddressInvalid", failed.FailureId);
        Assert.Contains($"Give {world.Sandbox.JiraUri}", failed.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapping_may_come_from_JSON()
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        var plan = world.Run("$given = [pscustomobject]@{ Story = 'Bug'; Task = [object[]]('Nothing', 'Task') }; "
            + "Invoke-JiraAdoSync -Jql 'project = SHOP' -TypeMapping $given -PlanOnly").Succeeded();
        Assert.Contains("Bug", plan.Rows("WorkItemChange", "WorkItemType"));
    }

    [Fact]
    public void Every_parameter_that_takes_a_hashtable_takes_an_object_of_JSON_too()
    {
        using var session = new PowerShellSession();
        var without = session.Run("Get-Command -Module JiraAdoSync").Succeeded().Output
            .Select(command => (CmdletInfo)command.BaseObject)
            .SelectMany(command => command.Parameters.Values
                .Where(parameter => parameter.ParameterType == typeof(System.Collections.Hashtable)
                    && !parameter.Attributes.Any(one => one.GetType().Name == "HashtableAttribute"))
                .Select(parameter => $"{command.Name} -{parameter.Name}"));
        Assert.Empty(without);
    }

    [Fact]
    public async Task A_plan_file_may_have_lines_with_other_ends()
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        var path = Path.GetTempFileName();
        world.Session.Set("path", path);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(path, text.ReplaceLineEndings("\r\n"), TestContext.Current.CancellationToken);
        world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
        File.Delete(path);
    }

    [Theory]
    [InlineData("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?x=1")]
    [InlineData("https://contoso.okta.com/app/jira/sso/saml")]
    [InlineData("https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0")]
    [InlineData("https://portal.contoso.com/start?SAMLRequest=x")]
    public async Task A_redirect_to_where_people_sign_in_is_a_failure_of_authentication(string target)
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        await world.SetFaultsAsync(RestWorld.Answer(302, 9, new JsonObject { ["Location"] = target }));
        Assert.Equal("AuthenticationFailed", world.Run("Get-JiraReplica -Key SHOP-1").FailureId);
        Assert.Equal("AuthenticationFailed", world.Run("Get-AdoRelation 1").FailureId);
    }

    [Fact]
    public async Task An_outage_while_connecting_is_waited_out()
    {
        await using var world = await RestWorld.StartAsync();
        await world.AnswerAsync(503, 1, new JsonObject { ["Retry-After"] = "1" });
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(503, 1, new JsonObject { ["Retry-After"] = "1" });
        using var ado = await world.ConnectAdoAsync();
    }

    [Fact]
    public async Task A_long_pause_is_reported_at_once_with_its_end_and_its_quota()
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await world.AnswerAsync(429, 1,
            new JsonObject { ["Retry-After"] = "7200", ["RateLimit-Reason"] = "jira-quota-tenant-based" });
        var failure = await Assert.ThrowsAsync<JiraAdoSync.Rest.RestException>(() => RestWorld.SearchAsync(jira));
        Assert.Contains("asks to wait until 2026-03-11 14:00:00Z (quota jira-quota-tenant-based)", failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ids_are_completed_from_the_folder_that_the_line_names()
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        using var folder = new TemporaryFolder();
        world.Session.Set("folder", folder.Path);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -RunPath $folder").Succeeded();
        var id = Path.GetFileNameWithoutExtension(Directory.EnumerateFiles(folder.Path, "*.jsonl").Single());
        Assert.Equal([id], Completed(world, $"Get-JiraAdoRun -RunPath '{folder.Path}' -RunId "));
        world.Session.GoTo(folder.Path);
        Assert.Equal([id], Completed(world, "Get-JiraAdoRun -RunPath . -RunId "));
        Assert.DoesNotContain(id, Completed(world, "Get-JiraAdoRun -RunId "));
        Assert.DoesNotContain(id, Completed(world, "Get-JiraAdoRun -RunPath ./elsewhere -RunId "));
    }

    [Theory]
    [InlineData("Invoke-JiraAdoSync -Key ")]
    [InlineData("Get-JiraReplica -Key ")]
    public async Task Keys_are_completed_from_what_has_work_items(string line)
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Contains("SHOP-1", Completed(world, line + "SH"));
    }

    [Theory]
    [InlineData("somebody@example.org", "the-token-of-somebody\n")]
    [InlineData("somebody@example.org", "the-token-of-somebody\r\n")]
    [InlineData("somebody@example.org\n", "the-token-of-somebody")]
    [InlineData("somebody\t", "the-token-of-somebody")]
    public async Task A_line_break_in_a_user_or_password_is_reported_before_anything_is_sent(
        string user, string password)
    {
        await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = RecipeStory.Issues });
        world.Session.Set("pasted", new PSCredential(user, new NetworkCredential("", password).SecurePassword));
        await world.ResetRequestsAsync();
        var failed = world.Run("Connect-JiraSite $jiraUri $pasted");
        Assert.Equal("TokenInvalid", failed.FailureId);
        Assert.DoesNotContain("the-token", failed.Failure!.Exception.ToString(), StringComparison.Ordinal);
        Assert.Empty(await world.RequestsAsync("jira"));
    }

    private static IEnumerable<string> Completed(World world, string line)
    {
        world.Session.Set("line", line);
        return world.Run("(TabExpansion2 $line $line.Length).CompletionMatches.CompletionText").Succeeded().Output
            .Select(text => text?.ToString() ?? string.Empty);
    }
}
