using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Sandbox.Control;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Contract;

/// <summary>
/// Requests that are nearly right. Whatever is sent, the answer is one of the service's own, and the sandbox stays up.
/// The seed is fixed: each run sends the same.
/// </summary>
public sealed class FuzzTests
{
    private const int Requests = 4000;
    private const string Patch = "application/json-patch+json";

    private static readonly (string Method, string Path, string? Body, string Type)[] AzureDevOps =
    [
        ("POST", "Fabrikam/_apis/wit/workitems/$Task", """[{"op":"add","path":"/fields/System.Title","value":"Title"}]""", Patch),
        ("PATCH", "_apis/wit/workitems/1", """[{"op":"test","path":"/rev","value":1},{"op":"add","path":"/relations/-","value":{"rel":"System.LinkTypes.Related","url":"http://127.0.0.1/ado/contoso/_apis/wit/workItems/2","attributes":{"comment":"c"}}}]""", Patch),
        ("PATCH", "Fabrikam/_apis/wit/workitems/2", """[{"op":"remove","path":"/relations/0"},{"op":"replace","path":"/fields/System.Tags","value":"a; b"}]""", Patch),
        ("PATCH", "_apis/wit/workitems/2", """[{"op":"add","path":"/fields/Microsoft.VSTS.Common.Priority","value":2},{"op":"add","path":"/fields/System.State","value":"Active"}]""", Patch),
        ("GET", "_apis/wit/workitems/1?$expand=all", null, ""),
        ("GET", "_apis/wit/workitems?ids=1,2&fields=System.Title&errorPolicy=omit", null, ""),
        ("POST", "_apis/wit/workitemsbatch", """{"ids":[1,2],"$expand":"relations","errorPolicy":"omit","asOf":"2026-01-01T00:00:00Z"}""", "application/json"),
        ("POST", "Fabrikam/_apis/wit/wiql?$top=5&timePrecision=true", """{"query":"SELECT [System.Id] FROM WorkItems WHERE [System.Title] CONTAINS 'a' AND [System.ChangedDate] > @today - 1 ORDER BY [System.Id]"}""", "application/json"),
        ("POST", "_apis/wit/wiql", """{"query":"SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.Id] > 0 AND [System.Links.LinkType] = 'System.LinkTypes.Related' MODE (MustContain)"}""", "application/json"),
        ("POST", "_apis/wit/$batch", """[{"method":"PATCH","uri":"/Fabrikam/_apis/wit/workitems/$Task?api-version=7.1","headers":{"Content-Type":"application/json-patch+json"},"body":[{"op":"add","path":"/id","value":"-1"},{"op":"add","path":"/fields/System.Title","value":"T"}]}]""", "application/json"),
        ("POST", "_apis/wit/artifacturiquery", """{"artifactUris":["https://shop.example/1"]}""", "application/json"),
        ("GET", "_apis/wit/reporting/workitemlinks?startDateTime=2026-01-01&continuationToken=1", null, ""),
        ("GET", "_apis/wit/workItems/1/updates?$top=1&$skip=0", null, ""),
        ("GET", "Fabrikam/_apis/wit/classificationnodes/areas/x?$depth=2", null, ""),
        ("GET", "Fabrikam/_apis/wit/recyclebin?ids=1,2", null, ""),
        ("PATCH", "Fabrikam/_apis/wit/recyclebin/1", """{"isDeleted":false}""", "application/json"),
        ("DELETE", "_apis/wit/workitems/999", null, ""),
        ("POST", "Fabrikam/_apis/wit/workitemsdelete", """{"ids":[998],"destroy":true}""", "application/json"),
        ("GET", "_apis/projects/Fabrikam?includeCapabilities=true", null, ""),
        ("GET", "_apis/wit/fields/System.Title", null, ""),
    ];

    private static readonly (string Method, string Path, string? Body, string Type)[] Jira =
    [
        ("GET", "issue/SHOP-1?fields=summary,issuelinks&expand=names,schema", null, ""),
        ("POST", "issue", """{"fields":{"project":{"key":"SHOP"},"issuetype":{"name":"Task"},"summary":"S","labels":["a"],"parent":{"key":"SHOP-1"}}}""", "application/json"),
        ("PUT", "issue/SHOP-1", """{"fields":{"summary":"T","parent":{"key":"SHOP-2"}},"update":{"labels":[{"add":"x"}]}}""", "application/json"),
        ("POST", "issue/SHOP-1/transitions", """{"transition":{"id":"11"}}""", "application/json"),
        ("GET", "search/jql?jql=project%20%3D%20SHOP%20AND%20updated%20%3E%20-1d&fields=summary&maxResults=2&nextPageToken=abc", null, ""),
        ("POST", "search/jql", """{"jql":"project = SHOP AND (summary ~ 'x' OR labels in (a, b)) ORDER BY key","fields":["summary"],"maxResults":5,"reconcileIssues":[1001]}""", "application/json"),
        ("POST", "search/approximate-count", """{"jql":"issuetype not in (Bug) AND parent is EMPTY"}""", "application/json"),
        ("POST", "issue/bulkfetch", """{"issueIdsOrKeys":["SHOP-1","1002"],"fields":["*all"],"expand":["names"]}""", "application/json"),
        ("POST", "issueLink", """{"type":{"name":"Blocks"},"inwardIssue":{"key":"SHOP-1"},"outwardIssue":{"id":"1002"}}""", "application/json"),
        ("GET", "issueLink/501", null, ""),
        ("DELETE", "issueLink/999", null, ""),
        ("POST", "issueLinkType", """{"name":"Causes","inward":"is caused by","outward":"causes"}""", "application/json"),
        ("GET", "issueLinkType/10000", null, ""),
        ("GET", "project/search?startAt=0&maxResults=10", null, ""),
        ("GET", "issue/SHOP-1/changelog?startAt=0&maxResults=10", null, ""),
        ("PUT", "issue/SHOP-1/properties/mark", """{"a":[1,2,3]}""", "application/json"),
        ("POST", "issue/SHOP-1/remotelink", """{"globalId":"g","object":{"url":"https://shop.example","title":"t"}}""", "application/json"),
        ("POST", "issue/SHOP-1/comment", """{"body":{"type":"doc","version":1,"content":[]}}""", "application/json"),
        ("POST", "webhook", """{"url":"http://127.0.0.1:1/","webhooks":[{"events":["jira:issue_updated"],"jqlFilter":"project = SHOP"}]}""", "application/json"),
        ("GET", "mypermissions?permissions=BROWSE_PROJECTS", null, ""),
    ];

    private static readonly string[] OddTexts =
    [
        "", "-1", "0", "99999999999999999999", "null", "../..", "%00", "%", "%zz", "'", "\"", "<script>", "{id}", "💥",
        "a b", "$", "[", "1e309",
        "²", "٣", "NaN", "*", "#", "@me", "\\", "SELECT", "-", "~", "()", "((((((((((", "2026-13-45",
        new string('x', 3000),
    ];

    private static readonly string[] OddTypes =
        ["", "text/plain", "application/xml", "application/json-patch+json", "application/json; charset=utf-16", "*/*",
            "multipart/form-data", "application/JSON"];

    private static readonly string[] OddValues =
    [
        "null", "true", "-1", "1e400", "[]", "{}", "\"\"", "[[[[]]]]", "{\"a\":{\"b\":[]}}", "\"\\ud800\"",
        "99999999999999999999999", "0.1",
        "[null]", "[{}]", "\"-\"", "\"2026-99-99\"", "\"\\u0000\"",
    ];

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Malformed_requests_get_the_services_own_kind_of_error(JiraFlavor flavor)
    {
        var seed = new Cmdlets.JiraSeed().Issue(1, "Story").Issue(2, "Task").Issue(3, "Sub-task").Link(1, "blocks", 2)
            .Parent(3, 1);
        await using var sandbox = await SandboxClient.StartAsync(
            new SandboxOptions { Seed = seed.Lines, Jira = flavor });
        await sandbox.CreateWorkItemAsync("One");
        await sandbox.CreateWorkItemAsync("Two");
        var random = new Random(20260301);
        var wrong = new List<string>();
        for (var one = 0; one < Requests; one++)
        {
            var isJira = random.Next(2) == 0;
            var api = isJira
                ? $"/jira/rest/api/{(flavor == JiraFlavor.Cloud ? random.Next(2, 4) : 2)}/"
                : "/ado/contoso/";
            var (method, path, body, type) = Pick(random, isJira ? Jira : AzureDevOps);
            path = api + path;
            if (!isJira && random.Next(20) != 0)
            {
                path += path.Contains('?') ? "&api-version=7.1" : "?api-version=7.1";
            }

            for (var change = random.Next(3); change >= 0; change--)
            {
                switch (random.Next(8))
                {
                    case 0: method = Pick(
                        random, ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"]); break;
                    case 1: path = ChangePart(random, path, '/', from: 4); break;
                    case 2: path = ChangePart(random, path, '='); break;
                    case 3: type = Pick(random, OddTypes); break;
                    case 4: body = body is null ? Pick(random, OddValues) : ChangeBytes(random, body); break;
                    default: body = body is null ? null : ChangeValue(random, body); break;
                }
            }

            var problem = await JudgeAsync(sandbox, isJira, method, path, body, type);
            if (problem is not null)
            {
                wrong.Add($"{method} {Short(path)} [{type}] {Short(body)}\n    {Short(problem)}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Requests}:\n{string.Join("\n", wrong.Take(40))}");
        Assert.Equal("One",
            (await sandbox.CallAsync("GET", "/ado/contoso/_apis/wit/workitems?ids=1&api-version=7.1&errorPolicy=omit"))!
            ["value"]![0]?["fields"]!["System.Title"]?.ToString() ?? "One");
    }

    [Theory]
    [InlineData("/ado/contoso/Fabrikam/_apis/wit/wiql?api-version=7.1", "Message")]
    [InlineData("/jira/rest/api/3/search/jql", "errorMessages")]
    public async Task A_body_that_is_too_large_is_refused(string path, string property)
    {
        await using var sandbox = await SandboxClient.StartAsync();
        using var huge = new ByteArrayContent(new byte[65 * 1024 * 1024]);
        huge.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var answer = await sandbox.SendAsync("POST", path, huge);
            Assert.Equal(413, (int)answer.StatusCode);
            Assert.Contains(
                property, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            // The answer is there, and the connection is closed while the rest of the body is still on its way.
        }

        await sandbox.CallAsync("GET", "/sandbox/stats");
    }

    [Theory]
    [InlineData("/ado/contoso/Fabrikam/_apis/wit/wiql?api-version=7.1")]
    [InlineData("/ado/contoso/_apis/wit/$batch?api-version=7.1")]
    [InlineData("/jira/rest/api/3/search/jql")]
    [InlineData("/jira/rest/api/3/issue")]
    public async Task A_body_that_is_deep_or_long_or_oddly_encoded_is_refused(string path)
    {
        await using var sandbox = await SandboxClient.StartAsync();
        byte[][] bodies =
        [
            Encoding.UTF8.GetBytes(new string('[', 100_000)),
            Encoding.UTF8.GetBytes(
                $"{{\"query\":\"{new string('(', 50_000)}\",\"jql\":\"{new string('(', 50_000)}\"}}"),
            Encoding.UTF8.GetBytes(
                $"{{\"jql\":\"project = {new string('x', 40_000)}\",\"query\":\"{new string('x', 40_000)}\"}}"),
            Encoding.Unicode.GetBytes("{\"query\":\"SELECT\"}"),
            [0xFF, 0xFE, 0x00, 0xD8],
            [0xEF, 0xBB, 0xBF],
        ];
        foreach (var body in bodies)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await sandbox.SendAsync("POST", path, content);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }
    }

    /// <summary>Sends, and says in which way the answer is none of the service's own.</summary>
    private static async Task<string?> JudgeAsync(
        SandboxClient sandbox, bool isJira, string method, string path, string? body, string type)
    {
        using var content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type.Length > 0)
        {
            content?.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        HttpResponseMessage answer;
        try
        {
            answer = await sandbox.SendAsync(method, path, content);
        }
        catch (HttpRequestException cut)
        {
            return $"no answer: {cut.Message}";
        }

        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var status = (int)answer.StatusCode;
            if (status < 400 || method is "HEAD")
            {
                return status >= 500 ? $"{status}" : null;
            }

            if (text.Contains("   at ", StringComparison.Ordinal)
                || text.Contains("Exception:", StringComparison.Ordinal))
            {
                return $"a stack trace: {text}";
            }

            // The only 500s that are known are those of two links that can't be.
            if (status >= 500 && !text.Contains("TF201035", StringComparison.Ordinal)
                && !text.Contains("cannot be linked to itself", StringComparison.Ordinal))
            {
                return $"{status} {text}";
            }

            // A path with a zero in it is refused by the web server, before there is a service, as the real ones'
            // servers do.
            if (status == 400 && text.Length == 0 && path.Contains("%00", StringComparison.Ordinal))
            {
                return null;
            }

            return IsOwn(isJira, text, answer.Content.Headers.ContentType?.MediaType)
                ? null
                : $"{status} not its own: {text}";
        }
    }

    private static bool IsOwn(bool isJira, string text, string? type)
    {
        if (text.Length == 0)
        {
            // Jira says nothing more of a method that a resource doesn't have; Azure DevOps always says something.
            return isJira;
        }

        if (type == "text/plain")
        {
            return !isJira && text.StartsWith("The controller for path '", StringComparison.Ordinal);
        }

        if (type == "text/html")
        {
            return text.StartsWith('<');
        }

        try
        {
            var error = JsonNode.Parse(text)!.AsObject();
            return isJira ? (error["errorMessages"] is JsonArray && error["errors"] is JsonObject)
                || error["message"] is not null
                : (error["message"] is not null && error["typeKey"] is not null)
                    || error["value"]?["Message"] is not null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> list) => list[random.Next(list.Count)];

    /// <summary>Puts an odd text instead of what follows one of the separators.</summary>
    private static string ChangePart(Random random, string path, char separator, int from = 1)
    {
        var parts = path.Split(separator);
        if (parts.Length <= from)
        {
            return path;
        }

        var odd = Pick(random, OddTexts);
        parts[random.Next(from, parts.Length)] = random.Next(2) == 0
            ? Uri.EscapeDataString(odd)
            : odd.Replace("#", "%23", StringComparison.Ordinal);
        return string.Join(separator, parts);
    }

    /// <summary>Puts an odd value instead of one in a JSON text, removes it, or gives it another name.</summary>
    private static string ChangeValue(Random random, string body)
    {
        try
        {
            return ChangeValue(random, JsonNode.Parse(body));
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or ArgumentException)
        {
            // An earlier change left nothing that could be changed further.
            return body;
        }
    }

    private static string ChangeValue(Random random, JsonNode? root)
    {
        var positions = new List<(JsonNode Container, object Key)>();
        Walk(root);
        if (positions.Count == 0)
        {
            return Pick(random, OddValues);
        }

        var (container, key) = Pick(random, positions);
        var odd = random.Next(2) == 0
            ? JsonValue.Create(Pick(random, OddTexts)).ToJsonString()
            : Pick(random, OddValues);
        var marker = $"@{Guid.Empty:N}@";
        switch (container)
        {
            case JsonObject found when random.Next(5) == 0: found.Remove((string)key); break;
            case JsonObject found: found[(string)key] = marker; break;
            case JsonArray list: list[(int)key] = marker; break;
        }

        // As text, since some of the odd values are nothing that a JSON library would write.
        return root!.ToJsonString().Replace($"\"{marker}\"", odd, StringComparison.Ordinal);

        void Walk(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject found:
                    foreach (var (name, value) in found)
                    {
                        positions.Add((found, name));
                        Walk(value);
                    }

                    break;
                case JsonArray list:
                    for (var index = 0; index < list.Count; index++)
                    {
                        positions.Add((list, index));
                        Walk(list[index]);
                    }

                    break;
            }
        }
    }

    /// <summary>Cuts a text, doubles a part of it, or puts something odd into it.</summary>
    private static string ChangeBytes(Random random, string body)
    {
        var at = random.Next(body.Length + 1);
        return random.Next(3) switch
        {
            0 => body[..at],
            1 => body.Insert(at, Pick(random, OddTexts)),
            _ => body + body[at..],
        };
    }

    private static string Short(string? text) => text is { Length: > 300 } ? text[..300] + "..." : text ?? "";
}
