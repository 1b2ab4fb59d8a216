using System.Net;
using System.Text.Json;

namespace JiraAdoSync.Rest.Jira;

/// <summary>How Jira says that something is wrong.</summary>
internal sealed class JiraService : RestService
{
    public override string Name => "Jira";

    public override string AuthenticationAdvice =>
        "Check the user name and the API token: it may be mistyped, expired, or for another site.";

    /// <summary>
    /// Jira answers a search with bad credentials as if nobody had signed in: 200, and nothing found.
    /// </summary>
    public override ServiceError? FindDisguisedError(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Seraph-LoginReason", out var reasons)
        && reasons.Any(reason => reason.Contains("AUTHENTICATED_FAILED", StringComparison.OrdinalIgnoreCase))
            ? new ServiceError(Failure.AuthenticationFailed, $"Jira does not accept the credentials. {AuthenticationAdvice}")
            : null;

    public override Failure Classify(HttpStatusCode status, string message) => ClassifyStatus(status);

    /// <summary>Reads <c>{errorMessages:[...], errors:{field: message}}</c>.</summary>
    public override string? ReadMessage(ReadOnlySpan<byte> body)
    {
        try
        {
            var error = JsonSerializer.Deserialize<WireError>(body, RestConnection.Json);
            var words =
                (error?.ErrorMessages ?? []).Concat(error?.Errors?.Values ?? Enumerable.Empty<string>()).ToList();
            return words.Count == 0 ? error?.Message : string.Join(" ", words);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record WireError(List<string>? ErrorMessages, Dictionary<string, string>? Errors, string? Message);
}
