using System.Net;

namespace JiraAdoSync.Rest;

/// <summary>
/// What the two services do differently: how they name themselves, and how they say that something is wrong.
/// </summary>
internal abstract class RestService
{
    /// <summary>The service's name, for people.</summary>
    public abstract string Name { get; }

    /// <summary>Adds what every request to the service carries.</summary>
    public virtual void Prepare(HttpRequestMessage request)
    {
    }

    /// <summary>What is wrong with an answer whose status says success; null where nothing is.</summary>
    public virtual ServiceError? FindDisguisedError(HttpResponseMessage response) => null;

    /// <summary>What kind of failure an answer is, by the service's own code before the status.</summary>
    public abstract Failure Classify(HttpStatusCode status, string message);

    /// <summary>The service's own words in the body of an error; null where it has none.</summary>
    public abstract string? ReadMessage(ReadOnlySpan<byte> body);

    /// <summary>What a person should do about a failure of authentication.</summary>
    public abstract string AuthenticationAdvice { get; }

    /// <summary>The failure that a status stands for where nothing more exact is known.</summary>
    protected static Failure ClassifyStatus(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.NonAuthoritativeInformation => Failure.AuthenticationFailed,
        HttpStatusCode.Forbidden => Failure.AccessDenied,
        HttpStatusCode.NotFound => Failure.NotFound,
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => Failure.WorkItemChanged,
        HttpStatusCode.TooManyRequests => Failure.Throttled,
        HttpStatusCode.GatewayTimeout => Failure.TimedOut,
        _ => Failure.RequestFailed,
    };
}
