using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Fields that the process CMMI demands, and that Jira leaves empty.</summary>
public sealed class RequiredFieldTests
{
    private const string OneWay = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
    private const string Both = $"{OneWay} -Direction Both";
    private const string AssignedTo = "System.AssignedTo";

    [Theory]
    [InlineData(JiraFlavor.Cloud, "")]
    [InlineData(JiraFlavor.Cloud, "-Baseline Jira")]
    [InlineData(JiraFlavor.DataCenter, "")]
    [InlineData(JiraFlavor.DataCenter, "-Baseline Ado")]
    public async Task The_first_two_way_run_leaves_whom_the_process_assigned(JiraFlavor flavor, string baseline)
    {
        await using var world = await StartAsync(flavor);
        var run = world.Run($"{Both} {baseline}").Succeeded();

        Assert.Empty(run.Of("FieldResult"));
        Assert.Empty(run.Of("IssueResult"));
        Assert.All(
            (await BothSides.WorkItemsAsync(world)).Values, item => Assert.NotEmpty(item.Fields[SeenItem.Assignee]!));
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
    }

    [Theory]
    [InlineData(OneWay)]
    [InlineData(Both)]
    public async Task What_else_changed_is_written_where_the_process_demands_an_assignee(string command)
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        world.Run(command).Succeeded();
        await world.Tracker.SetFieldsAsync("SHOP-1", """{"summary":"Named anew"}""");
        world.Reconnect();

        world.Run(command).Succeeded();
        Assert.NotNull(await world.Board.FieldAsync(await world.Board.IdOfAsync("Named anew"), AssignedTo));
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(command).Succeeded().RunOutcome());
    }

    /// <summary>Issues that are under way and assigned to nobody, with work items of a one-way run.</summary>
    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed();
        string[] types = ["Story", "Bug", "Epic", "Task", "Sub-task"];
        for (var at = 0; at < types.Length; at++)
        {
            seed.Issue(at + 1, types[at]).Status(at + 1, "In Progress", "indeterminate");
        }

        seed.Parent(5, 1);
        var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Jira = flavor, Process = ProcessTemplate.Cmmi })).ThatWritesJira();
        world.Run(OneWay).Succeeded();
        world.Reconnect();
        return world;
    }
}
