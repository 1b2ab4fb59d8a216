using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Finding work items by the addresses that they hold, and by reports of links.</summary>
public sealed class FindingTests
{
    private const string Page = "https://jira.example/issues/?jql=id%3D1";

    [Fact]
    public async Task Hyperlinks_are_found_by_their_address_unless_the_organisation_knows_artifacts_only()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Hyperlink(Page));
        var twin = await ado.CreateAsync("Task", Op.Hyperlink(Page));
        await ado.CreateAsync("Task", Op.Hyperlink(Page + "2"));
        Assert.Equal([id, twin], await FindAsync(ado, Page));
        ado.Switches.HyperlinksAreFoundByArtifactUri = false;
        Assert.Empty(await FindAsync(ado, Page));
    }

    [Fact]
    public async Task Artifacts_are_found_whatever_is_said_of_hyperlinks()
    {
        await using var ado = await Ado.StartAsync(switches => switches.HyperlinksAreFoundByArtifactUri = false);
        var id = await ado.CreateAsync("Task", Op.Relation("ArtifactLink", "vstfs:///Git/Commit/1"));
        Assert.Equal([id], await FindAsync(ado, "vstfs:///Git/Commit/1"));
    }

    [Fact]
    public async Task A_new_hyperlink_may_be_missed_by_the_first_look_ups()
    {
        await using var ado = await Ado.StartAsync(switches => switches.HyperlinkLookUpsThatMiss = 2);
        var id = await ado.CreateAsync("Task", Op.Hyperlink(Page));
        Assert.Empty(await FindAsync(ado, Page));
        Assert.Empty(await FindAsync(ado, Page));
        Assert.Equal([id], await FindAsync(ado, Page));
    }

    [Fact]
    public async Task Addresses_that_nobody_holds_are_left_out_or_listed_empty()
    {
        await using var ado = await Ado.StartAsync();
        Assert.Equal(
            "{}", (await AskAsync(ado, "https://nobody.example/")).Node("artifactUrisQueryResult")!.ToJsonString());
        ado.Switches.ArtifactUriQueryListsUnknownAddresses = true;
        Assert.Equal(
            """{"https://nobody.example/":[]}""",
            (await AskAsync(ado, "https://nobody.example/")).Node("artifactUrisQueryResult")!.ToJsonString());
    }

    [Fact]
    public async Task A_removed_hyperlink_and_a_deleted_item_are_found_no_more()
    {
        await using var ado = await Ado.StartAsync();
        var (first, second) = (
            await ado.CreateAsync("Task", Op.Hyperlink(Page)), await ado.CreateAsync("Task", Op.Hyperlink(Page)));
        (await ado.PatchAsync(first, Op.Remove("/relations/0"))).Ok();
        Assert.Equal([second], await FindAsync(ado, Page));
        (await ado.SendAsync("DELETE", $"_apis/wit/workitems/{second}")).Ok();
        Assert.Empty(await FindAsync(ado, Page));
        (await ado.SendAsync("PATCH", $"_apis/wit/recyclebin/{second}", new JsonObject { ["isDeleted"] = false })).Ok();
        Assert.Equal([second], await FindAsync(ado, Page));
    }

    [Fact]
    public async Task A_look_up_without_addresses_is_a_bad_request()
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.PostAsync("Fabrikam/_apis/wit/artifacturiquery", new JsonObject());
        Assert.Equal(400, reply.Status);
        Assert.NotNull(reply.Message);
    }

    [Fact]
    public async Task The_link_report_shows_types_without_an_end_from_parent_to_child_and_what_went()
    {
        await using var ado = await Ado.StartAsync(time: new Clock("2026-01-01T00:00:00Z"));
        var (parent, child) = (await ado.CreateAsync(), await ado.CreateAsync());
        (await ado.PatchAsync(child, Op.Parent(ado.Url(parent)))).Ok();
        (await ado.PatchAsync(child, Op.Remove("/relations/0"))).Ok();
        var reply = (await ado.GetAsync("Fabrikam/_apis/wit/reporting/workitemlinks")).Ok();
        Assert.Equal(
            ["""{"rel":"System.LinkTypes.Hierarchy","sourceId":1,"targetId":2,"changedDate":"2026-01-01T00:00:00Z","isActive":true}""",
                """{"rel":"System.LinkTypes.Hierarchy","sourceId":1,"targetId":2,"changedDate":"2026-01-01T00:00:00Z","isActive":false}"""],
            reply.List("values").Select(one => Short(one!.AsObject()).ToJsonString()));
        Assert.Equal("true", reply["isLastBatch"]);
        Assert.NotNull(reply["nextLink"]);
        Assert.NotNull(reply["continuationToken"]);
    }

    [Fact]
    public async Task The_token_of_the_last_page_is_where_the_next_report_begins()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b, c) = (await ado.CreateAsync(), await ado.CreateAsync(), await ado.CreateAsync());
        (await ado.PatchAsync(a, Op.Related(ado.Url(b)))).Ok();
        var first = (await ado.GetAsync("_apis/wit/reporting/workitemlinks")).Ok();
        (await ado.PatchAsync(a, Op.Successor(ado.Url(c)))).Ok();
        var second = (await ado.GetAsync(
            $"_apis/wit/reporting/workitemlinks?continuationToken={first["continuationToken"]}")).Ok();
        Assert.Equal(["System.LinkTypes.Dependency"], second.Texts("values", "rel"));
        var third = (await ado.GetAsync(
            $"_apis/wit/reporting/workitemlinks?continuationToken={second["continuationToken"]}")).Ok();
        Assert.Empty(third.List("values"));
        Assert.Equal(second["continuationToken"], third["continuationToken"]);
    }

    [Fact]
    public async Task The_link_report_is_filtered_by_link_type_item_type_and_date()
    {
        var clock = new Clock("2026-01-01T00:00:00Z");
        await using var ado = await Ado.StartAsync(time: clock);
        var (task, bug) = (await ado.CreateAsync(), await ado.CreateAsync("Bug"));
        (await ado.PatchAsync(task, Op.Related(ado.Url(bug)))).Ok();
        clock.Now = clock.Now.AddDays(1);
        (await ado.PatchAsync(bug, Op.Successor(ado.Url(task)))).Ok();
        Assert.Equal(["System.LinkTypes.Related"], await RelsAsync("linkTypes=System.LinkTypes.Related"));
        Assert.Equal(["System.LinkTypes.Dependency"], await RelsAsync("types=Bug"));
        Assert.Equal(["System.LinkTypes.Dependency"], await RelsAsync("startDateTime=2026-01-01T12:00:00Z"));
        Assert.Equal(400, (await ado.GetAsync("_apis/wit/reporting/workitemlinks?startDateTime=soon")).Status);
        Assert.Equal(400, (await ado.GetAsync("_apis/wit/reporting/workitemlinks?continuationToken=soon")).Status);

        async Task<IReadOnlyList<string>> RelsAsync(string filter) =>
            (await ado.GetAsync($"_apis/wit/reporting/workitemlinks?{filter}")).Ok().Texts("values", "rel");
    }

    // The documented example has these; what a newer service adds beside them is no part of the rule.
    private static JsonObject Short(JsonObject link) => new(
        ((string[])["rel", "sourceId", "targetId", "changedDate", "isActive"])
            .Select(name => KeyValuePair.Create(name, link[name]?.DeepClone())));

    private static Task<Reply> AskAsync(Ado ado, string uri) => ado.PostAsync(
        "Fabrikam/_apis/wit/artifacturiquery", new JsonObject { ["artifactUris"] = new JsonArray(uri) });

    private static async Task<IReadOnlyList<int>> FindAsync(Ado ado, string uri)
    {
        var result = (await AskAsync(ado, uri)).Ok();
        return result.Node("artifactUrisQueryResult", uri) is JsonArray found
            ? [.. found.Select(one => (int)one!["id"]!)] : [];
    }
}
