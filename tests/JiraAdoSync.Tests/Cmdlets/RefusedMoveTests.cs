using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Statuses and parents that Jira refuses.</summary>
public sealed class RefusedMoveTests
{
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both";

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_screen_that_Jira_says_demands_a_value_costs_no_write_in_any_run(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var control = new HttpClient { BaseAddress = world.Sandbox.Address };
        using var rules = await control.PutAsync(new Uri("/sandbox/jira/workflows", UriKind.Relative), new StringContent(
            """[{"issueTypes": ["Story"], "transitions": [{"id": "31", "name": "Close", "to": "Done", "screen": ["duedate"], "required": ["duedate"]}]}]"""),
            TestContext.Current.CancellationToken);
        rules.EnsureSuccessStatusCode();
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.State", "Closed");
        for (var round = 0; round < 3; round++)
        {
            await world.ResetRequestsAsync();
            var run = world.Run(Both).Succeeded();
            Assert.Equal(["Skip SHOP-1 NeedsScreen"], run.Rows("IssueResult", "Action", "Key", "Reason"));
            Assert.Empty(await world.WritesToJiraAsync());
        }
    }

    /// <summary>
    /// What a workflow waits for, such as closed sub-tasks or an approval, shows nowhere but in its answer: who tried no
    /// more would not see that it is there.
    /// </summary>
    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_move_that_a_workflow_refuses_is_tried_once_by_each_run_until_it_is_allowed(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "jira", ["method"] = "POST", ["route"] = "*/transitions", ["kind"] = "status", ["status"] = 400,
            ["times"] = 1000,
            ["headers"] = new JsonObject { ["Content-Type"] = "application/json" },
            ["body"] = """{"errorMessages":["All sub-tasks must be closed."],"errors":{}}""",
        });
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.State", "Closed");
        for (var round = 0; round < 3; round++)
        {
            await world.ResetRequestsAsync();
            var run = world.Run(Both);
            Assert.Equal(["RequestFailed"], run.ErrorIds);
            Assert.Contains("All sub-tasks must be closed", string.Concat(run.Rows("IssueResult", "Error")), StringComparison.Ordinal);
            Assert.Equal(1, Assert.Single(await world.WritesToJiraAsync()).Value);
        }

        await world.ClearFaultsAsync();
        world.Run(Both).Succeeded();
        Assert.Equal("Done", (await world.Tracker.FieldsAsync("SHOP-1"))["status"]!["name"]!.ToString());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_issue_that_is_created_without_a_parent_that_Jira_refuses_stays_so_and_each_run_names_it(JiraFlavor flavor)
    {
        const string Create = $"{Both} -Wiql '[System.Id] > 0' -JiraProject SHOP";
        await using var world = await StartAsync(flavor);
        await world.SetScreensAsync($$"""
            [{ "create": ["*all", "-{{Tracker.EpicLink}}"], "edit": ["*all", "-parent", "-{{Tracker.EpicLink}}"] }]
            """);
        if (flavor == JiraFlavor.Cloud)
        {
            await world.SetFaultsAsync(new JsonObject
            {
                ["service"] = "jira", ["method"] = "POST", ["route"] = "*/issue/bulk", ["kind"] = "status", ["status"] = 400, ["times"] = 1,
                ["headers"] = new JsonObject { ["Content-Type"] = "application/json" },
                ["body"] = """
                    {"issues":[],"errors":[{"status":400,"failedElementNumber":0,
                      "elementErrors":{"errorMessages":[],"errors":{"parent":"The parent can't be set."}}}]}
                    """,
            });
        }

        using var bob = (await world.JoinAsync("bob@contoso.example")).Board;
        var epic = await world.Board.IdOfAsync("Issue 2");
        var id = await bob.CreateAsync("User Story", "New");
        await bob.RelateAsync(id, "System.LinkTypes.Hierarchy-Reverse", epic);
        var run = world.Run(Create).Succeeded();
        Assert.Contains("Create ", string.Concat(run.Rows("IssueResult", "Action", "Reason")), StringComparison.Ordinal);
        Assert.Contains("Skip SHOP-4 parent ValueRefused", run.Rows("IssueResult", "Action", "Key", "Fields", "Reason"));
        // A screen that edits issues may take what the one that creates them does not.
        run = world.Run(Create).Succeeded();
        Assert.Contains("Skip SHOP-4 parent ValueRefused", run.Rows("IssueResult", "Action", "Key", "Fields", "Reason"));
        for (var round = 0; round < 3; round++)
        {
            await world.ResetRequestsAsync();
            run = world.Run(Create).Succeeded();
            Assert.Equal(["Skip SHOP-4 System.Parent ValueRefused"], run.Rows("FieldResult", "Action", "Key", "Field", "Reason"));
            Assert.Equal("NoChange", run.RunOutcome());
            Assert.Empty(await world.WritesToJiraAsync());
            Assert.DoesNotContain("POST /{organization}/_apis/wit/$batch", (await world.RequestsAsync("ado")).Keys);
        }

        await bob.UnrelateAsync(id, epic);
        Assert.Empty(world.Run(Create).Succeeded().Of("FieldResult"));
        await world.SetScreensAsync("[]");
        await bob.RelateAsync(id, "System.LinkTypes.Hierarchy-Reverse", epic);
        Assert.Empty(world.Run(Create).Succeeded().Of("FieldResult"));
        Assert.Contains("SHOP-2", (await world.Tracker.FieldsAsync("SHOP-4")).ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>A story that is to be done, an epic, and others that show the statuses, with their work items.</summary>
    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Epic").Issue(3, "Story").Status(3, "Done", "done");
        var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Jira = flavor, Process = ProcessTemplate.Agile })).ThatWritesJira();
        world.Run(Both).Succeeded();
        world.Run(Both).Succeeded();
        return world;
    }
}
