using JiraAdoSync.Sandbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Undos of runs after which later runs, or people, wrote to the same work items and issues.</summary>
public sealed class UndoOrderTests
{
    private const string OneWay = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
    private const string Both = $"{OneWay} -Direction Both -Wiql '[System.Id] > 0' -Prune -IncludeComments";
    private const string Title = "System.Title";
    private const string Priority = "Microsoft.VSTS.Common.Priority";
    private const string Parent = "System.LinkTypes.Hierarchy-Reverse";
    private const string Successor = "System.LinkTypes.Dependency-Forward";

    [Theory]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.DataCenter, true)]
    [InlineData(JiraFlavor.DataCenter, false)]
    public async Task Two_runs_over_the_same_pairs_are_undone_in_either_order(JiraFlavor flavor, bool isOlderFirst)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(flavor, time);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var (one, other, epic) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"), await ann.IdOfAsync("Issue 4"));
        await eve.SetSummaryAsync("SHOP-1", "Named in Jira");
        await ann.SetFieldAsync(one, Priority, "1");
        await ann.RelateAsync(one, Successor, other);
        await ann.CommentAsync(one, "<p>Said on the board</p>");
        var older = Later(world, time, Both);
        await eve.SetFieldsAsync("SHOP-1", """{ "labels": ["web", "jira"] }""");
        await ann.SetFieldAsync(one, "System.State", "Closed");
        await ann.RelateAsync(one, Parent, epic);
        await ann.CommentAsync(one, "<p>Said later</p>");
        var later = Later(world, time, Both);
        var after = await StateAsync(world, flavor);

        if (isOlderFirst)
        {
            // What the later run built upon is left.
            Assert.Equal(
                ["Later", "Later"],
                Undo(world, time, older).Rows("UndoResult", "Detail")
                    .Where(detail => detail.Contains("A later run wrote", StringComparison.Ordinal)).Select(_ => "Later"));
        }

        Undo(world, time, later);
        Undo(world, time, older);
        var undone = (await BothSides.IssuesAsync(world, flavor, "key = SHOP-1"))["SHOP-1"];
        Assert.Equal(["Issue 1", "Medium", "To Do"], [
            (await ann.FieldAsync(one, Title))!, undone.Fields[SeenItem.Priority], undone.Fields[SeenItem.State]]);
        Assert.Null(undone.Parent);
        Assert.Empty(undone.Links);
        Assert.Equal(0, await CommentsAsync(world, "SHOP-1"));

        var again = Later(world, time, Both);
        Assert.Equal(after, await StateAsync(world, flavor));
        Assert.Equal(2, await CommentsAsync(world, "SHOP-1"));
        Assert.Equal("Changed", again.RunOutcome());
        Assert.Equal("NoChange", Later(world, time, Both).RunOutcome());
    }

    [Fact]
    public async Task The_plan_of_an_undo_reads_each_work_item_once()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(JiraFlavor.Cloud, time);
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await eve.SetSummaryAsync("SHOP-1", "Named in Jira");
        var run = Later(world, time, Both).Summary.Properties["RunId"].Value;
        await world.ResetRequestsAsync();
        world.Run($"Undo-JiraAdoRun -RunId {run} -WhatIf").Succeeded();
        Assert.Equal(
            1,
            (await world.RequestsAsync("ado"))
                .Single(route => route.Key.Contains("workitemsbatch", StringComparison.Ordinal)).Value);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_older_run_is_undone_and_what_a_later_one_wrote_stays(JiraFlavor flavor)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(flavor, time);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var (one, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"));
        await eve.SetSummaryAsync("SHOP-1", "Named in Jira");
        await ann.SetFieldAsync(one, Priority, "1");
        await eve.SetSummaryAsync("SHOP-2", "Named in Jira, too");
        var older = Later(world, time, Both);
        await ann.SetFieldAsync(one, "System.Tags", "web; board");
        await ann.RelateAsync(one, Successor, other);
        await ann.CommentAsync(one, "<p>Said on the board</p>");
        await eve.SetSummaryAsync("SHOP-2", "Named once more");
        Later(world, time, Both);
        var after = await StateAsync(world, flavor);

        var undo = Undo(world, time, older);
        Assert.Contains($"Skip {other} Changed", undo.Rows("UndoResult", "Action", "WorkItemId", "Reason"));
        Assert.Equal("Issue 1", await ann.FieldAsync(one, Title));
        Assert.Equal(1, await CommentsAsync(world, "SHOP-1"));

        Assert.Equal("Changed", Later(world, time, Both).RunOutcome());
        Assert.Equal(after, await StateAsync(world, flavor));
        Assert.Equal(1, await CommentsAsync(world, "SHOP-1"));
        Assert.Equal("NoChange", Later(world, time, Both).RunOutcome());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_value_that_an_undo_gave_back_to_a_work_item_is_written_again_where_a_later_run_wrote_its_issue(JiraFlavor flavor)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(flavor, time);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var one = await ann.IdOfAsync("Issue 1");
        await eve.SetSummaryAsync("SHOP-1", "Named in Jira");
        var older = Later(world, time, Both);
        await ann.SetFieldAsync(one, Priority, "1");
        Later(world, time, Both);
        var after = await StateAsync(world, flavor);

        Undo(world, time, older);
        Assert.Equal("Issue 1", await ann.FieldAsync(one, Title));
        Later(world, time, Both);
        Assert.Equal(after, await StateAsync(world, flavor));
        Assert.Equal("NoChange", Later(world, time, Both).RunOutcome());
    }

    [Theory]
    [InlineData("Overwrite", "2")]
    [InlineData("Keep", "4")]
    public async Task A_value_that_an_undo_gave_back_is_written_again_where_people_edited_another_one(string conflict, string priority)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(JiraFlavor.Cloud, time);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var one = await ann.IdOfAsync("Issue 1");
        await eve.SetFieldsAsync("SHOP-1", """{ "summary": "Named in Jira", "priority": { "name": "High" } }""");
        var run = Later(world, time, OneWay);
        await ann.SetFieldAsync(one, Priority, "4");

        var undo = Undo(world, time, run);
        Assert.Equal([$"Skip {one} Changed", $"Update {one} "], undo.Rows("UndoResult", "Action", "WorkItemId", "Reason").Order());
        Assert.Equal("Issue 1", await ann.FieldAsync(one, Title));

        Later(world, time, $"{OneWay} -FieldConflict {conflict}");
        Assert.Equal("Named in Jira", await ann.FieldAsync(one, Title));
        Assert.Equal(priority, await ann.FieldAsync(one, Priority));
        Assert.Equal("NoChange", Later(world, time, $"{OneWay} -FieldConflict {conflict}").RunOutcome());
    }

    [Fact]
    public async Task A_value_that_an_undo_gave_back_is_written_again_where_a_later_run_wrote_another_one()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = await StartAsync(JiraFlavor.Cloud, time);
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var one = await world.Board.IdOfAsync("Issue 1");
        await eve.SetSummaryAsync("SHOP-1", "Named in Jira");
        await eve.DescribeAsync("SHOP-1", "Described in Jira");
        var run = Later(world, time, OneWay);
        await eve.SetFieldsAsync("SHOP-1", """{ "priority": { "name": "High" } }""");
        Later(world, time, OneWay);
        var after = await StateAsync(world, JiraFlavor.Cloud);

        Undo(world, time, run);
        Assert.Equal("Issue 1", await world.Board.FieldAsync(one, Title));
        Assert.Null(await world.Board.FieldAsync(one, "System.Description"));

        Later(world, time, OneWay);
        Assert.Equal(after, await StateAsync(world, JiraFlavor.Cloud));
        Assert.Contains("Described in Jira", await world.Board.FieldAsync(one, "System.Description"), StringComparison.Ordinal);
        Assert.Equal("NoChange", Later(world, time, OneWay).RunOutcome());
    }

    private static Task<string> StateAsync(World world, JiraFlavor flavor) => PairState.OfAsync(world, flavor);

    private static async Task<int> CommentsAsync(World world, string key)
    {
        using var client = world.Tracker.NewClient();
        var answer = System.Text.Json.Nodes.JsonNode.Parse(await client.GetStringAsync(
            new Uri($"issue/{key}/comment", UriKind.Relative), TestContext.Current.CancellationToken))!;
        return answer["comments"]!.AsArray().Count;
    }

    private static PowerShellSession.Outcome Undo(World world, FakeTimeProvider time, PowerShellSession.Outcome run) =>
        Later(world, time, $"Undo-JiraAdoRun -RunId {run.Summary.Properties["RunId"].Value} -Confirm:$false");

    private static PowerShellSession.Outcome Later(World world, FakeTimeProvider time, string command)
    {
        time.Advance(TimeSpan.FromMinutes(5));
        world.Reconnect();
        var outcome = world.Run(command).Succeeded();
        time.Advance(TimeSpan.FromMinutes(5));
        return outcome;
    }

    private static async Task<World> StartAsync(JiraFlavor flavor, FakeTimeProvider time)
    {
        var seed = new JiraSeed().Issue(4, "Epic").Issue(5, "Story").Status(5, "Done", "done");
        for (var number = 1; number <= 3; number++)
        {
            seed.Issue(number, "Story").Fields(number, """{ "priority": { "name": "Medium", "id": "3" }, "labels": ["web"] }""");
        }

        var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Jira = flavor, TimeProvider = time })).ThatWritesJira();
        world.Watch = _ => time.Advance(TimeSpan.FromMilliseconds(10));
        Later(world, time, Both);
        Later(world, time, Both);
        return world;
    }
}
