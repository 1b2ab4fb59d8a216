using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>What an account may do: asked in advance, and refused write by write.</summary>
public sealed class PermissionTests
{
    private const string Summary = """{"fields": {"summary": "New"} }""";

    [Theory]
    [InlineData("EDIT_ISSUES", "PUT", "issue/SHOP-1", Summary, 403)]
    [InlineData("EDIT_ISSUES", "PUT", "issue/SHOP-1/properties/mark", "1", 403)]
    [InlineData("EDIT_ISSUES", "DELETE", "issue/SHOP-1/properties/seeded", null, 403)]
    [InlineData("ASSIGN_ISSUES", "PUT", "issue/SHOP-1/assignee", """{"accountId": null}""", 403)]
    [InlineData("ASSIGN_ISSUES", "PUT", "issue/SHOP-1", """{"fields": {"assignee": null} }""", 400)]
    [InlineData("SCHEDULE_ISSUES", "PUT", "issue/SHOP-1", """{"fields": {"duedate": "2026-04-01"} }""", 400)]
    [InlineData("MODIFY_REPORTER", "PUT", "issue/SHOP-1", """{"fields": {"reporter": {"accountId": "712020:sandbox-account"}} }""", 400)]
    [InlineData("LINK_ISSUES", "POST", "issue/SHOP-1/remotelink", """{"object": {"url": "http://x/1", "title": "One"} }""", 403)]
    [InlineData("LINK_ISSUES", "PUT", "issue/SHOP-1",
        """{"update": {"issuelinks": [{"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": "SHOP-2"}}}]} }""", 400)]
    [InlineData("TRANSITION_ISSUES", "POST", "issue/SHOP-1/transitions", """{"transition": {"id": "31"} }""", 400)]
    [InlineData("ADD_COMMENTS", "POST", "issue/SHOP-1/comment", """{"body": {"type": "doc", "version": 1, "content": [{"type": "rule"}]} }""", 400)]
    [InlineData("ADD_COMMENTS", "PUT", "issue/SHOP-1",
        """{"update": {"comment": [{"add": {"body": {"type": "doc", "version": 1, "content": [{"type": "rule"}]}}}]} }""", 400)]
    [InlineData("CREATE_ISSUES", "POST", "issue",
        """{"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}, "summary": "S"} }""", 400)]
    [InlineData("DELETE_ISSUES", "DELETE", "issue/SHOP-1", null, 403)]
    [InlineData("BROWSE_PROJECTS", "GET", "issue/SHOP-1", null, 404)]
    public async Task Each_write_needs_its_permission(string permission, string method, string path, string? body, int status)
    {
        await using var jira = await StartAsync();
        await jira.PutAsync("issue/SHOP-1/properties/seeded", "1");
        var owner = jira.Authorization;

        await SignInAsync(jira, permission);
        Assert.Equal("false", (await jira.GetAsync($"mypermissions?permissions={permission}")).At($"permissions.{permission}.havePermission"));
        Assert.Equal(status, (await jira.SendAsync(method, path, body)).Status);
        jira.Authorization = owner;
        var issue = await jira.GetAsync("issue/SHOP-1?properties=seeded");
        Assert.Equal(("Issue 1", "To Do", "1", null), (issue.At("fields.summary"), issue.At("fields.status.name"),
            issue.At("properties.seeded"), issue.At("fields.issuelinks.0")));
        await SignInAsync(jira, "");
        Assert.True((await jira.SendAsync(method, path, body)).Status < 300);
    }

    [Fact]
    public async Task A_permission_may_be_missing_in_one_project_or_for_one_issue()
    {
        await using var jira = await JiraWire.StartAsync(
            SeedText.Issue(1), SeedText.Issue(2), SeedText.Issue("PAY", 1, 2001));
        await SignInAsync(jira, "PAY:EDIT_ISSUES\", \"SHOP-2:EDIT_ISSUES");
        Assert.Equal("true false true false", string.Join(' ',
            await MayAsync("projectKey=SHOP"), await MayAsync("projectKey=PAY"), await MayAsync("issueKey=SHOP-1"),
            await MayAsync("issueKey=SHOP-2")));
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", Summary)).Status);
        Assert.Equal(403, (await jira.PutAsync("issue/SHOP-2", Summary)).Status);
        Assert.Equal(403, (await jira.PutAsync("issue/PAY-1", Summary)).Status);

        async Task<string?> MayAsync(string where) => (await jira.GetAsync($"mypermissions?permissions=EDIT_ISSUES&{where}"))
            .At("permissions.EDIT_ISSUES.havePermission");
    }

    [Fact]
    public async Task Metadata_shows_what_the_account_may_set()
    {
        await using var jira = await StartAsync();
        await SignInAsync(jira, "ASSIGN_ISSUES");
        var edit = (await jira.GetAsync("issue/SHOP-1/editmeta")).Json["fields"]!.AsObject();
        Assert.Equal((false, true), (edit.ContainsKey("assignee"), edit.ContainsKey("summary")));
        await SignInAsync(jira, "EDIT_ISSUES\", \"TRANSITION_ISSUES\", \"CREATE_ISSUES");
        Assert.Equal("{}", (await jira.GetAsync("issue/SHOP-1/editmeta")).Json["fields"]!.ToJsonString());
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1/transitions")).Json["transitions"]!.ToJsonString());
        Assert.Equal("0", (await jira.GetAsync("issue/createmeta/SHOP/issuetypes")).At("total"));
    }

    [Fact]
    public async Task Who_may_assign_and_not_edit_has_a_route_for_it()
    {
        await using var jira = await StartAsync();
        await SignInAsync(jira, "EDIT_ISSUES");
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1/assignee", """{"accountId": "712020:sandbox-account"}""")).Status);
        Assert.Equal("712020:sandbox-account", (await jira.GetAsync("issue/SHOP-1")).At("fields.assignee.accountId"));
    }

    [Theory]
    [InlineData(SilentEditAnswer.IgnoreEdit, 204, "Issue 1", "{}")]
    [InlineData(SilentEditAnswer.IgnoreParameter, 204, "New", """{"issue_updated":1}""")]
    [InlineData(SilentEditAnswer.Refuse, 403, "Issue 1", "{}")]
    public async Task A_silent_edit_without_the_permission_may_do_one_of_three_things(
        SilentEditAnswer answer, int status, string summary, string mails)
    {
        await using var jira = await StartAsync();
        jira.Server.Switches.SilentEditsWithoutPermission = answer;
        await SignInAsync(jira, "ADMINISTER\", \"ADMINISTER_PROJECTS");
        Assert.Equal(status, (await jira.PutAsync("issue/SHOP-1?notifyUsers=false", Summary)).Status);
        Assert.Equal(summary, (await jira.GetAsync("issue/SHOP-1")).At("fields.summary"));
        Assert.Equal(mails, (await jira.GetAsync("/sandbox/jira/mails")).Text);
    }

    [Fact]
    public async Task An_administrator_of_the_project_edits_in_silence()
    {
        await using var jira = await StartAsync();
        await SignInAsync(jira, "ADMINISTER");
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1?notifyUsers=false", Summary)).Status);
        Assert.Equal("New", (await jira.GetAsync("issue/SHOP-1")).At("fields.summary"));
        Assert.Equal("{}", (await jira.GetAsync("/sandbox/jira/mails")).Text);
        await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "Newer"} }""");
        Assert.Equal("""{"issue_updated":1}""", (await jira.GetAsync("/sandbox/jira/mails")).Text);
    }

    [Fact]
    public async Task Own_comments_and_files_need_less_than_those_of_others()
    {
        await using var jira = await StartAsync();
        const string Body = """{"body": {"type": "doc", "version": 1, "content": [{"type": "rule"}]} }""";
        await jira.PostAsync("issue/SHOP-1/comment", Body);
        var first = await FileAsync(jira);
        await SignInAsync(jira, "EDIT_ALL_COMMENTS\", \"DELETE_ALL_COMMENTS\", \"DELETE_ALL_ATTACHMENTS");
        await jira.PostAsync("issue/SHOP-1/comment", Body);
        var second = await FileAsync(jira);

        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1/comment/10001", Body)).Status);
        Assert.Equal(200, (await jira.PutAsync("issue/SHOP-1/comment/10002", Body)).Status);
        Assert.Equal(403, (await jira.PutAsync("comment/10001/properties/mark", "1")).Status);
        Assert.Equal(400, (await jira.DeleteAsync("issue/SHOP-1/comment/10001")).Status);
        Assert.Equal(204, (await jira.DeleteAsync("issue/SHOP-1/comment/10002")).Status);
        Assert.Equal(403, (await jira.DeleteAsync($"attachment/{first.At("0.id")}")).Status);
        Assert.Equal(204, (await jira.DeleteAsync($"attachment/{second.At("0.id")}")).Status);
        await SignInAsync(jira, "CREATE_ATTACHMENTS");
        Assert.Equal(403, (await FileAsync(jira)).Status);
    }

    private static Task<JiraWire> StartAsync() => JiraWire.StartAsync(SeedText.Issue(1), SeedText.Issue(2));

    private static async Task<Reply> FileAsync(JiraWire jira)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2]), "file", "a.bin" } };
        return await jira.SendAsync("POST", "issue/SHOP-1/attachments", form, ("X-Atlassian-Token", "no-check"));
    }

    private static async Task SignInAsync(JiraWire jira, string without)
    {
        var account = await jira.PostAsync("/sandbox/jira/accounts",
            $$"""{"emailAddress": "guest@example.com", "withoutPermissions": ["{{without}}"]}""");
        jira.Authorization = JiraWire.Basic("guest@example.com", account.At("token")!);
    }
}
