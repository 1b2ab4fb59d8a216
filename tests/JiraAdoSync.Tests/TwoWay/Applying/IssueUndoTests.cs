using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;
using JiraAdoSync.Tests.Sandbox.Jira;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.Undo;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Applying;

/// <summary>What a run did in Jira is undone, as far as nobody changed it since.</summary>
public sealed class IssueUndoTests
{
    private const string Prioritised =
        """ "summary": "Issue 1", "labels": [], "priority": {"id": "3", "name": "Medium"} """;

    private static readonly HashSet<long> NoLater = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_undo_gives_back_fields_links_and_comments_and_the_former_property()
    {
        await using var desk = await Desk.StartAsync([SeedText.Issue(1, Prioritised), SeedText.Issue(2)]);
        var issues = await desk.IssuesAsync("priority", "labels");
        var low = new Dictionary<string, object?> { ["name"] = "Low" };
        await desk.UpdateAsync([desk.Update(issues[0], ("summary", "New"), ("priority", low), ("labels", new[] { "a" }))]);
        await desk.UpdateAsync([desk.Update((await desk.IssuesAsync("priority", "labels"))[0], ("summary", "Newer"))]);
        var blocks = (await desk.Jira.GetLinkTypesAsync(Stop)).Single(type => type.Outward == "blocks");
        await new LinkWriter(desk.Jira, desk.Log).AddAsync([new(blocks, issues[0].Reference, issues[1].Reference)], Stop);
        var copier = new CommentCopier(desk.Jira, desk.Log);
        var pair = desk.Discussed(issues[0].Reference, new WorkItemComment(1, "<p>Hello</p>", false));
        await copier.ApplyAsync(await copier.PlanAsync([pair], prune: false, Stop), notify: false, Stop);

        var results = await UndoAsync(desk);

        Assert.All(results, result => Assert.True(result.IsApplied, $"{result} {result.Detail}"));
        var now = (await desk.IssuesAsync("priority", "labels"))[0];
        Assert.Equal("Issue 1", now.Summary);
        Assert.Equal(issues[0].Fields["priority"]?.ToString(), now.Fields["priority"]?.ToString());
        Assert.Empty(now.Links);
        Assert.Null(JiraAdoSync.TwoWay.Bases.IssueRegister.Parse(now.Property));
        Assert.Empty(await ((IIssueStore)desk.Jira).ReadCommentsAsync(1001, Stop));
        Assert.Empty(await UndoAsync(desk));
    }

    [Fact]
    public async Task Comments_and_links_to_work_items_are_undone_once()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(1));
        var issue = (await desk.IssuesAsync())[0].Reference;
        var copier = new CommentCopier(desk.Jira, desk.Log);
        await CopyAsync("<p>One</p>", 1);
        await CopyAsync("<p>Other</p>", 2);
        desk.Lines.Clear();
        await CopyAsync("<p>One, edited</p>", 1, version: 2);
        await CopyAsync(null, 2);
        const string Page = "https://dev.azure.com/contoso/Fabrikam/_workitems/edit/7";
        var note = desk.Log.LinkingPage(issue, 7, Page);
        desk.Log.Ended(note, await desk.Jira.WriteRemoteLinkAsync(issue.Id, Page, new Uri(Page), "Task 7", Stop));

        Assert.Equal(3, (await UndoAsync(desk)).Count(result => result.IsApplied));

        var texts = (await ((IIssueStore)desk.Jira).ReadCommentsAsync(issue.Id, Stop)).Select(comment => comment.Html!).ToList();
        Assert.Contains("One", texts[0], StringComparison.Ordinal);
        Assert.DoesNotContain("edited", texts[0], StringComparison.Ordinal);
        Assert.Contains("Other", texts[1], StringComparison.Ordinal);
        Assert.Empty(await UndoAsync(desk));

        async Task CopyAsync(string? html, int id, int version = 1)
        {
            var pair = desk.Discussed(issue, html is null
                ? [new WorkItemComment(1, "<p>One, edited</p>", false, Version: 2)]
                : [new WorkItemComment(id, html, false, version)]);
            await copier.ApplyAsync(
                await copier.PlanAsync([pair with { HasIssueComments = true }], prune: html is null, Stop), notify: false, Stop);
        }
    }

    [Fact]
    public async Task What_somebody_changed_since_is_left()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(1));
        var issue = (await desk.IssuesAsync("labels"))[0];
        await desk.UpdateAsync([desk.Update(issue, ("summary", "New"), ("labels", new[] { "a" }))]);
        await desk.EditAsync("SHOP-1", """{"summary": "A person's"}""");

        var results = await UndoAsync(desk);

        var now = (await desk.IssuesAsync("labels"))[0];
        Assert.Equal("A person's", now.Summary);
        Assert.True(now.Fields["labels"] is null or object?[] { Length: 0 });
        Assert.Equal("Changed", Assert.Single(results, result => result.Action == ChangeAction.Skip).Reason);
    }

    [Fact]
    public async Task Created_issues_stay_unless_the_user_says_that_they_are_deleted()
    {
        await using var desk = await Desk.StartAsync();
        var items = await desk.ItemsAsync(2);
        await desk.CreateAsync(items.Select(item => desk.Creation(item)).ToList());
        await desk.EditAsAnotherAsync("SHOP-1", """{"summary": "A person's"}""");

        Assert.All(await UndoAsync(desk), result => Assert.Equal("IssueStays", result.Reason));
        Assert.Equal(2, (await desk.IssuesAsync()).Count);

        var results = await UndoAsync(desk, deleteIssues: true);
        Assert.Single(results, result => result.IsApplied);
        Assert.Single(results, result => result.Reason == "Changed");
        Assert.Equal("SHOP-1", Assert.Single(await desk.IssuesAsync()).Key);
    }

    [Fact]
    public async Task An_undo_is_a_run_that_can_be_undone()
    {
        await using var desk = await Desk.StartAsync(SeedText.Plain(1));
        await desk.UpdateAsync([desk.Update((await desk.IssuesAsync())[0], ("summary", "New"))]);
        var lines = new List<byte[]>();
        var changes = desk.Changes();
        var undo = new IssueUndo(desk.Jira, new RunLog(lines.Add, desk.World.Time), deleteIssues: false);
        await foreach (var _ in undo.ApplyAsync(await undo.PlanAsync(changes, NoLater, Stop), Stop))
        {
        }

        Assert.Equal("Issue 1", (await desk.IssuesAsync())[0].Summary);
        var again = new IssueUndo(desk.Jira, desk.Record, deleteIssues: false);
        await foreach (var result in again.ApplyAsync(await again.PlanAsync(Desk.Changes(lines), NoLater, Stop), Stop))
        {
            Assert.True(result.IsApplied);
        }

        Assert.Equal("New", (await desk.IssuesAsync())[0].Summary);
    }

    private static async Task<List<UndoResult>> UndoAsync(Desk desk, bool deleteIssues = false)
    {
        var undo = new IssueUndo(desk.Jira, RunLog.None, deleteIssues);
        var results = new List<UndoResult>();
        await foreach (var result in undo.ApplyAsync(await undo.PlanAsync(desk.Changes(), NoLater, Stop), Stop))
        {
            results.Add(result);
        }

        return results;
    }
}
