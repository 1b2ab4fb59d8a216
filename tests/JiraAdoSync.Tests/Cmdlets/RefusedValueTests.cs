using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Values of work items that Jira refuses.</summary>
public sealed class RefusedValueTests
{
    private const string Bob = "bob@contoso.example";
    private const string FinishDate = "Microsoft.VSTS.Scheduling.FinishDate";
    private const string Priority = "Microsoft.VSTS.Common.Priority";
    private const string Description = "System.Description";
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -StatusMapping @{ Resolved = 'Done' } -FieldMapping @{ "
        + "'Finish Date' = @{ Field = 'duedate'; Direction = 'Both' }; Description = @{ Field = 'description'; Direction = 'Both' } }";

    [Theory]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.DataCenter, true)]
    public async Task A_value_that_Jira_refuses_is_left_out_and_named_in_each_run_and_not_sent_again(JiraFlavor flavor, bool isMore)
    {
        await using var world = await StartAsync(flavor);
        using var bob = (await world.JoinAsync(Bob)).Board;
        await world.SetScreensAsync("""[{ "project": "SHOP", "edit": ["*all", "-duedate"], "allowed": { "priority": ["Low", "Medium"] } }]""");
        var id = await world.Board.IdOfAsync("Issue 1");
        await bob.SetFieldAsync(id, FinishDate, "2027-02-07T11:00:00Z");
        await bob.SetFieldAsync(id, Priority, "1");
        if (isMore)
        {
            await bob.SetFieldAsync(id, "System.Title", "Named anew");
            await bob.SetFieldAsync(id, "System.State", "Resolved");
        }

        await world.ResetRequestsAsync();
        var run = world.Run(Both).Succeeded();
        Assert.Contains(
            isMore ? "Update SHOP-1 summary ValueRefused" : "Skip SHOP-1 priority; duedate ValueRefused",
            run.Rows("IssueResult", "Action", "Key", "Fields", "Reason"));
        Assert.Equal(isMore ? 2 : 1, (await world.RequestsAsync("jira")).Single(route => IsEdit(route.Key)).Value);
        var warning = Assert.Single(run.Warnings, one => $"{one}".StartsWith("ValueRefused: 1 issue", StringComparison.Ordinal));
        Assert.Contains("priority, duedate", $"{warning}", StringComparison.Ordinal);
        Assert.Contains("It is not on the appropriate screen", $"{warning}", StringComparison.Ordinal);
        var issue = await world.Tracker.FieldsAsync("SHOP-1");
        Assert.Equal(
            (isMore ? "Named anew" : "Issue 1", isMore ? "Done" : "In Progress", "2027-01-05", "Low"),
            (issue["summary"]!.ToString(), issue["status"]!["name"]!.ToString(), issue["duedate"]!.ToString(),
                issue["priority"]!["name"]!.ToString()));
        await RestAsync(world, Priority, FinishDate);

        // Whoever corrects the value has it sent, and what Jira takes by then.
        await world.SetScreensAsync("""[{ "project": "SHOP", "allowed": { "priority": ["Low", "Medium"] } }]""");
        await RestAsync(world, Priority, FinishDate);
        await bob.SetFieldAsync(id, FinishDate, "2027-02-08T11:00:00Z");
        await bob.SetFieldAsync(id, Priority, "3");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        issue = await world.Tracker.FieldsAsync("SHOP-1");
        Assert.Equal(("2027-02-08", "Medium"), (issue["duedate"]!.ToString(), issue["priority"]!["name"]!.ToString()));
        await Quiet(world);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Once_other_writes_have_recorded_a_refusal_on_both_sides_it_stays_one(bool isPropertyLost)
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        using var bob = (await world.JoinAsync(Bob)).Board;
        await world.SetScreensAsync("""[{ "edit": ["*all", "-duedate"] }]""");
        var id = await world.Board.IdOfAsync("Issue 1");
        await bob.SetFieldAsync(id, FinishDate, "2027-02-07T11:00:00Z");
        world.Run(Both).Succeeded();
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        await ann.SetSummaryAsync("SHOP-1", "By ann");
        await bob.SetFieldAsync(id, Priority, "3");
        world.Run(Both).Succeeded();
        Assert.Equal("By ann", await world.Board.FieldAsync(id, "System.Title"));
        if (isPropertyLost)
        {
            await world.Tracker.SetPropertyAsync("SHOP-1", "jiraadosync", new JsonObject());
            Assert.Contains("Skip SHOP-1 ValueRefused", world.Run(Both).Succeeded().Rows("IssueResult", "Action", "Key", "Reason"));
        }

        await RestAsync(world, FinishDate);
        Assert.Equal("2027-01-05", (await world.Tracker.FieldsAsync("SHOP-1"))["duedate"]!.ToString());
    }

    [Theory]
    [InlineData("JiraWins", "2027-03-01", "2027-03-01")]
    [InlineData("AdoWins", "2027-03-01", "2027-02-07")]
    public async Task What_Jira_refused_and_somebody_then_changes_in_Jira_is_a_conflict(string winner, string jira, string ado)
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        using var bob = (await world.JoinAsync(Bob)).Board;
        await world.SetScreensAsync("""[{ "edit": ["*all", "-duedate"] }]""");
        var id = await world.Board.IdOfAsync("Issue 1");
        await bob.SetFieldAsync(id, FinishDate, "2027-02-07T11:00:00Z");
        world.Run(Both).Succeeded();
        await world.SetScreensAsync("[]");
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        await ann.SetFieldsAsync("SHOP-1", """{ "duedate": "2027-03-01" }""");
        await world.SetScreensAsync("""[{ "edit": ["*all", "-duedate"] }]""");
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(
                [$"Conflict {FinishDate} FieldConflict"],
                (await Quiet(world)).Rows("FieldResult", "Action", "Field", "Reason"));
        }

        world.Run($"{Both} -FieldConflict {winner}").Succeeded();
        Assert.Equal(jira, (await world.Tracker.FieldsAsync("SHOP-1"))["duedate"]!.ToString());
        Assert.StartsWith(ado, await world.Board.FieldAsync(id, FinishDate), StringComparison.Ordinal);
        if (winner == "AdoWins")
        {
            await RestAsync(world, FinishDate);
        }
        else
        {
            Assert.Empty((await Quiet(world)).Of("FieldResult"));
        }
    }

    [Fact]
    public async Task A_value_that_Jira_refused_and_that_people_take_back_is_sent_when_somebody_gives_it_again()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        using var bob = (await world.JoinAsync(Bob)).Board;
        await world.SetScreensAsync("""[{ "edit": ["*all", "-duedate"] }]""");
        var id = await world.Board.IdOfAsync("Issue 1");
        var before = await world.Board.FieldAsync(id, FinishDate);
        await bob.SetFieldAsync(id, FinishDate, "2027-02-07T11:00:00Z");
        world.Run(Both).Succeeded();
        await bob.SetFieldAsync(id, FinishDate, before!);
        var run = world.Run(Both).Succeeded();
        Assert.Equal("NoChange", run.RunOutcome());
        Assert.Empty(run.Of("FieldResult"));
        Assert.Empty((await Quiet(world)).Of("FieldResult"));

        // Whoever gives it again means it.
        await bob.SetFieldAsync(id, FinishDate, "2027-02-07T11:00:00Z");
        Assert.Contains("Skip SHOP-1 duedate ValueRefused", world.Run(Both).Succeeded().Rows("IssueResult", "Action", "Key", "Fields", "Reason"));
        await RestAsync(world, FinishDate);
        await bob.SetFieldAsync(id, FinishDate, before!);
        world.Run(Both).Succeeded();
        await world.SetScreensAsync("[]");
        await bob.SetFieldAsync(id, FinishDate, "2027-02-07T11:00:00Z");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Equal("2027-02-07", (await world.Tracker.FieldsAsync("SHOP-1"))["duedate"]!.ToString());

        // And by an edit in Jira it is in step with another one.
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        await ann.SetFieldsAsync("SHOP-1", """{ "duedate": "2027-03-01" }""");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.StartsWith("2027-03-01", await world.Board.FieldAsync(id, FinishDate), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Labels_that_Jira_refuses_are_merged_once_somebody_changes_them(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var bob = (await world.JoinAsync(Bob)).Board;
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        await ann.SetFieldsAsync("SHOP-1", """{ "labels": ["both", "jira"] }""");
        world.Run(Both).Succeeded();
        await ann.SetFieldsAsync("SHOP-1", """{ "labels": ["both", "jira", "new"] }""");
        await world.SetScreensAsync("""[{ "edit": ["*all", "-labels"] }]""");
        var id = await world.Board.IdOfAsync("Issue 1");
        // Bob takes one away and adds another.
        await bob.ReplaceFieldAsync(id, "System.Tags", "both; board");
        world.Run(Both).Succeeded();
        Assert.Equal(["board", "both", "new"], await TagsAsync(world, id));
        await RestAsync(world, "System.Tags");

        await world.SetScreensAsync("[]");
        await RestAsync(world, "System.Tags");
        await ann.SetFieldsAsync("SHOP-1", """{ "labels": ["both", "jira", "new", "newer"] }""");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Equal(["board", "both", "new", "newer"], await TagsAsync(world, id));
        Assert.Equal(["board", "both", "new", "newer"], await LabelsAsync(world));
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_text_that_is_too_long_for_Jira_stays_until_somebody_shortens_it(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var bob = (await world.JoinAsync(Bob)).Board;
        var id = await world.Board.IdOfAsync("Issue 1");
        await bob.SetFieldAsync(id, Description, $"<p>{new string('x', 33_000)}</p>");
        await bob.SetFieldAsync(id, "System.Title", "Named anew");
        var run = world.Run(Both).Succeeded();
        Assert.Equal(["Update SHOP-1 summary ValueRefused"], run.Rows("IssueResult", "Action", "Key", "Fields", "Reason"));
        Assert.Contains(run.Warnings, one => $"{one}".Contains("too long", StringComparison.Ordinal));
        Assert.Equal("Named anew", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        await RestAsync(world, Description);

        await bob.SetFieldAsync(id, Description, "<p>Short</p>");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Contains("Short", (await world.Tracker.FieldsAsync("SHOP-1"))["description"]!.ToJsonString(), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_parent_that_Jira_refuses_costs_nothing_else_of_its_issue(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var bob = (await world.JoinAsync(Bob)).Board;
        await world.SetScreensAsync($$"""[{ "edit": ["*all", "-parent", "-{{Tracker.EpicLink}}"] }]""");
        var (id, epic) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        await bob.RelateAsync(id, "System.LinkTypes.Hierarchy-Reverse", epic);
        await bob.SetFieldAsync(id, "System.Title", "Named anew");
        var run = world.Run(Both).Succeeded();
        Assert.Contains("Update SHOP-1 summary ValueRefused", run.Rows("IssueResult", "Action", "Key", "Fields", "Reason"));
        Assert.Equal("Named anew", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        await RestAsync(world, "System.Parent");

        await bob.UnrelateAsync(id, epic);
        await bob.SetFieldAsync(id, "System.Title", "Named once more");
        await world.SetScreensAsync("[]");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        await bob.RelateAsync(id, "System.LinkTypes.Hierarchy-Reverse", epic);
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Contains("SHOP-2", (await world.Tracker.FieldsAsync("SHOP-1")).ToJsonString(), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_issue_is_created_without_what_Jira_refuses_and_not_without_what_it_demands(JiraFlavor flavor)
    {
        const string Create = $"{Both} -Wiql '[System.Id] > 0' -JiraProject SHOP";
        await using var world = await StartAsync(flavor);
        using var bob = (await world.JoinAsync(Bob)).Board;
        await world.SetScreensAsync("""
            [{ "issueType": "Epic", "required": ["priority"], "allowed": { "priority": ["Low"] } },
             { "allowed": { "priority": ["Low", "Medium"] } }]
            """);
        foreach (var (type, title, priority) in new[]
        {
            ("User Story", "Refused", "1"), ("User Story", "Accepted", "4"), ("Epic", "Demanded", "1"), ("Epic", "Fine", "4"),
        })
        {
            var id = await bob.CreateAsync(type, title);
            await bob.SetFieldAsync(id, Priority, priority);
            await bob.SetFieldAsync(
                id, Description, title == "Refused" ? $"<p>{new string('x', 33_000)}</p>" : "<p>Short</p>");
        }

        await world.ResetRequestsAsync();
        var run = world.Run(Create);
        var rows = run.Rows("IssueResult", "Action", "Summary", "Fields", "Reason");
        Assert.Equal(
            ["Create Accepted  ", "Create Fine  ", "Create Refused  ", "Fail Demanded  "],
            rows.Where(row => row.StartsWith("Create", StringComparison.Ordinal) || row.StartsWith("Fail", StringComparison.Ordinal)).Order());
        Assert.Contains("Skip Refused priority; description ValueRefused", rows);
        Assert.Equal(2, (await world.RequestsAsync("jira")).Single(route => route.Key.EndsWith("issue/bulk", StringComparison.Ordinal)).Value);
        var failed = run.Of("IssueResult").Single(one => $"{one.Properties["Action"].Value}" == "Fail");
        Assert.Contains("priority", $"{failed.Properties["Error"].Value}", StringComparison.Ordinal);
        await RestAsync(world, Description, Priority);

        // The next run names the one that could not be created again, and creates nothing else.
        run = world.Run(Create);
        Assert.Equal(["Fail Demanded"], run.Rows("IssueResult", "Action", "Summary"));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_description_that_Jira_gets_at_creation_alone_and_refuses_is_named(JiraFlavor flavor)
    {
        const string Plain = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -Wiql '[System.Id] > 0' -JiraProject SHOP";
        await using var world = await StartAsync(flavor);
        var id = await world.Board.CreateAsync("User Story", "Refused");
        await world.Board.SetFieldAsync(id, Description, $"<p>{new string('x', 33_000)}</p>");
        var run = world.Run(Plain).Succeeded();
        Assert.Contains("Skip Refused description ValueRefused", run.Rows("IssueResult", "Action", "Summary", "Fields", "Reason"));
        Assert.Contains(new string('x', 33_000), await world.Board.FieldAsync(id, Description), StringComparison.Ordinal);
        Assert.Equal("NoChange", world.Run(Plain).Succeeded().RunOutcome());
        Assert.Contains(new string('x', 33_000), await world.Board.FieldAsync(id, Description), StringComparison.Ordinal);
    }

    private static bool IsEdit(string route) =>
        route.StartsWith("PUT", StringComparison.Ordinal) && !route.Contains("properties", StringComparison.Ordinal);

    private static async Task<IEnumerable<string>> TagsAsync(World world, int id) =>
        (await world.Board.FieldAsync(id, "System.Tags"))!.Split("; ").Order();

    private static async Task<IEnumerable<string>> LabelsAsync(World world) =>
        (await world.Tracker.FieldsAsync("SHOP-1"))["labels"]!.AsArray().Select(label => label!.ToString()).Order();

    /// <summary>Further runs name the fields and write nothing.</summary>
    private static async Task RestAsync(World world, params string[] fields)
    {
        for (var round = 0; round < 2; round++)
        {
            var run = await Quiet(world);
            Assert.Equal(
                fields.Select(field => $"Skip {field} ValueRefused").Order(),
                run.Rows("FieldResult", "Action", "Field", "Reason").Order());
        }
    }

    private static Task<PowerShellSession.Outcome> Quiet(World world) => world.RunQuietlyAsync(Both);

    /// <summary>A story that is under way and due, and an epic, with their work items.</summary>
    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Status(1, "In Progress", "indeterminate").Issue(2, "Epic").Issue(3, "Story").Status(3, "Done", "done")
            .Fields(1, """{ "duedate": "2027-01-05", "priority": { "id": "4", "name": "Low" }, "description": null }""")
            .Fields(2, """{ "priority": { "id": "3", "name": "Medium" } }""")
            .Fields(3, """{ "priority": { "id": "1", "name": "Highest" } }""");
        var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Jira = flavor, Process = ProcessTemplate.Agile })).ThatWritesJira();
        world.Run(Both).Succeeded();
        world.Run(Both).Succeeded();
        return world;
    }
}
