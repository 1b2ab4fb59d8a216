using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Tests.Sandbox.Control;

namespace JiraAdoSync.Tests.Sandbox.Contract;

/// <summary>A request that replays an official example; the body is a JSON node or a content of its own.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with its service.</param>
/// <param name="Body">A <see cref="JsonNode"/>, an <see cref="HttpContent"/> or null.</param>
/// <param name="Status">The status of the example whose shape the answer must have.</param>
/// <param name="Answered">
/// The status that is answered, where the API's document says another than the example; the answer has no shape then.
/// </param>
internal sealed record ReplayCall(string Method, string Path, object? Body = null, int Status = 200, int? Answered =
    null);

/// <summary>
/// The small world that the examples are replayed in: one item and one issue that have something of everything.
/// </summary>
internal sealed class ReplayWorld(SandboxClient sandbox)
{
    public const string Site = "/jira/rest/api/3";
    public const string Wit = "/ado/contoso/Fabrikam/_apis/wit";
    public const string Collection = "/ado/contoso/_apis/wit";

    public int Parent { get; private set; }

    public int Item { get; private set; }

    public int Other { get; private set; }

    public string Attachment { get; private set; } = "";

    /// <summary>An uploaded file that no item holds yet.</summary>
    public string Unattached { get; private set; } = "";

    public string LinkId { get; private set; } = "";

    public string LinkTypeId { get; private set; } = "";

    public string IssueTypeId { get; private set; } = "";

    public string Me { get; private set; } = "";

    public Task<JsonNode?> CallAsync(string method, string path, string? body = null) =>
        sandbox.CallAsync(method, path, body is null ? null : JsonNode.Parse(body));

    public async Task<JsonNode> UploadAsync(string path, HttpContent content)
    {
        using var answer = await sandbox.SendAsync("POST", path, content);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"{path}: {text}");
    }

    public async Task<int> RevisionAsync() => (int)(await CallAsync("GET",
        $"{Wit}/workitems/{Item}?api-version=7.1"))!["rev"]!;

    /// <summary>
    /// An item with a parent, a dependency, an attachment, an assignee, tags and comments, of several revisions.
    /// </summary>
    public async Task PrepareAzureDevOpsAsync()
    {
        Parent = await sandbox.CreateWorkItemAsync("Parent");
        var toParent = sandbox.Relate("System.LinkTypes.Hierarchy-Reverse", Parent);
        toParent["value"]!["attributes"] = new JsonObject { ["comment"] = "decomposition of work" };
        Item = await sandbox.CreateWorkItemAsync("JavaScript implementation", toParent);
        Other = await sandbox.CreateWorkItemAsync("Other");
        await CallAsync("POST", $"{Wit}/classificationnodes/areas?api-version=7.1", """{"name":"Website"}""");
        await CallAsync("POST", $"{Wit}/classificationnodes/areas/Website?api-version=7.1", """{"name":"Phone"}""");
        using var file = File("text");
        Attachment = (await UploadAsync($"{Wit}/attachments?fileName=Spec.txt&api-version=7.1",
            file))["url"]!.ToString();
        using var second = File("more text");
        Unattached = (await UploadAsync($"{Wit}/attachments?fileName=More.txt&api-version=7.1",
            second))["url"]!.ToString();
        var item = (await CallAsync("GET", $"{Wit}/workitems/{Item}?api-version=7.1"))!;
        var author = item["fields"]!["System.CreatedBy"]!["uniqueName"]!;
        await CallAsync("PATCH", $"{Wit}/workitems/{Item}?api-version=7.1", $$"""
            [
              {"op":"add","path":"/fields/System.Tags","value":"my-first-tag; my-second-tag"},
              {"op":"add","path":"/fields/System.AssignedTo","value":"{{author}}"},
              {"op":"add","path":"/fields/System.Description","value":"Follow the code samples"},
              {"op":"add","path":"/fields/Microsoft.VSTS.Scheduling.RemainingWork","value":4},
              {"op":"add","path":"/relations/-","value":{"rel":"Hyperlink","url":"https://shop.example/1"} },
              {"op":"add","path":"/relations/-","value":{"rel":"AttachedFile","url":"{{Attachment}}","attributes":{"comment":"Spec"} } }
            ]
            """);
        foreach (var text in (string[])["First", "Second", "Third"])
        {
            await CallAsync("POST", $"{Wit}/workItems/{Item}/comments?api-version=7.1-preview.4", $$"""{"text":"{{text}}"}""");
        }
    }

    /// <summary>
    /// An issue with a link, a sub-task, an attachment, a comment, a property, a remote link and a history.
    /// </summary>
    public async Task PrepareJiraAsync()
    {
        var types = (await CallAsync("GET", $"{Site}/project/SHOP"))!["issueTypes"]!.AsArray();
        IssueTypeId = types.First(one => one!["name"]!.ToString() == "Task")!["id"]!.ToString();
        Me = (await CallAsync("GET", $"{Site}/myself"))!["accountId"]!.ToString();
        for (var number = 1; number <= 3; number++)
        {
            await CallAsync("POST", $"{Site}/issue", NewIssue($"Issue {number}"));
        }

        if (types.FirstOrDefault(one => (bool)one!["subtask"]!)?["id"] is { } part)
        {
            await CallAsync("POST", $"{Site}/issue", $$$"""
                {"fields":{"project":{"key":"SHOP"},"issuetype":{"id":"{{{part}}}"},"parent":{"key":"SHOP-1"},"summary":"Part"}}
                """);
        }

        foreach (var (method, path, body) in (IEnumerable<(string, string, string)>)
        [
            ("PUT", "/issue/SHOP-1", """{"fields":{"summary":"Renamed","labels":["label-1"]}}"""),
            ("PUT", "/issue/SHOP-1", $$$$"""{"fields":{"summary":"Again","assignee":{"accountId":"{{{{Me}}}}"}}}"""),
            ("PUT", "/issue/SHOP-1", """{"fields":{"timetracking":{"originalEstimate":"2h"}}}"""),
            ("POST", "/issue/SHOP-1/worklog", """{"timeSpent":"1h"}"""),
            ("POST", "/issueLink", """{"type":{"name":"Blocks"},"inwardIssue":{"key":"SHOP-1"},"outwardIssue":{"key":"SHOP-2"}}"""),
            ("POST", "/issue/SHOP-1/comment", $$$"""{"body":{{{Document("Hello")}}}}"""),
            ("PUT", "/issue/SHOP-1/properties/issue.support", """{"system.conversation.id":"b1bf38be","system.support.time":"1m"}"""),
            ("POST", "/webhook", """
                {"url":"http://127.0.0.1:1/hook","webhooks":[
                {"events":["jira:issue_updated"],"jqlFilter":"project = SHOP","fieldIdsFilter":["summary"]}]}
                """),
        ])
        {
            await CallAsync(method, Site + path, body);
        }

        using var form = new MultipartFormDataContent { { File("picture"), "file", "picture.jpg" } };
        form.Headers.Add("X-Atlassian-Token", "no-check");
        await UploadAsync($"{Site}/issue/SHOP-1/attachments", form);
        var link = (await CallAsync("GET", $"{Site}/issue/SHOP-1?fields=issuelinks"))!["fields"]!["issuelinks"]![0]!;
        LinkId = link["id"]!.ToString();
        LinkTypeId = link["type"]!["id"]!.ToString();
    }

    public string NewIssue(string summary) => $$$$"""
        {"fields":{"project":{"key":"SHOP"},"issuetype":{"id":"{{{{IssueTypeId}}}}"},"summary":"{{{{summary}}}}",
        "description":{{{{Document("Text")}}}}}}
        """;

    public static HttpContent File(string text)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }

    private static string Document(string text) => $$"""
        {"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"{{text}}"}]}]}
        """;
}
