using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>What can be set, and what must be, by project and issue type.</summary>
public sealed class ScreenTests
{
    [Fact]
    public async Task Creation_metadata_differs_by_project_and_type()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1), SeedText.Issue("PAY", 1, 2001));
        await SetAsync(jira, """
            [{"project": "PAY", "issueType": "Epic", "exists": false},
             {"project": "PAY", "issueType": "Bug", "create": ["*all", "-labels"], "required": ["duedate", "priority"]}]
            """);

        Assert.Equal("Story Task Bug Sub-task", await TypesAsync(jira, "PAY"));
        Assert.Equal("Epic Story Task Bug Sub-task", await TypesAsync(jira, "SHOP"));
        Assert.Equal("4", $"{(await jira.GetAsync("project/PAY")).Json["issueTypes"]!.AsArray().Count}");
        Assert.Equal("summary issuetype project priority duedate", await FieldsAsync(jira, "PAY", "Bug", onlyRequired: true));
        Assert.Equal("summary issuetype project", await FieldsAsync(jira, "PAY", "Task", onlyRequired: true));
        Assert.DoesNotContain("labels", await FieldsAsync(jira, "PAY", "Bug"), StringComparison.Ordinal);
        Assert.Contains("labels", await FieldsAsync(jira, "SHOP", "Bug"), StringComparison.Ordinal);
        var epic = await CreateAsync(jira, "PAY", "Epic");
        Assert.Equal((400, "The issue type selected is invalid."), (epic.Status, epic.At("errors.issuetype")));
    }

    [Fact]
    public async Task A_required_field_must_be_given_at_creation_unless_it_has_a_default()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1, "\"summary\": \"S\", \"customfield_10700\": \"x\""));
        await SetAsync(jira, """[{"issueType": "Bug", "required": ["customfield_10700", "labels"], "defaults": {"labels": ["new"]} }]""");

        var without = await CreateAsync(jira, "SHOP", "Bug");
        var empty = await CreateAsync(jira, "SHOP", "Bug", "\"customfield_10700\": null");
        var given = await CreateAsync(jira, "SHOP", "Bug", "\"customfield_10700\": \"y\"");
        var other = await CreateAsync(jira, "SHOP", "Task");

        Assert.Equal((400, "customfield_10700 is required."), (without.Status, without.At("errors.customfield_10700")));
        Assert.Equal(400, empty.Status);
        Assert.Equal((201, 201), (given.Status, other.Status));
        Assert.Equal("new", (await jira.GetAsync($"issue/{given.At("key")}")).At("fields.labels.0"));
        var cleared = await jira.PutAsync($"issue/{given.At("key")}", """{"fields": {"customfield_10700": null} }""");
        Assert.Equal((400, "customfield_10700 is required."), (cleared.Status, cleared.At("errors.customfield_10700")));
    }

    [Fact]
    public async Task An_edit_of_an_issue_that_lacks_a_required_field_must_give_it()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1));
        await SetAsync(jira, """[{"required": ["duedate"]}]""");

        Assert.Equal("Due date is required.", (await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "New"} }""")).At("errors.duedate"));
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "New", "duedate": "2026-04-01"} }""")).Status);
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "Newer"} }""")).Status);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task What_is_not_on_a_screen_can_not_be_set_there(JiraFlavor flavor)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = flavor });
        await SetAsync(jira, """[{"create": ["summary", "labels"], "edit": ["*all", "-labels", "-issuelinks"]}]""");
        const string Unknown = "cannot be set. It is not on the appropriate screen, or unknown.";

        var created = await CreateAsync(jira, "SHOP", "Task", "\"labels\": [\"web\"]");
        var refused = await CreateAsync(jira, "SHOP", "Task", "\"priority\": {\"name\": \"High\"}");
        var labels = await jira.PutAsync("issue/SHOP-1", """{"update": {"labels": [{"add": "pay"}]} }""");
        await CreateAsync(jira, "SHOP", "Task");
        var link = await jira.PutAsync("issue/SHOP-1",
            """{"update": {"issuelinks": [{"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": "SHOP-2"}}}]} }""");
        var meta = (await jira.GetAsync("issue/SHOP-1/editmeta")).Json["fields"]!.AsObject();

        Assert.Equal(201, created.Status);
        Assert.Equal($"Field 'priority' {Unknown}", refused.At("errors.priority"));
        Assert.Equal($"Field 'labels' {Unknown}", labels.At("errors.labels"));
        Assert.Equal($"Field 'issuelinks' {Unknown}", link.At("errors.issuelinks"));
        Assert.Equal((false, true), (meta.ContainsKey("labels"), meta.ContainsKey("priority")));
    }

    [Fact]
    public async Task A_field_takes_the_values_that_its_metadata_names()
    {
        await using var jira = await JiraWire.StartAsync(
            SeedText.Issue(1, "\"summary\": \"S\", \"customfield_10700\": {\"value\": \"Low\"}"));
        await SetAsync(jira, """[{"allowed": {"customfield_10700": ["Low", "High"]} }]""");

        var meta = await jira.GetAsync("issue/SHOP-1/editmeta");
        Assert.Equal("High", meta.At("fields.customfield_10700.allowedValues.1.value"));
        Assert.Equal("Done", meta.At("fields.resolution.allowedValues.0.name"));
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"customfield_10700": {"value": "High"}} }""")).Status);
        Assert.Equal("Specify a valid value for customfield_10700.",
            (await jira.PutAsync("issue/SHOP-1", """{"fields": {"customfield_10700": {"value": "None"}} }""")).At("errors.customfield_10700"));
    }

    [Fact]
    public async Task A_field_is_in_fields_or_in_update_and_not_in_both()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1));
        Assert.Equal(400, (await jira.PutAsync(
            "issue/SHOP-1", """{"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]} }""")).Status);
    }

    [Fact]
    public async Task Screens_are_only_for_apps_to_override_and_rules_are_an_array()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1));
        Assert.Equal(403, (await jira.PutAsync("issue/SHOP-1?overrideScreenSecurity=true", """{"fields": {"summary": "S"} }""")).Status);
        Assert.Equal(403, (await jira.GetAsync("issue/SHOP-1/editmeta?overrideEditableFlag=true")).Status);
        Assert.Equal(400, (await jira.PutAsync("/sandbox/jira/screens", "{}")).Status);
        await SetAsync(jira, """[{"edit": ["summary"]}]""");
        await jira.SendAsync("POST", "/sandbox/reset");
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"labels": ["a"]} }""")).Status);
    }

    private static async Task SetAsync(JiraWire jira, string rules)
    {
        var reply = await jira.PutAsync("/sandbox/jira/screens", rules);
        Assert.True(reply.Status == 204, reply.Text);
    }

    private static Task<Reply> CreateAsync(JiraWire jira, string project, string type, string? more = null) =>
        jira.PostAsync("issue", $$"""
            {"fields": {"project": {"key": "{{project}}"}, "issuetype": {"name": "{{type}}"}, "summary": "S"
              {{(more is null ? "" : ", " + more)}} } }
            """);

    private static async Task<string> TypesAsync(JiraWire jira, string project) => string.Join(' ',
        (await jira.GetAsync($"issue/createmeta/{project}/issuetypes")).Json["issueTypes"]!.AsArray()
            .Select(type => type!["name"]!.ToString()));

    private static async Task<string> FieldsAsync(
        JiraWire jira, string project, string type, bool onlyRequired = false)
    {
        var id = (await jira.GetAsync("issuetype")).Json.AsArray()
            .Single(one => one!["name"]!.ToString() == type)!["id"];
        var fields = (await jira.GetAsync($"issue/createmeta/{project}/issuetypes/{id}?maxResults=200")).Json["fields"]!;
        return string.Join(' ', fields.AsArray().Where(field => !onlyRequired || field!["required"]!.GetValue<bool>())
            .Select(field => field!["fieldId"]!.ToString()));
    }
}
