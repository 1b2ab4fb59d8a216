using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Control;

/// <summary>
/// The sandbox at the size that it is meant for: 30,000 issues and as many work items. Times are written to the test's
/// output and not asserted, since they are the machine's; the memory is the sandbox's own.
/// </summary>
public sealed class ScaleTests
{
    private const int Size = 30_000;
    private const int PerRequest = 200;

    [Fact]
    public async Task Thirty_thousand_issues_and_work_items_fit_in_three_quarters_of_a_gigabyte()
    {
        var seed = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await File.WriteAllLinesAsync(seed, Issues(), TestContext.Current.CancellationToken);
            var clock = Stopwatch.StartNew();
            await using var process = await Serving.StartAsync("--seed", seed);
            var start = clock.Elapsed;
            var ready = JsonNode.Parse(process.ReadyLine)!;
            using var client = new HttpClient();
            client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(
                System.Text.Encoding.UTF8.GetBytes($":{ready["adoToken"]}")));
            var organization = ready["organization"]!.ToString();

            clock.Restart();
            for (var first = 1; first <= Size; first += PerRequest)
            {
                await PostAsync(
                    client, $"{organization}/_apis/wit/$batch?api-version=7.1", Creations(organization, first));
            }

            var written = clock.Elapsed;
            var body = $$"""{"ids":[{{string.Join(',', Enumerable.Range(Size / 2, PerRequest))}}],"$expand":"relations"}""";
            var reads = new List<double>();
            for (var one = 0; one < 50; one++)
            {
                clock.Restart();
                await PostAsync(client, $"{organization}/_apis/wit/workitemsbatch?api-version=7.1", body);
                reads.Add(clock.Elapsed.TotalMilliseconds);
            }

            reads.Sort();
            using var child = Process.GetProcessById(process.Id);
            var memory = child.WorkingSet64 / 1024 / 1024;
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Start with {Size} issues {start.TotalSeconds:F1} s; {Size} work items by $batch {written.TotalSeconds:F1} s; "
                    + $"read of {PerRequest} median {reads[25]:F1} ms, slowest {reads[^1]:F1} ms; working set {memory} MB."));
            Assert.InRange(memory, 0, 768);
        }
        finally
        {
            File.Delete(seed);
        }
    }

    private static async Task PostAsync(HttpClient client, string address, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(address, content, TestContext.Current.CancellationToken);
        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Issues with a paragraph of description each; every second one blocks its neighbour.</summary>
    private static IEnumerable<string> Issues()
    {
        var text = string.Join(
            ' ', Enumerable.Repeat("As a customer I want to see what I have put into my basket.", 6));
        for (var number = 1; number <= Size; number++)
        {
            var links = number % 2 == 1
                ? $$$"""
                {"id":"{{{number}}}","type":{"id":"1","name":"Blocks","inward":"is blocked by","outward":"blocks"},"outwardIssue":{"id":"{{{100001 + number}}}","key":"SHOP-{{{number + 1}}}"}}
                """
                : "";
            yield return $$$"""
                {"id":"{{{100000 + number}}}","key":"SHOP-{{{number}}}","fields":{"summary":"Issue {{{number}}}","description":"{{{text}}}","issuetype":{"id":"1","name":"Story","subtask":false},"project":{"id":"10000","key":"SHOP","name":"Web shop"},"status":{"id":"1","name":"To Do","statusCategory":{"id":2,"key":"new","name":"To Do"}},"priority":{"id":"3","name":"Medium"},"labels":["basket","web"],"created":"2026-03-01T09:00:00.000+0000","updated":"2026-03-01T09:00:00.000+0000","issuelinks":[{{{links}}}],"subtasks":[]}}
                """;
        }
    }

    /// <summary>Creations of which each but the first follows the one before it, as a module would send them.</summary>
    private static string Creations(string organization, int first)
    {
        var requests = new JsonArray();
        for (var one = 0; one < PerRequest; one++)
        {
            var body = new JsonArray(
                Operation("/id", $"{-1 - one}"),
                Operation("/fields/System.Title", $"Issue {first + one}"),
                Operation("/fields/System.Description",
                    string.Join(' ', Enumerable.Repeat("As a customer I want to see my basket.", 6))),
                Operation("/relations/-", new JsonObject
                {
                    ["rel"] = "Hyperlink",
                    ["url"] = $"https://jira.example/browse/SHOP-{first + one}",
                    ["attributes"] = new JsonObject { ["comment"] = "The issue" },
                }));
            if (one > 0)
            {
                body.Add(Operation("/relations/-", new JsonObject
                {
                    ["rel"] = "System.LinkTypes.Dependency-Reverse",
                    ["url"] = $"{organization}/_apis/wit/workItems/{-one}",
                }));
            }

            requests.Add(new JsonObject
            {
                ["method"] = "PATCH",
                ["uri"] = "/Fabrikam/_apis/wit/workitems/$Task?api-version=7.1",
                ["headers"] = new JsonObject { ["Content-Type"] = "application/json-patch+json" },
                ["body"] = body,
            });
        }

        return requests.ToJsonString();

        static JsonObject Operation(string path, JsonNode value) =>
            new() { ["op"] = "add", ["path"] = path, ["value"] = value };
    }
}
