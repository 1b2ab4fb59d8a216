using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.Wire;

/// <summary>Reads of requests what both services need.</summary>
internal static class RequestReader
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 128 };

    public static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }

    /// <summary>
    /// The body as JSON, null if it is none. What the parser leaves for later (doubled names, broken texts) fails here.
    /// </summary>
    public static JsonNode? TryParse(ReadOnlySpan<byte> body)
    {
        // Windows PowerShell and some other clients send a byte order mark.
        if (body.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        try
        {
            return Utf8.IsValid(body) ? Checked(JsonNode.Parse(body, documentOptions: Strict)) : null;
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The string of a string, the digits of a number, or null.</summary>
    public static string? Text(this JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>(),
        JsonValueKind.Number => node.ToJsonString(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    /// <summary>A property of an object, null for anything else.</summary>
    public static JsonNode? Get(this JsonNode? node, string name) => node is JsonObject found ? found[name] : null;

    /// <summary>A property of an object whatever the case of its name, null for anything else.</summary>
    public static JsonNode? GetAnyCase(this JsonNode? node, string name) => (node as JsonObject)?
        .FirstOrDefault(property => string.Equals(property.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    private static JsonNode? Checked(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject found:
                foreach (var (_, value) in found)
                {
                    Checked(value);
                }

                break;
            case JsonArray list:
                foreach (var value in list)
                {
                    Checked(value);
                }

                break;
            case JsonValue when node.GetValueKind() == JsonValueKind.String:
                _ = node.GetValue<string>();
                break;
        }

        return node;
    }
}
