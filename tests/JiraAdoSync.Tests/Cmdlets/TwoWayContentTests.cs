using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What issues get beside fields, through the cmdlets and over real HTTP.</summary>
public sealed class TwoWayContentTests
{
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -IncludeComments";
    private const string OneWay = "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments";

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Comments_of_both_sides_arrive_once_and_do_not_come_back(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        using var board = (await world.JoinAsync("ann@contoso.example")).Board;
        await board.CommentAsync(id, "<p>Said by <b>Ann</b></p>");
        await board.CommentAsync(id, "<p>Second</p>");
        await world.Tracker.CommentAsync("SHOP-1", "Said in *Jira*");

        var run = world.Run(Both).Succeeded();

        Assert.Equal(
            ["Update SHOP-1 comment True Comments: 2 added."],
            run.Rows("IssueResult", "Action", "Key", "Fields", "IsApplied", "Detail"));
        var comments = await CommentsAsync(world, "SHOP-1");
        Assert.Equal(3, comments.Count);
        Assert.Contains("ann", comments[1], StringComparison.Ordinal);
        Assert.Contains("Said by <b>Ann</b>", comments[1], StringComparison.Ordinal);
        Assert.Contains("Second", comments[2], StringComparison.Ordinal);
        Assert.Equal(3, (await world.Board.CommentsAsync(id)).Count);
        await Quiet(world, Both);
        Assert.Equal(3, (await CommentsAsync(world, "SHOP-1")).Count);
        Assert.Equal(3, (await world.Board.CommentsAsync(id)).Count);

        // One-way synchronisation does not take the copies for comments of Jira either.
        world.Run(OneWay).Succeeded();
        Assert.Equal(3, (await world.Board.CommentsAsync(id)).Count);
        await Quiet(world, Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_run_that_finds_nothing_new_reads_no_discussion(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.CommentAsync(id, "<p>One</p>");
        world.Run(Both).Succeeded();

        await world.ResetRequestsAsync();
        world.Run(Both).Succeeded();
        Assert.DoesNotContain((await world.RequestsAsync("ado")).Keys, route => route.Contains("comments", StringComparison.Ordinal));
        Assert.DoesNotContain((await world.RequestsAsync("jira")).Keys, route => route.Contains("comment", StringComparison.Ordinal));

        // Our own write of the work item is no reason to look again.
        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        world.Run(Both).Succeeded();
        await world.ResetRequestsAsync();
        world.Run(Both).Succeeded();
        Assert.DoesNotContain((await world.RequestsAsync("ado")).Keys, route => route.Contains("comments", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_copy_follows_its_original_and_is_deleted_with_it_where_pruning_is_wanted(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.CommentAsync(id, "<p>One</p>");
        await world.Board.CommentAsync(id, "<p>Two</p>");
        world.Run(Both).Succeeded();
        var numbers = (await world.Board.CommentsAsync(id)).Select(one => (int)one["id"]!).ToList();

        await world.Board.EditCommentAsync(id, numbers[0], "<p>One, edited</p>");
        world.Run(Both).Succeeded();
        Assert.Contains("One, edited", (await CommentsAsync(world, "SHOP-1"))[0], StringComparison.Ordinal);
        await Quiet(world, Both);

        await world.Board.DeleteCommentAsync(id, numbers[1]);
        world.Run(Both).Succeeded();
        Assert.Equal(2, (await CommentsAsync(world, "SHOP-1")).Count);
        world.Run(Both + " -Prune").Succeeded();
        Assert.Contains("One, edited", Assert.Single(await CommentsAsync(world, "SHOP-1")), StringComparison.Ordinal);
        await Quiet(world, Both + " -Prune");
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task What_other_people_wrote_or_edited_in_Jira_is_never_changed(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.CommentAsync(id, "<p>Original</p>");
        world.Run(Both).Succeeded();
        using var pat = await PatAsync(world);
        var copy = (await IssueCommentsAsync(world, "SHOP-1")).Single()!;
        // Somebody quotes the copy, mark and all, and edits the copy itself.
        await PutAsync(pat, HttpMethod.Post, "issue/SHOP-1/comment", new JsonObject { ["body"] = copy["body"]!.DeepClone() });
        await PutAsync(pat, HttpMethod.Put, $"../2/issue/SHOP-1/comment/{copy["id"]}", new JsonObject { ["body"] = "Pat's words" });
        var number = (int)(await world.Board.CommentsAsync(id))[0]["id"]!;
        await world.Board.EditCommentAsync(id, number, "<p>Original, edited</p>");

        var run = world.Run(Both + " -Prune").Succeeded();

        Assert.Equal(["Skip EditedInJira"], run.Rows("IssueResult", "Action", "Reason"));
        var comments = await CommentsAsync(world, "SHOP-1");
        Assert.Equal(2, comments.Count);
        Assert.Contains("Pat&#39;s words", comments[0], StringComparison.Ordinal);
        // What Pat wrote is Pat's, and is copied to the work item like any comment.
        Assert.Equal(2, (await world.Board.CommentsAsync(id)).Count);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, OneWay, true)]
    [InlineData(JiraFlavor.Cloud, OneWay, false)]
    [InlineData(JiraFlavor.Cloud, Both, true)]
    [InlineData(JiraFlavor.Cloud, Both, false)]
    [InlineData(JiraFlavor.DataCenter, OneWay, true)]
    [InlineData(JiraFlavor.DataCenter, OneWay, false)]
    [InlineData(JiraFlavor.DataCenter, Both, true)]
    [InlineData(JiraFlavor.DataCenter, Both, false)]
    public async Task A_copy_in_Jira_that_no_longer_says_so_is_not_copied_back(
        JiraFlavor flavor, string command, bool isRemembered)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        await ann.CommentAsync(id, "<p>Original</p>");
        world.Run(Both).Succeeded();
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await eve.EditCommentAsync("SHOP-1", IdOf((await IssueCommentsAsync(world, "SHOP-1")).Single()!), "Eve's words");
        if (!isRemembered)
        {
            // As after a run that broke off, or where a long discussion does not fit.
            var property = (await eve.PropertyAsync("SHOP-1", "jiraadosync"))!.DeepClone();
            property["comments"] = new JsonArray();
            await eve.SetPropertyAsync("SHOP-1", "jiraadosync", property);
        }

        world.Run(command).Succeeded();

        Assert.Equal(["<p>Original</p>"], (await world.Board.CommentsAsync(id)).Select(one => one["text"]!.ToString()));
        Assert.Contains("Eve", Assert.Single(await CommentsAsync(world, "SHOP-1")), StringComparison.Ordinal);
        await Quiet(world, command);
        // What is said since is copied as ever.
        await eve.CommentAsync("SHOP-1", "Said by Eve");
        world.Run(command).Succeeded();
        Assert.Equal(2, (await world.Board.CommentsAsync(id)).Count);
        await Quiet(world, command);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, OneWay)]
    [InlineData(JiraFlavor.Cloud, Both)]
    [InlineData(JiraFlavor.DataCenter, Both)]
    public async Task A_copy_in_Azure_DevOps_that_no_longer_says_so_is_neither_copied_back_nor_made_again(
        JiraFlavor flavor, string command)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var original = await eve.CommentAsync("SHOP-1", "Original");
        world.Run(command).Succeeded();
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        await ann.EditCommentAsync(id, (int)(await world.Board.CommentsAsync(id)).Single()["id"]!, "<p>Ann's words</p>");

        world.Run(command).Succeeded();
        Assert.Single(await CommentsAsync(world, "SHOP-1"));
        await Quiet(world, command);

        await eve.EditCommentAsync("SHOP-1", original, "Original, edited");
        var run = world.Run(command).Succeeded();

        Assert.Equal(["<p>Ann's words</p>"], (await world.Board.CommentsAsync(id)).Select(one => one["text"]!.ToString()));
        Assert.Contains(run.Rows("WorkItemResult", "Detail"), detail => detail.Contains("was edited in Jira", StringComparison.Ordinal));
        Assert.Contains("Original, edited", Assert.Single(await CommentsAsync(world, "SHOP-1")), StringComparison.Ordinal);
        await Quiet(world, command);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_copy_that_somebody_restricts_in_Jira_stays_restricted_and_is_not_made_again(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        await ann.CommentAsync(id, "<p>Original</p>");
        world.Run(Both).Succeeded();
        var copy = (await IssueCommentsAsync(world, "SHOP-1")).Single()!;
        using var pat = await PatAsync(world);
        await PutAsync(pat, HttpMethod.Put, $"../2/issue/SHOP-1/comment/{copy["id"]}", new JsonObject
        {
            ["body"] = "Pat's words",
            ["visibility"] = new JsonObject { ["type"] = "role", ["value"] = "Administrators" },
        });
        await ann.EditCommentAsync(id, (int)(await world.Board.CommentsAsync(id)).Single()["id"]!, "<p>Original, edited</p>");

        Assert.Equal(["Skip EditedInJira"], world.Run(Both).Succeeded().Rows("IssueResult", "Action", "Reason"));
        world.Run(OneWay).Succeeded();

        Assert.Single(await world.Board.CommentsAsync(id));
        Assert.NotNull(Assert.Single(await IssueCommentsAsync(world, "SHOP-1"))!["visibility"]);
        await Quiet(world, Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_restricted_comment_never_leaves_Jira(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        using var client = world.Tracker.NewClient();
        await PutAsync(client, HttpMethod.Post, "../2/issue/SHOP-1/comment", new JsonObject
        {
            ["body"] = "Secret",
            ["visibility"] = new JsonObject { ["type"] = "role", ["value"] = "Administrators" },
        });
        await world.Board.CommentAsync(id, "<p>Public</p>");
        world.Run(Both).Succeeded();
        Assert.Contains("Public", Assert.Single(await world.Board.CommentsAsync(id))["text"]!.ToString(), StringComparison.Ordinal);
        await Quiet(world, Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_new_issue_gets_the_discussion_of_its_work_item_in_the_same_run(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var bug = await world.Board.CreateAsync("Bug", "Found here");
        await world.Board.CommentAsync(bug, "<p>How to see it</p>");
        var command = $"{Both} -Wiql '[System.Id] > 0' -JiraProject SHOP";
        var run = world.Run(command).Succeeded();
        var key = run.Rows("IssueResult", "Key").First(one => one.Length > 0);
        Assert.Contains("How to see it", Assert.Single(await CommentsAsync(world, key)), StringComparison.Ordinal);
        await Quiet(world, command);
    }

    [Theory]
    [InlineData("drop-after", "POST", "issue/{issueIdOrKey}/comment", JiraFlavor.Cloud)]
    [InlineData("drop-before", "POST", "issue/{issueIdOrKey}/comment", JiraFlavor.Cloud)]
    [InlineData("status", "PUT", "issue/{issueIdOrKey}/properties/{propertyKey}", JiraFlavor.Cloud)]
    [InlineData("drop-after", "POST", "issue/{issueIdOrKey}/comment", JiraFlavor.DataCenter)]
    [InlineData("drop-before", "POST", "issue/{issueIdOrKey}/comment", JiraFlavor.DataCenter)]
    [InlineData("status", "PUT", "issue/{issueIdOrKey}/properties/{propertyKey}", JiraFlavor.DataCenter)]
    public async Task No_comment_is_copied_twice_whatever_happens_on_the_way(
        string kind, string method, string route, JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.CommentAsync(id, "<p>Once</p>");
        await world.Board.CommentAsync(id, "<p>Twice</p>");
        await world.SetFaultsAsync(new JsonObject
        {
            ["kind"] = kind, ["method"] = method, ["route"] = $"/jira/rest/api/{(flavor == JiraFlavor.Cloud ? 3 : 2)}/{route}", ["status"] = 403, ["times"] = 1,
        });
        world.Run(Both);
        await world.ClearFaultsAsync();
        world.Run(Both).Succeeded();
        Assert.Equal(2, (await CommentsAsync(world, "SHOP-1")).Count);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task WhatIf_and_a_plan_show_the_comments_and_write_none(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await world.Board.CommentAsync(await world.Board.IdOfAsync("Issue 1"), "<p>One</p>");
        Assert.Equal(
            ["Update SHOP-1 comment Comments: 1 added."],
            world.Run(Both + " -PlanOnly").Succeeded().Rows("IssueResult", "Action", "Key", "Fields", "Detail"));
        Assert.Equal("WouldChange", world.Run(Both + " -WhatIf").Succeeded().RunOutcome());
        Assert.Empty(await CommentsAsync(world, "SHOP-1"));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Files_of_both_sides_arrive_once_and_do_not_come_back(JiraFlavor flavor)
    {
        const string Files = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -IncludeAttachments";
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.AttachAsync(id, "plan.txt", "From Azure DevOps", "A person's file");
        await world.Tracker.AttachAsync("SHOP-1", "log.txt", "From Jira"u8.ToArray());

        var run = world.Run(Files).Succeeded();

        Assert.Equal(["Update attachment Files: 1 added."], run.Rows("IssueResult", "Action", "Fields", "Detail"));
        Assert.Equal(["log.txt: From Jira", "plan.txt: From Azure DevOps"], await FilesAsync(world, "SHOP-1"));
        Assert.Equal(["log.txt", "plan.txt"], (await world.Board.FilesAsync(id)).Keys.Order());
        await Quiet(world, Files);
        Assert.Equal(2, (await FilesAsync(world, "SHOP-1")).Count);
        Assert.Equal(2, (await world.Board.FilesAsync(id)).Count);

        // One-way synchronisation does not take the copy for a file of Jira either.
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeAttachments").Succeeded();
        Assert.Equal(2, (await world.Board.FilesAsync(id)).Count);

        world.Run($"Undo-JiraAdoRun -RunId {run.Summary.Properties["RunId"].Value} -Confirm:$false").Succeeded();
        Assert.Equal(["log.txt: From Jira"], await FilesAsync(world, "SHOP-1"));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_copy_of_a_file_is_removed_with_its_original_where_pruning_is_wanted(JiraFlavor flavor)
    {
        const string Files = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -IncludeAttachments";
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.AttachAsync(id, "plan.txt", "One", "A person's file");
        world.Run(Files).Succeeded();
        var url = (await world.Board.ItemAsync(id))["relations"]!.AsArray()
            .Single(one => one!["rel"]!.ToString() == "AttachedFile")!["url"]!.ToString();
        await world.Board.UnlinkAsync(id, url);
        world.Run(Files).Succeeded();
        Assert.Single(await FilesAsync(world, "SHOP-1"));
        Assert.Empty(await world.Board.FilesAsync(id));
        world.Run(Files + " -Prune").Succeeded();
        Assert.Empty(await FilesAsync(world, "SHOP-1"));
        await Quiet(world, Files + " -Prune");
    }

    [Theory]
    [InlineData("drop-after", "POST", "issue/{issueIdOrKey}/attachments", JiraFlavor.Cloud)]
    [InlineData("drop-before", "POST", "issue/{issueIdOrKey}/attachments", JiraFlavor.Cloud)]
    [InlineData("status", "PUT", "issue/{issueIdOrKey}/properties/{propertyKey}", JiraFlavor.Cloud)]
    [InlineData("drop-after", "POST", "issue/{issueIdOrKey}/attachments", JiraFlavor.DataCenter)]
    [InlineData("drop-before", "POST", "issue/{issueIdOrKey}/attachments", JiraFlavor.DataCenter)]
    [InlineData("status", "PUT", "issue/{issueIdOrKey}/properties/{propertyKey}", JiraFlavor.DataCenter)]
    public async Task No_file_is_attached_twice_whatever_happens_on_the_way(
        string kind, string method, string route, JiraFlavor flavor)
    {
        const string Files = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -IncludeAttachments";
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.AttachAsync(id, "plan.txt", "One", "A person's file");
        await world.SetFaultsAsync(new JsonObject
        {
            ["kind"] = kind, ["method"] = method, ["route"] = $"/jira/rest/api/{(flavor == JiraFlavor.Cloud ? 3 : 2)}/{route}", ["status"] = 403, ["times"] = 1,
        });
        world.Run(Files);
        await world.ClearFaultsAsync();
        world.Run(Files).Succeeded();
        Assert.Equal(["plan.txt: One"], await FilesAsync(world, "SHOP-1"));
        Assert.Single(await world.Board.FilesAsync(id));
        await Quiet(world, Files);
    }

    [Theory]
    [InlineData("Größe 漢字.txt", "Größe 漢字.txt", JiraFlavor.Cloud)]
    [InlineData("the \"plan\".txt", "the _plan_.txt", JiraFlavor.Cloud)]
    [InlineData("two\r\nlines.txt", "two__lines.txt", JiraFlavor.Cloud)]
    [InlineData("Größe 漢字.txt", "Größe 漢字.txt", JiraFlavor.DataCenter)]
    [InlineData("the \"plan\".txt", "the _plan_.txt", JiraFlavor.DataCenter)]
    [InlineData("two\r\nlines.txt", "two__lines.txt", JiraFlavor.DataCenter)]
    public async Task A_file_whose_name_no_form_can_hold_is_attached_under_one_that_it_can(
        string name, string attached, JiraFlavor flavor)
    {
        const string Files = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -IncludeAttachments";
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.AttachAsync(id, Uri.EscapeDataString(name), "One", "A person's file");
        world.Run(Files).Succeeded();
        Assert.Equal([$"{attached}: One"], await FilesAsync(world, "SHOP-1"));
        await Quiet(world, Files);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Issues_link_to_their_work_items_where_that_is_wanted_and_the_link_does_not_come_back(JiraFlavor flavor)
    {
        const string Links = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -IncludeWorkItemLinks -IncludeWebLinks";
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        var run = world.Run(Links).Succeeded();
        Assert.Equal(["SHOP-1 remotelink", "SHOP-2 remotelink"], run.Rows("IssueResult", "Key", "Fields"));
        using var client = world.Tracker.NewClient();
        var link = JsonNode.Parse(await client.GetStringAsync(
            new Uri("issue/SHOP-1/remotelink", UriKind.Relative), TestContext.Current.CancellationToken))!.AsArray().Single()!;
        Assert.EndsWith($"/_workitems/edit/{id}", link["globalId"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal($"User Story {id} in Fabrikam", link["object"]!["title"]!.ToString());
        await Quiet(world, Links);
        Assert.Empty(await world.Board.HyperlinksAsync(id));
        world.Run($"Undo-JiraAdoRun -RunId {run.Summary.Properties["RunId"].Value} -Confirm:$false").Succeeded();
        Assert.Empty(JsonNode.Parse(await client.GetStringAsync(
            new Uri("issue/SHOP-1/remotelink", UriKind.Relative), TestContext.Current.CancellationToken))!.AsArray());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_run_that_wrote_to_issues_leaves_nothing_to_look_at_for_web_links_and_histories(JiraFlavor flavor)
    {
        const string All = $"{Both} -IncludeWebLinks -IncludeHistory -IncludeAttachments";
        await using var world = await StartAsync(flavor);
        world.Run(All).Succeeded();
        await Quiet(world, All);
        var (first, second) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        await world.Board.SetFieldAsync(first, "System.Title", "By a person");
        await world.Board.RelateAsync(first, "System.LinkTypes.Related", second);
        await world.Board.CommentAsync(second, "<p>One</p>");
        var run = world.Run(All).Succeeded();
        Assert.Equal("By a person", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        await Quiet(world, All);

        world.Run($"Undo-JiraAdoRun -RunId {run.Summary.Properties["RunId"].Value} -Confirm:$false").Succeeded();
        Assert.NotEqual("By a person", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        world.Run(All).Succeeded();
        Assert.Equal("By a person", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        await Quiet(world, All);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Comments_that_are_older_than_the_base_wait_for_the_second_run(JiraFlavor flavor)
    {
        await using var world = (await World.StartAsync(
            Seed().Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Board.CommentAsync(await world.Board.IdOfAsync("Issue 1"), "<p>Old</p>");
        var run = world.Run(Both).Succeeded();
        Assert.Equal(["Skip NoBase"], run.Rows("IssueResult", "Action", "Reason"));
        Assert.Empty(await CommentsAsync(world, "SHOP-1"));
        world.Run(Both).Succeeded();
        Assert.Single(await CommentsAsync(world, "SHOP-1"));
        await Quiet(world, Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_undo_takes_copies_back(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await world.Board.CommentAsync(await world.Board.IdOfAsync("Issue 1"), "<p>One</p>");
        var run = world.Run(Both).Succeeded();
        Assert.Single(await CommentsAsync(world, "SHOP-1"));
        world.Run($"Undo-JiraAdoRun -RunId {run.Summary.Properties["RunId"].Value} -Confirm:$false").Succeeded();
        Assert.Empty(await CommentsAsync(world, "SHOP-1"));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_missing_permission_is_named_before_anything_is_written(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await world.Board.CommentAsync(await world.Board.IdOfAsync("Issue 1"), "<p>One</p>");
        await world.SetAccountAsync(new JsonObject { ["withoutPermissions"] = new JsonArray("ADD_COMMENTS") });
        var run = world.Run(Both);
        Assert.Equal("AccessDenied", run.FailureId);
        Assert.Contains("ADD_COMMENTS", run.Failure!.Exception.Message, StringComparison.Ordinal);
    }

    private static JiraSeed Seed() => new JiraSeed().Issue(1, "Story").Issue(2, "Story");

    /// <summary>A board that is in step.</summary>
    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_new_issue_gets_its_status_from_the_next_run_where_it_got_its_comment_and_nothing_else(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        const string New = $"{Both} -Wiql '[System.Id] > 0' -JiraProject SHOP -IncludeWorkItemLinks";
        world.Run(New).Succeeded();
        using (var board = (await world.JoinAsync("ann@contoso.example")).Board)
        {
            var id = await board.CreateAsync("Bug", "Found here");
            await board.SetFieldAsync(id, "System.State", "Active");
            await board.CommentAsync(id, "<p>How to see it</p>");
        }

        // The first batch marks the work item; the second one says what both sides have in common.
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/$batch", ["kind"] = "status", ["status"] = 403, ["skip"] = 1,
        });
        var key = world.Run(New).Of("IssueResult").Select(one => one.Properties["Key"].Value?.ToString()).First()!;
        await world.ClearFaultsAsync();
        Assert.Single(await CommentsAsync(world, key));
        Assert.Equal("To Do", await StatusAsync(world, key));

        world.Reconnect();
        world.Run(New).Succeeded();

        Assert.Equal("In Progress", await StatusAsync(world, key));
        Assert.Single(await CommentsAsync(world, key));
        world.Reconnect();
        await Quiet(world, New);
    }

    private static async Task<string> StatusAsync(World world, string key)
    {
        using var client = world.Tracker.NewClient();
        return JsonNode.Parse(await client.GetStringAsync(new Uri($"issue/{key}", UriKind.Relative)))!["fields"]!["status"]!["name"]!
            .ToString();
    }

    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var world = (await World.StartAsync(
            Seed().Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        world.Run(Both).Succeeded();
        return world;
    }

    private static async Task Quiet(World world, string command)
    {
        await world.ResetRequestsAsync();
        Assert.Equal("NoChange", world.Run(command).Succeeded().RunOutcome());
        Assert.DoesNotContain((await world.RequestsAsync("jira")).Keys, route => !route.StartsWith("GET", StringComparison.Ordinal)
            && !route.Contains("bulkfetch", StringComparison.Ordinal)
            && !route.Contains("comment/list", StringComparison.Ordinal)
            && !route.Contains("search", StringComparison.Ordinal));
        Assert.DoesNotContain("POST /{organization}/_apis/wit/$batch", (await world.RequestsAsync("ado")).Keys);
    }

    /// <summary>The files of an issue with their content.</summary>
    private static async Task<IReadOnlyList<string>> FilesAsync(World world, string key)
    {
        using var client = world.Tracker.NewClient();
        var issue = JsonNode.Parse(await client.GetStringAsync(new Uri($"issue/{key}?fields=attachment", UriKind.Relative)))!;
        var files = new List<string>();
        foreach (var file in issue["fields"]?["attachment"]?.AsArray() ?? [])
        {
            var content = await client.GetStringAsync(new Uri(file!["content"]!.ToString()));
            files.Add($"{file["filename"]}: {content.Trim('"')}");
        }

        return [.. files.Order(StringComparer.Ordinal)];
    }

    private static async Task<JsonArray> IssueCommentsAsync(World world, string key)
    {
        using var client = world.Tracker.NewClient();
        return JsonNode.Parse(await client.GetStringAsync(
            new Uri($"issue/{key}/comment?expand=renderedBody", UriKind.Relative)))!["comments"]!.AsArray();
    }

    private static long IdOf(JsonNode comment) => long.Parse(comment["id"]!.ToString(), CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<string>> CommentsAsync(World world, string key) =>
        (await IssueCommentsAsync(world, key)).Select(one => one!["renderedBody"]!.ToString()).ToList();

    /// <summary>Another person in Jira, who may edit everybody's comments.</summary>
    private static async Task<HttpClient> PatAsync(World world)
    {
        using var control = new HttpClient { BaseAddress = world.Sandbox.Address };
        using var answer = await control.PostAsJsonAsync("/sandbox/jira/accounts",
            new JsonObject { ["emailAddress"] = "pat@example.org", ["displayName"] = "Pat" });
        var account = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!;
        var client = world.Tracker.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"pat@example.org:{account["token"]}")));
        return client;
    }

    private static async Task PutAsync(HttpClient client, HttpMethod method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
