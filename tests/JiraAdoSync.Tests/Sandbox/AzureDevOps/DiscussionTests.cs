using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Comments and attachments.</summary>
public sealed class DiscussionTests
{
    private const string Preview = "api-version=7.1-preview.4";

    [Fact]
    public async Task A_comment_is_a_revision_with_history_however_it_is_written()
    {
        await using var ado = await Ado.StartAsync(time: new Clock("2026-01-01T00:00:00Z"));
        var id = await ado.CreateAsync();
        var added = (await AddAsync(ado, id, "Moving on")).Ok();
        Assert.Equal($"{id}", added["workItemId"]);
        Assert.Equal("1", added["id"]);
        Assert.Equal("1", added["version"]);
        Assert.Equal("Moving on", added["text"]);
        Assert.Equal("Sandbox Account", added["createdBy", "displayName"]);
        Assert.Equal("false", added["isDeleted"]);
        Assert.EndsWith($"/_apis/wit/workItems/{id}/comments/1", added["url"], StringComparison.Ordinal);
        var item = await ado.ReadAsync(id);
        Assert.Equal("2", item["rev"]);
        Assert.Equal("1", item["fields", "System.CommentCount"]);
        Assert.Equal("Moving on", item["fields", "System.History"]);
        (await ado.PatchAsync(id, Op.Field("System.History", "By field"))).Ok();
        Assert.Equal(["By field", "Moving on"], await TextsAsync(ado, id));
        Assert.Equal("Moving on",
            (await ado.GetAsync($"_apis/wit/workitems/{id}/revisions/2")).Ok()["fields", "System.History"]);
        (await ado.PatchAsync(id, Op.Title("Other"))).Ok();
        Assert.Null((await ado.ReadAsync(id)).Node("fields", "System.History"));
    }

    [Fact]
    public async Task Comments_are_paged_by_a_token_newest_first_or_oldest_first()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        foreach (var text in (string[])["a", "b", "c"])
        {
            await AddAsync(ado, id, text);
        }

        var page = (await ado.GetAsync($"Fabrikam/_apis/wit/workItems/{id}/comments?$top=2&{Preview}")).Ok();
        Assert.Equal("3", page["totalCount"]);
        Assert.Equal("2", page["count"]);
        Assert.Equal(["c", "b"], page.Texts("comments", "text"));
        var rest = (await ado.GetAsync(
            $"Fabrikam/_apis/wit/workItems/{id}/comments?$top=2&continuationToken={page["continuationToken"]}&{Preview}")).Ok();
        Assert.Equal(["a"], rest.Texts("comments", "text"));
        Assert.Null(rest.Node("continuationToken"));
        Assert.Equal(["a", "b", "c"], await TextsAsync(ado, id, "order=asc&"));
        Assert.Equal(["c", "a"], await TextsAsync(ado, id, "ids=1,3&"));
    }

    [Fact]
    public async Task A_comment_is_changed_and_deleted_and_no_longer_included()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        await AddAsync(ado, id, "frist");
        var path = $"Fabrikam/_apis/wit/workItems/{id}/comments/1?{Preview}";
        var changed = (await ado.SendAsync("PATCH", path, new JsonObject { ["text"] = "first" })).Ok();
        Assert.Equal("first", changed["text"]);
        Assert.Equal("2", changed["version"]);
        Assert.Equal("first", (await ado.GetAsync(path)).Ok()["text"]);
        Assert.Equal("first", (await ado.GetAsync($"{path}&$expand=renderedText")).Ok()["renderedText"]);
        var deleted = (await ado.SendAsync("DELETE", path)).Ok();
        Assert.Equal("true", deleted["isDeleted"]);
        Assert.Equal("3", deleted["version"]);
        Assert.Equal(404, (await ado.GetAsync(path)).Status);
        Assert.Equal("first", (await ado.GetAsync($"{path}&includeDeleted=true")).Ok()["text"]);
        Assert.Empty(await TextsAsync(ado, id));
        Assert.Equal(["first"], await TextsAsync(ado, id, "includeDeleted=true&"));
        Assert.Equal("0", (await ado.ReadAsync(id))["fields", "System.CommentCount"]);
        Assert.Equal(404, (await ado.SendAsync("PATCH", path, new JsonObject { ["text"] = "again" })).Status);
    }

    [Fact]
    public async Task A_comment_needs_a_text_an_item_and_a_preview_version()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        Assert.Equal(400,
            (await ado.PostAsync($"Fabrikam/_apis/wit/workItems/{id}/comments?{Preview}", new JsonObject())).Status);
        Assert.Equal(404, (await AddAsync(ado, 99, "x")).Status);
        Assert.Equal(400, (await ado.GetAsync($"Fabrikam/_apis/wit/workItems/{id}/comments?api-version=7.1")).Status);
        Assert.Equal(404, (await ado.GetAsync($"Fabrikam/_apis/wit/workItems/{id}/comments/7?{Preview}")).Status);
    }

    [Fact]
    public async Task A_file_is_uploaded_held_and_downloaded()
    {
        await using var ado = await Ado.StartAsync();
        var file = await UploadAsync(ado, "Fabrikam/_apis/wit/attachments?fileName=a%20b.txt", "hello");
        Assert.Equal(201, file.Status);
        Assert.Equal(["id", "url"], file.Json!.AsObject().Select(one => one.Key));
        Assert.EndsWith(
            $"/_apis/wit/attachments/{file["id"]}?fileName=a%20b.txt", file["url"], StringComparison.Ordinal);
        var id = await ado.CreateAsync();
        var held = (await ado.PatchAsync(id, Op.Relation("AttachedFile", file["url"]!, "see"))).Ok();
        Assert.Equal("2", held["rev"]);
        Assert.Equal("a b.txt", held["relations", 0, "attributes", "name"]);
        Assert.Equal("5", held["relations", 0, "attributes", "resourceSize"]);
        Assert.Equal("see", held["relations", 0, "attributes", "comment"]);
        var content = (await ado.GetAsync($"_apis/wit/attachments/{file["id"]}?download=true")).Ok();
        Assert.Equal("hello", content.Text);
        Assert.StartsWith("application/octet-stream", content.ContentType, StringComparison.Ordinal);
        Assert.StartsWith("attachment", content.Headers["Content-Disposition"], StringComparison.Ordinal);
        Assert.Equal(
            [id], await ado.IdsAsync("SELECT [System.Id] FROM WorkItems WHERE [System.AttachedFileCount] > 0"));
        Assert.Equal("3", (await ado.PatchAsync(id, Op.Remove("/relations/0"))).Ok()["rev"]);
    }

    [Fact]
    public async Task A_file_in_chunks_is_there_when_the_last_one_has_come()
    {
        await using var ado = await Ado.StartAsync();
        var file = await ado.SendAsync("POST", "_apis/wit/attachments?uploadType=chunked&fileName=big.zip");
        Assert.Equal(201, file.Status);
        var path = $"_apis/wit/attachments/{file["id"]}";
        Assert.Equal(404, (await ado.GetAsync(path)).Status);
        Assert.Equal(400, (await ChunkAsync(ado, path, "lo", "bytes 3-4/5")).Status);
        Assert.Equal(201, (await ChunkAsync(ado, path, "hel", "bytes 0-2/5")).Status);
        Assert.Equal(400, (await ChunkAsync(ado, path, "lo", "bytes 2-3/5")).Status);
        Assert.Equal(400, (await ChunkAsync(ado, path, "lo", "all of it")).Status);
        Assert.Equal(404, (await ado.GetAsync(path)).Status);
        Assert.Equal(201, (await ChunkAsync(ado, path, "lo", "bytes 3-4/5")).Status);
        Assert.Equal("hello", (await ado.GetAsync(path)).Ok().Text);
        Assert.Equal(404, (await ChunkAsync(ado, path, "!", "bytes 5-5/6")).Status);
    }

    [Fact]
    public async Task A_file_that_was_never_uploaded_is_neither_read_nor_held()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        Assert.Equal(404, (await ado.GetAsync($"_apis/wit/attachments/{Guid.Empty}")).Status);
        Assert.Equal(404, (await ado.GetAsync("_apis/wit/attachments/none")).Status);
        Assert.Equal(
            400, (await ado.PatchAsync(id, Op.Relation("AttachedFile", "https://example.com/file.txt"))).Status);
        Assert.Equal(415, (await ado.SendTextAsync("POST", "_apis/wit/attachments?fileName=x", "{}")).Status);
    }

    private static Task<Reply> AddAsync(Ado ado, int id, string text) =>
        ado.PostAsync($"Fabrikam/_apis/wit/workItems/{id}/comments?{Preview}", new JsonObject { ["text"] = text });

    private static async Task<IReadOnlyList<string>> TextsAsync(Ado ado, int id, string query = "") =>
        (await ado.GetAsync($"_apis/wit/workItems/{id}/comments?{query}{Preview}")).Ok().Texts("comments", "text");

    private static Task<Reply> UploadAsync(Ado ado, string path, string content) =>
        ado.SendTextAsync("POST", path, content, "application/octet-stream");

    private static Task<Reply> ChunkAsync(Ado ado, string path, string chunk, string range) =>
        ado.SendTextAsync("PUT", path, chunk, "application/octet-stream", request =>
            request.Content!.Headers.TryAddWithoutValidation("Content-Range", range));

    [Fact]
    public async Task A_comment_keeps_its_versions_and_takes_reactions_that_make_no_revision()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        var comments = $"Fabrikam/_apis/wit/workItems/{id}/comments";
        const string Version = "api-version=7.1-preview.4";
        var comment = (await ado.PostAsync($"{comments}?{Version}", new JsonObject { ["text"] = "one" })).Ok()["id"];
        (await ado.SendAsync("PATCH", $"{comments}/{comment}?{Version}", new JsonObject { ["text"] = "two" })).Ok();
        var rev = (await ado.ReadAsync(id))["rev"];

        Assert.Equal(["one", "two"],
            (await ado.GetAsync($"{comments}/{comment}/versions?{Version}")).Ok().Texts("value", "text"));
        Assert.Equal("one", (await ado.GetAsync($"{comments}/{comment}/versions/1?{Version}")).Ok()["text"]);
        Assert.Equal(404, (await ado.GetAsync($"{comments}/{comment}/versions/9?{Version}")).Status);
        Assert.Equal("1", (await ado.SendAsync("PUT", $"{comments}/{comment}/reactions/like?{Version}")).Ok()["count"]);
        Assert.Equal(
            ["like"], (await ado.GetAsync($"{comments}/{comment}/reactions?{Version}")).Ok().Texts("value", "type"));
        Assert.Equal(["Sandbox Account"], (await ado.GetAsync($"{comments}/{comment}/reactions/like/users?{Version}"))
            .Ok().Texts("value", "displayName"));
        Assert.Equal(
            "0", (await ado.SendAsync("DELETE", $"{comments}/{comment}/reactions/LIKE?{Version}")).Ok()["count"]);
        Assert.Equal(400, (await ado.SendAsync("PUT", $"{comments}/{comment}/reactions/applause?{Version}")).Status);
        Assert.Equal(rev, (await ado.ReadAsync(id))["rev"]);
    }
}
