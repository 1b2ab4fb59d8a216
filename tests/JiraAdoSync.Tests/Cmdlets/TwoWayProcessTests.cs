using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Runs that write to both sides in the four processes of Azure DevOps, whose types and states differ.</summary>
public sealed class TwoWayProcessTests
{
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -Wiql '[System.Id] > 0' -JiraProject SHOP";

    // The story, its states from the first to the last, what a bug is, and what is above both.
    [Theory]
    [InlineData(ProcessTemplate.Agile, "User Story", "New", "Active", "Closed", "Bug", JiraFlavor.Cloud)]
    [InlineData(ProcessTemplate.Scrum, "Product Backlog Item", "New", "Committed", "Done", "Bug", JiraFlavor.Cloud)]
    [InlineData(ProcessTemplate.Basic, "Issue", "To Do", "Doing", "Done", "Issue", JiraFlavor.Cloud)]
    [InlineData(ProcessTemplate.Cmmi, "Requirement", "Proposed", "Active", "Closed", "Bug", JiraFlavor.Cloud)]
    [InlineData(ProcessTemplate.Agile, "User Story", "New", "Active", "Closed", "Bug", JiraFlavor.DataCenter)]
    [InlineData(ProcessTemplate.Scrum, "Product Backlog Item", "New", "Committed", "Done", "Bug", JiraFlavor.DataCenter)]
    [InlineData(ProcessTemplate.Basic, "Issue", "To Do", "Doing", "Done", "Issue", JiraFlavor.DataCenter)]
    [InlineData(ProcessTemplate.Cmmi, "Requirement", "Proposed", "Active", "Closed", "Bug", JiraFlavor.DataCenter)]
    public async Task States_creations_and_hierarchy_arrive_on_both_sides(
        ProcessTemplate process, string story, string first, string active, string last, string bug, JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Epic", "The epic").Issue(4, "Bug")
            .Issue(5, "Sub-task").Parent(5, 1)
            .Status(4, "In Progress", "indeterminate").Issue(6, "Story").Status(6, "Done", "done");
        await using var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Jira = flavor, Process = process })).ThatWritesJira();
        world.Run(Both).Succeeded();
        Assert.Equal(
            [$"Epic {first}", $"{bug} {active}", $"{story} {first}", $"{story} {first}", $"{story} {last}"],
            (await world.Board.ItemsAsync())
                .Where(item => item["fields"]!["System.WorkItemType"]!.ToString() != "Task")
                .Select(item => $"{item["fields"]!["System.WorkItemType"]} {item["fields"]!["System.State"]}")
                .OrderBy(text => text == $"{bug} {active}" ? 1 : text.StartsWith("Epic", StringComparison.Ordinal) ? 0 : 2)
                .ThenBy(text => text.EndsWith(last, StringComparison.Ordinal)));
        await QuietAsync(world);

        // States of both sides; a parent of either; new items of both, with a parent and below a parent.
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var ids = new List<int> { 0 };
        foreach (var title in new[] { "Issue 1", "Issue 2", "The epic", "Issue 4" })
        {
            ids.Add(await world.Board.IdOfAsync(title));
        }

        await ann.SetFieldAsync(ids[1], "System.State", active);
        if (process == ProcessTemplate.Cmmi)
        {
            // A bug is resolved before it is closed there.
            await ann.SetFieldAsync(ids[4], "System.State", "Resolved");
        }

        await ann.SetFieldAsync(ids[4], "System.State", last);
        await eve.SetStatusAsync("SHOP-2", "Done");
        await ann.RelateAsync(ids[1], "System.LinkTypes.Hierarchy-Reverse", ids[3]);
        await SetEpicAsync(eve, flavor, "SHOP-2", "SHOP-3");
        var made = await ann.CreateAsync(story, "Made by Ann");
        var task = await ann.CreateAsync("Task", "Below what Ann made");
        await ann.RelateAsync(made, "System.LinkTypes.Hierarchy-Reverse", ids[3]);
        await ann.RelateAsync(task, "System.LinkTypes.Hierarchy-Reverse", made);
        await ann.SetFieldAsync(made, "System.State", active);
        await eve.CreateAsync("Made by Eve");
        world.Reconnect();
        Assert.Equal("Changed", world.Run(Both).Succeeded().RunOutcome());

        Assert.Equal("In Progress", (await world.Tracker.FieldsAsync("SHOP-1"))["status"]!["name"]!.ToString());
        Assert.Equal("Done", (await world.Tracker.FieldsAsync("SHOP-4"))["status"]!["name"]!.ToString());
        Assert.Equal(last, await world.Board.FieldAsync(ids[2], "System.State"));
        Assert.Equal("SHOP-3", ParentOf(await world.Tracker.FieldsAsync("SHOP-1")));
        var relations = await world.Board.RelationsAsync();
        Assert.Contains("Issue 2 Parent The epic", relations);
        var issues = await BothSides.IssuesAsync(world, flavor, "project = SHOP");
        var (story2, below) = (
            issues.Values.Single(one => one.Fields[SeenItem.Title] == "Made by Ann"),
            issues.Values.Single(one => one.Fields[SeenItem.Title] == "Below what Ann made"));
        Assert.Equal(("SHOP-3", "In Progress"), (story2.Parent, story2.Fields[SeenItem.State]));
        Assert.Equal(("Sub-task", story2.Name), (below.Type, below.Parent));
        var item = (await BothSides.WorkItemsAsync(world)).Values.Single(one => one.Fields[SeenItem.Title] == "Made by Eve");
        Assert.Equal((story, first), (item.Type, item.Fields[SeenItem.State]));
        await QuietAsync(world);
    }

    private static Task SetEpicAsync(Tracker eve, JiraFlavor flavor, string key, string epic) => flavor == JiraFlavor.Cloud
        ? eve.SetParentAsync(key, epic)
        : eve.SetFieldsAsync(key, $$"""{"customfield_10008":"{{epic}}"}""");

    private static string? ParentOf(JsonNode fields) =>
        (fields["parent"]?["key"] ?? fields["customfield_10008"])?.ToString();

    private static async Task QuietAsync(World world)
    {
        world.Reconnect();
        await world.RunQuietlyAsync(Both);
    }
}
