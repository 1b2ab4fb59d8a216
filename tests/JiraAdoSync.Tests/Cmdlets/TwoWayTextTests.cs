using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Rich texts of pairs that go both ways, through the cmdlets and over real HTTP.</summary>
public sealed class TwoWayTextTests
{
    private const string Description = "System.Description";
    private const string Steps = "Microsoft.VSTS.TCM.ReproSteps";

    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both "
        + "-FieldMapping @{ Description = @{ Field = 'description'; Direction = 'Both' } }";

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_text_that_was_edited_in_Azure_DevOps_arrives_in_Jira_and_the_next_run_is_quiet(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run(Both).Succeeded();
        await Quiet(world);
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Contains("Pay by card", await world.Board.FieldAsync(id, Description), StringComparison.Ordinal);

        await ann.SetFieldAsync(
            id, Description, "<div>Pay by <b>card</b> or <i>invoice</i></div><ul><li>Visa</li><li>Paper</li></ul>");
        var planned = world.Run($"{Both} -WhatIf").Succeeded();
        Assert.Equal(["Update SHOP-1 description"], planned.Rows("IssueResult", "Action", "Key", "Fields"));
        Assert.Contains("Pay by card", await RenderedAsync(world, "SHOP-1"), StringComparison.Ordinal);

        var run = world.Run(Both).Succeeded();
        Assert.Equal("Changed", run.RunOutcome());
        Assert.Contains("<b>card</b> or <em>invoice</em>", Plain(await RenderedAsync(world, "SHOP-1")), StringComparison.Ordinal);
        await Quiet(world);

        // And Jira's next edit arrives.
        await world.Tracker.DescribeAsync("SHOP-1", "Pay by *invoice* only");
        world.Run(Both).Succeeded();
        Assert.Contains("invoice", await world.Board.FieldAsync(id, Description), StringComparison.Ordinal);
        Assert.DoesNotContain("Visa", await world.Board.FieldAsync(id, Description), StringComparison.Ordinal);
        await Quiet(world);

        // A text may be emptied, and written where there was none.
        await ann.SetFieldAsync(id, Description, "");
        await ann.SetFieldAsync(await world.Board.IdOfAsync("Issue 3"), Description, "<p>New</p>");
        world.Run(Both).Succeeded();
        Assert.Equal(string.Empty, await RenderedAsync(world, "SHOP-1"));
        Assert.Equal("<p>New</p>", Plain(await RenderedAsync(world, "SHOP-3")));
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_text_of_Jira_that_is_written_over_what_people_wrote_in_Azure_DevOps_is_reported(JiraFlavor flavor)
    {
        const string toAdo = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both";
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run(toAdo).Succeeded();
        var (one, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 3"));
        await ann.SetFieldAsync(one, Description, "<p>As Ann has it</p>");
        await ann.SetFieldAsync(other, "System.Title", "Ann's title");
        await world.Tracker.DescribeAsync("SHOP-1", "As Jira has it");
        await world.Tracker.DescribeAsync("SHOP-3", "As Jira has it");

        world.Reconnect();
        var lost = Assert.Single(world.Run(toAdo).Succeeded().Of("FieldResult"));
        Assert.Equal(
            $"Conflict SHOP-1 {Description} Jira FieldConflict As Jira has it ~ As Ann has it ~ ann",
            string.Join(' ', new[] { "Action", "Key", "Field", "Winner", "Reason", "JiraValue" }
                .Select(name => lost.Properties[name].Value)) + $" ~ {lost.Properties["AdoValue"].Value} ~ "
                + $"{lost.Properties["AdoAuthor"].Value}".Split('@')[0]);
        Assert.Equal("<p>As Jira has it</p>", Plain((await ann.FieldAsync(one, Description))!));
        world.Reconnect();
        var next = world.Run(toAdo).Succeeded();
        Assert.Equal("NoChange", next.RunOutcome());
        Assert.Empty(next.Of("FieldResult"));
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, "<p>As <b>Ann</b> has it</p>")]
    [InlineData(JiraFlavor.Cloud, "<p>See <a href=\"https://contoso.example/\">the shop</a></p><ul><li>Visa</li></ul>")]
    [InlineData(JiraFlavor.Cloud, "")]
    [InlineData(JiraFlavor.DataCenter, "<h1>As Ann has it</h1><p>See <a href=\"https://contoso.example/\">the shop</a></p>")]
    public async Task A_text_that_came_from_another_person_in_Azure_DevOps_and_is_edited_in_Jira_is_no_conflict(
        JiraFlavor flavor, string html)
    {
        await using var world = await StartAsync(flavor);
        world.Run(Both).Succeeded();
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldAsync(id, Description, html);
        world.Run(Both).Succeeded();
        await eve.DescribeAsync("SHOP-1", "As Eve has it");

        Assert.Empty(world.Run(Both).Succeeded().Of("FieldResult"));

        Assert.Contains("As Eve has it", await world.Board.FieldAsync(id, Description), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_text_that_both_sides_changed_is_held_and_a_person_decides_it(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldAsync(id, Description, "<p>As Azure DevOps has it</p>");
        await world.Tracker.DescribeAsync("SHOP-1", "As Jira has it");

        for (var round = 0; round < 2; round++)
        {
            var run = world.Run(Both).Succeeded();
            Assert.Equal(
                ["Conflict SHOP-1 System.Description As Jira has it As Azure DevOps has it"],
                run.Rows("FieldResult", "Action", "Key", "Field", "JiraValue", "AdoValue"));
        }

        // Another field of the pair is written, and takes nothing of the conflict away.
        await ann.SetFieldAsync(id, "System.Title", "Renamed");
        world.Run(Both).Succeeded();
        Assert.Equal("<p>As Azure DevOps has it</p>", await world.Board.FieldAsync(id, Description));
        Assert.Contains("As Jira has it", await RenderedAsync(world, "SHOP-1"), StringComparison.Ordinal);
        await world.Tracker.SetSummaryAsync("SHOP-1", "Renamed again");
        Assert.Single(world.Run(Both).Succeeded().Of("FieldResult"));

        world.Run($"{Both} -FieldConflict AdoWins").Succeeded();
        Assert.Contains("As Azure DevOps has it", await RenderedAsync(world, "SHOP-1"), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Theory]
    [MemberData(nameof(HistoryTimes.OnEach), MemberType = typeof(HistoryTimes))]
    public async Task A_text_that_a_broken_off_run_wrote_over_and_a_person_edited_again_is_held_until_somebody_decides(
        JiraFlavor flavor, HistoryTimes times)
    {
        await using var world = await StartAsync(flavor, times);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await ann.SetFieldAsync(id, Description, "<p>As Azure DevOps has it</p>");
        await eve.DescribeAsync("SHOP-1", "As Jira had it");
        world.Run($"{Both} -FieldConflict AdoWins").Succeeded();
        // As the issue is between the write and the look in its history: the edit was later than what was read.
        var property = (await eve.PropertyAsync("SHOP-1", "jiraadosync"))!.DeepClone();
        property["pending"] = 1;
        foreach (var (_, stamp) in property["stamps"]!.AsObject())
        {
            stamp![0] = 1;
        }

        await eve.SetPropertyAsync("SHOP-1", "jiraadosync", property);
        await eve.DescribeAsync("SHOP-1", "As Jira has it");

        var run = world.Run(Both).Succeeded();

        Assert.Equal(
            ["Conflict Overwritten", "Conflict FieldConflict"],
            run.Rows("FieldResult", "Action", "Reason").OrderDescending(StringComparer.Ordinal));
        // A run that writes something else records that it looked, and the conflict stays one.
        await ann.SetFieldAsync(id, "System.Title", "Renamed");
        world.Run(Both).Succeeded();
        Assert.Equal(
            ["Conflict FieldConflict"], world.Run(Both).Succeeded().Rows("FieldResult", "Action", "Reason"));
        Assert.Equal("<p>As Azure DevOps has it</p>", await world.Board.FieldAsync(id, Description));
        Assert.Contains("As Jira has it", await RenderedAsync(world, "SHOP-1"), StringComparison.Ordinal);

        world.Run($"{Both} -FieldConflict JiraWins").Succeeded();
        Assert.Contains("As Jira has it", await world.Board.FieldAsync(id, Description), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, "<p>See <img src=\"https://contoso.example/a.png\"></p>", "Plain", "it has an image")]
    [InlineData(JiraFlavor.DataCenter, "<p>See <img src=\"https://contoso.example/a.png\"></p>", "Plain", "it has an image")]
    [InlineData(JiraFlavor.Cloud, "<table><tr><td colspan=\"2\">a</td></tr></table>", "Plain", "it has merged cells")]
    [InlineData(JiraFlavor.Cloud, "<p>Edited</p>", "{panel}Mind this{panel}", "that would take something away")]
    [InlineData(JiraFlavor.DataCenter, "<p>Edited</p>", "{panel}Mind this{panel}", "it has a macro {panel}")]
    [InlineData(JiraFlavor.DataCenter, "<p>Edited</p>", "See !screen.png|width=300!", "it has an image")]
    [InlineData(JiraFlavor.DataCenter, "<p>Edited</p>", "Ask [~ann]", "it mentions somebody")]
    [InlineData(JiraFlavor.Cloud, "<p>Edited</p>", "{color:red}Red{color}", "it has coloured text")]
    public async Task What_would_be_lost_holds_a_text_with_the_reason(
        JiraFlavor flavor, string html, string markup, string reason)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        await world.Tracker.DescribeAsync("SHOP-1", markup);
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        var before = await RenderedAsync(world, "SHOP-1");
        await ann.SetFieldAsync(id, Description, html);

        for (var round = 0; round < 2; round++)
        {
            var run = world.Run(Both).Succeeded();
            var held = Assert.Single(run.Of("FieldResult"));
            Assert.Equal("Skip RichText", $"{held.Properties["Action"].Value} {held.Properties["Reason"].Value}");
            Assert.Contains(reason, held.Properties["Detail"].Value.ToString(), StringComparison.Ordinal);
            Assert.Equal(before, await RenderedAsync(world, "SHOP-1"));
            Assert.Equal(html, await world.Board.FieldAsync(id, Description));
        }
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_undo_gives_a_text_back_to_Jira_as_it_was(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run(Both).Succeeded();
        var before = await KeptAsync(world, "SHOP-1");
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldAsync(id, Description, "<p>Edited <b>here</b></p>");
        var run = world.Run(Both).Succeeded();
        Assert.NotEqual(before, await KeptAsync(world, "SHOP-1"));

        world.Run($"Undo-JiraAdoRun -RunId {run.Summary.Properties["RunId"].Value} -Confirm:$false").Succeeded();

        Assert.Equal(before, await KeptAsync(world, "SHOP-1"));
        // What somebody wrote since stays.
        var again = world.Run(Both).Succeeded();
        await world.Tracker.DescribeAsync("SHOP-1", "Written since");
        world.Run($"Undo-JiraAdoRun -RunId {again.Summary.Properties["RunId"].Value} -Confirm:$false").Succeeded();
        Assert.Contains("Written since", await RenderedAsync(world, "SHOP-1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Pairs_of_one_way_runs_get_their_base_and_an_edit_of_then_arrives(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP'").Succeeded();
        var (edited, other) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("Issue 2"));
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        await ann.SetFieldAsync(edited, Description, "<p>Edited before the first two-way run</p>");
        await world.ResetRequestsAsync();
        var first = world.Run(Both).Succeeded();
        Assert.Empty(await world.WritesToJiraAsync());
        Assert.Equal(["Skip SHOP-1 NoBase"], first.Rows("FieldResult", "Action", "Key", "Reason"));
        Assert.Equal("<p>Edited before the first two-way run</p>", await world.Board.FieldAsync(edited, Description));

        world.Run(Both).Succeeded();
        Assert.Contains("Edited before", await RenderedAsync(world, "SHOP-1"), StringComparison.Ordinal);
        await Quiet(world);
        await ann.SetFieldAsync(other, Description, "<p>Edited since</p>");
        world.Run(Both).Succeeded();
        Assert.Contains("Edited since", await RenderedAsync(world, "SHOP-2"), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Of_a_bug_the_steps_to_reproduce_count(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        const string Run = Both + " -Wiql '[System.Id] > 0' -JiraProject SHOP";
        world.Run(Run).Succeeded();
        var bug = await world.Board.IdOfAsync("Issue 4");
        await ann.SetFieldAsync(bug, Steps, "<p>Press twice</p>");
        var made = await ann.CreateAsync("Bug", "Made here");
        await ann.SetFieldAsync(made, Steps, "<p>Press once</p>");

        world.Run(Run).Succeeded();

        Assert.Equal("<p>Press twice</p>", Plain(await RenderedAsync(world, "SHOP-4")));
        Assert.Equal("<p>Press twice</p>", await world.Board.FieldAsync(bug, Description));
        Assert.Equal("<p>Press once</p>", Plain(await RenderedAsync(world, "SHOP-5")));
        await Quiet(world, Run);
        await ann.SetFieldAsync(made, Steps, "<p>Press never</p>");
        world.Run(Run).Succeeded();
        Assert.Equal("<p>Press never</p>", Plain(await RenderedAsync(world, "SHOP-5")));
        await Quiet(world, Run);
    }

    [Fact]
    public async Task Without_an_entry_a_text_is_that_of_Jira_only()
    {
        await using var world = await StartAsync(JiraFlavor.Cloud);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        const string Run = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both";
        world.Run(Run).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldAsync(id, Description, "<p>Edited</p>");
        await Quiet(world, Run);
        Assert.Contains("Pay by card", await RenderedAsync(world, "SHOP-1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_run_that_breaks_off_after_the_write_leaves_the_next_one_nothing_to_write(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldAsync(id, Description, "<p>Edited <b>here</b></p>");
        // What was read back is not recorded.
        await world.SetFaultsAsync(new JsonObject
        {
            ["service"] = "jira",
            ["kind"] = "status",
            ["status"] = 403,
            ["method"] = flavor == JiraFlavor.Cloud ? "POST" : "PUT",
            ["route"] = flavor == JiraFlavor.Cloud
                ? "/rest/api/3/issue/properties/multi"
                : "/rest/api/2/issue/{issueIdOrKey}/properties/{propertyKey}",
        });
        world.Run(Both);
        await world.ClearFaultsAsync();
        Assert.Contains("here", await RenderedAsync(world, "SHOP-1"), StringComparison.Ordinal);

        var run = world.Run(Both).Succeeded();

        Assert.Empty(run.Of("FieldResult"));
        Assert.Equal("<p>Edited <b>here</b></p>", await world.Board.FieldAsync(id, Description));
        await world.Tracker.DescribeAsync("SHOP-1", "Edited there");
        world.Run(Both).Succeeded();
        Assert.Contains("Edited there", await world.Board.FieldAsync(id, Description), StringComparison.Ordinal);
        await Quiet(world);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Texts_of_a_real_Jira_arrive_or_are_held_and_all_runs_after_that_are_quiet(JiraFlavor flavor)
    {
        const int Edited = 80;
        var file = Repository.Shared("data", "titanium-small.jsonl.gz");
        Assert.SkipWhen(file is null, "shared/data/titanium-small.jsonl.gz is not beside the repository.");
        var lines = await TitaniumTests.ReadAsync(file);
        await using var world = (await World.StartAsync(
            lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        const string Run = "Invoke-JiraAdoSync -Jql 'project = DAEMON OR project = ALOY' -Direction Both -Unmapped Skip "
            + "-TypeMapping @{ Improvement = 'User Story'; 'New Feature' = 'Feature' } "
            + "-FieldMapping @{ Description = @{ Field = 'description'; Direction = 'Both' }; 'Repro Steps' = "
            + "@{ Field = 'description'; Direction = 'Both' }; Priority = $null }";
        world.Run(Run);
        await Quiet(world, Run);
        var described = (await world.Board.ItemsAsync())
            .Select(item => (Id: (int)item["id"]!, Field: FieldOf(item), Item: item))
            .Where(one => one.Item["fields"]![one.Field]?.ToString().Length > 0)
            .ToList();
        var chosen = described.Where((_, at) => at % (described.Count / Edited) == 0).Take(Edited).ToList();
        Assert.Equal(Edited, chosen.Count);
        foreach (var (id, field, item) in chosen)
        {
            await ann.SetFieldAsync(id, field, $"{item["fields"]![field]}<p>Edited on the board {id}</p>");
        }

        var run = world.Run($"{Run} -WriteLimit 100").Succeeded();

        var held = run.Of("FieldResult").Select(one => one.Properties["WorkItemId"].Value).ToHashSet();
        Assert.All(run.Of("FieldResult"), one => Assert.Equal("RichText", one.Properties["Reason"].Value));
        Assert.InRange(held.Count, 1, Edited - 30);
        var keys = run.Of("IssueResult").ToDictionary(
            one => (int)one.Properties["WorkItemId"].Value, one => one.Properties["Key"].Value.ToString()!);
        foreach (var (id, field, _) in chosen)
        {
            Assert.NotEqual(held.Contains(id), keys.ContainsKey(id));
            if (keys.TryGetValue(id, out var key))
            {
                Assert.Contains($"Edited on the board {id}", await RenderedAsync(world, key), StringComparison.Ordinal);
            }
        }

        world.Reconnect();
        var last = world.Run(Run).Succeeded();
        Assert.Empty(last.Of("IssueResult"));
        Assert.Equal("NoChange", last.RunOutcome());
        Assert.Equal(held.Count, last.Of("FieldResult").Count);
    }

    /// <summary>The field that people see.</summary>
    private static string FieldOf(JsonNode item) =>
        item["fields"]!["System.WorkItemType"]!.ToString() == "Bug" ? Steps : Description;

    private static async Task<World> StartAsync(JiraFlavor flavor, HistoryTimes? times = null)
    {
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Issue(4, "Bug");
        var world = (await World.StartAsync(
            seed.Lines, times is null ? null : times.Set, options => options with { Jira = flavor })).ThatWritesJira();
        await world.Tracker.DescribeAsync("SHOP-1", "Pay by card");
        await world.Tracker.DescribeAsync("SHOP-2", "h2. Terms\n* one\n* two\n\nSee SHOP-1 and *that*.");
        return world;
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_rich_text_that_is_no_description_is_merged(JiraFlavor flavor)
    {
        const string Criteria = "Microsoft.VSTS.Common.AcceptanceCriteria";
        const string Run = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both "
            + $"-FieldMapping @{{ '{Criteria}' = @{{ Field = 'environment'; Direction = 'Both' }} }}";
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        await SetAsync("Linux");
        world.Run(Run).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        Assert.Contains("Linux", await world.Board.FieldAsync(id, Criteria), StringComparison.Ordinal);

        await ann.SetFieldAsync(id, Criteria, "<p>Windows</p>");
        world.Run(Run).Succeeded();
        using var client = world.Tracker.NewClient();
        Assert.Contains(
            "Windows",
            await client.GetStringAsync(
                new Uri("issue/SHOP-1?fields=environment", UriKind.Relative), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

        await SetAsync("Either");
        Assert.Empty(world.Run(Run).Succeeded().Of("FieldResult"));
        Assert.Contains("Either", await world.Board.FieldAsync(id, Criteria), StringComparison.Ordinal);
        Assert.Equal("NoChange", world.Run(Run).Succeeded().RunOutcome());

        Task SetAsync(string words) => world.Tracker.SetFieldsAsync("SHOP-1", $$"""{"environment":"{{words}}"}""");
    }

    /// <summary>The description as Jira shows it.</summary>
    private static async Task<string> RenderedAsync(World world, string key) =>
        (await IssueAsync(world, key))["renderedFields"]!["description"]?.ToString() ?? string.Empty;

    /// <summary>The description as Jira keeps it.</summary>
    private static async Task<string?> KeptAsync(World world, string key) =>
        (await IssueAsync(world, key))["fields"]!["description"]?.ToJsonString();

    private static async Task<JsonNode> IssueAsync(World world, string key)
    {
        using var client = world.Tracker.NewClient();
        return JsonNode.Parse(await client.GetStringAsync(
            new Uri($"issue/{key}?fields=description&expand=renderedFields", UriKind.Relative)))!;
    }

    private static string Plain(string html) => html
        .Replace("<strong>", "<b>", StringComparison.Ordinal).Replace("</strong>", "</b>", StringComparison.Ordinal)
        .Replace("<i>", "<em>", StringComparison.Ordinal).Replace("</i>", "</em>", StringComparison.Ordinal)
        .Trim();

    /// <summary>A run that finds nothing to do writes nothing to either side.</summary>
    private static async Task Quiet(World world, string command = Both)
    {
        await world.RunQuietlyAsync(command);
        // Nor does it read a text.
        Assert.DoesNotContain("POST /rest/api/3/issue/bulkfetch", (await world.RequestsAsync("jira")).Keys);
    }
}
