using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Issues that come into another project or get another type.</summary>
public sealed class MoveTests
{
    private static readonly string[] Seed =
    [
        SeedText.Issue(1, """
            "summary": "Story", "issuetype": {"id": "1", "name": "Story"},
            "issuelinks": [{"id": "7", "type": {"id": "9", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
              "outwardIssue": {"id": "1002", "key": "SHOP-2"} }]
            """),
        SeedText.Issue(2),
        SeedText.Issue(3, """
            "summary": "Part", "issuetype": {"id": "5", "name": "Sub-task", "subtask": true}, "parent": {"id": "1001", "key": "SHOP-1"}
            """),
        SeedText.Issue("PAY", 41, 2041),
    ];

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_moved_issue_keeps_its_id_and_gets_the_next_key_of_its_new_project(JiraFlavor flavor)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Seed = Seed, Jira = flavor });
        var moved = await jira.PostAsync("/sandbox/jira/moves", """{"issue": "SHOP-1", "project": "PAY"}""");
        Assert.Equal("""{"id":"1001","key":"PAY-42"}""", moved.Text);

        var issue = await jira.GetAsync("issue/1001?fields=*all&expand=changelog");
        Assert.Equal("PAY-42", issue.At("key"));
        Assert.Equal("PAY", issue.At("fields.project.key"));
        Assert.Equal("Key", issue.At("changelog.histories.0.items.0.field"));
        Assert.Equal("SHOP-1", issue.At("changelog.histories.0.items.0.fromString"));
        Assert.Equal("PAY-42", issue.At("changelog.histories.0.items.0.toString"));
        Assert.Equal("project", issue.At("changelog.histories.0.items.1.field"));
        Assert.Equal("7", issue.At("fields.issuelinks.0.id"));
        Assert.Equal("PAY-43", issue.At("fields.subtasks.0.key"));
    }

    [Fact]
    public async Task The_old_key_of_a_moved_issue_leads_to_it_in_every_read()
    {
        await using var jira = await JiraWire.StartAsync(Seed);
        await jira.PostAsync("/sandbox/jira/moves", """{"issue": "SHOP-1", "project": "PAY"}""");
        Assert.Equal("PAY-42", (await jira.GetAsync("issue/SHOP-1")).At("key"));
        Assert.Equal("PAY-42", (await jira.GetAsync("issue/shop-1")).At("key"));
        Assert.Equal("PAY-42", (await jira.PostAsync("issue/bulkfetch", """{"issueIdsOrKeys": ["SHOP-1"]}""")).At("issues.0.key"));
        Assert.Equal("PAY-42", await jira.KeysAsync("key = SHOP-1"));
        Assert.Equal("SHOP-2", await jira.KeysAsync("project = SHOP"));
        Assert.Equal("PAY-43", await jira.KeysAsync("parent = SHOP-1"));
        Assert.Equal("PAY-42", (await jira.GetAsync("issue/SHOP-2")).At("fields.issuelinks.0.inwardIssue.key"));
        Assert.Equal("SHOP-4", await jira.CreateAsync("A new one has another number"));

        Assert.Equal(204, (await jira.DeleteAsync("issue/SHOP-1?deleteSubtasks=true")).Status);
        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-1")).Status);
        Assert.Equal(404, (await jira.GetAsync("issue/PAY-42")).Status);
    }

    [Fact]
    public async Task Cloud_moves_in_bulk_by_a_task()
    {
        await using var jira = await JiraWire.StartAsync(Seed);
        var task = await jira.PostAsync("bulk/issues/move", """
            {"sendBulkNotification": false, "targetToSourcesMapping": {"PAY,1": {"issueIdsOrKeys": ["SHOP-1", "1002"],
              "inferFieldDefaults": true, "inferStatusDefaults": true, "inferSubtaskTypeDefault": true} } }
            """);
        Assert.Equal(201, task.Status);
        Assert.Equal("RUNNING", (await jira.GetAsync($"bulk/queue/{task.At("taskId")}")).At("status"));
        var queue = await jira.GetAsync($"bulk/queue/{task.At("taskId")}");
        Assert.Equal("COMPLETE", queue.At("status"));
        Assert.Equal("2", queue.At("totalIssueCount"));
        Assert.Equal("[1001,1002]", queue.Json["processedAccessibleIssues"]!.ToJsonString());
        Assert.Equal("PAY-44", (await jira.GetAsync("issue/1002")).At("key"));
        Assert.Equal("Story", (await jira.GetAsync("issue/1002")).At("fields.issuetype.name"));
        Assert.Equal(404, (await jira.GetAsync("bulk/queue/1")).Status);

        var refused = await jira.PostAsync("bulk/issues/move", """{"targetToSourcesMapping": {"NONE,1": {} } }""");
        Assert.Equal(400, refused.Status);
        Assert.Equal(
            "The project 'NONE' does not exist or you do not have permission to view it.", refused.At("errors.0.message"));
    }

    [Fact]
    public async Task A_type_changes_by_an_edit_within_its_level_and_by_a_move_across_levels()
    {
        await using var jira = await JiraWire.StartAsync(Seed);
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"issuetype": {"name": "Bug"} } }""")).Status);
        var issue = await jira.GetAsync("issue/SHOP-1?fields=issuetype&expand=changelog");
        Assert.Equal("Bug", issue.At("fields.issuetype.name"));
        Assert.Equal("issuetype", issue.At("changelog.histories.0.items.0.field"));

        var refused = await jira.PutAsync("issue/SHOP-3", """{"fields": {"issuetype": {"name": "Bug"} } }""");
        Assert.Equal(400, refused.Status);
        Assert.Equal("The issue type selected is invalid.", refused.At("errors.issuetype"));
        await jira.PostAsync("/sandbox/jira/moves", """{"issue": "SHOP-3", "issueType": "Bug"}""");
        var free = await jira.GetAsync("issue/SHOP-3");
        Assert.Equal("Bug", free.At("fields.issuetype.name"));
        Assert.Null(free.At("fields.parent"));

        await jira.PostAsync("/sandbox/jira/moves", """{"issue": "SHOP-3", "issueType": "Sub-task", "parent": "SHOP-2"}""");
        Assert.Equal("SHOP-2", (await jira.GetAsync("issue/SHOP-3")).At("fields.parent.key"));
        Assert.Equal(
            "A sub-task needs a parent.",
            (await jira.PostAsync("/sandbox/jira/moves", """{"issue": "SHOP-1", "issueType": "Sub-task"}""")).At("error"));
    }

    [Fact]
    public async Task Projects_come_and_go()
    {
        await using var jira = await JiraWire.StartAsync(Seed);
        var created = await jira.PostAsync("project", """{"key": "NEW", "name": "New one", "projectTypeKey": "software"}""");
        Assert.Equal(201, created.Status);
        Assert.Equal("NEW", (await jira.GetAsync($"project/{created.At("id")}")).At("key"));
        Assert.Equal(
            "Project 'The PAY project' uses this project key.",
            (await jira.PostAsync("project", """{"key": "PAY", "name": "Again"}""")).At("errors.projectKey"));
        await jira.PostAsync("/sandbox/jira/moves", """{"issue": "SHOP-2", "project": "NEW"}""");
        Assert.Equal("NEW-1", await jira.KeysAsync("project = NEW"));
        Assert.Equal(204, (await jira.DeleteAsync("project/NEW")).Status);
        Assert.Equal(404, (await jira.GetAsync("issue/1002")).Status);
    }
}
