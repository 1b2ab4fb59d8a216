using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Values of issues that Azure DevOps refuses.</summary>
public sealed class RefusedByAzureDevOpsTests
{
    private const string Bob = "bob@contoso.example";
    private const string Risk = "Microsoft.VSTS.Common.Risk";
    private const string Effort = "Microsoft.VSTS.Scheduling.Effort";
    private const string Severity = "customfield_10050";
    private const string Types = "com.atlassian.jira.plugin.system.customfieldtypes:";
    private const string Refused = "refuse-me";
    private const string Plain = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both";
    private const string Both = $"{Plain} -FieldMapping @{{ "
        + "Risk = @{ Field = 'Severity'; Direction = 'Both' }; Description = @{ Field = 'description'; Direction = 'Both' } }";

    [Theory]
    [InlineData(JiraFlavor.Cloud, true, true)]
    [InlineData(JiraFlavor.Cloud, false, true)]
    [InlineData(JiraFlavor.Cloud, true, false)]
    [InlineData(JiraFlavor.DataCenter, false, true)]
    [InlineData(JiraFlavor.DataCenter, true, false)]
    public async Task A_value_that_Azure_DevOps_refuses_is_left_out_and_named_in_each_run_and_not_sent_again(
        JiraFlavor flavor, bool isMore, bool wasWritten)
    {
        await using var world = await StartAsync(flavor);
        using var bob = (await world.JoinAsync(Bob)).Board;
        var id = await world.Board.IdOfAsync("Issue 1");
        if (wasWritten)
        {
            await bob.SetFieldAsync(id, "Microsoft.VSTS.Common.Priority", "3");
            world.Run(Both).Succeeded();
        }

        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        await ann.SetFieldsAsync("SHOP-1", SeverityOf("Odd"));
        if (isMore)
        {
            await ann.SetSummaryAsync("SHOP-1", "Named anew");
            await ann.SetStatusAsync("SHOP-1", "Done");
        }

        await world.ResetRequestsAsync();
        var run = world.Run(Both).Succeeded();
        Assert.Equal(
            [$"Update SHOP-1 {(isMore ? "System.Title System.State" : string.Empty)} ValueRefused"],
            run.Rows("WorkItemResult", "Action", "Key", "Fields", "Reason").Where(row => !row.StartsWith("Keep", StringComparison.Ordinal))
                .Select(row => row.Replace(";", string.Empty, StringComparison.Ordinal)));
        Assert.Contains(
            run.Warnings,
            one => $"{one}".Contains("the value 'Odd' of 'Microsoft.VSTS.Common.Risk', which is left out", StringComparison.Ordinal));
        var fields = (await world.Board.ItemAsync(id))["fields"]!;
        Assert.Equal(
            (isMore ? "Named anew" : "Issue 1", isMore ? "Closed" : "Active", "1 - High"),
            ($"{fields["System.Title"]}", $"{fields["System.State"]}", $"{fields[Risk]}"));
        await RestAsync(world, Risk);

        // Whoever corrects the value has it sent.
        await ann.SetFieldsAsync("SHOP-1", SeverityOf("3 - Low"));
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Equal("3 - Low", await world.Board.FieldAsync(id, Risk));
        await Quiet(world);
    }

    [Theory]
    [InlineData("JiraWins", "Odd", "2 - Medium")]
    [InlineData("AdoWins", "2 - Medium", "2 - Medium")]
    public async Task What_Azure_DevOps_refused_and_somebody_then_changes_there_is_a_conflict(string winner, string jira, string ado)
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        using var bob = (await world.JoinAsync(Bob)).Board;
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldsAsync("SHOP-1", SeverityOf("Odd"));
        world.Run(Both).Succeeded();
        await RestAsync(world, Risk);
        await bob.SetFieldAsync(id, Risk, "2 - Medium");
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal([$"Conflict {Risk} FieldConflict"], (await Quiet(world)).Rows("FieldResult", "Action", "Field", "Reason"));
        }

        world.Run($"{Both} -FieldConflict {winner}").Succeeded();
        Assert.Equal(ado, await world.Board.FieldAsync(id, Risk));
        Assert.Equal(jira, $"{(await world.Tracker.FieldsAsync("SHOP-1"))[Severity]!["value"]}");
        if (winner == "JiraWins")
        {
            await RestAsync(world, Risk);
        }
        else
        {
            Assert.Empty((await Quiet(world)).Of("FieldResult"));
        }
    }

    [Fact]
    public async Task Where_the_issue_forgot_what_was_refused_it_is_sent_once_more()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        await ann.SetFieldsAsync("SHOP-1", SeverityOf("Odd"));
        world.Run(Both).Succeeded();
        await RestAsync(world, Risk);
        await world.Tracker.SetPropertyAsync("SHOP-1", "jiraadosync", new JsonObject());
        Assert.Contains("Update SHOP-1 ValueRefused", world.Run(Both).Succeeded().Rows("WorkItemResult", "Action", "Key", "Reason"));
        await RestAsync(world, Risk);
        Assert.Equal("1 - High", await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 1"), Risk));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Tags_and_texts_that_Azure_DevOps_refuses_stay_until_somebody_changes_them(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var bob = (await world.JoinAsync(Bob)).Board;
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        await ann.SetFieldsAsync("SHOP-1", """{ "labels": ["both", "old"] }""");
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        // Ann takes one away and adds one that is refused; Bob adds another.
        await ann.SetFieldsAsync("SHOP-1", $$"""{ "labels": ["both", "{{Refused}}"] }""");
        await ann.DescribeAsync("SHOP-1", $"Text that says {Refused}");
        await bob.ReplaceFieldAsync(id, "System.Tags", "both; old; board");
        world.Run(Both).Succeeded();
        world.Run(Both).Succeeded();
        Assert.Equal(["board", "both", "old"], await TagsAsync(world, id));
        Assert.Equal(["board", "both", Refused], await LabelsAsync(world));
        await RestAsync(world, "System.Tags", "System.Description");

        await ann.SetFieldsAsync("SHOP-1", """{ "labels": ["board", "both", "accepted"] }""");
        await ann.DescribeAsync("SHOP-1", "Text");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Equal(["accepted", "board", "both"], await TagsAsync(world, id));
        Assert.Equal(["accepted", "board", "both"], await LabelsAsync(world));
        Assert.Contains("Text", await world.Board.FieldAsync(id, "System.Description"), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Fact]
    public async Task What_nobody_may_write_in_a_state_is_sent_once_more_in_another_one()
    {
        var seed = new JiraSeed().Issue(1, "Story").Status(1, "Done", "done").Fields(1, """{ "customfield_10016": 3 }""").Issue(2, "Story");
        await using var world = (await World.StartAsync(
            seed.Lines, adjust: options => options with { Process = ProcessTemplate.Scrum })).ThatWritesJira();
        world.Run(Plain).Succeeded();
        world.Run(Plain).Succeeded();
        using var bob = (await world.JoinAsync(Bob)).Board;
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldsAsync("SHOP-1", """{ "customfield_10016": 8 }""");
        Assert.Contains("Update SHOP-1 ValueRefused", world.Run(Plain).Succeeded().Rows("WorkItemResult", "Action", "Key", "Reason"));
        await RestWithAsync(Plain, world, Effort);
        await bob.SetFieldAsync(id, "System.State", "New");
        Assert.Empty(world.Run(Plain).Succeeded().Of("FieldResult"));
        Assert.Equal("8", await world.Board.FieldAsync(id, Effort));
        await Quiet(world, Plain);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_value_that_Azure_DevOps_refused_and_that_people_take_back_is_sent_when_somebody_gives_it_again(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        for (var round = 0; round < 2; round++)
        {
            await ann.SetFieldsAsync("SHOP-1", SeverityOf("Odd"));
            Assert.Contains("Update SHOP-1 ValueRefused", world.Run(Both).Succeeded().Rows("WorkItemResult", "Action", "Key", "Reason"));
            await RestAsync(world, Risk);
            await ann.SetFieldsAsync("SHOP-1", SeverityOf("1 - High"));
            Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
            Assert.Empty((await Quiet(world)).Of("FieldResult"));
        }
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_work_item_is_created_without_what_Azure_DevOps_refuses(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        await ann.CreateAsync("New");
        await ann.SetFieldsAsync("SHOP-4", $$"""{ "summary": "New {{Refused}}", "labels": ["a"], """ + SeverityOf("Odd")[1..]);
        await ann.CreateAsync("Tagged");
        await ann.SetFieldsAsync("SHOP-5", $$"""{ "labels": ["b", "{{Refused}}"] }""");
        await ann.DescribeAsync("SHOP-5", $"Text that says {Refused}");
        var run = world.Run(Both).Succeeded();
        Assert.Equal(
            ["Create SHOP-4 ValueRefused", "Create SHOP-5 ValueRefused"],
            run.Rows("WorkItemResult", "Action", "Key", "Reason").Where(row => row.StartsWith("Create", StringComparison.Ordinal)));
        // What they lack is sent once more.
        Assert.DoesNotContain(
            world.Run(Both).Succeeded().Rows("FieldResult", "Action", "Reason"),
            row => row.StartsWith("Conflict", StringComparison.Ordinal));
        await RestAsync(world, Risk, "System.Title", "System.Tags", "System.Description");
        var fields = await world.Board.FieldsAsync("SHOP-4");
        Assert.Equal(("a", null), (fields["System.Tags"], fields.GetValueOrDefault(Risk)));

        await ann.SetFieldsAsync("SHOP-4", """{ "summary": "New", """ + SeverityOf("3 - Low")[1..]);
        await ann.SetFieldsAsync("SHOP-5", """{ "labels": ["b"] }""");
        await ann.DescribeAsync("SHOP-5", "Text");
        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));
        Assert.Equal("3 - Low", (await world.Board.FieldsAsync("New"))[Risk]);
        fields = await world.Board.FieldsAsync("Tagged");
        Assert.Equal("b", fields["System.Tags"]);
        Assert.Contains("Text", fields["System.Description"], StringComparison.Ordinal);
        await Quiet(world);
    }

    private static string SeverityOf(string value) => $$"""{ "{{Severity}}": { "value": "{{value}}" } }""";

    private static async Task<IEnumerable<string>> TagsAsync(World world, int id) =>
        (await world.Board.FieldAsync(id, "System.Tags"))!.Split("; ").Order();

    private static async Task<IEnumerable<string>> LabelsAsync(World world) =>
        (await world.Tracker.FieldsAsync("SHOP-1"))["labels"]!.AsArray().Select(label => label!.ToString()).Order();

    /// <summary>Further runs name the fields and write nothing.</summary>
    private static Task RestAsync(World world, params string[] fields) => RestWithAsync(Both, world, fields);

    private static async Task RestWithAsync(string command, World world, params string[] fields)
    {
        for (var round = 0; round < 2; round++)
        {
            var run = await Quiet(world, command);
            Assert.Equal(
                fields.Select(field => $"Skip {field} ValueRefused").Order(),
                run.Rows("FieldResult", "Action", "Field", "Reason").Order());
            Assert.All(run.Rows("FieldResult", "Detail"), detail =>
                Assert.StartsWith("Azure DevOps refused the value of Jira.", detail, StringComparison.Ordinal));
        }
    }

    private static Task<PowerShellSession.Outcome> Quiet(World world, string command = Both) => world.RunQuietlyAsync(command);

    /// <summary>A story that is under way and of high risk, and two others, with their work items.</summary>
    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Status(1, "In Progress", "indeterminate").Issue(2, "Story").Issue(3, "Story").Status(3, "Done", "done")
            .Custom(Severity, "Severity", Types + "select")
            .Fields(1, """{ "priority": { "id": "4", "name": "Low" }, "description": null, """ + SeverityOf("1 - High")[1..])
            .Fields(2, """{ "priority": { "id": "3", "name": "Medium" }, """ + SeverityOf("2 - Medium")[1..])
            .Fields(3, SeverityOf("3 - Low"));
        var world = (await World.StartAsync(
            seed.Lines,
            switches => switches.TextThatIsRefused = Refused,
            options => options with { Jira = flavor, Process = ProcessTemplate.Agile })).ThatWritesJira();
        world.Run(Both).Succeeded();
        world.Run(Both).Succeeded();
        return world;
    }
}
