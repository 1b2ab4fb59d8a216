using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraAdoSync.Rest;

/// <summary>
/// The one way out to a service: every request of a client goes through <see cref="SendAsync{T}"/>, which
/// authenticates, waits where the service asks for it, tries again what may be tried again, and turns whatever goes
/// wrong into a <see cref="RestException"/>.
/// </summary>
internal sealed class RestConnection : IDisposable
{
    private const int Retries = 4;
    private const long LargestAnswer = 512L << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(30);

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _client;
    private readonly Uri _address;
    private readonly RestService _service;
    private readonly Func<AuthenticationHeaderValue> _authenticate;
    private readonly TimeProvider _time;
    private DateTimeOffset _notBefore;
    private long _requestsSent;

    /// <summary>Makes a connection; nothing is sent yet.</summary>
    /// <param name="address">The service's address; plain http is refused except on loopback.</param>
    /// <param name="service">Which service it is.</param>
    /// <param name="authenticate">Gives the credentials for one request.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SyncException"><c>AddressInvalid</c>.</exception>
    public RestConnection(
        Uri address,
        RestService service,
        Func<AuthenticationHeaderValue> authenticate,
        TimeProvider time)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            throw new SyncException("AddressInvalid", $"'{address}' is no web address. Give one such as https://example.org.");
        }

        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            throw new SyncException(
                "AddressInvalid",
                $"'{address.GetLeftPart(UriPartial.Path)}' is plain http: the credentials would cross the network unprotected. "
                + "Use the https address.");
        }

        _address = new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
        _service = service;
        _authenticate = authenticate;
        _time = time;
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                // A redirect could lead to another host, which must not see the credentials.
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>How many requests have been sent, those sent again included.</summary>
    public long RequestsSent => Interlocked.Read(ref _requestsSent);

    /// <summary>Sends a request and reads its answer.</summary>
    /// <typeparam name="T">The shape of the answer.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="RestException">The service refused it, or no answer came.</exception>
    public async Task<T> SendAsync<T>(RestRequest request, CancellationToken token)
    {
        var body = await SendAsync(request, token).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, Json) ?? throw new JsonException("null");
        }
        catch (JsonException unreadable)
        {
            throw Failed(
                request, new Uri(_address, request.Path), Failure.RequestFailed, "answered something that can't be read", unreadable);
        }
    }

    /// <summary>Sends a request whose answer is of no interest beyond that it is none of failure.</summary>
    /// <param name="request">The request.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>The answer's body as it came.</returns>
    /// <exception cref="RestException">The service refused it, or no answer came.</exception>
    public async Task<ReadOnlyMemory<byte>> SendAsync(RestRequest request, CancellationToken token)
    {
        for (var attempt = 0; ; attempt++)
        {
            await WaitAsync(_notBefore - _time.GetUtcNow(), token).ConfigureAwait(false);
            try
            {
                return await SendOnceAsync(request, token).ConfigureAwait(false);
            }
            catch (RestException failure) when (attempt < Retries && MayRepeat(request, failure))
            {
                await WaitAsync(BackOff(attempt), token).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>
    /// A throttled request was not done, so it may always be sent again. What was lost on the way, or met an outage,
    /// may be sent again only where doing it twice is doing it once.
    /// </summary>
    private static bool MayRepeat(RestRequest request, RestException failure) =>
        failure.Error.Kind == Failure.Throttled
        || (request.IsRepeatable && (failure.Error.IsAmbiguous || failure.Status is 502 or 503));

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Jitter is no secret.")]
    private static TimeSpan BackOff(int attempt)
    {
        var seconds = Math.Min(Math.Pow(2, attempt), LongestBackOff.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (0.7 + (Random.Shared.NextDouble() * 0.6)));
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken token)
    {
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, _time, token).ConfigureAwait(false);
        }
    }

    private async Task<ReadOnlyMemory<byte>> SendOnceAsync(RestRequest request, CancellationToken token)
    {
        var address = new Uri(_address, request.Path);
        using var message = new HttpRequestMessage(request.Method, address);
        message.Headers.Authorization = _authenticate();
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _service.Prepare(message);
        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request.Body, Json))
            {
                Headers = { ContentType = new MediaTypeHeaderValue(request.ContentType) },
            };
        }

        using var timeout = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, timeout.Token);
        try
        {
            Interlocked.Increment(ref _requestsSent);
            using var response = await _client
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            Heed(response);
            var body = await ReadAsync(response, either.Token).ConfigureAwait(false);
            Check(request, address, response, body.Span);
            return body;
        }
        catch (OperationCanceledException cancelled) when (!token.IsCancellationRequested)
        {
            throw Failed(request, address, Failure.TimedOut, $"did not answer within {Timeout.TotalMinutes:0} minutes", cancelled);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            // A connection that breaks because the user stopped the pipeline is no error.
            token.ThrowIfCancellationRequested();
            throw Failed(request, address, Failure.ServerUnreachable, $"can't be reached: {broken.Message}", broken);
        }
    }

    /// <summary>Services ask for a pause on any status, success too; it holds for whatever is sent next.</summary>
    private void Heed(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        var now = _time.GetUtcNow();
        if ((asked?.Delta ?? asked?.Date - now) is { } pause && now + pause > _notBefore)
        {
            _notBefore = now + pause;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken token)
    {
        if (response.Content.Headers.ContentLength > LargestAnswer)
        {
            throw new IOException("the answer is larger than any that is expected");
        }

        await response.Content.LoadIntoBufferAsync(LargestAnswer).WaitAsync(token).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false);
        var hasMark = body.AsSpan().StartsWith(Encoding.UTF8.Preamble);
        return body.AsMemory(hasMark ? Encoding.UTF8.Preamble.Length : 0);
    }

    private void Check(RestRequest request, Uri address, HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
        {
            throw Failed(
                request,
                address,
                Failure.RequestFailed,
                $"redirects to {response.Headers.Location?.GetLeftPart(UriPartial.Authority) ?? "elsewhere"}; use the address "
                + "that it leads to",
                status: status);
        }

        if (_service.FindDisguisedError(response) is { } disguised)
        {
            throw new RestException(_service.Name, request, address, disguised) { Status = status };
        }

        if (!response.IsSuccessStatusCode || status == 203)
        {
            throw Refused(request, address, response, body);
        }
    }

    private RestException Refused(
        RestRequest request,
        Uri address,
        HttpResponseMessage response,
        ReadOnlySpan<byte> body)
    {
        var words = _service.ReadMessage(body);
        var kind = _service.Classify(response.StatusCode, words ?? string.Empty);
        var text = new StringBuilder().Append("answered ").Append((int)response.StatusCode);
        if (words is not null)
        {
            text.Append(": ").Append(words.TrimEnd('.', ' '));
        }

        if (response.Headers.TryGetValues("activityid", out var activity))
        {
            text.Append(" (activity id ").Append(activity.First()).Append(')');
        }

        if (kind == Failure.AuthenticationFailed)
        {
            text.Append(". ").Append(_service.AuthenticationAdvice.TrimEnd('.'));
        }

        return Failed(request, address, kind, text.ToString(), status: (int)response.StatusCode);
    }

    private RestException Failed(
        RestRequest request,
        Uri address,
        Failure kind,
        string what,
        Exception? inner = null,
        int? status = null)
    {
        var sentence = $"{_service.Name} at {_address.GetLeftPart(UriPartial.Path).TrimEnd('/')} {what}.";
        return new RestException(_service.Name, request, address, new ServiceError(kind, sentence), inner) { Status = status };
    }
}
