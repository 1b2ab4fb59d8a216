using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// A small project on both sides in which people make one edit of each kind: fields, statuses, links, parents, comments,
/// files, new issues and new work items. A run brings them in step.
/// </summary>
internal static class TwoWayStory
{
    public const string Sync =
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Wiql '[System.Id] > 0' -JiraProject SHOP -Direction Both -Prune "
        + "-PruneLimit 100 -WriteLimit 100 -IncludeComments -IncludeAttachments -IncludeWorkItemLinks";

    /// <summary>From "To Do" to "Done" leads a way of two steps, as it does back.</summary>
    private const string Workflow =
        """
        [{"transitions": [
            {"id": "11", "name": "Begin", "from": ["To Do"], "to": "In Progress"},
            {"id": "21", "name": "Finish", "from": ["In Progress"], "to": "Done"},
            {"id": "31", "name": "Take up again", "from": ["Done"], "to": "In Progress"},
            {"id": "41", "name": "Put back", "from": ["In Progress"], "to": "To Do"}]}]
        """;

    /// <summary>A project that is in step on both sides.</summary>
    public static async Task<World> StartAsync(int? faultSeed = null)
    {
        var seed = new JiraSeed();
        for (var number = 1; number <= 10; number++)
        {
            seed.Issue(number, number <= 8 ? "Story" : number == 9 ? "Epic" : "Sub-task")
                .Fields(number, """{ "priority": { "name": "Medium", "id": "3" }, "labels": ["web"] }""");
        }

        seed.Status(2, "In Progress", "indeterminate").Status(8, "Done", "done")
            .Parent(10, 1).Link(1, "blocks", 2).Link(2, "relates to", 3);
        var options = new SandboxOptions { Seed = seed.Lines };
        var world = (await World.StartUnheldAsync(faultSeed is { } chance ? options with { FaultSeed = chance } : options))
            .ThatWritesJira();
        using var control = new HttpClient { BaseAddress = world.Sandbox.Address };
        using var answer = await control.PutAsync(
            new Uri("/sandbox/jira/workflows", UriKind.Relative), new StringContent(Workflow));
        answer.EnsureSuccessStatusCode();
        await world.Tracker.CommentAsync("SHOP-7", "Said in Jira long ago");
        world.Run(Sync).Succeeded();
        await world.Board.CommentAsync(await world.Board.IdOfAsync("Issue 7"), "<p>Said on the board</p>");
        world.Run(Sync).Succeeded();
        return world;
    }

    /// <summary>What people do on both sides.</summary>
    public static async Task EditAsync(World world)
    {
        using var board = (await world.JoinAsync("ann@contoso.example")).Board;
        using var jira = await world.JoinJiraAsync("eve@contoso.example");
        var ids = new Dictionary<int, int>();
        foreach (var item in await board.ItemsAsync())
        {
            ids[int.Parse(item["fields"]!["System.Title"]!.ToString().Split(' ')[1])] = (int)item["id"]!;
        }

        await board.SetFieldAsync(ids[1], "System.Title", "Issue 1, named on the board");
        await board.SetFieldAsync(ids[1], "System.Tags", "board");
        await jira.SetFieldsAsync("SHOP-1", """{ "labels": ["web", "jira"], "priority": { "name": "High" } }""");
        await jira.SetSummaryAsync("SHOP-2", "Issue 2, named in Jira");
        await board.SetFieldAsync(ids[2], "System.State", "Closed");
        await board.SetFieldAsync(ids[3], "System.State", "Closed");
        await jira.SetStatusAsync("SHOP-4", "In Progress");
        await board.SetFieldAsync(ids[5], "Microsoft.VSTS.Common.Priority", "1");
        await board.RelateAsync(ids[5], "System.LinkTypes.Hierarchy-Reverse", ids[9]);
        await board.RelateAsync(ids[3], "System.LinkTypes.Dependency-Forward", ids[4]);
        await board.UnrelateAsync(ids[1], ids[2]);
        await jira.LinkAsync("SHOP-5", "Blocks", "SHOP-6");
        await jira.UnlinkAsync("SHOP-2", "SHOP-3");
        await jira.SetParentAsync("SHOP-6", "SHOP-9");
        await board.CommentAsync(ids[4], "<p>New on the board</p>");
        await board.EditCommentAsync(
            ids[7], (int)(await board.CommentsAsync(ids[7]))[^1]["id"]!, "<p>Said on the board, edited</p>");
        await jira.CommentAsync("SHOP-4", "New in Jira");
        await board.AttachAsync(ids[6], "plan.txt", "One", "A person's file");
        await jira.AttachAsync("SHOP-6", "log.txt", "Two"u8.ToArray());
        await jira.CreateAsync("Issue 11, created in Jira");
        var bug = await board.CreateAsync("Bug", "Bug 12, found on the board");
        var task = await board.CreateAsync("Task", "Task 13, found on the board");
        await board.SetFieldAsync(bug, "System.State", "Active");
        await board.CommentAsync(bug, "<p>How to see it</p>");
        await board.RelateAsync(bug, "System.LinkTypes.Related", ids[8]);
        await board.RelateAsync(task, "System.LinkTypes.Hierarchy-Reverse", ids[2]);
    }

    /// <summary>What one run that nothing happens to makes of both sides.</summary>
    public static async Task<IReadOnlyList<string>> UndisturbedAsync()
    {
        await using var world = await StartAsync();
        await EditAsync(world);
        world.Run(Sync).Succeeded();
        return await PairSnapshot.OfAsync(world);
    }

    /// <summary>
    /// Whether another run brings both sides to where they are expected, and the one after it writes nothing.
    /// </summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static async Task<string?> FindProblemAsync(World world, IReadOnlyList<string> expected)
    {
        world.Reconnect();
        var next = world.Run(Sync);
        if (next.FailureId is { } failure)
        {
            return failure;
        }

        var difference = PairSnapshot.Difference(expected, await PairSnapshot.OfAsync(world));
        if (difference.Count > 0)
        {
            return $"{difference.Count} lines differ.\n{string.Join('\n', difference)}";
        }

        var writes = JiraWrites.Of(world.Sandbox.JiraUri).Count;
        var last = world.Run(Sync).RunOutcome();
        return last == "NoChange" && JiraWrites.Of(world.Sandbox.JiraUri).Count == writes
            ? null : $"The run after it is {last}.";
    }

    /// <summary>Refuses every request from one on; where that one is done, only its answer gets lost.</summary>
    public static JsonObject[] CutOff(int at, bool isDone)
    {
        var refusal = new JsonObject { ["kind"] = "status", ["status"] = 403, ["skip"] = at - 1 };
        return isDone ? [new JsonObject { ["kind"] = "drop-after", ["skip"] = at - 1, ["times"] = 1 }, refusal] : [refusal];
    }
}
