using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

public class IssueTests
{
    [Fact]
    public async Task Creation_answers_id_key_and_address_and_the_issue_exists()
    {
        var time = new SettableTime();
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { TimeProvider = time });

        var created = await jira.PostAsync("issue", """
            {"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Story"}, "summary": "Pay by card", "labels": ["web"]}}
            """);
        var read = await jira.GetAsync("issue/SHOP-1");

        Assert.Equal(201, created.Status);
        Assert.Equal($$"""{"id":"10001","key":"SHOP-1","self":"{{jira.Server.JiraUri}}/rest/api/3/issue/10001"}""", created.Text);
        Assert.Equal("10001", read.At("id"));
        Assert.Equal("Pay by card", read.At("fields.summary"));
        Assert.Equal("Story", read.At("fields.issuetype.name"));
        Assert.Equal("0", read.At("fields.issuetype.hierarchyLevel"));
        Assert.Equal("To Do", read.At("fields.status.name"));
        Assert.Equal("new", read.At("fields.status.statusCategory.key"));
        Assert.Equal("web", read.At("fields.labels.0"));
        Assert.Equal("2026-03-11T12:00:00.000+0000", read.At("fields.created"));
        Assert.Equal("2026-03-11T12:00:00.000+0000", read.At("fields.updated"));
        Assert.Equal("sandbox@example.com", read.At("fields.reporter.emailAddress"));
        Assert.Equal(read.Text, (await jira.GetAsync("issue/10001")).Text);
    }

    [Theory]
    [InlineData("""{"fields": {"issuetype": {"name": "Task"}, "summary": "S"}}""", "project", "valid project is required")]
    [InlineData("""{"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Saga"}, "summary": "S"}}""", "issuetype", "Specify a valid issue type")]
    [InlineData("""{"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}, "summary": " "}}""", "summary", "You must specify a summary of the issue.")]
    [InlineData("""{"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}, "summary": "a\nb"}}""", "summary", "The summary is invalid because it contains newline characters.")]
    [InlineData("""{"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Sub-task"}, "summary": "S"}}""", "parent", "Issue type is a sub-task but parent issue key or id not specified.")]
    [InlineData("""{"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}, "summary": "S", "nonsense": 1}}""", "nonsense", "Field 'nonsense' cannot be set. It is not on the appropriate screen, or unknown.")]
    [InlineData("""{"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}, "summary": "S", "parent": {"key": "SHOP-9"}}}""", "parent", "Could not find issue by id or key.")]
    public async Task What_a_creation_lacks_is_said_by_field(string body, string field, string message)
    {
        await using var jira = await JiraWire.StartAsync();

        var reply = await jira.PostAsync("issue", body);

        Assert.Equal(400, reply.Status);
        Assert.Equal("[]", reply.Json["errorMessages"]!.ToJsonString());
        Assert.Equal(message, reply.At($"errors.{field}"));
        Assert.Equal("", await jira.KeysAsync("project = SHOP"));
    }

    [Fact]
    public async Task A_summary_has_255_letters_at_most()
    {
        await using var jira = await JiraWire.StartAsync();

        await jira.CreateAsync(new string('x', 255));
        var reply = await jira.PutAsync("issue/SHOP-1", $$"""{"fields": {"summary": "{{new string('x', 256)}}"} }""");

        Assert.Equal(400, reply.Status);
        Assert.Equal("Summary must be less than 255 characters.", reply.At("errors.summary"));
    }

    [Fact]
    public async Task An_edit_answers_204_sets_fields_and_moves_updated()
    {
        var time = new SettableTime();
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { TimeProvider = time });
        await jira.CreateAsync("Old", more: "\"labels\": [\"a\", \"b\"]");
        time.Now += TimeSpan.FromMinutes(5);

        var edited = await jira.PutAsync("issue/SHOP-1",
            """{"fields": {"summary": "New", "issuetype": {"name": "Bug"}}, "update": {"labels": [{"add": "c"}, {"remove": "a"}]}}""");
        var read = await jira.GetAsync("issue/SHOP-1");

        Assert.Equal((204, ""), (edited.Status, edited.Text));
        Assert.Equal("New", read.At("fields.summary"));
        Assert.Equal("Bug", read.At("fields.issuetype.name"));
        Assert.Equal("""["b","c"]""", read.Json["fields"]!["labels"]!.ToJsonString());
        Assert.Equal("2026-03-11T12:00:00.000+0000", read.At("fields.created"));
        Assert.Equal("2026-03-11T12:05:00.000+0000", read.At("fields.updated"));
    }

    [Fact]
    public async Task An_edit_shows_the_issue_when_asked()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("Old");

        var reply = await jira.PutAsync("issue/SHOP-1?returnIssue=true", """{"fields": {"summary": "New"}}""");

        Assert.Equal(200, reply.Status);
        Assert.Equal("New", reply.At("fields.summary"));
    }

    [Theory]
    [InlineData("GET", "issue/SHOP-9", null)]
    [InlineData("PUT", "issue/SHOP-9", """{"fields": {"summary": "S"}}""")]
    [InlineData("DELETE", "issue/SHOP-9", null)]
    public async Task An_issue_that_is_not_there_is_404(string method, string path, string? body)
    {
        await using var jira = await JiraWire.StartAsync();

        var reply = await jira.SendAsync(method, path, body);

        Assert.Equal(404, reply.Status);
        Assert.Equal("""{"errorMessages":["Issue does not exist or you do not have permission to see it."],"errors":{}}""", reply.Text);
    }

    [Fact]
    public async Task A_deleted_issue_disappears_with_its_links_and_its_key_is_not_used_again()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One");
        await jira.CreateAsync("Two");
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");

        var deleted = await jira.DeleteAsync("issue/SHOP-2");

        Assert.Equal((204, ""), (deleted.Status, deleted.Text));
        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-2")).Status);
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["issuelinks"]!.ToJsonString());
        Assert.Equal("SHOP-3", await jira.CreateAsync("Three"));
    }

    [Fact]
    public async Task An_issue_with_sub_tasks_is_deleted_only_together_with_them()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("Parent");
        await jira.CreateAsync("Child", "Sub-task", "\"parent\": {\"key\": \"SHOP-1\"}");

        var refused = await jira.DeleteAsync("issue/SHOP-1");
        var deleted = await jira.DeleteAsync("issue/SHOP-1?deleteSubtasks=true");

        Assert.Equal(400, refused.Status);
        Assert.Contains("has subtasks", refused.Error, StringComparison.Ordinal);
        Assert.Equal(204, deleted.Status);
        Assert.Equal("", await jira.KeysAsync("project = SHOP"));
    }

    [Fact]
    public async Task A_sub_task_shows_at_its_parent_and_a_story_of_an_epic_does_not()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("Epic", "Epic");
        await jira.CreateAsync("Story", "Story", "\"parent\": {\"key\": \"SHOP-1\"}");
        await jira.CreateAsync("Part", "Sub-task", "\"parent\": {\"id\": \"10002\"}");

        var epic = await jira.GetAsync("issue/SHOP-1");
        var story = await jira.GetAsync("issue/SHOP-2");
        var part = await jira.GetAsync("issue/SHOP-3");

        Assert.Equal("1", epic.At("fields.issuetype.hierarchyLevel"));
        Assert.Equal("[]", epic.Json["fields"]!["subtasks"]!.ToJsonString());
        Assert.Equal("SHOP-1", story.At("fields.parent.key"));
        Assert.Equal("summary status priority issuetype", story.Names("fields.parent.fields"));
        Assert.Equal("SHOP-3", story.At("fields.subtasks.0.key"));
        Assert.Equal("SHOP-2", part.At("fields.parent.key"));
        Assert.Equal("-1", part.At("fields.issuetype.hierarchyLevel"));
        Assert.Equal("SHOP-2", await jira.KeysAsync("parent = SHOP-1"));
    }

    [Fact]
    public async Task An_edit_moves_an_issue_to_another_parent_and_away_from_it()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("Epic", "Epic");
        await jira.CreateAsync("Story", "Story", "\"parent\": {\"key\": \"SHOP-1\"}");
        await jira.CreateAsync("Other epic", "Epic");

        await jira.PutAsync("issue/SHOP-2", """{"fields": {"parent": {"key": "SHOP-3"}}}""");
        var moved = await jira.GetAsync("issue/SHOP-2");
        await jira.PutAsync("issue/SHOP-2", """{"fields": {"parent": null}}""");
        var freed = await jira.GetAsync("issue/SHOP-2");

        Assert.Equal("SHOP-3", moved.At("fields.parent.key"));
        Assert.Null(freed.At("fields.parent"));
    }

    [Fact]
    public async Task Data_Center_knows_no_hierarchy_levels()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        await jira.CreateAsync("Story", "Story");

        Assert.Equal("false", (await jira.GetAsync("issue/SHOP-1")).At("fields.issuetype.subtask"));
        Assert.Null((await jira.GetAsync("issue/SHOP-1")).At("fields.issuetype.hierarchyLevel"));
    }

    [Theory]
    [InlineData("fields=summary,status", "summary status")]
    [InlineData("fields=summary&fields=labels", "summary labels")]
    [InlineData("fields=*all,-description,-environment,-creator,-reporter,-priority,-project,-issuetype,-comment,-attachment",
        "summary status resolution labels components fixVersions versions assignee duedate created updated statusCategory subtasks issuelinks timetracking")]
    public async Task A_read_shows_the_fields_that_were_asked_for(string query, string names)
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One");

        Assert.Equal(names, (await jira.GetAsync($"issue/SHOP-1?{query}")).Names("fields"));
    }

    [Fact]
    public async Task Names_and_schemas_are_added_on_demand()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One");

        var reply = await jira.GetAsync("issue/SHOP-1?fields=summary,labels&expand=names,schema");

        Assert.Equal("""{"summary":"Summary","labels":"Labels"}""", reply.Json["names"]!.ToJsonString());
        Assert.Equal("""{"type":"array","system":"labels","items":"string"}""", reply.Json["schema"]!["labels"]!.ToJsonString());
    }

    [Theory]
    [InlineData("not json", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    [InlineData("""{"fields": 1""", "application/json", 400)]
    [InlineData("""{"fields": {}}""", "text/plain", 415)]
    [InlineData("", "application/json", 400)]
    public async Task A_body_that_is_none_is_refused_without_a_trace(string body, string contentType, int status)
    {
        await using var jira = await JiraWire.StartAsync();

        var reply = await jira.SendAsync("POST", "issue", body, contentType);

        Assert.Equal(status, reply.Status);
        Assert.DoesNotContain("   at ", reply.Text, StringComparison.Ordinal);
        Assert.StartsWith("application/json", reply.ContentType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_that_is_none_gets_404_and_a_wrong_method_405()
    {
        await using var jira = await JiraWire.StartAsync();

        var unknown = await jira.GetAsync("nonsense");
        var wrong = await jira.SendAsync("PATCH", "issue/SHOP-1", "{}");

        Assert.Equal(404, unknown.Status);
        Assert.Equal($"null for uri: {jira.Server.JiraUri}/rest/api/3/nonsense", unknown.At("message"));
        Assert.Equal("404", unknown.At("status-code"));
        Assert.Equal(405, wrong.Status);
    }
}
