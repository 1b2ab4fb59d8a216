using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Edits the sandbox's Jira as people do, by REST.</summary>
internal sealed class Tracker : IDisposable
{
    private readonly HttpClient _client;

    public Tracker(SandboxServer sandbox)
    {
        _client = new HttpClient { BaseAddress = new Uri($"{sandbox.JiraUri}/rest/api/2/") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{sandbox.JiraUser}:{sandbox.JiraToken}")));
    }

    /// <summary>
    /// Links two issues. In the body, <c>inwardIssue</c> is the source: writing flips the names of reading.
    /// </summary>
    public Task LinkAsync(string source, string type, string target) => SendAsync(HttpMethod.Post, "issueLink", new JsonObject
    {
        ["type"] = new JsonObject { ["name"] = type },
        ["inwardIssue"] = new JsonObject { ["key"] = source },
        ["outwardIssue"] = new JsonObject { ["key"] = target },
    });

    public async Task UnlinkAsync(string source, string target)
    {
        var issue = await SendAsync(HttpMethod.Get, $"issue/{source}?fields=issuelinks", null);
        var link = issue!["fields"]!["issuelinks"]!.AsArray()
            .First(one => one!["outwardIssue"]?["key"]?.ToString() == target);
        await SendAsync(HttpMethod.Delete, $"issueLink/{link!["id"]}", null);
    }

    public Task SetSummaryAsync(string key, string summary) => SendAsync(
        HttpMethod.Put, $"issue/{key}", new JsonObject { ["fields"] = new JsonObject { ["summary"] = summary } });

    public Task SetFieldsAsync(string key, string json) =>
        SendAsync(HttpMethod.Put, $"issue/{key}", new JsonObject { ["fields"] = JsonNode.Parse(json) });

    /// <summary>Moves an issue to a status that some issue of the site has.</summary>
    public async Task SetStatusAsync(string key, string status)
    {
        var transitions = await SendAsync(HttpMethod.Get, $"issue/{key}/transitions", null);
        var transition = transitions!["transitions"]!.AsArray().First(one => one!["to"]!["name"]!.ToString() == status)!["id"]!.ToString();
        await SendAsync(
            HttpMethod.Post,
            $"issue/{key}/transitions",
            new JsonObject { ["transition"] = new JsonObject { ["id"] = transition } });
    }

    public Task DeleteAsync(string key) => SendAsync(HttpMethod.Delete, $"issue/{key}?deleteSubtasks=true", null);

    public Task SetParentAsync(string key, string parent) => SendAsync(
        HttpMethod.Put,
        $"issue/{key}",
        new JsonObject { ["fields"] = new JsonObject { ["parent"] = new JsonObject { ["key"] = parent } } });

    public void Dispose() => _client.Dispose();

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Xunit.Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }
}
