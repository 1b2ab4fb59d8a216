using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Many items in one request: reads of 200, and <c>$batch</c>.</summary>
public sealed class BatchTests
{
    [Fact]
    public async Task A_batch_read_keeps_the_order_of_its_ids()
    {
        await using var ado = await Ado.StartAsync();
        await ado.CreateAsync();
        await ado.CreateAsync();
        await ado.CreateAsync();
        var reply = (await ado.PostAsync("_apis/wit/workitemsbatch", Ids([3, 1, 2]))).Ok();
        Assert.Equal("3", reply["count"]);
        Assert.Equal(["3", "1", "2"], reply.Texts("value", "id"));
        Assert.Equal(
            ["2", "1"], (await ado.GetAsync("Fabrikam/_apis/wit/workitems?ids=2,1")).Ok().Texts("value", "id"));
    }

    [Fact]
    public async Task Two_hundred_ids_fit_and_459_do_not()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var fit = Ids(Enumerable.Repeat(id, 200));
        Assert.Equal("200", (await ado.PostAsync("_apis/wit/workitemsbatch", fit)).Ok()["count"]);
        (await ado.PostAsync("_apis/wit/workitemsbatch", Ids(Enumerable.Range(1, 459)))).Refused(
            400, "WorkItemTrackingRequestLimitException",
            "VS403474: You requested 459 work items which exceeds the limit of 200.");
        Assert.Equal(
            400, (await ado.GetAsync($"_apis/wit/workitems?ids={string.Join(',', Enumerable.Range(1, 201))}")).Status);
    }

    [Fact]
    public async Task One_missing_id_fails_the_read_or_yields_null_instead()
    {
        await using var ado = await Ado.StartAsync();
        await ado.CreateAsync();
        await ado.CreateAsync();
        (await ado.PostAsync("_apis/wit/workitemsbatch", Ids([1, 9, 2])))
            .Refused(404, "WorkItemUnauthorizedAccessException",
            "TF401232: Work item 9 does not exist, or you do not have permissions to read it.");
        var body = Ids([1, 9, 2]);
        body["errorPolicy"] = "omit";
        var reply = (await ado.PostAsync("_apis/wit/workitemsbatch", body)).Ok();
        Assert.Equal("3", reply["count"]);
        Assert.Equal(["1", "null", "2"], reply.Texts("value", "id"));
        var listed = (await ado.GetAsync("_apis/wit/workitems?ids=1,9&errorPolicy=Omit")).Ok();
        Assert.Null(listed.List("value")[1]);
        Assert.Equal(404, (await ado.GetAsync("_apis/wit/workitems?ids=1,9&errorPolicy=fail")).Status);
    }

    [Fact]
    public async Task A_batch_read_has_fields_or_expands_and_not_both()
    {
        await using var ado = await Ado.StartAsync();
        var other = await ado.CreateAsync();
        var id = await ado.CreateAsync("Task", Op.Related(ado.Url(other)));
        var body = Ids([id]);
        body["fields"] = new JsonArray("System.Title");
        Assert.Equal("""{"System.Title":"An item"}""",
            (await ado.PostAsync("_apis/wit/workitemsbatch", body)).Ok().Node("value", 0, "fields")!.ToJsonString());
        body["$expand"] = "relations";
        (await ado.PostAsync("_apis/wit/workitemsbatch", body)).Refused(
            400, "ConflictingParametersException", "The expand parameter can not be used with the fields parameter.");
        body.Remove("fields");
        Assert.Single((await ado.PostAsync("_apis/wit/workitemsbatch", body)).Ok().List("value", 0, "relations"));
        body.Remove("$expand");
        Assert.Null((await ado.PostAsync("_apis/wit/workitemsbatch", body)).Ok().Node("value", 0, "relations"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"ids":"1"}""")]
    [InlineData("""{"ids":["x"]}""")]
    [InlineData("nonsense")]
    public async Task A_batch_read_without_ids_is_a_bad_request(string body)
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.SendTextAsync("POST", "_apis/wit/workitemsbatch", body);
        Assert.Equal(400, reply.Status);
        Assert.NotNull(reply.Message);
    }

    [Fact]
    public async Task A_batch_creates_and_links_by_negative_ids_and_everything_has_rev_1()
    {
        await using var ado = await Ado.StartAsync();
        var reply = (await ado.PostAsync("_apis/wit/$batch", new JsonArray(
            Create("Task", Op.Add("/id", "-1"), Op.Title("Parent")),
            Create("Task", Op.Add("/id", "-2"), Op.Title("Child"), Op.Parent(ado.Url(-1)))))).Ok();
        Assert.Equal("2", reply["count"]);
        Assert.Equal(["200", "200"], reply.Texts("value", "code"));
        var (parent, child) = (Body(reply, 0), Body(reply, 1));
        Assert.Equal("Parent", parent["fields"]!["System.Title"]!.ToString());
        Assert.Equal(1, (int)parent["rev"]!);
        Assert.Equal(1, (int)child["rev"]!);
        Assert.Equal("System.LinkTypes.Hierarchy-Forward", (string?)parent["relations"]![0]!["rel"]);
        Assert.Equal("System.LinkTypes.Hierarchy-Reverse", (string?)child["relations"]![0]!["rel"]);
        Assert.EndsWith($"/{parent["id"]}", (string?)child["relations"]![0]!["url"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_negative_id_may_be_used_before_it_is_given()
    {
        await using var ado = await Ado.StartAsync();
        var reply = (await ado.PostAsync("_apis/wit/$batch", new JsonArray(
            Create("Task", Op.Add("/id", -2), Op.Title("Child"), Op.Parent(ado.Url(-1))),
            Create("Task", Op.Add("/id", -1), Op.Title("Parent"))))).Ok();
        Assert.Equal("Child", Body(reply, 0)["fields"]!["System.Title"]!.ToString());
        Assert.EndsWith(
            $"/{Body(reply, 1)["id"]}", (string?)Body(reply, 0)["relations"]![0]!["url"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_is_not_atomic_and_each_failure_has_its_own_answer()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var broken = Op.Remove("/relations/0");
        broken["value"] = 1;
        var reply = (await ado.PostAsync("_apis/wit/$batch", new JsonArray(
            Create("Task", Op.Field("System.Description", "no title")),
            Update(id, Op.Test("/rev", 7), Op.Title("never")),
            Update(404, Op.Title("never")),
            Update(id, broken),
            Update(id, Op.Title("done"))))).Ok();
        Assert.Equal(["400", "412", "404", "400", "200"], reply.Texts("value", "code"));
        Assert.Equal("TestPatchOperationFailedException", (string?)Body(reply, 1)["typeKey"]);
        Assert.Equal("""{"count":1,"value":{"Message":"Remove requires Value to be null."}}""", reply["value", 3, "body"]);
        Assert.Equal("application/json; charset=utf-8", reply["value", 0, "headers", "Content-Type"]);
        Assert.Equal("done", (await ado.ReadAsync(id))["fields", "System.Title"]);
    }

    [Fact]
    public async Task A_batch_exists_at_the_organisation_only()
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.PostAsync("Fabrikam/_apis/wit/$batch", new JsonArray());
        Assert.Equal(404, reply.Status);
        Assert.StartsWith("text/plain", reply.ContentType, StringComparison.Ordinal);
        Assert.Equal("0", (await ado.SendAsync("PATCH", "_apis/wit/$batch", new JsonArray())).Ok()["count"]);
    }

    [Fact]
    public async Task A_batch_has_a_limit_that_a_switch_moves()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        Assert.Equal(400, (await ado.PostAsync("_apis/wit/$batch", Many(201))).Status);
        Assert.Equal("200", (await ado.PostAsync("_apis/wit/$batch", Many(200))).Ok()["count"]);
        ado.Switches.BatchLimit = 201;
        Assert.Equal("201", (await ado.PostAsync("_apis/wit/$batch", Many(201))).Ok()["count"]);

        JsonArray Many(int count) => [.. Enumerable.Range(0, count).Select(_ => Update(id, Op.Title("x")))];
    }

    [Fact]
    public async Task A_creation_that_links_to_a_new_and_an_existing_item_fails_unless_the_switch_allows_it()
    {
        await using var ado = await Ado.StartAsync();
        var existing = await ado.CreateAsync();
        var requests = new JsonArray(
            Create("Task", Op.Add("/id", -1), Op.Title("New")),
            Create("Task", Op.Title("Both"), Op.Parent(ado.Url(-1)), Op.Related(ado.Url(existing))));
        var refused = (await ado.PostAsync("_apis/wit/$batch", requests)).Ok();
        Assert.Equal(["200", "400"], refused.Texts("value", "code"));
        Assert.StartsWith("TF401349", (string?)Body(refused, 1)["message"], StringComparison.Ordinal);
        ado.Switches.BatchCreationMayMixNewAndExistingTargets = true;
        Assert.Equal(["200", "200"], (await ado.PostAsync("_apis/wit/$batch", requests)).Ok().Texts("value", "code"));
    }

    [Fact]
    public async Task Queries_of_the_requests_in_a_batch_are_their_own()
    {
        await using var ado = await Ado.StartAsync();
        var request = Create("Task", Op.Title("x"), Op.Field("System.State", "Closed"));
        request["uri"] = "/Fabrikam/_apis/wit/workitems/$Task?bypassRules=true&api-version=7.1";
        var reply = (await ado.PostAsync("_apis/wit/$batch", new JsonArray(request))).Ok();
        Assert.Equal("Closed", Body(reply, 0)["fields"]!["System.State"]!.ToString());
    }

    [Theory]
    [InlineData("""[{"method":"GET","uri":"/_apis/wit/workitems/1?api-version=7.1"}]""")]
    [InlineData("""[{"method":"PATCH","uri":"/_apis/git/repositories?api-version=7.1"}]""")]
    [InlineData("""[{"method":"PATCH","uri":"/_apis/wit/workitems/1?api-version=7.1","headers":{},"body":[]}]""")]
    [InlineData("""[{"method":"PATCH"}]""")]
    [InlineData("[null]")]
    [InlineData("[7]")]
    public async Task A_request_of_a_batch_that_is_none_is_refused_alone(string body)
    {
        await using var ado = await Ado.StartAsync();
        var reply = (await ado.SendTextAsync("POST", "_apis/wit/$batch", body)).Ok();
        Assert.StartsWith("4", reply["value", 0, "code"], StringComparison.Ordinal);
    }

    private static JsonObject Ids(IEnumerable<int> ids) =>
        new() { ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) };

    private static JsonNode Body(Reply reply, int index) => JsonNode.Parse(reply["value", index, "body"]!)!;

    private static JsonObject Create(string type, params JsonObject[] operations) =>
        Request($"/Fabrikam/_apis/wit/workitems/${type}?api-version=7.1", operations);

    private static JsonObject Update(int id, params JsonObject[] operations) =>
        Request($"/_apis/wit/workitems/{id}?api-version=7.1", operations);

    private static JsonObject Request(string uri, JsonObject[] operations) => new()
    {
        ["method"] = "PATCH",
        ["uri"] = uri,
        ["headers"] = new JsonObject { ["Content-Type"] = Op.MediaType },
        ["body"] = new JsonArray([.. operations.Select(one => one.DeepClone())]),
    };
}
