namespace JiraAdoSync.Rest;

/// <summary>One request to a service.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">
/// The path and query below the service's address. Every text in it that was not written here went through
/// <see cref="Segment"/> or <see cref="Uri.EscapeDataString(string)"/>.
/// </param>
internal sealed record RestRequest(HttpMethod Method, string Path)
{
    /// <summary>
    /// What is sent: bytes (<see cref="ReadOnlyMemory{T}"/>) as they are, anything else as JSON; null for no body.
    /// </summary>
    public object? Body { get; init; }

    /// <summary>The media type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>
    /// Whether the request may be sent again when nobody knows if it was done: it reads, or doing it twice is doing it
    /// once.
    /// </summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>
    /// Whether the answer is a file of any type, which may lie at another host: there it is fetched without
    /// credentials.
    /// </summary>
    public bool IsFile { get; init; }

    /// <summary>
    /// Takes the answer as it arrives, where it must not be held in memory whole; anew where the request is sent again.
    /// </summary>
    public Func<Stream, CancellationToken, Task>? Sink { get; init; }

    /// <summary>The value of the header <c>Content-Range</c>: which part of a whole the body is.</summary>
    public string? ContentRange { get; init; }

    /// <summary>
    /// Whether it is a form of which Jira wants to hear that no browser sent it (<c>X-Atlassian-Token: no-check</c>).
    /// </summary>
    public bool IsForm { get; init; }

    /// <summary>Whether it is sent without credentials.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>
    /// Whether the answer is 303 with the address of a task that the service completes by itself. The address is what
    /// is returned; it is not followed.
    /// </summary>
    public bool AnswersWithLocation { get; init; }

    /// <summary>The path without its query, which may hold what people must not see.</summary>
    public string PathAlone => $"/{Path.Split('?')[0]}";

    public static RestRequest Get(string path) => new(HttpMethod.Get, path);

    /// <summary>
    /// Whether it is a first question to an address that may be wrong: where nothing is at that address, it is not
    /// asked again.
    /// </summary>
    public bool IsProbe { get; init; }

    /// <summary>A first question to an address that may be wrong.</summary>
    public static RestRequest Probe(string path) => Get(path) with { IsProbe = true };

    /// <summary>Asks for a file.</summary>
    public static RestRequest File(string path) => Get(path) with { IsFile = true };

    public static RestRequest Post(string path, object body) => new(HttpMethod.Post, path) { Body = body };

    public static RestRequest Put(string path, object body) => new(HttpMethod.Put, path) { Body = body };

    public static RestRequest Delete(string path) => new(HttpMethod.Delete, path);

    /// <summary>A name as one segment of a path. A dot or two would be read as steps in the path.</summary>
    /// <exception cref="SyncException"><c>NameInvalid</c>.</exception>
    public static string Segment(string name) => string.IsNullOrWhiteSpace(name) || name is "." or ".."
        ? throw new SyncException("NameInvalid", $"'{name}' can't be the name of anything at the service.", name)
        : Uri.EscapeDataString(name);
}
