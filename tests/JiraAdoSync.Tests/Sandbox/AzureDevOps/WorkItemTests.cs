using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Creating, changing and reading single work items.</summary>
public sealed class WorkItemTests
{
    [Fact]
    public async Task A_creation_answers_200_with_the_default_fields_and_no_relations()
    {
        await using var ado = await Ado.StartAsync(time: new Clock("2026-03-31T10:20:26.230Z"));
        var reply = (await ado.TryCreateAsync("Task", Op.Title("Build it"))).Ok();
        Assert.Equal("1", reply["id"]);
        Assert.Equal("1", reply["rev"]);
        Assert.Equal(
            [
                "Microsoft.VSTS.Common.Priority", "Microsoft.VSTS.Common.StateChangeDate", "System.AreaPath",
                "System.ChangedBy", "System.ChangedDate", "System.CommentCount", "System.CreatedBy",
                "System.CreatedDate",
                "System.IterationPath", "System.Reason", "System.State", "System.TeamProject", "System.Title",
                "System.WorkItemType",
            ],
            reply.Node("fields")!.AsObject().Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal("New", reply["fields", "System.State"]);
        Assert.Equal("2", reply["fields", "Microsoft.VSTS.Common.Priority"]);
        Assert.Null(reply.Node("relations"));
        Assert.Equal("{}", reply.Node("multilineFieldsFormat")!.ToJsonString());
    }

    [Fact]
    public async Task A_bug_has_severity_and_value_area_too()
    {
        await using var ado = await Ado.StartAsync();
        var reply = (await ado.TryCreateAsync("Bug", Op.Title("It breaks"))).Ok();
        Assert.Equal("3 - Medium", reply["fields", "Microsoft.VSTS.Common.Severity"]);
        Assert.Equal("Business", reply["fields", "Microsoft.VSTS.Common.ValueArea"]);
    }

    [Fact]
    public async Task Dates_lose_their_trailing_zeros()
    {
        var clock = new Clock("2026-03-31T10:20:26.230Z");
        await using var ado = await Ado.StartAsync(time: clock);
        var id = await ado.CreateAsync();
        Assert.Equal("2026-03-31T10:20:26.23Z", (await ado.ReadAsync(id))["fields", "System.CreatedDate"]);
        clock.Now = clock.Now.AddMilliseconds(167);
        await ado.PatchAsync(id, Op.Title("Other"));
        Assert.Equal("2026-03-31T10:20:26.397Z", (await ado.ReadAsync(id))["fields", "System.ChangedDate"]);
    }

    [Fact]
    public async Task Addresses_are_scoped_by_the_id_of_the_project_however_one_asked()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var project = (await ado.GetAsync("_apis/projects/Fabrikam"))["id"];
        var expected = $"{ado.Server.OrganizationUri}/{project}/_apis/wit/workItems/{id}";
        Assert.Equal(expected, (await ado.GetAsync($"_apis/wit/workitems/{id}")).Ok()["url"]);
        Assert.Equal(expected, (await ado.GetAsync($"Fabrikam/_apis/wit/workItems/{id}")).Ok()["url"]);
        Assert.Equal(expected, (await ado.GetAsync($"{project}/_apis/WIT/WORKITEMS/{id}")).Ok()["url"]);
    }

    [Fact]
    public async Task People_are_objects()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var creator = (await ado.ReadAsync(id)).Node("fields", "System.CreatedBy")!.AsObject();
        Assert.Equal(
            ["_links", "descriptor", "displayName", "id", "imageUrl", "uniqueName", "url"],
            creator.Select(one => one.Key).Order(StringComparer.Ordinal));
        Assert.Equal("sandbox@contoso.example", creator["uniqueName"]!.ToString());
    }

    [Fact]
    public async Task A_read_shows_relations_only_when_expanded()
    {
        await using var ado = await Ado.StartAsync();
        var parent = await ado.CreateAsync();
        var child = await ado.CreateAsync("Task", Op.Parent(ado.Url(parent)));
        var plain = (await ado.GetAsync($"_apis/wit/workitems/{child}")).Ok();
        Assert.Null(plain.Node("relations"));
        Assert.NotNull(plain.Node("_links", "self"));
        var relations = await ado.ReadAsync(child);
        Assert.Equal([$"System.LinkTypes.Hierarchy-Reverse {parent}"], relations.Relations());
        Assert.Equal($"{parent}", relations["fields", "System.Parent"]);
        Assert.Null(relations.Node("fields", "System.Watermark"));
        var all = await ado.ReadAsync(child, "all");
        foreach (var field in (string[])[
            "System.Id", "System.Rev", "System.AreaId", "System.NodeName", "System.AreaLevel1", "System.IterationId",
            "System.IterationLevel1", "System.AuthorizedDate", "System.RevisedDate", "System.AuthorizedAs",
            "System.PersonId",
            "System.Watermark"])
        {
            Assert.NotNull(all.Node("fields", field));
        }

        Assert.NotNull(all.Node("_links", "html", "href"));
        Assert.Single(all.List("relations"));
    }

    [Theory]
    [InlineData("none", false, false, false)]
    [InlineData("relations", true, false, false)]
    [InlineData("fields", false, true, false)]
    [InlineData("links", false, false, true)]
    [InlineData("all", true, true, true)]
    public async Task What_is_expanded_shows_and_an_item_alone_always_has_its_links(
        string expand, bool relations, bool fields, bool linksOfList)
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Hyperlink("https://jira.example/1"));
        Assert.Equal((relations, fields, true),
            Shown((await ado.GetAsync($"_apis/wit/workitems/{id}?$expand={expand}")).Ok().Json));
        var list = (await ado.GetAsync($"_apis/wit/workitems?ids={id}&$expand={expand}")).Ok();
        Assert.Equal((relations, fields, linksOfList), Shown(list.Node("value", 0)));
        var batch = await ado.PostAsync(
            "_apis/wit/workitemsbatch", new JsonObject { ["ids"] = new JsonArray(id), ["$expand"] = expand });
        Assert.Equal((relations, fields, linksOfList), Shown(batch.Ok().Node("value", 0)));

        // Writes answer with relations and links in any case.
        var created = await ado.SendAsync(
            "POST", $"Fabrikam/_apis/wit/workitems/$Task?$expand={expand}",
            new JsonArray(Op.Title("Other"), Op.Hyperlink("https://jira.example/2")), Op.MediaType);
        Assert.Equal((true, fields, true), Shown(created.Ok().Json));
        Assert.Equal(
            (true, fields, true), Shown((await ado.PatchAsync(id, $"&$expand={expand}", Op.Title("New"))).Ok().Json));

        static (bool, bool, bool) Shown(JsonNode? item) => (
            item!["relations"] is not null, item["fields"]!["System.Watermark"] is not null,
            item["_links"] is not null);
    }

    [Fact]
    public async Task A_read_of_named_fields_has_those_and_excludes_expand()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var some = (await ado.GetAsync($"_apis/wit/workitems/{id}?fields=System.Id,system.title")).Ok();
        Assert.Equal(["System.Id", "System.Title"], some.Node("fields")!.AsObject().Select(one => one.Key));
        Assert.Null(some.Node("_links"));
        (await ado.GetAsync($"_apis/wit/workitems/{id}?fields=System.Id&$expand=relations")).Refused(
            400, "ConflictingParametersException", "The expand parameter can not be used with the fields parameter.");
        (await ado.GetAsync($"_apis/wit/workitems/{id}?fields=Custom.Nothing")).Refused(
            400, "WorkItemTrackingFieldDefinitionNotFoundException", "TF51535: Cannot find field Custom.Nothing.");
    }

    [Fact]
    public async Task An_item_that_is_not_there_gets_TF401232()
    {
        await using var ado = await Ado.StartAsync();
        (await ado.GetAsync("_apis/wit/workitems/139")).Refused(404, "WorkItemUnauthorizedAccessException",
            "TF401232: Work item 139 does not exist, or you do not have permissions to read it.");
        Assert.Equal(404, (await ado.PatchAsync(139, Op.Title("x"))).Status);
    }

    [Theory]
    [InlineData("_apis/wit/workitems/abc")]
    [InlineData("_apis/wit/workitems?ids=1,x")]
    [InlineData("_apis/wit/workitems")]
    [InlineData("_apis/wit/workitems/99999999999999999")]
    [InlineData("_apis/wit/workitems/1?$expand=everything")]
    [InlineData("_apis/wit/workitems?ids=1&errorPolicy=never")]
    public async Task A_read_that_makes_no_sense_is_a_bad_request(string path)
    {
        await using var ado = await Ado.StartAsync();
        await ado.CreateAsync();
        var reply = await ado.GetAsync(path);
        Assert.Equal(400, reply.Status);
        Assert.NotNull(reply.Message);
    }

    [Fact]
    public async Task A_creation_needs_a_title_and_a_type_of_the_project()
    {
        await using var ado = await Ado.StartAsync();
        var untitled = await ado.TryCreateAsync("Task", Op.Field("System.Description", "x"));
        untitled.Refused(400, "RuleValidationException",
            "TF401320: Rule Error for field Title. Error code: Required, InvalidEmpty.");
        Assert.Equal("System.Title", untitled["customProperties", "RuleValidationErrors", 0, "fieldReferenceName"]);
        (await ado.TryCreateAsync("Impediment", Op.Title("x"))).Refused(404, "WorkItemTypeNotFoundException",
            "VS402323: Work item type Impediment does not exist in project Fabrikam or you do not have permission to access it.");
        Assert.Empty(await ado.IdsAsync("SELECT [System.Id] FROM WorkItems"));
    }

    [Fact]
    public async Task A_refusal_has_the_services_envelope()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var reply = await ado.PatchAsync(id, Op.Field("System.State", "Resolved"));
        reply.Refused(400, "RuleValidationException",
            "The field 'State' contains the value 'Resolved' that is not in the list of supported values");
        Assert.Equal(
            ["$id", "customProperties", "innerException", "message", "typeName", "typeKey", "errorCode", "eventId"],
            reply.Json!.AsObject().Select(one => one.Key));
        Assert.Equal("1", reply["$id"]);
        Assert.Equal("0", reply["errorCode"]);
        Assert.Equal("3200", reply["eventId"]);
        Assert.Equal("System.State", reply["customProperties", "RuleValidationErrors", 0, "fieldReferenceName"]);
        Assert.Equal("application/json; charset=utf-8", reply.ContentType);
    }

    [Fact]
    public async Task A_creation_starts_in_the_first_state_unless_rules_are_bypassed_or_the_organisation_is_kind()
    {
        await using var ado = await Ado.StartAsync();
        JsonObject[] closed = [Op.Title("x"), Op.Field("System.State", "Closed")];
        Assert.Equal(400, (await ado.TryCreateAsync("Task", closed)).Status);
        Assert.StartsWith(
            "TF401320: Rule Error for field State.", (await ado.TryCreateAsync("Task", closed)).Message,
            StringComparison.Ordinal);
        var bypassed = await ado.SendAsync(
            "POST", "Fabrikam/_apis/wit/workitems/$Task?bypassRules=true",
            new JsonArray([.. closed.Select(one => one.DeepClone())]),
            Op.MediaType);
        Assert.Equal("Closed", bypassed.Ok()["fields", "System.State"]);
        ado.Switches.CreationMayChooseState = true;
        Assert.Equal("Closed", (await ado.TryCreateAsync("Task", closed)).Ok()["fields", "System.State"]);
    }

    [Fact]
    public async Task A_state_moves_its_dates_and_reason()
    {
        var clock = new Clock("2026-01-01T00:00:00Z");
        await using var ado = await Ado.StartAsync(time: clock);
        var id = await ado.CreateAsync("User Story");
        clock.Now = clock.Now.AddDays(1);
        (await ado.PatchAsync(id, Op.Field("System.State", "active"))).Ok();
        clock.Now = clock.Now.AddDays(1);
        var closed = (await ado.PatchAsync(id, Op.Field("System.State", "Closed"))).Ok();
        Assert.Equal("Closed", closed["fields", "System.State"]);
        Assert.Equal("2026-01-02T00:00:00Z", closed["fields", "Microsoft.VSTS.Common.ActivatedDate"]);
        Assert.Equal("2026-01-03T00:00:00Z", closed["fields", "Microsoft.VSTS.Common.ClosedDate"]);
        Assert.Equal("2026-01-03T00:00:00Z", closed["fields", "Microsoft.VSTS.Common.StateChangeDate"]);
    }

    [Theory]
    [InlineData("Microsoft.VSTS.Common.Priority", "5")]
    [InlineData("Microsoft.VSTS.Common.Priority", "high")]
    [InlineData("System.AreaPath", "Fabrikam\\Nowhere")]
    [InlineData("System.IterationPath", "Iteration 1")]
    [InlineData("System.TeamProject", "Other")]
    [InlineData("System.AssignedTo", "nobody@example.com")]
    [InlineData("System.CreatedDate", "2020-01-01T00:00:00Z")]
    [InlineData("System.Watermark", "7")]
    [InlineData("Custom.Nothing", "x")]
    [InlineData("Microsoft.VSTS.Scheduling.DueDate", "soon")]
    [InlineData("Microsoft.VSTS.Scheduling.StoryPoints", "many")]
    public async Task A_value_that_a_field_does_not_take_is_refused_and_nothing_is_saved(string field, string value)
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var reply = await ado.PatchAsync(id, Op.Title("Changed"), Op.Field(field, value));
        Assert.Equal(400, reply.Status);
        Assert.NotNull(reply["typeKey"]);
        var current = await ado.ReadAsync(id);
        Assert.Equal("An item", current["fields", "System.Title"]);
        Assert.Equal("1", current["rev"]);
    }

    [Fact]
    public async Task Texts_of_refused_values_are_the_recorded_ones()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        Assert.Equal(
            "TF51535: Cannot find field Custom.X.", (await ado.PatchAsync(id, Op.Field("Custom.X", "1"))).Message);
        Assert.Equal(
            $"TF401347: Invalid tree name given for work item {id}, field 'System.AreaPath'.",
            (await ado.PatchAsync(id, Op.Field("System.AreaPath", "Nowhere"))).Message);
        Assert.Equal(
            "TF401347: Invalid tree name given for work item -1, field 'System.AreaPath'.",
            (await ado.TryCreateAsync("Task", Op.Title("x"), Op.Field("System.AreaPath", "Nowhere"))).Message);
        Assert.Equal(
            "The identity value 'nobody' for field 'Assigned To' is an unknown identity.",
            (await ado.PatchAsync(id, Op.Field("System.AssignedTo", "nobody"))).Message);
        Assert.StartsWith(
            "VS402834", (await ado.PatchAsync(id, Op.Field("System.TeamProject", "Other"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_person_is_accepted_where_the_organisation_or_a_bypass_says_so()
    {
        await using var ado = await Ado.StartAsync(switches => switches.UnknownIdentitiesAreRefused = false);
        var id = await ado.CreateAsync();
        (await ado.PatchAsync(id, Op.Field("System.AssignedTo", "Zoe Unknown"))).Ok();
        ado.Switches.UnknownIdentitiesAreRefused = true;
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Field("System.AssignedTo", "Yan Unknown"))).Status);
        (await ado.PatchAsync(id, "&bypassRules=true", Op.Field("System.AssignedTo", "Yan Unknown"))).Ok();
    }

    [Fact]
    public async Task A_person_is_assigned_by_address_by_name_or_as_an_object_and_removed_by_an_empty_text()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        foreach (var value in (JsonNode[])[
            "ana@contoso.example", "Ana Bowman", "Ana Bowman <ana@contoso.example>",
            new JsonObject { ["uniqueName"] = "ana@contoso.example" }])
        {
            var assigned = (await ado.PatchAsync(id, Op.Field("System.AssignedTo", value))).Ok();
            Assert.Equal("Ana Bowman", assigned["fields", "System.AssignedTo", "displayName"]);
            var freed = (await ado.PatchAsync(id, Op.Field("System.AssignedTo", ""))).Ok();
            Assert.Null(freed.Node("fields", "System.AssignedTo"));
        }
    }

    [Fact]
    public async Task Bypassing_rules_sets_people_and_dates_of_the_past()
    {
        await using var ado = await Ado.StartAsync(time: new Clock("2026-05-01T00:00:00Z"));
        var reply = await ado.SendAsync(
            "POST", "Fabrikam/_apis/wit/workitems/$Task?bypassRules=true",
            new JsonArray(
                Op.Title("Old"), Op.Field("System.CreatedDate", "2020-02-03T04:05:06Z"),
                Op.Field("System.CreatedBy", "Left Long Ago"),
                Op.Field("System.ChangedDate", "2020-02-03T04:05:06Z"), Op.Field("System.State", "Strange")),
            Op.MediaType);
        Assert.Equal("2020-02-03T04:05:06Z", reply.Ok()["fields", "System.CreatedDate"]);
        Assert.Equal("Left Long Ago", reply["fields", "System.CreatedBy"]);
        Assert.Equal("Strange", reply["fields", "System.State"]);
        var id = reply.Number("id");
        (await ado.PatchAsync(
            id, "&bypassRules=true", Op.Field("System.ChangedDate", "2019-01-01T00:00:00Z"), Op.Title("y")))
            .Refused(400, "WorkItemDatesOnlyIncreaseException",
                "VS402625: Dates must be increasing with each revision.");
        (await ado.PatchAsync(
            id, "&bypassRules=true", Op.Field("System.ChangedDate", "2027-01-01T00:00:00Z"), Op.Title("y")))
            .Refused(400, "WorkItemDateInFutureException", "VS402624: Date cannot be in the future.");
        // The stored state is none of the type's: a patch of anything is refused without the bypass.
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Title("Old"))).Status);
    }

    [Fact]
    public async Task Permissions_are_needed_to_bypass_rules_and_to_suppress_notifications()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        (await ado.PatchAsync(id, "&bypassRules=true&suppressNotifications=true", Op.Title("a"))).Ok();
        ado.Switches.AccountMayBypassRules = false;
        Assert.Equal(403, (await ado.PatchAsync(id, "&bypassRules=true", Op.Title("b"))).Status);
        (await ado.PatchAsync(id, "&suppressNotifications=true", Op.Title("c"))).Ok();
        ado.Switches.AccountMaySuppressNotifications = false;
        Assert.Equal(403, (await ado.PatchAsync(id, "&suppressNotifications=true", Op.Title("d"))).Status);
        Assert.Equal("c", (await ado.ReadAsync(id))["fields", "System.Title"]);
    }

    [Fact]
    public async Task Only_a_real_change_makes_a_revision_and_moves_the_watermark_of_the_organisation()
    {
        await using var ado = await Ado.StartAsync();
        var (first, second) = (await ado.CreateAsync(), await ado.CreateAsync());
        Assert.Equal("2", (await ado.ReadAsync(second, "all"))["fields", "System.Watermark"]);
        Assert.Equal("1", (await ado.PatchAsync(first, Op.Title("An item"))).Ok()["rev"]);
        Assert.Equal("2", (await ado.PatchAsync(first, Op.Title("Another title"))).Ok()["rev"]);
        Assert.Equal("3", (await ado.ReadAsync(first, "all"))["fields", "System.Watermark"]);
        Assert.Equal("2", (await ado.ReadAsync(second, "all"))["fields", "System.Watermark"]);
    }

    [Fact]
    public async Task Changed_dates_grow_even_if_the_clock_is_stopped()
    {
        await using var ado = await Ado.StartAsync(time: new Clock("2026-01-01T00:00:00Z"));
        var id = await ado.CreateAsync();
        await ado.PatchAsync(id, Op.Title("b"));
        Assert.Equal("2026-01-01T00:00:00.001Z", (await ado.ReadAsync(id))["fields", "System.ChangedDate"]);
    }
}
