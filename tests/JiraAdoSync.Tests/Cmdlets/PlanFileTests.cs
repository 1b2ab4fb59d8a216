using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>A plan written to a file, approved, and applied exactly, or not at all.</summary>
public sealed class PlanFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.plan.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task A_plan_of_an_empty_project_is_applied_from_its_file()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        Assert.Empty(await world.Board.ItemsAsync());
        var text = await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken);
        Assert.Contains("\"relation\": \"Successor\"", text, StringComparison.Ordinal);

        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
        Assert.Equal(
            "NoChange",
            world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded().Summary.Properties["Outcome"].Value.ToString());
    }

    [Fact]
    public async Task A_plan_of_updates_replacements_and_removals_is_applied_from_its_file()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -LinkTypeMapping (Get-LinkTypeMapping Recipe)").Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay");
        await world.Tracker.UnlinkAsync("SHOP-4", "SHOP-1");
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -Prune -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        // On the agent that applies it, nothing is remembered.
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal(["Remove", "Replace", "Replace"], run.Rows("RelationResult", "Action").Where(action => action != "Keep").Order());
        var relations = await world.Board.RelationsAsync();
        Assert.Equal(8, relations.Count);
        Assert.Contains("Choose a payment provider Successor Customers can pay", relations);
    }

    [Fact]
    public async Task What_somebody_changed_since_refuses_the_plan_with_the_list_of_differences()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'key in (SHOP-1, SHOP-2)'").Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay");
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();

        // An item that the plan does not touch may change as it likes.
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Choose a payment provider"), "System.Title", "Renamed");
        var story = await world.Board.IdOfAsync("Customers can pay by card");
        await world.Board.SetFieldAsync(story, "System.Title", "Edited by people");
        await world.Board.RelateAsync(story, "System.LinkTypes.Related", await world.Board.CreateAsync("Task", "Somebody's"));
        world.Run("$null = Get-JiraReplica -Key SHOP-4 | Sync-AdoWorkItem").Succeeded();
        await world.ResetRequestsAsync();

        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanDrifted", refused.FailureId);
        var differences = (IReadOnlyList<string>)refused.Failure!.TargetObject;
        Assert.Equal(3, differences.Count);
        Assert.Contains($"Work item {story} has a new relation", differences[0], StringComparison.Ordinal);
        Assert.Contains($"Work item {story} was edited", differences[1], StringComparison.Ordinal);
        Assert.Contains("SHOP-4 was to be created", differences[2], StringComparison.Ordinal);
        Assert.DoesNotContain((await world.RequestsAsync("ado")).Keys, route => route.Contains("$batch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_was_edited_after_it_was_written_is_refused()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        var text = await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            _path, text.Replace("\"Successor\"", "\"Predecessor\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal("PlanFileInvalid", world.Run("Invoke-JiraAdoPlan $path").FailureId);
        foreach (var nonsense in new[] { "", "{}", "[]", "no json", """{"format":"JiraAdoSync plan 2","sha256":"","plan":{}}""" })
        {
            await File.WriteAllTextAsync(_path, nonsense, TestContext.Current.CancellationToken);
            Assert.Equal("PlanFileInvalid", world.Run("Invoke-JiraAdoPlan $path").FailureId);
        }

        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task WhatIf_of_a_plan_file_writes_nothing()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        var run = world.Run("Invoke-JiraAdoPlan $path -WhatIf").Succeeded();
        Assert.Equal("NoChange", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Empty(await world.Board.ItemsAsync());
    }

    private async Task<World> StartAsync()
    {
        var world = await World.StartAsync(RecipeStory.Issues);
        world.Session.Set("path", _path);
        return world;
    }
}
