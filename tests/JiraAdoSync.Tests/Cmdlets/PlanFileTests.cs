using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>A plan written to a file, approved, and applied exactly, or not at all.</summary>
public sealed class PlanFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.plan.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task A_plan_of_an_empty_project_is_applied_from_its_file()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        Assert.Empty(await world.Board.ItemsAsync());
        var text = await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken);
        Assert.Contains("\"relation\": \"Successor\"", text, StringComparison.Ordinal);

        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
        Assert.Equal(
            "NoChange",
            world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'")
                .Succeeded().Summary.Properties["Outcome"].Value.ToString());
    }

    [Fact]
    public async Task A_plan_of_updates_replacements_and_removals_is_applied_from_its_file()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -LinkTypeMapping (Get-LinkTypeMapping Recipe)").Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay");
        await world.Tracker.UnlinkAsync("SHOP-4", "SHOP-1");
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -Prune -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        // On the agent that applies it, nothing is remembered.
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal(["Remove", "Replace", "Replace"],
            run.Rows("RelationResult", "Action").Where(action => action != "Keep").Order());
        var relations = await world.Board.RelationsAsync();
        Assert.Equal(8, relations.Count);
        Assert.Contains("Choose a payment provider Successor Customers can pay", relations);
    }

    [Fact]
    public async Task What_somebody_changed_since_refuses_the_plan_with_the_list_of_differences()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'key in (SHOP-1, SHOP-2)'").Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay");
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();

        // An item that the plan does not touch may change as it likes.
        await world.Board.SetFieldAsync(
            await world.Board.IdOfAsync("Choose a payment provider"), "System.Title", "Renamed");
        var story = await world.Board.IdOfAsync("Customers can pay by card");
        await world.Board.SetFieldAsync(story, "System.Title", "Edited by people");
        await world.Board.RelateAsync(
            story, "System.LinkTypes.Related", await world.Board.CreateAsync("Task", "Somebody's"));
        world.Run("$null = Get-JiraReplica -Key SHOP-4 | Sync-AdoWorkItem").Succeeded();
        await world.ResetRequestsAsync();

        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanDrifted", refused.FailureId);
        var differences = (IReadOnlyList<string>)refused.Failure!.TargetObject;
        Assert.Equal(3, differences.Count);
        Assert.Contains($"Work item {story} has a new relation", differences[0], StringComparison.Ordinal);
        Assert.Contains($"Work item {story} was edited", differences[1], StringComparison.Ordinal);
        Assert.Contains("SHOP-4 was to be created", differences[2], StringComparison.Ordinal);
        Assert.DoesNotContain(
            (await world.RequestsAsync("ado")).Keys, route => route.Contains("$batch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_was_edited_after_it_was_written_is_refused()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        var text = await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            _path, text.Replace("\"Successor\"", "\"Predecessor\"", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        Assert.Equal("PlanFileInvalid", world.Run("Invoke-JiraAdoPlan $path").FailureId);
        foreach (var nonsense in new[] { "", "{}", "[]", "no json", """{"format":"JiraAdoSync plan 2","sha256":"","plan":{}}""" })
        {
            await File.WriteAllTextAsync(_path, nonsense, TestContext.Current.CancellationToken);
            Assert.Equal("PlanFileInvalid", world.Run("Invoke-JiraAdoPlan $path").FailureId);
        }

        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task WhatIf_of_a_plan_file_writes_nothing()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        var run = world.Run("Invoke-JiraAdoPlan $path -WhatIf").Succeeded();
        Assert.Equal("WouldChange", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task WhatIf_shows_what_PlanOnly_shows()
    {
        await using var world = await StartAsync();
        const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
        var plan = world.Run($"{Sync} -PlanOnly").Succeeded();
        var whatIf = world.Run($"{Sync} -WhatIf").Succeeded();
        Assert.Equal(plan.Rows("WorkItemChange", "Action", "Key", "WorkItemType"),
            whatIf.Rows("WorkItemResult", "Action", "Key", "WorkItemType"));
        Assert.Equal(
            plan.Rows("RelationChange", "Action", "Source", "Relation", "Target", "Reason", "Detail"),
            whatIf.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason", "Detail"));
        Assert.Equal(11, plan.Output.Count);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task A_plan_is_applied_once()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        var again = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanDrifted", again.FailureId);
        Assert.Equal(6, ((IReadOnlyList<string>)again.Failure!.TargetObject).Count);
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_plan_that_was_applied_by_half_is_refused_and_a_new_one_completes_it()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        world.Run("$null = Get-JiraReplica -Key SHOP-1, SHOP-2 | Sync-AdoWorkItem").Succeeded();
        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanDrifted", refused.FailureId);
        Assert.Contains("SHOP-1 was to be created", refused.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, (await world.Board.ItemsAsync()).Count);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_part_of_a_plan_is_applied_and_what_it_leaves_out_is_waited_for()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Where-Object Key -ne 'SHOP-4' | Export-JiraAdoPlan $path").Succeeded();
        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal(
            ["Pending SHOP-4 SHOP-1 EndMissing"], run.Rows("RelationResult", "Action", "Source", "Target", "Reason")
            .Where(row => !row.StartsWith("Create", StringComparison.Ordinal)));
        Assert.Equal(5, (await world.Board.ItemsAsync()).Count);
        Assert.Equal("Changed", world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded().RunOutcome());
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_plan_with_a_conflict_that_the_user_does_not_want_is_not_written()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Link(1, "blocks", 2).Link(2, "blocks", 1);
        await using var world = await World.StartAsync(seed.Lines);
        world.Session.Set("path", _path);
        var run = world.Run(
            "Invoke-JiraAdoSync -Jql 'project = SHOP' -OnConflict Fail -PlanOnly | Export-JiraAdoPlan $path");
        Assert.Equal("PlanRefused", run.FailureId);
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public async Task A_plan_whose_work_item_is_deleted_is_refused()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay");
        await world.Tracker.SetSummaryAsync("SHOP-2", "Choose somebody");
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        await world.Board.DeleteAsync(await world.Board.IdOfAsync("Choose a payment provider"));
        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanDrifted", refused.FailureId);
        Assert.Contains("no longer exists", refused.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "Customers can pay by card", string.Join('\n', await world.Board.TitlesAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_for_another_project_is_refused_and_both_projects_are_named()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        world.Connect("Tailspin");
        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanFileInvalid", refused.FailureId);
        Assert.Contains("Fabrikam", refused.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Contains("Tailspin", refused.Failure.ToString(), StringComparison.Ordinal);

        // The same with a right hash, from another organisation whose project has the same name.
        world.Connect();
        var token = TestContext.Current.CancellationToken;
        var text = (await File.ReadAllTextAsync(_path, token)).Replace(
            world.Sandbox.OrganizationUri.ToString().TrimEnd('/'), "https://dev.azure.com/other",
            StringComparison.Ordinal);
        using var file = JsonDocument.Parse(text);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(file.RootElement.GetProperty("plan").GetRawText()));
        var rewritten = text.Replace(
            file.RootElement.GetProperty("sha256").GetString()!, Convert.ToHexString(hash).ToLowerInvariant(),
            StringComparison.Ordinal);
        await File.WriteAllTextAsync(_path, rewritten, token);
        var other = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanFileInvalid", other.FailureId);
        Assert.Contains("https://dev.azure.com/other", other.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task A_relation_type_that_was_disabled_since_refuses_the_plan()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        world.Sandbox.Switches.DisabledLinkTypes = ["System.LinkTypes.Dependency"];
        world.Reconnect();
        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanDrifted", refused.FailureId);
        Assert.Contains("Dependency-Forward", refused.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_plan_notices_that_an_end_changed_which_is_outside_the_selection(bool isDeleted)
    {
        await using var world = await StartAsync();
        world.Run("$null = Get-JiraReplica -Key SHOP-4 | Sync-AdoWorkItem").Succeeded();
        const string Plan = "Invoke-JiraAdoSync -Key SHOP-1 -PlanOnly | Export-JiraAdoPlan $path";
        world.Run(Plan).Succeeded();
        var bug = await world.Board.IdOfAsync("Totals are rounded to whole dollars");
        await (isDeleted ? world.Board.DeleteAsync(bug)
            : world.Board.RelateAsync(
                bug, "System.LinkTypes.Related", await world.Board.CreateAsync("Task", "Somebody's")));
        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanDrifted", refused.FailureId);
        Assert.Contains(
            $"Work item {bug} {(isDeleted ? "no longer exists" : "has a new relation")}",
            Assert.Single((IReadOnlyList<string>)refused.Failure!.TargetObject),
            StringComparison.Ordinal);
        Assert.DoesNotContain("User Story: Customers can pay by card", await world.Board.TitlesAsync());

        // A plan that is made now fits.
        world.Run(Plan).Succeeded();
        world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Contains("User Story: Customers can pay by card", await world.Board.TitlesAsync());
    }

    [Theory]
    [InlineData("Degrade", "Degrade SHOP-1 Related SHOP-2 Cycle")]
    [InlineData("Skip", "Skip SHOP-1 Successor SHOP-2 Cycle")]
    public async Task A_plan_keeps_what_was_chosen_for_conflicts_that_only_the_service_sees(string choice, string row)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Link(1, "blocks", 2);
        await using var world = await World.StartAsync(seed.Lines);
        world.Session.Set("path", _path);
        world.Run("$null = Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem").Succeeded();
        var (one, two) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        var (x, y) = (await world.Board.CreateAsync("Task", "X"), await world.Board.CreateAsync("Task", "Y"));
        const string Successor = "System.LinkTypes.Dependency-Forward";
        await world.Board.RelateAsync(two, Successor, x);
        await world.Board.RelateAsync(x, Successor, y);
        await world.Board.RelateAsync(y, Successor, one);
        world.Run($"Invoke-JiraAdoSync -Jql 'project = SHOP' -OnConflict {choice} -PlanOnly | Export-JiraAdoPlan $path")
            .Succeeded();
        var run = world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal([row], run.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason"));
    }

    [Fact]
    public async Task Another_plan_than_was_approved_is_refused_though_the_hash_in_it_is_right()
    {
        await using var world = await StartAsync();
        using var shell = world.Session.Shell(
            "Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path");
        shell.Invoke();
        var hash = Assert.Single(
            shell.Streams.Information.Select(line => Regex.Match(line.ToString(), "hash .* is ([0-9a-f]{64})\\.")),
            match => match.Success).Groups[1].Value;
        await RewriteAsync(text => text.Replace("\"Successor\"", "\"Predecessor\"", StringComparison.Ordinal));
        Assert.Equal("PlanFileInvalid", world.Run($"Invoke-JiraAdoPlan $path -ExpectedHash {hash}").FailureId);
        await RewriteAsync(text => text.Replace("\"Predecessor\"", "\"Successor\"", StringComparison.Ordinal));
        foreach (var nothing in new[] { "''", "'$(planHash)'", "abc" })
        {
            Assert.StartsWith(
                "ParameterArgumentValidationError",
                world.Run($"Invoke-JiraAdoPlan $path -ExpectedHash {nothing}").FailureId, StringComparison.Ordinal);
        }

        Assert.Empty(await world.Board.ItemsAsync());
        world.Run($"Invoke-JiraAdoPlan $path -ExpectedHash {hash.ToUpperInvariant()}").Succeeded();
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);
    }

    [Fact]
    public async Task A_plan_that_names_work_items_of_others_is_refused_with_and_without_a_forged_mark()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var story = await world.Board.IdOfAsync("Customers can pay by card");
        var (mallory, _) = await world.JoinAsync("mallory@contoso.example");
        using var _1 = mallory;
        var his = await mallory.CreateAsync("User Story", "His own");
        await world.Tracker.SetSummaryAsync("SHOP-1", "Confidential");
        foreach (var isMarked in new[] { false, true })
        {
            if (isMarked)
            {
                var mark = (await world.Board.MarksAsync(story)).Single();
                await mallory.HyperlinkAsync(his, mark.Url, "SHOP-1 [JiraAdoSync 1 aaaaaaaa 2 00000000 -.-.-.-]");
            }

            world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
            await RewriteAsync(text => Regex.Replace(
                text.Replace($"\"workItemId\": {story},", $"\"workItemId\": {his},", StringComparison.Ordinal),
                "\"rev\": \\d+", $"\"rev\": {(isMarked ? 2 : 1)}"));
            world.Reconnect();
            var refused = world.Run("Invoke-JiraAdoPlan $path");
            Assert.Equal("PlanDrifted", refused.FailureId);
            Assert.Contains(
                (IReadOnlyList<string>)refused.Failure!.TargetObject,
                one => one.StartsWith($"Work item {his} is not the one of SHOP-1", StringComparison.Ordinal));
            Assert.Equal("His own", await world.Board.FieldAsync(his, "System.Title"));
        }
    }

    [Fact]
    public async Task A_plan_that_recycles_what_is_no_twin_is_refused()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var story = await world.Board.IdOfAsync("Customers can pay by card");
        var (mallory, _) = await world.JoinAsync("mallory@contoso.example");
        using var _1 = mallory;
        var his = await mallory.CreateAsync("User Story", "His own");
        // The only work item of the issue, which nobody has touched; and one without any mark.
        foreach (var target in new[] { story, his })
        {
            world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
            await EditAsync(plan =>
            {
                var item = plan["workItems"]!.AsArray().Single(one => (string?)one!["key"] == "SHOP-1")!;
                (item["action"], item["workItemId"]) = ("Remove", target);
            });
            world.Reconnect();
            var refused = world.Run("Invoke-JiraAdoPlan $path");
            Assert.Equal("PlanDrifted", refused.FailureId);
            Assert.Contains(
                (IReadOnlyList<string>)refused.Failure!.TargetObject,
                one => one == $"Work item {target} is no second one of SHOP-1, so it is not recycled.");
            Assert.Contains(await world.Board.ItemsAsync(), item => (int)item["id"]! == target);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_plan_that_removes_relations_of_people_is_refused_with_and_without_a_forged_mark(bool isForged)
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Tracker.UnlinkAsync("SHOP-4", "SHOP-1");
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -Prune -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        var ours = await ReadRemovedAsync();
        var (mallory, _) = await world.JoinAsync("mallory@contoso.example");
        using var _1 = mallory;
        var (from, to) = ((int)ours["workItemId"]!, (int)ours["targetWorkItemId"]!);
        await mallory.RelateAsync(from, "System.LinkTypes.Duplicate-Forward", isForged ? (string?)ours["comment"] : "Theirs", to);

        // Planned with the relation there, so that nothing but the file is wrong.
        world.Reconnect();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -Prune -PlanOnly | Export-JiraAdoPlan $path").Succeeded();
        Assert.Equal((string?)ours["referenceName"], (string?)(await ReadRemovedAsync())["referenceName"]);
        await EditAsync(plan => Removed(plan)["referenceName"] = "System.LinkTypes.Duplicate-Forward");
        world.Reconnect();
        var refused = world.Run("Invoke-JiraAdoPlan $path");
        Assert.Equal("PlanDrifted", refused.FailureId);
        Assert.Contains(
            (IReadOnlyList<string>)refused.Failure!.TargetObject,
            one => one.Contains("is not ours", StringComparison.Ordinal));
        Assert.Equal(12, (await world.Board.RelationsAsync()).Count);

        // As it was planned, it is applied.
        await EditAsync(plan => Removed(plan)["referenceName"] = (string?)ours["referenceName"]);
        world.Run("Invoke-JiraAdoPlan $path").Succeeded();
        Assert.Equal(10, (await world.Board.RelationsAsync()).Count);

        async Task<JsonNode> ReadRemovedAsync() => Removed(
            JsonNode.Parse(await File.ReadAllTextAsync(_path, TestContext.Current.CancellationToken))!["plan"]!);

        static JsonNode Removed(JsonNode plan) => plan["relations"]!.AsArray()
            .SelectMany(change => change!["removes"] as JsonArray ?? []).Single()!;
    }

    [Fact]
    public async Task The_question_and_the_table_show_the_fields_that_are_written_and_the_present_title()
    {
        await using var world = await StartAsync();
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.Tracker.SetSummaryAsync("SHOP-1", "Customers can pay");
        using var screen = new StringWriter();
        using var session = new PowerShellSession(new TerminalHost(screen, isTerminal: false, width: 400));
        session.Set("jira", world.Run("$jira").Output.Single());
        session.Set("ado", world.Run("$ado").Output.Single());
        session.Set("path", _path);
        session.Run(
            """
            $to = @{ JiraConnection = $jira; AdoConnection = $ado }
            $plan = Invoke-JiraAdoSync @to -Jql 'project = SHOP' -PlanOnly
            $plan | Out-Default
            $plan | Export-JiraAdoPlan @to $path
            Invoke-JiraAdoPlan @to $path -WhatIf | Out-Default
            """).Succeeded();
        var text = screen.ToString();
        Assert.Contains("Customers can pay: Title (now \"Customers can pay by card\")", text, StringComparison.Ordinal);
        Assert.Matches("Update work item \\d+ \"Customers can pay by card\": System.Title", text);
    }

    /// <summary>Changes the file as somebody does who knows how the hash in it is made.</summary>
    /// <summary>Edits the plan in the file, and gives it the hash that it has then.</summary>
    private Task EditAsync(Action<JsonNode> change) => RewriteAsync(text =>
    {
        var file = JsonNode.Parse(text)!;
        change(file["plan"]!);
        return file.ToJsonString();
    });

    private async Task RewriteAsync(Func<string, string> change)
    {
        var token = TestContext.Current.CancellationToken;
        var text = change(await File.ReadAllTextAsync(_path, token));
        using var file = JsonDocument.Parse(text);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(file.RootElement.GetProperty("plan").GetRawText()));
        await File.WriteAllTextAsync(_path, text.Replace(
            file.RootElement.GetProperty("sha256").GetString()!, Convert.ToHexString(hash).ToLowerInvariant(),
            StringComparison.Ordinal), token);
    }

    private async Task<World> StartAsync()
    {
        var world = await World.StartAsync(RecipeStory.Issues);
        world.Session.Set("path", _path);
        return world;
    }
}
