using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Transitions by workflow: ways, screens, conditions, resolutions.</summary>
public sealed class WorkflowTests
{
    private const string Bugs = """
        [{"name": "Bugs", "issueTypes": ["Bug"], "initial": "Triage",
          "statuses": [{"name": "Triage", "category": "new"}, {"name": "Closed", "category": "done"}],
          "transitions": [
            {"id": "5", "name": "Accept", "from": ["Triage"], "to": "In Progress"},
            {"id": "6", "name": "Close", "from": ["In Progress"], "to": "Closed", "screen": ["resolution", "labels"],
              "required": ["resolution"]},
            {"id": "7", "name": "Reopen", "from": ["Closed"], "to": "In Progress", "keepsResolution": true},
            {"id": "8", "name": "Touch"},
            {"id": "9", "name": "Drop", "from": ["Triage"], "to": "Closed", "resolution": "Won't Do",
              "condition": {"assignee": true} }]}]
        """;

    [Fact]
    public async Task Each_type_has_the_statuses_and_ways_of_its_workflow()
    {
        await using var jira = await StartAsync(Bugs);
        await jira.CreateAsync("Bug", "Bug");
        await jira.CreateAsync("Task");

        Assert.Equal("Triage", (await jira.GetAsync("issue/SHOP-1")).At("fields.status.name"));
        Assert.Equal("5/Accept 8/Touch", await WaysAsync(jira, "SHOP-1"));
        Assert.Equal("11/To Do 21/In Progress 31/Done 41/Triage 51/Closed", await WaysAsync(jira, "SHOP-2"));
        var statuses = (await jira.GetAsync("project/SHOP/statuses")).Json.AsArray()
            .Single(type => type!["name"]!.ToString() == "Bug")!["statuses"]!.AsArray();
        Assert.Equal(
            "In Progress Triage Closed", string.Join(' ', statuses.Select(status => status!["name"]!.ToString())));
    }

    [Fact]
    public async Task A_transition_is_done_only_from_its_status()
    {
        await using var jira = await StartAsync(Bugs);
        await jira.CreateAsync("Bug", "Bug");

        Assert.Equal(400, (await MoveAsync(jira, "SHOP-1", "6")).Status);
        Assert.Equal(204, (await MoveAsync(jira, "SHOP-1", "5")).Status);
        Assert.Equal(400, (await MoveAsync(jira, "SHOP-1", "5")).Status);
        Assert.Equal("In Progress", (await jira.GetAsync("issue/SHOP-1")).At("fields.status.name"));
        Assert.Equal(204, (await MoveAsync(jira, "SHOP-1", "8")).Status);
        Assert.Equal("In Progress", (await jira.GetAsync("issue/SHOP-1")).At("fields.status.name"));
    }

    [Fact]
    public async Task A_screen_asks_for_its_fields_and_takes_no_others()
    {
        await using var jira = await StartAsync(Bugs);
        await jira.CreateAsync("Bug", "Bug");
        await MoveAsync(jira, "SHOP-1", "5");

        var without = await MoveAsync(jira, "SHOP-1", "6");
        var beside = await MoveAsync(jira, "SHOP-1", "6", """, "fields": {"resolution": {"name": "Done"}, "summary": "S"}""");
        var before = await jira.GetAsync("issue/SHOP-1");
        var done = await MoveAsync(jira, "SHOP-1", "6",
            """, "fields": {"resolution": {"name": "Done"}}, "update": {"labels": [{"add": "fixed"}]}, "properties": [{"key": "walk", "value": 1}]""");
        var after = await jira.GetAsync("issue/SHOP-1?properties=walk");

        Assert.Equal((400, "Resolution is required."), (without.Status, without.At("errors.resolution")));
        Assert.Equal("Field 'summary' cannot be set. It is not on the appropriate screen, or unknown.", beside.At("errors.summary"));
        Assert.Equal("In Progress", before.At("fields.status.name"));
        Assert.Equal(204, done.Status);
        Assert.Equal(("Closed", "Done", "fixed", "1"), (after.At("fields.status.name"),
            after.At("fields.resolution.name"), after.At("fields.labels.0"), after.At("properties.walk")));
    }

    [Fact]
    public async Task Nothing_can_be_set_on_a_transition_without_a_screen()
    {
        await using var jira = await StartAsync("[]");
        await jira.CreateAsync("One");

        Assert.Equal(400, (await MoveAsync(jira, "SHOP-1", "31", """, "fields": {"resolution": {"name": "Done"}}""")).Status);
        Assert.Equal(400, (await MoveAsync(jira, "SHOP-1", "31", """, "update": {"labels": [{"add": "a"}]}""")).Status);
        Assert.Equal("To Do", (await jira.GetAsync("issue/SHOP-1")).At("fields.status.name"));
    }

    [Theory]
    [InlineData(true, "labels")]
    [InlineData(false, "resolution labels")]
    public async Task The_fields_of_a_transition_may_leave_out_the_resolution(bool leavesOut, string fields)
    {
        await using var jira = await StartAsync(Bugs);
        jira.Server.Switches.TransitionFieldsLeaveOutResolution = leavesOut;
        await jira.CreateAsync("Bug", "Bug");
        await MoveAsync(jira, "SHOP-1", "5");

        var list = await jira.GetAsync("issue/SHOP-1/transitions?expand=transitions.fields&transitionId=6");
        Assert.Equal(fields, list.Names("transitions.0.fields"));
        Assert.Equal("true", list.At("transitions.0.hasScreen"));
        Assert.Null((await jira.GetAsync("issue/SHOP-1/transitions?transitionId=6")).At("transitions.0.fields"));
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1/transitions?transitionId=9")).Json["transitions"]!.ToJsonString());
    }

    [Fact]
    public async Task A_condition_hides_a_transition_until_it_holds()
    {
        await using var jira = await StartAsync(Bugs);
        await jira.CreateAsync("Bug", "Bug");

        var all = await jira.GetAsync("issue/SHOP-1/transitions?includeUnavailableTransitions=true&transitionId=9");
        Assert.Equal(("false", "true"), (all.At("transitions.0.isAvailable"), all.At("transitions.0.isConditional")));
        Assert.Equal(400, (await MoveAsync(jira, "SHOP-1", "9")).Status);
        await jira.PutAsync("issue/SHOP-1/assignee", """{"accountId": "712020:sandbox-account"}""");
        Assert.Equal("5/Accept 8/Touch 9/Drop", await WaysAsync(jira, "SHOP-1"));
        Assert.Equal(204, (await MoveAsync(jira, "SHOP-1", "9")).Status);
        Assert.Equal("Won't Do", (await jira.GetAsync("issue/SHOP-1")).At("fields.resolution.name"));
    }

    [Fact]
    public async Task A_condition_may_look_at_sub_tasks_fields_accounts_and_permissions()
    {
        await using var jira = await StartAsync("""
            [{"issueTypes": ["Task"], "transitions": [
              {"id": "1", "to": "Done", "condition": {"subtasksIn": ["Done"]} },
              {"id": "2", "to": "Done", "condition": {"fields": ["duedate"]} },
              {"id": "3", "to": "Done", "condition": {"accounts": ["somebody@example.com"]} },
              {"id": "4", "to": "Done", "condition": {"permission": "CLOSE_ISSUES"} }]}]
            """);
        await jira.CreateAsync("One");
        await jira.CreateAsync("Part", "Sub-task", "\"parent\": {\"key\": \"SHOP-1\"}");

        Assert.Equal("4/Done", await WaysAsync(jira, "SHOP-1"));
        await jira.PutAsync("issue/SHOP-1", """{"fields": {"duedate": "2026-04-01"} }""");
        await MoveAsync(jira, "SHOP-2", "31");
        Assert.Equal("1/Done 2/Done 4/Done", await WaysAsync(jira, "SHOP-1"));
    }

    [Fact]
    public async Task An_issue_that_is_opened_again_may_keep_its_resolution()
    {
        await using var jira = await StartAsync(Bugs);
        await jira.CreateAsync("Bug", "Bug");
        await MoveAsync(jira, "SHOP-1", "5");
        await MoveAsync(jira, "SHOP-1", "6", """, "fields": {"resolution": {"name": "Done"}}""");
        await MoveAsync(jira, "SHOP-1", "7");

        var issue = await jira.GetAsync("issue/SHOP-1");
        Assert.Equal(("In Progress", "Done"), (issue.At("fields.status.name"), issue.At("fields.resolution.name")));
    }

    [Fact]
    public async Task A_creation_may_move_the_issue_on_and_remains_where_that_fails()
    {
        await using var jira = await StartAsync(Bugs);
        var moved = await CreateAsync(jira, "5");
        var stayed = await CreateAsync(jira, "6");

        Assert.Equal((201, "200"), (moved.Status, moved.At("transition.status")));
        Assert.Equal("In Progress", (await jira.GetAsync("issue/SHOP-1")).At("fields.status.name"));
        Assert.Equal((201, "400"), (stayed.Status, stayed.At("transition.status")));
        Assert.Equal("Transition id '6' is not valid for this issue.", stayed.At("transition.errorCollection.errorMessages.0"));
        Assert.Equal("Triage", (await jira.GetAsync("issue/SHOP-2")).At("fields.status.name"));
    }

    [Fact]
    public async Task An_edit_passes_over_a_transition()
    {
        await using var jira = await StartAsync("[]");
        await jira.CreateAsync("One");
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "S"}, "transition": {"id": "31"} }""")).Status);
        Assert.Equal("To Do", (await jira.GetAsync("issue/SHOP-1")).At("fields.status.name"));
    }

    [Fact]
    public async Task A_workflow_that_names_an_unknown_status_is_refused()
    {
        await using var jira = await JiraWire.StartAsync();
        var reply = await jira.PutAsync("/sandbox/jira/workflows", """[{"transitions": [{"to": "Nowhere"}]}]""");
        Assert.Equal((400, "There is no status 'Nowhere'."), (reply.Status, reply.At("error")));
    }

    private static async Task<JiraWire> StartAsync(string workflows)
    {
        var jira = await JiraWire.StartAsync();
        var reply = await jira.PutAsync("/sandbox/jira/workflows", workflows);
        Assert.True(reply.Status == 204, reply.Text);
        return jira;
    }

    private static Task<Reply> CreateAsync(JiraWire jira, string transition) => jira.PostAsync("issue", $$"""
        {"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Bug"}, "summary": "S"}, "transition": {"id": "{{transition}}"} }
        """);

    private static Task<Reply> MoveAsync(JiraWire jira, string key, string id, string more = "") =>
        jira.PostAsync($"issue/{key}/transitions", $$"""{"transition": {"id": "{{id}}"}{{more}} }""");

    private static async Task<string> WaysAsync(JiraWire jira, string key) => string.Join(' ',
        (await jira.GetAsync($"issue/{key}/transitions")).Json["transitions"]!.AsArray()
            .Select(one => $"{one!["id"]}/{one["name"]}"));
}
