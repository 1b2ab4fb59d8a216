using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Sandbox.Contract;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>
/// The Azure DevOps side of a sandbox, spoken to as a stranger would: plain requests, addresses and bodies as the
/// vendor documents them; each answer is held against its OpenAPI documents. Paths begin under the organisation; one
/// without a version gets 7.1.
/// </summary>
internal sealed class Ado : IAsyncDisposable
{
    private readonly HttpClient _http = new();

    private readonly VendorContract? _contract;

    private Ado(SandboxServer server, VendorContract? contract, string token)
    {
        Server = server;
        _contract = contract;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($":{token}")));
    }

    public SandboxServer Server { get; }

    public SandboxSwitches Switches => Server.Switches;

    public static async Task<Ado> StartAsync(
        Action<SandboxSwitches>? change = null, ProcessTemplate process = ProcessTemplate.Agile,
        TimeProvider? time = null)
    {
        var contract = await VendorContract.OpenAsync(answersOnly: true);
        var options = new SandboxOptions
        {
            Process = process,
            TimeProvider = time ?? TimeProvider.System,
            Watcher = contract is null ? null : contract.Watch,
        };
        change?.Invoke(options.Switches);
        var server = await SandboxServer.StartAsync(options);
        return new Ado(server, contract, server.AdoToken);
    }

    /// <summary>The same sandbox for another account; whoever started it disposes of it.</summary>
    public Ado As(string token) => new(Server, contract: null, token);

    /// <summary>The address of a work item, as relations take it.</summary>
    public string Url(int id) => $"{Server.OrganizationUri}/_apis/wit/workItems/{id}";

    public Task<Reply> GetAsync(string path) => SendAsync("GET", path);

    public Task<Reply> PostAsync(string path, JsonNode? body) => SendAsync("POST", path, body);

    public async Task<Reply> SendAsync(
        string method, string path, JsonNode? body = null, string contentType = "application/json",
        Action<HttpRequestMessage>? change = null) => await SendTextAsync(
            method, path, body?.ToJsonString(), contentType, change);

    public async Task<Reply> SendTextAsync(
        string method, string path, string? body, string contentType = "application/json",
        Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Address(path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        change?.Invoke(request);
        using var response = await _http.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    /// <summary>Creates a work item that has nothing but a title and what is given.</summary>
    public async Task<int> CreateAsync(string type = "Task", params JsonObject[] operations) =>
        (await TryCreateAsync(type, [Op.Title("An item"), .. operations])).Ok().Number("id");

    public Task<Reply> TryCreateAsync(string type, params JsonObject[] operations) =>
        SendAsync("POST", $"Fabrikam/_apis/wit/workitems/${Uri.EscapeDataString(type)}", Patch(operations),
            Op.MediaType);

    public Task<Reply> PatchAsync(int id, params JsonObject[] operations) => PatchAsync(id, "", operations);

    public Task<Reply> PatchAsync(int id, string query, params JsonObject[] operations) => SendAsync(
        "PATCH", $"_apis/wit/workitems/{id}?api-version=7.1{query}", Patch(operations), Op.MediaType);

    public async Task<Reply> ReadAsync(int id, string expand = "relations") =>
        (await GetAsync($"_apis/wit/workitems/{id}?$expand={expand}&api-version=7.1")).Ok();

    /// <summary>What an item's relations say: type, and the last part of the address.</summary>
    public async Task<IReadOnlyList<string>> RelationsAsync(int id) => (await ReadAsync(id)).Relations();

    public async Task<Reply> QueryAsync(string wiql, string query = "", string scope = "Fabrikam/") =>
        await PostAsync($"{scope}_apis/wit/wiql?api-version=7.1{query}", new JsonObject { ["query"] = wiql });

    /// <summary>The ids that a flat query finds, in its order.</summary>
    public async Task<IReadOnlyList<int>> IdsAsync(string wiql, string query = "") =>
        [.. (await QueryAsync(wiql, query)).Ok().List("workItems").Select(item => (int)item!["id"]!)];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
        _contract?.Verify();
    }

    private Uri Address(string path) => new(
        $"{Server.OrganizationUri}/{path}"
        + (path.Contains("api-version=", StringComparison.Ordinal) ? "" : path.Contains('?', StringComparison.Ordinal)
            ? "&api-version=7.1" : "?api-version=7.1"));

    private static JsonArray Patch(JsonObject[] operations) => [.. operations.Select(one => one.DeepClone())];
}

/// <summary>Operations of a json-patch document.</summary>
internal static class Op
{
    public const string MediaType = "application/json-patch+json";

    public static JsonObject Title(string title) => Field("System.Title", title);

    public static JsonObject Field(string name, JsonNode? value) => Add($"/fields/{name}", value);

    public static JsonObject Add(string path, JsonNode? value) =>
        new() { ["op"] = "add", ["path"] = path, ["value"] = value };

    public static JsonObject Replace(string path, JsonNode? value) =>
        new() { ["op"] = "replace", ["path"] = path, ["value"] = value };

    public static JsonObject Remove(string path) => new() { ["op"] = "remove", ["path"] = path };

    public static JsonObject Test(string path, JsonNode? value) =>
        new() { ["op"] = "test", ["path"] = path, ["value"] = value };

    public static JsonObject Relation(string rel, string url, string? comment = null)
    {
        var value = new JsonObject { ["rel"] = rel, ["url"] = url };
        if (comment is not null)
        {
            value["attributes"] = new JsonObject { ["comment"] = comment };
        }

        return Add("/relations/-", value);
    }

    public static JsonObject Child(string url) => Relation("System.LinkTypes.Hierarchy-Forward", url);

    public static JsonObject Parent(string url) => Relation("System.LinkTypes.Hierarchy-Reverse", url);

    public static JsonObject Successor(string url) => Relation("System.LinkTypes.Dependency-Forward", url);

    public static JsonObject Related(string url) => Relation("System.LinkTypes.Related", url);

    public static JsonObject Hyperlink(string url, string? comment = null) => Relation("Hyperlink", url, comment);
}

/// <summary>One answer, read to its end.</summary>
internal sealed record Reply(
    int Status, string Text, string? ContentType, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    private readonly Lazy<JsonNode?> _json = new(() => JsonNode.Parse(Text));

    public JsonNode? Json => _json.Value;

    /// <summary>The text of an error, of whichever envelope.</summary>
    public string? Message => this["message"] ?? this["value", "Message"];

    /// <summary>The text or the digits at a path of names and indexes; null where nothing does.</summary>
    public string? this[params object[] path] => Node(path) is { } node
        ? node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString() : null;

    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return new Reply(
            (int)response.StatusCode, Encoding.UTF8.GetString(bytes), response.Content.Headers.ContentType?.ToString(),
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(one => one.Key, one => string.Join(", ", one.Value), StringComparer.OrdinalIgnoreCase),
            bytes);
    }

    public JsonNode? Node(params object[] path)
    {
        var node = Json;
        foreach (var part in path)
        {
            node = part switch
            {
                int index => node is JsonArray list && index < list.Count ? list[index] : null,
                string name => node is JsonObject found ? found[name] : null,
                _ => throw new ArgumentException("A path has names and indexes.", nameof(path)),
            };
        }

        return node;
    }

    public int Number(params object[] path) => (int)Node(path)!;

    public JsonArray List(params object[] path) => Assert.IsType<JsonArray>(Node(path));

    public IReadOnlyList<string> Texts(string list, params object[] path) => [.. List(list)
        .Select(one => path.Aggregate(one, (node, part) => node?[(string)part])?.ToString() ?? "null")];

    public IReadOnlyList<string> Relations() => Node("relations") is not JsonArray relations ? [] :
    [
        .. relations.Select(one => $"{one!["rel"]} {one["url"]!.ToString().Split('/')[^1]}")
            .Order(StringComparer.Ordinal),
    ];

    public Reply Ok()
    {
        Assert.True(Status == 200, $"{Status}: {Text}");
        return this;
    }

    /// <summary>Says that this is an error of a status, a type and a text.</summary>
    public void Refused(int status, string? typeKey, string message)
    {
        Assert.Equal(message, Message);
        Assert.Equal(status, Status);
        Assert.Equal(typeKey, this["typeKey"]);
    }
}

/// <summary>A clock that is stopped until it is moved.</summary>
internal sealed class Clock(DateTimeOffset now) : TimeProvider
{
    public Clock(string now)
        : this(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture))
    {
    }

    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
