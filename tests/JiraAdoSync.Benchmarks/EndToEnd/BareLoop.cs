using System.Net.Http.Headers;
using System.Text;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>
/// The limit: a loop that sends the requests of a run again and does nothing else. It waits only where the services
/// force anybody to: what a site is comes before who the account is there, signing in comes first, each page of Jira names
/// the next one, work items are created when all has been read, and what refers to created items comes after them. All
/// else goes side by side, as many requests at once as the module sends by default, and for no issue does it wait until
/// that has been read: what the module asks about the issues of a page goes beside the pages.
/// </summary>
internal sealed class BareLoop : IDisposable
{
    private const int AtOnce = 5;

    private readonly HttpClient _client;
    private readonly AuthenticationHeaderValue _jira;
    private readonly AuthenticationHeaderValue _ado;

    public BareLoop(Services services)
    {
        _client = new HttpClient { BaseAddress = new Uri(services.Jira.GetLeftPart(UriPartial.Authority)) };
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _jira = Basic($"{services.JiraUser}:{services.JiraToken}");
        _ado = Basic($":{services.AdoToken}");
    }

    /// <summary>Measures the requests of each run, in turn.</summary>
    /// <param name="services">Where they go.</param>
    /// <param name="files">The recorded runs.</param>
    /// <param name="isWarm">Whether a part of them is sent beforehand, and undone.</param>
    /// <param name="token">Ends the wait.</param>
    public static async Task<IReadOnlyList<ChildFigures>> MeasureAsync(
        Services services,
        IReadOnlyList<string> files,
        bool isWarm,
        CancellationToken token)
    {
        var runs = new List<IReadOnlyList<RecordedRequest>>();
        foreach (var file in files)
        {
            runs.Add(await RecordedRequest.ReadAsync(file, token));
        }

        if (isWarm)
        {
            foreach (var run in runs)
            {
                await PlayAsync([.. run
                    .GroupBy(request => (request.Target.Split('?')[0], request.IsCreation))
                    .SelectMany(kind => kind.Take(20))]);
            }

            await services.ResetAsync(token);
        }

        var figures = new List<ChildFigures>();
        foreach (var run in runs)
        {
            await Task.Delay(isWarm ? ModuleRun.Pause : TimeSpan.Zero, token);
            var meter = new Meter();
            await PlayAsync(run);
            figures.Add(meter.Read(null));
        }

        return figures;

        async Task PlayAsync(IReadOnlyList<RecordedRequest> requests)
        {
            using var loop = new BareLoop(services);
            await loop.SendAsync(requests, token);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(IReadOnlyList<RecordedRequest> requests, CancellationToken token)
    {
        var signIn = requests.TakeWhile(request => !request.IsSearch).ToList();
        var reads = requests.Skip(signIn.Count).TakeWhile(request => !request.IsBatch).ToList();
        var writes = requests.Skip(signIn.Count + reads.Count).ToList();
        await OneByOneAsync(signIn.Take(2), token);
        await SideBySideAsync(signIn.Skip(2).Take(2), token);
        await SideBySideAsync(signIn.Skip(4), token);
        await Task.WhenAll(
            OneByOneAsync(reads.Where(request => request.IsSearch), token),
            SideBySideAsync(reads.Where(request => request.IsJira && !request.IsSearch), token),
            SideBySideAsync(reads.Where(request => !request.IsJira), token));
        await SideBySideAsync(writes.Where(request => request.IsCreation), token);
        await SideBySideAsync(writes.Where(request => !request.IsCreation), token);
    }

    private async Task OneByOneAsync(IEnumerable<RecordedRequest> requests, CancellationToken token)
    {
        foreach (var request in requests)
        {
            await SendAsync(request, token);
        }
    }

    private Task SideBySideAsync(IEnumerable<RecordedRequest> requests, CancellationToken token) => Parallel.ForEachAsync(
        requests,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = token },
        async (request, stop) => await SendAsync(request, stop));

    private async Task SendAsync(RecordedRequest recorded, CancellationToken token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(recorded.Method), recorded.Target);
        request.Headers.Authorization = recorded.IsJira ? _jira : _ado;
        if (recorded.Body.Length > 0)
        {
            request.Content = new StringContent(recorded.Body, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(recorded.ContentType!);
        }

        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, token);
        answer.EnsureSuccessStatusCode();
    }

    private static AuthenticationHeaderValue Basic(string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)));
}
