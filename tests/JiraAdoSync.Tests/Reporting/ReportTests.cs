using System.Text.Json.Nodes;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Planning;
using JiraAdoSync.Reporting;
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
        // Fifty and one that a link waits for; a chain of 49, and one each that waits, is replaced, goes for that, and
        // stands.
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
        Assert.Contains(Printable.Of(Hostile), seen["told"]!.ToString(), StringComparison.Ordinal);
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
    public async Task Five_thousand_work_items_are_drawn_and_searched()
    {
        var seen = await LookAtAsync(Sample(5000));
        Assert.True((bool)seen["isDrawn"]!, seen["status"]!.ToString());
        Assert.Empty(seen["errors"]!.AsArray());
        Assert.Equal("[5001,5003]", seen["all"]!.ToJsonString());
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"Loaded after {seen["loaded"]} ms, drawn after {seen["drawn"]} ms, arranged after {seen["arranged"]} ms.");
        // SHOP-7, the seventies, the seven hundreds, the seven thousands that there are, and those beside them.
        Assert.Equal(seen["searched"]!.ToJsonString(), seen["early"]!.ToJsonString());
        Assert.Equal("[1000,0]", seen["epics"]!.ToJsonString());
    }

    [Fact]
    public async Task Without_the_graph_library_it_says_so_and_tells_the_rest()
    {
        var seen = await LookAtAsync(Sample(50), isDrawn: false);
        Assert.False((bool)seen["isDrawn"]!);
        Assert.Contains("built without Node", seen["status"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(["failed 1", "pending 1", "degraded 1", "changes 49", "unchanged 50"],
            seen["sections"]!.AsArray().Select(one => one!.ToString()));
        Assert.Empty(seen["errors"]!.AsArray());
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
        Assert.Contains("<h1>Plan</h1>", HtmlReport.Write(report, Page(isDrawn: false)), StringComparison.Ordinal);
    }

    /// <summary>
    /// A chain of issues, half of which stood before, and one each of what is out of the ordinary.
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

    private static ReportPage Page(bool isDrawn)
    {
        var folder = Path.Combine(Repository.StagedModule, "report");
        string Read(params string[] path) => File.ReadAllText(Path.Combine([folder, .. path]));
        return new ReportPage
        {
            Template = Read("report.html"),
            Style = Read("report.css"),
            Script = Read("report.js"),
            Library = isDrawn && Directory.Exists(Path.Combine(folder, "lib"))
                ? new[] { "d3-dispatch", "d3-quadtree", "d3-timer", "d3-force", "cytoscape" }
                    .Select(name => Read("lib", $"{name}.min.js")).ToList()
                : [],
        };
    }

    private async Task<JsonNode> LookAtAsync(Report report, bool isDrawn = true)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "report.html");
        await File.WriteAllTextAsync(
            file, HtmlReport.Write(report, Page(isDrawn)), TestContext.Current.CancellationToken);
        return await browser.LookAtAsync(file);
    }
}
