using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>The plain fields of work items: what they get, what a change in Jira writes, what people wrote.</summary>
public sealed class FieldTests
{
    private const string Run = "Invoke-JiraAdoSync -Jql 'project = SHOP'";

    private const string RunMapped =
        """
        Invoke-JiraAdoSync -Jql 'project = SHOP' -CreatePaths -FieldMapping @{
            'Area Path' = 'Components'; 'Iteration Path' = 'Sprint'; 'System.Reason' = $null
            Risk = @{ Field = 'Severity'; Map = @{ Major = '2 - Medium'; Minor = '3 - Low' } }
            'Acceptance Criteria' = { "Team $($_.Fields.customfield_10060.value)" }
            'Start Date' = 'created'; 'Value Area' = @{ Value = 'Architectural' }
        }
        """;

    public static TheoryData<JiraFlavor> Flavours() => [JiraFlavor.Cloud, JiraFlavor.DataCenter];

    [Theory]
    [MemberData(nameof(Flavours))]
    public async Task Every_kind_of_field_arrives_and_a_change_of_each_writes_that_field_alone(JiraFlavor flavour)
    {
        await using var world = await StartAsync(Seed(), flavour);
        world.Run(RunMapped).Succeeded();
        var fields = await world.Board.FieldsAsync("Issue 1");
        Assert.Equal("Active", fields["System.State"]);
        Assert.Equal("2", fields["Microsoft.VSTS.Common.Priority"]);
        Assert.Equal("payments; ui", fields["System.Tags"]);
        Assert.Equal("ana@contoso.example", fields["System.AssignedTo"]);
        Assert.Equal("5", fields["Microsoft.VSTS.Scheduling.StoryPoints"]);
        Assert.Equal(@"Fabrikam\Web- shop", fields["System.AreaPath"]);
        Assert.Equal(@"Fabrikam\Sprint 2", fields["System.IterationPath"]);
        Assert.Equal("2 - Medium", fields["Microsoft.VSTS.Common.Risk"]);
        Assert.Equal("Team Red", fields["Microsoft.VSTS.Common.AcceptanceCriteria"]);
        Assert.Equal("2026-03-01T09:00:00Z", fields["Microsoft.VSTS.Scheduling.StartDate"]);
        Assert.Equal("Architectural", fields["Microsoft.VSTS.Common.ValueArea"]);
        Assert.StartsWith("2026-12-24T11:00:00",
            (await world.Board.FieldsAsync("Issue 2"))["Microsoft.VSTS.Scheduling.DueDate"], StringComparison.Ordinal);

        await AssertNothingToDoAsync(world);
        var id = await world.Board.IdOfAsync("Issue 1");
        foreach (var (change, field) in new[]
                 {
                     ("""{"priority":{"name":"Low"}}""", "Microsoft.VSTS.Common.Priority"),
                     ("""{"labels":["ui","checkout"]}""", "System.Tags"),
                     ("""{"assignee":null}""", "System.AssignedTo"),
                     ("""{"customfield_10016":8}""", "Microsoft.VSTS.Scheduling.StoryPoints"),
                     ("""{"components":[]}""", "System.AreaPath"),
                     ("""{"customfield_10020":3}""", "System.IterationPath"),
                     ("""{"customfield_10050":{"value":"Minor"}}""", "Microsoft.VSTS.Common.Risk"),
                     ("""{"customfield_10060":{"value":"Blue"}}""", "Microsoft.VSTS.Common.AcceptanceCriteria"),
                     ("""{"summary":"Issue one"}""", "System.Title"),
                 })
        {
            await world.Tracker.SetFieldsAsync("SHOP-1", change);
            var run = world.Run(RunMapped).Succeeded();
            Assert.Contains($"SHOP-1 {field}", run.Rows("WorkItemResult", "Key", "Fields"));
            Assert.Equal([field], await world.Board.LastChangeAsync(id));
        }

        Assert.Equal("checkout; ui", (await world.Board.FieldsAsync("Issue one"))["System.Tags"]);
        Assert.Equal("Fabrikam", (await world.Board.FieldsAsync("Issue one"))["System.AreaPath"]);
        await world.Tracker.SetStatusAsync("SHOP-1", "Done");
        world.Run(RunMapped).Succeeded();
        Assert.Equal(["System.State"], await world.Board.LastChangeAsync(id));
        Assert.Equal("Closed", (await world.Board.FieldsAsync("Issue one"))["System.State"]);
        await AssertNothingToDoAsync(world);
    }

    [Theory]
    [InlineData(ProcessTemplate.Agile, "New", "Closed", "Microsoft.VSTS.Scheduling.StoryPoints")]
    [InlineData(ProcessTemplate.Scrum, "New", "Done", "Microsoft.VSTS.Scheduling.Effort")]
    [InlineData(ProcessTemplate.Cmmi, "Proposed", "Closed", "Microsoft.VSTS.Scheduling.Size")]
    [InlineData(ProcessTemplate.Basic, "To Do", "Done", "Microsoft.VSTS.Scheduling.Effort")]
    public async Task The_defaults_fit_each_process(ProcessTemplate process, string toDo, string done, string size)
    {
        var seed = Seed().Issue(3, "Story").Issue(4, "Epic").Issue(5, "Bug").Issue(6, "Sub-task").Parent(6, 3)
            .Status(3, "Done", "done").Status(4, "Done", "done").Status(5, "Done", "done").Status(6, "Done", "done")
            .Issue(7, "Story").Fields(3, """{"customfield_10016":3,"duedate":"2026-12-24"}""");
        await using var world = await World.StartAsync(
            seed.Lines, adjust: options => options with { Process = process });
        world.Run(Run).Succeeded();
        Assert.Equal(toDo, (await world.Board.FieldsAsync("Issue 7"))["System.State"]);
        foreach (var title in new[] { "Issue 3", "Issue 4", "Issue 5", "Issue 6" })
        {
            var fields = await world.Board.FieldsAsync(title);
            Assert.Equal(done, fields["System.State"]);
            // The process CMMI demands that somebody does what is under way, and gives it to whoever creates it.
            Assert.Equal(process == ProcessTemplate.Cmmi, fields.ContainsKey("System.AssignedTo"));
        }

        Assert.Equal("3", (await world.Board.FieldsAsync("Issue 3"))[size]);
        await AssertNothingToDoAsync(world, Run);
    }

    [Fact]
    public async Task Labels_are_merged_with_the_tags_of_people_and_only_those_of_ours_go()
    {
        await using var world = await StartAsync(Seed());
        world.Run(Run).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "System.Tags", "by hand");
        await world.Tracker.SetFieldsAsync("SHOP-1", """{"labels":["ui","by-label"]}""");
        world.Run(Run).Succeeded();
        Assert.Equal(["by hand", "by-label", "ui"], Tags(await world.Board.FieldsAsync("Issue 1")));

        // A person takes one of ours for their own: they removed it and put it back.
        await world.Tracker.SetFieldsAsync("SHOP-1", """{"labels":[]}""");
        world.Run(Run).Succeeded();
        Assert.Equal(["by hand"], Tags(await world.Board.FieldsAsync("Issue 1")));
    }

    [Fact]
    public async Task Keep_leaves_what_people_wrote_and_reports_it_and_Overwrite_does_not()
    {
        await using var world = await StartAsync(Seed());
        world.Run(Run).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "Microsoft.VSTS.Common.Priority", "1");
        Assert.Equal("NoChange",
            world.Run($"{Run} -FieldConflict Keep").Succeeded().Summary.Properties["Outcome"].Value.ToString());

        foreach (var points in new[] { 8, 13 })
        {
            await world.Tracker.SetFieldsAsync("SHOP-1", $$"""{"customfield_10016":{{points}}}""");
            var kept = world.Run($"{Run} -FieldConflict Keep").Succeeded();
            Assert.Contains("Update SHOP-1 FieldConflict", kept.Rows("WorkItemResult", "Action", "Key", "Reason"));
            Assert.Contains(
                kept.Rows("WorkItemResult", "Detail"), detail => detail.Contains("Priority", StringComparison.Ordinal));
            Assert.Equal("1", (await world.Board.FieldsAsync("Issue 1"))["Microsoft.VSTS.Common.Priority"]);
            Assert.Equal(
                $"{points}", (await world.Board.FieldsAsync("Issue 1"))["Microsoft.VSTS.Scheduling.StoryPoints"]);
        }

        await world.Tracker.SetFieldsAsync("SHOP-1", """{"customfield_10016":1}""");
        world.Run(Run).Succeeded();
        Assert.Equal("2", (await world.Board.FieldsAsync("Issue 1"))["Microsoft.VSTS.Common.Priority"]);
    }

    [Fact]
    public async Task People_s_fields_stay_where_only_the_text_or_the_key_changed_and_their_text_where_only_fields_did()
    {
        await using var world = await StartAsync(Seed());
        const string All = "Invoke-JiraAdoSync -Jql 'project in (SHOP, PAY)'";
        await world.Tracker.CreateProjectAsync("PAY");
        world.Run(All).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "Microsoft.VSTS.Common.Priority", "1");
        await world.Tracker.DescribeAsync("SHOP-1", "As Jira has it.");
        world.Run(All).Succeeded();
        Assert.Contains(
            "As Jira has it.", await world.Board.FieldAsync(id, "System.Description"), StringComparison.Ordinal);
        Assert.Equal("1", await world.Board.FieldAsync(id, "Microsoft.VSTS.Common.Priority"));

        await world.Tracker.MoveAsync("SHOP-1", "PAY");
        Assert.Contains("Update PAY-1", world.Run(All).Succeeded().Rows("WorkItemResult", "Action", "Key"));
        Assert.Equal("1", await world.Board.FieldAsync(id, "Microsoft.VSTS.Common.Priority"));

        await world.Board.SetFieldAsync(id, "System.Description", "<div>As people have it.</div>");
        await world.Tracker.SetSummaryAsync("PAY-1", "Renamed");
        world.Run(All).Succeeded();
        Assert.Equal("Renamed", await world.Board.FieldAsync(id, "System.Title"));
        Assert.Contains(
            "As people have it.", await world.Board.FieldAsync(id, "System.Description"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keep_does_not_count_what_people_wrote_before_our_last_write()
    {
        await using var world = await StartAsync(Seed());
        world.Run(Run).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await world.Board.SetFieldAsync(id, "Microsoft.VSTS.Common.Priority", "1");
        await world.Tracker.SetFieldsAsync("SHOP-1", """{"priority":{"name":"Low"}}""");
        world.Run(Run).Succeeded();
        Assert.Equal("4", await world.Board.FieldAsync(id, "Microsoft.VSTS.Common.Priority"));

        // Somebody edits another field, so that the history is looked at.
        await world.Board.SetFieldAsync(id, "Microsoft.VSTS.Common.Risk", "1 - High");
        await world.Tracker.SetFieldsAsync("SHOP-1", """{"priority":{"name":"High"}}""");
        var run = world.Run($"{Run} -FieldConflict Keep").Succeeded();
        Assert.Contains("Update SHOP-1 ", run.Rows("WorkItemResult", "Action", "Key", "Reason"));
        Assert.Equal("2", await world.Board.FieldAsync(id, "Microsoft.VSTS.Common.Priority"));
        Assert.Equal("1 - High", await world.Board.FieldAsync(id, "Microsoft.VSTS.Common.Risk"));
    }

    [Fact]
    public async Task An_item_whose_history_is_not_needed_costs_no_request_of_its_own()
    {
        await using var world = await StartAsync(Seed());
        world.Run(Run).Succeeded();
        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 2"), "System.Tags", "by hand");
        await world.Tracker.SetFieldsAsync("SHOP-1", """{"customfield_10016":8}""");
        await world.ResetRequestsAsync();
        world.Run($"{Run} -FieldConflict Keep").Succeeded();
        Assert.DoesNotContain(
            (await world.RequestsAsync("ado")).Keys, route => route.EndsWith("/updates", StringComparison.Ordinal));
    }

    [Fact]
    public async Task People_who_are_unknown_leave_a_field_empty_and_are_reported_once()
    {
        var seed = Seed().Issue(3, "Story").Issue(4, "Story").Issue(5, "Story")
            .Fields(3, Assignee("nobody@elsewhere.example")).Fields(4, Assignee("nobody@elsewhere.example"))
            .Fields(5, """{"assignee":{"accountId":"hidden-1","displayName":"Hidden Hugo"}}""");
        await using var world = await StartAsync(seed);
        var run = world.Run(Run).Succeeded();
        Assert.Equal(5, (await world.Board.ItemsAsync()).Count);
        Assert.DoesNotContain("System.AssignedTo", (await world.Board.FieldsAsync("Issue 3")).Keys);
        var warning = Assert.Single(run.Warnings);
        Assert.Contains("Hidden Hugo, nobody@elsewhere.example", warning, StringComparison.Ordinal);
        await AssertNothingToDoAsync(world, Run);

        world.Run(
            $$"""{{Run}} -UserMapping @{ 'nobody@elsewhere.example' = 'ben@contoso.example'; 'hidden-1' = 'cleo@contoso.example' }""").Succeeded();
        Assert.Equal("ben@contoso.example", (await world.Board.FieldsAsync("Issue 4"))["System.AssignedTo"]);
        Assert.Equal("cleo@contoso.example", (await world.Board.FieldsAsync("Issue 5"))["System.AssignedTo"]);

        world.Run($$"""{{Run}} -UserMapping { if ($_.displayName) { 'ana@contoso.example' } }""").Succeeded();
        Assert.Equal("ana@contoso.example", (await world.Board.FieldsAsync("Issue 5"))["System.AssignedTo"]);

        // As spreadsheets save it: with a heading, a further column, quotes and semicolons.
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "people.csv"),
            "Jira;Azure DevOps;Note\n\n\"nobody@elsewhere.example\";cleo@contoso.example;\"left; in May\"\n"
            + "hidden-1;ben@contoso.example\n",
            TestContext.Current.CancellationToken);
        world.Run($"{Run} -UserMapping people.csv").Succeeded();
        Assert.Equal("cleo@contoso.example", (await world.Board.FieldsAsync("Issue 4"))["System.AssignedTo"]);
        Assert.Equal("ben@contoso.example", (await world.Board.FieldsAsync("Issue 5"))["System.AssignedTo"]);
    }

    [Theory]
    [InlineData("Jira", "Line 1")]
    [InlineData("Jira,AzureDevOps\na@x.example", "Line 2")]
    [InlineData("Jira,AzureDevOps\n\na@x.example,b@x.example\nA@x.example,c@x.example", "Line 4")]
    public async Task A_file_of_people_that_says_nothing_is_refused_with_its_line(string lines, string where)
    {
        await using var world = await StartAsync(Seed());
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "people.csv"), lines, TestContext.Current.CancellationToken);
        var refused = world.Run($"{Run} -UserMapping people.csv");
        Assert.Equal("MappingInvalid", refused.FailureId);
        Assert.Contains(where, refused.Failure!.ToString(), StringComparison.Ordinal);
        Assert.Equal("MappingInvalid", world.Run($"{Run} -UserMapping nowhere.csv").FailureId);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task With_BypassRules_items_are_created_closed_by_their_reporter_on_their_date_in_one_write()
    {
        var seed = Seed().Status(1, "Done", "done")
            .Fields(1, """{"reporter":{"accountId":"b","emailAddress":"ben@contoso.example","displayName":"Ben"}}""");
        await using var world = await StartAsync(seed);
        await world.ResetRequestsAsync();
        world.Run($"{Run} -BypassRules").Succeeded();
        var fields = await world.Board.FieldsAsync("Issue 1");
        Assert.Equal("Closed", fields["System.State"]);
        Assert.Equal("ben@contoso.example", fields["System.CreatedBy"]);
        Assert.Equal("2026-03-01T09:00:00Z", fields["System.CreatedDate"]);
        Assert.Equal("2026-03-01T09:00:00Z", fields["System.ChangedDate"]);
        Assert.Equal(1, (await world.RequestsAsync("ado"))
            .Single(route => route.Key.EndsWith("$batch", StringComparison.Ordinal)).Value);
        await AssertNothingToDoAsync(world, $"{Run} -BypassRules");
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task With_BypassRules_new_items_show_who_changed_the_issue_last_and_one_request_asks_for_all(
        JiraFlavor flavor)
    {
        const string Ben = """{"reporter":{"accountId":"b","emailAddress":"ben@contoso.example","displayName":"Ben"},"creator":{"accountId":"b","emailAddress":"ben@contoso.example","displayName":"Ben"}}""";
        var seed = Seed().Issue(3, "Bug").Fields(1, Ben).Fields(2, Ben).Fields(3, Ben);
        await using var world = await StartAsync(seed, flavor);
        await world.Tracker.SetSummaryAsync("SHOP-1", "Issue 1, said anew");
        await world.Tracker.SetSummaryAsync("SHOP-3", "Issue 3, said anew");
        var run = $"{Run} -BypassRules -UserMapping @{{ 'Sandbox Account' = 'cleo@contoso.example'; 'ben@contoso.example' = 'ben@contoso.example' }}";
        await world.ResetRequestsAsync();
        world.Run(run).Succeeded();
        Assert.Equal("cleo@contoso.example", (await world.Board.FieldsAsync("Issue 1, said anew"))["System.ChangedBy"]);
        Assert.Equal("ben@contoso.example", (await world.Board.FieldsAsync("Issue 1, said anew"))["System.CreatedBy"]);
        Assert.Equal("ben@contoso.example", (await world.Board.FieldsAsync("Issue 2"))["System.ChangedBy"]);
        var route = flavor == JiraFlavor.Cloud ? "/changelog/bulkfetch" : "/search";
        Assert.Equal(flavor == JiraFlavor.Cloud ? 1 : 2, await CountAsync());

        // Afterwards nobody asks again: only a new work item can be given a past.
        await world.ResetRequestsAsync();
        await AssertNothingToDoAsync(world, run);
        Assert.Equal(flavor == JiraFlavor.Cloud ? 0 : 1, await CountAsync());

        async Task<int> CountAsync() =>
            (await world.RequestsAsync("jira")).Where(one => one.Key.EndsWith(route, StringComparison.Ordinal))
                .Sum(one => one.Value);
    }

    [Fact]
    public async Task An_account_that_may_not_bypass_rules_is_warned_before_the_first_write()
    {
        await using var world = await World.StartAsync(
            Seed().Lines, switches => switches.AccountMayBypassRules = false);
        Assert.Equal("AccessDenied", world.Run($"{Run} -BypassRules").FailureId);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task An_account_that_may_not_suppress_notifications_writes_all_the_same()
    {
        await using var world = await World.StartAsync(
            Seed().Lines, switches => switches.AccountMaySuppressNotifications = false);
        world.Run(Run).Succeeded();
        Assert.Equal(2, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task StateMapping_takes_lists_and_types_and_refuses_a_state_that_a_type_lacks()
    {
        var seed = Seed().Issue(3, "Bug").Status(3, "In Progress", "indeterminate");
        await using var world = await StartAsync(seed);
        var failed = world.Run($$"""{{Run}} -StateMapping @{ 'In Progress' = 'Doing' }""");
        Assert.Equal("MappingInvalid", failed.FailureId);
        Assert.Contains("New, Active, Resolved, Closed", failed.Failure!.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());

        world.Run($$"""{{Run}} -StateMapping @{ 'In Progress' = 'Doing', 'Resolved'; Bug = @{ 'In Progress' = 'Closed' } }""").Succeeded();
        Assert.Equal("Resolved", (await world.Board.FieldsAsync("Issue 1"))["System.State"]);
        Assert.Equal("Closed", (await world.Board.FieldsAsync("Issue 3"))["System.State"]);
    }

    [Fact]
    public async Task A_state_that_a_rule_refuses_leaves_the_item_and_the_next_run_continues()
    {
        await using var world = await StartAsync(Seed().Status(1, "Done", "done"));
        await world.SetFaultsAsync(new System.Text.Json.Nodes.JsonObject
        {
            ["service"] = "ado", ["route"] = "/{organization}/_apis/wit/$batch", ["kind"] = "status", ["status"] = 400,
            ["skip"] = 1,
            ["headers"] = new System.Text.Json.Nodes.JsonObject { ["Content-Type"] = "application/json" },
            ["body"] = """{"message":"TF401320: Rule Error for field Resolved Reason.","typeKey":"RuleValidationException","eventId":3200}""",
        });
        var run = world.Run(Run);
        Assert.Equal(["RequestFailed", "RequestFailed"], run.ErrorIds);
        Assert.Equal("Partial", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal("New", (await world.Board.FieldsAsync("Issue 1"))["System.State"]);
        await world.ClearFaultsAsync();

        world.Run(Run).Succeeded();
        Assert.Equal("Closed", (await world.Board.FieldsAsync("Issue 1"))["System.State"]);
        Assert.Equal(2, (await world.Board.ItemsAsync()).Count);
        await AssertNothingToDoAsync(world, Run);
    }

    [Fact]
    public async Task A_field_that_is_read_only_in_a_state_is_written_before_it_or_left_out_once_and_reported()
    {
        const string Points = """{"customfield_10016":3}""";
        var seed = Seed().Issue(3, "Story").Issue(4, "Story").Status(4, "Done", "done").Fields(3, Points)
            .Fields(4, Points);
        await using var world = await World.StartAsync(
            seed.Lines, adjust: options => options with { Process = ProcessTemplate.Scrum });
        world.Run(Run).Succeeded();
        Assert.Equal("3", (await world.Board.FieldsAsync("Issue 4"))["Microsoft.VSTS.Scheduling.Effort"]);

        // In one change with the state it is first; in the state it is left out, and the rest is written.
        await world.Tracker.SetFieldsAsync("SHOP-3", """{"customfield_10016":8,"summary":"Issue three"}""");
        await world.Tracker.SetStatusAsync("SHOP-3", "Done");
        await world.Tracker.SetFieldsAsync("SHOP-4", """{"customfield_10016":13,"summary":"Issue four"}""");
        var run = world.Run(Run).Succeeded();
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        var (three, four) = (await world.Board.FieldsAsync("Issue three"), await world.Board.FieldsAsync("Issue four"));
        Assert.Equal(("Done", "8"), (three["System.State"], three["Microsoft.VSTS.Scheduling.Effort"]));
        Assert.Equal(("Done", "3"), (four["System.State"], four["Microsoft.VSTS.Scheduling.Effort"]));
        const string Message = "The rules of 'Product Backlog Item' let nobody write 'Microsoft.VSTS.Scheduling.Effort' in its state, so it stays as it is.";
        Assert.Contains($"SHOP-4 {Message}", run.Rows("WorkItemResult", "Key", "LeftOut"));
        Assert.EndsWith(
            $"that of SHOP-4: {Message}",
            Assert.Single(run.Warnings, warning => warning.StartsWith("LeftOut: ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Contains("SHOP-4 System.Title", run.Rows("WorkItemResult", "Key", "Fields"));
        await AssertNothingToDoAsync(world, Run);
    }

    [Fact]
    public async Task A_type_follows_when_it_changed_in_Jira_and_one_that_people_chose_stays()
    {
        await using var world = await StartAsync(Seed().Issue(3, "Bug"));
        world.Run(Run).Succeeded();
        await world.Tracker.SetFieldsAsync("SHOP-1", """{"issuetype":{"name":"Bug"}}""");
        world.Run(Run).Succeeded();
        Assert.Equal("Bug", (await world.Board.FieldsAsync("Issue 1"))["System.WorkItemType"]);
        await AssertNothingToDoAsync(world, Run);

        await world.Board.SetFieldAsync(await world.Board.IdOfAsync("Issue 3"), "System.WorkItemType", "User Story");
        await world.Tracker.SetFieldsAsync("SHOP-3", """{"priority":{"name":"Low"}}""");
        world.Run(Run).Succeeded();
        Assert.Equal("User Story", (await world.Board.FieldsAsync("Issue 3"))["System.WorkItemType"]);
        Assert.Equal("4", (await world.Board.FieldsAsync("Issue 3"))["Microsoft.VSTS.Common.Priority"]);
    }

    [Theory]
    [InlineData("@{ 'Stroy Points' = 'duedate' }", "'Story Points'")]
    [InlineData("@{ 'Risk' = 'Severty' }", "'Severity'")]
    [InlineData("@{ 'Created By' = 'Reporter' }", "-BypassRules")]
    [InlineData("@{ 'Work Item Type' = 'issuetype' }", "-TypeMapping")]
    [InlineData("@{ Title = $null }", "without a title")]
    [InlineData("@{ Risk = @{ Fild = 'Severity' } }", "@{ Value = ... }")]
    [InlineData("@{ Risk = { throw 'no risk' } }", "no risk")]
    [InlineData("@{ Risk = { @{ a = 1 } } }", "gives a hashtable for SHOP-1")]
    [InlineData("@{ Risk = { [pscustomobject] @{ a = 1 } } }", "gives an object with properties")]
    [InlineData("@{ Risk = '' }", "'Risk'")]
    [InlineData("@{ '' = 'Severity' }", "no such field")]
    [InlineData("@{ Risk = 1, 2 }", "@{ Value = ... }")]
    [InlineData("@{ Risk = @{ Field = 'Severity'; Map = 'x' } }", "@{ Value = ... }")]
    [InlineData("@{ Risk = @{} }", "@{ Value = ... }")]
    public async Task A_field_mapping_that_can_not_be_used_is_refused_before_the_first_write(
        string mapping, string says)
    {
        await using var world = await StartAsync(Seed());
        var failed = world.Run($"{Run} -FieldMapping {mapping}");
        Assert.Equal("MappingInvalid", failed.FailureId);
        Assert.Contains(says, failed.Failure!.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task Areas_that_do_not_exist_are_refused_before_the_first_write()
    {
        await using var world = await StartAsync(Seed());
        var failed = world.Run($$"""{{Run}} -FieldMapping @{ 'Area Path' = 'Components' }""");
        Assert.Equal("PathMissing", failed.FailureId);
        Assert.Contains(@"'Fabrikam\Web- shop' (1 issue)", failed.Failure!.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());
    }

    [Fact]
    public async Task Replicas_that_were_read_without_a_mapped_field_are_refused_with_the_way_out()
    {
        await using var world = await StartAsync(Seed());
        var failed = world.Run(
            "Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem -FieldMapping @{ Risk = 'customfield_10050' }");
        Assert.Equal("FieldNotRead", failed.FailureId);
        world.Run(
            """
            Get-JiraReplica -Jql 'project = SHOP' -Field Severity | Sync-AdoWorkItem -FieldMapping @{
                Risk = @{ Field = 'Severity'; Map = @{ Major = '1 - High' } }
            }
            """).Succeeded();
        Assert.Equal("1 - High", (await world.Board.FieldsAsync("Issue 1"))["Microsoft.VSTS.Common.Risk"]);
    }

    [Fact]
    public async Task A_plan_file_carries_states_and_fields_of_every_kind()
    {
        await using var world = await StartAsync(Seed().Status(1, "Done", "done"));
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        world.Run($"{RunMapped} -PlanOnly | Export-JiraAdoPlan plan.json").Succeeded();
        world.Run("Invoke-JiraAdoPlan plan.json").Succeeded();
        var fields = await world.Board.FieldsAsync("Issue 1");
        Assert.Equal("Closed", fields["System.State"]);
        Assert.Equal("5", fields["Microsoft.VSTS.Scheduling.StoryPoints"]);
        Assert.Equal(@"Fabrikam\Sprint 2", fields["System.IterationPath"]);
        await AssertNothingToDoAsync(world);
    }

    [Fact]
    public async Task Epics_of_Data_Center_are_parents()
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Epic").Issue(4, "Epic").Parent(1, 3)
            .Parent(2, 4);
        await using var world = await StartAsync(seed, JiraFlavor.DataCenter);
        world.Run($"{Run.TrimEnd('\'')} AND key != SHOP-4'").Succeeded();
        Assert.Equal(["Issue 1 Parent Issue 3", "Issue 3 Child Issue 1"], await world.Board.RelationsAsync());
        world.Run(Run).Succeeded();
        Assert.Contains("Issue 2 Parent Issue 4", await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task Sprints_of_older_Data_Centers_are_texts_and_become_iterations()
    {
        const string Sprint = "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=2,rapidViewId=1,state=ACTIVE,name=Sprint 2, the last,goal=<null>]";
        var seed = new JiraSeed().Issue(1, "Story")
            .Custom("customfield_10020", "Sprint", "com.pyxis.greenhopper.jira:gh-sprint")
            .Fields(1, $$"""{"customfield_10020":["{{Sprint.Replace("ACTIVE", "CLOSED", StringComparison.Ordinal).Replace("Sprint 2", "Sprint 1", StringComparison.Ordinal)}}","{{Sprint}}"]}""");
        await using var world = await StartAsync(seed, JiraFlavor.DataCenter);
        world.Run($$"""{{Run}} -CreatePaths -FieldMapping @{ 'Iteration Path' = 'Sprint' }""").Succeeded();
        Assert.Equal(
            @"Fabrikam\Sprint 2, the last", (await world.Board.FieldsAsync("Issue 1"))["System.IterationPath"]);
        var read = world.Run("(Get-JiraReplica -Key SHOP-1 -Field Sprint).Fields.customfield_10020[1].id").Succeeded();
        Assert.Equal("2", read.Output[0].ToString());
    }

    [Theory]
    [InlineData("{ $null }", null)]
    [InlineData("{ '' }", null)]
    [InlineData("{ }", null)]
    [InlineData("@{ Value = $null }", null)]
    [InlineData("@{ Value = '' }", null)]
    [InlineData("{ 'a', 'b' }", "a; b")]
    [InlineData("{ @() }", null)]
    [InlineData("{ 7 }", "7")]
    [InlineData("{ 1.5 }", "1.5")]
    [InlineData("{ $true }", "true")]
    [InlineData("{ [datetime] '2026-12-24' }", "2026-12-24T00:00:00.0000000Z")]
    [InlineData("{ $_.Fields.priority }", "High")]
    [InlineData("{ $_.Key }", "SHOP-1")]
    [InlineData("'Key'", "SHOP-1")]
    [InlineData("$true", "true")]
    public async Task Whatever_a_mapping_gives_is_shown_as_people_read_it(string source, string? expected)
    {
        await using var world = await StartAsync(Seed());
        var run = $"{Run} -FieldMapping @{{ 'Acceptance Criteria' = {source} }}";
        world.Run(run).Succeeded();
        Assert.Equal(expected,
            (await world.Board.FieldsAsync("Issue 1")).GetValueOrDefault("Microsoft.VSTS.Common.AcceptanceCriteria"));
        await AssertNothingToDoAsync(world, run);
    }

    [Theory]
    [InlineData("'Story Points' = { 'many' }", "Story Points", "many")]
    [InlineData("'Story Points' = { 1, 2 }", "Story Points", "1; 2")]
    [InlineData("'Story Points' = { $false }", "Story Points", "false")]
    [InlineData("'Start Date' = { 'soon' }", "Start Date", "soon")]
    public async Task A_value_that_a_field_can_not_take_is_reported_once_and_the_rest_is_written(
        string mapping, string field, string value)
    {
        await using var world = await StartAsync(Seed());
        var run = $"{Run} -FieldMapping @{{ {mapping} }}";
        var warnings = world.Run(run).Succeeded().Warnings;
        var warning = Assert.Single(warnings);
        Assert.Contains($"that '{field}' can't take, so it is left as it is there; the first is SHOP-", warning,
            StringComparison.Ordinal);
        Assert.EndsWith($" with '{value}'.", warning, StringComparison.Ordinal);
        Assert.Equal(2, (await world.Board.ItemsAsync()).Count);
        await AssertNothingToDoAsync(world, run);
    }

    [Theory]
    [InlineData("3", 2)]
    [InlineData("if ($_.Key -eq 'SHOP-1') { 'many' }", 3)]
    public async Task An_issue_that_did_not_change_is_mapped_once_and_one_with_a_value_that_no_field_takes_is_reported_again(
        string value, int calls)
    {
        await using var world = await StartAsync(Seed());
        var run = $"{Run} -FieldMapping @{{ Title = {{ $global:calls++; $_.Summary }}; 'Story Points' = {{ {value} }} }}";
        var warnings = world.Run(run).Succeeded().Warnings;
        world.Run("$global:calls = 0").Succeeded();
        var again = world.Run(run).Succeeded();
        Assert.Equal("NoChange", again.RunOutcome());
        Assert.Equal(warnings, again.Warnings);
        Assert.Equal($"{calls}", world.Run("$global:calls").Succeeded().Output.Single().ToString());
    }

    [Fact]
    public async Task A_description_that_is_mapped_to_nothing_is_left_alone()
    {
        await using var world = await StartAsync(Seed().Fields(1, """{"description":"from Jira"}"""));
        world.Run($"{Run} -FieldMapping @{{ Description = $null }}").Succeeded();
        Assert.DoesNotContain("System.Description", (await world.Board.FieldsAsync("Issue 1")).Keys);
        await AssertNothingToDoAsync(world, $"{Run} -FieldMapping @{{ Description = $null }}");
    }

    [Fact]
    public async Task Levels_that_the_process_lacks_are_reported_before_anything_is_written_with_the_way_out()
    {
        var seed = new JiraSeed().Issue(1, "Initiative").Issue(2, "Epic").Issue(3, "Story").Parent(2, 1).Parent(3, 2)
            .Fields(1, """{"issuetype":{"id":"10500","name":"Initiative","subtask":false,"hierarchyLevel":2}}""");
        await using var world = await World.StartAsync(seed.Lines);
        var failed = world.Run(Run);
        Assert.Equal("IssueTypeUnmapped", failed.FailureId);
        Assert.Contains(
            "'Initiative' is above epics, and the standard processes have no level there",
            failed.Failure!.Exception.Message,
            StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());

        // What it says is what helps.
        world.Run($"{Run} -TypeMapping @{{ Initiative = 'Epic'; Epic = 'Feature' }}").Succeeded();
        Assert.Equal(["Epic: Issue 1", "Feature: Issue 2", "User Story: Issue 3"], await world.Board.TitlesAsync());
        Assert.Equal(
            ["Issue 1 Child Issue 2", "Issue 2 Child Issue 3", "Issue 2 Parent Issue 1", "Issue 3 Parent Issue 2"],
            await world.Board.RelationsAsync());
    }

    private static async Task AssertNothingToDoAsync(World world, string run = RunMapped)
    {
        world.Run("Disconnect-JiraAdo");
        world.Connect();
        await world.ResetRequestsAsync();
        Assert.Equal("NoChange", world.Run(run).Succeeded().Summary.Properties["Outcome"].Value.ToString());
        Assert.DoesNotContain((await world.RequestsAsync("ado")).Keys, route =>
            route.EndsWith("$batch", StringComparison.Ordinal) || route.EndsWith("/updates", StringComparison.Ordinal));
    }

    private static List<string> Tags(IReadOnlyDictionary<string, string> fields) =>
        [.. fields["System.Tags"].Split("; ").Order(StringComparer.Ordinal)];

    private static Task<World> StartAsync(JiraSeed seed, JiraFlavor flavour = JiraFlavor.Cloud) =>
        World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });

    private static string Assignee(string address) =>
        $$$"""{"assignee":{"accountId":"a-{{{address}}}","name":"a-{{{address}}}","emailAddress":"{{{address}}}","displayName":"{{{address}}}"}}""";

    /// <summary>
    /// A story with all that a story may have, and a task that is due. Issue 99 has the site's other statuses and so
    /// on.
    /// </summary>
    private static JiraSeed Seed() => new JiraSeed().Issue(1, "Story").Issue(2, "Task")
        .Custom("customfield_10016", "Story point estimate", "com.pyxis.greenhopper.jira:jsw-story-points")
        .Custom("customfield_10020", "Sprint", "com.pyxis.greenhopper.jira:gh-sprint")
        .Custom("customfield_10050", "Severity", "com.atlassian.jira.plugin.system.customfieldtypes:select")
        .Custom("customfield_10060", "Team", "com.atlassian.jira.plugin.system.customfieldtypes:select")
        .Status(1, "In Progress", "indeterminate").Status(2, "Done", "done")
        .Fields(1, Assignee("ana@contoso.example"))
        .Fields(1, """
            {"priority":{"id":"2","name":"High"},"labels":["payments","ui"],"customfield_10016":5,
             "components":[{"id":"7","name":"Web: shop"}],
             "customfield_10020":[{"id":1,"name":"Sprint 1","state":"closed"},{"id":2,"name":"Sprint 2","state":"active"}],
             "customfield_10050":{"id":"1","value":"Major"},"customfield_10060":{"id":"5","value":"Red"}}
            """)
        .Fields(2, """
            {"duedate":"2026-12-24","priority":{"id":"4","name":"Low"},"customfield_10060":{"id":"5","value":"Red"},
             "customfield_10020":[{"id":3,"name":"Sprint 3","state":"active"}]}
            """);
}
