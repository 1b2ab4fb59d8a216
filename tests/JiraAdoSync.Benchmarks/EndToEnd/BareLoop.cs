using System.Net.Http.Headers;
using System.Text;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>
/// The limit: a loop that sends the requests of a run again and does nothing else. It waits only where the services
/// force anybody to: signing in comes first, each page of Jira names the next one, work items are created when all has
/// been read, and what refers to created items comes after them. All else goes side by side, as many requests at once
/// as the module sends by default.
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

    public async Task SendAsync(IReadOnlyList<RecordedRequest> requests, CancellationToken token)
    {
        var signIn = requests.TakeWhile(request => !request.IsSearch).ToList();
        var reads = requests.Skip(signIn.Count).TakeWhile(request => !request.IsBatch).ToList();
        var writes = requests.Skip(signIn.Count + reads.Count).ToList();
        await OneByOneAsync(signIn, token);
        await Task.WhenAll(
            OneByOneAsync(reads.Where(request => request.IsJira), token),
            SideBySideAsync(reads.Where(request => !request.IsJira), token));
        await SideBySideAsync(writes.Where(request => request.IsCreation), token);
        await SideBySideAsync(writes.Where(request => !request.IsCreation), token);
    }

    public void Dispose() => _client.Dispose();

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
