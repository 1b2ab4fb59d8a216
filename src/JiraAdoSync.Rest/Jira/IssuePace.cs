namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// When the next write to an issue may be sent. Jira Cloud takes 20 writes to one issue in two seconds and 100 in
/// thirty; writes to one issue are sent one after the other, so that none overtakes another. A write that concerns two
/// issues, such as a link, counts for both.
/// </summary>
internal sealed class IssuePace(TimeProvider time)
{
    private const int IssuesBeforeSweep = 10_000;

    private static readonly (int Writes, TimeSpan Window)[] Limits =
        [(20, TimeSpan.FromSeconds(2)), (100, TimeSpan.FromSeconds(30))];

    private static readonly TimeSpan Longest = Limits[^1].Window;

    private readonly object _gate = new();
    private readonly Dictionary<long, Lane> _lanes = [];

    /// <summary>Waits until a write to some issues may be sent, and sends it alone among the writes to them.</summary>
    /// <typeparam name="T">What it answers.</typeparam>
    /// <param name="issueIds">The issues.</param>
    /// <param name="send">Sends it.</param>
    /// <param name="wait">Waits so long.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<T> SendAsync<T>(
        IEnumerable<long> issueIds,
        Func<Task<T>> send,
        Func<TimeSpan, Task> wait,
        CancellationToken cancellationToken)
    {
        // In one order everywhere, so that no two writes wait for each other.
        var lanes = issueIds.Distinct().Order().Select(Enter).ToList();
        var held = 0;
        try
        {
            foreach (var lane in lanes)
            {
                await lane.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
                held++;
            }

            foreach (var lane in lanes)
            {
                while (lane.WaitBefore(time.GetUtcNow()) is { Ticks: > 0 } left)
                {
                    await wait(left).ConfigureAwait(false);
                }
            }

            lanes.ForEach(lane => lane.Sent.Enqueue(time.GetUtcNow()));
            return await send().ConfigureAwait(false);
        }
        finally
        {
            lanes.Take(held).ToList().ForEach(lane => lane.Turn.Release());
            lanes.ForEach(Leave);
        }
    }

    private Lane Enter(long issueId)
    {
        lock (_gate)
        {
            if (_lanes.Count >= IssuesBeforeSweep)
            {
                var now = time.GetUtcNow();
                foreach (var (id, idle) in _lanes.Where(one => one.Value.Users == 0 && one.Value.IsIdle(now)).ToList())
                {
                    _lanes.Remove(id);
                    idle.Dispose();
                }
            }

            if (!_lanes.TryGetValue(issueId, out var lane))
            {
                _lanes.Add(issueId, lane = new Lane());
            }

            lane.Users++;
            return lane;
        }
    }

    private void Leave(Lane lane)
    {
        lock (_gate)
        {
            lane.Users--;
        }
    }

    private sealed class Lane : IDisposable
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public Queue<DateTimeOffset> Sent { get; } = new();

        public int Users { get; set; }

        public bool IsIdle(DateTimeOffset now) => Sent.All(at => now - at >= Longest);

        public TimeSpan WaitBefore(DateTimeOffset now)
        {
            while (Sent.TryPeek(out var oldest) && now - oldest >= Longest)
            {
                Sent.Dequeue();
            }

            return Limits
                .Select(limit =>
                    (Recent: Sent.Where(at => now - at < limit.Window).ToList(), limit.Writes, limit.Window))
                .Where(limit => limit.Recent.Count >= limit.Writes)
                .Select(limit => limit.Recent[limit.Recent.Count - limit.Writes] + limit.Window - now)
                .Append(TimeSpan.Zero)
                .Max();
        }

        public void Dispose() => Turn.Dispose();
    }
}
