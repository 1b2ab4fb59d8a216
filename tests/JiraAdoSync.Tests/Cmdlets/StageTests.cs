using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>The stages of the way to Jira, one cmdlet after the other, through the staged module and over real HTTP.</summary>
public sealed class StageTests
{
    private const string Query = "\"[System.Title] CONTAINS 'Item'\"";

    [Fact]
    public async Task Work_items_are_read_by_query_by_id_and_from_the_pipeline_with_their_issues()
    {
        await using var world = (await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines)).ThatWritesJira();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var paired = await world.Board.IdOfAsync("Issue 1");
        var single = await world.Board.CreateAsync("Task", "Item alone");

        var all = world.Run($"Get-AdoWorkItem -Wiql '[System.Id] > 0'").Succeeded();
        Assert.Equal(
            [$"{paired} User Story SHOP-1 Issue 1", $"{single} Task  Item alone"],
            all.Rows("SelectedWorkItem", "WorkItemId", "WorkItemType", "Key", "Title"));
        Assert.Single(world.Run(
            $"Get-AdoWorkItem -Wiql \"SELECT [System.Title] FROM WorkItems WHERE [System.Title] CONTAINS 'alone' ORDER BY [System.Title]\"")
            .Succeeded().Output);
        Assert.Equal(2, world.Run($"{paired}, {single} | Get-AdoWorkItem").Succeeded().Output.Count);
        Assert.Equal("SHOP-1", world.Run("(Get-JiraAdoCorrelation | Get-AdoWorkItem).Key").Succeeded().Output.Single().ToString());
        Assert.Equal(["WorkItemNotFound"], world.Run("Get-AdoWorkItem -Id 9999").ErrorIds);
    }

    [Theory]
    [InlineData("SELECT [System.Id] FROM WorkItemLinks MODE (MustContain)")]
    [InlineData("SELECT [System.Id] FROM WorkItems ASOF '2026-01-01'")]
    [InlineData("[System.NoSuchField] = 1")]
    public async Task A_query_that_can_not_be_used_says_so(string wiql)
    {
        await using var world = await World.StartAsync([]);
        world.Session.Set("wiql", wiql);
        Assert.Equal("WiqlInvalid", world.Run("Get-AdoWorkItem -Wiql $wiql").FailureId);
    }

    [Fact]
    public async Task Work_items_become_issues_and_are_shown_first_with_WhatIf()
    {
        await using var world = (await World.StartAsync([])).ThatWritesJira();
        var first = await world.Board.CreateAsync("Task", "Item one");
        await world.Board.CreateAsync("Bug", "Item two");
        await world.ResetRequestsAsync();

        var shown = world.Run($"$q = {Query}; Get-AdoWorkItem -Wiql $q | Sync-JiraIssue -JiraProject SHOP -WhatIf").Succeeded();
        Assert.Equal(
            ["Create  Item one False", "Create  Item two False"],
            shown.Rows("IssueResult", "Action", "Key", "Summary", "IsApplied"));
        Assert.Empty(JiraWrites.Of(world.Sandbox.JiraUri));

        var done = world.Run($"$q = {Query}; Get-AdoWorkItem -Wiql $q | Sync-JiraIssue -JiraProject SHOP").Succeeded();
        Assert.All(done.Of("IssueResult"), row => Assert.Equal(true, row.Properties["IsApplied"].Value));
        Assert.Equal("Item one", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        Assert.Equal("SHOP-1", world.Run($"(Get-AdoWorkItem {first}).Key").Succeeded().Output.Single().ToString());

        await world.Board.SetFieldAsync(first, "System.Title", "Item one, renamed");
        world.Run($"Get-AdoWorkItem {first} | Sync-JiraIssue -JiraProject SHOP").Succeeded();
        Assert.Equal("Item one, renamed", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        var writes = JiraWrites.Of(world.Sandbox.JiraUri).Count;
        Assert.DoesNotContain("True", world.Run($"Get-AdoWorkItem {first} | Sync-JiraIssue -JiraProject SHOP").Succeeded()
            .Rows("IssueResult", "IsApplied"));
        Assert.Equal(writes, JiraWrites.Of(world.Sandbox.JiraUri).Count);
    }

    [Fact]
    public async Task Comments_and_files_of_work_items_arrive_with_their_issues_where_they_are_included()
    {
        await using var world = (await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines)).ThatWritesJira();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both").Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.CommentAsync(id, "<p>Said on the board</p>");
        await world.Board.AttachAsync(id, "small.txt", "small", string.Empty);
        await world.Board.AttachAsync(id, "large.txt", new string('x', (1 << 20) + 1), string.Empty);
        var writes = JiraWrites.Of(world.Sandbox.JiraUri).Count;
        world.Run($"Get-AdoWorkItem {id} | Sync-JiraIssue").Succeeded();
        Assert.Equal(writes, JiraWrites.Of(world.Sandbox.JiraUri).Count);

        const string Included = " -IncludeComments -IncludeAttachments -AttachmentLimit 1";
        var shown = world.Run($"Get-AdoWorkItem {id} | Sync-JiraIssue{Included} -WhatIf").Succeeded();
        Assert.Equal(writes, JiraWrites.Of(world.Sandbox.JiraUri).Count);
        Assert.Contains("Update SHOP-1 False", shown.Rows("IssueResult", "Action", "Key", "IsApplied"));

        var done = world.Run($"Get-AdoWorkItem {id} | Sync-JiraIssue{Included}").Succeeded();
        Assert.Contains(
            done.Rows("IssueResult", "Action", "Key", "IsApplied", "Detail"),
            row => row.StartsWith("Update SHOP-1 True", StringComparison.Ordinal));
        var issue = await world.Tracker.FieldsAsync("SHOP-1");
        Assert.Contains("Said on the board", issue["comment"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("small.txt", Assert.Single(issue["attachment"]!.AsArray())!["filename"]!.ToString());

        writes = JiraWrites.Of(world.Sandbox.JiraUri).Count;
        world.Run($"Get-AdoWorkItem {id} | Sync-JiraIssue{Included}").Succeeded();
        Assert.Equal(writes, JiraWrites.Of(world.Sandbox.JiraUri).Count);
    }

    [Fact]
    public async Task Relations_become_links_once_in_the_right_direction()
    {
        await using var world = (await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Link(1, "relates to", 3).Lines)).ThatWritesJira();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var (one, two) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        await world.Board.RelateAsync(one, "System.LinkTypes.Dependency-Forward", two);
        var alone = await world.Board.CreateAsync("Task", "Alone");
        await world.Board.RelateAsync(one, "System.LinkTypes.Related", alone);

        const string Stages = "Get-AdoWorkItem -Wiql '[System.Id] > 0' | Get-AdoRelation | Convert-RelationType";
        var desired = world.Run(Stages).Succeeded();
        Assert.Equal(
            ["FromJira", "NoIssue", "SHOP-1 blocks SHOP-2"],
            desired.Rows("DesiredIssueLink", "Source", "Phrase", "Target", "LeftOut").Select(row => row.Trim())
                .Order(StringComparer.Ordinal));

        var shown = world.Run($"{Stages} | Sync-JiraLink -WhatIf").Succeeded();
        Assert.Empty(JiraWrites.Of(world.Sandbox.JiraUri));
        Assert.Contains("Create SHOP-1 blocks SHOP-2", shown.Rows("IssueLinkResult", "Action", "Source", "Phrase", "Target"));

        world.Run($"{Stages} | Sync-JiraLink").Succeeded();
        var links = (await world.Tracker.FieldsAsync("SHOP-1"))["issuelinks"]!.AsArray();
        Assert.Equal("SHOP-2", links.Single(link => link!["type"]!["name"]!.ToString() == "Blocks")!["outwardIssue"]!["key"]!.ToString());
        var again = world.Run($"{Stages} | Sync-JiraLink").Succeeded();
        Assert.Contains("Keep SHOP-1 blocks SHOP-2", again.Rows("IssueLinkResult", "Action", "Source", "Phrase", "Target"));
        Assert.Single(JiraWrites.Of(world.Sandbox.JiraUri));
    }

    [Theory]
    [InlineData("Get-AdoWorkItem -Wiql '[System.Id] > 0' | Sync-JiraIssue -JiraProject SHOP")]
    [InlineData("Get-AdoWorkItem -Wiql '[System.Id] > 0' | Get-AdoRelation | Convert-RelationType | Sync-JiraLink")]
    public async Task Without_the_second_key_nothing_is_written(string script)
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Story").Lines);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Board.RelateAsync(
            await world.Board.IdOfAsync("Issue 1"), "System.LinkTypes.Related", await world.Board.IdOfAsync("Issue 2"));
        world.Run("$jira = Connect-JiraSite -Uri $jiraUri -Credential $jiraCredential").Succeeded();

        Assert.Equal("JiraIsReadOnly", world.Run(script).FailureId);
    }
}
