using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>
/// How Azure DevOps says that something is wrong: by a code such as TF401232 in the message, whatever the status is. A
/// circular relation comes as a 500, a sign-in page as a 203.
/// </summary>
internal sealed partial class AzureDevOpsService : RestService
{
    public override string Name => "Azure DevOps";

    public override string AuthenticationAdvice =>
        "Check the token: it may be mistyped, expired, or lack the scope for work items (read and write).";

    /// <summary>Asks for a 401 where the credentials are bad, in place of a sign-in page.</summary>
    public override void Prepare(HttpRequestMessage request) =>
        request.Headers.Add("X-TFS-FedAuthRedirect", "Suppress");

    public override Failure Classify(HttpStatusCode status, string message) => Code().Match(message).Value switch
    {
        "TF201035" => Failure.CircularRelation,
        "TF201036" or "TF201065" => Failure.SecondParent,
        "TF201064" => Failure.DuplicateRelation,
        "TF237201" => Failure.LinkLimit,
        "TF401232" or "TF200016" => Failure.NotFound,
        "TF26071" or "VS403351" => Failure.WorkItemChanged,
        "TF400733" => Failure.Throttled,
        "TF400813" => Failure.AuthenticationFailed,
        _ when message.Contains("Cannot insert duplicate key row in object 'dbo.LinksAre'", StringComparison.Ordinal) =>
            Failure.DuplicateRelation,
        _ => ClassifyStatus(status),
    };

    /// <summary>
    /// Reads <c>{message}</c>, <c>{value:{Message}}</c>, or plain text; a page for a browser says nothing.
    /// </summary>
    public override string? ReadMessage(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body[0] == '<')
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<WireError>(body, RestConnection.Json) is { } error
                ? error.Message ?? error.Value?.Message
                : null;
        }
        catch (JsonException)
        {
            return body[0] == '{' ? null : Encoding.UTF8.GetString(body[..Math.Min(body.Length, 300)]);
        }
    }

    [GeneratedRegex(@"\b(TF|VS)\d{5,6}\b")]
    private static partial Regex Code();

    private sealed record WireError(string? Message, WireErrorValue? Value);

    private sealed record WireErrorValue(string? Message);
}
