using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>The session's correlation cache, and work items that people name.</summary>
public sealed class CorrelationTests
{
    [Fact]
    public async Task What_a_run_found_is_remembered_and_saves_the_look_up()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal(6, world.Run("Get-JiraAdoCorrelation").Succeeded().Of("Correlation").Count);
        Assert.Equal(["SHOP-2"], world.Run("Get-JiraAdoCorrelation SHOP-2").Rows("Correlation", "Key"));
        await world.ResetRequestsAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.DoesNotContain(
            (await world.RequestsAsync("ado")).Keys, route =>
                route.Contains("artifacturiquery", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Correlations_feed_Get_AdoRelation_by_name()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var relations = world.Run("Get-JiraAdoCorrelation SHOP-3 | Get-AdoRelation | Where-Object TargetWorkItemId")
            .Succeeded();
        Assert.Equal(["Child", "Child", "Successor"], relations.Rows("Relation", "Name").Order());
    }

    [Fact]
    public async Task A_named_work_item_is_adopted_and_marked()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var id = await world.Board.CreateAsync("User Story", "made by hand");
        var set = world.Run($"Set-JiraAdoCorrelation -Key SHOP-1 -WorkItemId {id} -PassThru").Succeeded();
        Assert.Equal([$"SHOP-1 {id} True"], set.Rows("Correlation", "Key", "WorkItemId", "IsAssigned"));
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal($"Adopt SHOP-1 {id}", run.Rows("WorkItemResult", "Action", "Key", "WorkItemId")
            .Single(row => row.StartsWith("Adopt", StringComparison.Ordinal)));

        // Marked, it is found by anybody who knows nothing.
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        var next = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", next.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    [Theory]
    [InlineData("Keep", "Made by hand")]
    [InlineData("Overwrite", "Issue 1")]
    public async Task A_named_work_item_gets_what_it_lacks_and_keeps_what_people_wrote_where_that_is_wished(
        string conflict, string title)
    {
        var seed = new JiraSeed().Issue(1, "Story")
            .Custom("customfield_10016", "Story point estimate", "com.pyxis.greenhopper.jira:jsw-story-points")
            .Fields(1, """{"customfield_10016":5}""");
        await using var world = await World.StartAsync(seed.Lines);
        var id = await world.Board.CreateAsync("User Story", "Made by hand");
        world.Run($"Set-JiraAdoCorrelation -Key SHOP-1 -WorkItemId {id}").Succeeded();
        var run = world.Run($"Invoke-JiraAdoSync -Jql 'project = SHOP' -FieldConflict {conflict}").Succeeded();
        Assert.Equal(["Adopt SHOP-1"], run.Rows("WorkItemResult", "Action", "Key"));
        Assert.Equal("5", (await world.Board.FieldsAsync(title))["Microsoft.VSTS.Scheduling.StoryPoints"]);
    }

    [Fact]
    public async Task A_mark_keeps_its_nonce_for_life_and_names_the_key_and_the_revision_of_now()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        const string Sync = "Invoke-JiraAdoSync -Jql 'project in (SHOP, PAY)'";
        await world.Tracker.CreateProjectAsync("PAY");
        world.Run(Sync).Succeeded();
        var created = await MarkAsync(world);
        Assert.Equal(("SHOP-1", "1"), (created.Key, created.Rev));
        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        world.Run(Sync).Succeeded();
        Assert.Equal(created with { Rev = "2" }, await MarkAsync(world));
        await world.Tracker.MoveAsync("SHOP-1", "PAY");
        world.Run(Sync).Succeeded();
        Assert.Equal(created with { Key = "PAY-1", Rev = "3" }, await MarkAsync(world));
    }

    [Fact]
    public async Task A_wrong_entry_is_dropped_and_looked_up()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var wrong = await world.Board.IdOfAsync("Lay out the form");
        var right = await world.Board.IdOfAsync("Customers can pay by card");
        world.Run($"Set-JiraAdoCorrelation SHOP-1 {wrong}").Succeeded();
        world.Run("Set-JiraAdoCorrelation SHOP-2 99999").Succeeded();
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Equal("NoChange", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal([$"{right}"], world.Run("Get-JiraAdoCorrelation SHOP-1").Rows("Correlation", "WorkItemId"));
    }

    [Fact]
    public async Task Correlations_go_to_a_file_and_come_back()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.json");
        try
        {
            world.Session.Set("path", path);
            world.Run("Export-JiraAdoCorrelation $path; Clear-JiraAdoCorrelation").Succeeded();
            Assert.Empty(world.Run("Get-JiraAdoCorrelation").Output);
            Assert.Equal(6, world.Run("Import-JiraAdoCorrelation $path -PassThru").Succeeded().Output.Count);
            Assert.Equal(6, world.Run("Get-JiraAdoCorrelation").Output.Count);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_file_that_is_none_or_for_another_site_is_refused()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.json");
        world.Session.Set("path", path);
        Assert.Equal("CorrelationFileUnreadable", world.Run("Import-JiraAdoCorrelation $path").FailureId);
        try
        {
            foreach (var text in new[] { "", "no json", "{}", """{"format":"JiraAdoSync correlations 1","site":"https://other.example","organization":"x","project":"Fabrikam","correlations":[]}""" })
            {
                await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
                Assert.Equal("CorrelationFileUnreadable", world.Run("Import-JiraAdoCorrelation $path").FailureId);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_persons_copy_of_a_work_item_is_reported_and_left_alone()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Board.CopyAsync(await world.Board.IdOfAsync("Lay out the form"), "Copy of lay out");
        world.Run("Clear-JiraAdoCorrelation");
        var run = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Contains(run.Warnings, warning => warning.Contains("is a copy of", StringComparison.Ordinal));
        Assert.Equal("NoChange", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Contains("Task: Copy of lay out", await world.Board.TitlesAsync());
    }

    private static async Task<(string Key, string Nonce, string Rev)> MarkAsync(World world)
    {
        var links = (await world.Board.ItemsAsync()).Single()["relations"]!.AsArray();
        var words = links.Single()!["attributes"]!["comment"]!.ToString().Split(' ');
        return (words[0], words[3], words[4]);
    }
}
