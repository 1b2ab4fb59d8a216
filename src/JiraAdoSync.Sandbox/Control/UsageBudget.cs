using System.Globalization;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// Azure DevOps' own throttle: a budget of throughput units (TSTU) in a sliding window of five minutes. Near the budget
/// the answers carry the rate limit's headers, beyond it requests are delayed, the longer the farther, and at one and a
/// half of it they are refused with 429 until enough of the window has passed. The service documents the window, the
/// budget of 200, the headers, the order of these stages and the longest delay; where the stages begin it doesn't say.
/// </summary>
internal sealed class UsageBudget(TimeProvider time)
{
    private const double Near = 0.8;
    private const double Refused = 1.5;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Queue<(DateTimeOffset At, double Units)> _spent = new();
    private double _total;

    /// <summary>What a request meets now: headers for its answer, a wait, or a refusal.</summary>
    public (TimeSpan Delay, Dictionary<string, string> Headers, bool IsRefused) Next(double limit)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            while (_spent.TryPeek(out var oldest) && now - oldest.At >= Window)
            {
                _total -= _spent.Dequeue().Units;
            }

            var used = _total / limit;
            if (limit <= 0 || used < Near)
            {
                return (TimeSpan.Zero, [], false);
            }

            var headers = Throttling.AzureDevOps(
                limit, Math.Max(limit * (1 - used), 0), UntilBelow(Near * limit, now), now, "Concurrency");
            var delay = used < 1 ? TimeSpan.Zero
                : LongestDelay * Math.Min((used - 1) / (Refused - 1), 1);
            if (used >= Refused)
            {
                return (TimeSpan.Zero, headers, true);
            }

            if (delay > TimeSpan.Zero)
            {
                headers["X-RateLimit-Delay"] = delay.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture);
            }

            return (delay, headers, false);
        }
    }

    /// <summary>Books what an answer says that it cost.</summary>
    public void Charge(string? units)
    {
        if (double.TryParse(units, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cost))
        {
            lock (_gate)
            {
                _spent.Enqueue((time.GetUtcNow(), cost));
                _total += cost;
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _spent.Clear();
            _total = 0;
        }
    }

    private TimeSpan UntilBelow(double units, DateTimeOffset now)
    {
        var left = _total;
        foreach (var (at, cost) in _spent)
        {
            left -= cost;
            if (left < units)
            {
                return at + Window - now;
            }
        }

        return TimeSpan.Zero;
    }
}
