using System.Globalization;
using JiraAdoSync.Sandbox.AzureDevOps;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// What each service says when it throttles: headers of its own, and a body. Jira Cloud has several limits,
/// distinguished by <c>RateLimit-Reason</c>, and Azure DevOps several resources, distinguished by
/// <c>X-RateLimit-Resource</c>.
/// </summary>
internal static class Throttling
{
    private const string Burst = "jira-burst-based";
    private const int PointsPerHour = 65_000;

    public static Answer Refusal(string service, JiraFlavor flavor, DateTimeOffset now, string method, string? reason)
    {
        var answer = service == ServiceName.AzureDevOps ? AdoError.Throttled().ToAnswer()
            : flavor == JiraFlavor.Cloud
                ? CloudBody()
                : Answer.Text(429, "Rate limit exceeded.");
        foreach (var (name, value) in Headers(service, flavor, now, method, reason))
        {
            answer.With(name, value);
        }

        return answer;
    }

    /// <summary>The refusal of a limit that Jira Cloud keeps.</summary>
    public static Answer CloudRefusal(DateTimeOffset now, string reason, int limit, TimeSpan wait)
    {
        var answer = CloudBody();
        foreach (var (name, value) in CloudHeaders(now, reason, limit, wait))
        {
            answer.With(name, value);
        }

        return answer;
    }

    private static Answer CloudBody() => Answer.Text(
        429, """{"errorMessages":["Rate limit exceeded."],"errors":{}}""", "application/json;charset=UTF-8");

    public static Dictionary<string, string> Headers(
        string service, JiraFlavor flavor, DateTimeOffset now, string method, string? reason)
    {
        if (service == ServiceName.AzureDevOps)
        {
            var second = TimeSpan.FromSeconds(1);
            var headers = AzureDevOps(200, 0, second, now, reason ?? "Concurrency");
            headers["X-RateLimit-Delay"] = "1.250";
            return headers;
        }

        return flavor == JiraFlavor.Cloud ? Cloud(now, method, reason ?? Burst)
            : new Dictionary<string, string>
            {
                ["Retry-After"] = "1",
                ["X-RateLimit-Limit"] = "50",
                ["X-RateLimit-Remaining"] = "0",
                ["X-RateLimit-Interval-Seconds"] = "1",
                ["X-RateLimit-FillRate"] = "50",
            };
    }

    /// <summary>Azure DevOps' headers without the delay, which it adds only once it delays.</summary>
    public static Dictionary<string, string> AzureDevOps(
        double limit, double remaining, TimeSpan wait, DateTimeOffset now, string resource) => new()
    {
        ["Retry-After"] = Seconds(wait),
        ["X-RateLimit-Resource"] = resource,
        ["X-RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture),
        ["X-RateLimit-Remaining"] = Math.Floor(remaining).ToString(CultureInfo.InvariantCulture),
        ["X-RateLimit-Reset"] = now.Add(wait).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
    };

    private static Dictionary<string, string> Cloud(DateTimeOffset now, string method, string reason)
    {
        var (limit, wait) = reason switch
        {
            // Points are given anew with each full hour.
            "jira-quota-global-based" or "jira-quota-tenant-based" or "jira-cost-based" =>
                (PointsPerHour, TimeSpan.FromHours(1) - TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerHour)),
            "jira-per-issue-on-write" => (20, TimeSpan.FromSeconds(2)),
            _ => (BurstLimit(method, ""), TimeSpan.FromSeconds(1)),
        };
        return CloudHeaders(now, reason, limit, wait);
    }

    private static Dictionary<string, string> CloudHeaders(
        DateTimeOffset now, string reason, int limit, TimeSpan wait) => new()
        {
            ["Retry-After"] = Seconds(wait),
            ["X-RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture),
            ["X-RateLimit-Remaining"] = "0",
            ["X-RateLimit-Reset"] = now.Add(wait).UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture),
            ["X-RateLimit-NearLimit"] = "true",
            ["RateLimit-Reason"] = reason,
        };

    /// <summary>How many requests a second Cloud takes of an endpoint.</summary>
    public static int BurstLimit(string method, string route) => method is "PUT" or "DELETE" ? 50
        : method == "GET" && route.EndsWith("/issue/{issueIdOrKey}", StringComparison.Ordinal) ? 150 : 100;

    private static string Seconds(TimeSpan wait) =>
        Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
