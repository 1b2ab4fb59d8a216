using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Deleting, bringing back and destroying, and what history shows.</summary>
public sealed class RecycleBinTests
{
    [Fact]
    public async Task A_deleted_item_is_in_the_bin_and_nowhere_else()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var reply = (await ado.SendAsync("DELETE", $"Fabrikam/_apis/wit/workitems/{id}")).Ok();
        Assert.Equal($"{id}", reply["id"]);
        Assert.Equal("200", reply["code"]);
        Assert.Equal("An item", reply["name"]);
        Assert.Equal("Task", reply["type"]);
        Assert.Equal("Sandbox Account <sandbox@contoso.example>", reply["deletedBy"]);
        Assert.Equal("2", reply["resource", "rev"]);
        Assert.Equal(404, (await ado.GetAsync($"_apis/wit/workitems/{id}")).Status);
        Assert.Equal(404, (await ado.PatchAsync(id, Op.Title("x"))).Status);
        Assert.Empty(await ado.IdsAsync("SELECT [System.Id] FROM WorkItems"));
        Assert.Equal([$"{id}"], (await ado.GetAsync("Fabrikam/_apis/wit/recyclebin")).Ok().Texts("value", "id"));
        Assert.Equal("An item", (await ado.GetAsync($"_apis/wit/recyclebin/{id}")).Ok()["name"]);
        Assert.Equal(["An item"], (await ado.GetAsync($"_apis/wit/recyclebin?ids={id}")).Ok().Texts("value", "name"));
    }

    [Fact]
    public async Task A_restored_item_is_as_it_was_with_two_revisions_more()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        await ado.SendAsync("DELETE", $"_apis/wit/workitems/{id}");
        var reply = (
            await ado.SendAsync("PATCH", $"_apis/wit/recyclebin/{id}", new JsonObject { ["isDeleted"] = false })).Ok();
        Assert.Equal($"{id}", reply["id"]);
        Assert.Equal("3", (await ado.ReadAsync(id))["rev"]);
        Assert.Equal(404, (await ado.GetAsync($"_apis/wit/recyclebin/{id}")).Status);
        Assert.Equal(404, (await ado.SendAsync(
            "PATCH", $"_apis/wit/recyclebin/{id}", new JsonObject { ["isDeleted"] = false })).Status);
    }

    [Fact]
    public async Task Only_not_deleted_restores()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        await ado.SendAsync("DELETE", $"_apis/wit/workitems/{id}");
        Assert.Equal(400, (await ado.SendAsync(
            "PATCH", $"_apis/wit/recyclebin/{id}", new JsonObject { ["isDeleted"] = true })).Status);
    }

    [Fact]
    public async Task Links_of_a_deleted_item_hide_at_the_other_ends_until_it_is_back_or_stay()
    {
        await using var ado = await Ado.StartAsync();
        var parent = await ado.CreateAsync();
        var child = await ado.CreateAsync("Task", Op.Parent(ado.Url(parent)));
        await ado.SendAsync("DELETE", $"_apis/wit/workitems/{parent}");
        Assert.Empty(await ado.RelationsAsync(child));
        Assert.Null((await ado.ReadAsync(child)).Node("fields", "System.Parent"));
        ado.Switches.LinksOfDeletedItemsStay = true;
        Assert.Equal([$"System.LinkTypes.Hierarchy-Reverse {parent}"], await ado.RelationsAsync(child));
        ado.Switches.LinksOfDeletedItemsStay = false;
        await ado.SendAsync("PATCH", $"_apis/wit/recyclebin/{parent}", new JsonObject { ["isDeleted"] = false });
        Assert.Equal([$"System.LinkTypes.Hierarchy-Reverse {parent}"], await ado.RelationsAsync(child));
    }

    [Fact]
    public async Task A_deletion_may_answer_204()
    {
        await using var ado = await Ado.StartAsync(switches => switches.DeletionAnswersNoContent = true);
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        var reply = await ado.SendAsync("DELETE", $"_apis/wit/workitems/{a}");
        Assert.Equal(204, reply.Status);
        Assert.Equal("", reply.Text);
        Assert.Equal(204, (await ado.PostAsync(
            "Fabrikam/_apis/wit/workitemsdelete", new JsonObject { ["ids"] = new JsonArray(b) })).Status);
        Assert.Equal(["1", "2"], (await ado.GetAsync("_apis/wit/recyclebin")).Ok().Texts("value", "id"));
    }

    [Fact]
    public async Task Many_are_deleted_at_once_or_none()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        var missing = new JsonObject { ["ids"] = new JsonArray(a, 9) };
        Assert.Equal(404, (await ado.PostAsync("Fabrikam/_apis/wit/workitemsdelete", missing)).Status);
        Assert.Equal([a, b], await ado.IdsAsync("SELECT [System.Id] FROM WorkItems"));
        var reply = (await ado.PostAsync(
            "Fabrikam/_apis/wit/workitemsdelete", new JsonObject { ["ids"] = new JsonArray(a, b) })).Ok();
        Assert.Equal(["1", "2"], reply.Texts("results", "id"));
        Assert.Empty(await ado.IdsAsync("SELECT [System.Id] FROM WorkItems"));
    }

    [Fact]
    public async Task What_is_destroyed_does_not_come_back()
    {
        await using var ado = await Ado.StartAsync();
        var parent = await ado.CreateAsync();
        var child = await ado.CreateAsync("Task", Op.Parent(ado.Url(parent)));
        Assert.Equal(204, (await ado.SendAsync("DELETE", $"_apis/wit/workitems/{parent}?destroy=true")).Status);
        Assert.Empty(await ado.RelationsAsync(child));
        Assert.Equal(404, (await ado.GetAsync($"_apis/wit/recyclebin/{parent}")).Status);
        await ado.SendAsync("DELETE", $"_apis/wit/workitems/{child}");
        Assert.Equal(204, (await ado.SendAsync("DELETE", $"_apis/wit/recyclebin/{child}")).Status);
        Assert.Empty((await ado.GetAsync("_apis/wit/recyclebin")).Ok().List("value"));
    }

    [Fact]
    public async Task Updates_show_fields_of_revisions_and_links_at_the_revision_before()
    {
        var clock = new Clock("2026-01-01T00:00:00Z");
        await using var ado = await Ado.StartAsync(time: clock);
        var other = await ado.CreateAsync();
        var id = await ado.CreateAsync();
        clock.Now = clock.Now.AddMinutes(1);
        (await ado.PatchAsync(id, Op.Title("b"))).Ok();
        clock.Now = clock.Now.AddMinutes(1);
        (await ado.PatchAsync(id, Op.Related(ado.Url(other)))).Ok();
        (await ado.PatchAsync(id, Op.Replace("/relations/0/attributes/comment", "c"))).Ok();
        (await ado.PatchAsync(id, Op.Remove("/relations/0"))).Ok();
        var updates = (await ado.GetAsync($"_apis/wit/workitems/{id}/updates")).Ok();
        Assert.Equal(["1", "2", "3", "4", "5"], updates.Texts("value", "id"));
        Assert.Equal(["1", "2", "2", "2", "2"], updates.Texts("value", "rev"));
        Assert.Equal("An item", updates["value", 1, "fields", "System.Title", "oldValue"]);
        Assert.Equal("b", updates["value", 1, "fields", "System.Title", "newValue"]);
        Assert.Null(updates.Node("value", 1, "relations"));
        Assert.Null(updates.Node("value", 2, "fields"));
        Assert.Equal("System.LinkTypes.Related", updates["value", 2, "relations", "added", 0, "rel"]);
        Assert.Equal("2026-01-01T00:02:00Z", updates["value", 2, "revisedDate"]);
        Assert.Equal("c", updates["value", 3, "relations", "updated", 0, "attributes", "comment"]);
        Assert.Equal("System.LinkTypes.Related", updates["value", 4, "relations", "removed", 0, "rel"]);
        Assert.Equal("2026-01-01T00:01:00Z", updates["value", 0, "revisedDate"]);
        Assert.Equal("9999-01-01T00:00:00Z", updates["value", 1, "revisedDate"]);
        var mirror = (await ado.GetAsync($"_apis/wit/workitems/{other}/updates")).Ok();
        Assert.Equal(["1", "1", "1"], mirror.Texts("value", "rev").Take(3));
        Assert.Equal("System.LinkTypes.Related", mirror["value", 1, "relations", "added", 0, "rel"]);
    }

    [Fact]
    public async Task Updates_and_revisions_are_paged_and_read_one_by_one()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        foreach (var title in (string[])["b", "c", "d"])
        {
            (await ado.PatchAsync(id, Op.Title(title))).Ok();
        }

        Assert.Equal(["2", "3"],
            (await ado.GetAsync($"_apis/wit/workitems/{id}/updates?$top=2&$skip=1")).Ok().Texts("value", "id"));
        Assert.Equal("2", (await ado.GetAsync($"_apis/wit/workitems/{id}/updates/2")).Ok()["rev"]);
        var revisions = (await ado.GetAsync($"_apis/wit/workitems/{id}/revisions")).Ok();
        Assert.Equal(["An item", "b", "c", "d"], revisions.Texts("value", "fields", "System.Title"));
        Assert.Equal("b", (await ado.GetAsync($"_apis/wit/workitems/{id}/revisions/2")).Ok()["fields", "System.Title"]);
        Assert.Equal(["c"], (await ado.GetAsync($"_apis/wit/workitems/{id}/revisions?$top=1&$skip=2")).Ok()
            .Texts("value", "fields", "System.Title"));
        Assert.Equal(404, (await ado.GetAsync($"_apis/wit/workitems/{id}/revisions/9")).Status);
        Assert.Equal(404, (await ado.GetAsync($"_apis/wit/workitems/{id}/updates/9")).Status);
    }
}
