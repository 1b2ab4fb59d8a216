using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Links between work items and to other resources: what they show, what they change, which may be.</summary>
public sealed class LinkTests
{
    [Fact]
    public async Task A_link_moves_neither_rev_nor_date_nor_watermark_at_either_end()
    {
        var clock = new Clock("2026-01-01T00:00:00Z");
        await using var ado = await Ado.StartAsync(time: clock);
        var (parent, child) = (await ado.CreateAsync(), await ado.CreateAsync());
        var before = (await StampAsync(ado, parent), await StampAsync(ado, child));
        clock.Now = clock.Now.AddHours(1);
        var added = (await ado.PatchAsync(parent, Op.Child(ado.Url(child)))).Ok();
        Assert.Equal("1", added["rev"]);
        Assert.Equal([$"System.LinkTypes.Hierarchy-Forward {child}"], added.Relations());
        (await ado.PatchAsync(parent, Op.Replace("/relations/0/attributes/comment", "why"))).Ok();
        Assert.Equal("why", (await ado.ReadAsync(parent))["relations", 0, "attributes", "comment"]);
        (await ado.PatchAsync(parent, Op.Remove("/relations/0"))).Ok();
        Assert.Equal(before, (await StampAsync(ado, parent), await StampAsync(ado, child)));
    }

    [Fact]
    public async Task The_other_end_shows_the_mirror_at_once_and_loses_it_at_once()
    {
        await using var ado = await Ado.StartAsync();
        var (parent, child) = (await ado.CreateAsync(), await ado.CreateAsync());
        (await ado.PatchAsync(parent, Op.Child(ado.Url(child)))).Ok();
        var mirror = await ado.ReadAsync(child);
        Assert.Equal([$"System.LinkTypes.Hierarchy-Reverse {parent}"], mirror.Relations());
        Assert.Equal("""{"isLocked":false,"name":"Parent"}""", mirror.Node("relations", 0, "attributes")!.ToJsonString());
        Assert.Equal($"{parent}", mirror["fields", "System.Parent"]);
        (await ado.PatchAsync(parent, Op.Remove("/relations/0"))).Ok();
        var removed = await ado.ReadAsync(child);
        Assert.Null(removed.Node("relations"));
        Assert.Null(removed.Node("fields", "System.Parent"));
    }

    [Fact]
    public async Task A_link_has_no_id_and_a_resource_has_one_with_dates()
    {
        await using var ado = await Ado.StartAsync(time: new Clock("2026-01-01T00:00:00Z"));
        var other = await ado.CreateAsync();
        var id = await ado.CreateAsync(
            "Task", Op.Related(ado.Url(other)), Op.Hyperlink("https://example.com/", "look"));
        var relations = (await ado.ReadAsync(id)).List("relations");
        var link = relations.Single(one => (string?)one!["rel"] == "System.LinkTypes.Related")!;
        Assert.Equal("""{"isLocked":false,"name":"Related"}""", link["attributes"]!.ToJsonString());
        var page = relations.Single(one => (string?)one!["rel"] == "Hyperlink")!;
        Assert.Equal(
            """
            {"authorizedDate":"2026-01-01T00:00:00Z","id":1,"resourceCreatedDate":"2026-01-01T00:00:00Z","resourceModifiedDate":"2026-01-01T00:00:00Z","revisedDate":"9999-01-01T00:00:00Z","comment":"look"}
            """, page["attributes"]!.ToJsonString());
    }

    [Fact]
    public async Task Hyperlinks_make_revisions_when_they_come_change_and_go()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        Assert.Equal("2", (await ado.PatchAsync(id, Op.Hyperlink("https://example.com/"))).Ok()["rev"]);
        Assert.Equal("3", (await ado.PatchAsync(id, Op.Replace("/relations/0/attributes/comment", "c"))).Ok()["rev"]);
        Assert.Equal("4", (await ado.PatchAsync(id, Op.Remove("/relations/0"))).Ok()["rev"]);
    }

    [Fact]
    public async Task Addresses_are_accepted_in_every_scope_and_must_be_whole()
    {
        await using var ado = await Ado.StartAsync();
        var project = (await ado.GetAsync("_apis/projects/Fabrikam"))["id"];
        foreach (var scope in (string[])["", "/Fabrikam", $"/{project}"])
        {
            var (id, other) = (await ado.CreateAsync(), await ado.CreateAsync());
            var reply = (await ado.PatchAsync(
                id, Op.Related($"{ado.Server.OrganizationUri}{scope}/_apis/wit/workItems/{other}"))).Ok();
            Assert.Equal(
                $"{ado.Server.OrganizationUri}/{project}/_apis/wit/workItems/{other}", reply["relations", 0, "url"]);
        }

        (await ado.PatchAsync(1, Op.Related("_apis/wit/workItems/2"))).Refused(
            400, "WorkItemInvalidRelationUrlException", "Linking to a work item requires the full URL.");
    }

    [Fact]
    public async Task A_relation_type_is_accepted_in_any_case_and_shown_in_its_own()
    {
        await using var ado = await Ado.StartAsync();
        var (id, other) = (await ado.CreateAsync(), await ado.CreateAsync());
        var reply = (await ado.PatchAsync(id, Op.Relation("System.LinkTypes.Dependency-forward", ado.Url(other)))).Ok();
        Assert.Equal("System.LinkTypes.Dependency-Forward", reply["relations", 0, "rel"]);
        Assert.Equal("Successor", reply["relations", 0, "attributes", "name"]);
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Relation("System.LinkTypes.Nothing", ado.Url(other)))).Status);
    }

    [Fact]
    public async Task A_second_parent_is_refused_from_either_end()
    {
        await using var ado = await Ado.StartAsync();
        var (first, second) = (await ado.CreateAsync(), await ado.CreateAsync());
        var child = await ado.CreateAsync("Task", Op.Parent(ado.Url(first)));
        (await ado.PatchAsync(child, Op.Parent(ado.Url(second)))).Refused(400, "WorkItemLinkAddExtraParentException",
            $"TF201036: You cannot add a Parent link between work items {child} and {second} because a work item can have only "
            + "one Parent link.");
        (await ado.PatchAsync(second, Op.Child(ado.Url(child)))).Refused(400, "WorkItemLinkAddExtraParentException",
            $"TF201036: You cannot add a Child link between work items {second} and {child} because a work item can have only "
            + "one Parent link.");
    }

    [Fact]
    public async Task An_item_is_the_duplicate_of_one_only_and_may_have_many_duplicates()
    {
        await using var ado = await Ado.StartAsync();
        var (original, other) = (await ado.CreateAsync(), await ado.CreateAsync());
        const string duplicateOf = "System.LinkTypes.Duplicate-Reverse";
        var id = await ado.CreateAsync("Task", Op.Relation(duplicateOf, ado.Url(original)));
        await ado.CreateAsync("Task", Op.Relation(duplicateOf, ado.Url(original)));
        var reply = await ado.PatchAsync(id, Op.Relation(duplicateOf, ado.Url(other)));
        Assert.Equal(400, reply.Status);
        Assert.StartsWith("TF201036: You cannot add a Duplicate Of link", reply.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("System.LinkTypes.Dependency-Forward", "Successor")]
    [InlineData("System.LinkTypes.Dependency-Reverse", "Predecessor")]
    [InlineData("System.LinkTypes.Hierarchy-Forward", "Child")]
    [InlineData("System.LinkTypes.Duplicate-Forward", "Duplicate")]
    [InlineData("Microsoft.VSTS.Common.Affects-Forward", "Affects")]
    public async Task A_circle_of_any_length_is_refused_with_500_or_400(string rel, string name)
    {
        await using var ado = await Ado.StartAsync();
        var (a, b, c) = (await ado.CreateAsync(), await ado.CreateAsync(), await ado.CreateAsync());
        (await ado.PatchAsync(a, Op.Relation(rel, ado.Url(b)))).Ok();
        (await ado.PatchAsync(b, Op.Relation(rel, ado.Url(c)))).Ok();
        var message =
            $"TF201035: Adding a {name} link between work items {c} and {a} would result in a circular relationship.";
        (await ado.PatchAsync(c, Op.Relation(rel, ado.Url(a)))).Refused(500, "WorkItemLinkCircularException", message);
        ado.Switches.CircularLinkStatus = 400;
        (await ado.PatchAsync(c, Op.Relation(rel, ado.Url(a)))).Refused(400, "WorkItemLinkCircularException", message);
        Assert.Equal(500, (await RefuseShortCircleAsync(ado, a, b, rel)).Status);
    }

    [Fact]
    public async Task Related_items_may_form_a_circle()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b, c) = (await ado.CreateAsync(), await ado.CreateAsync(), await ado.CreateAsync());
        (await ado.PatchAsync(a, Op.Related(ado.Url(b)))).Ok();
        (await ado.PatchAsync(b, Op.Related(ado.Url(c)))).Ok();
        (await ado.PatchAsync(c, Op.Related(ado.Url(a)))).Ok();
        Assert.Equal([$"System.LinkTypes.Related {b}", $"System.LinkTypes.Related {c}"], await ado.RelationsAsync(a));
    }

    [Fact]
    public async Task A_link_of_an_item_to_itself_is_refused_with_500_or_400()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        (await ado.PatchAsync(id, Op.Related(ado.Url(id)))).Refused(
            500, "WorkItemLinkToSelfException", "A work item cannot be linked to itself.");
        ado.Switches.SelfLinkStatus = 400;
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Successor(ado.Url(id)))).Status);
    }

    [Fact]
    public async Task A_link_that_exists_is_refused_or_accepted_in_silence_from_either_end()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        (await ado.PatchAsync(a, Op.Successor(ado.Url(b)), Op.Related(ado.Url(b)))).Ok();
        var again = await ado.PatchAsync(a, Op.Title("never"), Op.Successor(ado.Url(b)));
        again.Refused(400, "WorkItemLinkAlreadyExistsException",
            "TF201064: A link to the work item already exists. It may have been added by another user.");
        Assert.Equal("An item", (await ado.ReadAsync(a))["fields", "System.Title"]);
        Assert.Equal(
            400, (await ado.PatchAsync(b, Op.Relation("System.LinkTypes.Dependency-Reverse", ado.Url(a)))).Status);
        Assert.Equal(400, (await ado.PatchAsync(b, Op.Related(ado.Url(a)))).Status);

        ado.Switches.DuplicateLinks = JiraAdoSync.Sandbox.DuplicateLinkAnswer.Accept;
        var silent = (await ado.PatchAsync(a, Op.Successor(ado.Url(b)))).Ok();
        Assert.Equal([$"System.LinkTypes.Dependency-Forward {b}", $"System.LinkTypes.Related {b}"], silent.Relations());
        (await ado.PatchAsync(b, Op.Related(ado.Url(a)))).Ok();
        Assert.Equal(2, (await ado.RelationsAsync(b)).Count);
    }

    [Fact]
    public async Task A_hyperlink_that_exists_is_refused_or_accepted_in_silence()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Hyperlink("https://example.com/"));
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Hyperlink("https://example.com/"))).Status);
        ado.Switches.DuplicateLinks = JiraAdoSync.Sandbox.DuplicateLinkAnswer.Accept;
        Assert.Single((await ado.PatchAsync(id, Op.Hyperlink("https://example.com/"))).Ok().List("relations"));
    }

    [Fact]
    public async Task A_thousand_links_fit_and_one_more_does_not_at_either_end()
    {
        await using var ado = await Ado.StartAsync();
        var hub = await ado.CreateAsync();
        var requests = Enumerable.Range(0, 1001).Select(_ => new JsonObject
        {
            ["method"] = "PATCH",
            ["uri"] = "/Fabrikam/_apis/wit/workitems/$Task?api-version=7.1",
            ["headers"] = new JsonObject { ["Content-Type"] = Op.MediaType },
            ["body"] = new JsonArray(Op.Title("x"), Op.Related(ado.Url(hub))),
        });
        var codes = new List<string>();
        foreach (var chunk in requests.Chunk(200))
        {
            codes.AddRange(
                (await ado.PostAsync("_apis/wit/$batch", new JsonArray([.. chunk]))).Ok().Texts("value", "code"));
        }

        Assert.Equal(1000, codes.Count(code => code == "200"));
        Assert.Equal("400", codes[^1]);
        Assert.Equal(1000, (await ado.RelationsAsync(hub)).Count);
        var free = await ado.CreateAsync();
        (await ado.PatchAsync(hub, Op.Related(ado.Url(free)))).Refused(400, "WorkItemLinkLimitExceededException",
            "TF237201: Cannot add a new link because one of the work items being linked will exceed the 1000 link limit. "
            + "Remove links from that item and try saving again");
    }

    [Fact]
    public async Task A_target_that_is_not_there_gets_TF401232()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        (await ado.PatchAsync(id, Op.Related(ado.Url(77)))).Refused(404, "WorkItemUnauthorizedAccessException",
            "TF401232: Work item 77 does not exist, or you do not have permissions to read it.");
    }

    [Fact]
    public async Task A_comment_shows_where_it_was_written_or_at_both_ends()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        (await ado.PatchAsync(a, Op.Relation("System.LinkTypes.Related", ado.Url(b), "why"))).Ok();
        Assert.Equal("why", (await ado.ReadAsync(a))["relations", 0, "attributes", "comment"]);
        Assert.Null((await ado.ReadAsync(b)).Node("relations", 0, "attributes", "comment"));
        ado.Switches.LinkCommentShowsAtBothEnds = true;
        Assert.Equal("why", (await ado.ReadAsync(b))["relations", 0, "attributes", "comment"]);
    }

    [Fact]
    public async Task A_comment_is_limited_to_255_characters_or_what_the_switch_says()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        Assert.Equal(400, (
            await ado.PatchAsync(a, Op.Relation("System.LinkTypes.Related", ado.Url(b), new string('x', 256)))).Status);
        (await ado.PatchAsync(a, Op.Relation("System.LinkTypes.Related", ado.Url(b), new string('x', 255)))).Ok();
        Assert.Equal(
            400, (await ado.PatchAsync(a, Op.Replace("/relations/0/attributes/comment", new string('x', 256)))).Status);
        ado.Switches.LinkCommentLimit = 300;
        (await ado.PatchAsync(a, Op.Replace("/relations/0/attributes/comment", new string('x', 256)))).Ok();
    }

    [Fact]
    public async Task A_disabled_link_type_takes_no_new_link_and_is_listed_as_disabled()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        ado.Switches.DisabledLinkTypes = ["System.LinkTypes.Dependency"];
        var reply = await ado.PatchAsync(a, Op.Successor(ado.Url(b)));
        Assert.Equal(400, reply.Status);
        Assert.StartsWith("TF201034", reply.Message, StringComparison.Ordinal);
        var type = (await ado.GetAsync("_apis/wit/workitemrelationtypes/System.LinkTypes.Dependency-Forward")).Ok();
        Assert.Equal("false", type["attributes", "enabled"]);
        ado.Switches.DisabledLinkTypes = [];
        (await ado.PatchAsync(a, Op.Successor(ado.Url(b)))).Ok();
    }

    [Fact]
    public async Task A_remote_link_needs_another_organisation()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        Assert.Equal(400, (await ado.PatchAsync(a, Op.Relation("System.LinkTypes.Remote.Related", ado.Url(b)))).Status);
    }

    [Fact]
    public async Task A_lock_is_set_and_shown()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        (await ado.PatchAsync(a, Op.Add("/relations/-", new JsonObject
        {
            ["rel"] = "System.LinkTypes.Related",
            ["url"] = ado.Url(b),
            ["attributes"] = new JsonObject { ["isLocked"] = true },
        }))).Ok();
        Assert.Equal("true", (await ado.ReadAsync(b))["relations", 0, "attributes", "isLocked"]);
    }

    [Fact]
    public async Task A_save_may_lose_a_race_with_409_or_another_status()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        ado.Switches.SavesThatLoseARace = 2;
        (await ado.PatchAsync(id, Op.Title("b"))).Refused(409, "WorkItemRevisionMismatchException",
            "TF26071: This work item has been changed by someone else since you opened it. You will need to refresh it and "
            + "discard your changes.");
        ado.Switches.SaveRaceStatus = 400;
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Title("b"))).Status);
        Assert.Equal("2", (await ado.PatchAsync(id, Op.Title("b"))).Ok()["rev"]);
    }

    [Fact]
    public async Task An_addition_may_collide_with_a_parallel_one_and_saves_nothing()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        ado.Switches.LinkAdditionsThatCollide = 1;
        var reply = await ado.PatchAsync(a, Op.Child(ado.Url(b)));
        Assert.StartsWith(
            "Cannot insert duplicate key row in object 'dbo.LinksAre' with unique index 'PK_LinksAre'.", reply.Message,
            StringComparison.Ordinal);
        Assert.Empty(await ado.RelationsAsync(a));
        (await ado.PatchAsync(a, Op.Child(ado.Url(b)))).Ok();
    }

    [Fact]
    public async Task A_hierarchy_has_220_levels_and_no_more()
    {
        await using var ado = await Ado.StartAsync();
        var last = await ado.CreateAsync();
        foreach (var _ in Enumerable.Range(2, 219))
        {
            last = await ado.CreateAsync("Task", Op.Parent(ado.Url(last)));
        }

        var one = await ado.CreateAsync();
        var tooDeep = await ado.PatchAsync(last, Op.Child(ado.Url(one)));
        Assert.Equal(400, tooDeep.Status);
        Assert.StartsWith("TF237200", tooDeep.Message, StringComparison.Ordinal);
        Assert.Equal(400, (await ado.PatchAsync(1, Op.Parent(ado.Url(one)))).Status);
        (await ado.PatchAsync(2, Op.Child(ado.Url(one)))).Ok();
    }

    private static async Task<(string?, string?, string?)> StampAsync(Ado ado, int id)
    {
        var item = await ado.ReadAsync(id, "all");
        return (item["rev"], item["fields", "System.ChangedDate"], item["fields", "System.Watermark"]);
    }

    private static async Task<Reply> RefuseShortCircleAsync(Ado ado, int a, int b, string rel)
    {
        ado.Switches.CircularLinkStatus = 500;
        return await ado.PatchAsync(b, Op.Relation(rel, ado.Url(a)));
    }
}
