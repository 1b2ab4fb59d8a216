using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Descriptions, comments, attachments and web links go from issues to work items, seen by REST.</summary>
public sealed class ContentTests
{
    private const string Sync =
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments -IncludeAttachments -IncludeWebLinks";

    public static TheoryData<JiraFlavor> Flavors => [JiraFlavor.Cloud, JiraFlavor.DataCenter];

    [Theory]
    [MemberData(nameof(Flavors))]
    public async Task A_description_arrives_rendered_and_links_lead_to_work_items_of_the_same_run(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Issue(3, "Task").Lines, adjust: options =>
                options with { Jira = flavor });
        var jira = world.Sandbox.JiraUri;
        await world.Tracker.DescribeAsync(
            "SHOP-1", $"h2. Why\n\nSee *this*: [{jira}/browse/SHOP-2]\n\n* one\n* two\n\n{{code}}\na < b\n{{code}}");
        await world.Tracker.DescribeAsync("SHOP-2", $"Broken by [the story|{jira}/browse/SHOP-1].");
        var run = world.Run(Sync).Succeeded();
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());

        var (story, bug) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        var description = await world.Board.FieldAsync(story, "System.Description");
        Assert.Contains("<h2>Why</h2>", description, StringComparison.Ordinal);
        Assert.Contains("<li>two</li>", description, StringComparison.Ordinal);
        Assert.Contains("a &lt; b", description, StringComparison.Ordinal);
        Assert.Contains($"/_workitems/edit/{bug}\"", description, StringComparison.Ordinal);
        Assert.Contains($"/_workitems/edit/{story}\"", await world.Board.FieldAsync(bug, "System.Description"),
            StringComparison.Ordinal);
        Assert.Contains(
            "the story", await world.Board.FieldAsync(bug, "Microsoft.VSTS.TCM.ReproSteps"), StringComparison.Ordinal);

        await AssertNothingToDoAsync(world);
    }

    [Theory]
    [MemberData(nameof(Flavors))]
    public async Task Links_to_issues_of_a_later_run_are_filled_in_when_their_work_items_come(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Issue(3, "Task").Issue(4, "Story").Lines,
            adjust: options => options with { Jira = flavor });
        var jira = world.Sandbox.JiraUri;
        await world.Tracker.DescribeAsync(
            "SHOP-1", $"See [{jira}/browse/SHOP-2], [{jira}/browse/SHOP-3] and [{jira}/browse/SHOP-4].");
        await Between("SHOP-1");
        var story = await world.Board.IdOfAsync("Issue 1");
        Assert.Contains($"{jira}/browse/SHOP-2\"", await world.Board.FieldAsync(story, "System.Description"),
            StringComparison.Ordinal);

        // A run that creates one of the ends, and knows the text: it is filled in at its end.
        await Between("SHOP-1, SHOP-2");
        var text = await world.Board.FieldAsync(story, "System.Description");
        Assert.Contains($"/_workitems/edit/{await world.Board.IdOfAsync("Issue 2")}\"", text, StringComparison.Ordinal);
        Assert.Contains($"{jira}/browse/SHOP-3\"", text, StringComparison.Ordinal);

        // Another makes the end without knowing the text; the next one that knows both fills it in.
        await Between("SHOP-3");
        Assert.Equal(text, await world.Board.FieldAsync(story, "System.Description"));
        Assert.Equal(["Update SHOP-1", "Keep SHOP-3"],
            (await Between("SHOP-1, SHOP-3")).Rows("WorkItemResult", "Action", "Key").Order().Reverse());
        Assert.Contains(
            $"/_workitems/edit/{await world.Board.IdOfAsync("Issue 3")}\"",
            await world.Board.FieldAsync(story, "System.Description"), StringComparison.Ordinal);

        // What people edited since is theirs.
        await world.Board.SetFieldAsync(story, "System.Title", "Theirs");
        await Between("SHOP-1, SHOP-4");
        Assert.Contains($"{jira}/browse/SHOP-4\"", await world.Board.FieldAsync(story, "System.Description"),
            StringComparison.Ordinal);

        async Task<PowerShellSession.Outcome> Between(string keys)
        {
            var sync = Sync.Replace("project = SHOP", $"key in ({keys})", StringComparison.Ordinal);
            var run = world.Run(sync).Succeeded();
            await AssertNothingToDoAsync(world, sync);
            return run;
        }
    }

    [Theory]
    [MemberData(nameof(Flavors))]
    public async Task The_history_is_one_comment_that_follows_the_issue(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Issue(2, "Story").Lines, adjust: options => options with { Jira = flavor });
        await world.Tracker.SetSummaryAsync("SHOP-1", "Basket <b>&");
        const string History = "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeHistory";
        world.Run(History).Succeeded();
        var id = await world.Board.IdOfAsync("Basket <b>&");
        var text = Assert.Single(await TextsAsync(world, id));
        Assert.Contains("Issue 1", text, StringComparison.Ordinal);
        Assert.Contains("Basket &lt;b&gt;&amp;", text, StringComparison.Ordinal);
        Assert.Empty(await TextsAsync(world, await world.Board.IdOfAsync("Issue 2")));
        await AssertNothingToDoAsync(world, History);

        // A comment is no part of it, and it follows the next change.
        await world.Tracker.CommentAsync("SHOP-1", "said");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Till");
        world.Run(History).Succeeded();
        text = Assert.Single(await TextsAsync(world, id));
        Assert.Contains(">Till<", text, StringComparison.Ordinal);
        await AssertNothingToDoAsync(world, History);

        // With comments there are two; without the switch the table stays as it is, whether the run prunes or not.
        world.Run($"{History} -IncludeComments").Succeeded();
        Assert.Equal(2, (await TextsAsync(world, id)).Count);
        await AssertNothingToDoAsync(world, $"{History} -IncludeComments");
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments -Prune").Succeeded();
        Assert.Equal(2, (await TextsAsync(world, id)).Count);
        world.Run($"{History} -Prune").Succeeded();
        Assert.Equal(2, (await TextsAsync(world, id)).Count);

        // An undo takes it back.
        await world.Tracker.SetSummaryAsync("SHOP-2", "Shelf");
        world.Run(History).Succeeded();
        Assert.Single(await TextsAsync(world, await world.Board.IdOfAsync("Shelf")));
        world.Run("Undo-JiraAdoRun -Last -Confirm:$false").Succeeded();
        Assert.Empty(await TextsAsync(world, await world.Board.IdOfAsync("Issue 2")));
    }

    [Fact]
    public async Task Issues_that_were_read_without_their_comments_are_asked_for_them_in_each_run_and_that_is_reported()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        await world.Tracker.CommentAsync("SHOP-1", "first");
        var run = world.Run("Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem -IncludeComments").Succeeded();
        Assert.Contains(
            "1 issue was read without -IncludeComments", Assert.Single(run.Warnings), StringComparison.Ordinal);
        const string Read =
            "Get-JiraReplica -Jql 'project = SHOP' -IncludeComments | Sync-AdoWorkItem -IncludeComments";
        Assert.Empty(world.Run(Read).Succeeded().Warnings);
        await world.ResetRequestsAsync();
        world.Run(Read).Succeeded();
        Assert.DoesNotContain(
            (await world.RequestsAsync("jira")).Keys, route => route.EndsWith("/bulkfetch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_description_that_is_too_long_is_cut_and_reported()
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Issue(2, "Story").Fields(1, $$"""{"description":"{{new string('x', 1_100_000)}}"}""").Lines);
        var run = world.Run(Sync).Succeeded();
        var warning = Assert.Single(run.Warnings);
        Assert.Equal(
            "LeftOut: 1 work item lacks something of what the issue holds. Each result says what; that of SHOP-1: The description "
            + "is longer than a work item takes, and was cut; it is whole in Jira.",
            warning);
        Assert.Contains("is whole in Jira", run.Rows("WorkItemResult", "LeftOut")[0], StringComparison.Ordinal);
        Assert.Empty(run.Rows("WorkItemResult", "LeftOut")[1]);
        await AssertNothingToDoAsync(world);
    }

    [Theory]
    [MemberData(nameof(Flavors))]
    public async Task A_changed_description_writes_the_description_and_nothing_else(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Story").Lines,
            adjust: options => options with { Jira = flavor });
        await world.Tracker.DescribeAsync("SHOP-1", "first");
        world.Run(Sync).Succeeded();
        await world.Tracker.DescribeAsync("SHOP-1", "second");
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Keep SHOP-2 ", "Update SHOP-1 description"], run.Rows("WorkItemResult", "Action", "Key", "Detail"));
        Assert.Equal("<p>second</p>",
            (await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.Description"))?.Trim());
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task What_people_wrote_into_a_description_is_kept_where_that_is_wished()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        await world.Tracker.DescribeAsync("SHOP-1", "first");
        world.Run(Sync).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "System.Description", "<p>mine</p>");
        await AssertNothingToDoAsync(world);
        await world.Tracker.DescribeAsync("SHOP-1", "second");
        world.Run($"{Sync} -FieldConflict Keep").Succeeded();
        Assert.Equal("<p>mine</p>", await world.Board.FieldAsync(id, "System.Description"));
        await world.Tracker.DescribeAsync("SHOP-1", "third");
        world.Run(Sync).Succeeded();
        Assert.Contains("third", await world.Board.FieldAsync(id, "System.Description"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Flavors))]
    public async Task Comments_arrive_once_in_order_and_follow_edits(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Story").Lines,
            adjust: options => options with { Jira = flavor });
        var first = await world.Tracker.CommentAsync("SHOP-1", "the *first* one");
        await world.Tracker.CommentAsync("SHOP-1", $"see [{world.Sandbox.JiraUri}/browse/SHOP-2]");
        var run = world.Run(Sync).Succeeded();
        Assert.Contains("Create SHOP-1 2 comments", run.Rows("WorkItemResult", "Action", "Key", "Detail"));
        var (id, other) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        var comments = await TextsAsync(world, id);
        Assert.Equal(2, comments.Count);
        Assert.Contains("the <b>first</b> one", comments[0], StringComparison.Ordinal);
        Assert.Contains("in Jira</a>", comments[0], StringComparison.Ordinal);
        Assert.Contains($"/_workitems/edit/{other}\"", comments[1], StringComparison.Ordinal);
        await AssertNothingToDoAsync(world);

        await world.Board.CommentAsync(id, "<p>a person's</p>");
        await world.Tracker.EditCommentAsync("SHOP-1", first, "the first one, mended");
        await world.Tracker.CommentAsync("SHOP-1", "the third");
        run = world.Run(Sync).Succeeded();
        Assert.Contains("Update SHOP-1 2 comments", run.Rows("WorkItemResult", "Action", "Key", "Detail"));
        comments = await TextsAsync(world, id);
        Assert.Equal(4, comments.Count);
        Assert.Contains("mended", comments[0], StringComparison.Ordinal);
        Assert.Equal("<p>a person's</p>", comments[2]);
        Assert.Contains("the third", comments[3], StringComparison.Ordinal);
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task A_comment_that_was_deleted_stays_until_pruning_is_wished()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        var first = await world.Tracker.CommentAsync("SHOP-1", "first");
        await world.Tracker.CommentAsync("SHOP-1", "second");
        world.Run(Sync).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.CommentAsync(id, "<p>a person's</p>");
        await world.Tracker.DeleteCommentAsync("SHOP-1", first);
        world.Run(Sync).Succeeded();
        Assert.Equal(3, (await TextsAsync(world, id)).Count);
        await AssertNothingToDoAsync(world);
        var run = world.Run($"{Sync} -Prune").Succeeded();
        Assert.Equal(["Update SHOP-1 1 comment"], run.Rows("WorkItemResult", "Action", "Key", "Detail"));
        Assert.Equal(2, (await TextsAsync(world, id)).Count);
        Assert.DoesNotContain(await TextsAsync(world, id), text => text.Contains("first", StringComparison.Ordinal));
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task Many_comments_cost_one_batch_each_and_an_issue_that_did_not_change_costs_none()
    {
        var seed = new JiraSeed();
        for (var number = 1; number <= 6; number++)
        {
            seed.Issue(number, "Story");
        }

        await using var world = await World.StartAsync(seed.Lines);
        for (var number = 1; number <= 6; number++)
        {
            for (var comment = 1; comment <= 3; comment++)
            {
                await world.Tracker.CommentAsync($"SHOP-{number}", $"comment {comment}");
            }
        }

        await world.ResetRequestsAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments").Succeeded();
        var ado = await world.RequestsAsync("ado");
        // One creates the items, and each of the others gives each of them a comment.
        Assert.Equal(4, ado["POST /{organization}/_apis/wit/$batch"]);
        Assert.DoesNotContain(ado.Keys, route => route.Contains("comments", StringComparison.Ordinal));
        Assert.DoesNotContain(
            (await world.RequestsAsync("jira")).Keys, route => route.EndsWith("/comment", StringComparison.Ordinal));
        await AssertNothingToDoAsync(world, "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments");
    }

    [Theory]
    [MemberData(nameof(Flavors))]
    public async Task Attachments_arrive_once_by_content_and_images_show_the_copies(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Lines, adjust: options => options with { Jira = flavor });
        var large = new byte[9 << 20];
        new Random(7).NextBytes(large);
        var text = Encoding.UTF8.GetBytes("some text");
        await world.Tracker.AttachAsync("SHOP-1", "large file.bin", large);
        await world.Tracker.AttachAsync("SHOP-1", "a.txt", text);
        await world.Tracker.AttachAsync("SHOP-1", "again.txt", text);
        await world.ResetRequestsAsync();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(["Create SHOP-1 3 attachments"], run.Rows("WorkItemResult", "Action", "Key", "Detail"));
        var id = await world.Board.IdOfAsync("Issue 1");
        var files = await world.Board.FilesAsync(id);
        Assert.Equal(["a.txt", "large file.bin"], files.Keys.Order());
        Assert.Equal(large, files["large file.bin"]);
        Assert.Equal(text, files["a.txt"]);
        var ado = await world.RequestsAsync("ado");
        Assert.Equal(3, ado["PUT /{organization}/{project}/_apis/wit/attachments/{id}"]);
        Assert.Equal(2, ado["POST /{organization}/{project}/_apis/wit/attachments"]);
        await AssertNothingToDoAsync(world);

        await world.Tracker.AttachAsync("SHOP-1", "more.txt", text);
        run = world.Run(Sync).Succeeded();
        Assert.Equal(["Update SHOP-1 1 attachment"], run.Rows("WorkItemResult", "Action", "Key", "Detail"));
        Assert.Equal(2, (await world.Board.FilesAsync(id)).Count);
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task A_file_whose_name_looks_like_a_query_arrives_under_that_name()
    {
        const string Name = "a&fileName=b.txt#c?d=1 ;100%25.txt";
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        await world.Tracker.AttachAsync("SHOP-1", Name, [1, 2, 3]);
        world.Run(Sync).Succeeded();
        Assert.Equal([Name], (await world.Board.FilesAsync(await world.Board.IdOfAsync("Issue 1"))).Keys);
        await AssertNothingToDoAsync(world);
    }

    [Theory]
    [MemberData(nameof(Flavors))]
    public async Task Images_in_descriptions_and_comments_show_the_copies(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Lines, adjust: options => options with { Jira = flavor });
        await world.Tracker.AttachAsync("SHOP-1", "a.png", [1, 2, 3]);
        await world.Tracker.DescribeAsync("SHOP-1", "before !a.png! after");
        await world.Tracker.CommentAsync("SHOP-1", "look: !a.png!");

        // Without the attachments, whoever may see them in Jira finds them there.
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Contains($"src=\"{world.Sandbox.JiraUri}", await world.Board.FieldAsync(id, "System.Description"),
            StringComparison.Ordinal);

        world.Run(Sync).Succeeded();
        var copy = (await world.Board.ItemsAsync()).Single()["relations"]!.AsArray()
            .Single(one => one!["rel"]!.ToString() == "AttachedFile")!["url"]!.ToString();
        var image = $"<img src=\"{System.Net.WebUtility.HtmlEncode(copy)}\"";
        Assert.Contains(image, await world.Board.FieldAsync(id, "System.Description"), StringComparison.Ordinal);
        Assert.Contains(image, (await TextsAsync(world, id))[0], StringComparison.Ordinal);
        await AssertNothingToDoAsync(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 3)]
    [InlineData(JiraFlavor.DataCenter, 3)]
    [InlineData(JiraFlavor.Cloud, 0)]
    public async Task Comments_that_the_issue_does_not_show_itself_are_read_page_by_page(JiraFlavor flavor, int shown)
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Lines,
            switches => switches.CommentsShown = shown,
            options => options with { Jira = flavor });
        var ids = new List<long>();
        for (var number = 1; number <= 5; number++)
        {
            ids.Add(await world.Tracker.CommentAsync("SHOP-1", $"number {number}"));
        }

        const string sync = "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments";
        world.Run(sync).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Equal(
            [1, 2, 3, 4, 5],
            (await TextsAsync(world, id)).Select(
                text => int.Parse(text.Split("number ")[1][..1], System.Globalization.CultureInfo.InvariantCulture)));
        await AssertNothingToDoAsync(world, sync);
        await world.Tracker.EditCommentAsync("SHOP-1", ids[4], "number 5, mended");
        world.Run(sync).Succeeded();
        Assert.Contains("mended", (await TextsAsync(world, id))[4], StringComparison.Ordinal);
        await AssertNothingToDoAsync(world, sync);
    }

    [Fact]
    public async Task Where_web_links_move_updated_a_change_of_one_is_followed_alone()
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Issue(2, "Story").Lines, switches => switches.LinksMoveUpdated = true);
        world.Run(Sync).Succeeded();
        await world.Tracker.LinkPageAsync("SHOP-1", "wiki", "https://wiki.example/a", "The page");
        await world.ResetRequestsAsync();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Keep SHOP-2 ", "Update SHOP-1 1 web link"], run.Rows("WorkItemResult", "Action", "Key", "Detail"));
        Assert.Equal(1, (await world.RequestsAsync("jira"))
            .Single(route => route.Key.Contains("remotelink", StringComparison.Ordinal)).Value);
        Assert.Single(await world.Board.HyperlinksAsync(await world.Board.IdOfAsync("Issue 1")));
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task An_attachment_over_the_limit_is_reported_and_copied_when_the_limit_is_raised()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        await world.Tracker.AttachAsync("SHOP-1", "two.bin", new byte[2 << 20]);
        await world.Tracker.AttachAsync("SHOP-1", "small.bin", new byte[2 << 10]);
        var run = world.Run($"{Sync} -AttachmentLimit 1").Succeeded();
        Assert.Contains("'two.bin' has 2 MB, more than -AttachmentLimit.", run.Rows("WorkItemResult", "Detail")[0],
            StringComparison.Ordinal);
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Equal(["small.bin"], (await world.Board.FilesAsync(id)).Keys);
        await AssertNothingToDoAsync(world, $"{Sync} -AttachmentLimit 1");
        world.Run(Sync).Succeeded();
        Assert.Equal(["small.bin", "two.bin"], (await world.Board.FilesAsync(id)).Keys.Order());
    }

    [Fact]
    public async Task An_attachment_over_the_limit_is_reported_where_nothing_else_changed()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        world.Run($"{Sync} -AttachmentLimit 1").Succeeded();
        await world.Tracker.AttachAsync("SHOP-1", "two.bin", new byte[2 << 20]);
        for (var run = 1; run <= 2; run++)
        {
            Assert.Equal(
                ["'two.bin' has 2 MB, more than -AttachmentLimit."],
                world.Run($"{Sync} -AttachmentLimit 1").Succeeded().Rows("WorkItemResult", "Detail"));
        }
    }

    [Fact]
    public async Task An_attachment_that_did_not_fit_is_copied_when_people_make_room()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        world.Run(Sync).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        for (var number = 1; number <= 100; number++)
        {
            await world.Board.AttachAsync(id, $"{number}.txt", "Theirs", "Theirs");
        }

        await world.Tracker.AttachAsync("SHOP-1", "one.txt", [1]);
        Assert.Equal(
            ["'one.txt' does not fit: a work item has 100 attachments at most."],
            world.Run(Sync).Succeeded().Rows("WorkItemResult", "Detail"));
        await world.Board.UnlinkAsync(id, (await world.Board.ItemAsync(id))["relations"]!.AsArray()
            .First(one => one!["rel"]!.ToString() == "AttachedFile")!["url"]!.ToString());
        world.Run(Sync).Succeeded();
        Assert.Contains("one.txt", (await world.Board.FilesAsync(id)).Keys);
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task An_attachment_that_is_in_a_private_network_is_left_out_with_a_reason_and_its_item_arrives()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        await world.Tracker.AttachAsync("SHOP-1", "one.txt", [1]);
        await world.Tracker.AttachAsync("SHOP-1", "two.txt", [1, 2]);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "jira",
            ["route"] = "*attachment/content/{id}",
            ["kind"] = "status",
            ["status"] = 302,
            ["times"] = 100,
            ["headers"] = new JsonObject { ["Location"] = "https://169.254.169.254/latest" },
        });
        var run = world.Run(Sync).Succeeded();
        Assert.Empty(run.Errors);
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(
            ["Create SHOP-1 ", "Skip SHOP-1 RedirectRefused"],
            run.Rows("WorkItemResult", "Action", "Key", "Reason"));
        var warning = Assert.Single(run.Warnings);
        Assert.StartsWith("LeftOut: 1 work item lacks", warning, StringComparison.Ordinal);
        Assert.Contains("169.254.169.254, which is no public address", warning, StringComparison.Ordinal);

        // It is tried again by each run, which says so and writes nothing.
        var id = await world.Board.IdOfAsync("Issue 1");
        var rev = (int)(await world.Board.ItemAsync(id))["rev"]!;
        var again = world.Run(Sync).Succeeded();
        Assert.Equal("NoChange", again.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(["Skip SHOP-1 RedirectRefused"], again.Rows("WorkItemResult", "Action", "Key", "Reason"));
        Assert.Equal(rev, (int)(await world.Board.ItemAsync(id))["rev"]!);

        await world.ClearFaultsAsync();
        Assert.Equal(["Update SHOP-1 2 attachments"],
            world.Run(Sync).Succeeded().Rows("WorkItemResult", "Action", "Key", "Detail"));
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task A_file_without_an_end_is_read_no_farther_than_the_size_that_it_has_in_Jira()
    {
        await using var flood = new JiraAdoSync.Tests.Rest.FloodServer("HTTP/1.1 200 OK\r\n\r\n", isEndless: true);
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        await world.Tracker.AttachAsync("SHOP-1", "one.txt", [1]);
        world.Run(Sync).Succeeded();
        // It has the size of a file that is there, so that its content is looked at before it is uploaded.
        await world.Tracker.AttachAsync("SHOP-1", "two.txt", [2]);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "jira",
            ["route"] = "*attachment/content/{id}",
            ["kind"] = "status",
            ["status"] = 302,
            ["times"] = 100,
            ["headers"] = new JsonObject { ["Location"] = flood.Address.ToString() },
        });
        var run = world.Run(Sync);
        Assert.Contains("'two.txt' was not copied", Assert.Single(run.Errors).ToString(), StringComparison.Ordinal);
        Assert.InRange(flood.Requests, 2, 4);
        Assert.InRange(flood.BytesSent / flood.Requests, 0, 16 << 20);
    }

    [Fact]
    public async Task An_attachment_that_fails_is_an_error_of_its_own_and_the_next_run_completes_it()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Story").Lines);
        await world.Tracker.AttachAsync("SHOP-1", "one.txt", [1]);
        await world.Tracker.AttachAsync("SHOP-1", "two.txt", [1, 2]);
        await world.Tracker.CommentAsync("SHOP-1", "said");
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado",
            ["route"] = "/{organization}/{project}/_apis/wit/attachments",
            ["kind"] = "status",
            ["status"] = 403,
            ["times"] = 1,
        });
        var run = world.Run(Sync);
        Assert.Equal(["AccessDenied"], run.ErrorIds);
        Assert.Contains("'one.txt' was not copied", run.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("Partial", run.Summary.Properties["Outcome"].Value.ToString());
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Equal(["two.txt"], (await world.Board.FilesAsync(id)).Keys);
        Assert.Single(await TextsAsync(world, id));
        await world.ClearFaultsAsync();
        run = world.Run(Sync).Succeeded();
        Assert.Equal(
            ["Keep SHOP-2 ", "Update SHOP-1 1 attachment"], run.Rows("WorkItemResult", "Action", "Key", "Detail"));
        Assert.Equal(["one.txt", "two.txt"], (await world.Board.FilesAsync(id)).Keys.Order());
        Assert.Single(await TextsAsync(world, id));
        await AssertNothingToDoAsync(world);
    }

    [Theory]
    [MemberData(nameof(Flavors))]
    public async Task Web_links_become_hyperlinks_that_follow_and_leave_people_s_alone(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Lines, adjust: options => options with { Jira = flavor });
        await world.Tracker.LinkPageAsync("SHOP-1", "wiki", "https://wiki.example/a", "The page");
        await world.Tracker.LinkPageAsync("SHOP-1", "docs", "https://docs.example/", "Docs");
        world.Run(Sync).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.HyperlinkAsync(id, "https://people.example/", "ours");
        var links = await world.Board.HyperlinksAsync(id);
        Assert.Equal(3, links.Count);
        Assert.StartsWith("https://docs.example/ Docs [jira-web:", links[0], StringComparison.Ordinal);
        await AssertNothingToDoAsync(world);

        await world.Tracker.LinkPageAsync("SHOP-1", "wiki", "https://wiki.example/b", "The page");
        await world.Tracker.LinkPageAsync("SHOP-1", "docs", "https://docs.example/", "Documents");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Issue 1 changed");
        world.Run(Sync).Succeeded();
        links = await world.Board.HyperlinksAsync(id);
        Assert.Equal(3, links.Count);
        Assert.StartsWith("https://docs.example/ Documents [jira-web:", links[0], StringComparison.Ordinal);
        Assert.Equal("https://people.example/ ours", links[1]);
        Assert.StartsWith("https://wiki.example/b The page [", links[2], StringComparison.Ordinal);

        await world.Tracker.UnlinkPageAsync("SHOP-1", "docs");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Issue 1 again");
        world.Run(Sync).Succeeded();
        Assert.Equal(3, (await world.Board.HyperlinksAsync(id)).Count);
        world.Run($"{Sync} -Prune").Succeeded();
        Assert.Equal(2, (await world.Board.HyperlinksAsync(id)).Count);
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task Somebody_who_relates_items_while_their_web_links_go_loses_no_relation_and_no_comment()
    {
        await using var world = await World.StartAsync(PeopleAtWork.Seed.Lines);
        foreach (var key in PeopleAtWork.Keys)
        {
            await world.Tracker.LinkPageAsync(key, "wiki", "https://wiki.example/a", "The page");
        }

        world.Run(Sync).Succeeded();
        var people = await PeopleAtWork.JoinAsync(world);
        foreach (var key in PeopleAtWork.Keys)
        {
            await world.Tracker.UnlinkPageAsync(key, "wiki");
            await world.Tracker.SetSummaryAsync(key, $"{key} changed");
        }

        people.EditBetweenReadsAndRemovals();
        var run = world.Run($"{Sync} -Prune");
        people.Rest();
        Assert.Equal("Partial", run.RunOutcome());
        await people.AssertNothingIsLostAsync();

        world.Run($"{Sync} -Prune").Succeeded();
        Assert.Empty(await people.HyperlinksAsync());
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task A_kind_that_a_run_leaves_out_is_not_forgotten()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        await world.Tracker.CommentAsync("SHOP-1", "said");
        world.Run(Sync).Succeeded();
        await world.Tracker.DescribeAsync("SHOP-1", "described");
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await AssertNothingToDoAsync(world, "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments");
        Assert.Single(await TextsAsync(world, await world.Board.IdOfAsync("Issue 1")));
    }

    [Fact]
    public async Task WhatIf_and_a_plan_show_the_content_and_write_nothing_and_a_saved_plan_brings_it()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Story").Lines);
        await world.Tracker.CommentAsync("SHOP-1", "said");
        await world.Tracker.AttachAsync("SHOP-1", "one.txt", [1]);
        await world.Tracker.DescribeAsync("SHOP-1", $"[{world.Sandbox.JiraUri}/browse/SHOP-2]");
        var plan = world.Run($"{Sync} -PlanOnly").Succeeded();
        Assert.Equal(
            ["Create SHOP-1 1 comment, 1 attachment", "Create SHOP-2 "],
            plan.Rows("WorkItemChange", "Action", "Key", "Detail"));
        world.Run($"{Sync} -WhatIf").Succeeded();
        Assert.Empty(await world.Board.ItemsAsync());

        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            world.Session.Set("path", path);
            world.Run($"{Sync} -PlanOnly | Export-JiraAdoPlan $path; Invoke-JiraAdoPlan $path").Succeeded();
        }
        finally
        {
            File.Delete(path);
        }

        var (id, other) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        Assert.Single(await TextsAsync(world, id));
        Assert.Equal(["one.txt"], (await world.Board.FilesAsync(id)).Keys);
        Assert.Contains($"/_workitems/edit/{other}\"", await world.Board.FieldAsync(id, "System.Description"),
            StringComparison.Ordinal);
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task Replicas_of_the_pipeline_bring_their_content()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        await world.Tracker.CommentAsync("SHOP-1", "said");
        await world.Tracker.AttachAsync("SHOP-1", "one.txt", [1]);
        const string pipeline =
            "Get-JiraReplica -Jql 'project = SHOP' -IncludeComments -IncludeAttachments | Sync-AdoWorkItem -IncludeComments -IncludeAttachments";
        world.Run(pipeline).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Single(await TextsAsync(world, id));
        Assert.Single(await world.Board.FilesAsync(id));
        Assert.Equal(["Keep"], world.Run(pipeline).Succeeded().Rows("WorkItemResult", "Action"));
        // Replicas that were read without comments are completed.
        Assert.Equal(
            ["Keep"],
            world.Run("Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem -IncludeComments").Succeeded()
                .Rows("WorkItemResult", "Action"));
    }

    [Fact]
    public async Task Nothing_is_copied_twice_after_a_lost_answer()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        await world.Tracker.CommentAsync("SHOP-1", "said");
        await world.Tracker.AttachAsync("SHOP-1", "one.txt", [1]);
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado",
            ["route"] = "/{organization}/_apis/wit/$batch",
            ["kind"] = "drop-after",
            ["times"] = 2,
        });
        world.Run(Sync).Succeeded();
        await world.ClearFaultsAsync();
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Single(await TextsAsync(world, id));
        Assert.Single(await world.Board.FilesAsync(id));
        await AssertNothingToDoAsync(world);
    }

    [Theory]
    [MemberData(nameof(Flavors))]
    public async Task A_run_that_another_one_overtakes_brings_nothing_twice(JiraFlavor flavor)
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Lines, adjust: options => options with { Jira = flavor });
        world.Run(Sync).Succeeded();
        await world.Tracker.AttachAsync("SHOP-1", "one.txt", [1]);
        await world.Tracker.CommentAsync("SHOP-1", "said first");
        await world.Tracker.CommentAsync("SHOP-1", "said last");
        using var other = new PowerShellSession();
        world.ConnectToo(other);
        var uploads = 0;
        world.Watch = exchange =>
        {
            // All of the other run passes between the upload of the file and the write that names it.
            if (exchange.Target.Contains("/_apis/wit/attachments?", StringComparison.Ordinal) && Interlocked.Increment(ref uploads) == 1)
            {
                Task.Run(() => other.Run(Sync).Succeeded()).GetAwaiter().GetResult();
            }
        };
        world.Run(Sync).Succeeded();
        Assert.Equal(2, uploads);
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Equal(2, (await TextsAsync(world, id)).Count);
        Assert.Single(await FilesAsync(world, id));
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task A_file_that_is_attached_again_outlives_the_copy_of_the_one_that_was_removed()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines);
        var former = await world.Tracker.AttachAsync("SHOP-1", "one.txt", [1]);
        world.Run(Sync).Succeeded();
        await world.Tracker.DetachAsync(former);
        await world.Tracker.AttachAsync("SHOP-1", "two.txt", [1]);
        world.Run($"{Sync} -Prune").Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Equal(["two.txt"], (await world.Board.FilesAsync(id)).Keys);
        await AssertNothingToDoAsync(world);
    }

    private static async Task<IReadOnlyList<JsonNode>> FilesAsync(World world, int id) =>
        (await world.Board.ItemAsync(id))["relations"]!.AsArray().Select(relation => relation!)
            .Where(relation => relation["rel"]!.ToString() == "AttachedFile").ToList();

    private static async Task<IReadOnlyList<string>> TextsAsync(World world, int id) =>
        (await world.Board.CommentsAsync(id)).Select(comment => comment["text"]!.ToString()).ToList();

    /// <summary>A run writes nothing, and asks for nothing of its own of an issue that did not change.</summary>
    private static async Task AssertNothingToDoAsync(World world, string sync = Sync)
    {
        await world.ResetRequestsAsync();
        var run = world.Run(sync).Succeeded();
        Assert.All(run.Rows("WorkItemResult", "Action"), action => Assert.Equal("Keep", action));
        var ado = await world.RequestsAsync("ado");
        Assert.DoesNotContain(ado.Keys, route => route.Contains("$batch", StringComparison.Ordinal)
            || route.Contains("comments", StringComparison.Ordinal)
                || route.Contains("attachments", StringComparison.Ordinal));
        Assert.DoesNotContain((await world.RequestsAsync("jira")).Keys, route =>
            route.Contains("{issueIdOrKey}", StringComparison.Ordinal)
                || route.Contains("bulkfetch", StringComparison.Ordinal));
    }
}
