using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>New issues, one by one and in bulk, and what of it no document settles.</summary>
public sealed class CreationTests
{
    [Theory]
    [InlineData(true, "SHOP-1 SHOP-2")]
    [InlineData(false, "SHOP-2 SHOP-1")]
    public async Task Several_issues_are_created_in_part_and_answered_in_an_order_of_their_own(bool inOrder, string keys)
    {
        await using var jira = await StartAsync(new SandboxSwitches { BulkCreationsAnswerInOrder = inOrder });
        var reply = await jira.PostAsync("issue/bulk",
            $$"""{"issueUpdates": [{{Issue("One")}}, {{Issue("", "Saga")}}, {{Issue("Three", more: ", \"properties\": [{\"key\": \"nonce\", \"value\": 3}]")}}]}""");
        Assert.Equal((201, keys), (reply.Status, string.Join(
            ' ', reply.Json["issues"]!.AsArray().Select(issue => issue!["key"]!.ToString()))));
        Assert.Equal(("1", "400", "Specify a valid issue type"), (reply.At("errors.0.failedElementNumber"),
            reply.At("errors.0.status"), reply.At("errors.0.elementErrors.errors.issuetype")));
        Assert.Equal("3", (await jira.GetAsync("issue/SHOP-2?properties=nonce")).At("properties.nonce"));
        Assert.Equal(400, (await jira.PostAsync("issue/bulk", $$"""{"issueUpdates": [{{Issue("", "Saga")}}]}""")).Status);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, 50, 10)]
    [InlineData(JiraFlavor.DataCenter, 10, 10)]
    [InlineData(JiraFlavor.DataCenter, 50, 50)]
    public async Task A_creation_of_several_has_a_limit(JiraFlavor flavor, int limit, int ofDataCenter)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions
        {
            Jira = flavor,
            Switches = new SandboxSwitches { DataCenterBulkLimit = ofDataCenter },
        });
        jira.Version = "2";
        string Body(int count) => "{\"issueUpdates\": [" + string.Join(',', Enumerable.Repeat(Issue("S"), count)) + "]}";
        Assert.Equal(201, (await jira.PostAsync("issue/bulk", Body(limit))).Status);
        Assert.Equal(400, (await jira.PostAsync("issue/bulk", Body(limit + 1))).Status);
        Assert.Equal(400, (await jira.PostAsync("issue/bulk", """{"issueUpdates": []}""")).Status);
    }

    [Theory]
    [InlineData(SeveralLinksAnswer.FirstOnly, 204, 1)]
    [InlineData(SeveralLinksAnswer.Refuse, 400, 0)]
    [InlineData(SeveralLinksAnswer.Accept, 204, 2)]
    public async Task Several_links_in_one_body_may_become_one_none_or_all(SeveralLinksAnswer answer, int status, int links)
    {
        await using var jira = await StartAsync(new SandboxSwitches { SeveralLinksInABody = answer });
        await CreateThreeAsync(jira);
        Assert.Equal(status, (await jira.PutAsync("issue/SHOP-1", $$"""{"update": {"issuelinks": [{{Add(2)}}, {{Add(3)}}]} }""")).Status);
        Assert.Equal(links, (await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["issuelinks"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(true, 201)]
    [InlineData(false, 400)]
    public async Task A_creation_may_take_a_link(bool takes, int status)
    {
        await using var jira = await StartAsync(new SandboxSwitches { CreationsMayAddLinks = takes });
        await CreateThreeAsync(jira);
        var reply = await jira.PostAsync("issue", Issue("S", more: $$""", "update": {"issuelinks": [{{Add(2)}}]} """));
        Assert.Equal(status, reply.Status);
        Assert.Equal(takes ? "SHOP-2" : null,
            takes ? (await jira.GetAsync("issue/SHOP-4")).At("fields.issuelinks.0.outwardIssue.key") : null);
    }

    [Theory]
    [InlineData(0, "SHOP-1")]
    [InlineData(2, null)]
    public async Task Reads_in_bulk_may_miss_a_new_issue_for_a_while(int misses, string? key)
    {
        await using var jira = await StartAsync(new SandboxSwitches { BulkFetchesThatMissNewIssues = misses });
        await jira.CreateAsync("One");
        for (var read = 0; read < 2; read++)
        {
            Assert.Equal(key, await FetchAsync());
        }

        Assert.Equal("SHOP-1", await FetchAsync());
        Assert.Equal("SHOP-1", await FetchAsync());

        async Task<string?> FetchAsync() =>
            (await jira.PostAsync("issue/bulkfetch", """{"issueIdsOrKeys": ["SHOP-1"]}""")).At("issues.0.key");
    }

    [Fact]
    public async Task The_creator_is_whom_a_search_after_a_lost_answer_finds_by()
    {
        await using var jira = await StartAsync();
        await jira.CreateAsync("One");
        Assert.Equal("SHOP-1", await jira.KeysAsync("project = SHOP AND creator = currentUser() AND created >= -5m"));
    }

    [Theory]
    [InlineData("Sub-task", "SHOP-2", true, false)]
    [InlineData("Sub-task", "SHOP-2", false, false)]
    [InlineData("Sub-task", "SHOP-1", true, true)]
    [InlineData("Task", "SHOP-1", true, false)]
    [InlineData("Task", "SHOP-1", false, true)]
    [InlineData("Task", "SHOP-3", true, true)]
    [InlineData("Epic", "SHOP-3", true, false)]
    public async Task A_parent_is_one_level_above(string type, string parent, bool isStrict, bool isAccepted)
    {
        await using var jira = await StartAsync(new SandboxSwitches { ParentsAreOneLevelAbove = isStrict });
        await jira.CreateAsync("Story", "Story");
        await jira.CreateAsync("Part", "Sub-task", "\"parent\": {\"key\": \"SHOP-1\"}");
        await jira.CreateAsync("Epic", "Epic");
        var reply = await jira.PostAsync("issue", Issue("S", type, $", \"parent\": {{\"key\": \"{parent}\"}}", inFields: true));
        Assert.Equal(isAccepted ? 201 : 400, reply.Status);
        Assert.Equal(isAccepted ? null : "Given parent work item does not belong to appropriate hierarchy.",
            isAccepted ? null : reply.At("errors.parentId"));
    }

    [Fact]
    public async Task A_sub_task_is_in_the_project_of_its_parent()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1), SeedText.Issue("PAY", 1, 2001));
        var reply = await jira.PostAsync("issue", Issue("S", "Sub-task", ", \"parent\": {\"key\": \"PAY-1\"}", inFields: true));
        Assert.Equal("Sub-tasks must be created in the same project as the parent.", reply.At("errors.project"));
    }

    [Fact]
    public async Task A_parent_is_removed_by_an_edit_and_never_from_a_sub_task()
    {
        await using var jira = await StartAsync();
        await jira.CreateAsync("Epic", "Epic");
        await jira.CreateAsync("Story", "Story", "\"parent\": {\"key\": \"SHOP-1\"}");
        await jira.CreateAsync("Part", "Sub-task", "\"parent\": {\"key\": \"SHOP-2\"}");
        const string Free = """{"update": {"parent": [{"set": {"none": true}}]} }""";
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-2", Free)).Status);
        Assert.Null((await jira.GetAsync("issue/SHOP-2")).At("fields.parent"));
        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-3", Free)).Status);
    }

    [Theory]
    [InlineData(true, 204)]
    [InlineData(false, 400)]
    public async Task Data_Center_gives_a_sub_task_its_parent_at_creation(bool edits, int status)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions
        {
            Jira = JiraFlavor.DataCenter,
            Switches = new SandboxSwitches { DataCenterEditsParents = edits },
        });
        await jira.CreateAsync("One");
        await jira.CreateAsync("Two");
        await jira.CreateAsync("Part", "Sub-task", "\"parent\": {\"key\": \"SHOP-1\"}");
        Assert.Equal(status, (await jira.PutAsync("issue/SHOP-3", """{"fields": {"parent": {"key": "SHOP-2"}} }""")).Status);
    }

    [Fact]
    public async Task An_edit_may_conflict_with_another_one()
    {
        await using var jira = await StartAsync(new SandboxSwitches { JiraEditsThatConflict = 2 });
        await jira.CreateAsync("Old");
        const string Body = """{"fields": {"summary": "New"} }""";
        Assert.Equal(409, (await jira.PutAsync("issue/SHOP-1", Body)).Status);
        Assert.Equal(409, (await jira.PostAsync("issue/SHOP-1/transitions", """{"transition": {"id": "31"} }""")).Status);
        Assert.Equal("Old", (await jira.GetAsync("issue/SHOP-1")).At("fields.summary"));
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", Body)).Status);
    }

    [Fact]
    public async Task An_edit_answers_with_the_fields_that_it_changed()
    {
        await using var jira = await StartAsync();
        await jira.CreateAsync("Old");
        var reply = await jira.PutAsync("issue/SHOP-1?returnIssue=true",
            """{"fields": {"summary": "New"}, "update": {"labels": [{"add": "a"}]} }""");
        Assert.Equal((200, "summary labels"), (reply.Status, reply.Names("fields")));
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 204)]
    public async Task Data_Center_may_know_how_to_answer_so(bool knows, int status)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions
        {
            Jira = JiraFlavor.DataCenter,
            Switches = new SandboxSwitches { DataCenterKnowsReturnIssue = knows },
        });
        await jira.CreateAsync("Old");
        Assert.Equal(status, (await jira.PutAsync("issue/SHOP-1?returnIssue=true", """{"fields": {"summary": "New"} }""")).Status);
    }

    private static Task<JiraWire> StartAsync(SandboxSwitches? switches = null) =>
        JiraWire.StartAsync(new SandboxOptions { Switches = switches ?? new SandboxSwitches() });

    private static async Task CreateThreeAsync(JiraWire jira)
    {
        foreach (var summary in (string[])["One", "Two", "Three"])
        {
            await jira.CreateAsync(summary);
        }
    }

    private static string Add(int number) =>
        $$$"""{"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": "SHOP-{{{number}}}"}} }""";

    private static string Issue(string summary, string type = "Task", string more = "", bool inFields = false) => $$"""
        {"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "{{type}}"}, "summary": "{{summary}}"{{(inFields ? more : "")}} }
          {{(inFields ? "" : more)}} }
        """;
}
