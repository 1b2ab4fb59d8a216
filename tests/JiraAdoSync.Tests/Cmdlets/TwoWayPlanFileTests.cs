using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>A plan over both sides written to a file, approved, and applied exactly, or not at all.</summary>
public sealed class TwoWayPlanFileTests : IDisposable
{
    private const string Both =
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -Wiql '[System.Id] > 0' -JiraProject SHOP -Prune "
        + "-IncludeComments -IncludeAttachments -IncludeWorkItemLinks";

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.plan.json");

    public void Dispose()
    {
        File.Delete(_path);
        File.Delete(_path + ".csv");
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_plan_of_all_kinds_is_applied_from_its_file_by_a_session_that_knows_nothing(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await EditAllKindsAsync(world);
        var planned = world.Run($"{Both} -PlanOnly | Tee-Object -Variable plan | Export-JiraAdoPlan $path; $plan").Succeeded();
        await world.ResetRequestsAsync();
        world.Reconnect();
        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal("Changed", run.RunOutcome());

        var one = await world.Tracker.FieldsAsync("SHOP-1");
        Assert.Equal("Named in Azure DevOps", one["summary"]!.ToString());
        Assert.Equal("In Progress", one["status"]!["name"]!.ToString());
        Assert.Equal("Named in Jira", await world.Board.FieldAsync(await world.Board.IdOfAsync("Named in Jira"), "System.Title"));
        var issues = await BothSides.IssuesAsync(world, flavor, "project = SHOP");
        var bug = Assert.Single(issues.Values, issue => issue.Fields[SeenItem.Title] == "Found here");
        var task = Assert.Single(issues.Values, issue => issue.Fields[SeenItem.Title] == "Do it");
        Assert.Equal(("Bug", "SHOP-1"), (bug.Type, task.Parent));
        Assert.Equal([$"relates to {bug.Name}"], issues["SHOP-2"].Links);
        Assert.Empty(issues["SHOP-1"].Links);
        Assert.Contains("User Story: Issue 4", await world.Board.TitlesAsync());
        Assert.Contains("Said in Azure DevOps", one["comment"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("plan.txt", (await world.Tracker.FieldsAsync("SHOP-2"))["attachment"]!.ToJsonString(), StringComparison.Ordinal);

        // What was planned was done, and a run writes nothing more.
        foreach (var (type, names) in new[]
        {
            ("IssueResult", new[] { "WorkItemId", "Side" }),
            ("IssueLinkResult", ["Action", "Phrase", "Side"]),
        })
        {
            Assert.Empty(planned.Rows(type, names).Except(run.Rows(type, names)));
        }

        Quiet(world);
        Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_value_that_is_not_what_the_plan_saw_is_not_written_over_on_either_side(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var (first, second) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        await world.Board.SetFieldAsync(first, "System.Title", "Named in Azure DevOps");
        await world.Tracker.SetSummaryAsync("SHOP-2", "Named in Jira");
        Plan(world);

        // What the plan does not touch may change as it likes.
        await world.Tracker.SetFieldsAsync("SHOP-3", """{ "labels": ["urgent"] }""");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Named by somebody else");
        await world.Board.SetFieldAsync(second, "System.Title", "Named by somebody else, too");
        var differences = await RefuseAsync(world);
        Assert.Equal(2, differences.Count);
        Assert.Equal(
            "'summary' of SHOP-1 was to be \"Named in Azure DevOps\", and is not to be written any more: System.Title is "
            + "'Named by somebody else' in Jira and 'Named in Azure DevOps' in Azure DevOps.",
            differences[0]);
        Assert.StartsWith($"Work item {second} was edited: it has revision", differences[1], StringComparison.Ordinal);
        Assert.Equal("Named by somebody else", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        Assert.Equal("Named by somebody else, too", await world.Board.FieldAsync(second, "System.Title"));

        // Each alone, too: what the one side is to get is not what the other side has any more.
        await world.Tracker.SetSummaryAsync("SHOP-1", "Issue 1");
        await world.Board.SetFieldAsync(second, "System.Title", "Issue 2");
        world.Run(Both).Succeeded();
        await world.Board.SetFieldAsync(first, "System.Title", "Once");
        Plan(world);
        await world.Board.SetFieldAsync(first, "System.Title", "Twice");
        Assert.Equal(
            "'summary' of SHOP-1 is to be \"Twice\" by now, and was to be \"Once\".",
            Assert.Single(await RefuseAsync(world), one => one.Contains("summary", StringComparison.Ordinal)));
        world.Run(Both).Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "In Jira once");
        Plan(world);
        await world.Tracker.SetSummaryAsync("SHOP-1", "In Jira twice");
        Assert.Contains("In Jira twice", Assert.Single(await RefuseAsync(world)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_plan_is_applied_once_and_its_undo_takes_back_both_sides(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await EditAllKindsAsync(world);
        Plan(world);
        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        var differences = await RefuseAsync(world);
        Assert.Contains(differences, one => one.StartsWith("'summary' of SHOP-1", StringComparison.Ordinal));
        Assert.Contains(differences, one => one.EndsWith(
            "was to get an issue, and it has one by now, or is not selected any more.", StringComparison.Ordinal));
        Assert.Contains(differences, one => one.StartsWith("The link 'SHOP-1 blocks SHOP-3' is not to be removed", StringComparison.Ordinal));
        Assert.Contains(differences, one => one.StartsWith("SHOP-4 was to be created, and it has work item", StringComparison.Ordinal));

        world.Session.Set("run", run.Summary.Properties["RunId"].Value);
        world.Run("Undo-JiraAdoRun $run -DeleteIssues -Confirm:$false").Succeeded();
        var one = await world.Tracker.FieldsAsync("SHOP-1");
        Assert.Equal(("Issue 1", "To Do"), (one["summary"]!.ToString(), one["status"]!["name"]!.ToString()));
        Assert.Equal("Issue 2", await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 2"), "System.Title"));
        var issues = await BothSides.IssuesAsync(world, flavor, "project = SHOP");
        Assert.Equal(["SHOP-1", "SHOP-2", "SHOP-3", "SHOP-4"], issues.Keys.Order());
        Assert.Equal(["blocks SHOP-3"], issues["SHOP-1"].Links);
        Assert.DoesNotContain("User Story: Issue 4", await world.Board.TitlesAsync());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_file_needs_the_second_key_and_the_permissions_and_keeps_to_the_limit(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        for (var number = 0; number < 21; number++)
        {
            await world.Board.CreateAsync("Bug", $"Found {number}");
        }

        var refused = world.Run($"{Both} -PlanOnly | Export-JiraAdoPlan $path");
        Assert.Equal("WriteLimitExceeded", refused.FailureId);
        Assert.False(File.Exists(_path));
        Plan(world, $"{Both} -WriteLimit 100 -PlanOnly");
        Assert.Equal("WriteLimitExceeded", world.Run("Invoke-JiraAdoPlan $path -WriteLimit 10").FailureId);

        await world.SetAccountAsync(new JsonObject { ["withoutPermissions"] = new JsonArray("CREATE_ISSUES") });
        world.Reconnect();
        var denied = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("AccessDenied", denied.FailureId);
        Assert.Contains("CREATE_ISSUES", denied.Failure!.ToString(), StringComparison.Ordinal);
        await world.SetAccountAsync(new JsonObject { ["withoutPermissions"] = new JsonArray() });

        world.Run("$jira = Connect-JiraSite -Uri $jiraUri -Credential $jiraCredential").Succeeded();
        await world.ResetRequestsAsync();
        Assert.Equal("JiraIsReadOnly", world.Run("Invoke-JiraAdoPlan $path").FailureId);
        Assert.Empty(await world.RequestsAsync("jira"));
        Assert.Equal(4, (await BothSides.IssuesAsync(world, flavor, "project = SHOP")).Count);

        world.Reconnect();
        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal(21, run.Of("IssueResult").Count(one => one.Properties["Action"].Value.ToString() == "Create"));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_file_that_was_edited_is_refused_whoever_computed_its_hash(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var first = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(first, "System.Title", "Named in Azure DevOps");
        Plan(world);
        var good = await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken);
        Assert.Contains("\"format\": \"JiraAdoSync plan 2\"", good, StringComparison.Ordinal);
        Assert.Contains("\"side\": \"Jira\"", good, StringComparison.Ordinal);

        await WriteAsync(good.Replace("Named in Azure DevOps", "Forged", StringComparison.Ordinal));
        Assert.Equal("PlanFileInvalid", world.Run("Invoke-JiraAdoPlan $path").FailureId);
        (string Id, Action<JsonNode> Edit)[] forgeries =
        [
            ("PlanDrifted", plan => Value(plan)["after"] = "Forged"),
            ("PlanDrifted", plan => Value(plan)["before"] = "Forged"),
            ("PlanDrifted", plan => Issue(plan)["workItemId"] = 2),
            ("PlanDrifted", plan => (Issue(plan)["key"], Issue(plan)["issueId"]) = ("SHOP-2", 10002)),
            ("PlanDrifted", plan => plan["twoWay"]!["selectedIssues"] = ""),
            ("PlanFileInvalid", plan => plan["twoWay"]!["selectedIssues"] = "1) or (1"),
            ("PlanFileInvalid", plan => plan["twoWay"]!["profile"] = new JsonArray("@{ FieldMapping = @{ Title = { 1 } } }")),
            ("PlanFileInvalid", plan => plan["twoWay"]!["profile"] = new JsonArray("Remove-Item x")),
            ("PlanFileInvalid", plan => plan["twoWay"]!["profile"] = new JsonArray("@{ Direction = 'Both'; UserMapping = 'C:\\people.csv' }")),
            ("PlanFileInvalid", plan => plan["twoWay"] = null),
            ("PlanFileInvalid", plan => plan["project"] = "Tailspin"),
            ("PlanFileInvalid", plan => plan["site"] = "https://jira.contoso.com"),
        ];
        foreach (var (id, edit) in forgeries)
        {
            await WriteAsync(good);
            await EditAsync(edit);
            world.Reconnect();
            Assert.Equal(id, world.Run("Invoke-JiraAdoPlan $path").FailureId);
        }

        // What it is that an older version sees.
        await WriteAsync(good.Replace("plan 2", "plan 3", StringComparison.Ordinal));
        Assert.Contains("its format is 'JiraAdoSync plan 3'", world.Run("Invoke-JiraAdoPlan $path").Failure!.ToString(), StringComparison.Ordinal);
        Assert.Equal("Issue 1", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        await WriteAsync(good.ReplaceLineEndings("\r\n"));
        world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal("Named in Azure DevOps", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());

        static JsonNode Issue(JsonNode plan) => plan["twoWay"]!["issues"]!.AsArray()
            .Single(issue => (string?)issue!["key"] == "SHOP-1" && issue["values"]!.AsArray().Count > 0)!;

        static JsonNode Value(JsonNode plan) => Issue(plan)["values"]!.AsArray().Single()!;
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_part_of_a_plan_is_applied_and_the_rest_is_left_for_the_next_run(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await EditAllKindsAsync(world);
        Plan(world, $"{Both} -PlanOnly | Where-Object Key -eq 'SHOP-1'");
        world.Reconnect();
        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal("Changed", run.RunOutcome());
        Assert.Equal("Named in Azure DevOps", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        Assert.Equal("Issue 2", await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 2"), "System.Title"));
        Assert.Equal(4, (await BothSides.IssuesAsync(world, flavor, "project = SHOP")).Count);
        Assert.Equal("Changed", world.Run(Both).Succeeded().RunOutcome());
        Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task WhatIf_of_a_file_shows_both_sides_and_the_conflicts_and_writes_nothing(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await EditAllKindsAsync(world);
        var third = await world.Board.IdOfAsync("Issue 3");
        await world.Board.SetFieldAsync(third, "System.Title", "As Azure DevOps has it");
        await world.Tracker.SetSummaryAsync("SHOP-3", "As Jira has it");
        Plan(world);
        var file = JsonNode.Parse(await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken))!["plan"]!["twoWay"]!;
        Assert.Equal(
            "Conflict SHOP-3 System.Title As Jira has it As Azure DevOps has it",
            Assert.Single(
                file["fields"]!.AsArray().Select(field =>
                    $"{field!["action"]} {field["key"]} {field["field"]} {field["jiraValue"]} {field["adoValue"]}"),
                row => row.StartsWith("Conflict", StringComparison.Ordinal)));
        await world.ResetRequestsAsync();
        var run = world.Run("Invoke-JiraAdoPlan $path -WhatIf").Succeeded();
        Assert.Equal("WouldChange", run.RunOutcome());
        Assert.Equal(1, run.Summary.Properties["Conflicts"].Value);
        Assert.Contains("Update SHOP-1 Jira", run.Rows("IssueResult", "Action", "Key", "Side"));
        Assert.Contains("Update SHOP-2 AzureDevOps", run.Rows("WorkItemResult", "Action", "Key", "Side"));
        var conflict = Assert.Single(
            run.Of("FieldResult"), one => one.Properties["Action"].Value.ToString() == "Conflict");
        Assert.EndsWith("-Key SHOP-3 -FieldConflict JiraWins", $"{conflict.Properties["Decide"].Value}", StringComparison.Ordinal);
        Assert.Empty(await world.WritesToJiraAsync());
        Assert.Equal("Issue 1", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        world.Run($"{conflict.Properties["Decide"].Value}").Succeeded();
        Assert.Equal("As Jira has it", await world.Board.FieldAsync(third, "System.Title"));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Every_kind_of_parameter_is_kept_and_a_script_is_refused(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var first = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(first, "System.Title", "Ann's \"own\" $(title)");
        await world.Board.SetFieldAsync(first, "System.State", "Resolved");
        await File.WriteAllTextAsync(_path + ".csv", "jira,ado\r\nann's@old.com,ann@contoso.example\r\n", TestContext.Current.CancellationToken);
        var parameters =
            """
            -StatusMapping @{ Resolved = 'In Review', 'In Progress' } -TransitionField @{ Resolution = 'Done' } -WriteLimit 30
            -StateMapping @{ 'In Review' = 'Resolved', 'Active'; Bug = @{ 'It''s "done"' = $null } } -PriorityMapping @{ Odd = 2 }
            -FieldMapping @{ 'Area Path' = $null; Priority = @{ Field = 'priority'; Direction = 'Both'; Map = @{ Medium = 2 } } }
            -RelationMapping @{ Related = 'relates to' } -TypeMapping @{ Story = 'User Story', 'Feature' } -Unmapped Skip
            -LinkTypeMapping @{ 'relates to' = 'Related' } -FieldConflict AdoWins -Baseline Ado -UserMapping "$path.csv"
            """.ReplaceLineEndings(" ");
        var script = parameters.Replace("\"$path.csv\"", "{ $_.emailAddress }", StringComparison.Ordinal);
        var refused = world.Run($"{Both} {script} -PlanOnly | Export-JiraAdoPlan $path");
        Assert.Equal("ParameterConflict", refused.FailureId);
        Assert.Contains("-UserMapping has a script block", refused.Failure!.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_path));

        Plan(world, $"{Both} {parameters} -PlanOnly");
        File.Delete(_path + ".csv");
        world.Reconnect();
        world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        var issue = await world.Tracker.FieldsAsync("SHOP-1");
        Assert.Equal("Ann's \"own\" $(title)", issue["summary"]!.ToString());
        Assert.Equal("In Progress", issue["status"]!["name"]!.ToString());
        var profile = string.Join('\n', JsonNode.Parse(await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken))!["plan"]!["twoWay"]!["profile"]!
            .AsArray().Select(line => line!.ToString()));
        foreach (var entry in new[] { "'ann''s@old.com' = 'ann@contoso.example'", "'It''s \"done\"' = $null", "WriteLimit = 30", "FieldConflict = 'AdoWins'" })
        {
            Assert.Contains(entry, profile, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task What_says_whose_marks_count_is_given_again(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.Title", "Named in Azure DevOps");
        Plan(world, $"{Both} -FormerAccount 'former@contoso.example' -PlanOnly");
        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("ParameterConflict", refused.FailureId);
        Assert.Contains("-FormerAccount 'former@contoso.example'", refused.Failure!.ToString(), StringComparison.Ordinal);
        world.Run("Invoke-JiraAdoPlan $path -FormerAccount 'former@contoso.example'").Succeeded();
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Rows_that_are_of_no_plan_or_of_two_are_refused(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.Title", "Named in Azure DevOps");
        Assert.Equal(
            "ParameterConflict",
            world.Run($"@({Both} -PlanOnly; {Both} -PlanOnly) | Export-JiraAdoPlan $path").FailureId);
        Assert.Equal(
            "ParameterConflict",
            world.Run($"@({Both} -PlanOnly; Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly) | Export-JiraAdoPlan $path").FailureId);
        var results = world.Run($"{Both} | Where-Object Action | Export-JiraAdoPlan $path");
        Assert.Equal("ParameterConflict", results.FailureId);
        Assert.Contains("no rows of a plan", results.Failure!.ToString(), StringComparison.Ordinal);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        Assert.Contains("\"JiraAdoSync plan 1\"", await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("ParameterConflict", world.Run("Invoke-JiraAdoPlan $path -WriteLimit 10").FailureId);
    }

    private static void Plan(World world, string command = $"{Both} -PlanOnly") =>
        world.Run($"{command} | Export-JiraAdoPlan $path").Succeeded();

    /// <summary>Applies the file, which is refused before anything is written.</summary>
    private static async Task<IReadOnlyList<string>> RefuseAsync(World world)
    {
        await world.ResetRequestsAsync();
        world.Reconnect();
        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanDrifted", refused.FailureId);
        Assert.Empty(await world.WritesToJiraAsync());
        Assert.DoesNotContain("POST /{organization}/_apis/wit/$batch", (await world.RequestsAsync("ado")).Keys);
        return (IReadOnlyList<string>)refused.Failure!.TargetObject;
    }

    /// <summary>Edits the plan in the file, and gives it the hash that it has then.</summary>
    private async Task EditAsync(Action<JsonNode> change)
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken))!;
        change(file["plan"]!);
        using var text = JsonDocument.Parse(file.ToJsonString());
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.RootElement.GetProperty("plan").GetRawText()));
        file["sha256"] = Convert.ToHexString(hash).ToLowerInvariant();
        await WriteAsync(file.ToJsonString());
    }

    private Task WriteAsync(string text) => File.WriteAllTextAsync(_path, text, TestContext.Current.CancellationToken);

    /// <summary>Edits of people on both sides, of every kind that a plan has.</summary>
    private static async Task EditAllKindsAsync(World world)
    {
        using var board = (await world.JoinAsync("ann@contoso.example")).Board;
        var (first, second) = (await board.IdOfAsync("Issue 1"), await board.IdOfAsync("Issue 2"));
        await board.SetFieldAsync(first, "System.Title", "Named in Azure DevOps");
        await board.SetFieldAsync(first, "System.State", "Active");
        await world.Tracker.SetSummaryAsync("SHOP-2", "Named in Jira");
        await board.CommentAsync(first, "<div>Said in Azure DevOps</div>");
        await board.AttachAsync(second, "plan.txt", "the plan", string.Empty);
        await board.UnrelateAsync(first, await board.IdOfAsync("Issue 3"));
        var (bug, task) = (await board.CreateAsync("Bug", "Found here"), await board.CreateAsync("Task", "Do it"));
        await board.RelateAsync(task, "System.LinkTypes.Hierarchy-Reverse", first);
        await board.RelateAsync(bug, "System.LinkTypes.Related", second);
    }

    private async Task<World> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Link(1, "blocks", 3);
        var world = (await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        world.Session.Set("path", _path);
        world.Run(Both).Succeeded();
        await world.Tracker.CreateAsync("Issue 4");
        return world;
    }

    /// <summary>A run that finds nothing to do.</summary>
    private static void Quiet(World world)
    {
        world.Reconnect();
        Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
    }
}
