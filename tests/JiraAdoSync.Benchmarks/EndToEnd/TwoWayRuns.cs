using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>
/// Two-way runs beside one-way ones, in one session: both where there is nothing to do, and one for which people changed
/// titles of one in a hundred pairs on each side, each side other pairs.
/// </summary>
internal sealed class TwoWayRuns : IDisposable
{
    private readonly HttpClient _client;
    private readonly Services _services;

    public TwoWayRuns(Services services)
    {
        _services = services;
        _client = new HttpClient { BaseAddress = new Uri(services.Jira.GetLeftPart(UriPartial.Authority)) };
    }

    /// <summary>The runs, in the order in which they are measured.</summary>
    public static readonly IReadOnlyList<(string Name, bool IsBothWays)> All =
    [
        ("one-way, first", false),
        ("two-way, the first after it", true),
        ("one-way, nothing to do", false),
        ("two-way, nothing to do", true),
        ("two-way, 1 % changed on each side", true),
    ];

    /// <summary>Measures the module.</summary>
    /// <param name="services">The services, at their seed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<IReadOnlyList<ChildFigures>> MeasureAsync(
        Services services, CancellationToken cancellationToken)
    {
        using var runs = new TwoWayRuns(services);
        using var runspace = ModuleRun.Open();
        foreach (var isBothWays in new[] { false, true, true })
        {
            Run(JiraSample.Jql + ModuleRun.Few, isBothWays);
        }

        await services.ResetAsync(cancellationToken);
        var figures = new List<ChildFigures>();
        foreach (var (at, (_, isBothWays)) in All.Index())
        {
            await runs.PrepareAsync(at, cancellationToken);
            await Task.Delay(ModuleRun.Pause, cancellationToken);
            await runs.ResetStatsAsync(cancellationToken);
            var run = Run(JiraSample.Jql, isBothWays);
            figures.Add(run with { Requests = await runs.CountAsync(cancellationToken) });
        }

        return figures;

        ChildFigures Run(string jql, bool isBothWays) =>
            ModuleRun.Run(runspace, services, jql, isBothWays ? ModuleRun.Both : string.Empty);
    }

    /// <summary>Measures the bare loop.</summary>
    /// <param name="services">The services, at their seed.</param>
    /// <param name="files">The recorded runs.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<IReadOnlyList<ChildFigures>> MeasureBareAsync(
        Services services, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        using var runs = new TwoWayRuns(services);
        return await BareLoop.MeasureAsync(
            services, files, isWarm: true, cancellationToken, at => runs.PrepareAsync(at, cancellationToken));
    }

    /// <summary>What people do before a run.</summary>
    /// <param name="run">The number of the run in <see cref="All"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task PrepareAsync(int run, CancellationToken cancellationToken) =>
        run == All.Count - 1 ? EditAsync(cancellationToken) : Task.CompletedTask;

    public void Dispose() => _client.Dispose();

    /// <summary>People change one title in a hundred on each side.</summary>
    private async Task EditAsync(CancellationToken cancellationToken)
    {
        var eve = await JoinAsync("jira", "emailAddress", "eve@contoso.example", cancellationToken);
        var ann = await JoinAsync("ado", "uniqueName", "ann@contoso.example", cancellationToken);
        using var jira = NewClient(_services.Jira, $"eve@contoso.example:{eve}");
        using var ado = NewClient(_services.Organization, $":{ann}");
        var query = new { query = "SELECT [System.Id] FROM WorkItems ORDER BY [System.Id]" };
        using var answer = await ado.PostAsJsonAsync(
            $"{_services.Project}/_apis/wit/wiql?api-version=7.1", query, cancellationToken);
        var items = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!;
        var ids = items["workItems"]!.AsArray().Select(item => (int)item!["id"]!).ToList();
        var titles = new Dictionary<int, string>();
        foreach (var chunk in ids.Where((_, at) => at % 100 == 17).Chunk(200))
        {
            using var page = await ado.PostAsJsonAsync(
                "_apis/wit/workitemsbatch?api-version=7.1",
                new { ids = chunk, fields = new[] { "System.Title" } },
                cancellationToken);
            foreach (var item in (await page.EnsureSuccessStatusCode().Content
                .ReadFromJsonAsync<JsonNode>(cancellationToken))!["value"]!.AsArray())
            {
                titles[(int)item!["id"]!] = item["fields"]!["System.Title"]!.ToString();
            }
        }

        var edited = titles.Values.Select(title => int.Parse(title.Split(' ')[1], CultureInfo.InvariantCulture)).ToHashSet();
        foreach (var (id, title) in titles)
        {
            var patch = new JsonArray(
                new JsonObject { ["op"] = "add", ["path"] = "/fields/System.Title", ["value"] = $"{title} (Ann)" });
            using var content = new StringContent(patch.ToJsonString(), Encoding.UTF8, "application/json-patch+json");
            (await ado.PatchAsync($"_apis/wit/workitems/{id}?api-version=7.1", content, cancellationToken))
                .EnsureSuccessStatusCode().Dispose();
        }

        foreach (var issue in Enumerable.Range(0, ids.Count).Where(issue => !edited.Contains(issue))
            .Where((_, at) => at % 99 == 42).Take(titles.Count))
        {
            (await jira.PutAsJsonAsync(
                $"rest/api/2/issue/BIG-{issue + 1}",
                new { fields = new { summary = $"Issue {issue} (Eve)" } },
                cancellationToken)).EnsureSuccessStatusCode().Dispose();
        }
    }

    private async Task<string> JoinAsync(
        string service, string property, string name, CancellationToken cancellationToken)
    {
        using var answer = await _client.PostAsJsonAsync(
            $"/sandbox/{service}/accounts",
            new JsonObject { [property] = name, ["displayName"] = name.Split('@')[0] },
            cancellationToken);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!["token"]!
            .ToString();
    }

    private async Task ResetStatsAsync(CancellationToken cancellationToken) =>
        (await _client.PostAsync(new Uri("/sandbox/stats/reset", UriKind.Relative), null, cancellationToken))
            .EnsureSuccessStatusCode().Dispose();

    private async Task<string> CountAsync(CancellationToken cancellationToken)
    {
        var stats = await _client.GetFromJsonAsync<JsonNode>("/sandbox/stats", cancellationToken);
        return $"{stats!["byService"]!["jira"]} + {stats["byService"]!["ado"]}";
    }

    private static HttpClient NewClient(Uri address, string secret)
    {
        var client = new HttpClient { BaseAddress = new Uri($"{address.AbsoluteUri.TrimEnd('/')}/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)));
        return client;
    }
}
