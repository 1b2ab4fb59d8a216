using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace JiraAdoSync.Benchmarks.EndToEnd;

/// <summary>
/// The limit: a loop that sends the requests of a run again and does nothing else. It waits only where the services
/// force anybody to: what a site is precedes who the account is there, signing in is first, each page of Jira
/// names the next one and the issues whose work items are looked up, the look-up names the work items that are read,
/// these are created when all has been read, and what refers to created ones follows them; what was written is read and
/// recorded afterwards. All else is sent side by side, as many requests at once to each service as the module sends by
/// default.
/// </summary>
internal sealed class BareLoop : IDisposable
{
    private const int AtOnce = 5;

    private readonly HttpClient _client;
    private readonly SemaphoreSlim _jiraSlots = new(AtOnce);
    private readonly SemaphoreSlim _adoSlots = new(AtOnce);
    private readonly AuthenticationHeaderValue _jira;
    private readonly AuthenticationHeaderValue _ado;

    public BareLoop(Services services)
    {
        // The task that Jira points to is among the requests.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(services.Jira.GetLeftPart(UriPartial.Authority)),
        };
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _jira = Basic($"{services.JiraUser}:{services.JiraToken}");
        _ado = Basic($":{services.AdoToken}");
    }

    /// <summary>Measures the requests of each run, in turn.</summary>
    /// <param name="services">Where they go.</param>
    /// <param name="files">The recorded runs.</param>
    /// <param name="isWarm">Whether a part of them is sent beforehand, and undone.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <param name="prepare">What is done before a run, by its number; nobody times it.</param>
    public static async Task<IReadOnlyList<ChildFigures>> MeasureAsync(
        Services services,
        IReadOnlyList<string> files,
        bool isWarm,
        CancellationToken cancellationToken,
        Func<int, Task>? prepare = null)
    {
        var runs = new List<IReadOnlyList<RecordedRequest>>();
        foreach (var file in files)
        {
            runs.Add(await RecordedRequest.ReadAsync(file, cancellationToken));
        }

        if (isWarm)
        {
            foreach (var run in runs)
            {
                await PlayAsync([.. run
                    .GroupBy(request => (request.Target.Split('?')[0], request.IsCreation))
                    .SelectMany(kind => kind.Take(20))]);
            }

            await services.ResetAsync(cancellationToken);
        }

        var figures = new List<ChildFigures>();
        foreach (var (at, run) in runs.Index())
        {
            await (prepare?.Invoke(at) ?? Task.CompletedTask);
            await Task.Delay(isWarm ? ModuleRun.Pause : TimeSpan.Zero, cancellationToken);
            var meter = new Meter();
            await PlayAsync(run);
            figures.Add(meter.Read(null));
        }

        return figures;

        async Task PlayAsync(IReadOnlyList<RecordedRequest> requests)
        {
            using var loop = new BareLoop(services);
            await loop.SendAsync(requests, cancellationToken);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _jiraSlots.Dispose();
        _adoSlots.Dispose();
    }

    private async Task SendAsync(IReadOnlyList<RecordedRequest> requests, CancellationToken cancellationToken)
    {
        var signIn = requests.TakeWhile(request => !request.IsSearch).ToList();
        var reads = requests.Skip(signIn.Count).TakeWhile(request => !request.IsBatch)
            .ToLookup(request => request.Step);
        var writes = requests.Skip(signIn.Count + reads.Sum(step => step.Count())).ToList();
        foreach (var request in signIn.Take(2))
        {
            await SendAsync(request, Task.CompletedTask, cancellationToken);
        }

        await Task.WhenAll(SideBySide(signIn.Skip(2).Take(2), cancellationToken));
        await Task.WhenAll(SideBySide(signIn.Skip(4), cancellationToken));
        var pages = OneByOne(reads[ReadingStep.Page], cancellationToken);
        var lookUps = After(pages, reads[ReadingStep.LookUp], cancellationToken);
        var items = After(lookUps, reads[ReadingStep.Items], cancellationToken);
        await Task.WhenAll([.. pages, .. lookUps, .. items, .. SideBySide(reads[ReadingStep.Any], cancellationToken)]);
        foreach (var step in writes.GroupBy(request => request.WritingStep).OrderBy(step => step.Key))
        {
            await Task.WhenAll(SideBySide(step, cancellationToken));
        }
    }

    private List<Task> OneByOne(IEnumerable<RecordedRequest> requests, CancellationToken cancellationToken)
    {
        var sent = new List<Task>();
        foreach (var request in requests)
        {
            sent.Add(SendAsync(request, sent.Count == 0 ? Task.CompletedTask : sent[^1], cancellationToken));
        }

        return sent;
    }

    private List<Task> SideBySide(IEnumerable<RecordedRequest> requests, CancellationToken cancellationToken) =>
        requests.Select(request => SendAsync(request, Task.CompletedTask, cancellationToken)).ToList();

    /// <summary>Sends what needs the answers of others: the first tenth of it needs the first tenth of those.</summary>
    private List<Task> After(
        List<Task> others, IEnumerable<RecordedRequest> requests, CancellationToken cancellationToken)
    {
        var all = requests.ToList();
        return all
            .Select((request, i) => SendAsync(
                request,
                others.Count == 0 ? Task.CompletedTask : others[(((i + 1) * others.Count) - 1) / all.Count],
                cancellationToken))
            .ToList();
    }

    private async Task SendAsync(RecordedRequest recorded, Task after, CancellationToken cancellationToken)
    {
        await after;
        var slots = recorded.IsJira ? _jiraSlots : _adoSlots;
        await slots.WaitAsync(cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(recorded.Method), recorded.Target);
            request.Headers.Authorization = recorded.IsJira ? _jira : _ado;
            if (recorded.Body.Length > 0)
            {
                request.Content = new StringContent(recorded.Body, Encoding.UTF8);
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(recorded.ContentType!);
            }

            using var answer = await _client.SendAsync(
                request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            // Tasks, and some of the work items that this run creates, have other ids.
            if ((int)answer.StatusCode >= 400 && (recorded.Method, answer.StatusCode) != ("GET", HttpStatusCode.NotFound))
            {
                throw new InvalidOperationException($"{recorded.Method} {recorded.Target} got {(int)answer.StatusCode}.");
            }
        }
        finally
        {
            slots.Release();
        }
    }

    private static AuthenticationHeaderValue Basic(string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)));
}
