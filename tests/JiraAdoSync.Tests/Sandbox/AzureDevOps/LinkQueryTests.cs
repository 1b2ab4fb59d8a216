using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Queries of links, and what existed at an earlier time.</summary>
public sealed class LinkQueryTests
{
    private const string Children = "[System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward'";

    [Fact]
    public async Task A_one_hop_query_lists_sources_and_what_their_links_lead_to()
    {
        await using var ado = await WorldAsync();
        var reply = (await ado.QueryAsync(
            "SELECT [System.Id] FROM WorkItemLinks WHERE ([Source].[System.WorkItemType] = 'Epic') "
            + $"AND ({Children}) AND ([Target].[System.WorkItemType] <> '') ORDER BY [System.Id] MODE (MustContain)"))
                .Ok();
        Assert.Equal("oneHop", reply["queryType"]);
        Assert.Equal("workItemLink", reply["queryResultType"]);
        Assert.Null(reply.Node("workItems"));
        Assert.Equal("""["target"]""", Names(reply.Node("workItemRelations", 0)!));
        Assert.Equal("""["rel","source","target"]""", Names(reply.Node("workItemRelations", 1)!));
        Assert.Equal("System.LinkTypes.Hierarchy-Forward", reply["workItemRelations", 1, "rel"]);
        Assert.EndsWith(
            "/_apis/wit/workItems/2", reply["workItemRelations", 1, "target", "url"], StringComparison.Ordinal);
        Assert.Equal("1, 1>2, 1>3", Rows(reply));
    }

    [Theory]
    [InlineData("MustContain", "1, 1>2, 1>3, 2, 2>4")]
    [InlineData("MayContain", "1, 1>2, 1>3, 2, 2>4, 3, 4, 5, 6")]
    [InlineData("DoesNotContain", "3, 4, 5, 6")]
    public async Task A_mode_says_which_sources_are_listed(string mode, string rows)
    {
        await using var ado = await WorldAsync();
        Assert.Equal(rows, Rows(await ado.QueryAsync(
            $"SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.Id] > 0 AND {Children} AND [Target].[System.Id] > 0 mode({mode})")));
    }

    [Theory]
    [InlineData("Source.[System.Id] = 3", "3, 3>1, 3>5")]
    [InlineData("Source.System.Id = 3 AND [System.Links.LinkType] <> 'System.LinkTypes.Hierarchy-Reverse'", "3, 3>5")]
    [InlineData("[Source].[System.Id] = 3 AND [System.Links.LinkType] IN ('System.LinkTypes.Related', 'System.LinkTypes.Dependency-Forward')", "3, 3>5")]
    [InlineData("[Source].[System.Id] = 3 AND ([System.Links.LinkType] = 'System.LinkTypes.Related' OR [System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Reverse')", "3, 3>1")]
    [InlineData("[Source].[System.Id] = 3 AND [System.Links.LinkType] <> ''", "3, 3>1, 3>5")]
    [InlineData("[Target].[System.Id] = 5", "3, 3>5")]
    public async Task Conditions_are_on_source_target_or_link(string condition, string rows)
    {
        await using var ado = await WorldAsync();
        Assert.Equal(rows, Rows(await ado.QueryAsync($"SELECT [System.Id] FROM WorkItemLinks WHERE {condition}")));
    }

    [Fact]
    public async Task A_tree_leads_down_from_those_at_the_top()
    {
        await using var ado = await WorldAsync();
        var reply = (await ado.QueryAsync(
            $"SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.TeamProject] = @project AND {Children} "
            + "AND [Target].[System.TeamProject] = @project ORDER BY [System.Id] DESC MODE (Recursive)")).Ok();
        Assert.Equal("tree", reply["queryType"]);
        Assert.Equal("6, 5, 1, 1>3, 1>2, 2>4", Rows(reply));
    }

    [Fact]
    public async Task A_tree_of_matching_children_keeps_the_way_to_them()
    {
        await using var ado = await WorldAsync();
        Assert.Equal("1, 1>2, 2>4", Rows(await ado.QueryAsync(
            $"SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.WorkItemType] = 'Epic' AND {Children} "
            + "AND [Target].[System.Id] = 4 MODE (Recursive, ReturnMatchingChildren)")));
    }

    [Theory]
    [InlineData("[System.Id] = 1", "TF51006: The query statement is not valid at position 46. The error is caused by «System.Id».")]
    [InlineData("[Source].[System.Id] = 1 OR [Target].[System.Id] = 1",
        "TF51006: The query statement is not valid at position 74. The error is caused by «System.Id».")]
    [InlineData("[Source].[System.Id] = 1 MODE (Sideways)",
        "TF51006: The query statement is not valid at position 77. The error is caused by «Sideways».")]
    [InlineData("[System.Links.LinkType] = 'Nothing'", "The link type does not exist. The error is caused by «'Nothing'».")]
    [InlineData("[System.Links.LinkType] > 'System.LinkTypes.Related'",
        "TF51006: The query statement is not valid at position 46. The error is caused by «System.Links.LinkType».")]
    [InlineData("[System.Links.LinkType] = 'System.LinkTypes.Related' MODE (Recursive)",
        "A tree query needs one link type, the forward end of a tree. The error is caused by «Recursive».")]
    public async Task A_query_of_links_that_is_none_is_refused_with_its_position(string condition, string message)
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.QueryAsync($"SELECT [System.Id] FROM WorkItemLinks WHERE   {condition}");
        Assert.Equal(message, reply.Message);
        Assert.Equal(400, reply.Status);
    }

    [Fact]
    public async Task A_flat_query_knows_no_source()
    {
        await using var ado = await Ado.StartAsync();
        Assert.Equal(
            400, (await ado.QueryAsync("SELECT [System.Id] FROM WorkItems WHERE [Source].[System.Id] = 1")).Status);
        Assert.Equal(400, (await ado.QueryAsync($"SELECT [System.Id] FROM WorkItems WHERE {Children}")).Status);
    }

    [Fact]
    public async Task Reads_as_of_a_time_show_fields_and_relations_as_they_were()
    {
        var clock = new Clock("2026-05-20T09:00:00Z");
        await using var ado = await Ado.StartAsync(time: clock);
        var (id, other) = (
            await ado.CreateAsync("Task", Op.Hyperlink("https://example.com/")), await ado.CreateAsync());
        clock.Now = clock.Now.AddHours(1);
        (await ado.PatchAsync(id, Op.Title("Later"), Op.Related(ado.Url(other)), Op.Remove("/relations/0"))).Ok();
        var past = (await ado.GetAsync($"_apis/wit/workitems/{id}?asOf=2026-05-20T09:30:00Z&$expand=all")).Ok();
        Assert.Equal("1", past["rev"]);
        Assert.Equal("An item", past["fields", "System.Title"]);
        Assert.Equal(["Hyperlink "], past.Relations());
        var now = (await ado.GetAsync($"_apis/wit/workitems/{id}?asOf=Wed, 20 May 2026 10:30:00 GMT&$expand=relations"))
            .Ok();
        Assert.Equal("Later", now["fields", "System.Title"]);
        Assert.Equal([$"System.LinkTypes.Related {other}"], now.Relations());
        Assert.Equal(404, (await ado.GetAsync($"_apis/wit/workitems/{id}?asOf=2026-05-20T08:00:00Z")).Status);
        Assert.Equal(400, (await ado.GetAsync($"_apis/wit/workitems/{id}?asOf=once")).Status);
        var batch = (await ado.PostAsync("_apis/wit/workitemsbatch", new JsonObject
        {
            ["ids"] = new JsonArray(id), ["asOf"] = "2026-05-20T09:30:00Z",
            ["fields"] = new JsonArray("System.Title", "System.Rev"),
        })).Ok();
        Assert.Equal("""{"System.Title":"An item","System.Rev":1}""", batch.Node("value", 0, "fields")!.ToJsonString());
        Assert.Equal(404, (await ado.GetAsync($"_apis/wit/workitems?ids={id}&asOf=2026-05-20T08:00:00Z")).Status);
    }

    [Fact]
    public async Task Queries_as_of_a_time_ask_what_existed_then()
    {
        var clock = new Clock("2026-05-20T09:00:00Z");
        await using var ado = await Ado.StartAsync(time: clock);
        var parent = await ado.CreateAsync();
        var child = await ado.CreateAsync("Task", Op.Parent(ado.Url(parent)));
        clock.Now = clock.Now.AddHours(1);
        (await ado.PatchAsync(child, Op.Title("Later"), Op.Remove("/relations/0"))).Ok();
        await ado.CreateAsync();
        const string then = "ASOF '2026-05-20T09:30:00Z'";
        Assert.Equal(
            [1, 2], await ado.IdsAsync($"SELECT [System.Id] FROM WorkItems WHERE [System.Title] = 'An item' {then}"));
        Assert.Equal([1, 3], await ado.IdsAsync("SELECT [System.Id] FROM WorkItems WHERE [System.Title] = 'An item'"));
        var links = await ado.QueryAsync($"SELECT [System.Id] FROM WorkItemLinks WHERE {Children} {then}");
        Assert.Equal("2026-05-20T09:30:00Z", links["asOf"]);
        Assert.Equal("1, 1>2", Rows(links));
        Assert.Equal("", Rows(await ado.QueryAsync($"SELECT [System.Id] FROM WorkItemLinks WHERE {Children}")));
    }

    [Fact]
    public async Task Revisions_expand_to_the_relations_they_had()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Hyperlink("https://example.com/"));
        (await ado.PatchAsync(id, Op.Remove("/relations/0"))).Ok();
        var revisions = (await ado.GetAsync($"_apis/wit/workitems/{id}/revisions?$expand=relations")).Ok();
        Assert.Single(revisions.List("value", 0, "relations"));
        Assert.Null(revisions.Node("value", 1, "relations"));
    }

    /// <summary>
    /// An epic, its features 2 and 3, a story 4 below 2, a task 5 whose predecessor is 3, a task 6 alone.
    /// </summary>
    private static async Task<Ado> WorldAsync()
    {
        var ado = await Ado.StartAsync();
        await ado.CreateAsync("Epic");
        await ado.CreateAsync("Feature", Op.Parent(ado.Url(1)));
        await ado.CreateAsync("Feature", Op.Parent(ado.Url(1)));
        await ado.CreateAsync("User Story", Op.Parent(ado.Url(2)));
        await ado.CreateAsync("Task", Op.Relation("System.LinkTypes.Dependency-Reverse", ado.Url(3)));
        await ado.CreateAsync();
        return ado;
    }

    private static string Names(JsonNode row) =>
        new JsonArray([.. row.AsObject().Select(one => (JsonNode)one.Key)]).ToJsonString();

    private static string Rows(Reply reply) => string.Join(", ", reply.Ok().List("workItemRelations").Select(row =>
        row!["source"] is null ? $"{row["target"]!["id"]}" : $"{row["source"]!["id"]}>{row["target"]!["id"]}"));
}
