using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// Counts what was sent to either service, by route template and status, and remembers the last of it; a cut connection
/// counts as status 0.
/// </summary>
internal sealed class RequestStats
{
    private const int Remembered = 50;

    private readonly Lock _gate = new();
    private readonly Queue<RecentRequest> _recent = new();
    private readonly SortedDictionary<(string Service, string Route, string Method, int Status), long> _counts = [];
    private readonly Dictionary<string, (long Warned, long Delayed, TimeSpan Delay, long Blocked)> _throttled = [];

    /// <summary>The last requests, the latest first.</summary>
    public IReadOnlyList<RecentRequest> Recent
    {
        get
        {
            lock (_gate)
            {
                return [.. _recent.Reverse()];
            }
        }
    }

    public void Count(string service, string route, RecentRequest request)
    {
        lock (_gate)
        {
            var key = (service, route, request.Method, request.Status);
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
            _recent.Enqueue(request);
            if (_recent.Count > Remembered)
            {
                _recent.Dequeue();
            }
        }
    }

    /// <summary>A limit of the service was near, delayed a request, or blocked it.</summary>
    public void Throttled(string service, TimeSpan delay, bool isBlocked)
    {
        lock (_gate)
        {
            var (warned, delayed, total, blocked) = _throttled.GetValueOrDefault(service);
            _throttled[service] = isBlocked ? (warned, delayed, total, blocked + 1)
                : delay > TimeSpan.Zero
                    ? (warned, delayed + 1, total + delay, blocked)
                    : (warned + 1, delayed, total, blocked);
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            _throttled.Clear();
            _counts.Clear();
            _recent.Clear();
        }
    }

    public JsonObject ToJson()
    {
        lock (_gate)
        {
            long Sum(string service) => _counts.Where(one => one.Key.Service == service).Sum(one => one.Value);
            var stats = new JsonObject
            {
                ["total"] = _counts.Values.Sum(),
                ["byService"] = new JsonObject
                {
                    [ServiceName.Jira] = Sum(ServiceName.Jira),
                    [ServiceName.AzureDevOps] = Sum(ServiceName.AzureDevOps),
                },
                ["routes"] = new JsonArray([.. _counts.Select(one => new JsonObject
                {
                    ["service"] = one.Key.Service,
                    ["method"] = one.Key.Method,
                    ["route"] = one.Key.Route,
                    ["status"] = one.Key.Status,
                    ["count"] = one.Value,
                })]),
            };
            if (_throttled.Count > 0)
            {
                stats["throttling"] = new JsonObject(_throttled.Keys.Order(StringComparer.Ordinal)
                    .Select(service => KeyValuePair.Create(service, (JsonNode?)Throttling(service))));
            }

            return stats;
        }
    }

    /// <summary>How many requests a limit warned, delayed (and for how long) and blocked.</summary>
    private JsonObject Throttling(string service)
    {
        var (warned, delayed, delay, blocked) = _throttled.GetValueOrDefault(service);
        return new JsonObject
        {
            ["warned"] = warned,
            ["delayed"] = delayed,
            ["delayMs"] = (long)delay.TotalMilliseconds,
            ["blocked"] = blocked,
        };
    }
}

/// <summary>A request as it was received: its path includes its query.</summary>
internal sealed record RecentRequest(DateTimeOffset At, string Method, string Target, int Status);
