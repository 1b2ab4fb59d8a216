using System.Net;
using System.Net.Http.Headers;

namespace JiraAdoSync.Rest;

/// <summary>What the body of a service's error says.</summary>
/// <param name="Message">The service's own words; null where it has none.</param>
/// <param name="TypeKey">The service's own name for what is wrong; null where it has none.</param>
internal sealed record ErrorBody(string? Message, string? TypeKey = null)
{
    /// <summary>The fields that the service names, by the service's ids.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    public static ErrorBody None { get; } = new((string?)null);
}

/// <summary>
/// What the two services do differently: how they name themselves, how they say that something is wrong, and how they
/// report their limits.
/// </summary>
internal abstract class RestService
{
    /// <summary>The service's name, for people.</summary>
    public abstract string Name { get; }

    /// <summary>What a person should do about a failure of authentication.</summary>
    public abstract string AuthenticationAdvice { get; }

    /// <summary>Refuses what a connection may not send, before anything is sent.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="SyncException">It may not be sent.</exception>
    public virtual void Check(RestRequest request)
    {
    }

    /// <summary>Adds what every request to the service carries.</summary>
    public virtual void Prepare(HttpRequestMessage request)
    {
    }

    /// <summary>
    /// How an answer whose status says success shows that the credentials were not accepted; null where it does not.
    /// </summary>
    public virtual string? FindAnonymity(HttpResponseHeaders headers) => null;

    /// <summary>
    /// What kind of failure an answer is: by the service's own code, then its name for the error, then the status.
    /// </summary>
    public abstract Failure Classify(HttpStatusCode status, ErrorBody error);

    /// <summary>
    /// Whether an answer refuses a request for what it is, so that the same one would be refused again.
    /// </summary>
    public virtual bool IsRefusal(HttpStatusCode status, ErrorBody error) =>
        status
            is >= HttpStatusCode.BadRequest
                and < HttpStatusCode.InternalServerError
                and not HttpStatusCode.TooManyRequests;

    /// <summary>Reads the body of an error.</summary>
    public abstract ErrorBody ReadError(ReadOnlySpan<byte> body);

    /// <summary>The service's own name for the exchange, which its support asks for.</summary>
    public abstract string? ReadActivityId(HttpResponseHeaders headers);

    /// <summary>
    /// The name of the quota that was used up, as the service has it; null where it does not say so.
    /// </summary>
    public abstract string? ReadQuota(HttpResponseHeaders headers);

    /// <summary>What is left of the service's limit; null where little or nothing is used of it.</summary>
    public abstract RateLimit? ReadLimit(HttpResponseHeaders headers, DateTimeOffset now);

    /// <summary>The failure that a status means where nothing more exact is known.</summary>
    protected static Failure ClassifyStatus(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.NonAuthoritativeInformation => Failure.AuthenticationFailed,
        HttpStatusCode.Forbidden => Failure.AccessDenied,
        HttpStatusCode.NotFound => Failure.NotFound,
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => Failure.WorkItemChanged,
        HttpStatusCode.TooManyRequests => Failure.Throttled,
        HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout => Failure.TimedOut,
        _ => Failure.RequestFailed,
    };
}
