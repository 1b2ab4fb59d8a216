using System.Globalization;

namespace JiraAdoSync.Rest;

/// <summary>Where a request is on its way.</summary>
public enum RequestStage
{
    /// <summary>It waits before it is sent.</summary>
    Waiting = 1,

    /// <summary>It is being sent.</summary>
    Sending,

    /// <summary>Its answer has come, good or bad.</summary>
    Answered,

    /// <summary>No answer came.</summary>
    Failed,
}

/// <summary>
/// What a connection reports of a request on its way, for people who watch. It holds neither a query nor a header nor a
/// body, so that no secret can be in it.
/// </summary>
public sealed record RequestTrace
{
    /// <summary>Where the request is.</summary>
    public required RequestStage Stage { get; init; }

    /// <summary>The service's name.</summary>
    public required string Service { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, without its query.</summary>
    public required string Path { get; init; }

    /// <summary>Which attempt it is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>How long it is to wait, or how long the answer took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why it waits, or why no answer came.</summary>
    public string? Reason { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    public int? Status { get; init; }

    /// <summary>The service's own name for the exchange; support asks for it.</summary>
    public string? ActivityId { get; init; }

    /// <summary>How long the service says that it held the request back.</summary>
    public TimeSpan DelayedBy { get; init; }

    /// <summary>How many bytes the body has that is sent, or that came.</summary>
    public long Bytes { get; init; }

    private string Delayed => DelayedBy > TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture,
            $", {DelayedBy.TotalSeconds:0.0} s of it held back by the service") : string.Empty;

    private string Again => Attempt > 1 ? $", attempt {Attempt}" : string.Empty;

    /// <summary>A line for people.</summary>
    public override string ToString() => Stage switch
    {
        RequestStage.Waiting => string.Create(
            CultureInfo.InvariantCulture,
            $"{Service}: waiting {Duration.TotalSeconds:0.0} s before {Method} {Path}{Again}: {Reason}."),
        RequestStage.Sending =>
            string.Create(CultureInfo.InvariantCulture, $"{Service}: sending {Method} {Path}, {Bytes} bytes{Again}."),
        RequestStage.Answered => string.Create(
            CultureInfo.InvariantCulture,
            $"{Service}: {Method} {Path}: {Status} in {Duration.TotalMilliseconds:0} ms{Delayed}{Again}."),
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{Service}: {Method} {Path}: no answer in {Duration.TotalMilliseconds:0} ms{Again}: {Reason}."),
    };
}
