using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>What a json-patch document means to the service, which is not all that RFC 6902 says.</summary>
public sealed class PatchTests
{
    [Theory]
    [InlineData("🤖 robot")]
    [InlineData("✨ feature")]
    [InlineData("zero\u200Bwidth")]
    [InlineData("bell\u0007")]
    public async Task A_tag_with_signs_that_tags_do_not_take_is_refused_unless_a_switch_says_otherwise(string tag)
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Field("System.Tags", "✓ done; → next; übung"));
        (await ado.PatchAsync(id, Op.Field("System.Tags", tag))).Refused(
            400, "InvalidTagNameException", "TF401407: The tag name is invalid. It contains invalid characters.");
        ado.Switches.TagsRefuseSpecialCharacters = false;
        (await ado.PatchAsync(id, Op.Field("System.Tags", tag))).Ok();
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("a\ttab")]
    [InlineData("not a character \uFFFF")]
    public async Task A_title_with_signs_of_control_is_refused_unless_a_switch_says_otherwise(string title)
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Replace("/fields/System.Title", title))).Status);
        (await ado.PatchAsync(id, Op.Replace("/fields/System.Title", "A 🤖 is fine"))).Ok();
        ado.Switches.LinesRefuseControlCharacters = false;
        (await ado.PatchAsync(id, Op.Replace("/fields/System.Title", title))).Ok();
    }

    [Fact]
    public async Task A_test_of_rev_that_fails_answers_412_and_saves_nothing()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        await ado.PatchAsync(id, Op.Title("b"));
        await ado.PatchAsync(id, Op.Title("c"));
        await ado.PatchAsync(id, Op.Title("d"));
        var reply = await ado.PatchAsync(id, Op.Test("/rev", 3), Op.Title("e"));
        reply.Refused(412, "TestPatchOperationFailedException",
            "VS403351: Test Operation for path /rev failed, value 4 was not equal to test value 3.");
        Assert.Equal("3000", reply["eventId"]);
        Assert.Equal("d", (await ado.ReadAsync(id))["fields", "System.Title"]);
        (await ado.PatchAsync(id, Op.Test("/rev", 4), Op.Title("e"))).Ok();
    }

    [Fact]
    public async Task A_test_counts_wherever_it_is_and_under_validateOnly_too()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        Assert.Equal(412, (await ado.PatchAsync(id, Op.Title("e"), Op.Test("/rev", 9))).Status);
        Assert.Equal(412, (await ado.PatchAsync(id, "&validateOnly=true", Op.Test("/rev", 9))).Status);
    }

    [Fact]
    public async Task A_test_of_a_field_is_a_test_too()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        (await ado.PatchAsync(id, Op.Test("/fields/System.Title", "An item"), Op.Title("b"))).Ok();
        Assert.Equal(412, (await ado.PatchAsync(id, Op.Test("/fields/System.Title", "An item"), Op.Title("c"))).Status);
    }

    [Fact]
    public async Task ValidateOnly_answers_the_item_as_it_would_be_and_stores_nothing()
    {
        await using var ado = await Ado.StartAsync();
        var (id, other) = (await ado.CreateAsync(), await ado.CreateAsync());
        var reply = (await ado.PatchAsync(
            id, "&validateOnly=true", Op.Title("b"), Op.Related(ado.Url(other)), Op.Hyperlink("https://example.com/")))
                .Ok();
        Assert.Equal("1", reply["rev"]);
        Assert.Equal("An item", reply["fields", "System.Title"]);
        Assert.Null(reply.Node("relations"));
        Assert.Null((await ado.ReadAsync(id)).Node("relations"));
        Assert.Null((await ado.ReadAsync(other)).Node("relations"));
        Assert.Single((await ado.GetAsync($"_apis/wit/workitems/{id}/updates")).List("value"));
        Assert.Equal(400, (await ado.PatchAsync(id, "&validateOnly=true", Op.Field("System.State", "No"))).Status);
        var created = await ado.SendAsync(
            "POST", "Fabrikam/_apis/wit/workitems/$Task?validateOnly=true", new JsonArray(Op.Title("x")), Op.MediaType);
        created.Ok();
        Assert.Equal([id, other], await ado.IdsAsync("SELECT [System.Id] FROM WorkItems"));
    }

    [Theory]
    [InlineData(new[] { 1, 2 }, new[] { 0 })]
    [InlineData(new[] { 0, 1 }, new[] { 2 })]
    [InlineData(new[] { 0, 2 }, new[] { 1 })]
    [InlineData(new[] { 2, 0 }, new[] { 1 })]
    [InlineData(new[] { 0, 1, 2 }, new int[0])]
    public async Task Indexes_of_removals_are_those_before_the_patch(int[] removed, int[] left)
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var child = await ado.CreateAsync();
            (await ado.PatchAsync(id, Op.Child(ado.Url(child)))).Ok();
        }

        var before = (await ado.ReadAsync(id)).Texts("relations", "url");
        var reply = (await ado.PatchAsync(id, [.. removed.Select(index => Op.Remove($"/relations/{index}"))])).Ok();
        Assert.Equal(left.Select(index => before[index]), left.Length == 0 ? [] : reply.Texts("relations", "url"));
        Assert.Equal(left.Length == 0, reply.Node("relations") is null);
    }

    [Fact]
    public async Task Relations_keep_one_order_that_is_not_that_of_insertion()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var children = new List<string>();
        Reply? last = null;
        foreach (var _ in Enumerable.Range(0, 12))
        {
            var child = await ado.CreateAsync();
            children.Add($"{child}");
            last = (await ado.PatchAsync(id, Op.Child(ado.Url(child)))).Ok();
        }

        var answered = Ends(last!.List("relations"));
        Assert.NotEqual(children, answered);
        Assert.Equal(children.Order(StringComparer.Ordinal), answered.Order(StringComparer.Ordinal));
        Assert.Equal(answered, Ends((await ado.ReadAsync(id)).List("relations")));
        Assert.Equal(answered, Ends(await ListedAsync(ado, id)));
        ado.Switches.ListReadsOrderRelationsDifferently = true;
        Assert.Equal(answered, Ends((await ado.ReadAsync(id)).List("relations")));
        Assert.NotEqual(answered, Ends(await ListedAsync(ado, id)));
    }

    [Fact]
    public async Task A_removal_must_not_carry_a_value()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Hyperlink("https://example.com/"));
        var removal = Op.Remove("/relations/0");
        removal["value"] = 1;
        var reply = await ado.PatchAsync(id, removal);
        Assert.Equal(400, reply.Status);
        Assert.Equal("""{"count":1,"value":{"Message":"Remove requires Value to be null."}}""", reply.Text);
        removal["value"] = null;
        (await ado.PatchAsync(id, removal)).Ok();
    }

    [Theory]
    [InlineData("add", "/relations", "Work item patch does not support patching the top level property at path /relations.")]
    [InlineData("add", "/fields", "Work item patch does not support patching the top level property at path /fields.")]
    [InlineData("remove", "/relations/-", "remove does not support insert")]
    [InlineData("remove", "/relations/1", "Index out of range for path.")]
    [InlineData("remove", "/relations/-1", "Index out of range for path.")]
    public async Task Paths_that_a_patch_cannot_have_are_refused(string op, string path, string message)
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Hyperlink("https://example.com/"));
        (await ado.PatchAsync(id, new JsonObject { ["op"] = op, ["path"] = path }))
            .Refused(400, "VssPropertyValidationException", message);
    }

    [Fact]
    public async Task A_relation_of_the_wrong_shape_is_reported_with_its_type()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var reply = await ado.PatchAsync(id, Op.Add("/relations/-", "System.Collections.Hashtable"));
        Assert.Equal(400, reply.Status);
        Assert.Equal("VssPropertyValidationException", reply["typeKey"]);
        Assert.EndsWith(
            "does not match the expected type Microsoft.TeamFoundation.WorkItemTracking.WebApi.Models.WorkItemRelation.",
            reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_bad_operation_and_nothing_of_the_patch_is_saved()
    {
        await using var ado = await Ado.StartAsync();
        var (id, other) = (
            await ado.CreateAsync("Task", Op.Hyperlink("https://example.com/")), await ado.CreateAsync());
        var reply = await ado.PatchAsync(
            id, Op.Title("b"), Op.Remove("/relations/0"), Op.Related(ado.Url(other)), Op.Related(ado.Url(999)));
        Assert.Equal(404, reply.Status);
        var current = await ado.ReadAsync(id);
        Assert.Equal("An item", current["fields", "System.Title"]);
        Assert.Equal("https://example.com/", current["relations", 0, "url"]);
        Assert.Single(current.List("relations"));
        Assert.Empty(await ado.RelationsAsync(other));
        Assert.Single((await ado.GetAsync($"_apis/wit/workitems/{id}/updates")).List("value"));
        Assert.Empty((await ado.GetAsync("_apis/wit/reporting/workitemlinks")).Ok().List("values"));
    }

    [Fact]
    public async Task Adding_tags_merges_them_and_replacing_sets_them()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Field("System.Tags", "Tag0"));
        Assert.Equal("Tag0; Tag1; Tag2",
            (await ado.PatchAsync(id, Op.Field("System.Tags", "Tag1; Tag2"))).Ok()["fields", "System.Tags"]);
        Assert.Equal("Tag0; Tag1; Tag2",
            (await ado.PatchAsync(id, Op.Field("System.Tags", "tag1"))).Ok()["fields", "System.Tags"]);
        Assert.Equal("Tag3",
            (await ado.PatchAsync(id, Op.Replace("/fields/System.Tags", "Tag3"))).Ok()["fields", "System.Tags"]);
        Assert.Null((await ado.PatchAsync(id, Op.Remove("/fields/System.Tags"))).Ok().Node("fields", "System.Tags"));
    }

    [Fact]
    public async Task A_work_item_takes_a_hundred_tags_and_no_more()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync(
            "Task", Op.Field("System.Tags", string.Join("; ", Enumerable.Range(1, 100).Select(n => $"t{n}"))));
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Field("System.Tags", "one more"))).Status);
    }

    [Fact]
    public async Task A_field_twice_in_one_patch_is_refused()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var reply = await ado.PatchAsync(id, Op.Title("b"), Op.Title("c"));
        Assert.Equal(400, reply.Status);
        Assert.StartsWith("VS403691: ", reply.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("""[{"op":"add"}]""")]
    [InlineData("""[{"op":"turn","path":"/fields/System.Title","value":"x"}]""")]
    public async Task What_is_no_patch_document_is_refused(string body)
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        (await ado.SendTextAsync("PATCH", $"_apis/wit/workitems/{id}", body, Op.MediaType)).Refused(
            400, "VssPropertyValidationException", "You must pass a valid patch document in the body of the request.");
    }

    [Fact]
    public async Task Another_media_type_than_that_of_a_patch_is_unsupported()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var reply = await ado.SendAsync("PATCH", $"_apis/wit/workitems/{id}", new JsonArray(Op.Title("b")));
        Assert.Equal(415, reply.Status);
        Assert.Equal(
            """{"count":1,"value":{"Message":"The request entity's media type 'application/json' is not supported for this resource."}}""",
            reply.Text);
    }

    [Fact]
    public async Task Names_of_operations_and_fields_are_accepted_in_any_case()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var reply = await ado.SendTextAsync(
            "PATCH", $"_apis/wit/workitems/{id}",
            """[{"Op":"Replace","Path":"/fields/system.title","Value":"b","From":null}]""", Op.MediaType);
        Assert.Equal("b", reply.Ok()["fields", "System.Title"]);
    }

    [Fact]
    public async Task Removals_and_additions_go_into_one_patch_unless_the_organisation_refuses_it()
    {
        await using var ado = await Ado.StartAsync();
        var (old, next) = (await ado.CreateAsync(), await ado.CreateAsync());
        var child = await ado.CreateAsync("Task", Op.Parent(ado.Url(old)));
        (await ado.PatchAsync(child, Op.Remove("/relations/0"), Op.Parent(ado.Url(next)))).Ok();
        Assert.Equal([$"System.LinkTypes.Hierarchy-Reverse {next}"], await ado.RelationsAsync(child));
        ado.Switches.PatchMayMixRelationRemovalsAndAdditions = false;
        Assert.Equal(400, (await ado.PatchAsync(child, Op.Remove("/relations/0"), Op.Parent(ado.Url(old)))).Status);
        Assert.Equal([$"System.LinkTypes.Hierarchy-Reverse {next}"], await ado.RelationsAsync(child));
    }

    [Fact]
    public async Task An_addition_before_the_removal_it_needs_fails_unless_removals_come_first()
    {
        await using var ado = await Ado.StartAsync();
        var (old, next) = (await ado.CreateAsync(), await ado.CreateAsync());
        var child = await ado.CreateAsync("Task", Op.Parent(ado.Url(old)));
        Assert.Equal(400, (await ado.PatchAsync(child, Op.Parent(ado.Url(next)), Op.Remove("/relations/0"))).Status);
        ado.Switches.RelationRemovalsComeFirst = true;
        (await ado.PatchAsync(child, Op.Parent(ado.Url(next)), Op.Remove("/relations/0"))).Ok();
        Assert.Equal([$"System.LinkTypes.Hierarchy-Reverse {next}"], await ado.RelationsAsync(child));
    }

    private static async Task<JsonArray> ListedAsync(Ado ado, int id) =>
        (await ado.GetAsync($"_apis/wit/workitems?ids={id}&$expand=relations")).Ok().List("value", 0, "relations");

    private static List<string> Ends(JsonArray relations) =>
        [.. relations.Select(one => one!["url"]!.ToString().Split('/')[^1])];
}
