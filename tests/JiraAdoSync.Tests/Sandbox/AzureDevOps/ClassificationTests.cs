using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>
/// Areas and iterations that are made, dated, renamed, moved and removed, and the work items in them.
/// </summary>
public sealed class ClassificationTests
{
    private const string Nodes = "Fabrikam/_apis/wit/classificationnodes";

    [Fact]
    public async Task A_node_is_made_under_another_and_has_both_addresses()
    {
        await using var ado = await Ado.StartAsync();
        Assert.Equal(201, (await MakeAsync(ado, "areas", "Web")).Status);
        // The az tool sends a path with backslashes, the first one included.
        var child = await MakeAsync(ado, "areas/%5CWeb", "Shop");
        Assert.Equal("\\Fabrikam\\Area\\Web\\Shop", child["path"]);
        Assert.EndsWith(
            "/classificationNodes/Areas/Web/Shop", child["_links", "self", "href"], StringComparison.Ordinal);
        Assert.EndsWith("/classificationNodes/Areas/Web", child["_links", "parent", "href"], StringComparison.Ordinal);
        var tree = (await ado.GetAsync($"{Nodes}/areas?$depth=2&api-version=7.1")).Ok();
        Assert.Equal("Shop", tree["children", 0, "children", 0, "name"]);
        Assert.Equal(child["identifier"], tree["children", 0, "children", 0, "identifier"]);
    }

    [Theory]
    [InlineData("Iteration 1", 409, "VS402371: Classification node name Iteration 1 is already in use by a different child of parent classification node Fabrikam. Choose a different name.")]
    [InlineData("a/b", 400, "TF51000: The name a/b is not valid for a node.")]
    public async Task A_name_that_is_in_use_or_wrong_is_refused(string name, int status, string message)
    {
        await using var ado = await Ado.StartAsync();
        var refused = await MakeAsync(ado, "iterations", name);
        Assert.Equal(message, refused.Message);
        Assert.Equal(status, refused.Status);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("prn")]
    [InlineData("COM1")]
    public async Task A_reserved_name_is_refused_unless_a_switch_says_otherwise(string name)
    {
        await using var ado = await Ado.StartAsync();
        Assert.Equal($"TF51000: The name {name} is not valid for a node.", (await MakeAsync(ado, "areas", name)).Message);
        ado.Switches.ReservedNodeNamesAreRefused = false;
        Assert.Equal(201, (await MakeAsync(ado, "areas", name)).Status);
    }

    [Fact]
    public async Task An_iteration_has_its_dates_from_the_start_and_by_a_change()
    {
        await using var ado = await Ado.StartAsync();
        var made = await MakeAsync(ado, "iterations", "Sprint 7", "2026-06-17T00:00:00", "2026-06-28T00:00:00");
        Assert.Equal("2026-06-17T00:00:00Z", made["attributes", "startDate"]);
        Assert.Equal("2026-06-28T00:00:00Z", made["attributes", "finishDate"]);
        var changed = (await ado.SendAsync("PATCH", $"{Nodes}/iterations/Sprint%207", JsonNode.Parse(
            """{"name": "Sprint 7", "attributes": {"startDate": "2026-07-01T00:00:00Z", "finishDate": "2026-07-14T00:00:00Z"}}"""))).Ok();
        Assert.Equal("2026-07-01T00:00:00Z", changed["attributes", "startDate"]);
        Assert.Equal(400, (await MakeAsync(ado, "iterations", "Backwards", "2026-06-28", "2026-06-17")).Status);
        Assert.Null((await ado.GetAsync($"{Nodes}/iterations/Iteration%201")).Ok().Node("attributes"));
    }

    [Fact]
    public async Task Renaming_and_moving_a_node_moves_its_work_items_without_a_revision()
    {
        await using var ado = await Ado.StartAsync();
        await MakeAsync(ado, "areas", "Web");
        await MakeAsync(ado, "areas/Web", "Shop");
        var id = await ado.CreateAsync("Task", Op.Field("System.AreaPath", "Fabrikam\\Web\\Shop"));
        (await ado.SendAsync("PATCH", $"{Nodes}/areas/Web", JsonNode.Parse("""{"name": "Internet"}"""))).Ok();
        var item = await ado.ReadAsync(id);
        Assert.Equal("Fabrikam\\Internet\\Shop", item["fields", "System.AreaPath"]);
        Assert.Equal("1", item["rev"]);

        var shop = (await ado.GetAsync($"{Nodes}/areas/Internet/Shop")).Ok().Number("id");
        (await ado.PostAsync($"{Nodes}/areas", new JsonObject { ["id"] = shop })).Ok();
        Assert.Equal("Fabrikam\\Shop", (await ado.ReadAsync(id))["fields", "System.AreaPath"]);
    }

    [Fact]
    public async Task Removing_a_node_sends_its_work_items_where_the_request_says_or_to_the_root()
    {
        await using var ado = await Ado.StartAsync();
        await MakeAsync(ado, "areas", "Web");
        var other = (await MakeAsync(ado, "areas", "Other")).Number("id");
        var id = await ado.CreateAsync("Task", Op.Field("System.AreaPath", "Fabrikam\\Web"));
        Assert.Equal(
            204, (await ado.SendAsync("DELETE", $"{Nodes}/areas/Web?$reclassifyId={other}&api-version=7.1")).Status);
        Assert.Equal("Fabrikam\\Other", (await ado.ReadAsync(id))["fields", "System.AreaPath"]);
        Assert.Equal(404, (await ado.GetAsync($"{Nodes}/areas/Web")).Status);
        Assert.Equal(204, (await ado.SendAsync("DELETE", $"{Nodes}/areas/Other")).Status);
        Assert.Equal("Fabrikam", (await ado.ReadAsync(id))["fields", "System.AreaPath"]);
        Assert.Equal(400, (await ado.SendAsync("DELETE", $"{Nodes}/areas")).Status);
    }

    private static Task<Reply> MakeAsync(
        Ado ado, string path, string name, string? start = null, string? finish = null) =>
        ado.PostAsync($"{Nodes}/{path}", new JsonObject
        {
            ["name"] = name,
            ["attributes"] = start is null ? null : new JsonObject { ["startDate"] = start, ["finishDate"] = finish },
        });
}
