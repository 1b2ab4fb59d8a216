using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Control;

/// <summary>
/// A sandbox and somebody who calls it by REST, as a script would: paths begin with <c>/jira</c>, <c>/ado/contoso</c>
/// or <c>/sandbox</c>, and the token of the service is sent with them.
/// </summary>
internal sealed class SandboxClient : IAsyncDisposable
{
    private readonly HttpClient _client;

    private SandboxClient(SandboxServer server)
    {
        Server = server;
        _client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    public SandboxServer Server { get; }

    public static async Task<SandboxClient> StartAsync(SandboxOptions? options = null) => new(
        await SandboxServer.StartAsync(options ?? new SandboxOptions(), TestContext.Current.CancellationToken));

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync("GET", path);

    public Task<HttpResponseMessage> SendAsync(string method, string path, JsonNode? body = null) => SendAsync(
        method,
        path,
        body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, IsPatch(method, path)
            ? "application/json-patch+json" : "application/json"));

    public async Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        if (path.StartsWith("/jira", StringComparison.Ordinal))
        {
            request.Headers.Authorization = Basic(Server.JiraUser, Server.JiraToken);
        }
        else if (path.StartsWith("/ado", StringComparison.Ordinal))
        {
            request.Headers.Authorization = Basic("", Server.AdoToken);
        }

        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends, sees that it went well, and reads the answer.</summary>
    public async Task<JsonNode?> CallAsync(string method, string path, JsonNode? body = null)
    {
        using var answer = await SendAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public Task SetFaultsAsync(params JsonNode[] rules) => CallAsync("PUT", "/sandbox/faults", new JsonArray(rules));

    public Task SetSwitchesAsync(JsonObject values) => CallAsync("PUT", "/sandbox/switches", values);

    /// <summary>Creates a work item and says its id.</summary>
    public async Task<int> CreateWorkItemAsync(string title, params JsonObject[] operations)
    {
        JsonObject[] all =
            [new() { ["op"] = "add", ["path"] = "/fields/System.Title", ["value"] = title }, .. operations];
        return (int)(await CallAsync(
            "POST", "/ado/contoso/Fabrikam/_apis/wit/workitems/$Task?api-version=7.1",
            new JsonArray([.. all])))!["id"]!;
    }

    /// <summary>The operation that adds a relation to a work item.</summary>
    public JsonObject Relate(string relation, int target) => new()
    {
        ["op"] = "add",
        ["path"] = "/relations/-",
        ["value"] = new JsonObject { ["rel"] = relation,
            ["url"] = $"{Server.OrganizationUri}/_apis/wit/workItems/{target}" },
    };

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
    }

    private static bool IsPatch(string method, string path) =>
        method is "PATCH" or "POST" && path.Contains("/_apis/wit/workitems/", StringComparison.OrdinalIgnoreCase)
        && !path.Contains("/comments", StringComparison.OrdinalIgnoreCase);

    private static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
}
