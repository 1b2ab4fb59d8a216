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

    private readonly SandboxServer _sandbox;

    /// <summary>The field of Data Center that gives a story its epic.</summary>
    public const string EpicLink = "customfield_10008";

    private readonly string _user;
    private readonly string _token;

    /// <param name="sandbox">The sandbox.</param>
    /// <param name="user">Who edits; null for the account that runs are connected with.</param>
    /// <param name="token">The token of that account.</param>
    public Tracker(SandboxServer sandbox, string? user = null, string? token = null)
    {
        _sandbox = sandbox;
        (_user, _token) = (user ?? sandbox.JiraUser, token ?? sandbox.JiraToken);
        _client = NewClient();
    }

    /// <summary>A client that asks as people do.</summary>
    public HttpClient NewClient()
    {
        var client = new HttpClient { BaseAddress = new Uri($"{_sandbox.JiraUri}/rest/api/2/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_user}:{_token}")));
        return client;
    }

    /// <summary>
    /// Links two issues. In the body, <c>inwardIssue</c> is the source: writing flips the names of reading.
    /// </summary>
    public Task LinkAsync(string source, string type, string target) =>
        SendAsync(HttpMethod.Post, "issueLink", new JsonObject
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

    /// <summary>Removes one of several links between two issues, whichever of the two is its source.</summary>
    public async Task UnlinkAsync(string one, string type, string other)
    {
        var issue = await SendAsync(HttpMethod.Get, $"issue/{one}?fields=issuelinks", null);
        var link = issue!["fields"]!["issuelinks"]!.AsArray().First(link =>
            link!["type"]!["name"]!.ToString() == type
            && (link["outwardIssue"] ?? link["inwardIssue"])!["key"]!.ToString() == other);
        await SendAsync(HttpMethod.Delete, $"issueLink/{link!["id"]}", null);
    }

    public Task SetSummaryAsync(string key, string summary) => SendAsync(
        HttpMethod.Put, $"../2/issue/{key}", new JsonObject { ["fields"] = new JsonObject { ["summary"] = summary } });

    /// <summary>Creates a story in SHOP.</summary>
    public Task CreateAsync(string summary) => SendAsync(
        HttpMethod.Post,
        "issue",
        new JsonObject
        {
            ["fields"] = new JsonObject
            {
                ["project"] = new JsonObject { ["key"] = "SHOP" },
                ["issuetype"] = new JsonObject { ["name"] = "Story" },
                ["summary"] = summary,
            },
        });

    /// <summary>Creates an issue.</summary>
    public Task CreateAsync(JsonObject fields) =>
        SendAsync(HttpMethod.Post, "issue", new JsonObject { ["fields"] = fields });

    public Task SetFieldsAsync(string key, string json) =>
        SendAsync(HttpMethod.Put, $"issue/{key}", new JsonObject { ["fields"] = JsonNode.Parse(json) });

    /// <summary>Moves an issue to a status that some issue of the site has.</summary>
    public async Task SetStatusAsync(string key, string status)
    {
        var transitions = await SendAsync(HttpMethod.Get, $"issue/{key}/transitions", null);
        var transition = transitions!["transitions"]!.AsArray()
            .First(one => one!["to"]!["name"]!.ToString() == status)!["id"]!.ToString();
        await SendAsync(
            HttpMethod.Post,
            $"issue/{key}/transitions",
            new JsonObject { ["transition"] = new JsonObject { ["id"] = transition } });
    }

    public Task CreateProjectAsync(string key) => SendAsync(
        HttpMethod.Post, "project",
        new JsonObject { ["key"] = key, ["name"] = $"The project {key}", ["projectTypeKey"] = "software" });

    /// <summary>Moves an issue to another project: it gets the next key there.</summary>
    public Task MoveAsync(string key, string project) => SendAsync(
        HttpMethod.Post, "/sandbox/jira/moves", new JsonObject { ["issue"] = key, ["project"] = project });

    public Task DeleteAsync(string key) => SendAsync(HttpMethod.Delete, $"issue/{key}?deleteSubtasks=true", null);

    public Task SetParentAsync(string key, string parent) => SendAsync(
        HttpMethod.Put,
        $"issue/{key}",
        new JsonObject { ["fields"] = new JsonObject { ["parent"] = new JsonObject { ["key"] = parent } } });

    /// <summary>Gives a story an epic, or takes it away: by the parent, or by Data Center's Epic Link.</summary>
    public Task SetEpicAsync(JiraFlavor flavor, string key, string? epic) => SetFieldsAsync(
        key,
        new JsonObject
        {
            [flavor == JiraFlavor.Cloud ? "parent" : EpicLink] =
                flavor == JiraFlavor.Cloud && epic is not null ? new JsonObject { ["key"] = epic } : epic,
        }.ToJsonString());

    /// <summary>Writes a description in Jira's markup.</summary>
    public Task DescribeAsync(string key, string markup) => SendAsync(
        HttpMethod.Put, $"../2/issue/{key}",
        new JsonObject { ["fields"] = new JsonObject { ["description"] = markup } });

    public async Task<long> CommentAsync(string key, string markup)
    {
        var comment = await SendAsync(
            HttpMethod.Post, $"../2/issue/{key}/comment", new JsonObject { ["body"] = markup });
        return long.Parse(comment!["id"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public Task EditCommentAsync(string key, long id, string markup) =>
        SendAsync(HttpMethod.Put, $"../2/issue/{key}/comment/{id}", new JsonObject { ["body"] = markup });

    public Task DeleteCommentAsync(string key, long id) =>
        SendAsync(HttpMethod.Delete, $"../2/issue/{key}/comment/{id}", null);

    public async Task<long> AttachAsync(string key, string fileName, byte[] content)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", fileName } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"../2/issue/{key}/attachments") { Content = form };
        request.Headers.Add("X-Atlassian-Token", "no-check");
        using var response = await _client.SendAsync(request);
        var added = JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return long.Parse(added![0]!["id"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public Task DetachAsync(long id) => SendAsync(HttpMethod.Delete, $"../2/attachment/{id}", null);

    /// <summary>Adds a link to a page elsewhere, or changes the one of the same name.</summary>
    public Task LinkPageAsync(string key, string name, string url, string title) => SendAsync(
        HttpMethod.Post,
        $"../2/issue/{key}/remotelink",
        new JsonObject { ["globalId"] = name, ["object"] = new JsonObject { ["url"] = url, ["title"] = title } });

    public Task UnlinkPageAsync(string key, string name) =>
        SendAsync(HttpMethod.Delete, $"../2/issue/{key}/remotelink?globalId={name}", null);

    /// <summary>The fields of an issue.</summary>
    public async Task<JsonNode> FieldsAsync(string key) =>
        JsonNode.Parse(await _client.GetStringAsync(new Uri($"issue/{key}", UriKind.Relative)))!["fields"]!;

    /// <summary>A property of an issue; null where it has none.</summary>
    public async Task<JsonNode?> PropertyAsync(string key, string property)
    {
        using var answer = await _client.GetAsync(new Uri($"issue/{key}/properties/{property}", UriKind.Relative));
        return answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["value"] : null;
    }

    /// <summary>Writes a property of an issue, as anybody may who edits it.</summary>
    public async Task SetPropertyAsync(string key, string property, JsonNode value)
    {
        using var answer = await _client.PutAsJsonAsync(new Uri($"issue/{key}/properties/{property}", UriKind.Relative), value);
        answer.EnsureSuccessStatusCode();
    }

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
