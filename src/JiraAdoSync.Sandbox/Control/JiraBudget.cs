using System.Globalization;
using System.Text.RegularExpressions;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// Jira's own limits, where a switch sets them. Cloud counts requests of each endpoint by the second, and writes to one
/// issue in two seconds and in thirty; beyond either it answers 429. Data Center fills a bucket of tokens steadily,
/// reports on every answer what is left of it, and answers 429 when it is empty.
/// </summary>
internal sealed partial class JiraBudget(TimeProvider time)
{
    private static readonly (int Writes, TimeSpan Window)[] PerIssue =
        [(20, TimeSpan.FromSeconds(2)), (100, TimeSpan.FromSeconds(30))];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> _requests = [];
    private double _tokens;
    private DateTimeOffset? _filled;

    /// <summary>
    /// What a request of Cloud meets: why it is refused, and after how long it may come again; or null.
    /// </summary>
    public (string Reason, int Limit, TimeSpan Wait)? NextOfCloud(string method, string route, string path)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var limit = Throttling.BurstLimit(method, route);
            if (method is not "GET" && IssueOf().Match(path) is { Success: true } issue
                && !path.Contains("/bulk", StringComparison.Ordinal))
            {
                var writes = Queue($"writes {issue.Groups[1].Value}", PerIssue[^1].Window, now);
                foreach (var (most, window) in PerIssue)
                {
                    var recent = writes.Where(at => now - at < window).ToList();
                    if (recent.Count >= most)
                    {
                        return ("jira-per-issue-on-write", most, recent[recent.Count - most] + window - now);
                    }
                }

                writes.Enqueue(now);
            }

            // Searches for people share one limit.
            var endpoint = route.Contains("/user/", StringComparison.Ordinal)
                && route.Contains("search", StringComparison.OrdinalIgnoreCase) ? "user search" : route;
            var second = TimeSpan.FromSeconds(1);
            var requests = Queue($"{method} {endpoint}", second, now);
            if (requests.Count >= limit)
            {
                return ("jira-burst-based", limit, requests.Peek() + second - now);
            }

            requests.Enqueue(now);
            return null;
        }
    }

    /// <summary>Takes one of the tokens of Data Center's bucket, of which so many come back each second.</summary>
    public (Dictionary<string, string> Headers, bool IsRefused) NextOfDataCenter(int perSecond)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _tokens = _filled is { } before
                ? Math.Min(perSecond, _tokens + ((now - before).TotalSeconds * perSecond))
                : perSecond;
            _filled = now;
            var isRefused = _tokens < 1;
            _tokens -= isRefused ? 0 : 1;
            var headers = new Dictionary<string, string>
            {
                ["X-RateLimit-Limit"] = perSecond.ToString(CultureInfo.InvariantCulture),
                ["X-RateLimit-Remaining"] = ((int)_tokens).ToString(CultureInfo.InvariantCulture),
                ["X-RateLimit-Interval-Seconds"] = "1",
                ["X-RateLimit-FillRate"] = perSecond.ToString(CultureInfo.InvariantCulture),
            };
            if (isRefused)
            {
                headers["Retry-After"] = "1";
            }

            return (headers, isRefused);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
            _filled = null;
        }
    }

    private Queue<DateTimeOffset> Queue(string name, TimeSpan window, DateTimeOffset now)
    {
        if (!_requests.TryGetValue(name, out var queue))
        {
            _requests.Add(name, queue = new Queue<DateTimeOffset>());
        }

        while (queue.TryPeek(out var oldest) && now - oldest >= window)
        {
            queue.Dequeue();
        }

        return queue;
    }

    [GeneratedRegex("/issue/([^/]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex IssueOf();
}
