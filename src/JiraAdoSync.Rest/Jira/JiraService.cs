using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace JiraAdoSync.Rest.Jira;

/// <summary>How Jira says that something is wrong, and what a connection may send it.</summary>
/// <param name="allowsWrites">Whether the connection may change anything.</param>
internal sealed partial class JiraService(bool allowsWrites) : RestService
{
    public override string Name => "Jira";

    public override string AuthenticationAdvice =>
        "Check the user name and the token: it may be mistyped, expired, or for another site. A token with scopes needs "
        + "read:jira-work and read:jira-user.";

    /// <summary>
    /// Jira answers a search with bad credentials as if nobody had signed in: 200, and nothing found.
    /// </summary>
    public override string? FindAnonymity(HttpResponseHeaders headers) =>
        RateLimit.ReadText(headers, "X-Authentication-Denied-Reason") is not null
            ? "wants to see a person after too many failed attempts: sign in with a browser once"
        : RateLimit.ReadText(headers, "X-Seraph-LoginReason")?.Contains(
            "AUTHENTICATED_FAILED", StringComparison.OrdinalIgnoreCase) == true
            || string.Equals(
                RateLimit.ReadText(headers, "X-AUSERNAME"), "anonymous", StringComparison.OrdinalIgnoreCase)
            ? "does not accept the credentials and answers as if nobody had signed in"
        : null;

    /// <summary>
    /// Lets nothing but reads go where writes are not allowed. Some reads are POSTs, since they name many issues; each
    /// of them is known by its path, and any other request that is no GET is a write.
    /// </summary>
    public override void Check(RestRequest request)
    {
        if (!allowsWrites && request.Method != HttpMethod.Get
            && !(request.Method == HttpMethod.Post && ReadPath().IsMatch(request.PathAlone)))
        {
            throw new SyncException(
                "JiraIsReadOnly",
                "This connection to Jira reads only, and nothing was sent. To let it write, connect with "
                + "-AllowWrite.");
        }
    }

    /// <summary>
    /// Jira answers a missing permission to link with 401; nothing is wrong with the credentials then.
    /// </summary>
    public override Failure Classify(HttpStatusCode status, ErrorBody error) =>
        status == HttpStatusCode.Unauthorized
            && error.Message?.StartsWith("No Link Issue Permission", StringComparison.Ordinal) == true
            ? Failure.AccessDenied : ClassifyStatus(status);

    /// <summary>Reads <c>{errorMessages:[...], errors:{field: message}}</c>, or <c>{message}</c>.</summary>
    public override ErrorBody ReadError(ReadOnlySpan<byte> body)
    {
        try
        {
            var error = JsonSerializer.Deserialize<WireError>(body, RestConnection.Json);
            var words = (error?.ErrorMessages ?? []).Concat(error?.Errors?.Values ?? Enumerable.Empty<string?>())
                .OfType<string>().ToList();
            return new ErrorBody(words.Count == 0 ? error?.Message : string.Join(" ", words))
            {
                Fields = error?.Errors?.Keys.ToList() ?? [],
            };
        }
        catch (JsonException)
        {
            return ErrorBody.None;
        }
    }

    public override string? ReadActivityId(HttpResponseHeaders headers) =>
        RateLimit.ReadText(headers, "Atl-Traceid") ?? RateLimit.ReadText(headers, "X-AREQUESTID");

    public override string? ReadQuota(HttpResponseHeaders headers) =>
        RateLimit.ReadText(headers, "RateLimit-Reason");

    /// <summary>
    /// Data Center fills a bucket with so many requests an interval, and reports it on every answer; Cloud reports what
    /// is left of a second's burst, and with a refusal when it is given anew.
    /// </summary>
    public override RateLimit? ReadLimit(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (RateLimit.ReadNumber(headers, "X-RateLimit-Remaining") is not { } left)
        {
            return null;
        }

        if (RateLimit.ReadNumber(headers, "X-RateLimit-Interval-Seconds") is { } interval
            && RateLimit.ReadNumber(headers, "X-RateLimit-FillRate") is { } fill)
        {
            var isPlenty = left > RateLimit.ReadNumber(headers, "X-RateLimit-Limit") / 5;
            return isPlenty ? null : new RateLimit(left < 1 ? 0 : fill, now + RateLimit.Seconds(interval));
        }

        var isNear = left < 1
            || string.Equals(
                RateLimit.ReadText(headers, "X-RateLimit-NearLimit"), "true", StringComparison.OrdinalIgnoreCase);
        return !isNear ? null : new RateLimit(
            left,
            DateTimeOffset.TryParse(
                RateLimit.ReadText(headers, "X-RateLimit-Reset"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var reset) ? reset : now + TimeSpan.FromSeconds(1));
    }

    [GeneratedRegex(
        @"^/rest/api/[0-9a-z]+/(search(/jql|/approximate-count)?|issue/bulkfetch|changelog/bulkfetch|comment/list|jql/parse)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex ReadPath();

    private sealed record WireError(List<string?>? ErrorMessages, Dictionary<string, string?>? Errors, string? Message);
}
