using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using JiraAdoSync.Jira;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;

namespace JiraAdoSync.Benchmarks;

/// <summary>Making something of what the services answer, against merely reading its JSON.</summary>
[MemoryDiagnoser]
public class ParserBenchmark
{
    private const int Items = 200;

    private byte[][] _issues = null!;
    private byte[] _workItem = null!;

    /// <summary>Makes the answers.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _issues = [.. new JiraSample(Items).Lines.Select(Encoding.UTF8.GetBytes)];
        _workItem = Encoding.UTF8.GetBytes(
            """
            {"id":12,"rev":1,"fields":{"System.AreaPath":"Fabrikam","System.TeamProject":"Fabrikam","System.IterationPath":"Fabrikam",
            "System.WorkItemType":"User Story","System.State":"New","System.Reason":"New","System.CreatedDate":"2026-03-01T09:00:00.27Z",
            "System.CreatedBy":{"displayName":"Ada","url":"https://ado.example/ada","id":"0d4c2e1a-0000-4000-8000-000000000001",
            "uniqueName":"ada@example.com","imageUrl":"https://ado.example/ada.png","descriptor":"aad.ada"},
            "System.ChangedDate":"2026-03-01T09:00:00.27Z","System.CommentCount":0,"System.Title":"Customers can pay by card",
            "System.StateChangeDate":"2026-03-01T09:00:00.27Z","Microsoft.VSTS.Common.Priority":2},
            "relations":[{"rel":"Hyperlink","url":"https://jira.example/issues/?jql=id%3D12","attributes":{"id":3,
            "comment":"BIG-12 [JiraAdoSync 1 0a1b2c3d 1 00000000 00000000]"}},
            {"rel":"System.LinkTypes.Related","url":"https://ado.example/0d4c2e1a/_apis/wit/workItems/13","attributes":{"isLocked":false,
            "name":"Related","comment":"BIG-12 relates to BIG-13 [jira:jira.example/7]"}}],"url":"https://ado.example/_apis/wit/workItems/12"}
            """);
    }

    /// <summary>Reads the JSON of issues and does nothing with it.</summary>
    [Benchmark(Baseline = true)]
    public int ReadIssues()
    {
        var count = 0;
        foreach (var issue in _issues)
        {
            var reader = new Utf8JsonReader(issue);
            while (reader.Read())
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Makes replicas of issues.</summary>
    [Benchmark]
    public int ParseIssues() =>
        _issues.Sum(issue => JsonSerializer.Deserialize<WireIssue>(issue, RestConnection.Json)!.ToReplica(
            IssueDetail.Default, own: null, new IssueNames()).Links.Count);

    /// <summary>Makes as many work items.</summary>
    [Benchmark]
    public int ParseWorkItems() => Enumerable.Range(0, Items)
        .Sum(_ => JsonSerializer.Deserialize<WireWorkItem>(
            _workItem, RestConnection.Json)!.ToWorkItem().Relations.Count);
}
