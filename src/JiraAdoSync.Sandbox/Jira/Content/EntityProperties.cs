using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>What is the same for the properties of issues and of comments: their limits and their shapes.</summary>
internal static class EntityProperties
{
    private const int KeyLimit = 255;
    private const int ValueLimit = 32_768;

    /// <summary>Why a key and a value of so many characters can't be written, or null.</summary>
    public static string? Problem(string key, int length) =>
        key.Length == 0 ? "The property key must not be empty."
        : key.Length > KeyLimit ? $"The property key must not be longer than {KeyLimit} characters."
        : length > ValueLimit ? $"The property value must not be longer than {ValueLimit} characters."
        : null;

    public static string? Problem(string key, JsonNode? value) => Problem(key, value?.ToJsonString().Length ?? 0);

    /// <summary>The value that is the whole body of a request.</summary>
    public static JsonNode? Value(JiraRequest request, string key)
    {
        if (Problem(key, Encoding.UTF8.GetString(request.Body).Length) is { } problem)
        {
            throw new JiraError(400, problem);
        }

        var value = request.Body.Length == 0 ? throw JiraError.InvalidJson() : RequestReader.TryParse(request.Body);
        return value is null && !request.Body.AsSpan().SequenceEqual("null"u8) ? throw JiraError.InvalidJson() : value;
    }

    /// <summary>The properties that the body of a write brings, <c>[{"key", "value"}]</c>.</summary>
    public static List<(string Key, JsonNode? Value)> Read(JsonNode? list) =>
        [.. (list as JsonArray ?? []).Select(one => (one.Get("key").Text() ?? "", one.Get("value")?.DeepClone()))];

    /// <summary>Says what is wrong with properties that a body brings, if anything is.</summary>
    public static void Verify(IEnumerable<(string Key, JsonNode? Value)> properties)
    {
        if (properties.Select(one => Problem(one.Key, one.Value)).FirstOrDefault(one => one is not null) is { } problem)
        {
            throw new JiraError(400, problem);
        }
    }

    public static JsonObject Keys(string address, IEnumerable<string> keys) => new()
    {
        ["keys"] = new JsonArray([.. keys.Select(key => new JsonObject
        {
            ["self"] = $"{address}/properties/{Uri.EscapeDataString(key)}",
            ["key"] = key,
        })]),
    };

    public static JsonObject One(string key, JsonNode? value) =>
        new() { ["key"] = key, ["value"] = value?.DeepClone() };

    public static JiraError Missing(string key) => new(404, $"The property {key} does not exist.");
}
