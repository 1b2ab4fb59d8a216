using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Fields that people empty on one side, and that the other side demands.</summary>
public sealed class DemandedValueTests
{
    private const string Ann = "ann@contoso.example";
    private const string Bob = "bob@contoso.example";
    private const string AssignedTo = "System.AssignedTo";
    private const string FinishDate = "Microsoft.VSTS.Scheduling.FinishDate";
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -UserMapping $people -StatusMapping @{ Resolved = 'Done' } "
        + "-FieldMapping @{ 'Finish Date' = @{ Field = 'duedate'; Direction = 'Both' } }";

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_assignee_that_the_process_demands_stays_and_is_named_in_each_run(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Tracker.SetFieldsAsync("SHOP-1", """{ "summary": "Named anew", "assignee": null }""");

        var run = world.Run(Both).Succeeded();
        Assert.Equal(["Update SHOP-1 EmptyRefused"], run.Rows("WorkItemResult", "Action", "Key", "Reason"));
        Assert.Equal("Named anew", await world.Board.FieldAsync(id, "System.Title"));
        await RestAsync(world, AssignedTo);
        Assert.Contains("ann", await world.Board.FieldAsync(id, AssignedTo), StringComparison.OrdinalIgnoreCase);

        // What people choose on either side later is written as ever.
        await world.Board.SetFieldAsync(id, AssignedTo, Bob);
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Equal(Bob, (await world.Tracker.FieldsAsync("SHOP-1"))["assignee"]!["emailAddress"]!.ToString());
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.DataCenter, true)]
    public async Task A_value_that_a_screen_of_Jira_demands_stays_and_is_named_in_each_run(JiraFlavor flavor, bool isMore)
    {
        await using var world = await StartAsync(flavor);
        await DemandAsync(world, "duedate");
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, FinishDate, "");
        if (isMore)
        {
            await world.Board.SetFieldAsync(id, "System.Title", "Named anew");
            await world.Board.SetFieldAsync(id, "System.State", "Resolved");
        }

        var run = world.Run(Both).Succeeded();
        Assert.Contains(
            isMore ? "Update SHOP-1 summary EmptyRefused" : "Skip SHOP-1 duedate EmptyRefused",
            run.Rows("IssueResult", "Action", "Key", "Fields", "Reason"));
        Assert.Single(
            run.Warnings, one => $"{one}".StartsWith("EmptyRefused: 1 issue of Jira keeps", StringComparison.Ordinal));
        var issue = await world.Tracker.FieldsAsync("SHOP-1");
        Assert.Equal(
            (isMore ? "Named anew" : "Issue 1", isMore ? "Done" : "In Progress", "2027-01-05"),
            (issue["summary"]!.ToString(), issue["status"]!["name"]!.ToString(), issue["duedate"]!.ToString()));
        await RestAsync(world, FinishDate);

        await world.Board.SetFieldAsync(id, FinishDate, "2027-02-07T11:00:00Z");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Equal("2027-02-07", (await world.Tracker.FieldsAsync("SHOP-1"))["duedate"]!.ToString());
        await Quiet(world);
    }

    [Fact]
    public async Task A_value_that_Jira_demanded_is_written_to_Azure_DevOps_once_somebody_changes_it()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        await DemandAsync(world, "duedate");
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, FinishDate, "");
        world.Run(Both).Succeeded();
        await world.Tracker.SetFieldsAsync("SHOP-1", """{ "duedate": "2027-03-01" }""");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.StartsWith("2027-03-01", await world.Board.FieldAsync(id, FinishDate), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Fact]
    public async Task Labels_that_Jira_demands_stay_and_what_changes_later_is_merged()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        await world.Tracker.SetFieldsAsync("SHOP-1", """{ "labels": ["board"] }""");
        world.Run(Both).Succeeded();
        await DemandAsync(world, "labels");
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "System.Tags", "");
        var run = world.Run(Both).Succeeded();
        Assert.Equal(["Skip SHOP-1 EmptyRefused"], run.Rows("IssueResult", "Action", "Key", "Reason"));
        await RestAsync(world, "System.Tags");
        Assert.Equal("board", (await world.Tracker.FieldsAsync("SHOP-1"))["labels"]![0]!.ToString());

        // With another one the label may be removed.
        await world.Board.SetFieldAsync(id, "System.Tags", "sprint");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Equal("""["sprint"]""", (await world.Tracker.FieldsAsync("SHOP-1"))["labels"]!.ToJsonString());
        await Quiet(world);
    }

    /// <summary>Further runs name the field and write nothing.</summary>
    private static async Task RestAsync(World world, string field)
    {
        for (var round = 0; round < 2; round++)
        {
            var run = await Quiet(world);
            Assert.Equal([$"Skip SHOP-1 {field} EmptyRefused"], run.Rows("FieldResult", "Action", "Key", "Field", "Reason"));
        }
    }

    private static Task<PowerShellSession.Outcome> Quiet(World world) => world.RunQuietlyAsync(Both);

    private static Task DemandAsync(World world, string field) =>
        world.SetScreensAsync($$"""[{"project": "SHOP", "required": ["{{field}}"]}]""");

    /// <summary>A story that is under way, due and assigned to ann, with its work item.</summary>
    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Status(1, "In Progress", "indeterminate");
        var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Jira = flavor, Process = ProcessTemplate.Cmmi })).ThatWritesJira();
        var people = new System.Collections.Hashtable();
        foreach (var person in new[] { Bob, Ann })
        {
            using var tracker = await world.JoinJiraAsync(person);
            (await world.JoinAsync(person)).Board.Dispose();
            using var client = tracker.NewClient();
            var self = JsonNode.Parse(await client.GetStringAsync(
                new Uri("myself", UriKind.Relative), TestContext.Current.CancellationToken))!;
            var name = flavor == JiraFlavor.Cloud ? "accountId" : "name";
            people[self[name]!.ToString()] = person;
            await world.Tracker.SetFieldsAsync(
                "SHOP-1", $$"""{ "duedate": "2027-01-05", "assignee": { "{{name}}": "{{self[name]}}" } }""");
        }

        world.Session.Set("people", people);
        world.Run(Both).Succeeded();
        world.Run(Both).Succeeded();
        return world;
    }
}
