using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Several accounts, each of which sees and may do its own.</summary>
public class AccountTests
{
    [Fact]
    public async Task What_is_hidden_from_an_account_shows_neither_in_reads_nor_in_searches_nor_in_links()
    {
        await using var jira = await LinkedAsync();
        await SignInAsync(jira, "\"hiddenIssues\": [\"SHOP-2\"]");

        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-2")).Status);
        Assert.Equal("SHOP-3 SHOP-1", await jira.KeysAsync("project = SHOP"));
        Assert.Equal(
            "An issue with key 'SHOP-2' does not exist for field 'key'.", await jira.RefusalAsync("key = SHOP-2"));
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["issuelinks"]!.ToJsonString());
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["subtasks"]!.ToJsonString());
        Assert.Equal("SHOP-1", (await jira.PostAsync("issue/bulkfetch", """{"issueIdsOrKeys": ["SHOP-2", "SHOP-1"]}""")).At("issues.0.key"));
        Assert.Equal(404, (await jira.GetAsync("issueLink/10002")).Status);
        Assert.Equal(404, (await jira.DeleteAsync("issueLink/10002")).Status);
        Assert.Equal(404, (await jira.LinkAsync("SHOP-1", "Relates", "SHOP-2")).Status);
    }

    [Fact]
    public async Task Another_account_still_sees_it()
    {
        await using var jira = await LinkedAsync();
        var all = jira.Authorization;
        await SignInAsync(jira, "\"hiddenIssues\": [\"SHOP-2\"]");

        jira.Authorization = all;

        Assert.Equal("SHOP-3 SHOP-2 SHOP-1", await jira.KeysAsync("project = SHOP"));
        Assert.Single((await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["issuelinks"]!.AsArray());
    }

    [Fact]
    public async Task A_hidden_project_disappears_with_its_issues()
    {
        await using var jira = await LinkedAsync();
        await SignInAsync(jira, "\"hiddenProjects\": [\"SHOP\"]");

        Assert.Equal("[]", (await jira.GetAsync("project")).Text);
        Assert.Equal(404, (await jira.GetAsync("project/SHOP")).Status);
        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-1")).Status);
        Assert.Equal(404, (await jira.GetAsync("mypermissions?permissions=LINK_ISSUES&projectKey=SHOP")).Status);
    }

    [Fact]
    public async Task An_account_without_a_permission_is_refused_as_the_service_does()
    {
        await using var jira = await LinkedAsync();
        await SignInAsync(
            jira, "\"withoutPermissions\": [\"LINK_ISSUES\", \"EDIT_ISSUES\", \"DELETE_ISSUES\", \"CREATE_ISSUES\"]");

        var link = await jira.LinkAsync("SHOP-3", "Relates", "SHOP-1");
        var unlink = await jira.DeleteAsync("issueLink/10002");
        var mine = await jira.GetAsync("mypermissions?permissions=LINK_ISSUES,BROWSE_PROJECTS");

        Assert.Equal((401, "No Link Issue Permission for issue 'SHOP-3'"), (link.Status, link.Error));
        Assert.Equal((401, "No Link Issue Permission for issue 'SHOP-1'"), (unlink.Status, unlink.Error));
        Assert.Equal(403, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "S"}}""")).Status);
        Assert.Equal(403, (await jira.DeleteAsync("issue/SHOP-3")).Status);
        Assert.Equal(400, (await jira.PostAsync("issue",
            """{"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}, "summary": "S"}}""")).Status);
        Assert.Equal("false", mine.At("permissions.LINK_ISSUES.havePermission"));
        Assert.Equal("true", mine.At("permissions.BROWSE_PROJECTS.havePermission"));
    }

    [Theory]
    [InlineData("mypermissions", 400)]
    [InlineData("mypermissions?permissions=", 400)]
    [InlineData("mypermissions?permissions=NONSENSE", 400)]
    [InlineData("mypermissions?permissions=EDIT_ISSUES&issueKey=SHOP-9", 404)]
    [InlineData("mypermissions?permissions=EDIT_ISSUES&issueKey=SHOP-1", 200)]
    [InlineData("permissions", 200)]
    public async Task Permissions_are_asked_by_name(string path, int status)
    {
        await using var jira = await LinkedAsync();

        Assert.Equal(status, (await jira.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Accounts_are_found_as_users()
    {
        await using var jira = await JiraWire.StartAsync();
        await SignInAsync(jira, "\"displayName\": \"Guest One\"");

        var found = await jira.GetAsync("user/search?query=guest");
        var one = await jira.GetAsync($"user?accountId={found.At("0.accountId")}");

        Assert.Equal("712020:sandbox-account-10001", found.At("0.accountId"));
        Assert.Equal("Guest One", one.At("displayName"));
        Assert.Equal("guest@example.com", (await jira.GetAsync("myself")).At("emailAddress"));
        Assert.Equal(2, (await jira.GetAsync("users/search")).Json.AsArray().Count);
        Assert.Equal(404, (await jira.GetAsync("user?accountId=nobody")).Status);
        Assert.Equal(400, (await jira.GetAsync("user/search")).Status);
    }

    [Fact]
    public async Task An_issue_is_assigned_to_somebody_who_exists()
    {
        await using var jira = await LinkedAsync();

        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"assignee": {"accountId": "712020:sandbox-account"}}}""")).Status);
        Assert.Equal("Sandbox Account", (await jira.GetAsync("issue/SHOP-1")).At("fields.assignee.displayName"));
        Assert.Equal("SHOP-1", await jira.KeysAsync("assignee = currentUser()"));
        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"assignee": {"accountId": "nobody"}}}""")).Status);
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"assignee": null}}""")).Status);
        Assert.Null((await jira.GetAsync("issue/SHOP-1")).At("fields.assignee"));
    }

    [Fact]
    public async Task An_assignment_has_a_route_of_its_own_and_edits_have_metadata()
    {
        await using var jira = await LinkedAsync();

        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1/assignee", """{"accountId": "712020:sandbox-account"}""")).Status);
        Assert.Equal("SHOP-1", await jira.KeysAsync("assignee = currentUser()"));
        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1/assignee", """{"accountId": "nobody"}""")).Status);
        Assert.Equal("true", (await jira.GetAsync("issue/SHOP-1/editmeta")).At("fields.summary.required"));
    }

    [Fact]
    public async Task A_reset_forgets_the_accounts_that_were_added()
    {
        await using var jira = await JiraWire.StartAsync();
        await SignInAsync(jira, "\"displayName\": \"Guest\"");
        Assert.Equal(200, (await jira.GetAsync("myself")).Status);

        await jira.SendAsync("POST", "/sandbox/reset");

        Assert.Equal(401, (await jira.GetAsync("myself")).Status);
        Assert.Equal(400, (await jira.SendAsync("POST", "/sandbox/jira/accounts", "{}")).Status);
    }

    [Fact]
    public async Task Creation_metadata_names_types_and_fields()
    {
        await using var cloud = await JiraWire.StartAsync();
        await using var dataCenter = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });

        var types = await cloud.GetAsync("issue/createmeta/SHOP/issuetypes");
        var fields = await cloud.GetAsync(
            $"issue/createmeta/SHOP/issuetypes/{types.At("issueTypes.0.id")}?maxResults=200");

        Assert.Equal("maxResults startAt total issueTypes", types.Names());
        Assert.Equal(("Epic", "5"), (types.At("issueTypes.0.name"), types.At("total")));
        Assert.Equal("summary issuetype project", string.Join(' ', fields.Json["fields"]!.AsArray()
            .Where(field => field!["required"]!.GetValue<bool>()).Select(field => field!["fieldId"]!.ToString())));
        Assert.Equal("maxResults startAt total isLast values",
            (await dataCenter.GetAsync("issue/createmeta/SHOP/issuetypes")).Names());
        Assert.Equal("Parameter 'maxResults' must not exceed the limit '200'",
            (await cloud.GetAsync("issue/createmeta/SHOP/issuetypes?maxResults=201")).Error);
        Assert.Equal(404, (await cloud.GetAsync("issue/createmeta/NONE/issuetypes")).Status);
    }

    [Fact]
    public async Task Data_Center_keeps_epics_in_a_field_that_is_found_by_its_schema()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        await jira.CreateAsync("Epic", "Epic");
        var field = (await jira.GetAsync("field")).Json.AsArray()
            .Single(one =>
                one!["schema"]?["custom"]?.ToString() == "com.pyxis.greenhopper.jira:gh-epic-link")!["id"]!.ToString();

        await jira.CreateAsync("Story", "Story", $"\"{field}\": \"SHOP-1\"");
        var story = await jira.GetAsync("issue/SHOP-2");
        await jira.PutAsync("issue/SHOP-2", $$"""{"fields": {"{{field}}": null} }""");
        var freed = await jira.GetAsync("issue/SHOP-2");

        Assert.Equal("customfield_10008", field);
        Assert.Equal("SHOP-1", story.At($"fields.{field}"));
        Assert.Null(story.At("fields.parent"));
        Assert.Null(freed.At($"fields.{field}"));
        await jira.PutAsync("issue/SHOP-2", $$"""{"fields": {"{{field}}": "SHOP-1"} }""");
        Assert.Equal("SHOP-2", await jira.KeysAsync("\"Epic Link\" = SHOP-1"));
        Assert.Equal("SHOP-2", await jira.KeysAsync("cf[10008] = SHOP-1"));
    }

    /// <summary>SHOP-1 blocks SHOP-2, which is also its sub-task; SHOP-3 has no links.</summary>
    private static async Task<JiraWire> LinkedAsync()
    {
        var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One");
        await jira.CreateAsync("Two", "Sub-task", "\"parent\": {\"key\": \"SHOP-1\"}");
        await jira.CreateAsync("Three");
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        var link = (await jira.GetAsync("issue/SHOP-1")).At("fields.issuelinks.0.id");
        Assert.Equal("10002", link);
        return jira;
    }

    private static async Task SignInAsync(JiraWire jira, string more)
    {
        var account = await jira.SendAsync(
            "POST", "/sandbox/jira/accounts", "{\"emailAddress\": \"guest@example.com\", " + more + "}");
        Assert.Equal(200, account.Status);
        jira.Authorization = JiraWire.Basic("guest@example.com", account.At("token")!);
    }
}
