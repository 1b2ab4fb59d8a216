using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Properties of issues: in the body of a write, and of many issues at once.</summary>
public sealed class PropertyTests
{
    [Fact]
    public async Task A_creation_and_an_edit_bring_properties_with_the_fields()
    {
        await using var jira = await JiraWire.StartAsync();
        var created = await jira.PostAsync("issue", """
            {"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "Task"}, "summary": "S"}, "properties": [{"key": "mark", "value": {"nonce": "n1"}}]}
            """);
        Assert.Equal(201, created.Status);
        Assert.Equal("n1", (await jira.PostAsync("issue/bulkfetch", """{"issueIdsOrKeys": ["SHOP-1"], "properties": ["mark"]}"""))
            .At("issues.0.properties.mark.nonce"));

        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1",
            """{"fields": {"summary": "T"}, "properties": [{"key": "mark", "value": {"nonce": "n2"}}, {"key": "other", "value": 1}]}""")).Status);
        var read = await jira.GetAsync("issue/SHOP-1?properties=*all");
        Assert.Equal(("T", "n2", "1"),
            (read.At("fields.summary"), read.At("properties.mark.nonce"), read.At("properties.other")));
    }

    [Theory]
    [InlineData(true, "Old")]
    [InlineData(false, "New")]
    public async Task Fields_may_be_saved_although_the_properties_of_the_edit_are_refused(bool isAtomic, string summary)
    {
        await using var jira = await OneAsync(new SandboxSwitches { PropertiesOfEditsAreAtomic = isAtomic });
        var reply = await jira.PutAsync("issue/SHOP-1",
            $$"""{"fields": {"summary": "New"}, "properties": [{"key": "{{new string('k', 256)}}", "value": 1}]}""");
        Assert.Equal(400, reply.Status);
        Assert.Equal(summary, (await jira.GetAsync("issue/SHOP-1")).At("fields.summary"));
    }

    [Fact]
    public async Task An_edit_may_fail_between_fields_and_properties()
    {
        await using var jira = await OneAsync(new SandboxSwitches { EditsThatLoseTheirProperties = 1 });
        const string Body = """{"fields": {"summary": "New"}, "properties": [{"key": "mark", "value": 1}]}""";
        Assert.Equal(500, (await jira.PutAsync("issue/SHOP-1", Body)).Status);
        var torn = await jira.GetAsync("issue/SHOP-1?properties=mark");
        Assert.Equal(("New", null), (torn.At("fields.summary"), torn.At("properties.mark")));
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", Body)).Status);
        Assert.Equal("1", (await jira.GetAsync("issue/SHOP-1?properties=mark")).At("properties.mark"));
    }

    [Theory]
    [InlineData(0, false, "00.700")]
    [InlineData(7, false, "00.707")]
    [InlineData(-7, false, "00.693")]
    [InlineData(0, true, "00.000")]
    public async Task The_entry_of_an_edit_may_have_another_time_than_the_issue(int skew, bool isCut, string expected)
    {
        var time = new SettableTime();
        await using var jira = await JiraWire.StartAsync(new SandboxOptions
        {
            TimeProvider = time,
            Switches = new SandboxSwitches { HistorySkewMilliseconds = skew, HistoryTimesAreWholeSeconds = isCut },
        });
        await jira.CreateAsync("Old");
        time.Now += TimeSpan.FromMilliseconds(700);
        await jira.PutAsync("issue/SHOP-1", """{"fields": {"summary": "New"}}""");
        Assert.Equal("2026-03-11T12:00:00.700+0000", (await jira.GetAsync("issue/SHOP-1")).At("fields.updated"));
        Assert.Equal($"2026-03-11T12:00:{expected}+0000", (await jira.GetAsync("issue/SHOP-1/changelog")).At("values.0.created"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_property_may_move_updated(bool moves)
    {
        var time = new SettableTime();
        await using var jira = await JiraWire.StartAsync(new SandboxOptions
        {
            TimeProvider = time,
            Switches = new SandboxSwitches { PropertyWritesMoveUpdated = moves },
        });
        await jira.CreateAsync("Old");
        time.Now += TimeSpan.FromMinutes(5);
        await jira.PutAsync("issue/SHOP-1/properties/mark", "1");
        Assert.Equal($"2026-03-11T12:0{(moves ? 5 : 0)}:00.000+0000", (await jira.GetAsync("issue/SHOP-1")).At("fields.updated"));
        Assert.Equal("0", (await jira.GetAsync("issue/SHOP-1/changelog")).At("total"));
        time.Now += TimeSpan.FromMinutes(1);
        await jira.PutAsync("issue/SHOP-1", """{"properties": [{"key": "mark", "value": 2}]}""");
        Assert.Equal($"2026-03-11T12:0{(moves ? 6 : 0)}:00.000+0000", (await jira.GetAsync("issue/SHOP-1")).At("fields.updated"));
    }

    [Fact]
    public async Task Different_values_for_many_issues_are_a_task_that_passes_over_what_is_not_there()
    {
        await using var jira = await JiraWire.StartAsync([.. SeedText.Plain(3)]);
        await SignInAsync(jira, "SHOP-3:EDIT_ISSUES");
        var reply = await jira.PostAsync("issue/properties/multi", """
            {"issues": [{"issueID": 1001, "properties": {"mark": {"counter": 1}} }, {"issueID": 1003, "properties": {"mark": 3} },
              {"issueID": 9999, "properties": {"mark": 4} }]}
            """);
        Assert.Equal((303, ""), (reply.Status, reply.Text));
        var path = new Uri(reply.Header("Location")!).PathAndQuery;
        Assert.Equal("RUNNING", (await jira.GetAsync(path)).At("status"));
        var done = await jira.GetAsync(path);
        Assert.Equal(("COMPLETE", "100"), (done.At("status"), done.At("progress")));
        Assert.Equal("""{"updatedIssues":[1001],"failedIssues":{"1003":"You do not have permission to edit this issue."}}""",
            done.Json["result"]!.ToJsonString());
        Assert.Equal("1", (await jira.GetAsync("issue/SHOP-1?properties=mark")).At("properties.mark.counter"));
        Assert.Equal(400, (await jira.GetAsync($"bulk/queue/{done.At("id")}")).Status);
    }

    [Theory]
    [InlineData("POST", "issue/properties/multi", """{"issues": []}""")]
    [InlineData("POST", "issue/properties/multi", """{"issues": [{"issueID": 1001, "properties": {} }]}""")]
    [InlineData("POST", "issue/properties/multi", """{"issues": [{"issueID": "SHOP-1", "properties": {"a": 1} }]}""")]
    [InlineData("POST", "issue/properties", """{"entitiesIds": [], "properties": {"a": 1} }""")]
    [InlineData("PUT", "issue/properties/mark", "{}")]
    [InlineData("PUT", "issue/properties/mark", """{"value": 1, "filter": {"hasProperty": false, "currentValue": 2} }""")]
    public async Task A_wrong_write_of_many_properties_is_refused_at_once(string method, string path, string body)
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1));
        Assert.Equal(400, (await jira.SendAsync(method, path, body)).Status);
    }

    [Fact]
    public async Task A_hundred_issues_with_ten_properties_is_the_most()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1));
        string Issues(int count, int properties) => "{\"issues\": [" + string.Join(',', Enumerable.Range(1001, count).Select(id =>
            $"{{\"issueID\": {id}, \"properties\": {{{string.Join(',', Enumerable.Range(1, properties).Select(one => $"\"p{one}\": 1"))}}}}}")) + "]}";
        Assert.Equal(303, (await jira.PostAsync("issue/properties/multi", Issues(100, 10))).Status);
        Assert.Equal(400, (await jira.PostAsync("issue/properties/multi", Issues(101, 1))).Status);
        Assert.Equal(400, (await jira.PostAsync("issue/properties/multi", Issues(1, 11))).Status);
    }

    [Fact]
    public async Task The_same_values_reach_the_issues_of_a_list()
    {
        await using var jira = await JiraWire.StartAsync([.. SeedText.Plain(3)]);
        var reply = await jira.PostAsync("issue/properties", """{"entitiesIds": [1001, 1003], "properties": {"mark": 7} }""");
        await DoneAsync(jira, reply);
        Assert.Equal("7 - 7", await MarksAsync(jira));
    }

    [Fact]
    public async Task A_filter_narrows_and_its_absence_means_every_issue()
    {
        await using var jira = await JiraWire.StartAsync([.. SeedText.Plain(3)]);
        await DoneAsync(jira, await jira.PutAsync("issue/properties/mark", """{"value": 1, "filter": {"entityIds": [1001, 1002]} }"""));
        Assert.Equal("1 1 -", await MarksAsync(jira));
        await DoneAsync(jira, await jira.PutAsync("issue/properties/mark", """{"value": 2, "filter": {"hasProperty": false} }"""));
        Assert.Equal("1 1 2", await MarksAsync(jira));
        await DoneAsync(jira, await jira.SendAsync("DELETE", "issue/properties/mark", """{"currentValue": 1, "entityIds": [1002, 1003]}"""));
        Assert.Equal("1 - 2", await MarksAsync(jira));
        await DoneAsync(jira, await jira.PutAsync("issue/properties/mark", """{"value": 9}"""));
        Assert.Equal("9 9 9", await MarksAsync(jira));
        await DoneAsync(jira, await jira.DeleteAsync("issue/properties/mark"));
        Assert.Equal("- - -", await MarksAsync(jira));
    }

    [Theory]
    [InlineData(true, "1")]
    [InlineData(false, null)]
    public async Task Searches_of_Data_Center_may_show_properties(bool shows, string? value)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions
        {
            Jira = JiraFlavor.DataCenter,
            Switches = new SandboxSwitches { DataCenterSearchesShowProperties = shows },
        });
        await jira.CreateAsync("One");
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"properties": [{"key": "mark", "value": 1}]}""")).Status);
        Assert.Equal(value, (await jira.GetAsync("search?jql=project%3DSHOP&properties=mark")).At("issues.0.properties.mark"));
    }

    private static async Task<JiraWire> OneAsync(SandboxSwitches switches)
    {
        var jira = await JiraWire.StartAsync(new SandboxOptions { Switches = switches });
        await jira.CreateAsync("Old");
        return jira;
    }

    private static async Task DoneAsync(JiraWire jira, Reply reply)
    {
        Assert.Equal(303, reply.Status);
        var path = new Uri(reply.Header("Location")!).PathAndQuery;
        await jira.GetAsync(path);
        Assert.Equal("COMPLETE", (await jira.GetAsync(path)).At("status"));
    }

    private static async Task<string> MarksAsync(JiraWire jira)
    {
        var all = await jira.PostAsync(
            "issue/bulkfetch", """{"issueIdsOrKeys": ["SHOP-1", "SHOP-2", "SHOP-3"], "properties": ["mark"]}""");
        return string.Join(' ', Enumerable.Range(0, 3).Select(one => all.At($"issues.{one}.properties.mark") ?? "-"));
    }

    private static async Task SignInAsync(JiraWire jira, string without)
    {
        var account = await jira.PostAsync("/sandbox/jira/accounts",
            $$"""{"emailAddress": "guest@example.com", "withoutPermissions": ["{{without}}"]}""");
        jira.Authorization = JiraWire.Basic("guest@example.com", account.At("token")!);
    }
}
