using System.Globalization;
using System.Net.Http.Headers;

namespace JiraAdoSync.Rest;

/// <summary>What a service says of its limit in the headers of an answer.</summary>
/// <param name="RequestsLeft">How many more requests of this kind it takes until the reset.</param>
/// <param name="Reset">When what was spent is given anew.</param>
internal sealed record RateLimit(double RequestsLeft, DateTimeOffset Reset)
{
    /// <summary>
    /// The pause that an answer asks for, on whatever status: in seconds, with decimals too, or until a date.
    /// </summary>
    public static TimeSpan? ReadPause(HttpResponseHeaders headers, DateTimeOffset now) =>
        headers.RetryAfter is { } asked ? asked.Delta ?? asked.Date - now
        : ReadNumber(headers, "Retry-After") is { } seconds ? Seconds(seconds)
        : null;

    /// <summary>A number in a header; null where there is none that makes sense.</summary>
    public static double? ReadNumber(HttpResponseHeaders headers, string name) =>
        ReadText(headers, name) is { } text
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number is >= 0 and < 1e12
            ? number : null;

    /// <summary>The first value of a header.</summary>
    public static string? ReadText(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>A number of seconds, as long as anybody could wait.</summary>
    public static TimeSpan Seconds(double seconds) =>
        TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(365).TotalSeconds));
}
