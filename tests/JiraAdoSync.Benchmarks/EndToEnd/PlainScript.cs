using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>
/// What the work costs a straightforward script that sends one request at a time: a request for each issue's work item,
/// and one for each link and each parent. It is spared the reading of Jira. A part of it is timed, and the rest
/// reckoned from that.
/// </summary>
internal static class PlainScript
{
    private const int Timed = 200;

    public static async Task<TimeSpan> EstimateAsync(
        JiraSample sample, Services services, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($":{services.AdoToken}")));
        var ids = new List<int>();
        var clock = Stopwatch.StartNew();
        foreach (var replica in sample.Replicas.Take(Timed))
        {
            var title = new { op = "add", path = "/fields/System.Title", value = replica.Summary };
            var item = await SendAsync(
                HttpMethod.Post,
                $"{services.Organization}/{services.Project}/_apis/wit/workitems/$Task?api-version=7.1", title);
            ids.Add((int)item["id"]!);
        }

        var creation = clock.Elapsed / ids.Count;
        clock.Restart();
        for (var one = 1; one < ids.Count; one++)
        {
            var relation = new
            {
                rel = "System.LinkTypes.Related",
                url = $"{services.Organization}/_apis/wit/workItems/{ids[one]}",
                attributes = new { comment = "One relates to the next." },
            };
            await SendAsync(
                HttpMethod.Patch,
                $"{services.Organization}/_apis/wit/workitems/{ids[one - 1]}?api-version=7.1",
                new { op = "add", path = "/relations/-", value = relation });
        }

        var link = clock.Elapsed / (ids.Count - 1);
        var links = sample.Replicas.Sum(
            replica => replica.ParentAndLinks().Count(one => one.ReadFrom == one.Source.Id));
        return (creation * sample.Replicas.Count) + (link * links);

        async Task<JsonNode> SendAsync(HttpMethod method, string address, object operation)
        {
            using var request = new HttpRequestMessage(method, address);
            request.Content = new StringContent(
                JsonSerializer.Serialize(new[] { operation }), Encoding.UTF8, "application/json-patch+json");
            using var answer = await client.SendAsync(request, cancellationToken);
            answer.EnsureSuccessStatusCode();
            return JsonNode.Parse(await answer.Content.ReadAsStreamAsync(cancellationToken))!;
        }
    }
}
