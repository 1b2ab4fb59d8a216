using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Runs that write to both sides, through the cmdlets and over real HTTP.</summary>
public sealed class TwoWayTests
{
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both";

    [Fact]
    public async Task Without_the_second_key_nothing_is_even_read()
    {
        await using var world = await World.StartAsync(Seed().Lines);
        world.Run("$jira = Connect-JiraSite -Uri $jiraUri -Credential $jiraCredential").Succeeded();
        await world.ResetRequestsAsync();
        Assert.Equal("JiraIsReadOnly", world.Run(Both).FailureId);
        Assert.Empty(await world.RequestsAsync("jira"));
        Assert.Empty(await world.RequestsAsync("ado"));
    }

    [Theory]
    [InlineData("-Wiql '[System.Id] > 0'")]
    [InlineData("-JiraProject SHOP")]
    [InlineData("-Baseline Jira")]
    [InlineData("-FieldConflict Hold")]
    [InlineData("-IncludeWorkItemLinks")]
    [InlineData("-TransitionField @{ Resolution = 'Done' }")]
    public async Task What_means_nothing_one_way_is_refused_there(string parameter)
    {
        await using var world = await World.StartAsync(Seed().Lines);
        Assert.Equal("ParameterConflict", world.Run($"Invoke-JiraAdoSync -Jql 'project = SHOP' {parameter}").FailureId);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Edits_of_both_sides_arrive_and_the_next_run_writes_nothing(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.RunQuietlyAsync(Both);

        await world.Board.SetFieldAsync(id, "System.Title", "Named in Azure DevOps");
        await world.Board.SetFieldAsync(id, "System.State", "Active");
        await world.Board.SetFieldAsync(id, "System.Tags", "web; board");
        await world.Tracker.SetFieldsAsync("SHOP-1", """{ "priority": { "name": "Highest" }, "labels": ["web", "jira"] }""");
        var run = world.Run(Both).Succeeded();

        Assert.Equal("Changed", run.RunOutcome());
        var issue = await world.Tracker.FieldsAsync("SHOP-1");
        Assert.Equal("Named in Azure DevOps", issue["summary"]!.ToString());
        Assert.Equal("In Progress", issue["status"]!["name"]!.ToString());
        Assert.Equal(["board", "jira", "web"], issue["labels"]!.AsArray().Select(one => one!.ToString()).Order());
        Assert.Equal("1", await world.Board.FieldAsync(id, "Microsoft.VSTS.Common.Priority"));
        Assert.Equal(
            ["board", "jira", "web"],
            (await world.Board.FieldAsync(id, "System.Tags"))!.Split("; ").Order());
        Assert.Equal("Highest", issue["priority"]!["name"]!.ToString());
        await world.RunQuietlyAsync(Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_field_that_both_sides_changed_is_held_and_a_person_decides_it(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "System.Title", "As Azure DevOps has it");
        await world.Tracker.SetSummaryAsync("SHOP-1", "As Jira has it");
        await world.Tracker.SetFieldsAsync("SHOP-1", """{ "priority": { "name": "Low" } }""");

        var run = world.Run(Both).Succeeded();
        Assert.Equal(
            ["Conflict SHOP-1 System.Title As Jira has it As Azure DevOps has it"],
            run.Rows("FieldResult", "Action", "Key", "Field", "JiraValue", "AdoValue"));
        Assert.Contains(run.Warnings, warning => warning.StartsWith("Conflict: both sides changed 1 field", StringComparison.Ordinal));
        Assert.Equal(1, run.Summary.Properties["Conflicts"].Value);
        Assert.Equal("As Jira has it", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        Assert.Equal("As Azure DevOps has it", await world.Board.FieldAsync(id, "System.Title"));
        // All others go on.
        Assert.Equal("4", await world.Board.FieldAsync(id, "Microsoft.VSTS.Common.Priority"));

        world.Run("Invoke-JiraAdoSync -Key SHOP-1 -Direction Both -FieldConflict AdoWins").Succeeded();
        Assert.Equal("As Azure DevOps has it", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        await world.RunQuietlyAsync(Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Pairs_that_were_synchronised_one_way_get_their_base_without_a_write_to_Jira(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        await world.ResetRequestsAsync();
        world.Run(Both).Succeeded();
        Assert.Empty(await world.WritesToJiraAsync());
        await world.RunQuietlyAsync(Both);

        var id = await world.Board.IdOfAsync("Issue 2");
        await world.Board.SetFieldAsync(id, "System.Title", "Edited since");
        world.Run(Both).Succeeded();
        Assert.Equal("Edited since", (await world.Tracker.FieldsAsync("SHOP-2"))["summary"]!.ToString());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_work_item_without_an_issue_gets_one_with_parent_status_and_link(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        world.Run(Both).Succeeded();
        var (story, other) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        var (bug, task) = (await world.Board.CreateAsync("Bug", "Found here"), await world.Board.CreateAsync("Task", "Do it"));
        await world.Board.SetFieldAsync(bug, "System.State", "Active");
        await world.Board.RelateAsync(task, "System.LinkTypes.Hierarchy-Reverse", story);
        await world.Board.RelateAsync(bug, "System.LinkTypes.Related", other);

        var command = $"{Both} -Wiql '[System.Id] > 0' -JiraProject SHOP";
        var run = world.Run(command).Succeeded();
        var keys = run.Of("IssueResult").Where(one => one.Properties["Action"].Value.ToString() == "Create")
            .ToDictionary(one => one.Properties["Summary"].Value.ToString()!, one => one.Properties["Key"].Value.ToString()!);
        Assert.Equal(["Do it", "Found here"], keys.Keys.Order());
        var found = await world.Tracker.FieldsAsync(keys["Found here"]);
        Assert.Equal(("Bug", "In Progress"), (found["issuetype"]!["name"]!.ToString(), found["status"]!["name"]!.ToString()));
        Assert.Single(found["issuelinks"]!.AsArray());
        var done = await world.Tracker.FieldsAsync(keys["Do it"]);
        Assert.Equal(("Sub-task", "SHOP-1"), (done["issuetype"]!["name"]!.ToString(), done["parent"]!["key"]!.ToString()));
        Assert.Equal("NoChange", world.Run(command).Succeeded().RunOutcome());
        await world.RunQuietlyAsync(command);
    }

    /// <summary>
    /// A rule of the process assigns a work item to whoever moves it: here to the account of a one-way run.
    /// </summary>
    [Fact]
    public async Task An_assignment_that_a_rule_of_the_process_made_is_no_conflict()
    {
        var seed = new JiraSeed().Issue(1, "Task").Status(1, "In Progress", "indeterminate");
        await using var world = await StartAsync(seed, JiraFlavor.Cloud);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.NotNull(await world.Board.FieldAsync(id, "System.AssignedTo"));

        var first = world.Run(Both).Succeeded();
        Assert.Empty(first.Of("FieldResult"));
        Assert.NotNull(await world.Board.FieldAsync(id, "System.AssignedTo"));
        await world.RunQuietlyAsync(Both);
    }

    /// <summary>Of an entry with several work item types, each becomes the issue type.</summary>
    [Fact]
    public async Task A_work_item_whose_type_no_issue_becomes_gets_the_entry_that_the_error_names()
    {
        await using var world = await StartAsync(Seed(), JiraFlavor.Cloud);
        var feature = await world.Board.CreateAsync("Feature", "Found here");
        var command = $"{Both} -Wiql '[System.Id] > 0' -JiraProject SHOP";
        var refused = world.Run(command);
        Assert.Equal("IssueTypeUnmapped", refused.FailureId);
        const string Entry = "@{ 'Story' = 'User Story', 'Feature' }";
        Assert.Contains($"-TypeMapping, as in {Entry},", refused.Failure!.Exception.Message, StringComparison.Ordinal);

        await world.ResetRequestsAsync();
        var run = world.Run($"{command} -TypeMapping {Entry}").Succeeded();
        // The issue is created with all that it is to have.
        Assert.Equal(1, (await world.WritesToJiraAsync()).Values.Sum());
        var key = run.Of("IssueResult").Single(one => one.Properties["Action"].Value.ToString() == "Create")
            .Properties["Key"].Value.ToString()!;
        Assert.Equal("Story", (await world.Tracker.FieldsAsync(key))["issuetype"]!["name"]!.ToString());
        Assert.Equal("User Story", await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.WorkItemType"));
        Assert.Equal("Feature", await world.Board.FieldAsync(feature, "System.WorkItemType"));
        await world.RunQuietlyAsync($"{command} -TypeMapping {Entry}");
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Links_and_parents_that_people_make_or_remove_in_Azure_DevOps_arrive(JiraFlavor flavor)
    {
        var seed = Seed().Issue(4, "Epic", "The epic").Link(1, "blocks", 2);
        await using var world = await StartAsync(seed, flavor);
        world.Run(Both).Succeeded();
        var ids = new Dictionary<int, int>();
        for (var number = 1; number <= 3; number++)
        {
            ids[number] = await world.Board.IdOfAsync($"Issue {number}");
        }

        var (ann, _) = await world.JoinAsync("ann@contoso.example");
        using var board = ann;
        await board.RelateAsync(ids[1], "System.LinkTypes.Related", ids[3]);
        await board.RelateAsync(ids[2], "System.LinkTypes.Dependency-Forward", ids[3]);
        await board.RelateAsync(ids[3], "System.LinkTypes.Hierarchy-Reverse", await board.IdOfAsync("The epic"));
        await board.UnrelateAsync(ids[1], ids[2]);
        world.Run(Both).Succeeded();

        Assert.Equal(["blocks SHOP-2", "relates to SHOP-3"], await OutwardAsync(world, "SHOP-1"));
        Assert.Equal(["blocks SHOP-3"], await OutwardAsync(world, "SHOP-2"));
        var child = await world.Tracker.FieldsAsync("SHOP-3");
        Assert.Equal("SHOP-4", (child["parent"]?["key"] ?? child["customfield_10008"])!.ToString());
        Assert.Equal("LinkGone", world.Run(Both).Succeeded().Rows("IssueLinkResult", "Reason").Single());

        world.Run(Both + " -Prune").Succeeded();
        Assert.Equal(["relates to SHOP-3"], await OutwardAsync(world, "SHOP-1"));
        await world.RunQuietlyAsync(Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_plan_and_WhatIf_show_both_sides_and_write_nothing(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        world.Run(Both).Succeeded();
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.Title", "Planned");
        await world.ResetRequestsAsync();
        var plan = world.Run(Both + " -PlanOnly").Succeeded();
        Assert.Equal(["Update SHOP-1 summary"], plan.Rows("IssueResult", "Action", "Key", "Fields"));
        var run = world.Run(Both + " -WhatIf").Succeeded();
        Assert.Equal("WouldChange", run.RunOutcome());
        Assert.Equal(["Update SHOP-1 False"], run.Rows("IssueResult", "Action", "Key", "IsApplied"));
        Assert.Empty(await world.WritesToJiraAsync());
        Assert.Equal("Issue 1", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task The_work_item_of_an_issue_that_was_deleted_is_reported_and_stays(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Tracker.DeleteAsync("SHOP-1");

        // Jira answers the same for an issue that the account can't see: that is no reason to delete anything.
        var run = world.Run($"{Both} -Wiql '[System.Id] > 0' -JiraProject SHOP -Prune").Succeeded();

        Assert.Equal(
            $"IssueGone: SHOP-1, the issue of work item {id}, does not exist any more or can't be read. The work item is left as it is.",
            Assert.Single(run.Warnings));
        Assert.Equal(id, await world.Board.IdOfAsync("Issue 1"));
        Assert.Empty(run.Rows("IssueResult", "Action"));
        Assert.Equal([$"{id} SHOP-1"], world.Run("Get-JiraAdoOrphan").Succeeded().Rows("Orphan", "WorkItemId", "Key"));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_state_that_no_status_becomes_is_an_error_before_anything_is_written(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "System.State", "Resolved");
        await world.ResetRequestsAsync();
        var failed = world.Run(Both);
        Assert.Equal("StatusUnmapped", failed.FailureId);
        Assert.EndsWith(
            "as in @{ 'Resolved' = 'In Progress' }. The issues can have: To Do, In Progress, Done.",
            failed.Failure!.Exception.Message,
            StringComparison.Ordinal);
        Assert.Empty(await world.WritesToJiraAsync());
        world.Run(Both + " -StatusMapping @{ Resolved = 'Done' }").Succeeded();
        Assert.Equal("Done", (await world.Tracker.FieldsAsync("SHOP-1"))["status"]!["name"]!.ToString());
        await world.RunQuietlyAsync(Both + " -StatusMapping @{ Resolved = 'Done' }");
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_screen_on_the_way_gets_the_values_that_the_user_gives_or_is_named(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        using var control = new HttpClient { BaseAddress = world.Sandbox.Address };
        using var rules = await control.PutAsync(new Uri("/sandbox/jira/workflows", UriKind.Relative), new StringContent(
            """[{"issueTypes": ["Story"], "transitions": [{"id": "31", "name": "Close", "to": "Done", "screen": ["resolution"], "required": ["resolution"]}]}]"""),
            TestContext.Current.CancellationToken);
        rules.EnsureSuccessStatusCode();
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "System.State", "Closed");

        var run = world.Run(Both).Succeeded();
        Assert.Equal(["Skip NeedsScreen"], run.Rows("IssueResult", "Action", "Reason"));
        Assert.Equal("MappingInvalid", world.Run(Both + " -TransitionField @{ Resolutoin = 'Done' }").FailureId);

        world.Run(Both + " -TransitionField @{ Resolution = 'Done' }").Succeeded();
        var issue = await world.Tracker.FieldsAsync("SHOP-1");
        Assert.Equal(("Done", "Done"), (issue["status"]!["name"]!.ToString(), issue["resolution"]!["name"]!.ToString()));
        await world.RunQuietlyAsync(Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task More_writes_than_the_limit_stop_the_run_before_the_first(JiraFlavor flavor)
    {
        var seed = new JiraSeed();
        Enumerable.Range(1, 22).ToList().ForEach(number => seed.Issue(number, "Story"));
        await using var world = await StartAsync(seed, flavor);
        world.Run(Both).Succeeded();
        foreach (var item in await world.Board.ItemsAsync())
        {
            await world.Board.SetFieldAsync((int)item["id"]!, "System.Title", $"Renamed {item["id"]}");
        }

        await world.ResetRequestsAsync();
        Assert.Equal("WriteLimitExceeded", world.Run(Both).FailureId);
        Assert.Empty(await world.WritesToJiraAsync());
        world.Run(Both + " -WriteLimit 100").Succeeded();
        Assert.StartsWith("Renamed", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HistoryTimes.OnEach), MemberType = typeof(HistoryTimes))]
    public async Task An_edit_that_a_broken_off_run_wrote_over_is_reported_once_by_the_next_run(
        JiraFlavor flavor, HistoryTimes times)
    {
        await using var world = await StartAsync(Seed(), flavor, times);
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await world.Board.SetFieldAsync(id, "System.Title", "As Azure DevOps has it");
        await eve.SetSummaryAsync("SHOP-1", "As Jira had it");
        world.Run($"{Both} -FieldConflict AdoWins").Succeeded();
        // As the issue is between the write and the look in its history: the edit was later than what was read.
        var property = (await eve.PropertyAsync("SHOP-1", "jiraadosync"))!.DeepClone();
        Assert.Null(property["pending"]);
        property["pending"] = 1;
        await eve.SetPropertyAsync("SHOP-1", "jiraadosync", property);

        var run = world.Run(Both).Succeeded();

        Assert.Equal(
            ["Conflict System.Title As Jira had it As Azure DevOps has it Overwritten"],
            run.Rows("FieldResult", "Action", "Field", "JiraValue", "AdoValue", "Reason"));
        Assert.Contains(run.Warnings, warning => warning.StartsWith(
            "Overwritten: System.Title of SHOP-1 was 'As Jira had it' by ", StringComparison.Ordinal));
        Assert.Null((await eve.PropertyAsync("SHOP-1", "jiraadosync"))!["pending"]);
        await world.RunQuietlyAsync(Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.DataCenter, false)]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.DataCenter, true)]
    public async Task Where_somebody_removed_a_mark_the_issue_gets_no_second_work_item_without_a_query_for_these(
        JiraFlavor flavor, bool isEmptied)
    {
        await using var world = await StartAsync(Seed(), flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldAsync(id, "System.Title", "Renamed");
        var mark = (await ann.MarksAsync(id))[0];
        await (isEmptied ? ann.SetCommentAsync(id, mark.Url, string.Empty) : ann.UnlinkAsync(id, mark.Url));
        var titles = await world.Board.TitlesAsync();
        world.Reconnect();

        var run = world.Run(Both).Succeeded();

        Assert.Equal(["Skip SHOP-1 MarkRemoved"], run.Rows("WorkItemResult", "Action", "Key", "Reason")
            .Where(row => row.StartsWith("Skip", StringComparison.Ordinal)));
        Assert.Equal(titles, await world.Board.TitlesAsync());

        await (isEmptied ? ann.UnlinkAsync(id, mark.Url) : Task.CompletedTask);
        world.Run($"Set-JiraAdoCorrelation SHOP-1 {id}").Succeeded();
        world.Run(Both).Succeeded();
        world.Run(Both).Succeeded();
        world.Reconnect();
        await world.RunQuietlyAsync(Both);
        Assert.Equal(titles.Count, (await world.Board.TitlesAsync()).Count);
    }

    [Fact]
    public async Task Among_many_work_items_of_the_account_those_with_the_title_of_the_issue_are_looked_at_for_a_mark()
    {
        await using var world = await StartAsync(Seed(), JiraFlavor.Cloud);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.UnlinkAsync(id, (await ann.MarksAsync(id))[0].Url);
        for (var at = 0; at <= 100; at++)
        {
            await ann.SetFieldAsync(await world.Board.CreateAsync("Task", $"Made by a tool {at}"), "System.Tags", "tool");
        }

        world.Reconnect();
        await world.ResetRequestsAsync();
        var run = world.Run(Both).Succeeded();

        Assert.Contains("Skip SHOP-1 MarkRemoved", run.Rows("WorkItemResult", "Action", "Key", "Reason"));
        Assert.Equal(
            1, (await world.RequestsAsync("ado")).Where(one => one.Key.EndsWith("/updates", StringComparison.Ordinal)).Sum(one => one.Value));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.DataCenter, false)]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.DataCenter, true)]
    public async Task Where_somebody_removed_a_mark_neither_side_gets_a_second_partner(JiraFlavor flavor, bool isRemembered)
    {
        const string Run = $"{Both} -Wiql '[System.Id] > 0' -JiraProject SHOP";
        await using var world = await StartAsync(Seed(), flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run(Run).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        if (isRemembered)
        {
            await ann.SetFieldAsync(id, "System.Title", "As Azure DevOps has it");
            world.Run(Run).Succeeded();
        }

        var titles = await world.Board.TitlesAsync();
        await ann.UnlinkAsync(id, (await ann.MarksAsync(id))[0].Url);
        world.Reconnect();
        await world.ResetRequestsAsync();

        var run = world.Run(Run).Succeeded();

        Assert.Equal(["Skip SHOP-1 MarkRemoved"], run.Rows("WorkItemResult", "Action", "Key", "Reason")
            .Where(row => row.StartsWith("Skip", StringComparison.Ordinal)));
        Assert.Equal(titles, await world.Board.TitlesAsync());
        Assert.Empty(await world.WritesToJiraAsync());
        Assert.Contains(
            world.Run($"{Both.Replace("project = SHOP", "key = SHOP-2", StringComparison.Ordinal)} -Wiql '[System.Id] > 0' -JiraProject SHOP")
                .Succeeded().Warnings,
            warning => warning.StartsWith($"MarkRemoved: somebody removed the mark of {id}, ", StringComparison.Ordinal));

        world.Run($"Set-JiraAdoCorrelation SHOP-1 {id}").Succeeded();
        world.Run(Run).Succeeded();
        world.Reconnect();
        await world.RunQuietlyAsync(Run);
        Assert.Equal(titles, await world.Board.TitlesAsync());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Of_what_a_mapping_leaves_as_it_is_an_edit_of_either_side_arrives_and_of_both_is_a_conflict(JiraFlavor flavor)
    {
        // No priority, a person whom Azure DevOps does not know, and a status that is mapped to nothing.
        var seed = Seed().Issue(4, "Story").Issue(5, "Story").Status(5, "Parked", "indeterminate")
            .Issue(6, "Story").Fields(6, """{ "priority": { "name": "Low", "id": "4" } }""");
        await using var world = await StartAsync(seed, flavor);
        const string Run = Both + " -StateMapping @{ Parked = $null }";
        world.Run(Run.Replace(" -Direction Both", string.Empty, StringComparison.Ordinal)).Succeeded();
        var ids = new Dictionary<int, int>();
        for (var number = 1; number <= 6; number++)
        {
            ids[number] = await world.Board.IdOfAsync($"Issue {number}");
        }

        world.Run(Run).Succeeded();
        await world.RunQuietlyAsync(Run);
        await world.Board.SetFieldAsync(ids[2], "Microsoft.VSTS.Common.Priority", "4");
        await world.Board.SetFieldAsync(ids[4], "Microsoft.VSTS.Common.Priority", "1");
        await world.Board.SetFieldAsync(ids[5], "System.State", "Closed");
        await world.Tracker.SetFieldsAsync("SHOP-3", """{ "priority": { "name": "Low" } }""");
        await world.Tracker.SetFieldsAsync("SHOP-4", """{ "priority": { "name": "Low" } }""");
        var run = world.Run(Run).Succeeded();

        Assert.Equal(
            ["Conflict SHOP-4 Microsoft.VSTS.Common.Priority Low 1"],
            run.Rows("FieldResult", "Action", "Key", "Field", "JiraValue", "AdoValue"));
        Assert.Equal("Low", (await world.Tracker.FieldsAsync("SHOP-2"))["priority"]!["name"]!.ToString());
        Assert.Equal("4", await world.Board.FieldAsync(ids[3], "Microsoft.VSTS.Common.Priority"));
        Assert.Equal("Done", (await world.Tracker.FieldsAsync("SHOP-5"))["status"]!["name"]!.ToString());
        world.Run("Invoke-JiraAdoSync -Key SHOP-4 -Direction Both -FieldConflict JiraWins").Succeeded();
        Assert.Equal("4", await world.Board.FieldAsync(ids[4], "Microsoft.VSTS.Common.Priority"));
        await world.RunQuietlyAsync(Run);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task What_is_assigned_to_nobody_known_in_Azure_DevOps_is_assigned_from_there(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        using var pat = await world.JoinJiraAsync("pat@contoso.example");
        using var ann = await world.JoinJiraAsync("ann@contoso.example");
        using var board = (await world.JoinAsync("ann@contoso.example")).Board;
        await world.Tracker.SetFieldsAsync("SHOP-1", Assignee(flavor, await SelfAsync(pat)));
        await world.Tracker.SetFieldsAsync("SHOP-2", Assignee(flavor, await SelfAsync(ann)));
        world.Session.Set("hidden", await SelfAsync(pat));
        const string Run = Both + " -UserMapping @{ $hidden = $null }";
        world.Run(Run).Succeeded();
        await world.RunQuietlyAsync(Run);
        await board.SetFieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.AssignedTo", "ann@contoso.example");
        var run = world.Run(Run).Succeeded();
        Assert.Empty(run.Rows("FieldResult", "Action", "Field", "JiraValue", "AdoValue", "Reason", "Detail"));
        Assert.Equal(["Update assignee True"], run.Rows("IssueResult", "Action", "Fields", "IsApplied"));
        Assert.Equal("ann@contoso.example", (await world.Tracker.FieldsAsync("SHOP-1"))["assignee"]!["emailAddress"]!.ToString());
        await world.RunQuietlyAsync(Run);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.DataCenter, false)]
    [InlineData(JiraFlavor.DataCenter, true)]
    public async Task A_work_item_that_a_person_deleted_does_not_come_again_and_one_that_an_undo_removed_does(
        JiraFlavor flavor, bool isRenamed)
    {
        await using var world = await StartAsync(Seed(), flavor);
        var first = world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        world.Run($"Undo-JiraAdoRun -RunId {first.Summary.Properties["RunId"].Value} -Confirm:$false").Succeeded();
        Assert.Empty(await world.Board.ItemsAsync());
        world.Run(Both).Succeeded();
        Assert.Equal(3, (await world.Board.ItemsAsync()).Count);

        // The issue says nothing of a work item: only the recycle bin shows that there was one, by a title of before.
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        await ann.DeleteAsync(await world.Board.IdOfAsync("Issue 1"));
        if (isRenamed)
        {
            await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed");
        }

        await world.Tracker.CreateAsync("Issue 2");
        world.Reconnect();
        var run = world.Run(Both).Succeeded();
        Assert.Equal(
            ["Skip SHOP-1 WorkItemGone"],
            run.Rows("WorkItemResult", "Action", "Key", "Reason").Where(row => row.StartsWith("Skip", StringComparison.Ordinal)));
        Assert.Equal(
            ["Issue 2", "Issue 2", "Issue 3"],
            (await world.Board.ItemsAsync()).Select(item => item["fields"]!["System.Title"]!.ToString()).Order());
        Assert.Equal(isRenamed ? "Renamed" : "Issue 1", (await world.Tracker.FieldsAsync("SHOP-1"))["summary"]!.ToString());
        await world.RunQuietlyAsync(Both);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_task_below_a_story_of_another_project_gets_its_sub_task_there(JiraFlavor flavor)
    {
        var seed = Seed().Issue(4, "Sub-task").Parent(4, 1);
        await using var world = await StartAsync(seed, flavor);
        await world.Tracker.CreateProjectAsync("OTHER");
        const string Run = Both + " -Wiql '[System.Id] > 0' -JiraProject OTHER";
        world.Run(Both).Succeeded();
        var (task, bug) = (await world.Board.CreateAsync("Task", "Below"), await world.Board.CreateAsync("User Story", "Alone"));
        await world.Board.RelateAsync(task, "System.LinkTypes.Hierarchy-Reverse", await world.Board.IdOfAsync("Issue 2"));
        await world.Board.RelateAsync(bug, "System.LinkTypes.Related", task);

        var run = world.Run(Run).Succeeded();

        Assert.Equal("Changed", run.RunOutcome());
        var keys = run.Of("IssueResult").Where(one => one.Properties["Action"].Value.ToString() == "Create")
            .ToDictionary(one => one.Properties["Summary"].Value.ToString()!, one => one.Properties["Key"].Value.ToString()!);
        Assert.StartsWith("SHOP-", keys["Below"], StringComparison.Ordinal);
        Assert.StartsWith("OTHER-", keys["Alone"], StringComparison.Ordinal);
        Assert.Equal("SHOP-2", (await world.Tracker.FieldsAsync(keys["Below"]))["parent"]!["key"]!.ToString());
        Assert.Single((await world.Tracker.FieldsAsync(keys["Below"]))["issuelinks"]!.AsArray());
        await world.RunQuietlyAsync(Run.Replace("project = SHOP", "project in (SHOP, OTHER)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_person_whom_Azure_DevOps_does_not_know_is_no_conflict(JiraFlavor flavor)
    {
        await using var world = await StartAsync(SeedOfSomebodyWhoLeft(), flavor);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        Assert.Null(await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.AssignedTo"));

        for (var round = 0; round < 2; round++)
        {
            var run = world.Run(Both).Succeeded();
            Assert.Equal(
                ["Skip SHOP-1 System.AssignedTo UnknownPerson"],
                run.Rows("FieldResult", "Action", "Key", "Field", "Reason"));
            Assert.Equal(0, run.Summary.Properties["Conflicts"].Value);
        }

        // An edit on either side is none of it.
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        await ann.SetFieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.AssignedTo", "ann@contoso.example");
        var edited = world.Run(Both).Succeeded();
        Assert.Equal(["System.AssignedTo"], edited.Rows("FieldResult", "Field"));
        Assert.DoesNotContain("left", edited.Rows("FieldResult", "AdoValue").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_person_whom_the_user_names_later_is_assigned(JiraFlavor flavor)
    {
        await using var world = await StartAsync(SeedOfSomebodyWhoLeft(), flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        world.Run(Both).Succeeded();
        const string Named = Both + " -UserMapping @{ 'left@contoso.example' = 'ann@contoso.example' }";

        var run = world.Run(Named).Succeeded();

        Assert.Equal("Changed", run.RunOutcome());
        Assert.Empty(run.Of("FieldResult"));
        var assigned = await world.Board.FieldAsync(await world.Board.IdOfAsync("Issue 1"), "System.AssignedTo");
        Assert.Contains("ann@contoso.example", assigned?.ToString(), StringComparison.Ordinal);
        await world.RunQuietlyAsync(Named);
    }

    [Fact]
    public async Task A_run_whose_only_write_somebody_forestalled_is_no_failure()
    {
        await using var world = await StartAsync(Seed(), JiraFlavor.Cloud);
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "System.Title", "Named in Azure DevOps");
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var isEdited = false;
        world.Watch = exchange =>
        {
            // Between the plan and the last read before the write.
            if (!isEdited && exchange.Target.Contains("/mypermissions", StringComparison.Ordinal))
            {
                isEdited = true;
                eve.SetSummaryAsync("SHOP-1", "Named by Eve").GetAwaiter().GetResult();
            }
        };
        var run = world.Run(Both).Succeeded();
        Assert.True(isEdited);
        Assert.Equal(["Skip SHOP-1 Changed"], run.Rows("IssueResult", "Action", "Key", "Reason"));
        Assert.Equal("Partial", run.RunOutcome());
    }

    private static string Assignee(JiraFlavor flavor, string account) => new JsonObject
    {
        ["assignee"] = new JsonObject { [flavor == JiraFlavor.Cloud ? "accountId" : "name"] = account },
    }.ToJsonString();

    /// <summary>By what Jira knows the account of somebody.</summary>
    private static async Task<string> SelfAsync(Tracker somebody)
    {
        using var client = somebody.NewClient();
        var self = JsonNode.Parse(await client.GetStringAsync(new Uri("myself", UriKind.Relative)))!;
        return (self["accountId"] ?? self["name"])!.ToString();
    }

    private static JiraSeed Seed() => new JiraSeed()
        .Issue(1, "Story").Issue(2, "Story").Issue(3, "Story")
        .Fields(1, """{ "priority": { "name": "Medium", "id": "3" }, "labels": ["web"] }""")
        .Status(2, "In Progress", "indeterminate")
        .Status(3, "Done", "done");

    private static JiraSeed SeedOfSomebodyWhoLeft() => Seed().Fields(1, """
        { "assignee": { "accountId": "5f1", "name": "left", "key": "left", "displayName": "Somebody who left",
          "emailAddress": "left@contoso.example" } }
        """);

    private static async Task<World> StartAsync(JiraSeed seed, JiraFlavor flavor, HistoryTimes? times = null) =>
        (await World.StartAsync(seed.Lines, times is null ? null : times.Set, options => options with { Jira = flavor }))
            .ThatWritesJira();

    private static async Task<IEnumerable<string>> OutwardAsync(World world, string key) =>
        (await world.Tracker.FieldsAsync(key))["issuelinks"]!.AsArray()
        .Where(link => link!["outwardIssue"] is not null)
        .Select(link => string.Create(
            CultureInfo.InvariantCulture, $"{link!["type"]!["outward"]} {link["outwardIssue"]!["key"]}"))
        .Order(StringComparer.Ordinal);
}
