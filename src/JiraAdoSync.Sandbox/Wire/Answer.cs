using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.Wire;

/// <summary>
/// One answer of a service, complete before the first byte of it is sent, so that a fault can take it away and
/// <c>$batch</c> can put it into its own.
/// </summary>
internal sealed record Answer(int Status, byte[] Body, string? ContentType)
{
    private static readonly JsonSerializerOptions Relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static Answer Json(JsonNode node, int status = 200) =>
        new(status, Encoding.UTF8.GetBytes(ToText(node)), "application/json; charset=utf-8");

    public static Answer Text(int status, string text, string contentType = "text/plain; charset=utf-8") =>
        new(status, Encoding.UTF8.GetBytes(text), contentType);

    public static Answer Empty(int status) => new(status, [], null);

    public static string ToText(JsonNode node) => node.ToJsonString(Relaxed);

    public Answer With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }

    public async Task SendAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = Status;
        if (ContentType is not null)
        {
            response.ContentType = ContentType;
        }

        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        if (Status is not 204 and not 304)
        {
            response.ContentLength = Body.Length;
            await response.Body.WriteAsync(Body, cancellationToken);
        }
    }
}
