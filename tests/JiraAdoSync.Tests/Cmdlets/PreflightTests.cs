using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What is checked before a sync, and what is said where mappings have gaps.</summary>
public sealed partial class PreflightTests
{
    private const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
    private const string Test = "Test-JiraAdoSync -Jql 'project = SHOP'";
    private const string States = "-StateMapping @{ 'To Do' = 'Nowhere' }";

    /// <summary>An issue type, a link type, a priority and a person that nothing is known of.</summary>
    private static JiraSeed Gaps => new JiraSeed().Issue(1, "Story").Issue(2, "Gizmo").Issue(3, "Bug")
        .Link(1, "feeds", 2).Link(1, "blocks", 2)
        .Fields(1, """{"assignee":{"accountId":"hidden-1","displayName":"Hugo O'Hidden"}}""")
        .Fields(2, """{"priority":{"id":"77","name":"P0 - now"}}""");

    [Fact]
    public async Task All_that_a_run_needs_is_checked_in_one_table_and_nothing_is_written()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var rows = world.Run(Test).Succeeded().Rows("SyncCheck", "Result", "Area", "Name", "MapsTo").ToList();
        Assert.All(rows, row => Assert.StartsWith("Passed ", row, StringComparison.Ordinal));
        Assert.Contains("Passed Issue type Story User Story", rows);
        Assert.Contains("Passed Link type Blocks (blocks / is blocked by) Successor", rows);
        Assert.Contains("Passed Status In Progress Active", rows);
        Assert.Contains("Passed Priority Medium 3", rows);
        Assert.Contains("Passed Permission Browse issues ", rows);
        Assert.Contains("Passed Permission Create User Story ", rows);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task The_requests_of_a_run_are_about_as_many_as_the_estimate()
    {
        var seed = new JiraSeed();
        Enumerable.Range(1, 450).ToList().ForEach(issue => seed.Issue(issue, "Story"));
        Enumerable.Range(2, 449).ToList().ForEach(issue => seed.Link(issue / 2, "blocks", issue));
        await using var world = await World.StartAsync(seed.Lines);
        var estimate = world.Run(Test).Succeeded().Output
            .Where(row => $"{row.Properties["Area"].Value}" == "Requests")
            .ToDictionary(row => $"{row.Properties["Name"].Value}", row => (int)row.Properties["Count"].Value);
        await world.ResetRequestsAsync();
        var summary = world.Run($"$jira = Connect-JiraSite $jiraUri $jiraCredential; {Sync}").Succeeded().Summary;
        var (jira, ado) = ((long)summary.Properties["JiraRequests"].Value, (long)summary.Properties["AdoRequests"].Value);
        Assert.InRange(estimate["Jira"], jira / 2, (jira * 2) + 2);
        Assert.InRange(estimate["Azure DevOps"], ado / 2, (ado * 2) + 2);
    }

    [Fact]
    public async Task Gaps_of_all_mappings_are_reported_at_once_with_entries_that_work_when_pasted()
    {
        await using var world = await World.StartAsync(Gaps.Lines);
        var refused = world.Run($"{Sync} {States}");
        Assert.Equal("LinkTypeUnmapped", refused.FailureId);
        Assert.Empty(await world.Board.ItemsAsync());
        var message = refused.Failure!.Exception.Message;
        Assert.All(
            new[] { "'Gizmo': 1 issue", "'feeds (", "'To Do of User Story'", "'P0 - now': 1 issue", "'Hugo O'Hidden': 1 issue" },
            gap => Assert.Contains(gap, message, StringComparison.Ordinal));

        // What the message offers is pasted as it is; the preflight offers the same.
        var entries = Offered().Match(message).Groups[1].Value;
        Assert.Equal(5, Parameter().Count(entries));
        var offered = world.Run($"{Test} {States} 6>&1").Output.Select(row => $"{row}").Last();
        Assert.EndsWith($"Entries that close the gaps: {entries}", offered, StringComparison.Ordinal);
        Assert.Empty(world.Run($"{Sync} {entries}").Succeeded().Warnings);
        Assert.Equal(3, (await world.Board.ItemsAsync()).Count);
        Assert.DoesNotContain(
            world.Run($"{Test} {entries}").Succeeded().Rows("SyncCheck", "Result"), result => result != "Passed");
    }

    [Theory]
    [InlineData("-TypeMapping @{ Gizmo = 'Gadget' }", "Mapping TypeMapping")]
    [InlineData("-LinkTypeMapping @{ feeds = 'Feeder' }", "Mapping LinkTypeMapping")]
    [InlineData("-FieldMapping @{ 'No such field' = 'summary' }", "Mapping FieldMapping")]
    [InlineData("-PriorityMapping @{ High = 'x' }", "Mapping PriorityMapping")]
    [InlineData("-Jql 'no such = query'", "Jira Query")]
    public async Task What_can_not_be_used_is_a_row_and_the_rest_is_checked(string given, string expected)
    {
        await using var world = await World.StartAsync(Gaps.Lines);
        var command = given.StartsWith("-Jql", StringComparison.Ordinal) ? "Test-JiraAdoSync" : Test;
        Assert.Contains(
            $"Failed {expected}",
            world.Run($"{command} {given}").Succeeded().Rows("SyncCheck", "Result", "Area", "Name"));
    }

    [Fact]
    public async Task Permissions_paths_and_people_of_Azure_DevOps_are_checked()
    {
        var seed = new JiraSeed().Issue(1, "Story")
            .Fields(1, """{"components":[{"id":"1","name":"Web"}],"assignee":{"accountId":"a","emailAddress":"nobody@elsewhere.example","displayName":"Nobody"}}""");
        await using var world = await World.StartAsync(seed.Lines);
        const string Areas = "-FieldMapping @{ 'Area Path' = 'Components' }";
        var rows = world.Run($"{Test} {Areas}").Succeeded().Rows("SyncCheck", "Result", "Area", "Name").ToList();
        Assert.Contains("Failed Path Fabrikam\\Web", rows);
        Assert.Contains("Warning Person Nobody", rows);
        Assert.Contains(
            "Passed Path Fabrikam\\Web",
            world.Run($"{Test} {Areas} -CreatePaths").Succeeded().Rows("SyncCheck", "Result", "Area", "Name"));

        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["method"] = "POST",
            ["route"] = "/{organization}/{project}/_apis/wit/workitems/${type}", ["kind"] = "status", ["status"] = 403,
            ["headers"] = new JsonObject { ["Content-Type"] = "application/json" },
            ["body"] = """{"message":"TF237111: No permission.","typeKey":"x"}""",
        });
        Assert.Contains(
            "Failed Permission Create User Story", world.Run(Test).Succeeded().Rows("SyncCheck", "Result", "Area", "Name"));
    }

    [Fact]
    public async Task A_profile_is_checked_as_it_would_be_run()
    {
        using var folder = new TemporaryFolder();
        await using var world = await World.StartAsync(Gaps.Lines);
        var path = System.IO.Path.Combine(folder.Path, "sync.psd1");
        var rows = world.Run($"$null = New-JiraAdoProfile '{path}' 'project = SHOP' 3>$null; Test-JiraAdoSync -Profile '{path}'")
            .Succeeded().Rows("SyncCheck", "Result", "Area", "Name", "MapsTo").ToList();
        Assert.Contains("Passed Issue type Gizmo (left out)", rows);
        Assert.DoesNotContain(rows, row => row.StartsWith("Failed", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_profile_may_hold_is_what_both_commands_take()
    {
        using var session = new PowerShellSession();
        string[] ofOneRun =
        [
            "Key", "IssueId", "UpdatedSince", "StatePath", "PlanOnly", "Summary", "Report", "SliceIndex", "SliceCount",
            "WhatIf", "Confirm", "WorkItemId", "Baseline",
        ];
        Assert.Equal(
            Parameters("Invoke-JiraAdoSync").Except(ofOneRun).Order(),
            Parameters("Test-JiraAdoSync").Order());

        IEnumerable<string> Parameters(string command) =>
            session.Run($"(Get-Command {command}).Parameters.Keys").Output.Select(name => $"{name}");
    }

    [GeneratedRegex("as in (-.*); \\$null leaves one out")]
    private static partial Regex Offered();

    [GeneratedRegex(@"-\w+Mapping @\{")]
    private static partial Regex Parameter();
}
