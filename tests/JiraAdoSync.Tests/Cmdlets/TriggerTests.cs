using System.Text.Json.Nodes;
using JiraAdoSync.Jira;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Runs over what changed, and runs of single issues.</summary>
public sealed class TriggerTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("project = SHOP", "(project = SHOP) AND updated >= \"-70m\"")]
    [InlineData("a = 1 OR b = 2 ORDER BY key", "(a = 1 OR b = 2) AND updated >= \"-70m\" ORDER BY key")]
    [InlineData("summary ~ \"order by\" order  by rank", "(summary ~ \"order by\") AND updated >= \"-70m\" order  by rank")]
    [InlineData("summary ~ 'it\\'s order by'", "(summary ~ 'it\\'s order by') AND updated >= \"-70m\"")]
    [InlineData("reorder = by", "(reorder = by) AND updated >= \"-70m\"")]
    [InlineData("ORDER BY key", "updated >= \"-70m\" ORDER BY key")]
    [InlineData("(a = 1)ORDER BY key", "((a = 1)) AND updated >= \"-70m\" ORDER BY key")]
    public void A_query_is_narrowed_to_what_changed_in_no_time_zone(string jql, string narrowed) =>
        Assert.Equal(narrowed, Jql.UpdatedSince(jql, Now - TimeSpan.FromHours(1), Now));

    [Fact]
    public void A_time_to_come_still_reads_something() =>
        Assert.Equal("(a = 1) AND updated >= \"-1m\"", Jql.UpdatedSince("a = 1", Now + TimeSpan.FromDays(1), Now));

    [Fact]
    public async Task A_state_file_makes_runs_read_what_changed_and_its_loss_or_another_mapping_everything()
    {
        // Both issues changed long ago.
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story");
        await using var world = await World.StartAsync(seed.Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        const string Run = "Invoke-JiraAdoSync -Jql 'project = SHOP ORDER BY key' -StatePath state.json -LinkTypeMapping @{ Odd = 'Related' }";
        Assert.Equal(2, Issues(world.Run(Run)));
        Assert.Equal(0, Issues(world.Run(Run)));
        await world.Tracker.SetSummaryAsync("SHOP-2", "Renamed");
        Assert.Equal(1, Issues(world.Run(Run)));
        Assert.Contains("User Story: Renamed", await world.Board.TitlesAsync());

        Assert.Equal(2, Issues(world.Run($$"""{{Run}} -FieldMapping @{ Tags = $null }""")));
        Assert.Equal(2, Issues(world.Run(Run)));
        Assert.Equal("ParameterConflict", world.Run($"{Run} -UpdatedSince 2026-01-01").FailureId);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "state.json"), "{ torn", TestContext.Current.CancellationToken);
        Assert.Equal(2, Issues(world.Run(Run)));
        File.Delete(Path.Combine(folder.Path, "state.json"));
        Assert.Equal(2, Issues(world.Run(Run)));
    }

    [Fact]
    public async Task A_run_that_did_not_do_all_that_it_should_moves_no_mark()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story");
        await using var world = await World.StartAsync(seed.Lines);
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        const string Run = "Invoke-JiraAdoSync -Jql 'project = SHOP' -StatePath state.json";
        world.Run($"{Run} -WhatIf").Succeeded();
        world.Run($"{Run} -PlanOnly").Succeeded();
        Assert.False(File.Exists(Path.Combine(folder.Path, "state.json")));
        world.Run(Run).Succeeded();
        var mark = await File.ReadAllTextAsync(
            Path.Combine(folder.Path, "state.json"), TestContext.Current.CancellationToken);

        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/$batch", ["kind"] = "status", ["status"] = 400,
            ["headers"] = new JsonObject { ["Content-Type"] = "application/json" },
            ["body"] = """{"message":"TF401349: An unexpected error has occurred.","typeKey":"x","eventId":3000}""",
        });
        Assert.Equal("Failed", world.Run(Run).Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(mark, await File.ReadAllTextAsync(
            Path.Combine(folder.Path, "state.json"), TestContext.Current.CancellationToken));
        await world.ClearFaultsAsync();
        world.Run(Run).Succeeded();
        Assert.Contains("User Story: Renamed", await world.Board.TitlesAsync());
    }

    [Fact]
    public async Task Single_issues_are_synced_by_key_and_by_the_ids_that_webhooks_send()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Link(1, "blocks", 2);
        await using var world = await World.StartAsync(seed.Lines);
        world.Run("Invoke-JiraAdoSync -Key SHOP-1").Succeeded();
        world.Run("Invoke-JiraAdoSync -IssueId 1002").Succeeded();
        Assert.Equal(["Issue 1 Successor Issue 2", "Issue 2 Predecessor Issue 1"], await world.Board.RelationsAsync());
        var run = world.Run("Invoke-JiraAdoSync -Key SHOP-3, SHOP-77");
        Assert.Equal(["IssueNotFound"], run.ErrorIds);
        Assert.Equal(3, (await world.Board.ItemsAsync()).Count);
    }

    private static int Issues(PowerShellSession.Outcome run)
    {
        // What a part of the issues does not need is no mistake of a mapping.
        Assert.Empty(run.Warnings);
        return (int)run.Succeeded().Summary.Properties["Issues"].Value;
    }
}
