using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Sandbox.Contract;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>
/// A sandbox and a plain HTTP client of its Jira; nothing of the product is in between. Each answer is held against
/// Atlassian's OpenAPI document.
/// </summary>
internal sealed class JiraWire : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    private readonly VendorContract? _contract;

    private JiraWire(SandboxServer server, string version, VendorContract? contract)
    {
        Server = server;
        _contract = contract;
        Version = version;
        Authorization = Basic(server.JiraUser, server.JiraToken);
    }

    public SandboxServer Server { get; }

    /// <summary>The version of the API that relative paths mean.</summary>
    public string Version { get; set; }

    public AuthenticationHeaderValue? Authorization { get; set; }

    public static async Task<JiraWire> StartAsync(SandboxOptions? options = null)
    {
        options ??= new SandboxOptions();
        var contract = options.Watcher is null ? await VendorContract.OpenAsync(answersOnly: true) : null;
        return new JiraWire(
            await SandboxServer.StartAsync(contract is null ? options : options with { Watcher = contract.Watch }),
            options.Jira == JiraFlavor.Cloud ? "3" : "2", contract);
    }

    public static Task<JiraWire> StartAsync(params string[] seed) => StartAsync(new SandboxOptions { Seed = seed });

    public static AuthenticationHeaderValue Basic(string user, string token) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{token}")));

    public Task<Reply> GetAsync(string path) => SendAsync("GET", path);

    public Task<Reply> DeleteAsync(string path) => SendAsync("DELETE", path);

    public Task<Reply> PostAsync(string path, string body) => SendAsync("POST", path, body);

    public Task<Reply> PutAsync(string path, string body) => SendAsync("PUT", path, body);

    /// <summary>Sends to a path of the API, or of the server where it begins with a slash.</summary>
    public Task<Reply> SendAsync(
        string method, string path, string? body = null, string contentType = "application/json") =>
        SendAsync(method, path, body is null ? null
            : new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers =
                { ContentType = MediaTypeHeaderValue.Parse(contentType) } });

    public async Task<Reply> SendAsync(
        string method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        var address = path.StartsWith('/')
            ? new Uri(Server.Address, path)
            : new Uri($"{Server.JiraUri}/rest/api/{Version}/{path}");
        using var request = new HttpRequestMessage(new HttpMethod(method), address) { Content = content };
        request.Headers.Authorization = Authorization;
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _client.SendAsync(request);
        return new Reply((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.ToString(),
            await response.Content.ReadAsStringAsync());
    }

    /// <summary>Creates an issue of project SHOP and gives its key.</summary>
    public async Task<string> CreateAsync(string summary, string type = "Task", string? more = null)
    {
        var reply = await PostAsync("issue", $$"""
            {"fields": {"project": {"key": "SHOP"}, "issuetype": {"name": "{{type}}"}, "summary": "{{summary}}"
              {{(more is null ? "" : ", " + more)}} } }
            """);
        Assert.True(reply.Status == 201, reply.Text);
        return reply.Json["key"]!.GetValue<string>();
    }

    /// <summary>Links two issues as a client writes it: the source is the inward issue of the body.</summary>
    public Task<Reply> LinkAsync(string source, string type, string target) => PostAsync("issueLink", $$"""
        {"type": {"name": "{{type}}"}, "inwardIssue": {"key": "{{source}}"}, "outwardIssue": {"key": "{{target}}"} }
        """);

    /// <summary>The keys that a search finds, in its order.</summary>
    public async Task<string> KeysAsync(string jql)
    {
        var reply = await GetAsync(
            (Version == "3" ? "search/jql" : "search") + $"?fields=key&jql={Uri.EscapeDataString(jql)}");
        Assert.True(reply.Status == 200, reply.Text);
        return string.Join(' ', reply.Json["issues"]!.AsArray().Select(issue => issue!["key"]!.GetValue<string>()));
    }

    /// <summary>What a search that is refused says.</summary>
    public async Task<string> RefusalAsync(string jql)
    {
        var reply = await GetAsync((Version == "3" ? "search/jql" : "search") + $"?jql={Uri.EscapeDataString(jql)}");
        Assert.Equal(400, reply.Status);
        return reply.Error;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
        _contract?.Verify();
    }
}

/// <summary>An answer as it came.</summary>
internal sealed record Reply(int Status, HttpResponseHeaders Headers, string? ContentType, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>The first message of Jira's error envelope.</summary>
    public string Error => Json["errorMessages"]![0]!.GetValue<string>();

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    /// <summary>
    /// The text at a path such as <c>fields.status.name</c> or <c>issues.0.key</c>; null where there is none.
    /// </summary>
    public string? At(string path)
    {
        var node = (JsonNode?)Json;
        foreach (var step in path.Split('.'))
        {
            node = node is JsonArray list && int.TryParse(step, out var index)
                ? list.ElementAtOrDefault(index)
                : (node as JsonObject)?[step];
        }

        return node?.ToString();
    }

    /// <summary>The names of the properties at a path, or of the answer itself.</summary>
    public string Names(string? path = null)
    {
        var node = (path ?? "").Split('.', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate((JsonNode?)Json, (found, step) =>
                int.TryParse(step, out var index) ? found![index] : found![step]);
        return string.Join(' ', node!.AsObject().Select(property => property.Key));
    }
}
