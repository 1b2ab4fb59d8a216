using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What is checked before a run that may write to Jira, and that nothing is written where something lacks.</summary>
public sealed class TwoWayPreflightTests
{
    private const string Ann = "ann@contoso.example";
    private const string Options = "-Jql 'project = SHOP' -Direction Both";

    [Fact]
    public async Task All_that_a_run_of_both_ways_needs_is_checked_in_one_table_and_nothing_is_written()
    {
        await using var world = await StartAsync();
        await world.ResetRequestsAsync();
        var rows = Checks(world, $"{Options} -Wiql '[System.Id] > 0' -JiraProject SHOP -IncludeComments -Prune");
        Assert.Contains("Passed Jira Writes", rows);
        Assert.Contains("Passed Azure DevOps Query", rows);
        Assert.Contains("Passed Plan Changes", rows);
        string[] permissions =
        [
            "ADD_COMMENTS", "CREATE_ISSUES", "DELETE_OWN_COMMENTS", "EDIT_ISSUES", "EDIT_OWN_COMMENTS", "LINK_ISSUES",
            "TRANSITION_ISSUES",
        ];
        Assert.All(permissions, one => Assert.Contains($"Passed Permission {one} in SHOP", rows));
        Assert.DoesNotContain("Passed Permission CREATE_ATTACHMENTS in SHOP", rows);
        Assert.DoesNotContain(rows, row => row.StartsWith("Failed", StringComparison.Ordinal));
        // Resolved and Removed are no status of this site: work items may get them.
        Assert.Contains("Warning State Resolved of User Story", rows);
        await AssertNothingWasWrittenAsync(world);
        Assert.DoesNotContain(
            "Passed Permission CREATE_ISSUES in SHOP", Checks(world, Options));
    }

    [Fact]
    public async Task A_connection_that_only_reads_is_a_finding_and_the_rest_is_checked()
    {
        await using var world = await StartAsync();
        world.Run("$jira = Connect-JiraSite -Uri $jiraUri -Credential $jiraCredential").Succeeded();
        var rows = Checks(world, Options);
        Assert.Contains("Failed Jira Writes", rows);
        Assert.Contains("Passed Plan Changes", rows);
    }

    [Theory]
    [InlineData("EDIT_ISSUES", "title", "")]
    [InlineData("TRANSITION_ISSUES", "state", "")]
    [InlineData("LINK_ISSUES", "link", "")]
    [InlineData("CREATE_ISSUES", "item", "-Wiql '[System.Id] > 0' -JiraProject SHOP")]
    [InlineData("ADD_COMMENTS", "comment", "-IncludeComments")]
    [InlineData("SCHEDULE_ISSUES", "due", "-FieldMapping @{ 'Finish Date' = 'duedate' }")]
    [InlineData("ASSIGN_ISSUES", "assignee", "-UserMapping $people")]
    [InlineData("MODIFY_REPORTER", "assignee", "-FieldMapping @{ 'Assigned To' = 'reporter' } -UserMapping $people")]
    [InlineData("CREATE_ATTACHMENTS", "file", "-IncludeAttachments")]
    [InlineData("EDIT_OWN_COMMENTS", "edited comment", "-IncludeComments")]
    [InlineData("DELETE_OWN_COMMENTS", "deleted comment", "-IncludeComments -Prune")]
    [InlineData("DELETE_OWN_ATTACHMENTS", "removed file", "-IncludeAttachments -Prune")]
    [InlineData("EDIT_ISSUES", "description", "-FieldMapping @{ Description = @{ Field = 'description'; Direction = 'Both' } }")]
    public async Task A_permission_that_the_account_lacks_is_named_with_its_project_and_nothing_is_written(
        string permission, string edit, string options)
    {
        await using var world = await StartAsync(options);
        await world.SetAccountAsync(new JsonObject { ["withoutPermissions"] = new JsonArray(permission) });
        Assert.Contains($"Warning Permission {permission} in SHOP", Checks(world, $"{Options} {options}"));

        await EditAsync(world, edit);
        Assert.Contains($"Failed Permission {permission} in SHOP", Checks(world, $"{Options} {options}"));
        await world.ResetRequestsAsync();
        var run = world.Run($"Invoke-JiraAdoSync {Options} {options}");
        Assert.Equal("AccessDenied", run.FailureId);
        Assert.Contains($"the project SHOP of Jira, so nothing was written: {permission}.", run.Failure!.Exception.Message, StringComparison.Ordinal);
        await AssertNothingWasWrittenAsync(world);
    }

    [Fact]
    public async Task What_creation_demands_and_no_mapping_gives_is_a_finding_and_the_rest_is_checked()
    {
        await using var world = await StartAsync();
        await world.SetScreensAsync("""[{"project": "SHOP", "issueType": "Bug", "required": ["duedate"]}]""");
        await world.Board.CreateAsync("Bug", "Found here");
        var rows = Checks(world, $"{Options} -Wiql '[System.Id] > 0' -JiraProject SHOP");
        Assert.Contains("Failed Field Creation in Jira", rows);
        Assert.Contains("Passed Plan Changes", rows);
    }

    [Fact]
    public async Task A_screen_on_the_way_to_a_status_is_named_with_what_it_demands()
    {
        await using var world = await StartAsync();
        using var control = new HttpClient { BaseAddress = world.Sandbox.Address };
        using var rules = await control.PutAsync(new Uri("/sandbox/jira/workflows", UriKind.Relative), new StringContent(
            """
            [{"issueTypes": ["Story"], "transitions": [
              {"id": "31", "name": "Close", "to": "Done", "screen": ["duedate"], "required": ["duedate"]}]}]
            """),
            TestContext.Current.CancellationToken);
        rules.EnsureSuccessStatusCode();
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.State", "Closed");
        await world.ResetRequestsAsync();

        var check = world.Run($"Test-JiraAdoSync {Options}").Succeeded().Of("SyncCheck")
            .Single(one => $"{one.Properties["Area"].Value}" == "Transition");

        Assert.Equal("Warning Done of Story", $"{check.Properties["Result"].Value} {check.Properties["Name"].Value}");
        Assert.Contains("due", $"{check.Properties["Detail"].Value}", StringComparison.OrdinalIgnoreCase);
        Assert.Equal("TransitionField", $"{check.Properties["Parameter"].Value}");
        await AssertNothingWasWrittenAsync(world);
        Assert.DoesNotContain(
            Checks(world, $"{Options} -TransitionField @{{ duedate = '2027-01-05' }}"),
            row => row.Contains(" Transition ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-Wiql 'SELECT nothing'", "Failed Azure DevOps Query")]
    [InlineData("-JiraProject NONE -Wiql '[System.Id] > 0'", "Failed Jira Project NONE")]
    [InlineData("-TransitionField @{ Resolutoin = 'Done' }", "Failed Mapping TransitionField")]
    [InlineData("-RelationMapping @{ Related = 'no such phrase' }", "Failed Mapping To Jira")]
    [InlineData("-StatusMapping @{ New = 7 }", "Failed Mapping StatusMapping")]
    [InlineData("-FieldMapping @{ Tags = @{ Value = 'x'; Direction = 'Both' } }", "Failed Field Tags")]
    public async Task What_can_not_be_used_is_a_row(string given, string expected)
    {
        await using var world = await StartAsync();
        await world.Board.CreateAsync("Bug", "Found here");
        Assert.Contains(expected, Checks(world, $"{Options} {given}"));
    }

    [Fact]
    public async Task States_and_relations_that_nothing_becomes_are_findings_with_entries_that_work_when_pasted()
    {
        await using var world = await StartAsync();
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.State", "Resolved");
        var checks = world.Run($"Test-JiraAdoSync {Options}").Succeeded();
        var gap = checks.Of("SyncCheck").Single(one => $"{one.Properties["Name"].Value}" == "Resolved of User Story");
        Assert.Equal("Failed", $"{gap.Properties["Result"].Value}");
        var entry = $"{gap.Properties["Entry"].Value}";
        Assert.Contains("Passed Plan Changes", Checks(world, $"{Options} -StatusMapping @{{ {entry} }}"));
        world.Run($"Invoke-JiraAdoSync {Options} -StatusMapping @{{ {entry} }}").Succeeded();
    }

    private static IReadOnlyList<string> Checks(World world, string options) =>
        world.Run($"Test-JiraAdoSync {options}").Succeeded().Rows("SyncCheck", "Result", "Area", "Name");

    /// <summary>A board that is in step.</summary>
    private static async Task<World> StartAsync(string options = "")
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Bug").Link(2, "blocks", 3)
            .Status(2, "In Progress", "indeterminate").Status(3, "Done", "done");
        var world = (await World.StartAsync(seed.Lines)).ThatWritesJira();
        if (options.Contains("$people", StringComparison.Ordinal))
        {
            using var tracker = await world.JoinJiraAsync(Ann);
            (await world.JoinAsync(Ann)).Board.Dispose();
            using var client = tracker.NewClient();
            var self = JsonNode.Parse(await client.GetStringAsync(
                new Uri("myself", UriKind.Relative), TestContext.Current.CancellationToken))!;
            world.Session.Set("people", new System.Collections.Hashtable { [self["accountId"]!.ToString()] = Ann });
        }

        if (options.Contains("-Include", StringComparison.Ordinal))
        {
            // What is to be edited or removed must have been copied.
            world.Run($"Invoke-JiraAdoSync {Options}").Succeeded();
            var id = await world.Board.IdOfAsync("Issue 1");
            await world.Board.CommentAsync(id, "<p>Before</p>");
            await world.Board.AttachAsync(id, "plan.txt", "One", "A person's file");
        }

        world.Run($"Invoke-JiraAdoSync {Options} {options}").Succeeded();
        return world;
    }

    private static async Task EditAsync(World world, string edit)
    {
        var (board, id) = (world.Board, await world.Board.IdOfAsync("Issue 1"));
        switch (edit)
        {
            case "title":
                await board.SetFieldAsync(id, "System.Title", "Named in Azure DevOps");
                break;
            case "state":
                await board.SetFieldAsync(id, "System.State", "Active");
                break;
            case "due":
                await board.SetFieldAsync(id, "Microsoft.VSTS.Scheduling.FinishDate", "2027-01-05T11:00:00Z");
                break;
            case "link":
                await board.RelateAsync(id, "System.LinkTypes.Related", await board.IdOfAsync("Issue 2"));
                break;
            case "assignee":
                await board.SetFieldAsync(id, "System.AssignedTo", Ann);
                break;
            case "description":
                await board.SetFieldAsync(id, "System.Description", "<p>Edited</p>");
                break;
            case "file":
                await board.AttachAsync(id, "more.txt", "Two", "A person's file");
                break;
            case "removed file":
                var relations = (await board.ItemAsync(id))["relations"]!.AsArray();
                await board.UnlinkAsync(
                    id, relations.First(one => one!["rel"]!.ToString() == "AttachedFile")!["url"]!.ToString());
                break;
            case "edited comment" or "deleted comment":
                var comment = (int)(await board.CommentsAsync(id))[0]["id"]!;
                await (edit == "edited comment" ? board.EditCommentAsync(id, comment, "<p>Since</p>")
                    : board.DeleteCommentAsync(id, comment));
                break;
            case "comment":
                await board.CommentAsync(id, "<p>One</p>");
                break;
            default:
                await board.CreateAsync("Bug", "Found here");
                break;
        }
    }

    private static async Task AssertNothingWasWrittenAsync(World world)
    {
        string[] reads = ["bulkfetch", "search", "comment/list"];
        Assert.DoesNotContain((await world.RequestsAsync("jira")).Keys, route =>
            !route.StartsWith("GET", StringComparison.Ordinal)
            && !Array.Exists(reads, read => route.Contains(read, StringComparison.Ordinal)));
        Assert.DoesNotContain((await world.RequestsAsync("ado")).Keys, route =>
            route.Contains("$batch", StringComparison.Ordinal) || route.StartsWith("PATCH", StringComparison.Ordinal));
    }
}
