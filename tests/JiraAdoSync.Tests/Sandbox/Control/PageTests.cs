using System.Net;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Control;

/// <summary>The page at <c>/</c>, by its text.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task Shows_both_boards_with_their_links_and_the_last_requests()
    {
        var seed = new Cmdlets.JiraSeed().Issue(1, "Story", "Basket").Issue(2, "Task", "Till").Link(1, "blocks", 2)
            .Link(2, "blocks", 9);
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions { Seed = seed.Lines });
        var basket = await sandbox.CreateWorkItemAsync("Basket");
        await sandbox.CreateWorkItemAsync("Till", sandbox.Relate("System.LinkTypes.Dependency-Reverse", basket));
        (await sandbox.GetAsync("/jira/rest/api/3/issue/SHOP-77")).Dispose();

        var page = await PageAsync(sandbox);

        Assert.Contains("""<span class="faint">blocks</span> <a href="#SHOP-2">SHOP-2</a>""", page, StringComparison.Ordinal);
        Assert.Contains("""<span class="faint">is blocked by</span> <a href="#SHOP-1">SHOP-1</a>""", page, StringComparison.Ordinal);
        Assert.Contains("""<span class="faint">blocks</span> SHOP-9</li>""", page, StringComparison.Ordinal);
        Assert.Contains("""<span class="faint">Predecessor</span> <a href="#item-1">1 Basket</a>""", page, StringComparison.Ordinal);
        Assert.Contains("""<span class="faint">Story in Web shop</span> Basket""", page, StringComparison.Ordinal);
        Assert.Contains("""<span class="faint">Task in Fabrikam</span> Till""", page, StringComparison.Ordinal);
        Assert.Contains("""<td class="refused">404</td>""", page, StringComparison.Ordinal);
        Assert.Contains("/jira/rest/api/3/issue/SHOP-77", page, StringComparison.Ordinal);
        Assert.Equal(3, (int)(await sandbox.CallAsync("GET", "/sandbox/stats"))!["total"]!);
    }

    [Fact]
    public async Task A_date_shows_at_the_time_of_the_people_who_look()
    {
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions());
        await sandbox.CreateWorkItemAsync("Due", (JsonObject)JsonNode.Parse(
            """{"op":"add","path":"/fields/Microsoft.VSTS.Scheduling.DueDate","value":"2026-12-24"}""")!);
        Assert.Contains("due 2026-12-23", await PageAsync(sandbox), StringComparison.Ordinal);
        await sandbox.SetSwitchesAsync(new JsonObject { ["viewersUtcOffsetMinutes"] = 60 });
        Assert.Contains("due 2026-12-24", await PageAsync(sandbox), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cards_have_the_colour_of_their_type_and_addresses_lead_to_them()
    {
        await using var sandbox = await SandboxClient.StartAsync(
            new SandboxOptions { Seed = new Cmdlets.JiraSeed().Issue(1, "Story", "Basket").Lines });
        await sandbox.CreateWorkItemAsync("Basket", (JsonObject)JsonNode.Parse(
            """{"op":"add","path":"/relations/-","value":{"rel":"Hyperlink","url":"https://shop.example/a?b=1&c=2"}}""")!);
        var page = await PageAsync(sandbox);
        Assert.Contains("id=\"SHOP-1\" style=\"--type:#63BA3C\"", page, StringComparison.Ordinal);
        Assert.Contains("id=\"item-1\" style=\"--type:#A4880A\"", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"https://shop.example/a?b=1&amp;c=2\">", page, StringComparison.Ordinal);
        Assert.Contains($"process, {Environment.ProcessId}, is stopped", page, StringComparison.Ordinal);

        foreach (var (address, anchor) in new[]
        {
            ("/jira/browse/SHOP-1", "#SHOP-1"), ("/jira/issues/?jql=id%3D1001", "#SHOP-1"), ("/jira/issues/?jql=x", ""),
            ("/ado/contoso/Fabrikam/_workitems/edit/1", "#item-1"),
        })
        {
            using var answer = await sandbox.GetAsync(address);
            var card = answer.RequestMessage!.RequestUri!;
            Assert.Equal($"/{anchor}", card.AbsolutePath + card.Fragment);
        }
    }

    [Fact]
    public async Task Escapes_everything_from_outside()
    {
        const string Evil = "<script>alert(\"1\")</script>";
        await using var sandbox = await SandboxClient.StartAsync(
            new SandboxOptions { Seed = new Cmdlets.JiraSeed().Issue(1, "Story", Evil).Lines });
        await sandbox.CreateWorkItemAsync(Evil, (JsonObject)JsonNode.Parse(
            """{"op":"add","path":"/relations/-","value":{"rel":"Hyperlink","url":"https://shop.example/<script>?\"'"}}""")!);
        (await sandbox.GetAsync("/jira/rest/api/3/%3Cscript%3E?a=%22%3E<script>")).Dispose();

        var page = await PageAsync(sandbox);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, page.Split("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;").Length - 1);
    }

    [Fact]
    public async Task Shows_no_more_cards_than_a_browser_has_use_for()
    {
        var seed = new Cmdlets.JiraSeed();
        for (var number = 1; number <= 301; number++)
        {
            seed.Issue(number, "Story");
        }

        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions { Seed = seed.Lines });
        var page = await PageAsync(sandbox);
        Assert.Contains("301 issues, of which the first 300", page, StringComparison.Ordinal);
        Assert.DoesNotContain("SHOP-301", page, StringComparison.Ordinal);
    }

    private static async Task<string> PageAsync(SandboxClient sandbox)
    {
        using var answer = await sandbox.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
