using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Looks at the sandbox's Azure DevOps, and edits it as another client would, by REST and not through the module.
/// </summary>
internal sealed class Board : IDisposable
{
    private readonly HttpClient _client;
    private readonly SandboxServer _sandbox;

    public Board(SandboxServer sandbox, string? token = null)
    {
        _sandbox = sandbox;
        _client = new HttpClient { BaseAddress = new Uri($"{sandbox.OrganizationUri}/") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($":{token ?? sandbox.AdoToken}")));
    }

    /// <summary>The version of the API that the other client speaks.</summary>
    public string Version { get; set; } = "7.1";

    /// <summary>All work items with their relations, by id.</summary>
    public async Task<IReadOnlyList<JsonNode>> ItemsAsync()
    {
        var query = new { query = "SELECT [System.Id] FROM WorkItems ORDER BY [System.Id]" };
        var found = await SendAsync(HttpMethod.Post, $"{_sandbox.Project}/_apis/wit/wiql", query);
        var items = new List<JsonNode>();
        foreach (var ids in found["workItems"]!.AsArray().Select(item => (int)item!["id"]!).Chunk(200))
        {
            // One that a run deletes in the meantime is left out.
            var body = new JsonObject
            {
                ["ids"] = JsonSerializer.SerializeToNode(ids), ["$expand"] = "relations", ["errorPolicy"] = "omit",
            };
            var page = await SendAsync(HttpMethod.Post, "_apis/wit/workitemsbatch", body);
            items.AddRange(page["value"]!.AsArray().OfType<JsonNode>());
        }

        return items;
    }

    /// <summary>All work items as <c>User Story: title</c>.</summary>
    public async Task<IReadOnlyList<string>> TitlesAsync() => (await ItemsAsync())
        .Select(item => $"{item["fields"]!["System.WorkItemType"]}: {item["fields"]!["System.Title"]}")
        .ToList();

    /// <summary>All relations between work items, from each end: <c>title Successor title</c>.</summary>
    public async Task<IReadOnlyList<string>> RelationsAsync()
    {
        var items = await ItemsAsync();
        var titles = items.ToDictionary(item => (int)item["id"]!, Title);
        return items
            .SelectMany(item => WorkItemLinks(item)
                .Select(link => $"{Title(item)} {link["attributes"]!["name"]} {titles[Target(link)]}"))
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    /// <summary>The fields of the item with a title, a person as the unique name.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FieldsAsync(string title) =>
        (await ItemsAsync()).Single(item => Title(item) == title)["fields"]!.AsObject()
            .ToDictionary(field => field.Key, field =>
                (field.Value as JsonObject)?["uniqueName"]?.ToString() ?? $"{field.Value}");

    /// <summary>
    /// The fields that the last revision of an item changed, but for those that the service keeps itself.
    /// </summary>
    public async Task<IReadOnlyList<string>> LastChangeAsync(int id)
    {
        var updates = (await SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}/updates", null))["value"]!.AsArray();
        return updates.Last(update => update!["fields"] is not null)!["fields"]!.AsObject()
            .Select(field => field.Key)
            .Except(
            [
                "System.Rev", "System.AuthorizedDate", "System.RevisedDate", "System.ChangedDate", "System.ChangedBy",
                "System.Watermark",
                "System.AuthorizedAs", "System.PersonId", "System.Reason", "Microsoft.VSTS.Common.StateChangeDate",
                "Microsoft.VSTS.Common.ActivatedDate", "Microsoft.VSTS.Common.ActivatedBy",
                "Microsoft.VSTS.Common.ResolvedDate",
                "Microsoft.VSTS.Common.ResolvedBy", "Microsoft.VSTS.Common.ResolvedReason",
                "Microsoft.VSTS.Common.ClosedDate",
                "Microsoft.VSTS.Common.ClosedBy", "System.AreaId", "System.NodeName", "System.AreaLevel1",
                "System.AreaLevel2",
                "System.IterationId", "System.IterationLevel1", "System.IterationLevel2",
            ])
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    public async Task<int> IdOfAsync(string title) =>
        (int)(await ItemsAsync()).Single(item => Title(item) == title)["id"]!;

    /// <summary>Adds relations as a person would.</summary>
    public Task RelateAsync(int id, string relation, params int[] targets) =>
        RelateAsync(id, relation, comment: null, targets);

    /// <summary>Adds relations with a comment as a person would.</summary>
    public Task RelateAsync(int id, string relation, string? comment, params int[] targets) =>
        PatchAsync(id, [.. targets.Select(target => new JsonObject
    {
        ["op"] = "add",
        ["path"] = "/relations/-",
        ["value"] = new JsonObject
        {
            ["rel"] = relation,
            ["url"] = $"{_sandbox.OrganizationUri}/_apis/wit/workItems/{target}",
            ["attributes"] = comment is null ? new JsonObject() : new JsonObject { ["comment"] = comment },
        },
    })]);

    /// <summary>An item's relations to others with the comments that they have there, by the others' ids.</summary>
    public async Task<IReadOnlyDictionary<int, string?>> CommentsOfRelationsAsync(int id) =>
        WorkItemLinks(await SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}?$expand=relations", null))
            .ToDictionary(Target, link => link["attributes"]!["comment"]?.ToString());

    /// <summary>The ids of the work items that an item is related to.</summary>
    public static IReadOnlyList<int> TargetsOf(JsonNode item) => WorkItemLinks(item).Select(Target).ToList();

    public Task SetFieldAsync(int id, string field, string value) =>
        PatchAsync(id, new JsonObject { ["op"] = "add", ["path"] = $"/fields/{field}", ["value"] = value });

    /// <summary>Sets a field to what is given and no more: tags that are added join those that are there.</summary>
    public Task ReplaceFieldAsync(int id, string field, string value) =>
        PatchAsync(id, new JsonObject { ["op"] = "replace", ["path"] = $"/fields/{field}", ["value"] = value });

    public async Task<string?> FieldAsync(int id, string field) =>
        (await SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}", null))["fields"]![field]?.ToString();

    public async Task<string> ProjectOfAsync(string title) =>
        (await ItemsAsync()).Single(item => Title(item) == title)["fields"]!["System.TeamProject"]!.ToString();

    /// <summary>Moves a work item to another project, as a person would.</summary>
    public Task MoveAsync(int id, string project) => PatchAsync(
        id,
        [.. new[] { "System.TeamProject", "System.AreaPath", "System.IterationPath" }.Select(field =>
            new JsonObject { ["op"] = "add", ["path"] = $"/fields/{field}", ["value"] = project })]);

    public Task HyperlinkAsync(int id, string url, string comment) => PatchAsync(id, new JsonObject
    {
        ["op"] = "add",
        ["path"] = "/relations/-",
        ["value"] = new JsonObject
        {
            ["rel"] = "Hyperlink",
            ["url"] = url,
            ["attributes"] = new JsonObject { ["comment"] = comment },
        },
    });

    /// <summary>Makes a text field that every type of work item has.</summary>
    public Task CreateFieldAsync(string name, string referenceName) => SendAsync(
        HttpMethod.Post,
        "_apis/wit/fields",
        new JsonObject { ["name"] = name, ["referenceName"] = referenceName, ["type"] = "string",
            ["usage"] = "workItem" });

    /// <summary>Makes all marks what they would be had the site had another address when they were made.</summary>
    public async Task RenameSiteAsync(string address, string former)
    {
        var (name, formerName) = (address.Split("://")[1], former.Split("://")[1]);
        foreach (var item in await ItemsAsync())
        {
            var relations = item["relations"]!.AsArray().Select(relation => relation!).ToList();
            for (var i = 0; i < relations.Count; i++)
            {
                var comment = relations[i]["attributes"]!["comment"]?.ToString();
                if (relations[i]["rel"]!.ToString() == "Hyperlink")
                {
                    // Its revision counts this edit, and the mark has the revision.
                    await PatchAsync(
                        (int)item["id"]!, new JsonObject { ["op"] = "remove", ["path"] = $"/relations/{i}" });
                    var url = relations[i]["url"]!.ToString()
                        .Replace(address, former, StringComparison.OrdinalIgnoreCase);
                    await HyperlinkAsync((int)item["id"]!, url, comment!);
                }
            }
        }

        foreach (var item in await ItemsAsync())
        {
            var relations = item["relations"]!.AsArray().Select(relation => relation!).ToList();
            for (var i = 0; i < relations.Count; i++)
            {
                if (relations[i]["attributes"]!["comment"]?.ToString() is { } comment
                    && comment.Contains($"[jira:{name}", StringComparison.Ordinal))
                {
                    await PatchAsync((int)item["id"]!, new JsonObject
                    {
                        ["op"] = "replace",
                        ["path"] = $"/relations/{i}/attributes/comment",
                        ["value"] = comment.Replace(name, formerName, StringComparison.Ordinal),
                    });
                }
            }
        }
    }

    public async Task<int> CreateAsync(string type, string title)
    {
        var body = new JsonArray(
            new JsonObject { ["op"] = "add", ["path"] = "/fields/System.Title", ["value"] = title });
        var path = $"{_sandbox.Project}/_apis/wit/workitems/${Uri.EscapeDataString(type)}";
        return (int)(await SendAsync(HttpMethod.Post, path, body, "application/json-patch+json"))["id"]!;
    }

    /// <summary>Copies a work item as a person would: its hyperlinks go with it.</summary>
    public async Task CopyAsync(int id, string title)
    {
        var item = await SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}?$expand=relations", null);
        var copy = await CreateAsync(item["fields"]!["System.WorkItemType"]!.ToString(), title);
        foreach (var link in (item["relations"]?.AsArray() ?? []).Where(link => link!["rel"]!.ToString() == "Hyperlink"))
        {
            await PatchAsync(copy, new JsonObject
            {
                ["op"] = "add",
                ["path"] = "/relations/-",
                ["value"] = new JsonObject
                {
                    ["rel"] = "Hyperlink",
                    ["url"] = link!["url"]!.ToString(),
                    ["attributes"] = new JsonObject { ["comment"] = link["attributes"]!["comment"]!.ToString() },
                },
            });
        }
    }

    /// <summary>
    /// Makes a second item for an issue as another run would: in one request, with a nonce of its own.
    /// </summary>
    public async Task<int> TwinAsync(int id, string nonce, string title, string? project = null)
    {
        var item = await SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}?$expand=relations", null);
        var mark = item["relations"]!.AsArray().Single(link => link!["rel"]!.ToString() == "Hyperlink")!;
        var comment = mark["attributes"]!["comment"]!.ToString().Split(' ');
        (comment[3], comment[4]) = (nonce, "1");
        var body = new JsonArray(
            new JsonObject { ["op"] = "add", ["path"] = "/fields/System.Title", ["value"] = title },
            new JsonObject
            {
                ["op"] = "add",
                ["path"] = "/relations/-",
                ["value"] = new JsonObject
                {
                    ["rel"] = "Hyperlink",
                    ["url"] = mark["url"]!.ToString(),
                    ["attributes"] = new JsonObject { ["comment"] = string.Join(' ', comment) },
                },
            });
        var path = $"{project ?? _sandbox.Project}/_apis/wit/workitems/${Uri.EscapeDataString(item["fields"]!["System.WorkItemType"]!.ToString())}";
        return (int)(await SendAsync(HttpMethod.Post, path, body, "application/json-patch+json"))["id"]!;
    }

    /// <summary>Gives the relation between two items another comment.</summary>
    public async Task CommentAsync(int id, int target, string comment)
    {
        var item = await SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}?$expand=relations", null);
        var relations = item["relations"]!.AsArray().ToList();
        var index = relations.FindIndex(
            link => link!["url"]!.ToString().EndsWith($"/{target}", StringComparison.Ordinal));
        await PatchAsync(id, new JsonObject { ["op"] = "replace", ["path"] = $"/relations/{index}/attributes/comment",
            ["value"] = comment });
    }

    /// <summary>Removes the relation between two items as a person would.</summary>
    public async Task UnrelateAsync(int id, int target)
    {
        var item = await SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}?$expand=relations", null);
        var relations = item["relations"]!.AsArray().ToList();
        var index = relations.FindIndex(
            link => link!["url"]!.ToString().EndsWith($"/{target}", StringComparison.Ordinal));
        await PatchAsync(id, new JsonObject { ["op"] = "remove", ["path"] = $"/relations/{index}" });
    }

    /// <summary>Removes one of several relations between two items as a person would.</summary>
    public async Task UnrelateAsync(int id, string relation, int target)
    {
        var index = (await ItemAsync(id))["relations"]!.AsArray().ToList().FindIndex(link =>
            link!["rel"]!.ToString() == relation
            && link["url"]!.ToString().EndsWith($"/{target}", StringComparison.Ordinal));
        await PatchAsync(id, new JsonObject { ["op"] = "remove", ["path"] = $"/relations/{index}" });
    }

    /// <summary>The comments of an item, oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> CommentsAsync(int id)
    {
        var path = $"{_sandbox.Project}/_apis/wit/workItems/{id}/comments?order=asc&api-version=7.1-preview.4";
        return (await SendAsync(HttpMethod.Get, path, null))["comments"]!.AsArray().Select(comment => comment!)
            .ToList();
    }

    /// <summary>Comments as a person does.</summary>
    public Task CommentAsync(int id, string html) => SendAsync(
        HttpMethod.Post,
        $"{_sandbox.Project}/_apis/wit/workItems/{id}/comments?api-version=7.1-preview.4",
        new JsonObject { ["text"] = html });

    /// <summary>Edits a comment as a person does.</summary>
    public Task EditCommentAsync(int id, int commentId, string html) => SendAsync(
        HttpMethod.Patch,
        $"{_sandbox.Project}/_apis/wit/workItems/{id}/comments/{commentId}?api-version=7.1-preview.4",
        new JsonObject { ["text"] = html });

    /// <summary>The names of the areas below the project's own.</summary>
    /// <summary>Deletes a comment as a person would.</summary>
    public Task DeleteCommentAsync(int id, int commentId) => SendAsync(
        HttpMethod.Delete,
        $"{_sandbox.Project}/_apis/wit/workItems/{id}/comments/{commentId}?api-version=7.1-preview.4",
        null);

    public async Task<IReadOnlyList<string>> AreasAsync() =>
        ((await SendAsync(HttpMethod.Get, $"{_sandbox.Project}/_apis/wit/classificationnodes/Areas?$depth=1",
            null))["children"]?.AsArray() ?? [])
            .Select(node => node!["name"]!.ToString())
            .ToList();

    /// <summary>The content of the files that an item holds, by name.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> FilesAsync(int id)
    {
        var item = await SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}?$expand=relations", null);
        var files = new Dictionary<string, byte[]>();
        foreach (var url in (item["relations"]?.AsArray() ?? [])
            .Where(one => one!["rel"]!.ToString() == "AttachedFile")
            .Select(one => one!["url"]!.ToString()))
        {
            var name = Uri.UnescapeDataString(url.Split("fileName=")[1].Split('&')[0]);
            var separator = url.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            files.Add(name, await _client.GetByteArrayAsync(new Uri($"{url}{separator}api-version=7.1")));
        }

        return files;
    }

    /// <summary>The address and comment of each hyperlink of an item but our mark.</summary>
    public async Task<IReadOnlyList<string>> HyperlinksAsync(int id)
    {
        var item = await SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}?$expand=relations", null);
        return (item["relations"]?.AsArray() ?? [])
            .Where(one => one!["rel"]!.ToString() == "Hyperlink"
                && !one["attributes"]!["comment"]!.ToString().Contains("[JiraAdoSync 1 ", StringComparison.Ordinal))
            .Select(one => $"{one!["url"]} {one["attributes"]!["comment"]}")
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    public Task DeleteAsync(int id) => SendAsync(HttpMethod.Delete, $"_apis/wit/workitems/{id}", null);

    /// <summary>Takes an item that is in the recycle bin out of it, for good.</summary>
    public Task DestroyAsync(int id) => SendAsync(HttpMethod.Delete, $"_apis/wit/recyclebin/{id}", null);

    /// <summary>Subscribes to an event of work items by a service hook.</summary>
    public Task SubscribeAsync(string type, string url, string headers) => SendAsync(
        HttpMethod.Post,
        "_apis/hooks/subscriptions",
        new
        {
            publisherId = "tfs", eventType = type, consumerId = "webHooks", consumerActionId = "httpRequest",
            consumerInputs = new { url, httpHeaders = headers },
        });

    public async Task DeleteProjectAsync()
    {
        var project = await SendAsync(HttpMethod.Get, $"_apis/projects/{_sandbox.Project}", null);
        await SendAsync(HttpMethod.Delete, $"_apis/projects/{project["id"]}", null);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>One work item with its relations.</summary>
    public Task<JsonNode> ItemAsync(int id) =>
        SendAsync(HttpMethod.Get, $"_apis/wit/workitems/{id}?$expand=relations", null);

    /// <summary>The address and comment of the hyperlinks of an item that look like our marks.</summary>
    public async Task<IReadOnlyList<(string Url, string Comment)>> MarksAsync(int id) =>
        ((await ItemAsync(id))["relations"]?.AsArray() ?? [])
            .Where(one => one!["rel"]!.ToString() == "Hyperlink"
                && one["attributes"]!["comment"]?.ToString().Contains("[JiraAdoSync 1 ", StringComparison.Ordinal) == true)
            .Select(one => (one!["url"]!.ToString(), one["attributes"]!["comment"]!.ToString()))
            .ToList();

    /// <summary>Removes a hyperlink or file by its address.</summary>
    public async Task UnlinkAsync(int id, string url) => await PatchAsync(
        id, new JsonObject { ["op"] = "remove", ["path"] = $"/relations/{await IndexOfAsync(id, url)}" });

    /// <summary>Gives a hyperlink or file another comment.</summary>
    public async Task SetCommentAsync(int id, string url, string comment) => await PatchAsync(
        id,
        new JsonObject
        {
            ["op"] = "replace",
            ["path"] = $"/relations/{await IndexOfAsync(id, url)}/attributes/comment",
            ["value"] = comment,
        });

    /// <summary>Uploads a file and adds it to an item.</summary>
    public async Task AttachAsync(int id, string fileName, string content, string comment)
    {
        var upload = await SendAsync(
            HttpMethod.Post, $"{_sandbox.Project}/_apis/wit/attachments?fileName={fileName}", content,
            "application/octet-stream");
        await PatchAsync(id, new JsonObject
        {
            ["op"] = "add",
            ["path"] = "/relations/-",
            ["value"] = new JsonObject
            {
                ["rel"] = "AttachedFile",
                ["url"] = upload["url"]!.ToString(),
                ["attributes"] = new JsonObject { ["comment"] = comment },
            },
        });
    }

    private async Task<int> IndexOfAsync(int id, string url) => (await ItemAsync(id))["relations"]!.AsArray().ToList()
        .FindIndex(one => one!["url"]!.ToString() == url);

    private Task<JsonNode> PatchAsync(int id, params JsonObject[] operations) =>
        SendAsync(HttpMethod.Patch, $"_apis/wit/workitems/{id}", new JsonArray([.. operations]),
            "application/json-patch+json");

    private async Task<JsonNode> SendAsync(
        HttpMethod method, string path, object? body, string type = "application/json")
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var version = path.Contains("api-version", StringComparison.Ordinal)
            ? string.Empty
            : $"{separator}api-version={Version}";
        using var request = new HttpRequestMessage(method, path + version);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, new MediaTypeHeaderValue(type));
        }

        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Xunit.Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }

    private static string Title(JsonNode item) => item["fields"]!["System.Title"]!.ToString();

    private static IEnumerable<JsonNode> WorkItemLinks(JsonNode item) => (item["relations"]?.AsArray() ?? [])
        .Select(link => link!)
        .Where(link => link["rel"]!.ToString().Contains('.', StringComparison.Ordinal));

    private static int Target(JsonNode link) => int.Parse(
        link["url"]!.ToString().Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
