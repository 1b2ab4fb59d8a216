using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>
/// How Azure DevOps says that something is wrong: by a code such as TF401232 in the message, whatever the status is. A
/// circular relation is reported as a 500, a sign-in page as a 203.
/// </summary>
internal sealed partial class AzureDevOpsService : RestService
{
    private const string DuplicateKey = "Cannot insert duplicate key row in object 'dbo.LinksAre'";

    public override string Name => "Azure DevOps";

    public override string AuthenticationAdvice =>
        "Check the token: it may be mistyped, expired (one of Microsoft Entra lasts about an hour), or lack the scope for work items "
        + "(read and write). Connect-AdoProject takes a new one, and the next run does what is left.";

    /// <summary>Asks for a 401 where the credentials are bad, instead of a sign-in page.</summary>
    public override void Prepare(HttpRequestMessage request) =>
        request.Headers.Add("X-TFS-FedAuthRedirect", "Suppress");

    public override Failure Classify(HttpStatusCode status, ErrorBody error) =>
        Code().Match(error.Message ?? string.Empty).Value switch
        {
            "TF201035" => Failure.CircularRelation,
            "TF201036" or "TF201065" => Failure.SecondParent,
            "TF201064" => Failure.DuplicateRelation,
            "TF237201" => Failure.LinkLimit,
            "TF401232" or "TF200016" => Failure.NotFound,
            "TF26071" or "VS403351" => Failure.WorkItemChanged,
            "TF400733" or "VS402490" or "VS402491" => Failure.Throttled,
            "TF400813" => Failure.AuthenticationFailed,
            "TF401027" => Failure.AccessDenied,
            "TF401326" => Failure.FieldReadOnly,
            "TF24668" => Failure.ServerUnreachable,
            _ when error.Message?.Contains("is an unknown identity", StringComparison.Ordinal) == true =>
                Failure.UnknownPerson,
            _ when error.Message?.Contains(DuplicateKey, StringComparison.Ordinal) == true => Failure.DuplicateRelation,
            _ => ClassifyType(error.TypeKey) ?? ClassifyStatus(status),
        };

    /// <summary>An unexpected error of its own is reported as a 400, too.</summary>
    public override bool IsRefusal(HttpStatusCode status, ErrorBody error) =>
        base.IsRefusal(status, error) && error.Message?.Contains("TF401349", StringComparison.Ordinal) != true;

    /// <summary>
    /// Reads <c>{message, typeKey}</c>, <c>{value:{Message}}</c>, or plain text; a page for a browser says nothing.
    /// </summary>
    public override ErrorBody ReadError(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body[0] == '<')
        {
            return ErrorBody.None;
        }

        try
        {
            return JsonSerializer.Deserialize<WireError>(body, RestConnection.Json) is { } error
                ? new ErrorBody(error.Message ?? error.Value?.Message, error.TypeKey)
                : ErrorBody.None;
        }
        catch (JsonException)
        {
            return body[0] == '{'
                ? ErrorBody.None
                : new ErrorBody(Encoding.UTF8.GetString(body[..Math.Min(body.Length, 300)]));
        }
    }

    public override string? ReadActivityId(HttpResponseHeaders headers) => RateLimit.ReadText(headers, "activityid");

    public override string? ReadQuota(HttpResponseHeaders headers) =>
        RateLimit.ReadText(headers, "X-RateLimit-Resource");

    /// <summary>
    /// Limits are given in throughput units; an undocumented header says what the request cost; where it is
    /// missing, a unit's tenth is assumed, seven times the cost of a small read.
    /// </summary>
    public override RateLimit? ReadLimit(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var cost = RateLimit.ReadNumber(headers, "x-ratelimit-cost") is > 0 and var units ? units : 0.1;
        return RateLimit.ReadNumber(headers, "X-RateLimit-Remaining") is { } left
            && RateLimit.ReadNumber(headers, "X-RateLimit-Reset") is { } reset
            && reset < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? new RateLimit(left / cost, DateTimeOffset.FromUnixTimeSeconds((long)reset))
                : null;
    }

    private static Failure? ClassifyType(string? typeKey) => typeKey switch
    {
        "WorkItemLinkCircularException" => Failure.CircularRelation,
        "WorkItemLinkAddExtraParentException" => Failure.SecondParent,
        "WorkItemUnauthorizedAccessException" or "ProjectDoesNotExistWithNameException" => Failure.NotFound,
        "TestPatchOperationFailedException" or "WorkItemRevisionMismatchException" => Failure.WorkItemChanged,
        "RequestBlockedException" => Failure.Throttled,
        "UnauthorizedRequestException" => Failure.AuthenticationFailed,
        "AccessCheckException" => Failure.AccessDenied,
        _ => null,
    };

    [GeneratedRegex(@"\b(TF|VS)\d{5,6}\b")]
    private static partial Regex Code();

    private sealed record WireError(string? Message, string? TypeKey, WireErrorValue? Value);

    private sealed record WireErrorValue(string? Message);
}
