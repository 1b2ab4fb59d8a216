using System.Globalization;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// What somebody can do who may edit work items, or issues, and does not run the syncs: write whatever looks like our
/// marks. None of it may make a sync change, recycle or prune anything, nor fill a work item with an issue that is not
/// its own.
/// </summary>
public sealed class ForeignMarkTests
{
    private const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
    private const string Mallory = "mallory@contoso.example";

    [Fact]
    public async Task A_web_link_that_looks_like_the_mark_of_another_issue_is_refused_and_reported()
    {
        await using var world = await World.StartAsync(Two().Lines);
        const string All = $"{Sync} -IncludeWebLinks";
        world.Run(All).Succeeded();
        var (first, second) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        var mark = (await world.Board.MarksAsync(second)).Single();
        await world.Tracker.LinkPageAsync("SHOP-1", "x", mark.Url, "SHOP-2 [JiraAdoSync 1 aaaaaaaa 9");
        await world.Tracker.LinkPageAsync(
            "SHOP-1", "y", mark.Url.Replace("%3D", "%3d", StringComparison.Ordinal), "SHOP-2 [JiraAdoSync 1 bbbbbbbb 9");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Issue one");
        var run = world.Run(All).Succeeded();
        Assert.Contains(run.Warnings, warning => warning.Contains(
            "leads to an address at which work items are marked", StringComparison.Ordinal));
        await world.Tracker.SetSummaryAsync("SHOP-2", "Renamed");
        world.Reconnect();
        world.Run(All).Succeeded();
        Assert.Equal(["User Story: Issue one", "User Story: Renamed"], await world.Board.TitlesAsync());
        Assert.Single(await world.Board.MarksAsync(first));
        Assert.Empty(await world.Board.HyperlinksAsync(first));
    }

    [Theory]
    [InlineData("User Story", null, 5, true)]
    [InlineData("User Story", "aaaaaaaa", 5, false)]
    [InlineData("Bug", "aaaaaaaa", 3, true)]
    [InlineData("Bug", null, 3, false)]
    public async Task A_forged_mark_on_an_older_item_is_reported_and_nothing_is_recycled_or_overwritten(
        string type, string? nonce, int rev, bool commentsMoveDates)
    {
        await using var world = await World.StartAsync(
            Two().Lines, switches => switches.HyperlinkCommentMovesDates = commentsMoveDates);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        var his = await mallory.CreateAsync(type, "His own");
        world.Run(Sync).Succeeded();
        var genuine = await world.Board.IdOfAsync("Issue 1");
        await ForgeAsync(mallory, genuine, his, nonce, rev);
        var before = await TextAsync(world, his);
        await world.Tracker.SetSummaryAsync("SHOP-1", "Confidential");
        foreach (var isAnew in new[] { false, true })
        {
            if (isAnew)
            {
                world.Reconnect();
            }

            var run = world.Run(Sync).Succeeded();
            Assert.Equal(before, await TextAsync(world, his));
            Assert.Equal("Confidential", await world.Board.FieldAsync(genuine, "System.Title"));
            Assert.DoesNotContain("Remove", run.Rows("WorkItemResult", "Action"));
            if (isAnew)
            {
                Assert.Equal("NoChange", run.RunOutcome());
                Assert.Contains(run.Warnings, warning => warning.StartsWith($"ForeignMark: work item {his} ", StringComparison.Ordinal)
                    && warning.Contains($"has work item {genuine}", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task An_issue_whose_only_mark_is_forged_gets_a_work_item_of_its_own()
    {
        await using var world = await World.StartAsync(Two().Lines);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        var his = await mallory.CreateAsync("User Story", "His own");
        world.Run($"{Sync} -WhatIf").Succeeded();
        await mallory.HyperlinkAsync(his, UrlOf(world, 1), "SHOP-1 [JiraAdoSync 1 aaaaaaaa 2 00000000 -.-.-.-]");
        var before = await TextAsync(world, his);
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Create", "Create"], run.Rows("WorkItemResult", "Action"));
        Assert.Contains(run.Warnings, warning =>
            warning.StartsWith($"ForeignMark: work item {his} ", StringComparison.Ordinal)
            && warning.Contains("gets a work item of its own", StringComparison.Ordinal));
        Assert.Equal(before, await TextAsync(world, his));
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
        Assert.DoesNotContain(
            his.ToString(CultureInfo.InvariantCulture),
            world.Run("Get-JiraAdoOrphan -Jql 'key = SHOP-2'").Succeeded().Rows("Orphan", "WorkItemId"));
    }

    [Fact]
    public async Task A_mark_with_digits_of_another_script_stops_no_run()
    {
        await using var world = await World.StartAsync(Two().Lines);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        world.Run(Sync).Succeeded();
        var his = await mallory.CreateAsync("User Story", "His own");
        await mallory.HyperlinkAsync(his, UrlOf(world, 1), "SHOP-1 [JiraAdoSync 1 aaaaaaaa \u0663 00000000 -.-.-.-]");
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_genuine_mark_that_somebody_takes_off_and_puts_back_is_theirs_in_every_session(bool isCached)
    {
        await using var world = await World.StartAsync(Two().Lines);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        world.Run(Sync).Succeeded();
        var genuine = await world.Board.IdOfAsync("Issue 1");
        var mark = (await mallory.MarksAsync(genuine)).Single();
        await mallory.UnlinkAsync(genuine, mark.Url);
        await mallory.HyperlinkAsync(genuine, mark.Url, mark.Comment);
        var before = await TextAsync(world, genuine);
        if (!isCached)
        {
            world.Reconnect();
        }

        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Create SHOP-1", "Keep SHOP-2"], Actions(run));
        Assert.Equal(before, await TextAsync(world, genuine));
    }

    [Fact]
    public async Task What_a_member_does_to_the_text_of_a_genuine_mark_leaves_it_genuine()
    {
        foreach (var commentsMoveDates in new[] { false, true })
        {
            await using var world = await World.StartAsync(
                Two().Lines, switches => switches.HyperlinkCommentMovesDates = commentsMoveDates);
            var (mallory, _) = await world.JoinAsync(Mallory);
            using var _1 = mallory;
            world.Run(Sync).Succeeded();
            var genuine = await world.Board.IdOfAsync("Issue 1");
            var mark = (await mallory.MarksAsync(genuine)).Single();
            await mallory.SetCommentAsync(genuine, mark.Url, "SHOP-1 [JiraAdoSync 1 aaaaaaaa 2 00000000 -.-.-.-]");
            world.Reconnect();
            var run = world.Run(Sync).Succeeded();
            Assert.Equal(["Update SHOP-1", "Keep SHOP-2"], Actions(run));
            Assert.Equal(2, (await world.Board.ItemsAsync()).Count);
        }
    }

    [Fact]
    public async Task A_second_mark_on_the_item_of_an_issue_neither_moves_it_nor_the_other_issues()
    {
        await using var world = await World.StartAsync(Two().Lines);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        world.Run(Sync).Succeeded();
        var (first, second) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        await ForgeAsync(mallory, second, first, nonce: null, rev: 2);
        // An address that differs in letters only is another hyperlink to the service.
        var mark = (await mallory.MarksAsync(second)).Single();
        await mallory.HyperlinkAsync(
            second, mark.Url.Replace("jql", "JQL", StringComparison.Ordinal),
            "SHOP-2 [JiraAdoSync 1 aaaaaaaa 2 00000000 -.-.-.-]");
        await world.Tracker.SetSummaryAsync("SHOP-1", "One");
        await world.Tracker.SetSummaryAsync("SHOP-2", "Two");
        world.Reconnect();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Update SHOP-1", "Update SHOP-2"], Actions(run));
        Assert.Equal("One", await world.Board.FieldAsync(first, "System.Title"));
        Assert.Equal("Two", await world.Board.FieldAsync(second, "System.Title"));
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task An_item_that_our_own_account_marked_for_two_issues_counts_for_neither()
    {
        await using var world = await World.StartAsync(Two().Lines);
        world.Run(Sync).Succeeded();
        var (first, second) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        await ForgeAsync(world.Board, second, first, nonce: null, rev: 2);
        world.Reconnect();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Create SHOP-1", "Keep SHOP-2"], Actions(run));
        Assert.Contains(
            run.Warnings, warning => warning.Contains("so it counts for neither", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_forged_mark_makes_nobodys_relation_prunable(bool showsAtBothEnds)
    {
        await using var world = await World.StartAsync(
            Two().Issue(3, "Story").Lines, switches => switches.LinkCommentShowsAtBothEnds = showsAtBothEnds);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        world.Run(Sync).Succeeded();
        var ids = new List<int>();
        foreach (var number in new[] { 1, 2, 3 })
        {
            ids.Add(await world.Board.IdOfAsync($"Issue {number}"));
        }

        var name = world.Sandbox.JiraUri.ToString().Split("://")[1].TrimEnd('/');
        await mallory.RelateAsync(ids[0], "System.LinkTypes.Related", $"mine [jira:{name}/4711]", ids[1]);
        await mallory.RelateAsync(ids[2], "System.LinkTypes.Hierarchy-Reverse", $"mine [jira:{name}/parent]", ids[0]);
        // A person's own relation, to which somebody else gives the suffix later.
        await world.Board.RelateAsync(ids[1], "System.LinkTypes.Related", "by hand", ids[2]);
        await mallory.CommentAsync(ids[1], ids[2], $"by hand [jira:{name}/4712]");
        await world.Tracker.SetFieldsAsync("SHOP-3", """{"summary":"Issue three"}""");
        var before = await world.Board.RelationsAsync();
        world.Reconnect();
        var run = world.Run($"{Sync} -Prune").Succeeded();
        Assert.Equal(
            before.Select(text => text.Replace("Issue 3", "Issue three", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
            await world.Board.RelationsAsync());
        Assert.Equal(3, run.Warnings.Count(
            warning => warning.StartsWith("ForeignMark: the relation", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_parent_that_somebody_gave_is_kept_whatever_its_comment_says_and_ours_is_replaced()
    {
        await using var world = await World.StartAsync(
            Two().Issue(3, "Sub-task").Issue(4, "Sub-task").Parent(3, 1).Parent(4, 1).Lines);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        world.Run(Sync).Succeeded();
        var (first, second) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        var child = await world.Board.IdOfAsync("Issue 3");
        var name = world.Sandbox.JiraUri.ToString().Split("://")[1].TrimEnd('/');
        await mallory.UnrelateAsync(child, first);
        await mallory.RelateAsync(
            child, "System.LinkTypes.Hierarchy-Reverse", $"mine [jira:{name}/parent]", second);
        await world.Tracker.SetParentAsync("SHOP-4", "SHOP-2");
        world.Reconnect();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Skip SHOP-3 ParentConflict", "Replace SHOP-4 "], run.Rows("RelationResult", "Action", "Source", "Reason"));
        Assert.Contains("Issue 3 Parent Issue 2", await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task Comments_of_people_are_neither_edited_nor_deleted_whatever_they_quote()
    {
        await using var world = await World.StartAsync(Two().Lines);
        const string All = $"{Sync} -IncludeComments -Prune";
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        var kept = await world.Tracker.CommentAsync("SHOP-1", "first");
        var deleted = await world.Tracker.CommentAsync("SHOP-1", "second");
        world.Run(All).Succeeded();
        var item = await world.Board.IdOfAsync("Issue 1");
        var ours = (await world.Board.CommentsAsync(item)).Select(comment => comment["text"]!.ToString()).ToList();
        // Quotes of ours, and one that says to be of a comment that was never brought over.
        var quotes = ours
            .Select(text => text + "<p>I disagree.</p>")
            .Append(ours[0].Replace(
                kept.ToString(CultureInfo.InvariantCulture), "999999", StringComparison.Ordinal))
            .ToList();
        foreach (var quote in quotes)
        {
            await mallory.CommentAsync(item, quote);
        }

        await world.Tracker.EditCommentAsync("SHOP-1", kept, "first, edited");
        await world.Tracker.DeleteCommentAsync("SHOP-1", deleted);
        world.Reconnect();
        world.Run(All).Succeeded();
        var now = (await world.Board.CommentsAsync(item))
            .Select(comment => (By: comment["createdBy"]!["uniqueName"]!.ToString(), Text: comment["text"]!.ToString()))
            .ToList();
        Assert.Equal(quotes, now.Where(comment => comment.By == Mallory).Select(comment => comment.Text));
        Assert.Contains(
            "first, edited", Assert.Single(now, comment => comment.By != Mallory).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comment_that_somebody_wrote_in_our_manner_does_not_keep_the_real_one_out()
    {
        await using var world = await World.StartAsync(Two().Lines);
        const string All = $"{Sync} -IncludeComments";
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        await world.Tracker.CommentAsync("SHOP-1", "first");
        world.Run(All).Succeeded();
        var item = await world.Board.IdOfAsync("Issue 1");
        var text = (await world.Board.CommentsAsync(item))[0]["text"]!.ToString();
        var second = await world.Tracker.CommentAsync("SHOP-1", "second");
        var parts = text.Split("focusedCommentId=");
        await mallory.CommentAsync(
            item,
            $"{parts[0]}focusedCommentId={second}{parts[1][parts[1].IndexOf('#', StringComparison.Ordinal)..]}");
        world.Reconnect();
        world.Run(All).Succeeded();
        Assert.Equal(
            2,
            (await world.Board.CommentsAsync(item))
                .Count(comment => comment["createdBy"]!["uniqueName"]!.ToString() != Mallory));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_and_hyperlinks_of_people_stay_and_count_for_nothing_of_Jira(bool commentsMoveDates)
    {
        await using var world = await World.StartAsync(
            Two().Lines, switches => switches.HyperlinkCommentMovesDates = commentsMoveDates);
        const string All = $"{Sync} -IncludeAttachments -IncludeWebLinks -IncludeComments -Prune";
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        await world.Tracker.AttachAsync("SHOP-1", "ours.txt", [1, 2, 3]);
        await world.Tracker.LinkPageAsync("SHOP-1", "page", "https://example.org/ours", "Ours");
        await world.Tracker.CommentAsync("SHOP-1", "makes one more revision");
        world.Run(All).Succeeded();
        var item = await world.Board.IdOfAsync("Issue 1");
        var name = world.Sandbox.JiraUri.ToString().Split("://")[1].TrimEnd('/');
        await mallory.AttachAsync(item, "his.txt", "his", $"mine [jira-file:{name}/999999 3 0123456789abcdef]");
        await mallory.HyperlinkAsync(item, "https://example.org/his", $"mine [jira-web:{name}/999999 01234567]");
        // The next file of the issue, which is not there yet.
        var next = await world.Tracker.AttachAsync("SHOP-1", "next.txt", [4, 5]);
        await mallory.AttachAsync(
            item, "forged.txt", "forged", string.Create(CultureInfo.InvariantCulture, $"x [jira-file:{name}/{next} 2 0123456789abcdef]"));
        await world.Tracker.UnlinkPageAsync("SHOP-1", "page");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        world.Reconnect();
        var run = world.Run(All).Succeeded();
        Assert.Equal(
            ["forged.txt", "his.txt", "next.txt", "ours.txt"], (await world.Board.FilesAsync(item)).Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["https://example.org/his"], (await world.Board.HyperlinksAsync(item)).Select(link => link.Split(' ')[0]));
        Assert.Contains("ForeignMark", string.Join(' ', run.Rows("WorkItemResult", "LeftOut")), StringComparison.Ordinal);
        world.Run(All).Succeeded();
        Assert.Equal(4, (await world.Board.FilesAsync(item)).Count);
    }

    [Fact]
    public async Task A_field_that_somebody_else_filled_in_takes_no_work_item_over()
    {
        await using var world = await World.StartAsync(Two().Lines);
        await world.Board.CreateFieldAsync("Jira ID", "Custom.JiraId");
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        var his = await mallory.CreateAsync("User Story", "His own");
        var issueId = UrlOf(world, 1).Split("%3D")[1];
        await mallory.SetFieldAsync(his, "Custom.JiraId", issueId);
        var before = await TextAsync(world, his);
        const string ByField = $"{Sync} -CorrelationField Custom.JiraId";
        var run = world.Run(ByField).Succeeded();
        Assert.Equal(["Create", "Create"], run.Rows("WorkItemResult", "Action"));
        Assert.Contains(
            run.Warnings, warning => warning.StartsWith($"ForeignMark: work item {his} ", StringComparison.Ordinal));
        Assert.Equal(before, await TextAsync(world, his));
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(ByField).Succeeded().RunOutcome());

        // Where that account is one of ours, the field says what it always did.
        world.Reconnect();
        await world.Board.DeleteAsync(await world.Board.IdOfAsync("Issue 1"));
        Assert.Equal(
            ["Adopt SHOP-1", "Keep SHOP-2"],
            Actions(world.Run($"{ByField} -FormerAccount {Mallory}").Succeeded()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_item_that_was_adopted_stays_ours_and_one_with_a_forged_mark_is_not_adopted(
        bool commentsMoveDates)
    {
        await using var world = await World.StartAsync(
            Two().Lines, switches => switches.HyperlinkCommentMovesDates = commentsMoveDates);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        var adopted = await mallory.CreateAsync("User Story", "To be adopted");
        world.Run($"Set-JiraAdoCorrelation SHOP-1 {adopted}").Succeeded();
        Assert.Equal(
            ["Adopt SHOP-1", "Create SHOP-2"], Actions(world.Run(Sync).Succeeded()));
        await mallory.SetFieldAsync(adopted, "System.Description", "People go on to work on it");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        world.Reconnect();
        Assert.Equal(
            ["Update SHOP-1", "Keep SHOP-2"], Actions(world.Run(Sync).Succeeded()));
        await mallory.SetFieldAsync(adopted, "System.Description", "And on");
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());

        var forged = await mallory.CreateAsync("User Story", "Forged");
        await ForgeAsync(mallory, await world.Board.IdOfAsync("Issue 2"), forged, "aaaaaaaa", 3);
        var before = await TextAsync(world, forged);
        world.Run($"Set-JiraAdoCorrelation SHOP-2 {forged}").Succeeded();
        Assert.Contains(
            world.Run(Sync).Succeeded().Warnings,
            warning => warning.StartsWith($"ForeignMark: work item {forged} ", StringComparison.Ordinal));
        Assert.Equal(before, await TextAsync(world, forged));
    }

    [Fact]
    public async Task A_replaced_service_account_continues_with_what_the_former_one_made()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        world.Run($"{Sync} -IncludeComments").Succeeded();
        var (board, token) = await world.JoinAsync("sync2@contoso.example");
        using var _1 = board;
        var comment = await world.Tracker.CommentAsync("SHOP-1", "first");
        world.Run($"{Sync} -IncludeComments").Succeeded();
        world.ConnectAs(token);
        const string Former = $"{Sync} -IncludeComments -Prune -FormerAccount sandbox@contoso.example";
        Assert.Equal("NoChange", world.Run(Former).Succeeded().RunOutcome());
        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        await world.Tracker.UnlinkAsync("SHOP-1", "SHOP-2");
        await world.Tracker.EditCommentAsync("SHOP-1", comment, "edited");
        var run = world.Run(Former).Succeeded();
        Assert.Equal(["Update SHOP-1", "Keep SHOP-2"], Actions(run));
        Assert.Empty(await world.Board.RelationsAsync());
        // The comment is the former account's, and nobody else's to edit.
        Assert.Contains("stays as it is there", string.Join(' ', run.Rows("WorkItemResult", "LeftOut")), StringComparison.Ordinal);
        world.ConnectAs(token);
        Assert.Equal(2, (await world.Board.ItemsAsync()).Count);
        Assert.Equal(["Keep", "Keep"], world.Run(Former).Succeeded().Rows("WorkItemResult", "Action"));

        // Without its name, what the former account made alone is not ours.
        var other = world.Run(Sync).Succeeded();
        Assert.Contains("Create SHOP-2", Actions(other));
        Assert.Contains(other.Warnings, warning => warning.StartsWith("ForeignMark:", StringComparison.Ordinal)
            && warning.Contains("SHOP-2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_would_make_everything_again_after_its_account_was_replaced_is_refused()
    {
        await using var world = await World.StartAsync(Many(30).Lines);
        world.Run(Sync).Succeeded();
        var (board, token) = await world.JoinAsync("sync2@contoso.example");
        using var _1 = board;
        world.ConnectAs(token);
        Assert.Equal("ForeignMark", world.Run(Sync).FailureId);
        Assert.Equal(30, (await world.Board.ItemsAsync()).Count);
        Assert.Equal("NoChange", world.Run($"{Sync} -FormerAccount sandbox@contoso.example").Succeeded().RunOutcome());
        Assert.Equal("Changed", world.Run($"{Sync} -FormerAccount sync2@contoso.example").Succeeded().RunOutcome());
    }

    [Fact]
    public async Task Twins_go_only_if_no_other_hand_shows_in_their_history_and_within_the_limit()
    {
        await using var world = await World.StartAsync(Many(25).Lines);
        world.Run(Sync).Succeeded();
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        var twins = new List<int>();
        for (var number = 1; number <= 22; number++)
        {
            twins.Add(await world.Board.TwinAsync(
                await world.Board.IdOfAsync($"Issue {number}"), $"aaaaaa{number:00}", $"Twin {number}"));
        }

        // He worked on it, and makes the mark say that nobody did.
        await mallory.SetFieldAsync(twins[0], "System.Title", "His work");
        var mark = (await mallory.MarksAsync(twins[0])).Single();
        await mallory.SetCommentAsync(
            twins[0], mark.Url, mark.Comment.Replace("aaaaaa01 1 ", "aaaaaa01 3 ", StringComparison.Ordinal));
        world.Reconnect();
        Assert.Equal("PruneLimitExceeded", world.Run(Sync).FailureId);
        Assert.Equal(47, (await world.Board.ItemsAsync()).Count);
        world.Reconnect();
        var run = world.Run($"{Sync} -PruneLimit 100").Succeeded();
        Assert.Equal(21, run.Rows("WorkItemResult", "Action").Count(action => action == "Remove"));
        Assert.Equal("His work", await world.Board.FieldAsync(twins[0], "System.Title"));
        Assert.Contains(run.Warnings, warning =>
            warning.Contains($"people have worked on {twins[0]}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_BypassRules_marks_are_proven_at_one_request_for_200_items(bool commentsMoveDates)
    {
        const string Bypass = $"{Sync} -BypassRules";
        await using var world = await World.StartAsync(
            Many(405, """{"reporter":{"displayName":"Ana Bowman","emailAddress":"ana@contoso.example"}}""").Lines,
            switches => switches.HyperlinkCommentMovesDates = commentsMoveDates);
        var (mallory, _) = await world.JoinAsync(Mallory, "bypassRules");
        using var _1 = mallory;
        world.Run(Bypass).Succeeded();
        Assert.Contains("ana@contoso.example", (await world.Board.FieldsAsync("Issue 1"))["System.CreatedBy"],
            StringComparison.Ordinal);
        world.Reconnect();
        await world.ResetRequestsAsync();
        var run = world.Run(Bypass).Succeeded();
        Assert.Equal("NoChange", run.RunOutcome());
        // Look-ups, reads and proofs by 200 each, and the constant of a run.
        Assert.InRange((await world.RequestsAsync("ado")).Values.Sum(), 1, (3 * 3) + 6);

        // Some move on by our hand and some by others', and one gets a forged mark.
        var first = await world.Board.IdOfAsync("Issue 1");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        await mallory.SetFieldAsync(await world.Board.IdOfAsync("Issue 2"), "System.Description", "His text");
        var his = await mallory.CreateAsync("User Story", "His own");
        await ForgeAsync(mallory, await world.Board.IdOfAsync("Issue 3"), his, "aaaaaaaa", 3);
        world.Run(Bypass).Succeeded();
        await mallory.SetFieldAsync(first, "System.Description", "His text too");
        world.Reconnect();
        await world.ResetRequestsAsync();
        run = world.Run(Bypass).Succeeded();
        Assert.Equal("NoChange", run.RunOutcome());
        Assert.Contains(
            run.Warnings, warning => warning.StartsWith($"ForeignMark: work item {his} ", StringComparison.Ordinal));
        Assert.Equal("His own", await world.Board.FieldAsync(his, "System.Title"));
        Assert.InRange((await world.RequestsAsync("ado")).Values.Sum(), 1, (3 * 3) + 6 + 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Items_that_were_adopted_together_are_proven_by_a_page_of_revisions_each_200(
        bool commentsMoveDates)
    {
        await using var world = await World.StartAsync(
            Many(250).Lines, switches => switches.HyperlinkCommentMovesDates = commentsMoveDates);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        for (var number = 1; number <= 250; number++)
        {
            var id = await mallory.CreateAsync("User Story", $"Issue {number}");
            world.Run($"Set-JiraAdoCorrelation SHOP-{number} {id}");
        }

        world.Run(Sync).Succeeded();
        foreach (var item in (await world.Board.ItemsAsync()).Take(3))
        {
            await mallory.SetFieldAsync((int)item["id"]!, "System.Description", "His text");
        }

        world.Reconnect();
        await world.ResetRequestsAsync();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().RunOutcome());
        Assert.InRange((await world.RequestsAsync("ado")).Values.Sum(), 1, (3 * 2) + 6);
        Assert.DoesNotContain(
            (await world.RequestsAsync("ado")).Keys, route => route.Contains("updates", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_forged_mark_outside_the_selection_gets_no_relation()
    {
        await using var world = await World.StartAsync(Two().Link(1, "blocks", 2).Lines);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        var his = await mallory.CreateAsync("User Story", "His own");
        await mallory.HyperlinkAsync(his, UrlOf(world, 2), "SHOP-2 [JiraAdoSync 1 aaaaaaaa 2 00000000 -.-.-.-]");
        const string One = "Invoke-JiraAdoSync -Jql 'key = SHOP-1'";
        var run = world.Run(One).Succeeded();
        Assert.Equal(["Pending SHOP-1 SHOP-2"], run.Rows("RelationResult", "Action", "Source", "Target"));
        var own = await world.Board.IdOfAsync("Issue 1");
        await mallory.RelateAsync(his, "System.LinkTypes.Related", own);
        var before = await TextAsync(world, his);
        world.Reconnect();
        run = world.Run(One).Succeeded();
        Assert.Equal(["Pending SHOP-1 SHOP-2"], run.Rows("RelationResult", "Action", "Source", "Target"));
        Assert.Equal(before, await TextAsync(world, his));
    }

    [Fact]
    public async Task What_people_wrote_stays_theirs_though_they_touch_our_mark_with_it()
    {
        await using var world = await World.StartAsync(Two().Lines);
        const string Keep = $"{Sync} -FieldConflict Keep";
        world.Run(Keep).Succeeded();
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        var item = await world.Board.IdOfAsync("Issue 1");
        await mallory.SetFieldAsync(item, "System.Title", "Theirs");
        var mark = (await mallory.MarksAsync(item)).Single();
        await mallory.SetCommentAsync(item, mark.Url, mark.Comment);
        await world.Tracker.SetSummaryAsync("SHOP-1", "Ours");
        world.Run(Keep).Succeeded();
        Assert.Equal("Theirs", await world.Board.FieldAsync(item, "System.Title"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_a_member_does_between_runs_no_item_of_others_changes_and_nothing_genuine_is_recycled(
        int seed)
    {
        var random = new Random(seed);
        await using var world = await World.StartAsync(
            Many(6).Link(1, "blocks", 2).Link(3, "relates to", 4).Lines,
            switches => switches.HyperlinkCommentMovesDates = seed % 2 == 0);
        var (mallory, _) = await world.JoinAsync(Mallory);
        using var _1 = mallory;
        const string All = $"{Sync} -IncludeComments -IncludeWebLinks -IncludeAttachments -Prune";
        var name = world.Sandbox.JiraUri.ToString().Split("://")[1].TrimEnd('/');
        var his = new List<int>();
        var keys = new Dictionary<string, string>();
        for (var count = 0; count < 4; count++)
        {
            his.Add(await mallory.CreateAsync("User Story", $"His {count}"));
        }

        world.Run(All).Succeeded();
        var urls = new List<string>();
        for (var number = 1; number <= 6; number++)
        {
            urls.Add(UrlOf(world, number));
        }

        for (var round = 0; round < 5; round++)
        {
            for (var edit = 0; edit < 8; edit++)
            {
                await EditAsync();
            }

            await world.Tracker.SetSummaryAsync($"SHOP-{random.Next(1, 7)}", $"Secret {round}");
            await world.Tracker.CommentAsync($"SHOP-{random.Next(1, 7)}", $"Secret comment {round}");
            var before = new Dictionary<int, string>();
            foreach (var id in his)
            {
                before.Add(id, await TextAsync(world, id));
            }

            var existing = await world.Board.ItemsAsync();
            world.Reconnect();
            var run = world.Run(All).Succeeded();
            Assert.Contains(run.RunOutcome(), new[] { "Changed", "NoChange" });
            Assert.DoesNotContain("Remove", run.Rows("WorkItemResult", "Action"));
            foreach (var id in his)
            {
                Assert.Equal(before[id], await TextAsync(world, id));
            }

            // Nothing went, and what was an issue's never becomes another's.
            var now = (await world.Board.ItemsAsync()).Select(item => (int)item["id"]!).ToHashSet();
            Assert.All(existing, item => Assert.Contains((int)item["id"]!, now));
            foreach (var result in run.Rows("WorkItemResult", "WorkItemId", "Key").Distinct()
                .Select(row => row.Split(' ')))
            {
                Assert.DoesNotContain(int.Parse(result[0], CultureInfo.InvariantCulture), his);
                Assert.Equal(result[1], keys.TryGetValue(result[0], out var known) ? known : keys[result[0]] = result[1]);
            }
        }

        world.Reconnect();
        var last = world.Run(All).Succeeded();
        Assert.Equal("NoChange", last.RunOutcome());
        Assert.Equal(6, last.Rows("WorkItemResult", "Key").Distinct().Count());

        async Task EditAsync()
        {
            var items = (await world.Board.ItemsAsync()).Select(item => (int)item["id"]!).ToList();
            var (one, other) = (items[random.Next(items.Count)], items[random.Next(items.Count)]);
            var url = urls[random.Next(urls.Count)];
            var marks = await mallory.MarksAsync(one);
            var comment = $"SHOP-1 [JiraAdoSync 1 {random.Next():x8} {random.Next(1, 9)} 00000000 -.-.-.-]";
            switch (random.Next(8))
            {
                case 0 when !marks.Any(mark => mark.Url == url):
                    await mallory.HyperlinkAsync(one, url, comment);
                    break;
                case 1 when marks.Count > 0:
                    await mallory.SetCommentAsync(one, marks[0].Url, comment);
                    break;
                case 2 when marks.Count > 0:
                    await mallory.UnlinkAsync(one, marks[^1].Url);
                    break;
                case 3 when one != other && !await AreRelatedAsync(one, other):
                    await mallory.RelateAsync(
                        one, "System.LinkTypes.Related", $"x [jira:{name}/{random.Next(1, 9000)}]", other);
                    break;
                case 4:
                    var texts = (await world.Board.CommentsAsync(one)).Select(text => text["text"]!.ToString()).ToList();
                    await mallory.CommentAsync(one, texts.Count > 0 ? texts[0] : "<p>His</p>");
                    break;
                case 5:
                    await mallory.AttachAsync(
                        one, $"his{random.Next()}.txt", "x", $"x [jira-file:{name}/{random.Next(1, 9000)} 3 0123456789abcdef]");
                    break;
                case 6:
                    await mallory.HyperlinkAsync(
                        one, $"https://example.org/{random.Next()}", $"x [jira-web:{name}/{random.Next(1, 9000)} 01234567]");
                    break;
                default:
                    await mallory.SetFieldAsync(one, "System.Description", $"His text {random.Next()}");
                    break;
            }
        }

        async Task<bool> AreRelatedAsync(int one, int other) =>
            (await world.Board.CommentsOfRelationsAsync(one)).ContainsKey(other);
    }

    /// <summary>What was done with the work item of each issue, by key.</summary>
    private static IEnumerable<string> Actions(PowerShellSession.Outcome run) =>
        run.Rows("WorkItemResult", "Action", "Key").OrderBy(row => row.Split(' ')[1], StringComparer.Ordinal);

    private static JiraSeed Two() => Many(2);

    private static JiraSeed Many(int count, string? fields = null)
    {
        var seed = new JiraSeed();
        for (var number = 1; number <= count; number++)
        {
            seed.Issue(number, "Story");
            if (fields is not null)
            {
                seed.Fields(number, fields);
            }
        }

        return seed;
    }

    /// <summary>The address that marks the work item of an issue.</summary>
    private static string UrlOf(World world, int number)
    {
        var read = world.Run($"(Get-JiraReplica -Key SHOP-{number}).IssueId").Succeeded();
        return $"{world.Sandbox.JiraUri.ToString().TrimEnd('/')}/issues/?jql=id%3D{read.Output.Single()}";
    }

    /// <summary>Puts the mark of one item on another, as it is or with another nonce and revision.</summary>
    private static async Task ForgeAsync(Board board, int from, int to, string? nonce, int rev)
    {
        var mark = (await board.MarksAsync(from))[0];
        var words = mark.Comment.Split(' ');
        (words[3], words[4]) = (nonce ?? words[3], rev.ToString(CultureInfo.InvariantCulture));
        await board.HyperlinkAsync(to, mark.Url, string.Join(' ', words));
    }

    /// <summary>All of an item that a change of it would show in, relations and discussion included.</summary>
    private static async Task<string> TextAsync(World world, int id)
    {
        var item = await world.Board.ItemAsync(id);
        var comments = await world.Board.CommentsAsync(id);
        return $"{item["rev"]} {item["fields"]!.ToJsonString()} {item["relations"]?.ToJsonString()} "
            + string.Join(' ', comments.Select(comment => comment.ToJsonString()));
    }
}
