using System.Text.Json.Nodes;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Planning;
using JiraAdoSync.Reporting;
using JiraAdoSync.TwoWay.Planning;
using Xunit;

namespace JiraAdoSync.Tests.Reporting;

/// <summary>A report as people see it, in a browser and as Markdown.</summary>
public sealed class ReportTests(Browser browser) : IClassFixture<Browser>
{
    private const string Hostile =
        "</script><script>alert(1)</script><img src=x onerror=alert(2)> | `a` [b](javascript:alert(3)) ##vso[task.complete]";

    [Fact]
    public async Task The_graph_is_drawn_searched_and_filtered_and_what_issues_say_is_text()
    {
        var seen = await LookAtAsync(Sample(50));

        Assert.Empty(seen["requests"]!.AsArray());
        Assert.Empty(seen["errors"]!.AsArray());
        Assert.True((bool)seen["isDrawn"]!, seen["status"]!.ToString());
        Assert.True((bool)seen["drawnPixels"]!);
        // Fifty and one that a link waits for; a chain of 49, and one each that waits, is replaced, is removed for that, and
        // exists.
        Assert.Equal("[51,53]", seen["all"]!.ToJsonString());
        Assert.Equal("[26,26]", seen["before"]!.ToJsonString());
        Assert.Equal("[50,51]", seen["after"]!.ToJsonString());
        Assert.Equal("51 of 51 work items, 53 of 53 links.", seen["status"]!.ToString());
        Assert.Equal("[3,2]", seen["searched"]!.ToJsonString());
        Assert.Equal("[10,0]", seen["epics"]!.ToJsonString());
        Assert.True((bool)seen["keyboardZooms"]!);

        Assert.Equal(0, (int)seen["dialogs"]!);
        Assert.Equal(0, (int)seen["strangers"]!);
        Assert.Equal(0, (int)seen["badLinks"]!);
        Assert.False((bool)seen["script"]!, "A script that the page did not come with may not run.");
        Assert.Contains(Printable.Of(Hostile), seen["details"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_legible_on_a_phone_in_print_in_the_dark_and_to_a_screen_reader()
    {
        var seen = await LookAtAsync(Sample(50));
        Assert.Equal(0, (int)seen["phoneOverflow"]!);
        Assert.Equal(
            """{"background":"rgb(255, 255, 255)","picture":true,"filters":"none"}""", seen["printed"]!.ToJsonString());
        Assert.Empty(seen["axeLight"]!.AsArray());
        Assert.Empty(seen["axeDark"]!.AsArray());
    }

    [Fact]
    public async Task Conflicts_are_legible_everywhere_and_what_their_values_say_is_text()
    {
        var report = Sample(10);
        foreach (var winner in new Side?[] { null, Side.Jira })
        {
            report.Add(new FieldResult
            {
                Action = ChangeAction.Conflict,
                Key = "SHOP-7",
                IssueId = 7,
                WorkItemId = 7,
                Field = "System.Title",
                JiraValue = $"{Hostile}{new string('x', 3000)}",
                AdoValue = null,
                JiraAuthor = "Ann <b>",
                JiraTime = DateTimeOffset.UnixEpoch,
                Winner = winner,
                Reason = "FieldConflict",
                Decide = winner is null ? "Invoke-JiraAdoSync -Key SHOP-7 -FieldConflict JiraWins" : null,
            });
        }

        var seen = await LookAtAsync(report);
        Assert.Empty(seen["axeLight"]!.AsArray());
        Assert.Empty(seen["axeDark"]!.AsArray());
        Assert.Equal(0, (int)seen["phoneOverflow"]!);
        Assert.Equal(0, (int)seen["dialogs"]!);
        Assert.Equal(0, (int)seen["strangers"]!);
        Assert.Empty(seen["errors"]!.AsArray());
        Assert.Contains("1 conflict to decide", seen["headline"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_thousand_work_items_are_drawn_and_searched()
    {
        var seen = await LookAtAsync(Sample(5000), "--large");
        Assert.True((bool)seen["isDrawn"]!, seen["status"]!.ToString());
        Assert.Empty(seen["errors"]!.AsArray());
        Assert.Equal("[5001,5003]", seen["all"]!.ToJsonString());
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"Loaded after {seen["loaded"]} ms, drawn after {seen["drawn"]} ms.");
        // SHOP-7, the seventies, the seven hundreds, the seven thousands that there are, and those beside them.
        Assert.Equal(seen["searched"]!.ToJsonString(), seen["early"]!.ToJsonString());
        Assert.Equal("[1000,0]", seen["epics"]!.ToJsonString());
    }

    [Fact]
    public async Task Without_scripts_it_says_so_and_has_the_tables()
    {
        var seen = await LookAtAsync(Sample(50), "--no-script");
        Assert.Contains("needs JavaScript", seen["noscript"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(["failed 1", "pending 1", "degraded 1", "changes 49", "unchanged 50"],
            seen["sections"]!.AsArray().Select(one => one!.ToString()));
        Assert.Empty(seen["errors"]!.AsArray());
    }

    [Fact]
    public async Task The_hierarchy_the_types_and_what_changed_are_seen_at_once()
    {
        var seen = await LookAtAsync(Board(40, changeEvery: 3));
        Assert.Equal(40, (int)seen["startRows"]!);
        var rows = seen["rows"]!.AsArray().ToDictionary(row => row!["id"]!.ToString(), row => row!);
        int X(string key) => (int)rows[key]["x"]!;
        int Y(string key) => (int)rows[key]["y"]!;
        // Epic 1, feature 2, stories 3, 4 and 7, tasks 5 and 6 of story 4.
        Assert.True(X("SHOP-1") < X("SHOP-2") && X("SHOP-2") < X("SHOP-3") && X("SHOP-4") < X("SHOP-5"));
        Assert.Equal(X("SHOP-3"), X("SHOP-4"));
        Assert.True(Y("SHOP-4") < Y("SHOP-5") && Y("SHOP-6") < Y("SHOP-7"), "Children are below their parent.");
        Assert.Equal(["#E06C00", "#773B93", "#0098C7", "#A4880A"],
            new[] { "SHOP-1", "SHOP-2", "SHOP-3", "SHOP-5" }.Select(key => rows[key]["color"]!.ToString()));
        Assert.Equal(4, new[] { "SHOP-1", "SHOP-2", "SHOP-3", "SHOP-5" }.Select(key => (int)rows[key]["icon"]!)
            .Distinct().Count());
        Assert.Contains("Create", rows["SHOP-3"]["words"]!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Create", rows["SHOP-2"]["words"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("Story of the number 4", rows["SHOP-4"]["words"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("Predecessor SHOP-3", rows["SHOP-4"]["words"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("Successor SHOP-4", rows["SHOP-3"]["words"]!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("13 work items and ", seen["headline"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("SHOP-1", seen["byKeyboard"]!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wide")]
    [InlineData("phone")]
    [InlineData("chainCollisions")]
    public async Task No_words_cover_an_arrowhead_or_each_other(string where)
    {
        var found = (await LookAtAsync(Board(40, changeEvery: 2)))[where]!;
        Assert.True((int)found["arrows"]! > 3, $"Too few arrows to judge by: {found["arrows"]}.");
        Assert.Equal(0, (int)found["coveredArrows"]!);
        Assert.Equal(0, (int)found["coveredWords"]!);
        Assert.Equal(0, (int)found["rowsInRows"]!);
        Assert.Equal(0, (int)found["outside"]!);
    }

    [Fact]
    public async Task What_is_blocked_is_below_what_blocks_it()
    {
        var seen = await LookAtAsync(Sample(50));
        var chain = seen["chains"]!.AsArray().Select(row => row!["id"]!.ToString()).ToList();
        // SHOP-1 to SHOP-2 is degraded to Related, so the chain starts with what SHOP-2 blocks.
        Assert.Equal(["SHOP-1", "SHOP-2", "SHOP-3"], chain.Take(3));
        var x = seen["chains"]!.AsArray().Take(4).Select(row => (int)row!["x"]!).ToList();
        Assert.Equal(x.Order().Distinct(), x);
    }

    [Fact]
    public async Task Of_six_thousand_it_begins_with_what_changed_and_unfolds()
    {
        var seen = await LookAtAsync(Board(6000, changeEvery: 100), "--large");
        var rows = seen["rows"]!.AsArray().Select(row => row!["id"]!.ToString()).ToList();
        Assert.InRange((int)seen["start"]!.AsArray()[0]!, 60, 600);
        Assert.InRange((int)seen["startRows"]!, 60, 600);
        Assert.Contains("SHOP-100", rows);
        Assert.DoesNotContain("SHOP-3", rows);
        // What is folded is found.
        Assert.Contains("SHOP-7", seen["found"]!.AsArray().Select(key => key!.ToString()));
        Assert.True(
            (int)seen["openRows"]! > (int)seen["startRows"]!, $"{seen["openRows"]} rows after {seen["startRows"]}");
        Assert.Equal(6000, (int)seen["all"]!.AsArray()[0]!);
        Assert.Contains(" of 6,000 work items, ", seen["status"]!.ToString(), StringComparison.Ordinal);
        Assert.Empty(seen["errors"]!.AsArray());
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"Loaded after {seen["loaded"]} ms, drawn after {seen["drawn"]} ms.");
    }

    [Fact]
    public async Task The_picture_is_saved_as_PNG_and_SVG_with_heading_and_nothing_that_runs()
    {
        var seen = await LookAtAsync(Sample(50));
        var (png, svg) = (seen["png"]!, seen["svg"]!);
        Assert.Equal(("JiraAdoSync-Run-results.png", "JiraAdoSync-Run-results.svg"),
            (png["name"]!.ToString(), svg["name"]!.ToString()));
        Assert.True((int)png["width"]! > 1000 && (int)png["height"]! > 1000, png.ToJsonString());
        Assert.Equal(0xFFFFFFFF, (uint)png["corner"]!);
        Assert.Equal("svg", svg["root"]!.ToString());
        Assert.Contains("24 work items and ", svg["words"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("</script><script>", svg["words"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, (int)svg["active"]!);
        Assert.Equal("""["contoso.atlassian.net","dev.azure.com"]""", svg["addresses"]!.ToJsonString());
    }

    [Fact]
    public void The_headline_is_a_sentence()
    {
        var report = new Report { Made = DateTimeOffset.UnixEpoch };
        Assert.Equal("Nothing to change.", ReportHeadline.Of(report));
        report.Add(Item(1, ChangeAction.Create) with { IsApplied = false });
        report.Add(Item(2, ChangeAction.Update));
        report.Add(Item(3, ChangeAction.Update));
        report.Add(Relation(1, ChangeAction.Create, "Successor", "SHOP-2", 2));
        report.Add(Relation(2, ChangeAction.Pending, "Successor", "OPS-7", null));
        Assert.Equal(
            "1 work item and 1 link to add, 2 work items to change. 1 link pending.", ReportHeadline.Of(report));
        report.Add(Item(1, ChangeAction.Create));
        report.Add(Item(3, ChangeAction.Fail));
        Assert.Equal(
            "1 work item and 1 link added, 1 work item changed. 1 work item could not be written, 1 link pending.",
            ReportHeadline.Of(report));
    }

    [Fact]
    public void Markdown_counts_lists_what_needs_eyes_and_keeps_what_issues_say_on_its_line()
    {
        var text = MarkdownReport.Write(Sample(50));
        Assert.StartsWith("# JiraAdoSync: Results\n", text, StringComparison.Ordinal);
        Assert.Contains("| | Create | Keep | Replace | Degrade | Pending | Fail |", text, StringComparison.Ordinal);
        Assert.Contains("| Work items | 24 | 25 | 0 | 0 | 0 | 1 |", text, StringComparison.Ordinal);
        Assert.Contains("## Failed: 1", text, StringComparison.Ordinal);
        Assert.Contains("[SHOP-50](https://contoso.atlassian.net/browse/SHOP-50)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("](javascript", text, StringComparison.OrdinalIgnoreCase);
        Assert.All(
            text.Split('\n').Where(line => line.StartsWith("| [", StringComparison.Ordinal)),
            line => Assert.Equal(
                4, line.Replace("\\|", string.Empty, StringComparison.Ordinal).Count(letter => letter == '|')));
    }

    [Fact]
    public void A_plan_is_called_a_plan()
    {
        var report = new Report { Made = DateTimeOffset.UnixEpoch };
        report.Add(Item(1, ChangeAction.Create) with { IsApplied = false, WorkItemId = null });
        Assert.True(report.IsPlan);
        Assert.StartsWith("# JiraAdoSync: Plan\n", MarkdownReport.Write(report), StringComparison.Ordinal);
        Assert.Contains("<h1>Plan</h1>", HtmlReport.Write(report, Page()), StringComparison.Ordinal);
    }

    /// <summary>
    /// A chain of issues, half of which existed before, and one each of what is out of the ordinary.
    /// </summary>
    private static Report Sample(int count)
    {
        var report = new Report
        {
            Site = "https://contoso.atlassian.net",
            Project = "https://dev.azure.com/contoso/Fabrikam",
            Made = new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero),
        };
        for (var number = 1; number <= count; number++)
        {
            report.Add(Item(
                number, number == count ? ChangeAction.Fail : number <= 25 ? ChangeAction.Keep : ChangeAction.Create));
        }

        for (var number = 1; number < count; number++)
        {
            report.Add(Relation(
                number,
                number == 1 ? ChangeAction.Degrade : number <= 25 ? ChangeAction.Keep : ChangeAction.Create,
                "Successor",
                $"SHOP-{number + 1}",
                number + 1));
        }

        report.Add(Relation(3, ChangeAction.Pending, "Successor", "OPS-7", null));
        report.Add(Relation(2, ChangeAction.Replace, "Parent", "SHOP-10", 10) with
        {
            Removed =
            [
                new Relation
                {
                    WorkItemId = 2,
                    ReferenceName = "System.LinkTypes.Hierarchy-Reverse",
                    Name = "Parent",
                    TargetWorkItemId = 20,
                    Url = "https://dev.azure.com/contoso/_apis/wit/workItems/20",
                },
            ],
        });
        report.Add(Relation(4, ChangeAction.Keep, "Related", "SHOP-3", 3) with { Action = ChangeAction.Keep });
        return report;
    }

    /// <summary>
    /// Epics of a feature each, of four stories each, of which every other has two tasks; each story waits for the one
    /// before it.
    /// </summary>
    private static Report Board(int count, int changeEvery)
    {
        var report = new Report
        {
            Site = "https://contoso.atlassian.net",
            Project = "https://dev.azure.com/contoso/Fabrikam",
            Made = new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero),
        };
        string[] shape =
        [
            "Epic", "Feature", "User Story", "User Story", "Task", "Task", "User Story", "User Story", "Task", "Task",
        ];
        int[] parents = [0, 1, 2, 2, 4, 4, 2, 2, 8, 8];
        for (var number = 1; number <= count; number++)
        {
            var (epic, position) = ((number - 1) / shape.Length * shape.Length, (number - 1) % shape.Length);
            var action = number % changeEvery == 0 ? ChangeAction.Create : ChangeAction.Keep;
            report.Add(Item(number, action) with { WorkItemType = shape[position] });
            if (parents[position] > 0)
            {
                var parent = epic + parents[position];
                report.Add(Relation(number, action, "Parent", $"SHOP-{parent}", parent) with { Phrase = null });
            }

            var before = position switch { 3 => 3, 6 => 4, 7 => 7, _ => 0 };
            if (before > 0)
            {
                report.Add(Relation(epic + before, action, "Successor", $"SHOP-{number}", number));
            }
        }

        return report;
    }

    private static WorkItemResult Item(int number, ChangeAction action) => new()
    {
        Action = action,
        Key = $"SHOP-{number}",
        IssueId = 10000 + number,
        WorkItemType = number % 5 == 0 ? "Epic" : "User Story",
        WorkItemId = number,
        Summary = number == 7 ? Hostile : $"Story of the number {number}",
        IsApplied = action == ChangeAction.Create,
    };

    private static RelationResult Relation(int source, ChangeAction action, string name, string target, int? id) =>
        new()
    {
        Action = action,
        Source = $"SHOP-{source}",
        Relation = name,
        Target = target,
        WorkItemId = source,
        TargetWorkItemId = id,
        Phrase = "blocks",
        LinkId = source,
    };

    private static ReportPage Page()
    {
        string Read(string name) => File.ReadAllText(Path.Combine(Repository.StagedModule, "report", name));
        return new ReportPage
        {
            Template = Read("report.html"),
            Style = Read("report.css"),
            Scripts = [Read("outline.js"), Read("picture.js"), Read("report.js")],
        };
    }

    private async Task<JsonNode> LookAtAsync(Report report, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "report.html");
        await File.WriteAllTextAsync(file, HtmlReport.Write(report, Page()), TestContext.Current.CancellationToken);
        return await browser.LookAtAsync(file, options);
    }
}
