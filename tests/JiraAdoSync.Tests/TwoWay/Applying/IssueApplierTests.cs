using System.Text.Json.Nodes;
using System.Text;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;
using JiraAdoSync.Tests.Sandbox.Jira;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Applying;

/// <summary>
/// Planned changes of issues are carried out over real HTTP, once each, whatever happens on the way.
/// </summary>
public sealed class IssueApplierTests
{
    private const string Dated =
        """ "summary": "Issue 1", "created": "2026-03-01T00:00:00.000+0000", "updated": "2026-03-01T00:00:00.000+0000" """;

    private const string Epic = """ "summary": "An epic", "issuetype": {"id": "10469", "name": "Epic", "subtask": false} """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Issues_are_created_parents_first_and_their_work_items_marked()
    {
        await using var desk = await Desk.StartAsync();
        var items = await desk.ItemsAsync(3);

        var results = await desk.CreateAsync(
            [desk.Creation(items[0], parent: items[1].Id), desk.Creation(items[1], type: "Epic"), desk.Creation(items[2])]);

        Assert.All(results, result => Assert.True(result.IsApplied, result.ToString()));
        var issues = await desk.IssuesAsync();
        Assert.Equal(3, issues.Count);
        foreach (var (result, item) in results.Zip(await desk.ReadItemsAsync(items)))
        {
            var mark = Assert.Single(WorkItemMark.FindAll(item, desk.Jira.Site));
            Assert.Equal(result.IssueId, mark.Mark.Issue.Id);
            var issue = issues.Single(one => one.IssueId == result.IssueId);
            Assert.Equal(item.Title, issue.Summary);
            Assert.Equal(mark.Mark.Nonce, IssueRegister.Parse(issue.Property)!.Nonce);
        }

        Assert.Equal(results[1].Key, issues.Single(one => one.IssueId == results[0].IssueId).Parent!.Key);
    }

    [Fact]
    public async Task A_hundred_and_fifty_creations_cost_what_they_may()
    {
        await using var desk = await Desk.StartAsync();
        var items = await desk.ItemsAsync(150);
        desk.Forget();

        Assert.All(await desk.CreateAsync(items.Select(item => desk.Creation(item)).ToList()), one => Assert.True(one.IsApplied));

        // Three creations, two reads back, one batch of marks; one look for earlier ones, one for the highest key.
        Assert.Equal(3, desk.Sent("POST", "/issue/bulk"));
        Assert.Equal(2, desk.Sent("POST", "/issue/bulkfetch"));
        Assert.Equal(2, desk.Sent("POST", "/search/jql"));
        Assert.Equal(1, desk.Sent("POST", "/$batch"));
    }

    [Theory]
    [InlineData("drop-after", 1)]
    [InlineData("drop-before", 1)]
    [InlineData("drop-after", 2)]
    public async Task A_creation_whose_answer_is_lost_makes_no_second_issue(string kind, int times)
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(3));
        var items = await desk.ItemsAsync(2);
        await desk.World.Sandbox.SetFaultsAsync(new JsonObject
        {
            ["kind"] = kind, ["method"] = "POST", ["route"] = "/jira/rest/api/3/issue/bulk", ["times"] = times,
        });

        var results = await desk.CreateAsync(items.Select(item => desk.Creation(item)).ToList());

        Assert.All(results, result => Assert.True(result.IsApplied, $"{result} {result.Error}"));
        Assert.Equal(2 + 3, (await desk.IssuesAsync()).Count);
    }

    [Fact]
    public async Task What_an_earlier_run_created_and_did_not_mark_is_found()
    {
        await using var desk = await Desk.StartAsync();
        var items = await desk.ItemsAsync(2);
        var creation = desk.Creation(items[0]);
        await desk.Jira.CreateAsync([creation.Write with { Property = creation.Register.ToJson() }], Stop);

        var results = await desk.CreateAsync(items.Select(item => desk.Creation(item)).ToList());

        Assert.All(results, result => Assert.True(result.IsApplied));
        Assert.Equal(2, (await desk.IssuesAsync()).Count);
    }

    [Fact]
    public async Task A_property_that_somebody_else_wrote_proves_nothing()
    {
        await using var desk = await Desk.StartAsync();
        var items = await desk.ItemsAsync(1);
        var creation = desk.Creation(items[0]);
        await desk.AsAnotherAsync(jira => jira.CreateAsync([creation.Write with { Property = creation.Register.ToJson() }], Stop));

        var result = Assert.Single(await desk.CreateAsync([desk.Creation(items[0])]));

        Assert.True(result.IsApplied);
        Assert.Equal(2, (await desk.IssuesAsync()).Count);
    }

    [Fact]
    public async Task Of_two_runs_at_once_the_lower_issue_stays_and_the_other_is_reported()
    {
        await using var desk = await Desk.StartAsync();
        var items = await desk.ItemsAsync(1);
        var (first, second) = (desk.Creation(items[0]), desk.Creation(items[0]));

        // The second run reads before the first one has marked the item, and the search does not return its issue.
        await desk.World.Sandbox.SetSwitchesAsync(new JsonObject { ["searchesThatMissNewIssues"] = 9 });
        var one = Assert.Single(await desk.CreateAsync([first]));
        var two = Assert.Single(await desk.CreateAsync([second]));

        Assert.True(one.IsApplied);
        Assert.Equal((ChangeAction.Skip, "SecondIssue"), (two.Action, two.Reason));
        var mark = Assert.Single(WorkItemMark.FindAll((await desk.ReadItemsAsync(items))[0], desk.Jira.Site));
        Assert.Equal(one.IssueId, mark.Mark.Issue.Id);
        Assert.True(two.IssueId > one.IssueId);
    }

    [Fact]
    public async Task An_issue_that_is_refused_says_why_and_the_others_are_created()
    {
        await using var desk = await Desk.StartAsync();
        var items = await desk.ItemsAsync(2);
        var bad = desk.Creation(items[0]);
        bad = bad with { Write = bad.Write with { Fields = new Dictionary<string, object?> { ["summary"] = "" } } };

        var results = await desk.CreateAsync([bad, desk.Creation(items[1])]);

        Assert.Equal((ChangeAction.Fail, "summary"), (results[0].Action, results[0].Error!.Fields.Single()));
        Assert.True(results[1].IsApplied);
    }

    [Fact]
    public async Task Fields_are_written_with_one_request_an_issue()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(150));
        var issues = await desk.IssuesAsync("priority");
        desk.Forget();

        var results = await desk.UpdateAsync(issues.Select(issue => desk.Update(issue, ("summary", $"New {issue.Key}"))).ToList());

        Assert.All(results, result => Assert.True(result.IsApplied, $"{result} {result.Error}"));
        Assert.Equal(150, desk.Sent("PUT", ""));
        // Before the write only: nobody asks which properties were not recorded.
        Assert.Equal(2, desk.Sent("POST", "/issue/bulkfetch"));
        Assert.Equal(1, desk.Sent("POST", "/changelog/bulkfetch"));
        // That their histories were looked at is recorded for 100 at once.
        Assert.Equal(2, desk.Sent("POST", "/issue/properties/multi"));
        Assert.All(await desk.IssuesAsync(), issue => Assert.Null(IssueRegister.Parse(issue.Property)!.Pending));
        Assert.All(await desk.IssuesAsync(), issue => Assert.Equal($"New {issue.Key}", issue.Summary));
        Assert.All(await desk.IssuesAsync(), issue => Assert.NotNull(IssueRegister.Parse(issue.Property)));
    }

    [Fact]
    public async Task A_field_that_somebody_changed_meanwhile_is_not_written()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(1));
        var issue = (await desk.IssuesAsync())[0];
        await desk.EditAsync("SHOP-1", """{"summary": "A person's"}""");

        var result = Assert.Single(await desk.UpdateAsync([desk.Update(issue, ("summary", "Ours"))]));

        Assert.Equal((ChangeAction.Skip, "Changed"), (result.Action, result.Reason));
        Assert.Equal("A person's", (await desk.IssuesAsync())[0].Summary);
    }

    [Theory]
    [InlineData("summary", """{"summary": "Of a person"}""", "Of a person")]
    [InlineData("priority", """{"priority": {"name": "Highest"}}""", "Highest")]
    [InlineData("labels", """{"labels": ["theirs"]}""", "theirs")]
    public async Task An_edit_that_falls_between_read_and_write_is_put_back(string field, string edit, string expected)
    {
        await using var desk = await Desk.StartAsync([SeedText.Issue(1, Dated)]);
        var issue = (await desk.IssuesAsync("priority", "labels"))[0];
        object ours = field switch
        {
            "priority" => new Dictionary<string, object?> { ["name"] = "Low" },
            "labels" => new[] { "ours" },
            _ => "Ours",
        };
        desk.BeforeFirst("PUT", () => desk.EditAsync("SHOP-1", edit));

        var result = Assert.Single(await desk.UpdateAsync([desk.Update(issue, (field, ours))]));

        Assert.Equal("Overwritten", result.Reason);
        var now = await desk.World.Sandbox.CallAsync("GET", $"/jira/rest/api/3/issue/SHOP-1?fields={field}");
        Assert.Contains(expected, now!["fields"]![field]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(expected, result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"parent": {"key": "SHOP-3"}}""", "SHOP-3")]
    [InlineData("""{"parent": null}""", null)]
    public async Task A_parent_that_somebody_gives_between_read_and_write_is_put_back(string edit, string? theirs)
    {
        await using var desk = await Desk.StartAsync(
        [
            SeedText.Issue(1, Dated), SeedText.Issue(2, Epic), SeedText.Issue(3, Epic), SeedText.Issue(4, Epic),
        ]);
        if (theirs is null)
        {
            await desk.EditAsync("SHOP-1", """{"parent": {"key": "SHOP-4"}}""");
        }

        var issues = await desk.IssuesAsync();
        desk.BeforeFirst("PUT", () => desk.EditAsync("SHOP-1", edit));

        var result = Assert.Single(await desk.UpdateAsync(
            [desk.Update(issues[0]) with { Parent = new ParentWrite(issues[1].Reference, false) }]));

        Assert.Equal("Overwritten", result.Reason);
        Assert.Equal(theirs, (await desk.IssuesAsync())[0].Parent?.Key);
    }

    [Fact]
    public async Task Links_are_added_in_their_direction_and_read_back()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(3));
        var issues = await desk.IssuesAsync();
        var blocks = (await desk.Jira.GetLinkTypesAsync(Stop)).Single(type => type.Outward == "blocks");
        LinkAddition[] links = [new(blocks, issues[0].Reference, issues[1].Reference), new(blocks, issues[1].Reference, issues[2].Reference)];
        desk.Forget();

        var results = await new LinkWriter(desk.Jira, desk.Log).AddAsync(links, Stop);

        Assert.All(results, result => Assert.True(result is { IsApplied: true, LinkId: not null }));
        Assert.Equal(2, desk.Sent("POST", "/issueLink"));
        Assert.Equal(1, desk.Sent("POST", "/issue/bulkfetch"));
        var now = await desk.IssuesAsync();
        Assert.Equal("SHOP-1 blocks SHOP-2", Assert.Single(now[0].Links).ToString());

        var removed = await new LinkWriter(desk.Jira, desk.Log).RemoveAsync([now[0].Links[0]], Stop);
        Assert.True(Assert.Single(removed).IsApplied);
        Assert.Empty((await desk.IssuesAsync())[0].Links);
    }

    [Fact]
    public async Task Comments_are_copied_once_follow_their_originals_and_never_come_back()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(1));
        var issue = (await desk.IssuesAsync())[0];
        var copier = new CommentCopier(desk.Jira, desk.Log);
        var pair = desk.Discussed(issue.Reference, new WorkItemComment(1, "<p>Hello <b>you</b></p>", false), new WorkItemComment(2, "<p>Two</p>", false));
        await desk.World.Sandbox.SetFaultsAsync(new JsonObject
        {
            ["kind"] = "drop-after", ["method"] = "POST", ["route"] = "/jira/rest/api/3/issue/{issueIdOrKey}/comment", ["times"] = 1,
        });

        Assert.All(await copier.ApplyAsync(await copier.PlanAsync([pair], prune: false, Stop), notify: false, Stop),
            result => Assert.Null(result.Error));

        Assert.Empty(await copier.PlanAsync([pair with { HasIssueComments = true }], prune: true, Stop));
        var comments = await ((IIssueStore)desk.Jira).ReadCommentsAsync(issue.IssueId, Stop);
        Assert.Equal(2, comments.Count);
        Assert.Contains("<b>you</b>", comments[0].Html, StringComparison.Ordinal);
        Assert.Equal([new CommentCopyMark(1, 1), new CommentCopyMark(2, 1)], comments.Select(one => CommentCopyMark.Parse(one.Html)!));
        await foreach (var rendered in desk.Jira.ReadRenderedAsync([issue.IssueId], comments: true, attachments: false, Stop))
        {
            Assert.Empty(rendered.Comments);
        }

        var edited = pair with { HasIssueComments = true, Comments = [new WorkItemComment(1, "<p>Edited</p>", false, 2)] };
        var plan = await copier.PlanAsync([edited], prune: true, Stop);
        Assert.Equal(2, plan.Count);
        await copier.ApplyAsync(plan, notify: false, Stop);
        comments = await ((IIssueStore)desk.Jira).ReadCommentsAsync(issue.IssueId, Stop);
        Assert.Contains("Edited", Assert.Single(comments).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_record_shows_each_change_before_and_after_and_older_versions_do_not_read_it()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(1));
        var issue = (await desk.IssuesAsync("priority"))[0];
        await desk.UpdateAsync([desk.Update(issue, ("summary", "New"), ("priority", new Dictionary<string, object?> { ["name"] = "Low" }))]);
        await desk.CreateAsync([desk.Creation((await desk.ItemsAsync(1))[0])]);
        var changes = desk.Changes();

        Assert.All(changes, change => Assert.False(change.IsUnsure, change.ToString()));
        var update = changes.Single(change => change is { Action: RunAction.Update, Issue: not null });
        Assert.Equal("Issue 1", update.Issue!.Before["summary"].GetString());
        Assert.Equal("New", update.Issue.After["summary"].GetString());
        Assert.Equal(1001, update.IssueId);
        Assert.Single(changes, change => change is { Action: RunAction.Create, Issue: not null, Key: not null });
        var run = new Run
        {
            RunId = "r", Started = default, Command = "c", Site = "s", Organization = "o", Project = "p", WritesJira = true,
        };
        Assert.Contains("JiraAdoSync run 2", Encoding.UTF8.GetString(RunLine.Of(run)), StringComparison.Ordinal);
        Assert.Contains(
            "JiraAdoSync run 1",
            Encoding.UTF8.GetString(RunLine.Of(run with { WritesJira = false })),
            StringComparison.Ordinal);
    }
}
