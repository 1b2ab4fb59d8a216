using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

public class HistoryTests
{
    [Fact]
    public async Task An_edit_is_written_down_with_what_was_before()
    {
        var time = new SettableTime();
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { TimeProvider = time });
        await jira.CreateAsync("Old");

        await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "New"}}""");
        var log = await jira.GetAsync("issue/SHOP-1/changelog");

        Assert.Equal("self maxResults startAt total isLast values", log.Names());
        Assert.Equal("1", log.At("total"));
        Assert.Equal("2026-03-11T12:00:00.000+0000", log.At("values.0.created"));
        Assert.Equal("Sandbox Account", log.At("values.0.author.displayName"));
        Assert.Equal("""
            [{"field":"summary","fieldtype":"jira","fieldId":"summary","from":null,"fromString":"Old","to":null,"toString":"New"}]
            """.Trim(), log.Json["values"]![0]!["items"]!.ToJsonString());
    }

    [Fact]
    public async Task Things_are_recorded_by_id_and_name()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("Epic", "Epic");
        await jira.CreateAsync("Story", "Story");

        await jira.PostAsync("issue/SHOP-2/transitions", """{"transition": {"id": "21"}}""");
        await jira.PutAsync("issue/SHOP-2", """{"fields": {"parent": {"key": "SHOP-1"}, "labels": ["a", "b"]}}""");
        var log = await jira.GetAsync("issue/SHOP-2/changelog");

        Assert.Equal(("status", "10000", "To Do", "10001", "In Progress"),
            (log.At("values.0.items.0.field"), log.At("values.0.items.0.from"),
            log.At("values.0.items.0.fromString"), log.At("values.0.items.0.to"), log.At("values.0.items.0.toString")));
        Assert.Equal(
            "labels/a b IssueParentAssociation/SHOP-1", string.Join(' ', log.Json["values"]![1]!["items"]!.AsArray()
            .Select(item => $"{item!["field"]}/{item["toString"]}")));
    }

    [Fact]
    public async Task A_link_is_written_down_at_both_ends_each_with_its_own_phrase()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One");
        await jira.CreateAsync("Two");

        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        await jira.DeleteAsync("issueLink/10001");
        var source = await jira.GetAsync("issue/SHOP-1/changelog");
        var target = await jira.GetAsync("issue/SHOP-2/changelog");

        Assert.Equal("2", source.At("total"));
        Assert.Equal(("Link", "SHOP-2", "This issue blocks SHOP-2"),
            (source.At("values.0.items.0.field"), source.At("values.0.items.0.to"),
                source.At("values.0.items.0.toString")));
        Assert.Equal(("SHOP-2", "This issue blocks SHOP-2", null),
            (source.At("values.1.items.0.from"), source.At("values.1.items.0.fromString"),
                source.At("values.1.items.0.to")));
        Assert.Equal("This issue is blocked by SHOP-1", target.At("values.0.items.0.toString"));
    }

    [Fact]
    public async Task The_history_of_an_issue_is_paged_oldest_first_and_expanded_newest_first()
    {
        await using var jira = await EditedAsync();

        var page = await jira.GetAsync("issue/SHOP-1/changelog?startAt=1&maxResults=1");
        var issue = await jira.GetAsync("issue/SHOP-1?expand=changelog");
        var some = await jira.PostAsync("issue/SHOP-1/changelog/list", """{"changelogIds": [10002]}""");

        Assert.Equal(("B", "3", "false"), (page.At("values.0.items.0.toString"), page.At("total"), page.At("isLast")));
        Assert.Equal(
            $"{jira.Server.JiraUri}/rest/api/3/issue/SHOP-1/changelog?maxResults=1&startAt=2", page.At("nextPage"));
        Assert.Equal(("C", "3"), (issue.At("changelog.histories.0.items.0.toString"), issue.At("changelog.total")));
        Assert.Equal(("B", "1"), (some.At("histories.0.items.0.toString"), some.At("total")));
    }

    [Fact]
    public async Task Histories_of_several_issues_come_by_token_and_only_of_the_fields_asked_for()
    {
        await using var jira = await EditedAsync();
        await jira.CreateAsync("Two");
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");

        var first = await jira.PostAsync("changelog/bulkfetch", """{"issueIdsOrKeys": ["SHOP-2", "SHOP-1", "SHOP-9"], "maxResults": 4}""");
        var last = await jira.PostAsync("changelog/bulkfetch",
            $$"""{"issueIdsOrKeys": ["SHOP-2", "SHOP-1", "SHOP-9"], "maxResults": 4, "nextPageToken": "{{first.At("nextPageToken")}}"}""");
        var links = await jira.PostAsync("changelog/bulkfetch", """{"issueIdsOrKeys": ["SHOP-1"], "fieldIds": ["issuelinks"]}""");

        Assert.Equal("10001", first.At("issueChangeLogs.0.issueId"));
        Assert.Equal(4, first.Json["issueChangeLogs"]![0]!["changeHistories"]!.AsArray().Count);
        Assert.Equal("1773230400000", first.At("issueChangeLogs.0.changeHistories.0.created"));
        Assert.Equal("10002", last.At("issueChangeLogs.0.issueId"));
        Assert.Null(last.At("nextPageToken"));
        Assert.Single(links.Json["issueChangeLogs"]![0]!["changeHistories"]!.AsArray());
        Assert.Equal(400, (await jira.PostAsync("changelog/bulkfetch", """{"issueIdsOrKeys": []}""")).Status);
    }

    private static async Task<JiraWire> EditedAsync()
    {
        var jira = await JiraWire.StartAsync(new SandboxOptions { TimeProvider = new SettableTime() });
        await jira.CreateAsync("Old");
        foreach (var summary in (string[])["A", "B", "C"])
        {
            await jira.PutAsync("issue/SHOP-1", $$"""{"fields": {"summary": "{{summary}}"} }""");
        }

        return jira;
    }
}
