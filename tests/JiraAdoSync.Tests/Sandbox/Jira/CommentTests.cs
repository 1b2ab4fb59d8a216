using JiraAdoSync.Sandbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Comments by id, their properties, and how many an issue takes.</summary>
public sealed class CommentTests
{
    private const string Text = """{"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hello"}]}]}""";

    [Fact]
    public async Task Properties_come_with_a_comment_and_show_in_the_list_by_ids_alone()
    {
        await using var jira = await StartAsync();
        var added = await jira.PostAsync("issue/SHOP-1/comment", $$"""{"body": {{Text}}, "properties": [{"key": "mark", "value": {"nonce": "n"} }]}""");
        await jira.PostAsync("issue/SHOP-2/comment", $$"""{"body": {{Text}} }""");
        Assert.Null(added.At("properties"));
        Assert.Null((await jira.GetAsync("issue/SHOP-1/comment")).At("comments.0.properties"));
        Assert.Null((await jira.GetAsync("issue/SHOP-1")).At("fields.comment.comments.0.properties"));

        var list = await jira.PostAsync("comment/list?expand=properties", """{"ids": [10001, 10002, 10009]}""");
        Assert.Equal(("2", "true"), (list.At("total"), list.At("isLast")));
        Assert.Equal(("mark", "n"), (list.At("values.0.properties.0.key"), list.At("values.0.properties.0.value.nonce")));
        Assert.Null((await jira.PostAsync("comment/list", """{"ids": [10001]}""")).At("values.0.properties"));
        Assert.Equal(400, (await jira.PostAsync("comment/list", """{"ids": []}""")).Status);
        Assert.Equal(400, (await jira.PostAsync(
            "comment/list", $"{{\"ids\": [{string.Join(',', Enumerable.Range(1, 1001))}]}}")).Status);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_property_of_a_comment_is_set_read_and_removed(JiraFlavor flavor)
    {
        await using var jira = await StartAsync(new SandboxOptions { Jira = flavor });
        jira.Version = "2";
        await jira.PostAsync("issue/SHOP-1/comment", """{"body": "Hello"}""");
        const string Path = "comment/10001/properties/mark";
        Assert.Equal(404, (await jira.GetAsync(Path)).Status);
        Assert.Equal((201, 200), ((await jira.PutAsync(Path, "1")).Status, (await jira.PutAsync(Path, """{"a": 2}""")).Status));
        Assert.Equal("""{"key":"mark","value":{"a":2}}""", (await jira.GetAsync(Path)).Text);
        Assert.Equal("mark", (await jira.GetAsync("comment/10001/properties")).At("keys.0.key"));
        await jira.PutAsync("issue/SHOP-1/comment/10001", """{"body": "Changed", "properties": [{"key": "mark", "value": 3}]}""");
        Assert.Equal("3", (await jira.GetAsync(Path)).At("value"));
        Assert.Equal((204, 404), ((await jira.DeleteAsync(Path)).Status, (await jira.DeleteAsync(Path)).Status));
        await jira.DeleteAsync("issue/SHOP-1/comment/10001");
        Assert.Equal(404, (await jira.GetAsync("comment/10001/properties")).Status);
        Assert.Equal(400, (await jira.PostAsync("issue/SHOP-1/comment",
            $$"""{"body": "Hello", "properties": [{"key": "{{new string('k', 256)}}", "value": 1}]}""")).Status);
    }

    [Fact]
    public async Task What_nobody_edited_was_updated_when_it_was_created_however_time_passes()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        await using var jira = await StartAsync(new SandboxOptions { TimeProvider = time });
        foreach (var (path, body) in new[] { ("comment", $$"""{"body": {{Text}} }"""), ("worklog", """{"timeSpent": "1h"}""") })
        {
            var added = await jira.PostAsync($"issue/SHOP-1/{path}", body);
            Assert.Equal(added.At("created"), added.At("updated"));
        }
    }

    [Fact]
    public async Task Comments_of_a_seed_are_found_by_id_and_hidden_issues_hide_theirs()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1, """
            "summary": "S", "comment": {"comments": [{"id": "77", "body": "Old", "author": {"accountId": "a", "displayName": "A"}}]}
            """));
        Assert.Equal("77", (await jira.PostAsync("comment/list", """{"ids": [77]}""")).At("values.0.id"));
        var guest = await jira.PostAsync("/sandbox/jira/accounts", """{"emailAddress": "guest@example.com", "hiddenIssues": ["SHOP-1"]}""");
        jira.Authorization = JiraWire.Basic("guest@example.com", guest.At("token")!);
        Assert.Equal("0", (await jira.PostAsync("comment/list", """{"ids": [77]}""")).At("total"));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_restricted_comment_does_not_exist_for_who_is_outside_of_the_group(JiraFlavor flavor)
    {
        await using var jira = await StartAsync(new SandboxOptions { Jira = flavor });
        jira.Version = "2";
        const string Restricted = """{"body": "For some", "visibility": {"type": "group", "value": "Insiders"} }""";
        Assert.Equal(201, (await jira.PostAsync("issue/SHOP-1/comment", Restricted)).Status);
        await jira.PostAsync("issue/SHOP-1/comment", """{"body": "For all"}""");
        var guest = await jira.PostAsync("/sandbox/jira/accounts", """{"emailAddress": "guest@example.com", "outsideOf": ["Insiders"]}""");
        jira.Authorization = JiraWire.Basic("guest@example.com", guest.At("token")!);

        var list = await jira.GetAsync("issue/SHOP-1/comment");
        Assert.Equal(("1", "10002"), (list.At("total"), list.At("comments.0.id")));
        var issue = await jira.GetAsync("issue/SHOP-1?expand=renderedFields");
        Assert.Equal(("1", "10002"), (issue.At("fields.comment.total"), issue.At("fields.comment.comments.0.id")));
        Assert.Null(issue.At("renderedFields.comment.comments.1.id"));
        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-1/comment/10001")).Status);
        Assert.Equal(404, (await jira.PutAsync("issue/SHOP-1/comment/10001", """{"body": "Changed"}""")).Status);
        Assert.Equal(404, (await jira.DeleteAsync("issue/SHOP-1/comment/10001")).Status);
        Assert.Equal(404, (await jira.GetAsync("comment/10001/properties")).Status);
        Assert.Equal(400, (await jira.PostAsync("issue/SHOP-1/comment", Restricted)).Status);
        if (flavor == JiraFlavor.Cloud)
        {
            Assert.Equal("1", (await jira.PostAsync("comment/list", """{"ids": [10001, 10002]}""")).At("total"));
        }
    }

    [Fact]
    public async Task An_issue_takes_so_many_comments_and_files_and_no_more()
    {
        await using var jira = await StartAsync(new SandboxOptions
        {
            Switches = new SandboxSwitches { JiraCommentsPerIssue = 1, JiraAttachmentsPerIssue = 1 },
        });
        var body = $$"""{"body": {{Text}} }""";
        Assert.Equal((201, 413), ((await jira.PostAsync("issue/SHOP-1/comment", body)).Status,
            (await jira.PostAsync("issue/SHOP-1/comment", body)).Status));
        var edit = await jira.PutAsync("issue/SHOP-1", $$"""{"fields": {"summary": "New"}, "update": {"comment": [{"add": {{body}} }]} }""");
        Assert.Equal((413, "One"), (edit.Status, (await jira.GetAsync("issue/SHOP-1")).At("fields.summary")));
        Assert.Equal((200, 413), (await UploadAsync(jira, 1), await UploadAsync(jira, 1)));
        jira.Server.Switches.JiraAttachmentsPerIssue = 100;
        Assert.Equal((200, 413), (await UploadAsync(jira, 60), await UploadAsync(jira, 61)));
    }

    [Fact]
    public async Task A_changed_comment_notifies_unless_it_says_not_to()
    {
        await using var jira = await StartAsync();
        await jira.PostAsync("issue/SHOP-1/comment", $$"""{"body": {{Text}} }""");
        await jira.PutAsync("issue/SHOP-1/comment/10001?notifyUsers=false", $$"""{"body": {{Text}} }""");
        Assert.Null((await jira.GetAsync("/sandbox/jira/mails")).At("issue_comment_edited"));
        await jira.PutAsync("issue/SHOP-1/comment/10001", $$"""{"body": {{Text}} }""");
        Assert.Equal("1", (await jira.GetAsync("/sandbox/jira/mails")).At("issue_comment_edited"));
    }

    private static async Task<JiraWire> StartAsync(SandboxOptions? options = null)
    {
        var jira = await JiraWire.StartAsync(options ?? new SandboxOptions());
        await jira.CreateAsync("One");
        await jira.CreateAsync("Two");
        return jira;
    }

    private static async Task<int> UploadAsync(JiraWire jira, int files)
    {
        using var form = new MultipartFormDataContent();
        for (var file = 0; file < files; file++)
        {
            form.Add(new ByteArrayContent([1]), "file", $"{file}.bin");
        }

        return (await jira.SendAsync(
            "POST", "issue/SHOP-1/attachments", form, ("X-Atlassian-Token", "no-check"))).Status;
    }
}
