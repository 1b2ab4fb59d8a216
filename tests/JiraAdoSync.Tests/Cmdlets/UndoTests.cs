using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.Demo;
using JiraAdoSync.Tests.Endurance;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Runs leave records, and what they did can be undone.</summary>
public sealed class UndoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Sync => $"Invoke-JiraAdoSync -Jql 'project = SHOP' -Prune -RunPath '{_folder.Path}'";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_leaves_a_record_of_every_change_that_its_summary_names()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var runId = Id(world.Run(Sync).Succeeded());
        var listed = world.Run($"Get-JiraAdoRun -RunPath '{_folder.Path}'").Succeeded();
        Assert.Equal([$"{runId} Invoke-JiraAdoSync Changed"], listed.Rows("Run", "RunId", "Command", "Outcome"));
        var changes = world.Run($"Get-JiraAdoRun {runId} -RunPath '{_folder.Path}'").Succeeded();
        Assert.Equal(6, changes.Rows("RunChange", "Action").Count(action => action == "Create"));
        Assert.Equal(5, changes.Output.Count(change => change.ToString().Contains(" + ", StringComparison.Ordinal)
            && !change.ToString().Contains("Hyperlink", StringComparison.Ordinal)));
        Assert.Equal(changes.Output.Count, listed.Output.Single().Properties["Changes"].Value);

        var text = await File.ReadAllTextAsync(
            Directory.GetFiles(_folder.Path).Single(), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(world.Sandbox.AdoToken, text, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Sandbox.JiraToken, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undo_of_a_first_sync_leaves_the_board_of_before()
    {
        await using var world = await World.StartAsync(Story.Seed().Take(40));
        await Story.PopulateAsync(world.Board);
        var before = await Snapshot.OfAsync(world.Board);
        var runId = Id(world.Run(Sync));
        Assert.NotEqual(before, await Snapshot.OfAsync(world.Board));
        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal("Changed", undo.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(before, await Snapshot.OfAsync(world.Board));

        // The next sync makes all of it once more, and none of it twice.
        world.Run(Sync).Succeeded();
        Assert.Equal(42, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task An_undo_of_edits_restores_fields_relations_and_marks_to_the_letter()
    {
        await using var world = await World.StartAsync(Story.Seed());
        await Story.PopulateAsync(world.Board);
        world.Run($"{Sync} -PruneLimit 100").Succeeded();
        var before = await WithoutRevisionsAsync(world);
        await Story.EditAsync(world.Tracker);
        var runId = Id(world.Run($"{Sync} -PruneLimit 100").Succeeded());
        Assert.NotEqual(before, await WithoutRevisionsAsync(world));
        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.DoesNotContain("Skip", undo.Rows("UndoResult", "Action"));
        Assert.Equal(before, await WithoutRevisionsAsync(world));

        // The next sync does the edits again.
        Assert.Equal(
            "Changed", world.Run($"{Sync} -PruneLimit 100").Succeeded().Summary.Properties["Outcome"].Value.ToString());
    }

    [Fact]
    public async Task An_undo_takes_back_web_links_and_files_and_leaves_the_mark_as_it_was()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var sync = $"{Sync} -IncludeWebLinks -IncludeAttachments";
        world.Run(sync).Succeeded();
        var before = await WithoutRevisionsAsync(world);
        await world.Tracker.LinkPageAsync("SHOP-1", "page", "https://example.org/page", "A page");
        await world.Tracker.AttachAsync("SHOP-1", "notes.txt", [1, 2, 3]);
        var runId = Id(world.Run(sync).Succeeded());
        Assert.NotEqual(before, await WithoutRevisionsAsync(world));
        world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal(before, await WithoutRevisionsAsync(world));
    }

    [Fact]
    public async Task Somebody_who_relates_items_while_an_undo_takes_web_links_back_loses_no_relation_and_no_comment()
    {
        await using var world = await World.StartAsync(PeopleAtWork.Seed.Lines);
        world.Run(Sync).Succeeded();
        var people = await PeopleAtWork.JoinAsync(world);
        foreach (var key in PeopleAtWork.Keys)
        {
            await world.Tracker.LinkPageAsync(key, "page", "https://example.org/page", "A page");
        }

        var undo = $"Undo-JiraAdoRun {Id(world.Run($"{Sync} -IncludeWebLinks").Succeeded())} -RunPath '{_folder.Path}' -Confirm:$false";
        people.EditBetweenReadsAndRemovals();
        Assert.Contains("WorkItemChanged", world.Run(undo).ErrorIds);
        people.Rest();
        await people.AssertNothingIsLostAsync();

        world.Run(undo).Succeeded();
        Assert.Empty(await people.HyperlinksAsync());
        await people.AssertNothingIsLostAsync();
    }

    [Fact]
    public async Task An_undo_of_a_run_with_everything_on_restores_all_that_is_ours_to_the_letter()
    {
        await using var world = await World.StartAsync(WholeStory.Seed());
        var known = await WholeStory.PopulateAsync(world);
        var sync = $"{WholeStory.Sync} -RunPath '{_folder.Path}'";
        var empty = await Snapshot.OfAsync(world.Board);
        var firstId = Id(world.Run(sync).Succeeded());
        var before = await WithoutRevisionsAsync(world);
        await WholeStory.EditAsync(world, known);
        var runId = Id(world.Run(sync).Succeeded());
        var after = await WithoutRevisionsAsync(world);
        Assert.NotEqual(before, after);

        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.DoesNotContain("Skip", undo.Rows("UndoResult", "Action"));
        Assert.Equal(before, await WithoutRevisionsAsync(world));

        // The undo of the undo does all of it again, and so does the next sync after one more undo.
        world.Run($"Undo-JiraAdoRun {Id(undo)} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal(after, await WithoutRevisionsAsync(world));
        world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal("Changed", world.Run(sync).Succeeded().RunOutcome());
        Assert.Equal(after.Select(WithoutRevision), (await WithoutRevisionsAsync(world)).Select(WithoutRevision));

        // What the first run made was edited by the second one since.
        var first = world.Run($"Undo-JiraAdoRun {firstId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Contains("Skip Changed", first.Rows("UndoResult", "Action", "Reason"));
        Assert.NotEqual(empty, await Snapshot.OfAsync(world.Board));
    }

    [Fact]
    public async Task Comments_and_areas_are_in_the_record_and_in_the_plan_of_an_undo_and_those_of_others_are_left()
    {
        await using var world = await World.StartAsync(WholeStory.Seed());
        var known = await WholeStory.PopulateAsync(world);
        var sync = $"{WholeStory.Sync} -RunPath '{_folder.Path}'";
        var firstId = Id(world.Run(sync).Succeeded());
        var one = await world.Board.IdOfAsync("Issue 1");
        var (edited, removed) = (
            (await world.Board.CommentsAsync(one))[0]["id"], (await world.Board.CommentsAsync(one))[1]["id"]);
        await WholeStory.EditAsync(world, known);
        var runId = Id(world.Run(sync).Succeeded());
        var shown = world.Run($"(Get-JiraAdoRun {runId} -RunPath '{_folder.Path}').Comments | ForEach-Object ToString")
            .Succeeded();
        Assert.Equal(
            ["+ comment", "+ comment", "+ comment", $"- comment {removed}", $"comment {edited}"],
            shown.Output.Select(text => text.ToString()).Order(StringComparer.Ordinal));
        Assert.Contains(
            @"CreatePath Fabrikam\Shop",
            world.Run($"Get-JiraAdoRun {firstId} -RunPath '{_folder.Path}'").Succeeded()
                .Rows("RunChange", "Action", "Path"));

        // Somebody edits one that the run edited, and comments; somebody's item is in the area that the first run made.
        var added = (await world.Board.CommentsAsync(one)).Skip(1).Select(comment => comment["id"]).ToList();
        await world.Board.EditCommentAsync(one, (int)edited!, "<p>mine</p>");
        await world.Board.CommentAsync(one, "<p>and mine</p>");
        await world.Board.SetFieldAsync(
            await world.Board.IdOfAsync("Somebody's own task"), "System.AreaPath", @"Fabrikam\Shop");
        var plan = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -WhatIf").Succeeded()
            .Rows("UndoResult", "Action", "What").Where(row => row.Contains("comment", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);
        var nine = await world.Board.IdOfAsync("Issue 9");
        var sixth = (await world.Board.CommentsAsync(nine))[0]["id"];
        Assert.Equal(
            [
                $"Create Bring back a comment on User Story {one}, as a new one",
                .. new[]
                {
                    $"Remove Remove comment {sixth} from Bug {nine}",
                    $"Remove Remove comment {added[0]} from User Story {one}",
                    $"Remove Remove comment {added[1]} from User Story {one}",
                }.Order(StringComparer.Ordinal),
                $"Skip Leave a comment on User Story {one}",
            ],
            plan);
        world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        var comments = (await world.Board.CommentsAsync(one)).Select(comment => comment["text"]!.ToString()).ToList();
        Assert.Equal(3, comments.Count);
        Assert.Equal(["<p>mine</p>", "<p>and mine</p>"], comments.Take(2));
        Assert.Contains("second", comments[2], StringComparison.Ordinal);

        var first = world.Run($"Undo-JiraAdoRun {firstId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Contains(@"Skip Leave Fabrikam\Shop InUse", first.Rows("UndoResult", "Action", "What", "Reason"));
    }

    [Fact]
    public async Task An_undo_of_a_first_run_removes_the_areas_that_it_made_and_an_undo_of_that_makes_them_again()
    {
        await using var world = await World.StartAsync(WholeStory.Seed());
        await Story.PopulateAsync(world.Board);
        var before = await Snapshot.OfAsync(world.Board);
        var paths = "(Get-JiraAdoRun -RunPath '" + _folder.Path + "')[0]";
        var runId = Id(world.Run($"{WholeStory.Sync} -RunPath '{_folder.Path}'").Succeeded());
        var after = await WithoutRevisionsAsync(world);
        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Contains(@"Remove Remove Fabrikam\Shop (System.AreaPath)", undo.Rows("UndoResult", "Action", "What"));
        Assert.Equal(before, await Snapshot.OfAsync(world.Board));
        Assert.DoesNotContain("Shop", await world.Board.AreasAsync());
        world.Run($"{paths} | Undo-JiraAdoRun -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal(after, await WithoutRevisionsAsync(world));
        Assert.Contains("Shop", await world.Board.AreasAsync());
    }

    [Theory]
    [InlineData("O'Brien' OR [System.Id] > 0 OR [System.Title] = 'x")]
    [InlineData("../Fabrikam?recursive=1&x=%2e")]
    public async Task A_path_that_looks_like_a_query_is_asked_for_and_removed_as_what_it_is(string name)
    {
        var component = $$"""{"components":[{"id":"1","name":{{JsonValue.Create(name).ToJsonString()}}}]}""";
        await using var world = await World.StartUnheldAsync(
            new JiraAdoSync.Sandbox.SandboxOptions { Seed = new JiraSeed().Issue(1, "Story")
                .Fields(1, component).Lines });
        await world.Board.CreateAsync("Task", "Somebody's own task");
        var before = await world.Board.AreasAsync();
        var runId = Id(world.Run($"{Sync} -CreatePaths -FieldMapping @{{ 'Area Path' = 'Components' }}").Succeeded());
        Assert.Equal(before.Count + 1, (await world.Board.AreasAsync()).Count);
        world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal(before, await world.Board.AreasAsync());
    }

    [Fact]
    public async Task An_undo_leaves_what_people_changed_since_and_says_so()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var runId = Id(world.Run(Sync).Succeeded());
        var story = await world.Board.IdOfAsync("Customers can pay by card");
        var task = await world.Board.IdOfAsync("Choose a payment provider");
        var form = await world.Board.IdOfAsync("Lay out the form");
        await world.Board.SetFieldAsync(story, "System.Title", "Customers can pay");
        var own = await world.Board.CreateAsync("Task", "Somebody's own task");
        await world.Board.RelateAsync(own, "System.LinkTypes.Related", form);
        await world.Board.UnrelateAsync(task, story);

        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        var left = undo.Rows("UndoResult", "Action", "WorkItemId", "Reason")
            .Where(row => row.StartsWith("Skip", StringComparison.Ordinal));
        Assert.Equal([$"Skip {story} Changed", $"Skip {form} Changed"], left.Order());
        Assert.Equal(
            ["Task: Lay out the form", "Task: Somebody's own task", "User Story: Customers can pay"],
            (await world.Board.TitlesAsync()).Order(StringComparer.Ordinal));
        Assert.Equal(2, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task An_undo_of_an_edit_leaves_a_field_that_people_wrote_since_and_its_plan_says_so()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay by card or cash");
        var undo = $"Undo-JiraAdoRun {Id(world.Run(Sync).Succeeded())} -RunPath '{_folder.Path}'";
        var story = await world.Board.IdOfAsync("Customers can pay by card or cash");
        await world.Board.SetFieldAsync(story, "System.Title", "Theirs");
        foreach (var how in new[] { "-WhatIf", "-Confirm:$false" })
        {
            var left = world.Run($"{undo} {how}").Succeeded();
            Assert.Equal([$"Skip {story} Changed Somebody changed since: System.Title."],
                left.Rows("UndoResult", "Action", "WorkItemId", "Reason", "Detail"));
        }

        Assert.Contains("User Story: Theirs", await world.Board.TitlesAsync());
    }

    [Fact]
    public async Task A_comment_that_an_undo_brings_back_is_added_once_although_the_answer_was_lost()
    {
        await using var world = await World.StartUnheldAsync(
            new JiraAdoSync.Sandbox.SandboxOptions { Seed = new JiraSeed().Issue(1, "Story").Lines });
        var comment = await world.Tracker.CommentAsync("SHOP-1", "first");
        world.Run($"{Sync} -IncludeComments").Succeeded();
        await world.Tracker.DeleteCommentAsync("SHOP-1", comment);
        var runId = Id(world.Run($"{Sync} -IncludeComments").Succeeded());
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["method"] = "POST", ["route"] = "*/comments", ["kind"] = "drop-after", ["times"] = 1,
        });
        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Contains("Create True", undo.Rows("UndoResult", "Action", "IsApplied"));
        Assert.Single(await world.Board.CommentsAsync(await world.Board.IdOfAsync("Issue 1")));
    }

    [Fact]
    public async Task An_undo_shows_its_plan_and_writes_nothing_under_WhatIf()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var runId = Id(world.Run(Sync).Succeeded());
        var before = await Snapshot.OfAsync(world.Board);
        await world.ResetRequestsAsync();
        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -WhatIf").Succeeded();
        Assert.Equal(6, undo.Rows("UndoResult", "Action", "IsApplied").Count(row => row == "Remove False"));
        Assert.Equal(before, await Snapshot.OfAsync(world.Board));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task An_undo_can_be_undone()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay by card or cash");
        await world.Tracker.UnlinkAsync("SHOP-2", "SHOP-1");
        await world.Tracker.LinkAsync("SHOP-2", "Relates", "SHOP-4");
        var runId = Id(world.Run(Sync).Succeeded());
        var after = await WithoutRevisionsAsync(world);
        var undoId = Id(world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded());
        Assert.NotEqual(after, await WithoutRevisionsAsync(world));
        world.Run($"Undo-JiraAdoRun {undoId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal(after, await WithoutRevisionsAsync(world));
    }

    [Fact]
    public async Task An_undo_of_an_undo_brings_work_items_back_with_their_relations()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var runId = Id(world.Run(Sync).Succeeded());
        var after = await WithoutRevisionsAsync(world);
        var undoId = Id(world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded());
        Assert.Empty(await world.Board.ItemsAsync());
        world.Run($"Undo-JiraAdoRun {undoId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal(after, await WithoutRevisionsAsync(world));
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().Summary.Properties["Outcome"].Value.ToString());
    }

    [Fact]
    public async Task A_record_whose_last_line_was_not_written_to_its_end_is_read_and_undone()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var runId = Id(world.Run(Sync).Succeeded());
        var file = Directory.GetFiles(_folder.Path).Single();
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, text[..^60], TestContext.Current.CancellationToken);
        var listed = world.Run($"Get-JiraAdoRun -RunPath '{_folder.Path}'").Succeeded();
        Assert.Equal([$"{runId} "], listed.Rows("Run", "RunId", "Outcome"));
        world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task The_record_of_a_stage_says_how_it_ended_as_that_of_a_whole_run_does()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        const string Read = "Get-JiraReplica -Jql 'project = SHOP'";
        var at = $"-RunPath '{_folder.Path}'";
        world.Run($"{Read} | Sync-AdoWorkItem -WhatIf {at}").Succeeded();
        world.Run($"{Read} | Sync-AdoWorkItem {at}").Succeeded();
        world.Run($"{Read} | Get-JiraIssueLinks -IncludeParent | Convert-LinkType | Sync-AdoRelation {at}").Succeeded();
        world.Run($"{Read} | Sync-AdoWorkItem {at}").Succeeded();
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/$batch", ["kind"] = "status", ["status"] = 403,
        });
        world.Run("$null = " + Read + " | ForEach-Object { $_.Summary = 'Edited'; $_ } | Sync-AdoWorkItem " + at);
        Assert.Equal(
            ["Sync-AdoWorkItem Failed", "Sync-AdoWorkItem NoChange", "Sync-AdoRelation Changed",
                "Sync-AdoWorkItem Changed"],
            world.Run($"Get-JiraAdoRun {at}").Succeeded().Rows("Run", "Command", "Outcome"));
    }

    [Fact]
    public async Task A_record_that_can_not_be_written_stops_the_run_before_any_change()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, string.Empty, TestContext.Current.CancellationToken);
        Assert.Equal(
            "RunRecordUnwritable", world.Run($"Invoke-JiraAdoSync -Jql 'project = SHOP' -RunPath '{file}'").FailureId);
        Assert.Empty(await world.Board.ItemsAsync());
        Assert.Equal(
            "RunNotFound", world.Run($"Undo-JiraAdoRun '../file' -RunPath '{_folder.Path}' -Confirm:$false").FailureId);
        Assert.Equal(["RunNotFound"], world.Run($"Get-JiraAdoRun nosuchrun -RunPath '{_folder.Path}'").ErrorIds);
    }

    [Fact]
    public async Task Records_that_are_none_or_damaged_are_left_out_line_by_line()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var runId = Id(world.Run(Sync).Succeeded());
        var token = TestContext.Current.CancellationToken;
        string[] damaged =
        [
            "", "null", "5", "[]", "{}", "garbage", """{"change":null}""", """{"change":{"time":"x"}}""", """{"batch":1,"sending":[null]}""",
            """{"batch":9,"refused":[7,-1]}""", """{"batch":9}""", """{"ended":"x"}""",
            .. new[] { "before", "after", "removed", "added", "comments" }.SelectMany(name => new[]
            {
                $$"""{"change":{"time":"2026-01-01T00:00:00Z","action":"Update","workItemId":1,"{{name}}":null} }""",
                $$"""{"change":{"time":"2026-01-01T00:00:00Z","action":"Update","workItemId":1,"{{name}}":[null]} }""",
            }),
            """{"change":{"time":"2026-01-01T00:00:00Z","action":"CreatePath","workItemId":0}}""",
            """{"change":{"time":"2026-01-01T00:00:00Z","action":"Update","workItemId":1,"comments":[{"id":1}]}}""",
        ];
        var file = Directory.GetFiles(_folder.Path).Single();
        var lines = await File.ReadAllLinesAsync(file, token);
        await File.WriteAllLinesAsync(file, lines.SelectMany(line => damaged.Prepend(line)), token);
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "20200101T000000000Z-000000.jsonl"), string.Join('\n', damaged), token);
        await File.WriteAllBytesAsync(
            Path.Combine(_folder.Path, "20200102T000000000Z-000000.jsonl"), [0, 255, 254, 10, 13, 0], token);
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "20200103T000000000Z-000000.jsonl"), """{"format":"JiraAdoSync run 1","run":null}""", token);
        Assert.Equal([runId], world.Run($"Get-JiraAdoRun -RunPath '{_folder.Path}'").Succeeded().Rows("Run", "RunId"));
        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal(6, undo.Rows("UndoResult", "Action").Count(action => action == "Remove"));
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task A_record_that_can_not_be_read_is_an_error_of_its_own_and_the_others_are_listed()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var runId = Id(world.Run(Sync).Succeeded());
        var locked = Path.Combine(_folder.Path, "99990101T000000000Z-000000.jsonl");
        await using var lockedFile = new FileStream(locked, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var listed = world.Run($"Get-JiraAdoRun -RunPath '{_folder.Path}'");
        Assert.Equal([runId], listed.Rows("Run", "RunId"));
        Assert.Equal(["RunRecordUnreadable"], listed.ErrorIds);
        var both = world.Run($"'99990101T000000000Z-000000', '{runId}' | Get-JiraAdoRun -RunPath '{_folder.Path}'");
        Assert.Equal(["RunRecordUnreadable"], both.ErrorIds);
        Assert.NotEmpty(both.Of("RunChange"));
    }

    [Fact]
    public async Task An_undo_that_is_done_once_more_finds_nothing_to_do_and_one_of_elsewhere_is_refused()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var undo = $"Undo-JiraAdoRun {Id(world.Run(Sync).Succeeded())} -RunPath '{_folder.Path}' -Confirm:$false";
        world.Run(undo).Succeeded();
        var again = world.Run(undo).Succeeded();
        Assert.All(again.Rows("UndoResult", "Action", "Reason"), row => Assert.Equal("Skip Gone", row));
        Assert.Equal("NoChange", again.RunOutcome());
        await using var other = await World.StartAsync(RecipeStory.Issues);
        Assert.Equal("RunElsewhere", other.Run(undo).FailureId);
    }

    [Fact]
    public async Task A_state_that_can_not_be_written_stops_the_run_before_any_change()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        foreach (var path in new[] { _folder.Path, Path.Combine(_folder.Path, "nowhere", "state.json") })
        {
            Assert.Equal("StateFileUnwritable", world.Run($"{Sync} -StatePath '{path}'").FailureId);
            Assert.Empty(await world.Board.ItemsAsync());
            world.Run($"{Sync} -StatePath '{path}' -WhatIf").Succeeded();
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
        world.Run($"{Sync} -StatePath '{_folder.Path}/state.json'").Succeeded();
        Assert.Equal(["state.json"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName)
            .Where(name => !name!.EndsWith(".jsonl", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_undo_brings_a_twin_back_from_the_recycle_bin_or_says_that_it_is_not_there(bool isDestroyed)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        var twin = await world.Board.TwinAsync(
            await world.Board.IdOfAsync("Lay out the form"), "aaaaaaaa", "Lay out the form");
        var before = await WithoutRevisionsAsync(world);
        world.Reconnect();
        var runId = Id(world.Run(Sync).Succeeded());
        Assert.NotEqual(before, await WithoutRevisionsAsync(world));
        if (isDestroyed)
        {
            await world.Board.DestroyAsync(twin);
        }

        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false");
        Assert.Equal(isDestroyed ? "Fail 7 False NotFound" : "Create 7 True ",
            undo.Rows("UndoResult", "Action", "WorkItemId", "IsApplied", "Reason").Single());
        Assert.Equal(isDestroyed ? "Failed" : "Changed", undo.RunOutcome());
        Assert.Equal(isDestroyed, undo.Errors.Any(
            error => error.ToString().Contains("Restore Task 7", StringComparison.Ordinal)));
        Assert.Equal(!isDestroyed, before.SequenceEqual(await WithoutRevisionsAsync(world)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_undo_of_what_is_deleted_by_now_says_so_and_makes_nothing_anew(bool isProject)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var runId = Id(world.Run(Sync).Succeeded());
        if (isProject)
        {
            await world.Board.DeleteProjectAsync();
        }
        else
        {
            await world.Board.DeleteAsync(await world.Board.IdOfAsync("Customers can pay by card"));
        }

        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Equal(isProject ? 6 : 1, undo.Rows("UndoResult", "Action", "Reason", "Detail")
            .Count(row => row == "Skip Gone It is deleted already, or the account may not read it."));
        Assert.Equal(isProject ? "NoChange" : "Changed", undo.RunOutcome());
    }

    [Theory]
    [InlineData(403, "*workitemsbatch", "AccessDenied")]
    [InlineData(401, "*workitemsbatch", "AuthenticationFailed")]
    [InlineData(403, "*$batch", "AccessDenied")]
    [InlineData(401, "*$batch", "AuthenticationFailed")]
    public async Task An_undo_that_is_not_allowed_says_so_and_changes_nothing(int status, string route, string error)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run(Sync).Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay by card or cash");
        var runId = Id(world.Run(Sync).Succeeded());
        await world.SetFaultsAsync(
            new JsonObject { ["service"] = "ado", ["route"] = route, ["kind"] = "status", ["status"] = status });
        var undo = world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false");
        Assert.Equal([error], undo.ErrorIds.Append(undo.FailureId).OfType<string>());
        Assert.All(undo.Of("SyncSummary"), summary =>
            Assert.Equal("Failed", summary.Properties["Outcome"].Value.ToString()));
        await world.ClearFaultsAsync();
        Assert.Contains("User Story: Customers can pay by card or cash", await world.Board.TitlesAsync());
        // Nothing was done, so it can be undone all the same.
        world.Run($"Undo-JiraAdoRun {runId} -RunPath '{_folder.Path}' -Confirm:$false").Succeeded();
        Assert.Contains("User Story: Customers can pay by card", await world.Board.TitlesAsync());
    }

    [Theory]
    [InlineData("$batch", 1)]
    [InlineData("artifacturiquery", 0)]
    public async Task A_token_that_ends_in_the_middle_makes_a_run_partial_and_the_next_completes_it(
        string route, int written)
    {
        await using var world = await World.StartAsync(Story.Seed());
        world.Run("$null = Invoke-JiraAdoSync -Jql 'key = SHOP-1'").Succeeded();
        // What the plan asks for is answered, and of what the writing asks for so much.
        await world.ResetRequestsAsync();
        world.Run($"$null = {Sync} -PlanOnly").Succeeded();
        world.Reconnect();
        var planned = (await world.RequestsAsync("ado"))
            .Where(pair => pair.Key.EndsWith(route, StringComparison.Ordinal)).Sum(pair => pair.Value);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado",
            ["route"] = $"*/_apis/wit/{route}",
            ["kind"] = "status",
            ["status"] = 401,
            ["skip"] = planned + written,
        });
        var run = world.Run($"{Sync}; 'ok: ' + $?");
        Assert.Null(run.Failure);
        Assert.Equal("Partial", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.All(run.ErrorIds, id => Assert.Equal("AuthenticationFailed", id));
        Assert.NotEmpty(run.ErrorIds);
        Assert.Contains("ok: False", run.Output.Select(one => one.ToString()));

        await world.ClearFaultsAsync();
        world.Run(Sync).Succeeded();
        Assert.Equal(Story.Issues, (await world.Board.ItemsAsync()).Count);
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().Summary.Properties["Outcome"].Value.ToString());
    }

    [Fact]
    public async Task An_error_of_one_item_ends_the_run_under_ErrorAction_Stop_and_leaves_the_host()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/$batch", ["kind"] = "status", ["status"] = 401,
        });
        Assert.Equal("AuthenticationFailed", world.Run($"{Sync} -ErrorAction Stop").FailureId);
        Assert.Equal("still here", world.Run("'still here'").Succeeded().Output.Single().ToString());
    }

    private static string Id(PowerShellSession.Outcome run) => run.Summary.Properties["RunId"].Value.ToString()!;

    /// <summary>A mark has the revision that its run made, and each undo makes more of them.</summary>
    private static string WithoutRevision(string line) => Regex.Replace(line, @"\[JiraAdoSync 1 \d+", "[JiraAdoSync 1");

    private static async Task<IReadOnlyList<string>> WithoutRevisionsAsync(World world) =>
        (await Snapshot.OfAsync(world.Board))
        .Select(line => Regex.Replace(line, @" rev \d+$", string.Empty))
        .ToList();
}
