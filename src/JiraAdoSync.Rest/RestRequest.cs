namespace JiraAdoSync.Rest;

/// <summary>One request to a service.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path and query below the service's address, escaped.</param>
internal sealed record RestRequest(HttpMethod Method, string Path)
{
    /// <summary>What is sent as JSON; null for no body.</summary>
    public object? Body { get; init; }

    /// <summary>The media type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>
    /// Whether the request may be sent again when nobody knows if it was done: it reads, or doing it twice is doing it
    /// once.
    /// </summary>
    public bool IsRepeatable { get; init; } = true;

    public static RestRequest Get(string path) => new(HttpMethod.Get, path);

    /// <summary>
    /// A first question to an address that may be wrong: the answer is wanted at once, not after retries.
    /// </summary>
    public static RestRequest Probe(string path) => Get(path) with { IsRepeatable = false };

    public static RestRequest Post(string path, object body) => new(HttpMethod.Post, path) { Body = body };
}
