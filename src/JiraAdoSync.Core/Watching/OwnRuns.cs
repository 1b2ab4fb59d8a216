namespace JiraAdoSync.Watching;

/// <summary>
/// When a watcher's own runs wrote, to know changes of our account that no run has to look at. All members may be
/// called from any thread.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class OwnRuns(TimeProvider time)
{
    /// <summary>How far the services' clocks may differ from ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(1);

    /// <summary>For how long runs are remembered: longer than any feed lags.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(30);

    private readonly object _gate = new();
    private readonly List<Span> _spans = [];

    /// <summary>Starts a run; disposing what is returned ends it.</summary>
    public IDisposable Begin()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _spans.RemoveAll(span => span.To < now - Remembered);
            var started = new Span(this, now - Skew);
            _spans.Add(started);
            return started;
        }
    }

    /// <summary>Whether a time lies in a run.</summary>
    /// <param name="moment">The time.</param>
    public bool Include(DateTimeOffset moment)
    {
        lock (_gate)
        {
            return _spans.Exists(span => span.From <= moment && moment <= span.To);
        }
    }

    private sealed class Span(OwnRuns runs, DateTimeOffset from) : IDisposable
    {
        public DateTimeOffset From => from;

        public DateTimeOffset To { get; private set; } = DateTimeOffset.MaxValue;

        public void Dispose()
        {
            lock (runs._gate)
            {
                To = runs.TimeNow + Skew;
            }
        }
    }

    private DateTimeOffset TimeNow => time.GetUtcNow();
}
