using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace JiraAdoSync.Rest.Models;

/// <summary>What endpoints of chat completions do in their own way: OpenAI, Azure OpenAI, Ollama, llama.cpp.</summary>
internal sealed class ModelService : RestService
{
    public override string Name => "The model's endpoint";

    public override string AuthenticationAdvice => "Check -ModelKey, and that the key is one of this endpoint.";

    public override Failure Classify(HttpStatusCode status, ErrorBody error) => ClassifyStatus(status);

    /// <summary>An object with a text, or a text: <c>{"error":{"message":"..."}}</c>, <c>{"error":"..."}</c>.</summary>
    public override ErrorBody ReadError(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("error", out var error))
            {
                return ErrorBody.None;
            }

            return error.ValueKind switch
            {
                JsonValueKind.String => new ErrorBody(error.GetString()),
                JsonValueKind.Object => new ErrorBody(
                    Text(error, "message"),
                    Text(error, "code") ?? Text(error, "type")),
                _ => ErrorBody.None,
            };
        }
        catch (JsonException)
        {
            return ErrorBody.None;
        }

        static string? Text(JsonElement error, string name) =>
            error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }

    public override string? ReadActivityId(HttpResponseHeaders headers) =>
        headers.TryGetValues("x-request-id", out var values) || headers.TryGetValues("apim-request-id", out values)
            ? values.FirstOrDefault() : null;

    public override string? ReadQuota(HttpResponseHeaders headers) => null;

    public override RateLimit? ReadLimit(HttpResponseHeaders headers, DateTimeOffset now) => null;
}
