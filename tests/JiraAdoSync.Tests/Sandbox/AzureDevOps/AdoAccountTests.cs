using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Several accounts of Azure DevOps, each with its name, permissions and areas.</summary>
public class AdoAccountTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_an_account_sends_bears_its_name()
    {
        await using var ado = await Ado.StartAsync();
        var ours = await ado.CreateAsync();
        var mia = await SignInAsync(ado, "Mia Member");

        var theirs = (await mia.SendAsync(
            "POST", "Fabrikam/_apis/wit/workitems/$Task", new JsonArray(Op.Title("Mine")), Op.MediaType)).Ok();
        (await mia.PatchAsync(ours, Op.Title("Changed"))).Ok();
        (await mia.PostAsync(
            $"Fabrikam/_apis/wit/workItems/{ours}/comments?api-version=7.1-preview.4",
            new JsonObject { ["text"] = "Hello" })).Ok();

        Assert.Equal("Mia Member", theirs["fields", "System.CreatedBy", "displayName"]);
        var read = await ado.ReadAsync(ours, "all");
        Assert.Equal("Sandbox Account", read["fields", "System.CreatedBy", "displayName"]);
        Assert.Equal("Mia Member", read["fields", "System.ChangedBy", "displayName"]);
        Assert.Equal("Mia Member", read["fields", "System.AuthorizedAs", "displayName"]);
        var updates = await ado.GetAsync($"_apis/wit/workItems/{ours}/updates");
        Assert.Equal(
            ["Sandbox Account", "Mia Member", "Mia Member"], updates.Texts("value", "revisedBy", "displayName"));
        var comments = await ado.GetAsync($"Fabrikam/_apis/wit/workItems/{ours}/comments?api-version=7.1-preview.4");
        Assert.Equal(["Mia Member"], comments.Texts("comments", "createdBy", "displayName"));
        var who = await mia.GetAsync("_apis/connectionData?api-version=7.1-preview.1");
        Assert.Equal("Mia Member", who["authenticatedUser", "providerDisplayName"]);
        Assert.Contains("mia.member@contoso.example", who.Headers["x-vss-userdata"], StringComparison.Ordinal);
        Assert.Equal([theirs.Number("id")], (await mia.QueryAsync(
            "SELECT [System.Id] FROM WorkItems WHERE [System.CreatedBy] = @me")).Ok().List("workItems")
            .Select(item => (int)item!["id"]!));
    }

    [Fact]
    public async Task Requests_of_two_accounts_at_once_keep_their_senders()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var mia = await SignInAsync(ado, "Mia Member");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => number % 2 == 0
            ? ado.PatchAsync(id, Op.Title($"ours {number}")) : mia.PatchAsync(id, Op.Title($"Mia {number}"))));

        var updates = (await ado.GetAsync($"_apis/wit/workItems/{id}/updates")).Ok().List("value").Skip(1);
        Assert.All(updates, update => Assert.StartsWith(
            ((string)update!["fields"]!["System.Title"]!["newValue"]!).Split(' ')[0] == "Mia" ? "Mia" : "Sandbox",
            (string)update["revisedBy"]!["displayName"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_item_outside_the_areas_of_an_account_is_neither_read_nor_found_nor_changed()
    {
        await using var ado = await Ado.StartAsync();
        await AddAreaAsync(ado, "Web");
        var (inside, outside) = (await ado.CreateAsync("Task", Area("Fabrikam\\Web")), await ado.CreateAsync());
        (await ado.PatchAsync(outside, Op.Hyperlink("https://example.com/1"))).Ok();
        var mia = await SignInAsync(ado, "Mia Member", """ "areas": ["Fabrikam\\Web"] """);

        var missing = $"TF401232: Work item {outside} does not exist, or you do not have permissions to read it.";
        Assert.Equal("An item", (await mia.ReadAsync(inside))["fields", "System.Title"]);
        (await mia.GetAsync($"_apis/wit/workItems/{outside}")).Refused(
            404, "WorkItemUnauthorizedAccessException", missing);
        Assert.Equal(404, (await mia.GetAsync($"_apis/wit/workItems/{outside}/updates")).Status);
        (await mia.PatchAsync(outside, Op.Title("Mine now"))).Refused(
            404, "WorkItemUnauthorizedAccessException", missing);
        (await mia.PatchAsync(inside, Op.Related(ado.Url(outside)))).Refused(
            404, "WorkItemUnauthorizedAccessException", missing);
        Assert.Equal([inside], await mia.IdsAsync("SELECT [System.Id] FROM WorkItems"));
        Assert.Null((await mia.GetAsync($"_apis/wit/workitems?ids={outside}&errorPolicy=omit")).Ok().List("value")[0]);
        var found = await mia.PostAsync(
            "_apis/wit/artifacturiquery",
            new JsonObject { ["artifactUris"] = new JsonArray("https://example.com/1") });
        Assert.Equal("{}", found.Ok()["artifactUrisQueryResult"]);
        var feed = await mia.GetAsync("_apis/wit/reporting/workitemrevisions");
        Assert.Equal([$"{inside}"], feed.Ok().Texts("values", "id").Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_to_an_item_that_an_account_may_not_read_shows_as_the_switch_says(bool shows)
    {
        await using var ado = await Ado.StartAsync(switches => switches.LinksToUnreadableItemsShow = shows);
        await AddAreaAsync(ado, "Web");
        var (inside, outside) = (await ado.CreateAsync("Task", Area("Fabrikam\\Web")), await ado.CreateAsync());
        (await ado.PatchAsync(inside, Op.Related(ado.Url(outside)))).Ok();
        var mia = await SignInAsync(ado, "Mia Member", """ "areas": ["Fabrikam\\Web"] """);

        Assert.Equal(shows ? [$"System.LinkTypes.Related {outside}"] : [], await mia.RelationsAsync(inside));
        Assert.Equal([$"System.LinkTypes.Related {outside}"], await ado.RelationsAsync(inside));
    }

    [Fact]
    public async Task Nothing_is_created_in_or_moved_to_an_area_outside()
    {
        await using var ado = await Ado.StartAsync();
        await AddAreaAsync(ado, "Web");
        var inside = await ado.CreateAsync("Task", Area("Fabrikam\\Web"));
        var mia = await SignInAsync(ado, "Mia Member", """ "areas": ["Fabrikam\\Web"] """);

        const string message =
            "TF237111: The current user does not have permissions to save work items under the specified area path.";
        (await mia.TryCreateAsync("Task", Op.Title("At the root"))).Refused(
            403, "WorkItemUnauthorizedAccessException", message);
        (await mia.PatchAsync(inside, Area("Fabrikam"))).Refused(403, "WorkItemUnauthorizedAccessException", message);
        (await mia.TryCreateAsync("Task", Op.Title("In its area"), Area("Fabrikam\\Web"))).Ok();
        Assert.Equal("Fabrikam\\Web", (await ado.ReadAsync(inside))["fields", "System.AreaPath"]);
    }

    [Fact]
    public async Task What_is_denied_to_an_account_is_refused_as_the_service_does()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        (await ado.PostAsync(
            $"Fabrikam/_apis/wit/workItems/{id}/comments?api-version=7.1-preview.4",
            new JsonObject { ["text"] = "Ours" })).Ok();
        var reader = await SignInAsync(ado, "Rea Reader",
            """ "deny": ["editWorkItems", "bypassRules", "suppressNotifications", """
            + """ "deleteWorkItems", "permanentlyDeleteWorkItems", "editNodes"] """);

        Assert.Equal("An item", (await reader.ReadAsync(id))["fields", "System.Title"]);
        int[] answers =
        [
            (await reader.PatchAsync(id, Op.Title("Changed"))).Status,
            (await reader.PatchAsync(id, "&bypassRules=true", Op.Title("Changed"))).Status,
            (await reader.PatchAsync(id, "&suppressNotifications=true", Op.Title("Changed"))).Status,
            (await reader.SendAsync("DELETE", $"Fabrikam/_apis/wit/workitems/{id}")).Status,
            (await reader.SendAsync("DELETE", $"Fabrikam/_apis/wit/workitems/{id}?destroy=true")).Status,
            (await reader.SendAsync(
                "DELETE", $"Fabrikam/_apis/wit/workItems/{id}/comments/1?api-version=7.1-preview.4")).Status,
            (await reader.PostAsync(
                "Fabrikam/_apis/wit/classificationnodes/Areas", new JsonObject { ["name"] = "Web" })).Status,
        ];
        Assert.All(answers, status => Assert.Equal(403, status));
        var blind = await SignInAsync(ado, "Bly Blind", """ "deny": ["readWorkItems"] """);
        Assert.Equal(404, (await blind.GetAsync($"_apis/wit/workItems/{id}")).Status);
    }

    [Fact]
    public async Task An_account_is_changed_by_naming_it_again_and_the_answer_has_its_token()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        using var http = new HttpClient { BaseAddress = ado.Server.Address };
        var owner = await SetAsync(
            http, """{"uniqueName": "sandbox@contoso.example", "deny": ["editWorkItems"]}""");

        Assert.Equal(ado.Server.AdoToken, (string)owner["token"]!);
        Assert.Equal(403, (await ado.PatchAsync(id, Op.Title("Changed"))).Status);
        await SetAsync(http, """{"uniqueName": "sandbox@contoso.example"}""");
        (await ado.PatchAsync(id, Op.Title("Changed"))).Ok();
        using var wrong = await http.PostAsJsonAsync(
            "/sandbox/ado/accounts", JsonNode.Parse("""{"uniqueName": "x@y.z", "displayName": "X", "deny": ["all"]}"""),
            TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)wrong.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replaced_comment_moves_the_dates_of_a_hyperlink_as_the_switch_says(bool moves)
    {
        var clock = new Clock(Noon);
        await using var ado = await Ado.StartAsync(
            switches => switches.HyperlinkCommentMovesDates = moves, time: clock);
        var id = await ado.CreateAsync("Task", Op.Hyperlink("https://example.com/1", "before"));
        clock.Now = Noon.AddMinutes(1);

        (await ado.PatchAsync(id, Op.Replace("/relations/0/attributes/comment", "after"))).Ok();

        var read = await ado.ReadAsync(id);
        Assert.Equal("after", read["relations", 0, "attributes", "comment"]);
        Assert.Equal(
            moves ? "2026-11-02T12:01:00Z" : "2026-11-02T12:00:00Z",
            read["relations", 0, "attributes", "authorizedDate"]);
        Assert.Equal("2026-11-02T12:00:00Z", read["fields", "System.CreatedDate"]);
    }

    [Fact]
    public async Task A_hyperlink_bears_the_date_of_the_revision_that_added_it()
    {
        await using var ado = await Ado.StartAsync();

        var created = await ado.ReadAsync(await ado.CreateAsync("Task", Op.Hyperlink("https://example.com/1")));
        var id = await ado.CreateAsync();
        (await ado.PatchAsync(id, Op.Hyperlink("https://example.com/2"))).Ok();
        var changed = await ado.ReadAsync(id);

        Assert.Equal(
            created["fields", "System.CreatedDate"], created["relations", 0, "attributes", "authorizedDate"]);
        Assert.Equal(
            changed["fields", "System.ChangedDate"], changed["relations", 0, "attributes", "authorizedDate"]);
    }

    [Fact]
    public async Task Bypassing_the_rules_names_another_creator_but_not_who_was_authorised()
    {
        var clock = new Clock(Noon);
        await using var ado = await Ado.StartAsync(time: clock);

        var id = (await ado.SendAsync(
            "POST", "Fabrikam/_apis/wit/workitems/$Task?bypassRules=true",
            new JsonArray(
                Op.Title("Old"), Op.Field("System.CreatedBy", "Ana Bowman"),
                Op.Field("System.ChangedBy", "Ana Bowman"),
                Op.Field("System.CreatedDate", "2020-01-01T00:00:00Z"),
                Op.Field("System.ChangedDate", "2020-01-01T00:00:00Z"), Op.Hyperlink("https://example.com/1")),
            Op.MediaType)).Ok().Number("id");

        var read = await ado.ReadAsync(id, "all");
        Assert.Equal("Ana Bowman", read["fields", "System.CreatedBy", "displayName"]);
        Assert.Equal("Sandbox Account", read["fields", "System.AuthorizedAs", "displayName"]);
        Assert.Equal("2026-11-02T12:00:00Z", read["fields", "System.AuthorizedDate"]);
        Assert.Equal("2026-11-02T12:00:00Z", read["relations", 0, "attributes", "authorizedDate"]);
    }

    private static JsonObject Area(string path) => Op.Field("System.AreaPath", path);

    private static async Task AddAreaAsync(Ado ado, string name) => Assert.Equal(201, (await ado.PostAsync(
        "Fabrikam/_apis/wit/classificationnodes/Areas", new JsonObject { ["name"] = name })).Status);

    /// <summary>Another account of the same sandbox, which is not disposed with it.</summary>
    private static async Task<Ado> SignInAsync(Ado ado, string displayName, string more = "")
    {
        using var http = new HttpClient { BaseAddress = ado.Server.Address };
        var address = displayName.ToLowerInvariant().Replace(' ', '.') + "@contoso.example";
        var account = await SetAsync(http, $$"""
            {"displayName": "{{displayName}}", "uniqueName": "{{address}}"{{(more.Length > 0 ? "," + more : "")}}}
            """);
        return ado.As((string)account["token"]!);
    }

    private static async Task<JsonNode> SetAsync(HttpClient http, string body)
    {
        using var answer = await http.PostAsync(
            "/sandbox/ado/accounts",
            new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
            TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
