using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Cloud's bulk operations and the tasks that they are.</summary>
public sealed class BulkTests
{
    private const string Priority = """
        {"selectedIssueIdsOrKeys": ["SHOP-1", "1002"], "selectedActions": ["priority", "labels"], "sendBulkNotification": false,
         "editedFieldsInput": {"priority": {"priorityId": "PRIORITY"}, "labelsFields": [
           {"fieldId": "labels", "bulkEditMultiSelectFieldOption": "ADD", "labels": [{"name": "bulk"}]}]} }
        """;

    [Fact]
    public async Task A_bulk_edit_gives_all_its_issues_the_same_values_once_its_task_is_done()
    {
        await using var jira = await StartAsync();
        var task = await jira.PostAsync("bulk/issues/fields", await PriorityAsync(jira));
        Assert.Equal(201, task.Status);

        var running = await jira.GetAsync($"bulk/queue/{task.At("taskId")}");
        var done = await jira.GetAsync($"bulk/queue/{task.At("taskId")}");

        Assert.Equal(("RUNNING", null), (running.At("status"), running.At("processedAccessibleIssues")));
        Assert.Equal(("COMPLETE", "[1001,1002]"), (done.At("status"), done.Json["processedAccessibleIssues"]!.ToJsonString()));
        foreach (var key in (string[])["SHOP-1", "SHOP-2"])
        {
            var issue = await jira.GetAsync($"issue/{key}");
            Assert.Equal(("High", "bulk"), (issue.At("fields.priority.name"), issue.At("fields.labels.0")));
        }

        Assert.Equal("{}", (await jira.GetAsync("/sandbox/jira/mails")).Text);
    }

    [Fact]
    public async Task Until_a_task_is_done_reads_show_what_was_before()
    {
        await using var jira = await StartAsync();
        await jira.PostAsync("bulk/issues/fields", await PriorityAsync(jira));

        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["labels"]?.ToJsonString() ?? "[]");
        Assert.Equal("bulk", (await jira.GetAsync("issue/SHOP-1")).At("fields.labels.0"));
    }

    [Theory]
    [InlineData("""{"selectedIssueIdsOrKeys": ["SHOP-9"], "selectedActions": ["priority"], "editedFieldsInput": {"priority": {"priorityId": "1"}} }""",
        "Some of the issues in the issueIdsOrKeys are not valid")]
    [InlineData("""{"selectedIssueIdsOrKeys": ["SHOP-1"], "selectedActions": ["labels"], "editedFieldsInput": {"priority": {"priorityId": "1"}} }""",
        "The following editedFieldInput values are not listed as selectedActions : priority")]
    [InlineData("""{"selectedIssueIdsOrKeys": [], "selectedActions": ["priority"], "editedFieldsInput": {"priority": {"priorityId": "1"}} }""",
        "issueIdsOrKeys must not be empty.")]
    [InlineData("""{"selectedIssueIdsOrKeys": ["SHOP-1"], "selectedActions": ["parent"], "editedFieldsInput": {"parent": {"key": "SHOP-2"}} }""",
        "The sandbox does not take parent in a bulk edit.")]
    public async Task A_bulk_edit_that_is_wrong_is_refused_with_a_list_of_messages(string body, string message)
    {
        await using var jira = await StartAsync();
        var reply = await jira.PostAsync("bulk/issues/fields", body);
        Assert.Equal((400, message), (reply.Status, reply.At("errors.0.message")));
    }

    [Fact]
    public async Task A_bulk_edit_takes_each_kind_of_field_and_reports_what_failed()
    {
        await using var jira = await StartAsync();
        await jira.PutAsync("/sandbox/jira/screens", """[{"issueType": "Story", "edit": ["*all", "-duedate"]}]""");
        var task = await jira.PostAsync("bulk/issues/fields", """
            {"selectedIssueIdsOrKeys": ["SHOP-1", "SHOP-3"],
             "selectedActions": ["assignee", "duedate", "description", "customfield_10026", "labels"],
             "editedFieldsInput": {
               "singleSelectClearableUserPickerFields": [{"fieldId": "assignee", "user": {"accountId": "712020:sandbox-account"}}],
               "datePickerFields": [{"fieldId": "duedate", "date": {"formattedDate": "1/Apr/26"}}],
               "clearableNumberFields": [{"fieldId": "customfield_10026", "value": 5}],
               "labelsFields": [{"fieldId": "labels", "bulkEditMultiSelectFieldOption": "REPLACE", "labels": [{"name": "a"}]}],
               "richTextFields": [{"fieldId": "description", "richText": {"adfValue": {"type": "doc", "version": 1, "content": []}}}]} }
            """);
        var done = await DoneAsync(jira, task);

        Assert.Equal("[1001]", done.Json["processedAccessibleIssues"]!.ToJsonString());
        Assert.StartsWith("Field 'duedate' cannot be set.", done.At("failedAccessibleIssues.1003.0"), StringComparison.Ordinal);
        var issue = await jira.GetAsync("issue/SHOP-1");
        Assert.Equal(("2026-04-01", "5", "712020:sandbox-account"), (issue.At("fields.duedate"),
            issue.At("fields.customfield_10026"), issue.At("fields.assignee.accountId")));
        Assert.Equal("""{"bulk_change":1}""", (await jira.GetAsync("/sandbox/jira/mails")).Text);
    }

    [Fact]
    public async Task The_fields_of_a_bulk_edit_are_those_that_all_issues_have_on_their_screens()
    {
        await using var jira = await StartAsync();
        await jira.PutAsync("/sandbox/jira/screens", """[{"issueType": "Story", "edit": ["*all", "-duedate"]}]""");
        var one = await jira.GetAsync("bulk/issues/fields?issueIdsOrKeys=SHOP-1");
        var both = await jira.GetAsync("bulk/issues/fields?issueIdsOrKeys=SHOP-1,SHOP-3");

        Assert.Contains("duedate", Ids(one), StringComparison.Ordinal);
        Assert.DoesNotContain("duedate", Ids(both), StringComparison.Ordinal);
        Assert.DoesNotContain("summary", Ids(one), StringComparison.Ordinal);
        Assert.Equal("labels", Ids(await jira.GetAsync("bulk/issues/fields?issueIdsOrKeys=SHOP-1&searchText=label")));

        static string Ids(Reply reply) =>
            string.Join(' ', reply.Json["fields"]!.AsArray().Select(field => field!["id"]!.ToString()));
    }

    [Fact]
    public async Task A_bulk_transition_offers_what_all_issues_of_a_workflow_can_do_without_a_screen()
    {
        await using var jira = await StartAsync();
        await jira.PutAsync("/sandbox/jira/workflows", """
            [{"issueTypes": ["Story"], "transitions": [{"id": "1", "name": "Close", "to": "Done", "screen": ["resolution"]},
              {"id": "2", "name": "Start", "to": "In Progress"}]}]
            """);
        var list = await jira.GetAsync("bulk/issues/transition?issueIdsOrKeys=SHOP-1,SHOP-2,SHOP-3");

        Assert.Equal(("false", "[\"SHOP-1\",\"SHOP-2\"]", "11"), (list.At("availableTransitions.0.isTransitionsFiltered"),
            list.Json["availableTransitions"]![0]!["issues"]!.ToJsonString(), list.At("availableTransitions.0.transitions.0.transitionId")));
        Assert.Equal(("true", "Start", "In Progress", null), (list.At("availableTransitions.1.isTransitionsFiltered"),
            list.At("availableTransitions.1.transitions.0.transitionName"),
            list.At("availableTransitions.1.transitions.0.to.statusName"), list.At("availableTransitions.1.transitions.1")));

        var task = await jira.PostAsync("bulk/issues/transition", """
            {"bulkTransitionInputs": [{"selectedIssueIdsOrKeys": ["SHOP-1", "SHOP-2"], "transitionId": "31"},
              {"selectedIssueIdsOrKeys": ["SHOP-3"], "transitionId": "1"}]}
            """);
        var done = await DoneAsync(jira, task);
        Assert.Equal("[1001,1002]", done.Json["processedAccessibleIssues"]!.ToJsonString());
        Assert.Contains("has a screen", done.At("failedAccessibleIssues.1003.0"), StringComparison.Ordinal);
        Assert.Equal("Done", (await jira.GetAsync("issue/SHOP-2")).At("fields.status.name"));
        Assert.Equal(400, (await jira.GetAsync("bulk/issues/transition?issueIdsOrKeys=SHOP-9")).Status);
    }

    [Fact]
    public async Task A_bulk_deletion_is_final()
    {
        await using var jira = await StartAsync();
        var task = await jira.PostAsync("bulk/issues/delete", """{"selectedIssueIdsOrKeys": ["SHOP-1", "1003"]}""");
        await DoneAsync(jira, task);
        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-1")).Status);
        Assert.Equal("SHOP-2", await jira.KeysAsync("project = SHOP"));
    }

    [Fact]
    public async Task A_task_may_fail_is_cancelled_while_it_waits_and_is_forgotten_after_two_weeks()
    {
        var time = new SettableTime();
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Seed = SeedText.Plain(2), TimeProvider = time });
        jira.Server.Switches.JiraTasksThatFail = 1;
        var failed = await jira.PostAsync("bulk/issues/fields", await PriorityAsync(jira));
        Assert.Equal("FAILED", (await DoneAsync(jira, failed)).At("status"));
        Assert.Null((await jira.GetAsync("issue/SHOP-1")).At("fields.labels.0"));

        jira.Server.Switches.RequestsBeforeJiraTasks = 3;
        var cancelled = await jira.PostAsync("bulk/issues/fields", await PriorityAsync(jira));
        Assert.Equal(202, (await jira.PostAsync($"task/{cancelled.At("taskId")}/cancel", "{}")).Status);
        Assert.Equal("CANCELLED", (await jira.GetAsync($"task/{cancelled.At("taskId")}")).At("status"));
        Assert.Equal(400, (await jira.PostAsync($"task/{cancelled.At("taskId")}/cancel", "{}")).Status);
        Assert.Null((await jira.GetAsync("issue/SHOP-1")).At("fields.labels.0"));

        time.Now += TimeSpan.FromDays(14);
        Assert.Equal(404, (await jira.GetAsync($"bulk/queue/{failed.At("taskId")}")).Status);
    }

    [Fact]
    public async Task Bulk_operations_need_a_permission_of_the_site()
    {
        await using var jira = await StartAsync();
        var edit = await PriorityAsync(jira);
        await SignInAsync(jira, "BULK_CHANGE");

        Assert.Equal(400, (await jira.PostAsync("bulk/issues/fields", edit)).Status);
        Assert.Equal(403, (await jira.GetAsync("bulk/issues/fields?issueIdsOrKeys=SHOP-1")).Status);
        Assert.Equal(403, (await jira.GetAsync("bulk/issues/transition?issueIdsOrKeys=SHOP-1")).Status);
        Assert.Equal(403, (await jira.PostAsync("bulk/issues/transition", "{}")).Status);
        Assert.Equal(403, (await jira.PostAsync("bulk/issues/delete", "{}")).Status);
        Assert.Equal(400, (await jira.PostAsync("bulk/issues/move", "{}")).Status);
    }

    [Fact]
    public async Task What_an_account_may_not_do_to_one_issue_fails_for_that_one()
    {
        await using var jira = await StartAsync();
        var edit = await PriorityAsync(jira);
        await SignInAsync(jira, "SHOP-2:EDIT_ISSUES");
        var done = await DoneAsync(jira, await jira.PostAsync("bulk/issues/fields", edit));

        Assert.Equal("[1001]", done.Json["processedAccessibleIssues"]!.ToJsonString());
        Assert.Equal(
            "You do not have permission to edit issues in this project.", done.At("failedAccessibleIssues.1002.0"));
    }

    [Theory]
    [InlineData("POST", "bulk/issues/fields")]
    [InlineData("POST", "bulk/issues/transition")]
    [InlineData("POST", "bulk/issues/delete")]
    [InlineData("POST", "bulk/issues/move")]
    [InlineData("GET", "bulk/queue/1")]
    [InlineData("GET", "task/1")]
    [InlineData("POST", "issue/properties/multi")]
    [InlineData("POST", "issue/bulkfetch")]
    [InlineData("POST", "comment/list")]
    [InlineData("POST", "changelog/bulkfetch")]
    public async Task Data_Center_has_none_of_them(string method, string path)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });
        Assert.Contains((await jira.SendAsync(method, path, method == "GET" ? null : "{}")).Status, (int[])[404, 405]);
    }

    private static Task<JiraWire> StartAsync() => JiraWire.StartAsync(
        SeedText.Issue(1, "\"summary\": \"One\", \"issuetype\": {\"id\": \"7\", \"name\": \"Task\"}"),
        SeedText.Issue(2, "\"summary\": \"Two\", \"issuetype\": {\"id\": \"7\", \"name\": \"Task\"}"),
        SeedText.Issue(3, "\"summary\": \"Three\", \"issuetype\": {\"id\": \"8\", \"name\": \"Story\"}"));

    private static async Task<string> PriorityAsync(JiraWire jira) => Priority.Replace(
        "PRIORITY", (await jira.GetAsync("priority")).At("1.id"), StringComparison.Ordinal);

    private static async Task<Reply> DoneAsync(JiraWire jira, Reply task)
    {
        Assert.True(task.Status == 201, task.Text);
        await jira.GetAsync($"bulk/queue/{task.At("taskId")}");
        return await jira.GetAsync($"bulk/queue/{task.At("taskId")}");
    }

    private static async Task SignInAsync(JiraWire jira, string without)
    {
        var account = await jira.PostAsync("/sandbox/jira/accounts",
            $$"""{"emailAddress": "guest@example.com", "withoutPermissions": ["{{without}}"]}""");
        jira.Authorization = JiraWire.Basic("guest@example.com", account.At("token")!);
    }
}
