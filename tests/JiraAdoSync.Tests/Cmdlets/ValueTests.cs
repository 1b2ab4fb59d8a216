using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Values of other people's data: lists, people, texts, priorities, times, names that are not accepted.
/// </summary>
public sealed class ValueTests
{
    private const string Run = "Invoke-JiraAdoSync -Jql 'project = SHOP'";
    private const string Types = "com.atlassian.jira.plugin.system.customfieldtypes:";

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_path_out_of_a_table_keeps_its_backslashes_and_one_that_is_none_is_refused(JiraFlavor flavour)
    {
        var seed = Sprints().Fields(1, Sprint(("S 25.1", "active", null))).Fields(2, """{"components":[{"id":"1","name":"Web"}]}""");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        const string Map = "@{ 'Iteration Path' = @{ Field = 'Sprint'; Map = @{ 'S 25.1' = 'Release 25\\S 25.1' } }; "
            + "'Area Path' = @{ Field = 'Components'; Map = @{ Web = 'Shop\\Web' } } }";
        world.Run($"{Run} -CreatePaths -FieldMapping {Map}").Succeeded();
        Assert.Equal(@"Fabrikam\Release 25\S 25.1", await FieldAsync(world, "Issue 1", "System.IterationPath"));
        Assert.Equal(@"Fabrikam\Shop\Web", await FieldAsync(world, "Issue 2", "System.AreaPath"));

        var failed = world.Run($"{Run} -FieldMapping @{{ 'Area Path' = @{{ Field = 'Components'; Map = @{{ Web = 'Shop/Web' }} }} }}");
        Assert.Equal("MappingInvalid", failed.FailureId);
        Assert.Contains("'Shop/Web' can't be a path", failed.Failure!.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Of_several_sprints_the_one_that_counts_is_mapped_and_what_a_table_lacks_is_reported_once(JiraFlavor flavour)
    {
        var seed = Sprints().Issue(3, "Story").Issue(4, "Story")
            .Fields(1, Sprint(("Late", "closed", "2026-05-01"), ("Early", "closed", "2026-01-01")))
            .Fields(2, Sprint(("Early", "closed", "2026-01-01"), ("Now", "active", null), ("Next", "future", null)))
            .Fields(3, Sprint(("Odd", "closed", "2026-01-01")))
            .Fields(4, """{"components":[{"id":"1","name":"Nowhere"},{"id":"2","name":"Web"}],"labels":["a","b","c"]}""");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        const string Map = "@{ 'Iteration Path' = @{ Field = 'Sprint'; Map = @{ Late = 'L'; Early = 'E'; Now = 'N' } }; "
            + "'Area Path' = @{ Field = 'Components'; Map = @{ Web = 'W' } }; "
            + "Tags = @{ Field = 'Labels'; Map = @{ a = 'one'; b = 'two' } } }";
        var run = world.Run($"{Run} -CreatePaths -FieldMapping {Map}").Succeeded();
        Assert.Equal(@"Fabrikam\L", await FieldAsync(world, "Issue 1", "System.IterationPath"));
        Assert.Equal(@"Fabrikam\N", await FieldAsync(world, "Issue 2", "System.IterationPath"));
        Assert.Equal("Fabrikam", await FieldAsync(world, "Issue 3", "System.IterationPath"));
        Assert.Equal(@"Fabrikam\W", await FieldAsync(world, "Issue 4", "System.AreaPath"));
        Assert.Equal("one; two", await FieldAsync(world, "Issue 4", "System.Tags"));
        Assert.Equal(
            [
                "The Map of 'Area Path' lacks values that issues have, which are left out: 'Nowhere' (1 issue).",
                "The Map of 'Iteration Path' lacks values that issues have, which are left out: 'Odd' (1 issue).",
                "The Map of 'Tags' lacks values that issues have, which are left out: 'c' (1 issue).",
            ],
            run.Warnings);
        NothingToDo(world, $"{Run} -CreatePaths -FieldMapping {Map}");
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Of_several_people_the_first_is_used_and_what_is_no_person_empties_nothing(JiraFlavor flavour)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story")
            .Custom("customfield_10070", "Owners", Types + "multiuserpicker")
            .Fields(1, $$"""{"customfield_10070":[{{Person("ana")}},{{Person("ben")}},{{Person("cleo")}}]}""")
            .Fields(2, $$"""{"customfield_10070":{{Person("ben")}}}""");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        const string Map = "-FieldMapping @{ 'Assigned To' = 'Owners' }";
        var run = world.Run($"{Run} {Map}").Succeeded();
        Assert.Equal("ana@contoso.example", await FieldAsync(world, "Issue 1", "System.AssignedTo"));
        Assert.Equal(
            "'Assigned To' takes one person, so that of 1 issue only the first is used; SHOP-1 leaves out ben, cleo, for one.",
            Assert.Single(run.Warnings));

        await world.Tracker.SetFieldsAsync("SHOP-2", """{"customfield_10070":[{"id":"7","value":"Team Red"}],"summary":"Two"}""");
        var left = world.Run($"{Run} {Map}").Succeeded();
        Assert.Equal("ben@contoso.example", await FieldAsync(world, "Two", "System.AssignedTo"));
        Assert.Contains(left.Warnings, warning => warning.StartsWith("1 issue has a value that 'Assigned To' can't take", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_day_is_that_day_for_people_west_and_east_of_UTC_and_a_time_is_that_time(JiraFlavor flavour)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Task").Issue(3, "Epic")
            .Custom("customfield_10081", "Start", Types + "datepicker")
            .Custom("customfield_10082", "Release", Types + "datetime")
            .Fields(1, """{"customfield_10081":"2024-02-29","customfield_10082":"2026-03-01T23:30:00.000-0800"}""")
            .Fields(2, """{"duedate":"2026-03-01"}""");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        const string Map = "-TypeMapping @{ Task = 'Issue' } -FieldMapping @{ 'Start Date' = 'Start'; "
            + "'Finish Date' = 'Release'; 'Target Date' = { [datetime] '2026-12-31' } }";
        world.Run($"{Run} {Map}").Succeeded();
        foreach (var offset in new[] { -11.0, -8, -3.5, 0, 1, 5.75, 9, 12, 12.75 })
        {
            Assert.Equal("2024-02-29", await DayAsync("Issue 1", "Microsoft.VSTS.Scheduling.StartDate", offset));
            Assert.Equal("2026-03-01", await DayAsync("Issue 2", "Microsoft.VSTS.Scheduling.DueDate", offset));
            Assert.Equal("2026-12-31", await DayAsync("Issue 3", "Microsoft.VSTS.Scheduling.TargetDate", offset));
        }

        Assert.Equal("2026-03-02T07:30:00Z", await FieldAsync(world, "Issue 1", "Microsoft.VSTS.Scheduling.FinishDate"));
        using var client = new HttpClient();
        Assert.Contains(", due 2026-03-01", await client.GetStringAsync(
            world.Sandbox.Address, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        NothingToDo(world, $"{Run} {Map}");

        async Task<string> DayAsync(string title, string field, double offset) =>
            DateTimeOffset.Parse((await FieldAsync(world, title, field))!, CultureInfo.InvariantCulture)
                .ToOffset(TimeSpan.FromHours(offset)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("Story Points", "customfield_10080", """{"votes":3,"hasVoted":false}""", "Microsoft.VSTS.Scheduling.StoryPoints", "5", "5")]
    [InlineData("Area Path", "customfield_10080", """{"votes":3,"hasVoted":false}""", "System.AreaPath", "\"Web\"", @"Fabrikam\Web")]
    [InlineData("Tags", "customfield_10080", """[{"votes":3}]""", "System.Tags", "[\"a\"]", "a")]
    [InlineData("Start Date", "customfield_10080", """{"votes":3}""", "Microsoft.VSTS.Scheduling.StartDate", "\"2026-03-01\"", "2026-03-01T11:00:00Z")]
    [InlineData("Integration Build", "customfield_10080", """[{"votes":3},{"votes":4}]""", "Microsoft.VSTS.Build.IntegrationBuild", "\"B1\"", "B1")]
    [InlineData("Acceptance Criteria", "customfield_10080", """{"votes":3}""", "Microsoft.VSTS.Common.AcceptanceCriteria", "\"x < y\"", "x &lt; y")]
    public async Task What_is_not_understood_leaves_every_kind_of_field_as_it_is(
        string field, string id, string odd, string reference, string value, string expected)
    {
        var seed = new JiraSeed().Issue(1, "Story").Custom(id, "Odd", Types + "any").Fields(1, $$"""{"{{id}}":{{value}}}""");
        await using var world = await World.StartAsync(seed.Lines);
        var run = $"{Run} -CreatePaths -FieldMapping @{{ '{field}' = 'Odd' }}";
        var first = world.Run(run);
        Assert.SkipWhen(first.FailureId == "MappingInvalid", $"The process has no '{field}'.");
        Assert.Equal(expected, await FieldAsync(world, "Issue 1", reference));
        await world.Tracker.SetFieldsAsync("SHOP-1", $$"""{"{{id}}":{{odd}},"summary":"One"}""");
        var second = world.Run(run).Succeeded();
        Assert.Equal(expected, await FieldAsync(world, "One", reference));
        Assert.Contains($"that '{field}' can't take", Assert.Single(second.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_multi_line_text_is_treated_like_the_description_into_an_HTML_field(JiraFlavor flavour)
    {
        const string Wiki = "h2. Given\\n* one [SHOP-2|{SITE}/browse/SHOP-2]\\n* two\\n\\n||A||B||\\n|1|List<String>|";
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Bug")
            .Custom("customfield_10090", "Criteria", Types + "textarea")
            .Custom("customfield_10091", "Note", Types + "textfield");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        var site = world.Sandbox.JiraUri.ToString().TrimEnd('/');
        await world.Tracker.SetFieldsAsync("SHOP-1", $$"""{"customfield_10090":"{{Wiki.Replace("{SITE}", site, StringComparison.Ordinal)}}"}""");
        await world.Tracker.SetFieldsAsync("SHOP-2", """{"customfield_10091":"a < b & c"}""");
        const string Map = "-FieldMapping @{ 'Acceptance Criteria' = 'Criteria'; 'System Info' = 'Note' }";
        world.Run($"{Run} {Map}").Succeeded();
        var html = await FieldAsync(world, "Issue 1", "Microsoft.VSTS.Common.AcceptanceCriteria");
        Assert.Contains("<li>", html, StringComparison.Ordinal);
        Assert.Contains("<table", html, StringComparison.Ordinal);
        Assert.Contains("List&lt;String&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("h2.", html, StringComparison.Ordinal);
        Assert.Contains("/_workitems/edit/", html, StringComparison.Ordinal);
        Assert.Equal("a &lt; b &amp; c", await FieldAsync(world, "Issue 2", "Microsoft.VSTS.TCM.SystemInfo"));
        NothingToDo(world, $"{Run} {Map}");

        await world.Tracker.SetFieldsAsync("SHOP-1", """{"customfield_10090":null}""");
        world.Run($"{Run} {Map}").Succeeded();
        Assert.Null((await world.Board.FieldsAsync("Issue 1")).GetValueOrDefault("Microsoft.VSTS.Common.AcceptanceCriteria"));
        NothingToDo(world, $"{Run} {Map}");
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Priorities_of_a_site_s_own_are_mapped_by_their_order_reported_once_and_in_the_profile(JiraFlavor flavour)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Issue(4, "Story");
        foreach (var (number, name) in new[] { (1, "P0 - Critical"), (2, "Dringend"), (3, "Moyenne"), (4, "Low") })
        {
            seed.Fields(number, $$$"""{"priority":{"id":"{{{number}}}","name":"{{{name}}}"}}""");
        }

        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        var run = world.Run(Run).Succeeded();
        Assert.Equal("1 2 3 4", string.Join(' ', await PrioritiesAsync(world)));
        Assert.Equal(
            "These priorities are mapped by their order in Jira's list; -PriorityMapping says otherwise: "
            + "'Dringend' is 2 (1 issue), 'Moyenne' is 3 (1 issue), 'P0 - Critical' is 1 (1 issue).",
            Assert.Single(run.Warnings));
        Assert.Equal(
            ["Warning Dringend 2", "Passed Low 4", "Warning Moyenne 3", "Warning P0 - Critical 1"],
            world.Run("Test-JiraAdoSync -Jql 'project = SHOP' | Where-Object Area -eq 'Priority'").Succeeded()
                .Rows("SyncCheck", "Result", "Name", "MapsTo"));

        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        world.Run("New-JiraAdoProfile sync.psd1 'project = SHOP'").Succeeded();
        Assert.Contains("'Dringend' = 2   # 1 issue, by its position in Jira's list", await File.ReadAllTextAsync(
            Path.Combine(folder.Path, "sync.psd1"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(NothingToDo(world, "Invoke-JiraAdoSync -Profile sync.psd1").Warnings);

        world.Run($"{Run} -PriorityMapping @{{ Dringend = 1; 'Moyenne' = $null; 'P0 - Critical' = '2' }}").Succeeded();
        Assert.Equal("2 1 3 4", string.Join(' ', await PrioritiesAsync(world)));
        Assert.Equal("MappingInvalid", world.Run($"{Run} -PriorityMapping @{{ Dringend = 'high' }}").FailureId);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Times_arrive_in_hours_where_the_type_has_them_and_what_has_no_field_is_reported_once_a_field_and_type(JiraFlavor flavour)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Sub-task").Parent(2, 1).Issue(3, "Story")
            .Fields(1, """{"duedate":"2026-12-24","timeoriginalestimate":3600}""")
            .Fields(2, """{"timeoriginalestimate":28800,"timeestimate":1000,"timespent":5400}""")
            .Fields(3, """{"duedate":"2026-12-24"}""");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        var run = world.Run(Run).Succeeded();
        Assert.Equal("8", await FieldAsync(world, "Issue 2", "Microsoft.VSTS.Scheduling.OriginalEstimate"));
        Assert.Equal("0.28", await FieldAsync(world, "Issue 2", "Microsoft.VSTS.Scheduling.RemainingWork"));
        Assert.Equal("1.5", await FieldAsync(world, "Issue 2", "Microsoft.VSTS.Scheduling.CompletedWork"));
        Assert.Equal(
            [
                "'User Story' has no field for 'Due Date', so it is left out of 2 issues; the first is SHOP-1 with '2026-12-24'.",
                "'User Story' has no field for 'Original Estimate', so it is left out of 1 issue; the first is SHOP-1 with '1'.",
                "'User Story' has no field for 'Remaining Work', so it is left out of 1 issue; the first is SHOP-1 with '1'.",
            ],
            run.Warnings);
        NothingToDo(world, Run);

        await world.Tracker.SetStatusAsync("SHOP-2", "To Do");
        Assert.Empty(world.Run($"{Run} -FieldMapping @{{ 'Due Date' = $null; 'Original Estimate' = $null; 'Remaining Work' = $null }}").Succeeded().Warnings);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_hundred_labels_arrive_and_the_rest_is_reported_and_a_comma_is_a_hyphen(JiraFlavor flavour)
    {
        var labels = string.Join(',', Enumerable.Range(1, 103).Select(number => $"\"label{number:000}\""));
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story")
            .Fields(1, $$"""{"labels":[{{labels}}]}""").Fields(2, """{"labels":["a,b"]}""").Issue(3, "Story").Fields(3, """{"labels":["go🚀","✅done"]}""");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        var run = world.Run(Run).Succeeded();
        Assert.Equal(100, (await FieldAsync(world, "Issue 1", "System.Tags")).Split("; ").Length);
        Assert.Equal("a-b", await FieldAsync(world, "Issue 2", "System.Tags"));
        Assert.Equal(
            [
                "3 labels have what no tag may have, and arrive changed: 'a,b' as 'a-b' (1 issue), 'go🚀' as 'go' (1 issue), "
                + "'✅done' as 'done' (1 issue).",
                "1 issue has more labels than the 100 tags of a work item; SHOP-1 leaves out 'label101', 'label102', 'label103', for one.",
            ],
            run.Warnings);
        NothingToDo(world, Run);

        // Tags of people have the room first.
        var id = await world.Board.IdOfAsync("Issue 2");
        await world.Board.SetFieldAsync(id, "System.Tags", string.Join("; ", Enumerable.Range(1, 60).Select(number => $"own{number:00}")));
        await world.Tracker.SetFieldsAsync("SHOP-2", $$"""{"labels":[{{labels}}]}""");
        var more = world.Run(Run).Succeeded();
        Assert.Equal(100, (await FieldAsync(world, "Issue 2", "System.Tags")).Split("; ").Length);
        Assert.Contains("own60", await FieldAsync(world, "Issue 2", "System.Tags"), StringComparison.Ordinal);
        Assert.Contains(more.Warnings, warning => warning.Contains("takes 100 tags", StringComparison.Ordinal));
        NothingToDo(world, Run);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_value_that_the_service_refuses_is_left_out_and_reported_and_the_item_arrives(JiraFlavor flavour)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Status(1, "Done", "done")
            .Custom("customfield_10050", "Severity", Types + "select")
            .Fields(1, """{"customfield_10050":{"value":"Odd"},"labels":["a"]}""");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        var map = $"{Run} -FieldMapping @{{ Risk = 'Severity' }}";
        var run = world.Run(map).Succeeded();
        Assert.Equal("Changed", run.RunOutcome());
        var fields = await world.Board.FieldsAsync("Issue 1");
        Assert.Equal(("Closed", "a", null), (fields["System.State"], fields["System.Tags"], fields.GetValueOrDefault("Microsoft.VSTS.Common.Risk")));
        Assert.Contains("the value 'Odd' of 'Microsoft.VSTS.Common.Risk', which is left out", Assert.Single(run.Warnings), StringComparison.Ordinal);
        NothingToDo(world, map);
    }

    [Theory]
    [InlineData("System.Tags", false)]
    [InlineData("Microsoft.VSTS.Common.AcceptanceCriteria", false)]
    [InlineData("System.Description", false)]
    [InlineData("System.Title", false)]
    [InlineData("System.Tags", true)]
    [InlineData("System.Title", true)]
    public async Task A_refusal_that_names_no_field_costs_that_value_and_no_other(string culprit, bool bypasses)
    {
        string Value(string field, string value) => field == culprit ? value + "-refuse-me" : value;
        var seed = new JiraSeed().Issue(1, "Story", Value("System.Title", "One")).Issue(2, "Story")
            .Status(1, "Done", "done")
            .Custom("customfield_10091", "Note", Types + "textfield")
            .Fields(1, $$"""
                {"labels":["{{Value("System.Tags", "a")}}"],"priority":{"id":"1","name":"High"},
                 "customfield_10091":"{{Value("Microsoft.VSTS.Common.AcceptanceCriteria", "b")}}",
                 "description":"{{Value("System.Description", "c")}}"}
                """);
        await using var world = await World.StartAsync(seed.Lines, switches => switches.TextThatIsRefused = "refuse-me");
        var map = $"{Run} -FieldMapping @{{ 'Acceptance Criteria' = 'Note' }}{(bypasses ? " -BypassRules" : string.Empty)}";
        var run = world.Run(map).Succeeded();
        var fields = await world.Board.FieldsAsync(culprit == "System.Title" ? "SHOP-1" : "One");
        Assert.Equal("Closed", fields["System.State"]);
        Assert.Equal("2", fields["Microsoft.VSTS.Common.Priority"]);
        Assert.Equal(culprit != "System.Tags", fields.GetValueOrDefault("System.Tags") == "a");
        Assert.Equal(
            culprit != "Microsoft.VSTS.Common.AcceptanceCriteria",
            fields.GetValueOrDefault("Microsoft.VSTS.Common.AcceptanceCriteria") == "b");
        Assert.Equal(
            culprit != "System.Description",
            fields.GetValueOrDefault("System.Description")?.Contains('c', StringComparison.Ordinal) == true);
        Assert.Contains($"of '{culprit}', which is left out", Assert.Single(run.Warnings), StringComparison.Ordinal);
        Assert.Contains("Create SHOP-1", run.Rows("WorkItemResult", "Action", "Key"));
        Assert.Equal(2, (await world.Board.ItemsAsync()).Count);
        NothingToDo(world, map);

        // What is edited is written too, but for what is refused.
        await world.Tracker.SetFieldsAsync("SHOP-2", """{"labels":["refuse-me"],"priority":{"name":"Low"},"summary":"Two"}""");
        var edit = world.Run(map).Succeeded();
        Assert.Equal("4", (await world.Board.FieldsAsync("Two"))["Microsoft.VSTS.Common.Priority"]);
        Assert.Contains("of 'System.Tags', which is left out", Assert.Single(edit.Warnings), StringComparison.Ordinal);
        NothingToDo(world, map);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Ranks_keep_their_order_one_between_two_others_writes_itself_alone_and_close_ones_stay_apart(JiraFlavor flavour)
    {
        string[] ranks = ["0|i00007:", "0|i0000f:", "0|i0000f:i", "0|hzzzzz:", "0|i0000f:iiiiiiiiiiiii", "0|i0000f:iiiiiiiiiiiij"];
        var seed = new JiraSeed();
        for (var number = 1; number <= ranks.Length; number++)
        {
            seed.Issue(number, "Story").Fields(number, $$"""{"customfield_10019":"{{ranks[number - 1]}}"}""");
        }

        seed.Custom("customfield_10019", "Rank", "com.pyxis.greenhopper.jira:gh-lexo-rank");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        const string Ranked = Run + " -FieldMapping @{ 'Stack Rank' = 'Rank' }";
        world.Run(Ranked).Succeeded();
        Assert.Equal(["Issue 4", "Issue 1", "Issue 2", "Issue 3", "Issue 5", "Issue 6"], await BacklogAsync(world));
        NothingToDo(world, Ranked);

        await world.Tracker.SetFieldsAsync("SHOP-6", """{"customfield_10019":"0|i0000b:"}""");
        var run = world.Run(Ranked).Succeeded();
        Assert.Equal(["Update SHOP-6"], run.Rows("WorkItemResult", "Action", "Key").Where(row => !row.StartsWith("Keep", StringComparison.Ordinal)));
        Assert.Equal(["Issue 4", "Issue 1", "Issue 6", "Issue 2", "Issue 3", "Issue 5"], await BacklogAsync(world));
    }

    /// <summary>
    /// The values of a work item that is as its issue are let go while issues arrive; the number of its rank can change
    /// all the same, with that of another issue.
    /// </summary>
    [Fact]
    public async Task A_rank_that_changes_with_that_of_another_issue_is_written_and_nothing_else()
    {
        var seed = new JiraSeed();
        seed.Issue(1, "Story").Fields(1, """{"customfield_10019":"0|i0000f:iiiiiiiiiiiij"}""");
        seed.Issue(2, "Story").Fields(2, """{"customfield_10019":"0|i00007:"}""");
        seed.Custom("customfield_10019", "Rank", "com.pyxis.greenhopper.jira:gh-lexo-rank");
        await using var world = await World.StartAsync(seed.Lines);
        const string Ranked = Run + " -FieldMapping @{ 'Stack Rank' = 'Rank' }";
        world.Run(Ranked).Succeeded();
        NothingToDo(world, Ranked);

        await world.Tracker.SetFieldsAsync("SHOP-2", """{"customfield_10019":"0|i0000f:iiiiiiiiiiiii"}""");
        Assert.Equal(
            ["SHOP-1 Microsoft.VSTS.Common.StackRank", "SHOP-2 Microsoft.VSTS.Common.StackRank"],
            world.Run(Ranked).Succeeded().Rows("WorkItemResult", "Key", "Fields").Order(StringComparer.Ordinal));
        NothingToDo(world, Ranked);
    }

    [Theory]
    [InlineData("Area Path", "Components", "components", JiraFlavor.Cloud)]
    [InlineData("Area Path", "Components", "components", JiraFlavor.DataCenter)]
    [InlineData("Iteration Path", "Sprint", "customfield_10020", JiraFlavor.Cloud)]
    [InlineData("Iteration Path", "Fix versions", "fixVersions", JiraFlavor.DataCenter)]
    public async Task Names_that_the_service_refuses_get_others_and_two_that_become_one_are_reported(
        string path, string source, string field, JiraFlavor flavor)
    {
        string[] names = [".", "..", "CON", "prn", "LPT1", "01 / 02", "01 - 02", "Rocket 🚀"];
        var seed = new JiraSeed();
        for (var number = 1; number <= names.Length; number++)
        {
            seed.Issue(number, "Story").Fields(
                number, $$"""{"{{field}}":[{"id":{{number}},"name":"{{names[number - 1]}}","state":"active"}]}""");
        }

        if (source == "Sprint")
        {
            seed.Custom(field, source, "com.pyxis.greenhopper.jira:gh-sprint");
        }

        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavor });
        var mapped = $"{Run} -CreatePaths -FieldMapping @{{ '{path}' = '{source}' }}";
        var run = world.Run(mapped).Succeeded();
        var paths = new List<string>();
        for (var number = 1; number <= names.Length; number++)
        {
            var full = await FieldAsync(world, $"Issue {number}", $"System.{path.Replace(" ", "", StringComparison.Ordinal)}");
            paths.Add(full["Fabrikam\\".Length..]);
        }

        Assert.Equal([".-", "..-", "CON-", "prn-", "LPT1-", "01 - 02", "01 - 02", "Rocket -"], paths);
        Assert.Equal(
            $@"Several names of Jira are one '{path}', 'Fabrikam\01 - 02': '01 - 02', '01 / 02'.", Assert.Single(run.Warnings));
        NothingToDo(world, mapped);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_path_that_the_service_refuses_costs_no_item(JiraFlavor flavour)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Fields(1, """{"components":[{"id":"1","name":"Web"}]}""");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "ado", ["method"] = "POST", ["kind"] = "status", ["status"] = 400, ["times"] = 1,
            ["route"] = "/{organization}/{project}/_apis/wit/classificationnodes/{structureGroup}/{**path}",
            ["headers"] = new JsonObject { ["Content-Type"] = "application/json" },
            ["body"] = """{"message":"TF51000: The name Web is not valid for a node.","typeKey":"ClassificationNodeInvalidNameException","eventId":3200}""",
        });
        var run = world.Run($"{Run} -CreatePaths -FieldMapping @{{ 'Area Path' = 'Components' }}").Succeeded();
        Assert.Equal("Fabrikam", await FieldAsync(world, "Issue 1", "System.AreaPath"));
        Assert.Contains(run.Warnings, warning => warning.Contains("can't be made, so 'System.AreaPath' is left out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Titles_are_one_line_of_characters(JiraFlavor flavour)
    {
        var seed = new JiraSeed().Issue(1, "Story", "A\tB\nC\uffff D\u0001").Issue(2, "Story", "\t\n");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        world.Run(Run).Succeeded();
        Assert.Equal(["User Story: A B C D", "User Story: SHOP-2"], await world.Board.TitlesAsync());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_run_that_leaves_out_every_issue_is_not_NoChange(JiraFlavor flavour)
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Lines, adjust: options => options with { Jira = flavour });
        var run = world.Run($"{Run} -TypeMapping @{{ Story = $null }}").Succeeded();
        Assert.Equal("Partial", run.RunOutcome());
        Assert.Contains("leaves out all that was read", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_profile_gives_each_type_the_state_that_a_run_without_it_does(JiraFlavor flavour)
    {
        var seed = new JiraSeed().Issue(1, "Task").Issue(2, "Task").Issue(3, "Story").Issue(4, "Bug").Issue(5, "Epic")
            .Status(4, "Resolved", "done").Issue(6, "Story").Status(6, "Resolved", "done")
            .Issue(7, "Story").Status(7, "Active", "new").Issue(8, "Task").Status(8, "In Work", "indeterminate");
        await using var world = await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavour });
        using var folder = new TemporaryFolder();
        world.Session.GoTo(folder.Path);
        world.Run("New-JiraAdoProfile sync.psd1 'project = SHOP'").Succeeded();
        world.Run("Invoke-JiraAdoSync -Profile sync.psd1").Succeeded();
        Assert.Equal("New", await FieldAsync(world, "Issue 3", "System.State"));
        NothingToDo(world, Run);
    }

    private static PowerShellSession.Outcome NothingToDo(World world, string run)
    {
        var again = world.Run(run).Succeeded();
        Assert.Equal("NoChange", again.RunOutcome());
        return again;
    }

    private static async Task<string> FieldAsync(World world, string title, string field) =>
        (await world.Board.FieldsAsync(title))[field];

    private static async Task<List<string>> PrioritiesAsync(World world)
    {
        var priorities = new List<string>();
        for (var number = 1; number <= 4; number++)
        {
            priorities.Add(await FieldAsync(world, $"Issue {number}", "Microsoft.VSTS.Common.Priority"));
        }

        return priorities;
    }

    private static async Task<IEnumerable<string>> BacklogAsync(World world) => (await world.Board.ItemsAsync())
        .OrderBy(item => double.Parse(
            item["fields"]!["Microsoft.VSTS.Common.StackRank"]!.ToString(), CultureInfo.InvariantCulture))
        .Select(item => item["fields"]!["System.Title"]!.ToString());

    private static JiraSeed Sprints() => new JiraSeed().Issue(1, "Story").Issue(2, "Story")
        .Custom("customfield_10020", "Sprint", "com.pyxis.greenhopper.jira:gh-sprint");

    private static string Sprint(params (string Name, string State, string? End)[] sprints) =>
        new JsonObject
        {
            ["customfield_10020"] = new JsonArray([.. sprints.Select(one => new JsonObject
            {
                ["id"] = one.Name.Sum(letter => letter), ["name"] = one.Name, ["state"] = one.State,
                ["completeDate"] = one.End is null ? null : $"{one.End}T09:00:00.000Z",
            })]),
        }.ToJsonString();

    private static string Person(string name) =>
        $$"""{"accountId":"a-{{name}}","name":"{{name}}","displayName":"{{name}}","emailAddress":"{{name}}@contoso.example"}""";
}
