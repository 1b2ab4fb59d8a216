using System.Net;
using System.Text.Json;

namespace JiraAdoSync.Rest;

/// <summary>
/// What is wrong with an answer, whatever its status says, and the sentence that people read about it. A service is
/// judged by its own words first: a circular relation is reported as a 500, a sign-in page as a 200 or a 203.
/// </summary>
/// <param name="at">The service's address.</param>
/// <param name="service">The service.</param>
/// <param name="clean">Takes the connection's secrets out of a text.</param>
internal sealed class RestFailures(Uri at, RestService service, Func<string, string> clean)
{
    /// <summary>Whether reading an answer failed for what the answer is.</summary>
    /// <param name="failure">What reading it threw.</param>
    public static bool IsUnreadable(Exception failure) =>
        failure
            is JsonException
                or InvalidOperationException
                or FormatException
                or OverflowException
                or ArgumentException;

    /// <summary>What is wrong with an answer, whatever its status says; null where nothing is.</summary>
    public RestException? Find(
        RestRequest request,
        Uri address,
        HttpResponseMessage response,
        ReadOnlyMemory<byte>? body,
        string? activity)
    {
        var status = (int)response.StatusCode;
        var type = response.Content.Headers.ContentType?.MediaType;
        var isPage = type is "text/html" or "application/xhtml+xml";
        if (body is not { } bytes)
        {
            return Of(request, address, Failure.RequestFailed, "answered more than could be of use", null, status,
                activity);
        }

        if (status is >= 300 and < 400)
        {
            var target = ServiceAddress.TargetOf(response, address);
            return target is not null && ServiceAddress.IsSignIn(target)
                ? Of(request, address, Failure.AuthenticationFailed, "asks to sign in", null, status, activity)
                : Of(
                    request,
                    address,
                    Failure.RequestFailed,
                    $"redirects to {(target is null ? "elsewhere" : clean(Redaction.Address(target)))}; use the address that it leads to",
                    null,
                    status,
                    activity);
        }

        if (status == (int)HttpStatusCode.ProxyAuthenticationRequired)
        {
            return Of(request, address, Failure.RequestFailed,
                $"is behind the proxy {ServiceAddress.ProxyOf(address) ?? "of this network"}, which wants a user and a password",
                null, status, activity);
        }

        if (!request.IsAnonymous && service.FindAnonymity(response.Headers) is { } sign)
        {
            return Of(request, address, Failure.AuthenticationFailed, sign, null, status, activity);
        }

        if (!response.IsSuccessStatusCode || status == 203)
        {
            return Refused(request, address, response.StatusCode, bytes.Span, activity);
        }

        if (request.IsFile || bytes.IsEmpty)
        {
            return null;
        }

        return isPage
            ? Of(request, address, Failure.AuthenticationFailed, "answered with a web page instead of data",
                null, status, activity)
            : type is not null && !type.EndsWith("json", StringComparison.OrdinalIgnoreCase)
                ? Of(request, address, Failure.RequestFailed, $"answered with {type} instead of JSON", null, status,
                    activity)
                : null;
    }

    private RestException Refused(
        RestRequest request,
        Uri address,
        HttpStatusCode status,
        ReadOnlySpan<byte> body,
        string? activity)
    {
        var error = service.ReadError(body);
        var kind = service.Classify(status, error);
        var words = error.Message is { } message ? $": {clean(message).TrimEnd('.', ' ')}" : string.Empty;
        // Where the service gives it a name of its own, a failure is what it is; a bare outage passes.
        var isPassing = kind is Failure.ServerUnreachable or Failure.TimedOut
            || (kind == Failure.RequestFailed && status >= HttpStatusCode.InternalServerError);
        return Of(
            request,
            address,
            kind,
            $"answered {(int)status}{words}",
            null,
            (int)status,
            activity,
            error.TypeKey,
            isPassing,
            service.IsRefusal(status, error),
            fields: error.Fields,
            detail: body.ToArray());
    }

    /// <summary>The exception for a request that failed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="address">Where it was sent.</param>
    /// <param name="kind">What kind of failure it is.</param>
    /// <param name="what">What the service did, as a sentence's predicate; secrets are removed from it
    /// already.</param>
    /// <param name="inner">What was thrown; null where an answer says enough.</param>
    /// <param name="status">The HTTP status; null where no answer came.</param>
    /// <param name="activity">The service's name for the exchange.</param>
    /// <param name="typeKey">The service's name for what is wrong.</param>
    /// <param name="isPassing">Whether the same request may well succeed a little later.</param>
    /// <param name="isRefusal">Whether it is refused for what it is.</param>
    /// <param name="isAbsent">Whether nothing is at the address.</param>
    /// <param name="fields">The fields that the service names.</param>
    /// <param name="detail">The body of the answer.</param>
    public RestException Of(
        RestRequest request,
        Uri address,
        Failure kind,
        string what,
        Exception? inner = null,
        int? status = null,
        string? activity = null,
        string? typeKey = null,
        bool isPassing = false,
        bool isRefusal = false,
        bool isAbsent = false,
        IReadOnlyList<string>? fields = null,
        ReadOnlyMemory<byte>? detail = null)
    {
        var exchange = activity is null ? request.PathAlone : $"{request.PathAlone}, activity id {activity}";
        var advice = kind == Failure.AuthenticationFailed ? $" {service.AuthenticationAdvice}" : string.Empty;
        var sentence = $"{service.Name} at {ServiceAddress.Name(at)} {what} ({request.Method} {exchange}).{advice}";
        // A change that nothing readable was said of may have been made; so may one over which the service broke down.
        var mayBeDone = !request.IsRepeatable
            && kind is Failure.ServerUnreachable or Failure.TimedOut or Failure.RequestFailed
            && (inner is not null || isPassing || status is >= 200 and < 300);
        return new RestException(
            service.Name, request, address,
            new ServiceError(kind, sentence)
            {
                MayBeDone = mayBeDone, IsRefusal = isRefusal, Fields = fields ?? [],
            },
            inner is null or RestException ? inner : Redaction.Clean(inner, clean))
        {
            Status = status,
            TypeKey = typeKey,
            IsPassing = isPassing,
            IsAbsent = isAbsent,
            Detail = detail,
        };
    }
}
