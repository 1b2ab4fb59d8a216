using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest;

/// <summary>
/// The one way out to a service: every request of a client passes through it. It authenticates, holds back what would
/// break the service's limits, tries again what may be tried again, and turns every failure into a
/// <see cref="RestException"/>.
/// <list type="bullet">
/// <item>A throttled request was not done and is always sent again. What got no answer, or met an outage, is sent again
/// only where doing it twice is doing it once; else its error says that nobody knows.</item>
/// <item>Waits double from a second, with jitter, to half a minute at most, and are never shorter than the service
/// asks; after four of them, or after a quarter of an hour, the failure is reported.</item>
/// <item>Credentials go to the service's own host and to no other; no error or trace holds them. Only files are fetched
/// from other hosts (<see cref="FileHosts"/>).</item>
/// </list>
/// </summary>
internal sealed class RestConnection : IDisposable
{
    private const int Retries = 4;

    /// <summary>A server gives a query six minutes, and a batch of 200 changes takes one or two.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(400);
    private static readonly TimeSpan FileTimeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);
    private static readonly ProductInfoHeaderValue Product =
        new("JiraAdoSync", typeof(RestConnection).Assembly.GetName().Version?.ToString(3));

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = 256,
    };

    private readonly HttpClient _client;
    private readonly FileHosts _fileHosts;
    private readonly Uri _address;
    private readonly RestService _service;
    private readonly Func<AuthenticationHeaderValue> _authenticate;
    private readonly TimeProvider _time;
    private readonly Action<RequestTrace> _trace;
    private readonly RequestPace _pace;
    private readonly RestFailures _failures;
    private long _requestsSent;
    private volatile string? _quota;

    /// <summary>Makes a connection; nothing is sent yet.</summary>
    /// <param name="address">The service's address; plain http is refused except on loopback.</param>
    /// <param name="service">Which service it is.</param>
    /// <param name="authenticate">Gives the credentials for one request.</param>
    /// <param name="time">The clock.</param>
    /// <param name="trace">Is called with the outcome of each request, on any thread.</param>
    /// <exception cref="SyncException"><c>AddressInvalid</c>.</exception>
    public RestConnection(
        Uri address,
        RestService service,
        Func<AuthenticationHeaderValue> authenticate,
        TimeProvider time,
        Action<RequestTrace> trace)
    {
        _address = ServiceAddress.Check(address);
        _service = service;
        _authenticate = authenticate;
        _time = time;
        _trace = trace;
        _pace = new RequestPace(time);
        _failures = new RestFailures(_address, service, Clean);
        _client = NewClient(_ => { });
        _fileHosts = new FileHosts(_address, _client);
    }

    /// <summary>The service's address, with a slash at its end.</summary>
    public Uri Address => _address;

    /// <summary>How many requests have been sent, those sent again included.</summary>
    public long RequestsSent => Interlocked.Read(ref _requestsSent);

    /// <summary>How many requests may be under way at once; fewer where the service does not bear as many.</summary>
    public int ThrottleLimit
    {
        get => _pace.ThrottleLimit;
        set => _pace.ThrottleLimit = value;
    }

    /// <summary>Sends a request and reads its answer.</summary>
    /// <typeparam name="T">The shape of the answer.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="RestException">The service refused it, or no answer came that can be read.</exception>
    public Task<T> SendAsync<T>(RestRequest request, CancellationToken cancellationToken) =>
        SendAsync<T, T>(request, answer => answer, cancellationToken);

    /// <summary>Sends a request and makes something of its answer.</summary>
    /// <typeparam name="TWire">The shape of the answer.</typeparam>
    /// <typeparam name="T">What is made of it.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="read">
    /// Makes it; a <see cref="JsonException"/> of its own says what is wrong with the answer.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="RestException">The service refused it, or no answer came that can be read.</exception>
    public async Task<T> SendAsync<TWire, T>(
        RestRequest request, Func<TWire, T> read, CancellationToken cancellationToken) =>
        Read(request, await SendAsync(request, cancellationToken).ConfigureAwait(false), read);

    /// <summary>Makes something of an answer whose body came already; the body is not to be used any more.</summary>
    /// <typeparam name="TWire">The shape of the answer.</typeparam>
    /// <typeparam name="T">What is made of it.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="body">The answer's body.</param>
    /// <param name="read">
    /// Makes it; a <see cref="JsonException"/> of its own says what is wrong with the answer.
    /// </param>
    /// <exception cref="RestException">It can't be read.</exception>
    public T Read<TWire, T>(RestRequest request, ReadOnlyMemory<byte> body, Func<TWire, T> read)
    {
        try
        {
            return read(JsonSerializer.Deserialize<TWire>(body.Span, Json) ?? throw new JsonException("null"));
        }
        catch (Exception unreadable) when (RestFailures.IsUnreadable(unreadable))
        {
            throw _failures.Of(
                request,
                new Uri(_address, request.Path),
                Failure.RequestFailed,
                $"answered something that can't be read: {Clean(unreadable.Message).TrimEnd('.')}",
                unreadable);
        }
        finally
        {
            // Nothing holds on to the text of an answer that has been read.
            AnswerBody.Return(body);
        }
    }

    /// <summary>Sends a request whose answer is a file, or of no interest beyond that it is none of failure.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The answer's body as it came.</returns>
    /// <exception cref="RestException">The service refused it, or no answer came.</exception>
    public async Task<ReadOnlyMemory<byte>> SendAsync(RestRequest request, CancellationToken cancellationToken)
    {
        _service.Check(request);
        RestException? failure = null;
        DateTimeOffset? deadline = null;
        for (var attempt = 1; ; attempt++)
        {
            if (failure is not null)
            {
                await WaitAsync(request, attempt, BackOff(attempt - 1), "the last attempt failed", cancellationToken)
                    .ConfigureAwait(false);
            }

            await _pace.EnterAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                deadline ??= _time.GetUtcNow() + Budget;
                await WaitForTurnAsync(request, attempt, deadline.Value, failure, cancellationToken)
                    .ConfigureAwait(false);
                return await SendOnceAsync(request, attempt, deadline.Value, cancellationToken).ConfigureAwait(false);
            }
            catch (RestException failed) when (
                attempt <= Retries && MayRepeat(request, failed) && _time.GetUtcNow() < deadline)
            {
                failure = failed;
            }
            catch (ObjectDisposedException)
            {
                throw new SyncException(
                    "NotConnected",
                    $"The connection to {_service.Name} at {ServiceAddress.Name(_address)} was ended. Connect again.");
            }
            finally
            {
                _pace.Leave();
            }
        }
    }

    /// <summary>Waits before a request, and says so.</summary>
    /// <param name="request">The request.</param>
    /// <param name="wait">How long.</param>
    /// <param name="reason">Why, as a clause.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task WaitAsync(RestRequest request, TimeSpan wait, string reason, CancellationToken cancellationToken) =>
        WaitAsync(request, 1, wait, reason, cancellationToken);

    /// <summary>A text that came from elsewhere, without the connection's secrets.</summary>
    /// <param name="text">The text.</param>
    public string Clean(string text) => Redaction.Clean(text, _authenticate());

    /// <summary>A client that leaves redirects, cookies and time limits to its caller.</summary>
    /// <param name="adjust">Changes its handler.</param>
    internal static HttpClient NewClient(Action<SocketsHttpHandler> adjust)
    {
        var handler = new SocketsHttpHandler
        {
            // A redirect could lead to another host, which must not see the credentials.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        adjust(handler);
        return new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _fileHosts.Dispose();
    }

    private static bool MayRepeat(RestRequest request, RestException failure) =>
        failure.Error.Kind == Failure.Throttled
        || (request.IsRepeatable && failure.IsPassing && !(request.IsProbe && failure.IsAbsent));

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Jitter is no secret.")]
    private static TimeSpan BackOff(int failures)
    {
        var jitter = 0.7 + (Random.Shared.NextDouble() * 0.6);
        return TimeSpan.FromSeconds(Math.Min(Math.Pow(2, failures - 1) * jitter, LongestBackOff.TotalSeconds));
    }

    private async Task WaitForTurnAsync(
        RestRequest request,
        int attempt,
        DateTimeOffset deadline,
        RestException? failure,
        CancellationToken cancellationToken)
    {
        var turn = _pace.TakeTurn();
        while (_pace.WaitBefore(turn) is var (wait, reason))
        {
            if (_time.GetUtcNow() + wait > deadline)
            {
                var answered = failure?.Status is { } status
                    ? FormattableString.Invariant($"answered {status} and ") : string.Empty;
                var quota = _quota is { } name ? $" (quota {name})" : string.Empty;
                throw _failures.Of(
                    request,
                    new Uri(_address, request.Path),
                    failure?.Error.Kind ?? Failure.Throttled,
                    FormattableString.Invariant(
                        $"{answered}asks to wait until {_time.GetUtcNow() + wait:u}{quota}; run the command again then"),
                    failure,
                    failure?.Status,
                    typeKey: failure?.TypeKey,
                    isPassing: failure?.IsPassing == true);
            }

            await WaitAsync(request, attempt, wait, reason, cancellationToken).ConfigureAwait(false);
        }

        if (failure is not null && _time.GetUtcNow() >= deadline)
        {
            throw failure;
        }
    }

    private async Task WaitAsync(
        RestRequest request, int attempt, TimeSpan wait, string reason, CancellationToken cancellationToken)
    {
        var delay = Task.Delay(wait, _time, cancellationToken);
        Trace(request, RequestStage.Waiting, attempt, trace => trace with { Duration = wait, Reason = reason });
        await delay.ConfigureAwait(false);
    }

    private async Task<ReadOnlyMemory<byte>> SendOnceAsync(
        RestRequest request,
        int attempt,
        DateTimeOffset deadline,
        CancellationToken cancellationToken)
    {
        var address = new Uri(_address, request.Path);
        var longest = request.Sink is null ? Timeout : FileTimeout;
        var left = Math.Clamp((deadline - _time.GetUtcNow()).Ticks, 0, longest.Ticks);
        using var timeout = new CancellationTokenSource(TimeSpan.FromTicks(left), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var started = _time.GetTimestamp();
        try
        {
            using var response = await ExchangeAsync(request, attempt, address, either.Token).ConfigureAwait(false);
            var body = request.Sink is { } sink && response.StatusCode == HttpStatusCode.OK
                && _service.FindAnonymity(response.Headers) is null
                ? await AnswerBody.PourAsync(response, sink, either.Token).ConfigureAwait(false)
                : await AnswerBody.ReadAsync(response, either.Token).ConfigureAwait(false);
            var activity = _service.ReadActivityId(response.Headers) is { } id ? Clean(id) : null;
            var location = request.AnswersWithLocation && response.StatusCode == HttpStatusCode.SeeOther
                && _service.FindAnonymity(response.Headers) is null
                ? ServiceAddress.TargetOf(response, address) : null;
            location = location is not null && ServiceAddress.IsSignIn(location) ? null : location;
            var failure = location is null ? _failures.Find(request, address, response, body, activity) : null;
            Observe(response, isRefusal: failure?.Error.Kind == Failure.Throttled);
            Trace(request, RequestStage.Answered, attempt, trace => trace with
            {
                Duration = _time.GetElapsedTime(started),
                Status = (int)response.StatusCode,
                ActivityId = activity,
                DelayedBy = RateLimit.Seconds(RateLimit.ReadNumber(response.Headers, "X-RateLimit-Delay") ?? 0),
                Bytes = body?.Length ?? AnswerBody.Largest,
            });
            return failure is not null ? throw failure
                : location is null ? body!.Value : Encoding.UTF8.GetBytes(location.AbsoluteUri);
        }
        catch (OperationCanceledException cancelled) when (!cancellationToken.IsCancellationRequested)
        {
            throw Lost(Failure.TimedOut, "did not answer in time", cancelled);
        }
        catch (OperationCanceledException)
        {
            Trace(request, RequestStage.Failed, attempt, trace => trace with
            {
                Duration = _time.GetElapsedTime(started),
                Reason = "it is no longer wanted",
            });
            throw;
        }
        catch (Exception broken) when (RedirectRefusedException.In(broken) is { } refused)
        {
            throw Lost(Failure.RedirectRefused, $"redirects to {Clean(refused.Message)}", refused);
        }
        catch (Exception broken)
            when (broken is HttpRequestException or IOException or InvalidDataException or InvalidOperationException
                and not ObjectDisposedException)
        {
            // A connection that breaks because the user stopped the pipeline is no error.
            cancellationToken.ThrowIfCancellationRequested();
            var through = ServiceAddress.ProxyOf(address) is { } proxy ? $" through the proxy {proxy}" : string.Empty;
            throw Lost(Failure.ServerUnreachable,
                $"can't be reached{through}: {Clean(broken.GetBaseException().Message).TrimEnd('.')}", broken);
        }

        RestException Lost(Failure kind, string what, Exception cause)
        {
            Trace(request, RequestStage.Failed, attempt, trace => trace with
            {
                Duration = _time.GetElapsedTime(started),
                Reason = what,
            });
            // A certificate that is not trusted will not be trusted a moment later.
            var isPassing = kind != Failure.RedirectRefused
                && cause.GetBaseException() is not AuthenticationException
                && cause.InnerException is not AuthenticationException;
            var isAbsent = cause is HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                    or HttpRequestError.ProxyTunnelError,
            };
            return _failures.Of(
                request, address, kind, what, cause, isPassing: isPassing, isAbsent: isAbsent);
        }
    }

    /// <summary>
    /// Sends it, and where the answer is a file follows redirects. The credentials go to our own host only, and not
    /// even there once another host has redirected the request.
    /// </summary>
    private async Task<HttpResponseMessage> ExchangeAsync(
        RestRequest request, int attempt, Uri address, CancellationToken cancellationToken)
    {
        var isElsewhere = false;
        for (var hop = 0; ; hop++)
        {
            var body = request.Body switch
            {
                null => (ReadOnlyMemory<byte>?)null,
                ReadOnlyMemory<byte> bytes => bytes,
                var value => RequestBody.Of(value, Json),
            };
            using var message = new HttpRequestMessage(request.Method, address);
            message.Headers.UserAgent.Add(Product);
            message.Headers.Accept.Add(
                new MediaTypeWithQualityHeaderValue(request.IsFile ? "*/*" : "application/json"));
            isElsewhere |= !ServiceAddress.IsSame(address, _address);
            if (!isElsewhere)
            {
                message.Headers.Authorization = request.IsAnonymous ? null : _authenticate();
                _service.Prepare(message);
            }

            if (request.IsForm)
            {
                message.Headers.Add("X-Atlassian-Token", "no-check");
            }

            if (body is { } content)
            {
                message.Content = new ReadOnlyMemoryContent(content)
                {
                    Headers = { ContentType = MediaTypeHeaderValue.Parse(request.ContentType) },
                };
                if (request.ContentRange is { } range)
                {
                    message.Content.Headers.ContentRange = ContentRangeHeaderValue.Parse(range);
                }
            }

            Interlocked.Increment(ref _requestsSent);
            Trace(request, RequestStage.Sending, attempt, trace => trace with { Bytes = body?.Length ?? 0 });
            var response = await (isElsewhere ? _fileHosts.ClientFor(address) : _client)
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            if (body is { } sent && request.Body is not ReadOnlyMemory<byte>)
            {
                AnswerBody.Return(sent);
            }

            if (!request.IsFile || (int)response.StatusCode is not (>= 301 and <= 308)
                || ServiceAddress.TargetOf(response, address) is not { } target || ServiceAddress.IsSignIn(target))
            {
                return response;
            }

            response.Dispose();
            _fileHosts.Check(target, address, hop);
            address = target;
        }
    }

    /// <summary>
    /// Services report their limits with any status, success too; they apply to whatever is sent next.
    /// </summary>
    private void Observe(HttpResponseMessage response, bool isRefusal)
    {
        var now = _time.GetUtcNow();
        var pause = RateLimit.ReadPause(response.Headers, now);
        if (pause is not null)
        {
            _quota = _service.ReadQuota(response.Headers) is { } quota ? Clean(quota) : null;
        }

        _pace.Observe(pause, _service.ReadLimit(response.Headers, now), isRefusal);
    }

    private void Trace(
        RestRequest request, RequestStage stage, int attempt, Func<RequestTrace, RequestTrace> complete) =>
        _trace(complete(new RequestTrace
        {
            Stage = stage,
            Service = _service.Name,
            Method = request.Method.Method,
            Path = request.PathAlone,
            Attempt = attempt,
        }));
}
