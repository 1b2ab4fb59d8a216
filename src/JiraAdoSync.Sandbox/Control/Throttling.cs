using System.Globalization;
using JiraAdoSync.Sandbox.AzureDevOps;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>What each service says when it throttles: headers of its own, and a body.</summary>
internal static class Throttling
{
    public static Answer Refusal(string service, JiraFlavor flavor, DateTimeOffset now)
    {
        var answer = service == ServiceName.AzureDevOps ? AdoError.Throttled().ToAnswer()
            : flavor == JiraFlavor.Cloud
                ? Answer.Text(429, """{"errorMessages":["Rate limit exceeded."],"errors":{}}""", "application/json;charset=UTF-8")
                : Answer.Text(429, "Rate limit exceeded.");
        foreach (var (name, value) in Headers(service, flavor, now))
        {
            answer.With(name, value);
        }

        return answer;
    }

    public static Dictionary<string, string> Headers(string service, JiraFlavor flavor, DateTimeOffset now)
    {
        if (service == ServiceName.AzureDevOps)
        {
            return new Dictionary<string, string>
            {
                ["Retry-After"] = "1",
                ["X-RateLimit-Resource"] = "Concurrency",
                ["X-RateLimit-Delay"] = "1.250",
                ["X-RateLimit-Limit"] = "200",
                ["X-RateLimit-Remaining"] = "0",
                ["X-RateLimit-Reset"] = now.AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            };
        }

        return flavor == JiraFlavor.Cloud
            ? new Dictionary<string, string>
            {
                ["Retry-After"] = "1",
                ["X-RateLimit-Limit"] = "100",
                ["X-RateLimit-Remaining"] = "0",
                ["X-RateLimit-Reset"] = now.AddSeconds(1).ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture),
                ["X-RateLimit-NearLimit"] = "true",
                ["RateLimit-Reason"] = "jira-burst-based",
            }
            : new Dictionary<string, string>
            {
                ["Retry-After"] = "1",
                ["X-RateLimit-Limit"] = "50",
                ["X-RateLimit-Remaining"] = "0",
                ["X-RateLimit-Interval-Seconds"] = "1",
                ["X-RateLimit-FillRate"] = "50",
            };
    }
}
